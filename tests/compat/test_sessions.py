"""Graphs built by hand and sessions, against TensorFlow, and against eager values."""

import gc
import json
import weakref

import numpy as np
import pytest

import eagre as tf
from tests.oracle import make_sessions as oracle

v1 = tf.compat.v1
EXPECTED = json.loads(oracle.FILE.read_text())


def alike(found, wanted):
    """Whether two outcomes agree: floating-point numbers nearly, all else exactly."""
    if isinstance(wanted, float) and isinstance(found, float):
        return np.isclose(found, wanted, rtol=2e-5, atol=1e-6)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(alike, found, wanted))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(alike(found[k], wanted[k]) for k in wanted)
    return found == wanted


@pytest.mark.parametrize("name", oracle.CASES)
def test_case(name):
    found = oracle.outcome(v1, name, (tf.errors.OpError, TypeError, ValueError, RuntimeError,
                                      KeyError, AssertionError))
    assert alike(json.loads(json.dumps(found)), EXPECTED[name]), f"{found}\n{EXPECTED[name]}"


def test_all_cases_are_there():
    assert EXPECTED.keys() == oracle.CASES.keys()
