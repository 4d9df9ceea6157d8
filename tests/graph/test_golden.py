"""Graphs as they print, and that the print is Python."""

import ast

import pytest

import eagre as tf

SCALAR = tf.TensorSpec([], tf.float32, "x")


def arithmetic():
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.exp(x) * x + 1.0)
        return y, tape.gradient(y, x)

    return tf.trace(slope, tf.TensorSpec([2, 3], tf.float32, "x"))


def unknown_sizes():
    def normalize(x, i):
        centered = x - tf.reduce_mean(x, axis=0, keepdims=True)
        return centered[i:, ::2], tf.reshape(x, [-1]), tf.shape(x)[0]

    return tf.trace(
        normalize, tf.TensorSpec([None, 4], tf.float64, "x"), tf.TensorSpec([], tf.int32, "i")
    )


def variable_assign():
    total = tf.Variable([0.0, 0.0], name="total")

    def accumulate(x):
        total.assign_add(x)
        return total / 2.0

    return tf.trace(accumulate, tf.TensorSpec([2], tf.float32, "x"))


def cond():
    def absolute(x):
        return tf.cond(x < 0.0, lambda: (-x, 1), lambda: (x, 0))

    return tf.trace(absolute, SCALAR)


def while_loop():
    def double(x):
        return tf.while_loop(
            lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (tf.constant(0), tf.ones([]))
        )[1]

    return tf.trace(double, SCALAR)


def captures():
    weights, bias = tf.constant([[1.0], [2.0]]), tf.Variable([0.5], name="bias")

    def layer(inputs):
        return {"logits": inputs["x"] @ weights + bias, "names": tf.constant(["a", "b"])}

    return tf.trace(layer, {"x": tf.TensorSpec([None, 2], tf.float32, "x")})


GRAPHS = [arithmetic, unknown_sizes, variable_assign, cond, while_loop, captures]


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_print(make, golden):
    graph = make()
    graph.drop_unused()
    golden(make.__name__, str(graph))


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_the_print_is_python_and_the_same_each_time(make):
    text = str(make())
    ast.parse(text)
    assert text == str(make())


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_each_name_in_the_print_is_made_once(make):
    for function in ast.parse(str(make())).body:
        names = [argument.arg for argument in function.args.args]
        for statement in function.body:
            if isinstance(statement, ast.Assign):
                names += [node.id for node in ast.walk(statement.targets[0])
                          if isinstance(node, ast.Name)]
        assert sorted(names) == sorted(set(names))
