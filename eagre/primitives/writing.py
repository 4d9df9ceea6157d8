"""Elements as text: `as_string`, and lines written to a stream."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.primitives import batching
from eagre.primitives.families import BOOLS, COMPLEXES, EVERYTHING, FLOATS, INEXACTS, check_dtypes
from eagre.primitives.summaries import summary

_STREAMS = ("stdout", "stderr")


class WriteLine(Primitive):
    """Nothing; the data are written between the texts, `len(data) + 1` of them, to a stream.

    With `is_bare` strings stand without quotation marks. The stream is "stdout", "stderr",
    "file://PATH", or a function that takes the text.
    """

    vectorize = batching.by_rows
    public = "print"
    effect = "visible"
    can_fail = True
    stops_gradients = True

    def infer(
        self, *data: TensorSpec, texts: Any, stream: Any, summarize: int, is_bare: bool
    ) -> tuple[()]:
        """No output."""
        for spec in data:
            check_dtypes(self, (spec,), EVERYTHING)
        if len(texts) != len(data) + 1:
            raise InvalidArgumentError(
                f"print expected {len(data) + 1} texts. Received: {len(texts)} of them"
            )
        return ()

    def kernel(
        self, *data: Any, texts: Any, stream: Any, summarize: int, is_bare: bool
    ) -> tuple[()]:
        if len(texts) != len(data) + 1:
            raise ValueError("another number of texts")
        write = _bare if is_bare else summary
        shown = [write(array, summarize) for array in data]
        pairs = zip(texts, [*shown, ""], strict=True)
        write_text("".join([part for pair in pairs for part in pair]), stream)
        return ()


def _bare(array: Any, summarize: int) -> str:
    value = array[()]
    return value.decode("utf-8", "replace") if value.__class__ is bytes else str(value)


def write_text(text: str, stream: Any) -> None:
    """Write to a stream, looked up by its name now; a file is written to at its end."""
    if callable(stream):
        stream(text)
    elif stream in _STREAMS:
        getattr(sys, stream).write(text)
    else:
        with open(stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            file.write(text)


class AsString(Primitive):
    """Each element as text, in a format of the C language."""

    vectorize = batching.as_it_is
    has_one_input = True
    stops_gradients = True
    can_fail = True

    def infer(self, x: TensorSpec, **params: Any) -> TensorSpec:
        """Strings in the same shape."""
        check_dtypes(self, (x,), EVERYTHING)
        _Format(x.dtype, **params)
        return TensorSpec.of(x.sizes, dtypes.string)

    def kernel(self, x: Any, **params: Any) -> Any:
        write = _Format(dtypes.from_numpy(x.dtype), **params)
        result = np.empty(x.shape, object)
        flat = result.reshape(-1)
        for index, element in enumerate(x.reshape(-1)):
            flat[index] = write(element)
        return result


class _Format:
    """How elements of a dtype are written."""

    def __init__(
        self, dtype: Any, *, precision: int, scientific: bool, shortest: bool, width: int, fill: str
    ) -> None:
        self.kind = dtype
        is_inexact = dtype in INEXACTS
        if scientific and shortest:
            raise InvalidArgumentError(
                "as_string expected scientific or shortest. Received: both of them"
            )
        if fill not in ("", " ", "+", "-", "0"):
            raise InvalidArgumentError(
                f"as_string expected fill to be '', ' ', '+', '-' or '0'. Received: fill={fill!r}"
            )
        is_plain = not is_inexact and dtype != dtypes.string
        if is_plain and (scientific or shortest or precision >= 0):
            raise InvalidArgumentError(
                "as_string expected precision, scientific and shortest for floating-point or "
                f"complex numbers only. Received: dtype={dtype.name}"
            )
        letter = "e" if scientific else "g" if shortest else "f"
        self.flag, self.width = fill, max(width, 0)
        self.limit = precision if precision >= 0 and width > 0 else None
        digits = f".{precision}" if precision >= 0 else ""
        self.code = f"%{fill}{self.width or ''}{digits}{letter if is_inexact else 'd'}"

    def __call__(self, value: Any) -> bytes:
        if self.kind in BOOLS:
            return b"true" if value else b"false"
        if self.kind == dtypes.string:
            is_left, value = self.flag == "-", value[: self.limit]
            return value.ljust(self.width) if is_left else value.rjust(self.width)
        if self.kind in COMPLEXES:
            return f"({self.number(value.real)},{self.number(value.imag)})".encode()
        return self.number(value).encode()

    def number(self, value: Any) -> str:
        """A real number; where it is not finite, zeros do not fill it."""
        if self.kind in FLOATS | COMPLEXES:
            number = float(value)
            is_finite = np.isfinite(number)
            return (self.code if is_finite else self.code.replace("%0", "%")) % number
        code = self.code.lstrip("%+ ") if dtypes.as_dtype(self.kind).is_unsigned else None
        return self.code % int(value) if code is None else f"%{code}" % int(value)


write_line = WriteLine()
as_string = AsString()
