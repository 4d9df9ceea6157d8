"""eagre: operations run at once, and the same code becomes a graph.

    import eagre as tf

Names and semantics are those of TensorFlow 2. Namespaces (`tf.nn`, `tf.random` ...) are loaded
when they are first touched.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from eagre.control.branching import (
    cond,
)
from eagre.control.looping import (
    while_loop,
)
from eagre.core.ambient import (
    executing_eagerly,
)
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
    string,
    uint8,
    uint16,
    uint32,
    uint64,
)
from eagre.core.dtypes import (
    bool_ as bool,
)
from eagre.core.shapes import (
    TensorShape,
)
from eagre.core.specs import (
    TensorSpec,
)
from eagre.core.tensor import (
    Tensor,
)
from eagre.gradients.functions import (
    enable_eager_execution,
    gradients_function,
    value_and_gradients_function,
)
from eagre.gradients.tape import (
    GradientTape,
    UnconnectedGradients,
)
from eagre.graph.graph import (
    Graph,
)
from eagre.graph.trace import (
    trace,
)
from eagre.ops.creation import (
    constant,
    convert_to_tensor,
    eye,
    fill,
    one_hot,
    ones,
    ones_like,
    range,
    zeros,
    zeros_like,
)
from eagre.ops.joining import (
    concat,
    pad,
    reverse,
    split,
    stack,
    unstack,
)
from eagre.ops.linalg import (
    matmul,
)
from eagre.ops.math import (
    abs,
    add,
    add_n,
    clip_by_value,
    cos,
    divide,
    equal,
    exp,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    round,
    sigmoid,
    sign,
    sin,
    sqrt,
    square,
    subtract,
    tanh,
    truediv,
)
from eagre.ops.reductions import (
    argmax,
    argmin,
    cumsum,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from eagre.ops.selection import (
    boolean_mask,
    gather,
    where,
)
from eagre.ops.selection import (
    slice_ as slice,
)
from eagre.ops.shaping import (
    broadcast_to,
    cast,
    expand_dims,
    identity,
    newaxis,
    rank,
    reshape,
    shape,
    size,
    squeeze,
    stop_gradient,
    tile,
    transpose,
)
from eagre.state.module import (
    Module,
)
from eagre.state.variable import (
    Variable,
)

if TYPE_CHECKING:
    from eagre import (
        autodiff,
        debugging,
        dtypes,
        errors,
        linalg,
        math,
        nest,
        nn,
        optimizers,
        random,
    )

__version__ = "0.1.0.dev0"

_NAMESPACES = (
    "autodiff",
    "debugging",
    "dtypes",
    "errors",
    "linalg",
    "math",
    "nest",
    "nn",
    "optimizers",
    "random",
)

__all__ = [
    "DType",
    "GradientTape",
    "Graph",
    "Module",
    "Tensor",
    "TensorShape",
    "TensorSpec",
    "UnconnectedGradients",
    "Variable",
    "abs",
    "add",
    "add_n",
    "argmax",
    "argmin",
    "as_dtype",
    "autodiff",
    "bfloat16",
    "bool",
    "boolean_mask",
    "broadcast_to",
    "cast",
    "clip_by_value",
    "complex128",
    "complex64",
    "concat",
    "cond",
    "constant",
    "convert_to_tensor",
    "cos",
    "cumsum",
    "debugging",
    "divide",
    "double",
    "dtypes",
    "enable_eager_execution",
    "equal",
    "errors",
    "executing_eagerly",
    "exp",
    "expand_dims",
    "eye",
    "fill",
    "float16",
    "float32",
    "float64",
    "floor",
    "gather",
    "gradients_function",
    "greater",
    "greater_equal",
    "half",
    "identity",
    "int16",
    "int32",
    "int64",
    "int8",
    "less",
    "less_equal",
    "linalg",
    "logical_and",
    "logical_not",
    "logical_or",
    "math",
    "matmul",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nest",
    "newaxis",
    "nn",
    "not_equal",
    "one_hot",
    "ones",
    "ones_like",
    "optimizers",
    "pad",
    "pow",
    "random",
    "range",
    "rank",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "reshape",
    "reverse",
    "round",
    "shape",
    "sigmoid",
    "sign",
    "sin",
    "size",
    "slice",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "stop_gradient",
    "string",
    "subtract",
    "tanh",
    "tile",
    "trace",
    "transpose",
    "truediv",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unstack",
    "value_and_gradients_function",
    "where",
    "while_loop",
    "zeros",
    "zeros_like",
]


def __getattr__(name: str) -> object:
    if name in _NAMESPACES:
        return _import_module("eagre." + name)
    raise AttributeError(f"tf.{name} cannot be found. dir(tf) lists the names that there are.")


def __dir__() -> list[str]:
    return __all__
