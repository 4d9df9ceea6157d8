"""The memory of a tensor for other libraries, by the DLPack protocol."""

from __future__ import annotations

from typing import Any


def capsule_of(array: Any, version: tuple[int, int] | None, stream: Any, **options: Any) -> Any:
    """A capsule of the memory, for a receiver that knows the protocol up to `version`."""
    if version is not None and version >= (1, 0):
        # Since version 1.0 the protocol can say that the memory is not to be written.
        array = array.view()
        array.flags.writeable = False
    return array.__dlpack__(stream=stream, max_version=version, **options)
