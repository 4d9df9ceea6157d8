"""`tf.nn` against TensorFlow's values, gradients and errors, and traced against eager."""


import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_nn as oracle
from tests.oracle.expressions import cotangent

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 4e-6, "float64": 1e-13}


def name_of(number):
    case = oracle.CASES[number]
    return f"{case.expression}-{case.shapes}-{case.dtype}"


def tensors_of(number):
    return [tf.cast(tf.constant(x), oracle.CASES[number].dtype) for x in oracle.arrays(number)]


def compute(number, tensors):
    """The value of a case and, where it has them, the gradients of its arrays."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if x.dtype.is_floating])
        value = oracle.evaluate(tf, oracle.CASES[number].expression, tensors)
    if f"{number}.0" not in EXPECTED:
        return [value]
    seed = tf.cast(cotangent(EXPECTED[str(number)].shape), value.dtype)
    grads = tape.gradient(value, tensors, seed)
    return [value, *[None if grad is None else tf.convert_to_tensor(grad) for grad in grads]]


def assert_close(actual, expected, case):
    actual = np.asarray(actual.numpy(), expected.dtype)
    tolerance = TOLERANCES.get(case.dtype, 0) if case.is_precise else 1e-6
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    case = oracle.CASES[number]
    value, *grads = compute(number, tensors_of(number))
    expected = EXPECTED[str(number)]
    assert value.dtype.name in (expected.dtype.name, case.dtype)
    assert value.sizes == expected.shape
    assert_close(value, expected, case)
    for position, grad in enumerate(grads):
        assert_close(grad, EXPECTED[f"{number}.{position}"], case)


def test_the_oracle_has_gradients_where_tensorflow_has():
    with_gradients = sum(f"{number}.0" in EXPECTED for number in NUMBERS)
    assert with_gradients > 100
    assert str(EXPECTED["version"]).startswith("2.")


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    assert expected in {kind.__name__ for kind in type(caught.value).__mro__}
    public = oracle.ERRORS[number].removeprefix("tf.nn.").split("(")[0]
    # An embedding is gathered, and what is outside is met then.
    assert str(caught.value).startswith(("gather", public) if "embed" in public else public)


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


RANKED = ("'NCHW'", "'NC'", "max_norm", "_pool(", "moments", "convolution(", "conv_transpose(")


def needs_rank(expression):
    """Whether an op has to know the rank of its input."""
    return any(word in expression for word in RANKED)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    case = oracle.CASES[number]
    tensors = tensors_of(number)
    eager = as_bytes(compute(number, tensors))
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in tensors]
    assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager
    if not case.shapes or has_two_batches(case):
        return
    specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
    assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager
    if not needs_rank(case.expression):
        specs = [tf.TensorSpec(None, x.dtype) for x in tensors]
        assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager


def has_two_batches(case):
    return "conv2d" in case.expression and len(case.shapes[0]) > 4


LAYOUT = {1: "NCW", 2: "NCHW", 3: "NCDHW"}
FIRST = {3: (0, 2, 1), 4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}
LAST = {3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}


@pytest.mark.parametrize(
    ("expression", "x", "filters"),
    [
        ("tf.nn.conv1d(a, b, 2, 'SAME'{})", (2, 5, 3), (3, 3, 4)),
        ("tf.nn.conv2d(a, b, [1, {}], 'SAME'{})", (2, 5, 6, 3), (3, 2, 3, 4)),
        ("tf.nn.conv3d(a, b, 1, 'VALID'{})", (2, 3, 4, 3, 2), (2, 2, 2, 2, 3)),
        ("tf.nn.convolution(a, b, 2, 'SAME'{})", (2, 5, 6, 3), (3, 2, 3, 4)),
        ("tf.nn.depthwise_conv2d(a, b, 1, 'SAME'{})", (2, 5, 6, 3), (3, 2, 3, 2)),
        ("tf.nn.max_pool2d(a, [2, 3], [1, {}], 'SAME'{})", (2, 5, 6, 3), ()),
        ("tf.nn.max_pool(a, 2, 1, 'VALID'{})", (2, 5, 3), ()),
        ("tf.nn.avg_pool3d(a, 2, 2, 'SAME'{})", (2, 3, 4, 3, 2), ()),
    ],
)
def test_channels_first(expression, x, filters):
    random = np.random.default_rng(3)
    a, b = tf.constant(random.standard_normal(x)), tf.constant(random.standard_normal(filters))
    layout = f", data_format='{LAYOUT[len(x) - 2]}'"
    parts = ["1", layout] if expression.count("{}") == 2 else [layout]
    plain = ["1", ""] if expression.count("{}") == 2 else [""]
    last = oracle.evaluate(tf, expression.format(*plain), [a, b])
    first = oracle.evaluate(tf, expression.format(*parts), [tf.transpose(a, FIRST[len(x)]), b])
    np.testing.assert_array_equal(tf.transpose(first, LAST[len(x)]).numpy(), last.numpy())


def test_paddings_of_channels_first():
    x, filters = tf.ones([1, 2, 3, 4]), tf.ones([2, 2, 2, 5])
    y = tf.nn.conv2d(x, filters, 1, [[0, 0], [0, 0], [1, 0], [2, 3]], data_format="NCHW")
    assert y.sizes == (1, 5, 3, 8)
    y = tf.nn.max_pool2d(x, [1, 1, 2, 2], 1, [[0, 0], [0, 0], [1, 0], [0, 0]], "NCHW")
    assert y.sizes == (1, 2, 3, 3)


def test_transpose_of_channels_first():
    y, filters = tf.ones([1, 2, 3, 4]), tf.ones([2, 2, 5, 2])
    x = tf.nn.conv2d_transpose(y, filters, [1, 5, 6, 8], 2, data_format="NCHW")
    assert x.sizes == (1, 5, 6, 8)
    shape = tf.constant([1, 5, 6, 8])
    graph = trace(
        lambda y, s: tf.nn.conv2d_transpose(y, filters, s, 2, data_format="NCHW"), y, shape
    )
    np.testing.assert_array_equal(graph(y, shape).numpy(), x.numpy())


def test_conv2d_transpose_of_a_shape_that_is_known_later():
    y, filters, shape = tf.ones([1, 2, 2, 1]), tf.ones([3, 3, 2, 1]), tf.constant([1, 4, 4, 2])
    graph = trace(lambda *args: tf.nn.conv2d_transpose(*args, 2), y, filters, shape)
    expected = tf.nn.conv2d_transpose(y, filters, [1, 4, 4, 2], 2)
    np.testing.assert_array_equal(graph(y, filters, shape).numpy(), expected.numpy())
    with pytest.raises(tf.errors.InvalidArgumentError, match="conv2d_transpose expected"):
        graph(y, filters, tf.constant([1, 9, 4, 2]))


def test_several_axes_of_batch_need_sizes():
    with pytest.raises(ValueError, match="conv2d needs known sizes"):
        trace(
            lambda x: tf.nn.conv2d(x, tf.ones([1, 1, 3, 2]), 1, "SAME"),
            tf.TensorSpec([None, 2, 4, 4, 3]),
        )


def test_channels_that_fit_by_chance_are_refused_when_traced():
    def depthwise(x, filters):
        return tf.nn.depthwise_conv2d(x, filters, [1, 1, 1, 1], "SAME")

    graph = trace(depthwise, tf.TensorSpec([None] * 4), tf.TensorSpec([None] * 4))
    assert graph(tf.ones([1, 3, 3, 2]), tf.ones([2, 2, 2, 1])).sizes == (1, 3, 3, 2)
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph(tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 2, 1]))


def test_labels_outside_are_refused_when_run():
    graph = trace(
        tf.nn.sparse_softmax_cross_entropy_with_logits,
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([None, 3]),
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"in \[0, 3\)"):
        graph(tf.constant([3]), tf.constant([[1.0, 2.0, 3.0]]))


def test_cross_entropy_of_labels_that_are_no_distribution():
    """The gradient of the formula: sum(labels) * softmax - labels."""
    labels, logits = tf.constant([[0.5, 1.0]]), tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.nn.softmax_cross_entropy_with_logits(labels, logits)
    expected = 1.5 * tf.nn.softmax(logits).numpy() - labels.numpy()
    np.testing.assert_allclose(tape.gradient(loss, logits).numpy(), expected, rtol=1e-5)


def test_average_of_halves_does_not_overflow():
    x = tf.constant(np.full([1, 2, 2, 1], 60000.0), tf.float16)
    assert tf.nn.avg_pool2d(x, 2, 2, "VALID").numpy().item() == 60000.0


def test_dropout():
    tf.random.set_seed(1)
    x = tf.constant(np.arange(1.0, 10001.0), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.dropout(x, 0.25, seed=2)
    kept = y.numpy() != 0
    assert 0.72 < kept.mean() < 0.78
    np.testing.assert_allclose(y.numpy()[kept], x.numpy()[kept] / 0.75, rtol=1e-6)
    grad = tape.gradient(y, x).numpy()
    np.testing.assert_allclose(grad, np.where(kept, 1 / 0.75, 0.0), rtol=1e-6)
    rows = tf.nn.dropout(tf.ones([50, 8]), tf.constant(0.5), noise_shape=(None, 1)).numpy()
    assert {tuple(row) for row in rows.tolist()} == {(0.0,) * 8, (2.0,) * 8}


def test_dropout_of_unknown_sizes():
    graph = trace(
        lambda x: tf.nn.dropout(x, 0.5, noise_shape=(None, 1), seed=3), tf.TensorSpec([None, None])
    )
    rows = graph(tf.ones([50, 8])).numpy()
    assert {tuple(row) for row in rows.tolist()} == {(0.0,) * 8, (2.0,) * 8}


def test_gradient_of_a_loss_that_is_almost_zero():
    """It does not cancel: TensorFlow keeps its digits too."""
    x = tf.constant([30.0, 80.0, -30.0, -80.0, 0.0, -0.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.nn.sigmoid_cross_entropy_with_logits([1.0, 1.0, 0.0, 0.0, 1.0, 0.0], x)
    grad = tape.gradient(loss, x).numpy()
    tiny = np.exp(np.float32([-30, -80]))
    np.testing.assert_allclose(grad, [*-tiny, *tiny, -0.5, 0.5], rtol=1e-6)
    np.testing.assert_allclose(loss, [*tiny, *tiny, np.log(2), np.log(2)], rtol=1e-6)


@pytest.mark.parametrize("name", ["elu", "selu"])
def test_gradients_at_zero_and_far_from_it(name):
    function = getattr(tf.nn, name)
    scale, bound = {"elu": (1, 1), "selu": (1.050701, 1.7580993)}[name]
    x = tf.constant([0.0, -0.0, 3.0, 90.0, -200.0, np.inf, -np.inf, np.nan])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    grad = tape.gradient(y, x).numpy()
    np.testing.assert_allclose(grad[:-1], [scale] * 4 + [0, scale, 0], atol=1e-7)
    expected = [0, -0.0, 3 * scale, 90 * scale, -bound, np.inf, -bound, np.nan]
    np.testing.assert_allclose(y, expected, rtol=1e-6)
    assert np.signbit(y.numpy()[:2]).tolist() == [False, True]
