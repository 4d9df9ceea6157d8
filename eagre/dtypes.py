"""`tf.dtypes`: the dtypes of tensors."""

from eagre import dtypes_experimental as experimental
from eagre.core.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from eagre.core.dtypes import (
    bool_ as bool,
)
from eagre.ops.complex_parts import (
    complex,
)
from eagre.ops.conversions import (
    saturate_cast,
)
from eagre.ops.shaping import (
    cast,
)

__all__ = [
    "DType",
    "as_dtype",
    "bfloat16",
    "bool",
    "cast",
    "complex",
    "complex128",
    "complex64",
    "double",
    "experimental",
    "float16",
    "float32",
    "float64",
    "half",
    "int16",
    "int32",
    "int64",
    "int8",
    "resource",
    "saturate_cast",
    "string",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "variant",
]
