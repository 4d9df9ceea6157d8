"""`tf.linalg` where TensorFlow is no oracle: phases, singular input, orders of contraction."""

import sys
from types import ModuleType

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from eagre.ops.einsum import _steps
from tests.primitives.calls import central_differences


def complex_matrix(*shape, seed=0):
    generator = np.random.default_rng(seed)
    return generator.standard_normal(shape) + 1j * generator.standard_normal(shape)


def weights_for(shape):
    return tf.constant(np.cos(np.arange(np.prod(shape))).reshape(shape))


def weighted(x):
    """A real number that depends on all elements of a complex tensor."""
    turned = x * tf.cast(weights_for(x.sizes), x.dtype)
    return tf.reduce_sum(tf.cast(turned * (1 - 0.5j if x.dtype.is_complex else 1), tf.float64))


def projections(vectors):
    """Weighted projections on the columns: they do not depend on the columns' phases."""
    count = vectors.sizes[-1]
    scale = tf.cast(tf.constant(np.arange(1.0, count + 1)), vectors.dtype)
    return weighted(tf.matmul(vectors * scale, vectors, adjoint_b=True))


def of_eigh(x):
    values, vectors = tf.linalg.eigh(x)
    return projections(vectors) + weighted(values)


def of_eig(x):
    values, vectors = tf.linalg.eig(x)
    first = tf.abs(values[:1]) * tf.reduce_sum(tf.abs(values))
    return projections(vectors * tf.cast(tf.abs(values), values.dtype)) + first[0]


def of_svd(x):
    """Singular vectors turn together, so that their products do not change."""
    s, u, v = tf.linalg.svd(x)
    scale = tf.cast(tf.exp(-s), u.dtype)
    return weighted(tf.matmul(u * scale, v, adjoint_b=True)) + projections(u) + projections(v)


def of_full_svd(x):
    _, u, v = tf.linalg.svd(x, full_matrices=True)
    k = min(x.sizes)
    return projections(u[:, :k]) + weighted(tf.matmul(u[:, k:], u[:, k:], adjoint_b=True)) * 2.0 + (
        weighted(tf.matmul(v[:, k:], v[:, k:], adjoint_b=True))
    )


def of_full_qr(x):
    q, r = tf.linalg.qr(x, full_matrices=True)
    k = min(x.sizes)
    return weighted(r) + weighted(tf.matmul(q[:, k:], q[:, k:], adjoint_b=True))


def of_cholesky(x):
    return weighted(tf.linalg.cholesky(x))


LOSSES = [
    (of_eigh, (3, 3)), (of_eig, (3, 3)), (of_svd, (3, 3)), (of_svd, (4, 2)), (of_svd, (2, 3)),
    (of_full_svd, (4, 2)), (of_full_svd, (2, 4)), (of_full_qr, (4, 2)), (of_full_qr, (3, 2)),
]  # fmt: skip


def gradient_of(loss, array):
    x = tf.constant(array)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loss(x)
    return tape.gradient(y, x)


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
@pytest.mark.parametrize("is_complex", [False, True])
def test_gradients_of_factors_without_phases(loss, shape, is_complex):
    array = complex_matrix(*shape, seed=5)
    array = array if is_complex else array.real.copy()
    found = gradient_of(loss, array).numpy()
    expected = central_differences(lambda moved: float(loss(tf.constant(moved)).numpy()), array)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
def test_second_gradients_of_factors_without_phases(loss, shape):
    array = complex_matrix(*shape, seed=5)

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loss(x)
        return weighted(tape.gradient(y, x))

    found = gradient_of(slope, array).numpy()
    expected = central_differences(lambda moved: float(slope(tf.constant(moved)).numpy()), array)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)


def test_the_gradient_of_cholesky_is_hermitian():
    """Differences along Hermitian directions; a direction moves both triangles by half."""
    x = complex_matrix(3, 3)
    array = x @ x.conj().T + np.eye(3)
    found = gradient_of(of_cholesky, array).numpy()
    np.testing.assert_allclose(found, found.conj().T, atol=1e-12)

    def moved(part):
        return float(of_cholesky(tf.constant((part + part.conj().T) / 2)).numpy())

    np.testing.assert_allclose(found, central_differences(moved, array), atol=1e-7)


def test_equal_eigenvalues_and_singular_values_have_gradients():
    x = np.eye(3)
    weights = [1.0, 2.0, 3.0]
    for values in (tf.linalg.eigvalsh, lambda m: tf.linalg.svd(m, compute_uv=False)):
        grad = gradient_of(lambda m, f=values: tf.reduce_sum(f(m) * weights), x).numpy()
        np.testing.assert_allclose(sorted(np.diag(grad)), weights, atol=1e-12)
        np.testing.assert_allclose(grad - np.diag(np.diag(grad)), np.zeros((3, 3)), atol=1e-12)


# Input that has no answer ---------------------------------------------------------------------

SINGULAR = np.ones((2, 2))
NAN = np.full((2, 2), np.nan)


@pytest.mark.parametrize(
    ("function", "array", "words"),
    [
        (tf.linalg.inv, SINGULAR, "inv expected invertible"),
        (tf.linalg.inv, NAN, "inv expected invertible"),
        (tf.linalg.lu, SINGULAR, "lu expected invertible"),
        (lambda x: tf.linalg.solve(x, x), SINGULAR, "solve expected invertible"),
        (tf.linalg.cholesky, SINGULAR * -1, "cholesky expected positive definite"),
        (tf.linalg.cholesky, SINGULAR * 0, "cholesky expected positive definite"),
        (tf.linalg.logdet, -SINGULAR, "cholesky expected positive definite"),
        (tf.linalg.eigh, NAN, "eigh expected finite"),
        (tf.linalg.eig, NAN, "eig expected finite"),
        (tf.linalg.svd, NAN, "svd expected finite"),
    ],
)
def test_input_without_an_answer_is_refused(function, array, words):
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        function(tf.constant(array))
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        trace(function, tf.TensorSpec([None, None], tf.float64))(tf.constant(array))


