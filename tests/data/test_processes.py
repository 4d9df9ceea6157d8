"""`map` in processes: the same elements as in threads, errors, and what is killed from outside."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading

import cloudpickle
import numpy as np
import pytest

import eagre as tf
from eagre.data import parcels
from tests.data.test_engine import all_end, draw, plain, python

D = tf.data.Dataset
# Modules of tests are not importable everywhere; those of users are.
cloudpickle.register_pickle_by_value(sys.modules[__name__])
cloudpickle.register_pickle_by_value(sys.modules[draw.__module__])


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    gc.collect()
    assert all_end()


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def of_python(function, result=tf.int64):
    return lambda x: tf.py_function(function, [x], result)


def pid(x):
    return os.getpid()


# Elements -----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [draw, python])
def test_elements_and_states_are_those_of_threads(function):
    results, cuts = [], []
    for calls, in_processes in ((None, False), (2, False), (2, True)):
        tf.random.set_seed(7)
        dataset = D.range(10).shuffle(5).map(function, calls, in_processes=in_processes).repeat(2)
        iterator = iter(dataset)
        states, elements = [iterator.state()], []
        for element in iterator:
            elements.append(element)
            states.append(iterator.state())
        results.append(plain(elements))
        cuts.append((dataset, states))
    assert len(results[0]) == 20
    assert results[0] == results[1] == results[2]
    for mine, others in ((2, 1), (1, 2), (2, 2)):
        other = iter(cuts[mine][0])
        other.restore(json.loads(json.dumps(cuts[others][1][13])))
        assert plain(other) == results[0][13:]
    tf.random.set_seed(None)


def test_all_that_a_function_may_use_and_return():
    scale, words, call = tf.constant([2.0, 3.0]), {"a": 1}, tf.function(lambda x: x + 1)
    half = tf.constant([0.5], tf.bfloat16)

    def structured(x, y):
        return {
            "sum": (call(x), scale * 2), "words": tf.constant([b"x", b""]) + y["text"],
            "half": half, "large": np.full([300, 100], x.numpy(), np.float64) + words["a"],
            "strided": np.arange(20_000)[::2] + x.numpy(), "flag": x > 1,
        }  # fmt: skip

    source = D.from_tensor_slices(([1, 2, 3], {"text": ["p", "q", "r"]}))
    wanted = plain(source.map(structured))
    assert plain(source.map(structured, 1, in_processes=True)) == wanted
    assert len(wanted) == 3


def test_without_memory_that_is_shared(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    assert parcels.Arena.new() is None
    images = np.arange(3 * 50_000, dtype=np.float32).reshape(3, 50_000)
    dataset = D.from_tensor_slices(images).map(lambda x: x * 2, 1, in_processes=True)
    assert (np.array([x.numpy() for x in dataset]) == images * 2).all()


def test_numbers_of_other_libraries_follow_from_the_element():
    def drawn(x):
        import random

        return random.random(), np.random.rand()

    pairs = []
    for calls in (1, 2):
        tf.random.set_seed(3)
        pairs.append(plain(D.range(6).map(
            lambda x: tf.numpy_function(drawn, [x], [tf.float64, tf.float64]), calls,
            in_processes=True)))
    assert pairs[0] == pairs[1]
    assert len(np.unique(pairs[0])) == 12
    tf.random.set_seed(None)


def test_processes_last_as_long_as_their_iterator():
    dataset = D.range(6).map(of_python(pid), 1, in_processes=True)
    iterator = iter(dataset.repeat(2))
    found = [int(x) for x in iterator]
    assert len(set(found)) == 1 and found[0] != os.getpid()
    assert not is_there(found[0])
    iterator = iter(dataset)
    process = int(next(iterator))
    assert process != found[0] and is_there(process)
    del iterator
    assert all_end()
    assert not is_there(process)


def test_debug_mode_stays_in_the_program(monkeypatch):
    from eagre.data.functions import debugging

    dataset = D.range(2).map(of_python(pid), in_processes=True)
    monkeypatch.setitem(debugging, "is_on", True)
    assert {int(x) for x in dataset} == {os.getpid()}


def test_what_explain_says():
    dataset = D.range(3).map(lambda x: x + 1, 2, in_processes=True)
    assert "int64[], 3 elements; in processes" in dataset.explain()
    assert list(dataset.as_numpy_iterator()) == [1, 2, 3]
    assert "; as Python in 2 processes, " in dataset.explain()
    other = D.range(3).map(lambda x: x + 1)
    assert int(dataset.fingerprint()) == int(other.fingerprint())


@pytest.mark.parametrize(
    ("function", "is_python"),
    [
        (lambda x: int(x.numpy()), True),
        (of_python(int), True),
        (lambda x: tf.numpy_function(lambda y: y, [x], tf.int64), True),
        (lambda x: x + 1, False),
    ],
)
def test_explain_tells_who_holds_the_interpreter(function, is_python):
    from eagre.data.pace import Pace

    dataset = D.range(3).map(function, tf.data.AUTOTUNE)
    dataset.pace = Pace(tf.data.AUTOTUNE, dataset.options())
    dataset.pace.is_given_up = True
    told = dataset.explain()
    assert "threads were no faster" in told
    assert ("map(in_processes=True) may be" in told) == is_python


# Errors -------------------------------------------------------------------------------------


class OwnError(Exception):
    """An error that a process makes by its class alone."""


class TwoPartsError(Exception):
    """An error that cannot be made again of its arguments."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fails(x):
    if x == 1:
        raise OwnError("own")
    if x == 2:
        raise TwoPartsError(3, 4)
    if x == 3:
        sys.exit(5)
    if x == 4:
        raise tf.errors.NotFoundError(None, None, "nothing")
    return x


