"""Let TensorFlow say what tracing knows of shapes, and write it to `shapes.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_shapes

A case is an expression of a tensor `x` of shape [b, t, 16], where b and t are scalar tensors with
two of its sizes; its outcome is the shape, with None for what only a run tells. Only `main`
imports TensorFlow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.oracle.expressions import tensorflow

FILE = Path(__file__).with_name("shapes.json")

_IMAGE = "x[..., tf.newaxis]"
_KERNEL = "tf.ones([3, 3, 1, 4])"
_BACK = "tf.ones([3, 3, 4, 1])"

CASES = f"""
tf.reshape(x, [b, t, 2, 8])
tf.reshape(x, [b, -1, 2, 8])
tf.reshape(x, (b, -1, 2, 8))
tf.reshape(x, [b, t, 2, tf.shape(x)[-1] // 2])
tf.reshape(x, [b * t, 16])
tf.reshape(x, [-1, x.shape[-1]])
tf.reshape(x, tf.concat([tf.shape(x)[:-1], [2, 8]], axis=0))
tf.reshape(x, tf.concat([[b], tf.shape(x)[1:]], axis=0))
tf.reshape(x, tf.stack([b, t * 16]))
tf.reshape(x, tf.stack([b, -1, tf.constant(4)]))
tf.reshape(x, tf.cast(tf.stack([tf.cast(b, tf.int64), -1, 4]), tf.int32))
tf.reshape(x, tf.constant([-1, 4]))
tf.reshape(x, tf.shape(x))
tf.reshape(tf.ones([2, 6]), [3, -1])
tf.reshape(x, tf.squeeze(tf.constant([[-1, 4]]), axis=0))
tf.zeros([b, 4])
tf.zeros((b,) + (3,))
tf.zeros(tf.shape(x)[1:])
tf.zeros([tf.shape(x)[-1] * 2 + 1, 3])
tf.zeros([tf.shape(x)[2] - 4, tf.size(tf.ones([2, 3]))])
tf.zeros_like(x)
tf.ones(tf.stack([b, 3]))
tf.fill([b, 4], 0.0)
tf.random.normal([b, 7])
tf.random.uniform([b, 7, t])
tf.random.truncated_normal([b, 7])
tf.random.stateless_normal([b, 3], [1, 2])
tf.random.categorical(x[:, 0], 3)
tf.broadcast_to(x[:, :1], [b, 5, 16])
tf.broadcast_to(tf.ones([16]), tf.shape(x))
tf.tile(x, [1, 1, 2])
tf.tile(x, [1, 2, 1])
tf.tensordot(x, tf.ones([16, 4]), 1)
tf.tensordot(x, tf.ones([16, 4]), axes=[[2], [0]])
tf.einsum("btd,de->bte", x, tf.ones([16, 4]))
tf.einsum("btd,dhe->bthe", x, tf.ones([16, 4, 2]))
tf.einsum("btd,bsd->bts", x, x)
tf.einsum("...d,de->...e", x, tf.ones([16, 4]))
tf.matmul(x, x, transpose_b=True)
tf.linalg.matvec(x, tf.ones([16]))
tf.slice(x, [0, 0, 0], [b, 1, -1])
tf.slice(x, [0, 0, 0], [-1, 1, 4])
x[:, : t - 1]
x[:, :3]
x[:, 0, tf.newaxis]
tf.pad(x, [[0, 0], [1, 1], [0, 2]])
tf.image.resize({_IMAGE}, [4, 4])
tf.image.resize({_IMAGE}, [t * 2, 4])
tf.repeat(x, 2, axis=2)
tf.gather(x, [0, 1], axis=2)
tf.one_hot(tf.argmax(x, -1), 5)
tf.one_hot(tf.argmax(x, -1), 5, axis=1)
tf.one_hot(tf.argmax(x, -1), tf.shape(x)[-1])
tf.one_hot(b, 5)
tf.stack(tf.unstack(x, axis=2), axis=0)
tf.split(x, [3, -1], axis=-1)[1]
tf.scatter_nd([[0]], [[1.0] * 3], [b, 3])
tf.eye(4, batch_shape=[b])
tf.eye(tf.shape(x)[-1])
tf.eye(t, 3)
tf.range(b)
tf.range(4)
tf.range(2, 9, 3)
tf.range(9, 2, -2)
tf.range(1.0, 2.0, 0.3)
tf.range(tf.shape(x)[-1])
tf.range(tf.shape(x)[-1] // 2, dtype=tf.float32)
tf.range(4, dtype=tf.float64)
tf.linspace(0.0, 1.0, 5)
tf.linspace(0.0, 1.0, t)
tf.meshgrid(tf.range(3), tf.range(t))[0]
tf.sequence_mask(tf.ones([2], tf.int32), 5)
tf.sequence_mask(tf.ones([2], tf.int32), t)
tf.nn.conv1d(x, tf.ones([3, 16, 4]), 1, "SAME")
tf.nn.conv1d_transpose(x, tf.ones([3, 4, 16]), [b, t * 2, 4], 2)
tf.nn.conv2d({_IMAGE}, {_KERNEL}, 2, "SAME")
tf.nn.conv2d({_IMAGE}, {_KERNEL}, 2, "VALID")
tf.nn.conv2d_transpose({_IMAGE}, {_BACK}, [b, t * 2, 32, 4], 2)
tf.nn.conv2d_transpose({_IMAGE}, {_BACK}, tf.stack([b, t * 2, 32, 4]), 2)
tf.nn.max_pool2d({_IMAGE}, 2, 2, "SAME")
tf.nn.avg_pool2d({_IMAGE}, 2, 2, "VALID")
tf.nn.space_to_depth({_IMAGE}, 2)
tf.nn.depth_to_space(x[:, :, tf.newaxis, :], 4)
tf.space_to_batch({_IMAGE}, [2, 2], [[0, 0], [0, 0]])
tf.math.top_k(x, 3).values
tf.linalg.diag(x)
tf.linalg.band_part(tf.ones([t, t]), -1, 0)
tf.math.bincount(tf.argmax(x[0], -1), minlength=5, maxlength=5)
tf.math.unsorted_segment_sum(x[0], tf.zeros([t], tf.int32), 5)
tf.nn.embedding_lookup(tf.ones([16, 7]), tf.argmax(x, -1))
tf.signal.frame(x, 4, 2)
tf.signal.rfft(x)
tf.concat([x, tf.zeros([b, t, 3])], -1)
tf.map_fn(lambda row: row[:, :2], x)
tf.scan(lambda total, row: total + 1.0, x, tf.zeros([3]))
tf.vectorized_map(lambda row: row[:, :2], x)
tf.TensorArray(tf.float32, size=4, element_shape=[2]).stack()
tf.ensure_shape(x, [None, 3, 16])
tf.shape(x)[1:]
tf.stack([b, t])
tf.image.crop_and_resize({_IMAGE}, tf.zeros([3, 4]), [0, 0, 0], [5, 5])
""".strip().splitlines()

VALUES = """
tf.shape(x)[-1]
tf.shape(x)
tf.stack([tf.shape(x)[-1], 3])
tf.concat([[2], [3, 4]], axis=0)
tf.constant([1, 2])
b
tf.shape(tf.ones([2, 3]))
tf.size(tf.ones([2, 3]))
tf.rank(x)
tf.cast(tf.shape(tf.ones([2, 3])), tf.float32)
""".strip().splitlines()


def outcome(tf: Any, expression: str, ask: Any) -> Any:
    """What `ask` says of the value of an expression while it is traced."""
    found: list[Any] = []

    def traced(x: Any) -> Any:
        names = {"tf": tf, "x": x, "b": tf.shape(x)[0], "t": tf.shape(x)[1]}
        value = eval(expression, names)
        found.append(ask(tf, value))
        return value

    spec = tf.TensorSpec([None, None, 16], tf.float32)
    tf.function(traced, autograph=False).get_concrete_function(spec)
    return found[0]


def shape_of(tf: Any, value: Any) -> Any:
    """The sizes that are known."""
    return value.shape.as_list()


def value_of(tf: Any, value: Any) -> Any:
    """The value, if it is known."""
    known = tf.get_static_value(value)
    return None if known is None else known.tolist()


def main() -> None:
    tf = tensorflow()
    answers = {
        "version": tf.__version__,
        "shapes": {case: outcome(tf, case, shape_of) for case in CASES},
        "values": {case: outcome(tf, case, value_of) for case in VALUES},
    }
    FILE.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
