"""`eagre.array_api` against NumPy, whose own namespace is one of the array API standard."""

import itertools
import operator
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import eagre as tf
from eagre import array_api

BOOLEAN = ["bool"]
SIGNED = ["int8", "int16", "int32", "int64"]
INTEGERS = SIGNED + ["uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
REAL = INTEGERS + FLOATS
NUMERIC = REAL + COMPLEX
INEXACT = FLOATS + COMPLEX
ALL = BOOLEAN + NUMERIC

ONE = {
    "abs": NUMERIC, "acos": INEXACT, "acosh": INEXACT, "asin": INEXACT, "asinh": INEXACT,
    "atan": INEXACT, "atanh": INEXACT, "bitwise_invert": BOOLEAN + INTEGERS, "ceil": REAL,
    "conj": NUMERIC, "cos": INEXACT, "cosh": INEXACT, "exp": INEXACT, "expm1": INEXACT,
    "floor": REAL, "imag": COMPLEX, "isfinite": NUMERIC, "isinf": NUMERIC, "isnan": NUMERIC,
    "log": INEXACT, "log10": INEXACT, "log1p": INEXACT, "log2": INEXACT, "logical_not": BOOLEAN,
    "negative": NUMERIC, "positive": NUMERIC, "real": NUMERIC, "reciprocal": FLOATS,
    "round": NUMERIC, "sign": NUMERIC, "signbit": FLOATS, "sin": INEXACT, "sinh": INEXACT,
    "sqrt": INEXACT, "square": NUMERIC, "tan": INEXACT, "tanh": INEXACT, "trunc": REAL,
}
TWO = {
    "add": NUMERIC, "atan2": FLOATS, "bitwise_and": BOOLEAN + INTEGERS,
    "bitwise_left_shift": INTEGERS, "bitwise_or": BOOLEAN + INTEGERS,
    "bitwise_right_shift": INTEGERS, "bitwise_xor": BOOLEAN + INTEGERS, "copysign": FLOATS,
    "divide": INEXACT, "equal": ALL, "floor_divide": REAL, "greater": REAL, "greater_equal": REAL,
    "hypot": FLOATS, "less": REAL, "less_equal": REAL, "logaddexp": FLOATS,
    "logical_and": BOOLEAN, "logical_or": BOOLEAN, "logical_xor": BOOLEAN, "maximum": REAL,
    "minimum": REAL, "multiply": NUMERIC, "nextafter": FLOATS, "not_equal": ALL, "pow": NUMERIC,
    "remainder": REAL, "subtract": NUMERIC,
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 0.5, 3.0, np.inf, -np.inf, np.nan, 1e-3, 100.0, -7.0]
WHOLE = [0, 1, 2, 3, 5, 7, 100, 127]


def sample(dtype):
    """Values of a dtype, the special ones of floating-point numbers among them."""
    kind = np.dtype(dtype).kind
    if kind == "b":
        return np.array([True, False])
    if kind == "f":
        return np.array(SPECIAL, dtype)
    if kind == "c":
        parts = [0.0, 1.0, -2.0, 0.5, -0.25]
        return np.array([complex(*pair) for pair in itertools.product(parts, parts)], dtype)
    return np.array(WHOLE if kind == "u" else [*WHOLE, -1, -2, -5, -128], dtype)


def assert_same(actual, expected, exact=False):
    """Equal dtype, shape and values; results that are rounded may differ a little."""
    if isinstance(expected, tuple | list):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other, exact)
        return
    expected = np.asarray(expected)
    assert isinstance(actual, tf.Tensor)
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    tolerance = 0 if exact or expected.dtype.kind not in "fc" else 40 * np.finfo(expected.dtype).eps
    np.testing.assert_allclose(actual.numpy(), expected, rtol=tolerance, atol=tolerance)


def numpy_of(name, *arrays):
    with np.errstate(all="ignore"):
        return getattr(np, name)(*arrays)


CASES_OF_ONE = [(name, dtype) for name, dtypes in ONE.items() for dtype in dtypes]


@pytest.mark.parametrize(("name", "dtype"), CASES_OF_ONE)
def test_functions_of_one_array(name, dtype):
    x = sample(dtype)
    assert_same(getattr(array_api, name)(tf.constant(x)), numpy_of(name, x))


