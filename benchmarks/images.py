"""Images beside those of TensorFlow and PyTorch: decode, resize, batch; resizing by itself.

The photograph is drawn and written to JPEG files in memory. Each contender goes through the same
files; the contenders alternate, and of each the best of several rounds counts, in CPU time for one
thread and in wall time for several. TensorFlow and PyTorch are optional: what is not installed is
left out. PyTorch decodes and resizes with PIL, as its users do.

Before that the pipeline alone: each contender with one and with two threads (for PyTorch: none and
two worker processes), alternating, in wall time. The median of the faster of both counts.

    python benchmarks/images.py [--rounds 5] [--threads 1]
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import eagre

COUNT, BATCH, SIDE, SMALL = 64, 16, 448, 224
PIPELINE = "decode, resize, batch"
Case = Callable[[], Any]


def photograph(seed: int) -> Any:
    """Something with edges, areas and noise, [height, width, 3] of uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    waves = [np.sin(random.uniform(2, 20) * (x + random.uniform() * y)) for _ in range(3)]
    image = np.stack(waves, -1) * 90 + 128 + random.normal(0, 4, (SIDE, SIDE, 3))
    image[(x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.05] /= 2
    return np.clip(image, 0, 255).astype(np.uint8)


IMAGES = [photograph(seed) for seed in range(4)]
FILES = [eagre.io.encode_jpeg(IMAGES[i % 4], quality=90).numpy() for i in range(COUNT)]


def of_tensorflow(tf: Any, threads: int) -> dict[str, Case]:
    """The pipelines by TensorFlow's names, which are eagre's too."""
    image = tf.constant(IMAGES[0])

    def load(contents: Any) -> Any:
        return tf.image.resize(tf.io.decode_jpeg(contents, channels=3), [SMALL, SMALL])

    files = tf.data.Dataset.from_tensor_slices(FILES)
    dataset = files.map(load, num_parallel_calls=threads if threads > 1 else None).batch(BATCH)

    def resized(*rest: Any, **more: Any) -> Case:
        return lambda: exhaust(
            tf.image.resize(image, [SMALL, SMALL], *rest, **more) for _ in range(10)
        )

    return {
        PIPELINE: lambda: exhaust(dataset),
        "decode": lambda: exhaust(tf.io.decode_jpeg(file, channels=3) for file in FILES),
        "resize, bilinear": resized(),
        "resize, bilinear, antialias": resized(antialias=True),
        "resize, nearest": resized("nearest"),
        "resize, bicubic": resized("bicubic"),
        "resize, area": resized("area"),
        "resize, lanczos3, antialias": resized("lanczos3", antialias=True),
    }


def of_torch(threads: int) -> dict[str, Case]:
    """A DataLoader over a dataset that decodes and resizes with PIL."""
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader

    class Files(torch.utils.data.Dataset):
        """The files, decoded and resized."""

        def __len__(self) -> int:
            return COUNT

        def __getitem__(self, index: int) -> Any:
            image = Image.open(io.BytesIO(FILES[index])).convert("RGB")
            small = image.resize((SMALL, SMALL), Image.Resampling.BILINEAR)
            return torch.from_numpy(np.asarray(small).astype(np.float32))

    workers = threads if threads > 1 else 0
    loader = DataLoader(Files(), BATCH, num_workers=workers)
    return {PIPELINE: lambda: exhaust(loader)}


def exhaust(elements: Any) -> None:
    """Go through all elements."""
    for _ in elements:
        pass


def pipelines(libraries: list[str]) -> dict[tuple[str, int], Case]:
    """The pipeline of each library with one thread and with two."""
    found: dict[tuple[str, int], Case] = {}
    for threads in (1, 2):
        for name in libraries:
            if name == "torch":
                cases = of_torch(threads)
            else:
                cases = of_tensorflow(importlib.import_module(name), threads)
            found[name, threads] = cases[PIPELINE]
    return found


def compare_pipelines(libraries: list[str], rounds: int) -> None:
    """Print for each library the median of the faster number of threads."""
    cases = pipelines(libraries)
    times: dict[tuple[str, int], list[float]] = {key: [] for key in cases}
    for number in range(rounds + 1):
        for key, case in cases.items():
            start = time.perf_counter()
            case()
            if number:  # In the first round, files are read and functions compiled.
                times[key].append(time.perf_counter() - start)
    medians = {key: 1000 * statistics.median(each) for key, each in times.items()}
    for name in libraries:
        one, two = medians[name, 1], medians[name, 2]
        both = f"(one thread {one:.1f}, two {two:.1f})"
        print(f"{PIPELINE}, {name:12}{min(one, two):8.1f} ms  {both}")


def contenders(threads: int) -> dict[str, dict[str, Case]]:
    """The pipelines of each library that is installed."""
    found = {"eagre": of_tensorflow(eagre, threads)}
    if importlib.util.find_spec("tensorflow"):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        found["tensorflow"] = of_tensorflow(tf, threads)
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(threads)
        found["torch"] = of_torch(threads)
    return found


def best_times(libraries: dict[str, dict[str, Case]], case: str, rounds: int, clock: Any) -> Any:
    """The least time of each library for a case."""
    times: dict[str, float] = {}
    for _ in range(rounds + 1):
        for name, cases in libraries.items():
            if case in cases:
                start = clock()
                cases[case]()
                times[name] = min(times.get(name, float("inf")), clock() - start)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    libraries = contenders(options.threads)
    compare_pipelines(list(libraries), options.rounds)
    clock = time.process_time if options.threads == 1 else time.perf_counter
    print(f"{'milliseconds':30}" + "".join(f"{name:>12}" for name in libraries))
    for case in libraries["eagre"]:
        times = best_times(libraries, case, options.rounds, clock)
        cells = [f"{1000 * times[name]:12.1f}" if name in times else " " * 12 for name in libraries]
        print(f"{case:30}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
