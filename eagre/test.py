"""`tf.test`: tests of programs."""

from eagre.debugging.testing.benchmark import Benchmark, main
from eagre.debugging.testing.case import TestCase
from eagre.debugging.testing.numeric_gradient import compute_gradient
from eagre.debugging.testing.platform import (
    gpu_device_name,
    is_built_with_cuda,
    is_built_with_gpu_support,
    is_built_with_rocm,
    is_built_with_xla,
    is_cpu_target_available,
    is_gpu_available,
)

__all__ = [
    "Benchmark",
    "TestCase",
    "compute_gradient",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_built_with_xla",
    "is_cpu_target_available",
    "is_gpu_available",
    "main",
]
