"""Whole batches against one example after the other, for each record of the table."""

import itertools

import numpy as np
import pytest

from eagre.core.errors import OpError
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.graph.trace import trace
from eagre.primitives.state import assign_variable, read_variable
from eagre.transforms.rows import graph_of_one
from eagre.transforms.vectorize import allow, batch, batch_whole
from tests.primitives.calls import Call, bits, is_inexact, sizes_at
from tests.primitives.record import epsilon
from tests.primitives.table import RECORDS

SIZE = 3
BATCHED = [r for r in RECORDS if r.samples[0].draws and not r.handles]
DTYPES = ("float32", "complex64", "int32", "bool", "string")

# The shapes of what these give depend on values, or they call Python, or each text is a file or
# a message by itself.
WITHOUT_RULE = {
    "bin_count", "boolean_mask", "broadcast_shapes", "decode_csv", "host_call", "matching_files",
    "nonzero", "one_hot", "parse_examples", "parse_sequences", "parse_single_example",
    "parse_single_sequence", "parse_tensor", "range", "repeat", "roll", "serialize_tensor",
    "taped_call", "unique_indices", "unmask", "with_gradient",
}


def dtype_of(record):
    """One dtype that the record takes: values have been tested elsewhere."""
    return next((dtype for dtype in DTYPES if dtype in record.takes), record.takes[0])


def patterns(count):
    """Which inputs are batched: each alone, all, and all but the first or the last."""
    alone = [tuple(i == j for i in range(count)) for j in range(count)]
    several = [(True,) * count, (False, *[True] * (count - 1)), (*[True] * (count - 1), False)]
    return sorted({flags for flags in (*alone, *several) if any(flags)})


def has_own_sizes(call, flags):
    """Whether each example has a shape of its own among its inputs."""
    shape = call.params.get("shape", call.params.get("sizes", ()))
    return flags[-1] and (shape is None or None in shape)


class Rows:
    """A call with several examples of the inputs that are batched."""

    def __init__(self, call, flags):
        self.call, self.flags = call, flags
        drawn = [call.sample.arrays(call.dtype, seed) for seed in range(SIZE)]
        self.rows = [self.mixed(arrays) for arrays in drawn]
        try:
            self.expected = [call.compute(row) for row in self.rows]
        except OpError:
            # What was drawn does not fit together.
            self.rows = [call.arrays] * SIZE
            self.expected = [call.compute(row) for row in self.rows]

    def mixed(self, arrays):
        """Drawn arrays where there is a flag."""
        triples = zip(arrays, self.call.arrays, self.flags, strict=True)
        return [x if flag else y for x, y, flag in triples]

    def values(self):
        """The inputs: stacked where they are batched."""
        columns = zip(*self.rows, strict=True)
        pairs = zip(columns, self.flags, strict=True)
        return [wrap(np.stack(column) if flag else column[0]) for column, flag in pairs]

    def has_one_shape(self):
        """Whether all examples give outputs of the same shapes."""
        return len({tuple(x.shape for x in row) for row in self.expected}) == 1

    def check(self, outputs, *what):
        """Fail unless the outputs are those of the rows."""
        wanted = [np.stack(column) for column in zip(*self.expected, strict=True)]
        assert len(outputs) == len(wanted)
        for found, expected in zip(outputs, wanted, strict=True):
            self.compare(found.array, expected, self.call, self.flags, *what)

    def compare(self, found, expected, *what):
        """Bits, or as near as the record allows a kernel to be to its reference."""
        record = self.call.record
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype), what
        if bits(found) == bits(expected):
            return
        allowed = max(record.ulps, record.complex_ulps)
        assert allowed and is_inexact(found), (what, found, expected)
        name = "bfloat16" if found.dtype.name == "bfloat16" else found.dtype.name
        tolerance = 2 * allowed * epsilon(name)
        scale = np.maximum(np.abs(expected), max(record.floor, np.abs(expected).max(initial=0) / 8))
        with np.errstate(invalid="ignore"):
            near = np.abs(found - expected) <= tolerance * scale
        assert (near | (found == expected) | (found != found)).all(), (what, found, expected)


def calls_of(record):
    """The calls of a record's samples in one dtype."""
    dtype = dtype_of(record)
    return [Call(record, each, dtype) for each in record.samples_for(dtype)]


def row_graph(call, knowledge="static"):
    """The graph of the call for one example."""
    specs = [TensorSpec.of(sizes_at(knowledge, x.shape), wrap(x).dtype) for x in call.arrays]
    return graph_of_one(call.primitive, specs, call.params)


@pytest.mark.parametrize("record", BATCHED, ids=lambda record: record.name)
def test_a_batch_is_its_examples(record):
    """And only primitives without a rule fall back."""
    for call in calls_of(record):
        graph = row_graph(call)
        for flags in patterns(len(call.arrays)):
            rows, met = Rows(call, flags), []
            if not rows.has_one_shape():
                with pytest.raises(OpError, match="vectorized_map expected results of one shape"):
                    batch(graph, rows.values(), flags, missing=met.append)
                continue
            rows.check(batch_whole(graph, rows.values(), flags, missing=met.append))
            assert not met or record.name in WITHOUT_RULE or has_own_sizes(call, flags), flags


@pytest.mark.parametrize("record", BATCHED, ids=lambda record: record.name)
def test_a_batch_can_be_traced_with_unknown_sizes(record):
    for call in calls_of(record)[:2]:
        flags = patterns(len(call.arrays))[-1]
        rows = Rows(call, flags)
        for knowledge in ("unknown sizes", "unknown rank"):
            graph = row_graph(call, knowledge)
            values = rows.values()
            specs = [TensorSpec.of(sizes_at(knowledge, x.sizes), x.dtype) for x in values]
            traced = trace(lambda *x, g=graph, f=flags: batch_whole(g, x, f, missing=allow), *specs)
            traced.check()
            if rows.has_one_shape():
                rows.check(traced(*values), knowledge)


def test_reading_a_variable_is_no_part_of_a_batch():
    assert read_variable.vectorize is assign_variable.vectorize is None


@pytest.mark.parametrize("count", [1, 2, 4])
def test_patterns_have_each_input_alone(count):
    for number in range(count):
        assert tuple(i == number for i in range(count)) in patterns(count)
    assert not any(a == b for a, b in itertools.combinations(patterns(count), 2))
