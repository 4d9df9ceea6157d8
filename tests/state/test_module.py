"""`Module`: finds variables and modules among the attributes of an object."""

import copy

import pytest

import eagre as tf


class Dense(tf.Module):
    def __init__(self, size, name=None):
        super().__init__(name)
        self.weights = tf.Variable(tf.ones([size, size]), name="weights")
        self.bias = tf.Variable(tf.zeros([size]), name="bias")
        self.steps = tf.Variable(0, trainable=False, name="steps")


class Network(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [Dense(2), Dense(3)]
        self.extra = {"b": tf.Variable(1.0, name="b"), "a": (tf.Variable(2.0, name="a"), None, 3)}
        self.again = self.layers[0]
        self.text, self.number, self.function = "text", 1.5, len


def names(variables):
    return [variable.name for variable in variables]


def test_variables_in_the_order_of_attributes():
    assert names(Dense(2).variables) == ["bias:0", "steps:0", "weights:0"]


def test_each_variable_once_at_any_depth():
    network = Network()
    assert len(network.variables) == 8
    assert len({id(variable) for variable in network.variables}) == 8
    assert len(network.trainable_variables) == 6
    assert names(network.non_trainable_variables) == ["steps:0", "steps:0"]
    assert isinstance(network.variables, tuple)


def test_own_variables_come_before_those_of_submodules():
    found = names(Network().variables)
    assert set(found[:2]) == {"a:0", "b:0"}


def test_dictionaries_in_the_order_of_keys_as_in_tensorflow():
    assert names(Network().variables)[:2] == ["a:0", "b:0"]


class Scoped(tf.Module):
    @tf.Module.with_name_scope
    def scope(self, *, suffix=""):
        """Where it runs."""
        return tf.get_current_name_scope() + suffix


def test_a_scope_is_that_in_which_the_module_was_made():
    with tf.name_scope("outer"):
        module = Scoped(name="inner")
    assert (module.name_scope.name, module.scope(suffix="!")) == ("outer/inner/", "outer/inner!")
    with tf.name_scope("elsewhere"):
        assert Scoped().scope() == "elsewhere/scoped"
        assert module.scope() == "outer/inner"
    assert Scoped.scope.__doc__ == "Where it runs."


def test_submodules():
    network = Network()
    assert [module.name for module in network.submodules] == ["dense", "dense"]
    assert network not in network.submodules


def test_a_module_that_holds_itself():
    network = Network()
    network.parent = network
    network.layers.append(network)
    assert len(network.variables) == 8


def test_attributes_may_change():
    network = Network()
    network.layers.append(Dense(1))
    assert len(network.variables) == 11
    del network.extra
    assert len(network.variables) == 9


def test_names():
    class HTTPServer2(tf.Module):
        pass

    assert Dense(1).name == "dense"
    assert Dense(1, name="first").name == "first"
    assert HTTPServer2().name == "http_server2"


@pytest.mark.parametrize("name", ["two words", "2d", "a-b", "a/b"])
def test_names_are_identifiers(name):
    with pytest.raises(ValueError, match="identifier"):
        tf.Module(name=name)


def test_deepcopy_copies_variables():
    network = Network()
    twin = copy.deepcopy(network)
    twin.layers[0].bias.assign([5.0, 5.0])
    assert network.layers[0].bias.numpy().tolist() == [0.0, 0.0]
    assert twin.again is twin.layers[0]
    assert len(twin.variables) == 8


def test_a_tape_watches_them():
    layer = Dense(2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.ones([1, 2]) @ layer.weights + layer.bias)
    grads = tape.gradient(loss, layer.trainable_variables)
    assert [grad.numpy().tolist() for grad in grads] == [[1.0, 1.0], [[1.0, 1.0], [1.0, 1.0]]]
