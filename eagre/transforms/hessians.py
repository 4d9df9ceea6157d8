"""`tf.hessians`: second derivatives of tensors of a graph, added to that graph."""

from __future__ import annotations

from typing import Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.gradients.symbolic import gradients, open_trace
from eagre.primitives.constants import constant
from eagre.transforms.jacobian import jacobian_in_graph


def hessians(
    ys: Any,
    xs: Any,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    name: str = "hessians",
) -> list[Any]:
    """The second derivatives of the sum of `ys` by the elements of each of `xs`, within a graph.

    That by `x` has the shape of `x` twice.

    Raises:
        RuntimeError: operations run at once; use `tf.GradientTape`.
        ValueError: `ys` do not depend on one of `xs`.

    >>> @tf.function
    ... def curvature(x):
    ...     return tf.hessians(x[0] * x[0] * x[1], x)
    >>> curvature(tf.constant([1.0, 2.0]))[0].numpy()
    array([[4., 2.],
           [2., 0.]], dtype=float32)
    """
    level = open_trace("hessians")
    result: list[Any] = []
    for x, grad in zip(structure.flatten(xs), gradients(ys, xs), strict=True):
        if grad is None:
            raise ValueError(
                f"hessians expected ys that depend on each of xs. Received: {x!r}, on which they "
                "do not"
            )
        source = level.inside(getattr(x, "handle", x), constant)
        result.append(jacobian_in_graph(level, to_tensor(grad), source))
    return result
