"""Programs with `tf.function` do what TensorFlow says that they do."""

import json

import pytest

import eagre as tf
from tests.oracle import make_functions as oracle

ANSWERS = json.loads(oracle.FILE.read_text(encoding="utf-8"))


def test_all_cases_were_answered():
    assert sorted(ANSWERS) == sorted(oracle.CASES)


@pytest.mark.parametrize("name", sorted(oracle.CASES))
def test_the_outcome_is_that_of_tensorflow(name):
    assert oracle.outcome(tf, name) == ANSWERS[name]