def pairs(name, dtype):
    """All pairs of samples that have a meaning for the function."""
    x, y = np.meshgrid(sample(dtype), sample(dtype))
    x, y = x.ravel(), y.ravel()
    keep = np.ones(x.shape, bool)
    if np.dtype(dtype).kind in "iu":
        keep = {
            "floor_divide": y != 0, "remainder": y != 0, "pow": (y >= 0) & (y < 8),
            "bitwise_left_shift": (y >= 0) & (y < 7), "bitwise_right_shift": (y >= 0) & (y < 7),
        }.get(name, keep)
    if name == "floor_divide" and np.dtype(dtype).kind == "f":
        keep = ~(np.isinf(x) | np.isinf(y))
    if name in ("pow", "divide") and np.dtype(dtype).kind == "c":
        keep = (x != 0) & (y != 0)
    return x[keep], y[keep]


CASES_OF_TWO = [(name, dtype) for name, dtypes in TWO.items() for dtype in dtypes]


@pytest.mark.parametrize(("name", "dtype"), CASES_OF_TWO)
def test_functions_of_two_arrays(name, dtype):
    x, y = pairs(name, dtype)
    actual = getattr(array_api, name)(tf.constant(x), tf.constant(y))
    assert_same(actual, numpy_of(name, x, y))


@pytest.mark.parametrize("name", ["add", "multiply", "equal", "where", "concat", "maximum"])
def test_pairs_of_dtypes_promote(name):
    for first, second in itertools.product(ALL, ALL):
        if name == "maximum" and {"complex64", "complex128"} & {first, second}:
            continue
        x, y = np.ones(2, first), np.ones(2, second)
        inputs = {"where": ([True, False], x, y), "concat": ([x, y],)}.get(name, (x, y))
        numpy_inputs = inputs if name != "where" else (np.array(inputs[0]), x, y)
        assert_same(getattr(array_api, name)(*inputs), getattr(np, name)(*numpy_inputs))
        assert array_api.result_type(tf.constant(x), second) == np.result_type(x, y)


@pytest.mark.parametrize("dtype", ALL)
def test_python_numbers_take_the_kind_of_the_array(dtype):
    x = np.ones(3, dtype)
    for number in (True, 2, 2.5, 1j):
        assert_same(array_api.add(tf.constant(x), number), np.add(x, number))
        assert_same(array_api.multiply(number, tf.constant(x)), np.multiply(number, x))


# Everything else, as expressions --------------------------------------------------------------

A = np.array([[3, 1, 2], [1, 1, 9]])
B = np.array([[0.5, -1.5, 2.5], [4.0, np.nan, -0.0]])
C = np.linspace(-2, 3, 24).reshape(2, 3, 4)
D = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 5.0]])
Z = np.array([[1 + 2j, 0.5 - 1j], [2j, 3 + 0j]])
F = np.array([[True, False, True], [False, False, True]])
U = np.array([250, 3, 200], np.uint8)
E = np.zeros((0, 3), np.float32)
S = np.array(7.0, np.float32)
INPUTS = {"A": A, "B": B, "C": C, "D": D, "E": E, "F": F, "S": S, "U": U, "Z": Z}

