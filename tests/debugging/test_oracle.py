"""Assertions, devices, printing, inspection and `tf.test` against TensorFlow's outcomes."""

import pytest

import eagre as tf
from eagre.core import devices
from tests.oracle import make_debugging as oracle
from tests.oracle.make_tensor import outcome

TABLE = oracle.names(tf)
PLACES = "<tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 1], dtype=int32)>"
WIDE = "tf.histogram_fixed_width_bins(tf.constant([1.0, 7], tf.float{}), [0.0, 5.0], nbins=2)"
DEPARTURES = {
    # The data are looked at although the condition holds.
    "D.Assert(True, 3)": "TypeError",
    # Booleans are left out as numbers are.
    "printed(tf.constant(True), tf.constant([True, False]), summarize=0)": "'... [ ...]\\n'",
    # Python numbers take the dtype of the tensor beside them.
    WIDE.format(16): PLACES,
    WIDE.format(64): PLACES,
}
ALL = {section: dict(oracle.cases(section)) for section in oracle.SECTIONS}
CASES = [
    pytest.param(section, expression, id=f"{section} {expression}")
    for section, cases in ALL.items()
    for expression in cases
]


@pytest.fixture(autouse=True)
def _no_device_is_configured(monkeypatch):
    """Examples in the documentation have configured the CPU in this very process."""
    monkeypatch.setattr(devices, "_configurations", {})


def agrees(found, expected):
    """The same text, or an error that is at least of the class."""
    if "value" in expected or "value" in found:
        return found == expected
    return expected["raises"][0] in found["raises"]


@pytest.mark.parametrize(("section", "expression"), CASES)
def test_as_tensorflow(section, expression):
    found, expected = outcome(expression, TABLE), ALL[section][expression]
    if expression in DEPARTURES:
        assert found != expected
        assert found.get("value", found.get("raises", [None])[0]) == DEPARTURES[expression]
    else:
        assert agrees(found, expected), (found, expected)


@pytest.mark.parametrize("expression", oracle.TRACED)
def test_traced_as_tensorflow(expression):
    assert oracle.traced(tf, tf.trace, expression) == dict(oracle.cases("traced"))[expression]
