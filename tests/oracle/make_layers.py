"""Let TensorFlow say what the rarer functions of `tf.nn` compute, and write it to `layers.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_layers

A case is an expression of arrays `a`, `b`, `c` that are drawn from its own number; its outcome is
its values and the gradients of all arrays, given `cotangent` as gradient of the first value. For
expressions that fail it is the name of the error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import evaluate, recorded, write
from tests.oracle.make_nn import gradients

FILE = Path(__file__).with_name("layers.npz")


class Case(NamedTuple):
    """An expression, the shapes of its arrays and their dtype."""

    expression: str
    shapes: tuple[tuple[int, ...], ...] = ()
    dtype: str = "float32"


_IMAGE = (2, 5, 6, 3)
_WINDOW, _POINT = (3, 2, 3, 2), (1, 1, 6, 4)
_SAMPLED = "(tf.constant([4, 1, 2], tf.int64), [[0.5], [0.25]], [0.5, 0.75, 1.5])"
_TRUE = "tf.constant([[1], [4]])"
_SUMS = "lambda x, n, padding: x[:, :-1] + x[:, 1:]"


def _losses() -> list[Case]:
    average = "tf.nn.compute_average_loss"
    weighted = "tf.nn.weighted_cross_entropy_with_logits"
    sampled = f"3, 6, 1, {_SAMPLED}"
    shapes = ((6, 3), (6,), (2, 3))
    return [
        Case(f"{average}(a)", ((4,),)),
        Case(f"{average}(a, global_batch_size=8)", ((4, 2),), "float64"),
        Case(f"{average}(a, [1.0, 2.0, 0.5, 0.0])", ((4,),)),
        Case(f"{average}(a, 2.0)", ((4, 3),)),
        Case(f"{average}(a)", ((4,),), "float16"),
        Case(f"{average}(tf.constant([3, 4]))"),
        Case("tf.nn.scale_regularization_loss(a)", ((2, 3),)),
        Case("tf.nn.log_poisson_loss(tf.abs(a) * 3, b)", ((3, 4), (3, 4))),
        Case("tf.nn.log_poisson_loss(tf.abs(a) * 3, b, True)", ((3, 4), (3, 4)), "float64"),
        Case("tf.nn.log_poisson_loss([0.0, 0.5, 1.0, 1.5, 9.0], [1.0] * 5, True)"),
        Case(f"{weighted}(a, b, 2.5)", ((3, 4), (3, 4))),
        Case(f"{weighted}(a, b * 40, c)", ((3, 4), (3, 4), (4,)), "float64"),
        *[Case(f"tf.nn.nce_loss(a, b, {_TRUE}, c, {sampled}, {hits})", shapes)
          for hits in (True, False)],
        *[Case(f"tf.nn.sampled_softmax_loss(a, b, {_TRUE}, c, {sampled}, {hits})", shapes)
          for hits in (True, False)],
        Case(f"tf.nn.sampled_softmax_loss([a[:3], a[3:]], b, {_TRUE}, c, {sampled})",
             shapes),
        Case("tf.nn.nce_loss(a, b, tf.constant([[1, 2], [4, 0]]), c, 3, 6, 2, "
             "(tf.constant([4, 1, 2], tf.int64), [[0.5, 1.0], [0.25, 0.5]], [0.5, 0.75, 1.5]), "
             "True)", shapes),
        Case("tf.nn.compute_accidental_hits(tf.constant([[1, 3], [0, 2]], tf.int64), "
             "tf.constant([3, 3, 2, 1, 1], tf.int64), 2)"),
        Case("tf.nn.compute_accidental_hits(tf.constant([[1], [0]], tf.int64), "
             "tf.constant([5], tf.int64), 1)"),
    ]  # fmt: skip


def _moments() -> list[Case]:
    lrn = "tf.nn.local_response_normalization"
    return [
        *[Case(f"tf.nn.sufficient_statistics(a, {axes}, {shift}, {keeps})[{i}]",
             ((3, 4, 2), (4, 2)))
          for axes, shift, keeps in (([0], None, False), ([0, 2], "b", True), ([1], 0.5, False))
          for i in (0, 1, 2)],
        *[Case(f"tf.nn.normalize_moments({counts}, a, b * b, {shift})[{i}]", ((3,), (3,)))
          for counts, shift in (("5.0", "None"), ("5.0", "a * 2")) for i in (0, 1)],
        *[Case(f"tf.nn.weighted_moments(a, {axes}, b * b, {keeps})[{i}]", ((3, 4), shape), dtype)
          for axes, keeps in (([0], False), ([0, 1], True)) for shape in ((3, 1), (3, 4))
          for dtype in ("float32", "float64") for i in (0, 1)],
        Case("tf.nn.weighted_moments(a, [0], b * b)[1]", ((9, 4), (9, 1)), "float16"),
        *[Case("tf.nn.batch_norm_with_global_normalization(a, b, c * c, [1.0, 2.0, 3.0], "
               f"[0.5, 1.5, 2.5], 0.01, {scales})",
                    (_IMAGE, (3,), (3,))) for scales in (True, False)],
        *[Case(f"{lrn}(a{rest})", ((2, 3, 2, 7),)) for rest in (
            "", ", 2", ", 1, 2.0, 0.5, 0.75", ", 0", ", depth_radius=3, bias=0.5, beta=1.0")],
        Case(f"{lrn}(a, 2)", ((2, 2, 2, 5),), "float16"),
        Case("tf.nn.crelu(a)", ((2, 3),)),
        Case("tf.nn.crelu(a, 0)", ((2, 3),), "float64"),
        Case("tf.nn.zero_fraction(tf.round(a))", ((9,),)),
        Case("tf.nn.isotonic_regression(a)", ((2, 9),)),
        Case("tf.nn.isotonic_regression(a, decreasing=False)", ((3, 9),)),
        Case("tf.nn.isotonic_regression(a, axis=0)", ((7, 3),), "float64"),
        Case("tf.nn.isotonic_regression(a, False, 1)", ((2, 7, 3),)),
        Case("tf.nn.isotonic_regression(tf.round(a))", ((2, 9),)),
        Case("tf.nn.isotonic_regression([3, 1, 2, 2, 5])"),
        Case("tf.nn.isotonic_regression(tf.constant([3, 1, 2, 2, 5], tf.int8))"),
        Case("tf.nn.isotonic_regression(a)", ((0, 4),)),
    ]  # fmt: skip


def _convolutions() -> list[Case]:
    depth = "tf.nn.depthwise_conv2d_backprop_"
    cases = [Case(f"tf.nn.atrous_conv2d(a, b, {rate}, {padding!r})", (_IMAGE, (2, 2, 3, 2)))
             for rate in (1, 2, 3) for padding in ("SAME", "VALID")]
    cases += [
        Case("tf.nn.atrous_conv2d_transpose(a, b, [2, 7, 8, 4], 2, 'VALID')",
             (_IMAGE, (2, 2, 4, 3))),
        Case("tf.nn.atrous_conv2d_transpose(a, b, [2, 5, 6, 4], 2, 'SAME')",
             (_IMAGE, (3, 2, 4, 3))),
        Case("tf.nn.atrous_conv2d_transpose(a, b, [2, 5, 6, 4], 1, 'SAME')",
             (_IMAGE, (3, 2, 4, 3))),
    ]  # fmt: skip
    for strides, padding, dilations in (
        ("[1] * 4", "SAME", None), ("[1, 2, 2, 1]", "VALID", None), ("[1] * 4", "SAME", [2, 2]),
    ):  # fmt: skip
        cases.append(Case(f"tf.nn.separable_conv2d(a, b, c, {strides}, {padding!r}, "
                          f"dilations={dilations})", (_IMAGE, _WINDOW, _POINT)))
    for strides, padding, out in (("[1] * 4", "SAME", (2, 5, 6, 6)),
                                  ("[1, 2, 2, 1]", "VALID", (2, 2, 3, 6))):
        cases += [
            Case(f"{depth}input([2, 5, 6, 3], a, b, {strides}, {padding!r})", (_WINDOW, out)),
            Case(f"{depth}filter(a, [3, 2, 3, 2], b, {strides}, {padding!r})", (_IMAGE, out)),
        ]
    for kind in ("MAX", "AVG"):
        cases += [
            Case(f"tf.nn.pool(a, {window}, {kind!r}, {rest})", (shape,))
            for window, rest, shape in (
                ([2], "padding='SAME'", (2, 5, 3)), ([2, 3], "[2, 1]", _IMAGE),
                ([2, 2], "dilations=[1, 3]", _IMAGE), ([3], "dilations=[2]", (2, 7, 3)),
                ([2, 2, 2], "padding='SAME'", (1, 3, 4, 2, 2)),
            )
        ]
    return cases + [
        Case(f"tf.nn.with_space_to_batch(a, [2], 'VALID', {_SUMS})", ((2, 7, 3),)),
        Case(f"tf.nn.with_space_to_batch(a, [3], 'SAME', {_SUMS}, [2])", ((2, 7, 3),)),
        Case(f"tf.nn.with_space_to_batch(a, [1], 'VALID', {_SUMS})", ((2, 7, 3),)),
        Case("tf.nn.with_space_to_batch(a, [2], 'VALID', lambda x, n, p: x * 2, None, [2])",
             ((2, 3, 4, 3),)),
        *[Case(f"tf.nn.{name}2d(a, b, {strides}, {padding!r}, 'NHWC', {dilations})",
               (_IMAGE, (3, 2, 3)))
          for name in ("dilation", "erosion")
          for strides, padding, dilations in (
              ([1] * 4, "SAME", [1] * 4), ([1, 2, 1, 1], "VALID", [1] * 4),
              ([1, 2, 2, 1], "SAME", [1] * 4), ([1] * 4, "SAME", [1, 2, 3, 1]))],
        Case("tf.nn.dilation2d(a, b, [1] * 4, 'SAME', 'NHWC', [1] * 4)",
             (_IMAGE, (3, 2, 3)), "int32"),
        Case("tf.nn.dilation2d(a, b, [1] * 4, 'SAME', 'NHWC', [1] * 4)",
             (_IMAGE, (3, 2, 3)), "float64"),
        Case("tf.nn.dilation2d(tf.round(a), tf.round(b), [1] * 4, 'SAME', 'NHWC', [1] * 4)",
             (_IMAGE, (3, 2, 3))),
    ]  # fmt: skip


def _sequences() -> list[Case]:
    ctc = "tf.nn.ctc_loss({}, a * 2, {}, {}{})"
    two = "[[1, 2, 2, 1], [3, 1, 0, 0]]"
    return [
        Case(ctc.format(two, "[4, 2]", "[7, 5]", ""), ((7, 2, 4),)),
        Case(ctc.format(two, "[4, 2]", "[7, 5]", ", False"), ((2, 7, 4),)),
        Case(ctc.format("[[1, 2], [0, 1]]", "[2, 2]", "[5, 5]", ", blank_index=-1"), ((5, 2, 4),)),
        Case(ctc.format("[[1, 2], [0, 1]]", "[2, 1]", "[5, 5]", ", blank_index=3"), ((5, 2, 4),)),
        Case(ctc.format("[[1, 1]]", "[2]", "[3]", ""), ((3, 1, 3),)),
        Case(ctc.format("[[1, 2]]", "[0]", "[4]", ""), ((4, 1, 3),)),
        Case("tf.nn.ctc_unique_labels(tf.constant([[3, 4, 4, 3], [1, 1, 1, 1], [4, 3, 2, 1]]))"),
        Case("tf.nn.ctc_unique_labels(tf.constant([[3, 4, 4, 3]], tf.int64))"),
        Case("tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 4, 0]], [5, 4])"),
        Case("tf.nn.collapse_repeated([[1, 1, 1], [3, 4, 5]], tf.constant([0, 2], tf.int64))"),
    ]  # fmt: skip


def _places() -> list[Case]:
    pool, image = "tf.nn.max_pool_with_argmax", (2, 5, 6, 3)
    lowest = "tf.reshape(tf.constant([-INF] * 4 + [1.0, 1.0, -0.0, 0.0, -3.0]), [1, 3, 3, 1])"
    return [
        *[Case(f"{pool}(a, {ksize}, {strides}, {padding!r}, include_batch_in_index={has_batch})",
               (image,))
          for ksize, strides in ((2, 2), (3, 1), ([2, 3], [1, 2]), ([1, 3, 2, 1], 3))
          for padding in ("SAME", "VALID") for has_batch in (False, True)],
        Case(f"{pool}(tf.round(a), 2, 1, 'SAME', output_dtype=tf.int32)", (image,)),
        Case(f"{pool}({lowest}, 2, 1, 'VALID')"),
        Case(f"{pool}({lowest}, [1, 2], 1, 'VALID')"),
        *[Case(f"{pool}(a, 2, 2, 'SAME')", ((1, 3, 4, 2),), dtype)
          for dtype in ("float16", "float64", "int32", "int8", "int16", "int64")],
    ]  # fmt: skip


def _ratios() -> list[Case]:
    image = (2, 11, 7, 2)
    seeded = "(tf.random.set_seed(4), tf.nn.fractional_"
    form = seeded + "{}_pool(a, [1, {}, {}, 1], {}, {}, seed={}))[1]"
    cases = [
        Case(form.format(kind, rows, columns, is_pseudo, overlaps, seed), (image,), dtype)
        for kind, dtype in (("max", "float32"), ("avg", "float64"))
        for rows, columns, seed in ((1.44, 1.73, 7), (2.6, 1.0, 3), (3.1, 2.3, 2**31 + 5))
        for is_pseudo in (False, True) for overlaps in (False, True)
    ]
    return [
        *cases,
        Case(f"{seeded}max_pool(a, 2, seed=5))[1]", ((1, 6, 4, 1),)),
        Case(f"{seeded}max_pool(a, 1.5, seed=1))[1]", ((1, 40, 9, 1),), "int32"),
        Case(f"{seeded}avg_pool(a, [1, 1.5, 1.5, 1], seed=1))[1]", ((1, 6, 9, 2),),
             "int64"),
        Case(f"{seeded}max_pool(tf.round(a), 1.5, overlapping=True, seed=1))[1]",
             (image,)),
    ]  # fmt: skip


def _volumes() -> list[Case]:
    form = "tf.extract_volume_patches(a, [1, {}, 1], [1, {}, 1], {!r})"
    shape = (2, 3, 4, 5, 2)
    return [
        *[Case(form.format(ksizes, strides, padding), (shape,))
          for ksizes, strides in (("2, 2, 2", "1, 2, 2"), ("1, 3, 2", "2, 1, 3"))
          for padding in ("SAME", "VALID")],
        Case(form.format("3, 2, 1", "1, 1, 1", "SAME"), ((1, 2, 2, 2, 1),), "int8"),
        Case(form.format("3, 2, 1", "2, 2, 2", "SAME"), ((1, 2, 2, 2, 1),), "float16"),
    ]


def _points() -> list[Case]:
    return [
        *[Case(f"tf.math.sobol_sample({dim}, {number}, {skip}, {dtype})")
          for dim, number, skip in ((1, 3, 0), (2, 1, 0), (40, 9, 0), (5, 20, 7), (111, 3, 1000))
          for dtype in ("tf.float32", "tf.float64")],
        Case("tf.math.sobol_sample(3, 5, 2**20, tf.float64)"),
        Case("tf.math.sobol_sample(tf.constant(1500), tf.constant(2), tf.constant(100))"),
    ]


def _systems() -> list[Case]:
    matrix = ("tf.linalg.LinearOperatorFullMatrix(tf.matmul(a, a, adjoint_b=True) + "
              "2 * tf.eye(3, dtype=a.dtype), is_self_adjoint=True, is_positive_definite=True)")
    solve = f"tf.linalg.experimental.conjugate_gradient({matrix}, b"
    inverse = "tf.linalg.LinearOperatorDiag(tf.abs(c) + 1)"
    square, vector = (3, 3), (3,)
    return [
        *[Case(f"{solve}, max_iter={number})", (square, vector), "float64")
          for number in (0, 1, 2, 20)],
        Case(f"{solve})[1]", (square, vector)),
        Case(f"{solve}, tol=1e-9)[1]", (square, vector), "float64"),
        Case(f"{solve}, tol=0.3)", (square, (2, 3)), "float64"),
        Case(f"{solve}, tol=0.3)", ((2, 1, 3, 3), (4, 3)), "float64"),
        Case(f"{solve}, {inverse}, max_iter=2)", (square, vector, vector), "float64"),
        Case(f"{solve}, {inverse}, max_iter=2)[1]", (square, vector, vector), "float64"),
        Case(f"{solve}, x=c, max_iter=2)", (square, vector, vector), "float64"),
        Case(f"{solve}, x=c, max_iter=2)[1]", (square, (2, 3), vector), "float64"),
        Case(f"{solve} * 0)[0]", (square, vector), "float64"),
    ]  # fmt: skip


def _batches() -> list[Case]:
    made = {
        "Diag(a)": (2, 3, 4), "FullMatrix(a)": (2, 3, 4, 4), "LowerTriangular(a)": (2, 3, 2, 2),
        "Toeplitz(a, a)": (2, 3, 4), "Householder(a)": (2, 3, 4), "Tridiag(a)": (2, 3, 3, 4),
        "Tridiag([a, a, a], 'sequence')": (2, 3, 4), "ScaledIdentity(2, a)": (2, 3),
        "Circulant(a, a.dtype)": (2, 3, 4), "Circulant2D(a, a.dtype)": (2, 3, 2, 2),
        "Adjoint(tf.linalg.LinearOperatorFullMatrix(a))": (2, 3, 3, 4),
        "Inversion(tf.linalg.LinearOperatorDiag(a))": (2, 3, 4),
        "Permutation([[[0, 1], [1, 0], [1, 0]]] * 2)": (),
    }
    parts = "[tf.linalg.LinearOperatorDiag(a), tf.linalg.LinearOperatorDiag(a[0, 0])]"
    base = "tf.linalg.LinearOperatorDiag(a)"
    made |= {f"{name}({parts})": (2, 3, 4) for name in ("Composition", "Kronecker", "BlockDiag")}
    square = "tf.linalg.LinearOperatorFullMatrix(a[0, :, :, None] * a[0, :, None])"
    made[f"BlockLowerTriangular([[{base}], [{square}, {base}]])"] = (2, 3, 4)
    made[f"LowRankUpdate({base}, a[0, :, :, None], a[0, :, :1])"] = (2, 3, 4)
    keys = ("0", "1, 1:", "..., 1:", ":, None")
    return [
        Case(f"tf.linalg.LinearOperator{name}[{key}].to_dense()", (shape,) if shape else ())
        for name, shape in made.items() for key in keys
    ]  # fmt: skip


def _empty_averages() -> list[Case]:
    """Averages over nothing."""
    average = "tf.nn.compute_average_loss(a, sample_weight=[0.0, 1.0], global_batch_size=0)"
    return [Case(average, ((2,),)),
            *[Case(f"tf.nn.weighted_moments(a, [0], a * 0)[{i}]", ((3,),)) for i in (0, 1)]]


CASES = [*_losses(), *_moments(), *_convolutions(), *_sequences(), *_places(), *_ratios(),
         *_volumes(), *_points(), *_systems(), *_batches(), *_empty_averages()]  # fmt: skip

_X = "tf.ones([1, 3, 3, 2])"
_D = "tf.nn.dilation2d(tf.ones([1, 3, 3, 2]), tf.ones({}), {}, {}, {}, [1] * 4)"
_P, _F, _V = "tf.nn.max_pool_with_argmax", "tf.nn.fractional_max_pool", "tf.extract_volume_patches"
_X5 = "tf.ones([1, 3, 3, 3, 2])"
ERRORS = [
    "tf.nn.compute_average_loss([1.0], global_batch_size=-1)",
    "tf.nn.compute_average_loss(1.0)", "tf.nn.compute_average_loss([1.0], global_batch_size=2.0)",
    "tf.nn.log_poisson_loss([1.0], [1.0, 2.0])",
    "tf.nn.weighted_cross_entropy_with_logits([1.0], [1.0, 2.0], 1.0)",
    "tf.nn.lrn(tf.ones([2, 3]))", "tf.nn.lrn(tf.ones([1, 1, 1, 2], tf.int32))",
    f"tf.nn.separable_conv2d({_X}, tf.ones([2, 2, 2, 1]), tf.ones([2, 1, 2, 3]), [1] * 4, 'SAME')",
    f"tf.nn.pool({_X}, [2, 2], 'MIN')",
         f"tf.nn.pool({_X}, [2, 2], 'MAX', [2, 2], dilations=[2, 2])",
    f"tf.nn.with_space_to_batch({_X}, [2], 'JUNK', None)",
    f"tf.nn.with_space_to_batch({_X}, [2], 'SAME', None)",
    f"tf.nn.with_space_to_batch({_X}, [0], 'VALID', None)",
    _D.format("[2, 2, 3]", "[1] * 4", "'SAME'", "'NHWC'"),
    _D.format("[2, 2]", "[1] * 4", "'SAME'", "'NHWC'"),
    _D.format("[2, 2, 2]", "[2, 1, 1, 1]", "'SAME'", "'NHWC'"),
    _D.format("[2, 2, 2]", "[1] * 4", "'SAME'", "'NCHW'"),
    f"tf.nn.pool({_X}, [2, 2], 'MAX', padding='SAME', dilations=[2, 1])",
    f"{_P}({_X}, 2, 2, 'SAME', 'NCHW')", f"{_P}({_X}, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]])",
    f"{_P}({_X}[0], 2, 2, 'SAME')", f"{_P}({_X}, 5, 1, 'VALID')", f"{_P}({_X}, 2, 1, 'FOO')",
    f"{_P}({_X}, [1, 2, 2], 1, 'SAME')", f"{_P}({_X}, 2, 2, 'SAME', output_dtype=tf.uint8)",
    f"{_P}(tf.ones([1, 3, 3, 2], tf.bool), 2, 2, 'SAME')",
    f"{_F}({_X}, [1.44, 1.5])", f"{_F}({_X}, 0.5)", f"{_F}({_X}, [1.0, 1.5, 1.5, 2.0])",
    f"{_F}({_X}[0], 1.5)", f"{_F}({_X}, 20.0)", f"{_F}(tf.ones([1, 3, 3, 2], tf.float16), 1.5)",
    f"{_V}({_X5}, [1, 2, 2, 2, 2], [1] * 5, 'VALID')", f"{_V}({_X5}, [2] * 3, [1] * 5, 'VALID')",
    f"{_V}({_X}, [1] * 5, [1] * 5, 'VALID')", f"{_V}({_X5}, [1, 9, 1, 1, 1], [1] * 5, 'VALID')",
    f"{_V}({_X5}, [1] * 5, [1] * 5, 'FOO')", f"{_V}({_X5} > 0, [1] * 5, [1] * 5, 'SAME')",
    "tf.math.sobol_sample(0, 3)", "tf.math.sobol_sample(2, 0)", "tf.math.sobol_sample(2, 3, -1)",
    "tf.math.sobol_sample(2, 3, 2**31 - 2)", "tf.math.sobol_sample(2, 3, dtype=tf.int32)",
    "tf.math.sobol_sample([2], 3)", "tf.math.sobol_sample(21201, 3)",
    "tf.linalg.experimental.conjugate_gradient(tf.linalg.LinearOperatorDiag([1.0]), [1.0])",
    "tf.linalg.LinearOperatorDiag([[1.0], [1.0]])[2]",
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case, in float64 or whole numbers; the caller gives them their dtype."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = [random.standard_normal(shape) for shape in case.shapes]
    return [np.round(x * 9) if "int" in case.dtype else x for x in drawn]


def values_of(result: Any) -> list[Any]:
    """The values of a case: those of a tuple, without None."""
    several = isinstance(result, tuple | list)
    return [x for x in result if x is not None] if several else [result]


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The values, and the gradients that there are of the first."""
    values, tape = recorded(
        tf, lambda: values_of(evaluate(tf, case.expression, inputs)), inputs
    )
    grads = gradients(tf, tape, values[0], inputs)
    found = {f"-{place}": value for place, value in enumerate(values)}
    return found | {f".{place}": grad for place, grad in enumerate(grads) if grad is not None}


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()
