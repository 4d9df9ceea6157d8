"""The files that match patterns, in order."""

from __future__ import annotations

import glob
import os
import re


def matching(pattern: str) -> list[str]:
    """The paths that match a pattern with `*`, `?` and `[...]`, sorted."""
    if not glob.has_magic(pattern):
        return [pattern] if os.path.lexists(pattern) else []
    # In TensorFlow's patterns a backslash quotes what follows, and a star finds hidden files.
    plain = re.sub(r"\\(.)", r"[\1]", pattern)
    return sorted(glob.glob(plain, include_hidden=True))
