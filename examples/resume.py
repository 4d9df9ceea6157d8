"""A training that is killed goes on as if nothing had happened, and lends a part of its model.

Each run begins where the last checkpoint ends: weights, the optimizer's slots and the random
generator come back bit for bit. `--then-borrow` loads the first layer into another model.

    python examples/resume.py --folder training [--steps 200] [--every 20] [--then-borrow]
"""

from __future__ import annotations

import argparse
import hashlib

import eagre as tf

SIZE = 8


class Dense(tf.Module):
    """A matrix product and a bias."""

    def __init__(self, inputs, outputs, random):
        super().__init__()
        self.weights = tf.Variable(random.normal([inputs, outputs], stddev=0.3))
        self.bias = tf.Variable(tf.zeros([outputs]))

    def __call__(self, x):
        return x @ self.weights + self.bias


class Regression(tf.Module):
    """Two layers."""

    def __init__(self, random):
        super().__init__()
        self.features = Dense(SIZE, 16, random)
        self.answer = Dense(16, 1, random)

    def __call__(self, x):
        return self.answer(tf.tanh(self.features(x)))


class Classifier(tf.Module):
    """Another model with the same first layer."""

    def __init__(self, random):
        super().__init__()
        self.features = Dense(SIZE, 16, random)
        self.classes = Dense(16, 3, random)


class Training:
    """All that a training is made of, and the manager of its checkpoints."""

    def __init__(self, folder, every):
        self.random = tf.random.Generator.from_seed(1)
        self.model = Regression(self.random)
        self.optimizer = tf.optimizers.Adam(0.01)
        self.step = tf.Variable(0, trainable=False)
        self.checkpoint = tf.train.Checkpoint(
            model=self.model, optimizer=self.optimizer, random=self.random, step=self.step
        )
        self.manager = tf.train.CheckpointManager(
            self.checkpoint, folder, max_to_keep=3, step_counter=self.step,
            checkpoint_interval=every,
        )

    def take_step(self):
        """One step on numbers that the generator draws."""
        x = self.random.normal([32, SIZE])
        with tf.GradientTape() as tape:
            error = self.model(x) - tf.reduce_sum(x * x, axis=1, keepdims=True)
            loss = tf.reduce_mean(error * error)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self.step.assign_add(1)
        return loss

    def run(self, steps):
        """Go on up to a number of steps in all; returns the last loss."""
        loss = None
        while int(self.step) < steps:
            loss = self.take_step()
            self.manager.save()
        return loss


def digest(checkpoint_variables):
    """A fingerprint of the bits of variables."""
    result = hashlib.sha256()
    for variable in checkpoint_variables:
        result.update(variable.numpy().tobytes())
    return result.hexdigest()[:16]


def borrow(folder):
    """Load the first layer of the trained model into another one; the rest stays as it is."""
    model = Classifier(tf.random.Generator.from_seed(2))
    trained = tf.Module()
    trained.features = model.features
    path = tf.train.latest_checkpoint(folder)
    status = tf.train.Checkpoint(model=trained).restore(path)
    return model, status


def main():
    """Train up to the number of steps, beginning at the latest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", default="training")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--then-borrow", action="store_true")
    options = parser.parse_args()
    training = Training(options.folder, options.every)
    found = training.manager.restore_or_initialize()
    print(f"Begins at step {int(training.step)}" + (f" of {found}." if found else "."), flush=True)
    training.run(options.steps)
    variables = (
        *training.model.variables, *training.optimizer.variables, training.random.state)
    print(f"Ends at step {int(training.step)} with the bits {digest(variables)}.")
    if options.then_borrow:
        model, status = borrow(options.folder)
        print(f"Borrowed {model.features.weights.shape}; left behind: {len(status.pending)}.")


if __name__ == "__main__":
    main()
