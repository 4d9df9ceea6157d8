"""A linear-chain conditional random field tags sequences of several lengths.

Lafferty, McCallum and Pereira, ICML 2001: the loss is the score of the truth beside the
logarithm of the sum over all taggings, and its gradient the expected counts.
"""

import numpy as np

import eagre as tf


def sequence_score(scores, tags, lengths, transitions):
    """The score of one tagging of each sequence."""
    mask = tf.sequence_mask(lengths, tf.shape(scores)[1], dtype=scores.dtype)
    unary = tf.reduce_sum(tf.gather(scores, tags, axis=2, batch_dims=2) * mask, axis=1)
    pairs = tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1)
    return unary + tf.reduce_sum(tf.gather_nd(transitions, pairs) * mask[:, 1:], axis=1)


def log_partition(scores, lengths, transitions):
    """The logarithm of the sum over all taggings of each sequence."""
    alive = tf.transpose(tf.sequence_mask(lengths, scores.shape[1]))

    def step(alpha, inputs):
        score, is_alive = inputs
        following = tf.reduce_logsumexp(alpha[:, :, None] + transitions, axis=1) + score
        return tf.where(is_alive[:, None], following, alpha)

    by_time = tf.transpose(scores, [1, 0, 2])
    alphas = tf.scan(step, (by_time[1:], alive[1:]), initializer=by_time[0])
    return tf.reduce_logsumexp(alphas[-1], axis=-1)


@tf.function
def decode(score, transitions):
    """The best tags of one sequence [time, tags]."""

    def forward(state, unary):
        best, _ = state
        options = best[:, None] + transitions
        return tf.reduce_max(options, axis=0) + unary, tf.argmax(options, axis=0)

    start = (score[0], tf.zeros(score.shape[1:], tf.int64))
    best, pointers = tf.scan(forward, score[1:], initializer=start)
    last = tf.argmax(best[-1])
    path = tf.scan(lambda tag, pointer: pointer[tag], pointers, initializer=last, reverse=True)
    return tf.concat([path, last[tf.newaxis]], axis=0)


def make_batch(rng, batch, length, tags):
    """Letters that are tagged 0 or 1 in turns, and 2 after the letter 5, until the end."""
    letters = rng.integers(6, size=(batch, length))
    truth = (np.cumsum(letters > 2, axis=1) % 2) + (letters == 5) * 1
    lengths = rng.integers(2, length + 1, size=batch)
    return tf.constant(letters), tf.constant(truth % tags), tf.constant(lengths)


def main(steps=15, batch=12, length=9, tags=3):
    rng = np.random.default_rng(9)
    weights = tf.Variable(tf.zeros([6, tags]), name="weights")
    transitions = tf.Variable(tf.zeros([tags, tags]), name="transitions")
    optimizer = tf.optimizers.SGD(0.5, momentum=0.5, nesterov=True)

    @tf.function
    def train_step(letters, truth, lengths):
        with tf.GradientTape() as tape:
            scores = tf.gather(weights, letters)
            gold = sequence_score(scores, truth, lengths, transitions)
            loss = tf.reduce_mean(log_partition(scores, lengths, transitions) - gold)
        gradients = tape.gradient(loss, [weights, transitions])
        optimizer.apply_gradients(zip(gradients, [weights, transitions], strict=True))
        return loss

    losses = [train_step(*make_batch(rng, batch, length, tags)) for _ in range(steps)]
    letters, truth, _ = make_batch(rng, 3, length, tags)
    tagged = tf.map_fn(lambda row: decode(tf.gather(weights, row), transitions), letters)
    return {"losses": losses, "transitions": transitions, "tagged": tagged, "truth": truth}
