"""Random programs of nested control flow agree with plain Python: values, gradients, errors."""

import linecache
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.functions.autograph.conversion import convert
from tests.functions.autograph.test_programs import bits, gradient_of

VALUES = ["x * 0.5 + y", "y - x", "x * y * 0.25", "-x", "x + 1.0", "y * 0.5", "tf.minimum(x, 3.0)",
          "(x if x > y else y * 0.5)", "v[k % 3]", "tf.cast(k, tf.float32)", "0.5", "step(x, y)"]
CONDITIONS = ["x > y", "x < 0.5", "k > 2", "k % 2 == 0", "x > 0.0 and y > 0.0", "not x > 1.0",
              "x < 0.0 or k > 3", "-1.0 < x < 1.0", "flag", "True", "False"]
SIMPLE = ["pass", "k = k + 1", "k = k - 1", "u = x * 2.0", "x = u", "x, y = y, x", "y += x * 0.5",
          "del u", "flag = not flag", "x = x + max(x, y) * 0.1"]
PRELUDE = """import eagre as tf
def step(a, b):
    if a > b:
        return a - b
    return b * 0.5
"""
_numbers = count()


@st.composite
def blocks(draw, depth, in_loop):
    """The lines of a block."""
    kinds = ["assign", "assign", "simple", "if", "if"] + ["for", "while", "rows", "python"]
    kinds += ["return"] + ["break", "continue"] * in_loop
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(kinds if depth else ["assign", "simple", *kinds[9:]]))
        lines += draw(statements(kind, depth, in_loop))
    return lines


@st.composite
def statements(draw, kind, depth, in_loop):
    """The lines of a statement."""
    if kind == "assign":
        return [f"{draw(st.sampled_from('xy'))} = {draw(st.sampled_from(VALUES))}"]
    if kind == "simple":
        return [draw(st.sampled_from(SIMPLE))]
    if kind == "return":
        return [draw(st.sampled_from(["return x, y, k", "return y, x * 2.0, k + 1"]))]
    if kind in ("break", "continue"):
        return [kind]
    inner = blocks(depth - 1, in_loop or kind != "if")
    body = ["    " + line for line in draw(inner)]
    condition = draw(st.sampled_from(CONDITIONS))
    if kind == "if":
        lines = [f"if {condition}:", *body]
        if draw(st.booleans()):
            lines += ["else:", *["    " + line for line in draw(inner)]]
        return lines
    counter = f"c{next(_numbers)}"
    heads = {
        "for": [f"for {draw(st.sampled_from(['k', counter]))} in tf.range(3):"],
        "while": [f"{counter} = 0", f"while {counter} < 3 and ({condition}):",
                  f"    {counter} = {counter} + 1"],
        "rows": [f"for {draw(st.sampled_from(['x', counter]))} in v:"],
        "python": [f"for {counter} in range(2):"],
    }
    lines = [*heads[kind], *body]
    if draw(st.booleans()):
        lines += ["else:", *["    " + line for line in draw(blocks(0, in_loop))]]
    return lines


def made(lines):
    """The function `program` with these lines, whose source can be found."""
    source = PRELUDE + "def program(x, y, k, flag, v):\n"
    source += "".join(f"    {line}\n" for line in [*lines, "return x, y, k"])
    filename = f"<program {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace["program"]


SPECS = [tf.TensorSpec([]), tf.TensorSpec([]), tf.TensorSpec([], tf.int32),
         tf.TensorSpec([], tf.bool), tf.TensorSpec([3])]
CALLS = [(0.5, -1.0, 2, True, [1.0, -0.5, 0.25]), (-1.5, 2.0, 5, False, [0.0, 3.0, -1.0])]


def outcome(function, arguments):
    """The bits of the results, and the gradients; or that a name was unbound."""
    try:
        return bits(function(*arguments)), arrays(gradient_of(function)(*arguments))
    except NameError:
        return "unbound"


def arrays(tensors):
    return [tensor.numpy() for tensor in tf.nest.flatten(tensors)]


def outcome_of_graphs(function, arguments):
    """The same of the traced functions."""
    try:
        graph, backward = [
            tf.trace(f, *SPECS) for f in (convert(function), gradient_of(convert(function)))]
    except NameError:
        return "refused"  # a name that has no value on a way that is traced, but not gone
    try:
        return bits(graph(*arguments)), arrays(backward(*arguments))
    except tf.errors.InvalidArgumentError as error:
        assert "needs a value at" in str(error)
        return "unbound"


def assert_agree(found, expected):
    """Values are the same bits; the gradients of a loop may be added up in another order."""
    if "unbound" in (found, expected):
        assert found == expected
        return
    assert found[0] == expected[0]
    for a, b in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("call", range(len(CALLS)))
@settings(max_examples=20, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))
@given(lines=blocks(3, False))
def test_agrees_with_python(call, lines):
    function = made(lines)
    arguments = [tf.constant(value, spec.dtype)
                 for value, spec in zip(CALLS[call], SPECS, strict=True)]
    expected = outcome(function, arguments)
    eager = outcome(convert(function), arguments)
    assert str(eager) == str(expected)
    found = outcome_of_graphs(function, arguments)
    if found != "refused":
        assert_agree(found, expected)
