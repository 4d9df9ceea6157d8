"""Pipelines beside those of TensorFlow and PyTorch: arrays, ranges, mapped functions.

Each contender goes through the same elements; the contenders alternate, and of each the best of
several rounds counts. TensorFlow and PyTorch are optional: what is not installed is left out.

    python benchmarks/data.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import eagre

ROWS, BATCH, COUNT = 50_000, 128, 20_000
IMAGES = np.random.default_rng(0).normal(size=[ROWS, 64]).astype(np.float32)
LABELS = np.arange(ROWS, dtype=np.int32)
Case = Callable[[], Any]


def of_tensorflow(tf: Any) -> dict[str, Case]:
    """The pipelines by TensorFlow's names, which are eagre's too."""
    data = tf.data.Dataset
    arrays = data.from_tensor_slices((IMAGES, LABELS)).shuffle(ROWS).batch(BATCH)
    numbers = data.range(COUNT)
    scaled = data.from_tensor_slices(IMAGES).map(lambda x: x * 2.0 - 1.0).batch(BATCH)
    return {
        "arrays, shuffle, batch": lambda: exhaust(arrays.prefetch(tf.data.AUTOTUNE)),
        "range, element by element": lambda: exhaust(numbers),
        "map, batch": lambda: exhaust(scaled),
    }


def of_torch() -> dict[str, Case]:
    """The pipelines by PyTorch's DataLoader; without workers, which is its best here."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    pairs = TensorDataset(torch.from_numpy(IMAGES), torch.from_numpy(LABELS))

    class Scaled(torch.utils.data.Dataset):
        """The rows, each through the function."""

        def __len__(self) -> int:
            return ROWS

        def __getitem__(self, index: int) -> Any:
            return pairs.tensors[0][index] * 2.0 - 1.0

    return {
        "arrays, shuffle, batch": lambda: exhaust(DataLoader(pairs, BATCH, shuffle=True)),
        "map, batch": lambda: exhaust(DataLoader(Scaled(), BATCH)),
    }


def exhaust(elements: Any) -> None:
    """Go through all elements."""
    for _ in elements:
        pass


def contenders() -> dict[str, dict[str, Case]]:
    """The pipelines of each library that is installed."""
    found = {"eagre": of_tensorflow(eagre)}
    if importlib.util.find_spec("tensorflow"):
        import tensorflow

        found["tensorflow"] = of_tensorflow(tensorflow)
    if importlib.util.find_spec("torch"):
        found["torch"] = of_torch()
    return found


def main() -> None:
    """Print the seconds of each contender and how many times eagre is faster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    libraries = contenders()
    for name in libraries["eagre"]:
        best: dict[str, float] = {}
        for _ in range(rounds):
            for library, cases in libraries.items():
                if name in cases:
                    start = time.perf_counter()
                    cases[name]()
                    spent = time.perf_counter() - start
                    best[library] = min(spent, best.get(library, spent))
        parts = [f"{library} {spent:.4f} s" for library, spent in best.items()]
        ratios = [f"{best[x] / best['eagre']:.1f}x {x}" for x in best if x != "eagre"]
        print(f"{name}: {', '.join(parts)}; {', '.join(ratios)}")


if __name__ == "__main__":
    main()
