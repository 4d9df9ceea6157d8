"""A network that is put together anew for each input, in the shape of the input.

The inputs are Boolean formulas such as ("and", ("not", "true"), ("xor", "false", "true")), and the
network is to say whether they are true. It is a tree of the same shape: a small layer of its own
for each kind of node, and plain Python recursion (Socher et al., EMNLP 2013). The baseline sees
how often each word occurs and not how they hang together.

The same formula in postfix order is a list of numbers, and the tree a loop with a stack. In that
form one graph is enough for all shapes.

    python examples/trees.py [--steps 400]
"""

from __future__ import annotations

import argparse
import random

from tqdm import tqdm

import eagre as tf

WORDS = ["false", "true", "not", "and", "or", "xor"]
VALUES = {"not": lambda a: not a, "and": lambda a, b: a and b, "or": lambda a, b: a or b,
          "xor": lambda a, b: a != b}


def make_formula(source, depth):
    """A random formula of that depth."""
    if depth == 0:
        return source.choice(WORDS[:2])
    word = source.choice(WORDS[2:])
    return (word, *(make_formula(source, depth - 1) for _ in range(1 if word == "not" else 2)))


def value(formula):
    """Whether a formula is true."""
    if isinstance(formula, str):
        return formula == "true"
    return VALUES[formula[0]](*map(value, formula[1:]))


def postfix(formula):
    """The numbers of its words, what it is made of first."""
    if isinstance(formula, str):
        return [WORDS.index(formula)]
    return [*(number for part in formula[1:] for number in postfix(part)), WORDS.index(formula[0])]


class TreeNetwork(tf.Module):
    """A formula to a logit."""

    def __init__(self, units=12):
        super().__init__()
        self.leaves = tf.Variable(tf.random.normal([2, units]))
        self.unary = tf.Variable(tf.random.normal([1, units, units], stddev=units**-0.5))
        self.binary = tf.Variable(tf.random.normal([3, 2 * units, units], stddev=units**-0.5))
        self.bias = tf.Variable(tf.random.normal([4, units]))
        self.answer = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))

    def node(self, word, *parts):
        """The state [1, units] of a node, from those below it."""
        if len(parts) == 0:
            return self.leaves[word : word + 1]
        weights = self.unary[word - 2] if len(parts) == 1 else self.binary[word - 3]
        return tf.tanh(tf.concat(parts, axis=1) @ weights + self.bias[word - 2])

    def state(self, formula):
        """The state of a formula: recursion as deep as the formula."""
        if isinstance(formula, str):
            return self.node(WORDS.index(formula))
        return self.node(WORDS.index(formula[0]), *map(self.state, formula[1:]))

    def __call__(self, formula):
        return tf.squeeze(self.state(formula) @ self.answer)

    def by_stack(self, numbers):
        """The same from the numbers in postfix order."""
        stack = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False,
                               element_shape=[1, self.leaves.shape[1]])
        height = 0
        for number in numbers:
            if number < 2:
                state, parts = self.node(number), 0
            elif number == 2:
                state, parts = self.node(number, stack.read(height - 1)), 1
            else:
                left, right = stack.read(height - 2), stack.read(height - 1)
                state, parts = self.node(number, left, right), 2
            height = height - parts + 1
            stack = stack.write(height - 1, state)
        return tf.squeeze(stack.read(0) @ self.answer)


class BagNetwork(tf.Module):
    """The baseline: how often each word occurs, to a logit."""

    def __init__(self, units=32):
        super().__init__()
        self.inner = tf.Variable(tf.random.normal([len(WORDS), units], stddev=0.3))
        self.bias = tf.Variable(tf.zeros([units]))
        self.answer = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))

    def __call__(self, formula):
        counts = tf.math.bincount(postfix(formula), minlength=len(WORDS), dtype=tf.float32)
        return tf.squeeze(tf.nn.relu(counts[tf.newaxis] @ self.inner + self.bias) @ self.answer)


def train_step(network, optimizer, answer, formula, truth):
    """One step on one formula; returns the loss before it."""
    with tf.GradientTape() as tape:
        loss = tf.nn.sigmoid_cross_entropy_with_logits(truth, answer(formula))
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss


def accuracy(network, formulas):
    """The share of formulas that a network answers rightly."""
    right = [(float(network(formula)) > 0) == value(formula) for formula in formulas]
    return sum(right) / len(right)


def train(network, steps, seed, is_traced=False):
    """Learn from one random formula after the other; returns the losses."""
    source, optimizer, losses = random.Random(seed), tf.optimizers.Adam(0.01), []
    step = tf.function(train_step, reduce_retracing=True) if is_traced else train_step
    answer = network.by_stack if is_traced else network
    for _ in tqdm(range(steps), unit="formula"):
        formula = make_formula(source, source.choice([1, 2, 3]))
        given = tf.constant(postfix(formula)) if is_traced else formula
        losses.append(float(step(network, optimizer, answer, given, float(value(formula)))))
    return losses


def main(steps=2000, seed=1, is_traced=False):
    """Train both and print; returns their accuracies on deeper formulas, and the losses."""
    tf.random.set_seed(seed)
    networks, losses = {"tree": TreeNetwork(), "bag of words": BagNetwork()}, {}
    unseen = [make_formula(random.Random(number), 5) for number in range(200)]
    for name, network in networks.items():
        losses[name] = train(network, steps, seed, is_traced=is_traced and name == "tree")
    accuracies = {name: accuracy(network, unseen) for name, network in networks.items()}
    for name, share in accuracies.items():
        print(f"{name:>12}: {share:.1%} right on deeper formulas never seen in training")
    return accuracies, losses


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--traced", dest="is_traced", action="store_true", help="learn in a graph")
    main(**vars(parser.parse_args()))
