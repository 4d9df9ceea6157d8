"""Functions that stand between the layers of a neural network, element by element or by vector."""

from __future__ import annotations

from math import isfinite, pi, sqrt
from typing import Any

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError
from eagre.ops.axes import integer_of
from eagre.primitives import (
    activations,
    arithmetic,
    error_functions,
    rearrangement,
    transcendental,
)
from eagre.primitives.comparison import select
from eagre.primitives.families import FLOATS


def check_floats(name: str, **tensors: Any) -> None:
    """Raise InvalidArgumentError unless all tensors have one floating-point dtype."""
    found = [tensor.dtype for tensor in tensors.values()]
    if not found[0].is_floating or any(dtype != found[0] for dtype in found):
        received = ", ".join(f"{key}.dtype={x.dtype.name}" for key, x in tensors.items())
        raise DTypeMismatchError(
            f"{name} expected a floating-point dtype, the same for all. Received: {received}"
        )


def relu(features: Any, name: str | None = None) -> Any:
    """max(x, 0), element by element.

    The gradient at 0 is 0. Fukushima, "Visual feature extraction by a multilayered network of
    analog threshold elements", 1969.

    >>> tf.nn.relu([-2.0, 3.0]).numpy()
    array([0., 3.], dtype=float32)
    """
    return activations.relu.door(to_tensor(features))


def relu6(features: Any, name: str | None = None) -> Any:
    """min(max(x, 0), 6), element by element.

    Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.

    >>> tf.nn.relu6([-2.0, 3.0, 8.0]).numpy()
    array([0., 3., 6.], dtype=float32)
    """
    return activations.relu6.door(to_tensor(features))


def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Any:
    """x where it is positive, else alpha * x; integers become float32.

    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    >>> tf.nn.leaky_relu([-1.0, 3.0]).numpy()
    array([-0.2,  3. ], dtype=float32)
    """
    x = to_tensor(features)
    if x.dtype.is_integer:
        x = arithmetic.cast(x, dtype=dtypes.float32)
    if x.dtype in FLOATS and alpha.__class__ is float and isfinite(alpha):
        return activations.leaky_relu.door(x, alpha=alpha)
    return select(x > 0, x, x * alpha)


def elu(features: Any, name: str | None = None) -> Any:
    """x where it is positive, else exp(x) - 1.

    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
    linear units (ELUs)", 2015.

    >>> tf.nn.elu([0.0, 3.0]).numpy()
    array([0., 3.], dtype=float32)
    """
    return activations.elu.door(features)


def selu(features: Any, name: str | None = None) -> Any:
    """scale * x where it is positive, else scale * alpha * (exp(x) - 1).

    alpha = 1.6733 and scale = 1.0507 keep mean 0 and variance 1. Klambauer et al.,
    "Self-normalizing neural networks", 2017.

    >>> tf.nn.selu([0.0, 1.0]).numpy()
    array([0.      , 1.050701], dtype=float32)
    """
    return activations.selu.door(features)


def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """x times the probability that a standard normal variable is smaller than x.

    `approximate` computes that probability by a tanh. Hendrycks and Gimpel, "Gaussian error
    linear units (GELUs)", 2016.

    Raises:
        ValueError: `features` is not of a floating-point dtype.

    >>> tf.nn.gelu([0.0, 6.0]).numpy()
    array([0., 6.], dtype=float32)
    """
    x = to_tensor(features)
    if not x.dtype.is_floating:
        raise ValueError(f"gelu expected a floating-point dtype. Received: {x.dtype.name}")
    if approximate:
        inner = (x + x * x * x * 0.044715) * sqrt(2.0 / pi)
        return x * 0.5 * (transcendental.tanh(inner) + 1.0)
    return x * error_functions.normal_cdf.door(x)


def silu(features: Any, beta: Any = 1.0) -> Any:
    """x times sigmoid(beta * x), also known as swish.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning", 2017; Ramachandran, Zoph and Le, "Searching for
    activation functions", 2017.

    >>> tf.nn.silu([0.0, 20.0]).numpy()
    array([ 0., 20.], dtype=float32)
    """
    x = to_tensor(features)
    if not x.dtype.is_complex:
        check_floats("silu", features=x)
    is_plain = beta.__class__ is float and beta == 1.0
    return x * transcendental.sigmoid.door(x if is_plain else x * beta)


swish = silu


def softsign(features: Any, name: str | None = None) -> Any:
    """x / (abs(x) + 1).

    >>> tf.nn.softsign([-1.0, 3.0]).numpy()
    array([-0.5 ,  0.75], dtype=float32)
    """
    return activations.softsign.door(features)


def softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    """exp(x) over its sum along an axis, by default the last.

    >>> tf.nn.softmax([0.0, 0.0]).numpy()
    array([0.5, 0.5], dtype=float32)
    """
    axis = -1 if axis is None else integer_of(axis)
    return transcendental.softmax.door(to_tensor(logits), axis=axis)


def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    """x minus the logarithm of the sum of exp(x) along an axis, by default the last.

    >>> tf.nn.log_softmax([0.0, 0.0]).numpy()
    array([-0.6931472, -0.6931472], dtype=float32)
    """
    axis = -1 if axis is None else integer_of(axis)
    return transcendental.log_softmax.door(to_tensor(logits), axis=axis)


def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """relu(x) and relu(-x), one behind the other along an axis.

    Shang et al., "Understanding and improving convolutional neural networks via concatenated
    rectified linear units", 2016.

    >>> tf.nn.crelu([-1.0, 2.0]).numpy()
    array([0., 2., 1., 0.], dtype=float32)
    """
    x = to_tensor(features)
    return relu(rearrangement.concat(x, -x, axis=integer_of(axis, takes_lists=True)))
