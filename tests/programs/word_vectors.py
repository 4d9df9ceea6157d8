"""Vectors of words by skip-grams, with sampled softmax and with noise-contrastive estimation.

Mikolov et al., NeurIPS 2013, and Gutmann and Hyvarinen, AISTATS 2010. Gradients of the two tables
are slices: only the rows that a batch touches change.
"""

import numpy as np

import eagre as tf

WORDS = "king queen man woman crown royal boy girl".split()
SENTENCES = """king crown royal queen
queen crown royal king
man woman boy girl
boy man girl woman
king man queen woman"""


def skip_grams(window=2):
    """Pairs of a word and one nearby."""
    pairs = []
    for line in SENTENCES.splitlines():
        numbers = [WORDS.index(word) for word in line.split()]
        for place, center in enumerate(numbers):
            near = numbers[max(0, place - window) : place] + numbers[place + 1 :][:window]
            pairs += [(center, context) for context in near]
    return np.array(pairs, dtype=np.int64)


def sampled_words(contexts):
    """Words that are wrong, common ones more often, and how often each is drawn."""
    return tf.random.log_uniform_candidate_sampler(
        true_classes=contexts[:, tf.newaxis],
        num_true=1,
        num_sampled=4,
        unique=True,
        range_max=len(WORDS),
        seed=17,
    )


def train(loss_function, epochs=6, size=6):
    rng = np.random.default_rng(3)
    vectors = tf.Variable(rng.uniform(-1, 1, (len(WORDS), size)).astype(np.float32))
    weights = tf.Variable(rng.normal(0, size**-0.5, (len(WORDS), size)).astype(np.float32))
    biases = tf.Variable(tf.zeros([len(WORDS)]))
    optimizer = tf.optimizers.SGD(0.5)

    @tf.function
    def step(centers, contexts):
        with tf.GradientTape() as tape:
            inputs = tf.nn.embedding_lookup(vectors, centers)
            loss = tf.reduce_mean(
                loss_function(
                    weights=weights,
                    biases=biases,
                    labels=contexts[:, tf.newaxis],
                    inputs=inputs,
                    num_sampled=4,
                    num_classes=len(WORDS),
                    sampled_values=sampled_words(contexts),
                )
            )
        variables = [vectors, weights, biases]
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss, isinstance(gradients[0], tf.IndexedSlices)

    dataset = tf.data.Dataset.from_tensor_slices(skip_grams()).batch(13, drop_remainder=True)
    history = [step(pairs[:, 0], pairs[:, 1]) for pairs in dataset.repeat(epochs)]
    return vectors, [loss for loss, _ in history], history[0][1]


def main():
    results = {}
    for name in ("sampled_softmax_loss", "nce_loss"):
        tf.random.set_seed(5)
        vectors, losses, has_slices = train(getattr(tf.nn, name))
        unit = tf.math.l2_normalize(vectors, axis=1)
        similar = tf.matmul(unit, unit, transpose_b=True)
        nearest = tf.math.top_k(similar - 2 * tf.eye(len(WORDS)), k=2)
        results[name] = {"losses": losses, "similar": nearest.values, "nearest": nearest.indices,
                         "has_slices": has_slices}
    return results
