"""Memory: steps of training need no more and no more, and what has no name is given back."""

import gc
import os
import tracemalloc

import numpy as np
import pytest

import eagre as tf

MEGABYTE = 2**20
STATISTICS = "/proc/self/statm"


def resident():
    """Megabytes of this process that lie in memory."""
    with open(STATISTICS, encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


needs_statistics = pytest.mark.skipif(not os.path.exists(STATISTICS), reason="no /proc")


def train_step():
    random = np.random.default_rng(0)
    x = tf.constant(random.normal(size=(16, 8)).astype(np.float32))
    variables = [tf.Variable(random.normal(size=size).astype(np.float32) * 0.1)
                 for size in ((8, 8), (8,), (8, 1))]
    optimizer = tf.optimizers.Adam(0.001)

    def step():
        first, bias, last = variables
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((tf.tanh(x @ first + bias) @ last - 1.0) ** 2.0)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, variables), variables, strict=True))

    return step


def second_order_step():
    x = tf.constant(np.linspace(0.1, 1.0, 64, dtype=np.float32))

    def step():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(tf.exp(x) * x)
            slope = inner.gradient(y, x)
        outer.gradient(slope, x)

    return step


def persistent_step():
    x = tf.constant(np.linspace(0.1, 1.0, 64, dtype=np.float32))

    def step():
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.sin(x) * x
        tape.gradient(y, x)

    return step


def graph_step():
    v = tf.Variable(tf.zeros([64]))

    def function(x):
        v.assign_add(tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (0, x))[1])
        return tf.cond(x[0] > 0.0, lambda: v + x, lambda: v - x)

    graph, x = tf.trace(function, tf.TensorSpec([64])), tf.ones([64])
    return lambda: graph(x)


def trace_step():
    return lambda: tf.trace(lambda x: tf.exp(x) * x, tf.TensorSpec([None]))


def failing_step():
    x, y = tf.ones([64]), tf.ones([65])

    def step():
        with tf.GradientTape() as tape:
            tape.watch(x)
            try:
                tf.exp(x) + y
            except ValueError:
                pass

    return step


STEPS = {
    train_step: 2000, second_order_step: 2000, persistent_step: 3000, graph_step: 2000,
    trace_step: 1500, failing_step: 2000,
}


@pytest.mark.parametrize("make", STEPS, ids=lambda make: make.__name__)
def test_python_memory_is_flat(make):
    """What is allocated after many steps is what was allocated after a few."""
    step = make()
    for _ in range(50):
        step()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(20):
            step()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(200):
            step()
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 200 * 40, f"{grown / 200:.0f} bytes a step"


@needs_statistics
@pytest.mark.parametrize("make", STEPS, ids=lambda make: make.__name__)
def test_resident_memory_is_flat(make):
    step, count = make(), STEPS[make]
    for _ in range(count // 5):
        step()
    gc.collect()
    before = resident()
    for _ in range(count):
        step()
    gc.collect()
    assert resident() - before < 8.0


@pytest.mark.parametrize(
    "make", [train_step, second_order_step, persistent_step, graph_step, failing_step],
    ids=lambda make: make.__name__)
def test_steps_leave_nothing_to_the_collector(make):
    """Reference counts give all back: no cycles, so memory does not wait for the collector."""
    step = make()
    for _ in range(5):
        step()
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(each, tf.Tensor) for each in gc.get_objects())
        for _ in range(50):
            step()
        assert gc.collect() < 50
        after = sum(isinstance(each, tf.Tensor) for each in gc.get_objects())
    finally:
        gc.enable()
    assert after <= before + 2


@needs_statistics
def test_a_large_tensor_is_given_back_with_its_last_name():
    gc.collect()
    before = resident()
    tensor = tf.ones([64, MEGABYTE]) + 1.0
    assert resident() - before > 200
    other = tensor
    del tensor
    assert resident() - before > 200
    del other
    assert resident() - before < 32


@needs_statistics
def test_a_slice_does_not_keep_the_whole():
    gc.collect()
    before = resident()
    tensor = tf.ones([64, MEGABYTE]) + 1.0
    part, row, column = tensor[:2, :1024], tensor[3, :5], tensor[:, 7]
    del tensor
    assert resident() - before < 32
    assert [x.shape.as_list() for x in (part, row, column)] == [[2, 1024], [5], [64]]


@needs_statistics
def test_parts_do_not_keep_the_whole():
    gc.collect()
    before = resident()
    tensor = tf.ones([64, MEGABYTE]) + 1.0
    first = tf.split(tensor, 4)[0]
    del tensor
    assert resident() - before < 64 + 32
    assert first.shape == [16, MEGABYTE]


@needs_statistics
def test_memory_of_small_parts_is_used_again():
    """It may stay with the process (eagre/core/memory.py), but only once."""
    tensor = tf.ones([64, MEGABYTE]) + 1.0
    first = [tf.split(tensor, 64)[0]]
    before = resident()
    for _ in range(5):
        first.append(tf.split(tensor, 64)[0])
    assert resident() - before < 5 * 4 + 32


@needs_statistics
def test_a_variable_gives_the_old_value_back():
    gc.collect()
    before = resident()
    v = tf.Variable(tf.ones([32, MEGABYTE]) + 1.0)
    for value in (2.0, 3.0):
        v.assign(tf.fill([32, MEGABYTE], value) + 1.0)
    assert resident() - before < 128 + 32
    del v
    assert resident() - before < 32


@needs_statistics
def test_a_used_tape_gives_intermediate_values_back():
    gc.collect()
    before = resident()
    x = tf.ones([8, MEGABYTE]) + 1.0
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.sqrt(tf.sqrt(tf.sqrt(x))))
    assert resident() - before > 90
    grad = tape.gradient(y, x)
    assert resident() - before < 64 + 32
    assert grad.shape == x.shape


@needs_statistics
def test_a_graph_lets_values_go_after_their_last_use():
    def function(x):
        for _ in range(12):
            x = x + 1.0
        return tf.reduce_sum(x)

    graph = tf.trace(function, tf.TensorSpec([8 * MEGABYTE]))
    x = tf.ones([8 * MEGABYTE]) + 0.0
    gc.collect()
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    before = resident()
    graph(x)
    with open("/proc/self/status", encoding="ascii") as file:
        peak = next(line for line in file if line.startswith("VmHWM"))
    assert int(peak.split()[1]) / 1024 - before < 4 * 32
