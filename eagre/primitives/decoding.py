"""Bytes in strings as arrays and back: raw numbers, values between commas, compressed bytes,
base64, messages of tensors."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import dtypes
from eagre.core.doors import apply
from eagre.core.errors import DataLossError, InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.files import csv, tensor_messages
from eagre.primitives import batching
from eagre.primitives.batching import Flags, NoRuleError
from eagre.primitives.families import BOOLS, EVERYTHING, NUMBERS, check_dtypes

if TYPE_CHECKING:
    from collections.abc import Callable

STRINGS = frozenset({dtypes.string})
COLUMN_DTYPES = frozenset(
    {dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string}
)
_WINDOW_BITS = {"ZLIB": 15, "GZIP": 31}
_TEXT = re.compile(rb"[A-Za-z0-9_-]*={0,2}")


class DecodeRaw(Primitive):
    """The bytes of each string as numbers, along a further last axis.

    With a `length` in bytes, strings are cut and filled up with zeros to it; else all are as long
    as the first.
    """

    public = "decode_raw"
    has_one_input = True
    can_fail = True
    stops_gradients = True
    checks_always = True
    is_exact = True
    vectorize = batching.as_it_is

    def infer(
        self, x: TensorSpec, *, dtype: dtypes.DType, little_endian: bool, length: int | None
    ) -> TensorSpec:
        """A last axis of so many numbers."""
        check_dtypes(self, (x,), STRINGS)
        if dtype not in NUMBERS | BOOLS:
            raise InvalidArgumentError(
                "decode_raw expected out_type to be a dtype of numbers or bool. "
                f"Received: out_type={dtype.name}"
            )
        if length is not None and (length <= 0 or length % dtype.size):
            raise InvalidArgumentError(
                "decode_raw expected fixed_length to be a multiple of the size of out_type, "
                f"{dtype.size} bytes. Received: fixed_length={length}"
            )
        count = None if length is None else length // dtype.size
        return TensorSpec.of(None if x.sizes is None else (*x.sizes, count), dtype)

    def kernel(
        self, x: Any, *, dtype: dtypes.DType, little_endian: bool, length: int | None
    ) -> Any:
        texts = x.reshape(-1).tolist()
        if length is not None:
            texts = [text[:length].ljust(length, b"\0") for text in texts]
        size = len(texts[0]) if texts else length or 0
        for place, text in enumerate(texts):
            if len(text) != size:
                raise InvalidArgumentError(
                    "decode_raw expected strings of one length. Received: strings of "
                    f"{size} bytes and, at {place}, of {len(text)} bytes. Give fixed_length."
                )
        if size % dtype.size:
            raise InvalidArgumentError(
                f"decode_raw expected strings of a multiple of {dtype.size} bytes, the size of "
                f"{dtype.name}. Received: {size} bytes"
            )
        stored: Any = np.dtype("u1") if dtype is dtypes.bool_ else dtype.numpy
        whole: Any = np.frombuffer(b"".join(texts), stored)
        if not little_endian:
            whole = whole.byteswap()
        found = whole.reshape(*x.shape, size // dtype.size)
        return found != 0 if dtype is dtypes.bool_ else found.copy()


class DecodeCsv(Primitive):
    """The fields of records as columns, each in the shape of the records.

    `defaults` are for each column the values that stand for a missing one: one of them, or none.
    """

    public = "decode_csv"
    can_fail = True
    stops_gradients = True
    checks_always = True
    is_exact = True

    def infer(
        self, records: TensorSpec, *defaults: TensorSpec, form: csv.Format
    ) -> tuple[TensorSpec, ...]:
        """The shape of the records for each column."""
        check_dtypes(self, (records,), STRINGS)
        kinds = tuple([spec.dtype.numpy for spec in defaults])
        if kinds != form.dtypes:
            raise InvalidArgumentError(
                f"decode_csv expected defaults of the dtypes of the {len(form.dtypes)} columns. "
                f"Received: {', '.join([spec.dtype.name for spec in defaults])}"
            )
        for place, spec in enumerate(defaults):
            if spec.dtype not in COLUMN_DTYPES:
                raise InvalidArgumentError(
                    "decode_csv expected record_defaults of float32, float64, int32, int64 or "
                    f"string. Received: {spec.dtype.name} for field {place}"
                )
            if spec.rank not in (0, 1, None) or (spec.sizes or (0,))[0] not in (0, 1, None):
                raise InvalidArgumentError(
                    "decode_csv expected for each field a default that is a scalar, or a vector of "
                    f"at most one element. Received: shape={spec.shape} for field {place}"
                )
        return tuple([TensorSpec.of(records.sizes, spec.dtype) for spec in defaults])

    def kernel(self, records: Any, *defaults: Any, form: csv.Format) -> Any:
        given = [each.reshape(-1)[0] if each.size else None for each in defaults]
        columns = form(records.reshape(-1).tolist(), given, self.public)
        return tuple([column.reshape(records.shape) for column in columns])

    def vectorize(self, batched: Flags, records: Any, *defaults: Any, form: csv.Format) -> Any:
        """The records of all examples."""
        if any(batched[1:]):
            raise NoRuleError
        return apply(self, (records, *defaults), {"form": form})


class StringFunction(Primitive):
    """A function of each string."""

    has_one_input = True
    can_fail = True
    stops_gradients = True
    is_exact = True
    vectorize = batching.as_it_is

    def infer(self, x: TensorSpec, **params: Any) -> TensorSpec:
        """Strings in the same shape."""
        check_dtypes(self, (x,), STRINGS)
        return TensorSpec.of(x.sizes, dtypes.string)


def of_each(x: Any, function: Callable[[bytes], bytes]) -> Any:
    """What a function gives for each string."""
    found = np.empty(x.shape, object)
    flat = found.reshape(-1)
    for place, text in enumerate(x.reshape(-1).tolist()):
        flat[place] = function(text)
    return found


class DecodeCompressed(StringFunction):
    """What compressed bytes hold."""

    public = "decode_compressed"

    def kernel(self, x: Any, *, compression: str) -> Any:
        if not compression:
            return x.copy()
        return of_each(x, lambda text: _decompressed(text, compression))


def _decompressed(text: bytes, compression: str) -> bytes:
    machine = zlib.decompressobj(_WINDOW_BITS[compression])
    try:
        found = machine.decompress(text)
    except zlib.error as error:
        reason = str(error).split(": ")[-1]
    else:
        if machine.eof:
            return found
        reason = "they end too early"
    raise DataLossError(
        f"decode_compressed expected bytes compressed by {compression}. "
        f"Received: {text!r:.40}: {reason}"
    )


class EncodeBase64(StringFunction):
    """Bytes as text of 64 characters that are safe in addresses of the web."""

    public = "encode_base64"

    def kernel(self, x: Any, *, pad: bool) -> Any:
        def encoded(text: bytes) -> bytes:
            found = base64.urlsafe_b64encode(text)
            return found if pad else found.rstrip(b"=")

        return of_each(x, encoded)


class DecodeBase64(StringFunction):
    """The bytes that such a text stands for."""

    public = "decode_base64"

    def kernel(self, x: Any) -> Any:
        return of_each(x, _from_base64)


def _from_base64(text: bytes) -> bytes:
    plain = text.rstrip(b"=")
    is_padded = len(text) == len(plain) or len(text) % 4 == 0
    if len(plain) % 4 == 1 or not is_padded or _TEXT.fullmatch(text) is None:
        raise InvalidArgumentError(
            "decode_base64 expected letters, digits, '-' and '_', and '=' only to fill up the end. "
            f"Received: {text!r:.60}"
        )
    return base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))


class SerializeTensor(Primitive):
    """A tensor as the bytes of a message."""

    public = "serialize_tensor"
    has_one_input = True
    stops_gradients = True

    def infer(self, x: TensorSpec) -> TensorSpec:
        """A scalar string."""
        check_dtypes(self, (x,), EVERYTHING)
        return TensorSpec.of((), dtypes.string)

    def kernel(self, x: Any) -> Any:
        found = np.empty((), object)
        found[()] = tensor_messages.encoded(x)
        return found


class ParseTensor(Primitive):
    """The tensor that such bytes hold."""

    public = "parse_tensor"
    has_one_input = True
    can_fail = True
    stops_gradients = True
    checks_always = True

    def infer(self, x: TensorSpec, *, dtype: dtypes.DType) -> TensorSpec:
        """A tensor of any shape."""
        check_dtypes(self, (x,), STRINGS)
        if x.rank not in (0, None):
            raise InvalidArgumentError(
                f"parse_tensor expected a scalar string. Received: shape={x.shape}"
            )
        return TensorSpec.of(None, dtype)

    def kernel(self, x: Any, *, dtype: dtypes.DType) -> Any:
        text = x[()]
        try:
            found = tensor_messages.decoded(text)
        except ValueError as error:
            raise InvalidArgumentError(
                "parse_tensor expected the bytes that serialize_tensor gives. "
                f"Received: {text!r:.60}: {error}"
            ) from None
        if found.dtype != dtype.numpy:
            raise InvalidArgumentError(
                f"parse_tensor expected a tensor of {dtype.name}, for that is out_type. "
                f"Received: one of {dtypes.from_numpy(found.dtype).name}"
            )
        return found


decode_raw = DecodeRaw()
decode_csv = DecodeCsv()
decode_compressed = DecodeCompressed()
encode_base64 = EncodeBase64()
decode_base64 = DecodeBase64()
serialize_tensor = SerializeTensor()
parse_tensor = ParseTensor()
