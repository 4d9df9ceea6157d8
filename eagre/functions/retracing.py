"""Why a function has as many graphs as it has: each trace, what differed, and what to do."""

from __future__ import annotations

import warnings
import weakref
from _thread import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eagre.core.dtypes import DType
from eagre.core.shapes import TensorShape
from eagre.core.specs import ResourceSpec, TensorSpec
from eagre.core.tensor import Tensor
from eagre.functions.promotion import fits
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eagre.functions.concrete import ConcreteFunction

_WARN_AT = frozenset({5, 25, 125, 625})
_forbidden: dict[int, int] = {}


class RetraceError(RuntimeError):
    """A function was traced again within `with eagre.no_retrace():`."""


class RetraceWarning(UserWarning):
    """A function was traced many times, which costs more than its graphs save."""


class no_retrace:
    """Context in which this thread traces no function again; a first trace is no retrace.

    Raises:
        RetraceError: a function is called with arguments of a kind that it has no graph for.

    >>> double = tf.function(lambda x: x + x)
    >>> with tf.no_retrace():
    ...     print(double(tf.constant(2)).numpy())
    4
    """

    def __enter__(self) -> None:
        _forbidden[get_ident()] = _forbidden.get(get_ident(), 0) + 1

    def __exit__(self, *error: object) -> None:
        _forbidden[get_ident()] -= 1
        if not _forbidden[get_ident()]:
            del _forbidden[get_ident()]


class Difference(NamedTuple):
    """One argument that was not what it had been."""

    path: str
    old: str
    new: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: was {self.old}, is {self.new}. {self.remedy}"


class TraceRecord(NamedTuple):
    """One trace: the line that called, and what differed from the nearest earlier trace."""

    number: int
    line: str
    earlier: int | None
    earlier_line: str
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        if self.earlier is None:
            return f"trace {self.number}, called at {self.line}: the first"
        head = f"trace {self.number}, called at {self.line}; nearest is trace {self.earlier}, "
        lines = [head + f"called at {self.earlier_line}", *map(str, self.differences)]
        return "\n  ".join(lines)


class Explanation(NamedTuple):
    """The traces of a function in order; it prints as text."""

    name: str
    traces: tuple[TraceRecord, ...]

    def __str__(self) -> str:
        count = f"{len(self.traces)} trace" + ("s" if len(self.traces) != 1 else "")
        return "\n".join([f"{self.name}: {count}", *map(str, self.traces)])


class _Graph(NamedTuple):
    """A graph as long as it is used, with what tells which calls it serves."""

    concrete: weakref.ref[ConcreteFunction]
    key: tuple[Any, ...]
    specs: list[TensorSpec]
    integers: tuple[int, ...]
    """The places in the key of integers that are inputs of the graph."""
    skeleton: tuple[Any, ...]

    def serves(
        self, key: tuple[Any, ...], skeleton: tuple[Any, ...], specs: list[TensorSpec]
    ) -> bool:
        """Whether the graph takes calls with this key and tensors of these specs."""
        if skeleton != self.skeleton:
            return False
        are_integers = all(key[i][0] is int and fits(key[i][1]) for i in self.integers)
        return are_integers and all(map(_is_within, specs, self.specs))


