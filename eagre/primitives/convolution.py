"""Convolution and its two transposes, whose gradients are one another.

`x` is [batch, *space, in], `filters` [*window, in / groups, out], with one to three axes of space.
The number of groups follows from the shapes: `in` over the size that the filters have there.
The array code stands in `correlation.py`.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.shapes import are_compatible, format_sizes
from eagre.core.specs import TensorSpec
from eagre.primitives import batched_windows, correlation
from eagre.primitives.families import (
    FLOATS,
    apply_with_shape,
    check_dtypes,
    contiguous,
    shape_of,
    target_shape,
)
from eagre.primitives.geometry import Windows

if TYPE_CHECKING:
    from collections.abc import Callable


def computed_wide(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel on row-major arrays; halves are computed in float32."""

    def wide(self: Any, a: Any, b: Any, *rest: Any, **params: Any) -> Any:
        if a.dtype.itemsize > 2:
            return kernel(self, contiguous(a), contiguous(b), *rest, **params)
        single = (a.astype(np.float32, "C"), b.astype(np.float32, "C"))
        return kernel(self, *single, *rest, **params).astype(a.dtype)

    return wide


class Windowed(Primitive):
    """What the three operations share: dtypes, and sizes that must agree.

    `geometry` is the parameters `strides`, `padding` and `dilations`, for each axis of space.
    """

    public = "conv"
    takes = FLOATS | {dtypes.int32}

    def layout(self, x: Any, filters: Any, geometry: Any) -> tuple[tuple[Any, ...], Windows]:
        """The sizes of a convolution's output and its windows.

        `x` and `filters` are sizes, None where the rank is unknown.
        """
        strides, padding = geometry["strides"], geometry["padding"]
        return _layout(self.name_for(geometry), x, filters, strides, padding, geometry["dilations"])

    def name_for(self, geometry: Any) -> str:
        """The public name that messages begin with."""
        return f"conv{len(geometry['strides'])}d"

    def common_dtype(self, specs: Any, geometry: Any) -> dtypes.DType:
        """The dtype of all the specs."""
        caller: Any = SimpleNamespace(public=self.name_for(geometry))
        return check_dtypes(caller, specs, self.takes)

    def layout_of_transpose(self, x: Any, filters: Any, grad: Any, geometry: Any) -> Windows:
        """The windows; an error unless a convolution makes sizes `grad` of the others."""
        expected, windows = self.layout(x, filters, geometry)
        if not are_compatible(expected, grad):
            raise InvalidArgumentError(
                f"{self.name_for(geometry)} expected sizes that fit together: convolving "
                f"{format_sizes(x)} with filters of {format_sizes(filters)} makes "
                f"{format_sizes(expected)}. Received: {format_sizes(grad)}"
            )
        return windows


@lru_cache(maxsize=256)
def _layout(
    name: str, x: Any, filters: Any, strides: Any, padding: Any, dilations: Any
) -> tuple[tuple[Any, ...], Windows]:
    rank = len(strides) + 2
    x = (None,) * rank if x is None else x
    filters = (None,) * rank if filters is None else filters
    if len(x) != rank or len(filters) != rank:
        raise InvalidArgumentError(
            f"{name} expected an input and filters with {rank} axes. "
            f"Received: input.shape={format_sizes(x)}, filters.shape={format_sizes(filters)}"
        )
    _check_channels(name, x, filters)
    windows = Windows(
        name, x[1:-1], filters[:-2], strides=strides, padding=padding, dilations=dilations,
        first_axis=1,
    )  # fmt: skip
    return (x[0], *windows.counts, filters[-1]), windows


