"""Let TensorFlow draw the random numbers that eagre is to draw, and write them to `random.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_random.py

Each case is a Python expression whose value is a tensor or a list of tensors. A tensor is kept as
its dtype, its shape and its bytes in hexadecimal, an error as its class. The tests evaluate the
same expressions with eagre in the place of `tf`; they import `cases`, `names` and `outcome` from
here. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import builtins
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("random.json")

OPERATION_ERROR = "InvalidArgumentError"
FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("int32", "int64", "uint32", "uint64")


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


# Numbers that have to be the same to the bit.
EXACT = [
    f"R.stateless_uniform({shape}, [1, 2], minval=None, dtype='{dtype}'{option})"
    for dtype in INTEGERS
    for shape, option in (("[9]", ""), ("[]", ", alg='philox'"), ("[3, 1, 2]", ""))
]
EXACT += [
    f"R.stateless_uniform([{number}], {seed}, dtype='{dtype}')"
    for dtype in FLOATS
    for number, seed in ((11, "[1, 2]"), (3, "[-1, -2]"), (2, "[2**40, 7]"))
]
EXACT += [
    f"R.stateless_uniform([9], [3, 4], {low}, {high}, '{dtype}')"
    for dtype in ("int32", "int64")
    for low, high in ((3, 50), (-7, 1), (-(2**31), 2**31 - 1), (0, 1))
]
EXACT += lines("""
    R.stateless_uniform([2, 3], [3, 4], -1.5, 2.5)
    R.stateless_uniform([2, 3], [3, 4], [1.0, 2.0, 3.0], 5.0)
    R.stateless_uniform([4], [3, 4], 5, 3)
    R.stateless_uniform([0, 3], [3, 4])
    R.stateless_uniform([0], [3, 4], 5, 3, 'int32')
    tf.reduce_max(R.stateless_uniform([100001], [5, 6], None, None, 'int32'))
    R.stateless_uniform([100001], [5, 6], None, None, 'int64')[-3:]
    R.stateless_uniform([100001], [5, 6])[40000:40009]
    R.split([1, 2], 3)
    R.split(tf.constant([1, 2], 'int64'))
    R.fold_in([1, 2], 3)
    R.fold_in([1, 2], tf.constant(3, 'int64'))
    R.experimental.stateless_shuffle(tf.range(10), [1, 2])
    R.experimental.stateless_shuffle([[1, 2], [3, 4], [5, 6]], [8, 9])
    R.experimental.stateless_shuffle(['a', 'b', 'c'], [8, 9])
    R.experimental.index_shuffle(tf.range(11), [5, 6], 10)
    tf.random_index_shuffle([0, 3, 99], [[1, 5, 6], [2, -7, 8], [3, 2**31 - 1, 0]], [4, 3, 65536])
    R.experimental.index_shuffle(np.int64(5), np.array([-5, 2**40 + 3], np.int64), 2**62)
    R.experimental.index_shuffle(np.uint32(7), np.array([5, 6], np.uint64), np.uint32(2**32 - 1))
    R.experimental.index_shuffle(0, [5, 6], 0)
    R.experimental.index_shuffle(11, [5, 6], 10)
    R.experimental.index_shuffle(-1, [5, 6], 10)
    R.experimental.index_shuffle([[0]], [5, 6], 10)
    R.experimental.index_shuffle(0, [5, 6, 7], 10)
    R.experimental.index_shuffle(0, [5.0, 6.0], 10)
    R.experimental.index_shuffle(0.0, [5, 6], 10)
    R.experimental.index_shuffle([0, 1], [[5, 6], [7, 8], [9, 9]], 100)
    tf.random_index_shuffle(tf.range(20), [1, 2, 3], 19)
    tf.random_index_shuffle([65535, 65536], [1, 2, 3], [65535, 65536], rounds=8)
    tf.random_index_shuffle(0, [1, 2], 100)
    R.stateless_categorical(LOGITS, 7, [1, 2])
    R.stateless_categorical(LOGITS, 8, [1, 2], 'int32')
    R.stateless_categorical(tf.cast(LOGITS, 'float64'), 5, [1, 2])
    R.stateless_categorical([[0.0, -INF, 0.0]], 9, [1, 2])
    R.stateless_categorical([[NAN, 0.0, 0.0]], 9, [1, 2])
    R.stateless_categorical([[INF, 0.0, 0.0]], 9, [1, 2])
    [g.uniform([3]), g.uniform([2], dtype='float64'), g.uniform([], 0, 9, 'int32'), g.state]
    [g.uniform_full_int([3]), g.uniform_full_int([3], 'int32'), g.key, g.state]
    [g.uniform([3], None, None, 'int64'), g.skip(5), g.uniform([2]), g.state]
    [g.make_seeds(3), g.state, *[each.state for each in g.split(2)], g.state]
    [g.uniform([0]), g.state, g.uniform([]), g.state]
    [g.reset_from_seed(7), g.state, g.reset([1, 2, 3]), g.state, g.uniform([2])][1::2]
    [g.reset_from_key_counter(1, [2, 3]), g.state, g.uniform([3])][1:]
    [G.from_state([-1, -1, 5], 'philox').skip(1), G.from_key_counter(5, [6, 7], 1).state]
    [G.from_seed(seed).state for seed in (0, -1, 2**63, 2**64 + 5, [1, 2], [1, 2, 3, 4])]
    [R.create_rng_state(5, 'threefry'), R.create_rng_state([1, 2, 3], 2)]
    G(copy_from=g).uniform([3])
    G.from_state([2**64 - 1, 2**64 - 1, 9], 'philox').uniform([9])
    G.from_state([2**64 - 3, 2**64 - 1, 2**64 - 1], 'philox').uniform([70])
    [seed_set(7), *[R.uniform([3]) for _ in range(3)]][1:]
    [seed_set(7), *[R.uniform([n], seed=9) for n in (3, 5, 2)]][1:]
    [seed_set(7), R.uniform([2], dtype='float64', seed=9), R.uniform([2], seed=9)][1:]
    [seed_set(7), *[R.uniform([6], 0, 100, 'int32', 9) for _ in range(3)]][1:]
    [seed_set(7), *[R.uniform([3], -2.5, 4) for _ in range(2)]][1:]
    [seed_set(7), *[R.shuffle(tf.range(10), seed=9) for _ in range(3)]][1:]
    [seed_set(7), R.shuffle([[1, 2], [3, 4], [5, 6]]), R.shuffle(tf.range(9))][1:]
    [seed_set(7), R.shuffle(5), R.shuffle([5], 3), R.shuffle(tf.range(9), 3)][1:]
    [seed_set(7), *[R.categorical(LOGITS, n, seed=9) for n in (7, 4, 1, 9)]][1:]
    [seed_set(7), R.categorical(LOGITS, 5, 'int32'), R.uniform([2])][1:]
    [seed_set(7), R.uniform([2], seed=9), seed_set(7), R.uniform([2], seed=9)][1::2]
    [seed_set(0), R.uniform([2], seed=0), R.uniform([2], seed=-3)][1:]
    [seed_set(-5), R.uniform([2]), seed_set(2**40), R.uniform([2])][1::2]
    [seed_set(None), R.uniform([2], seed=9), R.uniform([2], seed=9)][1:]
