"""Records of diagonals.py, linear_algebra.py, matrix_functions.py and factorizations.py.

References multiply out definitions, or solve in plain Gaussian elimination in extended precision.
Factors of complex matrices are free up to a phase, which LAPACK chooses without smoothness: their
gradients are tested in tests/ops/test_linalg_gradients.py by functions that do not depend on it.
"""

import functools

import numpy as np

from eagre.primitives import diagonals, factorizations, linear_algebra, matrix_functions
from tests.primitives.record import (
    BOOL,
    COMPLEX,
    EVERYTHING,
    FLOATS,
    NUMBERS,
    Record,
    fixed,
    of,
    rough,
    sample,
    widen,
)

LAPACK = ("float32", "float64", *COMPLEX)
REAL = FLOATS[2:]
PLAIN = NUMBERS + BOOL


def matrix(*batch, rows=3, columns=3, diagonal=2.0, seed=0):
    """Matrices far from singular ones, with singular values and eigenvalues apart."""

    def draw(_, dtype):
        generator = np.random.default_rng([seed, rows, columns])
        values = generator.uniform(-0.5, 0.5, (*batch, rows, columns))
        if dtype in COMPLEX:
            values = values + 1j * generator.uniform(-0.5, 0.5, values.shape)
        slope = np.eye(rows, columns) * (diagonal * (1 + np.arange(columns)))
        return (values + slope).astype(dtype)

    return draw


def definite(*batch, size=3):
    """Positive definite matrices."""

    def draw(generator, dtype):
        x = matrix(*batch, rows=size, columns=size)(generator, dtype)
        product = x @ np.conj(x.swapaxes(-1, -2))
        return ((product + np.conj(product.swapaxes(-1, -2))) / 2).astype(dtype)

    return draw


def empty(*shape):
    """Matrices without elements."""
    return lambda _, dtype: np.zeros(shape, dtype)


SQUARES = [
    sample(matrix()),
    sample(matrix(2, rows=2, columns=2)),
    sample(matrix(rows=1, columns=1)),
    rough(empty(0, 0)),
    rough(empty(2, 0, 0)),
    rough(empty(0, 2, 2)),
    rough(matrix(2, 2, seed=4)),
]


# References -----------------------------------------------------------------------------------


def each_matrix(function):
    """A reference that is called for each matrix of a batch, in extended precision."""

    @functools.wraps(function)
    def reference(*arrays, **params):
        wide = [widen(x) for x in arrays]
        batch = np.broadcast_shapes(*[x.shape[:-2] for x in wide])
        wide = [np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in wide]
        if not batch:
            return function(*wide, **params)
        results = [function(*[x[i] for x in wide], **params) for i in np.ndindex(*batch)]
        if not results:
            shape = np.shape(function(*[np.ones(x.shape[-2:]) + np.eye(x.shape[-1]) for x in wide]))
            return np.zeros((*batch, *shape))
        return np.array(results).reshape(*batch, *np.shape(results[0]))

    return reference


def eliminated(a, b):
    """The solution of a x = b by Gauss and Jordan, and the determinant of a."""
    a, b, determinant = a.copy(), b.copy() + a.dtype.type(0), 1
    for step in range(len(a)):
        pivot = step + int(np.argmax(np.abs(a[step:, step])))
        if pivot != step:
            a[[step, pivot]], b[[step, pivot]] = a[[pivot, step]], b[[pivot, step]]
            determinant = -determinant
        determinant = determinant * a[step, step]
        b[step], a[step] = b[step] / a[step, step], a[step] / a[step, step]
        for row in set(range(len(a))) - {step}:
            b[row], a[row] = b[row] - a[row, step] * b[step], a[row] - a[row, step] * a[step]
    return b, determinant


def solution(a, b):
    return eliminated(a, b)[0]


def inverse(x):
    return eliminated(x, np.eye(len(x), dtype=x.dtype))[0]


def determinant(x):
    return eliminated(x, np.eye(len(x), dtype=x.dtype))[1]


def log_determinant(x):
    found = np.asarray(each_matrix(determinant)(x))
    return found / np.abs(found), np.log(np.abs(found))


def triangular(a, b, lower=True, adjoint=False):
    a = np.tril(a) if lower else np.triu(a)
    return solution(np.conj(a.T) if adjoint else a, b)


def exponential(x):
    total = term = np.eye(len(x), dtype=x.dtype)
    for power in range(1, 120):
        term = term @ x / power
        total = total + term
    return total


