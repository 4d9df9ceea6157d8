"""A convolutional network with batch normalization, moving averages, dropout and pooling.

Ioffe and Szegedy, Batch normalization, ICML 2015: batches are normalized by their own moments
while training, and by moving averages of these afterwards.
"""

import numpy as np

import eagre as tf


class BatchNorm(tf.Module):
    def __init__(self, channels, momentum=0.9, name=None):
        super().__init__(name=name)
        self.gamma = tf.Variable(tf.ones([channels]), name="gamma")
        self.beta = tf.Variable(tf.zeros([channels]), name="beta")
        self.mean = tf.Variable(tf.zeros([channels]), trainable=False, name="moving_mean")
        self.variance = tf.Variable(tf.ones([channels]), trainable=False, name="moving_variance")
        self.momentum = momentum

    def __call__(self, x, training):
        if training:
            mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
            self.mean.assign(self.mean * self.momentum + mean * (1 - self.momentum))
            self.variance.assign_sub((self.variance - variance) * (1 - self.momentum))
        else:
            mean, variance = self.mean, self.variance
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, 1e-3)


class ConvNet(tf.Module):
    def __init__(self, classes, rng):
        super().__init__(name="convnet")

        def kernel(*shape):
            deviation = np.sqrt(2 / np.prod(shape[:-1]))
            return tf.Variable(rng.normal(0, deviation, shape), dtype=tf.float32, name="kernel")

        self.first, self.norm = kernel(3, 3, 1, 8), BatchNorm(8)
        self.depthwise, self.pointwise = kernel(3, 3, 8, 2), kernel(1, 1, 16, 16)
        self.dense = kernel(16, classes)
        self.bias = tf.Variable(tf.zeros([classes]), name="bias")

    def __call__(self, x, training=False):
        x = tf.nn.conv2d(x, self.first, strides=[1, 1, 1, 1], padding="SAME")
        x = tf.nn.relu6(self.norm(x, training))
        x = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
        x = tf.nn.separable_conv2d(x, self.depthwise, self.pointwise, [1, 1, 1, 1], "SAME")
        x = tf.reduce_mean(tf.nn.swish(x), axis=[1, 2])
        if training:
            x = tf.nn.dropout(x, rate=0.2, seed=5)
        return tf.nn.bias_add(x @ self.dense, self.bias)


def make_batch(rng, count, size=10):
    """Noisy pictures of horizontal, vertical and diagonal lines, and which of them it is."""
    labels = rng.integers(3, size=count)
    pictures = 0.3 * rng.normal(size=(count, size, size, 1))
    for picture, label in zip(pictures, labels, strict=True):
        place = rng.integers(size)
        lines = (picture[place], picture[:, place], picture[range(size), range(size)])
        lines[label][...] += 1.0
        if label == 2:
            picture[range(size), range(size)] = lines[label]
    return tf.constant(pictures, tf.float32), tf.constant(labels, tf.int32)


@tf.function
def train_step(model, optimizer, pictures, labels):
    with tf.GradientTape() as tape:
        logits = model(pictures, training=True)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        weights = [each for each in model.trainable_variables if "kernel" in each.name]
        decay = tf.add_n([tf.nn.l2_loss(weight) for weight in weights])
        loss = tf.reduce_mean(loss) + 1e-4 * decay
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss, tf.reduce_mean(tf.cast(tf.math.in_top_k(labels, logits, 1), tf.float32))


def main(steps=12, batch=16):
    tf.random.set_seed(2)
    rng = np.random.default_rng(12)
    model = ConvNet(3, rng)
    optimizer = tf.optimizers.SGD(
        tf.optimizers.schedules.PiecewiseConstantDecay([8], [0.1, 0.05]), momentum=0.9
    )
    history = [train_step(model, optimizer, *make_batch(rng, batch)) for _ in range(steps)]
    logits = tf.function(model)(make_batch(rng, 4)[0])
    return {
        "losses": [loss for loss, _ in history],
        "accuracies": [accuracy for _, accuracy in history],
        "moving_mean": model.norm.mean,
        "moving_variance": model.norm.variance,
        "probabilities": tf.nn.softmax(logits),
    }