def _check_channels(name: str, x: Any, filters: Any) -> None:
    channels, depth, out = x[-1], filters[-2], filters[-1]
    if 0 in (channels, depth):
        expected = "at least one input channel"
    elif channels is None or depth is None or channels == depth:
        return
    elif channels % depth:
        expected = f"filters whose last size but one divides the {channels} input channels"
    elif out is not None and out % (channels // depth):
        expected = (
            f"output channels that divide into {channels // depth} groups, since "
            f"the filters take {depth} of {channels} input channels"
        )
    else:
        return
    raise InvalidArgumentError(
        f"{name} expected {expected}. "
        f"Received: input.shape={format_sizes(x)}, filters.shape={format_sizes(filters)}"
    )


class Convolution(Windowed):
    """The sums of products of the filters with each window of `x`."""

    vectorize = batched_windows.convolution
    needs = ("x", "filters")

    def infer(self, x: TensorSpec, filters: TensorSpec, **geometry: Any) -> TensorSpec:
        """[batch, *counts of windows, out]."""
        dtype = self.common_dtype((x, filters), geometry)
        return TensorSpec.of(self.layout(x.sizes, filters.sizes, geometry)[0], dtype)

    @computed_wide
    def kernel(self, x: Any, filters: Any, **geometry: Any) -> Any:
        _, windows = self.layout(x.shape, filters.shape, geometry)
        return correlation.convolve(windows.padded(x), filters, windows)

    def gradient(self, grad: Any, output: Any, x: Any, filters: Any, **geometry: Any) -> Any:
        return (
            lambda: input_gradient(grad, filters, shape_of(x), **geometry),
            lambda: filter_gradient(x, grad, shape_of(filters), **geometry),
        )


class ConvolutionInputGradient(Windowed):
    """What a convolution whose output has gradient `y` hands to its input of a shape."""

    vectorize = batched_windows.input_gradient
    needs = ("y", "filters")

    def name_for(self, geometry: Any) -> str:
        """The public name that messages begin with."""
        return f"conv{len(geometry['strides'])}d_transpose"

    def infer(
        self, y: TensorSpec, filters: TensorSpec, sizes: Any = None, *, shape: Any, **geometry: Any
    ) -> TensorSpec:
        """The shape asked for."""
        dtype = self.common_dtype((y, filters), geometry)
        self.layout_of_transpose(shape, filters.sizes, y.sizes, geometry)
        return TensorSpec.of(shape, dtype)

    @computed_wide
    def kernel(
        self, y: Any, filters: Any, sizes: Any = None, *, shape: Any, **geometry: Any
    ) -> Any:
        shape = target_shape(shape, sizes)
        windows = self.layout_of_transpose(shape, filters.shape, y.shape, geometry)
        whole = correlation.spread(y, filters, windows, windows.padded_sizes(shape))
        return contiguous(whole[windows.inside(shape)])

    def gradient(
        self,
        grad: Any,
        output: Any,
        y: Any,
        filters: Any,
        sizes: Any = None,
        *,
        shape: Any,
        **geometry: Any,
    ) -> Any:
        grads = (
            lambda: convolution(grad, filters, **geometry),
            lambda: filter_gradient(grad, y, shape_of(filters), **geometry),
        )
        return grads if sizes is None else (*grads, None)


class ConvolutionFilterGradient(Windowed):
    """What a convolution whose output has gradient `y` hands to its filters of a shape."""

    vectorize = batched_windows.filter_gradient
    needs = ("x", "y")

    def infer(
        self, x: TensorSpec, y: TensorSpec, sizes: Any = None, *, shape: Any, **geometry: Any
    ) -> TensorSpec:
        """The shape asked for."""
        dtype = self.common_dtype((x, y), geometry)
        self.layout_of_transpose(x.sizes, shape, y.sizes, geometry)
        return TensorSpec.of(shape, dtype)

    @computed_wide
    def kernel(self, x: Any, y: Any, sizes: Any = None, *, shape: Any, **geometry: Any) -> Any:
        shape = target_shape(shape, sizes)
        windows = self.layout_of_transpose(x.shape, shape, y.shape, geometry)
        return correlation.match(windows.padded(x), y, windows, shape)

    def gradient(
        self,
        grad: Any,
        output: Any,
        x: Any,
        y: Any,
        sizes: Any = None,
        *,
        shape: Any,
        **geometry: Any,
    ) -> Any:
        grads = (
            lambda: input_gradient(y, grad, shape_of(x), **geometry),
            lambda: convolution(x, grad, **geometry),
        )
        return grads if sizes is None else (*grads, None)


convolution = Convolution()
input_gradient_primitive = ConvolutionInputGradient()
filter_gradient_primitive = ConvolutionFilterGradient()


def input_gradient(y: Any, filters: Any, shape: Any, **geometry: Any) -> Any:
    """The transpose of a convolution with `filters`, for an input of a shape."""
    return apply_with_shape(input_gradient_primitive, (y, filters), shape, **geometry)


def filter_gradient(x: Any, y: Any, shape: Any, **geometry: Any) -> Any:
    """The transpose of a convolution of `x`, for filters of a shape."""
    return apply_with_shape(filter_gradient_primitive, (x, y), shape, **geometry)