EXPRESSIONS = """
xp.arange(5)
xp.arange(2, 9, 3)
xp.arange(5.0)
xp.arange(0, 1, 0.25)
xp.arange(3, dtype=xp.float32)
xp.arange(5, 0, -2)
xp.asarray([1, 2])
xp.asarray([1.0, 2])
xp.asarray([True])
xp.asarray(1j)
xp.asarray([[1], [2]], dtype=xp.float32)
xp.asarray(A, copy=True)
xp.empty_like(E)
xp.eye(3)
xp.eye(2, 4, k=1, dtype=xp.int32)
xp.eye(3, k=-1)
xp.full((2, 2), 3)
xp.full(2, 1.5)
xp.full(2, True)
xp.full(2, 1j)
xp.full((), 3, dtype=xp.uint8)
xp.full_like(A, 2)
xp.full_like(F, True)
xp.full_like(A, 1, dtype=xp.float32)
xp.linspace(0, 1, 5)
xp.linspace(0, 1, 5, endpoint=False)
xp.linspace(0, 1, 1)
xp.linspace(0, 1, 0)
xp.linspace(-3.0, 7.0, 9, dtype=xp.float32)
xp.linspace(0, 1j, 3, dtype=xp.complex128)
xp.meshgrid(A[0], B[0])
xp.meshgrid(A[0], A[1], indexing='ij')
xp.ones(3)
xp.ones((2, 0), dtype=xp.bool)
xp.ones_like(Z)
xp.zeros((2, 3), dtype=xp.int8)
xp.zeros_like(F)
xp.zeros_like(A, dtype=xp.float32)
xp.tril(A)
xp.tril(C, k=1)
xp.triu(A, k=-1)
xp.triu(Z)
xp.astype(B[0], xp.int32)
xp.astype(A, xp.bool)
xp.astype(F, xp.float64)
xp.clip(A, 1, 2)
xp.clip(B, -1.0, None)
xp.clip(B, None, 1.0)
xp.clip(A)
xp.clip(A, A[0], 5)
xp.round(B)
xp.take(A, A[1][:2], axis=1)
xp.take(C, xp.asarray([1, 0]), axis=0)
xp.take(A[0], xp.asarray([-1, 0]))
xp.take(A[0], xp.asarray([[2, 0], [1, 1]]))
xp.take_along_axis(C, xp.asarray([[[1, 0]]]), axis=-1)
xp.take_along_axis(A, xp.asarray([[1, 0, 1]]), axis=0)
xp.take_along_axis(A, xp.argsort(A, axis=1), axis=1)
xp.matmul(A, D)
xp.matmul(A[0], D)
xp.matmul(D, A[0])
xp.matmul(A[0], A[1])
xp.matmul(C, C[0].T)
xp.matmul(U, U)
xp.matmul(F, F.T)
xp.matmul(Z, Z)
xp.matrix_transpose(C)
xp.tensordot(C, C, axes=3)
xp.tensordot(A, D, axes=1)
xp.tensordot(A, A, axes=((0,), (0,)))
xp.tensordot(A[0], A[1], axes=0)
xp.vecdot(A, A)
xp.vecdot(Z, Z, axis=-1)
xp.vecdot(C, C[0])
xp.broadcast_arrays(A, A[0], S)
xp.broadcast_to(A, (2, 2, 3))
xp.broadcast_to(S, ())
xp.concat((A, A), axis=1)
xp.concat((A, B), axis=0)
xp.concat((A, A[0:1]), axis=None)
xp.expand_dims(A, axis=1)
xp.expand_dims(A, axis=-1)
xp.expand_dims(A, axis=(0, 2))
xp.flip(A)
xp.flip(C, axis=(0, 2))
xp.flip(A, axis=-1)
xp.moveaxis(C, 0, -1)
xp.moveaxis(C, (0, 1), (2, 0))
xp.permute_dims(C, (2, 0, 1))
xp.repeat(A, 2)
xp.repeat(A, 2, axis=1)
xp.repeat(A, xp.asarray([1, 0, 2]), axis=1)
xp.reshape(C, (4, -1))
xp.reshape(E, (3, 0))
xp.roll(A, 1)
xp.roll(A, -1, axis=1)
xp.roll(C, (1, 2), axis=(0, 1))
xp.squeeze(xp.reshape(A, (1, 2, 1, 3)), axis=0)
xp.squeeze(xp.reshape(A, (1, 2, 1, 3)), axis=(0, 2))
xp.stack((A, B))
xp.stack((A, A), axis=-1)
xp.tile(A, (2, 1))
xp.tile(A, (2, 1, 1))
xp.tile(A, (2,))
xp.unstack(A)
xp.unstack(A, axis=1)
xp.argmax(A)
xp.argmax(A, axis=1)
xp.argmax(A, axis=0, keepdims=True)
xp.argmin(A, keepdims=True)
xp.argmin(xp.where(xp.isnan(B), xp.zeros_like(B), B))
xp.count_nonzero(A)
xp.count_nonzero(F, axis=0)
xp.count_nonzero(Z, axis=1, keepdims=True)
xp.nonzero(A > 1)
xp.nonzero(F)
xp.searchsorted(xp.asarray([1, 2, 2, 4]), xp.asarray([[2, 0], [5, 3]]))
xp.searchsorted(xp.asarray([1, 2, 2, 4]), xp.asarray([2, 4]), side='right')
xp.searchsorted(xp.asarray([4, 1, 2]), xp.asarray([2]), sorter=xp.asarray([1, 2, 0]))
xp.where(F, A, B)
xp.where(F, 1, B)
xp.unique_all(A)
xp.unique_all(B)
xp.unique_counts(A)
xp.unique_inverse(xp.asarray([[2, 1], [1, 2]]))
xp.sort(xp.unique_values(A))
xp.sort(xp.unique_values(F))
xp.unique_values(E)
xp.argsort(A)
xp.argsort(A, axis=0)
xp.sort(A)
xp.sort(F, axis=1)
xp.sort(B, axis=0)
xp.sort(C, axis=1)
xp.cumulative_sum(A[0])
xp.cumulative_sum(A, axis=1, include_initial=True)
xp.cumulative_sum(F[0])
xp.cumulative_sum(U)
xp.cumulative_sum(A, axis=0, dtype=xp.float32)
xp.cumulative_prod(A, axis=1)
xp.cumulative_prod(B[0], include_initial=True)
xp.max(A)
xp.max(B, axis=1)
xp.max(C, axis=(0, 2), keepdims=True)
xp.min(A, axis=0)
xp.mean(B, axis=0)
xp.mean(Z)
xp.mean(S)
xp.prod(A)
xp.prod(A, axis=1, dtype=xp.float64)
xp.prod(E, axis=0)
xp.std(C, axis=1)
xp.std(C, correction=1)
xp.var(C, axis=(0, 1))
xp.var(C, correction=1.5, axis=0, keepdims=True)
xp.sum(A)
xp.sum(U)
xp.sum(F, axis=1)
xp.sum(E, axis=0)
xp.sum(E)
xp.sum(Z, axis=0)
xp.sum(A, axis=(0, 1), keepdims=True)
xp.sum(xp.asarray([1, 2], dtype=xp.int8))
xp.all(A, axis=0)
xp.any(F, axis=1)
xp.all(E)
xp.any(B)
xp.diff(A)
xp.diff(A, n=2)
xp.diff(A, axis=0)
xp.diff(A[0], prepend=xp.asarray([0]), append=xp.asarray([9, 9]))
xp.diff(F)
xp.isin(A, xp.asarray([1, 9]))
xp.fft.fft(B[1:, 2:])
xp.fft.fft(C, n=5, axis=1)
xp.fft.fft(Z, norm="ortho")
xp.fft.ifft(Z, n=3)
xp.fft.ifft(C, norm="forward")
xp.fft.fftn(C)
xp.fft.fftn(C, axes=(0, 2))
xp.fft.ifftn(C, s=(2, 3), axes=(1, 2))
xp.fft.rfft(C)
xp.fft.rfft(C, n=3, axis=0)
xp.fft.irfft(Z)
xp.fft.irfft(Z, n=3)
xp.fft.rfftn(C, norm="ortho")
xp.fft.irfftn(C)
xp.fft.hfft(Z)
xp.fft.hfft(Z, n=3, norm="forward")
xp.fft.ihfft(C)
xp.fft.fftfreq(5)
xp.fft.fftfreq(4, d=0.5)
xp.fft.rfftfreq(5)
xp.fft.fftshift(C)
xp.fft.fftshift(C, axes=(1,))
xp.fft.ifftshift(A)
xp.linalg.cholesky(D)
xp.linalg.cholesky(D, upper=True)
xp.linalg.cross(D, D[::-1])
xp.linalg.cross(D, D[0], axis=-1)
xp.linalg.det(D)
xp.linalg.det(Z)
xp.linalg.diagonal(C)
xp.linalg.diagonal(C, offset=1)
xp.linalg.diagonal(C, offset=-2)
xp.linalg.diagonal(C, offset=-9)
xp.linalg.eigh(D).eigenvalues
xp.linalg.eigvalsh(D)
xp.linalg.inv(D)
xp.linalg.inv(Z)
xp.linalg.matrix_norm(C)
xp.linalg.matrix_norm(C, keepdims=True, ord=1)
xp.linalg.matrix_norm(D, ord=-1)
xp.linalg.matrix_norm(C, ord=float('inf'))
xp.linalg.matrix_norm(C, ord=2)
xp.linalg.matrix_norm(D, ord=-2)
xp.linalg.matrix_norm(C, ord='nuc', keepdims=True)
xp.linalg.matrix_power(D, 3)
xp.linalg.matrix_power(D, 0)
xp.linalg.matrix_power(D, -2)
xp.linalg.matrix_rank(D)
xp.linalg.matrix_rank(C)
xp.linalg.matrix_rank(C, rtol=0.5)
xp.linalg.outer(A[0], B[0])
xp.linalg.pinv(C)
xp.linalg.pinv(Z)
xp.linalg.pinv(C, rtol=0.5)
xp.linalg.slogdet(D)
xp.linalg.slogdet(Z)
xp.linalg.solve(D, D[0])
xp.linalg.solve(D, D[:, :2])
xp.linalg.solve(D, xp.stack([D, D]))
xp.linalg.svd(D).S
xp.linalg.svdvals(C)
xp.linalg.trace(C)
xp.linalg.trace(A, offset=1)
xp.linalg.trace(A, dtype=xp.float32)
xp.linalg.vector_norm(C)
xp.linalg.vector_norm(C, axis=1, ord=1)
xp.linalg.vector_norm(C, axis=(0, 2), keepdims=True, ord=3)
xp.linalg.vector_norm(A[0] * 1.0, ord=0)
xp.linalg.vector_norm(Z, axis=0, ord=float('inf'))
xp.linalg.vector_norm(C, axis=-1, ord=-float('inf'))
""".strip().splitlines()


