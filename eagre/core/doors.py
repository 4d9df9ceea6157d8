"""The one door through which every operation passes, and the doors that are cut from it.

`apply` hands one application of a primitive to the innermost interpreter or, when there is none,
runs the kernel; then it shows the application to the recorders. The other doors are `apply` cut to
so many inputs and parameters: the same steps in the same order, at half the cost (see
docs/decisions/eager-dispatch.md). Eagerly, kernels are called here only.
"""

from __future__ import annotations

import contextvars
from _thread import get_ident
from operator import attrgetter
from types import MethodType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from eagre.core.ambient import interpreters, recorders
from eagre.core.caller import Called
from eagre.core.conversion import as_operand, to_tensor
from eagre.core.errors import InvalidArgumentError, OpError
from eagre.core.memory import keep_freed_memory
from eagre.core.outline import SMALL
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor, as_array, next_id, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.core.primitive import Primitive

# Kernels run in a context of their own, in which NumPy is silent about overflow and division by
# zero: the results are those of IEEE 754, and the user's own NumPy settings stay untouched.
_quiet = contextvars.Context()
_quiet.run(np.seterr, all="ignore")
quietly = _quiet.run
keep_freed_memory()

ndarray = np.ndarray
_array_of = attrgetter("array")
recorder_of = recorders.get
_dtype_of = attrgetter("dtype")
NO_PARAMS: dict[str, Any] = {}
_MIXED = object()  # instead of a dtype
_TAKES_ANY_KEYWORDS = 8  # inspect.CO_VARKEYWORDS


def apply(primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
    """Do one operation: the innermost interpreter or the kernel does it, recorders see it."""
    if interpreters and (level := interpreters.get(get_ident())) is not None:
        output = level.interpret(primitive, inputs, params)
    else:
        try:
            arrays = tuple(map(_array_of, inputs))
        except AttributeError:
            _refuse_symbolic(primitive, inputs)
        signature = tuple(map(_dtype_of, arrays))
        if signature not in primitive.accepted:
            accept(primitive, inputs, params, signature)
        try:
            result = quietly(primitive.kernel, *arrays, **params)
        except Exception as error:
            result = recover(error, primitive, inputs, params)
        if result.__class__ is tuple:
            output = tuple([wrap(as_array(each)) for each in result])
        else:
            output = EagerTensor()
            output.array = result if result.__class__ is ndarray else as_array(result)
            output.id = 0
    if recorders and (recorder := recorder_of(get_ident())) is not None:
        recorder.record(primitive, inputs, params, output)
    return output


# Doors for one input --------------------------------------------------------------------------


def unary_door(primitive: Primitive) -> Callable[..., Any]:
    """The door for one input and one output that fits the parameters of a primitive."""
    names = _parameters(primitive)
    makers = (element_door, _door_with_one_parameter, _door_with_two_parameters)
    if names is None or len(names) >= len(makers):
        return _door_with_parameters(primitive)
    return makers[len(names)](primitive)


def element_door(primitive: Primitive) -> Callable[[Any], Any]:
    """`apply` for one input, one output and no parameters."""
    accepted, kernel_for_rows = primitive.accepted, primitive.kernel_for_rows
    run, kernel = way_to_run(primitive)

    def door(x: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, NO_PARAMS)
        array = x.array
        if array.dtype not in accepted:
            accept(primitive, (x,), NO_PARAMS, array.dtype)
        try:
            if kernel_for_rows is not None and array.flags.c_contiguous:
                result = quietly(kernel_for_rows, array)
            else:
                result = run(kernel, array)
        except Exception as error:
            result = recover(error, primitive, (x,), NO_PARAMS)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), NO_PARAMS, output)
        return output

    return named(door, primitive)


def _door_with_one_parameter(primitive: Primitive) -> Callable[..., Any]:
    accepted = primitive.accepted
    run, kernel = way_to_run(primitive)

    def door(x: Any, *, first: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, {"first": first})
        array = x.array
        if array.dtype not in accepted:
            accept(primitive, (x,), {"first": first}, array.dtype)
        try:
            result = run(kernel, array, first=first)
        except Exception as error:
            result = recover(error, primitive, (x,), {"first": first})
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), {"first": first}, output)
        return output

    return named(door, primitive)


def _door_with_two_parameters(primitive: Primitive) -> Callable[..., Any]:
    accepted = primitive.accepted
    run, kernel = way_to_run(primitive)

    def door(x: Any, *, first: Any, second: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, {"first": first, "second": second})
        array = x.array
        if array.dtype not in accepted:
            accept(primitive, (x,), {"first": first, "second": second}, array.dtype)
        try:
            result = run(kernel, array, first=first, second=second)
        except Exception as error:
            params = {"first": first, "second": second}
            result = recover(error, primitive, (x,), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), {"first": first, "second": second}, output)
        return output

    return named(door, primitive)


def _door_with_parameters(primitive: Primitive) -> Callable[..., Any]:
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any, **params: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, params)
        array = x.array
        if array.dtype not in accepted:
            accept(primitive, (x,), params, array.dtype)
        try:
            result = quietly(kernel, array, **params)
        except Exception as error:
            result = recover(error, primitive, (x,), params)
        output = wrap(result if result.__class__ is ndarray else as_array(result))
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), params, output)
        return output

    return named(door, primitive)


