"""What a record of the table is made of: samples, drawn inputs, references.

A draw is a function of a random generator and the name of a dtype that makes one input array.
A reference computes on arrays with plain Python or in higher precision; `narrow` rounds it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import ml_dtypes
import numpy as np

from eagre.core.dtypes import as_dtype
from eagre.core.primitive import Primitive

FLOATS = ("float16", "bfloat16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
COMPLEX = ("complex64", "complex128")
BOOL = ("bool",)
STRING = ("string",)
REALS = FLOATS + INTEGERS
INEXACT = FLOATS + COMPLEX
NUMBERS = REALS + COMPLEX
EVERYTHING = NUMBERS + BOOL + STRING

Draw = Callable[[np.random.Generator, str], Any]


@dataclass(frozen=True)
class Sample:
    """One application of a primitive."""

    draws: tuple[Draw, ...]
    params: dict[str, Any]
    dtypes: tuple[str, ...] | None = None
    """The dtypes for which it is meant, None for all that the primitive takes."""
    is_smooth: bool = True
    """Whether differences approximate the gradient there; large samples say no to save time."""
    has_known_shape: bool = True
    """Whether the sizes of the outputs follow from those of the inputs and the parameters."""

    def but(self, **changes: Any) -> Sample:
        """This sample with other properties."""
        return replace(self, **changes)

    def arrays(self, dtype: str, seed: int = 0) -> list[Any]:
        """The input arrays for one dtype, the same ones each time."""
        generator = np.random.default_rng([seed, 20170])
        return [draw(generator, dtype) for draw in self.draws]

    def parameters(self, dtype: str) -> dict[str, Any]:
        """The parameters; those that are made for a dtype are made now."""
        return {
            name: value.make(dtype) if isinstance(value, Made) else value
            for name, value in self.params.items()
        }


def sample(*draws: Draw, **params: Any) -> Sample:
    """A sample of inputs and parameters."""
    return Sample(draws, params)


def rough(*draws: Draw, **params: Any) -> Sample:
    """A sample at which no differences are taken."""
    return Sample(draws, params, is_smooth=False)


@dataclass(frozen=True)
class Made:
    """A parameter that depends on the dtype of the sample."""

    make: Callable[[str], Any]


@dataclass(frozen=True)
class Record:
    """What the generic tests know of one primitive besides the primitive itself."""

    primitive: Primitive
    samples: list[Sample]
    reference: Callable[..., Any]
    """`(*arrays, **params) -> array(s)`; None stands where values are random."""
    takes: tuple[str, ...] = NUMBERS
    """Every dtype of the drawn inputs that the primitive takes."""
    gives: str | None = None
    """The dtype of the output: None for the inputs' own, "param" for the parameter `dtype`,
    "stream" for a key and a counter followed by a state, "reference" for those of the reference."""
    ulps: float = 0.0
    """How far the kernel may be from the reference, in units of the last place; 0: not at all."""
    complex_ulps: float = 0.0
    """The same for complex numbers, whose products are rounded several times."""
    floor: float = 0.0
    """What counts as the size of a result that is smaller: sums of large numbers may cancel."""
    needs_rank: bool = False
    """Whether the gradient refuses tensors of unknown rank."""
    fits_by_construction: bool = False
    """Whether only rules and control flow apply it, to inputs that they have made to fit."""
    speaks_as: str = ""
    """What messages begin with, if not with the primitive's public name."""
    constants: frozenset[int] = frozenset()
    """The inexact inputs for which the generic tests ask no gradient."""
    handles: frozenset[int] = field(default_factory=frozenset)
    """The inputs that are variables; what is drawn is their values."""

    @property
    def name(self) -> str:
        """The name of the primitive."""
        return self.primitive.name

    def samples_for(self, dtype: str) -> list[Sample]:
        """The samples that are meant for a dtype."""
        return [each for each in self.samples if each.dtypes is None or dtype in each.dtypes]

    def tolerance(self, dtype: str) -> float:
        """The relative error allowed in a dtype, 0 where all bits count."""
        ulps = max(self.ulps, self.complex_ulps) if dtype in COMPLEX else self.ulps
        return ulps * epsilon(dtype) if dtype in INEXACT else 0.0


def epsilon(dtype: str) -> float:
    """The distance from 1 to the next number of an inexact dtype."""
    return float(ml_dtypes.finfo(as_dtype(dtype).numpy).eps)


# Draws ----------------------------------------------------------------------------------------


