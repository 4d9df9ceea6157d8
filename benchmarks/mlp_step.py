"""The gradient of a small network, eagerly: eagre beside PyTorch, and eagre's own `tf.function`.

Three layers of 64 with tanh, a linear one of 10, mean softmax cross-entropy; forward and backward
to all eight parameters. Contenders alternate within a round; printed are medians over rounds.

    python benchmarks/mlp_step.py [--rounds 15] [--batch 1 32]
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import timeit
from collections.abc import Callable

import numpy as np

WIDTHS = [64, 64, 64, 64, 10]


def parameters() -> list[np.ndarray]:
    """Weights and biases, the same for all."""
    generator = np.random.default_rng(0)
    pairs = zip(WIDTHS[:-1], WIDTHS[1:], strict=True)
    return [
        array.astype(np.float32)
        for m, n in pairs
        for array in (generator.normal(size=(m, n)) / m**0.5, np.zeros(n))
    ]


def batch_of(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and labels."""
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(size, WIDTHS[0])).astype(np.float32)
    return inputs, generator.integers(0, WIDTHS[-1], size)


def eagre_steps(size: int) -> dict[str, Callable[[], object]]:
    """A step eagerly, and as a function."""
    import eagre as tf

    variables = [tf.Variable(array) for array in parameters()]
    inputs, labels = map(tf.constant, batch_of(size))

    def step() -> object:
        with tf.GradientTape() as tape:
            x = inputs
            for number in range(0, 6, 2):
                x = tf.tanh(x @ variables[number] + variables[number + 1])
            logits = x @ variables[6] + variables[7]
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
        return tape.gradient(loss, variables)

    return {"eagre": step, "eagre, tf.function": tf.function(step)}


def torch_steps(size: int) -> dict[str, Callable[[], object]]:
    """A step in PyTorch."""
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in parameters()]
    inputs, labels = map(torch.tensor, batch_of(size))

    def step() -> object:
        x = inputs
        for number in range(0, 6, 2):
            x = torch.tanh(x @ tensors[number] + tensors[number + 1])
        logits = x @ tensors[6] + tensors[7]
        loss = torch.nn.functional.cross_entropy(logits, labels)
        return torch.autograd.grad(loss, tensors)

    return {"PyTorch": step}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32])
    options = parser.parse_args()
    for size in options.batch:
        steps = eagre_steps(size)
        if importlib.util.find_spec("torch"):
            steps |= torch_steps(size)
        times: dict[str, list[float]] = {name: [] for name in steps}
        for _ in range(options.rounds):
            for name, step in steps.items():
                step()
                times[name].append(timeit.timeit(step, number=100) / 100)
        print(f"batch {size}")
        for name, measured in times.items():
            line = f"  {name:20} {statistics.median(measured) * 1e6:8.1f} µs"
            if "PyTorch" in times and name != "PyTorch":
                pairs = zip(measured, times["PyTorch"], strict=True)
                line += f"  {statistics.median(a / b for a, b in pairs):.2f} of PyTorch's"
            print(line)


if __name__ == "__main__":
    main()