def evaluate(namespace, expression, inputs):
    return eval(expression, {"xp": namespace, **inputs})


def tensors():
    return {name: tf.constant(value) for name, value in INPUTS.items()}


# All names of the standard (2024.12); `fft` and `linalg` are its extensions.
STANDARD = """
e inf nan newaxis pi arange asarray empty empty_like eye from_dlpack full full_like linspace
meshgrid ones ones_like tril triu zeros zeros_like astype can_cast finfo iinfo isdtype result_type
abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert
bitwise_or bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide equal exp expm1
floor floor_divide greater greater_equal hypot imag isfinite isinf isnan less less_equal log log1p
log2 log10 logaddexp logical_and logical_not logical_or logical_xor maximum minimum multiply
negative nextafter not_equal positive pow real reciprocal remainder round sign signbit sin sinh
square sqrt subtract tan tanh trunc take take_along_axis matmul matrix_transpose tensordot vecdot
broadcast_arrays broadcast_to concat expand_dims flip moveaxis permute_dims repeat reshape roll
squeeze stack tile unstack argmax argmin count_nonzero nonzero searchsorted where unique_all
unique_counts unique_inverse unique_values argsort sort cumulative_prod cumulative_sum max mean min
prod std sum var all any diff __array_namespace_info__ __array_api_version__
bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
linalg.cholesky linalg.cross linalg.det linalg.diagonal linalg.eigh linalg.eigvalsh linalg.inv
linalg.matmul linalg.matrix_norm linalg.matrix_power linalg.matrix_rank linalg.matrix_transpose
linalg.outer linalg.pinv linalg.qr linalg.slogdet linalg.solve linalg.svd linalg.svdvals
linalg.tensordot linalg.trace linalg.vecdot linalg.vector_norm fft.fft fft.ifft fft.fftn fft.ifftn
fft.rfft fft.irfft fft.rfftn fft.irfftn fft.hfft fft.ihfft fft.fftfreq fft.rfftfreq fft.fftshift
fft.ifftshift
""".split()


