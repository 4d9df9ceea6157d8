"""Let TensorFlow say what `tf.math` and `tf.bitwise` are to compute, and write it to `math.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_math

A case is a Python expression of arrays `a`, `b` that are drawn from its own number, within bounds;
its outcome is the value and the gradients of all arrays, given `cotangent` as gradient of the
value. For expressions that fail the outcome is the name of the error. The tests import `CASES`,
`ERRORS`, `arrays` and `cotangent` from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import cotangent, evaluate, recorded, write

FILE = Path(__file__).with_name("math.npz")
FLOATS = ("float32", "float64", "float16", "bfloat16")
INEXACT = (*FLOATS, "complex64", "complex128")
EDGES = "INF, -INF, NAN, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.5, 30.0, -30.0, 1e-30"


class Case(NamedTuple):
    """An expression, its dtype, the bounds and the shapes of its arrays."""

    expression: str
    dtype: str = "float32"
    bounds: tuple[float, float] = (-2.0, 2.0)
    shapes: tuple[tuple[int, ...], ...] = ((2, 5),)
    ulps: float = 8.0
    """How far eagre may be from TensorFlow, in units of the last place of the largest element."""
    has_gradient: bool = True
    """False where TensorFlow has none, or one that is not conjugated where it has to be."""


def _circular() -> list[Case]:
    bounds = dict.fromkeys("tan sinh cosh asinh atan".split(), (-1.3, 1.3))
    bounds |= dict.fromkeys("asin acos atanh".split(), (-0.9, 0.9)) | {"acosh": (1.2, 3.0)}
    cases = [Case(f"tf.math.{name}(a)", dtype, low_high, ulps=32)
             for name, low_high in bounds.items() for dtype in INEXACT]
    cases += [Case(f"tf.{name}(tf.constant([{EDGES}], tf.{dtype}))", dtype, shapes=(), ulps=4)
              for name in bounds for dtype in FLOATS]
    cases += [Case("tf.atan2(a, b)", dtype, shapes=((2, 3), (3,))) for dtype in FLOATS]
    cases.append(Case("tf.math.atan2([0.0, -0.0, 0.0, -0.0, INF, -INF, INF, NAN, 1.0], "
                      "[-0.0, -0.0, 0.0, 0.0, INF, -INF, -INF, 1.0, -INF])", shapes=()))
    return cases


def _no_nan() -> list[Case]:
    names = "divide_no_nan multiply_no_nan xdivy xlogy xlog1py".split()
    cases = [Case(f"tf.math.{name}(a, b)", dtype, (0.3, 2.0), ((2, 3), (3,)), 16,
                  has_gradient=name == "divide_no_nan" or dtype in FLOATS)
             for name in names for dtype in INEXACT]
    zeros, others = "[0.0, 0.0, 2.0, -0.0, 3.0, 0.0, INF]", "[0.0, 2.0, 0.0, NAN, 2.0, INF, 0.0]"
    cases += [Case(f"tf.math.{name}(a * 0 + {x}, b * 0 + {y})", "float32", (0.5, 2), ((7,), (7,)))
              for name in names for x, y in ((zeros, others), (others, zeros))]
    cases += [Case(f"tf.math.{name}(a)", dtype, (0.3, 2.0))
              for name in ("reciprocal", "reciprocal_no_nan") for dtype in INEXACT]
    cases += [
        Case("tf.math.reciprocal([0.0, -0.0, INF, NAN, 4.0])", shapes=()),
        Case("tf.math.reciprocal_no_nan([0.0, -0.0, INF, NAN, 4.0])", shapes=()),
        Case("tf.math.divide_no_nan([1, 0, 6], [2, 0, 0])", "float64", shapes=()),
        Case("tf.realdiv(a, b)", "float32", (0.5, 2.0), ((2, 3), (3,))),
        *[Case(f"tf.{name}(a, b)", dtype, (1, 30), ((2, 3), (3,)), 0, has_gradient=False)
          for name in ("truncatediv", "truncatemod") for dtype in ("int32", "int64", "float32",
                                                                   "float64")],
        Case("tf.truncatediv([7, -7, 7, -7], [2, 2, -2, -2])", "int32", shapes=()),
        Case("tf.truncatemod([7, -7, 7, -7], [2, 2, -2, -2])", "int32", shapes=()),
        Case("tf.truncatediv([7.5, -7.5, 7.0, INF], [2.0, 2.0, 0.0, 2.0])", shapes=()),
        Case("tf.truncatediv(tf.constant([-128, 100], tf.int8), tf.constant([3, 7], tf.int8))",
             "int8", shapes=()),
    ]
    return cases


_ONE = {
    "erf": (-2, 2), "erfc": (-2, 2), "erfinv": (-0.9, 0.9), "erfcinv": (0.2, 1.8),
    "ndtri": (0.1, 0.9), "lgamma": (0.3, 6), "digamma": (0.3, 6), "special.bessel_i0": (-4, 4),
    "special.bessel_i0e": (-4, 4), "special.bessel_i1": (0.3, 4), "special.bessel_i1e": (0.3, 4),
    "special.bessel_j0": (-4, 4), "special.bessel_j1": (0.3, 4), "special.bessel_k0": (0.3, 4),
    "special.bessel_k0e": (0.3, 4), "special.bessel_k1": (0.3, 4), "special.bessel_k1e": (0.3, 4),
    "special.bessel_y0": (0.3, 4), "special.bessel_y1": (0.3, 4), "special.dawsn": (-4, 4),
    "special.expint": (0.3, 4), "special.fresnel_cos": (-2, 2), "special.fresnel_sin": (-2, 2),
    "special.spence": (0.3, 4),
}


def _has_kernel(name: str, dtype: str) -> bool:
    """Whether TensorFlow computes a function in this dtype on a CPU."""
    if dtype == "bfloat16":
        return name in ("erf", "erfc")
    none = "erfinv erfcinv ndtri special.dawsn special.expint special.fresnel_cos " \
           "special.fresnel_sin special.spence".split()
    return dtype != "float16" or name not in none


def _special() -> list[Case]:
    cases = [Case(f"tf.math.{name}(a)", dtype, bounds, ulps=64,
                  has_gradient=(name, dtype) not in _WITHOUT_POLYGAMMA)
             for name, bounds in _ONE.items() for dtype in FLOATS if _has_kernel(name, dtype)]
    cases += [Case(f"tf.math.{name}(a)", dtype, (-9, -0.05), ulps=256, has_gradient=False)
              for name in ("lgamma", "digamma") for dtype in ("float32", "float64")]
    cases += [
        *[Case(f"tf.math.{name}([{EDGES}])", shapes=())
          for name in "erf erfc erfinv erfcinv ndtri lgamma digamma bessel_i0 bessel_i0e "
                      "special.bessel_i1e special.fresnel_cos".split()],
        *[Case(f"tf.math.igamma{c}(a, b)", dtype, (0.4, 5), ((2, 3), (3,)), 256)
          for c in ("", "c") for dtype in ("float32", "float64")],
        Case("tf.math.igamma(a * 20, b * 20)", "float64", (0.5, 5), ((4, 3), (3,)), 4096),
        *[Case(f"tf.math.igamma{c}([0., 1., -1., 1., 1., INF, 1.], "
               "[1., 0., 1., -1., INF, 1., NAN])", shapes=()) for c in ("", "c")],
        *[Case("tf.math.betainc(0.7, [2.0, 3.5, 0.4], tf.cast(a, tf.float32))", "float32",
               (0.1, 0.9), ((3,),), 64),
          Case("tf.math.betainc(tf.constant(0.7, tf.float64), tf.constant(2.5, tf.float64), a)",
               "float64", (0.1, 0.9), ((3,),), 256),
          Case("tf.math.betainc([1., 1., 0., 1., 1., -1.], [2., 2., 1., 0., 2., 1.], "
               "[0., 1., .5, .5, 2., .5])", shapes=())],
        *[Case("tf.math.polygamma(tf.cast([[0], [1], [2], [3]], a.dtype), a)", dtype, (0.5, 4),
               ((3,),), 64) for dtype in ("float32", "float64")],
        Case("tf.math.polygamma([0., 1., 2., .5, -1., 1., 1., 1.], [1.5, 1.5, 1.5, 1.5, 1.5, 0., "
             "-1., NAN])", shapes=()),
        *[Case("tf.math.zeta(tf.cast([[1.5], [2], [5]], a.dtype), a)", dtype, (0.5, 4),
               ((3,),), 64) for dtype in ("float32", "float64")],
        Case("tf.math.zeta([1., 2., .5, 2., 2., 2., 3.], [1., 1., 1., 0., -1.5, -1., -1.5])",
             shapes=()),
        *[Case("tf.math.lbeta(a)", dtype, (0.5, 4), ulps=64) for dtype in ("float32", "float64")],
        Case("tf.math.lbeta(tf.zeros([2, 0]))", shapes=()),
        Case("tf.math.special.spence([-1.0, 0.0, 1.0, 2.0, NAN])", shapes=()),
    ]
    return cases


# TensorFlow's derivative of digamma exists for single and double precision only.
_WITHOUT_POLYGAMMA = {("digamma", "float16")}


def _complex() -> list[Case]:
    cases = [Case(f"tf.math.{name}(a)", dtype) for name in ("real", "imag", "conj", "angle")
             for dtype in ("complex64", "complex128")]
    cases += [
        *[Case("tf.complex(a, b)", dtype, shapes=((2, 3), (3,)), has_gradient=False)
          for dtype in ("float32", "float64")],
        *[Case("tf.math.real(tf.complex(a, b) ** 2)", dtype, (0.5, 2), ((2, 3), (3,)), 32)
          for dtype in ("float32", "float64")],
        Case("tf.math.imag(tf.complex(a, b) * tf.complex(b, a + 1))", shapes=((3,), (3,))),
        Case("tf.complex([INF, NAN, -0.0], [1.0, INF, -0.0])", "complex64", shapes=()),
        *[Case(f"tf.math.{name}([1.5, -2.0, 0.0, -0.0, NAN, -INF])", shapes=())
          for name in ("real", "imag", "conj", "angle")],
        *[Case(f"tf.math.{name}([1, -2])", "int32", shapes=())
          for name in ("real", "imag", "conj")],
        Case("tf.math.angle([1j, -1, 1, -1j, 0])", "complex128", shapes=()),
    ]
    return cases


def _others() -> list[Case]:
    cases = [Case("tf.math.nextafter(a, b)", dtype, shapes=((2, 3), (3,)), ulps=0)
             for dtype in ("float32", "float64")]
    cases += [
        Case("tf.math.nextafter([1.0, 0.0, INF, NAN, 1.0], [2.0, -1.0, 0.0, 1.0, 1.0])", shapes=(),
             ulps=0),
        *[Case("tf.math.rint(a * 3)", dtype, has_gradient=False, ulps=0)
          for dtype in ("float32", "float64")],
        Case("tf.math.rint([0.5, 1.5, -0.5, INF, NAN])", shapes=(), ulps=0),
        *[Case(f"tf.cast(tf.math.is_inf(tf.constant([{EDGES}], tf.{dtype})), tf.int32)", "int32",
               shapes=()) for dtype in FLOATS],
        *[Case("tf.math.log_sigmoid(a)", dtype) for dtype in FLOATS],
        Case("tf.math.log_sigmoid([-200.0, 0.0, 200.0, INF, -INF, NAN])", shapes=()),
        *[Case("tf.math.reduce_euclidean_norm(a, 1)", dtype, has_gradient=dtype in FLOATS)
          for dtype in INEXACT],
        Case("tf.math.reduce_euclidean_norm(a, [0], keepdims=True)", "float64"),
        Case("tf.math.reduce_euclidean_norm([[1, 2, 3], [1, 1, 1]])", "int32", shapes=()),
        Case("tf.math.reduce_euclidean_norm([0.0, 0.0])", shapes=()),
        *[Case(f"tf.math.cumulative_logsumexp(a * 5, {args})", dtype, shapes=((3, 5),), ulps=32)
          for args in ("1", "0", "-1, True", "1, reverse=True", "0, True, True")
          for dtype in ("float32", "float64")],
        *[Case("tf.math.cumulative_logsumexp(a)", dtype, ulps=16, has_gradient=False)
          for dtype in ("float16", "bfloat16")],
        Case("tf.math.cumulative_logsumexp([1000.0, 1001.0, -1000.0, -INF, 0.0])", shapes=()),
        Case("tf.math.cumulative_logsumexp([-INF, -INF, INF])", shapes=()),
        Case("tf.math.cumulative_logsumexp(a + [0., 500., 1000.])", shapes=((2, 3),)),
        Case("tf.math.accumulate_n([a, b, a])", shapes=((3,), (3,))),
        Case("tf.math.accumulate_n([[1, 2], [3, 4]])", "int32", shapes=()),
        Case("tf.math.scalar_mul(2.5, a)", "float64"),
        Case("tf.scalar_mul(b, a)", shapes=((3,), ())),
        Case("tf.math.polyval([1.5, a, 2.0, b], a)", shapes=((3,), (2, 1))),
        Case("tf.math.polyval([1, 2, 3], 2)", "int32", shapes=()),
        Case("tf.math.polyval([], [2.0, 3.0])", shapes=()),
        Case("tf.math.polyval([2.0], [[1.0, 2.0]])", shapes=()),
        Case("tf.math.invert_permutation([2, 0, 1])", "int32", shapes=()),
        Case("tf.math.invert_permutation(tf.constant([], tf.int64))", "int64", shapes=()),
        Case("tf.math.zero_fraction([0.0, -0.0, 1.0])", shapes=()),
        Case("tf.math.zero_fraction(tf.zeros([0], tf.float64))", "float32", shapes=()),
        *[Case(f"tf.math.count_nonzero({args})", "int64", shapes=()) for args in (
            "['a', '', 'b']", "[True, False]", "[1j, 0]", "[[1, 0], [2, 3]], 1",
            "[[0.0, NAN], [-0.0, 1.0]], axis=0, keepdims=True", "tf.zeros([2, 0]), 1")],
        Case("tf.math.count_nonzero([[1, 0], [2, 3]], dtype=tf.float32)", shapes=()),
        *[Case(f"tf.cast(tf.math.is_{name}({x}), tf.int32)", "int32", shapes=())
          for name in ("non_decreasing", "strictly_increasing")
          for x in ("[1, 1, 2]", "[1, 2, 3]", "[3, 1]", "[]", "[1.0]", "[[1, 2], [3, 4]]",
                    "[INF, INF]", "tf.constant([3, 1], tf.uint8)", "[1.0, NAN, 2.0]")],
        Case("tf.math.softsign(a)"), Case("tf.math.l2_normalize(a, 1)"),
        Case("tf.math.top_k(a, 2)[0]"), Case("tf.math.log_softmax(a)"), Case("tf.math.softmax(a)"),
        Case("tf.cast(tf.math.in_top_k([1, 0], [[1.0, 2.0], [1.0, 2.0]], 1), tf.int32)", "int32",
             shapes=()),
    ]
    return cases


def _segments() -> list[Case]:
    reductions = "sum prod max min mean".split()
    cases = [Case(f"tf.math.segment_{name}(a, [0, 0, 2, 2, 2])", dtype, (0.5, 2), ((5, 2),), 4)
             for name in reductions for dtype in (*FLOATS, "int32", "uint8")]
    cases += [Case(f"tf.math.segment_{name}(tf.zeros([0, 2]), tf.zeros([0], tf.int64))", shapes=())
              for name in reductions]
    cases += [Case(f"tf.math.unsorted_segment_{name}(a, [2, 0, -1, 2, 0], 4)", dtype, (0.5, 2),
                   ((5, 2),), 16)
              for name in (*reductions, "sqrt_n") for dtype in (*FLOATS, "int32")
              if (name, dtype) != ("sqrt_n", "int32")]
    cases += [Case(f"tf.math.unsorted_segment_{name}(a, [[0, 1, 1], [1, 2, -1]], 3)", "float32",
                   (0.5, 2), ((2, 3, 2),)) for name in (*reductions, "sqrt_n")]
    cases += [Case(f"tf.math.{kind}segment_{name}(a, [0, 1, 1]{size})", "complex64", (0.5, 2),
                   ((3, 2),), 16, has_gradient=name != "prod")
              for kind, size in (("", ""), ("unsorted_", ", 3"))
              for name in ("sum", "prod", "mean") if kind + name != "unsorted_mean"]
    cases += [
        *[Case(f"tf.math.{call}", "float32", (0, 0), ((6,),)) for call in (
            "segment_prod(a + [0., 2., 0., 0., 3., 4.], [0, 0, 1, 1, 1, 2])",
            "unsorted_segment_prod(a + [0., 2., 0., 0., 3., 4.], [0, 0, 1, 1, 1, -1], 3)",
            "segment_max(a + [2., 2., 1., 3., 3., 0.], [0, 0, 0, 2, 2, 2])",
            "unsorted_segment_min(a + [2., 2., 3., 1., 1., 0.], [0, 0, 0, 2, 2, -1], 4)")],
        Case("tf.math.segment_mean([1, 2, 4, -3, -4], [0, 0, 0, 1, 1])", "int32", shapes=()),
        Case("tf.math.unsorted_segment_mean([2, 3], [1, 1], 3)", "float64", shapes=()),
        Case("tf.math.unsorted_segment_max(tf.constant([2, 3], tf.int64), [1, 1], 3)", "int64",
             shapes=()),
        Case("tf.math.unsorted_segment_sum(5, 1, 3)", "int32", shapes=()),
    ]
    return cases


def _counts() -> list[Case]:
    bins = [
        "[1, 1, 3]", "[1, 1, 3], weights=[1.0, 2.0, 3.0]", "[1, 1, 3], minlength=6",
        "[1, 1, 3], maxlength=2", "[[1, 1], [0, 3]]", "[[1, 1], [0, 3]], axis=-1",
        "[[1, 1], [0, 3]], axis=0", "[[1, 1], [0, 3]], axis=-1, binary_output=True",
        "[[1, 1], [0, 3]], axis=-1, maxlength=2", "[[1, 1], [0, 3]], axis=-1, minlength=6",
        "[1, 1], binary_output=True", "[1.0, 2.0]", "tf.zeros([0], tf.int32)",
        "[1, 1], dtype=tf.float32", "[1, 1], weights=[1, 2], dtype=tf.float32",
        "[[1, 1], [0, 3]], weights=[[1.0, 2.0], [3.0, 4.0]], axis=-1",
        "[1, 1], weights=[1.0, 2.0], axis=-1", "[1, 2], minlength=5, maxlength=2",
        "[1, 2], minlength=-1", "tf.constant([1, 2], tf.int64), dtype=tf.int64", "3",
    ]
    tables = [
        "[1, 2, 4], [2, 2, 4]", "[1, 0], [0, 1], num_classes=4",
        "[1], [0], weights=[0.5], dtype=tf.float32", "[1], [0], weights=[2]",
        "[[1], [0]], [0, 1]", "[1.0, 0.0], [0.0, 0.0]", "[0, 0], [1, 1], dtype=tf.int64",
    ]
    return [Case(f"tf.math.{name}({args})", "int32", shapes=(), ulps=0)
            for name, group in (("bincount", bins), ("confusion_matrix", tables)) for args in group]


def _bits() -> list[Case]:
    names = "bitwise_and bitwise_or bitwise_xor left_shift right_shift".split()
    kinds = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    cases = [Case(f"tf.bitwise.{name}(a, b)", dtype, (0, 100), ((2, 3), (3,)), 0)
             for name in names for dtype in kinds]
    cases += [Case("tf.bitwise.invert(a)", dtype, (0, 100)) for dtype in kinds]
    cases += [Case("tf.bitwise.left_shift([1, 1, 1, -1, 1], [31, 32, -1, 4, 100])", "int32",
                   shapes=()),
              Case("tf.bitwise.right_shift([-8, 8, 8, -8], [1, 1, -1, 100])", "int32", shapes=())]
    return cases


def _extremes() -> list[Case]:
    """Infinities, NaN and signs of zero where a formula or a comparison meets them."""
    pairs = {
        "[INF, -INF, NAN, 1.0, -1.0, 1.0, -1.0, 0.0, -0.0]":
            "[1, 1, 1, INF, INF, -INF, -INF, INF, INF]",
        "[1.0, -1.0, 0.0, -0.0, INF, NAN]": "[0, 0, -0.0, 0, 0, 0]",
        "[5.0, -5.0, 5.0, -5.0, 6.0, -6.0, 6.0, 0.0, -0.0, -0.0]":
            "[3, 3, -3, -3, -3, 3, 3, -3, 3, -3]",
        "[1.0, 0.3, -0.3, 1e30, INF, -INF]": "[0.1, 0.1, 0.1, 1e-30, INF, INF]",
    }
    cases = [Case(f"tf.math.{name}(tf.constant({x}, tf.{dtype}), tf.constant({y}, tf.{dtype}))",
                  dtype, shapes=(), ulps=0)
             for name in ("floordiv", "floormod") for dtype in FLOATS for x, y in pairs.items()]
    gamma = ("[0.0, 0, 1, 1, -1, 1, INF, 1, NAN, INF, -1, INF, NAN, 0, -INF]",
             "[0.0, 1, 0, -1, 1, INF, 1, NAN, 1, INF, 0, 0, 0, INF, 1]")
    zeta = ("[1.0, 0.5, 2, 2, 2, 3, 2, 3, 4, 2.5, 2.5, INF, INF, INF, INF, 2, 3, 1, 2, NAN]",
            "[1.0, 1, 0, -1, -0.5, -0.5, INF, 0, -2, -1, -0.5, 0.5, 1, 2, INF, -INF, -INF, 0, NAN, "
            "1]")
    polygamma = ("[0.0, 1, 2, -1, 0.5, NAN, 2, 4, 3, 1, 2, INF, 5]",
                 "[0.0, 0, 0, 1, 1, 1, -1, -1, -2, -0.5, -0.5, 1, INF]")
    special = {"igamma": gamma, "igammac": gamma, "zeta": zeta, "polygamma": polygamma}
    cases += [Case(f"tf.math.{name}(tf.constant({x}, tf.{dtype}), tf.constant({y}, tf.{dtype}))",
                   dtype, shapes=(), ulps=32)
              for name, (x, y) in special.items() for dtype in ("float32", "float64")]
    cases += [Case("tf.math.sign(a * tf.constant([1, 0, -2, 1e-3], a.dtype))", dtype,
                   shapes=((4,),)) for dtype in ("complex64", "complex128")]
    values = ("[1.0, NAN, 3.0]", "[NAN, 1.0, 3.0]", "[NAN, NAN]", "[-INF, NAN, -INF]",
              "[INF, NAN, INF]", "[NAN, NAN, -INF, 1.0]", "[NAN, NAN, INF, 1.0]",
              "[[1.0, NAN], [NAN, 2.0], [-1.0, NAN]]", "[[NAN] * 50 + [0.0] + [NAN] * 9] * 2")
    cases += [Case(f"tf.arg{name}(tf.constant({x}, tf.{dtype}), {axis})", shapes=())
              for name in ("max", "min") for dtype in FLOATS for x in values for axis in (0, -1)]
    cases.append(Case("tf.sign([complex(INF, 0), complex(NAN, 1), complex(-0.0, 0)])", shapes=()))
    cases += [Case(f"tf.reduce_{name}(tf.stack([tf.where(a > 0, a, NAN), a]), {axes})")
              for name in ("max", "min") for axes in ("None", "2", "[0, 2]")]
    return cases


CASES = [
    *_circular(), *_no_nan(), *_special(), *_complex(), *_others(), *_segments(), *_counts(),
    *_bits(), *_extremes(),
]  # fmt: skip

ERRORS = [
    *[f"tf.clip_by_value({args})" for args in (
        "[1.0, 2.0], [[0.0], [1.0]], 5.0", "1.0, [0.0, 0.0], 5.0",
        "[1.0, 2.0], 0.0, [[3.0], [1.0]]",
        "[[1.0], [2.0]], [0.0, 0.0], 1.0", "[1.0, 2.0], [0.0, 0.0, 0.0], 1.0")],
    *[f"tf.math.{name}([1])" for name in (*_ONE, "tan", "acos", "rint", "is_inf", "log_sigmoid",
                                          "reciprocal_no_nan", "lbeta", "cumulative_logsumexp")],
    *[f"tf.math.{name}([1j])" for name in (*_ONE, "rint", "is_inf", "log_sigmoid", "lbeta")],
    *[f"tf.math.{name}([1], [2])" for name in ("multiply_no_nan", "xlogy", "xdivy", "xlog1py",
                                               "atan2", "zeta", "igamma")],
    *[f"tf.math.{name}([1.0, 2.0], [1.0, 2.0, 3.0])"
      for name in ("divide_no_nan", "multiply_no_nan", "xlogy", "xdivy", "xlog1py", "atan2", "zeta",
                   "igamma", "igammac", "polygamma", "nextafter")],
    "tf.math.divide_no_nan([1], [2.0])", "tf.math.betainc([1.0, 2.0], [1.0, 2.0, 3.0], [0.5])",
    "tf.math.nextafter(tf.constant(1.0, tf.float16), tf.constant(2.0, tf.float16))",
    "tf.math.lbeta(1.0)", "tf.complex(1, 2)",
    "tf.complex(tf.constant(1.0), tf.constant(1.0, tf.float64))",
    "tf.complex(tf.constant(1.0, tf.float16), tf.constant(1.0, tf.float16))",
    "tf.complex([1.0, 2.0], [1.0, 2.0, 3.0])",
    *[f"tf.math.{name}({x})" for name in ("real", "conj") for x in ("['a']", "[True]")],
    "tf.math.angle([1])", "tf.math.angle([True])",
    "tf.math.is_non_decreasing(['a'])", "tf.math.is_non_decreasing([1j, 2])",
    "tf.math.is_strictly_increasing([True, True])",
    "tf.math.accumulate_n([])", "tf.math.accumulate_n([[1, 2], [3]])",
    "tf.math.accumulate_n([[1]], shape=[2])",
    "tf.math.accumulate_n([[1, 2]], tensor_dtype=tf.float32)",
    "tf.math.scalar_mul([2.0, 1.0], tf.constant([1.0, 2.0]))",
    "tf.math.scalar_mul(tf.constant(2), tf.constant([1.0]))",
    "tf.math.polyval((1.0, 2.0), 2.0)", "tf.math.cumulative_logsumexp([1.0], axis=1)",
    *[f"tf.math.invert_permutation({x})" for x in ("[2, 2, 1]", "[3, 0, 1]", "[-1, 0]", "[[1]]",
                                                   "[0.0]")],
    *[f"tf.math.segment_{name}({args})" for name in ("sum", "prod", "max", "min", "mean")
      for args in ("[2, 3], [1, 0]", "[2, 3], [-1, 0]", "[[2, 3]], [[0, 0]]", "[1, 2], [0]",
                   "[1, 2], [0.0, 1.0]")],
    *[f"tf.math.unsorted_segment_{name}({args})" for name in ("sum", "prod", "max", "min", "mean")
      for args in ("[2, 3], [1, 5], 2", "[2, 3], [1, 1], -1", "[1, 2], [0, 0], [2]",
                   "[1, 2], 0.5, 2", "[1, 2], [0], 2")],
    "tf.math.unsorted_segment_sqrt_n([2, 3], [1, 1], 3)", "tf.math.segment_max([1j], [0])",
    "tf.math.bincount([-1, 1])", "tf.math.bincount([1, 2], axis=1)",
    "tf.math.bincount([1, 2], weights=[1.0, 2.0, 3.0])", "tf.math.bincount([[[1]]], axis=-1)",
    "tf.math.bincount([1, 2], weights=[1.0, 2.0], binary_output=True)",
    "tf.math.confusion_matrix([1, 2], [0, 2], num_classes=2)",
    "tf.math.confusion_matrix([-1], [0])", "tf.math.confusion_matrix([0], [-1])",
    "tf.math.confusion_matrix([1, 1], [0])",
    "tf.math.confusion_matrix([1], [0], weights=[1.0, 2.0])",
    *[f"tf.bitwise.{name}([1.0], [1.0])" for name in ("bitwise_and", "bitwise_or", "bitwise_xor",
                                                      "left_shift", "right_shift")],
    "tf.bitwise.bitwise_and([True], [True])", "tf.bitwise.bitwise_and([1], [1.0])",
    "tf.bitwise.invert([True])", "tf.bitwise.invert([1.0])",
    "tf.bitwise.left_shift([1, 2], [1, 2, 3])",
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case, in double precision; the caller gives them their dtype."""
    case = CASES[number]
    random = np.random.default_rng([number, 7])
    drawn = [random.uniform(*case.bounds, shape) for shape in case.shapes]
    if case.dtype.startswith("complex"):
        return [np.asarray(x + 1j * random.uniform(-0.5, 0.5, x.shape)) for x in drawn]
    return [np.ceil(x) if "int" in case.dtype else x for x in drawn]


def cotangent_of(shape: tuple[int, ...], dtype: str) -> Any:
    """The gradient that is to flow into the value of a case."""
    imaginary = np.sin(np.arange(np.prod(shape, dtype=int)) * 2.0).reshape(shape)
    return cotangent(shape) + (1j * imaginary if dtype.startswith("complex") else 0)


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The value, and the gradients of all inputs where there are some to compare."""
    value, tape = recorded(
        tf, lambda: tf.convert_to_tensor(evaluate(tf, case.expression, inputs)), inputs
    )
    if not inputs or not case.has_gradient or value.dtype.is_integer or inputs[0].dtype.is_integer:
        return {"": value}
    seed = tf.cast(cotangent_of(tuple(value.shape), value.dtype.name), value.dtype)
    grads = tape.gradient(value, inputs, seed)
    return {"": value, **{f".{place}": grad for place, grad in enumerate(grads)}}


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()
