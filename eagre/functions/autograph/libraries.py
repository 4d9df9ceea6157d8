"""Whose code is converted: the user's, and not that of Python, eagre and installed packages."""

from __future__ import annotations

import os
from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_PYTHON = (os.path.dirname(os.__file__) + os.sep, "<frozen ")
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def is_own(code: Any) -> bool:
    """Whether code belongs to eagre."""
    return code.co_filename.startswith(_PACKAGE)


def is_library(code: Any) -> bool:
    """Whether code belongs to Python, to eagre or to an installed package."""
    filename = code.co_filename
    is_installed = any(part in filename for part in _INSTALLED)
    return is_installed or filename.startswith(_PYTHON) or is_own(code)