@pytest.mark.parametrize("name", STANDARD)
def test_all_names_of_the_standard_are_there(name):
    operator.attrgetter(name)(array_api)


NOT_IN_PLAIN_TENSORS = (".T", "A > 1", "A[0] * 1.0")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_as_numpy(expression):
    with np.errstate(all="ignore"):
        expected = evaluate(np, expression, INPUTS)
    is_plain = any(part in expression for part in NOT_IN_PLAIN_TENSORS)
    inputs = INPUTS if is_plain else tensors()
    assert_same(evaluate(array_api, expression, inputs), expected)


# What NumPy's answer does not tell ------------------------------------------------------------


@pytest.mark.parametrize("x", [C, Z, D[:, :2], C.astype(np.float32)], ids=str)
def test_factors_multiply_to_the_matrix(x):
    tolerance = 1e-5 if x.dtype == np.float32 else 1e-12
    q, r = array_api.linalg.qr(x)
    np.testing.assert_allclose(array_api.matmul(q, r).numpy(), x, atol=tolerance)
    for full in (False, True):
        u, s, vh = array_api.linalg.svd(x, full_matrices=full)
        count = s.shape[-1]
        product = (u.numpy()[..., :count] * s.numpy()[..., None, :]) @ vh.numpy()[..., :count, :]
        np.testing.assert_allclose(product, x, atol=tolerance)
    assert array_api.linalg.qr(x, mode="complete").Q.shape[-1] == x.shape[-2]


