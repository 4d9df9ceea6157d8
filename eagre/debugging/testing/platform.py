"""What this machine and this build have, for tests that need it."""

from __future__ import annotations

import platform
from typing import Any

_TARGETS = {
    "aarch64": ("aarch64", "arm64"),
    "arm": ("arm",),
    "pcc": ("ppc", "ppc64le"),
    "x86_64": ("x86_64", "amd64"),
}


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: Any = None
) -> bool:
    """False: eagre computes on the CPU.

    >>> tf.test.is_gpu_available()
    False
    """
    return False


def gpu_device_name() -> str:
    """The empty string: eagre computes on the CPU.

    >>> tf.test.gpu_device_name()
    ''
    """
    return ""


def is_built_with_cuda() -> bool:
    """False: there is nothing that is built."""
    return False


def is_built_with_rocm() -> bool:
    """False: there is nothing that is built."""
    return False


def is_built_with_gpu_support() -> bool:
    """False: there is nothing that is built."""
    return False


def is_built_with_xla() -> bool:
    """False: there is nothing that is built."""
    return False


def is_cpu_target_available(target: str) -> bool:
    """Whether the processor is of a kind: "aarch64", "arm", "pcc" or "x86_64"."""
    if target not in _TARGETS:
        raise ValueError(
            f"is_cpu_target_available expected one of {sorted(_TARGETS)}. "
            f"Received: target={target!r}"
        )
    return platform.machine().lower() in _TARGETS[target]
