"""A network that is put together anew for each input, in the shape of the input.

The inputs are Boolean formulas such as ("and", ("not", "true"), ("xor", "false", "true")), and the
network is to say of each part whether it is true. It is a tree of the same shape: a small layer
for each node, and plain Python recursion (Socher et al., EMNLP 2013). The baseline sees how often
each word occurs and not how they hang together.

The same formula in postfix order is a list of numbers, and the tree a loop with a stack. In that
form one graph is enough for all shapes.

    python examples/trees.py [--steps 1500] [--traced]
"""

from __future__ import annotations

import argparse
import random

from tqdm import tqdm

import eagre as tf

WORDS = ["false", "true", "not", "and", "or", "xor"]
MEANINGS = {"not": lambda a: not a, "and": lambda a, b: a and b, "or": lambda a, b: a or b,
            "xor": lambda a, b: a != b}


def make_formula(source, depth):
    """A random formula of that depth."""
    if depth == 0:
        return source.choice(WORDS[:2])
    word = source.choice(WORDS[2:])
    return (word, *(make_formula(source, depth - 1) for _ in range(1 if word == "not" else 2)))


def is_true(formula):
    """Whether a formula is true."""
    if isinstance(formula, str):
        return formula == "true"
    return MEANINGS[formula[0]](*map(is_true, formula[1:]))


def parts_of(formula):
    """All formulas within a formula and itself, what it is made of first."""
    inner = () if isinstance(formula, str) else formula[1:]
    return [*(part for each in inner for part in parts_of(each)), formula]


def postfix(formula):
    """The numbers of the words in postfix order."""
    return [WORDS.index(p if isinstance(p, str) else p[0]) for p in parts_of(formula)]


class TreeNetwork(tf.Module):
    """A formula to the logits of all its parts."""

    def __init__(self, units=24):
        super().__init__()
        self.leaves = tf.Variable(tf.random.normal([2, units]))
        self.unary = tf.Variable(tf.random.normal([1, units, units], stddev=units**-0.5))
        self.binary = tf.Variable(tf.random.normal([3, 2 * units, units], stddev=units**-0.5))
        self.bias = tf.Variable(tf.random.normal([4, units]))
        self.answer = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))

    def node(self, word, *below):
        """The state [1, units] of a node, from those below it."""
        if len(below) == 0:
            return self.leaves[word : word + 1]
        weights = self.unary[word - 2] if len(below) == 1 else self.binary[word - 3]
        return tf.tanh(tf.concat(below, axis=1) @ weights + self.bias[word - 2])

    def states(self, formula):
        """The states of all parts, by recursion as deep as the formula."""
        if isinstance(formula, str):
            return [self.node(WORDS.index(formula))]
        below = [self.states(part) for part in formula[1:]]
        own = self.node(WORDS.index(formula[0]), *(states[-1] for states in below))
        return [*(state for states in below for state in states), own]

    def __call__(self, formula):
        return tf.squeeze(tf.concat(self.states(formula), axis=0) @ self.answer, axis=1)

    def by_stack(self, numbers):
        """The same from the numbers in postfix order."""
        stack = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False,
                               element_shape=[1, self.leaves.shape[1]])
        height, states = 0, []
        for number in numbers:
            if number < 2:
                state, taken = self.node(number), 0
            elif number == 2:
                state, taken = self.node(number, stack.read(height - 1)), 1
            else:
                left, right = stack.read(height - 2), stack.read(height - 1)
                state, taken = self.node(number, left, right), 2
            height = height - taken + 1
            stack = stack.write(height - 1, state)
            states.append(state)
        return tf.squeeze(tf.concat(states, axis=0) @ self.answer, axis=1)


class BagNetwork(tf.Module):
    """The baseline: how often each word occurs in each part, to logits."""

    def __init__(self, units=32):
        super().__init__()
        self.inner = tf.Variable(tf.random.normal([len(WORDS), units], stddev=0.3))
        self.answer = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))

    def __call__(self, formula):
        words = [postfix(part) for part in parts_of(formula)]
        counts = tf.constant([[float(each.count(n)) for n in range(len(WORDS))] for each in words])
        return tf.squeeze(tf.nn.relu(counts @ self.inner) @ self.answer, axis=1)


def train_step(network, optimizer, answer, formula, truths):
    """One step on one formula; returns the loss before it."""
    with tf.GradientTape() as tape:
        losses = tf.nn.sigmoid_cross_entropy_with_logits(truths, answer(formula))
        loss = tf.reduce_mean(losses)
    variables = network.trainable_variables
    gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss


def train(network, steps, seed, is_traced=False):
    """Learn from one random formula after the other; returns the losses."""
    source, optimizer, losses = random.Random(seed), tf.optimizers.Adam(0.01), []
    step = tf.function(train_step, reduce_retracing=True) if is_traced else train_step
    answer = network.by_stack if is_traced else network
    for _ in tqdm(range(steps), unit="formula"):
        formula = make_formula(source, source.choice([1, 2, 3]))
        truths = tf.constant([float(is_true(part)) for part in parts_of(formula)])
        given = tf.constant(postfix(formula)) if is_traced else formula
        losses.append(float(step(network, optimizer, answer, given, truths)))
    return losses


def accuracy(network, formulas):
    """The share of formulas that a network answers rightly as a whole."""
    right = [(float(network(formula)[-1]) > 0) == is_true(formula) for formula in formulas]
    return sum(right) / len(right)


def main(steps=1500, seed=1, is_traced=False):
    """Train both and print; returns their accuracies on deeper formulas, and the losses."""
    tf.random.set_seed(seed)
    networks, losses = {"tree": TreeNetwork(), "bag of words": BagNetwork()}, {}
    unseen = [make_formula(random.Random(number), 5) for number in range(200)]
    for name, network in networks.items():
        losses[name] = train(network, steps, seed, is_traced=is_traced and name == "tree")
    accuracies = {name: accuracy(network, unseen) for name, network in networks.items()}
    for name, share in accuracies.items():
        print(f"{name:>12}: {share:.1%} right on deeper formulas than in training")
    return accuracies, losses


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--traced", dest="is_traced", action="store_true", help="learn in a graph")
    main(**vars(parser.parse_args()))