def test_eigenvectors():
    for x in (D, Z @ Z.conj().T):
        values, vectors = array_api.linalg.eigh(x)
        vectors, values = vectors.numpy(), values.numpy()
        np.testing.assert_allclose(x @ vectors, vectors * values, atol=1e-12)
        assert values.dtype.kind == "f"
    values, vectors = array_api.linalg.eig(Z)
    np.testing.assert_allclose(Z @ vectors.numpy(), vectors.numpy() * values.numpy(), atol=1e-12)
    assert sorted(array_api.linalg.eigvals(D).numpy().real) == pytest.approx(
        sorted(array_api.linalg.eigvalsh(D).numpy()))


@pytest.mark.parametrize("dtype", REAL + BOOLEAN)
def test_descending_order_is_stable(dtype):
    x = sample(dtype)
    x = np.concatenate([x, x])
    x = x[x == x]
    order = array_api.argsort(x, descending=True).numpy()
    expected = sorted(range(len(x)), key=lambda i: (-float(x[i]), i))
    assert order.tolist() == expected
    assert_same(array_api.sort(x, descending=True), x[expected])


def test_complex_numbers_have_an_order():
    x = np.array([[1 + 2j, 1 - 1j, 0.5j], [2j, 1j, -1.0]])
    assert_same(array_api.sort(x), np.sort(x))
    assert_same(array_api.argsort(x, axis=0), np.argsort(x, axis=0))
    assert_same(array_api.unique_all(x), np.unique_all(x))


def test_dtypes_and_their_limits():
    for dtype in FLOATS + COMPLEX:
        mine, theirs = array_api.finfo(tf.as_dtype(dtype)), np.finfo(dtype)
        for name in ("bits", "eps", "max", "min", "smallest_normal"):
            assert getattr(mine, name) == getattr(theirs, name)
        assert type(mine.eps) is float and mine.dtype == theirs.dtype
    for dtype in INTEGERS:
        mine, theirs = array_api.iinfo(tf.as_dtype(dtype)), np.iinfo(dtype)
        assert (mine.bits, mine.max, mine.min) == (theirs.bits, theirs.max, theirs.min)
    assert array_api.finfo(tf.bfloat16)[:2] == (16, 2.0**-7)
    with pytest.raises(TypeError, match="finfo expected"):
        array_api.finfo(tf.int8)
    with pytest.raises(TypeError, match="iinfo expected"):
        array_api.iinfo(tf.float32)


def test_kinds_and_casts():
    kinds = ["bool", "signed integer", "unsigned integer", "integral", "real floating",
             "complex floating", "numeric"]
    for dtype, kind in itertools.product(ALL, kinds):
        assert array_api.isdtype(tf.as_dtype(dtype), kind) == np.isdtype(np.dtype(dtype), kind)
    for first, second in itertools.product(ALL, ALL):
        mine = array_api.can_cast(tf.as_dtype(first), tf.as_dtype(second))
        assert mine == np.can_cast(first, second)
    assert array_api.isdtype(tf.bfloat16, "real floating")
    with pytest.raises(ValueError, match="isdtype expected"):
        array_api.isdtype(tf.int8, "whole")


