"""Let TensorFlow say what `tf.linalg` is to compute, and write it to `linalg.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_linalg

A case is a Python expression of arrays `a`, `b`, `c` that are drawn from its own number; its
outcome is the value and the gradients of all arrays, given `cotangent` as gradient of the value.
Factors that are free up to a sign or phase stand in expressions that do not depend on it. For
expressions that fail the outcome is the name of the error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import cotangent, evaluate, is_inexact, recorded, write

FILE = Path(__file__).with_name("linalg.npz")


class Case(NamedTuple):
    """An expression, the shapes of its arrays and their dtype."""

    expression: str
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float64"
    has_gradient: bool = True
    """False where TensorFlow has none, or one that is not the gradient of the value."""


S, T, V = (3, 3), (2, 3, 3), (3,)


def _einsums() -> list[Case]:
    form = "tf.einsum({!r}, {})"
    listed = [
        ("ij,jk->ik", ((2, 3), (3, 4))), ("ij,jk", ((2, 3), (3, 4))), ("ba", ((2, 3),)),
        ("ij,kj->ik", ((2, 0), (3, 0))), ("ii", (S,)), ("ii->i", (S,)), ("ij->", ((2, 3),)),
        ("ij,j", ((2, 3), V)), ("i,j->ij", (V, (2,))), ("ij,ij->ij", (S, S)), ("ij,ij->", (S, S)),
        ("bij,bjk->bik", ((2, 2, 3), (2, 3, 1))), ("bhqd,bhkd->bhqk", ((2, 2, 3, 4), (2, 2, 5, 4))),
        ("abc,cd,def->abef", ((2, 2, 3), (3, 2), (2, 2, 2))), ("abij,ijk->kab", ((1, 2, 3, 2),
        (3, 2, 2))), ("...ij,...jk->...ik", ((2, 1, 2, 3), (4, 3, 2))), ("...->...", ((2, 3),)),
        ("...i->...", ((2, 3),)), ("i...->...", ((2, 3),)), ("...ii->...i", (T,)),
        ("...,...->...", ((2, 1), (3,))), ("...j,jk->k...", ((2, 3), (3, 4))),
        ("i->i...", (V,)), ("...,i->i...", ((2, 2), V)), ("i,i,i->i", (V, V, V)),
        ("a,b,c->cab", (V, (2,), (1,))), ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 2))),
        ("iij,jk->ik", ((2, 2, 3), (3, 4))), ("i,ij->", (V, (3, 2))), (" i j , j -> i ", (S, V)),
        ("Aa->aA", ((2, 3),)), ("aA", ((2, 3),)), ("iji->j", ((2, 3, 2),)), ("ij,ji->", (S, S)),
        ("ijij->ij", ((2, 3, 2, 3),)), ("ab,cd->", ((2, 2), (3, 1))),
    ]
    cases = [Case(form.format(equation, ", ".join("abc"[: len(shapes)])), shapes)
             for equation, shapes in listed]
    cases += [Case("tf.einsum('bij,bjk->ikb', a, b)", ((2, 2, 3), (2, 3, 1)), dtype)
              for dtype in ("float32", "bfloat16", "int32", "int64", "complex64")]
    tensordots = [("1", ((2, 3), (3, 4))), ("2", ((2, 3), (2, 3))), ("0", ((2,), (3, 1))),
                  ("[[0], [1]]", (S, S)), ("[1, 0]", ((2, 3, 2), (3, 1))),
                  ("[[-1, 0], [0, 1]]", ((2, 2, 3), (3, 2))), ("[[], []]", ((2,), (2,)))]
    return cases + [Case(f"tf.tensordot(a, b, {axes})", shapes) for axes, shapes in tensordots]


def _norms() -> list[Case]:
    cases = [Case(f"tf.norm(a, {rest})", ((2, 3, 2),)) for rest in (
        "axis=1", "ord=1", "ord=3", "ord=2.5, axis=-1, keepdims=True", "ord=INF", "ord=INF, axis=0",
        "axis=[0, 1]", "ord='fro', axis=[-1, 0], keepdims=True", "ord=1, axis=[0, 2]",
        "ord=2, axis=[0, 2]", "ord=2, axis=[1, 0], keepdims=True", "ord=INF, axis=[2, 1]")]
    return [
        *cases,
        Case("tf.norm(a)", (S,)), Case("tf.norm(a)", (S,), "float16"),
        Case("tf.norm(a)", (S,), "complex128"), Case("tf.norm(a, 1)", (S,), "complex64"),
        Case("tf.norm(a, 1)", (S,), "int32"), Case("tf.norm(a, 2, [0, 1])", (S,), "complex128"),
        Case("tf.linalg.normalize(a, axis=1)[0]", (S,)),
        Case("tf.linalg.normalize(a, 1)[1]", (S,)),
        Case("tf.linalg.global_norm([a, None, b])", (S, V)),
        *[Case(f"tf.clip_by_global_norm([a, None, b], {limit})[0][{i}]", (S, V), dtype)
          for limit in (0.5, 50.0) for i, dtype in ((0, "float64"), (2, "float32"))],
        Case("tf.clip_by_global_norm([a / 0, b], 1.0)[0][1]", (S, V), "float32", False),
        Case("tf.clip_by_global_norm([a], -1.0)[0][0]", (S,)),
        Case("tf.clip_by_global_norm([a], 1.0, use_norm=tf.norm(a) * 2)[0][0]", (S,), "float32"),
        *[Case(f"tf.clip_by_norm(a, {rest})", (S,), dtype) for rest, dtype in (
            ("0.5", "float32"), ("50.0", "float64"), ("1.0, axes=1", "float64"),
            ("1.0, [0, 1]", "float16"), ("0.0", "float64"), ("-1.0", "float64"))],
        Case("tf.clip_by_norm(a * 0, 1.0)", (S,)),
    ]


def _parts() -> list[Case]:
    bands = ["k=(-1, 1)", "k=(0, 2), align='LEFT_LEFT'", "k=(-2, -1), align='RIGHT_RIGHT'",
             "k=(-1, 2), align='LEFT_RIGHT'", "k=(-2, 3), padding_value=7"]
    return [
        *[Case(f"tf.linalg.diag_part(a, {k})", ((2, 3, 4),))
          for k in ("k=0", "k=2", "k=-2", *bands)],
        *[Case(f"tf.linalg.diag(a, {rest})", ((2, 3),)) for rest in (
            "k=0", "k=2", "k=-1", "num_rows=4", "k=-1, num_cols=5", "k=1, num_rows=3, num_cols=6",
            "padding_value=5", "k=-1, padding_value=2", "k=(0, 1)", "k=(-1, 0), align='LEFT_LEFT'",
            "k=(1, 2), num_rows=3, align='RIGHT_RIGHT'", "k=(0, 1), padding_value=3")],
        *[Case(f"tf.linalg.set_diag(a, b, k={k})", ((2, 3, 4), (2, n)))
          for k, n in ((0, 3), (2, 2), (-1, 2))],
        Case("tf.linalg.set_diag(a, b, k=(-1, 1))", ((3, 3), (3, 3))),
        Case("tf.linalg.set_diag(a, b, k=(0, 1), align='LEFT_LEFT')", ((2, 3), (2, 2))),
        *[Case(f"tf.linalg.band_part(a, {widths})", ((2, 3, 4),), dtype) for widths, dtype in (
            ("0, -1", "float64"), ("-1, 1", "float64"), ("1, 0", "int32"), ("-1, -1", "float64"),
            ("3, 4", "float64"), ("-5, 0", "complex64"))],
        *[Case(f"tf.linalg.{name}(a)", (shape,), dtype) for name, shape, dtype in (
            ("trace", (2, 3, 4), "float64"), ("trace", S, "int32"),
            ("tensor_diag", (2, 3), "float64"),
            ("tensor_diag", V, "int32"), ("tensor_diag_part", (2, 3, 2, 3), "float64"),
            ("tensor_diag_part", (0, 0), "float64"), ("matrix_transpose", (2, 3, 1), "float64"),
            ("adjoint", S, "complex128"))],
        Case("tf.linalg.cross(a, b)", ((2, 3), (2, 3))),
        Case("tf.linalg.cross(a, b)", (V, V), "int32"),
        Case("tf.linalg.matvec(a, b)", ((2, 3, 4), (4,))),
        Case("tf.linalg.matvec(a, b, transpose_a=True)", ((4, 3), (2, 4))),
        Case("tf.linalg.matvec(a, b, adjoint_a=True)", ((2, 3), (2,)), "complex128"),
    ]


P = "(tf.matmul(a, a, adjoint_b=True) + tf.eye(3, dtype=a.dtype))"


def _systems() -> list[Case]:
    return [
        *[Case(f"tf.linalg.{name}(a)", (shape,), dtype, (name, dtype) != ("det", "complex128"))
          for name in ("inv", "det", "expm")
          for shape, dtype in ((S, "float64"), (T, "float32"), (S, "complex128"),
                               ((0, 0), "float64"), ((2, 0, 0), "float32"), ((1, 1), "float64"))
          if not (name == "expm" and 0 in shape)],
        Case("tf.linalg.inv(a, adjoint=True)", (T,), "complex64"),
        Case("tf.linalg.expm(a * 9)", (S,)), Case("tf.linalg.expm(a * 1e-9)", (T,)),
        Case("tf.linalg.det(a * 0)", (S,), "float64", False),
        *[Case(f"tf.linalg.slogdet(a)[{i}]", (shape,), dtype, dtype != "complex128")
          for i, shape, dtype in ((1, T, "float64"), (1, S, "float32"), (0, S, "complex128"),
                                  (1, S, "complex128"), (1, (0, 0), "float64"))],
        Case("tf.linalg.slogdet(a)[0]", (T,), "float64", False),
        Case(f"tf.linalg.logdet({P})", (S,)), Case(f"tf.linalg.logdet({P})", (S,), "complex128"),
        *[Case(f"tf.linalg.solve(a, b{rest})", (T, (2, 3, 2)), dtype) for rest, dtype in (
            ("", "float64"), (", adjoint=True", "complex128"), (", adjoint=True", "float32"))],
        Case("tf.linalg.solve(a, b)", ((0, 0), (0, 2))), Case("tf.linalg.solve(a, b)", (S, (3, 0))),
        *[Case(f"tf.linalg.triangular_solve(a + 3 * tf.eye(3, dtype=a.dtype), b, {rest})",
               (S, shape), dtype)
          for rest, shape, dtype in (
              ("lower=True", (3, 2), "float64"), ("lower=False", (2, 3, 1), "float64"),
              ("adjoint=True", (3, 2), "complex128"), ("False, True", (3, 1), "float32"))],
        Case("tf.linalg.triangular_solve(a * 0, b)", (S, (3, 1)), "float64", False),
        *[Case(f"tf.linalg.cholesky({P})", (shape,), dtype)
          for shape, dtype in ((S, "float64"), (T, "float32"), (S, "complex128"))],
        Case("tf.linalg.cholesky(tf.linalg.band_part(9 * a, 0, -1) + 40 * tf.eye(3, None, None, "
             "a.dtype))", (S,)),
        Case("tf.linalg.cholesky(a)", ((0, 0),)),
        Case(f"tf.linalg.cholesky_solve(tf.linalg.cholesky({P}), b)", (S, (3, 2))),
        Case(f"tf.linalg.cholesky_solve(tf.linalg.cholesky({P}), b)", (T, (3, 2)), "complex64"),
        *[Case(f"tf.linalg.lstsq(a, b{rest})", shapes, dtype) for rest, shapes, dtype in (
            ("", ((4, 2), (4, 1)), "float64"), ("", ((2, 4), (2, 3)), "float64"),
            (", l2_regularizer=0.5", ((4, 2), (4, 1)), "float64"),
            (", l2_regularizer=0.5", ((2, 2, 4), (2, 2, 3)), "float64"),
            ("", ((3, 2), (3, 2)), "complex128"),
            (", l2_regularizer=0.5", ((3, 2), (3, 2)), "complex64"))],
        Case("tf.linalg.lstsq(a, b, fast=False)", ((4, 2), (4, 1)), "float64", False),
        Case("tf.linalg.lstsq(a, b, fast=False)", ((2, 4), (2, 1)), "float64", False),
        Case("tf.linalg.lstsq(a[:, :1] + a * 0, b, fast=False)", ((4, 3), (4, 1)),
             has_gradient=False),
        Case("tf.linalg.sqrtm(a)", (S,), "complex128", False), Case(f"tf.linalg.sqrtm({P})", (T,)),
        Case("tf.linalg.sqrtm(-tf.eye(3) * a * a)", (S,), "float32", False),
        Case("tf.linalg.logm(a)", (S,), "complex128", False),
        Case("tf.linalg.logm(a)", (T,), "complex64", False),
    ]


def _factors() -> list[Case]:
    lu = "tf.linalg.lu(a)"
    cases = [
        *[Case(form, (shape,), dtype) for form in (
            "tf.abs(tf.linalg.qr(a)[1])", "tf.abs(tf.linalg.qr(a)[0])", "tf.linalg.svd(a)[0]",
            "tf.linalg.svd(a, compute_uv=False)", "tf.abs(tf.linalg.svd(a)[1])",
            "tf.matmul(tf.linalg.svd(a)[1], tf.linalg.svd(a)[2], adjoint_b=True)")
          for shape, dtype in ((S, "float64"), ((2, 4, 3), "float64"), ((3, 4), "float64"))],
        Case("tf.abs(tf.linalg.qr(a)[1])", (T,), "complex128"),
        Case("tf.abs(tf.linalg.qr(a, True)[1])", ((4, 2),), "float64", False),
        Case("tf.linalg.svd(a)[0]", ((4, 2),), "complex128"),
        Case("tf.abs(tf.linalg.svd(a)[2])", (S,), "complex128", False),
        Case("tf.abs(tf.linalg.svd(a, True)[1])", ((3, 2),)),
        *[Case(f"tf.shape(tf.linalg.svd(a, {full})[{i}])", (shape,), "float64", False)
          for full in (False, True) for i in (1, 2) for shape in ((0, 2), (2, 0, 3), (4, 2))],
        *[Case(f"tf.linalg.{name}(a + tf.linalg.adjoint(a)){part}", (shape,), dtype)
          for name, part in (("eigvalsh", ""), ("eigh", "[0]"))
          for shape, dtype in ((S, "float64"), (T, "float32"), (S, "complex128"))],
        Case("tf.linalg.eigvalsh(a)", (S,)), Case("tf.linalg.eigvalsh(a)", (S,), "complex128"),
        Case("tf.abs(tf.linalg.eigh(a)[1])", (T,)),
        Case("tf.abs(tf.linalg.eigh(a)[1])", (S,), "complex128"),
        Case("tf.linalg.eigvalsh(tf.eye(3, dtype=a.dtype) * a[0, 0])", (S,)),
        *[Case(f"tf.reduce_sum(tf.linalg.{name} ** 3)", (S,), dtype, dtype == "complex128")
          for name in ("eigvals(a)", "eig(a)[0]")
          for dtype in ("float64", "complex128", "float32")],
        *[Case(f"tf.linalg.pinv(a{rest})", (shape,), dtype, not rest) for rest, shape, dtype in (
            ("", (4, 2), "float64"), ("", (2, 2, 3), "float64"), (", rcond=0.7", S, "float64"))],
        Case("tf.linalg.pinv(a[:, :1] + a * 0)", (S,), "float64", False),
        *[Case(f"tf.linalg.matrix_rank({form})", (shape,), "float64", False) for form, shape in (
            ("a", (2, 4, 3)), ("a[:, :1] + a * 0", S), ("a, tol=1.5", S), ("a * 0", S))],
        *[Case(f"{lu}[0]", (shape,), dtype, False)
          for shape, dtype in ((T, "float64"), (S, "complex128"), ((0, 0), "float64"))],
        Case(f"{lu}[1]", (T,), "float64", False),
        Case("tf.linalg.lu(a, tf.int64)[1]", (S,), "float64", False),
        Case(f"tf.linalg.lu_solve(*{lu}, b)", (T, (2, 3, 2)), "float64", False),
        Case(f"tf.linalg.lu_matrix_inverse(*{lu})", (T,), "float32", False),
    ]
    return cases


CASES = [*_einsums(), *_norms(), *_parts(), *_systems(), *_factors()]

_R, _I, _O = "tf.ones([2, 3])", "tf.eye(2)", "tf.ones([2, 2])"
ERRORS = [
    *[f"tf.linalg.{name}({x})" for name in ("inv", "det", "slogdet", "cholesky", "lu", "eigh",
      "eig", "sqrtm", "expm") for x in (_R, "tf.ones([2])")],
    *[f"tf.linalg.{name}(tf.ones([2, 2], tf.int32))" for name in (
        "inv", "det", "slogdet", "cholesky", "qr", "svd", "lu", "eigh", "sqrtm")],
    "tf.linalg.logm(tf.ones([2, 2]))", f"tf.linalg.inv({_O})", f"tf.linalg.lu({_O})",
    "tf.linalg.qr(tf.ones([2]))", "tf.linalg.svd(tf.ones([2]))", f"tf.linalg.solve({_O}, {_O})",
    "tf.linalg.eigh(tf.fill([2, 2], NAN))", "tf.linalg.eig(tf.fill([2, 2], NAN))",
    *[f"tf.linalg.solve({a}, {b})" for a, b in (
        (_I, "tf.ones([2])"), (_I, "tf.ones([3, 1])"), (_I, "tf.ones([3, 2, 1])"),
        ("tf.eye(2, batch_shape=[3])", "tf.ones([1, 2, 1])"), (_R, "tf.ones([2, 1])"),
        (_I, "tf.ones([2, 1], tf.float64)"))],
    *[f"tf.linalg.triangular_solve({a}, {b})" for a, b in (
        (_I, "tf.ones([2])"), (_I, "tf.ones([3, 1])"), (_R, "tf.ones([3, 1])"),
        ("tf.eye(2, batch_shape=[3])", "tf.ones([2, 2, 1])"))],
    f"tf.linalg.cholesky_solve({_I}, tf.ones([3, 1]))",
    "tf.linalg.pinv([1.0])", "tf.linalg.pinv([[1]])", "tf.linalg.matrix_rank([1.0])",
    "tf.linalg.pinv(tf.ones([2, 2], tf.complex64))",
    f"tf.linalg.lu_solve({_I}, [0, 1], tf.ones([2]))",
    "tf.linalg.lstsq(tf.eye(2), tf.ones([3, 1]))", "tf.linalg.lstsq(tf.eye(2), tf.ones([2]))",
    "tf.linalg.cross([1.0, 0.0], [0.0, 1.0])", "tf.linalg.cross(tf.ones([2, 3]), tf.ones([3]))",
    "tf.linalg.trace([1.0])", "tf.linalg.diag(1)", "tf.linalg.diag([1, 2], num_rows=1)",
    "tf.linalg.diag([1, 2], num_rows=3, num_cols=3)", "tf.linalg.diag([[1, 2], [3, 4]], k=(1, 0))",
    "tf.linalg.diag([[1, 2], [3, 4]], k=(-1, 1))",
    "tf.linalg.diag([[1, 2], [3, 4]], k=(0, 1), align='X')", "tf.linalg.diag_part([1])",
    f"tf.linalg.diag_part({_R}, k=3)", f"tf.linalg.diag_part({_R}, k=-2)",
    f"tf.linalg.diag_part({_R}, k=(0, 3))", f"tf.linalg.diag_part({_R}, k=(0, 1), align='x')",
    f"tf.linalg.set_diag({_R}, [1.0])", "tf.linalg.set_diag([1.0], [1.0])",
    *[f"tf.linalg.set_diag(tf.zeros([3, 3]), tf.ones([2, 3]), k={k})" for k in ((2, 3), (-3, -2))],
    "tf.linalg.set_diag([[0]], [[1], [1]], k=(0, 1))",
    "tf.linalg.set_diag(tf.ones([2, 2, 2]), [1.0, 2.0])", "tf.linalg.set_diag([[1]], [1.0])",
    f"tf.linalg.band_part({_R}, 3, 0)", f"tf.linalg.band_part({_R}, 0, 4)",
    "tf.linalg.band_part([1.0], 0, 0)", f"tf.linalg.band_part({_R}, 1.0, 0)",
    "tf.linalg.tensor_diag(1)", "tf.linalg.tensor_diag_part([1])",
    "tf.linalg.tensor_diag_part([[1, 2]])", "tf.linalg.tensor_diag_part(tf.ones([2, 2, 2]))",
    f"tf.linalg.matvec({_R}, [1.0, 2.0])", "tf.linalg.matvec([1.0], [1.0])",
    "tf.linalg.matrix_transpose([1])", "tf.linalg.adjoint([1.0])",
    *[f"tf.norm({args})" for args in (
        "[1, 2]", "[1.0], 'fro'", "[1.0], 0", "[1.0], -1", "[1.0], 'x'", f"{_R}, 3, [0, 1]",
        f"{_R}, axis=[0, 0]", f"{_R}, axis=[0, 1, 1]", f"{_R}, axis=[]", f"{_R}, 2, [0]")],
    "tf.linalg.global_norm(3.0)", "tf.linalg.global_norm([[3]])",
    "tf.linalg.global_norm([tf.ones([1], tf.complex64)])", "tf.clip_by_global_norm(3.0, 1.0)",
    "tf.clip_by_norm([3, 4], 1)", "tf.clip_by_norm([3.0, 4.0], [1.0, 1.0, 1.0])",
    "tf.clip_by_norm([[3.0, 4.0]], [[[1.0]]])",
    *[f"tf.einsum({equation!r}, {args})" for equation, args in (
        ("ij,jk->iK", f"{_O}, {_O}"), ("ij,jk->iik", f"{_O}, {_O}"), ("ij,jk->ik", _O),
        ("ijk->i", _O), ("i,i->", "tf.ones([2]), tf.ones([3])"), ("ij;jk", f"{_O}, {_O}"),
        ("i,i->i", "tf.ones([2]), tf.ones([1])"), ("i1->i", _O), ("..i->i", "tf.ones([2])"),
        ("ij,jk->ik", f"{_O}, tf.ones([2, 2], tf.float64)"), ("...ij->ij", "tf.ones([2, 2, 2])"),
        ("ij,jk->ik", f"{_O}, {_O}, foo=1"), ("i->ii", "tf.ones([2])"),
        ("...i,...i->...", "tf.ones([2, 2]), tf.ones([3, 2])"), ("ii->i", _R))],
    *[f"tf.tensordot({args})" for args in (
        f"{_O}, {_O}, -1", f"{_O}, {_R}, [[1], [1]]", f"{_O}, {_O}, [[0, 1], [0]]",
        f"{_O}, {_O}, [0]", f"{_O}, {_O}, []")],
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case: float64, complex128 or whole numbers, for the caller to round."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = [random.standard_normal(shape) for shape in case.shapes]
    if case.dtype.startswith("complex"):
        return [x + 1j * random.standard_normal(x.shape) for x in drawn]
    return [np.round(x * 9) if "int" in case.dtype else x for x in drawn]


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The value, and the gradients of all inputs."""
    value, tape = recorded(tf, lambda: evaluate(tf, case.expression, inputs), inputs)
    if not case.has_gradient or not is_inexact(value.dtype) or not is_inexact(inputs[0].dtype):
        return {"": value}
    seed = tf.cast(cotangent(tuple(value.shape)), value.dtype)
    try:
        grads = tape.gradient(value, inputs, seed)
    except Exception as error:
        raise ValueError(f"{case} has no gradient") from error
    return {"": value, **{f".{place}": grad for place, grad in enumerate(grads)}}


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()
