"""Pipelines beside those of TensorFlow and PyTorch: arrays, ranges, mapped functions, threads.

Each contender goes through the same elements; the contenders alternate, and of each the best of
several rounds counts. A contender may have several ways, such as PyTorch's numbers of workers: the
fastest counts. TensorFlow and PyTorch are optional: what is not installed is left out.

    python benchmarks/data.py [--rounds 5] [--only unpacking]
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import time
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

import eagre

ROWS, BATCH, COUNT = 50_000, 128, 20_000
IMAGES = np.random.default_rng(0).normal(size=[ROWS, 64]).astype(np.float32)
LABELS = np.arange(ROWS, dtype=np.int32)
FILES = [zlib.compress(IMAGES[n : n + 2000].tobytes(), 1) for n in range(0, 48_000, 1000)]
WEIGHTS = np.random.default_rng(1).normal(size=[500, 500]).astype(np.float32)
WORKERS = (0, 1, 2, 4)
WORDS = {f"word{n}": n for n in range(5000)}
NUMBERS = np.random.default_rng(2).integers(0, 6000, [3000, 3000])
TEXTS = [" ".join([f"Word{n}," for n in row]).encode() for row in NUMBERS]
Case = Callable[[], Any]
"""One way to go through a pipeline."""


def unpacked(contents: Any) -> Any:
    """An image of 2000 rows; zlib lets other threads run meanwhile."""
    return np.frombuffer(zlib.decompress(bytes(contents)), np.float32).reshape(2000, 64)


def tokens(text: bytes) -> Any:
    """The numbers of the words of a text: about a millisecond of Python."""
    words = re.split(r"\s+", text.decode())
    return np.array([WORDS.get(word.strip(".,;").lower(), 0) for word in words], np.int32)


def step() -> None:
    """What is done with a batch: some milliseconds of matrix products."""
    for _ in range(4):
        WEIGHTS @ WEIGHTS


def of_tensorflow(tf: Any) -> dict[str, dict[str, Case]]:
    """The pipelines by TensorFlow's names, which are eagre's too."""
    data, auto = tf.data.Dataset, tf.data.AUTOTUNE
    arrays = data.from_tensor_slices((IMAGES, LABELS)).shuffle(ROWS).batch(BATCH)
    numbers = data.range(COUNT)
    images, files = data.from_tensor_slices(IMAGES), data.from_tensor_slices(FILES)

    def scaled(calls: Any) -> Case:
        mapped = images.map(lambda x: x * 2.0 - 1.0, calls).batch(BATCH)
        return lambda: exhaust(mapped)

    def decoded(calls: Any, ahead: bool = False) -> Any:
        mapped = files.map(lambda x: tf.numpy_function(unpacked, [x], tf.float32), calls)
        return mapped.prefetch(auto) if ahead else mapped

    texts = data.from_tensor_slices(TEXTS)

    def numbered(calls: Any, **options: Any) -> Case:
        mapped = texts.map(lambda x: tf.numpy_function(tokens, [x], tf.int32), calls, **options)
        return lambda: exhaust(mapped.batch(32))

    in_python = {"": numbered(None), "AUTOTUNE": numbered(auto)}
    if tf is eagre:
        in_python["2 processes"] = numbered(2, in_processes=True)
    one_by_one, threaded, overlapped = decoded(None), decoded(auto), decoded(None, True)
    return {
        "arrays, shuffle, batch": {
            "": lambda: exhaust(arrays), "prefetch": lambda: exhaust(arrays.prefetch(auto)),
        },
        "range, element by element": {"": lambda: exhaust(numbers)},
        "map, batch": {"": scaled(None), "AUTOTUNE": scaled(auto)},
        "unpacking files": {
            "": lambda: exhaust(one_by_one), "AUTOTUNE": lambda: exhaust(threaded),
        },
        "unpacking beside steps": {
            "": lambda: exhaust(one_by_one, step), "prefetch": lambda: exhaust(overlapped, step),
        },
        "words in Python, batch": in_python,
    }  # fmt: skip


def of_torch() -> dict[str, dict[str, Case]]:
    """The pipelines by PyTorch's DataLoader, for each number of workers."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    pairs = TensorDataset(torch.from_numpy(IMAGES), torch.from_numpy(LABELS))

    class Mapped(torch.utils.data.Dataset):
        """Items, each through a function."""

        def __init__(self, items: Any, function: Any) -> None:
            self.items, self.function = items, function

        def __len__(self) -> int:
            return len(self.items)

        def __getitem__(self, index: int) -> Any:
            return self.function(self.items[index])

    scaled = Mapped(pairs.tensors[0], lambda x: x * 2.0 - 1.0)
    texts = Mapped(TEXTS, lambda x: torch.from_numpy(tokens(x)))
    files = Mapped(FILES, lambda x: torch.from_numpy(unpacked(x).copy()))

    def ways(items: Any, after: Any = None, **options: Any) -> dict[str, Case]:
        return {
            f"{n} workers": lambda n=n: exhaust(
                DataLoader(items, num_workers=n, **options), after)
            for n in WORKERS
        }

    return {
        "arrays, shuffle, batch": ways(pairs, batch_size=BATCH, shuffle=True),
        "map, batch": ways(scaled, batch_size=BATCH),
        "unpacking files": ways(files, batch_size=None),
        "unpacking beside steps": ways(files, step, batch_size=None),
        "words in Python, batch": ways(texts, batch_size=32),
    }


def exhaust(elements: Any, after: Any = None) -> None:
    """Go through all elements, and do something after each."""
    for _ in elements:
        if after is not None:
            after()


def contenders() -> dict[str, dict[str, dict[str, Case]]]:
    """The pipelines of each library that is installed."""
    found = {"eagre": of_tensorflow(eagre)}
    if importlib.util.find_spec("tensorflow"):
        import tensorflow

        found["tensorflow"] = of_tensorflow(tensorflow)
    if importlib.util.find_spec("torch"):
        found["torch"] = of_torch()
    return found


def measured(name: str, libraries: Any, rounds: int) -> dict[str, tuple[float, str]]:
    """For each library the seconds of its fastest way, and which that is."""
    best: dict[str, tuple[float, str]] = {}
    for _ in range(rounds):
        for library, cases in libraries.items():
            for way, case in cases.get(name, {}).items():
                start = time.perf_counter()
                case()
                spent = time.perf_counter() - start
                best[library] = min((spent, way), best.get(library, (spent, way)))
    return best


def main() -> None:
    """Print the seconds of each contender and how many times eagre is faster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    libraries = contenders()
    for name in libraries["eagre"]:
        if options.only not in name:
            continue
        best = measured(name, libraries, options.rounds)
        own = best["eagre"][0]
        parts = [f"{x} {spent:.4f} s ({way or 'plain'})" for x, (spent, way) in best.items()]
        ratios = [f"{best[x][0] / own:.1f}x {x}" for x in best if x != "eagre"]
        print(f"{name}: {', '.join(parts)}; {', '.join(ratios)}", flush=True)


if __name__ == "__main__":
    main()
