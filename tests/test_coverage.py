"""The page that lists names is up to date, and names that are not there say so."""

import difflib

import pytest

import eagre as tf
from eagre.core.absent import MissingNameError, tensorflow_names
from tests import make_coverage


def test_the_page_is_up_to_date():
    old, new = make_coverage.PAGE.read_text(encoding="utf-8"), make_coverage.page()
    difference = "\n".join(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0))
    assert not difference, f"run python -m tests.make_coverage\n{difference[:2000]}"


def message_of(function):
    with pytest.raises(AttributeError) as caught:
        function()
    return str(caught.value)


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (lambda: tf.reduce_man, "tf.reduce_mean"),
        (lambda: tf.log, "tf.math.log"),
        (lambda: tf.relu, "tf.nn.relu"),
        (lambda: tf.nn.relu7, "tf.nn.relu"),
        (lambda: tf.math.reshape, "tf.reshape"),
        (lambda: tf.random.experimental.Generatr, "tf.random.experimental.Generator"),
    ],
)
def test_the_nearest_name_is_named(function, advice):
    assert f"Did you mean {advice}?" in message_of(function)


def test_a_name_of_tensorflow_is_known_as_such():
    name = "load_op_library"
    assert name in tensorflow_names()["tf"] and name not in tf.__all__
    assert "a name of TensorFlow" in message_of(lambda: tf.load_op_library)
    assert "a name of TensorFlow" not in message_of(lambda: tf.surely_not_there)


def test_asking_costs_no_message():
    assert not hasattr(tf, "surely_not_there")
    assert getattr(tf.nn, "surely_not_there", 3) == 3
    assert MissingNameError("eagre", "tf", "a").args == ("eagre", "tf", "a")


def test_the_list_holds_what_programs_use():
    names = tensorflow_names()
    assert {"constant", "Variable", "function", "nn"} <= names["tf"]
    assert len(names["tf.math"]) > 100
    assert not {"Session", "placeholder"} & names["tf"]
