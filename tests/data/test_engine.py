"""Stages in threads: the elements, order and states of stages that run one after the other."""

import gc
import json
import os
import threading

import numpy as np
import pytest

import eagre as tf
from eagre.data.cursors import Run
from eagre.data.pace import Pace
from eagre.data.parallel import CallsCursor

D = tf.data.Dataset
WORKERS = [None, 1, 2, 5]


def forced(dataset, workers=None):
    """The pipeline with threads wherever they were asked for, however cheap the calls are."""
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = workers
    return dataset.with_options(options)


def plain(elements):
    return [[np.asarray(x).tolist() for x in tf.nest.flatten(each)] for each in elements]


def helpers():
    """The threads of pipelines that are still there."""
    return [each for each in threading.enumerate() if each.name.startswith("Dataset.")]


def all_end():
    """Whether the threads end; those that are at work may begin others before."""
    for _ in range(20):
        for thread in helpers():
            thread.join(1)
    return not helpers()


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    gc.collect()
    assert all_end()


def twice(x):
    return D.range(x).map(lambda y: y + 10 * x)


def draw(x):
    return x, tf.random.uniform([]), tf.random.normal([2], seed=3)


def python(x):
    return int(x.numpy()) * 2, tf.random.uniform([])


PIPELINES = {
    "map": lambda n: D.range(40).map(lambda x: x * x + 1, n),
    "random": lambda n: D.range(30).map(draw, n),
    "python": lambda n: D.range(30).map(python, n),
    "random filter": lambda n: D.range(30).map(lambda x: x, n).filter(
        lambda x: tf.random.uniform([]) < 0.5),
    "shuffle, map": lambda n: D.range(20).shuffle(7).map(draw, n).repeat(3),
    "maps": lambda n: D.range(30).map(draw, n).map(lambda x, y, z: y, n).prefetch(3),
    "batch": lambda n: D.range(30).filter(lambda x: x > 3).batch(4, num_parallel_calls=n),
    "map and batch": lambda n: D.range(30).map(draw, n).batch(4, True, n).prefetch(2),
    "interleave": lambda n: D.range(2, 9).interleave(twice, 3, 2, n),
    "interleave of many": lambda n: D.range(9).interleave(twice, 20, 1, n),
    "interleave of shuffles": lambda n: D.range(3, 8).shuffle(5).interleave(
        lambda x: D.range(x).shuffle(9).map(draw, n).prefetch(2), 2, 1, n),
    "prefetch": lambda n: D.range(30).shuffle(30).map(draw).prefetch(-1).batch(4).prefetch(4),
    "window": lambda n: D.range(20).map(draw, n).prefetch(3).shuffle(6).repeat(2),
    "full window": lambda n: D.range(20).filter(lambda x: x > 2).map(lambda x: x, n).shuffle(30),
    "cache": lambda n: D.range(9).map(draw, n).cache().repeat(2).prefetch(2),
    "zip": lambda n: D.zip(D.range(9).map(draw, n), D.range(9).filter(lambda x: x > 1).prefetch(2)),
    "take": lambda n: D.range(100).map(draw, n).prefetch(5).skip(3).take(20),
    "scan": lambda n: D.range(9).map(lambda x: x, n).scan(
        tf.constant(0, tf.int64), lambda s, x: (s + x, s)).prefetch(2),
}  # fmt: skip


@pytest.mark.parametrize("name", PIPELINES)
def test_any_number_of_workers_and_any_cut(name):
    """Each cut of each pipeline goes on with each other number of workers."""
    results, cuts = [], []
    for workers in WORKERS:
        tf.random.set_seed(7)
        for parallel in (forced, lambda dataset, _: dataset):
            tf.random.set_seed(7)
            dataset = parallel(PIPELINES[name](workers), workers)
            iterator = iter(dataset)
            states, elements = [iterator.state()], []
            for element in iterator:
                elements.append(element)
                states.append(iterator.state())
            results.append(plain(elements))
            cuts.append((dataset, states))
    assert len(results[0]) > 1
    assert all(result == results[0] for result in results)
    for place in range(0, len(results[0]) + 1, 2):
        for number, (_, states) in enumerate(cuts):
            text = json.dumps(states[place])
            other = iter(cuts[(number + 3 * place + 1) % len(cuts)][0])
            if place % 4:
                next(other)
            other.restore(json.loads(text))
            assert plain(other) == results[0][place:]
            assert len(text) < 1500
    tf.random.set_seed(None)


