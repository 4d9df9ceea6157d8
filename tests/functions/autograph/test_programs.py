"""Converted functions compute what the source says: eagerly, and as graphs, to the same bits."""

import json
from pathlib import Path

import numpy as np
import pytest

import eagre as tf
from eagre.functions.autograph.conversion import convert
from tests.functions.autograph.programs import PROGRAMS


def tensors(values, specs):
    return [tf.constant(value, spec.dtype) for value, spec in zip(values, specs, strict=True)]


def bits(result):
    """The leaves of a result as bytes with dtypes; Python numbers as tensors."""
    leaves = [tf.convert_to_tensor(leaf).numpy() for leaf in tf.nest.flatten(result)]
    return [(np.asarray(leaf).dtype.name, np.shape(leaf), np.asarray(leaf).tobytes())
            for leaf in leaves]


def outcome(function, arguments):
    """The result, with Python's types, or the error."""
    try:
        result = function(*arguments)
    except Exception as error:
        return type(error), str(error)
    return [type(leaf) for leaf in tf.nest.flatten(result)], bits(result)


CALLS = [(name, call) for name, (_, _, calls) in PROGRAMS.items() for call in range(len(calls))]
_graphs = {}


def graph_of(name):
    if name not in _graphs:
        function, specs, _ = PROGRAMS[name]
        _graphs[name] = tf.trace(convert(function), *specs)
    return _graphs[name]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_eager_is_python(name, call):
    function, specs, calls = PROGRAMS[name]
    arguments = tensors(calls[call], specs)
    assert outcome(convert(function), arguments) == outcome(function, arguments)


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_graph_has_the_bits_of_python(name, call):
    function, specs, calls = PROGRAMS[name]
    arguments = tensors(calls[call], specs)
    graph = graph_of(name)
    graph.check()
    assert bits(graph(*arguments)) == bits(function(*arguments))


def gradient_of(function):
    """The gradient of the sum of all floats that `function` returns."""

    def gradient(*arguments):
        floats = [x for x in arguments if x.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(floats)
            leaves = [tf.convert_to_tensor(leaf) for leaf in tf.nest.flatten(function(*arguments))]
            targets = [leaf for leaf in leaves if leaf.dtype == tf.float32]
        return tape.gradient(targets, floats, unconnected_gradients="zero")

    return gradient


WITH_FLOATS = [(name, call) for name, call in CALLS
               if any(spec.dtype == tf.float32 for spec in PROGRAMS[name][1])]


@pytest.mark.parametrize(("name", "call"), WITH_FLOATS)
def test_gradients_have_the_bits_of_python(name, call):
    function, specs, calls = PROGRAMS[name]
    arguments = tensors(calls[call], specs)
    key = f"gradient of {name}"
    if key not in _graphs:
        _graphs[key] = tf.trace(gradient_of(convert(function)), *specs)
    pairs = zip(_graphs[key](*arguments), gradient_of(function)(*arguments), strict=True)
    for found, expected in pairs:
        # Where the way that was gone has no gradient, a graph may have a zero of either sign.
        is_nothing = not any(expected.numpy().tobytes())
        assert bits(found) == bits(expected) or (is_nothing and not found.numpy().any())


ANSWERS = json.loads((Path(__file__).parents[2] / "oracle" / "autograph.json").read_text())
# TensorFlow does not see that a lambda or an inner function shares the variable.
DEPARTURES = {"lambdas", "inner_functions"}
ANSWERED = [(name, call) for name, call in CALLS if isinstance(ANSWERS[name][call], list)]


@pytest.mark.parametrize(("name", "call"), ANSWERED)
def test_graph_has_the_values_of_tensorflow(name, call):
    _, specs, calls = PROGRAMS[name]
    result = graph_of(name)(*tensors(calls[call], specs))
    leaves = [tf.convert_to_tensor(leaf).numpy() for leaf in tf.nest.flatten(result)]
    for leaf, (dtype, value) in zip(leaves, ANSWERS[name][call], strict=True):
        assert np.asarray(leaf).dtype.name == dtype
        if name not in DEPARTURES:
            np.testing.assert_allclose(leaf, value, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(DEPARTURES))
def test_departures_differ(name):
    _, specs, calls = PROGRAMS[name]
    results = [graph_of(name)(*tensors(values, specs)) for values in calls]
    found = [[np.asarray(leaf).tolist() for leaf in tf.nest.flatten(each)] for each in results]
    assert found != [[value for _, value in answer] for answer in ANSWERS[name]]


def test_the_answers_are_those_of_the_programs():
    assert {name: len(calls) for name, (_, _, calls) in PROGRAMS.items()} == {
        name: len(answers) for name, answers in ANSWERS.items()}
