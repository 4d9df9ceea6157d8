"""What public operations cost beside their plain NumPy expressions and PyTorch.

Each row of the table is one operation, written for eagre, NumPy and PyTorch; before the clock
starts all three have to give the same values, from arrays of their own. The time is that of the
processor, of all threads together: OMP_NUM_THREADS=1 makes it that of one. The contenders alternate
within one run, since the clock of a shared machine drifts, and each counts with its quickest round.

    python benchmarks/op_table.py [--size 4 1000000] [--only WORD ...] [--without torch]
"""

from __future__ import annotations

import argparse
import importlib
import math
import statistics
import time
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np
from op_expressions import TABLE
from scipy import linalg, special

import eagre as tf

Case = Callable[[], object]
Times = dict[str, dict[str, float]]
SECONDS = 0.004
"""How long the calls of a contender in one round take together, where one takes less."""


def arrays_of(size: int) -> dict[str, Any]:
    """What the expressions speak of: arrays of about `size` elements."""
    random = np.random.default_rng(0)
    side = math.isqrt(size)
    x, y = random.uniform(0.1, 0.9, (2, size)).astype(np.float32)
    m, q = random.uniform(0.1, 0.9, (2, side, side)).astype(np.float32)
    i, j = random.integers(1, 30, (2, size)).astype(np.int32)
    channels = 4 if size >= 256 else 1
    edge = math.isqrt(size // channels) // 2 * 2
    rank = (np.arange(size) * side // size).astype(np.int32)
    return {
        "x": x, "y": y, "m": m, "q": q, "i": i, "j": j, "b": x > y, "c": y > 0.5, "d": m > 0.8,
        "z": (x + 1j * y).astype(np.complex64), "w": (m + 1j * q).astype(np.complex64),
        "s": (m @ m.T + side * np.eye(side)).astype(np.float32),
        "p": random.permutation(size).astype(np.int32), "ordered": np.sort(y),
        "rows": random.permutation(side).astype(np.int32), "seg": rank, "rank": rank,
        "starts": np.searchsorted(rank, np.arange(side)), "n01": i % 2,
        "k": random.integers(0, side, (side, side)).astype(np.int32),
        "pairs": random.integers(0, side, (size, 2)).astype(np.int32),
        "xyz": np.resize(x, (max(1, size // 3), 3)), "side": side, "size": size,
        "image": np.resize(x, (1, edge, edge, channels)),
        "kernel": np.resize(y, (2, 2, channels, channels)),
        "depthwise": np.resize(y, (2, 2, channels, 1)), "array": x,
    }


# What NumPy has no single expression for ------------------------------------------------------


def put(x: Any, indices: Any, values: Any) -> Any:
    """A copy of `x` with other values at the indices."""
    x = x.copy()
    x[indices] = values
    return x


def put_add(x: Any, indices: Any, values: Any) -> Any:
    """A copy of `x` with values added at the indices."""
    x = x.copy()
    np.add.at(x, indices, values)
    return x


def put_max(x: Any, indices: Any, count: int) -> Any:
    """The largest value for each index."""
    largest = np.full(count, np.finfo(x.dtype).min, x.dtype)
    np.maximum.at(largest, indices, x)
    return largest


def set_diagonal(x: Any, diagonal: Any) -> Any:
    """A copy of `x` with another diagonal."""
    x = x.copy()
    np.fill_diagonal(x, diagonal)
    return x


def blocks(image: Any) -> Any:
    """The image in blocks of two by two."""
    batch, height, width, channels = image.shape
    return image.reshape(batch, height // 2, 2, width // 2, 2, channels)


# Measuring ------------------------------------------------------------------------------------


def names_of(contender: str, size: int) -> dict[str, Any]:
    """The names that a contender's expressions use."""
    # Copies: where an array begins in its page of memory changes the time by a fifth.
    own = arrays_of(size).items()
    arrays = {k: np.array(v) if isinstance(v, np.ndarray) else v for k, v in own}
    if contender == "eagre":
        names = {k: tf.constant(v) if isinstance(v, np.ndarray) else v for k, v in arrays.items()}
        generator = tf.random.Generator.from_seed(1)
        return {**names, "array": arrays["array"], "tf": tf, "generator": generator}
    if contender == "torch":
        torch = importlib.import_module("torch")
        names = {
            k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in arrays.items()
        }
        nn = importlib.import_module("torch.nn.functional")
        return {**names, "array": arrays["array"], "torch": torch, "nn": nn}
    helpers = (put, put_add, put_max, set_diagonal, blocks)
    return {
        **arrays, **{each.__name__: each for each in helpers}, "np": np, "special": special,
        "linalg": linalg, "random": np.random.default_rng(1),
        "windows": np.lib.stride_tricks.sliding_window_view,
    }


def rows_of(only: list[str]) -> list[tuple[int | None, str, dict[str, str]]]:
    """For each row the limit of its section, its name and the contenders' expressions."""
    found = []
    for section, (limit, lines) in TABLE.items():
        for line in filter(None, map(str.strip, lines.splitlines())):
            own, *others = (part.strip() for part in line.split("; "))
            texts = {"eagre": own}
            for contender, text in zip(("numpy", "torch"), others, strict=False):
                prefix = {"numpy": "np.", "torch": "torch."}[contender]
                texts[contender] = own.replace("tf.", prefix) if text == "=" else text
            if not only or any(word in own or word == section for word in only):
                found.append((limit, own, texts))
    return found


def check(name: str, cases: dict[str, Case]) -> None:
    """All contenders give the same values; another shape is no matter."""
    if "random" in name or "generator" in name:
        return
    values = {who: np.asarray(case()) for who, case in cases.items()}
    for who, value in values.items():
        if not np.allclose(value.ravel(), values["eagre"].ravel(), rtol=2e-2, atol=2e-3):
            raise ValueError(f"{who} computes something else than {name}")


def calls_in(case: Case, seconds: float) -> int:
    """How many calls take about so long; one where a single call takes longer."""
    number = 1
    timer = timeit.Timer(case, timer=time.process_time)
    while (elapsed := timer.timeit(number)) < seconds / 2:
        number *= 2 if elapsed > seconds / 8 else 4
    return number


def time_one(case: Case, number: int) -> float:
    """Microseconds for one call of so many."""
    return timeit.Timer(case, timer=time.process_time).timeit(number) / number * 1e6


def measure(size: int, contenders: list[str], rounds: int, only: list[str]) -> Times:
    """For each row and contender the times of all rounds."""
    times: Times = {}
    names: dict[Any, Any] = {}
    for limit, name, texts in rows_of(only):
        held = min(size, limit or size)
        for who in contenders:
            if (who, held) not in names:
                names[who, held] = names_of(who, held)
        cases = {
            who: eval(f"lambda: {texts[who]}", names[who, held])
            for who in contenders if who in texts
        }
        check(name, cases)
        label = name if held == size else f"{name}  [{held:,}]"
        numbers = {who: calls_in(case, SECONDS) for who, case in cases.items()}
        times[label] = dict.fromkeys(cases, math.inf)
        for _ in range(rounds):
            for who, case in cases.items():
                elapsed = time_one(case, numbers[who])
                times[label][who] = min(elapsed, times[label][who])
    return times


def ratio(row: dict[str, float], other: str) -> float:
    """Eagre's time to another's."""
    return row["eagre"] / row[other]


def report(size: int, times: Times, bar: float, is_full: bool) -> None:
    """Print the distribution of the ratios and the worst, or every row."""
    others = [who for who in ("numpy", "torch") if any(who in row for row in times.values())]
    print(f"\n{len(times)} operations at {size:,} elements")
    for other in others:
        found = sorted(ratio(row, other) for row in times.values() if other in row)
        tenths = " and ".join(f"{found[len(found) * n // 10]:.2f}" for n in (1, 9))
        above = sum(each > bar for each in found)
        print(f"  to {other}: {above} of {len(found)} are above {bar}; the median is "
              f"{statistics.median(found):.2f}, eight tenths lie between {tenths}")
    for other in others:
        worst = sorted(
            (name for name in times if other in times[name]),
            key=lambda name, other=other: -ratio(times[name], other),
        )
        print(f"  {'all' if is_full else 'the ten worst'} to {other}, µs a call:")
        for name in worst if is_full else worst[:10]:
            row = times[name]
            own, its = row["eagre"], row[other]
            print(f"    {ratio(row, other):8.2f}  {own:12.2f} {its:12.2f}  {name[:70]}")


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, nargs="*", default=[4, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[], help="words of expressions, or sections")
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--full", action="store_true", help="print every row, not the worst ten")
    options = parser.parse_args()
    contenders = [who for who in ("eagre", "numpy", "torch") if who not in options.without]
    if "torch" in contenders and importlib.util.find_spec("torch") is None:
        print("torch is left out: it is not installed")
        contenders.remove("torch")
    np.seterr(all="ignore")
    for size in options.size:
        times = measure(size, contenders, options.rounds, options.only)
        report(size, times, 1.5 if size < 1000 else 1.1, options.full)


if __name__ == "__main__":
    main()
