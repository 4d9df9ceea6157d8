"""Let TensorFlow say what linear operators and banded matrices are to compute, and write it to
`linear_operators.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_linear_operators

A case is a Python expression of arrays `a`, `b`, `c` that are drawn from its own number. Those in
`FUNCTIONS` give a value and the gradients of all arrays. Those in `OPERATORS` give an operator, of
which each entry of `METHODS` gives one result: a value, a text or the name of an error. All numbers
lie in one vector, in the order of the list of what was found. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle import expressions

FILE = Path(__file__).with_name("linear_operators.npz")
V, S, T, B = (3,), (3, 3), (2, 3, 3), (2, 3)


class Case(NamedTuple):
    """An expression, the shapes of its arrays, their dtype, the batch of what it is applied to."""

    expression: str
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float64"
    batch: tuple[int, ...] = ()
    skips: tuple[str, ...] = ()
    """Where TensorFlow fails or departs from its documentation: methods, or "gradient"."""




def real_only(dtype: str) -> tuple[str, ...]:
    """What is left out where TensorFlow forgets to conjugate."""
    return ("gradient",) if dtype.startswith("complex") else ()


FUNCTIONS = [
    *[Case(f"L.banded_triangular_solve(a, b{rest})", shapes, dtype) for rest, shapes, dtype in (
        ("", ((2, 3), (3, 2)), "float64"), (", lower=False", ((2, 3), (3, 2)), "float64"),
        (", adjoint=True", ((2, 3), (3, 2)), "complex128"),
        (", False, True", ((3, 5), (5, 1)), "complex64"),
        ("", ((2, 2, 3), (3, 2)), "float64"), (", False", ((2, 3), (4, 3, 2)), "float64"),
        (", adjoint=True", ((2, 1, 3, 4), (3, 4, 1)), "float64"),
    )],
    *[Case(f"L.banded_triangular_solve(a, b{rest})", shapes, skips=("gradient",))
      for rest, shapes in (
          ("", ((1, 4), (4, 2))), ("", ((5, 3), (3, 1))), (", False", ((4, 2), (2, 1))))],
    *[Case(f"L.tridiagonal_solve(a, b{rest})", shapes, dtype, (), real_only(dtype))
      for rest, shapes, dtype in (
        ("", ((3, 4), (4, 2)), "float64"), ("", ((3, 4), (4,)), "float32"),
        ("", ((2, 3, 4), (2, 4, 1)), "complex128"), ("", ((2, 3, 4), (2, 4)), "float64"),
        (", transpose_rhs=True", ((3, 4), (2, 4)), "float64"),
        (", conjugate_rhs=True", ((3, 4), (4, 2)), "complex128"),
        (", transpose_rhs=True, conjugate_rhs=True", ((3, 4), (2, 4)), "complex64"),
        (", conjugate_rhs=True", ((3, 4), (4,)), "complex128"),
        (", 'matrix'", ((4, 4), (4, 2)), "float64"), (", 'matrix'", (T, (2, 3, 1)), "float64"),
        (", partial_pivoting=False", ((3, 4), (4, 2)), "float64"),
        ("", ((3, 1), (1, 2)), "float64"),
    )],
    Case("L.tridiagonal_solve(a, b)", ((3, 0), (0, 2)), skips=("gradient",)),
    Case("L.tridiagonal_solve([a, b, c], a[:, None], 'sequence')", (V, V, V)),
    Case("L.tridiagonal_solve([a, b, c], b[..., None], 'sequence')", ((2, 2), (2, 3), (2, 2))),
    *[Case(f"L.tridiagonal_matmul(a, b{rest})", shapes, dtype) for rest, shapes, dtype in (
        ("", ((3, 4), (4, 2)), "float64"), ("", ((2, 3, 4), (2, 4, 1)), "complex128"),
        (", 'matrix'", ((4, 4), (4, 2)), "float32"), ("", ((3, 1), (1, 2)), "complex64"),
        ("", ((3, 4), (4, 0)), "float64"), (", diagonals_format='matrix'", (T, T), "float64"),
    )],
    Case("L.tridiagonal_matmul([a, b, c], a[:, None], 'sequence')", (V, V, V)),
    *[Case(f"L.eigh_tridiagonal(a, b{rest})", ((5,), (4,)), dtype, (), ("gradient",))
      for rest, dtype in (
        ("", "float64"), ("", "complex128"), ("", "float32"),
        (", select='i', select_range=(1, 3)", "float64"),
        (", select='v', select_range=(-1.0, 1.5)", "float64"),
        (", select='v', select_range=(90.0, 91.0)", "float64"))],
    Case("tf.abs(L.eigh_tridiagonal(a, b, False)[1])", ((4,), V), skips=("gradient",)),
    Case("tf.abs(L.eigh_tridiagonal(tf.cast(tf.math.real(a), a.dtype), b, False, 'i', (0, 1))[1])",
         ((4,), V), "complex128", (), ("gradient",)),
    Case("L.eigh_tridiagonal(a, b)", ((1,), (0,)), skips=("gradient",)),
    *[Case("L.lu_reconstruct(*L.lu(a))", (shape,), dtype, (), ("gradient",)) for shape, dtype in (
        (S, "float64"), (T, "complex128"), ((2, 1, 4, 4), "float32"), ((0, 0), "float64"))],
    Case("L.lu_reconstruct(a, [2, 0, 1])", (S,)),
]  # fmt: skip

M = "L.LinearOperatorFullMatrix"
P = f"{M}(a @ L.adjoint(a) + tf.eye(3, dtype=a.dtype), is_self_adjoint=True, "\
    "is_positive_definite=True)"
D = "L.LinearOperatorDiag"
TRIL = "L.LinearOperatorLowerTriangular"
IDENTITY = "L.LinearOperatorIdentity(3, dtype=a.dtype)"
SCALED = "L.LinearOperatorScaledIdentity(3, a[..., 0])"
DEFINITE = "is_self_adjoint=True, is_positive_definite=True"
LIST = "L.LinearOperator{}([{}])"


def _plain() -> list[Case]:
    """The classes of which each stands for itself."""
    return [
        Case(f"{M}(a)", (S,)), Case(f"{M}(a)", ((2, 3),)), Case(f"{M}(a)", ((3, 2),), "float32"),
        Case(f"{M}(a)", (T,), "complex128"), Case(f"{M}(a)", (S,), "float64", (2,)),
        Case(f"{M}(a, is_square=False)", ((2, 4, 3),), "float64", (1,)), Case(P, (S,)),
        Case(P, (T,), "complex128", (), ("assert_self_adjoint",)),
        Case(P, ((3, 1, 3, 3),), "float64", (2,)),
        Case(f"{M}(a + L.adjoint(a), is_self_adjoint=True)", (S,)),
        Case(f"{M}(a, is_non_singular=False)", (S,)), Case(f"{M}(a)", ((0, 0),), skips=("cond",)),
        Case(f"{D}(a)", (V,)), Case(f"{D}(a)", (V,), "float32"),
        Case(f"{D}(a)", (B,), "complex128", (), ("add_to_tensor",)),
        Case(f"{D}(a)", (B,), "float64", (4, 1), ("add_to_tensor",)),
        Case(f"{D}(tf.exp(a), {DEFINITE})", (B,), skips=("add_to_tensor",)),
        Case(f"{D}(a, is_non_singular=True)", (V,), "complex64"), Case(f"{D}(a * 0)", (V,)),
        Case(f"{TRIL}(a)", (S,)),
        Case(f"{TRIL}(a)", (T,), "complex128", (), ("log_abs_determinant",)),
        Case(f"{TRIL}(a, is_non_singular=True)", (T,), "float32", (1,)),
        Case(IDENTITY, (V,)),
        Case("L.LinearOperatorIdentity(3, [2], a.dtype)", (V,), "complex128", (),
             ("add_to_tensor",)),
        Case("L.LinearOperatorIdentity(3, [2, 1], a.dtype)", (V,), "float64", (3,),
             ("add_to_tensor",)),
        Case(SCALED, (V,)),
        Case(SCALED, (B,), "complex128", (), ("log_abs_determinant", "add_to_tensor")),
        Case(SCALED, (B,), "float64", (3, 1), ("add_to_tensor",)),
        Case(f"L.LinearOperatorScaledIdentity(3, tf.exp(a[0]), {DEFINITE})", (V,), "float32"),
        Case("L.LinearOperatorScaledIdentity(3, a[0] * 0)", (V,)),
        Case("L.LinearOperatorZeros(3, dtype=a.dtype)", (V,)),
        Case("L.LinearOperatorZeros(3, batch_shape=[2], dtype=a.dtype)", (V,), "complex64", (1,)),
        Case("L.LinearOperatorZeros(2, 3, dtype=a.dtype, is_square=False, is_self_adjoint=False)",
             (V,)),
        *[Case(f"L.LinearOperatorPermutation({perm}, a.dtype)", (V,), dtype, batch)
          for perm, dtype, batch in (
              ("[2, 0, 1]", "float64", ()), ("[[1, 0, 2], [0, 1, 2]]", "complex128", ()),
              ("[[1, 0, 2]]", "float32", (2,)))],
        *[Case("L.LinearOperatorHouseholder(a)", (shape,), dtype, batch)
          for shape, dtype, batch in (
              (V, "float64", ()), (B, "float32", ()), (V, "float64", (2,)))],
        *[Case(f"L.LinearOperatorTridiag(a{rest})", (shape,), dtype, batch)
          for rest, shape, dtype, batch in (
              ("", (3, 4), "float64", ()), ("", (2, 3, 4), "complex128", (2,)),
              ("", (3, 2), "float32", ()))],
        *[Case("L.LinearOperatorTridiag(L.band_part(a, 1, 1), 'matrix')", (shape,), dtype,
               shape[:-2])
          for shape, dtype in ((S, "float64"), (T, "float32"))],
        Case("L.LinearOperatorTridiag([a, b, c], 'sequence')", (V, V, V)),
        Case("L.LinearOperatorTridiag([a, b, c], 'sequence')", (B, B, B), "complex128", (2,)),
    ]  # fmt: skip


def _compounds() -> list[Case]:
    """The classes that are made of others."""
    update = "L.LinearOperatorLowRankUpdate"
    adjoint, inverse = "L.LinearOperatorAdjoint", "L.LinearOperatorInversion"
    return [
        Case(f"{adjoint}({M}(a))", ((2, 3),)), Case(f"{adjoint}({M}(a))", (T,), "complex128"),
        Case(f"{adjoint}({D}(a))", (B,), "complex64"), Case(f"{adjoint}({P})", (S,)),
        Case(f"{inverse}({M}(a))", (T,), "complex128"), Case(f"{inverse}({P})", (S,)),
        Case(f"{inverse}({D}(a))", (V,)),
        *[Case(LIST.format("Composition", inner), shapes, dtype, batch)
          for inner, shapes, dtype, batch in (
              (f"{M}(a), {M}(b)", (S, S), "float64", ()), (f"{M}(a)", (S,), "float64", ()),
              (f"{M}(a), {D}(b), {M}(c)", ((2, 3), V, (3, 4)), "complex128", ()),
              (f"{M}(a), {M}(b)", ((4, 1, 3, 3), T), "float64", (2,)),
              (f"{D}(a, is_non_singular=True), {TRIL}(b, is_non_singular=True)", (V, S),
               "float64", ()))],
        Case(LIST.format("Composition", f"{M}(a), {M}(b)"), ((3, 2), (2, 3)), skips=("cond",)),
        Case("(lambda t: L.LinearOperatorComposition([t, t.H]))(" + f"{TRIL}(a, "
             "is_non_singular=True))", (S,)),
        Case(f"(lambda t: L.LinearOperatorComposition([t, t.H]))({M}(a))", ((2, 3),)),
        *[Case(LIST.format("Kronecker", inner), shapes, dtype, batch)
          for inner, shapes, dtype, batch in (
              (f"{M}(a), {M}(b)", ((2, 2), S), "float64", ()), (f"{M}(a)", (S,), "float64", ()),
              (f"{M}(a), {D}(b), {M}(c)", ((2, 2), (2,), (2, 2)), "complex128", ()),
              (f"{M}(a), {M}(b)", ((2, 2, 2), (3, 1, 2, 2)), "float64", (2,)),
              (f"{D}(tf.exp(a), {DEFINITE}), {P.replace('a @ L.adjoint(a)', 'b @ L.adjoint(b)')}",
               ((2,), S), "float64", ()))],
        Case(LIST.format("Kronecker", f"{M}(a), {M}(b)"), ((2, 3), (3, 2)), skips=(
            "cond", "determinant", "log_abs_determinant", "diag_part", "trace")),
        *[Case(LIST.format("BlockDiag", inner), shapes, dtype, batch)
          for inner, shapes, dtype, batch in (
              (f"{M}(a), {M}(b)", ((2, 2), S), "float64", ()), (f"{D}(a)", (B,), "float64", ()),
              (f"{M}(a), {D}(b), {M}(c)", ((2, 2), (2,), (1, 1)), "complex128", ()),
              (f"{M}(a), {M}(b)", ((2, 2, 2), (3, 1, 1, 1)), "float64", (2,)),
              (f"{D}(tf.exp(a), {DEFINITE}), {P.replace('a @ L.adjoint(a)', 'b @ L.adjoint(b)')}",
               ((2,), S), "float64", ()))],
        Case(f"L.LinearOperatorBlockDiag([{M}(a), {M}(b)], is_square=False)", ((2, 3), (1, 2)),
             skips=("diag_part", "trace")),
        *[Case(LIST.format("BlockLowerTriangular", inner), shapes, dtype, batch)
          for inner, shapes, dtype, batch in (
              (f"[{M}(a)], [{M}(b), {D}(c)]", ((2, 2), (3, 2), V), "float64", ()),
              (f"[{M}(a)]", (S,), "float64", ()),
              (f"[{M}(a)], [{M}(b), {M}(c)]", ((2, 2, 2), (1, 2), (3, 1, 1, 1)), "complex128", ()),
              (f"[{D}(a)], [{M}(b), {D}(c)], [{M}(b), {D}(a), {D}(c)]", ((2,), (2, 2), (2,)),
               "float64", (2,)))],
        *[Case(f"{update}({inner})", shapes, dtype, batch, ("assert_self_adjoint",))
          for inner, shapes, dtype, batch in (
            (f"{D}(a), b", (V, (3, 2)), "float64", ()),
            (f"{D}(tf.exp(a), {DEFINITE}), b, tf.exp(c), is_diag_update_positive=True",
             (V, (3, 2), (2,)), "float64", ()),
            (f"{D}(a), b, c, a[..., None]", (V, (3, 1), (1,)), "complex128", ()),
            (f"{M}(a), b, c", (T, (2, 3, 2), (2, 2)), "float64", ()),
            (f"{D}(tf.exp(a), {DEFINITE}), b", (B, (3, 2)), "float32", (1,)))],
    ]  # fmt: skip


def _waves() -> list[Case]:
    """The classes that go by way of Fourier transforms."""
    circulant = "L.LinearOperatorCirculant"
    dense = ("adjoint", "kinds")
    return [
        Case(f"{circulant}(a)", ((4,),), "complex64"), Case(f"{circulant}(tf.exp(a))", ((4,),),
                                                            "float32", (), ("kinds",)),
        Case(f"{circulant}(a, tf.complex128)", ((2, 3),), "complex128", (), dense),
        Case(f"{circulant}(a, tf.complex128)", ((2, 3),), "complex128", (4, 1), dense),
        Case(f"{circulant}2D(a)", ((2, 3),), "complex64"),
        Case(f"{circulant}2D(a, tf.complex128)", ((2, 2, 2),), "complex128", (), dense),
        Case(f"{circulant}3D(a)", ((2, 1, 3),), "complex64"),
        Case(f"{circulant}2D(tf.constant([[4.0, 1.0], [3.0, 2.0]], a.dtype), a.dtype)", (V,),
             "float64", (), dense),
        *[Case("L.LinearOperatorToeplitz(a, b)", shapes, dtype, batch)
          for shapes, dtype, batch in (
              ((V, V), "float64", ()), ((B, B), "complex128", ()), ((V, V), "float32", (2,)),
              (((1,), (1,)), "float64", ()))],
    ]  # fmt: skip


def _algebra() -> list[Case]:
    """Products and quotients of two operators."""
    zeros = "L.LinearOperatorZeros(3, dtype=a.dtype)"
    blocks = "L.LinearOperatorBlockDiag([{}(a), {}(b)])"
    pairs = [
        (IDENTITY, f"{M}(b)"), (f"{M}(a)", "L.LinearOperatorIdentity(3, dtype=a.dtype)"),
        (f"{D}(a[0])", f"{D}(b[0])"), (f"{D}(a[0])", "L.LinearOperatorScaledIdentity(3, b[0, 0])"),
        (f"{D}(a[0])", f"{TRIL}(b)"), (f"{TRIL}(a)", f"{D}(b[0])"), (f"{TRIL}(a)", f"{M}(b)"),
        (SCALED.replace("...", "0"), "L.LinearOperatorScaledIdentity(3, b[0, 0])"),
        (SCALED.replace("...", "0"), f"{D}(b[0])"), (SCALED.replace("...", "0"), f"{M}(b)"),
        (f"{M}(a)", f"{M}(b)"), (f"{M}(a, is_non_singular=True)", f"{M}(b, is_non_singular=True)"),
        (blocks.format(D, M), blocks.format(D, M)),
        (f"L.LinearOperatorInversion({M}(a))", f"{D}(b)"),
        (f"{D}(tf.exp(a[0]), {DEFINITE})", f"{D}(tf.exp(b[0]), {DEFINITE})"),
    ]
    return [
        *[Case(f"{left}.{method}({right})", (S, S), skips=("assert_self_adjoint",))
          for left, right in pairs
          for method in ("matmul", "solve")],
        Case(f"{zeros}.matmul({M}(b))", (S, S)), Case(f"{M}(a).matmul({zeros})", (S, S)),
        Case(f"{M}(a).matmul({M}(b), adjoint=True, adjoint_arg=True)", (S, S), "complex128"),
        Case("L.LinearOperatorCirculant(a).matmul(L.LinearOperatorCirculant(b))", ((4,), (4,)),
             "complex64"),
        Case("L.LinearOperatorCirculant(a).solve(L.LinearOperatorCirculant(b))", ((4,), (4,)),
             "complex64"),
        Case(f"{D}(a) @ {M}(b)", (V, S)),
    ]  # fmt: skip


OPERATORS = [*_plain(), *_compounds(), *_waves(), *_algebra()]

METHODS = {
    "shape": lambda tf, op, x, y: str(tuple(op.shape)),
    "hints": lambda tf, op, x, y: str(
        [op.is_square, op.is_non_singular, op.is_self_adjoint, op.is_positive_definite]),
    "name": lambda tf, op, x, y: op.name,
    "kinds": lambda tf, op, x, y: type(op).__name__,
    "sizes": lambda tf, op, x, y: tf.stack([
        op.tensor_rank_tensor(), op.domain_dimension_tensor(), op.range_dimension_tensor()]),
    "shape_tensor": lambda tf, op, x, y: op.shape_tensor(),
    "batch_shape_tensor": lambda tf, op, x, y: op.batch_shape_tensor(),
    "to_dense": lambda tf, op, x, y: op.to_dense(),
    "matmul": lambda tf, op, x, y: op.matmul(x),
    "matmul_adjoint": lambda tf, op, x, y: op.matmul(y, adjoint=True),
    "matmul_adjoint_arg": lambda tf, op, x, y: op.matmul(tf.linalg.adjoint(x), adjoint_arg=True),
    "matvec": lambda tf, op, x, y: op.matvec(x[..., 0]),
    "matvec_adjoint": lambda tf, op, x, y: op.matvec(y[..., 0], adjoint=True),
    "solve": lambda tf, op, x, y: op.solve(y),
    "solve_adjoint": lambda tf, op, x, y: op.solve(x, adjoint=True),
    "solve_adjoint_arg": lambda tf, op, x, y: op.solve(tf.linalg.adjoint(y), adjoint_arg=True),
    "solvevec": lambda tf, op, x, y: op.solvevec(y[..., 0]),
    "determinant": lambda tf, op, x, y: op.determinant(),
    "log_abs_determinant": lambda tf, op, x, y: op.log_abs_determinant(),
    "diag_part": lambda tf, op, x, y: op.diag_part(),
    "trace": lambda tf, op, x, y: op.trace(),
    "eigvals": lambda tf, op, x, y: op.eigvals(),
    "cond": lambda tf, op, x, y: op.cond(),
    "add_to_tensor": lambda tf, op, x, y: op.add_to_tensor(
        tf.linalg.matmul(y, x, adjoint_b=True)),
    "adjoint": lambda tf, op, x, y: op.H.to_dense(),
    "adjoint_kind": lambda tf, op, x, y: type(op.adjoint()).__name__,
    "inverse": lambda tf, op, x, y: op.inverse().to_dense(),
    "inverse_kind": lambda tf, op, x, y: type(op.inverse()).__name__,
    "cholesky": lambda tf, op, x, y: op.cholesky().to_dense(),
    "cholesky_kind": lambda tf, op, x, y: type(op.cholesky()).__name__,
    "assert_non_singular": lambda tf, op, x, y: str(op.assert_non_singular()),
    "assert_positive_definite": lambda tf, op, x, y: str(op.assert_positive_definite()),
    "assert_self_adjoint": lambda tf, op, x, y: str(op.assert_self_adjoint()),
}
WITH_GRADIENTS = ("matmul", "matmul_adjoint", "solve", "solve_adjoint", "determinant",
                  "log_abs_determinant", "diag_part")
GRADIENT_DTYPES = ("float32", "float64")


def arrays(cases: list[Case], number: int) -> list[Any]:
    """The arrays of a case: float64 or complex128, for the caller to round."""
    case = cases[number]
    random = np.random.default_rng([number, len(case.shapes)])
    drawn = [random.standard_normal(shape) for shape in case.shapes]
    if case.dtype.startswith("complex"):
        return [x + 1j * random.standard_normal(x.shape) for x in drawn]
    return drawn


def arguments(case: Case, rows: int, columns: int) -> list[Any]:
    """What operators are applied to: `x` with a row for each column, `y` with one for each row."""
    random = np.random.default_rng(rows + 10 * columns)
    drawn = [random.standard_normal((*case.batch, n, 2)) for n in (columns, rows)]
    return [x + 1j * x[..., ::-1] for x in drawn] if case.dtype[0] == "c" else drawn


def evaluate(tf: Any, expression: str, tensors: list[Any]) -> Any:
    """The value of an expression, in which L is `tf.linalg`."""
    return expressions.evaluate(tf, expression, tensors, L=tf.linalg)


def results_of_function(tf: Any, case: Case, tensors: list[Any]) -> list[Any]:
    """The value of a function and the gradients of its arrays."""
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = evaluate(tf, case.expression, tensors)
    if "gradient" in case.skips:
        return [value]
    seed = tf.cast(tf.constant(expressions.cotangent(tuple(value.shape))), value.dtype)
    grads = tape.gradient(value, tensors, seed)
    return [value, *[tf.zeros_like(x) if g is None else g
                     for g, x in zip(grads, tensors, strict=True)]]


def results_of_method(tf: Any, case: Case, method: str, tensors: list[Any]) -> list[Any]:
    """What a method gives and, if it is one of those, the gradients of the arrays."""
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        operator = evaluate(tf, case.expression, tensors)
        rows, columns = [int(n) for n in tuple(operator.shape)[-2:]]
        x, y = [tf.cast(tf.constant(each), operator.dtype)
                for each in arguments(case, rows, columns)]
        value = METHODS[method](tf, operator, x, y)
    if isinstance(value, str) or not has_gradients(case, method):
        return [value]
    seed = tf.cast(tf.constant(expressions.cotangent(tuple(value.shape))), value.dtype)
    grads = tape.gradient(value, tensors, seed)
    return [value, *[tf.zeros_like(x) if g is None else g
                     for g, x in zip(grads, tensors, strict=True)]]


def methods_of(case: Case) -> list[str]:
    """The methods to try; TensorFlow fails to check complex numbers by singular values."""
    skips = {*case.skips, "assert_non_singular"} if "complex" in case.dtype else case.skips
    is_hermitian = "complex" in case.dtype and "is_positive_definite" in case.expression
    return [name for name in METHODS if name not in skips and not (
        is_hermitian and name == "assert_positive_definite")]


def has_gradients(case: Case, method: str) -> bool:
    return method in WITH_GRADIENTS and case.dtype in GRADIENT_DTYPES


class Saved:
    """What was found, as a list of descriptions, and all numbers in one vector."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.numbers: list[Any] = []

    def add(self, key: Any, results: list[Any]) -> None:
        for position, result in enumerate(results):
            if isinstance(result, str):
                self.found.append([*key, position, result])
                continue
            array = np.asarray(result.numpy())
            self.found.append([*key, position, array.dtype.name, array.shape])
            self.numbers.append(array.reshape(-1).astype(np.complex128))


def main() -> None:
    tf = expressions.tensorflow()
    tf.get_logger().setLevel("ERROR")
    saved = Saved()
    for number, case in enumerate(FUNCTIONS):
        tensors = [tf.cast(tf.constant(x), case.dtype) for x in arrays(FUNCTIONS, number)]
        saved.add(["function", number], results_of_function(tf, case, tensors))
    for number, case in enumerate(OPERATORS):
        tensors = [tf.cast(tf.constant(x), case.dtype) for x in arrays(OPERATORS, number)]
        for method in methods_of(case):
            try:
                results = results_of_method(tf, case, method, tensors)
            except Exception as error:
                results = [f"! {type(error).__name__}"]
            saved.add([method, number], results)
    numbers = np.concatenate(saved.numbers)
    np.savez_compressed(FILE, version=np.array(tf.__version__),
                        found=np.array(json.dumps(saved.found, separators=(",", ":"))),
                        reals=numbers.real, imaginaries=numbers.imag)


if __name__ == "__main__":
    main()
