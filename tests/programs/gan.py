"""A generator and a critic that play against each other over points on a ring.

Goodfellow et al., Generative adversarial nets, NeurIPS 2014; one step of each per batch.
"""

import numpy as np

import eagre as tf


class Dense(tf.Module):
    def __init__(self, inputs, outputs, activation=tf.identity, name=None):
        super().__init__(name=name)
        limit = np.sqrt(6 / (inputs + outputs))
        self.w = tf.Variable(tf.random.uniform([inputs, outputs], -limit, limit), name="w")
        self.b = tf.Variable(tf.zeros([outputs]), name="b")
        self.activation = activation

    @tf.Module.with_name_scope
    def __call__(self, x):
        return self.activation(tf.matmul(x, self.w) + self.b)


class Network(tf.Module):
    def __init__(self, sizes, name=None):
        super().__init__(name=name)
        self.layers = [
            Dense(inputs, outputs, tf.nn.leaky_relu)
            for inputs, outputs in zip(sizes[:-2], sizes[1:-1], strict=True)
        ]
        self.layers.append(Dense(sizes[-2], sizes[-1]))

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def ring(count, rng, modes=8):
    """Points near `modes` places on the unit circle: [count, 2]."""
    angles = 2 * np.pi * rng.integers(modes, size=count) / modes
    centers = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (centers + 0.05 * rng.normal(size=(count, 2))).astype(np.float32)


def cross_entropy(logits, truth):
    labels = tf.fill(tf.shape(logits), truth)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def main(steps=30, batch=64, noise_size=4):
    tf.random.set_seed(1)
    generator = Network([noise_size, 32, 32, 2], name="generator")
    critic = Network([2, 32, 32, 1], name="critic")
    generator_optimizer = tf.optimizers.Adam(1e-3, beta_1=0.5)
    critic_optimizer = tf.optimizers.Adam(2e-3, beta_1=0.5)

    @tf.function
    def train_step(real):
        noise = tf.random.normal([batch, noise_size], seed=3)
        with tf.GradientTape() as generator_tape, tf.GradientTape() as critic_tape:
            fake = generator(noise)
            real_logits, fake_logits = critic(real), critic(fake)
            generator_loss = cross_entropy(fake_logits, 1.0)
            critic_loss = cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0.0)
        gradients = generator_tape.gradient(generator_loss, generator.trainable_variables)
        generator_optimizer.apply_gradients(
            zip(gradients, generator.trainable_variables, strict=True)
        )
        gradients = critic_tape.gradient(critic_loss, critic.trainable_variables)
        critic_optimizer.apply_gradients(zip(gradients, critic.trainable_variables, strict=True))
        return generator_loss, critic_loss

    rng = np.random.default_rng(0)
    losses = [train_step(ring(batch, rng)) for _ in range(steps)]
    samples = generator(tf.random.stateless_normal([16, noise_size], seed=[7, 11]))
    return {
        "generator_losses": tf.stack([generator for generator, _ in losses]),
        "critic_losses": tf.stack([critic for _, critic in losses]),
        "samples": samples,
        "radius": tf.reduce_mean(tf.norm(samples, axis=1)),
    }