def square_root(x):
    """The iteration of Denman and Beavers."""
    root, other = x, np.eye(len(x), dtype=x.dtype)
    for _ in range(30):
        root, other = (root + inverse(other)) / 2, (other + inverse(root)) / 2
    return root


def logarithm(x):
    """Square roots until the power series is short."""
    one = np.eye(len(x), dtype=x.dtype)
    for _ in range(8):
        x = square_root(x)
    term, total = -one, 0 * one
    for power in range(1, 40):
        term = term @ (one - x)
        total = total + term / power
    return total * 2**8


def cholesky(x):
    factor = np.zeros_like(x)
    for row in range(len(x)):
        for column in range(row + 1):
            rest = x[row, column] - factor[row, :column] @ np.conj(factor[column, :column])
            is_corner = row == column
            factor[row, column] = np.sqrt(rest.real) if is_corner else rest / factor[column, column]
    return factor


def put(x, sizes=None, *, k, shape):
    result = np.zeros(shape if sizes is None else tuple(sizes.tolist()), x.dtype)
    for place in np.ndindex(*x.shape):
        row, column = place[-1] + max(-k, 0), place[-1] + max(k, 0)
        result[(*place[:-1], row, column)] = x[place]
    return result


def set_diagonal(x, y, *, k):
    result = x.copy()
    for place in np.ndindex(*y.shape):
        row, column = place[-1] + max(-k, 0), place[-1] + max(k, 0)
        result[(*place[:-1], row, column)] = y[place]
    return result


def band(x, *, lower, upper):
    result = x.copy()
    for place in np.ndindex(*x.shape):
        offset = place[-1] - place[-2]
        if (0 <= lower < -offset) or (0 <= upper < offset):
            result[place] = 0
    return result


def checked(function, verify):
    """A reference for factors: what is given is right if it multiplies back to the input."""

    def reference(x, **params):
        found = function(x, **params)
        verify(x, *found, **params)
        return found

    return reference


def as_given(primitive):
    """The factors themselves, after `verify` has multiplied them out."""
    return lambda x, **params: tuple(primitive.kernel(x, **params))


def adjoint(x):
    return np.conj(x.swapaxes(-1, -2))