# Doors for several inputs of one dtype --------------------------------------------------------


def binary_door(primitive: Primitive) -> Callable[[Any, Any], Any]:
    """`apply` for two inputs of one dtype and no parameters; converts a right operand."""
    kernel = primitive.kernel_for_reals or primitive.kernel
    accepted, is_light = primitive.accepted, primitive.is_light
    usual: Any = None  # the first dtype accepted: comparing is cheaper than looking it up

    def door(x: Any, y: Any) -> Any:
        nonlocal usual
        if interpreters or y.__class__ is not EagerTensor or x.__class__ is not EagerTensor:
            return _operate(primitive, door, x, y)
        a = x.array
        b = y.array
        dtype = a.dtype
        if dtype is not b.dtype or (dtype is not usual and dtype not in accepted):
            accept(primitive, (x, y), NO_PARAMS, dtype)
            if dtype not in accepted:
                return apply(primitive, (x, y), NO_PARAMS)
            usual = dtype if usual is None else usual
        try:
            result = quietly(kernel, a, b)
        except Exception as error:
            result = recover(error, primitive, (x, y), NO_PARAMS)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        if (x.id or y.id) and recorders and (recorder := recorder_of(get_ident())) is not None:
            if is_light and result.nbytes <= SMALL:
                output.id = next_id()
                recorder.append((primitive, (x, y), NO_PARAMS, output))
                return output
            output.id = 0
            recorder.record(primitive, (x, y), NO_PARAMS, output)
            return output
        output.id = 0
        return output

    return named(door, primitive)


def pair_door(primitive: Primitive) -> Callable[..., Any]:
    """`apply` for two inputs of one dtype, with two parameters."""
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any, y: Any, *, first: Any, second: Any) -> Any:
        if interpreters or y.__class__ is not EagerTensor or x.__class__ is not EagerTensor:
            return apply(primitive, (x, y), {"first": first, "second": second})
        a = x.array
        b = y.array
        dtype = a.dtype
        if dtype is not b.dtype or dtype not in accepted:
            accept(primitive, (x, y), {"first": first, "second": second}, dtype)
        try:
            result = quietly(kernel, a, b, first=first, second=second)
        except Exception as error:
            params = {"first": first, "second": second}
            result = recover(error, primitive, (x, y), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if (x.id or y.id) and recorders and (recorder := recorder_of(get_ident())) is not None:
            params = {"first": first, "second": second}
            recorder.record(primitive, (x, y), params, output)
        return output

    return named(door, primitive)


def handle_door(primitive: Primitive) -> Callable[[Any, Any], Any]:
    """`apply` for the handle of a variable and a value, where the kernel is silent and refuses
    dtypes by itself."""
    run, kernel = way_to_run(primitive)

    def door(handle: Any, value: Any) -> Any:
        if interpreters or value.__class__ is not EagerTensor:
            return apply(primitive, (handle, value), NO_PARAMS)
        try:
            result = run(kernel, handle.array, value.array)
        except Exception as error:
            result = recover(error, primitive, (handle, value), NO_PARAMS)
        output = EagerTensor()
        output.array = result
        output.id = 0
        if recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (handle, value), NO_PARAMS, output)
        return output

    return named(door, primitive)


def list_door(primitive: Primitive, name: str) -> Callable[[Any, Any], Any]:
    """`apply` for a list of inputs of one dtype and the parameter `name`, by `kernel_of_list`."""
    accepted, kernel = primitive.accepted, primitive.kernel_of_list

    def door(inputs: Any, parameter: Any) -> Any:
        if interpreters or not inputs:
            return apply(primitive, tuple(inputs), {name: parameter})
        arrays: list[Any] = []
        dtype = None
        for x in inputs:
            if x.__class__ is not EagerTensor:
                _refuse_symbolic(primitive, inputs)
            array = x.array
            arrays.append(array)
            if array.dtype is not dtype:
                dtype = array.dtype if dtype is None else _MIXED
        if dtype not in accepted:
            return _apply_to_list(primitive, inputs, {name: parameter}, dtype)
        try:
            result = kernel(arrays, parameter)
        except Exception as error:
            result = recover(error, primitive, inputs, {name: parameter})
        output = EagerTensor()
        output.array = result
        output.id = 0
        if recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, tuple(inputs), {name: parameter}, output)
        return output

    return named(door, primitive)


def reflected_door(door: Callable[[Any, Any], Any], primitive: Primitive) -> Any:
    """The door of `other <operator> tensor`."""

    def reflected(x: Any, other: Any) -> Any:
        operand = as_operand(other, x, primitive.public)
        return operand if operand is NotImplemented else door(operand, x)

    return named(reflected, primitive)


# Making doors ---------------------------------------------------------------------------------


