"""Floats as integers: a processor's own conversion, and the way around it, give the same."""

import numpy as np
import pytest

import eagre as tf
from eagre.primitives import casting

INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


@pytest.mark.parametrize("target", INTEGERS)
@pytest.mark.parametrize("source", ["float16", "bfloat16", "float32", "float64"])
def test_both_ways_agree(source, target, monkeypatch):
    random = np.random.default_rng(0)
    sizes = 2.0 ** random.uniform(-3, 70, 5000) * random.choice([-1, 1], 5000)
    odd = [np.nan, np.inf, -np.inf, -0.5, 2.0**31, -(2.0**31), 2.0**63, 2.0**64, -(2.0**63)]
    x = tf.cast(tf.constant([*sizes, *odd], tf.float64), source)
    expected = tf.cast(x, target).numpy()
    monkeypatch.setattr(casting, "_is_native", lambda source, target: False)
    for part in (slice(None), slice(3), slice(-3, None), slice(1, None, 2)):
        assert tf.cast(x[part], target).numpy().tolist() == expected[part].tolist()


def test_out_of_range_as_tensorflow():
    """Its answers are in tests/oracle too; these are the ones that every processor must give."""
    x = tf.constant([np.nan, np.inf, -np.inf, 3e9, -3e9])
    least = -(2**31)
    assert tf.cast(x, tf.int32).numpy().tolist() == [least] * 5
    assert tf.cast(x, tf.int64).numpy().tolist() == [-(2**63)] * 3 + [3 * 10**9, -3 * 10**9]
    assert tf.cast(x, tf.uint8).numpy().tolist() == [0] * 5
