"""`Variable`: a Python object that holds a tensor which can be assigned."""

from __future__ import annotations

import functools
import weakref
from typing import Any

from eagre.core import ambient, dtypes, printing
from eagre.core.conversion import to_tensor
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.leaking import made
from eagre.core.registration import DELEGATES
from eagre.core.shapes import TensorShape, are_compatible, merge_sizes
from eagre.core.specs import TensorSpec
from eagre.core.tensor import (
    Cell,
    EagerTensor,
    Reference,
    SymbolicTensor,
    Tensor,
    next_handle_id,
    wrap,
)
from eagre.primitives import comparison
from eagre.primitives.indexing import slice_primitive, sliced_by
from eagre.primitives.rearrangement import reshape, shape_of_tensor
from eagre.primitives.state import assign_variable, read_variable
from eagre.state.creators import Created
from eagre.state.in_graph import VariableInGraph
from eagre.state.parts import VariableParts


class Variable(VariableInGraph, VariableParts, metaclass=Created):
    """A tensor that can be assigned. It lives as long as the object, and reading it is a snapshot.

    Args:
        initial_value: what becomes a tensor, or a function without arguments that makes it.
        trainable: whether gradient tapes watch it when it is read.
        name: for messages and prints.
        dtype: of the value; by default that of `initial_value`.
        shape: what later values may have; unknown sizes allow it to change.
        constraint: a function that optimizers apply to the value after each step.
        synchronization, aggregation: kept, but without effect: there is one device.

    >>> v = tf.Variable([1.0, 2.0])
    >>> v.assign_add([1.0, 1.0]).numpy()
    array([2., 3.], dtype=float32)
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_trainable",
        "constraint",
        "handle",
    )
    __hash__ = None  # pyright: ignore[reportAssignmentType]
    __array_priority__ = 100

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        if initial_value is None:
            raise ValueError("Variable expected an initial_value. Received: initial_value=None")
        _check_options(name, constraint)
        value = _initial_tensor(initial_value, dtype)
        sizes = value.sizes if shape is None else TensorShape(shape).sizes
        if not validate_shape and shape is None and not isinstance(value, EagerTensor):
            sizes = None
        if not are_compatible(sizes, value.sizes):
            raise ValueError(
                "Variable expected an initial_value that fits its shape. "
                f"Received: initial_value.shape={value.shape}, shape={shape}"
            )
        self._trainable = True if trainable is None else bool(trainable)
        spec = TensorSpec.of(sizes, value.dtype)
        array = getattr(value, "array", None)
        full_name = ambient.name_scope.get() + (name or "Variable")
        cell = Cell(array, spec, full_name, self._trainable)
        cell.owner = weakref.ref(self)
        self.handle = wrap(cell)
        if self._trainable:
            self.handle.id = next_handle_id()
        self.constraint = constraint
        if synchronization is not None or aggregation is not None:
            self._choices = _choices(synchronization, aggregation)
        if (level := ambient.interpreter()) is not None:
            level.note_variable(self)
        if array is None:
            self.enter_graph(value)

    # What it is -------------------------------------------------------------------------------

    _choices: Any = None

    @property
    def synchronization(self) -> Any:
        """Given to TensorFlow's strategies; there is one copy here."""
        return (self._choices or _choices(None, None))[0]

    @property
    def aggregation(self) -> Any:
        """Given to TensorFlow's strategies; there is one copy here."""
        return (self._choices or _choices(None, None))[1]

    @property
    def name(self) -> str:
        """The name with TensorFlow's output number."""
        return self.handle.array.name + ":0"

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the value."""
        return self.handle.array.spec.dtype

    @property
    def shape(self) -> TensorShape:
        """The shape that values have to fit."""
        return self.handle.array.spec.shape

    def get_shape(self) -> TensorShape:
        """The shape that values have to fit."""
        return self.shape

    @property
    def ndim(self) -> int | None:
        """The number of axes, None where it is unknown."""
        return self.shape.rank

    @property
    def trainable(self) -> bool:
        """Whether gradient tapes watch the variable when it is read."""
        return self._trainable

    @property
    def device(self) -> str:
        """The name of the device that holds the value."""
        return self.handle.device

    def set_shape(self, shape: Any) -> None:
        """Narrow the shape that values have to fit.

        Raises:
            ValueError: the value, or the shape so far, does not fit.
        """
        cell, sizes = self.handle.array, TensorShape(shape).sizes
        if not are_compatible(cell.spec.sizes, sizes) or not are_compatible(
            sizes, cell.array.shape
        ):
            raise ValueError(
                f"set_shape expected a shape that fits the variable's {self.shape} and its value. "
                f"Received: shape={TensorShape.of(sizes)}, value of shape {cell.array.shape}"
            )
        cell.spec = TensorSpec.of(merge_sizes(cell.spec.sizes, sizes), cell.spec.dtype)

    def ref(self) -> Reference:
        """A hashable stand-in, equal only to references to this very variable."""
        return Reference(self)

    # Reading ----------------------------------------------------------------------------------

    def value(self) -> Any:
        """The value now, as a tensor that later assignments do not change."""
        return read_variable.door(self.handle)

    def read_value(self) -> Any:
        """The value now, as a tensor that later assignments do not change."""
        return read_variable.door(self.handle)

    def numpy(self) -> Any:
        """A copy of the value as a NumPy array."""
        return self.value().numpy()

    def __tensor__(self, dtype: Any) -> Tensor:
        return read_variable.door(self.handle)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.value().__array__(dtype, copy)

    def __bool__(self) -> bool:
        return bool(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __float__(self) -> float:
        return float(self.value())

    def __index__(self) -> int:
        return self.value().__index__()

    def __len__(self) -> int:
        return len(self.value())

    def __iter__(self) -> Any:
        return iter(self.value())

    def __getitem__(self, key: Any) -> Any:
        value = read_variable.door(self.handle)
        if key.__class__ is int:
            key, bounds = (key,), ()
            part = slice_primitive.door(value, key=key)
        else:
            part, key, bounds = sliced_by(value, key)
            if key is None:
                return part
        # What a graph has must not keep the variable alive, of which it needs only the handle.
        is_eager = part.__class__ is EagerTensor
        part.part_of = (self if is_eager else self.handle.array.owner, key, bounds)
        return part

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError(
            "Variable expected no assignment to an item. Received: variable[...] = value. "
            "Use variable[...].assign(value)."
        )

    # Assigning --------------------------------------------------------------------------------

    def assign(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Put `value` in place of the variable's value; return the variable if `read_value`.

        Raises:
            InvalidArgumentError: the shape or the dtype does not fit (also a ValueError).
        """
        if value.__class__ is not EagerTensor:
            value = _new_value(self, value, "assign")
        output = assign_variable.door(self.handle, value)
        if output.__class__ is not EagerTensor and output.graph.hand is not None:
            return output if read_value else output.operation
        return self if read_value else None

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Add `delta` to the value."""
        if delta.__class__ is not EagerTensor:
            delta = _new_value(self, delta, "assign_add")
        value = read_variable.door(self.handle)
        if not value.__class__ is delta.__class__ is EagerTensor or (
            value.array.shape != delta.array.shape
        ):
            delta = _of_one_shape(value, delta, "assign_add")
        try:
            value = value + delta
        except InvalidArgumentError as error:
            raise _misfit(error, self, delta, "assign_add") from None
        output = assign_variable.door(self.handle, value)
        if output.__class__ is not EagerTensor and output.graph.hand is not None:
            return output if read_value else output.operation
        return self if read_value else None

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta` from the value."""
        if delta.__class__ is not EagerTensor:
            delta = _new_value(self, delta, "assign_sub")
        value = read_variable.door(self.handle)
        if not value.__class__ is delta.__class__ is EagerTensor or (
            value.array.shape != delta.array.shape
        ):
            delta = _of_one_shape(value, delta, "assign_sub")
        try:
            value = value - delta
        except InvalidArgumentError as error:
            raise _misfit(error, self, delta, "assign_sub") from None
        output = assign_variable.door(self.handle, value)
        if output.__class__ is not EagerTensor and output.graph.hand is not None:
            return output if read_value else output.operation
        return self if read_value else None

    def __repr__(self) -> str:
        kind = f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}"
        if self.initializer is not None:
            return kind + ">"
        return f"{kind}, numpy={printing.value_repr(self.handle.array.array)}>"

    def __deepcopy__(self, memo: Any) -> Variable:
        make, (value,) = self.__reduce__()
        memo[id(self)] = copy = make(value)
        return copy

    def __reduce__(self) -> Any:
        make = functools.partial(
            Variable,
            trainable=self._trainable,
            name=self.handle.array.name,
            shape=self.shape,
            constraint=self.constraint,
            synchronization=self.synchronization,
            aggregation=self.aggregation,
        )
        return make, (to_tensor(self.handle.array.array),)


