"""What is called from converted code: the user's functions converted, all others as they are."""

from __future__ import annotations

from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from eagre.core import ambient
from eagre.functions.autograph import conversion
from eagre.functions.autograph.libraries import is_library
from eagre.functions.effects import note_call

_TAKES_FUNCTIONS = ("eagre.control.", "eagre.transforms.", "eagre.gradients.")
_CALLS_PYTHON = "eagre.control.host_calls"


def called(function: Any) -> Any:
    """What converted code calls where the source calls `function`."""
    if ambient.executing_eagerly():
        return function
    kind: Any = function.__class__
    if kind is FunctionType:
        if is_library(function.__code__):
            return _of_library(function)
        return conversion.convert(function)
    if kind is BuiltinFunctionType:
        note_call(function)
        return _in_graphs(function)
    if kind is type:
        return _in_graphs(function)
    if kind is MethodType:
        return _of_method(function)
    if kind is partial:
        return partial(called(function.func), *function.args, **function.keywords)
    if not isinstance(function, type):
        call: Any = getattr(kind, "__call__", None)  # noqa: B004 that of the class is wanted
        if call.__class__ is FunctionType and not is_library(call.__code__):
            return MethodType(conversion.convert(call), function)
    return function


def _of_method(method: Any) -> Any:
    function = method.__func__
    if function.__class__ is not FunctionType or is_library(function.__code__):
        note_call(method)
        return method
    return MethodType(conversion.convert(function), method.__self__)


def _of_library(function: Any) -> Any:
    """A function of a library: the user's function that it wraps, or takes, is converted."""
    wrapped = getattr(function, "__wrapped__", None)
    if wrapped is not None and function.__code__ not in conversion.left_alone:
        return _rewrapped(function, wrapped)
    module = function.__module__ or ""
    if module.startswith(_TAKES_FUNCTIONS) and module != _CALLS_PYTHON:
        return partial(_with_functions, function)
    return _in_graphs(function)


def _in_graphs(function: Any) -> Any:
    """What stands in for a function while tracing: `len` of a tensor is a tensor."""
    from eagre.functions.autograph.builtin_functions import IN_GRAPHS

    return IN_GRAPHS.get(function, function)


def _rewrapped(function: Any, wrapped: Any) -> Any:
    """A wrapper around the converted function; its code stays as it is."""
    cells: list[Any] = list(function.__closure__ or ())
    inside = [_content(cell) is wrapped for cell in cells]
    if not any(inside) or wrapped.__class__ is not FunctionType or is_library(wrapped.__code__):
        return function
    new = conversion.cell(conversion.convert(wrapped))
    closure = tuple([new if is_it else c for is_it, c in zip(inside, cells, strict=True)])
    return conversion.like(function, function.__code__, closure)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _with_functions(function: Any, /, *args: Any, **options: Any) -> Any:
    """Call a function that takes functions, such as `tf.cond`, with converted ones."""
    given = {name: _converted(value) for name, value in options.items()}
    return function(*[_converted(value) for value in args], **given)


def _converted(value: Any) -> Any:
    """What a function is given: functions converted, also those in partial functions."""
    is_function = value.__class__ in (FunctionType, MethodType, partial)
    return called(value) if is_function else value