def test_numbers_by_chance_differ_from_call_to_call_and_from_pass_to_pass():
    dataset = forced(D.range(50).map(draw, 3).repeat(2))
    first, second = plain(dataset), plain(dataset)
    assert len({element[1] for element in first + second}) == 200
    assert len({tuple(element[2]) for element in first}) == 100


def test_how_much_waits_for_a_call_that_takes_long():
    options = tf.data.Options()
    options.autotune.cpu_budget, options.autotune.ram_budget = 2, 1000
    element = (np.zeros(10, np.int64),)

    def places(asked, *pieces):
        pace = Pace(asked, options)
        for piece in pieces:
            pace.weigh(piece)
        return pace.limit, pace.places()

    assert places(5, [element]) == (5, 5)
    assert places(tf.data.AUTOTUNE) == (2, 2)
    assert places(tf.data.AUTOTUNE, [ValueError()]) == (2, 2)
    assert places(tf.data.AUTOTUNE, [element]) == (2, 8)
    assert places(tf.data.AUTOTUNE, [element], [element] * 2) == (2, 6)
    assert places(tf.data.AUTOTUNE, [element] * 20) == (2, 2)
    options.autotune.enabled = False
    assert places(tf.data.AUTOTUNE, [element]) == (2, 2)


def test_others_go_on_while_one_call_takes_long():
    """The first call ends when the sixth has begun, though two run at a time."""
    begun = threading.Event()

    def wait(x):
        if x == 5:
            begun.set()
        assert x or begun.wait(60)
        return x

    dataset = D.range(9).map(lambda x: tf.numpy_function(wait, [x], tf.int64), tf.data.AUTOTUNE)
    options = tf.data.Options()
    options.autotune.cpu_budget = 2
    pace = Pace(tf.data.AUTOTUNE, options)
    pace.is_threaded, pace.is_given_up = True, True
    pace.weigh([(np.zeros([]),)])
    source = Run(D.range(9)).cursor
    cursor = CallsCursor(dataset, source, pace, dataset.apply_to)
    pace.seconds = 1.0
    assert [int(cursor.next()[0]) for _ in range(9)] == list(range(9))


def test_what_explain_says_of_the_order():
    options = tf.data.Options()
    options.deterministic = False
    text = D.range(3).map(lambda x: x, 2, deterministic=False).with_options(options).explain()
    assert text.count("; in order, though deterministic=False") == 1
    assert text.endswith("\ndeterministic=False: elements come in order all the same")
    turns = D.range(3).interleave(D.range, 2, deterministic=False)
    assert turns.explain().count("; in order, though deterministic=False") == 1
    assert "in order" not in D.range(3).map(lambda x: x, 2, deterministic=True).explain()


def test_functions_that_assign_are_called_in_order():
    total = tf.Variable(0, dtype=tf.int64)
    dataset = forced(D.range(20).map(lambda x: total.assign_add(x), 4))
    assert [int(x) for x in dataset] == np.cumsum(np.arange(20)).tolist()
    assert "one after the other: it assigns variables" in dataset.explain()
    assert "at a time" in forced(D.range(3).map(lambda x: x + 1, 4)).explain()


# Errors -------------------------------------------------------------------------------------


def fails(x):
    tf.debugging.assert_none_equal(x % 7, tf.constant(3, tf.int64))
    return x


def outcomes(dataset):
    """The elements, and in the place of each error its class and its notes."""
    iterator, found = iter(dataset), []
    while True:
        try:
            found.append(int(next(iterator)))
        except StopIteration:
            return found
        except tf.errors.InvalidArgumentError as error:
            found.append([note for note in error.__notes__ if note.startswith("in element")])


@pytest.mark.parametrize("function", [fails, lambda x: fails(int(x.numpy()))])
def test_errors_come_at_their_element(function):
    def pipelines(workers):
        dataset = D.range(25).map(function, workers)
        yield dataset
        yield dataset.prefetch(3)
        yield dataset.map(lambda x: x, workers)
        yield D.range(2, 6).interleave(
            lambda n: D.range(n, 2 * n).map(fails), 3, 1, workers).prefetch(1)
        yield D.range(6).interleave(lambda n: D.range(function(n), 5), 3, 2, workers)

    for sequential, parallel in zip(pipelines(None), pipelines(3), strict=True):
        wanted = outcomes(sequential)
        assert any(isinstance(each, list) for each in wanted)
        found = outcomes(forced(parallel))
        lines = [each[0].split(", made")[0] if isinstance(each, list) else each for each in wanted]
        assert lines == [
            each[0].split(", made")[0] if isinstance(each, list) else each for each in found]


