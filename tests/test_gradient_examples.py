"""The examples of gradients: each learns what it says, with the same bits eagerly and traced."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import eagre as tf

FOLDER = Path(__file__).parent.parent / "examples"
SMALL = {
    "autoencoder": {"epochs": 2},
    "characters": {"steps": 10, "length": 10, "batch": 4, "units": 16},
    "linear_regression": {},
    "meta_learning": {"steps": 10, "tasks": 4},
    "no_u_turn": {"steps": 30, "burn": 5},
    "trees": {"steps": 15, "is_traced": True},
}


@pytest.fixture
def load(monkeypatch):
    # An example may import another one that stands beside it.
    monkeypatch.syspath_prepend(FOLDER)

    def module_of(name):
        spec = importlib.util.spec_from_file_location(f"{name}_example", FOLDER / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return module_of


def bits(structure):
    """All numbers and texts of a structure of results."""
    leaves = [x.variables if isinstance(x, tf.Module) else x for x in tf.nest.flatten(structure)]
    leaves = [x if isinstance(x, str) else np.asarray(x) for x in tf.nest.flatten(leaves)]
    return [x if isinstance(x, str) else (x.dtype, x.shape, x.tobytes()) for x in leaves]


@pytest.fixture
def eagerly():
    def run(function, *args, **options):
        tf.config.run_functions_eagerly(True)
        try:
            return function(*args, **options)
        finally:
            tf.config.run_functions_eagerly(False)

    return run


@pytest.mark.parametrize("name", SMALL)
def test_functions_give_the_eager_bits(name, load, eagerly, capsys):
    program = load(name)
    expected = bits(eagerly(program.main, **SMALL[name]))
    text = capsys.readouterr().out
    assert bits(program.main(**SMALL[name])) == expected
    assert text and capsys.readouterr().out == text


def test_the_line_is_that_of_least_squares(load):
    losses, line, (x, y) = load("linear_regression").main(samples=50)
    slope, height = np.polyfit(x.numpy(), y.numpy(), 1)
    np.testing.assert_allclose([line.slope, line.height], [slope, height], atol=1e-3)
    assert 5 < len(losses) < 100
    assert all(losses[1:].numpy() <= losses[:-1].numpy() + 1e-6)


def test_the_elbo_rises_above_that_of_independent_pixels(load, tmp_path):
    program, picture = load("autoencoder"), tmp_path / "plane.png"
    history, unseen = program.main(epochs=25, picture=picture)
    assert history[0] < history[4] < history[-1]
    pixels = program.load_digits().data / 16
    mean = np.clip(pixels.mean(axis=0), 1e-6, 1 - 1e-6)
    alone = np.sum(mean * np.log(mean) + (1 - mean) * np.log(1 - mean))
    assert unseen > alone + 1
    assert picture.stat().st_size > 2_000


def test_trajectories_adapt_and_the_samples_have_the_moments_of_the_banana(load):
    points, levels = load("no_u_turn").main(steps=300)
    np.testing.assert_allclose(points.numpy().mean(axis=0), [0, 0.5], atol=0.2)
    np.testing.assert_allclose(points.numpy().std(axis=0), [1, 0.75**0.5], rtol=0.15)
    assert len(set(levels)) >= 4
    # How far a point is off the bend is normal, whatever the first coordinate.
    x, y = points.numpy().T
    off = (y - 0.5 * x**2) / 0.5
    assert abs(off.mean()) < 0.15 and abs(off.std() - 1) < 0.15


def test_the_motion_keeps_the_energy_and_can_be_undone(load):
    program = load("no_u_turn")
    state = start = tf.constant([[0.3, -0.2], [1.0, 0.5]], tf.float64)
    for _ in range(20):
        state = program.leapfrog(state, 0.05)
    assert abs(float(program.energy(state) - program.energy(start))) < 1e-2
    for _ in range(20):
        state = program.leapfrog(state, -0.05)
    np.testing.assert_allclose(state, start, rtol=1e-12)


def test_meta_learned_weights_adapt_in_a_few_steps(load):
    curves = load("meta_learning").main(steps=300)
    learned, plain = curves["meta-learned"], curves["pre-trained"]
    assert learned[5] < 0.5 * learned[0]
    assert learned[1] < 0.8 * plain[1]
    assert learned[5] < 0.6 * plain[5]


def test_the_tree_understands_what_the_bag_of_words_does_not(load):
    accuracies, losses = load("trees").main(steps=500)
    assert accuracies["tree"] > accuracies["bag of words"] + 0.15
    assert np.mean(losses["tree"][-50:]) < 0.3 * np.mean(losses["tree"][:50])


def test_recursion_and_stack_are_the_same_network(load):
    program = load("trees")
    network = program.TreeNetwork()
    formula = ("or", ("and", "true", ("not", "false")), ("xor", "false", "true"))
    numbers = program.postfix(formula)
    assert [program.WORDS[n] for n in numbers] == "true false not and false true xor or".split()
    assert [program.is_true(part) for part in program.parts_of(formula)][-4:] == [0, 1, 1, 1]
    assert bits(network.by_stack(tf.constant(numbers))) == bits(network(formula))


def test_the_text_has_words(load):
    program = load("characters")
    losses, text = program.main(steps=100, length=20, batch=16, units=48, rate=0.01)
    assert np.mean(losses[-10:]) < 0.85 * losses[0]
    words = set(program.load().split())
    written = re.findall("[a-z]{2,}", text.removeprefix("the function "))
    assert sum(word in words for word in written) > 0.3 * len(written) > 3


def test_the_step_of_resume_gives_the_eager_bits(load, eagerly, tmp_path):
    program = load("resume")
    found = []
    for folder, run in (("eager", eagerly), ("traced", lambda function: function())):
        training = program.Training(tmp_path / folder, 100)
        step = tf.function(training.take_step)
        losses = [run(step).numpy() for _ in range(5)]
        variables = (*training.model.variables, *training.optimizer.variables)
        found.append((losses, [x.numpy().tobytes() for x in variables], int(training.step)))
    assert found[0] == found[1]
    assert found[0][2] == 5