def test_matrix_functions_of_what_has_none_are_nan():
    for function, array in (
        (tf.linalg.sqrtm, [[-1.0, 0.0], [0.0, 1.0]]),
        (tf.linalg.sqrtm, NAN),
        (tf.linalg.expm, NAN),
        (tf.linalg.logm, tf.zeros([2, 2], tf.complex64)),
        (tf.linalg.logm, tf.constant(NAN, tf.complex64)),
    ):
        assert np.isnan(function(array).numpy()).all()
    batch = tf.linalg.expm(np.stack([np.eye(2), NAN, np.zeros((2, 2))])).numpy()
    np.testing.assert_allclose(batch[0], np.e * np.eye(2))
    np.testing.assert_array_equal(batch[2], np.eye(2))


def test_triangles_read_one_triangle_and_divide_by_zero():
    x = tf.linalg.triangular_solve([[2.0, np.nan], [1.0, 0.0]], [[2.0], [2.0]]).numpy()
    np.testing.assert_array_equal(x, [[1.0], [np.inf]])


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("adjoint", [True, False])
def test_large_triangles(lower, adjoint):
    matrix = complex_matrix(2, 101, 101) / 20 + 3 * np.eye(101)
    triangle = np.tril(matrix) if lower else np.triu(matrix)
    rhs = complex_matrix(101, 3)
    x = tf.linalg.triangular_solve(matrix, rhs, lower, adjoint).numpy()
    product = (triangle.conj().swapaxes(-1, -2) if adjoint else triangle) @ x
    np.testing.assert_allclose(product, np.stack([rhs, rhs]), atol=1e-11)


# The order of contraction ---------------------------------------------------------------------

A, B, C = (np.random.default_rng(1).standard_normal((3, 3)) for _ in range(3))


@pytest.fixture
def no_known_equations():
    """Equations whose steps are known would not ask opt_einsum again."""
    _steps.cache_clear()
    yield
    _steps.cache_clear()


def recorded(monkeypatch, path):
    """Stands in for opt_einsum: gives a path and notes what it was asked."""
    asked = []
    module = ModuleType("opt_einsum")
    module.get_symbol = lambda number: chr(ord("a") + number)

    def contract_path(*args, **kwargs):
        asked.append((args, kwargs))
        return path, None

    module.contract_path = contract_path
    monkeypatch.setitem(sys.modules, "opt_einsum", module)
    return asked


PATHS = [[(0, 1), (0, 1)], [(1, 2), (0, 1)], [(0, 2), (0, 1)], [(0, 1, 2)]]


@pytest.mark.usefixtures("no_known_equations")
@pytest.mark.parametrize("path", PATHS)
def test_any_order_of_contraction_gives_the_sum(monkeypatch, path):
    asked = recorded(monkeypatch, path)
    found = tf.einsum("ij,jk,ik->kj", *map(tf.constant, (A, B, C)))
    np.testing.assert_allclose(found.numpy(), np.einsum("ij,jk,ik->kj", A, B, C), rtol=1e-12)
    (equation, *shapes), options = asked[0]
    assert equation == "ab,bc,ac->cb"
    assert len({size for shape in shapes for size in shape}) == 1
    assert options == {"shapes": True, "optimize": "greedy"}


@pytest.mark.usefixtures("no_known_equations")
def test_sizes_count_when_an_order_is_asked_for(monkeypatch):
    asked = recorded(monkeypatch, [(0, 1), (0, 1)])
    x, y = np.ones((1, 2, 3)), np.ones((5, 3, 4))
    tf.einsum("...ij,...jk,kl->...il", x, y, np.ones((4, 6)), optimize="optimal")
    (_, *shapes), options = asked[0]
    assert shapes == [(5, 2, 3), (5, 3, 4), (4, 6)]
    assert options["optimize"] == "optimal"


@pytest.mark.usefixtures("no_known_equations")
def test_without_opt_einsum_terms_are_contracted_from_left_to_right(monkeypatch):
    monkeypatch.setitem(sys.modules, "opt_einsum", None)
    found = tf.einsum("ij,jk,kl->il", *map(tf.constant, (A, B, C))).numpy()
    np.testing.assert_allclose(found, A @ B @ C, rtol=1e-12)
    np.testing.assert_array_equal(found, tf.matmul(tf.matmul(A, B), C).numpy())
    with pytest.raises(ImportError, match="Install it"):
        tf.einsum("ij,jk,kl->il", A, B, C, optimize="optimal")


def test_einsum_needs_ranks():
    with pytest.raises(ValueError, match="einsum expected tensors of known rank"):
        trace(lambda x: tf.einsum("i->", x), tf.TensorSpec(None))


def test_einsum_of_sizes_that_are_known_later():
    graph = trace(
        lambda x, y: tf.einsum("...ijk,...kjl->...il", x, y),
        tf.TensorSpec([None, None, 3, None]),
        tf.TensorSpec([None, None, None]),
    )
    x, y = np.ones((5, 2, 3, 4), np.float32), np.ones((4, 3, 6), np.float32)
    found = graph(tf.constant(x), tf.constant(y)).numpy()
    np.testing.assert_array_equal(found, np.full((5, 2, 6), 12))
