"""A convolution over time learns to spell with the CTC loss, and greedy paths are collapsed.

Graves et al., Connectionist temporal classification, ICML 2006.
"""

import numpy as np

import eagre as tf

BLANK = 0


def make_batch(rng, batch, frames=14, letters=4):
    """Signals in which each letter shows for two or three frames, and the letters themselves."""
    signals = 0.1 * rng.normal(size=(batch, frames, letters))
    labels, lengths = np.zeros((batch, 4), np.int32), np.zeros(batch, np.int32)
    for row in range(batch):
        time, count = 0, 0
        while count < 4 and time + 4 < frames:
            letter = int(rng.integers(1, letters))
            width = int(rng.integers(2, 4))
            signals[row, time : time + width, letter] += 1.0
            labels[row, count] = letter
            time, count = time + width + 1, count + 1
        lengths[row] = count
    return tf.cast(signals, tf.float32), tf.constant(labels), tf.constant(lengths)


def collapse(path):
    """The letters of a path without repetitions and blanks."""
    is_new = tf.concat([[True], path[1:] != path[:-1]], axis=0)
    return tf.boolean_mask(path, tf.logical_and(is_new, path != BLANK))


def main(steps=20, batch=8, letters=4):
    rng = np.random.default_rng(10)
    kernel = tf.Variable(rng.normal(0, 0.3, (3, letters, 12)), dtype=tf.float32)
    output = tf.Variable(rng.normal(0, 0.3, (12, letters)), dtype=tf.float32)
    optimizer = tf.optimizers.Adam(0.03)

    def logits_of(signals):
        hidden = tf.nn.elu(tf.nn.conv1d(signals, kernel, stride=1, padding="SAME"))
        return tf.nn.dropout(hidden, rate=0.0) @ output

    @tf.function
    def train_step(signals, labels, lengths):
        with tf.GradientTape() as tape:
            logits = logits_of(signals)
            loss = tf.nn.ctc_loss(
                labels=labels,
                logits=logits,
                label_length=lengths,
                logit_length=tf.fill([batch], tf.shape(logits)[1]),
                logits_time_major=False,
                blank_index=BLANK,
            )
            loss = tf.reduce_mean(loss)
        gradients = tape.gradient(loss, [kernel, output])
        optimizer.apply_gradients(zip(gradients, [kernel, output], strict=True))
        return loss

    losses = [train_step(*make_batch(rng, batch)) for _ in range(steps)]
    signals, labels, lengths = make_batch(rng, 2)
    paths = tf.argmax(logits_of(signals), axis=-1, output_type=tf.int32)
    spelled = [collapse(path) for path in tf.unstack(paths)]
    return {"losses": losses, "first": spelled[0], "second": spelled[1],
            "wanted": labels, "lengths": lengths}
