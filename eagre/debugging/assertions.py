"""Assertions about values: at once where the values are there, else when the graph runs."""

from __future__ import annotations

from typing import Any

from eagre.core import ambient, dtypes
from eagre.core.conversion import to_tensor
from eagre.core.dtypes import DType
from eagre.core.errors import DTypeMismatchError
from eagre.core.python_numbers import described
from eagre.core.tensor import EagerTensor, wrap
from eagre.graph.building import last_effect
from eagre.ops import math
from eagre.ops.axes import integer_of
from eagre.ops.inspecting import get_static_value
from eagre.ops.operands import operands
from eagre.ops.reductions import reduce_all
from eagre.primitives.checking import assertion
from eagre.primitives.checking import check_numerics as check_numerics_primitive
from eagre.primitives.families import EVERYTHING, NUMBERS, REALS

SHOWN = 3


def Assert(  # noqa: N802
    condition: Any, data: Any, summarize: Any = None, name: str | None = None
) -> Any:
    """An error that shows the data, unless the condition is true.

    In a graph built by hand the result is the operation, which runs where it is asked for.

    Raises:
        InvalidArgumentError: the condition, or one of its elements, is false. In a graph it is
            raised when the graph runs.

    >>> x = tf.constant([1.0, 2.0])
    >>> tf.debugging.Assert(tf.reduce_all(x > 0), [x])
    """
    if not isinstance(data, list | tuple):
        raise TypeError(f"Assert expected a list of data. Received: data={data!r}")
    values = [to_tensor(each, name="Assert(data)") for each in data]
    demanded = to_tensor(condition, dtypes.bool_, name="Assert(condition)")
    labels = ("",) * len(values)
    demand(demanded, values, "Assert expected a condition that is true.", labels, summarize)
    return last_effect()


def demand(
    condition: Any, data: Any, message: str, labels: tuple[str, ...], summarize: Any
) -> None:
    """Apply the assertion; `labels` stand before the data in the message."""
    summarize = SHOWN if summarize is None else integer_of(summarize, "summarize")
    inputs = (condition, *data)
    assertion(*inputs, message=message, labels=labels, summarize=summarize)


def worded(expectation: str, message: Any) -> str:
    """A sentence of expectation, followed by what the user has to say."""
    return f"{expectation}: {message}." if message else f"{expectation}."


def _compare(name: str, sign: str, x: Any, y: Any, message: Any, summarize: Any) -> None:
    """Demand that a comparison holds for all elements; constants of a graph are judged at once."""
    kinds = (REALS, "real numbers") if sign in _SIGNS else (EVERYTHING, "tensors")
    x, y = operands(x, y, name, *kinds)
    text = worded(f"{name} expected x {sign} y in each element", message)
    known = [get_static_value(each) for each in (x, y)]
    if not isinstance(x, EagerTensor) and all(each is not None for each in known):
        with ambient.outside(None):
            a, b = [to_tensor(each) for each in known]
            _demand_comparison(name, a, b, text, summarize)
    _demand_comparison(name, x, y, text, summarize)


def _demand_comparison(name: str, x: Any, y: Any, text: str, summarize: Any) -> None:
    compare = _COMPARISONS[name]
    demand(reduce_all(compare(x, y)), (x, y), text, ("x=", "y="), summarize)


_COMPARISONS: dict[str, Any] = {
    "assert_equal": math.equal,
    "assert_none_equal": math.not_equal,
    "assert_less": math.less,
    "assert_less_equal": math.less_equal,
    "assert_greater": math.greater,
    "assert_greater_equal": math.greater_equal,
}


