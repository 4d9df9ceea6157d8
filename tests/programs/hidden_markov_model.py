"""A hidden Markov model: forward and backward in logarithms, Baum-Welch, and the best path.

Rabiner, Proceedings of the IEEE 1989. The posterior is also the gradient of the likelihood.
"""

import numpy as np

import eagre as tf


def forward(start, move, emit):
    """Logarithms of p(seen so far, state now): [time, states]."""

    def step(alpha, seen):
        return tf.reduce_logsumexp(alpha[:, tf.newaxis] + move, axis=0) + seen

    first = start + emit[0]
    rest = tf.scan(step, emit[1:], initializer=first)
    return tf.concat([first[tf.newaxis], rest], axis=0)


def backward(move, emit):
    """Logarithms of p(seen later | state now): [time, states]."""

    def step(beta, seen):
        return tf.reduce_logsumexp(move + seen + beta, axis=1)

    last = tf.zeros_like(emit[0])
    earlier = tf.scan(step, emit[1:], initializer=last, reverse=True)
    return tf.concat([earlier, last[tf.newaxis]], axis=0)


@tf.function
def improve(start, move, table, seen):
    """One step of Baum and Welch: better logarithms of probabilities, and the likelihood."""
    emit = tf.transpose(tf.gather(table, seen, axis=1))
    alpha, beta = forward(start, move, emit), backward(move, emit)
    likelihood = tf.reduce_logsumexp(alpha[-1])
    gamma = tf.exp(alpha + beta - likelihood)
    pairs = alpha[:-1, :, None] + move + (emit[1:] + beta[1:])[:, None, :] - likelihood
    moves = tf.reduce_sum(tf.exp(pairs), axis=0)
    counts = tf.transpose(tf.math.unsorted_segment_sum(gamma, seen, table.shape[1]))
    move = tf.math.log(moves / tf.reduce_sum(moves, axis=1, keepdims=True))
    table = tf.math.log(counts / tf.reduce_sum(counts, axis=1, keepdims=True))
    return tf.math.log(gamma[0]), move, table, likelihood


@tf.function
def best_path(start, move, emit):
    """The most likely states, by Viterbi's recursion and a walk back."""
    length = tf.shape(emit)[0]
    pointers = tf.TensorArray(tf.int32, size=length)
    score = start + emit[0]
    for time in tf.range(1, length):
        options = score[:, tf.newaxis] + move
        pointers = pointers.write(time, tf.argmax(options, axis=0, output_type=tf.int32))
        score = tf.reduce_max(options, axis=0) + emit[time]
    path = tf.TensorArray(tf.int32, size=length)
    state = tf.argmax(score, output_type=tf.int32)
    path = path.write(length - 1, state)
    for time in tf.range(length - 1, 0, -1):
        state = tf.gather(pointers.read(time), state)
        path = path.write(time - 1, state)
    return path.stack(), tf.reduce_max(score)


def main(length=60, rounds=8):
    rng = np.random.default_rng(8)
    hidden = (np.arange(length) // 12) % 2
    seen = tf.constant(np.where(hidden, rng.choice(3, length, p=[0.1, 0.2, 0.7]),
                                rng.choice(3, length, p=[0.6, 0.3, 0.1])), tf.int32)
    start = tf.math.log(tf.constant([0.5, 0.5], tf.float64))
    move = tf.math.log(tf.constant([[0.8, 0.2], [0.3, 0.7]], tf.float64))
    table = tf.math.log(tf.constant([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]], tf.float64))
    likelihoods = []
    for _ in range(rounds):
        start, move, table, likelihood = improve(start, move, table, seen)
        likelihoods.append(likelihood)
    emit = tf.transpose(tf.gather(table, seen, axis=1))
    with tf.GradientTape() as tape:
        tape.watch(emit)
        likelihood = tf.reduce_logsumexp(forward(start, move, emit)[-1])
    path, score = best_path(start, move, emit)
    return {
        "likelihoods": likelihoods,
        "move": tf.exp(move),
        "table": tf.exp(table),
        "posterior": tape.gradient(likelihood, emit),
        "path": path,
        "score": score,
        "right": np.mean(path.numpy() == hidden),
    }
