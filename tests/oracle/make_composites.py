"""Let TensorFlow say what composites and parts of variables are, and write `composites.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_composites.py

Only `main` imports TensorFlow. Each case is an expression; the tests evaluate it with eagre as
`tf`, eagerly and, where it is marked so, traced.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("composites.json")

# Gradients of what is gathered from v (or x, which is watched): 3 rows of 2.
GRADIENTS = [
    "tf.gather(v, [0, 2, 0])", "tf.gather(x, [0, 2, 0])", "tf.gather(v, 1)", "tf.gather(x, 1)",
    "tf.gather(v, [[0, 1], [2, 2]])", "tf.gather(x, tf.constant([0, 1], tf.int64))",
    "tf.gather(v, [0, 1, 0], axis=1)", "tf.gather(x, [0, 1, 0], axis=-2)",
    "tf.gather(v, [0, 1, 0], axis=1, batch_dims=1)", "tf.gather(v.value(), [0, 2, 0])",
    "tf.gather(tf.identity(v), [1])", "tf.gather(2.0 * v, [0, 2])",
    "tf.gather(v, tf.zeros([0], tf.int32))", "tf.gather(v, tf.zeros([2, 0], tf.int32))",
    "v.sparse_read([0, 2])", "v.gather_nd([[0], [2]])", "v.gather_nd([[0, 1], [2, 0]])",
    "tf.gather_nd(x, [[0], [2]])", "tf.gather_nd(v, [[0], [1], [1]], batch_dims=1)",
    "tf.nn.embedding_lookup(v, [0, 2, 0])", "tf.nn.embedding_lookup(v, [[0], [2]], max_norm=1.0)",
    "tf.nn.embedding_lookup([v[:2], v[2:]], [0, 2])",
    "(tf.gather(v, [0, 2]), 2.0 * tf.gather(v, [1, 0]))",
    "tf.gather(x, [0, 2]) + 2.0 * tf.gather(x, [1, 0]) + 3.0 * tf.gather(x, [1, 1])",
    "(tf.gather(v, [0, 2]), 2.0 * tf.gather(v, tf.constant([1, 0], tf.int64)))",
    "(tf.gather(v, [0, 2]), 2.0 * v)", "(2.0 * v, tf.gather(v, [0, 2]))",
    "tf.gather(tf.gather(v, [0, 2]), [0, 0])", "tf.gather(tf.reshape(v, [-1]), [0, 1])",
    "tf.boolean_mask(v, [True, False, True])", "v[0]",
    "tf.cond(v[0, 0] > 0.0, lambda: tf.gather(v, [0, 2]), lambda: v)",
    "tf.split(tf.gather(v, [0, 2, 1, 1]), 2)[1]", "tf.gather(tf.split(v, [1, 2])[1], [1, 1])",
]

SLICES = [
    "s.shape", "n.shape", "-s", "-n", "tf.convert_to_tensor(s)", "tf.convert_to_tensor(n)",
    "tf.convert_to_tensor(s, tf.float64)", "tf.identity(s)", "tf.multiply(s, 2.0)", "s * 2.0",
    "tf.constant(1.0) + s", "tf.math.scalar_mul(2.0, s)", "tf.square(s)", "tf.negative(s)",
    "tf.cast(s, tf.float64)", "tf.shape(s)", "tf.size(s)", "tf.add_n([s, s])",
    "tf.add_n([s, tf.ones([4, 2])])", "tf.clip_by_value(s, 0.0, 2.0)",
    "tf.clip_by_value(n, 0.0, 2.0)", "tf.clip_by_norm(s, 1.0)", "tf.clip_by_norm(n, 1.0)",
    "tf.clip_by_norm(s, 1.0, axes=[1])", "tf.linalg.global_norm([s, tf.constant([1.0])])",
    "tf.clip_by_global_norm([s, tf.constant([1.0])], 1.0)", "tf.reduce_sum(s)", "tf.stack([s, s])",
    "tf.nest.flatten(s, expand_composites=True)", "tf.nest.flatten(n, expand_composites=True)",
    "tf.nest.map_structure(lambda a: a + a, s, expand_composites=True)", "s.consumers()",
    "tf.convert_to_tensor(I(tf.ones([2, 3]), tf.constant([1, 2, 3]), tf.constant([4, 3])))",
    "tf.convert_to_tensor(I(tf.ones([1, 3]), tf.constant([7]), tf.constant([4, 3])))",
    "repr(tf.IndexedSlicesSpec([4, 2]))", "repr(tf.IndexedSlicesSpec())",
    "tf.IndexedSlicesSpec([4, 2]) == tf.IndexedSlicesSpec([4, 2])",
    "tf.IndexedSlicesSpec([4, 2]) == tf.IndexedSlicesSpec([4, 3])",
    "tf.IndexedSlicesSpec([4, 2]).is_compatible_with(s)",
    "tf.IndexedSlicesSpec([None, 2], tf.float32, tf.int32, tf.int32).is_compatible_with(s)",
    "tf.IndexedSlicesSpec([4, 2]).is_subtype_of(tf.IndexedSlicesSpec([None, 2]))",
    "tf.IndexedSlicesSpec([None, 2]).is_subtype_of(tf.IndexedSlicesSpec([4, 2]))",
    "repr(tf.IndexedSlicesSpec([4, 2]).most_specific_common_supertype("
    "[tf.IndexedSlicesSpec([3, 2])]))",
    "tf.IndexedSlicesSpec([4, 2]).most_specific_common_supertype("
    "[tf.IndexedSlicesSpec([4, 2], tf.float64)])",
]

_DELTAS = {
    "": "I(tf.constant([[2.0, 4.0], [0.5, 1.0]]), tf.constant([0, 2]))",
    "repeated": "I(tf.constant([[2.0, 4.0], [0.5, 1.0]]), tf.constant([2, 2]))",
    "int64": "I(tf.constant([[2.0, 4.0]]), tf.constant([1], tf.int64))",
    "scalar": "I(tf.constant(2.0), tf.constant([0, 1]))",
    "matrix": "I(2.0 * tf.ones([1, 2, 2]), tf.constant([[0, 1]]))",
    "empty": "I(tf.zeros([0, 2]), tf.zeros([0], tf.int32))",
    "behind": "I(tf.constant([[2.0, 4.0]]), tf.constant([3]))",
    "negative": "I(tf.constant([[2.0, 4.0]]), tf.constant([-1]))",
    "dtype": "I(tf.ones([1, 2], tf.float64), tf.constant([0]))",
    "dense": "tf.constant([1.0])",
}
_WRITES = ("add", "sub", "update", "max", "min", "mul", "div")
VARIABLES = [
    *[f"v.scatter_{write}({delta})" for write in _WRITES for delta in _DELTAS.values()],
    *[f"tf.Variable([7, 8, -9]).scatter_{write}(I(tf.constant([2, 3]), tf.constant([0, 2])))"
      for write in _WRITES],
    *[f"v.scatter_nd_{write}({rest})" for write in _WRITES[:3] for rest in (
        "[[0], [2]], [[2.0, 4.0], [0.5, 1.0]]", "[[0, 1], [2, 0]], [2.0, 4.0]",
        "[[5]], [[2.0, 4.0]]", "[[1]], [2.0]", "[[0, 0, 0]], [2.0]",
        "tf.zeros([0, 1], tf.int32), tf.zeros([0, 2])")],
    "tf.Variable([[1, 2], [3, 4]]).batch_scatter_update("
    "I(tf.constant([[9], [8]]), tf.constant([[1], [0]])))",
    "v.batch_scatter_update(I(tf.constant([[2.0, 4.0]]), tf.constant([1])))",
    "v.batch_scatter_update(tf.constant([1.0]))",
    "v.sparse_read([0, 2])", "v.sparse_read([7])", "v.gather_nd([[0, 1], [2, 0]])",
    "v.gather_nd([[3, 0]])", "v.assign(tf.ones([3, 2]), read_value=False)",
    "v.assign_add(tf.ones([3, 2]), read_value=False)", "v.set_shape([3, 2])",
    "v.set_shape([4, 2])", "v.aggregation.name", "v.synchronization.name", "v.initializer",
    "v.assign_add(I(tf.ones([1, 2]), tf.constant([0]), tf.constant([3, 2])))",
    "tf.Variable(1.0, aggregation='mean')", "tf.Variable(1.0, synchronization='x')",
    "tf.Variable(1.0, aggregation=tf.VariableAggregation.MEAN).aggregation.name",
]

_F = "T(tf.float32, "
EAGER = [
    _F + "3).size()", _F + "3).read(0)", _F + "3).read(3)", _F + "3).read(-1)",
    "T(tf.float32).size()", _F + "3, element_shape=[2]).read(0)", _F + "1.5)", _F + "[1, 2])",
    _F + "3, element_shape=[2]).stack()", _F + "3).write(0, [1.0, 2.0]).stack()",
    _F + "3).write(1, [1.0, 2.0]).read(0)", _F + "3).write(1, [1.0, 2.0]).element_shape",
    _F + "3).write(0, [1.0]).write(1, [1.0, 2.0])", _F + "3).write(0, [1, 2]).read(0)",
    _F + "3).write(0, tf.constant([1, 2]))", _F + "3).write(3, 1.0)", _F + "3).write(-1, 1.0)",
    _F + "3).write(0, 1.0).write(0, 2.0).read(0)", _F + "3, element_shape=[2]).write(0, [1.0])",
    _F + "3, element_shape=[None]).write(0, [1.0, 2.0]).stack()", _F + "1).write(0.5, 1.0)",
    _F + "2, infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0]).concat()",
    _F + "2, infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0]).stack()",
    _F + "2, infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0]).read(1)",
    _F + "2).write(0, [[1.0]]).concat()", "T(tf.int32, 0, dynamic_size=True).write(2, 5).size()",
    "T(tf.int32, 0, dynamic_size=True).write(2, 5).stack()",
    "T(tf.int32, 0, dynamic_size=True).write(2, 5).read(7)",
    "T(tf.int32, 0, dynamic_size=True).stack()", "T(tf.int32, 0, element_shape=[2]).stack()",
    "T(tf.int32, 0).concat()", _F + "3).unstack([[1.0], [2.0], [3.0]]).stack()",
    _F + "3).unstack([1.0, 2.0, 3.0]).gather([2, 0, 0])", _F + "3).unstack([1, 2, 3]).read(2)",
    _F + "3).unstack([1.0, 2.0, 3.0]).gather([3])", _F + "2).unstack([1.0, 2.0, 3.0])",
    _F + "2, dynamic_size=True).unstack([1.0, 2.0, 3.0]).size()", _F + "2).unstack(1.0)",
    _F + "2).unstack(tf.constant([1, 2]))", _F + "4).scatter([0, 2], [[1.0], [2.0]]).stack()",
    _F + "4).scatter([0, 9], [[1.0], [2.0]])",
    _F + "4, dynamic_size=True).scatter([0, 9], [[1.0], [2.0]]).stack()",
    _F + "2, infer_shape=False).split([[1.0], [2.0], [3.0]], [1, 2]).read(1)",
    _F + "2).split([[1.0], [2.0], [3.0]], [1, 2]).element_shape",
    _F + "2).split([[1.0], [2.0], [3.0]], [1, 1])", _F + "2).split([1.0, 2.0, 3.0], [1, 1, 1])",
    _F + "1).split(1.0, [1])", _F + "3).split([1.0, 2.0, 3.0], [1, 2])",
    _F + "1, handle=tf.constant(1.0))", "T('float32', 1).dtype.name", _F + "1).dynamic_size",
    "T(tf.string, 2).write(0, 'a').stack()", "T(tf.bool, 2, element_shape=[]).stack()",
    "[(a.read(0), a.read(0)) for a in [T(tf.float32, 1).write(0, 1.0)]]",
    "[(a.read(0), a.read(0)) for a in [T(tf.float32, 1, clear_after_read=False).write(0, 1.0)]]",
    "[(a.read(0), a.gather([0, 1])) for a in [T(tf.float32, 2).unstack([1.0, 2.0])]]",
    "[(a.read(0), a.write(0, 3.0).read(0)) for a in [T(tf.float32, 2).unstack([1.0, 2.0])]]",
    "[(a.close(), a.size()) for a in [T(tf.float32, 3)]]",
    "repr(tf.TensorArraySpec([2], tf.float32))", "repr(tf.TensorArraySpec())",
    "tf.TensorArraySpec([2]) == tf.TensorArraySpec([2])",
    "tf.TensorArraySpec([2]).is_compatible_with(tf.TensorArraySpec([None]))",
    "tf.TensorArraySpec([2]).is_compatible_with(T(tf.float32, 2, element_shape=[2]))",
    "repr(tf.TensorArraySpec.from_value("
    "T(tf.float32, 2, element_shape=[2], dynamic_size=True, infer_shape=False)))",
]

# Functions of x, [3, 2], that are differentiated twice, eagerly and in graphs.
LOOPS = {
    "written": """
