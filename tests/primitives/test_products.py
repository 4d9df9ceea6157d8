"""Gradients of products that have factors of zero."""

from __future__ import annotations

import eagre as tf


def gradient_of_product(values, axis):
    x = tf.constant(values)
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = tf.reduce_prod(x, axis)
    return tape.gradient(product, x).numpy().tolist()


def test_each_gradient_is_the_product_of_the_others():
    assert gradient_of_product([2.0, 3.0, 4.0], None) == [12.0, 8.0, 6.0]


def test_one_zero_has_the_only_gradient():
    assert gradient_of_product([2.0, 0.0, 4.0], None) == [0.0, 8.0, 0.0]


def test_two_zeros_leave_none():
    assert gradient_of_product([[0.0, 2.0, 0.0], [1.0, 2.0, 3.0]], 1) == [
        [0.0, 0.0, 0.0], [6.0, 3.0, 2.0]]


def test_products_over_nothing():
    assert gradient_of_product([[], []], 1) == [[], []]
