"""Resident memory and Python objects while the main pipelines go through a million elements.

What grows between a hundred thousand and a million is a leak: each row should say the same.

    python benchmarks/growth.py [--most 1000000] [--only generator]
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import eagre as tf

data = tf.data.Dataset
MARKS = (1_000, 10_000, 100_000, 1_000_000)
NUMBERS = 10**9


def numbers() -> Iterator[Any]:
    """Pairs without an end."""
    number = 0
    while True:
        yield number, [1.0, 2.0]
        number += 1


def threaded(dataset: Any) -> Any:
    """The dataset with threads wherever they were asked for."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def going_through(dataset: Any) -> Callable[[int], None]:
    """A function that goes on by so many elements."""
    iterator = iter(dataset)

    def go(count: int) -> None:
        for _ in range(count):
            next(iterator)

    return go


def in_a_function() -> Callable[[int], None]:
    """A loop of a graph over so many elements."""

    @tf.function
    def total(count: Any) -> Any:
        found = tf.constant(0, tf.int64)
        for x in data.range(count):
            found += x
        return found

    return lambda count: total(tf.constant(count, tf.int64))


def dropped() -> Callable[[int], None]:
    """So many iterators, each dropped after its first element."""
    dataset = data.range(10).map(lambda x: x + 1).batch(2)

    def go(count: int) -> None:
        for _ in range(count):
            next(iter(dataset))

    return go


def pipelines() -> dict[str, Callable[[], Callable[[int], None]]]:
    """What makes each pipeline."""
    images, labels = np.ones([64, 4], np.float32), np.arange(64)
    signature = (tf.TensorSpec([], tf.int64), tf.TensorSpec([2], tf.float32))
    whole = data.range(NUMBERS)
    made: dict[str, Callable[[], Any]] = {
        "arrays, shuffle, batch": lambda: data.from_tensor_slices(
            (images, labels)).shuffle(64).repeat().batch(16),
        "range, map": lambda: whole.map(lambda x: x * 2 + 1),
        "random numbers": lambda: whole.map(lambda x: tf.random.uniform([])),
        "map in Python": lambda: whole.map(lambda x: int(x.numpy()) + 1),
        "generator": lambda: data.from_generator(numbers, output_signature=signature),
        "parallel map, prefetch": lambda: threaded(whole.map(lambda x: x + 1, 2).prefetch(2)),
        "processes": lambda: whole.map(lambda x: x + 1, 1, in_processes=True),
        "window of elements": lambda: whole.filter(lambda x: x >= 0).shuffle(100),
        "scan": lambda: whole.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
    }  # fmt: skip
    found = {name: (lambda make=make: going_through(make())) for name, make in made.items()}
    return {**found, "loop of a function": in_a_function, "iterators dropped": dropped}


def resident() -> float:
    """The megabytes that the process has in memory (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Print what there is after each number of elements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=MARKS[-1])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    for name, make in pipelines().items():
        if options.only not in name:
            continue
        go, done, parts = make(), 0, []
        for mark in [mark for mark in MARKS if mark <= options.most]:
            go(mark - done)
            done = mark
            gc.collect()
            parts.append(f"{mark}: {resident():.1f} MB, {len(gc.get_objects())} objects")
        print(f"{name}: {'; '.join(parts)}", flush=True)
        del go


if __name__ == "__main__":
    main()
