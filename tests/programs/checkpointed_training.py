"""Training that stops and goes on: model, optimizer, averages and pipeline in one checkpoint.

Warm-up and cosine decay, accumulated gradients, clipping, label smoothing, and weights that are
averaged: what a training loop has around its model.
"""

import tempfile

import numpy as np

import eagre as tf


class WarmUpThenCosine(tf.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warm_up, total):
        self.peak, self.warm_up, self.total = peak, warm_up, total

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        rising = self.peak * (step + 1.0) / self.warm_up
        share = (step - self.warm_up) / (self.total - self.warm_up)
        falling = 0.5 * self.peak * (1.0 + tf.cos(np.pi * tf.clip_by_value(share, 0.0, 1.0)))
        return tf.where(step < self.warm_up, rising, falling)


class Mean(tf.Module):
    """The mean of what it was given since the last reset."""

    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0, trainable=False)
        self.count = tf.Variable(0, trainable=False)

    def update(self, values):
        self.total.assign_add(tf.reduce_sum(values))
        self.count.assign_add(tf.size(values))

    def result(self):
        return tf.math.divide_no_nan(self.total, tf.cast(self.count, tf.float32))

    def reset(self):
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable))


class Classifier(tf.Module):
    def __init__(self, rng, inputs=6, units=16, classes=4):
        super().__init__()
        self.hidden = tf.Variable(rng.normal(0, 0.4, (inputs, units)).astype("float32"))
        self.output = tf.Variable(rng.normal(0, 0.3, (units, classes)).astype("float32"))
        self.scale = tf.Variable(tf.ones([units]))

    def __call__(self, x):
        x = tf.nn.selu(x @ self.hidden)
        return (x * self.scale) @ self.output


class Trainer(tf.Module):
    """All that has a state, and the step that changes it."""

    def __init__(self, accumulate=2):
        super().__init__()
        self.model = Classifier(np.random.default_rng(30))
        variables = self.model.trainable_variables
        self.sums = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        self.average = tf.train.ExponentialMovingAverage(0.9)
        self.average.apply(variables)
        self.optimizer = tf.optimizers.Adam(WarmUpThenCosine(0.02, 4, 16))
        self.optimizer.build(variables)
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.loss, self.accuracy = Mean(), Mean()
        self.accumulate = accumulate

    @tf.function
    def train(self, x, labels):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            logits = self.model(x)
            smooth = 0.9 * tf.one_hot(labels, 4) + 0.1 / 4
            losses = tf.nn.softmax_cross_entropy_with_logits(labels=smooth, logits=logits)
            loss = tf.reduce_mean(losses) / self.accumulate
        for total, gradient in zip(self.sums, tape.gradient(loss, variables), strict=True):
            total.assign_add(gradient)
        self.step.assign_add(1)
        if self.step % self.accumulate == 0:
            gradients, _ = tf.clip_by_global_norm([total.value() for total in self.sums], 1.0)
            self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
            self.average.apply(variables)
            for total in self.sums:
                total.assign(tf.zeros_like(total))
        self.loss.update(losses)
        hits = tf.equal(tf.argmax(logits, 1, output_type=tf.int32), labels)
        self.accuracy.update(tf.cast(hits, tf.float32))


def make_data(count=64):
    rng = np.random.default_rng(31)
    labels = rng.integers(4, size=count).astype(np.int32)
    x = rng.normal(size=(count, 6)) + np.eye(4, 6)[labels] * 2
    dataset = tf.data.Dataset.from_tensor_slices((x.astype(np.float32), labels))
    return dataset.repeat().batch(8)


def checkpoint_of(trainer, iterator):
    return tf.train.Checkpoint(
        model=trainer.model, optimizer=trainer.optimizer, step=trainer.step, iterator=iterator,
        sums=trainer.sums,
    )


def train(trainer, iterator, steps, history):
    for _ in range(steps):
        trainer.train(*next(iterator))
        if int(trainer.step) % 4 == 0:
            history.append([trainer.loss.result(), trainer.accuracy.result()])
            trainer.loss.reset()
            trainer.accuracy.reset()


def main():
    without_stop, history = Trainer(), []
    train(without_stop, iter(make_data()), 24, history)
    with tempfile.TemporaryDirectory() as folder:
        first, iterator, before = Trainer(), iter(make_data()), []
        manager = tf.train.CheckpointManager(
            checkpoint_of(first, iterator), folder, max_to_keep=2, checkpoint_name="training"
        )
        for _ in range(3):
            train(first, iterator, 4, before)
            manager.save()
        second, iterator = Trainer(), iter(make_data())
        checkpoint = checkpoint_of(second, iterator)
        checkpoint.restore(tf.train.latest_checkpoint(folder))
        kept = len(manager.checkpoints)
        train(second, iterator, 12, before)
    pairs = zip(without_stop.model.variables, second.model.variables, strict=True)
    return {
        "history": history,
        "is_the_same": all(bool(tf.reduce_all(a == b)) for a, b in pairs),
        "kept": kept,
        "weights": without_stop.model.output,
        "averages": without_stop.average.average(without_stop.model.output),
        "rates": [WarmUpThenCosine(0.02, 4, 16)(step) for step in range(0, 17, 4)],
    }
