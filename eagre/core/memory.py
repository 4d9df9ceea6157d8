"""How the C library treats the memory of large arrays, which NumPy asks it for."""

from __future__ import annotations

import numpy as np

_MOST = (1 << 25) - (1 << 16)
"""Just below the 32 MB up to which glibc learns from what is freed."""


def keep_freed_memory() -> None:
    """Let memory of arrays up to 32 MB be used again instead of going back to the system.

    glibc asks the system for each array that is larger than any freed before, and gives back what
    is free beyond twice that size: pages that come again cost more than most operations on them.
    One array that is freed untouched tells it the size; other C libraries take no notice. (See
    docs/decisions/kernels-of-many-elements.md.)
    """
    np.empty(_MOST, np.uint8)