class History:
    """The traces of one function."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self._records: list[TraceRecord] = []
        self._arguments: list[dict[str, Described]] = []
        self._graphs: list[_Graph] = []
        self._read_values: set[Any] = set()

    def note(self, arguments: list[tuple[str, Any]], line: str) -> None:
        """A trace begins: remember what its arguments are, and say so if there are too many."""
        described = {path: Described.of(value) for path, value in arguments}
        record = self._compared(described, line)
        if record.earlier is not None and get_ident() in _forbidden:
            raise RetraceError(
                f"{self.name} expected to run a graph that it has, within tf.no_retrace(). "
                f"Received: {str(record).replace(chr(10) + '  ', ': ')}"
            )
        self.count += 1
        self._records = [*self._records, record][-_MOST_RECORDS:]
        self._arguments = [*self._arguments, described][-_MOST_RECORDS:]
        if self.count in _WARN_AT:
            warnings.warn(
                f"{self.name} was traced {self.count} times. The last: {record}",
                RetraceWarning,
                stacklevel=5,
            )

    def _compared(self, described: dict[str, Described], line: str) -> TraceRecord:
        number = self.count + 1
        if not self._records:
            return TraceRecord(number, line, None, "", ())
        counts = [_distance(old, described) for old in self._arguments]
        least = min(counts)
        place = max(i for i, count in enumerate(counts) if count == least)
        nearest, old = self._records[place], self._arguments[place]
        differences = tuple(_differences(old, described))
        return TraceRecord(number, line, nearest.number, nearest.line, differences)

    def keep(
        self, concrete: ConcreteFunction, key: Any, specs: list[TensorSpec], integers: Any = ()
    ) -> None:
        """Remember a graph for calls that are less particular than its own."""
        concrete.integers = tuple(integers)
        alive = [each for each in self._graphs if each.concrete() is not None]
        skeleton = _skeleton(key, concrete.integers)
        graph = _Graph(weakref.ref(concrete), key, specs, concrete.integers, skeleton)
        self._graphs = [*alive, graph][-_MOST_RECORDS:]

    def varying_integers(self, key: tuple[Any, ...], places: list[int]) -> list[int]:
        """Those places of integers in a key which alone differ from two earlier graphs."""
        skeleton = _skeleton(key, places)
        others = [
            each.key
            for each in self._graphs
            if len(each.key) == len(key) and _skeleton(each.key, places) == skeleton
        ]
        varying = [i for i in places if any(other[i] != key[i] for other in others)]
        if len(others) < 2 or not all(fits(key[i][1]) for i in varying):
            return []
        return [i for i in varying if (skeleton, i) not in self._read_values]

    def note_read(self, key: tuple[Any, ...], places: list[int], read: list[int]) -> None:
        """The values of these integers choose the graph for good: they were read in a trace."""
        if len(self._read_values) > _MOST_RECORDS:
            self._read_values.clear()
        self._read_values.update((_skeleton(key, places), place) for place in read)

    def note_promotion(self, names: list[str]) -> None:
        """Say that integers are inputs of the graph from now on."""
        taken = ", ".join(names)
        warnings.warn(
            f"{self.name} takes {taken} as a tensor from now on: only its value differs from call "
            "to call, and it is used in tensor operations alone.",
            RetraceWarning,
            stacklevel=6,
        )

    def graphs(self) -> Iterator[ConcreteFunction]:
        """The graphs that are in use."""
        for each in self._graphs:
            if (concrete := each.concrete()) is not None:
                yield concrete

    def more_general(
        self, key: tuple[Any, ...], specs: list[TensorSpec]
    ) -> ConcreteFunction | None:
        """A graph in use that takes all tensors of these specs."""
        kinds = {each.integers for each in self._graphs}
        skeletons = {places: _skeleton(key, places) for places in kinds}
        for each in self._graphs:
            is_served = each.serves(key, skeletons[each.integers], specs)
            if is_served and (concrete := each.concrete()) is not None:
                return concrete
        return None

    def relaxed(self, key: tuple[Any, ...], specs: list[TensorSpec]) -> list[TensorSpec]:
        """Specs that leave open what differs between this call and an earlier one."""
        skeleton = _skeleton(key)
        for each in reversed(self._graphs):
            if _skeleton(each.key) == skeleton and each.concrete() is not None:
                pairs = zip(specs, each.specs, strict=True)
                common = [new.most_specific_common_supertype([old]) for new, old in pairs]
                return [a or b for a, b in zip(common, specs, strict=True)]
        return specs

    def explain(self) -> Explanation:
        """All traces, with what differed."""
        return Explanation(self.name, tuple(self._records))


_MOST_RECORDS = 1000


def _skeleton(key: tuple[Any, ...], integers: Any = ()) -> tuple[Any, ...]:
    """A key without the shapes of tensors, and without the values of some integers."""
    return tuple([
        part[0] if i in integers or _is_tensor(part) else part for i, part in enumerate(key)
    ])  # fmt: skip


def _is_tensor(part: Any) -> bool:
    return part.__class__ is tuple and isinstance(part[0], np.dtype)


def _is_within(spec: TensorSpec, general: TensorSpec) -> bool:
    if isinstance(spec, ResourceSpec):
        return spec == general
    return spec.dtype == general.dtype and spec.shape.is_subtype_of(general.shape)


# What differed --------------------------------------------------------------------------------


_SHOWN = str | bytes | DType | TensorShape | range | frozenset
"""Values that choose a graph and say by their text what they are."""


class Described(NamedTuple):
    """An argument in words, and of which kind it is."""

    kind: str
    text: str

    @classmethod
    def of(cls, value: Any) -> Described:
        """What matters of an argument for the choice of a graph."""
        if isinstance(value, Variable):
            return cls("variable", f"a variable of {value.dtype.name} with shape {value.shape}")
        if isinstance(value, Tensor | TensorSpec | np.ndarray | np.generic):
            dtype = getattr(value.dtype, "name", value.dtype)
            return cls(f"tensor of {dtype}", f"{dtype} with shape {value.shape}")
        if isinstance(value, bool | int | float | complex):
            return cls("number", f"{type(value).__name__} {value!r}")
        if value is None or isinstance(value, _SHOWN):
            return cls("text", f"{value!r:.60}")
        name = getattr(value, "__qualname__", None)
        text = f"{type(value).__name__} {name}" if name else f"a {type(value).__name__} object"
        return cls("object", f"{text} at {id(value):#x}")


def _distance(old: dict[str, Described], new: dict[str, Described]) -> int:
    """How many arguments differ."""
    if old.keys() == new.keys():
        return sum([old[path] != value for path, value in new.items()])
    return len(_differences(old, new))


def _differences(old: dict[str, Described], new: dict[str, Described]) -> list[Difference]:
    absent = Described("absent", "absent")
    paths = [*new, *[path for path in old if path not in new]]
    pairs = [(path, old.get(path, absent), new.get(path, absent)) for path in paths]
    return [Difference(p, a.text, b.text, _remedy(p, a, b)) for p, a, b in pairs if a != b]


def _remedy(path: str, old: Described, new: Described) -> str:
    """What keeps such a difference from asking for another graph."""
    if "absent" in (old.kind, new.kind):
        return "Pass arguments of one structure."
    if path.startswith(("global ", "outer variable ")):
        return "Keep what changes in a tf.Variable, or pass it as an argument."
    if old.kind == new.kind == "number":
        return "Pass a tensor, such as tf.constant(…), where the number is used as a value."
    if old.kind == new.kind and old.kind.startswith("tensor"):
        return "Use reduce_retracing=True, or an input_signature with None for that size."
    if old.kind.startswith("tensor") and new.kind.startswith("tensor"):
        return "Use tf.cast, so that the dtype is always the same."
    return "Pass the same object each time, or tensors in its place."
