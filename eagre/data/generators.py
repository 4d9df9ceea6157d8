"""Elements that a Python generator yields, and lines of text files."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes, structure
from eagre.core.conversion import DTypeMismatchError, described, to_tensor
from eagre.core.errors import InvalidArgumentError, NotFoundError
from eagre.core.specs import TensorSpec, TypeSpec
from eagre.data.cursors import Course, Cursor, Element
from eagre.data.dataset import Dataset
from eagre.data.sources import arrays_of
from eagre.data.specs import UNKNOWN, normalized

_NAME = "Dataset.from_generator"


def signature_of(output_types: Any, output_shapes: Any, output_signature: Any) -> Any:
    """The element spec that the arguments of `from_generator` declare."""
    if output_signature is not None:
        if output_types is not None or output_shapes is not None:
            raise TypeError(
                f"{_NAME} expected output_signature alone, or output_types with output_shapes. "
                "Received: both"
            )
        return normalized(output_signature, _NAME, _checked_spec)
    if output_types is None:
        raise TypeError(
            f"{_NAME} expected output_signature, a structure of tf.TensorSpec. Received: None"
        )
    types = normalized(output_types, _NAME, lambda value, name: dtypes.as_dtype(value))
    if output_shapes is None:
        return structure.map_structure(lambda dtype: TensorSpec.of(None, dtype), types)
    flat = _up_to(types, output_shapes)
    specs = [TensorSpec(s, d) for s, d in zip(flat, structure.flatten(types), strict=True)]
    return structure.pack_sequence_as(types, specs)


def _checked_spec(value: Any, name: str) -> Any:
    if not isinstance(value, TypeSpec):
        raise TypeError(
            f"{name} expected output_signature to be a structure of tf.TensorSpec. "
            f"Received: {described(value)}"
        )
    return value


def _up_to(types: Any, shapes: Any) -> list[Any]:
    """The shapes that stand in the places of the types: shapes are nests themselves."""
    if not structure.is_nested(types):
        return [shapes]
    pairs = (
        [(types[key], shapes[key]) for key in sorted(types)]
        if hasattr(types, "keys")
        else list(zip(types, shapes, strict=True))
    )
    return [shape for part, below in pairs for shape in _up_to(part, below)]


class FromGenerator(Dataset):
    """What a function yields, which is called for each pass."""

    def __init__(self, function: Any, spec: Any, args: Any) -> None:
        if not callable(function):
            raise TypeError(
                f"{_NAME} expected a function that returns an iterable. "
                f"Received: generator={described(function)}"
            )
        super().__init__(spec, stage="from_generator")
        self.function = function
        self.args = [to_tensor(arg, name=_NAME) for arg in args or ()]

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _GeneratorCursor(self)

    def components(self, value: Any, position: int) -> Element:
        """The components of what was yielded, if it fits the signature."""
        spec = self.layout.spec
        if not structure.is_nested(spec):
            return (self._component(value, spec, position, "element"),)
        element = normalized(value, _NAME, _Leaf)
        if structure.paths(element, "element") != self.layout.places():
            raise DTypeMismatchError(
                f"{_NAME} expected values in the structure of the signature, {spec!r}. Received: "
                f"{value!r:.200} as element {position}"
            )
        leaves = zip(structure.flatten(element), self.layout.leaves, self.layout.places(),
                     strict=True)  # fmt: skip
        return tuple([self._component(x.value, leaf, position, at) for x, leaf, at in leaves])

    def _component(self, value: Any, spec: Any, position: int, place: str) -> Any:
        place = f"{place} of element {position}" if place != "element" else f"element {position}"
        try:
            array = arrays_of(to_tensor(value, spec.dtype, name=_NAME))
        except (TypeError, ValueError, OverflowError) as error:
            raise DTypeMismatchError(
                f"{_NAME} expected values of {spec.dtype.name}, as the signature says. Received: "
                f"{described(value)} as {place}"
            ) from error
        if not spec.is_compatible_with(TensorSpec.of(array.shape, spec.dtype)):
            raise InvalidArgumentError(
                f"{_NAME} expected values of shape {spec.shape}, as the signature says. Received: "
                f"a value of shape {array.shape} as {place}"
            )
        return array


class _Leaf:
    """A value that is one leaf, though it may be a list."""

    __slots__ = ("value",)

    def __init__(self, value: Any, name: str) -> None:
        self.value = value


class _GeneratorCursor(Cursor):
    __slots__ = ("_dataset", "_position", "_values")

    def __init__(self, dataset: FromGenerator) -> None:
        self._dataset = dataset
        self._values: Any = None
        self._position = 0

    def next(self) -> Element | None:
        if self._values is None:
            args: list[Any] = [arrays_of(arg).copy()[()] for arg in self._dataset.args]
            values: Any = self._dataset.function(*args)
            self._values = iter(values)
        position = self._position
        for value in self._values:
            self._position = position + 1
            return self._dataset.components(value, position)
        return None

    def state(self) -> Any:
        return self._position

    def restore(self, state: Any) -> None:
        self.skip(state)


class TextLineDataset(Dataset):
    """The lines of text files, one after the other, without their ends.

    Args:
        filenames: a path, a list or tensor of paths, or a dataset of them.
        compression_type: `"GZIP"` or `"ZLIB"`; None or an empty string for neither.
        buffer_size: the number of bytes to read at once.
        num_parallel_reads: accepted; files are read one after the other.

    >>> with open("verse.txt", "w") as file:
    ...     _ = file.write("roses\\nviolets\\n")
    >>> list(tf.data.TextLineDataset("verse.txt").as_numpy_iterator())
    [b'roses', b'violets']
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        from eagre.data.sources import Slices
        from eagre.data.specs import is_dataset

        if not is_dataset(filenames):
            paths = to_tensor(filenames, dtypes.string, name="TextLineDataset(filenames)")
            filenames = Slices(_flat(paths))
        leaf = filenames.layout.spec
        if not isinstance(leaf, TensorSpec) or leaf.dtype is not dtypes.string:
            raise TypeError(
                "TextLineDataset expected filenames to be a dataset of strings. "
                f"Received: element_spec={leaf!r}"
            )
        if compression_type not in (None, "", "GZIP", "ZLIB"):
            raise InvalidArgumentError(
                "TextLineDataset expected compression_type to be 'GZIP', 'ZLIB' or ''. "
                f"Received: compression_type={compression_type!r}"
            )
        spec = TensorSpec.of((), dtypes.string)
        super().__init__(spec, filenames, stage="TextLineDataset")
        self.compression = compression_type or ""

    def size(self) -> int:
        return UNKNOWN

    def begin(self, run: Course, key: int) -> Cursor:
        return _LineCursor(self, self.inputs[0].cursor(run, key))

    def open(self, path: bytes) -> Any:
        """The file, to be read as bytes."""
        try:
            if self.compression == "GZIP":
                import gzip

                return gzip.open(path, "rb")
            file = open(path, "rb")
        except FileNotFoundError as error:
            raise NotFoundError(
                f"TextLineDataset expected files that exist. Received: {path.decode()!r}"
            ) from error
        return _inflated(file) if self.compression == "ZLIB" else file


