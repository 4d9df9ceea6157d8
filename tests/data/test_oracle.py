"""Pipelines beside those of TensorFlow: elements, specs, cardinalities and errors."""

import json

import numpy as np
import pytest

import eagre as tf
from tests.oracle.make_data import CASES, FILE, outcome

ORACLE = json.loads(FILE.read_text())
BUILTIN = {"TypeError", "ValueError"}


def test_the_oracle_is_complete():
    assert list(ORACLE) == CASES


@pytest.mark.parametrize("expression", CASES)
def test_as_tensorflow(expression):
    wanted, found = ORACLE[expression], outcome(tf, expression)
    if "error" not in wanted:
        assert close(found, wanted)
        return
    kind = next(name for name in wanted["error"] if name in BUILTIN or hasattr(tf.errors, name))
    assert kind in found.get("error", []), found


def close(found, wanted):
    """Whether two outcomes are one; a result of the sine may differ in its last bits."""
    if found == wanted:
        return True
    if isinstance(wanted, list) and len(wanted) == 3 and wanted[0] in ("float32", "float64"):
        np.testing.assert_allclose(eval(found[2]), eval(wanted[2]), rtol=1e-6)
        return found[:2] == wanted[:2]
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(close(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        return all(close(a, b) for a, b in zip(found, wanted, strict=True))
    return False
