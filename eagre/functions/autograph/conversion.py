"""`convert`: a function whose control flow can go into a graph, made of the source of another.

Converted code is cached by the code that it is made of, and goes with it. The new function shares
globals, closure and defaults with the user's, so that nothing of them is held or frozen.
"""

from __future__ import annotations

import ast
import sys
import weakref
from collections.abc import Callable
from functools import partial, wraps
from importlib import import_module
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

from eagre.core.errors import OperatorNotAllowedInGraphError
from eagre.functions.autograph import statements
from eagre.functions.autograph.libraries import is_own
from eagre.functions.autograph.source import UnconvertibleError, compiled, find
from eagre.functions.autograph.syntax import OPERATORS, PREFIX, is_generated

_converted: dict[int, tuple[Any, Any]] = {}
_generated: dict[int, Any] = {}
left_alone: set[Any] = set()
"""The code of wrappers around functions that are not to be converted."""

def leave_alone(wrapper: Any) -> None:
    """Note a wrapper around a function that is not to be converted."""
    left_alone.add(wrapper.__code__)


verbosity = {"level": 0, "to_stdout": False}


def convert(function: Any) -> Any:
    """The function, with control flow over tensors that becomes graph control flow in a trace.

    Methods, partial functions and objects with a `__call__` in Python are converted likewise.
    Of what has no Python source, the thing itself.
    """
    if isinstance(function, MethodType):
        return MethodType(convert(function.__func__), function.__self__)
    if isinstance(function, partial):
        return partial(convert(function.func), *function.args, **function.keywords)
    if not isinstance(function, FunctionType):
        call = getattr(type(function), "__call__", None)  # noqa: B004
        is_object = isinstance(call, FunctionType) and not isinstance(function, type)
        return MethodType(convert(call), function) if is_object else function
    code = function.__code__
    if id(code) in _generated or code in left_alone or is_own(code):
        return function
    new = _code(code, function.__globals__)
    if new is None:
        return function
    if isinstance(new, str):
        return _explained(function, new)
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    cells[OPERATORS] = _operators()
    return like(function, new, tuple([cells[name] for name in new.co_freevars]))


def like(function: Any, code: Any, closure: Any) -> Any:
    """A function with other code and closure, and all else of `function`."""
    new = FunctionType(code, function.__globals__, function.__name__, None, closure)
    new.__defaults__ = function.__defaults__
    new.__kwdefaults__ = function.__kwdefaults__
    new.__qualname__ = function.__qualname__
    new.__module__ = function.__module__
    new.__doc__ = function.__doc__
    new.__dict__.update(function.__dict__)
    return new


def cell(value: Any) -> Any:
    """A closure's cell that holds a value."""
    return CellType(value)


_OPERATOR_CELL: list[Any] = []


def _operators() -> Any:
    if not _OPERATOR_CELL:
        _OPERATOR_CELL.append(cell(import_module("eagre.functions.autograph.operators")))
    return _OPERATOR_CELL[0]


def _code(code: Any, module: dict[str, Any]) -> Any:
    """The converted code; a text that says why there is none; None where there is no need."""
    known = _converted.get(id(code))
    if known is not None and known[0]() is code:
        return known[1]
    try:
        new: Any = _remember(_rewritten(code, module))
        _log(code, "converted")
    except UnconvertibleError as error:
        new = str(error)
        _log(code, f"not converted: {error}")
    number = id(code)
    _converted[number] = weakref.ref(code, lambda _: _converted.pop(number, None)), new
    return new


def _remember(code: Any) -> Any:
    """Note code, and what is nested in it, as made here."""
    number = id(code)
    _generated[number] = weakref.ref(code, lambda _: _generated.pop(number, None))
    for each in code.co_consts:
        if isinstance(each, CodeType) and "__qualname__" not in each.co_names:
            _remember(each)
    return code


def syntax_of(code: Any, module: dict[str, Any]) -> Any:
    """The converted syntax of the function with this code, and the class around it."""
    found = find(code, module)
    name = statements.frame_function(found.node)
    if name is not None:
        raise UnconvertibleError(f"it calls {name}, which looks at its variables")
    statements.convert(found.node)
    return found


def _rewritten(code: Any, module: dict[str, Any]) -> Any:
    found = syntax_of(code, module)
    made = compiled(found, code, OPERATORS)
    return _named(made, made.co_qualname, code.co_qualname, code.co_name)


def _named(code: Any, old: str, new: str, name: str) -> Any:
    """Code under the user's names, that of functions made of blocks included."""
    own = name if is_generated(code.co_name) else code.co_name
    path = code.co_qualname.replace(old, new, 1)
    parts = [part for part in path.split(".<locals>.") if not part.startswith(PREFIX)]
    constants = [
        _named(each, old, new, own) if isinstance(each, CodeType) else _renamed(each, old, new)
        for each in code.co_consts
    ]
    return code.replace(
        co_name=own, co_qualname=".<locals>.".join(parts), co_consts=tuple(constants)
    )


