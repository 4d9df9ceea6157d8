"""Let TensorFlow say what `tf.nn` is to compute, and write it to `nn.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_nn

A case is a Python expression of arrays `a`, `b`, `c` that are drawn from its own number; its
outcome is the value and the gradients of all arrays, given `cotangent` as gradient of the value.
For expressions that fail the outcome is the name of the error. The tests import `CASES`,
`ERRORS`, `arrays` and `cotangent` from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import cotangent, evaluate, recorded, write

FILE = Path(__file__).with_name("nn.npz")


class Case(NamedTuple):
    """An expression, the shapes of its arrays and their dtype."""

    expression: str
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float32"
    has_gradient: bool = True
    """False where TensorFlow's is that of uninitialized memory, or goes to a NaN that the value
    leaves out."""
    is_precise: bool = True
    """False where TensorFlow computes float64 with constants in float32."""


def _convolutions() -> list[Case]:
    small, filters = (2, 5, 6, 3), (3, 2, 3, 4)
    cases = [
        Case(f"tf.nn.conv2d(a, b, {strides}, {padding!r}, dilations={dilations})", (small, filters))
        for strides, dilations in ((1, 1), (2, 1), ([1, 3, 2, 1], 1), (1, 2), (1, [1, 2]), (2, 2))
        for padding in ("SAME", "VALID")
        if padding == "SAME" or dilations != 2
    ]
    cases += [
        Case("tf.nn.conv2d(a, b, 1, [[0, 0], [1, 2], [0, 3], [0, 0]])", (small, filters)),
        Case("tf.nn.conv2d(a, b, [2, 1], [[0, 0], [4, 0], [1, 1], [0, 0]])", (small, filters)),
        Case("tf.nn.conv2d(a, b, 1, 'SAME')", ((0, 5, 6, 3), filters)),
        Case("tf.nn.conv2d(a, b, 1, 'SAME')", ((1, 1, 1, 3), filters)),
        Case("tf.nn.conv2d(a, b, 1, 'VALID')", ((1, 2, 2, 3), filters), has_gradient=False),
        Case("tf.nn.conv2d(a, b, 1, 'SAME')", ((2, 3, 4, 4), (1, 1, 4, 5))),
        Case("tf.nn.conv2d(a, b, 1, 'SAME')", ((2, 4, 4, 6), (3, 3, 2, 9))),
        Case("tf.nn.conv2d(a, b, 2, 'VALID')", ((2, 5, 5, 3), (2, 2, 1, 6))),
        Case("tf.nn.conv2d(a, b, 1, 'SAME')", ((2, 2, 4, 4, 2), (2, 2, 2, 3))),
        Case("tf.nn.conv2d(a, b, 1, 'VALID')", ((1, 3, 3, 2), (2, 2, 2, 0))),
        Case("tf.nn.conv1d(a, b, 2, 'SAME')", ((2, 7, 3), (3, 3, 2))),
        Case("tf.nn.conv1d(a, b, 1, 'VALID', dilations=2)", ((2, 7, 3), (3, 3, 2))),
        Case("tf.nn.conv3d(a, b, [1, 1, 2, 1, 1], 'SAME')", ((1, 3, 4, 2, 2), (2, 2, 2, 2, 3))),
        Case("tf.nn.conv3d(a, b, [1, 1, 1, 1, 1], 'VALID')", ((2, 3, 3, 3, 1), (2, 2, 3, 1, 2))),
        Case("tf.nn.convolution(a, b)", ((1, 5, 2), (2, 2, 3))),
        Case("tf.nn.convolution(a, b, 2, 'SAME')", ((1, 5, 5, 2), (2, 2, 2, 3))),
        Case("tf.nn.convolution(a, b, padding='SAME', dilations=2)", ((1, 5, 5, 2), (2, 2, 2, 3))),
    ]
    for dtype in ("float16", "bfloat16", "float64", "int32"):
        cases.append(Case("tf.nn.conv2d(a, b, 1, 'SAME')", (small, filters), dtype))
    depthwise = "tf.nn.depthwise_conv2d(a, b, {}, {!r}, dilations={})"
    cases += [
        Case(depthwise.format(strides, padding, dilations), ((2, 5, 4, 3), (3, 2, 3, multiplier)))
        for strides, dilations in (([1, 1, 1, 1], None), ([1, 2, 2, 1], None), ([1] * 4, [1, 1]))
        for padding in ("SAME", "VALID")
        for multiplier in (1, 2)
    ]
    return cases


def _transposed() -> list[Case]:
    two, filters = (2, 3, 2, 4), (3, 2, 5, 4)
    form = "tf.nn.conv2d_transpose(a, b, {}, {}, {!r})"
    return [
        Case(form.format([2, 6, 4, 5], 2, "SAME"), (two, filters)),
        Case(form.format([2, 5, 3, 5], 2, "SAME"), (two, filters)),
        Case(form.format([2, 5, 3, 5], 1, "VALID"), (two, filters)),
        Case(form.format([2, 8, 5, 5], [1, 2, 3, 1], "VALID"), (two, filters)),
        Case(form.format([2, 3, 2, 5], 1, "SAME"), (two, filters)),
        Case(form.format([2, 4, 2, 5], 1, [[0, 0], [1, 0], [0, 1], [0, 0]]), (two, filters)),
        Case("tf.nn.conv1d_transpose(a, b, [1, 6, 2], 2)", ((1, 3, 1), (2, 2, 1))),
        Case("tf.nn.conv3d_transpose(a, b, [1, 4, 4, 4, 3], 2)",
             ((1, 2, 2, 2, 1), (2, 2, 2, 3, 1))),
        Case("tf.nn.conv_transpose(a, b, [1, 6, 2], 2)", ((1, 3, 1), (2, 2, 1))),
    ]


def _pools() -> list[Case]:
    cases = [
        Case(f"tf.nn.{kind}_pool2d(a, {ksize}, {strides}, {padding!r})", (shape,))
        for kind in ("max", "avg")
        for ksize, strides in ((2, 2), (3, 1), ([2, 3], [1, 2]), ([1, 3, 2, 1], 3))
        for padding in ("SAME", "VALID")
        for shape in ((2, 5, 6, 3), (0, 4, 4, 1), (1, 3, 3, 2))
    ]
    cases += [
        Case("tf.nn.max_pool2d(a, 3, 2, [[0, 0], [1, 2], [0, 1], [0, 0]])", ((2, 5, 6, 3),)),
        Case("tf.nn.max_pool2d(a, [1, 1, 1, 2], [1, 1, 1, 2], 'VALID')", ((2, 2, 3, 4),)),
        Case("tf.nn.max_pool2d(a, 3, 1, 'VALID')", ((1, 2, 4, 1),), has_gradient=False),
        Case("tf.nn.max_pool2d(tf.round(a), 3, 1, 'SAME')", ((2, 5, 6, 3),)),
        Case("tf.nn.max_pool(a, 2, 2, 'SAME')", ((2, 5, 3),)),
        Case("tf.nn.max_pool(a, 2, 2, 'SAME')", ((1, 3, 2, 3, 2),)),
        Case("tf.nn.max_pool1d(a, 3, 2, 'VALID')", ((2, 7, 3),)),
        Case("tf.nn.max_pool3d(a, 2, 1, 'VALID')", ((1, 3, 2, 3, 2),)),
        Case("tf.nn.avg_pool(a, 2, 2, 'SAME')", ((2, 5, 3),)),
        Case("tf.nn.avg_pool(a, 2, 2, 'SAME')", ((1, 3, 2, 3, 2),)),
        Case("tf.nn.avg_pool1d(a, 3, 2, 'VALID')", ((2, 7, 3),)),
        Case("tf.nn.avg_pool3d(a, 3, 2, 'SAME')", ((1, 3, 4, 3, 2),)),
        Case(f"tf.nn.max_pool2d({_ODD}, [1, 2], 1, 'VALID')", ()),
        Case(f"tf.nn.max_pool2d({_ODD}, [1, 3], 1, 'SAME')", ()),
        Case("tf.nn.max_pool2d(tf.where(a > 0.5, NAN, a), 2, 1, 'VALID')", ((1, 5, 5, 2),),
             has_gradient=False),
    ]
    for dtype in ("float16", "bfloat16", "float64"):
        cases += [
            Case(f"tf.nn.{kind}_pool2d(a, 2, 1, 'SAME')", ((2, 3, 4, 2),), dtype)
            for kind in ("max", "avg")
        ]
    for dtype in ("int32", "int64", "uint8", "int8"):
        cases.append(Case("tf.nn.max_pool2d(a, 2, 2, 'SAME')", ((2, 3, 4, 2),), dtype))
    return cases


_ODD = "tf.reshape(tf.constant([1, NAN, 2, NAN, NAN, -INF, -INF, -0.0, 0.0, 3]), [1, 1, 10, 1])"
_EDGES = "tf.constant([-INF, -200, -1, -0.0, 0, 1e-30, 3, 6, 7, 200, INF, NAN])"


def _elementwise() -> list[Case]:
    names = "relu relu6 leaky_relu elu selu gelu silu swish softplus softsign sigmoid tanh".split()
    cases = [Case(f"tf.nn.{name}(a * 4)", ((40,),), dtype,
                  is_precise=dtype != "float64" or name not in ("leaky_relu", "gelu"))
             for name in names for dtype in ("float32", "float64", "float16", "bfloat16")]
    cases += [Case(f"tf.nn.{name}({_EDGES})", ()) for name in names]
    cases += [
        Case("tf.nn.gelu(a * 4, approximate=True)", ((40,),)),
        Case("tf.nn.gelu(a * 4, approximate=True)", ((40,),), "float64", is_precise=False),
        Case("tf.nn.silu(a, beta=2.5)", ((40,),)),
        Case("tf.nn.leaky_relu(a, alpha=0.01)", ((40,),)),
        Case("tf.nn.leaky_relu(tf.constant([-5, 5]))", ()),
        Case("tf.nn.relu(a)", ((9,),), "int32"),
        Case("tf.nn.relu6(a * 9)", ((9,),), "int32"),
        Case("tf.nn.softmax(a)", ((3, 4),)),
        Case("tf.nn.softmax(a, axis=0)", ((3, 4),)),
        Case("tf.nn.softmax(a)", ((0, 4),)),
        Case("tf.nn.log_softmax(a * 50)", ((3, 4),)),
        Case("tf.nn.log_softmax(a, axis=1)", ((3, 4, 2),), "float64"),
    ]
    return cases


def _losses() -> list[Case]:
    name = "tf.nn.softmax_cross_entropy_with_logits"
    sparse = "tf.nn.sparse_softmax_cross_entropy_with_logits"
    sigmoid = "tf.nn.sigmoid_cross_entropy_with_logits"
    return [
        Case(f"{name}(tf.nn.softmax(a), b)", ((3, 4), (3, 4))),
        Case(f"{name}(labels=tf.nn.softmax(a, 0), logits=b, axis=0)", ((3, 4), (3, 4))),
        Case(f"{name}([[0.0, 1.0, 0.0]], a)", ((4, 3),)),
        Case(f"{name}(tf.constant([[0, 1, 0]]), a)", ((1, 3),)),
        Case(f"{name}(tf.nn.softmax(a), b)", ((2, 3, 4), (2, 3, 4)), "float64"),
        Case(f"{name}(a, b)", ((0, 4), (0, 4))),
        Case(f"{sparse}([1, 0, 3], a)", ((3, 4),)),
        Case(f"{sparse}(2, a)", ((4,),)),
        Case(f"{sparse}(tf.constant([[1, 0, 2]], tf.int64), a)", ((1, 3, 4),), "float64"),
        Case(f"{sparse}([0, 0], [[1.0, -INF], [50.0, 100.0]])", ()),
        Case(f"{sigmoid}(a, b * 9)", ((3, 4), (3, 4))),
        Case(f"{sigmoid}(labels=a, logits=b - b)", ((3, 4), (3, 4))),
        Case(f"{sigmoid}([1.0, 0.0, 1.0, 0.0], [200.0, 200.0, -200.0, -200.0])", ()),
        Case("tf.nn.l2_loss(a)", ((3, 4),)),
        Case("tf.nn.in_top_k([0, 1, 5, -1], [[1., 2., 3.], [1., 3., 3.]] * 2, 2)", ()),
        Case("tf.nn.in_top_k([0, 0, 1, 1], [[1., NAN], [NAN, 1.], [1., INF], [0., 1.]], 1)", ()),
        Case("tf.nn.in_top_k([1], [[1.0, 2.0]], 0)", ()),
        Case("tf.nn.top_k(a, 3)[0]", ((2, 3, 5),)),
        Case("tf.nn.top_k(tf.round(a * 3), 4)[1]", ((3, 9),)),
        Case("tf.nn.top_k(a, 9)[0]", ((3, 9),), "uint8"),
        Case("tf.nn.top_k([1.0, NAN, 2.0, INF, NAN], 5)[1]", ()),
        Case("tf.nn.top_k([1, 2], 1, index_type=tf.int64)[1]", ()),
        Case("tf.nn.top_k(a, 0)[0]", ((2, 3),)),
    ]


def _normalizations() -> list[Case]:
    return [
        Case("tf.nn.bias_add(a, b)", ((2, 3, 4), (4,))),
        Case("tf.nn.bias_add(a, b, 'NCHW')", ((2, 3, 4, 2), (3,))),
        Case("tf.nn.bias_add(a, b, 'NC')", ((2, 3), (3,))),
        Case("tf.nn.bias_add(a, b)", ((2, 3), (3,)), "int32"),
        Case("tf.nn.l2_normalize(a)", ((3, 4),)),
        Case("tf.nn.l2_normalize(a, axis=[0, 2])", ((3, 4, 2),), "float64"),
        Case("tf.nn.l2_normalize(a - a)", ((3,),)),
        Case("tf.nn.l2_normalize(a, 1, epsilon=10.0)", ((3, 4),)),
        Case("tf.nn.moments(a, [0])[0]", ((3, 4),)),
        Case("tf.nn.moments(a, [0, 2])[1]", ((3, 4, 2),)),
        Case("tf.nn.moments(a, [1], keepdims=True)[1]", ((3, 4),), "float64"),
        Case("tf.nn.moments(a, [0])[1]", ((30, 4),), "float16"),
        Case("tf.nn.moments(a, [0])[0]", ((0, 4),)),
        Case("tf.nn.batch_normalization(a, b, tf.exp(c), None, None, 0.1)", ((2, 3), (3,), (3,))),
        Case("tf.nn.batch_normalization(a, b, c * c, c, b, 0.1)", ((2, 3), (3,), (3,)), "float64"),
        Case("tf.nn.embedding_lookup(a, [[2, 0], [2, 1]])", ((3, 2),)),
        Case("tf.nn.embedding_lookup([a, b], [2, 0])", ((2, 2), (1, 2))),
        Case("tf.nn.embedding_lookup(a * 2, [[2, 0], [2, 1]], max_norm=1.0)", ((3, 2),)),
        Case("tf.nn.embedding_lookup(a, [2, 0], max_norm=1.0)", ((3, 2, 2),)),
        Case("tf.nn.embedding_lookup(a * 9, [2, 0], max_norm=1.0)", ((3,),)),
        Case("tf.nn.dropout(a, 0.0)", ((3,),)),
    ]


CASES = [
    *_convolutions(), *_transposed(), *_pools(), *_elementwise(), *_losses(), *_normalizations(),
]  # fmt: skip

_X, _F = "tf.ones([1, 3, 3, 4])", "tf.ones([2, 2, 4, 2])"
ERRORS = [
    *[f"tf.nn.conv2d({_X}, {filters}, 1, 'VALID')" for filters in (
        "tf.ones([2, 2, 3, 1])", "tf.ones([2, 2, 2, 3])", "tf.ones([0, 2, 4, 1])",
        "tf.ones([2, 2, 0, 1])", "tf.ones([5, 5, 4, 1])", "tf.ones([2, 2, 4])",
        "tf.ones([2, 2, 4, 1], tf.float64)")],
    *[f"tf.nn.conv2d({_X}, {_F}, {rest})" for rest in (
        "0, 'SAME'", "[2, 1, 1, 1], 'SAME'", "[1, 1, 1], 'SAME'", "1, 'same'", "1, 'JUNK'",
        "1, 'SAME', dilations=0", "1, 'SAME', dilations=[1, 1, 1, 2]", "1, 'SAME', 'NWHC'",
        "1, [[0, 0], [-1, 0], [0, 0], [0, 0]]", "1, [[1, 0], [0, 0], [0, 0], [0, 0]]",
        "1, [[1, 1], [0, 0]]")],
    "tf.nn.conv2d(tf.ones([3, 3, 4]), tf.ones([2, 2, 4, 1]), 1, 'SAME')",
    "tf.nn.conv2d(tf.ones([1, 3, 3, 4], tf.int64), tf.ones([2, 2, 4, 1], tf.int64), 1, 'SAME')",
    "tf.nn.depthwise_conv2d(tf.ones([1, 4, 4, 2]), tf.ones([2, 2, 3, 1]), [1] * 4, 'SAME')",
    *[f"tf.nn.conv2d_transpose(tf.ones([1, 2, 2, 1]), tf.ones([3, 3, 2, 1]), {shape}, 2)"
      for shape in ("[1, 5, 5, 2]", "[1, 4, 4, 3]", "[2, 4, 4, 2]", "[4, 4, 2]")],
    "tf.nn.conv2d_transpose(tf.ones([1, 2, 2, 2]), tf.ones([3, 3, 2, 1]), [1, 4, 4, 2], 2)",
    *[f"tf.nn.max_pool2d({_X}, {rest})" for rest in (
        "5, 1, 'VALID'", "0, 1, 'VALID'", "1, 0, 'VALID'", "[1, 2, 1], 1, 'VALID'",
        "[2, 1, 1, 1], 1, 'VALID'", "2, 1, 'JUNK'", "2, 1, 'SAME', 'NWHC'",
        "2, 1, [[0, 0], [2, 0], [0, 0], [0, 0]]")],
    "tf.nn.max_pool2d(tf.ones([2, 2, 1]), 1, 1, 'VALID')",
    "tf.nn.max_pool2d(tf.constant([[[[True]]]]), 1, 1, 'VALID')",
    "tf.nn.max_pool(tf.ones([2, 2]), 1, 1, 'VALID')",
    "tf.nn.avg_pool(tf.ones([2, 2]), 1, 1, 'VALID')",
    f"tf.nn.avg_pool2d({_X}, 2, 1, [[0, 0], [1, 0], [0, 0], [0, 0]])",
    "tf.nn.avg_pool2d(tf.ones([1, 2, 2, 1], tf.int32), 1, 1, 'VALID')",
    "tf.nn.relu([True])", "tf.nn.gelu([1])", "tf.nn.elu([1])", "tf.nn.softmax([1, 2])",
    "tf.nn.softmax(1.0)", "tf.nn.softmax([[1.0]], axis=2)", "tf.nn.l2_loss([1])",
    "tf.nn.bias_add([[1.0, 2.0]], [1.0])", "tf.nn.bias_add([[1.0, 2.0]], [[1.0, 2.0]])",
    "tf.nn.bias_add([1.0, 2.0], [1.0, 2.0])", "tf.nn.bias_add([[1.0]], [1.0], 'JUNK')",
    "tf.nn.dropout([1.0], 1.0)", "tf.nn.dropout([1.0], 1.5)", "tf.nn.dropout([1], 0.5)",
    "tf.nn.softmax_cross_entropy_with_logits([[1.0, 0.0, 1.0]], tf.ones([2, 2]))",
    "tf.nn.softmax_cross_entropy_with_logits([[1, 0]], [[1, 0]])",
    *[f"tf.nn.sparse_softmax_cross_entropy_with_logits({args})" for args in (
        "[2], [[1.0, 2.0]]", "[-1], [[1.0, 2.0]]", "[1.0], [[1.0, 2.0]]", "[[1]], [[1.0, 2.0]]",
        "[1, 1], [[1.0, 2.0]]", "1, 1.0", "[1], [[1, 2]]",
        "tf.constant([1], tf.int8), [[1.0, 2.0]]")],
    "tf.nn.sigmoid_cross_entropy_with_logits([1.0], [1.0, 2.0])",
    "tf.nn.sigmoid_cross_entropy_with_logits([1], [1.0])",
    "tf.nn.sigmoid_cross_entropy_with_logits([1.0])",
    "tf.nn.embedding_lookup(tf.ones([3, 2]), [3])",
    "tf.nn.embedding_lookup(tf.ones([3, 2]), [-1])",
    "tf.nn.embedding_lookup(tf.ones([3, 2]), [1.0])",
    "tf.nn.embedding_lookup(None, [1])", "tf.nn.embedding_lookup([], [1])",
    "tf.nn.in_top_k([1, 1], [[1.0, 2.0]], 1)", "tf.nn.in_top_k([1], [1.0, 2.0], 1)",
    "tf.nn.top_k([1.0, 2.0], 3)", "tf.nn.top_k([1.0], -1)", "tf.nn.top_k(1.0)",
    "tf.nn.top_k([True])",
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The arrays of a case, in float64 or whole numbers; the caller gives them their dtype."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = [random.standard_normal(shape) for shape in case.shapes]
    return [np.abs(np.round(x * 9)) if "int" in case.dtype else x for x in drawn]


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The value, and the gradients of all inputs."""
    value, tape = recorded(tf, lambda: evaluate(tf, case.expression, inputs), inputs)
    grads = gradients(tf, tape, value, inputs) if case.has_gradient else []
    return {"": value, **{f".{place}": grad for place, grad in enumerate(grads)}}


def gradients(tf: Any, tape: Any, value: Any, inputs: list[Any]) -> list[Any]:
    """The gradients of all inputs, none where TensorFlow has none on a CPU."""
    if not inputs or not value.dtype.is_floating or not inputs[0].dtype.is_floating:
        return []
    seed = tf.cast(cotangent(tuple(value.shape)), value.dtype)
    # Not there on a CPU: grouped and dilated convolution, max_pool_with_argmax; max_pool3d's fails
    # with AttributeError.
    missing = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError,
               tf.errors.NotFoundError, AttributeError)  # fmt: skip
    try:
        grads = tape.gradient(value, inputs, seed)
    except missing:
        return []
    return [] if None in [g if g is None else 0 for g in grads] else grads


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()
