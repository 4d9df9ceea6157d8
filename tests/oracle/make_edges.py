"""Let TensorFlow say what calls at the edge of what is allowed do, and write it to `edges.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_edges

Each line of `edges.txt` is a Python expression. Its outcome is the tensors of its value, as dtype,
shape and elements, or the name of the error. The tests evaluate the same expressions with eagre in
the place of `tf` and compare; they import from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.oracle import expressions

FILE = Path(__file__).with_name("edges.json")
EXPRESSIONS = [
    line for line in FILE.with_suffix(".txt").read_text().splitlines() if line and line[0] != "#"
]


def evaluate(tf: Any, expression: str) -> Any:
    """The value of an expression, with `tf` the framework that is to compute it."""

    def slope(function: Any, numbers: Any) -> Any:
        """The gradient of a function at a point."""
        x = tf.constant(numbers)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x)

    return expressions.evaluate(tf, expression, (), np=np, slope=slope)


def tensors_of(tf: Any, value: Any) -> list[Any]:
    """The tensors of a value; None has none."""
    leaves = [] if value is None else tf.nest.flatten(value)
    return [tf.convert_to_tensor(leaf) for leaf in leaves]


def portable(tensor: Any) -> list[Any]:
    """Dtype, shape and elements of a tensor in a form that JSON can hold."""
    array = np.asarray(tensor.numpy())
    if tensor.dtype.name == "string":
        elements = [each.decode() for each in array.reshape(-1)]
    elif tensor.dtype.is_complex:
        elements = array.reshape(-1).view(array.real.dtype).tolist()
    else:
        elements = array.reshape(-1).astype("d" if tensor.dtype.is_floating else array.dtype)
        elements = elements.tolist()
    return [tensor.dtype.name, list(array.shape), elements]


def outcome(tf: Any, expression: str) -> Any:
    """What an expression gives: a list of tensors, or the name of the error."""
    tf.random.set_seed(1)
    try:
        return [portable(each) for each in tensors_of(tf, evaluate(tf, expression))]
    except Exception as error:
        return type(error).__name__


def main() -> None:
    tf = expressions.tensorflow()
    found = {expression: outcome(tf, expression) for expression in EXPRESSIONS}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
    FILE.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
