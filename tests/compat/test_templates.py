"""`make_template`: variables are made once and shared, eagerly, in functions and in graphs."""

import numpy as np
import pytest

import eagre as tf

v1 = tf.compat.v1


def layer(x, units):
    with v1.variable_scope("dense"):
        w = v1.get_variable("w", [2, units], initializer=tf.zeros_initializer())
        b = v1.get_variable("b", [units], trainable=False, initializer=tf.ones_initializer())
    w.assign_add(tf.ones([2, units]))
    return x @ w + b


def test_eagerly():
    template = v1.make_template("layer", layer, units=3)
    assert template.variables == []
    x = tf.ones([1, 2])
    assert template(x).numpy().tolist() == [[3.0] * 3]
    assert template(x).numpy().tolist() == [[5.0] * 3]
    assert [v.name for v in template.variables] == ["layer/dense/w:0", "layer/dense/b:0"]
    assert [v.name for v in template.trainable_variables] == ["layer/dense/w:0"]
    other = v1.make_template("layer", layer, units=3)
    assert other(x).numpy().tolist() == [[3.0] * 3]


def test_outside_a_template_variables_are_new():
    template = v1.make_template("layer", layer, units=1)
    template(tf.ones([1, 2]))
    fresh = [v1.get_variable("w", [2], initializer=tf.zeros_initializer()) for _ in range(2)]
    assert fresh[0] is not fresh[1]


def test_in_a_function():
    template = v1.make_template("layer", layer, units=2)
    call = tf.function(lambda x: template(x))
    found = [call(tf.ones([1, 2])).numpy()[0, 0] for _ in range(3)]
    assert np.diff(found).tolist() == [2.0, 2.0]
    assert len(template.variables) == 2


def test_in_a_graph():
    with tf.Graph().as_default():
        template = v1.make_template("layer", lambda x: layer(x, 1))
        first, second = template(tf.ones([1, 2])), template(tf.ones([1, 2]))
        names = [v.name for v in v1.global_variables()]
        assert sorted(names) == ["layer/dense/b:0", "layer/dense/w:0"]
        assert first.graph is second.graph
        again = v1.make_template("layer", lambda x: layer(x, 1))
        again(tf.ones([1, 2]))
        assert again.variable_scope.name == "layer_1"


def test_a_second_call_makes_no_further_variables():
    names = iter(["a", "b"])
    template = v1.make_template("t", lambda: v1.get_variable(next(names), [1]))
    template()
    with pytest.raises(ValueError, match="b"):
        template()


@pytest.mark.parametrize(
    ("options", "error"),
    [({"func_": 3}, TypeError), ({"custom_getter_": print}, NotImplementedError)],
)
def test_bad_input(options, error):
    with pytest.raises(error, match="make_template expected"):
        v1.make_template("t", **{"func_": layer, **options})
