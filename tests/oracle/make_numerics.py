"""Let TensorFlow say which operations `enable_check_numerics` stops; write `numerics.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_numerics.py

Each case is a Python expression on `bad`, which holds NaN, infinity and 1, and on a variable `v`.
Its outcome is whether it raises InvalidArgumentError. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.oracle.make_core import lines, write

FILE = Path(__file__).with_name("numerics.json")

EXPRESSIONS = lines("""
    tf.constant([np.nan])
    tf.identity(bad)
    tf.stop_gradient(bad)
    tf.reshape(bad, [3, 1])
    tf.transpose(bad)
    tf.gather(bad, [0])
    bad[:2]
    bad[0]
    tf.stack([bad, bad])
    tf.unstack(bad)
    tf.concat([bad, bad], 0)
    tf.split(bad, 3)
    tf.tile(bad, [2])
    tf.pad(bad, [[1, 1]])
    tf.expand_dims(bad, 0)
    tf.squeeze(bad[None])
    tf.reverse(bad, [0])
    tf.sort(bad)
    tf.boolean_mask(bad, [True, False, True])
    tf.where(bad > 0.0, bad, 0.0)
    tf.broadcast_to(bad, [2, 3])
    tf.fill([2], np.inf)
    tf.gather_nd(bad, [[0]])
    tf.cast(bad, tf.float64)
    tf.tensor_scatter_nd_update(bad, [[0]], [1.0])
    tf.roll(bad, 1, 0)
    tf.repeat(bad, 2)
    tf.linalg.diag(bad)
    tf.nn.relu(bad)
    tf.clip_by_value(bad, 0.0, 1.0)
    tf.maximum(bad, 0.0)
    tf.minimum(bad, 0.0)
    tf.abs(bad)
    -bad
    bad + 1.0
    bad * 0.0
    tf.reduce_sum(bad)
    tf.reduce_max(bad)
    tf.exp(1000.0)
    tf.exp(1.0)
    tf.math.log(0.0)
    tf.sqrt(-1.0)
    tf.math.divide_no_nan(1.0, 0.0)
    tf.constant(1.0) / 0.0
    tf.constant(1.0, tf.float64) / 0.0
    tf.math.log(tf.constant([0.0, 1.0], tf.float16))
    tf.math.log(tf.constant([0.0, 1.0], tf.bfloat16))
    tf.math.is_nan(bad)
    tf.cast(bad, tf.int32) * 0
    tf.complex(1.0, np.inf)
    tf.linalg.inv([[1.0, 2.0], [3.0, 4.0]])
    tf.matmul([bad], [bad], transpose_b=True)
    v.value()
    v + 1.0
    v.assign_add([1.0, 1.0, 1.0])
    tf.math.top_k(bad, 2)
    tf.zeros_like(bad)
    tf.ones_like(bad)
    tf.one_hot([0, 1], 2)
    tf.reduce_mean(tf.zeros([0]))
    tf.nn.softmax([1000.0, -1000.0])
    tf.function(lambda x: tf.exp(x))(1000.0)
    tf.function(lambda x: tf.identity(x))(bad)
    tf.cond(tf.constant(True), lambda: tf.exp(1000.0), lambda: tf.exp(1.0))
""")


def raises(expression: str, tf: Any) -> bool:
    """Whether an expression is stopped while numerics are checked."""
    names = {"tf": tf, "np": np, "bad": tf.constant([np.nan, np.inf, 1.0])}
    names["v"] = tf.Variable([np.nan, np.inf, 1.0])
    tf.debugging.enable_check_numerics()
    try:
        eval(expression, names)
    except tf.errors.InvalidArgumentError:
        return True
    finally:
        tf.debugging.disable_check_numerics()
    return False


def main() -> None:
    """Write the file."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    content = {expression: raises(expression, tf) for expression in EXPRESSIONS}
    FILE.write_text(write(content), encoding="utf-8")


if __name__ == "__main__":
    main()