def of(*shape: int) -> Draw:
    """Ordinary numbers: floats of both signs, at least 1/4 in size, no two alike."""

    def draw(generator: np.random.Generator, dtype: str) -> Any:
        count = int(np.prod(shape))
        sizes = 0.25 + 2 * (generator.permutation(count) + generator.random(count) / 4) / count
        values = np.where(generator.random(count) < 0.5, -sizes, sizes).reshape(shape)
        if dtype in COMPLEX:
            values = values + 1j * generator.uniform(-1.5, 1.5, shape)
        return _as_dtype(values, dtype, generator)

    return draw


def positive(*shape: int) -> Draw:
    """Numbers from 1/2 to 5/2; complex ones in the right half plane."""
    return between(0.5, 2.5, *shape)


def between(low: float, high: float, *shape: int) -> Draw:
    """Numbers between two bounds; the imaginary parts of complex ones between -1 and 1."""

    def draw(generator: np.random.Generator, dtype: str) -> Any:
        values = generator.uniform(low, high, shape)
        if dtype in COMPLEX:
            values = values + 1j * generator.uniform(-1, 1, shape)
        if dtype in INTEGERS:
            values = np.ceil(values)
        return np.asarray(values).astype(as_dtype(dtype).numpy)

    return draw


def fixed(values: Any, dtype: str | None = "int32") -> Draw:
    """Given values, of a dtype of their own, or of the sample's (None)."""
    return lambda _, sampled: np.array(values).astype(as_dtype(dtype or sampled).numpy)


def specials(*shape: int) -> Draw:
    """Nine values at the edges of the dtype, in a shape of nine elements."""

    def draw(_: np.random.Generator, dtype: str) -> Any:
        numpy = as_dtype(dtype).numpy
        if dtype in FLOATS:
            info = ml_dtypes.finfo(numpy)
            values = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.5]
            values += [float(info.max), float(info.smallest_subnormal)]
        else:
            info = np.iinfo(numpy)
            values = [0, 1, 2, 3, 7, info.min, info.min + 1, info.max - 1, info.max]
        return np.array([np.array(value, numpy) for value in values]).reshape(shape)

    return draw


def _as_dtype(values: Any, dtype: str, generator: np.random.Generator) -> Any:
    shape = values.shape
    if dtype in SIGNED:
        return np.asarray(generator.integers(-9, 10, shape)).astype(dtype)
    if dtype in UNSIGNED:
        return np.asarray(generator.integers(0, 16, shape)).astype(dtype)
    if dtype in BOOL:
        return np.asarray(generator.random(shape) < 0.5)
    if dtype in STRING:
        words = np.empty(shape, object)
        for place in np.ndindex(*shape):
            words[place] = bytes(generator.integers(97, 101, generator.integers(4)).tolist())
        return words
    return np.asarray(values).astype(as_dtype(dtype).numpy)


# References -----------------------------------------------------------------------------------


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reference that calls a function of Python numbers for each element."""

    def reference(*arrays: Any, **params: Any) -> Any:
        inputs = np.broadcast_arrays(*[_as_objects(array) for array in arrays])
        result = np.empty(inputs[0].shape, object)
        for place in np.ndindex(result.shape):
            result[place] = function(*[x[place] for x in inputs], **params)
        return result

    return reference


def wide(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reference that calls a NumPy function in extended precision."""

    @functools.wraps(function)
    def reference(*arrays: Any, **params: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*[widen(array) for array in arrays], **params)

    return reference


def _as_objects(array: Any) -> Any:
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return array.astype(object)


def widen(array: Any) -> Any:
    """The array in extended precision; integers as Python's, which do not overflow."""
    kind = array.dtype.kind
    if array.dtype.name == "bfloat16":
        return array.astype(np.float32).astype(np.longdouble)
    if kind in "fc":
        return array.astype(np.longdouble if kind == "f" else np.clongdouble)
    return array.astype(object) if kind in "iu" else array


def narrow(value: Any, dtype: str) -> Any:
    """A reference's result rounded to a dtype; integers wrap around."""
    value, target = np.asarray(value), as_dtype(dtype).numpy
    if value.dtype != object or dtype in STRING:
        with np.errstate(all="ignore"):
            return value.astype(target)
    elements = value.reshape(-1).tolist()
    if dtype in INTEGERS:
        bits = np.iinfo(target).bits
        unsigned = np.array([int(n) % 2**bits for n in elements], f"uint{bits}")
        return unsigned.astype(target).reshape(value.shape)
    middle = np.complex128 if dtype in COMPLEX else np.bool_ if dtype in BOOL else np.float64
    with np.errstate(all="ignore"):
        return np.array(elements, middle).astype(target).reshape(value.shape)
