"""What tracing costs for each operation, branch and loop, and what a call of a cached graph costs.

    python benchmarks/tracing.py [--rounds 5] [--without tensorflow]

Traces are timed by CPU time, calls by the clock. A straight line of n additions has n operations;
a branch is `if` over a tensor with one operation on each way; a loop is `for` over `tf.range` with
one operation. TensorFlow is measured beside it where it is installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import timeit
from importlib import import_module
from time import process_time
from typing import Any

FIRST_TOUCH = """
import eagre as tf, time
start = time.process_time()
tf.function
print(time.process_time() - start)
"""


def straight(count: int, tf: Any) -> Any:
    """A function of `count` additions."""

    def line(x: Any) -> Any:
        for _ in range(count):
            x = x + x
        return x

    return line


def branches(count: int, tf: Any) -> Any:
    """A function with `count` branches."""

    def choices(x: Any) -> Any:
        for _ in range(count):
            if x > 0.0:
                x = x + x
            else:
                x = x * x
        return x

    return choices


def loops(count: int, tf: Any) -> Any:
    """A function with `count` loops."""

    def repeats(x: Any) -> Any:
        for _ in range(count):
            for _ in tf.range(3):
                x = x + x
        return x

    return repeats


CASES = {
    "operation, 100 in a line": (straight, 100),
    "operation, 1,000 in a line": (straight, 1000),
    "operation, 10,000 in a line": (straight, 10_000),
    "branch, 200": (branches, 200),
    "branch, 2,000": (branches, 2000),
    "loop, 200": (loops, 200),
}


def load(without: list[str]) -> dict[str, Any]:
    """The frameworks that are installed."""
    found: dict[str, Any] = {}
    for name in ("eagre", "tensorflow"):
        try:
            found.update({} if name in without else {name: import_module(name)})
        except ModuleNotFoundError as error:
            print(f"{name} is left out: {error}")
    return found


def time_trace(tf: Any, make: Any, count: int) -> float:
    """Microseconds of one trace, for each of its `count` parts."""
    function = tf.function(make(count, tf))
    start = process_time()
    function.get_concrete_function(tf.TensorSpec([], tf.float32))
    return (process_time() - start) / count * 1e6


def time_calls(tf: Any, seconds: float = 0.2) -> tuple[float, float]:
    """Microseconds of a call of a cached graph with two tensors, and of its operation."""
    function = tf.function(lambda x, y: x + y)
    x, y = tf.constant([1.0, 2.0, 3.0, 4.0]), tf.constant([4.0, 3.0, 2.0, 1.0])
    found: list[float] = []
    for call in (lambda: function(x, y), lambda: x + y):
        call()
        timer = timeit.Timer(call)
        number = max(1, int(seconds / (timer.timeit(100) / 100)))
        found.append(timer.timeit(number) / number * 1e6)
    return found[0], found[1]


def time_first_touch() -> float:
    """Milliseconds that the first `tf.function` costs after the import of eagre."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", FIRST_TOUCH]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(result.stdout) * 1e3


def row(label: str, values: list[float]) -> None:
    """Print one line of the table."""
    print(f"{label:34}" + "".join(f"{value:14.2f}" for value in values))


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[])
    options = parser.parse_args()
    frameworks = load(options.without)
    rounds = range(options.rounds)
    print(f"{'tracing, µs each, median':34}" + "".join(f"{name:>14}" for name in frameworks))
    for label, (make, count) in CASES.items():
        times = [[time_trace(tf, make, count) for _ in rounds] for tf in frameworks.values()]
        row(label, [statistics.median(each) for each in times])
    pairs = [[time_calls(tf) for _ in rounds] for tf in frameworks.values()]
    for place, label in enumerate(("call of a cached graph", "the operation, eagerly")):
        row(label, [statistics.median(pair[place] for pair in each) for each in pairs])
    row("first touch of tf.function, ms", [statistics.median(time_first_touch() for _ in rounds)])


if __name__ == "__main__":
    main()
