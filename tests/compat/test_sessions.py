"""Graphs built by hand and sessions, against TensorFlow, and against eager values."""

import json

import numpy as np
import pytest

import eagre as tf
from tests.oracle import make_sessions as oracle

v1 = tf.compat.v1
EXPECTED = json.loads(oracle.FILE.read_text())


def alike(found, wanted):
    """Whether two outcomes agree: floating-point numbers nearly, all else exactly."""
    if isinstance(wanted, float) and isinstance(found, float):
        return np.isclose(found, wanted, rtol=2e-5, atol=1e-6)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(alike, found, wanted))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(alike(found[k], wanted[k]) for k in wanted)
    return found == wanted


@pytest.mark.parametrize("name", oracle.CASES)
def test_case(name):
    found = oracle.outcome(v1, name, (tf.errors.OpError, TypeError, ValueError, RuntimeError,
                                      KeyError, AssertionError))
    assert alike(json.loads(json.dumps(found)), EXPECTED[name]), f"{found}\n{EXPECTED[name]}"


def test_all_cases_are_there():
    assert EXPECTED.keys() == oracle.CASES.keys()


# One function, four ways ----------------------------------------------------------------------


def _dense(x, w):
    return tf.nn.relu(tf.matmul(x, w) - 0.5)


def _loop(x, w):
    return tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, tf.tanh(y @ w) + x), [0, x])[1]


FUNCTIONS = {
    "arithmetic": lambda x, w: x * 2.0 - x / (1.0 + x * x) + x**3.0,
    "elements": lambda x, w: tf.exp(-x) + tf.sin(x) * tf.sqrt(tf.abs(x) + 1.0) + tf.math.erf(x),
    "comparisons": lambda x, w: tf.where(x > 0.0, x, tf.zeros_like(x)),
    "sums": lambda x, w: tf.reduce_mean(x, 0) + tf.reduce_max(x) * tf.reduce_logsumexp(x, 1)[0],
    "shapes": lambda x, w: tf.reshape(tf.transpose(tf.concat([x, x], 1)), [-1, 2])[1:, ::-1],
    "parts": lambda x, w: tf.gather(x, [2, 0, 2, 1]) + tf.stack(tf.unstack(x, axis=1), 1),
    "dense": _dense,
    "softmax": lambda x, w: tf.nn.softmax(x @ w),
    "loss": lambda x, w: tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(x), x @ w),
    "moments": lambda x, w: tf.nn.moments(x @ w, [0])[1],
    "dtypes": lambda x, w: tf.cast(tf.round(x * 3.0), tf.int32) // 2,
    "einsum": lambda x, w: tf.einsum("ij,jk->ki", x, w),
    "cond": lambda x, w: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x @ w, lambda: w[:1] - x),
    "while_loop": _loop,
    "nested": lambda x, w: tf.cond(x[0, 0] > 9.0, lambda: x, lambda: _loop(x, w)),
    "map_fn": lambda x, w: tf.map_fn(lambda row: tf.reduce_sum(row) * row, x),
    "scan": lambda x, w: tf.scan(lambda total, row: total * 0.5 + row, x),
    "vectorized_map": lambda x, w: tf.vectorized_map(lambda row: tf.tensordot(row, w, 1), x),
    "linear algebra": lambda x, w: tf.linalg.solve(w + 3.0 * tf.eye(3), tf.transpose(x)),
    "a function": lambda x, w: tf.function(_dense)(x, w),
    "stateless draws": lambda x, w: x + tf.random.stateless_normal(tf.shape(x), [1, 2]),
}
RANDOM = np.random.RandomState(3)
X, W = RANDOM.randn(4, 3).astype(np.float32), RANDOM.randn(3, 3).astype(np.float32)


def bits(values):
    return [np.asarray(value).tobytes() for value in values]


def by_hand(function, shape):
    """Values and gradients by a session."""
    with tf.Graph().as_default(), v1.Session() as session:
        x, w = v1.placeholder(tf.float32, shape), tf.Variable(W)
        y = function(x, w.value())
        found = [y]
        if y.dtype.is_floating:
            found += tf.gradients(y, [x, w], unconnected_gradients="zero")
        session.run(w.initializer)
        return session.run(found, {x: X})


def eagerly(function, w):
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x, w.value())
    if not y.dtype.is_floating:
        return [y.numpy()]
    grads = tape.gradient(y, [x, w], unconnected_gradients="zero")
    return [tf.convert_to_tensor(each).numpy() for each in (y, *grads)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_by_hand_eagerly_and_in_a_function(name):
    function, w = FUNCTIONS[name], tf.Variable(W)
    wanted = eagerly(function, w)
    assert bits(by_hand(function, [4, 3])) == bits(wanted)
    assert bits(by_hand(function, [None, 3])) == bits(wanted)
    compiled = tf.function(lambda x: function(x, w.value()))
    assert bits([compiled(tf.constant(X))]) == bits(wanted[:1])