def near(found, expected, x):
    """Fail unless both agree to a few units of the dtype's precision."""
    tolerance = 16 * np.finfo(x.dtype).eps * max(1.0, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def is_unitary(q, x):
    """Fail unless the columns are orthonormal to the precision of x."""
    near(adjoint(q) @ q, np.eye(q.shape[-1]) + 0 * (adjoint(q) @ q), x)


def verify_qr(x, q, r, full_matrices):
    q, r = (widen(part) for part in (q, r))
    near(q @ r, x, x)
    near(np.tril(r, -1), 0 * r, x)
    is_unitary(q, x)


def verify_svd(x, s, u, v, full_matrices):
    k = s.shape[-1]
    near(u[..., :k] * s[..., None, :] @ adjoint(v[..., :k]), x, x)
    assert (np.diff(s) <= 0).all() and (s >= 0).all()
    is_unitary(u, x)
    is_unitary(v, x)


def verify_eigh(x, values, vectors):
    lower = np.tril(x, -1)
    whole = lower + adjoint(lower) + np.eye(x.shape[-1]) * x.real
    near(whole @ vectors, vectors * values[..., None, :], x)
    assert (np.diff(values.real) >= 0).all()
    is_unitary(vectors, x)


def verify_eig(x, values, vectors):
    near(x @ vectors, vectors * values[..., None, :], x)
    near(np.linalg.norm(vectors, axis=-2), np.ones_like(values.real), x)


def verify_lu(x, packed, order):
    lower = np.tril(packed, -1) + np.eye(x.shape[-1])
    near(lower @ np.triu(packed), np.take_along_axis(x, order[..., None], -2), x)
    assert (np.abs(np.tril(packed, -1)) <= 1 + 1e-6).all()


def singular_values(x):
    """Roots of the eigenvalues of the smaller product."""
    product = x @ adjoint(x) if x.shape[-2] <= x.shape[-1] else adjoint(x) @ x
    wide = np.complex128 if x.dtype.kind == "c" else np.float64
    return np.sqrt(np.linalg.eigvalsh(product.astype(wide)))[..., ::-1]


TALL = [matrix(rows=4), matrix(2, rows=3, columns=2), matrix(rows=2, columns=1)]
WIDE = [matrix(rows=2, columns=4, seed=2), matrix(2, rows=1, columns=2)]
HOLLOW = [empty(0, 2), empty(2, 0), empty(0, 0), empty(2, 0, 3)]


def rectangles(**params):
    """Matrices of all proportions; complex factors are not smooth."""
    smooth = [*TALL, *WIDE, matrix()]
    return [
        *[sample(draw, **params).but(dtypes=REAL) for draw in smooth],
        *[rough(draw, **params).but(dtypes=COMPLEX) for draw in smooth],
        *[rough(draw, **params) for draw in HOLLOW],
    ]


def full(draws):
    """Square factors: smooth where they have one more column at most."""
    near_square = [matrix(rows=3, columns=2), matrix(rows=2, columns=3), matrix(2)]
    params = {"full_matrices": True}
    return [
        *[sample(draw, **params).but(dtypes=REAL) for draw in near_square],
        *[rough(draw, **params) for draw in draws],
    ]


THIN = {"full_matrices": False}
FACTORED = [*rectangles(**THIN), *full([*TALL, *WIDE, *HOLLOW])]
QR = [
    *[sample(draw, **THIN) for draw in (*TALL, *WIDE, matrix())],
    *[rough(draw, **THIN) for draw in HOLLOW],
    *full([*TALL, *WIDE, *HOLLOW]),
    *[rough(matrix(rows=50, columns=40), full_matrices=is_full) for is_full in (False, True)],
    rough(matrix(2, rows=34, columns=40), full_matrices=False),
]
SYSTEMS = [
    sample(matrix(), of(3, 2)),
    sample(matrix(2, rows=2, columns=2), of(2, 2, 1)),
    rough(matrix(), of(3, 0)),
    rough(empty(0, 0), of(0, 2)),
    rough(matrix(rows=5, columns=5), of(5, 1)),
]
TRIANGLES = [
    sample(matrix(), of(3, 2), lower=True, adjoint=False),
    sample(matrix(), of(3, 1), lower=True, adjoint=True),
    sample(matrix(2, rows=2, columns=2), of(2, 2), lower=False, adjoint=False),
    sample(matrix(rows=2, columns=2), of(2, 2, 1), lower=False, adjoint=True),
    rough(matrix(9, rows=3, columns=3), of(9, 3, 2), lower=True, adjoint=True),
    rough(matrix(rows=3, columns=3), of(9, 3, 2), lower=False, adjoint=False),
    rough(matrix(rows=37, columns=37), of(37, 3), lower=True, adjoint=False),
    rough(matrix(rows=37, columns=37), of(2, 37, 3), lower=False, adjoint=False),
    rough(matrix(), of(3, 0), lower=True, adjoint=False),
    rough(empty(0, 0), of(0, 2), lower=True, adjoint=False),
]
FUNCTIONS = [
    sample(definite(size=2)),
    sample(matrix(2, rows=2, columns=2)),
    sample(matrix(rows=1, columns=1)),
    rough(matrix()),
    rough(empty(0, 0)),
    rough(empty(2, 0, 0)),
]
EXPONENTS = [
    sample(matrix(diagonal=0.2)),
    sample(matrix(2, rows=2, columns=2, diagonal=-1.0)),
    rough(matrix(diagonal=5.0)),
    rough(empty(0, 0)),
    rough(empty(2, 0, 0)),
]
VECTORS = [
    *[sample(draw).but(dtypes=REAL) for draw in (matrix(), matrix(2, rows=2, columns=2))],
    *[rough(draw).but(dtypes=COMPLEX) for draw in (matrix(), matrix(2, rows=2, columns=2))],
    rough(empty(0, 0)),
    rough(empty(2, 0, 0)),
]
DIAGONALS = [
    sample(of(2, 3), k=0),
    sample(of(2, 3), k=2),
    sample(of(2, 4, 2), k=-1),
    sample(of(1, 1), k=0),
    rough(of(0, 2), k=0),
    rough(of(37, 37), k=5),
]
DIAGONALS_TO_SET = [
    sample(of(2, 3), of(2), k=0),
    sample(of(2, 3), of(1), k=2),
    sample(of(2, 4, 2), of(2, 2), k=-1),
    rough(of(0, 2), of(0), k=0),
    rough(of(37, 37), of(32), k=5),
]
PLACES = [
    sample(of(2), k=0, shape=(2, 3)),
    sample(of(3, 1), k=2, shape=(3, 2, 3)),
    sample(of(2), k=-1, shape=(3, 2)),
    sample(of(2), fixed([2, 4]), k=0, shape=(None, None)).but(has_known_shape=False),
    sample(of(2, 2), fixed([2, 3, 2]), k=-1, shape=None).but(has_known_shape=False),
    rough(of(0), k=0, shape=(0, 2)),
]
BANDS = [
    sample(of(3, 3), lower=0, upper=-1),
    sample(of(2, 3, 4), lower=1, upper=0),
    sample(of(2, 3), lower=-1, upper=1),
    rough(of(3, 3), lower=3, upper=3),
    rough(of(0, 2), lower=0, upper=0),
]

RECORDS = [
    Record(
        diagonals.matrix_transpose,
        [sample(of(2, 3)), sample(of(2, 1, 3)), rough(of(0, 2)), rough(of(37, 3))],
        lambda x: np.moveaxis(x, -1, -2),
        takes=EVERYTHING,
    ),
    Record(
        diagonals.diag_part, DIAGONALS, lambda x, k: np.diagonal(x, k, -2, -1), takes=PLAIN
    ),
    Record(diagonals.put_diagonal_primitive, PLACES, put, takes=PLAIN),
    Record(diagonals.set_diagonal, DIAGONALS_TO_SET, set_diagonal, takes=PLAIN),
    Record(diagonals.band_part, BANDS, band, takes=PLAIN),
    Record(
        linear_algebra.matrix_inverse, SQUARES, each_matrix(inverse),
        takes=("float16", *LAPACK), ulps=30, floor=1.0,
    ),
    Record(
        linear_algebra.determinant, SQUARES, each_matrix(determinant), takes=LAPACK, ulps=30,
    ),
    Record(
        linear_algebra.log_determinant, SQUARES, lambda x: log_determinant(x), takes=LAPACK,
        ulps=30, floor=1.0,
    ),
    Record(
        linear_algebra.solve, SYSTEMS, each_matrix(solution), takes=LAPACK, ulps=30, floor=1.0
    ),
    Record(
        linear_algebra.triangular_solve, TRIANGLES, each_matrix(triangular), takes=LAPACK,
        ulps=60, floor=1.0,
    ),
    Record(
        matrix_functions.matrix_exponential, EXPONENTS, each_matrix(exponential), takes=LAPACK,
        ulps=2000, floor=1.0,
    ),
    Record(
        matrix_functions.matrix_square_root, FUNCTIONS, each_matrix(square_root), takes=LAPACK,
        ulps=60, floor=1.0,
    ),
    Record(
        matrix_functions.matrix_logarithm, FUNCTIONS, each_matrix(logarithm), takes=COMPLEX,
        ulps=2000, floor=1.0,
    ),
    Record(
        factorizations.cholesky,
        [
            # Differences see one triangle, gradients both: tests/ops/test_linalg_gradients.py.
            rough(definite()),
            rough(definite(2, size=2)),
            rough(definite(size=40)),
            sample(matrix(rows=1, columns=1)).but(dtypes=REAL),
            sample(matrix(3, rows=1, columns=1)).but(dtypes=REAL),
            rough(matrix(diagonal=4.0)).but(dtypes=REAL),
            rough(empty(0, 0)),
            rough(empty(2, 0, 0)),
        ],
        each_matrix(cholesky),
        takes=LAPACK,
        ulps=30,
        floor=1.0,
    ),
    Record(
        factorizations.lu, SQUARES, checked(as_given(factorizations.lu), verify_lu),
        takes=LAPACK, gives="ordered",
    ),
    Record(
        factorizations.qr, QR, checked(as_given(factorizations.qr), verify_qr),
        takes=("float16", *LAPACK),
    ),
    Record(
        factorizations.singular_values,
        [*[sample(draw) for draw in (*TALL, *WIDE, matrix())], *[rough(draw) for draw in HOLLOW]],
        singular_values,
        takes=LAPACK,
        gives="singular",
        ulps=60,
        floor=1.0,
    ),
    Record(
        factorizations.svd, FACTORED, checked(as_given(factorizations.svd), verify_svd),
        takes=LAPACK, gives="singular",
    ),
    Record(
        factorizations.eigh, VECTORS, checked(as_given(factorizations.eigh), verify_eigh),
        takes=LAPACK,
    ),
    Record(
        factorizations.eig, VECTORS, checked(as_given(factorizations.eig), verify_eig),
        takes=LAPACK, gives="eigen",
    ),
]
