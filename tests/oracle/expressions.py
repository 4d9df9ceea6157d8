"""Cases that are expressions of `tf` and of the arrays a, b and c: how they are computed and saved.

The same expressions are evaluated by TensorFlow, which writes what it finds to a file, and by the
tests, which read that file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def evaluate(tf: Any, expression: str, tensors: Sequence[Any], **names: Any) -> Any:
    """The value of an expression, with `tf` the framework that is to compute it."""
    variables = dict(zip("abc", tensors, strict=False))
    return eval(expression, {"tf": tf, "NAN": np.nan, "INF": np.inf, **variables, **names})


def cotangent(shape: tuple[int, ...]) -> Any:
    """The gradient that is to flow into a value."""
    return np.cos(np.arange(np.prod(shape, dtype=int))).reshape(shape)


def is_inexact(dtype: Any) -> bool:
    """Whether values of a dtype have gradients."""
    return dtype.is_floating or dtype.is_complex


def recorded(tf: Any, compute: Callable[[], Any], inputs: Sequence[Any]) -> tuple[Any, Any]:
    """What `compute` gives, and the tape that has recorded it."""
    with tf.GradientTape() as tape:
        tape.watch([x for x in inputs if is_inexact(x.dtype)])
        return compute(), tape


def error_of(compute: Callable[[], Any]) -> str:
    """The name of the class of the error that is raised."""
    try:
        value = compute()
    except Exception as error:
        return type(error).__name__
    raise AssertionError(f"no error, but {value}")


def portable(tf: Any, value: Any) -> Any:
    """An array of a dtype that NumPy can save without pickle."""
    value = tf.convert_to_tensor(value)
    if value.dtype == tf.bfloat16:
        return tf.cast(value, tf.float32).numpy()
    return value.numpy().astype("S") if value.dtype == tf.string else value.numpy()


def tensorflow() -> Any:
    """TensorFlow, without its notices and with the kernels that it has everywhere."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import tensorflow

    return tensorflow


def write(
    file: Path,
    cases: Sequence[Any],
    arrays: Callable[[int], list[Any]],
    results: Callable[[Any, Any, list[Any]], dict[str, Any]],
    errors: Sequence[str],
    evaluate: Callable[..., Any] = evaluate,
) -> None:
    """Write to a file what TensorFlow makes of cases, and the classes of its errors.

    `results(tf, case, inputs)` are the values of a case by what follows its number in their keys.
    """
    tf = tensorflow()
    saved: dict[str, Any] = {"version": np.array(tf.__version__)}
    for number, case in enumerate(cases):
        inputs = [tf.cast(tf.constant(x), case.dtype) for x in arrays(number)]
        for suffix, value in results(tf, case, inputs).items():
            saved[f"{number}{suffix}"] = portable(tf, value)
    classes = [error_of(lambda text=text: evaluate(tf, text, [])) for text in errors]
    np.savez_compressed(file, errors=np.array(classes), **saved)
    print(f"{file.name}: {len(cases)} cases, {len(saved) - 1} values; errors: {classes}")
