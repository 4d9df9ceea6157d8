"""A transformer with encoder, decoder and masks learns to reverse words; a beam search decodes.

Vaswani et al., Attention is all you need, NeurIPS 2017. Token 0 pads, 1 begins and 2 ends.
"""

import numpy as np

import eagre as tf

PAD, BEGIN, END, VOCABULARY = 0, 1, 2, 9


def positional_encoding(length, depth):
    positions = np.arange(length)[:, np.newaxis]
    rates = 1 / 10000 ** (np.arange(depth // 2) / (depth // 2))
    angles = positions * rates
    return tf.cast(np.concatenate([np.sin(angles), np.cos(angles)], axis=-1), tf.float32)


class Attention(tf.Module):
    """Several heads of scaled dot products."""

    def __init__(self, initializer, depth, heads):
        super().__init__()
        self.heads = heads
        names = ("query", "key", "value", "output")
        self.kernels = {name: tf.Variable(initializer([depth, depth]), name=name) for name in names}

    def split(self, x):
        batch, length = tf.shape(x)[0], tf.shape(x)[1]
        x = tf.reshape(x, [batch, length, self.heads, x.shape[-1] // self.heads])
        return tf.transpose(x, perm=[0, 2, 1, 3])

    def __call__(self, queries, memory, mask):
        query = self.split(tf.einsum("btd,de->bte", queries, self.kernels["query"]))
        key, value = (
            self.split(tf.tensordot(memory, self.kernels[name], axes=[[2], [0]]))
            for name in ("key", "value")
        )
        scores = tf.matmul(query, key, transpose_b=True)
        scores /= tf.math.sqrt(tf.cast(tf.shape(key)[-1], tf.float32))
        weights = tf.nn.softmax(scores + mask * -1e9, axis=-1)
        mixed = tf.transpose(weights @ value, [0, 2, 1, 3])
        return tf.reshape(mixed, tf.shape(queries)) @ self.kernels["output"]


class Block(tf.Module):
    """Attention to itself, to the memory if there is one, and two dense layers."""

    def __init__(self, initializer, depth, heads, with_memory):
        super().__init__()
        self.to_itself = Attention(initializer, depth, heads)
        self.to_memory = Attention(initializer, depth, heads) if with_memory else None
        self.wide = tf.Variable(initializer([depth, 2 * depth]))
        self.narrow = tf.Variable(initializer([2 * depth, depth]))
        self.gammas = [tf.Variable(tf.ones(depth)) for _ in range(3)]

    def normalize(self, x, gamma):
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, None, gamma, 1e-6)

    def __call__(self, x, mask, memory=None, memory_mask=None):
        x = self.normalize(x + self.to_itself(x, x, mask), self.gammas[0])
        if self.to_memory is not None:
            x = self.normalize(x + self.to_memory(x, memory, memory_mask), self.gammas[1])
        hidden = tf.nn.relu(x @ self.wide) @ self.narrow
        return self.normalize(x + hidden, self.gammas[2])


def padding_mask(tokens):
    return tf.cast(tf.equal(tokens, PAD), tf.float32)[:, tf.newaxis, tf.newaxis, :]


def look_ahead_mask(length):
    return 1.0 - tf.linalg.band_part(tf.ones([length, length]), -1, 0)


class Transformer(tf.Module):
    def __init__(self, depth=16, heads=2, longest=16):
        super().__init__()
        initializer = tf.random_uniform_initializer(-0.25, 0.25, seed=7)
        self.depth = depth
        self.embedding = tf.Variable(tf.random.stateless_normal([VOCABULARY, depth], [1, 2]) * 0.3)
        self.positions = positional_encoding(longest, depth)
        self.encoder = Block(initializer, depth, heads, with_memory=False)
        self.decoder = Block(initializer, depth, heads, with_memory=True)

    def embed(self, tokens):
        x = tf.nn.embedding_lookup(self.embedding, tokens) * np.sqrt(self.depth)
        return x + self.positions[: tf.shape(tokens)[1]]

    def encode(self, source):
        return self.encoder(self.embed(source), padding_mask(source))

    def decode(self, target, memory, source):
        mask = tf.maximum(look_ahead_mask(tf.shape(target)[1]), padding_mask(target))
        x = self.decoder(self.embed(target), mask, memory, padding_mask(source))
        return tf.matmul(x, self.embedding, transpose_b=True)


def masked_loss(truth, logits):
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=truth, logits=logits)
    mask = tf.cast(truth != PAD, loss.dtype)
    return tf.reduce_sum(loss * mask) / tf.reduce_sum(mask)


@tf.function
def beam_search(model, source, width=3, length=7):
    """The best `width` sequences for one source [1, time], and their log probabilities."""
    memory = tf.repeat(model.encode(source), width, axis=0)
    sources = tf.repeat(source, width, axis=0)
    tokens = tf.fill([width, 1], BEGIN)
    scores = tf.concat([[0.0], tf.fill([width - 1], -1e9)], axis=0)
    done = tf.zeros([width], tf.bool)

    def step(tokens, scores, done):
        logits = model.decode(tokens, memory, sources)[:, -1]
        only_padding = tf.where(tf.range(VOCABULARY) == PAD, 0.0, -1e9)
        gains = tf.where(done[:, tf.newaxis], only_padding, tf.nn.log_softmax(logits))
        total = tf.reshape(scores[:, tf.newaxis] + gains, [-1])
        scores, places = tf.math.top_k(total, k=width)
        parents, chosen = places // VOCABULARY, places % VOCABULARY
        tokens = tf.concat([tf.gather(tokens, parents), chosen[:, tf.newaxis]], axis=1)
        done = tf.logical_or(tf.gather(done, parents), chosen == END)
        return tokens, scores, done

    tokens, scores, _ = tf.while_loop(
        lambda tokens, scores, done: not tf.reduce_all(done),
        step,
        (tokens, scores, done),
        shape_invariants=(tf.TensorShape([width, None]), scores.shape, done.shape),
        maximum_iterations=length,
    )
    return tokens, scores


def make_batch(rng, count, longest=4):
    """Words of random lengths, padded, and the same backwards between BEGIN and END."""
    source = np.zeros([count, longest], np.int32)
    target = np.zeros([count, longest + 2], np.int32)
    for row in range(count):
        word = rng.integers(3, VOCABULARY, size=rng.integers(1, longest + 1))
        source[row, : len(word)] = word
        target[row, : len(word) + 2] = [BEGIN, *word[::-1], END]
    return tf.constant(source), tf.constant(target)


def main(steps=20, batch=16):
    rng = np.random.default_rng(4)
    model, optimizer = Transformer(), tf.optimizers.Adam(0.01, beta_2=0.98, epsilon=1e-9)

    @tf.function
    def train_step(source, target):
        with tf.GradientTape() as tape:
            logits = model.decode(target[:, :-1], model.encode(source), source)
            loss = masked_loss(target[:, 1:], logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    losses = [train_step(*make_batch(rng, batch)) for _ in range(steps)]
    tokens, scores = beam_search(model, tf.constant([[3, 5, 4, 0]]))
    return {"losses": losses, "tokens": tokens, "scores": scores}
