"""Composites and parts of variables against TensorFlow: values, dtypes, shapes, error classes."""

import numpy as np
import pytest

import eagre as tf
from eagre.core.errors import OpError
from tests.oracle.make_composites import (
    LOOPS,
    answers,
    cases,
    derivatives,
    loop_of,
    namespace,
)

CASES = cases()
SECTIONS = ("gradients", "slices", "variables", "eager")
EXPRESSIONS = [(section, text) for section in SECTIONS for text in CASES[section]]

# Where eagre answers otherwise on purpose.
WIDER = "what has an error there has a value here"
DENSE = "only gradients of reading a variable stay slices on the way"
DEPARTURES = {
    "tf.gather(tf.identity(v), [1])": DENSE,
    "T(tf.float32, 3).unstack([1, 2, 3]).read(2)": "the elements have the dtype of the array",
    "T(tf.float32, 2).unstack(tf.constant([1, 2]))": "the elements have the dtype of the array",
    "[(a.read(0), a.gather([0, 1])) for a in [T(tf.float32, 2).unstack([1.0, 2.0])]]": WIDER,
}


@pytest.fixture(scope="module")
def found():
    return answers(tf)


def close(a, b):
    """Whether two outcomes are the same but for rounding."""
    if isinstance(a, dict) and isinstance(b, dict) and "error" in a and "error" in b:
        return compatible_errors(a["error"], b["error"])
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == pytest.approx(b, rel=2e-6, nan_ok=True)
    return a == b


def compatible_errors(wanted, came):
    """Whether who catches TensorFlow's error, by its class or by ValueError, catches this one."""
    return wanted[0] in came or "ValueError" in wanted and "ValueError" in came


@pytest.mark.parametrize(("section", "text"), EXPRESSIONS, ids=lambda value: str(value)[:70])
def test_as_tensorflow(section, text, found):
    wanted, came = CASES[section][text], found[section][text]
    if text in DEPARTURES:
        assert not close(wanted, came), "no departure"
        return
    assert close(wanted, came), f"{came} is not {wanted}"


# Loops --------------------------------------------------------------------------------------


def eager_and_traced(text):
    """Values and derivatives, eagerly and by a graph of known and of unknown sizes."""
    x, function = namespace(tf)["x"], loop_of(tf, text)
    yield "eager", derivatives(tf, function, x)
    for sizes in ([3, 2], [None, 2]):
        graph = tf.trace(lambda x: derivatives(tf, function, x), tf.TensorSpec(sizes))
        yield str(sizes), graph(x)


@pytest.mark.parametrize("name", LOOPS)
def test_loops_as_tensorflow(name):
    eager = None
    for mode, found in eager_and_traced(LOOPS[name]):
        eager = found if eager is None else eager
        np.testing.assert_array_equal(found[0].numpy(), eager[0].numpy(), err_msg=mode)
        for came, wanted in zip(found, CASES["loops"][name], strict=True):
            assert list(came.shape) == wanted["sizes"], mode
            np.testing.assert_allclose(
                came.numpy(), wanted["values"], rtol=2e-5, atol=1e-5, err_msg=mode)


# Not where an element is read again: a graph lets it.
STRAIGHT = [text for text in CASES["eager"] if ("unstack" in text or "scatter" in text)
            and not text.startswith("[(a.read")]


@pytest.mark.parametrize("text", STRAIGHT)
def test_straight_lines_traced_as_eager(text):
    outcomes = []
    for run in (lambda: eval(text, namespace(tf)), lambda: tf.trace(traced(text))()):
        try:
            outcomes.append(run())
        except (OpError, ValueError, TypeError) as error:
            outcomes.append(error)
    eager, graph = outcomes
    if isinstance(eager, Exception):
        assert isinstance(graph, ValueError | OpError), graph
    elif isinstance(eager, tf.Tensor):
        np.testing.assert_array_equal(eager.numpy(), graph.numpy())
        assert eager.dtype == graph.dtype
    else:
        assert type(eager) is type(graph)


def traced(text):
    return lambda: eval(text, namespace(tf))
