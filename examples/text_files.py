"""The network of characters.py learns from a text file; a kill costs it no letter.

The lines of the file become sequences of letters, which are shuffled and batched. A checkpoint
holds the position in this pipeline besides weights and optimizer: a run that was killed and one
that was not end with the same bits.

    python examples/text_files.py --text text.txt --folder training [--steps 200] [--every 20]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import textwrap

import numpy as np
from characters import LETTERS, Network, load, train_step

import eagre as tf

NUMBERS = np.zeros(256, np.int32)
NUMBERS[list(LETTERS.encode())] = np.arange(len(LETTERS))


def write_text(path, size=100_000):
    """Write Python's language reference as lines of lower-case words."""
    with open(path, "w") as file:
        file.writelines(f"{line} \n" for line in textwrap.wrap(load()[:size], 80))


def sequences(path, length, batch):
    """Batches [batch, length + 1] of letters that follow each other in a file, without an end."""
    table = tf.constant(NUMBERS)
    lines = tf.data.TextLineDataset(path)
    letters = lines.map(
        lambda line: tf.gather(table, tf.cast(tf.io.decode_raw(line, tf.uint8), tf.int32))
    ).unbatch()
    pieces = letters.batch(length + 1, drop_remainder=True).shuffle(200, seed=1)
    return pieces.repeat().batch(batch, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


class Training:
    """All that a training is made of, and the manager of its checkpoints."""

    def __init__(self, text, folder, every, length=20, batch=8, units=32):
        tf.random.set_seed(1)
        self.batch = batch
        self.network = Network(units)
        self.optimizer = tf.optimizers.Adam(0.005)
        self.iterator = iter(sequences(text, length, batch))
        self.step = tf.Variable(0, trainable=False)
        checkpoint = tf.train.Checkpoint(
            network=self.network, optimizer=self.optimizer, iterator=self.iterator, step=self.step
        )
        self.manager = tf.train.CheckpointManager(
            checkpoint, folder, max_to_keep=2, step_counter=self.step, checkpoint_interval=every
        )

    def run(self, steps, kill_at=None):
        """Go on up to a number of steps in all; returns the last loss."""
        loss, start = None, self.network.cell.initial(self.batch)
        while int(self.step) < steps:
            characters = tf.transpose(next(self.iterator))
            loss, _ = train_step(self.network, self.optimizer, characters, start)
            self.step.assign_add(1)
            self.manager.save()
            if int(self.step) == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return loss

    def digest(self):
        """A fingerprint of the bits of the training, and of the batch that comes next."""
        result = hashlib.sha256(next(self.iterator).numpy().tobytes())
        for variable in (*self.network.variables, *self.optimizer.variables):
            result.update(variable.numpy().tobytes())
        return result.hexdigest()[:16]


def main():
    """Train up to the number of steps, beginning at the latest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", default="text.txt")
    parser.add_argument("--folder", default="training")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--kill-at", type=int)
    options = parser.parse_args()
    if not os.path.exists(options.text):
        write_text(options.text)
    training = Training(options.text, options.folder, options.every)
    training.manager.restore_or_initialize()
    print(f"Begins at step {int(training.step)}.", flush=True)
    loss = training.run(options.steps, options.kill_at)
    print(f"Ends with a loss of {float(loss):.3f}.")
    print(f"Bits: {training.digest()}")


if __name__ == "__main__":
    main()
