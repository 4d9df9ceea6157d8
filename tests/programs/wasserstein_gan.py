"""A Wasserstein GAN with gradient penalty: the critic's loss has a gradient within.

Gulrajani et al., Improved training of Wasserstein GANs, NeurIPS 2017.
"""

import numpy as np

import eagre as tf


def dense(rng, inputs, outputs):
    scale = np.float32(1 / np.sqrt(inputs))
    return [
        tf.Variable(scale * rng.normal(size=(inputs, outputs)).astype("float32")),
        tf.Variable(np.zeros(outputs, "float32")),
    ]


def apply(parameters, x):
    *hidden, (w, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for weight, bias in hidden:
        x = tf.tanh(x @ weight + bias)
    return x @ w + b


def gradient_penalty(critic, real, fake):
    """How far the critic's slope is from 1 between real and fake points."""
    epsilon = tf.random.uniform([tf.shape(real)[0], 1], 0.0, 1.0)
    between = epsilon * real + (1 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        score = apply(critic, between)
    slope = tape.gradient(score, between)
    norm = tf.sqrt(tf.reduce_sum(tf.square(slope), axis=1) + 1e-12)
    return tf.reduce_mean((norm - 1.0) ** 2)


@tf.function
def critic_step(critic, generator, optimizer, real, weight=10.0):
    noise = tf.random.normal([len(real), 2])
    fake = tf.stop_gradient(apply(generator, noise))
    with tf.GradientTape() as tape:
        distance = tf.reduce_mean(apply(critic, real)) - tf.reduce_mean(apply(critic, fake))
        penalty = gradient_penalty(critic, real, fake)
        loss = -distance + weight * penalty
    gradients = tape.gradient(loss, critic)
    optimizer.apply_gradients(zip(gradients, critic, strict=True))
    return distance, penalty


@tf.function
def generator_step(critic, generator, optimizer, count):
    noise = tf.random.normal([count, 2])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(generator)
        loss = -tf.reduce_mean(apply(critic, apply(generator, noise)))
    gradients = tape.gradient(loss, generator)
    optimizer.apply_gradients(zip(gradients, generator, strict=True))
    return loss


def main(rounds=8, critic_steps=4, batch=48):
    tf.random.set_seed(0)
    rng = np.random.default_rng(5)
    critic = dense(rng, 2, 24) + dense(rng, 24, 24) + dense(rng, 24, 1)
    generator = dense(rng, 2, 24) + dense(rng, 24, 2)
    critic_optimizer = tf.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.9)
    generator_optimizer = tf.optimizers.RMSprop(1e-3)
    distances, penalties, losses = [], [], []
    for _ in range(rounds):
        for _ in range(critic_steps):
            line = rng.uniform(-1, 1, (batch, 1))
            real = tf.constant(np.hstack([line, line**2]), tf.float32)
            distance, penalty = critic_step(critic, generator, critic_optimizer, real)
            distances.append(distance)
            penalties.append(penalty)
        losses.append(generator_step(critic, generator, generator_optimizer, tf.constant(batch)))
    return {"distances": distances, "penalties": penalties, "losses": losses, "weights": generator}
