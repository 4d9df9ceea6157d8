"""Random programs of operations and control flow: all ways to their derivatives agree.

Reverse mode against differences and forward mode, eager code against graphs, to second order.
"""

import linecache
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eagre as tf

# Each expression makes [2, 3] of x and y, which are [2, 3], and v, which is [3]: all float64.
SMOOTH = """
x + y | x * y | x - v | -x * v | x / (2.0 + y * y) | x ** 3 | (1.5 + tf.tanh(x)) ** y
tf.tanh(x) | tf.sigmoid(x * y) | tf.exp(-x * x) | tf.math.log1p(x * x) | tf.sqrt(1.0 + x * x)
tf.math.rsqrt(1.0 + y * y) | tf.sin(x) + tf.cos(y) | tf.math.softplus(x) | tf.math.erf(x)
tf.math.atan2(x, 2.0 + y * y) | tf.math.lgamma(2.0 + y * y) | tf.nn.gelu(x) | tf.nn.silu(y)
tf.nn.softmax(x) | tf.nn.log_softmax(y, axis=0) | tf.math.squared_difference(x, v)
tf.reduce_sum(x, axis=0) + y | tf.reduce_mean(x, axis=1, keepdims=True) * y
tf.reduce_prod(x, axis=0) * y | tf.reduce_logsumexp(x, axis=0) - y | tf.reduce_sum(x * y) * v + x
tf.math.reduce_variance(x, axis=1, keepdims=True) + y | tf.math.l2_normalize(x + 2.0, axis=1)
tf.cumsum(x, axis=1, exclusive=True) | tf.math.cumprod(y, axis=1, reverse=True)
x @ tf.transpose(y) @ y | tf.einsum("ij,kj,kl->il", x, y, x) | tf.linalg.matvec(x, v)[:, None] + y
tf.matmul(x, tf.linalg.inv(3.0 * tf.eye(3, dtype=tf.float64) + tf.matmul(y, y, transpose_a=True)))
tf.linalg.cholesky(tf.eye(2, dtype=tf.float64) + x @ tf.transpose(x)) @ y
tf.tensordot(v, y, [[0], [1]])[:, None] * x | tf.linalg.band_part(x, 0, 1)
tf.reshape(tf.reverse(tf.reshape(x, [6]), [0]), [2, 3]) | tf.transpose(tf.reshape(y, [3, 2]))
tf.concat([x[:, 1:], y[:, :1]], axis=1) | tf.stack([x[1], y[0]]) | tf.split(x, 3, axis=1)[1] + y
tf.gather(x, [1, 1]) | tf.gather(y, [2, 0, 2], axis=1) | tf.gather_nd(x, [[0], [1]]) * y
tf.pad(x[:, :2], [[0, 0], [1, 0]]) | tf.tile(x[:1], [2, 1]) | tf.roll(x, 1, axis=1)
tf.where([True, False, True], x, y) | tf.broadcast_to(v, [2, 3]) | tf.unstack(y)[1] * x
tf.math.unsorted_segment_sum(x, [1, 1], 2) | tf.tensor_scatter_nd_update(x, [[0]], y[1:])
tf.reshape(tf.nn.conv2d(image(x), window(y), 1, "SAME"), [2, 3])
tf.reshape(tf.nn.depthwise_conv2d(image(y), window(x), [1, 1, 1, 1], "SAME"), [2, 3])
tf.reshape(tf.nn.avg_pool2d(image(x), 2, 1, "SAME"), [2, 3]) | tf.vectorized_map(tf.sin, x)
"""
KINKED = """
tf.nn.relu(x) | tf.abs(y) | tf.maximum(x, y) | tf.minimum(x, v) | tf.sort(x, axis=1)
tf.reduce_max(x, axis=0) + y | tf.clip_by_value(x, -0.5, 0.5) | tf.stop_gradient(x) * y
tf.reshape(tf.nn.max_pool2d(image(x), 2, 1, "SAME"), [2, 3]) | tf.where(x > y, x, v)
"""
SMOOTH, KINKED = [
    [each.strip() for each in text.replace("\n", " | ").split(" | ") if each.strip()]
    for text in (SMOOTH, KINKED)
]
CONDITIONS = ["tf.reduce_sum(x) > 0.137", "x[0, 1] < y[1, 0] + 0.071", "k > 1", "v[2] > 0.043",
              "tf.reduce_mean(y) < x[0, 0] + 0.013 and k < 2", "not x[1, 1] < 0.029", "k == 7"]
