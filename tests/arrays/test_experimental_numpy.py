"""`tf.experimental.numpy` against TensorFlow, and against NumPy where eagre departs from it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import eagre as tf

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / "tests" / "oracle" / "make_numpy.py"
_spec = importlib.util.spec_from_file_location("make_numpy", ORACLE)
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

# Where TensorFlow fails or says something else, eagre answers as NumPy does.
AS_NUMPY = {
    "TensorFlow refuses booleans, complex numbers or all arrays": """
        np.abs(f), np.absolute(f), np.isfinite(z), np.isinf(a), np.isinf(c), np.isinf(d),
        np.isinf(f), np.isinf(h), np.isinf(z), np.isinf(i), np.isnan(z), np.isneginf(a),
        np.isneginf(c), np.isneginf(d), np.isneginf(f), np.isneginf(h), np.isneginf(i),
        np.isposinf(a), np.isposinf(c), np.isposinf(d), np.isposinf(f), np.isposinf(h),
        np.isposinf(i), np.real(f), np.round(z), np.arctan2(b, a + 5), np.cumsum(f, 0)
    """,
    "arguments that TensorFlow refuses": """
        np.concatenate([a, v], None); np.pad(v, 1, 'constant'); np.pad(v, 2, 'reflect');
        np.pad(v, 2, 'symmetric'); np.var(c, ddof=1)
    """,
    "whole numbers stay integers": "np.ceil(a), np.ceil(f), np.floor(a), np.floor(f)",
    "a floating-point result by definition": """
        np.fabs(a); np.float_power(b, a + 5); np.float_power(a, 2)
    """,
    "results keep the precision of their inputs": """
        np.angle(a); np.angle(c); np.angle(d); np.angle(h); np.log2(np.abs(c) + 1);
        np.log10(np.abs(c) + 1)
    """,
    "minus zero has a sign": "np.signbit(c)",
    "the exact quotient is below a whole number": "np.floor_divide(c, d); np.floor_divide(s, d)",
    "rounded to tens": "np.around(a, -1)",
    "indices and sums have 64 bits": """
        np.diag_indices(3); np.trace(a); np.vander(v); np.vander(v, 4, True); np.cumsum(u)
    """,
    "arguments that TensorFlow overlooks": """
        np.linspace(2.0, -2.0, 4, dtype=np.float32); np.allclose(i, i, equal_nan=True);
        np.isclose(i, i[::-1], equal_nan=True)
    """,
}
DEPARTURES = {
    expression.strip(): reason
    for reason, listed in AS_NUMPY.items()
    for expression in listed.replace("),", ");").split(";")
    if expression.strip()
}
# Neither as TensorFlow nor as NumPy: the dtype, or that it is an error.
BESIDES = {
    "np.conj(f)": "bool", "np.conjugate(f)": "bool", "np.fabs(f)": "float64",
    "np.angle(f)": "float64", "np.nonzero(s)": ValueError,
}
OPERATORS_AS_NUMPY = {
    "F + F": "TensorFlow refuses booleans",
    "T[[[0, 1], [1, 0]]]": "a list is an array, not several indices",
}


def expected_parts(number):
    places = iter(range(1000))
    found = []
    while (key := f"{number}.{next(places)}") in EXPECTED:
        found.append(EXPECTED[key])
    return found


def assert_close(actual, expected):
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    if expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(actual, expected)
        return
    tolerance = 40 * np.finfo(expected.dtype).eps
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def assert_all_close(actual, expected):
    assert len(actual) == len(expected)
    for one, other in zip(actual, expected, strict=True):
        assert_close(one, other)


def is_as_tensorflow(number, expression):
    try:
        actual = oracle.parts(evaluate(expression))
    except (TypeError, ValueError, NotImplementedError):
        return f"{number}.error" in EXPECTED
    if f"{number}.error" in EXPECTED:
        return False
    try:
        assert_all_close(actual, expected_parts(number))
    except AssertionError:
        return False
    return True


def evaluate(expression):
    return oracle.evaluate(tf.experimental.numpy, expression, oracle.ARRAYS)


def by_numpy(expression):
    with np.errstate(all="ignore"):
        return oracle.parts(eval(expression, {"np": np, **oracle.ARRAYS}))


@pytest.mark.parametrize("number", range(len(oracle.CASES)), ids=oracle.CASES.__getitem__)
def test_as_tensorflow(number):
    expression = oracle.CASES[number]
    if expression in DEPARTURES or expression in BESIDES:
        assert not is_as_tensorflow(number, expression), "it is no departure any more"
    elif f"{number}.error" in EXPECTED:
        with pytest.raises((TypeError, ValueError, NotImplementedError)):
            evaluate(expression)
    else:
        assert_all_close(oracle.parts(evaluate(expression)), expected_parts(number))


@pytest.mark.parametrize("expression", DEPARTURES)
def test_departures_are_as_numpy(expression):
    assert expression in oracle.CASES
    assert_all_close(oracle.parts(evaluate(expression)), by_numpy(expression))


@pytest.mark.parametrize(("expression", "expected"), BESIDES.items())
def test_the_rest(expression, expected):
    if isinstance(expected, type):
        with pytest.raises(expected):
            evaluate(expression)
    else:
        assert evaluate(expression).dtype.name == expected


# The switch changes all tensors of a process, so it is thrown in another one.
PROGRAM = """
import sys
import numpy as np
import eagre as tf
sys.path.insert(0, "tests/oracle")
import make_numpy as oracle
namespace = tf.experimental.numpy
namespace.experimental_enable_numpy_behavior()
answers = {}
for expression in oracle.OPERATORS:
    value = oracle.evaluate_operators(namespace, expression, oracle.ARRAYS)
    answers[expression] = oracle.parts(np.asarray(value))[0]
