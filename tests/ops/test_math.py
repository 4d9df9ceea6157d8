"""`tf.math` and `tf.bitwise` against TensorFlow's values, gradients and errors, and traced."""


import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from eagre.primitives import scipy_kernels
from tests.oracle import make_math as oracle

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
EPSILON = {"float16": 2**-10, "bfloat16": 2**-7, "float32": 2**-23, "float64": 2**-52}
EPSILON |= {"complex64": 2**-23, "complex128": 2**-52}


def name_of(number):
    case = oracle.CASES[number]
    return f"{case.expression}-{case.dtype}"


def tensors_of(number):
    return [tf.cast(tf.constant(x), oracle.CASES[number].dtype) for x in oracle.arrays(number)]


def compute(number, tensors):
    """The value of a case and, where it has them, the gradients of its arrays."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if not x.dtype.is_integer])
        value = oracle.evaluate(tf, oracle.CASES[number].expression, tensors)
    if f"{number}.0" not in EXPECTED:
        return [value]
    seed = oracle.cotangent_of(EXPECTED[str(number)].shape, value.dtype.name)
    return [value, *tape.gradient(value, tensors, tf.cast(seed, value.dtype))]


def assert_close(actual, expected, case):
    """Within the units of the case; infinities and NaN exactly.

    Zeros are of either sign, unless the case allows no error."""
    dtype = "bfloat16" if case.dtype == "bfloat16" else expected.dtype.name
    kind = np.complex128 if expected.dtype.kind == "c" else np.float64
    actual, expected = np.asarray(actual.numpy(), kind), np.asarray(expected, kind)
    tolerance = case.ulps * EPSILON.get(dtype, 0)
    finite = expected[np.isfinite(expected) & (np.abs(expected) < 1e30)]
    scale = np.max(np.abs(finite), initial=0.0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)
    if case.ulps == 0:
        is_zero = expected == 0
        assert np.array_equal(np.signbit(actual[is_zero]), np.signbit(expected[is_zero]))


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
    assert with_gradients > 200
    assert str(EXPECTED["version"]).startswith("2.")


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expression, expected = oracle.ERRORS[number], str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, expression, [])
    assert expected in {kind.__name__ for kind in type(caught.value).__mro__}, caught.value
    public = expression.split("(")[0].split(".")[-1]
    assert str(caught.value).startswith(public)


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


TRACED = [n for n in NUMBERS if oracle.CASES[n].shapes and oracle.CASES[n].dtype != "float16"]


@pytest.mark.parametrize("number", TRACED, ids=name_of)
def test_traced_as_eager(number):
    tensors = tensors_of(number)
    eager = as_bytes(compute(number, tensors))
    for sizes in (lambda x: x.shape, lambda x: [None] * x.ndim, lambda x: None):
        specs = [tf.TensorSpec(sizes(x), x.dtype) for x in tensors]
        assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager


COUNTED = {
    "bincount": lambda x: tf.math.bincount(x, minlength=3),
    "bincount of rows": lambda x: tf.math.bincount(tf.reshape(x, [2, -1]), axis=-1),
    "bincount, bounded": lambda x: tf.math.bincount(x, maxlength=3, binary_output=True),
    "confusion_matrix": lambda x: tf.math.confusion_matrix(x, x * 2),
    "confusion_matrix of four": lambda x: tf.math.confusion_matrix(x, x, 4, dtype=tf.float32),
    "segment_sum": lambda x: tf.math.segment_sum(x * x, x),
    "segment_max": lambda x: tf.math.segment_max(x * x, x),
    "segment_mean": lambda x: tf.math.segment_mean(x * x, x),
    "unsorted_segment_min": lambda x: tf.math.unsorted_segment_min(x, x - 1, tf.size(x)),
    "unsorted_segment_mean": lambda x: tf.math.unsorted_segment_mean(x, x - 1, tf.size(x)),
    "count_nonzero": tf.math.count_nonzero,
    "zero_fraction": tf.math.zero_fraction,
    "is_non_decreasing": tf.math.is_non_decreasing,
    "is_strictly_increasing": tf.math.is_strictly_increasing,
    "invert_permutation": lambda x: tf.math.invert_permutation(x[2:] - 2),
}


@pytest.mark.parametrize("name", COUNTED)
def test_counts_traced_as_eager(name):
    x = tf.constant([0, 0, 2, 3])
    for shape in ([4], [None], None):
        graph = trace(COUNTED[name], tf.TensorSpec(shape, tf.int32))
        assert as_bytes([graph(x)]) == as_bytes([COUNTED[name](x)])


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: tf.math.segment_sum(x, x), "segment_sum expected segment_ids in ascending"),
        (lambda x: tf.math.bincount(x - 2), "bincount expected arr of at least 0"),
        (lambda x: tf.math.confusion_matrix(x, x, 2), "confusion_matrix expected labels in"),
        (lambda x: tf.math.unsorted_segment_sum(x, x, 2), "unsorted_segment_sum expected"),
        (lambda x: tf.math.unsorted_segment_mean(x, x, 2), "unsorted_segment_mean expected"),
        (lambda x: tf.math.invert_permutation(x), "invert_permutation expected each number"),
        (lambda x: tf.truncatediv(x, x - x), "truncatediv of integers expected a divisor"),
    ],
)
def test_wrong_values_are_refused_when_a_graph_runs(function, message):
    graph = trace(function, tf.TensorSpec([None], tf.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        graph(tf.constant([2, 1]))


def gradient_of(function, *values):
    tensors = [tf.constant(value) for value in values]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = function(*tensors)
    return [None if g is None else g.numpy().tolist() for g in tape.gradient(result, tensors)]


def test_what_differs_from_tensorflow_on_purpose():
    assert gradient_of(tf.math.special.bessel_i1, 0.0) == [0.5]
    assert gradient_of(tf.math.special.bessel_j1, 0.0) == [0.5]
    assert tf.math.special.expint(float("inf")).numpy() == np.inf
    assert np.isnan(tf.math.segment_max([1.0, float("nan"), 2.0], [0, 0, 0]).numpy()).all()
    assert np.isnan(tf.math.unsorted_segment_min([float("nan"), 2.0], [0, 0], 1).numpy()).all()
    assert gradient_of(tf.truncatemod, 7.0, 3.0) == [1.0, -2.0]
    assert gradient_of(lambda w: tf.math.bincount([0, 0, 1], w), [1.0, 2.0, 3.0]) == [[1.0] * 3]
    for name in ("bessel_k0", "bessel_k1", "bessel_y0", "bessel_y1"):
        assert np.isnan(getattr(tf.math.special, name)(-1.0).numpy())


def test_gradients_of_complex_numbers_are_conjugated():
    """Of a real loss, the direction of steepest ascent: here 2z at the loss abs(z) ** 2."""
    z = 0.6 + 0.8j
    assert gradient_of(lambda x: tf.math.real(tf.math.multiply_no_nan(x, tf.math.conj(x))), z) == [
        pytest.approx(2 * z)
    ]
    norm = gradient_of(lambda x: tf.math.real(tf.math.reduce_euclidean_norm(x)), [z, z])
    assert norm == [pytest.approx([z / np.sqrt(2)] * 2)]


def test_no_second_derivative_of_igamma_for_a():
    a = tf.constant(1.5)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        outer.watch(a)
        inner.watch(a)
        y = tf.math.igamma(a, 2.0)
        slope = inner.gradient(y, a)
    with pytest.raises(LookupError, match="igamma and igammac have no second derivative for a"):
        outer.gradient(slope, a)


@pytest.mark.parametrize("a", [0.05, 0.7, 3.0, 40.0, 900.0])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.3])
def test_slope_of_igamma_against_differences(a, ratio):
    x, step = tf.constant(a * ratio, tf.float64), 1e-4 * a
    ends = [tf.math.igamma(tf.constant(a + s * step, tf.float64), x).numpy() for s in (-1, 1)]
    (slope,) = gradient_of(lambda a: tf.math.igamma(a, x), np.float64(a))
    assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-4, abs=1e-10)


def test_functions_of_scipy_say_what_to_do_without_it(monkeypatch):
    def refuse(name):
        raise ImportError(name)

    scipy_kernels.scipy_module.cache_clear()
    monkeypatch.setattr(scipy_kernels, "import_module", refuse)
    with pytest.raises(ImportError, match="python -m pip install scipy"):
        tf.math.lgamma([1.0])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", [*oracle._ONE, "rint"])
def test_halves_are_those_of_doubles_rounded(name, dtype):
    function = tf.math
    for part in name.split("."):
        function = getattr(function, part)
    x = tf.cast(tf.constant([0.25, 0.5, 0.875]), dtype)
    exact = function(tf.cast(x, tf.float64)).numpy()
    found = tf.cast(function(x), tf.float64).numpy()
    np.testing.assert_allclose(found, exact, rtol=EPSILON[dtype], atol=EPSILON[dtype] / 8)


@pytest.mark.parametrize("reduction", ["sum", "prod", "max", "min", "mean", "sqrt_n"])
def test_a_known_number_of_segments_is_known_to_the_shape(reduction):
    reduce = getattr(tf.math, f"unsorted_segment_{reduction}")
    for number in (2, np.int64(2), tf.constant(2)):
        graph = trace(lambda x, n=number: reduce(x, [1, 1], n), tf.TensorSpec([2, 3]))
        assert graph.outputs[0].shape == (2, 3)
        assert graph(tf.ones([2, 3])).shape == (2, 3)


def test_polynomials_that_begin_with_one():
    x = tf.constant([2.0, -1.0, np.inf, np.nan])
    for one in (1.0, 1, tf.constant(1.0)):
        np.testing.assert_array_equal(tf.math.polyval([one, 2.0], x), x + 2.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.math.polyval([one, 0.5, 3.0], x)
        np.testing.assert_array_equal(y, (x + 0.5) * x + 3.0)
        np.testing.assert_array_equal(tape.gradient(y, x), x + x + 0.5)
    assert tf.math.polyval([1, 2], tf.constant([3])).numpy().tolist() == [5]
    assert tf.math.polyval([1.0], tf.constant([3.0, 4.0])).shape == []
