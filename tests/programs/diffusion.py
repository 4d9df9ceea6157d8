"""A denoising diffusion model of a spiral: noise is added in steps and learned to be taken away.

Ho, Jain and Abbeel, Denoising diffusion probabilistic models, NeurIPS 2020.
"""

import numpy as np

import eagre as tf

STEPS = 20
BETAS = tf.linspace(1e-3, 0.2, STEPS)
ALPHAS = 1.0 - BETAS
KEPT = tf.math.cumprod(ALPHAS)


def embedding(step, size=8):
    """Sines and cosines of a step, with frequencies that halve: [batch, size]."""
    frequencies = 2.0 ** -tf.range(size // 2, dtype=tf.float32)
    angles = tf.cast(step, tf.float32)[:, tf.newaxis] * frequencies
    return tf.concat([tf.sin(angles), tf.cos(angles)], axis=-1)


class Denoiser(tf.Module):
    def __init__(self, units=32):
        super().__init__()
        initializer = tf.random_normal_initializer(stddev=0.2, seed=4)
        self.weights = [
            tf.Variable(initializer(shape), name="w")
            for shape in ([10, units], [units + 8, units], [units, 2])
        ]
        self.biases = [tf.Variable(tf.zeros(n), name="b") for n in (units, units, 2)]

    def __call__(self, x, step):
        time = embedding(step)
        x = tf.concat([x, time], axis=1)
        x = tf.nn.gelu(x @ self.weights[0] + self.biases[0])
        x = tf.nn.gelu(tf.concat([x, time], axis=1) @ self.weights[1] + self.biases[1])
        return x @ self.weights[2] + self.biases[2]


def noisy(x, step, noise):
    """What is left of x after so many steps, with noise in its place."""
    kept = tf.gather(KEPT, step)[:, tf.newaxis]
    return tf.sqrt(kept) * x + tf.sqrt(1.0 - kept) * noise


@tf.function
def sample(model, count):
    """Points from noise alone, step by step backwards."""
    x = tf.random.stateless_normal([count, 2], seed=[0, 1])
    for step in tf.range(STEPS - 1, -1, -1):
        predicted = model(x, tf.fill([count], step))
        alpha, kept = ALPHAS[step], KEPT[step]
        x = (x - (1 - alpha) / tf.sqrt(1 - kept) * predicted) / tf.sqrt(alpha)
        if step > 0:
            noise = tf.random.stateless_normal([count, 2], seed=tf.stack([step, 2]))
            x += tf.sqrt(BETAS[step]) * noise
    return x


def main(epochs=2, batch=50):
    tf.random.set_seed(11)
    model, optimizer = Denoiser(), tf.optimizers.AdamW(2e-3, weight_decay=1e-4)
    turn = np.linspace(0.5, 3.5 * np.pi, 500)
    points = (np.stack([np.cos(turn), np.sin(turn)], 1) * turn[:, None] / 6).astype(np.float32)
    order = np.random.default_rng(3).permutation(len(points))
    dataset = tf.data.Dataset.from_tensor_slices(points[order]).batch(batch).repeat(epochs)

    @tf.function
    def train_step(x):
        step = tf.random.uniform(tf.shape(x)[:1], 0, STEPS, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(x))
        with tf.GradientTape() as tape:
            error = model(noisy(x, step, noise), step) - noise
            loss = tf.reduce_mean(tf.square(error))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    losses = [train_step(x) for x in dataset]
    return {"losses": losses, "kept": KEPT, "samples": sample(model, 10)}