def test_errors_come_at_their_element_with_the_lines_of_the_process():
    dataset = D.range(6).map(of_python(fails), 2, in_processes=True)
    iterator = iter(dataset)
    assert int(next(iterator)) == 0
    for number, kind, text in (
        (1, OwnError, "own"), (2, RuntimeError, "TwoPartsError: 3 and 4"), (3, SystemExit, "5"),
        (4, tf.errors.NotFoundError, "nothing"),
    ):  # fmt: skip
        with pytest.raises(kind, match=text) as caught:
            next(iterator)
        assert caught.type is kind
        *stage, process = caught.value.__notes__
        if kind is not SystemExit:
            assert stage == [f"in element {number} of Dataset.map, made at {dataset.line}"]
        assert process.startswith("in process ")
        assert f'File "{__file__}", line ' in process and "in fails" in process
        assert "raise OwnError" in process or number != 1
    assert int(next(iterator)) == 5


def test_what_cannot_be_sent():
    variable, lock = tf.Variable(1, dtype=tf.int64), threading.Lock()
    number = r"Dataset.map\(in_processes=True\) expected a function that goes to other processes"
    with pytest.raises(TypeError, match=number + ".* a variable, whose value would not be the"):
        D.range(3).map(lambda x: x + variable, in_processes=True)
    with pytest.raises(TypeError, match=number + ".* cannot be sent: .*lock"):
        D.range(3).map(lambda x: x + bool(lock), in_processes=True)
    with pytest.raises(TypeError, match="expected elements of tensors. Received: DatasetSpec"):
        D.range(3).window(2).map(lambda x: x.batch(2), in_processes=True)


def test_without_cloudpickle(monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(ImportError, match=r"pip install 'eagre\[data\]'"):
        D.range(3).map(lambda x: x, in_processes=True)


def test_processes_begin_no_processes():
    def inner(x):
        return len(list(D.range(2).map(lambda y: y, in_processes=True)))

    dataset = D.range(2).map(of_python(inner), 1, in_processes=True)
    with pytest.raises(RuntimeError, match="to begin processes from the program of the user"):
        next(iter(dataset))


def test_a_module_that_is_not_there():
    import types

    module = types.ModuleType("not_there")
    exec("def function(x):\n    return x", vars(module))
    sys.modules["not_there"] = module
    try:
        dataset = D.range(2).map(module.function, 1, in_processes=True)
    finally:
        del sys.modules["not_there"]
    with pytest.raises(ModuleNotFoundError, match="not_there") as caught:
        next(iter(dataset))
    assert caught.value.__notes__[-1].startswith("in process ")


# Killed -------------------------------------------------------------------------------------


def test_a_process_killed_from_outside_loses_nothing():
    dataset = D.range(40).map(
        lambda x: (x, tf.py_function(pid, [x], tf.int64)), 2, in_processes=True)
    iterator, found = iter(dataset), []
    for number, (x, process) in enumerate(iterator):
        found.append(int(x))
        if number in (0, 12):
            os.kill(int(process), signal.SIGKILL)
    assert found == list(range(40))
    assert " lost and replaced" in dataset.explain()


def test_a_call_that_no_process_survives():
    def dies(x):
        if x == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    dataset = D.range(6).map(of_python(dies), 2, in_processes=True)
    iterator = iter(dataset)
    assert [int(next(iterator)) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(tf.errors.UnavailableError, match="survive element 3.*SIGKILL") as caught:
        next(iterator)
    assert caught.value.__notes__ == [
        f"in element 3 of Dataset.map, made at {dataset.line}"]
    assert [int(x) for x in iterator] == [4, 5]
    assert ", 3 lost and replaced" in dataset.explain()


PROGRAM = """
import os, signal, sys, threading
sys.path.insert(0, {folder!r})
import eagre as tf

program = os.getpid()

def wait(x):
    if x == 4:  # 0 has been printed when 4 is asked for
        os.kill(program, signal.{signal})
        threading.Event().wait()
    return x

def pipeline():
    dataset = tf.data.Dataset.range(9)
    return dataset.map(lambda x: tf.py_function(wait, [x], tf.int64), 2, in_processes=True)

try:
    for x in pipeline():
        print(int(x), flush=True)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(("kind", "code"), [("SIGINT", 0), ("SIGKILL", -signal.SIGKILL)])
def test_no_process_outlives_the_program(kind, code):
    """The end of the standard error is read only when nobody can write to it any more."""
    text = PROGRAM.format(folder=os.getcwd(), signal=kind)
    found = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=100)
    assert (found.returncode, found.stderr) == (code, "")
    assert found.stdout.startswith("0\n")
    assert found.stdout.endswith("interrupted\n") == (kind == "SIGINT")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_leaves_the_processes_to_the_program():
    iterator = iter(D.range(9).map(lambda x: x + 1, 1, in_processes=True))
    assert int(next(iterator)) == 1
    child = os.fork()
    if not child:
        try:
            del iterator
            gc.collect()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert [int(x) for x in iterator] == list(range(2, 10))
