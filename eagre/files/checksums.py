"""Masked checksums: by `google-crc32c` where it is installed, else by NumPy, with equal values."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from eagre.core import crc32c

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def checksum() -> Callable[[Any], int]:
    """The function that computes the CRC-32C of bytes."""
    with warnings.catch_warnings():
        # The library warns where it lacks its compiled part; NumPy is then the faster of the two.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            import google_crc32c  # pyright: ignore[reportMissingImports]
        except ImportError:
            return crc32c.crc32c
    return google_crc32c.value if google_crc32c.implementation == "c" else crc32c.crc32c


def masked_checksum(data: Any) -> int:
    """The checksum of bytes in the form in which files hold it."""
    return crc32c.masked(checksum()(data))