""")

# Normal numbers: logarithm and sine are rounded differently, by up to two units.
NEAR = [
    f"R.stateless_{kind}([{number}], [1, 2]{bounds}, dtype='{dtype}')"
    for dtype in FLOATS
    for kind in ("normal", "truncated_normal")
    for number, bounds in ((41, ""), (3, ", mean=2.0, stddev=0.5"))
]
NEAR += lines("""
    R.stateless_normal([100001], [5, 6])[40000:40041]
    R.stateless_truncated_normal([100001], [5, 6])[40000:40041]
    R.stateless_truncated_normal([60001], [5, 6], dtype='float64')[40000:40041]
    R.stateless_normal([2, 3], [5, 6], mean=[1.0, 2.0, 3.0])
    [g.normal([5]), g.truncated_normal([5]), g.normal([3], 1.0, 2.0, 'float64'), g.state]
    [seed_set(7), R.normal([3]), R.truncated_normal([3]), R.normal([2, 2])][1:]
    [seed_set(7), *[R.normal([3], seed=9) for _ in range(2)]][1:]
    [seed_set(7), *[R.truncated_normal([3], 1.0, 0.1, seed=9) for _ in range(2)]][1:]
    [seed_set(7), R.normal([3], dtype='float16'), R.normal([3], dtype='float64')][1:]
