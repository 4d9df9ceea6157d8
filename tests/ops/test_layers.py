"""The rarer functions of `tf.nn` against TensorFlow, traced against eager, and to second order."""

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_layers as oracle
from tests.oracle.make_nn import cotangent

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float16": 4e-3, "float32": 1e-5, "float64": 1e-12}


def name_of(number):
    case = oracle.CASES[number]
    return f"{number}-{case.expression}-{case.dtype}"


def tensors_of(number):
    return [tf.cast(tf.constant(x), oracle.CASES[number].dtype) for x in oracle.arrays(number)]


def compute(number, tensors):
    """The values of a case and the gradients of its arrays that TensorFlow has."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if x.dtype.is_floating])
        values = oracle.values_of(oracle.evaluate(tf, oracle.CASES[number].expression, tensors))
    places = [place for place in range(len(tensors)) if f"{number}.{place}" in EXPECTED]
    if not places:
        return values, []
    seed = tf.cast(cotangent(EXPECTED[f"{number}-0"].shape), values[0].dtype)
    grads = tape.gradient(values[0], [tensors[place] for place in places], seed)
    return values, [tf.convert_to_tensor(grad) for grad in grads]


def assert_close(actual, expected, tolerance):
    actual, expected = (np.asarray(x, np.float64) for x in (actual.numpy(), expected))
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * min(scale, 1e30))


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    case = oracle.CASES[number]
    values, grads = compute(number, tensors_of(number))
    tolerance = TOLERANCES.get(case.dtype, 1e-6)
    for place, value in enumerate(values):
        expected = EXPECTED[f"{number}-{place}"]
        assert (value.dtype.name, value.sizes) == (expected.dtype.name, expected.shape)
        assert_close(value, expected, tolerance)
    assert f"{number}-{len(values)}" not in EXPECTED
    known = [name for name in EXPECTED if name.startswith(f"{number}.")]
    for name, grad in zip(known, grads, strict=True):
        assert_close(grad, EXPECTED[name], tolerance)


def as_bytes(parts):
    values, grads = parts
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in (*values, *grads)]


NEEDS_SIZES = ("dilation2d", "erosion2d", "pool(", "with_space_to_batch", "atrous_conv2d(",
               "extract_volume_patches")  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    tensors = tensors_of(number)
    eager = as_bytes(compute(number, tensors))
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in tensors]
    assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager
    if tensors and not any(word in oracle.CASES[number].expression for word in NEEDS_SIZES):
        specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
        assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    assert expected in {kind.__name__ for kind in type(caught.value).__mro__}


def test_approximate_ranks_are_exact():
    x = np.random.default_rng(3).standard_normal((4, 5)).astype(np.float32)
    for function, sign in ((tf.math.approx_max_k, -1), (tf.math.approx_min_k, 1)):
        for axis in (0, 1, -1, -2):
            values, indices = function(x, 3, axis)
            order = np.take(np.argsort(sign * x, axis, "stable"), range(3), axis)
            assert np.array_equal(indices.numpy(), order) and indices.dtype == tf.int32
            assert np.array_equal(values.numpy(), np.take_along_axis(x, order, axis))


def test_labels_that_cannot_be_spelled_have_an_infinite_loss():
    logits = tf.zeros([2, 1, 3])
    assert np.isinf(tf.nn.ctc_loss([[1, 1]], logits, [2], [2]).numpy()).all()
    assert np.isfinite(tf.nn.ctc_loss([[1, 2]], logits, [2], [2]).numpy()).all()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tf.nn.ctc_loss([[1, 2, 2], [3, 1, 0]], x, [3, 2], [5, 4]),
        lambda x: tf.nn.local_response_normalization(x[None], 1, 1.0, 0.5, 0.75),
        lambda x: tf.nn.weighted_cross_entropy_with_logits(tf.sigmoid(x), x, 2.0),
        lambda x: tf.nn.log_poisson_loss(x * x + 1.5, x, True),
        lambda x: tf.nn.isotonic_regression(x)[0] ** 3,
        lambda x: tf.nn.dilation2d(
            x[None], x[:2, :1], [1] * 4, "VALID", "NHWC", [1] * 4) ** 3,
    ],
    ids=["ctc", "lrn", "weighted", "poisson", "isotonic", "dilation"],
)
def test_second_derivatives_are_differences_of_first_ones(function):
    random = np.random.default_rng(5)
    point, way = random.standard_normal((2, 5, 2, 4))

    def slope(values):
        x = tf.constant(values)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(function(x))
            first = tape.gradient(y, x)
        return first.numpy(), outer.gradient(first, x, tf.constant(way)).numpy()

    step = 1e-5
    change = (slope(point + step * way)[0] - slope(point - step * way)[0]) / (2 * step)
    # The second derivatives are a symmetric matrix, so both products with `way` agree.
    np.testing.assert_allclose(slope(point)[1], change, rtol=1e-5, atol=1e-6)