def f(x):
    a = T(tf.float32, 3)
    step = lambda i, a: (i + 1, a.write(i, x[i] * x[0]))
    return tf.while_loop(lambda i, a: i < 3, step, (0, a))[1].stack()
""",
    "size by tensor": """
def f(x):
    n = tf.shape(x)[0]
    a = T(tf.float32, n, element_shape=[2])
    step = lambda i, a: (i + 1, a.write(i, tf.exp(x[i])))
    return tf.while_loop(lambda i, a: i < n - 1, step, (0, a))[1].stack()
""",
    "grown": """
def f(x):
    a = T(tf.float32, 0, dynamic_size=True)
    step = lambda i, y, a: (i + 1, y * x[1], a.write(i, y * y))
    return tf.while_loop(lambda i, y, a: i < 5, step, (0, x[0], a))[2].concat()
""",
    "read and written": """
def f(x):
    source = T(tf.float32, 3).unstack(x)
    a = T(tf.float32, 3, clear_after_read=False).write(0, x[2])
    step = lambda i, a: (i + 1, a.write(i, a.read(i - 1) * source.read(i)))
    return tf.while_loop(lambda i, a: i < 3, step, (1, a))[1].stack()
""",
    "gathered and scattered": """
def f(x):
    a = T(tf.float32, 4).scatter([3, 0, 1], x * x)
    return a.gather([0, 0, 3, 2])
