"""`Tensor` and its two leaves: a value, and the promise of one.

An `EagerTensor` holds a NumPy array; a `SymbolicTensor` holds a spec and the operation that makes
it. The operators (`+`, `[...]`, `==` …) are given to the class by `primitives/operators.py`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes, printing
from eagre.core.ambient import interpreter, interpreters
from eagre.core.errors import (
    FailedPreconditionError,
    InaccessibleTensorError,
    OperatorNotAllowedInGraphError,
)
from eagre.core.in_graph import TensorInGraph, advice
from eagre.core.leaking import is_leaked, made
from eagre.core.part_of_variable import PartOfVariable
from eagre.core.reference import Reference
from eagre.core.shapes import Sizes, TensorShape, are_compatible, merge_sizes
from eagre.core.sharing import capsule_of
from eagre.core.specs import ResourceSpec, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eagre.core.primitive import Operation

# Tapes know values by these numbers; 0 is the number of a value that no tape has met. Handles of
# trainable variables have numbers above all others: every tape takes their reads for relevant.
next_id = count(1).__next__
next_handle_id = count(2**62).__next__
_new_shape = object.__new__

_INDEX = "index, as in list[tensor] or range(tensor),"


class Tensor(PartOfVariable):
    """A value with a `shape` and a `dtype`: the type that every operation takes and returns.

    `tensor.sizes` is the shape as a plain tuple, in which an unknown size is None; it is None
    itself when the rank is unknown.
    """

    __slots__ = ()
    __hash__ = None  # pyright: ignore[reportAssignmentType] equality is elementwise
    __array_priority__ = 100  # NumPy's operators leave the work to the tensor's
    __pandas_priority__ = 5000  # and so do those of pandas

    if TYPE_CHECKING:
        id: int
        sizes: Sizes
        dtype: dtypes.DType

        def __getitem__(self, key: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __abs__(self) -> Tensor: ...
        @staticmethod
        def __pack__(tensors: Any) -> Tensor: ...

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype, without the value."""
        return TensorSpec.of(self.sizes, self.dtype)

    @property
    def is_complex(self) -> bool:
        """Whether the elements are complex numbers."""
        return self.dtype.is_complex

    @property
    def shape(self) -> TensorShape:
        """The shape, as a `TensorShape`."""
        return TensorShape.of(self.sizes)

    def get_shape(self) -> TensorShape:
        """The shape, as a `TensorShape`."""
        return TensorShape.of(self.sizes)

    @property
    def ndim(self) -> int | None:
        """The number of axes, None where it is unknown."""
        return None if self.sizes is None else len(self.sizes)

    @property
    def device(self) -> str:
        """The name of the device that holds the value."""
        return "/job:localhost/replica:0/task:0/device:CPU:0"

    @property
    def origin(self) -> Any:
        """The operation that made it, if that was within `tf.debugging.trace_origins()`."""
        from eagre.core.origin import origins
        return origins.get(self)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The functions of the Python array API standard: the module `eagre.array_api`."""
        from eagre import array_api

        newest = array_api.__array_api_version__
        if api_version is not None and api_version > newest:
            raise ValueError(
                f"__array_namespace__ expected an api_version up to {newest!r}. "
                f"Received: api_version={api_version!r}"
            )
        return array_api

    def ref(self) -> Reference:
        """A hashable stand-in, equal only to references to this very object."""
        return Reference(self)

    def __reduce__(self) -> Any:
        raise TypeError(f"Tensor cannot be pickled, for it has no value. Received: {self!r}")

    def __len__(self) -> int:
        sizes = self.sizes
        if sizes == ():
            raise TypeError("len() expected a tensor with at least one axis. Received: shape=()")
        if sizes is None or sizes[0] is None:
            raise TypeError(
                f"len() needs a known first size. Received: shape={self.shape}. "
                "Use tf.shape(tensor)[0], which is a tensor."
            )
        return sizes[0]

    def __iter__(self) -> Iterator[Tensor]:
        sizes = self.sizes
        if sizes == ():
            raise TypeError("iter() expected a tensor with at least one axis. Received: shape=()")
        if sizes is None or sizes[0] is None:
            raise OperatorNotAllowedInGraphError(
                f"iter() needs a known first size. Received: shape={self.shape}. "
                "Use tf.while_loop, or trace with a fixed size."
            )
        return map(self.__getitem__, range(sizes[0]))


class EagerTensor(Tensor):
    """A tensor that has its value: `array`, a NumPy array that nobody changes in place."""

    __slots__ = ("__weakref__", "array", "id")

    if TYPE_CHECKING:
        array: Any

    @property
    def sizes(self) -> tuple[int, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The shape as a plain tuple."""
        return self.array.shape

    @property
    def dtype(self) -> dtypes.DType:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The dtype of the elements."""
        array = self.array
        return dtypes.resource if array.__class__ is Cell else dtypes.from_numpy(array.dtype)

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype, without the value."""
        array = self.array
        if array.__class__ is Cell:
            return ResourceSpec(array.spec)
        return TensorSpec.of(array.shape, dtypes.from_numpy(array.dtype))

    @property
    def shape(self) -> TensorShape:
        """The shape, as a `TensorShape`."""
        shape = _new_shape(TensorShape)
        shape.sizes = self.array.shape
        return shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.array.ndim

    def __len__(self) -> int:
        sizes = self.array.shape
        return sizes[0] if sizes else super().__len__()

    @property
    def is_complex(self) -> bool:
        """Whether the elements are complex numbers."""
        return self.array.dtype.kind == "c"

    @property
    def name(self) -> str:
        """Undefined: only symbolic tensors have names."""
        raise AttributeError(
            "Tensor.name needs a symbolic tensor: it is undefined when eager execution is enabled."
        )

    def numpy(self) -> Any:
        """A copy of the value: a NumPy array, for a scalar a NumPy scalar or bytes."""
        if interpreters:
            self._note_taking("numpy()")
        array = self.array.copy()
        return array if array.ndim else array[()]

    @property
    def backing_device(self) -> str:
        """The name of the device that holds the value."""
        return self.device

    def cpu(self) -> EagerTensor:
        """The tensor itself, which is on the CPU."""
        return self

    def gpu(self, gpu_index: int = 0) -> EagerTensor:
        """Refused: there is no GPU."""
        from eagre.core.devices import no_gpu

        raise no_gpu(gpu_index)

    def set_shape(self, shape: Any) -> None:
        """Check that the value has this shape (a symbolic tensor learns it)."""
        if not TensorShape(shape).is_compatible_with(self.shape):
            raise ValueError(
                f"set_shape expected a shape compatible with the tensor's. "
                f"Received: shape={shape}, tensor.shape={self.sizes}"
            )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if interpreters:
            self._note_taking("np.array()")
        if copy is not False:
            return np.array(self.array, dtype)
        view = np.asarray(self.array, dtype, copy=False).view()
        view.flags.writeable = False
        return view

    def _note_taking(self, way: str) -> None:
        """Tell the interpreter that Python takes the value out."""
        if (level := interpreter()) is not None:
            level.note_taking(self, way)

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None,
        dl_device: Any = None, copy: bool | None = None,
    ) -> Any:
        if interpreters:
            self._note_taking("DLPack")
        return capsule_of(self.array, max_version, stream, dl_device=dl_device, copy=copy)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()

    def __bool__(self) -> bool:
        if interpreters:
            self._note_taking("bool()")
        array = self.array
        if array.size != 1:
            raise ValueError(
                "bool() expected a tensor with one element. "
                f"Received: shape={array.shape}. Use tf.reduce_any or tf.reduce_all."
            )
        return bool(array.item())

    def __int__(self) -> int:
        return int(self._single("int"))

    def __float__(self) -> float:
        return float(self._single("float"))

    def __complex__(self) -> complex:
        return complex(self._single("complex"))

    def __index__(self) -> int:
        if interpreters:
            self._note_taking("index")
        array = self.array
        if array.shape or array.dtype.kind not in "iu":
            raise TypeError(
                f"{_INDEX} expected an integer tensor with shape (). "
                f"Received: shape={array.shape}, dtype={self.dtype.name}"
            )
        return int(array)

    def _single(self, target: str) -> Any:
        if interpreters:
            self._note_taking(f"{target}()")
        array = self.array
        if array.size != 1:
            raise TypeError(
                f"{target}() expected a tensor with one element. Received: shape={array.shape}"
            )
        return array.item()

    def __format__(self, specification: str) -> str:
        value = self.array
        return format(value if value.shape else value[()], specification)

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def __str__(self) -> str:
        return printing.tensor_str(self)

    def __reduce__(self) -> Any:
        return wrap, (self.array,)

    def __copy__(self) -> EagerTensor:
        return wrap(self.array)

    def __deepcopy__(self, memo: Any) -> EagerTensor:
        return wrap(self.array)


