"""Let TensorFlow say what programs with `tf.function` do, and write it to `functions.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_functions.py

A case is a function of the names of TensorFlow. Its outcome is what it returns, or the name of the
error. The tests import `CASES` and `outcome` from here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("functions.json")
CASES: dict[str, Any] = {}


def case(function):
    CASES[function.__name__] = function
    return function


def described(value: Any) -> Any:
    """A result as JSON: tensors with their dtypes, all else as it is."""
    if isinstance(value, list | tuple):
        return [described(each) for each in value]
    if isinstance(value, dict):
        return {name: described(each) for name, each in sorted(value.items())}
    if value is None or isinstance(value, bool | int | str):
        return value
    array = np.asarray(value.numpy())
    return [value.dtype.name, array.tolist() if array.dtype.kind != "f" else rounded(array)]


def rounded(array: Any) -> Any:
    return [float(f"{each:.5g}") for each in array.ravel().tolist()]


def error_of(function: Any, *args: Any) -> str:
    """The name of the error of a call."""
    try:
        function(*args)
    except Exception as error:
        return type(error).__name__
    return "none"


# Python in graphs -----------------------------------------------------------------------------


def growing(calls):
    """A function that is another one each time that it runs."""

    def function(x, w):
        calls.append(1)
        return x * w * float(len(calls)), x + w

    return function


@case
def py_function_runs_once_for_its_gradient(tf):
    calls = []
    specs = [tf.float32, tf.float32]

    @tf.function
    def f(x):
        a, b = tf.py_function(growing(calls), [x, 3.0], specs)
        return a * a + b

    x, found = tf.constant(2.0), []
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        found += [y, tape.gradient(y, x)]
    return found, len(calls)


@case
def py_function_with_a_tape_inside(tf):
    calls = []
    specs = [tf.float32, tf.float32]

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            a, b = tf.py_function(growing(calls), [x, 3.0], specs)
            y = a * a + b
        return y, tape.gradient(y, x)

    return f(tf.constant(2.0)), f(tf.constant(3.0)), len(calls)


@case
def numpy_function_keeps_the_kind_of_numbers(tf):
    @tf.function
    def f(x):
        return tf.numpy_function(lambda a: a * 2, [x], tf.int64)

    return f(tf.constant([1, 2], tf.int64)), error_of(f, tf.constant([1.5]))


# Iterators ------------------------------------------------------------------------------------


@case
def iterator_made_in_a_function(tf):
    dataset = tf.data.Dataset.range(4)

    @tf.function
    def f():
        iterator = iter(dataset)
        return next(iterator) + next(iterator), next(iterator)

    return f(), f()


@case
def iterator_of_an_argument(tf):
    @tf.function
    def f(x):
        iterator = iter(tf.data.Dataset.from_tensor_slices(x).map(lambda y: y * 2))
        return next(iterator), next(iterator)

    return f(tf.constant([1, 2, 3])), f(tf.constant([5, 6, 7]))


@case
def iterator_at_its_end(tf):
    @tf.function
    def f(n):
        iterator = iter(tf.data.Dataset.range(n))
        return next(iterator) + next(iterator)

    one = tf.constant(1, tf.int64)
    return f(one + one), error_of(f, one)


@case
def iterator_given_to_a_loop(tf):
    @tf.function
    def f(iterator):
        total = tf.constant(0, tf.int64)
        for _ in tf.range(3):
            total += next(iterator)
        return total

    iterator = iter(tf.data.Dataset.range(10))
    return f(iterator), f(iterator), next(iterator)


@case
def optionals_in_a_loop(tf):
    @tf.function
    def f(iterator):
        total = tf.constant(0, tf.int64)
        found = iterator.get_next_as_optional()
        while found.has_value():
            total += found.get_value()
            found = iterator.get_next_as_optional()
        return total

    return f(iter(tf.data.Dataset.range(5))), f(iter(tf.data.Dataset.range(0)))


@case
def optional_in_cond(tf):
    @tf.function
    def f(iterator):
        found = iterator.get_next_as_optional()
        return tf.cond(found.has_value(), found.get_value, lambda: tf.constant(-1, tf.int64))

    iterator = iter(tf.data.Dataset.range(1))
    return f(iterator), f(iterator)


@case
def optional_without_a_value(tf):
    @tf.function
    def f(n):
        return iter(tf.data.Dataset.range(n)).get_next_as_optional().get_value()

    return f(tf.constant(1, tf.int64)), error_of(f, tf.constant(0, tf.int64))


@case
def enumerate_a_dataset(tf):
    dataset = tf.data.Dataset.range(5)

    @tf.function
    def f(total):
        for i, x in enumerate(dataset):
            total += i * x
        return total

    return f(tf.constant(3, tf.int64))


@case
def zip_datasets(tf):
    one, other = tf.data.Dataset.range(5), tf.data.Dataset.range(10, 20)

    @tf.function
    def f(total):
        for x, y in zip(one, other):  # noqa: B905 as users write it
            total += x * y
        return total

    return f(tf.constant(3, tf.int64))


# Arguments ------------------------------------------------------------------------------------


@case
def shapes_and_dtypes_as_arguments(tf):
    @tf.function
    def f(x, dtype, shape):
        return tf.reshape(tf.cast(x, dtype), shape)

    x = tf.constant([1.0, 2.0])
    found = [f(x, tf.int32, tf.TensorShape([2, 1])), f(x, tf.int32, tf.TensorShape([2, 1]))]
    return found, f(x, tf.int64, [1, 2])


@case
def objects_with_attributes_of_tensors(tf):
    class Odd:
        handle = 5
        sizes = 3

    @tf.function
    def f(odd, x):
        return x * odd.handle

    return f(Odd(), tf.constant(2))


def outcome(tf: Any, name: str) -> Any:
    """What a case returns."""
    return described(CASES[name](tf))


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    lines = [f"{json.dumps(name)}: {json.dumps(outcome(tf, name))}" for name in sorted(CASES)]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