""",
    "overwritten": """
def f(x):
    a = T(tf.float32, 2, clear_after_read=False)
    step = lambda i, a: (i + 1, a.write(i % 2, x[i] * x[i]))
    return tf.while_loop(lambda i, a: i < 3, step, (0, a))[1].stack()
""",
    "branched": """
def f(x):
    a = T(tf.float32, 2)
    a = tf.cond(x[0, 0] > 0.0, lambda: a.write(0, x[0] * x[1]), lambda: a.write(1, x[2]))
    return a.write(1, x[0]).stack()
""",
    "two arrays, one inside the other's loop": """
def f(x):
    def row(i, a):
        b = T(tf.float32, 2)
        step = lambda j, b: (j + 1, b.write(j, x[i, j] * x[0, j]))
        return i + 1, a.write(i, tf.while_loop(lambda j, b: j < 2, step, (0, b))[1].stack())
    a = T(tf.float32, 3)
    return tf.while_loop(lambda i, a: i < 3, row, (0, a))[1].stack()
""",
    "never written": """
def f(x):
    a = T(tf.float32, 2, element_shape=[2])
    a = tf.while_loop(lambda i, a: i < 0, lambda i, a: (i + 1, a.write(i, x[i])), (0, a))[1]
    return a.stack() + x[0]