PRELUDE = """import eagre as tf
def image(x):
    return tf.reshape(x, [1, 2, 3, 1])
def window(x):
    return tf.reshape(x[:, 1:], [2, 2, 1, 1])
def bounded(x):
    return x * tf.math.rsqrt(1.0 + tf.reduce_mean(x * x))
"""


@st.composite
def blocks(draw, expressions, depth, in_loop=False):
    """The lines of a block."""
    kinds = ["assign"] * 3 + ["if", "for", "while", "rows", "python"] * (depth > 0)
    kinds += ["break", "continue"] * in_loop
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(statements(draw(st.sampled_from(kinds)), expressions, depth, in_loop))
    return lines


@st.composite
def statements(draw, kind, expressions, depth, in_loop):
    """The lines of a statement."""
    if kind == "assign":
        return [f"{draw(st.sampled_from('xxyy'))} = bounded({draw(st.sampled_from(expressions))})"]
    condition = draw(st.sampled_from(CONDITIONS))
    if kind in ("break", "continue"):
        return [f"if {condition}:", f"    {kind}"]
    inner = blocks(expressions, depth - 1, in_loop or kind != "if")
    body = ["    " + line for line in draw(inner)]
    if kind == "if":
        other = ["else:", *["    " + line for line in draw(inner)]] if draw(st.booleans()) else []
        return [f"if {condition}:", *body, *other]
    counter = f"c{depth}"
    heads = {
        "for": [f"for {counter} in tf.range(k):",
                f"    x = x + 0.1 * tf.cast({counter}, tf.float64) * v"],
        "while": [f"{counter} = 0", f"while {counter} < k and ({condition}):",
                  f"    {counter} = {counter} + 1"],
        # An inner loop may give x out as it came: then it depends on values what is one tensor.
        "rows": [f"r{depth} = x * 1.0", f"for {counter} in r{depth}:",
                 f"    y = bounded(y * 0.5 + {counter} * v)"],
        "python": [f"for {counter} in range(2):"],
    }
    return [*heads[kind], *body]


def made(lines):
    """The function `program` with these lines, whose source can be found."""
    source = PRELUDE + "def program(x, y, v, k):\n"
    source += "".join(f"    {line}\n" for line in [*lines, "return x, y"])
    filename = f"<program {crc32(source.encode())}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace["program"]


def points(seed):
    """Values for x, y and v."""
    generator = np.random.default_rng(seed)
    return [tf.constant(generator.normal(size=shape)) for shape in ((2, 3), (2, 3), (3,))]


WEIGHTS = points(0)[:2]


def dense(tensors):
    """Gradients as arrays, IndexedSlices as well."""
    return [tf.convert_to_tensor(each).numpy() for each in tensors]


def inner(xs, ys):
    """The sum of all products."""
    return sum(np.sum(x * y) for x, y in zip(dense(xs), dense(ys), strict=True))


def loss_of(program):
    """A number that depends on all results."""

    def loss(x, y, v, k):
        results = program(x, y, v, k)
        return tf.add_n([tf.reduce_sum(r * w) for r, w in zip(results, WEIGHTS, strict=True)])

    return loss


def gradient_of(function, unconnected="none"):
    """The gradients with respect to x, y and v."""

    def gradients(x, y, v, k):
        with tf.GradientTape() as tape:
            tape.watch([x, y, v])
            value = function(x, y, v, k)
        return tape.gradient(value, [x, y, v], unconnected_gradients=unconnected)

    return gradients


def second_of(function, direction):
    """The Hessian times a direction, by tapes around tapes."""
    slopes = gradient_of(function, "zero")

    def along(x, y, v, k):
        pairs = zip(slopes(x, y, v, k), direction, strict=True)
        return tf.add_n([tf.reduce_sum(slope * part) for slope, part in pairs])

    return gradient_of(along, "zero")


def forward_along(function, values, direction, k):
    """The derivative of a function along a direction, by forward mode."""
    with tf.autodiff.ForwardAccumulator(values, direction) as accumulator:
        results = function(*values, k)
    return accumulator.jvp(results, unconnected_gradients="zero")


def moved(values, direction, step):
    return [x + step * d for x, d in zip(values, direction, strict=True)]


