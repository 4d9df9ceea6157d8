"""Primitives, their applications, and the one door through which every operation passes.

A `Primitive` is an operation that is not composed of others, with all that eagre knows of it: its
rules. `apply` hands one application of it to the innermost interpreter or, when there is none,
runs the kernel; then it shows the application to the recorders. The doors below are `apply` cut to
one input and to two of one dtype: the same steps in the same order, at half the cost (see
docs/decisions/eager-dispatch.md). Eagerly, kernels are called here only.
"""

from __future__ import annotations

import contextvars
from _thread import get_ident
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from eagre.core.ambient import interpreters, recorders
from eagre.core.caller import Called
from eagre.core.conversion import as_operand, to_tensor
from eagre.core.errors import InvalidArgumentError, OpError
from eagre.core.in_graph import OperationInGraph
from eagre.core.outline import SMALL, outline
from eagre.core.tensor import EagerTensor, SymbolicTensor, Tensor, as_array, next_id, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

# Kernels run in a context of their own, in which NumPy is silent about overflow and division by
# zero: the results are those of IEEE 754, and the user's own NumPy settings stay untouched.
_quiet = contextvars.Context()
_quiet.run(np.seterr, all="ignore")
quietly = _quiet.run

ndarray = np.ndarray
_array_of = attrgetter("array")
recorder_of = recorders.get
_dtype_of = attrgetter("dtype")
NO_PARAMS: dict[str, Any] = {}


class Primitive:
    """An operation that others are made of, with all its rules.

    A subclass defines `infer` and `kernel`, and `gradient` when it is differentiable. Tensors and
    arrays are positional, static parameters are keywords; several outputs are a tuple.
    """

    name: str = ""
    """The name in graphs and messages; by default the name of the class in snake_case."""

    public: str = ""
    """The name of the public function that a message begins with; by default `name`."""

    effect: str | None = None
    """What the operation does besides its value: "read", "write", "random", "visible", or "check"
    where it may only fail."""

    can_fail: bool = False
    """Whether the kernel may raise because of values (not of shapes or dtypes)."""

    is_exact: bool = False
    """Whether each element of the output is a moved one, or one correctly rounded step away: the
    bits depend neither on the memory layout nor on what is computed together with it."""

    checks_always: bool = False
    """Whether `infer` has to run before every eager kernel. Where it is False, the kernel refuses
    by itself all shapes and parameters that `infer` refuses, and `infer` only words the error."""

    needs: tuple[str, ...] | None = None
    """The arguments of `gradient` whose values it reads; of the others it reads only shape and
    dtype, and a tape does not keep them. None means all."""

    broadcasts: bool = False
    """Whether inputs broadcast: their gradients are then summed to the inputs' shapes."""

    has_one_input: bool = False
    """Whether the kernel takes one array and returns one: such primitives have a door for one."""

    is_light: bool = False
    """Whether it is elementwise with two inputs: where the output is small, so are the inputs."""

    reads_variables: bool = False
    """Whether the handles among the inputs are of variables that are read."""

    stops_gradients: bool = False
    """Whether the output has no gradient by its nature (comparisons, indices, steps)."""

    def __init__(self) -> None:
        self.name = self.name or _snake_case(type(self).__name__)
        self.public = self.public or self.name
        self.is_light = self.is_light and not self.stops_gradients
        self.accepted: set[Any] = set()
        self.kept, self.keeps_output = self._what_to_keep()
        self.door: Callable[..., Any] = unary_door(self) if self.has_one_input else self._general

    # The rules --------------------------------------------------------------------------------

    def infer(self, *specs: Any, **params: Any) -> Any:
        """The spec of the output, or a tuple of specs; raises when the inputs do not fit."""
        raise NotImplementedError(f"{self.name} has no shape rule")

    kernel: Any
    """`(*arrays, **params) -> array(s)`: the value, computed by NumPy."""

    kernel_for_reals: Any = None
    """The kernel for a door, where that of complex numbers has to take more care."""

    def gradient(self, grad: Any, output: Any, *inputs: Any, **params: Any) -> Any:
        """For each input its gradient, a function without arguments that computes it, or None.

        Where an input's gradient costs work that another's does not need, the rule returns a
        function, which is called only if that gradient is wanted.
        """
        raise LookupError(f"{self.name} has no gradient")

    gradients: Any = None
    """`(wanted, grad, output, inputs, params) -> grads` in place of `gradient`, for a primitive
    that computes all wanted gradients in one operation."""

    vectorize: Any = None
    """`(batched, *inputs, **params) -> output(s)`: the same for a whole batch at once, as
    eagre/primitives/batching.py tells; None where examples are done one by one."""

    accumulate: Any = None
    """`(wanted, sums, grads, output, inputs, params)` in place of `gradient`, for a primitive that
    adds to the sums of gradients itself. `wanted` are for each input the key of its sum, or None;
    `grads` are for each output its gradient, or None."""

    recording: Any = None
    """`(params) -> params` for one application that a recorder sees, of a primitive that holds
    graphs: with further outputs, for what a gradient reads and cannot compute again."""

    # Applying it ------------------------------------------------------------------------------

    def __call__(self, *inputs: Tensor, **params: Any) -> Any:
        if self.has_one_input and len(inputs) != 1:
            return apply(self, inputs, params)
        return self.door(*inputs, **params)

    def _general(self, *inputs: Tensor, **params: Any) -> Any:
        return apply(self, inputs, params)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    @property
    def is_differentiable(self) -> bool:
        """Whether this primitive has a gradient rule."""
        rules = (self.gradients, self.accumulate)
        return rules != (None, None) or type(self).gradient is not Primitive.gradient

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """The inputs and the output as a tape keeps them: those that `gradient` does not read
        without their values, unless they are too small to matter."""
        kept = self.kept
        if kept is not None:
            inputs = tuple([x if i in kept else outline(x) for i, x in enumerate(inputs)])
        if self.keeps_output:
            return inputs, output
        if output.__class__ is tuple:
            return inputs, tuple([outline(x) for x in output])
        return inputs, outline(output)

    def _what_to_keep(self) -> tuple[frozenset[int] | None, bool]:
        if self.needs is None:
            return None, True
        rule = type(self).gradient.__code__
        names = rule.co_varnames[3 : rule.co_argcount]
        unknown = set(self.needs) - {*names, "output", "inputs"}
        if unknown:
            raise TypeError(f"{self.name}.needs names what gradient does not take: {unknown}")
        keeps_output = "output" in self.needs
        if "inputs" in self.needs or (names and set(names) <= set(self.needs)):
            return None, keeps_output
        return frozenset(i for i, name in enumerate(names) if name in self.needs), keeps_output


