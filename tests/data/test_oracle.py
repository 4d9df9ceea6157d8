"""Pipelines beside those of TensorFlow: elements, specs, cardinalities and errors."""

import json

import numpy as np
import pytest

import eagre as tf
from tests.oracle import make_data, make_stages

SCRIPTS = (make_data, make_stages)
ORACLE = {script: json.loads(script.FILE.read_text()) for script in SCRIPTS}
CASES = [(script, expression) for script in SCRIPTS for expression in script.CASES]
BUILTIN = {"TypeError", "ValueError"}


def test_the_oracle_is_complete():
    assert all(list(ORACLE[script]) == script.CASES for script in SCRIPTS)


@pytest.mark.parametrize(("script", "expression"), CASES, ids=[case for _, case in CASES])
def test_as_tensorflow(script, expression):
    wanted, found = ORACLE[script][expression], script.outcome(tf, expression)
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
