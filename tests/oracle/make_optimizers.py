"""Let Keras say where its optimizers go, and write it to `optimizers.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_optimizers.py

Only `main` imports TensorFlow. The gradients are those that `grads` gives, so that the tests can
take the same steps.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("optimizers.json")
START = [1.0, -2.0, 0.5]
STEPS = 20

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "adam": ("Adam", {"learning_rate": 0.1}),
    "adam with other betas": (
        "Adam", {"learning_rate": 0.02, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}),
}


def grads() -> list[list[float]]:
    """One gradient for each step, zeros and large numbers among them."""
    random = np.random.default_rng(7)
    steps = random.normal(size=(STEPS, len(START))) * 10.0 ** random.integers(-2, 3, (STEPS, 1))
    steps[3] = 0.0
    return steps.astype(np.float32).tolist()


def cases() -> dict[str, list[list[float]]]:
    """The values after each step, for each optimizer."""
    return json.loads(FILE.read_text())["values"]


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import tensorflow as tf

    values: dict[str, list[list[float]]] = {}
    for name, (kind, options) in OPTIMIZERS.items():
        optimizer, variable = getattr(keras.optimizers, kind)(**options), tf.Variable(START)
        values[name] = []
        for grad in grads():
            optimizer.apply_gradients([(tf.constant(grad), variable)])
            values[name].append(variable.numpy().tolist())
    content = {"tensorflow": tf.__version__, "keras": keras.__version__, "values": values}
    FILE.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
