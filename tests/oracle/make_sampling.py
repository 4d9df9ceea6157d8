"""Let TensorFlow draw by rejection and sample candidates, and write it to `sampling.json`.

Run from the root of the repository in an environment that has TensorFlow:

    python tests/oracle/make_sampling.py

The cases are expressions as those of `make_random.py`. Only `main` imports TensorFlow.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.oracle.make_random import lines, names, outcome

FILE = Path(__file__).with_name("sampling.json")

TRUE = "tf.constant([[1, 3], [0, 2]], 'int64'), 2"
KINDS = {
    "uniform": "7", "uniform_": "8", "log_uniform": "7", "learned_unigram": "7",
    "fixed_unigram": "7, unigrams=[1., 2., 3., 9., .5, .25, 4.]",
    "fixed_unigram_": "6, distortion=.5, num_reserved_ids=1, unigrams=[1., 2., 3., 9., .5]",
    "fixed_unigram__": "4, num_shards=2, shard=1, num_reserved_ids=2, "
                       "unigrams=[1., 2., 3., 9., 5., 1.]",
}  # fmt: skip

# Integers and classes have to be the same to the bit.
EXACT = [
    f"R.{kind}([31], {parameters}, '{dtype}')"
    for kind, parameters in (
        ("stateless_poisson", "[1, 2], 2.5"), ("stateless_poisson", "[1, 2], 10"),
        ("stateless_poisson", "[-3, 4], 1e4"), ("stateless_binomial", "[1, 2], 10., .3"),
        ("stateless_binomial", "[1, 2], 1000., .4"), ("stateless_binomial", "[3, 4], 60., .9"),
    )
    for dtype in ("int32", "int64", "float16", "float32", "float64")
]  # fmt: skip
EXACT += lines("""
    R.stateless_poisson([3, 2, 2], [5, 6], [[0.0, 0.5], [9.99, 200.0]])
    R.stateless_poisson([0, 2], [5, 6], [1.0, 2.0])
    R.stateless_poisson([4], [5, 6], INF, 'float32')
    R.stateless_binomial([4, 5], [1, 2], 10., [-.5, 0., .5, 1., 1.5])
    R.stateless_binomial([4, 3], [1, 2], [-1., 0., 2.5], .5)
    R.stateless_binomial([2, 2, 3], [1, 2], [[20.], [300.]], [.1, .5, .8])
    R.stateless_binomial([5], [1, 2], 7, .25)
    [g.binomial([5, 3], [10., 1000., 30.], [.3, .4, .9]), g.state]
    [g.binomial([0], 10., .3), g.state, g.binomial([], 10., .3), g.state, g.uniform([2])]
    [seed_set(7), *[R.poisson([n], [2.0, 50.0], seed=9) for n in (3, 2, 4)]][1:]
    [seed_set(7), R.poisson([3], 4, 'int32'), R.poisson([3], 40.0), R.uniform([2])][1:]
""")

# Numbers out of logarithms, which are rounded differently.
NEAR = [
    f"R.stateless_gamma([21], [1, 2], {alpha}, dtype='{dtype}')"
    for alpha in (0.05, 0.5, 1.0, 1.5, 40.0)
    for dtype in ("float16", "float32", "float64")
]
NEAR += [
    f"R.stateless_parameterized_truncated_normal([21], [1, 2], *tf.cast({parameters}, '{dtype}'))"
    for parameters in ("[0., 1., -2., 2.]", "[0., 1., -1., 1.]", "[0., 2., 6., 90.]",
                       "[1., .5, -INF, .25]", "[0., 1., 2., INF]", "[0., 1., -.25, .5]",
                       "[0., 1., -1.5, .25]", "[1., 2., 0., 3.65]", "[0., 1., -1.2, 1.2]")
    for dtype in ("float32", "float64")
]  # fmt: skip
NEAR += lines("""
    R.stateless_gamma([3, 2, 2], [5, 6], [[0.5, 1.0], [9.99, 200.0]], [2.0, 0.25])
    R.stateless_gamma([3, 2], [5, 6], 2.0, [2.0, 0.25])
    R.stateless_gamma([2], [5, 6], 1e-6)
    [seed_set(7), *[R.gamma([n], [0.5, 3.0], seed=9) for n in (3, 2, 4)]][1:]
    [seed_set(7), R.gamma([3], 4.0, 2.0), R.gamma([3], 1.0, dtype='float64'), R.uniform([2])][1:]
