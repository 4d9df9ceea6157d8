"""Records of eagre/primitives/state.py and eagre/control."""

import numpy as np

from eagre.control.branching import conditional
from eagre.control.looping import while_primitive
from eagre.core.specs import TensorSpec
from eagre.graph.trace import trace
from eagre.primitives import state
from tests.primitives.record import EVERYTHING, INEXACT, NUMBERS, Made, Record, fixed, of, sample

VECTOR = [None]


def graph(function, *shapes):
    """A parameter: the graph of a function of tensors of the sampled dtype, or of a named one."""

    def make(dtype):
        parts = [shape if isinstance(shape, tuple) else (shape, dtype) for shape in shapes]
        return trace(function, *[TensorSpec(shape, name) for shape, name in parts])

    return Made(make)


BRANCHES = {
    "true_graph": graph(lambda x, y: (x * y, x + 1), VECTOR, []),
    "false_graph": graph(lambda x, y: (x - y, y * x * x), VECTOR, []),
}
COUNTER = ([], "int32")
LOOP = {
    "condition": graph(lambda i, x, y: i < 3, COUNTER, VECTOR, []),
    "body": graph(lambda i, x, y: (i + 1, x * y + x), COUNTER, VECTOR, []),
    "count": 2,
}
FINISHED = {
    **LOOP,
    "condition": graph(lambda i, x, y: i < 0, COUNTER, VECTOR, []),
}


def branched(condition, x, y, **_):
    """The branch, by NumPy."""
    return (x * y, x + 1) if condition else (x - y, y * x * x)


def looped(i, x, y, *, condition, body, count, history):
    """The loop, by Python; as many iterations as the condition of the sample allows."""
    limit = condition.operations[0].params["value"]
    stacks = [[] for _ in history]
    carried = [i, x]
    while carried[0] < limit:
        for stack, position in zip(stacks, history, strict=True):
            stack.append(carried[position])
        carried = [carried[0] + 1, carried[1] * y + carried[1]]
    first = [i, x]
    stacked = [
        np.array(stack).reshape(len(stack), *first[position].shape)
        for stack, position in zip(stacks, history, strict=True)
    ]
    return (*carried, *stacked)


def loop(*draws, **params):
    """A sample of the loop, whose outputs have the specs that its body declares."""
    return sample(fixed(0), *draws, **params).but(has_known_shape=False)


RECORDS = [
    Record(
        state.read_variable,
        [sample(of(2, 3)), sample(of()), sample(of(0, 2))],
        lambda x: x,
        takes=EVERYTHING,
        handles=frozenset({0}),
    ),
    Record(
        state.variable_is_initialized,
        [sample(of(2, 3)), sample(of())],
        lambda x: np.True_,
        takes=EVERYTHING,
        gives="bool",
        handles=frozenset({0}),
    ),
    Record(
        state.assign_variable,
        [sample(of(2, 3), of(2, 3)), sample(of(), of()), sample(of(0), of(0))],
        lambda held, value: value,
        takes=EVERYTHING,
        handles=frozenset({0}),
    ),
    Record(
        conditional,
        [
            sample(fixed(True, "bool"), of(3), of(), **BRANCHES).but(has_known_shape=False),
            sample(fixed(False, "bool"), of(3), of(), **BRANCHES).but(has_known_shape=False),
            sample(fixed(True, "bool"), of(0), of(), **BRANCHES).but(has_known_shape=False),
        ],
        branched,
        takes=NUMBERS,
        complex_ulps=8,
        floor=1,
        fits_by_construction=True,
    ),
    Record(
        while_primitive,
        [
            loop(of(3), of(), **LOOP, history=()),
            loop(of(2), of(), **LOOP, history=(1,)),
            loop(of(2), of(), **LOOP, history=(1, 0)),
            loop(of(2), of(), **FINISHED, history=(1,)),
        ],
        looped,
        takes=INEXACT,
        ulps=8,
        complex_ulps=40,
        floor=1,
        fits_by_construction=True,
    ),
]
