"""Linear systems solved by products alone.

Hestenes and Stiefel, "Methods of conjugate gradients for solving linear systems", 1952.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from eagre.control.looping import while_loop
from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.core.shapes import are_compatible
from eagre.ops.creation import zeros_like
from eagre.ops.math import logical_and
from eagre.ops.norms import norm
from eagre.ops.reductions import reduce_any, reduce_sum
from eagre.ops.shaping import cast, expand_dims
from eagre.primitives.arithmetic import conjugated
from eagre.state.linear_operators.batches import batch_of, common_batch, share_batch, with_batch


class CGState(NamedTuple):
    """What `conjugate_gradient` returns: after `i` steps the solution `x` and the residual `r`.

    `p` is the direction of the next step, `gamma` the product of the residual with itself, or
    with the preconditioned one.
    """

    i: Any
    x: Any
    r: Any
    p: Any
    gamma: Any


def conjugate_gradient(
    operator: Any,
    rhs: Any,
    preconditioner: Any = None,
    x: Any = None,
    tol: Any = 1e-05,
    max_iter: Any = 20,
    name: str = "conjugate_gradient",
) -> CGState:
    """The x whose products with `operator` are the vectors `rhs` [..., rows], step by step.

    Args:
        operator: a `LinearOperator` with the hints `is_self_adjoint` and
            `is_positive_definite`.
        preconditioner: an operator, nearly the inverse of the first one.
        x: where to begin; by default 0.
        tol: the norm of the residual, in parts of that of `rhs`, at which a vector is done.
        max_iter: the largest number of steps.

    Raises:
        ValueError: the operator lacks a hint, or `rhs` does not have its rows.

    >>> matrix = [[4.0, 1.0], [1.0, 3.0]]
    >>> operator = tf.linalg.LinearOperatorFullMatrix(
    ...     matrix, is_self_adjoint=True, is_positive_definite=True)
    >>> state = tf.linalg.experimental.conjugate_gradient(operator, [1.0, 2.0])
    >>> state.i.numpy(), state.x.numpy().round(4)
    (np.int32(2), array([0.0909, 0.6364], dtype=float32))
    """
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise ValueError(
            "conjugate_gradient expected an operator with the hints is_self_adjoint=True and "
            f"is_positive_definite=True. Received: is_self_adjoint={operator.is_self_adjoint}, "
            f"is_positive_definite={operator.is_positive_definite}"
        )
    rhs = _vectors(operator, preconditioner, rhs, "rhs")
    start = zeros_like(rhs) if x is None else _vectors(operator, preconditioner, x, "x")
    start, rhs = share_batch(start, rhs, inner=1)
    limits = cast(norm(rhs, axis=-1), rhs.dtype.real_dtype) * tol
    residual = rhs if x is None else rhs - operator.matvec(start)
    direction = _improved(preconditioner, residual)
    state = CGState(
        to_tensor(0, dtypes.int32), start, residual, direction, _dot(residual, direction)
    )
    (final,) = while_loop(
        lambda state: logical_and(
            state.i < max_iter, reduce_any(cast(norm(state.r, axis=-1), limits.dtype) > limits)
        ),
        lambda state: (_step(operator, preconditioner, state),),
        (state,),
    )
    return final


def _step(operator: Any, preconditioner: Any, state: CGState) -> CGState:
    """One step along the direction, and the next direction, which the operator sees as a right
    angle to all before."""
    image = operator.matvec(state.p)
    length = expand_dims(state.gamma / _dot(state.p, image), -1)
    residual = state.r - length * image
    improved = _improved(preconditioner, residual)
    gamma = _dot(residual, improved)
    direction = improved + expand_dims(gamma / state.gamma, -1) * state.p
    return CGState(state.i + 1, state.x + length * state.p, residual, direction, gamma)


def _improved(preconditioner: Any, residual: Any) -> Any:
    return residual if preconditioner is None else preconditioner.matvec(residual)


def _dot(x: Any, y: Any) -> Any:
    return reduce_sum(conjugated(x) * y, -1)


def _vectors(operator: Any, preconditioner: Any, value: Any, word: str) -> Any:
    """The vectors of an argument, with the leading axes of all that takes part."""
    x = to_tensor(value, hint=operator.dtype, name=f"conjugate_gradient({word})")
    if x.dtype != operator.dtype:
        raise DTypeMismatchError(
            f"conjugate_gradient expected {word} of the operator's dtype {operator.dtype.name}. "
            f"Received: {word}.dtype={x.dtype.name}. Use tf.cast to convert it."
        )
    rows = operator.range_dimension
    if x.ndim == 0 or (x.sizes is not None and not are_compatible(x.sizes[-1:], (rows,))):
        raise ValueError(
            f"conjugate_gradient expected {word} [..., {rows}], for an operator of shape "
            f"{operator.shape}. Received: {word}.shape={x.shape}"
        )
    operators = [each for each in (operator, preconditioner) if each is not None]
    batches = [each.known_batch() for each in operators]
    batch = common_batch(batch_of(x, 1), *batches, name="conjugate_gradient")
    return with_batch(x, batch, 1)
