"""eagre: operations run at once, and the same code becomes a graph.

    import eagre as tf

Names and semantics are those of TensorFlow 2. Namespaces (`tf.nn`, `tf.random` ...) and rarer
functions are loaded when they are first touched.
"""

from importlib import import_module as _import_module
from sys import modules as _modules
from typing import TYPE_CHECKING

from eagre.control.branching import cond
from eagre.control.looping import while_loop
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
from eagre.core.shapes import TensorShape
from eagre.core.specs import TensorSpec
from eagre.core.tensor import Tensor
from eagre.gradients.functions import (
    gradients_function,
    value_and_gradients_function,
)
from eagre.gradients.symbolic import (
    gradients,
)
from eagre.gradients.tape import (
    GradientTape,
    UnconnectedGradients,
)
from eagre.graph.building import (
    enable_eager_execution,
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
    ones,
    ones_like,
    range,
    zeros,
    zeros_like,
)
from eagre.ops.joining import (
    concat,
    parallel_stack,
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
    strided_slice,
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
        array_api,
        autodiff,
        autograph,
        bitwise,
        compat,
        config,
        contrib,
        data,
        debugging,
        dtypes,
        errors,
        experimental,
        image,
        io,
        linalg,
        math,
        nest,
        nn,
        optimizers,
        random,
        signal,
        test,
        testing,
        train,
        version,
    )
    from eagre.composites.tensor_array import TensorArray, TensorArraySpec
    from eagre.control.accumulating import foldl, foldr, map_fn, scan
    from eagre.control.choosing import case, switch_case
    from eagre.control.host_calls import numpy_function, py_function
    from eagre.core.devices import DeviceSpec, device
    from eagre.core.dtypes import resource, variant
    from eagre.core.policies import AggregationMethod, VariableAggregation, VariableSynchronization
    from eagre.core.primitive import Operation
    from eagre.core.registration import register_tensor_conversion_function
    from eagre.core.specs import TypeSpec
    from eagre.data.optional import OptionalSpec
    from eagre.debugging.assertions import Assert, assert_equal, assert_greater, assert_less
    from eagre.debugging.logger import get_logger
    from eagre.debugging.shape_assertions import assert_rank
    from eagre.debugging.summaries import summary_of
    from eagre.functions.concrete import ConcreteFunction
    from eagre.functions.effects import TracingWarning
    from eagre.functions.function import function
    from eagre.functions.retracing import RetraceError, RetraceWarning, no_retrace
    from eagre.gradients.custom import custom_gradient, grad_pass_through, recompute_grad
    from eagre.gradients.explaining import explain_gradients
    from eagre.gradients.why_none import GradientWarning, WhyNone
    from eagre.ops.approximate import approx_top_k
    from eagre.ops.combining import add_n, scalar_mul
    from eagre.ops.complex_parts import (
        complex,
    )
    from eagre.ops.conversions import (
        bitcast,
        broadcast_dynamic_shape,
        broadcast_static_shape,
        ensure_shape,
        saturate_cast,
        shape_n,
    )
    from eagre.ops.convolution_gradients import (
        conv,
        conv2d_backprop_filter_v2,
        conv2d_backprop_input_v2,
    )
    from eagre.ops.decompositions import eig, eigvals
    from eagre.ops.decompositions import sqrtm as matrix_square_root
    from eagre.ops.division import (
        realdiv,
        truncatediv,
        truncatemod,
    )
    from eagre.ops.einsum import (
        einsum,
        tensordot,
    )
    from eagre.ops.fingerprints import fingerprint
    from eagre.ops.fourier_axes import fftnd, ifftnd, irfftnd, rfftnd
    from eagre.ops.gathering import gather_nd
    from eagre.ops.histograms import histogram_fixed_width, histogram_fixed_width_bins
    from eagre.ops.index_shuffling import random_index_shuffle
    from eagre.ops.initializers import (
        constant_initializer,
        ones_initializer,
        random_normal_initializer,
        random_uniform_initializer,
        zeros_initializer,
    )
    from eagre.ops.inspecting import (
        get_static_value,
        init_scope,
        inside_function,
        is_symbolic_tensor,
        is_tensor,
        timestamp,
        type_spec_from_value,
    )
    from eagre.ops.norms import (
        clip_by_global_norm,
        clip_by_norm,
        norm,
    )
    from eagre.ops.one_hot import one_hot
    from eagre.ops.ordering import (
        control_dependencies,
        get_current_name_scope,
        group,
        guarantee_const,
        identity_n,
        name_scope,
        no_op,
    )
    from eagre.ops.ordering import tuple_ as tuple
    from eagre.ops.padding import pad
    from eagre.ops.patches import extract_volume_patches
    from eagre.ops.scattering import (
        dynamic_partition,
        dynamic_stitch,
        scatter_nd,
        tensor_scatter_nd_add,
        tensor_scatter_nd_max,
        tensor_scatter_nd_min,
        tensor_scatter_nd_sub,
        tensor_scatter_nd_update,
        unravel_index,
    )
    from eagre.ops.sequences import (
        linspace,
        meshgrid,
        repeat,
        reverse,
        reverse_sequence,
        roll,
        sequence_mask,
    )
    from eagre.ops.sorting import argsort, searchsorted, sort, unique, unique_with_counts
    from eagre.ops.spaces import (
        batch_to_space,
        required_space_to_batch_paddings,
        space_to_batch,
        space_to_batch_nd,
    )
    from eagre.ops.text import as_string
    from eagre.ops.text import print_ as print
    from eagre.ops.trigonometry import (
        acos,
        acosh,
        asin,
        asinh,
        atan,
        atan2,
        atanh,
        cosh,
        sinh,
        tan,
    )
    from eagre.primitives.indexed_slices import IndexedSlices, IndexedSlicesSpec
    from eagre.state.creators import variable_creator_scope
    from eagre.transforms.hessians import hessians
    from eagre.transforms.mapping import vectorized_map

