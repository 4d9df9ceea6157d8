"""LAPACK without `np.linalg`: its values, its failures, and products of integers by BLAS."""

import importlib.util

import numpy as np
import pytest

import eagre as tf
from eagre.primitives import lapack
from eagre.primitives.contraction import matmul

DTYPES = ("float32", "float64", "complex64", "complex128")


def matrices(dtype, *shape):
    """Positive definite matrices."""
    generator = np.random.default_rng(shape)
    x = generator.standard_normal(shape)
    if dtype.startswith("complex"):
        x = x + 1j * generator.standard_normal(shape)
    product = x @ np.conj(x.swapaxes(-1, -2)) / shape[-1] + np.eye(shape[-1])
    return product.astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 4), (lapack.SMALL + 8,) * 2, (0, 0), (0, 2, 2)])
def test_values_are_those_of_numpy_in_the_dtype_of_the_matrices(dtype, shape):
    x = matrices(dtype, *shape)
    wide = x.astype("complex128" if x.dtype.kind == "c" else "float64")
    real = wide.real.dtype if x.dtype.itemsize == wide.dtype.itemsize else np.dtype("float32")
    tolerance = 200 * np.finfo(dtype).eps
    pairs = [
        (lapack.cholesky(x), np.linalg.cholesky(wide), x.dtype),
        (lapack.inverse(x), np.linalg.inv(wide), x.dtype),
        (lapack.solve(x, x[..., :1]), np.linalg.solve(wide, wide[..., :1]), x.dtype),
        (lapack.determinant(x), np.linalg.det(wide), x.dtype),
        (lapack.sign_and_log(x)[1], np.linalg.slogdet(wide)[1], real),
        (lapack.eigen(x)[0], np.linalg.eigvalsh(wide), real),
        (lapack.singular_values(x), np.linalg.svd(wide, compute_uv=False), real),
        (lapack.singular_vectors(x, False)[1], np.linalg.svd(wide)[1], real),
    ]
    for found, expected, kind in pairs:
        assert found.dtype == kind
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [2, lapack.SMALL + 8])
@pytest.mark.parametrize("is_batch", [False, True])
def test_one_matrix_that_fails_is_an_error(size, is_batch):
    x = np.zeros((size, size), np.float32)
    x = np.stack([np.eye(size, dtype=np.float32), x]) if is_batch else x
    for routine in (lapack.cholesky, lapack.inverse, lambda x: lapack.solve(x, x)):
        # As kernels run: NumPy is silent about NaN.
        with np.errstate(all="ignore"), pytest.raises(lapack.LinAlgError):
            routine(x)


def test_nan_is_no_singular_matrix():
    x = np.array([[1, 0], [0, np.nan]], np.float32)
    assert np.isnan(tf.linalg.solve(x, x).numpy()).any()


def test_a_numpy_without_these_routines_has_functions_of_its_own(monkeypatch):
    monkeypatch.delattr(np.linalg, "_umath_linalg")
    spec = importlib.util.spec_from_file_location("other_lapack", lapack.__file__)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    x = matrices("float64", 3, 3)
    np.testing.assert_array_equal(other.cholesky(x), lapack.cholesky(x))
    np.testing.assert_array_equal(other.solve(x, x), lapack.solve(x, x))
    for found, expected in zip(
        other.singular_vectors(x, True), lapack.singular_vectors(x, True), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("largest", [5, None])
def test_products_of_many_integers_wrap_as_those_of_few(dtype, largest):
    bounds = np.iinfo(dtype)
    low, high = (bounds.min, bounds.max) if largest is None else (0, largest)
    generator = np.random.default_rng(0)
    a, b = generator.integers(low, high, (2, 40, 40), dtype, endpoint=True)
    for turned_a in (False, True):
        found = matmul(tf.constant(a), tf.constant(b), turned_a, True).numpy()
        np.testing.assert_array_equal(found, np.matmul(a.T if turned_a else a, b.T))


@pytest.mark.parametrize("dtype", DTYPES)
def test_batches_of_products_have_the_same_bits_wherever_their_rows_lie(dtype):
    generator = np.random.default_rng(3)
    for _ in range(60):
        heads, rows, inner, columns = generator.integers(1, 40, 4)
        a, b = (
            generator.standard_normal((size, heads, inner)).astype(dtype).transpose(1, 0, 2)
            for size in (rows, columns)
        )
        apart = [tf.transpose(tf.constant(x.transpose(1, 0, 2)), [1, 0, 2]) for x in (a, b)]
        found = matmul(*apart, False, True)
        expected = matmul(tf.constant(a), tf.constant(b), False, True)
        np.testing.assert_array_equal(found.numpy(), expected.numpy())