""")
NEAR.append("R.stateless_parameterized_truncated_normal([6], [0, 3], [0., 1., 2., -1., 0., 5.], "
            "[1., 2., .5, 1., 1., 3.], [-1., -2., 1., 3., -10., 6.], [1., 2., 3., 5., 10., 7.])")
NEAR.append("R.stateless_parameterized_truncated_normal([3, 4], [1, 2], 0., [1., 1., 2., 1.], "
            "[-1., 3., -1., -9.], [1., 9., 1.5, -3.])")
NEAR += [
    f"[seed_set(7), *R.{kind.rstrip('_')}_candidate_sampler({TRUE}, 4, {unique}, {rest}, "
    f"seed={seed}), *R.{kind.rstrip('_')}_candidate_sampler({TRUE}, 4, {unique}, {rest}, "
    f"seed={seed})][1:]"
    for kind, rest in KINDS.items()
    for unique in (True, False)
    for seed in (9, None)
    if not (kind.endswith("__") and unique)
]
NEAR.append(f"[*R.all_candidate_sampler({TRUE}, 4, True)]")

WRONG = lines("""
    R.gamma([2], 1, dtype='int32')
    R.gamma([-2], 1.0)
    R.gamma([2], [1., 2.], [1., 2., 3.])
    R.poisson([2], 2.0, 'int8')
    R.poisson([-1], 2.0)
    R.stateless_poisson([3], [1, 2], [1., 2.])
    R.stateless_poisson([2], [1, 2], [[2.]])
    R.stateless_gamma([3], [1, 2], [1., 2.])
    R.stateless_gamma([2, 2], [1, 2], [[1.], [2.]])
    R.stateless_binomial([3], [1, 2], [1., 2.], .5)
    R.stateless_binomial([3], [1, 2], 10., .5, 'int8')
    R.stateless_parameterized_truncated_normal([2], [1, 2], 0., -1.)
    R.stateless_parameterized_truncated_normal([2], [1, 2], 0., 1., 3., 2.)
    R.stateless_parameterized_truncated_normal([2], [1, 2], 0., 1., -INF, INF)
    R.stateless_parameterized_truncated_normal([3], [1, 2], [0., 1.], 1.)
    R.uniform_candidate_sampler([[1]], 1, 4, True, 3)
    R.uniform_candidate_sampler([[1]], 2, 2, True, 3)
    R.uniform_candidate_sampler([1], 1, 2, True, 3)
    R.uniform_candidate_sampler([[1]], 1, 0, True, 3)
    R.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3, unigrams=[1., 2.])
    R.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3)
""")

SLOPES = "R.stateless_gamma([4, 9], [1, 2], x)"
BOUNDED = "R.stateless_parameterized_truncated_normal([5, 4], [1, 2], *tf.unstack(x))"
POINTS = {
    SLOPES: [0.01, 0.1, 0.5, 1.0, 1.5, 3.0, 12.0, 90.0, 400.0],
    BOUNDED: [[0.0, 1.0, -1.0, 0.5], [1.0, 2.0, 0.5, 1.5], [-1.0, 2.0, 1.0, -4.0],
              [1.0, 9.0, 3.0, 9.0]],
}  # fmt: skip
"""Expressions of `x`, and where they are differentiated."""


def slope(tf: Any, expression: str) -> list[Any]:
    """The gradient of the sum of squares of an expression for `x`."""
    x = tf.constant(POINTS[expression], tf.float64 if expression == BOUNDED else tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(eval(expression, names(tf) | {"x": x}) ** 2)
    return tape.gradient(y, x).numpy().tolist()


SECTIONS = {"exact": EXACT, "near": NEAR, "wrong": WRONG}


def kept() -> Any:
    """What TensorFlow has answered."""
    return json.loads(FILE.read_text())


def main() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    rows = [f'"tensorflow": {json.dumps(tf.__version__)}']
    for section, expressions in SECTIONS.items():
        found = ["  " + json.dumps([one, outcome(one, names(tf))]) for one in expressions]
        rows.append(f"{json.dumps(section)}: [\n" + ",\n".join(found) + "\n]")
    rows.append('"slopes": ' + json.dumps([[one, slope(tf, one)] for one in POINTS]))
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
