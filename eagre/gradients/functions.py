"""Gradients in the form of functions, as in the announcement of eager execution (2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.conversion import to_tensor
from eagre.gradients.tape import GradientTape

if TYPE_CHECKING:
    from collections.abc import Callable


def value_and_gradients_function(
    f: Callable[..., Any], params: Any = None
) -> Callable[..., tuple[Any, list[Any]]]:
    """A function that returns the value of `f` and its gradients with respect to its arguments.

    Args:
        f: takes tensors, returns a tensor or a structure of them (whose sum is differentiated).
        params: positions of the arguments to differentiate by; all by default.

    >>> tf.value_and_gradients_function(lambda x, y: x * y)(2.0, 3.0)[0].numpy()
    np.float32(6.0)
    """
    positions = None if params is None else [int(each) for each in params]

    def value_and_gradients(*args: Any) -> tuple[Any, list[Any]]:
        tensors = [structure.map_structure(to_tensor, arg) for arg in args]
        chosen = tensors if positions is None else [tensors[i] for i in positions]
        with GradientTape() as tape:
            tape.watch(chosen)
            value = f(*tensors)
        if value is None:
            raise ValueError(
                "gradients_function expected a function that returns a tensor. Received: None"
            )
        return value, tape.gradient(value, chosen)

    return value_and_gradients


def gradients_function(f: Callable[..., Any], params: Any = None) -> Callable[..., list[Any]]:
    """A function that returns the gradients of `f` with respect to its arguments.

    >>> def square(x):
    ...     return x * x
    >>> tf.gradients_function(square)(10.0)[0].numpy()
    np.float32(20.0)
    """
    both = value_and_gradients_function(f, params)

    def gradients(*args: Any) -> list[Any]:
        return both(*args)[1]

    return gradients


def implicit_value_and_gradients(f: Callable[..., Any]) -> Callable[..., tuple[Any, list[Any]]]:
    """A function that returns the value of `f` and pairs of a gradient and a variable.

    The variables are those that `f` reads while it runs, if they are trainable; the pairs are
    what `apply_gradients` of an optimizer takes.

    Raises:
        ValueError: when called, `f` reads no such variable, or returns None.

    >>> w = tf.Variable(3.0)
    >>> value, pairs = tf.contrib.eager.implicit_value_and_gradients(lambda x: w * x)(2.0)
    >>> value.numpy(), [(grad.numpy(), variable is w) for grad, variable in pairs]
    (np.float32(6.0), [(np.float32(2.0), True)])
    """

    def value_and_gradients(*args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        with GradientTape() as tape:
            value = f(*args, **kwargs)
        variables = tape.watched_variables()
        if value is None or not variables:
            wanted = "returns a tensor" if value is None else "reads trainable variables"
            came = "None" if value is None else "one that reads none"
            raise ValueError(
                f"implicit_gradients expected a function that {wanted}. Received: {came}"
            )
        grads = tape.gradient(value, variables)
        return value, list(zip(grads, variables, strict=True))

    return value_and_gradients


def implicit_gradients(f: Callable[..., Any]) -> Callable[..., list[Any]]:
    """A function that returns pairs of a gradient of `f` and a variable that it reads.

    >>> w = tf.Variable(3.0)
    >>> pairs = tf.contrib.eager.implicit_gradients(lambda: w * w)()
    >>> optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.25)
    >>> optimizer.apply_gradients(pairs)
    >>> w.numpy()
    np.float32(1.5)
    """
    both = implicit_value_and_gradients(f)

    def gradients(*args: Any, **kwargs: Any) -> list[Any]:
        return both(*args, **kwargs)[1]

    return gradients