def _check_options(name: Any, constraint: Any) -> None:
    if name is not None and not isinstance(name, str):
        raise ValueError(f"Variable expected a name that is a string. Received: name={name!r}")
    if constraint is not None and not callable(constraint):
        raise ValueError(
            f"Variable expected a constraint that is a function. Received: {constraint=}"
        )


def _initial_tensor(initial_value: Any, dtype: Any) -> Tensor:
    level = ambient.interpreter()
    if level is not None and isinstance(initial_value, Tensor):
        initial_value = level.value_of(initial_value)
    with ambient.outside_functions():
        if callable(initial_value) and not isinstance(initial_value, Tensor | Variable):
            initial_value = initial_value()
        value = to_tensor(initial_value, dtype, name="Variable")
        ground = ambient.interpreter()
        if ground is not None and ground.is_ground and value.__class__ is EagerTensor:
            value = ground.literal(value)
    if isinstance(value, SymbolicTensor) and value.graph.hand is None:
        raise InvalidArgumentError(
            "Variable expected an initial_value that has its value. Received: "
            f"{value!r}{made(value)}. Make variables outside the traced function, or pass a "
            "function."
        )
    return value


def _choices(synchronization: Any, aggregation: Any) -> tuple[Any, Any]:
    """Both choices as members of their enumerations."""
    from eagre.core.policies import VariableAggregation, VariableSynchronization

    return (
        _member(synchronization, VariableSynchronization.AUTO, "synchronization"),
        _member(aggregation, VariableAggregation.NONE, "aggregation"),
    )


