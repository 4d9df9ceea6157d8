"""`trace_origins`: where tensors come from, at no cost when it is off."""

import gc
import weakref

import numpy as np
import pytest

import eagre as tf
from tests.debugging.lines import marked


def at(mark):
    return marked(__file__, mark)


def test_each_tensor_knows_its_line_operation_and_inputs():
    w = tf.Variable([1.0, 2.0])
    before = tf.constant([1.0, 1.0])
    with tf.debugging.trace_origins():
        x = tf.constant([3.0, 4.0])  # constant
        y = x * w  # product
        z = tf.exp(y) + before  # sum
    assert (x.origin.name, x.origin.line, x.origin.inputs) == ("constant", at("constant"), ())
    assert (y.origin.name, y.origin.line) == ("multiply", at("product"))
    assert [origin.name for origin in y.origin.inputs] == ["constant", "read_variable"]
    exp, outside = z.origin.inputs
    assert (exp.name, exp.inputs[0], outside) == ("exp", y.origin, None)
    assert before.origin is None and (x * x).origin is None


def test_several_outputs_and_functions():
    @tf.function
    def function(x):
        return tf.split(x * 2.0, 2)  # in a function

    with tf.debugging.trace_origins():
        parts = function(tf.constant([1.0, 2.0]))
    assert all(part.origin.line == at("in a function") for part in parts)
    assert parts[1].origin.inputs[0].name == "multiply"


def test_errors_say_where_the_inputs_were_made():
    with tf.debugging.trace_origins():
        a = tf.ones([2, 3])  # a
        b = tf.exp(a)  # b
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            tf.matmul(a, b)
    assert caught.value.__notes__ == [
        f"input 1 of matmul was made by broadcast_to at {at('a')}",
        f"input 2 of matmul was made by exp at {at('b')}",
    ]


def test_gradients_have_the_line_of_their_operation():
    x = tf.constant(2.0)
    with tf.debugging.trace_origins():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.math.log(x)  # log
        grad = tape.gradient(y, x)
    assert grad.origin.line == at("log") + " (gradient of log)"


def test_it_changes_nothing_else():
    w, x = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])

    def step():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.tanh(w * x) ** 2.0)
        return y.numpy(), tape.gradient(y, w).numpy()

    plain = step()
    with tf.debugging.trace_origins():
        traced = step()
    assert all(np.array_equal(a, b) for a, b in zip(plain, traced, strict=True))
    with tf.GradientTape() as outer, tf.debugging.trace_origins():
        y = w * x
    assert outer.gradient(y, w).numpy().tolist() == [3.0, 4.0]


def test_origins_go_with_their_tensors():
    from eagre.core.origin import origins

    with tf.debugging.trace_origins():
        x = tf.constant(1.0)
        for _ in range(20):
            x = x * 2.0
    origin = x.origin
    depth = 0
    while origin.name == "multiply":
        origin, depth = origin.inputs[0], depth + 1
    assert depth == 20
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None
    kept = [entry() for entry in origins._entries.values()]
    assert all(tensor is not None for tensor in kept)


def test_an_origin_prints_as_a_tree(golden):
    with tf.debugging.trace_origins():
        x = tf.ones([2])
        y = tf.exp(x)
        z = y * x + tf.reduce_sum(y)
    lines = [text.partition(" at ")[0] + text[text.rindex(":") :]
             for text in str(z.origin).splitlines()]
    golden("origin", "\n".join(lines))


def test_it_is_refused_while_a_function_is_traced():
    def function(x):
        with tf.debugging.trace_origins():
            return x * 2.0

    with pytest.raises(RuntimeError, match="trace_origins cannot be entered"):
        tf.trace(function, tf.TensorSpec([]))
