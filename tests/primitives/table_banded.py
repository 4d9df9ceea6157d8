"""Records of eagre/primitives/banded.py: references write the matrices out and eliminate."""

import numpy as np

from eagre.primitives import banded
from tests.primitives.record import Record, rough, sample
from tests.primitives.table_linear_algebra import LAPACK, each_matrix, matrix, solution


def bands(*batch, count=3, size=4, main=1, seed=0):
    """Diagonals of which the main one, row `main`, is larger than the others together."""

    def draw(generator, dtype):
        values = matrix(*batch, rows=count, columns=size, diagonal=0.0, seed=seed)(generator, dtype)
        values[..., main, :] += 3
        return values

    return draw


def written_out(rows, highest):
    """The matrix with these diagonals, the highest first."""
    size = rows.shape[-1]
    result = np.zeros((size, size), rows.dtype)
    for row, diagonal in enumerate(rows):
        for i in range(size):
            if 0 <= i + highest - row < size:
                result[i, i + highest - row] = diagonal[i]
    return result


@each_matrix
def tridiagonal(rows, b, adjoint):
    a = written_out(rows, 1)
    return solution(np.conj(a.T) if adjoint else a, b)


@each_matrix
def triangular(rows, b, lower, adjoint):
    a = written_out(rows, 0 if lower else len(rows) - 1)
    return solution(np.conj(a.T) if adjoint else a, b)


def right(*batch, rows=4, columns=2):
    return matrix(*batch, rows=rows, columns=columns, seed=1)


TRIDIAGONAL = [
    *[sample(bands(), right(), adjoint=adjoint) for adjoint in (False, True)],
    sample(bands(2, 1), right(3), adjoint=False).but(is_smooth=False),
    sample(bands(size=1), right(rows=1), adjoint=True),
    rough(bands(size=0), right(rows=0), adjoint=False),
    rough(bands(), right(columns=0), adjoint=False),
]
TRIANGULAR = [
    *[sample(bands(count=2, size=3, main=0 if lower else 1), right(rows=3, columns=1),
             lower=lower, adjoint=adjoint) for lower in (False, True) for adjoint in (False, True)],
    sample(bands(2, count=1, main=0), right(), lower=True, adjoint=False).but(is_smooth=False),
    sample(bands(count=4, size=2, main=3), right(rows=2), lower=False, adjoint=True),
    rough(bands(count=4, size=2, main=0), right(3, rows=2), lower=True, adjoint=False),
    rough(bands(main=0, size=0), right(rows=0), lower=True, adjoint=False),
]

RECORDS = [
    Record(banded.tridiagonal_solve, TRIDIAGONAL, tridiagonal, takes=LAPACK, ulps=60, floor=1.0),
    Record(banded.banded_triangular_solve, TRIANGULAR, triangular, takes=LAPACK, ulps=60,
           floor=1.0),
]
