"""`tf.linalg` against TensorFlow's values, gradients and errors, and traced against eager."""


import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_linalg as oracle
from tests.oracle.expressions import cotangent, is_inexact

with np.load(oracle.FILE) as _file:
    EXPECTED = {name: _file[name] for name in _file.files}

NUMBERS = range(len(oracle.CASES))
TOLERANCES = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 3e-5, "complex64": 3e-5}
TOLERANCES |= {"float64": 1e-9, "complex128": 1e-9}

# Where eagre differs on purpose: TensorFlow's own words for a missing kernel or attribute.
OTHER_ERRORS = {"AttributeError": "ValueError", "IndexError": "ValueError"}


def name_of(number):
    case = oracle.CASES[number]
    return f"{case.expression}-{case.shapes}-{case.dtype}"


def tensors_of(number):
    return [tf.cast(tf.constant(x), oracle.CASES[number].dtype) for x in oracle.arrays(number)]


def compute(number, tensors):
    """The value of a case and, where TensorFlow has them, the gradients of its arrays."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in tensors if is_inexact(x.dtype)])
        value = oracle.evaluate(tf, oracle.CASES[number].expression, tensors)
    if f"{number}.0" not in EXPECTED:
        return [value]
    seed = tf.cast(cotangent(EXPECTED[str(number)].shape), value.dtype)
    return [value, *tape.gradient(value, tensors, seed)]


def assert_close(actual, expected, dtype):
    actual = np.asarray(actual.numpy(), expected.dtype)
    tolerance = TOLERANCES.get(dtype, 0)
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_as_tensorflow(number):
    case = oracle.CASES[number]
    value, *grads = compute(number, tensors_of(number))
    expected = EXPECTED[str(number)]
    assert value.dtype.name in (expected.dtype.name, case.dtype)
    assert value.sizes == expected.shape
    assert_close(value, expected, case.dtype)
    for position, grad in enumerate(grads):
        assert_close(grad, EXPECTED[f"{number}.{position}"], case.dtype)


def test_the_oracle_has_gradients_where_tensorflow_has():
    assert sum(f"{number}.0" in EXPECTED for number in NUMBERS) > 150
    assert str(EXPECTED["version"]).startswith("2.")


@pytest.mark.parametrize("number", range(len(oracle.ERRORS)), ids=oracle.ERRORS.__getitem__)
def test_errors_are_tensorflow_s(number):
    expected = str(EXPECTED["errors"][number])
    with pytest.raises(Exception) as caught:
        oracle.evaluate(tf, oracle.ERRORS[number], [])
    kinds = {kind.__name__ for kind in type(caught.value).__mro__}
    assert OTHER_ERRORS.get(expected, expected) in kinds, (expected, caught.value)
    public = oracle.ERRORS[number].partition("(")[0].rpartition(".")[2]
    assert str(caught.value).startswith(public)


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


# Bands are padded to the longest diagonal, a choice of formula needs to know which size is larger.
NEED_SIZES = ("k=(", "lstsq(")


@pytest.mark.parametrize("number", NUMBERS, ids=name_of)
def test_traced_as_eager(number):
    tensors = tensors_of(number)
    eager = as_bytes(compute(number, tensors))
    specs = [tf.TensorSpec(x.shape, x.dtype) for x in tensors]
    assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager
    if not any(word in oracle.CASES[number].expression for word in NEED_SIZES):
        specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
        assert as_bytes(trace(lambda *x: compute(number, x), *specs)(*tensors)) == eager
