"""Places in a graph for values that a session is given."""

from __future__ import annotations

from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.shapes import TensorShape
from eagre.core.specs import TensorSpec
from eagre.graph import placeholders
from eagre.graph.building import ground


def placeholder(dtype: Any, shape: Any = None, name: str = "Placeholder") -> Any:
    """A tensor whose value is given to each run of a session, in `feed_dict`.

    Args:
        shape: what values have to fit; sizes, or all of it, may be None.

    Raises:
        RuntimeError: operations run at once.

    >>> with tf.Graph().as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [2], name="x")
    ...     tf.compat.v1.Session().run(x + 1.0, {x: [1.0, 2.0]})
    array([2., 3.], dtype=float32)
    """
    _check_building("placeholder")
    spec = TensorSpec.of(TensorShape(shape).sizes, dtypes.as_dtype(dtype))
    return placeholders.placeholder(spec=spec)


def placeholder_with_default(input: Any, shape: Any, name: str = "PlaceholderWithDefault") -> Any:
    """A tensor that is `input` unless a run of a session is given another value.

    >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    ...     rate = tf.compat.v1.placeholder_with_default(0.5, [])
    ...     session.run(rate), session.run(rate, {rate: 0.25})
    (np.float32(0.5), np.float32(0.25))
    """
    x = to_tensor(input, name="placeholder_with_default")
    return placeholders.placeholder_with_default(
        x, spec=TensorSpec.of(TensorShape(shape).sizes, x.dtype)
    )


def _check_building(name: str) -> None:
    if ground() is None:
        raise RuntimeError(
            f"{name} expected a graph that is built by hand. Received: eager execution, where "
            "functions take values as arguments. Use `with tf.Graph().as_default():`, or "
            "tf.compat.v1.disable_eager_execution() at the beginning."
        )
