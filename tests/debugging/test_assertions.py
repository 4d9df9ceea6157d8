"""Assertions and printing in graphs: when they act, in which order, and beside gradients."""

import io

import numpy as np
import pytest

import eagre as tf

VECTOR = tf.TensorSpec([None])


def test_an_assertion_raises_when_the_graph_runs_with_the_message_of_the_user():
    def f(x):
        tf.debugging.assert_positive(x, message="weights")
        return x * 2.0

    graph = tf.trace(f, VECTOR)
    assert graph(tf.constant([1.0])).numpy() == [2.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"weights\. Received: x=\[1 -3\]"):
        graph(tf.constant([1.0, -3.0]))


def test_assertions_survive_the_dropping_of_what_is_unused():
    graph = tf.trace(lambda x: (tf.debugging.assert_rank(x, 1), x)[1], tf.TensorSpec(None))
    graph.drop_unused()
    with pytest.raises(tf.errors.InvalidArgumentError, match="rank 1"):
        graph(tf.constant(1.0))


def test_effects_keep_their_order():
    seen = []

    def f(x):
        tf.print("first", x, output_stream=seen.append)
        tf.debugging.assert_less(x, 3.0)
        tf.print("second", output_stream=seen.append)
        return x

    graph = tf.trace(f, tf.TensorSpec([]))
    assert not seen
    graph(tf.constant(1.0))
    assert seen == ["first 1\n", "second\n"]
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph(tf.constant(4.0))
    assert seen[2:] == ["first 4\n"]


@pytest.mark.parametrize("x", [2.0, -2.0])
def test_a_branch_may_assert_and_have_gradients(x):
    def f(x):
        def positive():
            tf.debugging.assert_greater(x, 0.0)
            return tf.debugging.check_numerics(x, "m") * x

        return tf.cond(x > 0.0, positive, lambda: -x)

    x = tf.constant(x)
    graph = tf.trace(f, tf.TensorSpec([]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = graph(x)
    assert tape.gradient(y, x).numpy() == (4.0 if x > 0 else -1.0)


def test_check_numerics_checks_its_gradient():
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        good = tf.debugging.check_numerics(x, "m") * 2.0
        bad = tf.debugging.check_numerics(x, "m") * [1.0, np.inf]
    assert tape.gradient(good, x).numpy().tolist() == [2.0, 2.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="in the gradient. m"):
        tape.gradient(bad, x)


def test_the_shape_of_unknown_sizes_is_checked_across_tensors():
    def f(x, y):
        tf.debugging.assert_shapes([(x, ("N", "D")), (y, ("N",))])
        return x

    graph = tf.trace(f, tf.TensorSpec([None, None]), tf.TensorSpec(None))
    graph(tf.ones([3, 2]), tf.ones([3]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="the size of 'N'"):
        graph(tf.ones([3, 2]), tf.ones([2]))


def test_prints_go_where_they_are_sent(capsys, tmp_path):
    import sys

    stream = io.StringIO()
    for target in (sys.stdout, None, f"file://{tmp_path}/a", stream):
        tf.print("line", tf.range(2), output_stream=target)
    text = "line [0 1]\n"
    captured = capsys.readouterr()
    assert (captured.out, captured.err, stream.getvalue()) == (text, text, text)
    assert (tmp_path / "a").read_text() == text


def test_a_graph_prints_to_the_stream_of_its_run(capsys):
    import sys

    graph = tf.trace(lambda x: (tf.print(x, output_stream=sys.stdout), x)[1], VECTOR)
    for value in (1.0, 2.0):
        graph(tf.constant([value]))
    assert capsys.readouterr().out == "[1]\n[2]\n"


def test_complex_numbers_are_printed():
    texts = []
    tf.print(tf.constant([1 + 2j]), output_stream=texts.append)
    assert texts == ["[(1,2)]\n"]


def test_registered_conversions_come_by_priority():
    class Length:
        metres = 2.0

    def pass_on(value, dtype=None, **_):
        return NotImplemented

    def convert(value, dtype=None, **_):
        return tf.constant(value.metres, dtype or tf.float32)

    tf.register_tensor_conversion_function(Length, convert)
    tf.register_tensor_conversion_function(Length, pass_on, priority=10)
    assert (tf.stack([Length(), Length()]) * Length()).numpy().tolist() == [4.0, 4.0]
    tf.register_tensor_conversion_function(Length, lambda *a, **_: 7.0, priority=1)
    with pytest.raises(RuntimeError, match=r"Received: 7\.0"):
        tf.convert_to_tensor(Length())


def test_static_values_of_symbolic_tensors():
    found = {}

    def f(x):
        found["constant"] = tf.get_static_value(tf.constant([1, 2]))
        found["argument"] = tf.get_static_value(x)
        found["shape"] = tf.get_static_value(tf.shape(x))
        found["partial"] = tf.get_static_value(tf.shape(x), partial=True)
        found["inside"] = tf.inside_function(), tf.is_symbolic_tensor(x)
        with tf.init_scope():
            found["outside"] = tf.inside_function()
        return x

    tf.trace(f, tf.TensorSpec([3, None]))
    assert found["constant"].tolist() == [1, 2]
    assert found["argument"] is found["shape"] is None
    assert found["partial"].tolist() == [3, None]
    assert (found["inside"], found["outside"]) == ((True, True), False)