""")

# ThreeFry, which TensorFlow has only within XLA.
THREEFRY = [
    f"bits({shape}, '{dtype}')"
    for dtype in ("uint32", "uint64")
    for shape in ("[]", "[1]", "[5]", "[6]", "[3, 3]", "[3, 4]", "[4, 3]", "[3, 5, 2]", "[3, 5]")
] + [f"fractions([5], '{dtype}')" for dtype in FLOATS]

WRONG = lines("""
    R.uniform([2], dtype='int32')
    R.uniform([2], 5, 5, 'int32')
    R.uniform([2], 5, 3, 'int64')
    R.uniform([2], None, 5, 'int32')
    R.uniform([2], 0, [5, 6], 'int32')
    R.uniform([2], 0, 5, 'uint32')
    R.uniform([2], 0, 5.5, 'int32')
    R.uniform([-1])
    R.uniform([2.5])
    R.uniform([[2]])
    R.uniform(2.5)
    R.uniform(None)
    R.normal([-1])
    R.normal([2], dtype='int32')
    R.normal([2], mean=[1.0, 2.0, 3.0])
    R.truncated_normal([2], dtype='int32')
    R.stateless_uniform([2], [1, 2], dtype='int32')
    R.stateless_uniform([2], [1, 2], 0, 5, 'uint32')
    R.stateless_uniform([2], [1, 2], 5, 3, 'int32')
    R.stateless_uniform([2], [1, 2], dtype='int8', maxval=3)
    R.stateless_uniform([2], [1, 2, 3])
    R.stateless_uniform([2], 5)
    R.stateless_uniform([2], [1.0, 2.0])
    R.stateless_uniform([-2], [1, 2])
    R.stateless_uniform([2], [1, 2], alg='other')
    R.stateless_uniform([2], [1, 2], alg=7)
    R.stateless_uniform([2], [1, 2], alg=1.5)
    R.stateless_normal([2], [1, 2], dtype='int32')
    R.categorical([0.0, 0.0], 3)
    R.categorical(np.zeros([2, 0], 'f4'), 3)
    R.categorical([[0.0, 0.0]], -1)
    R.categorical([[0.0, 0.0]], [1])
    R.categorical([[0.0, 0.0]], 2, 'float32')
    g.uniform([2], 5, 3, 'int32')
    g.uniform([2], dtype='int32')
    g.uniform([-2])
    g.uniform_full_int([2], 'int8')
    g.uniform_full_int([2], 'float32')
    g.reset([1, 2])
    G.from_seed(1, 'other')
    G.from_state([1, 2], 'philox')
    G.from_key_counter([5], [6, 7], 1)
    G.from_key_counter(5, [6], 1)
""")

SECTIONS = {"exact": EXACT, "near": NEAR, "threefry": THREEFRY, "wrong": WRONG}


def names(library: Any) -> dict[str, Any]:
    """What the expressions may name, with `library` as `tf`; `g` is a new generator."""
    generator = library.random.Generator
    return {
        "tf": library,
        "np": np,
        "R": library.random,
        "G": generator,
        "g": generator.from_seed(1234),
        "seed_set": library.random.set_seed,
        "LOGITS": np.array([[-2.5, -1.5, -1.25, -1.0], [0.5] * 4, [2.0, -20, -20, 0]], "f4"),
        "INF": float("inf"),
        "NAN": float("nan"),
    }


def outcome(expression: str, table: dict[str, Any]) -> Any:
    """The value in bytes, or the class of the error: a builtin one or one of TensorFlow's."""
    try:
        return _kept(eval(expression, dict(table)))
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        known = [kind for kind in kinds if hasattr(builtins, kind) or kind == OPERATION_ERROR]
        return {"raises": known[0]}


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(part) for part in value]
    array = np.asarray(value)
    if array.dtype == object:
        return {"strings": [part.decode() for part in array.reshape(-1)]}
    return {"dtype": array.dtype.name, "shape": list(array.shape), "bytes": array.tobytes().hex()}


def array_of(kept: dict[str, Any]) -> Any:
    """The array that an outcome holds."""
    kind = kept["dtype"]
    if kind == "bfloat16":
        import ml_dtypes

        kind = ml_dtypes.bfloat16
    return np.frombuffer(bytes.fromhex(kept["bytes"]), kind).reshape(kept["shape"])


def cases(section: str) -> list[tuple[str, Any]]:
    """The expressions of a section, each with TensorFlow's outcome."""
    return [tuple(case) for case in json.loads(FILE.read_text())[section]]


def threefry_names(tf: Any) -> dict[str, Any]:
    """Draws with ThreeFry of the key and counter that the tests use, compiled by XLA."""
    stream = {"key": np.array([5 + (6 << 32)], "u8"), "counter": np.array([7], "u8"), "alg": 2}

    def compiled(operation: Any) -> Any:
        return lambda shape, dtype: tf.function(
            lambda: operation(shape=shape, dtype=dtype, **stream), jit_compile=True
        )()

    return {
        "bits": compiled(tf.raw_ops.StatelessRandomUniformFullIntV2),
        "fractions": compiled(tf.raw_ops.StatelessRandomUniformV2),
    }


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    rows = [f'"tensorflow": {json.dumps(tf.__version__)}']
    for section, expressions in SECTIONS.items():
        found: list[str] = []
        for one in expressions:
            table = names(tf) | threefry_names(tf)
            found.append("  " + json.dumps([one, outcome(one, table)]))
        print(section, len(found))
        rows.append(f"{json.dumps(section)}: [\n" + ",\n".join(found) + "\n]")
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