__version__ = "0.1.0.dev0"

__all__ = [
    "AggregationMethod", "Assert", "ConcreteFunction", "DType", "DeviceSpec", "GradientTape",
    "GradientWarning", "Graph", "IndexedSlices", "IndexedSlicesSpec", "Module", "Operation",
    "OptionalSpec",
    "RetraceError", "RetraceWarning", "Tensor", "TensorArray", "TensorArraySpec", "TensorShape",
    "TensorSpec", "TracingWarning", "TypeSpec", "UnconnectedGradients", "Variable",
    "VariableAggregation", "VariableSynchronization", "WhyNone", "abs", "acos", "acosh", "add",
    "add_n", "approx_top_k", "argmax", "argmin", "argsort", "array_api", "as_dtype", "as_string",
    "asin", "asinh", "assert_equal", "assert_greater", "assert_less", "assert_rank", "atan",
    "atan2", "atanh", "autodiff", "autograph", "batch_to_space", "bfloat16", "bitcast", "bitwise",
    "bool", "boolean_mask", "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to",
    "case", "cast", "clip_by_global_norm", "clip_by_norm", "clip_by_value", "compat", "complex",
    "complex128", "complex64", "concat", "cond", "config", "constant", "constant_initializer",
    "contrib", "control_dependencies", "conv", "conv2d_backprop_filter_v2",
    "conv2d_backprop_input_v2", "convert_to_tensor", "cos", "cosh", "cumsum",
    "custom_gradient", "data", "debugging", "device", "divide", "double", "dtypes",
    "dynamic_partition", "dynamic_stitch", "eig", "eigvals", "einsum", "enable_eager_execution",
    "ensure_shape", "equal",
    "errors", "executing_eagerly", "exp", "expand_dims", "experimental", "explain_gradients",
    "extract_volume_patches", "eye", "fftnd", "fill",
    "fingerprint", "float16", "float32", "float64", "floor",
    "foldl", "foldr", "function", "gather", "gather_nd", "get_current_name_scope", "get_logger",
    "get_static_value", "grad_pass_through", "gradients", "gradients_function", "greater",
    "greater_equal", "group", "guarantee_const", "half", "hessians", "histogram_fixed_width",
    "histogram_fixed_width_bins", "identity", "identity_n", "ifftnd", "image", "init_scope",
    "inside_function", "int16", "int32", "int64", "int8", "io", "irfftnd", "is_symbolic_tensor",
    "is_tensor", "less", "less_equal", "linalg", "linspace", "logical_and", "logical_not",
    "logical_or", "map_fn", "math", "matmul", "matrix_square_root", "maximum", "meshgrid",
    "minimum", "multiply", "name_scope", "negative", "nest", "newaxis", "nn", "no_op", "no_retrace",
    "norm", "not_equal", "numpy_function", "one_hot", "ones", "ones_initializer", "ones_like",
    "optimizers", "pad", "parallel_stack", "pow", "print", "py_function", "random",
    "random_index_shuffle",
    "random_normal_initializer", "random_uniform_initializer", "range", "rank", "realdiv",
    "recompute_grad", "reduce_all", "reduce_any", "reduce_logsumexp", "reduce_max", "reduce_mean",
    "reduce_min", "reduce_prod", "reduce_sum", "register_tensor_conversion_function", "repeat",
    "required_space_to_batch_paddings", "reshape", "resource", "reverse", "reverse_sequence",
    "rfftnd", "roll", "round", "saturate_cast", "scalar_mul", "scan", "scatter_nd", "searchsorted",
    "sequence_mask", "shape", "shape_n", "sigmoid", "sign", "signal", "sin", "sinh", "size",
    "slice", "sort", "space_to_batch", "space_to_batch_nd", "split", "sqrt", "square", "squeeze",
    "stack", "stop_gradient", "strided_slice", "string", "subtract", "summary_of", "switch_case",
    "tan", "tanh", "tensor_scatter_nd_add", "tensor_scatter_nd_max", "tensor_scatter_nd_min",
    "tensor_scatter_nd_sub", "tensor_scatter_nd_update", "tensordot", "test", "testing", "tile",
    "timestamp", "trace", "train", "transpose", "truediv", "truncatediv", "truncatemod", "tuple",
    "type_spec_from_value", "uint16", "uint32", "uint64", "uint8", "unique", "unique_with_counts",
    "unravel_index", "unstack", "value_and_gradients_function", "variable_creator_scope", "variant",
    "vectorized_map", "version", "where", "while_loop", "zeros", "zeros_initializer", "zeros_like",
]


def __getattr__(name: str) -> object:
    from eagre.core import absent, later

    if name in later.NAMESPACES:
        return absent.watch(_import_module("eagre." + name), "tf." + name)
    if name in later.HOMES:
        home = _import_module(later.HOMES[name])
        value = globals()[name] = getattr(home, later.OTHERWISE.get(name, name))
        return value
    if name in later.WITHIN:
        module = _modules["eagre." + later.WITHIN[name]] = _import_module("eagre." + name)
        return module
    raise absent.missing_name(name)


def __dir__() -> list[str]:
    return __all__
