"""The example programs: each does what it says, and the same bits eagerly and traced."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import eagre as tf
from tests.test_gradient_examples import SMALL as GRADIENTS

FOLDER = Path(__file__).parent.parent / "examples"
SMALL = {
    "attention": {"steps": 80, "length": 6},
    "game_of_life": {"size": 8, "generations": 32},
    "hamiltonian": {"steps": 60, "chains": 60},
    "k_means": {"clusters": 4, "samples": 400},
    "kalman_filter": {"steps": 60},
    "principal_components": {"components": 10},
    "recurrent": {"steps": 100, "length": 6},
    "regression": {"degree": 5, "samples": 100},
    "spectral_clustering": {"samples": 150},
    "spectral_filter": {"samples": 1024},
}


def load(name):
    spec = importlib.util.spec_from_file_location(f"{name}_example", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, **options):
    return load(name).main(**{**SMALL[name], **options})


def bits(structure):
    return [(x.dtype, x.shape, x.tobytes()) for x in map(np.asarray, tf.nest.flatten(structure))]


def test_no_example_is_left_out():
    """Each runs traced to eager bits: here, in the tests of gradients, or by a step of its own."""
    others = {"digits", "resume"} | {"digits_files", "text_files"}  # with the steps of two others
    known = SMALL.keys() | GRADIENTS.keys() | others
    assert {path.stem for path in FOLDER.glob("*.py")} == known


@pytest.fixture
def run_eagerly():
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize("name", SMALL)
def test_functions_give_the_eager_bits(name, run_eagerly, capsys):
    eager, eager_text = bits(run(name)), capsys.readouterr().out
    tf.config.run_functions_eagerly(False)
    assert bits(run(name)) == eager
    assert capsys.readouterr().out == eager_text
    assert eager_text


def test_principal_components_are_those_of_scikit_learn(tmp_path):
    picture = tmp_path / "components.png"
    shares, directions, copies = run("principal_components", picture=picture)
    points = load_digits().data
    expected = PCA(10, svd_solver="full").fit(points)
    np.testing.assert_allclose(shares, expected.explained_variance_ratio_, rtol=1e-10)
    cosines = np.abs(np.sum(directions.numpy() * expected.components_, axis=1))
    np.testing.assert_allclose(cosines, 1, rtol=1e-10)
    rebuilt = expected.inverse_transform(expected.transform(points))
    np.testing.assert_allclose(copies, rebuilt, atol=1e-9)
    assert picture.stat().st_size > 5_000


def test_k_means_never_gets_worse_and_ends_at_the_means():
    centers, assignment, groups, inertias = run("k_means")
    assert len(inertias) > 2
    assert all(after <= before for before, after in zip(inertias, inertias[1:], strict=False))
    pairs = set(zip(groups.numpy().tolist(), assignment.numpy().tolist(), strict=True))
    assert len(pairs) == len(centers) == 4


def test_the_kalman_filter_gives_the_posterior_of_all_that_was_seen():
    steps, program = 12, load("kalman_filter")
    _, measurements, means, covariances = program.main(steps=steps)
    motion, push, look, noise = (
        each.numpy() for each in (program.MOTION, program.PUSH, program.LOOK, program.NOISE)
    )
    # The joint Gaussian of all states and measurements, conditioned in one piece.
    powers = [np.linalg.matrix_power(motion, n) for n in range(steps + 1)]
    spread = {0: 100 * np.eye(4)}
    for n in range(steps):
        spread[n + 1] = motion @ spread[n] @ motion.T + push

    def joint(n, m):
        return powers[n - m] @ spread[m] if n >= m else spread[n] @ powers[m - n].T

    times = range(1, steps + 1)
    blocks = [[look @ joint(n, m) @ look.T + (n == m) * noise for m in times] for n in times]
    seen = np.block(blocks)
    cross = np.hstack([joint(steps, m) @ look.T for m in times])
    gain = np.linalg.solve(seen, cross.T).T
    np.testing.assert_allclose(means[-1], gain @ measurements.numpy().ravel(), rtol=1e-9)
    np.testing.assert_allclose(covariances[-1], spread[steps] - gain @ cross.T, atol=1e-9)


def test_the_kalman_filter_is_nearer_than_the_measurements():
    states, measurements, means, _ = run("kalman_filter", steps=150)
    program = load("kalman_filter")
    off = program.distance(means[20:, :2], states[20:, :2])
    assert off < 0.6 * program.distance(measurements[20:], states[20:, :2])


def test_spectral_clustering_finds_both_moons():
    labels, _, values, right = run("spectral_clustering", samples=300)
    assert float(right) > 0.97
    assert abs(float(values[0])) < 1e-12 < float(values[1])
    assert 0.4 < float(tf.reduce_mean(tf.cast(labels, tf.float64))) < 0.6


def test_the_spectral_filter_finds_the_tones():
    clean, noisy, filtered, tones = run("spectral_filter")
    np.testing.assert_array_equal(tones, [50, 120])
    program = load("spectral_filter")
    assert float(program.ratio(clean, filtered)) > float(program.ratio(clean, noisy)) + 15


def test_the_recurrent_cell_learns_parity():
    history = run("recurrent", steps=120)
    assert history[0][1] < 0.7
    assert min(accuracy for _, accuracy in history[-10:]) > 0.99


def test_attention_learns_to_reverse():
    history = run("attention", steps=100)
    assert history[0][1] < 0.3
    assert min(accuracy for _, accuracy in history[-10:]) > 0.99


def test_the_glider_walks_one_cell_in_four_generations_and_returns():
    boards = [board.numpy() for board in run("game_of_life")]
    assert boards[0].sum() == 5 and len(boards) == 9
    for step, board in enumerate(boards):
        np.testing.assert_array_equal(board, np.roll(boards[0], (step, step), (0, 1)))


def test_hamiltonian_samples_have_the_moments_of_the_target():
    samples, rate = run("hamiltonian", steps=150, chains=200)
    program = load("hamiltonian")
    points = samples.numpy().reshape(-1, 2)
    assert 0.85 < float(rate) < 0.99
    np.testing.assert_allclose(points.mean(0), program.MEAN, atol=0.05)
    np.testing.assert_allclose(np.cov(points.T), program.COVARIANCE, atol=0.1)


def test_the_slope_is_that_of_the_closed_form():
    program = load("hamiltonian")
    x = tf.constant(np.random.default_rng(0).normal(size=(7, 2)))
    expected = -(x - program.MEAN).numpy() @ np.linalg.inv(program.COVARIANCE.numpy())
    np.testing.assert_allclose(program.slope(x), expected, rtol=1e-12)


def test_regression_by_qr_is_the_least_squares_solution():
    matrix, values, solution, other, residual = run("regression", degree=9)
    expected, squares, *_ = np.linalg.lstsq(matrix.numpy(), values.numpy(), rcond=None)
    np.testing.assert_allclose(residual, np.sqrt(squares[0] / 100), rtol=1e-9)
    by_qr, by_square = (np.abs(each.numpy() - expected).max() for each in (solution, other))
    assert by_qr < 1e-6
    assert by_qr < by_square / 10