def _member(choice: Any, default: Any, name: str) -> Any:
    kind = type(default)
    if choice is None:
        return default
    if not isinstance(choice, kind):
        raise ValueError(
            f"Variable expected {name} to be a member of tf.{kind.__name__}. "
            f"Received: {name}={choice!r}"
        )
    return choice


def _new_value(variable: Variable, value: Any, name: str) -> Tensor:
    if value.__class__ is EagerTensor:
        return value
    if isinstance(value, Tensor) or hasattr(value, "__tensor__"):
        return to_tensor(value, name=name)
    return to_tensor(value, variable.dtype, name=name)


def _of_one_shape(value: Tensor, delta: Tensor, name: str) -> Tensor:
    """What is added to a value: it is not broadcast, as far as that is known now or later."""
    sizes = value.sizes
    is_known = sizes is not None and None not in sizes
    if delta.dtype != value.dtype or is_known and delta.sizes == sizes:
        return delta
    if not are_compatible(value.sizes, delta.sizes):
        raise InvalidArgumentError(
            f"{name} expected a value of the variable's shape {value.shape}. "
            f"Received: shape={delta.shape}"
        )
    from eagre.primitives.checking import demand

    shape, wanted = shape_of_tensor(delta), shape_of_tensor(value)
    message = f"{name} expected a value of the variable's shape. Received: shape="
    fits = comparison.equal(shape, wanted)
    return reshape(delta, demand(shape, fits, message=message))


def _misfit(
    error: InvalidArgumentError, variable: Variable, delta: Tensor, name: str
) -> InvalidArgumentError:
    """The error for what cannot be added to a variable's value: `error` in terms of variables."""
    wanted = variable.dtype
    if delta.dtype != wanted:
        return DTypeMismatchError(
            f"{name} expected a value of the variable's dtype {wanted.name}. "
            f"Received: dtype={delta.dtype.name}. Use tf.cast."
        )
    return error


def _delegate(name: str) -> Any:
    """An operator of tensors for variables: it reads first."""
    method = getattr(Tensor, name)

    def operator(self: Variable, *others: Any) -> Any:
        return method(read_variable.door(self.handle), *others)

    operator.__name__ = operator.__qualname__ = name
    return operator


def _install() -> None:
    two_sided = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
    two_sided += ["and", "or", "xor"]
    names = ["neg", "abs", "pos", "invert", "eq", "ne", "lt", "le", "gt", "ge"]
    for name in names + two_sided + ["r" + each for each in two_sided]:
        setattr(Variable, f"__{name}__", _delegate(f"__{name}__"))


_install()
DELEGATES.append(_install)
