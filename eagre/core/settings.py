"""What a program sets once for all that follows: the switches behind `tf.config`.

Some of them choose only how fast TensorFlow gets to a result. They are kept and given back, so
that a program which sets them runs, and nothing here reads them; their docstrings say so.
"""

from __future__ import annotations

from typing import Any

_flags: dict[str, Any] = {
    "functions_run_eagerly": False,
    "traceback_filtering": True,
    "soft_device_placement": True,
    "log_device_placement": False,
    "inter_op_threads": 0,
    "intra_op_threads": 0,
    "jit": "",
    "device_policy": "silent",
    "synchronous": True,
    "tensor_float_32": True,
}
_OPTIONS = frozenset({
    "arithmetic_optimization", "auto_mixed_precision", "auto_mixed_precision_cpu",
    "auto_mixed_precision_mkl", "auto_mixed_precision_onednn_bfloat16", "constant_folding",
    "debug_stripper", "dependency_optimization", "disable_meta_optimizer", "disable_model_pruning",
    "experimental_conditional_code_motion", "function_optimization", "implementation_selector",
    "layout_optimizer", "loop_optimization", "min_graph_nodes", "pin_to_host_optimization",
    "remapping", "scoped_allocator_optimization", "shape_optimization", "use_plugin_optimizers",
})  # fmt: skip
_options: dict[str, bool] = {"disable_model_pruning": False, "disable_meta_optimizer": False}
_POLICIES = ("explicit", "warn", "silent", "silent_for_int32")


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Whether a `tf.function` runs its Python code at each call, as in a debugger.

    >>> tf.config.run_functions_eagerly(True)
    >>> tf.config.functions_run_eagerly()
    True
    >>> tf.config.run_functions_eagerly(False)
    """
    _flags["functions_run_eagerly"] = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was given last."""
    return _flags["functions_run_eagerly"]


def enable_traceback_filtering() -> None:
    """Show no lines of eagre in tracebacks of errors that come out of a `tf.function`: the default.

    >>> tf.debugging.enable_traceback_filtering()
    """
    _flags["traceback_filtering"] = True


def disable_traceback_filtering() -> None:
    """Show all lines in tracebacks, those of eagre too.

    >>> tf.debugging.disable_traceback_filtering()
    >>> tf.debugging.is_traceback_filtering_enabled()
    False
    >>> tf.debugging.enable_traceback_filtering()
    """
    _flags["traceback_filtering"] = False


def is_traceback_filtering_enabled() -> bool:
    """Whether tracebacks of errors that come out of a `tf.function` leave out lines of eagre."""
    return _flags["traceback_filtering"]


def set_soft_device_placement(enabled: bool) -> None:
    """Whether a device that is not there is replaced by the CPU, as it is by default.

    >>> tf.config.set_soft_device_placement(False)
    >>> tf.config.get_soft_device_placement()
    False
    >>> tf.config.set_soft_device_placement(True)
    """
    _flags["soft_device_placement"] = bool(enabled)


def get_soft_device_placement() -> bool:
    """Whether a device that is not there is replaced by the CPU."""
    return _flags["soft_device_placement"]


def set_log_device_placement(enabled: bool) -> None:
    """Kept and given back: all operations are placed on the CPU, which needs no log."""
    _flags["log_device_placement"] = bool(enabled)


def get_log_device_placement() -> bool:
    """What `set_log_device_placement` was given last."""
    return _flags["log_device_placement"]


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Kept and given back: one operation runs after the other."""
    _set_threads("inter_op_threads", num_threads, "set_inter_op_parallelism_threads")


def get_inter_op_parallelism_threads() -> int:
    """What `set_inter_op_parallelism_threads` was given last, 0 where nothing was."""
    return _flags["inter_op_threads"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Kept and given back: NumPy's BLAS reads its number of threads from the environment.

    Set OPENBLAS_NUM_THREADS or MKL_NUM_THREADS before the program starts.
    """
    _set_threads("intra_op_threads", num_threads, "set_intra_op_parallelism_threads")


def get_intra_op_parallelism_threads() -> int:
    """What `set_intra_op_parallelism_threads` was given last, 0 where nothing was."""
    return _flags["intra_op_threads"]


def _set_threads(flag: str, number: Any, function: str) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(
            f"{function} expected a number of threads, or 0 for the system's choice. "
            f"Received: num_threads={number!r}"
        )
    _flags[flag] = number


def set_experimental_options(options: dict[str, bool]) -> None:
    """Kept and given back: which optimizations graphs would get.

    >>> tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    >>> tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]
    False
    """
    unknown = [name for name in options if name not in _OPTIONS]
    if unknown:
        raise ValueError(
            f"set_experimental_options expected names among {', '.join(sorted(_OPTIONS)[:6])} … "
            f"Received: {', '.join(map(repr, unknown))}"
        )
    _options.update({name: bool(value) for name, value in options.items()})


def get_experimental_options() -> dict[str, bool]:
    """The options that were set, as a new dictionary."""
    return dict(_options)


def set_jit(enabled: bool | str) -> None:
    """Kept and given back: whether graphs would be compiled (True or "autoclustering")."""
    choices = {True: "autoclustering", "autoclustering": "autoclustering", False: "", "": ""}
    if enabled not in choices:
        raise ValueError(
            f"set_jit expected True, False or 'autoclustering'. Received: enabled={enabled!r}"
        )
    _flags["jit"] = choices[enabled]


def get_jit() -> str:
    """What `set_jit` was given last: "autoclustering" or the empty string."""
    return _flags["jit"]


def set_device_policy(device_policy: str | None) -> None:
    """Kept and given back: how inputs on another device than the operation would be treated."""
    if device_policy is not None and device_policy not in _POLICIES:
        raise ValueError(
            f"set_device_policy expected None or one of {_POLICIES}. "
            f"Received: device_policy={device_policy!r}"
        )
    _flags["device_policy"] = device_policy or "silent"


def get_device_policy() -> str:
    """What `set_device_policy` was given last."""
    return _flags["device_policy"]


def set_synchronous_execution(enable: bool | None) -> None:
    """Kept and given back: an operation is done when its function returns."""
    _flags["synchronous"] = enable is None or bool(enable)


def get_synchronous_execution() -> bool:
    """What `set_synchronous_execution` was given last."""
    return _flags["synchronous"]


def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Kept and given back: only GPUs shorten float32 to 19 bits."""
    _flags["tensor_float_32"] = bool(enabled)


def tensor_float_32_execution_enabled() -> bool:
    """What `enable_tensor_float_32_execution` was given last."""
    return _flags["tensor_float_32"]


def enable_op_determinism() -> None:
    """Nothing: the same operation on the same values gives the same bits anyway."""