np.savez(sys.argv[1], **{str(i): value for i, value in enumerate(answers.values())})
"""


def run(program, *arguments):
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def operated(tmp_path_factory):
    """What operators and methods of tensors give once the switch is on."""
    path = tmp_path_factory.mktemp("numpy") / "operators.npz"
    run(PROGRAM, str(path))
    with np.load(path) as file:
        return [file[str(number)] for number in range(len(oracle.OPERATORS))]


@pytest.mark.parametrize("number", range(len(oracle.OPERATORS)), ids=oracle.OPERATORS.__getitem__)
def test_operators_and_methods_after_the_switch(number, operated):
    expression = oracle.OPERATORS[number]
    expected = EXPECTED.get(f"operator.{number}")
    if expression in OPERATORS_AS_NUMPY:
        arrays = {name.upper(): array for name, array in oracle.ARRAYS.items()}
        expected = eval(expression, {"np": np, **oracle.ARRAYS, **arrays})
    assert_close(operated[number], np.asarray(expected))


def test_before_the_switch_operators_do_not_promote():
    with pytest.raises(TypeError, match="one dtype"):
        tf.constant(1) + tf.constant(1.5)
    assert not hasattr(tf.constant(1), "T")


def test_variables_and_products_of_vectors_after_the_switch():
    program = """
import eagre as tf
variable, vector = tf.Variable([1, 2]), tf.constant([1, 2])
tf.experimental.numpy.experimental_enable_numpy_behavior()
print((variable + 1.5).numpy(), (vector @ vector).numpy(), (vector @ [[1], [3]]).numpy(),
      (2.5 * tf.Variable([2])).numpy(), tf.experimental.numpy.add("float32", "b").numpy())
"""
    assert run(program).strip() == "[2.5 3.5] 5 [7] [5.] b'float32b'"


def test_prefer_float32():
    program = """
import eagre as tf
namespace = tf.experimental.numpy
namespace.experimental_enable_numpy_behavior(prefer_float32=True)
print(namespace.array([1.5]).dtype.name, namespace.ones(2).dtype.name, namespace.sin(1).dtype.name,
      namespace.arange(3.0).dtype.name, (tf.constant([1], tf.int8) + 1.5).dtype.name,
      namespace.array(1j).dtype.name, namespace.random.rand(2).dtype.name)
"""
    assert run(program).split() == [
        "float32", "float32", "float32", "float32", "float32", "complex64", "float32",
    ]


def test_without_conversion_operators_refuse_and_methods_are_there():
    program = """
import eagre as tf
tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="off")
print(tf.constant([[1, 2]]).T.shape)
try:
    tf.constant(1) + tf.constant(1.5)
except TypeError as error:
    print("refused")
"""
    assert run(program).split("\n")[:2] == ["(2, 1)", "refused"]


def test_functions_trace_with_unknown_sizes():
    numpy = tf.experimental.numpy

    def function(x):
        return [
            numpy.sum(x, 1), numpy.mean(x), numpy.sort(x, 0), numpy.where(x > 1, x, 0),
            numpy.tril(x), numpy.flip(x, 1), numpy.cumsum(x), numpy.diff(x), numpy.outer(x, x),
            numpy.take(x, [0, 5]), numpy.dot(x, x), numpy.linspace(x[0], x[1], 3), numpy.std(x),
            numpy.take_along_axis(x, numpy.argsort(x, 1), 1), numpy.diag(x[0], 1), numpy.kron(x, x),
        ]

    x = tf.constant([[3, 1], [2, 2]])
    eager = [value.numpy().tobytes() for value in function(x)]
    for sizes in ([2, 2], [None, None]):
        traced = tf.trace(function, tf.TensorSpec(sizes, tf.int32))(x)
        assert [value.numpy().tobytes() for value in traced] == eager


def test_functions_have_gradients():
    numpy = tf.experimental.numpy
    x = tf.constant([1.0, 2.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = numpy.sum(numpy.hypot(x, 3) + numpy.logaddexp(x, 0) * numpy.square(x))
    grad = tape.gradient(y, x).numpy()
    a = x.numpy()
    expected = a / np.hypot(a, 3) + a**2 / (1 + np.exp(-a)) + 2 * a * np.logaddexp(a, 0)
    np.testing.assert_allclose(grad, expected, rtol=1e-5)
