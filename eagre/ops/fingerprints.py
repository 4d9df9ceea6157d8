"""Fingerprints of the rows of a tensor."""

from __future__ import annotations

from typing import Any

from eagre.core.conversion import to_tensor
from eagre.core.errors import InvalidArgumentError
from eagre.primitives.fingerprints import fingerprint as primitive


def fingerprint(data: Any, method: Any = "farmhash64", name: str | None = None) -> Any:
    """A hash of 8 bytes for each row, the same on every machine: [rows, ...] becomes [rows, 8].

    Numbers are hashed by their bytes, in little-endian order; strings by their own hashes, where
    a row has several. Pike and Alakuijala, "FarmHash", 2014 (its Fingerprint64).

    Raises:
        InvalidArgumentError: data without an axis, or another method.

    >>> tf.fingerprint(["a", "hello world"]).numpy()
    array([[227, 117, 223, 182, 101,  66,  69, 179],
           [ 27, 176, 214, 139,  71, 183, 143,  88]], dtype=uint8)
    """
    kind = method.decode() if isinstance(method, bytes) else method
    if kind != "farmhash64":
        raise InvalidArgumentError(
            f"fingerprint expected the method 'farmhash64'. Received: method={method!r}"
        )
    return primitive.door(to_tensor(data, name="fingerprint"))
