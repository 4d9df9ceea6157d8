"""Programs as people write them: TensorFlow's results, and the same bits as graphs.

Each file of this folder is a program with a `main` that returns its results. It reads as an
example of its field, and is small. What TensorFlow makes of them is written by
`tests/oracle/make_programs.py`.
"""

import functools

import numpy as np
import pytest

import eagre as tf
from tests.oracle import make_programs as oracle

with np.load(oracle.FILE) as _file:
    ANSWERS = dict(_file)

# How far single precision goes apart, of the largest number, where not within 3e-5.
LOOSE = {"object_detection": 5e-4, "graph_network": 2e-4}

# Items enter a tensor array in the graph: see docs/decisions/loop-gradients.md.
OTHER_BITS = {"gru_language_model"}


@functools.cache
def results(name, is_eager):
    tf.config.run_functions_eagerly(is_eager)
    try:
        return oracle.run(name)
    finally:
        tf.config.run_functions_eagerly(False)


def close(found, expected, tolerance):
    """Whether arrays are equal, or floats within a part of the largest."""
    assert found.shape == expected.shape and found.dtype == expected.dtype
    if expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(found, expected)
        return
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * scale)


def test_each_program_was_run_by_tensorflow():
    assert {key.split("/")[0] for key in ANSWERS} == {"version", *oracle.NAMES}


@pytest.mark.parametrize("name", oracle.NAMES)
def test_the_results_are_those_of_tensorflow(name):
    found = results(name, True)
    expected = {key: value for key, value in ANSWERS.items() if key.split("/")[0] == name}
    assert list(found) == list(expected)
    for key, value in expected.items():
        close(found[key], value, LOOSE.get(name, 3e-5))


@pytest.mark.parametrize("name", oracle.NAMES)
def test_functions_have_the_bits_of_eager_code(name):
    found, expected = results(name, False), results(name, True)
    if name in OTHER_BITS:
        for key, value in expected.items():
            close(found[key], value, 1e-5)
        return
    differing = [key for key, value in expected.items() if found[key].tobytes() != value.tobytes()]
    assert not differing
