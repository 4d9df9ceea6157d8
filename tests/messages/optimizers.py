"""Optimizers, schedules and the names of the first eager programs used wrongly."""

import eagre as tf
from tests.messages.values import INVALID

v = tf.Variable([1.0, 2.0], name="v")
optimizers, train, tfe = tf.optimizers, tf.compat.v1.train, tf.contrib.eager
schedules = optimizers.schedules


def rate_without_description():
    def rate(step):
        return 0.1

    optimizers.SGD(rate).get_config()


def apply_after_build():
    optimizer = optimizers.SGD(0.1)
    optimizer.build([v])
    optimizer.apply([tf.ones(2), tf.ones(2)])


OPTIONS = {
    "two limits": (lambda: optimizers.Adam(clipnorm=1.0, clipvalue=2.0), ValueError),
    "ema_momentum": (lambda: optimizers.Adam(use_ema=True, ema_momentum=1.5), ValueError),
    "ema_overwrite_frequency": (
        lambda: optimizers.Adam(use_ema=True, ema_overwrite_frequency=0.5), ValueError),
    "gradient_accumulation_steps": (
        lambda: optimizers.Lion(gradient_accumulation_steps=1), ValueError),
    "learning_rate": (lambda: optimizers.Nadam([0.1]), TypeError),
    "AdamW: no weight_decay": (lambda: optimizers.AdamW(weight_decay=None), ValueError),
    "Lion: beta_1": (lambda: optimizers.Lion(beta_1=0.0), ValueError),
    "Ftrl: learning_rate_power": (lambda: optimizers.Ftrl(learning_rate_power=0.5), ValueError),
    "Ftrl: l1": (lambda: optimizers.Ftrl(l1_regularization_strength=-1.0), ValueError),
    "Adagrad: accumulator": (
        lambda: optimizers.Adagrad(initial_accumulator_value=-0.1), ValueError),
    "minimize: a value": (
        lambda: optimizers.SGD(0.1).minimize(tf.constant(1.0), [v]), ValueError),
    "apply: number of gradients": (
        lambda: optimizers.SGD(0.1).apply([tf.ones(2), tf.ones(2)], [v]), ValueError),
    "apply: number of gradients after build": (apply_after_build, ValueError),
    "get_config: function": (rate_without_description, ValueError),
}

SCHEDULES = {
    "ExponentialDecay: decay_steps": (
        lambda: schedules.ExponentialDecay(0.1, 0, 0.5), ValueError),
    "CosineDecayRestarts: first_decay_steps": (
        lambda: schedules.CosineDecayRestarts(0.1, -1), ValueError),
    "PiecewiseConstantDecay: numbers": (
        lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), ValueError),
    "deserialize: class": (
        lambda: schedules.deserialize({"class_name": "LinearDecay", "config": {}}), ValueError),
    "exponential_decay: no step": (
        lambda: train.exponential_decay(0.1, None, 10, 0.5), ValueError),
}

FIRST_VERSION = {
    "compute_gradients: a value": (
        lambda: train.AdamOptimizer().compute_gradients(tf.constant(1.0)), RuntimeError),
    "minimize: no gradient": (
        lambda: train.AdamOptimizer().minimize(lambda: tf.constant(1.0), var_list=[v]), ValueError),
    "AdagradOptimizer: accumulator": (
        lambda: train.AdagradOptimizer(0.1, initial_accumulator_value=0.0), ValueError),
    "AdamOptimizer: name": (lambda: train.AdamOptimizer(name=""), ValueError),
    "execution_mode: word": (lambda: tfe.execution_mode("fast").__enter__(), ValueError),
    "run: no main": (lambda: tfe.run(3), TypeError),
    "Accuracy: shapes": (lambda: tfe.metrics.Accuracy()([1, 2], [1, 2, 3]), *INVALID),
    "implicit_gradients: None": (lambda: tfe.implicit_gradients(lambda: None)(), ValueError),
    "implicit_gradients: no variables": (
        lambda: tfe.implicit_gradients(lambda x: x * x)(2.0), ValueError),
}

TABLES = {
    "optimizer options": OPTIONS, "schedules": SCHEDULES, "first version": FIRST_VERSION,
}
FOREIGN_WORDS = set()