def _renamed(constant: Any, old: str, new: str) -> Any:
    """The qualified name of a class in a function, which is a constant of its code."""
    if not isinstance(constant, str) or not constant.startswith(old + ".<locals>."):
        return constant
    path = constant.replace(old, new, 1)
    return ".<locals>.".join(p for p in path.split(".<locals>.") if not p.startswith(PREFIX))


def _explained(function: Any, reason: str) -> Any:
    """The function as it is; an error about a tensor's decision says why it is not converted."""

    @wraps(function)
    def unconverted(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except OperatorNotAllowedInGraphError as error:
            text = str(error)
            if "is not converted" in text:
                raise
            raise OperatorNotAllowedInGraphError(
                f"{function.__name__.strip('<>')} is not converted: {reason}. {text}"
            ) from error

    leave_alone(unconverted)
    return unconverted


def _log(code: Any, text: str) -> None:
    if verbosity["level"]:
        stream = sys.stdout if verbosity["to_stdout"] else sys.stderr
        place = f"{code.co_filename}:{code.co_firstlineno}"
        print(f"autograph: {code.co_qualname} at {place} {text}", file=stream)


# The public functions -------------------------------------------------------------------------


def to_graph(
    entity: Any, recursive: bool = True, experimental_optional_features: Any = None
) -> Callable[..., Any]:
    """The function, with `if`, `while` and `for` over tensors that become part of a graph when
    the function is traced. Called eagerly, it does what `entity` does.

    >>> def clip(x):
    ...     if x < 0.0:
    ...         x = -x
    ...     return x
    >>> graph = tf.trace(tf.autograph.to_graph(clip), tf.TensorSpec([], tf.float32))
    >>> graph(-2.0).numpy()
    np.float32(2.0)
    """
    if not callable(entity):
        raise TypeError(f"to_graph expected a function. Received: entity={entity!r}")
    return convert(entity)


def to_code(
    entity: Any, recursive: bool = True, experimental_optional_features: Any = None
) -> str:
    """The converted function as Python source.

    >>> print(tf.autograph.to_code(lambda x: x if x > 0 else -x))
    lambda x: ag__.if_expression(x > 0, lambda: x, lambda: -x)
    """
    function = getattr(entity, "__func__", entity)
    function = getattr(function, "func", function)
    if not isinstance(function, FunctionType):
        raise TypeError(f"to_code expected a Python function. Received: entity={entity!r}")
    node = syntax_of(function.__code__, function.__globals__).node
    if not isinstance(node, ast.Lambda):
        node.decorator_list = []
    return ast.unparse(node)


def do_not_convert(func: Any = None) -> Any:
    """A decorator: the function runs as it is while the functions that call it are traced.

    >>> @tf.autograph.experimental.do_not_convert
    ... def kind(x):
    ...     return type(x).__name__
    """
    if func is None:
        return do_not_convert
    if not callable(func):
        raise TypeError(f"do_not_convert expected a function. Received: func={func!r}")

    @wraps(func)
    def unconverted(*args: Any, **options: Any) -> Any:
        return func(*args, **options)

    leave_alone(unconverted)
    return unconverted


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Say on stderr, or on stdout, which functions are converted, if `level` is above 0.

    >>> tf.autograph.set_verbosity(0)
    """
    verbosity["level"] = int(level)
    verbosity["to_stdout"] = bool(alsologtostdout)


def trace(*args: Any) -> None:
    """Print the arguments while the function is traced, not when its graph runs.

    >>> tf.autograph.trace("once")
    once
    """
    print(*args, file=sys.stdout)


def set_loop_options(
    parallel_iterations: Any = None,
    swap_memory: Any = None,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> dict[str, Any]:
    """Options for the loop in which this is the first statement.

    Args:
        maximum_iterations: after so many iterations the loop ends in any case.
        shape_invariants: pairs `(variable, shape)` for variables whose sizes change.

    >>> def repeat(x, n):
    ...     y = x
    ...     for _ in tf.range(n):
    ...         tf.autograph.experimental.set_loop_options(shape_invariants=[(y, [None])])
    ...         y = tf.concat([y, x], 0)
    ...     return y
    >>> specs = tf.TensorSpec([1]), tf.TensorSpec([], tf.int32)
    >>> tf.trace(tf.autograph.to_graph(repeat), *specs)([5.0], 2).numpy()
    array([5., 5., 5.], dtype=float32)
    """
    return {"maximum_iterations": maximum_iterations, "shape_invariants": shape_invariants}
