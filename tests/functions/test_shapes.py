"""While tracing, as much is known of shapes as TensorFlow knows."""

import json

import numpy as np
import pytest

import eagre as tf
from tests.oracle import make_shapes as oracle

ANSWERS = json.loads(oracle.FILE.read_text(encoding="utf-8"))

# A part of a shape is known where the size is, though others are not.
DEPARTURES = {"tf.shape(x)[-1]": 16, "tf.stack([tf.shape(x)[-1], 3])": [16, 3]}


def test_all_cases_were_answered():
    assert list(ANSWERS["shapes"]) == oracle.CASES and list(ANSWERS["values"]) == oracle.VALUES


@pytest.mark.parametrize("case", oracle.CASES)
def test_a_shape_is_known_as_in_tensorflow(case):
    found = oracle.outcome(tf, case, oracle.shape_of)
    assert found == DEPARTURES.get(case, ANSWERS["shapes"][case])


@pytest.mark.parametrize("case", oracle.VALUES)
def test_a_value_is_known_as_in_tensorflow(case):
    found = oracle.outcome(tf, case, oracle.value_of)
    assert found == DEPARTURES.get(case, ANSWERS["values"][case])


@pytest.mark.parametrize("case", [case for case in oracle.CASES if "random" not in case])
def test_what_is_known_is_so(case):
    """The graph gives a value of the shape that was known, and the eager one."""

    def compute(x):
        return eval(case, {"tf": tf, "x": x, "b": tf.shape(x)[0], "t": tf.shape(x)[1]})

    x = tf.reshape(tf.cos(tf.range(2.0 * 3 * 16)), [2, 3, 16])
    if "space_to_batch" in case or "space_to_depth" in case:
        x = tf.concat([x, x], axis=1)
    function = tf.function(compute, autograph=False)
    known = function.get_concrete_function(tf.TensorSpec([None, None, 16])).structured_outputs
    value, expected = function(x), compute(x)
    assert known.shape.is_compatible_with(value.shape)
    np.testing.assert_array_equal(value, expected)
