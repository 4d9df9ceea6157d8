"""The log of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


def get_logger() -> Logger:
    """The logger of this package, from Python's `logging`.

    >>> tf.get_logger().name
    'eagre'
    """
    import logging

    return logging.getLogger("eagre")