def test_an_error_has_the_traceback_of_the_call():
    def broken(x):
        raise LookupError(f"no {x.numpy()}")

    dataset = D.range(9).map(lambda x: broken(x) if x.numpy() == 5 else x, 3)
    for pipeline in (dataset, dataset.prefetch(2)):
        iterator = iter(forced(pipeline))
        assert [int(next(iterator)) for _ in range(5)] == [0, 1, 2, 3, 4]
        with pytest.raises(LookupError, match="no 5") as caught:
            next(iterator)
        assert caught.traceback[-1].name == "broken"
        assert f"in element 5 of Dataset.map, made at {__file__}" in caught.value.__notes__[0]
        assert int(next(iterator)) == 6


def test_states_around_an_error():
    dataset = forced(D.range(12).map(fails, 3).prefetch(2))
    iterator, wanted, states = iter(dataset), [], []
    for _ in range(12):
        states.append(iterator.state())
        try:
            wanted.append(int(next(iterator)))
        except tf.errors.InvalidArgumentError:
            wanted.append("error")
    for place, state in enumerate(states):
        other, found = iter(dataset), []
        other.restore(state)
        for _ in wanted[place:]:
            try:
                found.append(int(next(other)))
            except tf.errors.InvalidArgumentError:
                found.append("error")
        assert found == wanted[place:]


# Threads ------------------------------------------------------------------------------------


def test_calls_run_at_the_same_time():
    """Three calls wait for each other: fewer at a time would never go on."""
    together = threading.Barrier(3, timeout=60)

    def wait(x):
        return tf.py_function(lambda y: together.wait() * 0 + y, [x], tf.int64)

    dataset = D.range(9).map(wait, 3)
    assert [int(x) for x in forced(dataset.skip(0).take(9))] == list(range(9))


@pytest.mark.parametrize("parallel", [
    lambda dataset: dataset.prefetch(2), lambda dataset: dataset.map(lambda x: x + 1, 4),
    lambda dataset: dataset.interleave(lambda x: D.range(3), 4, 1, 4),
    lambda dataset: dataset.map(lambda x: x, 2).prefetch(3).map(lambda x: x, 2).prefetch(1),
    lambda dataset: dataset.interleave(lambda x: D.range(9).map(draw, 2).prefetch(2), 4, 1, 4),
])
def test_what_is_dropped_leaves_no_thread(parallel):
    dataset = forced(parallel(D.range(1000).map(lambda x: x)).repeat(2))
    iterator = iter(dataset)
    next(iterator)
    assert helpers()
    gc.disable()
    try:
        del iterator
        assert all_end()
    finally:
        gc.enable()


def test_nested_iterators():
    dataset = forced(D.range(5).map(lambda x: x + 1, 2).prefetch(2))
    found = [(int(a), int(b)) for a in dataset for b in dataset]
    assert found == [(a, b) for a in range(1, 6) for b in range(1, 6)]


def test_the_memory_is_bounded_by_what_was_asked_for():
    made, lock = [], threading.Lock()

    def element(x):
        with lock:
            made.append(int(x.numpy()))
        return x

    for parallel, bound in (
        (lambda d: d.map(element, 3), 3), (lambda d: d.map(element).prefetch(5), 5 + 1)):
        dataset = forced(parallel(D.range(1000)))
        made.clear()
        for number, _ in enumerate(dataset.take(50)):
            assert len(made) <= number + 1 + bound


def test_ctrl_c_reaches_the_user(tmp_path):
    """A process is interrupted while it waits for an element that never comes."""
    program = tmp_path / "program.py"
    program.write_text(f"""
import os, signal, sys, threading
sys.path.insert(0, {os.getcwd()!r})
import eagre as tf

never = threading.Event()

def wait(x):
    if x.numpy() == 3:
        os.kill(os.getpid(), signal.SIGINT)
        never.wait(600)
    return x

options = tf.data.Options()
options.autotune.enabled = False
dataset = tf.data.Dataset.range(9).map(wait, 2).with_options(options){{}}
seen = []
try:
    for x in dataset:
        seen.append(int(x))
except KeyboardInterrupt:
    print("interrupted")
    never.set()
del dataset
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join(60)
print(threading.active_count())
""")
    import subprocess
    import sys

    for more in ("", ".prefetch(1)"):
        text = program.read_text().replace("{}", more)
        found = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, timeout=100)
        assert found.stdout.split("\n")[:2] == ["interrupted", "1"], found.stderr


