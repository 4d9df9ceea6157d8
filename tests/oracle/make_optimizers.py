"""Let Keras and TensorFlow say where their optimizers go, and write it to `optimizers.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_optimizers.py

Only `main` imports TensorFlow. The gradients are those that `grads` gives, so that the tests can
take the same steps.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("optimizers.json")
START = [1.0, -2.0, 0.5]
ROWS = [[1.0, -2.0], [0.5, 3.0], [-1.5, 0.25]]
STEPS = 20

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {"learning_rate": 0.1}),
    "adam with other betas": (
        "Adam", {"learning_rate": 0.02, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
    "amsgrad": ("Adam", {"learning_rate": 0.1, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 0.1, "weight_decay": 0.04}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.05}),
    "rmsprop with momentum": (
        "RMSprop", {"learning_rate": 0.02, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3}),
    "centered rmsprop": (
        "RMSprop", {"learning_rate": 0.01, "centered": True, "momentum": 0.5, "epsilon": 1e-2}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "adagrad from nothing": (
        "Adagrad", {"learning_rate": 0.2, "initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0}),
    "adadelta with other decay": (
        "Adadelta", {"learning_rate": 0.5, "rho": 0.5, "epsilon": 1e-2}),
    "adamax": ("Adamax", {"learning_rate": 0.1}),
    "nadam": ("Nadam", {"learning_rate": 0.1}),
    "ftrl": ("Ftrl", {"learning_rate": 0.1}),
    "ftrl with penalties": ("Ftrl", {
        "learning_rate": 0.2, "learning_rate_power": -0.7, "initial_accumulator_value": 0.5,
        "l1_regularization_strength": 0.3, "l2_regularization_strength": 0.1,
        "l2_shrinkage_regularization_strength": 0.05, "beta": 0.2}),
    "lamb": ("Lamb", {"learning_rate": 0.1}),
    "lion": ("Lion", {"learning_rate": 0.05}),
}

# What all optimizers share, each with one whose steps show it.
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "weight decay": ("SGD", {"learning_rate": 0.1, "momentum": 0.5, "weight_decay": 0.2}),
    "clipnorm": ("SGD", {"learning_rate": 0.1, "clipnorm": 1.0}),
    "clipvalue": ("SGD", {"learning_rate": 0.1, "clipvalue": 0.5}),
    "global clipnorm": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 1.0}),
    "average": ("SGD", {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.5,
                        "ema_overwrite_frequency": 4}),
    "loss scale": ("RMSprop", {"learning_rate": 0.05, "loss_scale_factor": 16.0}),
    "accumulation": ("Adam", {"learning_rate": 0.1, "gradient_accumulation_steps": 3,
                              "clipnorm": 2.0, "weight_decay": 0.01}),
    "accumulation and average": ("SGD", {
        "learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True,
        "ema_momentum": 0.5, "ema_overwrite_frequency": 3}),
}

# Optimizers of TensorFlow 1.
FIRST_VERSION: dict[str, tuple[str, dict[str, Any]]] = {
    "gradient descent": ("GradientDescentOptimizer", {"learning_rate": 0.1}),
    "momentum": ("MomentumOptimizer", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": (
        "MomentumOptimizer", {"learning_rate": 0.05, "momentum": 0.9, "use_nesterov": True}),
    "adam": ("AdamOptimizer", {"learning_rate": 0.1, "epsilon": 1e-3}),
    "adagrad": ("AdagradOptimizer", {"learning_rate": 0.1}),
    "adadelta": ("AdadeltaOptimizer", {"learning_rate": 1.0, "epsilon": 1e-3}),
    "rmsprop": ("RMSPropOptimizer", {"learning_rate": 0.05}),
    "rmsprop with momentum": ("RMSPropOptimizer", {
        "learning_rate": 0.02, "decay": 0.8, "momentum": 0.5, "epsilon": 1e-3}),
    "centered rmsprop": ("RMSPropOptimizer", {
        "learning_rate": 0.01, "centered": True, "momentum": 0.5, "epsilon": 1e-2}),
    "ftrl": ("FtrlOptimizer", {"learning_rate": 0.1}),
    "ftrl with penalties": ("FtrlOptimizer", {
        "learning_rate": 0.2, "learning_rate_power": -0.7, "initial_accumulator_value": 0.5,
        "l1_regularization_strength": 0.3, "l2_regularization_strength": 0.1,
        "l2_shrinkage_regularization_strength": 0.05, "beta": 0.2}),
    "proximal": ("ProximalGradientDescentOptimizer", {
        "learning_rate": 0.1, "l1_regularization_strength": 0.5,
        "l2_regularization_strength": 0.2}),
}

SCHEDULES: dict[str, tuple[str, dict[str, Any]]] = {
    "exponential": ("ExponentialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    "exponential staircase": ("ExponentialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
    "inverse time": ("InverseTimeDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    "inverse time staircase": ("InverseTimeDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    "piecewise": ("PiecewiseConstantDecay", {
        "boundaries": [10, 25, 26], "values": [1.0, 0.5, 0.25, 0.125]}),
    "piecewise between steps": ("PiecewiseConstantDecay", {
        "boundaries": [10.5, 25.9], "values": [1.0, 0.5, 0.25]}),
    "polynomial": ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    "polynomial square": ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.01,
        "power": 2.0}),
    "polynomial cycle": ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.01,
        "power": 0.5, "cycle": True}),
    "cosine": ("CosineDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    "cosine with warmup": ("CosineDecay", {
        "initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.1,
        "warmup_steps": 5}),
    "cosine without steps of warmup": ("CosineDecay", {
        "initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.1}),
    "restarts": ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 5, "m_mul": 0.8, "alpha": 0.1}),
    "restarts of one length": ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.0, "m_mul": 0.5}),
}
SCHEDULE_STEPS = [*range(45), 100, 1000]

# The same in TensorFlow 1, for a global step.
DECAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "piecewise": ("piecewise_constant", {"boundaries": [10, 25], "values": [1.0, 0.5, 0.25]}),
    "exponential": ("exponential_decay", {
        "learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
    "natural": ("natural_exp_decay", {
        "learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    "inverse time": ("inverse_time_decay", {
        "learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    "polynomial": ("polynomial_decay", {
        "learning_rate": 0.1, "decay_steps": 10, "power": 2.0, "cycle": True}),
    "cosine": ("cosine_decay", {"learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    "restarts": ("cosine_decay_restarts", {
        "learning_rate": 0.1, "first_decay_steps": 5, "m_mul": 0.8}),
}
DECAY_STEPS = [0, 1, 5, 10, 11, 19, 20, 25, 26, 40, 41]

NAN, INFINITY = float("nan"), float("inf")
# Gradients to clip: dense ones, slices as (values, indices, dense_shape), and None.
LISTS: dict[str, list[Any]] = {
    "dense": [[3.0, 0.0], [[4.0]]],
    "small": [[0.3], [0.4]],
    "zero": [[0.0, 0.0]],
    "slices": [([[1.0, 2.0], [3.0, 4.0]], [1, 1], [3, 2]), [2.0]],
    "none": [None, [3.0, 4.0], None],
    "nan": [[NAN, 1.0], [2.0]],
    "infinity": [[INFINITY, 1.0], [2.0]],
    "minus infinity in slices": [([[-INFINITY]], [0], [2, 1]), [2.0]],
}


def grads() -> list[list[float]]:
    """One gradient for each step, zeros and large numbers among them."""
    random = np.random.default_rng(7)
    steps = random.normal(size=(STEPS, len(START))) * 10.0 ** random.integers(-2, 3, (STEPS, 1))
    steps[3] = 0.0
    return steps.astype(np.float32).tolist()


def sparse_grads(repeats: bool = False) -> list[tuple[list[list[float]], list[int]]]:
    """Values and indices of slices for `ROWS`, some without any; indices repeat if asked."""
    random = np.random.default_rng(8)
    places = [[0, 2], [1, 1] if repeats else [1], [], [2, 0, 2] if repeats else [2, 0], [0]]
    return [(random.normal(size=(len(each), 2)).astype(np.float32).tolist(), each)
            for each in places]


@functools.cache
def everything() -> dict[str, Any]:
    """The file."""
    return json.loads(FILE.read_text())


def cases(part: str = "values") -> Any:
    """What a part of the file says, such as the values after each step by optimizer."""
    return everything()[part]


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import tensorflow as tf

    kinds = {"keras": keras.optimizers, "first": tf.compat.v1.train}

    def walk(family: str, case: Any, start: Any, each: Any) -> list[Any]:
        optimizer, variable = getattr(kinds[family], case[0])(**case[1]), tf.Variable(start)
        values = []
        for grad in each:
            optimizer.apply_gradients([(grad, variable)])
            values.append(variable.numpy().tolist())
        return values

    dense = [tf.constant(grad) for grad in grads()]
    # Keras takes squares of parts with one index each by itself, and not of their sum.
    sparse = {family: [tf.IndexedSlices(tf.reshape(tf.constant(values, tf.float32), [-1, 2]),
                                        tf.constant(places, tf.int32), tf.constant([3, 2]))
                       for values, places in sparse_grads(repeats=family == "first")]
              for family in kinds}
    content: dict[str, Any] = {"tensorflow": tf.__version__, "keras": keras.__version__}
    for part, family, table in (("values", "keras", OPTIMIZERS), ("options", "keras", OPTIONS),
                                ("first", "first", FIRST_VERSION)):
        content[part] = {name: walk(family, case, START, dense) for name, case in table.items()}
        content[part + " sparse"] = {
            name: walk(family, case, ROWS, sparse[family]) for name, case in table.items()
            if part != "options"}
    content["schedules"] = {
        name: [float(getattr(keras.optimizers.schedules, kind)(**options)(
            tf.constant(step, tf.int64))) for step in SCHEDULE_STEPS]
        for name, (kind, options) in SCHEDULES.items()}
    content["decays"] = {
        name: decayed(tf, getattr(tf.compat.v1.train, function), options)
        for name, (function, options) in DECAYS.items()}
    content["configs"] = configs(keras)
    content["clipped"] = {name: clipped(tf, each) for name, each in LISTS.items()}
    FILE.write_text(json.dumps(content) + "\n")


def configs(keras: Any) -> dict[str, Any]:
    """What `get_config` returns, without the name, which Keras numbers."""
    found = {}
    for name, (kind, options) in {**OPTIMIZERS, **OPTIONS}.items():
        found[name] = getattr(keras.optimizers, kind)(**options).get_config()
    for name, (kind, options) in SCHEDULES.items():
        schedule = getattr(keras.optimizers.schedules, kind)(**options)
        found["schedule " + name] = keras.optimizers.SGD(schedule).get_config()
    return {name: {key: value for key, value in config.items() if key != "name"}
            for name, config in found.items()}


def decayed(tf: Any, function: Any, options: dict[str, Any]) -> list[float]:
    """The rates of a decay of TensorFlow 1."""
    step = "x" if "boundaries" in options else "global_step"
    return [float(function(**{**options, step: tf.constant(each, tf.int64)})())
            for each in DECAY_STEPS]


def clipped(tf: Any, listed: list[Any]) -> dict[str, Any]:
    """The gradients clipped by each of the three functions; slices as what they are made of."""
    tensors = [tensor_of(tf, each) for each in listed]
    by_global_norm, length = tf.clip_by_global_norm(tensors, 2.0)
    some = [each for each in tensors if each is not None]
    return {
        "global": [plain(tf, each) for each in by_global_norm],
        "length": float(length),
        "norm": [plain(tf, tf.clip_by_norm(each, 2.0)) for each in some],
        "value": [plain(tf, tf.clip_by_value(each, -1.0, 2.0)) for each in some],
    }


def tensor_of(tf: Any, listed: Any) -> Any:
    """A case of `LISTS` as a tensor or as slices."""
    if isinstance(listed, tuple):
        return tf.IndexedSlices(*[tf.constant(part) for part in listed])
    return None if listed is None else tf.constant(listed)


def plain(tf: Any, tensor: Any) -> Any:
    """A tensor as a list, slices as the list of their values."""
    if tensor is None:
        return None
    values = tensor.values if isinstance(tensor, tf.IndexedSlices) else tensor
    return values.numpy().tolist()


if __name__ == "__main__":
    main()