class Operation(OperationInGraph):
    """One application of a primitive in a graph, with the user's line that asked for it."""

    __slots__ = (
        "graph", "has_several_outputs", "inputs", "label", "line", "outputs", "params", "primitive"
    )
    graph: Any
    label: str | None
    """The name in a graph built by hand."""

    def __init__(
        self,
        primitive: Primitive,
        inputs: tuple[Tensor, ...],
        params: dict[str, Any],
        line: str,
    ) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.line = line
        self.outputs: tuple[SymbolicTensor, ...] = ()
        self.has_several_outputs = False
        self.label = None

    @property
    def name(self) -> str:
        """The name in a graph built by hand, and else that of the primitive."""
        return self.label or self.primitive.name

    def __repr__(self) -> str:
        return f"<operation {self.primitive.name} at {self.line}>"


# The door -------------------------------------------------------------------------------------


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
            _accept(primitive, inputs, params, signature)
        try:
            result = quietly(primitive.kernel, *arrays, **params)
        except Exception as error:
            result = _recover(error, primitive, inputs, params)
        if result.__class__ is tuple:
            output = tuple([wrap(as_array(each)) for each in result])
        else:
            output = EagerTensor()
            output.array = result if result.__class__ is ndarray else as_array(result)
            output.id = 0
    if recorders and (recorder := recorder_of(get_ident())) is not None:
        recorder.record(primitive, inputs, params, output)
    return output


def unary_door(primitive: Primitive) -> Callable[..., Any]:
    """`apply` for one input and one output."""
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any, **params: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, params)
        array = x.array
        if array.dtype not in accepted:
            _accept(primitive, (x,), params, array.dtype)
        try:
            result = quietly(kernel, array, **params)
        except Exception as error:
            result = _recover(error, primitive, (x,), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), params, output)
        return output

    return _named(door, primitive)


