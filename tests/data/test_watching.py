"""What a pipeline tells of itself: explain, shares of the waiting, progress bars, debug mode."""

import io
import re
import threading

import pytest

import eagre as tf
from eagre.data import clock, functions, pace

D = tf.data.Dataset


@pytest.fixture
def time(monkeypatch):
    """A clock that only moves when it is told to."""
    now = [1.0]

    class Time:
        def passes(self, seconds):
            now[0] += seconds

    for module in (clock, pace):
        monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    monkeypatch.setattr(pace, "thread_time", lambda: 0.0)
    return Time()


def shares(dataset):
    """The part of the waiting of each stage, by its name."""
    return {name: int(share) for name, share in
            re.findall(r"Dataset\.(\w+) .*; (\d+)% of the waiting", dataset.explain())}


def test_shares_of_the_waiting(time):
    def slow(x, seconds):
        return tf.py_function(lambda x: time.passes(seconds) or x, [x], tf.int64)

    dataset = D.range(20).map(lambda x: slow(x, 1.0)).filter(lambda x: slow(x, 3.0) >= 0).batch(4)
    assert "waiting" not in dataset.explain()
    for _ in dataset:
        pass
    assert shares(dataset) == {"batch": 0, "filter": 75, "map": 25, "range": 0}
    assert "waiting: 16 s an element, measured over 5 of the last run" in dataset.explain()


def test_the_clock_is_on_now_and_then(time):
    dataset = D.range(20_000).map(lambda x: x).filter(lambda x: x >= 0)
    iterator = iter(dataset)
    measured = []
    for _ in range(20_000):
        next(iterator)
        measured.append(dataset.clock.is_on)
    assert 2000 < sum(measured) < 7000
    assert not measured[1500] and measured[2100] and not measured[3900]


def test_a_restored_iterator_is_measured(time):
    dataset = D.range(50).map(lambda x: x)
    iterator = iter(dataset)
    for _ in range(7):
        next(iterator)
    other = iter(dataset)
    other.restore(iterator.state())
    assert len(list(other)) == 43
    assert dataset.clock.elements == 43


def test_explain_says_what_was_chosen(time):
    def slow(x):
        return tf.py_function(lambda x: time.passes(1e-3) or x, [x], tf.int64)

    options = tf.data.Options()
    options.autotune.cpu_budget = 1
    options.threading.private_threadpool_size = 3
    dataset = D.range(99).map(slow, tf.data.AUTOTUNE).with_options(options)
    assert "calls at a time by AUTOTUNE" in dataset.explain()
    for _ in dataset:
        pass
    wanted = r"up to 3 calls at a time, [\d.]+ m?s each|threads were no faster"
    assert re.search(wanted, dataset.explain())
    cheap = D.range(99).map(lambda x: tf.py_function(lambda y: y, [x], tf.int64), 4)
    for _ in cheap:
        pass
    assert "in the caller's thread: 0 us a call" in cheap.explain()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 us"), (12.34e-6, "12.3 us"), (999.4e-6, "999 us"), (999.6e-6, "1 ms"), (0.5, "500 ms"),
     (0.9999, "1 s"), (75.0, "75 s")],
)  # fmt: skip
def test_durations(seconds, said):
    assert pace.duration(seconds) == said


def test_a_progress_bar(monkeypatch, capsys):
    dataset = D.range(10).filter(lambda x: x < 9).batch(2).with_progress("steps")
    assert len(list(dataset)) == 5
    assert "steps: 5element" in capsys.readouterr().err
    known = D.range(6).batch(2).with_progress()
    iterator = iter(known)
    next(iterator)
    state = iterator.state()
    next(iterator)
    iterator.restore(state)
    assert len(list(iterator)) == 2
    assert "100%|##########| 3/3" in capsys.readouterr().err.replace("█", "#")
    batched = D.range(6).with_progress().batch(4)
    assert [each.numpy().tolist() for each in batched] == [[0, 1, 2, 3], [4, 5]]
    assert "6/6" in capsys.readouterr().err


def test_a_bar_without_tqdm(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="with_progress expected tqdm .* Install eagre.data."):
        list(D.range(3).with_progress())


def test_debug_mode_runs_everything_in_the_caller_s_thread(monkeypatch):
    monkeypatch.setitem(functions.debugging, "is_on", False)
    tf.data.experimental.enable_debug_mode()
    threads, seen = set(), []

    def look(x):
        threads.add(threading.get_ident())
        seen.append(int(x))
        return x

    options = tf.data.Options()
    options.autotune.enabled = False
    dataset = D.range(3).map(look, 4).prefetch(2).interleave(
        lambda x: D.from_tensors(x).map(look), 2, 1, 4).batch(2, num_parallel_calls=4)
    seen.clear()
    assert [x.numpy().tolist() for x in dataset.with_options(options)] == [[0, 1], [2]]
    assert threads == {threading.get_ident()}
    assert seen == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert "one after the other: debug mode" in dataset.explain()


def test_a_breakpoint_stops_in_debug_mode(monkeypatch):
    import pdb

    monkeypatch.setitem(functions.debugging, "is_on", False)
    tf.data.experimental.enable_debug_mode()
    monkeypatch.setattr("sys.stdin", io.StringIO("p int(x) + 40\nc\n" * 4))
    out = io.StringIO()

    def look(x):
        pdb.Pdb(stdout=out).set_trace()
        return x

    assert [int(x) for x in D.range(2).map(look, 2)] == [0, 1]
    assert "40" in out.getvalue() and "41" in out.getvalue()
