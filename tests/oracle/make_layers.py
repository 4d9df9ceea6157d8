"""Let TensorFlow say what the rarer functions of `tf.nn` compute, and write it to `layers.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_layers.py

A case is an expression of arrays `a`, `b`, `c` that are drawn from its own number; its outcome is
its values and the gradients of all arrays, given `cotangent` as gradient of the first value. For
expressions that fail it is the name of the error. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.oracle.make_nn import error_of, evaluate, gradients, portable

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


CASES = [*_losses(), *_moments(), *_convolutions(), *_sequences()]

_X = "tf.ones([1, 3, 3, 2])"
_D = "tf.nn.dilation2d(tf.ones([1, 3, 3, 2]), tf.ones({}), {}, {}, {}, [1] * 4)"
ERRORS = [
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


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import tensorflow as tf

    saved: dict[str, Any] = {"version": np.array(tf.__version__)}
    for number, case in enumerate(CASES):
        inputs = [tf.cast(tf.constant(x), case.dtype) for x in arrays(number)]
        with tf.GradientTape() as tape:
            tape.watch([x for x in inputs if x.dtype.is_floating])
            values = values_of(evaluate(tf, case.expression, inputs))
        for place, value in enumerate(values):
            saved[f"{number}-{place}"] = portable(tf, value)
        for place, grad in enumerate(gradients(tf, tape, values[0], inputs)):
            if grad is not None:
                saved[f"{number}.{place}"] = portable(tf, grad)
    errors = [error_of(tf, expression) for expression in ERRORS]
    np.savez_compressed(FILE, errors=np.array(errors), **saved)
    print(len(CASES), sum("." in name for name in saved), errors)


if __name__ == "__main__":
    main()
