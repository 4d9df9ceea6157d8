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
    """A random formula of at most that depth."""
    word = source.choice(WORDS[2:] if depth > 1 else WORDS)
    if depth == 0 or word in WORDS[:2]:
        return source.choice(WORDS[:2])
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
        self.answer = tf.Variable(tf.random.normal([units, 1], stddev=units**-0.5))

    def node(self, word, *parts):
        """The state [1, units] of a node, from those below it."""
        if len(parts) == 0:
            return self.leaves[word : word + 1]
        weights = self.unary[word - 2] if len(parts) == 1 else self.binary[word - 3]
        return tf.tanh(tf.concat(parts, axis=1) @ weights)

    def state(self, formula):
        """The state of a formula: recursion as deep as the formula."""
        if isinstance(formula, str):
            return self.node(WORDS.index(formula))
        return self.node(WORDS.index(formula[0]), *map(self.state, formula[1:]))

    def __call__(self, formula):
        return tf.squeeze(self.state(formula) @ self.answer)

    def by_stack(self, numbers):
        """The same from the numbers in postfix order."""
        stack, height = tf.TensorArray(tf.float32, 0, True, clear_after_read=False), 0
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
