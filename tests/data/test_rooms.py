"""Large elements that are written where they stand in their batch: the same batches as ever."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eagre as tf
from eagre.data.functions import ElementFunction
from eagre.data.rooms import Rooms

D = tf.data.Dataset
SIDE = 96
"""So an element of float32 takes more than 32 KiB."""


def large(number):
    """Values that tell the element, and its random numbers where there are some."""
    number = tf.cast(number, tf.float32)
    return tf.sin(tf.fill([SIDE, SIDE], number)) + 1.0, number


def drawing(number):
    value, number = large(number)
    return value * tf.random.uniform([SIDE, 1]), number


def refusing(number):
    value, _ = large(number)
    return tf.debugging.check_numerics(value / tf.cast(number % 5, tf.float32), "number"), number


FUNCTIONS = {"plain": large, "drawing": drawing}
CALLS = [None, 1, 3, tf.data.AUTOTUNE]


def plainly(dataset):
    """With as many threads as were asked for."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


def batches_of(dataset):
    return [tuple(part.numpy().tobytes() for part in batch) for batch in dataset]


def expected(function, count, length, drops=False):
    """The batches of elements that came one by one."""
    tf.random.set_seed(3)
    elements = [[part.numpy() for part in each] for each in D.range(count).map(function)]
    pieces = [elements[n : n + length] for n in range(0, count, length)]
    if drops:
        pieces = [piece for piece in pieces if len(piece) == length]
    columns = [[np.stack(parts) for parts in zip(*piece, strict=True)] for piece in pieces]
    return [tuple(column.tobytes() for column in each) for each in columns]


@pytest.mark.parametrize("calls", CALLS)
@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=8, deadline=None)
@given(count=st.integers(0, 13), length=st.integers(1, 6), drops=st.booleans())
def test_batches_are_those_of_single_elements(name, calls, count, length, drops):
    wanted = expected(FUNCTIONS[name], count, length, drops)
    for change in (plainly, lambda dataset: dataset):
        tf.random.set_seed(3)
        mapped = D.range(count).map(FUNCTIONS[name], num_parallel_calls=calls)
        assert batches_of(change(mapped.batch(length, drops))) == wanted


@pytest.mark.parametrize("calls", CALLS)
def test_each_batch_can_be_resumed(calls):
    dataset = plainly(D.range(17).map(large, num_parallel_calls=calls).batch(4))
    wanted = batches_of(dataset)
    iterator, states = iter(dataset), []
    for _ in range(5):
        states.append(iterator.state())
        next(iterator)
    for place, state in enumerate(states):
        other = iter(dataset)
        other.restore(state)
        assert batches_of(other) == wanted[place:]


@pytest.mark.parametrize("calls", CALLS)
def test_a_batch_stays_as_it_is_while_others_are_computed(calls):
    dataset = plainly(D.range(24).map(large, num_parallel_calls=calls).batch(4))
    held = list(dataset)
    assert batches_of(held) == batches_of(dataset)
    parts = [batch[0].numpy() for batch in held]
    assert not any(
        np.shares_memory(a, b) for n, a in enumerate(parts) for b in parts[n + 1 :]
    )


@pytest.mark.parametrize("calls", CALLS)
@pytest.mark.parametrize("length", [3, 4])
def test_errors_among_elements_of_a_batch(calls, length):
    def outcomes(dataset):
        iterator, found = iter(dataset), []
        while len(found) < 40:
            try:
                found.append(batches_of([next(iterator)])[0])
            except StopIteration:
                return found
            except tf.errors.InvalidArgumentError as error:
                found.append([note for note in error.__notes__ if "in element" in note][0][:15])
        raise AssertionError("no end")

    mapped = D.range(20).map(refusing, num_parallel_calls=calls)
    lone = D.range(20).map(refusing).map(lambda *parts: parts, num_parallel_calls=None)
    assert outcomes(plainly(mapped.batch(length))) == outcomes(
        plainly(lone.shuffle(1).batch(length))
    )


@pytest.mark.parametrize("calls", CALLS)
def test_batches_after_single_elements_and_of_several_lengths(calls):
    mapped = D.range(20).map(large, num_parallel_calls=calls)
    found = plainly(mapped.skip(3).batch(4))
    assert batches_of(found) == batches_of(D.range(3, 20).map(large).batch(4))
    repeated = plainly(mapped.take(5).repeat(2).batch(4))
    numbers = [batch[1].numpy().tolist() for batch in repeated]
    assert numbers == [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4]]


def test_which_results_have_a_room():
    def room(function, spec=None, count=4):
        spec = tf.TensorSpec([], tf.int64) if spec is None else spec
        return Rooms(ElementFunction("Dataset.map", function, [spec])).room(count)

    parts = room(large)
    assert [(part.shape, part.dtype) for part in parts] == [
        ((4, SIDE, SIDE), np.float32), ((4,), np.float32)]  # fmt: skip
    assert room(lambda x: x) is None
    assert room(large, count=2**30) is None
    assert room(lambda x: tf.fill([x, 1000], 1.0)) is None
    assert room(lambda x: tf.zeros([100, 100]) + x, tf.TensorSpec(None)) is None


def test_what_a_function_keeps_of_its_result_stays():
    kept = tf.Variable(tf.zeros([SIDE, SIDE]))

    def function(number):
        value, _ = large(number)
        kept.assign(value)
        return value

    for place, batch in enumerate(D.range(8).map(function).batch(2)):
        assert np.array_equal(kept.numpy(), batch[1].numpy())
        last = large(tf.constant(2 * place + 1))[0]
        assert np.array_equal(kept.numpy(), last.numpy())
