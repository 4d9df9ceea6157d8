"""An embedded Runge-Kutta pair chooses its own steps, on a pendulum and on an event.

Bogacki and Shampine, Applied Mathematics Letters 1989; the loop is a graph with `break`.
"""

import eagre as tf


@tf.function
def integrate(f, state, end, tolerance):
    """The states at the accepted times, until `end` or until the first component changes sign."""
    times = tf.TensorArray(tf.float64, size=0, dynamic_size=True, element_shape=[])
    states = tf.TensorArray(tf.float64, size=0, dynamic_size=True, element_shape=state.shape)
    time = tf.constant(0.0, tf.float64)
    step = tf.constant(0.1, tf.float64)
    accepted, rejected = 0, 0
    slope = f(state)
    while time < end:
        step = tf.minimum(step, end - time)
        second = f(state + 0.5 * step * slope)
        third = f(state + 0.75 * step * second)
        after = state + step * (2.0 * slope + 3.0 * second + 4.0 * third) / 9.0
        fourth = f(after)
        rough = state + step * (7 * slope + 6 * second + 8 * third + 3 * fourth) / 24.0
        error = tf.reduce_max(tf.abs(after - rough)) / tolerance
        factor = tf.clip_by_value(0.9 * tf.pow(error + 1e-10, -1.0 / 3.0), 0.2, 5.0)
        if error > 1.0:
            rejected += 1
            step *= factor
            continue
        time += step
        crossed = state[0] * after[0] < 0.0
        state, slope = after, fourth
        times = times.write(accepted, time)
        states = states.write(accepted, state)
        accepted += 1
        step *= factor
        if crossed:
            break
    return times.stack(), states.stack(), accepted, rejected


def pendulum(state):
    angle, speed = tf.unstack(state)
    return tf.stack([speed, -9.81 * tf.sin(angle) - 0.2 * speed])


def energy(states):
    return 0.5 * states[:, 1] ** 2 - 9.81 * tf.cos(states[:, 0])


def main():
    start = tf.constant([2.5, 0.0], tf.float64)
    results = {}
    for digits in (3, 5):
        tolerance = tf.constant(10.0**-digits, tf.float64)
        end = tf.constant(2.0, tf.float64)
        times, states, accepted, rejected = integrate(pendulum, start, end, tolerance)
        results[f"1e-{digits}"] = {
            "times": times, "last": states[-1], "energy": energy(states),
            "counts": tf.stack([accepted, rejected]),
        }
    return results