""",
    "split and joined": """
def f(x):
    return T(tf.float32, 2, infer_shape=False).split(x * x, [1, 2]).concat() * x
""",
}


def namespace(tf: Any) -> dict[str, Any]:
    """What the expressions use, made anew for each."""
    x = tf.constant([[1.0, 2.0], [3.0, -4.0], [0.5, 6.0]])
    tensor = tf.constant
    values = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    return {
        "tf": tf, "np": np, "x": x, "v": tf.Variable(x), "T": tf.TensorArray,
        "I": tf.IndexedSlices, "s": tf.IndexedSlices(values, tensor([0, 2, 0]), tensor([4, 2])),
        "n": tf.IndexedSlices(values, tensor([0, 2, 0])),
    }


def gradient_of(tf: Any, expression: str) -> Any:
    """The gradient of an expression with respect to x or v, whichever it reads."""
    names = namespace(tf)
    source = names["x"] if "x," in expression or "x)" in expression else names["v"]
    with tf.GradientTape() as tape:
        tape.watch(source)
        target = eval(expression, names)
    return tape.gradient(target, source)


def loop_of(tf: Any, text: str) -> Any:
    """The function whose text this is."""
    names = namespace(tf)
    exec(text, names)
    return names["f"]


def derivatives(tf: Any, function: Any, x: Any) -> list[Any]:
    """The value, the gradient of its squares, and the gradient of that gradient's squares."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
            loss = tf.reduce_sum(value * value)
        first = tf.convert_to_tensor(tape.gradient(loss, x))
        total = tf.reduce_sum(first * first)
    return [value, first, tf.convert_to_tensor(outer.gradient(total, x))]


