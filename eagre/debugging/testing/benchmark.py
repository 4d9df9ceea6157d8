"""Benchmarks: functions that are timed and report what they took."""

from __future__ import annotations

import re
import sys
import time
import unittest
from typing import Any

_benchmarks: list[type[Benchmark]] = []


class Benchmark:
    """What a class of benchmarks derives from: its methods `benchmark*` are run and timed.

    `tf.test.main()` runs those of the program whose names an argument `--benchmarks=PATTERN`
    matches.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _benchmarks.append(cls)

    def run_op_benchmark(
        self,
        sess: Any,
        op_or_tensor: Any,
        feed_dict: Any = None,
        burn_iters: int = 2,
        min_iters: int = 10,
        store_trace: bool = False,
        store_memory_usage: bool = True,
        name: str | None = None,
        extras: Any = None,
        mbs: float = 0,
    ) -> dict[str, Any]:
        """Time a function: the median of `min_iters` calls, in seconds, after `burn_iters` others.

        Args:
            sess: None; there are no sessions.
            op_or_tensor: a function without arguments.
            feed_dict, store_trace, store_memory_usage: not used.
            burn_iters: calls that are not timed.
            min_iters: calls that are timed.
            name: stands in the report; by default the name of the method.
            extras: further values of the report.
            mbs: megabytes that a call works on, from which the throughput follows.
        """
        if not callable(op_or_tensor):
            raise TypeError(
                "run_op_benchmark expected a function without arguments in op_or_tensor. "
                f"Received: {op_or_tensor!r}"
            )
        for _ in range(burn_iters):
            op_or_tensor()
        times = sorted(_seconds(op_or_tensor) for _ in range(min_iters))
        middle = times[len(times) // 2]
        extras = {**(extras or {}), "wall_time_mean": sum(times) / len(times)}
        throughput = mbs / middle if mbs else None
        name = name or sys._getframe(1).f_code.co_name
        self.report_benchmark(min_iters, None, middle, throughput, extras, name)
        return {"iters": min_iters, "wall_time": middle, "name": name, "extras": extras}

    def report_benchmark(
        self,
        iters: int | None = None,
        cpu_time: float | None = None,
        wall_time: float | None = None,
        throughput: float | None = None,
        extras: Any = None,
        name: str | None = None,
        metrics: Any = None,
    ) -> None:
        """Write a line to the standard output: the name and the values that are given."""
        values = {
            "iters": iters,
            "cpu_time": cpu_time,
            "wall_time": wall_time,
            "throughput": throughput,
            **(extras or {}),
        }
        for metric in metrics or ():
            values[metric["name"]] = metric["value"]
        name = f"{type(self).__name__}.{name or sys._getframe(1).f_code.co_name}"
        shown = [f"{key}={value}" for key, value in values.items() if value is not None]
        print(f"{name}: {', '.join(shown)}", file=sys.stdout)

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors, in their structure."""
        from eagre.debugging.testing.case import values_of

        return values_of(tensors)


def _seconds(function: Any) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main(argv: Any = None) -> None:
    """Run the tests of the program, or its benchmarks where `--benchmarks=PATTERN` is given."""
    arguments = list(sys.argv if argv is None else argv)
    patterns = [each for each in arguments if re.match(r"--?benchmarks=", each)]
    if not patterns:
        unittest.main(argv=arguments)
        return
    pattern = re.compile(patterns[-1].partition("=")[2])
    for kind in _benchmarks:
        for name in dir(kind):
            is_chosen = pattern.search(f"{kind.__name__}.{name}")
            if name.startswith("benchmark") and is_chosen:
                getattr(kind(), name)()