def element_door(primitive: Primitive) -> Callable[[Any], Any]:
    """`apply` for one input, one output and no parameters."""
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any) -> Any:
        if interpreters or x.__class__ is not EagerTensor:
            return _apply_to_one(primitive, x, NO_PARAMS)
        array = x.array
        if array.dtype not in accepted:
            _accept(primitive, (x,), NO_PARAMS, array.dtype)
        try:
            result = quietly(kernel, array)
        except Exception as error:
            result = _recover(error, primitive, (x,), NO_PARAMS)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if x.id and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x,), NO_PARAMS, output)
        return output

    return _named(door, primitive)


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
            _accept(primitive, (x, y), NO_PARAMS, dtype)
            if dtype not in accepted:
                return apply(primitive, (x, y), NO_PARAMS)
            usual = dtype if usual is None else usual
        try:
            result = quietly(kernel, a, b)
        except Exception as error:
            result = _recover(error, primitive, (x, y), NO_PARAMS)
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

    return _named(door, primitive)


def pair_door(primitive: Primitive) -> Callable[..., Any]:
    """`apply` for two inputs of one dtype, with parameters."""
    kernel, accepted = primitive.kernel, primitive.accepted

    def door(x: Any, y: Any, **params: Any) -> Any:
        if interpreters or y.__class__ is not EagerTensor or x.__class__ is not EagerTensor:
            return apply(primitive, (x, y), params)
        a = x.array
        b = y.array
        dtype = a.dtype
        if dtype is not b.dtype or dtype not in accepted:
            _accept(primitive, (x, y), params, dtype)
        try:
            result = quietly(kernel, a, b, **params)
        except Exception as error:
            result = _recover(error, primitive, (x, y), params)
        output = EagerTensor()
        output.array = result if result.__class__ is ndarray else as_array(result)
        output.id = 0
        if (x.id or y.id) and recorders and (recorder := recorder_of(get_ident())) is not None:
            recorder.record(primitive, (x, y), params, output)
        return output

    return _named(door, primitive)


def reflected_door(door: Callable[[Any, Any], Any], primitive: Primitive) -> Any:
    """The door of `other <operator> tensor`."""

    def reflected(x: Any, other: Any) -> Any:
        operand = as_operand(other, x, primitive.public)
        return operand if operand is NotImplemented else door(operand, x)

    return _named(reflected, primitive)


def _apply_to_one(primitive: Primitive, x: Any, params: dict[str, Any]) -> Any:
    """The rarer ways through a door for one: a value to convert, or a symbolic tensor."""
    if not isinstance(x, Tensor):
        x = to_tensor(x, name=primitive.public)
    return apply(primitive, (x,), params)


def _operate(primitive: Primitive, door: Any, x: Any, y: Any) -> Any:
    """The rarer ways through a binary door: conversions, interpreters, symbolic tensors."""
    if not isinstance(y, Tensor):
        y = as_operand(y, x, primitive.public)
        if y is NotImplemented:
            return NotImplemented
        if not interpreters and x.__class__ is EagerTensor and y.__class__ is EagerTensor:
            return door(x, y)
    return apply(primitive, (x, y), NO_PARAMS)


def _named(door: Any, primitive: Primitive) -> Any:
    """Give a door the name of its primitive, by which debuggers and profilers show it."""
    door.__code__ = door.__code__.replace(co_name=primitive.name, co_qualname=primitive.name)
    door.__name__ = door.__qualname__ = primitive.name
    door.primitive = primitive
    return door


# What is rare ---------------------------------------------------------------------------------


def _accept(primitive: Primitive, inputs: Any, params: dict[str, Any], key: Any) -> None:
    """Let the shape rule judge dtypes met for the first time, and remember those that pass."""
    _check(primitive, inputs, params)
    is_complex = getattr(key, "kind", "") == "c"
    if not primitive.checks_always and not (is_complex and primitive.kernel_for_reals):
        primitive.accepted.add(key)


def _check(primitive: Primitive, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    return primitive.infer(*[x.spec for x in inputs], **params)


def _recover(error: Exception, primitive: Primitive, inputs: Any, params: dict[str, Any]) -> Any:
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


def _snake_case(name: str) -> str:
    return "".join(
        "_" + letter.lower() if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(name)
    )