def wrap(array: Any) -> EagerTensor:
    """The tensor that holds `array`, without a copy and without a check."""
    tensor = EagerTensor()
    tensor.array = array
    tensor.id = 0
    return tensor


def as_array(result: Any) -> Any:
    """A kernel's result as an array, also where it is a NumPy scalar or bytes."""
    return np.asarray(result) if result.__class__ is not bytes else np.array(result, object)


class Cell:
    """What the handle of a variable holds: the place where the variable's array stands."""

    __slots__ = ("__weakref__", "array", "is_watched", "name", "owner", "spec")
    dtype = "resource"
    shape = ()
    ndim = 0

    def __init__(self, array: Any, spec: TensorSpec, name: str, is_watched: bool) -> None:
        if array is not None:
            self.array = array
        self.spec = spec
        self.name = name
        self.is_watched = is_watched
        self.owner: Any = None

    if not TYPE_CHECKING:  # only asked where there is no array

        def __getattr__(self, name: str) -> Any:
            raise FailedPreconditionError(
                f"Variable expected to be initialized before it is read. Received: {self.name!r}, "
                "which has no value yet. Run its initializer in this session first."
            )


class SymbolicTensor(TensorInGraph, Tensor):
    """A tensor of a graph: what an operation will make when the graph runs."""

    __slots__ = ("__weakref__", "_spec", "graph", "id", "name", "operation")

    def __init__(self, spec: TensorSpec, graph: Any, operation: Operation | None, name: str):
        self._spec = spec
        self.graph = graph
        self.operation = operation
        self.name = name
        self.id = 0

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype, as far as tracing knows them."""
        return self._spec

    @property
    def sizes(self) -> Sizes:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The shape as a tuple with None for unknown sizes, or None for an unknown rank."""
        return self._spec.sizes

    @property
    def dtype(self) -> dtypes.DType:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The dtype of the elements."""
        return self._spec.dtype

    @property
    def op(self) -> Operation | None:
        """The operation that makes this tensor, None for an input of the graph."""
        return self.operation

    def set_shape(self, shape: Any) -> None:
        """Tell what is known about the shape and could not be inferred."""
        sizes = TensorShape(shape).sizes
        if not are_compatible(self.sizes, sizes):
            raise ValueError(
                f"set_shape expected a shape compatible with the tensor's. "
                f"Received: shape={shape}, tensor.shape={self.shape}"
            )
        self._spec = TensorSpec.of(merge_sizes(self.sizes, sizes), self.dtype)

    def has_no_value(self, wanted: str) -> InaccessibleTensorError:
        """The error for code that wants the value."""
        return InaccessibleTensorError(
            f"{wanted} needs a tensor that has its value. Received: {self!r}{made(self)}, which "
            f"{advice(self)}"
        )

    def numpy(self) -> Any:
        """Not to be had: a symbolic tensor has no value."""
        raise self.has_no_value("numpy()")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise self.has_no_value("NumPy")

    def __bool__(self) -> bool:
        if self.graph.hand is not None or is_leaked(self):
            raise OperatorNotAllowedInGraphError(str(self.has_no_value("bool()")))
        raise OperatorNotAllowedInGraphError(
            f"bool() needs a tensor that has its value. Received: {self!r}{made(self)}, which has "
            "none while the function is traced. Use tf.cond or tf.where."
        )

    def __int__(self) -> int:
        raise self.has_no_value("int()")

    def __float__(self) -> float:
        raise self.has_no_value("float()")

    def __complex__(self) -> complex:
        raise self.has_no_value("complex()")

    def __format__(self, specification: str) -> str:
        if specification:
            raise self.has_no_value("format()")
        return repr(self)

    def __index__(self) -> int:
        raise self.has_no_value(_INDEX)

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"
