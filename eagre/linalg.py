"""`tf.linalg`: products, parts, factorizations and functions of matrices, and norms."""

from eagre import linalg_experimental as experimental
from eagre.ops.banded import (
    banded_triangular_solve,
    eigh_tridiagonal,
    tridiagonal_matmul,
    tridiagonal_solve,
)
from eagre.ops.creation import (
    eye,
)
from eagre.ops.decompositions import (
    cholesky,
    cholesky_solve,
    det,
    eig,
    eigh,
    eigvals,
    eigvalsh,
    expm,
    inv,
    logdet,
    logm,
    lstsq,
    matrix_rank,
    pinv,
    qr,
    slogdet,
    solve,
    sqrtm,
    svd,
    triangular_solve,
)
from eagre.ops.einsum import (
    einsum,
    tensordot,
)
from eagre.ops.linalg import (
    matmul,
)
from eagre.ops.lu import (
    lu,
    lu_matrix_inverse,
    lu_reconstruct,
    lu_solve,
)
from eagre.ops.matrices import (
    adjoint,
    band_part,
    cross,
    diag,
    diag_part,
    matrix_transpose,
    matvec,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    trace,
)
from eagre.ops.normalization import (
    l2_normalize,
)
from eagre.ops.norms import (
    global_norm,
    norm,
    normalize,
)
from eagre.state.linear_operators.adjoint import (
    LinearOperatorAdjoint,
)
from eagre.state.linear_operators.block_diag import (
    LinearOperatorBlockDiag,
)
from eagre.state.linear_operators.block_lower_triangular import (
    LinearOperatorBlockLowerTriangular,
)
from eagre.state.linear_operators.circulant import (
    LinearOperatorCirculant,
    LinearOperatorCirculant2D,
    LinearOperatorCirculant3D,
)
from eagre.state.linear_operators.composition import (
    LinearOperatorComposition,
)
from eagre.state.linear_operators.diagonal import (
    LinearOperatorDiag,
)
from eagre.state.linear_operators.full_matrix import (
    LinearOperatorFullMatrix,
)
from eagre.state.linear_operators.householder import (
    LinearOperatorHouseholder,
)
from eagre.state.linear_operators.identity import (
    LinearOperatorIdentity,
    LinearOperatorScaledIdentity,
)
from eagre.state.linear_operators.inversion import (
    LinearOperatorInversion,
)
from eagre.state.linear_operators.kronecker import (
    LinearOperatorKronecker,
)
from eagre.state.linear_operators.low_rank_update import (
    LinearOperatorLowRankUpdate,
)
from eagre.state.linear_operators.operator import (
    LinearOperator,
)
from eagre.state.linear_operators.permutation import (
    LinearOperatorPermutation,
)
from eagre.state.linear_operators.toeplitz import (
    LinearOperatorToeplitz,
)
from eagre.state.linear_operators.triangular import (
    LinearOperatorLowerTriangular,
)
from eagre.state.linear_operators.tridiagonal import (
    LinearOperatorTridiag,
)
from eagre.state.linear_operators.zeros import (
    LinearOperatorZeros,
)

__all__ = [
    "LinearOperator",
    "LinearOperatorAdjoint",
    "LinearOperatorBlockDiag",
    "LinearOperatorBlockLowerTriangular",
    "LinearOperatorCirculant",
    "LinearOperatorCirculant2D",
    "LinearOperatorCirculant3D",
    "LinearOperatorComposition",
    "LinearOperatorDiag",
    "LinearOperatorFullMatrix",
    "LinearOperatorHouseholder",
    "LinearOperatorIdentity",
    "LinearOperatorInversion",
    "LinearOperatorKronecker",
    "LinearOperatorLowRankUpdate",
    "LinearOperatorLowerTriangular",
    "LinearOperatorPermutation",
    "LinearOperatorScaledIdentity",
    "LinearOperatorToeplitz",
    "LinearOperatorTridiag",
    "LinearOperatorZeros",
    "adjoint",
    "band_part",
    "banded_triangular_solve",
    "cholesky",
    "cholesky_solve",
    "cross",
    "det",
    "diag",
    "diag_part",
    "eig",
    "eigh",
    "eigh_tridiagonal",
    "eigvals",
    "eigvalsh",
    "einsum",
    "experimental",
    "expm",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "logdet",
    "logm",
    "lstsq",
    "lu",
    "lu_matrix_inverse",
    "lu_reconstruct",
    "lu_solve",
    "matmul",
    "matrix_rank",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "pinv",
    "qr",
    "set_diag",
    "slogdet",
    "solve",
    "sqrtm",
    "svd",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
    "triangular_solve",
    "tridiagonal_matmul",
    "tridiagonal_solve",
]
