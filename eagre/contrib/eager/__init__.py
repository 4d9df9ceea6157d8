"""`tf.contrib.eager`, called `tfe`: names of the first eager programs."""

from eagre.compat.execution import (
    ASYNC,
    SYNC,
    async_clear_error,
    async_wait,
    execution_mode,
    num_gpus,
    run,
    set_execution_mode,
)
from eagre.compat.iterators import Iterator
from eagre.compat.templates import make_template
from eagre.contrib.eager import metrics
from eagre.control.host_calls import py_function as py_func
from eagre.core.ambient import executing_eagerly
from eagre.functions.function import function
from eagre.functions.function import function as defun
from eagre.gradients.functions import (
    gradients_function,
    implicit_gradients,
    implicit_value_and_gradients,
    value_and_gradients_function,
)
from eagre.gradients.tape import GradientTape
from eagre.graph.building import enable_eager_execution
from eagre.state.variable import Variable

__all__ = [
    "ASYNC",
    "SYNC",
    "GradientTape",
    "Iterator",
    "Variable",
    "async_clear_error",
    "async_wait",
    "defun",
    "enable_eager_execution",
    "executing_eagerly",
    "execution_mode",
    "function",
    "gradients_function",
    "implicit_gradients",
    "implicit_value_and_gradients",
    "make_template",
    "metrics",
    "num_gpus",
    "py_func",
    "run",
    "set_execution_mode",
    "value_and_gradients_function",
]