def test_the_end_of_the_program_waits_for_nobody():
    import subprocess
    import sys

    text = f"""
import sys, threading
sys.path.insert(0, {os.getcwd()!r})
import eagre as tf
options = tf.data.Options()
options.autotune.enabled = False
dataset = tf.data.Dataset.range(10**6).map(lambda x: x + 1, 4).prefetch(9).with_options(options)
iterator = iter(dataset)
print(int(next(iterator)))
blocked = iter(tf.data.Dataset.range(9).map(
    lambda x: int(x.numpy()) and threading.Event().wait() or x, 2).with_options(options))
print(int(next(blocked)))
"""
    found = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout, found.stderr) == (0, "1\n0\n", "")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_while_iterating():
    dataset = forced(D.range(50).map(lambda x: x + 1, 2).prefetch(2))
    iterator = iter(dataset)
    assert int(next(iterator)) == 1
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            next(iterator)
        except RuntimeError as error:
            fresh = iter(dataset)
            fresh.restore(iterator.state())
            os.write(writer, f"{error} {[int(x) for x in fresh][:2]}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    text = os.read(reader, 1000).decode()
    os.close(reader), os.close(writer)
    assert text.startswith("Iterator expected to go on in the process in which it was begun.")
    assert text.endswith("[2, 3]")
    assert [int(x) for x in iterator] == list(range(2, 51))


def test_in_a_function():
    dataset = forced(D.range(9).map(lambda x: x + 1, 3).prefetch(2))

    @tf.function
    def total():
        found = tf.constant(0, tf.int64)
        for x in dataset:
            if x == 7:
                break
            found += x
        return found

    assert int(total()) == int(total()) == 21


def test_long_iterations_keep_neither_memory_nor_threads():
    import tracemalloc

    dataset = forced(D.range(50).map(draw, 3).prefetch(2).repeat().batch(5, num_parallel_calls=2))
    iterator = iter(dataset)
    # What caches of a fixed size hold counts before and after: it is replaced, and does not grow.
    tracemalloc.start()
    for _ in range(100):
        next(iterator)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(500):
        next(iterator)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000
    assert len(helpers()) <= 3 + 1 + 2 + 4


@pytest.mark.parametrize(("make", "message"), [
    (lambda d: d.map(lambda x: x, 0),
     "Dataset.map(num_parallel_calls) expected an integer of at least 1. Received: 0"),
    (lambda d: d.batch(2, num_parallel_calls=-2),
     "Dataset.batch(num_parallel_calls) expected an integer of at least 1. Received: -2"),
    (lambda d: d.interleave(D.range, num_parallel_calls=0),
     "Dataset.interleave(num_parallel_calls) expected an integer of at least 1. Received: 0"),
    (lambda d: d.prefetch(-2),
     "Dataset.prefetch(buffer_size) expected an integer of at least -1. Received: -2"),
])
def test_what_is_refused(make, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        make(D.range(3))
    assert caught.value.message == message


def test_ctrl_c_loses_no_element():
    """An interrupt while the consumer waits: the next one it asks for is the one it waited for."""
    import signal

    go_on, main = threading.Event(), threading.main_thread()

    def wait(x):
        if x == 3 and not go_on.is_set():
            signal.pthread_kill(main.ident, signal.SIGINT)
            go_on.wait(60)
        return x

    dataset = forced(D.range(9).map(lambda x: tf.py_function(wait, [x], tf.int64), 2))
    iterator, found = iter(dataset), []
    try:
        while True:
            found.append(int(next(iterator)))
    except KeyboardInterrupt:
        go_on.set()
    assert found + [int(x) for x in iterator] == list(range(9))


def test_calls_go_on_while_the_consumer_works():
    """As soon as an element is taken the next call begins; nobody has to ask for it."""
    gates = [threading.Event() for _ in range(5)]
    begun = [threading.Event() for _ in range(5)]

    def call(x):
        begun[x].set()
        assert gates[x].wait(60)
        return x

    dataset = tf.data.Dataset.range(5).map(lambda x: tf.numpy_function(call, [x], tf.int64), 2)
    iterator = iter(dataset)
    gates[0].set()
    try:
        assert next(iterator).numpy() == 0
        assert begun[2].wait(60)
        assert not begun[3].is_set()
    finally:
        for gate in gates:
            gate.set()
    assert [x.numpy() for x in iterator] == [1, 2, 3, 4]