def test_what_the_namespace_says_of_itself():
    info = tf.constant(1).__array_namespace__().__array_namespace_info__()
    assert info.default_device() in info.devices()
    assert info.default_device() == tf.constant(1).device
    assert set(info.dtypes()) == set(ALL)
    assert set(info.dtypes(kind=("bool", "real floating"))) == {"bool", *FLOATS}
    assert info.capabilities()["boolean indexing"]
    defaults = info.default_dtypes()
    assert array_api.ones(1).dtype == defaults["real floating"]
    assert array_api.arange(3).dtype == defaults["integral"]
    assert array_api.argmax(A).dtype == defaults["indexing"]


def test_a_tensor_names_its_namespace():
    x = tf.constant(1)
    assert x.__array_namespace__() is array_api
    assert x.__array_namespace__(api_version="2023.12") is array_api
    with pytest.raises(ValueError, match="api_version up to '2024.12'"):
        x.__array_namespace__(api_version="2031.12")
    traced = tf.trace(lambda x: x.__array_namespace__().sum(x), tf.TensorSpec([None], tf.int32))
    assert traced(tf.constant([1, 2])).numpy() == 3


def test_devices():
    x = array_api.ones(2, device=tf.constant(1).device)
    assert array_api.asarray(x, device="cpu:0") is x
    for make in (array_api.ones, array_api.zeros, array_api.arange, array_api.eye):
        with pytest.raises(ValueError, match=f"{make.__name__} expected the device 'CPU:0'"):
            make(2, device="GPU:0")


# The operators of the standard promote once the switch of `tf.experimental.numpy` is on.
PROGRAM = """
import itertools, operator, sys
import numpy as np
import eagre as tf
tf.experimental.numpy.experimental_enable_numpy_behavior()
names = sys.argv[1].split(",")
binary = [operator.add, operator.sub, operator.mul, operator.eq, operator.ne, operator.lt,
          operator.le, operator.gt, operator.ge, operator.truediv, operator.floordiv, operator.mod,
          operator.pow, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift]
count = 0
for function, first, second in itertools.product(binary, names, names):
    x, y = np.array([3, 1, 2]).astype(first), np.array([1, 1, 2]).astype(second)
    try:
        expected = function(x, y)
    except TypeError:
        continue
    if expected.dtype == np.float16 or x.dtype.kind == "b" and function is operator.pow:
        continue
    if "b" in (x.dtype.kind, y.dtype.kind) and expected.dtype.kind not in "b":
        continue
    orders = function in (operator.lt, operator.le, operator.gt, operator.ge)
    if orders and "c" in (x.dtype.kind, y.dtype.kind):
        continue
    actual = function(tf.constant(x), tf.constant(y))
    if function is operator.truediv and {x.dtype.kind, y.dtype.kind} <= set("iub"):
        np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-6)
    else:
        assert actual.dtype == expected.dtype, (function, first, second, actual.dtype)
        np.testing.assert_allclose(actual.numpy(), expected, rtol=1e-6)
    count += 1
x = tf.constant(np.arange(24.0).reshape(2, 3, 4))
assert x.T.shape == (4, 3, 2) and x.mT.shape == (2, 4, 3) and x.size == 24 and x.ndim == 3
assert x.to_device(x.device) is x
assert x[x > 5.0].shape == (18,) and x[0, ..., None].shape == (3, 4, 1)
assert float(tf.constant(2.5)) == 2.5 and int(tf.constant(2)) == 2 and bool(tf.constant(True))
assert (~tf.constant(True)).numpy() == False and (-x).shape == x.shape and abs(x).shape == x.shape
assert (-tf.constant(np.array([1, 0], np.uint8))).numpy().tolist() == [255, 0]
assert (x @ x.mT).shape == (2, 3, 3)
assert (x.__array_namespace__().arange(3) + 1.5).dtype == tf.float64
print(count)
"""


def test_operators_of_the_standard():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(ALL)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 1400
