"""Schedules: against Keras at many steps, eagerly and traced."""

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_optimizers import SCHEDULE_STEPS, SCHEDULES, cases


def make(name):
    kind, options = SCHEDULES[name]
    return getattr(tf.optimizers.schedules, kind)(**options)


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_those_of_keras(name):
    schedule = make(name)
    found = [schedule(tf.constant(step, tf.int64)) for step in SCHEDULE_STEPS]
    assert {rate.dtype for rate in found} == {tf.float32}
    assert {rate.shape.rank for rate in found} == {0}
    np.testing.assert_allclose(found, cases("schedules")[name], rtol=2e-5, atol=1e-8)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_traced_schedule_gives_the_same_bits(name):
    schedule = make(name)
    graph = tf.trace(schedule, tf.TensorSpec([], tf.int64))
    steps = [tf.constant(step, tf.int64) for step in SCHEDULE_STEPS]
    np.testing.assert_array_equal([graph(step) for step in steps],
                                  [schedule(step) for step in steps])


@pytest.mark.parametrize("name", SCHEDULES)
def test_from_config(name):
    schedule = make(name)
    again = type(schedule).from_config(schedule.get_config())
    assert again.get_config() == schedule.get_config()
    assert float(again(3)) == float(schedule(3))


def test_float64_stays():
    schedule = tf.optimizers.schedules.ExponentialDecay(tf.constant(0.1, tf.float64), 10, 0.5)
    assert schedule(5).numpy() == pytest.approx(0.1 * 0.5**0.5, rel=1e-15)
