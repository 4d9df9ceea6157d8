"""Experts and a gate: tokens are routed, dropped if an expert is full, and put together again.

Shazeer et al., ICLR 2017, and Fedus, Zoph and Shazeer, Switch transformers, JMLR 2022. Layers are
computed again on the way back, and there are switches by number and by case.
"""

import numpy as np

import eagre as tf


class Experts(tf.Module):
    """As many two-layer networks, side by side in one array."""

    def __init__(self, rng, count, size, units):
        super().__init__()
        self.count = count
        self.gate = tf.Variable(rng.normal(0, 0.3, (size, count)), dtype=tf.float32)
        self.wide = tf.Variable(rng.normal(0, 0.3, (count, size, units)), dtype=tf.float32)
        self.narrow = tf.Variable(rng.normal(0, 0.3, (count, units, size)), dtype=tf.float32)

    def __call__(self, x, capacity):
        """What the chosen expert makes of each token, the loss of balance, and who was dropped."""
        probabilities = tf.nn.softmax(x @ self.gate)
        chosen = tf.argmax(probabilities, axis=1, output_type=tf.int32)
        hits = tf.one_hot(chosen, self.count)
        place = tf.reduce_sum(tf.cumsum(hits, axis=0, exclusive=True) * hits, axis=1)
        place = tf.cast(place, tf.int32)
        kept = place < capacity
        slots = tf.boolean_mask(tf.stack([chosen, place], axis=1), kept)
        shape = tf.stack([self.count, capacity, x.shape[1]])
        queue = tf.scatter_nd(slots, tf.boolean_mask(x, kept), shape)
        work = tf.recompute_grad(
            lambda queue: tf.einsum("ecu,eus->ecs", tf.nn.gelu(
                tf.einsum("ecs,esu->ecu", queue, self.wide)), self.narrow)
        )
        found = tf.gather_nd(work(queue), tf.stack([chosen, tf.minimum(place, capacity - 1)], 1))
        confidence = tf.gather(probabilities, chosen, batch_dims=1)[:, tf.newaxis]
        result = tf.where(kept[:, tf.newaxis], x + confidence * found, x)
        share = tf.reduce_mean(hits, axis=0) * tf.reduce_mean(probabilities, axis=0)
        return result, self.count * tf.reduce_sum(share), tf.math.count_nonzero(~kept)


def noise_of(kind, x):
    """One of three ways to disturb, chosen by a number that may be a tensor."""
    return tf.switch_case(
        kind,
        branch_fns=[
            lambda: x,
            lambda: x * tf.constant([1.0, -1.0, 1.0, 1.0]),
            lambda: tf.cumsum(x, axis=1, reverse=True) / 2.0,
        ],
        default=lambda: tf.zeros_like(x),
    )


def speed_of(loss):
    return tf.case(
        [(loss > 2.0, lambda: 0.2), (loss > 1.0, lambda: 0.1)], default=lambda: 0.05,
        exclusive=False,
    )


def main(steps=8, tokens=24):
    rng = np.random.default_rng(45)
    experts = Experts(rng, 3, 4, 6)
    variables = experts.trainable_variables
    speeds = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]

    @tf.function
    def step(x, kind):
        tf.debugging.assert_rank(x, 2, message="tokens are vectors")
        wanted = noise_of(kind % 3, x)
        with tf.GradientTape() as tape:
            found, balance, dropped = experts(x, capacity=10)
            error = tf.reduce_mean(tf.math.squared_difference(found, wanted))
            loss = error + 0.01 * balance
        rate = speed_of(loss)
        for variable, speed, gradient in zip(
            variables, speeds, tape.gradient(loss, variables), strict=True
        ):
            speed.assign(0.9 * speed + gradient)
            variable.assign_sub(rate * speed)
        tf.debugging.assert_all_finite(loss, "the loss")
        return loss, balance, dropped, rate

    history = [
        step(tf.constant(rng.normal(size=(tokens, 4)), tf.float32), tf.constant(number))
        for number in range(steps)
    ]
    columns = [tf.stack(column) for column in zip(*history, strict=True)]
    names = ("losses", "balances", "dropped", "rates")
    return {**dict(zip(names, columns, strict=True)), "gate": experts.gate}