STEP = 1e-5
BOUNDED = {"deadline": None, "derandomize": True, "database": None,
           "suppress_health_check": list(HealthCheck)}
PROGRAMS = {"lines": blocks(SMOOTH, 2), "k": st.sampled_from([0, 1, 3]), "seed": st.integers(1, 99)}


@settings(max_examples=60, **BOUNDED)
@given(**PROGRAMS)
def test_both_modes_agree_with_differences(lines, k, seed):
    program, values, direction, k = made(lines), points(seed), points(seed + 100), tf.constant(k)
    loss = loss_of(program)
    slope = inner(gradient_of(loss, "zero")(*values, k), direction)
    forward = inner(forward_along(program, values, direction, k), WEIGHTS)
    assert forward == pytest.approx(slope, rel=1e-10, abs=1e-10)
    ends = [float(loss(*moved(values, direction, step), k)) for step in (-STEP, STEP)]
    assert (ends[1] - ends[0]) / (2 * STEP) == pytest.approx(slope, rel=1e-6, abs=1e-6)


@settings(max_examples=25, **BOUNDED)
@given(**PROGRAMS)
def test_second_derivatives_agree_with_differences(lines, k, seed):
    program, values, direction, k = made(lines), points(seed), points(seed + 100), tf.constant(k)
    loss = loss_of(program)
    slopes = gradient_of(loss, "zero")
    second = second_of(loss, direction)(*values, k)
    forward = forward_along(slopes, values, direction, k)
    ends = [slopes(*moved(values, direction, step), k) for step in (-STEP, STEP)]
    for found, other, low, high in zip(*map(dense, (second, forward, *ends)), strict=True):
        np.testing.assert_allclose(other, found, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose((high - low) / (2 * STEP), found, rtol=1e-5, atol=1e-5)


def assert_same_bits(found, expected):
    """Where eager code has no gradient since nothing was computed, a graph has zeros."""
    for a, b in zip(found, expected, strict=True):
        if b is None:
            assert a is None or not np.any(dense([a])), a
        else:
            a, b = dense([a, b])
            assert a.tobytes() == b.tobytes(), (a, b)


@settings(max_examples=25, **BOUNDED)
@given(**{**PROGRAMS, "lines": blocks(SMOOTH + KINKED, 2)})
def test_graphs_have_the_eager_bits(lines, k, seed):
    program, arguments = made(lines), (*points(seed), tf.constant(k))
    gradients = gradient_of(loss_of(program))
    traced = tf.function(program)
    assert_same_bits(traced(*arguments), program(*arguments))
    expected = gradients(*arguments)
    assert_same_bits(tf.function(gradients)(*arguments), expected)
    assert_same_bits(gradient_of(loss_of(traced))(*arguments), expected)


SHARING = ["a = bounded(a * x + b)", "b = bounded(b * y + c * x)", "c = tf.sin(a) * b + x * v",
           "c = x", "a, b = b, a", "a, b, c = b, c, a", "b = a", "a = b + c * a", "c = y",
           "b = x * v"]
STARTS = ["a, b, c = x, x, y", "a, b, c = x, y, x", "a = b = c = x", "a, b, c = x * 1.0, y, y"]


@settings(max_examples=60, **BOUNDED)
@given(start=st.sampled_from(STARTS), lines=st.lists(st.sampled_from(SHARING), min_size=1,
       max_size=4), k=st.sampled_from([0, 1, 2, 4]), seed=st.integers(1, 99))
def test_variables_that_share_a_tensor(start, lines, k, seed):
    body = ["    " + line for line in lines]
    program = made([start, "for i in tf.range(k):", *body, "x, y = a, b"])
    arguments = (*points(seed), tf.constant(k))
    gradients = gradient_of(loss_of(program))
    expected = gradients(*arguments)
    assert_same_bits(tf.function(gradients)(*arguments), expected)
    assert_same_bits(gradient_of(loss_of(tf.function(program)))(*arguments), expected)


@settings(max_examples=10, **BOUNDED)
@given(**{**PROGRAMS, "lines": blocks(SMOOTH + KINKED, 1)})
def test_second_derivatives_of_graphs(lines, k, seed):
    arguments, direction = (*points(seed), tf.constant(k)), points(seed + 100)
    second = second_of(loss_of(made(lines)), direction)
    expected, found = second(*arguments), tf.function(second)(*arguments)
    for a, b in zip(dense(found), dense(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
