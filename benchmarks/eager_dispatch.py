"""What one small eager operation costs: eagre beside PyTorch, TensorFlow and NumPy.

The contenders alternate within one run, since the clock of a shared machine drifts: each round
times every contender on every case, and what is printed is the median over the rounds and the
median of the ratios within a round. Absent contenders are left out.

    python benchmarks/eager_dispatch.py [--rounds 15] [--only NAME ...] [--without tensorflow]
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import timeit
from collections.abc import Callable

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

Case = Callable[[], object]

FOUR = np.ones(4, np.float32)
SQUARE = np.arange(16, dtype=np.float32).reshape(4, 4)
EIGHT = np.ones((8, 8), np.float32)
CHAIN = 100


def eagre_cases() -> dict[str, Case]:
    """The cases in eagre."""
    import eagre as tf

    x, y, z, m = (tf.constant(a) for a in (FOUR, FOUR, SQUARE, EIGHT))
    v = tf.Variable(FOUR)
    w = tf.Variable(FOUR)
    cases = _tensorflow_like(tf, x, y, z, m, v, w)
    return cases


def tensorflow_cases() -> dict[str, Case]:
    """The cases in TensorFlow."""
    tf = importlib.import_module("tensorflow")
    x, y, z, m = (tf.constant(a) for a in (FOUR, FOUR, SQUARE, EIGHT))
    return _tensorflow_like(tf, x, y, z, m, tf.Variable(FOUR), tf.Variable(FOUR))


def _tensorflow_like(tf, x, y, z, m, v, w) -> dict[str, Case]:
    tape = [None]

    def chain():
        with tf.GradientTape() as tape:
            tape.watch(x)
            t = x
            for _ in range(CHAIN // 2):
                t = t * y
                t = t + y
            loss = tf.reduce_sum(t)
        return tape.gradient(loss, x)

    def tape_add():
        # Many adds a tape, as a tape is made once a step.
        with tf.GradientTape() as tape[0]:
            tape[0].watch(x)
            for _ in range(CHAIN):
                x + y

    return {
        "add": lambda: x + y,
        "add on a tape": tape_add,
        "chain of 100, forward and backward": chain,
        "x * 2.0": lambda: x * 2.0,
        "x[1]": lambda: z[1],
        "x[1:3, 0]": lambda: z[1:3, 0],
        "reshape": lambda: tf.reshape(z, (2, 8)),
        "transpose": lambda: tf.transpose(z, (1, 0)),
        "sum": lambda: tf.reduce_sum(z),
        "sum over an axis": lambda: tf.reduce_sum(z, 1),
        "mean": lambda: tf.reduce_mean(z),
        "matmul 8x8": lambda: tf.matmul(m, m),
        "cast": lambda: tf.cast(x, tf.float64),
        "concat": lambda: tf.concat([x, y], 0),
        "softmax": lambda: tf.nn.softmax(z),
        "softmax of 4": lambda: tf.nn.softmax(x),
        "exp": lambda: tf.exp(x),
        "relu": lambda: tf.nn.relu(x),
        "x ** 2": lambda: x**2,
        "variable read": lambda: v.read_value(),
        "variable + x": lambda: v + x,
        "variable assign": lambda: w.assign(x),
        "variable assign_add": lambda: w.assign_add(x),
    }


def torch_cases() -> dict[str, Case]:
    """The cases in PyTorch."""
    torch = importlib.import_module("torch")
    x, y, z, m = (torch.from_numpy(a.copy()) for a in (FOUR, FOUR, SQUARE, EIGHT))
    leaf = x.clone().requires_grad_()
    v = torch.nn.Parameter(x.clone())
    w = torch.nn.Parameter(x.clone())

    def chain():
        t = leaf
        for _ in range(CHAIN // 2):
            t = t * y
            t = t + y
        return torch.autograd.grad(t.sum(), leaf)

    def tape_add():
        for _ in range(CHAIN):
            leaf + y

    def assign():
        with torch.no_grad():
            w.copy_(x)

    def assign_add():
        with torch.no_grad():
            w.add_(x)

    return {
        "add": lambda: x + y,
        "add on a tape": tape_add,
        "chain of 100, forward and backward": chain,
        "x * 2.0": lambda: x * 2.0,
        "x[1]": lambda: z[1],
        "x[1:3, 0]": lambda: z[1:3, 0],
        "reshape": lambda: z.reshape(2, 8),
        "transpose": lambda: z.permute(1, 0),
        "sum": lambda: z.sum(),
        "sum over an axis": lambda: z.sum(1),
        "mean": lambda: z.mean(),
        "matmul 8x8": lambda: torch.matmul(m, m),
        "cast": lambda: x.to(torch.float64),
        "concat": lambda: torch.cat([x, y], 0),
        "softmax": lambda: torch.softmax(z, -1),
        "softmax of 4": lambda: torch.softmax(x, -1),
        "exp": lambda: torch.exp(x),
        "relu": lambda: torch.relu(x),
        "x ** 2": lambda: x**2,
        # A snapshot that later assignments do not change, as tf.Variable.read_value gives.
        "variable read": lambda: v.detach().clone(),
        "variable + x": lambda: v + x,
        "variable assign": assign,
        "variable assign_add": assign_add,
    }


def numpy_cases() -> dict[str, Case]:
    """The adds alone: what the kernel itself costs."""
    x, y = FOUR, FOUR.copy()
    return {"add": lambda: np.add(x, y)}


CONTENDERS: dict[str, Callable[[], dict[str, Case]]] = {
    "eagre": eagre_cases,
    "torch": torch_cases,
    "tensorflow": tensorflow_cases,
    "numpy": numpy_cases,
}
OPERATIONS = {"add on a tape": CHAIN, "chain of 100, forward and backward": CHAIN}


def load(without: list[str]) -> dict[str, dict[str, Case]]:
    """The cases of each contender that is installed."""
    loaded: dict[str, dict[str, Case]] = {}
    for name, make in CONTENDERS.items():
        if name in without:
            continue
        try:
            loaded[name] = make()
        except ModuleNotFoundError as error:
            print(f"{name} is left out: {error}")
    return loaded


def time_one(case: Case, operations: int, seconds: float) -> float:
    """Microseconds for one operation, over about `seconds`."""
    timer = timeit.Timer(case)
    number = 1
    while (elapsed := timer.timeit(number)) < seconds / 4:
        number *= 2
    elapsed = min(elapsed, timer.timeit(number))
    return elapsed / number / operations * 1e6


def measure(contenders: dict[str, dict[str, Case]], rounds: int, only: list[str]):
    """For each case and contender the times of all rounds."""
    names = [name for name in contenders["eagre"] if not only or name in only]
    times = {case: {name: [] for name in contenders} for case in names}
    for _ in range(rounds):
        for case in names:
            for name, cases in contenders.items():
                if case in cases:
                    operations = OPERATIONS.get(case, 1)
                    times[case][name].append(time_one(cases[case], operations, 0.01))
    return times


def report(times) -> None:
    """Print medians in microseconds, and ratios of eagre's time to the others'."""
    contenders = list(next(iter(times.values())))
    header = "".join(f"{name:>12}" for name in contenders)
    ratios = "".join(f"{'/ ' + name:>14}" for name in contenders[1:])
    print(f"{'µs an operation, median':36}{header}{ratios}")
    for case, by_name in times.items():
        line = f"{case:36}"
        for name in contenders:
            values = by_name[name]
            line += f"{statistics.median(values):12.2f}" if values else " " * 12
        for name in contenders[1:]:
            pairs = zip(by_name["eagre"], by_name[name], strict=False)
            found = [own / other for own, other in pairs]
            line += f"{statistics.median(found):14.3f}" if found else " " * 14
        print(line)


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--without", nargs="*", default=[])
    options = parser.parse_args()
    contenders = load(options.without)
    report(measure(contenders, options.rounds, options.only))


if __name__ == "__main__":
    main()
