"""`tf.compat.v1`: names of TensorFlow 1, and all others of eagre besides."""

from importlib import import_module as _import_module
from typing import Any as _Any

from eagre.compat.collections import (
    GraphKeys,
    add_to_collection,
    add_to_collections,
    get_collection,
    get_collection_ref,
    global_variables,
    global_variables_initializer,
    is_variable_initialized,
    local_variables,
    local_variables_initializer,
    model_variables,
    report_uninitialized_variables,
    trainable_variables,
    variables_initializer,
)
from eagre.compat.names import disable_v2_behavior, enable_v2_behavior, name_scope
from eagre.compat.placeholders import placeholder, placeholder_with_default
from eagre.compat.reading import extract_image_patches
from eagre.compat.session import InteractiveSession, Session, get_default_session
from eagre.compat.templates import make_template
from eagre.compat.v1 import data, gfile, image, io, python_io, train
from eagre.compat.variable_scopes import (
    AUTO_REUSE,
    VariableScope,
    get_variable,
    get_variable_scope,
    variable_scope,
)
from eagre.compat.variables import Variable, assign, assign_add, assign_sub
from eagre.core.absent import MissingNameError as _MissingNameError
from eagre.core.ambient import executing_eagerly
from eagre.core.primitive import Operation
from eagre.gradients.symbolic import gradients
from eagre.graph.building import (
    disable_eager_execution,
    enable_eager_execution,
    executing_eagerly_outside_functions,
    get_default_graph,
    reset_default_graph,
)
from eagre.ops.combining import is_inf
from eagre.ops.decompositions import cholesky
from eagre.ops.decompositions import det as matrix_determinant
from eagre.ops.decompositions import inv as matrix_inverse
from eagre.ops.decompositions import solve as matrix_solve
from eagre.ops.division import reciprocal
from eagre.ops.files import (
    decode_base64,
    decode_csv,
    decode_raw,
    encode_base64,
    matching_files,
    parse_tensor,
    read_file,
    serialize_tensor,
    write_file,
)
from eagre.ops.math import (
    ceil,
    expm1,
    is_finite,
    is_nan,
    log,
    log1p,
    rsqrt,
    squared_difference,
)
from eagre.ops.math import floormod as mod
from eagre.ops.matrices import band_part as matrix_band_part
from eagre.ops.matrices import diag as matrix_diag
from eagre.ops.matrices import diag_part as matrix_diag_part
from eagre.ops.matrices import matrix_transpose, trace
from eagre.ops.matrices import tensor_diag as diag
from eagre.ops.matrices import tensor_diag_part as diag_part
from eagre.ops.parsing import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    SparseFeature,
    VarLenFeature,
    parse_example,
    parse_single_example,
    parse_single_sequence_example,
)
from eagre.ops.random import normal as random_normal
from eagre.ops.random import set_seed as set_random_seed
from eagre.ops.random import shuffle as random_shuffle
from eagre.ops.random import truncated_normal
from eagre.ops.random import uniform as random_uniform
from eagre.ops.special import digamma, erf, lgamma
from eagre.transforms.hessians import hessians

__all__ = [
    "AUTO_REUSE",
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "GraphKeys",
    "InteractiveSession",
    "Operation",
    "Session",
    "SparseFeature",
    "VarLenFeature",
    "Variable",
    "VariableScope",
    "add_to_collection",
    "add_to_collections",
    "assign",
    "assign_add",
    "assign_sub",
    "ceil",
    "cholesky",
    "data",
    "decode_base64",
    "decode_csv",
    "decode_raw",
    "diag",
    "diag_part",
    "digamma",
    "disable_eager_execution",
    "disable_v2_behavior",
    "enable_eager_execution",
    "enable_v2_behavior",
    "encode_base64",
    "erf",
    "executing_eagerly",
    "executing_eagerly_outside_functions",
    "expm1",
    "extract_image_patches",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "get_default_session",
    "get_variable",
    "get_variable_scope",
    "gfile",
    "global_variables",
    "global_variables_initializer",
    "gradients",
    "hessians",
    "image",
    "io",
    "is_finite",
    "is_inf",
    "is_nan",
    "is_variable_initialized",
    "lgamma",
    "local_variables",
    "local_variables_initializer",
    "log",
    "log1p",
    "make_template",
    "matching_files",
    "matrix_band_part",
    "matrix_determinant",
    "matrix_diag",
    "matrix_diag_part",
    "matrix_inverse",
    "matrix_solve",
    "matrix_transpose",
    "mod",
    "model_variables",
    "name_scope",
    "parse_example",
    "parse_single_example",
    "parse_single_sequence_example",
    "parse_tensor",
    "placeholder",
    "placeholder_with_default",
    "python_io",
    "random_normal",
    "random_shuffle",
    "random_uniform",
    "read_file",
    "reciprocal",
    "report_uninitialized_variables",
    "reset_default_graph",
    "rsqrt",
    "serialize_tensor",
    "set_random_seed",
    "squared_difference",
    "trace",
    "train",
    "trainable_variables",
    "truncated_normal",
    "variable_scope",
    "variables_initializer",
    "write_file",
]


def __getattr__(name: str) -> _Any:
    if not name.startswith("_"):
        try:
            return getattr(_import_module("eagre"), name)
        except AttributeError:
            pass
    raise _MissingNameError(__name__, "tf.compat.v1", name)
