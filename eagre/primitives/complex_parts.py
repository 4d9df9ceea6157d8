"""Complex numbers made of two real ones, and the imaginary part; `cast` takes the real part."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.specs import TensorSpec
from eagre.primitives.arithmetic import cast
from eagre.primitives.families import COMPLEXES, Binary, Unary, check_dtypes, zero_like

SINGLES = frozenset({dtypes.float32, dtypes.float64})


class Complex(Binary):
    """x + iy."""

    name = "make_complex"
    public = "complex"
    takes = SINGLES
    needs = ()

    def infer(self, *specs: Any, **params: Any) -> TensorSpec:
        """Broadcast; the dtype is twice as large."""
        spec = super().infer(*specs, **params)
        is_single = spec.dtype == dtypes.float32
        return TensorSpec.of(spec.sizes, dtypes.complex64 if is_single else dtypes.complex128)

    def kernel(self, x: Any, y: Any) -> Any:
        # Adding y * 1j would make NaN of infinities.
        target = np.complex64 if x.dtype.itemsize == 4 else np.complex128
        result = np.empty(np.broadcast_shapes(x.shape, y.shape), target)
        result.real = x
        result.imag = y
        return result

    def gradient(self, grad: Any, output: Any, x: Any, y: Any) -> Any:
        return lambda: cast(grad, dtype=x.dtype), lambda: imaginary(grad)


class Imaginary(Unary):
    """The imaginary part."""

    public = "imag"
    takes = COMPLEXES
    needs = ()

    def infer(self, *specs: Any, **params: Any) -> TensorSpec:
        """Real numbers of half the size."""
        (x,) = specs
        dtype = check_dtypes(self, (x,), self.takes)
        real = dtypes.float32 if dtype == dtypes.complex64 else dtypes.float64
        return TensorSpec.of(x.sizes, real)

    def kernel(self, x: Any) -> Any:
        return x.imag.copy()

    def gradient(self, grad: Any, output: Any, x: Any) -> Any:
        return (complex_primitive(zero_like(grad), grad),)


complex_primitive = Complex()
imaginary = Imaginary()