def _parameters(primitive: Primitive) -> tuple[str, ...] | None:
    """The names of the parameters of a primitive: the keywords of its shape rule, unless it takes
    any."""
    rule = type(primitive).infer.__code__
    if rule.co_flags & _TAKES_ANY_KEYWORDS:
        return None
    return rule.co_varnames[rule.co_argcount : rule.co_argcount + rule.co_kwonlyargcount]


def way_to_run(primitive: Primitive) -> tuple[Any, Any]:
    """`run` and `kernel`, so that `run(kernel, array)` calls the kernel.

    A kernel of which NumPy has nothing to report is called by itself: its first argument is then
    the primitive, of which it is a method.
    """
    kernel = primitive.kernel
    if primitive.is_silent and kernel.__class__ is MethodType:
        return kernel.__func__, kernel.__self__
    return quietly, kernel


def named(door: Any, primitive: Primitive) -> Any:
    """Give a door the name of its primitive, by which debuggers and profilers show it, and its
    parameters their names: keywords are cheaper where they need not be gathered in a dictionary."""
    name = primitive.name
    code = door.__code__.replace(co_name=name, co_qualname=name)
    if code.co_kwonlyargcount:
        new: dict[str, str] = {}
        for old, now in zip(("first", "second"), _parameters(primitive) or (), strict=False):
            new[old] = now
        code = code.replace(
            co_varnames=_renamed(code.co_varnames, new),
            co_consts=tuple([_renamed(constant, new) for constant in code.co_consts]),
        )
        door.__annotations__ = {new.get(k, k): kind for k, kind in door.__annotations__.items()}
    door.__code__ = code
    door.__name__ = door.__qualname__ = name
    door.primitive = primitive
    return door


def _renamed(constant: Any, new: dict[str, str]) -> Any:
    """A name, or a tuple of names, with the new ones."""
    if constant.__class__ is tuple:
        return tuple([_renamed(each, new) for each in constant])
    return new.get(constant, constant) if constant.__class__ is str else constant


# What is rare ---------------------------------------------------------------------------------


def _apply_to_one(primitive: Primitive, x: Any, params: dict[str, Any]) -> Any:
    """The rarer ways through a door for one: a value to convert, or a symbolic tensor."""
    if not isinstance(x, Tensor):
        x = to_tensor(x, name=primitive.public)
    return apply(primitive, (x,), params)


def _apply_to_list(primitive: Primitive, inputs: Any, params: dict[str, Any], dtype: Any) -> Any:
    """The rarer ways through a door for a list: a dtype met for the first time. Where there are
    several, the shape rule raises."""
    output = apply(primitive, tuple(inputs), params)
    if dtype is not _MIXED:
        primitive.accepted.add(dtype)
    return output


def _operate(primitive: Primitive, door: Any, x: Any, y: Any) -> Any:
    """The rarer ways through a binary door: conversions, interpreters, symbolic tensors."""
    if not isinstance(y, Tensor):
        y = as_operand(y, x, primitive.public)
        if y is NotImplemented:
            return NotImplemented
        if not interpreters and x.__class__ is EagerTensor and y.__class__ is EagerTensor:
            return door(x, y)
    return apply(primitive, (x, y), NO_PARAMS)


def accept(primitive: Primitive, inputs: Any, params: dict[str, Any], key: Any) -> None:
    """Let the shape rule judge dtypes met for the first time, and remember those that pass."""
    is_apart = primitive.kernel_for_reals is not None and getattr(key, "kind", "") == "c"
    if is_apart and (key,) * len(inputs) in primitive.accepted:
        return  # `apply` has met them, which does what this kernel cannot
    _check(primitive, inputs, params)
    if not primitive.checks_always and not is_apart:
        primitive.accepted.add(key)


def _check(primitive: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    return primitive.infer(*[x.spec for x in inputs], **params)


def recover(error: Exception, primitive: Primitive, inputs: Any, params: dict[str, Any]) -> Any:
    """Answer an exception from a kernel: run it elsewhere, or word the error for the user."""
    if isinstance(error, RuntimeError) and "cannot enter context" in str(error):
        # Another kernel is running: in another thread, or further out in this one.
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        try:
            return context.run(primitive.kernel, *[x.array for x in inputs], **params)
        except Exception as other:
            error = other
    raise reworded(error, primitive, inputs, params)


def reworded(error: Exception, primitive: Primitive, inputs: Any, params: Any) -> Exception:
    """The error for the user where a kernel raised one: what the shape rule says, if it refuses."""
    if isinstance(error, OpError | MemoryError):
        return error
    try:
        _check(primitive, inputs, params)
    except (OpError, ValueError, TypeError) as reason:
        reason.__suppress_context__ = True
        return reason
    if isinstance(error, ValueError | IndexError | TypeError | OverflowError):
        other = InvalidArgumentError(f"{primitive.public}: {error}")
        other.__cause__ = error
        return other
    return error


def _refuse_symbolic(primitive: Primitive, inputs: tuple[Any, ...]) -> NoReturn:
    for x in inputs:
        if isinstance(x, SymbolicTensor):
            raise x.has_no_value(f"{Called(primitive.public)}")
    kinds = ", ".join(type(x).__name__ for x in inputs)
    raise TypeError(f"{primitive.public} expected tensors. Received: {kinds}")
