"""Iterators that an operation begins, in sessions of TensorFlow 1."""

import pytest

import eagre as tf

v1 = tf.compat.v1


@pytest.fixture
def session():
    with tf.Graph().as_default(), v1.Session() as session:
        yield session


def test_an_initializer_begins_again(session):
    iterator = v1.data.make_initializable_iterator(tf.data.Dataset.range(2).map(lambda x: (x, -x)))
    pair = iterator.get_next()
    with pytest.raises(tf.errors.FailedPreconditionError, match="Run iterator.initializer first"):
        session.run(pair)
    for _ in range(2):
        session.run(iterator.initializer)
        assert [session.run(pair) for _ in range(2)] == [(0, 0), (1, -1)]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(pair)


def test_placeholders_feed_datasets(session):
    values, size = v1.placeholder(tf.float32, [None]), v1.placeholder(tf.int64, [])
    dataset = tf.data.Dataset.from_tensor_slices(values * 2.0).batch(size)
    iterator = v1.data.make_initializable_iterator(dataset)
    total = tf.reduce_sum(iterator.get_next())
    session.run(iterator.initializer, {values: [1.0, 2.0, 3.0], size: 2})
    assert [session.run(total), session.run(total)] == [6.0, 6.0]
    session.run(iterator.initializer, {values: [5.0], size: 2})
    assert session.run(total) == 10.0


def test_several_datasets_of_one_structure(session):
    training, test = tf.data.Dataset.range(5), tf.data.Dataset.range(100, 103)
    types, shapes = v1.data.get_output_types(training), v1.data.get_output_shapes(training)
    iterator = v1.data.Iterator.from_structure(types, shapes)
    assert iterator.output_types == tf.int64 and iterator.output_shapes == []
    begin, begin_test = iterator.make_initializer(training), iterator.make_initializer(test)
    element = iterator.get_next()
    session.run(begin)
    assert [session.run(element) for _ in range(3)] == [0, 1, 2]
    session.run(begin_test)
    assert [session.run(element) for _ in range(3)] == [100, 101, 102]
    with pytest.raises(TypeError, match="expected a dataset of elements that fit"):
        iterator.make_initializer(tf.data.Dataset.from_tensors(1.5))
    with pytest.raises(ValueError, match="Use make_initializer"):
        iterator.initializer  # noqa: B018


def test_outside_a_graph():
    with pytest.raises(RuntimeError, match="Use iter"):
        v1.data.make_initializable_iterator(tf.data.Dataset.range(2))
    with pytest.raises(TypeError, match="get_output_types expected a dataset"):
        v1.data.get_output_types(3)
