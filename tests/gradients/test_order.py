"""Small programs in which the order of additions, or whether there is a gradient, shows in bits.

Each was a random program, reduced to the least that once differed from eager code.
"""

import numpy as np
import pytest

import eagre as tf

v = tf.Variable([1.0, 0.5, 0.25])
w = tf.Variable([0.3, 1.2, 0.7])
X, Y = tf.constant([0.4, -0.3, 0.9]), tf.constant([0.2, 0.8, -0.5])
PROGRAMS = []


def program(function):
    PROGRAMS.append(pytest.param(function, id=function.__name__))
    return function


@program
def both_branches_read_a_variable(x, y, n):
    if n > 9:
        x = x * w
    else:
        for _ in tf.range(2):
            y = x * y * w
    return x, y * w - x * v


@program
def both_branches_loop_over_a_variable(x, y, n):
    if n > 9:
        for _ in tf.range(2):
            x = x * 0.5 + y * v
    else:
        for _ in tf.range(2):
            x = x * 0.5 + y * v
    return x, y * w - x * v


@program
def a_loop_gathers_after_other_uses(x, y, n):
    if x[1] > 0.1:
        x = x * w
    else:
        x = y * v
    for _ in tf.range(2):
        x = tf.gather(w, [0, 2, 0]) * x
    return x * w, y


@program
def a_loop_gathers_from_what_it_assigns(x, y, n):
    x = x * w if x[1] > 0.1 else y * v
    for _ in tf.range(2):
        w.assign_add(tf.tanh(y) * 0.1)
        x = tf.gather(w, [0, 2, 0]) * x
    return x * w, y


@program
def a_loop_overwrites_what_only_the_last_iteration_gives(x, y, n):
    for _ in tf.range(2):
        y = tf.sin(x) * w
        y = y * 0.0 * x
    return x, y


@program
def a_branch_overwrites(x, y, n):
    y = tf.sin(x) * -w * 0.0
    if n > 0:
        y = x * 0.0
    return x * -0.0, y


@program
def a_branch_overwrites_what_has_no_slope(x, y, n):
    root = tf.sqrt(x - x)
    if n > 0:
        root = x * 2.0
    return x, root * y


@program
def a_loop_overwrites_what_has_no_slope(x, y, n):
    root = tf.sqrt(y - y)
    for i in tf.range(n):
        if i > 0:
            root = x * 3.0
        x = x * 0.5 + root
    return x, y


@program
def variables_move_up(x, y, n):
    a, b, c = tf.sqrt(x - x), y * -0.0, y * 1.0
    for _ in tf.range(n):
        a, b, c = x * w, a, b
    return x * 0.0, c


@program
def some_of_the_rows_are_used(x, y, n):
    rows = tf.map_fn(lambda row: tf.sqrt(row - row), tf.stack([x, y]))
    if n > 0:
        rows = tf.stack([y, x * 2.0])
    return x, rows[1]


@program
def a_part_of_what_a_branch_splits(x, y, n):
    a, b, c = tf.split(tf.sqrt(x - x), 3)
    if n > 0:
        a, b, c = x[:1], x[1:2], y[:1]
    return x, tf.concat([a, b, c], 0)


@program
def slices_join_what_perhaps_is_there(x, y, n):
    def helper(a, b):
        for _ in tf.range(2):
            if tf.reduce_sum(b) > 0.5:
                return a * b
            a = tf.tanh(a) + w * 0.1
        return a * v

    held = x * v
    x = helper(tf.gather(w, [0, 2, 0]) * x, y)
    return x + tf.reduce_sum(held) * 0.1, y


@program
def a_call_overwrites(x, y, n):
    @tf.function
    def chosen(a, b, count):
        if count > 0:
            a = b * 2.0
        return a, b * w

    first, second = chosen(tf.sqrt(x - x), y, n)
    return first, second * x


def gradients_of(function):
    def gradients(x, y, n):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            a, b = function(x, y, n)
            loss = tf.reduce_sum(a * a) + tf.reduce_sum(b * 0.7)
        return [a, b, *tape.gradient(loss, [x, y, v, w], None, "zero")]

    return gradients


def bits(function, n):
    v.assign([1.0, 0.5, 0.25])
    w.assign([0.3, 1.2, 0.7])
    return [tf.convert_to_tensor(x).numpy().tobytes() for x in function(X, Y, tf.constant(n))]


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("function", PROGRAMS)
def test_gradients_have_the_eager_bits(function, n):
    expected = bits(gradients_of(function), n)
    assert bits(tf.function(gradients_of(function)), n) == expected
    assert bits(gradients_of(tf.function(function)), n) == expected


def test_where_nothing_was_computed_there_is_no_gradient_of_it():
    @tf.function
    def slope(x, use_root):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sqrt(x)
            if not use_root:
                y = x * 2.0
        return tape.gradient(y, x)

    x = tf.constant(0.0)
    assert slope(x, tf.constant(True)).numpy() == np.inf
    assert slope(x, tf.constant(False)).numpy() == 2.0


def test_who_asks_for_zeros_gets_zeros_where_nothing_was_computed():
    @tf.function
    def slopes(x, y):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = x * 3.0
            if x > 0.0:
                z = y * 2.0
        by_graph = tf.gradients(z, [x, y], unconnected_gradients="zero")
        return tape.gradient(z, [x, y], None, "zero"), by_graph

    found = tf.nest.flatten(slopes(tf.constant(1.0), tf.constant(1.0)))
    assert [str(each.numpy()) for each in found] == ["0.0", "2.0", "0.0", "2.0"]
