"""Programs that write their outputs into given arrays: the same bits, at the given places."""

import numpy as np
import pytest

import eagre as tf
from eagre.graph.program import Program

X = np.arange(-6, 6, dtype=np.float32).reshape(3, 4)
SPEC = tf.TensorSpec([3, 4])
HALF = tf.constant(0.5)

WRITTEN = {
    "last": lambda x: x * 2.0,
    "division": lambda x: tf.exp(x) / 3.0,
    "reshaped": lambda x: tf.reshape(x + 1.0, [2, 6]),
    "views of views": lambda x: tf.squeeze(tf.identity(tf.expand_dims(x - 1.0, 0)), 0),
    "used again": lambda x: (lambda y: (y, tf.sin(y)))(x * 3.0),
    "truths": lambda x: x > HALF,
    "scalar": lambda x: tf.constant(3.0) * x[0, 0],
    "ensured": lambda x: tf.ensure_shape(-x, [3, 4]),
}
COPIED = {
    "input": lambda x: x,
    "sum": lambda x: tf.reduce_sum(x, 0),
    "constant": lambda x: tf.constant([1.0, 2.0]),
    "transposed": lambda x: tf.transpose(x + 1.0),
    "captured": lambda x: HALF,
    "strings": lambda x: tf.as_string(x),
}


def placed(function, x=X, spec=SPEC):
    """The outputs of a function's graph, the same with places, the places, and the program."""
    graph = tf.trace(function, spec)
    arrays = [x, *[capture.array for capture in graph.captures]]
    alone = graph.compute(arrays)
    places = [np.empty(value.shape, value.dtype) for value in alone]
    return alone, graph.compute(arrays, places), places, Program(graph, True).source


@pytest.mark.parametrize("name", [*WRITTEN, *COPIED])
def test_values_stand_in_their_places_with_the_same_bits(name):
    alone, found, places, source = placed({**WRITTEN, **COPIED}[name])
    assert ("out=places[0]" in source) == (name in WRITTEN)
    for value, other, place in zip(alone, found, places, strict=True):
        assert other is place
        assert other.dtype == value.dtype and other.shape == value.shape
        assert other.tobytes() == value.tobytes() or name == "strings" and (other == value).all()


def test_one_tensor_goes_to_several_places():
    alone, found, places, _ = placed(lambda x: (lambda y: (y, tf.reshape(y, [12]), y))(x + 1.0))
    assert all(a is b for a, b in zip(found, places, strict=True))
    assert [x.tobytes() for x in found] == [x.tobytes() for x in alone]
    assert len({x.__array_interface__["data"][0] for x in found}) == 3


def test_a_value_of_another_shape_than_was_told_stands_apart():
    def told_wrongly(x):
        y = x + 1.0
        y.set_shape([3, 4])
        return y

    graph = tf.trace(told_wrongly, tf.TensorSpec([None, None]))
    place = np.zeros([3, 4], np.float32)
    for shape in ([1, 4], [6, 4], [3, 1], [3, 4]):
        x = np.ones(shape, np.float32)
        (found,) = graph.compute([x], [place])
        assert (found is place) == (shape == [3, 4])
        assert np.array_equal(found, x + 1)


@pytest.mark.parametrize("method", ["bilinear", "bicubic", "nearest", "area", "lanczos3"])
def test_resizing_into_places(method):
    for size in ([2, 2], [5, 7], [1, 1], [3, 3]):
        x = np.random.default_rng(0).integers(0, 256, (3, 4, 3), np.uint8)
        alone, found, places, source = placed(
            lambda x, size=size: tf.image.resize(x, size, method), x,
            tf.TensorSpec([None, None, 3], tf.uint8),
        )  # fmt: skip
        assert "out=places[0]" in source
        assert found[0] is places[0]
        assert found[0].tobytes() == alone[0].tobytes()


def test_an_error_names_its_operation_with_places_too():
    graph = tf.trace(lambda x, y: x + y, tf.TensorSpec([None]), tf.TensorSpec([None]))
    arrays = [np.ones(2, np.float32), np.ones(3, np.float32)]
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected shapes that broadcast"):
        graph.compute(arrays, [np.empty(2, np.float32)])