def assert_equal(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x == y` in each element, after broadcasting.

    Raises:
        InvalidArgumentError: some element differs. In a graph it is raised when the graph runs.

    >>> tf.debugging.assert_equal([1, 2], [1, 2])
    >>> tf.debugging.assert_equal([1, 2], [1, 3], message="labels")
    Traceback (most recent call last):
        ...
    eagre.core.errors.InvalidArgumentError: assert_equal expected x == y in each element: labels.
    Received: x=[1 2], y=[1 3]
    """
    _compare("assert_equal", "==", x, y, message, summarize)


def assert_none_equal(
    x: Any, y: Any, summarize: Any = None, message: Any = None, name: str | None = None
) -> None:
    """An error unless `x != y` in each element, after broadcasting.

    >>> tf.debugging.assert_none_equal([1, 2], [0, 3])
    """
    _compare("assert_none_equal", "!=", x, y, message, summarize)


def assert_less(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x < y` in each element, after broadcasting.

    >>> tf.debugging.assert_less([1, 2], 3)
    """
    _compare("assert_less", "<", x, y, message, summarize)


def assert_less_equal(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x <= y` in each element, after broadcasting.

    >>> tf.debugging.assert_less_equal([1, 2], 2)
    """
    _compare("assert_less_equal", "<=", x, y, message, summarize)


def assert_greater(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x > y` in each element, after broadcasting.

    >>> tf.debugging.assert_greater([1, 2], 0)
    """
    _compare("assert_greater", ">", x, y, message, summarize)


def assert_greater_equal(
    x: Any, y: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x >= y` in each element, after broadcasting.

    >>> tf.debugging.assert_greater_equal([1, 2], 1)
    """
    _compare("assert_greater_equal", ">=", x, y, message, summarize)


# One tensor -----------------------------------------------------------------------------------


def _compare_with_zero(name: str, sign: str, x: Any, message: Any, summarize: Any) -> None:
    x = to_tensor(x, name=name)
    if x.dtype not in REALS:
        raise DTypeMismatchError(
            f"{name} expected real numbers. Received: dtype={x.dtype.name}. "
            "Use tf.cast to convert the tensor."
        )
    text = worded(f"{name} expected x {sign} 0 in each element", message)
    known = get_static_value(x)
    holds = _SIGNS[sign]
    if not isinstance(x, EagerTensor) and known is not None:
        with ambient.outside(None):
            value = to_tensor(known)
            demand(reduce_all(holds(value, 0)), (value,), text, ("x=",), summarize)
    demand(reduce_all(holds(x, 0)), (x,), text, ("x=",), summarize)


_SIGNS: dict[str, Any] = {
    "<": math.less,
    "<=": math.less_equal,
    ">": math.greater,
    ">=": math.greater_equal,
}


def assert_positive(
    x: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x > 0` in each element.

    >>> tf.debugging.assert_positive([1.0, 2.0])
    """
    _compare_with_zero("assert_positive", ">", x, message, summarize)


def assert_negative(
    x: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x < 0` in each element.

    >>> tf.debugging.assert_negative(-1.0)
    """
    _compare_with_zero("assert_negative", "<", x, message, summarize)


def assert_non_negative(
    x: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x >= 0` in each element.

    >>> tf.debugging.assert_non_negative([0.0, 1.0])
    """
    _compare_with_zero("assert_non_negative", ">=", x, message, summarize)


def assert_non_positive(
    x: Any, message: Any = None, summarize: Any = None, name: str | None = None
) -> None:
    """An error unless `x <= 0` in each element.

    >>> tf.debugging.assert_non_positive([0.0, -1.0])
    """
    _compare_with_zero("assert_non_positive", "<=", x, message, summarize)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: Any = None,
    summarize: Any = None,
    name: str | None = None,
) -> None:
    """An error unless `|x - y| < atol + rtol * |y|` in each element, after broadcasting.

    Both tolerances are by default ten times the distance from 1 to the next number of the dtype.
    Infinities and NaN are near to nothing.

    >>> tf.debugging.assert_near([1.0, 2.0], [1.0, 2.0000001])
    """
    x, y = operands(x, y, "assert_near", NUMBERS, "numbers")
    kind = x.dtype.real_dtype
    if not kind.is_floating:
        raise ValueError(
            "assert_near expected floating-point or complex numbers. "
            f"Received: dtype={x.dtype.name}"
        )
    rtol, atol = [
        to_tensor(10 * _epsilon(kind) if each is None else each, kind, name="assert_near")
        for each in (rtol, atol)
    ]
    far = math.abs(x - y)
    holds = math.less(far, atol + rtol * math.abs(y))
    text = worded("assert_near expected |x - y| < atol + rtol * |y| in each element", message)
    labels = ("x=", "y=", "rtol=", "atol=")
    demand(reduce_all(holds), (x, y, rtol, atol), text, labels, summarize)


def _epsilon(dtype: DType) -> float:
    """The distance from 1 to the next number."""
    one = wrap(dtype.numpy.type(1).reshape(()))
    bits = {2: dtypes.int16, 4: dtypes.int32, 8: dtypes.int64}[dtype.size]
    following = one.array.view(bits.numpy) + bits.numpy.type(1)
    return float(following.view(dtype.numpy)) - 1.0


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """The tensor, unless it holds NaN or infinity.

    The gradient that comes back through it is checked as well.

    Raises:
        InvalidArgumentError: some element is NaN or infinite.

    >>> tf.debugging.check_numerics([1.0, 2.0], "weights").numpy()
    array([1., 2.], dtype=float32)
    """
    return _finite("check_numerics", tensor, message)


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """The tensor, unless it holds NaN or infinity: `check_numerics`.

    >>> tf.debugging.assert_all_finite([1.0, 2.0], "weights").numpy()
    array([1., 2.], dtype=float32)
    """
    return _finite("assert_all_finite", x, message)


def _finite(name: str, x: Any, message: Any) -> Any:
    if not isinstance(message, str | bytes):
        raise TypeError(
            f"{name} expected a message that is a string. Received: message={described(message)}"
        )
    text = message.decode() if isinstance(message, bytes) else message
    return check_numerics_primitive(to_tensor(x, name=name), message=text)
