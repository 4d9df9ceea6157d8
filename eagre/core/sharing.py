"""The memory of arrays for other libraries and from them, by the DLPack protocol.

NumPy speaks the protocol, but knows no bfloat16: such numbers pass through it as uint16, and the
capsule, which says of which type its numbers are, is told the other type.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError

_CPU = (1, 0)
_DEVICES = {2: "CUDA", 4: "OpenCL", 7: "Vulkan", 8: "Metal", 10: "ROCm", 14: "oneAPI"}
"""DLPack's numbers of the kinds of device whose memory the processor does not read."""
_UNSIGNED, _BFLOAT = 1, 4  # DLPack's numbers of kinds of numbers
_PLACES = {b"dltensor": 20, b"dltensor_versioned": 52}
"""Where, by name, a capsule's structure says of which kind its numbers are, in bytes."""


class Handout:
    """A capsule as an object that hands it out, which is what NumPy takes."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return _CPU


def capsule_of(array: Any, version: tuple[int, int] | None, stream: Any, **options: Any) -> Any:
    """A capsule of the memory, for a receiver that knows the protocol up to `version`."""
    is_bfloat16 = array.dtype.name == "bfloat16"
    if is_bfloat16:
        array = array.view(np.uint16)
    if version is not None and version >= (1, 0):
        # Since version 1.0 the protocol can say that the memory is not to be written.
        array = array.view()
        array.flags.writeable = False
    capsule = array.__dlpack__(stream=stream, max_version=version, **options)
    return _retyped(capsule, _UNSIGNED, _BFLOAT) if is_bfloat16 else capsule


def shared_array(source: Any, copy: bool | None, name: str) -> Any:
    """The array in the memory of an object with `__dlpack__`, or in a copy of it."""
    check_place(source, name)
    if "bfloat16" in str(getattr(source, "dtype", "")):
        source = Handout(source.__dlpack__())
    capsule = source.capsule if isinstance(source, Handout) else None
    if capsule is not None and _retyped(capsule, _BFLOAT, _UNSIGNED) is not None:
        array = np.from_dlpack(source).view(dtypes.bfloat16.numpy)
        return array.copy() if copy else array
    return np.from_dlpack(source) if copy is None else np.from_dlpack(source, copy=copy)


def foreign_array(value: Any, name: str) -> Any:
    """The array of an object of another library, with `__array__` or `__dlpack__`."""
    check_place(value, name)
    if not hasattr(value, "__array__") or "torch.bfloat16" in str(getattr(value, "dtype", "")):
        return shared_array(value, None, name)
    return np.asarray(value)


def check_place(value: Any, name: str) -> None:
    """Refuse an array of another library that lies in the memory of another device."""
    device = getattr(value, "__dlpack_device__", None)
    kind, index = _CPU if device is None else device()
    if (place := _DEVICES.get(int(kind))) is not None:
        raise InvalidArgumentError(
            f"{name} expected an array in the memory of the CPU. Received: a {type(value).__name__}"
            f" on device {index} of kind {place}. Copy it to the CPU first: array.cpu() in PyTorch,"
            " array.get() in CuPy."
        )


def _retyped(capsule: Any, old: int, new: int) -> Any:
    """The capsule, whose numbers of 16 bits are said to be of another kind than they were, or None
    where they were of none of these."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    for name, place in _PLACES.items():
        if f'"{name.decode()}"' in repr(capsule):
            kind = (ctypes.c_uint8 * 2).from_address(pointer(capsule, name) + place)
            if tuple(kind) == (old, 16):
                kind[0] = new
                return capsule
    return None
