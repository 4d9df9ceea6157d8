"""Applying a record's primitive to a sample: values, gradients, specs, bits, outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.specs import TensorSpec
from eagre.core.tensor import Tensor, wrap
from eagre.gradients.tape import GradientTape
from eagre.state.variable import Variable
from tests.primitives.record import INEXACT, Record, Sample

KNOWLEDGE = ("static", "unknown sizes", "unknown rank")


def as_tuple(result: Any) -> tuple[Any, ...]:
    """The outputs, also where there is one."""
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def apply_primitive(primitive: Any, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Through the primitive's own door, unless that is for one input and there are more."""
    if primitive.has_one_input and len(inputs) > 1:
        return apply(primitive, inputs, params)
    return primitive(*inputs, **params)


def is_inexact(array: Any) -> bool:
    """Whether values of the array's dtype have gradients."""
    return dtypes.from_numpy(array.dtype).name in INEXACT


def sizes_at(knowledge: str, sizes: tuple[int, ...]) -> Any:
    """What is known of a shape."""
    return {"static": sizes, "unknown sizes": (None,) * len(sizes)}.get(knowledge)


class Call:
    """A primitive, the arrays and the parameters of one sample in one dtype."""

    def __init__(self, record: Record, sample: Sample, dtype: str) -> None:
        self.record = record
        self.sample = sample
        self.dtype = dtype
        self.primitive = record.primitive
        self.arrays = sample.arrays(dtype)
        self.params = sample.parameters(dtype)
        inexact = [i for i, array in enumerate(self.arrays) if is_inexact(array)]
        self.sources = [i for i in inexact if i not in record.constants]

    def __repr__(self) -> str:
        shapes = ", ".join(f"{x.dtype}{list(x.shape)}" for x in self.arrays)
        params = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        return f"{self.record.name}({shapes}; {params})"

    # Values -----------------------------------------------------------------------------------

    def values(self, arrays: Any = None, knowledge: str = "static") -> list[Any]:
        """Tensors for the inputs, variables for those that are handles."""
        pairs = enumerate(self.arrays if arrays is None else arrays)
        return [
            Variable(x, shape=sizes_at(knowledge, x.shape)) if i in self.record.handles else wrap(x)
            for i, x in pairs
        ]

    def run(self, values: Any = None) -> tuple[Any, ...]:
        """The outputs of the primitive as tensors."""
        values = self.values() if values is None else values
        inputs = tuple([getattr(value, "handle", value) for value in values])
        return as_tuple(apply_primitive(self.primitive, inputs, self.params))

    def compute(self, arrays: Any = None) -> list[Any]:
        """The outputs of the primitive as arrays."""
        return [output.array for output in self.run(self.values(arrays))]

    def specs(self, knowledge: str) -> list[Any]:
        """The specs of the inputs as far as they are known."""
        return [
            value.handle.spec
            if isinstance(value, Variable)
            else TensorSpec.of(sizes_at(knowledge, value.sizes), value.dtype)
            for value in self.values(knowledge=knowledge)
        ]

    # Gradients --------------------------------------------------------------------------------

    def weights(self) -> list[Any]:
        """A gradient for each inexact output."""
        return [like(y, number) for number, y in enumerate(self.compute()) if is_inexact(y)]

    def gradient(self, values: Any, weights: Any) -> list[Any]:
        """The gradients of the sources, made dense, None where there is none."""
        sources = [values[i] for i in self.sources]
        with GradientTape() as tape:
            tape.watch(sources)
            outputs = self.run(values)
        targets = [y for y in outputs if y.dtype.name in INEXACT]
        return dense(tape.gradient(targets, sources, output_gradients=weights))

    def second_gradient(self, values: Any, weights: Any, flows: Any) -> list[Any]:
        """The gradients of the gradients, with respect to the sources and the weights."""
        sources = [*[values[i] for i in self.sources], *weights]
        with GradientTape() as tape:
            tape.watch(sources)
            found = [each for each in self.gradient(values, weights) if each is not None]
        return dense(tape.gradient(found, sources, output_gradients=flows))

    def flows(self, weights: Any) -> list[Any]:
        """A gradient for each gradient that is not None."""
        found = self.gradient(self.values(), [wrap(w) for w in weights])
        return [like(g.array, 7 + i) for i, g in enumerate(found) if g is not None]


def dense(grads: list[Any]) -> list[Any]:
    """Gradients as tensors, also where they came as slices."""
    return [None if grad is None else to_tensor(grad) for grad in grads]


def like(array: Any, seed: int) -> Any:
    """Numbers of the shape and dtype of an array."""
    generator = np.random.default_rng([seed, 451])
    values = generator.uniform(0.5, 1.5, array.shape) * generator.choice([-1, 1], array.shape)
    if array.dtype.kind == "c":
        values = values + 1j * generator.uniform(-1, 1, array.shape)
    return np.asarray(values).astype(array.dtype)


def inner(weight: Any, value: Any) -> float:
    """The real number whose gradient flowing into `value` is `weight`."""
    return float(np.sum(np.conj(weight) * value).real)


def central_differences(function: Any, array: Any, step: float = 1e-5) -> Any:
    """The gradient of a real function of an array: d/d(real part) + i d/d(imaginary part)."""
    result = np.zeros_like(array)
    for place in np.ndindex(*array.shape):
        for unit in (1.0, 1.0j) if array.dtype.kind == "c" else (1.0,):
            ends = []
            for side in (step, -step):
                moved = array.copy()
                moved[place] += side * unit
                ends.append(function(moved))
            result[place] += unit * (ends[0] - ends[1]) / (2 * step)
    return result


# Comparing ------------------------------------------------------------------------------------


def bits(array: Any) -> Any:
    """What has to be the same: dtype, shape and bytes; all NaNs are alike."""
    array = np.ascontiguousarray(array).reshape(array.shape)
    kind = array.dtype.kind
    if kind == "O":
        return array.dtype, array.shape, array.tolist()
    parts = [array.real, array.imag] if kind == "c" else [array]
    if kind not in "iub":
        parts = [np.where(part != part, part.dtype.type(np.nan), part) for part in parts]
    return array.dtype, array.shape, [part.tobytes() for part in parts]


def assert_same_bits(found: Any, expected: Any, *what: Any) -> None:
    """Fail unless two lists of tensors or None hold the same bits; `what` is what they are."""
    assert [x is None for x in found] == [x is None for x in expected], f"{what}: None differs"
    for a, b in zip(found, expected, strict=True):
        if a is not None:
            a, b = (x.array if isinstance(x, Tensor) else x for x in (a, b))
            assert bits(a) == bits(b), f"{a!r} is not {b!r}: {what}"


def layouts(array: Any) -> dict[str, Any]:
    """The same values at other places in memory."""
    result = {"offset": _offset(array)}
    if array.ndim:
        doubled = np.repeat(array, 2, axis=-1)
        result["every second"] = doubled[..., ::2]
        result["backwards"] = np.flip(np.flip(array).copy())
        result["column-major"] = np.asfortranarray(array)
    if array.ndim > 1:
        result["axes swapped"] = array.swapaxes(0, -1).copy().swapaxes(0, -1)
    return result


def _offset(array: Any) -> Any:
    room = np.empty(array.size + 1, array.dtype)[1:].reshape(array.shape)
    room[...] = array
    return room