def encoded(tf: Any, value: Any) -> Any:
    """A result as JSON: slices become a dictionary, in the order of their indices."""
    if isinstance(value, tf.IndexedSlices):
        shape = None if value.dense_shape is None else np.asarray(value.dense_shape).tolist()
        indices, rows = np.asarray(value.indices), np.asarray(value.values)
        order = sorted(range(len(rows)), key=lambda i: (indices[i], rows[i].ravel().tolist()))
        return {"slices": encoded(tf, tf.constant(rows[order])), "shape": shape,
                "indices": indices[order].tolist()}
    if isinstance(value, list | tuple):
        return [encoded(tf, each) for each in value]
    if isinstance(value, tf.Tensor | tf.Variable):
        array = value.numpy()
        flat = np.asarray(array).tolist()
        if value.dtype.name == "string":
            flat = np.asarray(array).astype(str).tolist()
        return {"values": flat, "dtype": value.dtype.name, "sizes": list(np.shape(array))}
    if "object at" in str(value):
        return "TensorArray"
    return value if isinstance(value, bool | str | None) else str(value)


def outcome(tf: Any, run: Any) -> Any:
    """The encoded result of a call, or the names of the classes of its error."""
    try:
        return encoded(tf, run())
    except Exception as error:
        return {"error": [kind.__name__ for kind in type(error).__mro__[:-2]]}


def answers(tf: Any) -> dict[str, dict[str, Any]]:
    """The outcomes of all expressions."""

    def evaluate(text: str) -> Any:
        return outcome(tf, lambda: eval(text, namespace(tf)))

    return {
        "gradients": {
            text: outcome(tf, lambda text=text: gradient_of(tf, text)) for text in GRADIENTS
        },
        **{
            name: {text: evaluate(text) for text in texts}
            for name, texts in (("slices", SLICES), ("variables", VARIABLES), ("eager", EAGER))
        },
    }


def cases() -> dict[str, dict[str, Any]]:
    """What TensorFlow answered."""
    return json.loads(FILE.read_text())


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    content: dict[str, Any] = answers(tf)
    x = namespace(tf)["x"]
    content["loops"] = {
        name: encoded(tf, derivatives(tf, loop_of(tf, text), x)) for name, text in LOOPS.items()
    }
    text = json.dumps({"tensorflow": tf.__version__, **content}, indent=None)
    FILE.write_text(text.replace('}, "', '},\n"') + "\n")


if __name__ == "__main__":
    main()
