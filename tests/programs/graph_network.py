"""Messages along the edges of a graph: ranks of pages, attention, and factors of ratings.

Page, Brin, Motwani and Winograd, 1999; Velickovic et al., Graph attention networks, ICLR 2018;
Koren, Bell and Volinsky, IEEE Computer 2009.
"""

import numpy as np

import eagre as tf


@tf.function
def page_rank(source, target, count, damping=0.85):
    """The share of time that a random surfer spends on each page, and the rounds that it took."""
    degree = tf.math.unsorted_segment_sum(tf.ones_like(source, tf.float64), source, count)
    rank = tf.fill([count], 1.0 / tf.cast(count, tf.float64))
    change, rounds = tf.constant(1.0, tf.float64), tf.constant(0)
    while change > 1e-10:
        share = tf.math.divide_no_nan(rank, degree)
        arrived = tf.math.unsorted_segment_sum(tf.gather(share, source), target, count)
        lost = tf.reduce_sum(tf.where(degree == 0.0, rank, 0.0))
        after = (1.0 - damping + damping * lost) / tf.cast(count, tf.float64) + damping * arrived
        change = tf.reduce_sum(tf.abs(after - rank))
        rank, rounds = after, rounds + 1
    return rank, rounds


def segment_softmax(scores, segments, count):
    highest = tf.gather(tf.math.unsorted_segment_max(scores, segments, count), segments)
    powers = tf.exp(scores - tf.stop_gradient(highest))
    total = tf.math.unsorted_segment_sum(powers, segments, count)
    return powers / tf.gather(total, segments)


class GraphAttention(tf.Module):
    def __init__(self, rng, inputs, outputs):
        super().__init__()
        self.w = tf.Variable(rng.normal(0, inputs**-0.5, (inputs, outputs)).astype(np.float32))
        self.a = tf.Variable(rng.normal(0, 0.5, (2, outputs)).astype(np.float32))

    def __call__(self, x, source, target):
        h = x @ self.w
        to, of = tf.unstack(h @ tf.transpose(self.a), axis=1)
        scores = tf.nn.leaky_relu(tf.gather(to, target) + tf.gather(of, source), 0.2)
        weights = segment_softmax(scores, target, tf.shape(x)[0])
        messages = weights[:, tf.newaxis] * tf.gather(h, source)
        return tf.math.unsorted_segment_sum(messages, target, tf.shape(x)[0])


class Network(tf.Module):
    def __init__(self, rng, features, classes):
        super().__init__()
        self.layers = [GraphAttention(rng, features, 8), GraphAttention(rng, 8, classes)]

    def __call__(self, x, source, target):
        first, second = self.layers
        return second(tf.nn.elu(first(x, source, target)), source, target)


def train_classifier(rng, source, target, groups, steps=10):
    count = len(groups)
    x = tf.constant(np.eye(2)[groups] + rng.normal(size=(count, 2)), tf.float32)
    labels = tf.constant(groups)
    loops = tf.range(count)
    source, target = tf.concat([source, loops], 0), tf.concat([target, loops], 0)
    network, optimizer = Network(rng, 2, 2), tf.optimizers.AdamW(0.05, weight_decay=0.01)
    is_known = tf.constant(rng.random(count) < 0.3)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            logits = network(x, source, target)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(tf.boolean_mask(losses, is_known))
        variables = network.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    losses = [step() for _ in range(steps)]
    right = tf.equal(tf.argmax(network(x, source, target), axis=1), labels)
    return losses, tf.reduce_mean(tf.cast(right, tf.float32))


def factorize(rng, users=12, items=9, rank=3, steps=12):
    """Vectors of users and items whose products are the ratings; only rows in a batch change."""
    truth = rng.normal(size=(users, rank)) @ rng.normal(size=(rank, items))
    people = tf.Variable(0.3 * rng.normal(size=(users, rank)), dtype=tf.float32)
    things = tf.Variable(0.3 * rng.normal(size=(items, rank)), dtype=tf.float32)
    optimizer = tf.optimizers.SGD(0.3)
    losses = []
    for _ in range(steps):
        user, item = rng.integers(users, size=20), rng.integers(items, size=20)
        with tf.GradientTape() as tape:
            product = tf.gather(people, user) * tf.nn.embedding_lookup(things, item)
            error = tf.reduce_sum(product, axis=1) - truth[user, item].astype(np.float32)
            loss = tf.reduce_mean(error**2)
        gradients = tape.gradient(loss, [people, things])
        assert all(isinstance(each, tf.IndexedSlices) for each in gradients)
        optimizer.apply_gradients(zip(gradients, [people, things], strict=True))
        losses.append(loss)
    return losses, people


def main(count=30):
    rng = np.random.default_rng(42)
    groups = rng.integers(2, size=count)
    pairs = rng.integers(count, size=(6 * count, 2))
    same = groups[pairs[:, 0]] == groups[pairs[:, 1]]
    pairs = pairs[same | (rng.random(len(pairs)) < 0.2)]
    source, target = tf.unstack(tf.constant(pairs, tf.int32), axis=1)
    rank, rounds = page_rank(source, target, count)
    losses, accuracy = train_classifier(rng, source, target, groups)
    factor_losses, people = factorize(rng)
    return {"rank": rank, "rounds": rounds, "losses": losses, "accuracy": accuracy,
            "factor_losses": factor_losses, "people": people}