def _flat(paths: Any) -> Any:
    from eagre.core.tensor import wrap

    return wrap(paths.array.reshape(-1))


def _inflated(file: Any) -> Any:
    """The contents of a file of the zlib format, which is held in memory."""
    import io
    import zlib

    with file:
        return io.BytesIO(zlib.decompress(file.read()))


class _LineCursor(Cursor):
    """The file that is open and its path; the position in it is all there is to know."""

    __slots__ = ("_dataset", "_file", "_path", "_paths")

    def __init__(self, dataset: TextLineDataset, paths: Cursor) -> None:
        self._dataset = dataset
        self._paths = paths
        self._file: Any = None
        self._path: bytes | None = None

    def next(self) -> Element | None:
        while True:
            line = self._file.readline() if self._file is not None else b""
            if line:
                return (_line(line),)
            self.close()
            path = self._paths.next()
            if path is None:
                return None
            self._open(path[0].item())

    def _open(self, path: bytes) -> None:
        self._path = path
        self._file = self._dataset.open(path)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = self._path = None

    def __del__(self) -> None:
        self.close()

    def state(self) -> Any:
        if self._path is None:
            return [self._paths.state(), None, 0]
        return [self._paths.state(), self._path.decode(), self._file.tell()]

    def restore(self, state: Any) -> None:
        paths, path, place = state
        self._paths.restore(paths)
        if path is not None:
            self._open(path.encode())
            self._file.seek(place)


def _line(line: bytes) -> Any:
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    array = np.empty((), object)
    array[()] = line
    return array
