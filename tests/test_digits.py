"""The digits example: its training step gives the same bits eagerly and as a graph."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import eagre as tf

PLACE = Path(__file__).parent.parent / "examples" / "digits.py"


@pytest.fixture(scope="module")
def digits():
    spec = importlib.util.spec_from_file_location("digits_example", PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fresh(digits):
    tf.random.set_seed(3)
    network = digits.Network()
    return network, tf.optimizers.Adam(0.003)


def batches(digits, sizes):
    (images, labels), _ = digits.load()
    start = 0
    for size in sizes:
        yield tf.constant(images[start : start + size]), tf.constant(labels[start : start + size])
        start += size


@pytest.mark.parametrize("size", [None, 16])
def test_the_traced_step_gives_the_eager_bits(digits, size):
    sizes = [16, 16, 16] if size else [16, 7, 1]
    network, optimizer = fresh(digits)
    eager = [digits.train_step(network, optimizer, *batch) for batch in batches(digits, sizes)]
    copy, other = fresh(digits)
    other.build(copy.trainable_variables)
    graph = tf.trace(
        lambda images, labels: digits.train_step(copy, other, images, labels),
        tf.TensorSpec([size, 8, 8, 1], tf.float32),
        tf.TensorSpec([size], tf.int64),
    )
    graph.check()
    traced = [graph(*batch) for batch in batches(digits, sizes)]
    assert [x.numpy().tobytes() for x in traced] == [x.numpy().tobytes() for x in eager]
    pairs = zip(
        (*network.variables, *optimizer.variables), (*copy.variables, *other.variables),
        strict=True)
    for a, b in pairs:
        assert a.numpy().tobytes() == b.numpy().tobytes(), a.name


def test_the_loss_falls(digits):
    (images, labels), _ = digits.load()
    network, optimizer = fresh(digits)
    losses = digits.train(network, optimizer, images[:640], labels[:640], epochs=2)
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_the_program_runs(digits, tmp_path, monkeypatch, capsys):
    picture = tmp_path / "digits.png"
    monkeypatch.setattr(sys, "argv", ["digits.py", "--epochs", "1", "--picture", str(picture)])
    digits.main()
    assert "Test accuracy" in capsys.readouterr().out
    assert picture.stat().st_size > 10_000
