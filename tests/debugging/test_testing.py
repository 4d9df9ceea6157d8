"""`tf.test`: what a test case, a benchmark and `main` do besides asserting."""

import os
import sys
import unittest

import numpy as np
import pytest

import eagre as tf


class Sample(tf.test.TestCase):
    def test_draw(self):
        self.drawn = tf.random.uniform([2]).numpy(), np.random.rand()
        self.folder = self.get_temp_dir()
        assert os.path.isdir(self.folder)

    def test_failing(self):
        self.assertAllClose([1.0, 2.0], [1.0, 3.0], msg="of layer 2")

    def test_operation_error(self):
        with self.assertRaisesOpError("shapes that broadcast"):
            tf.add(tf.ones(2), tf.ones(3))


Sample.__test__ = False  # run below, not by the test runner


def run(name):
    case = Sample(name)
    result = unittest.TestResult()
    case.run(result)
    return case, result


def test_each_test_starts_from_the_same_seeds_and_removes_its_folder():
    (first, result), (second, _) = run("test_draw"), run("test_draw")
    assert result.wasSuccessful()
    assert np.array_equal(first.drawn[0], second.drawn[0]) and first.drawn[1] == second.drawn[1]
    assert not os.path.exists(first.folder)


def test_a_failure_shows_the_elements_and_the_message():
    _, result = run("test_failing")
    text = result.failures[0][1]
    assert "at [1]: 2.0 and 3.0" in text and "1 of 2 elements" in text and "of layer 2" in text


def test_an_operation_that_fails_is_caught_by_its_words():
    _, result = run("test_operation_error")
    assert result.wasSuccessful()


class Timing(tf.test.Benchmark):
    calls = 0

    def benchmark_square(self):
        def square():
            Timing.calls += 1
            return tf.square(3.0)

        found = self.run_op_benchmark(None, square, burn_iters=1, min_iters=5, mbs=1.0)
        assert found["name"] == "benchmark_square" and found["wall_time"] > 0
        assert self.evaluate([tf.constant(1)]) == [1]

    def benchmark_report(self):
        self.report_benchmark(iters=3, wall_time=0.5, extras={"loss": 2}, metrics=[
            {"name": "rate", "value": 7}])


def test_main_runs_the_benchmarks_that_match(capsys):
    Timing.calls = 0
    tf.test.main(["program", "--benchmarks=Timing.*square"])
    assert Timing.calls == 6
    assert "Timing.benchmark_square: iters=5, wall_time=" in capsys.readouterr().out
    tf.test.main([sys.argv[0], "--benchmarks=report"])
    line = "Timing.benchmark_report: iters=3, wall_time=0.5, loss=2, rate=7\n"
    assert capsys.readouterr().out == line


def test_a_benchmark_needs_a_function():
    with pytest.raises(TypeError, match="without arguments"):
        Timing().run_op_benchmark(None, tf.constant(1))


def test_main_runs_the_tests(monkeypatch):
    called = []
    monkeypatch.setattr(unittest, "main", lambda argv: called.append(argv))
    tf.test.main(["program", "-v"])
    assert called == [["program", "-v"]]


def test_cpu_targets():
    kinds = ["aarch64", "arm", "pcc", "x86_64"]
    assert sum(tf.test.is_cpu_target_available(kind) for kind in kinds) <= 1
    with pytest.raises(ValueError, match="'z80'"):
        tf.test.is_cpu_target_available("z80")


def test_a_gradient_that_is_not_one_shows():
    theory, numeric = tf.test.compute_gradient(lambda x: tf.stop_gradient(x) * x, [[3.0]])
    assert theory[0] == 3.0 and numeric[0] == 6.0
