"""The rarer functions of `tf.nn` against TensorFlow, traced against eager, and to second order."""

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_layers as oracle
from tests.oracle.expressions import cotangent

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


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


NEEDS_SIZES = ("dilation2d", "erosion2d", "pool(", "with_space_to_batch", "atrous_conv2d(",
               "extract_volume_patches")  # fmt: skip


def assert_same(number, traced, eager):
    """The same bits; a loop that is traced adds up its gradients in another order."""
    assert as_bytes(traced[0]) == as_bytes(eager[0])
    if "conjugate_gradient" not in oracle.CASES[number].expression:
        assert as_bytes(traced[1]) == as_bytes(eager[1])
        return
    for one, other in zip(traced[1], eager[1], strict=True):
        assert_close(one, other.array, TOLERANCES[oracle.CASES[number].dtype])


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    tensors = tensors_of(number)
    eager = compute(number, tensors)
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in tensors]
    assert_same(number, trace(lambda *x: compute(number, x), *specs)(*tensors), eager)
    if tensors and not any(word in oracle.CASES[number].expression for word in NEEDS_SIZES):
        specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
        assert_same(number, trace(lambda *x: compute(number, x), *specs)(*tensors), eager)


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


def test_the_gradient_of_places_is_that_of_the_pool():
    x = tf.constant(np.random.default_rng(3).standard_normal((2, 5, 6, 3)))
    grads = []
    for pool in (tf.nn.max_pool2d, lambda *args: tf.nn.max_pool_with_argmax(*args).output):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = pool(x, 3, 2, "SAME")
        grads.append(tape.gradient(y, x, tf.cos(y)).numpy())
    np.testing.assert_allclose(*grads, rtol=1e-14)


def test_places_are_inside_where_all_is_lowest():
    x = tf.fill([1, 3, 3, 1], -np.inf)
    output, places = tf.nn.max_pool_with_argmax(x, 3, 1, "SAME")
    assert np.isneginf(output.numpy()).all()
    assert places.numpy().ravel()[:5].tolist() == [0, 0, 1, 0, 0]
    assert places.numpy().max() < 9


def test_conjugate_gradient_solves_complex_systems():
    random = np.random.default_rng(3)
    root = random.standard_normal((4, 4)) + 1j * random.standard_normal((4, 4))
    matrix, right = root @ root.conj().T + np.eye(4), random.standard_normal((3, 4)) + 1j
    operator = tf.linalg.LinearOperatorFullMatrix(
        matrix, is_self_adjoint=True, is_positive_definite=True
    )
    state = tf.linalg.experimental.conjugate_gradient(operator, right, tol=1e-12)
    np.testing.assert_allclose(state.x.numpy(), np.linalg.solve(matrix, right.T).T, rtol=1e-9)


def test_parts_of_batches_of_operators_without_tensors():
    operators = tf.linalg.LinearOperatorIdentity(2, [2, 3]), tf.linalg.LinearOperatorZeros(
        2, batch_shape=[2, 3]
    )
    for operator in operators:
        assert operator[0].shape == (3, 2, 2)
        assert operator[..., 1:].to_dense().shape == (2, 2, 2, 2)
        assert type(operator[0]) is type(operator)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^tensor\[...\] expected"):
        operators[0][0, 0, 0]
    assert tf.linalg.LinearOperatorDiag([[2.0], [3.0]], is_non_singular=True)[1].is_non_singular


def test_windows_without_a_seed_follow_the_global_one():
    image = tf.random.normal([1, 30, 30, 1])
    drawn = []
    for _ in range(2):
        tf.random.set_seed(4)
        drawn.append([tf.nn.fractional_max_pool(image, 1.3)[1].numpy().tolist() for _ in range(2)])
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[0][1]
