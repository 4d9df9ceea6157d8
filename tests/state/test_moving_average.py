"""`ExponentialMovingAverage`, and the views of graphs of objects, against what TensorFlow did."""

import json
from pathlib import Path

import pytest

import eagre as tf
from tests.oracle.make_averages import DECAYS, DTYPES, averages_of, views

ORACLE = json.loads(
    (Path(__file__).parents[1] / "oracle" / "averages.json").read_text(encoding="utf-8"))
Averages = tf.train.ExponentialMovingAverage


@pytest.mark.parametrize("is_traced", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", DECAYS)
def test_averages_have_tensorflows_bits(name, dtype, is_traced):
    expected = ORACLE["averages"][f"{name} {dtype} {is_traced}"]
    assert averages_of(tf, *DECAYS[name], dtype, is_traced) == expected


def test_views_tell_what_tensorflows_tell(tmp_path):
    expected = dict(ORACLE["views"])
    expected["no object"] = "InvalidArgumentError"
    assert json.loads(json.dumps(views(tf, tmp_path))) == expected


def test_views_of_optimizers(tmp_path):
    """Slots belong to pairs of an optimizer and a variable: they are parts of neither."""
    v, optimizer = tf.Variable([1.0]), tf.optimizers.Adam()
    optimizer.build([v])
    checkpoint = tf.train.Checkpoint(v=v, optimizer=optimizer)
    objects = tf.train.TrackableView(checkpoint).descendants()
    view = tf.train.CheckpointView(checkpoint.write(tmp_path / "x"))
    assert len(objects) == len(view.descendants()) == 5
    _, numbers, rest = view.diff(checkpoint)
    assert not numbers and not rest


def test_names_and_names_to_restore():
    v, w = tf.Variable(1.0, name="v"), tf.Variable(2.0, name="w", trainable=False)
    averages = Averages(0.9, name="mean")
    assert averages.apply([v, w]) is None and averages.apply() is None
    assert averages.average(v).name == "v/mean:0" and not averages.average(v).trainable
    assert averages.average_name(w) == "w/mean" and averages.name == "mean"
    assert averages.variables_to_restore() == {"v/mean": v, "w/mean": w}
    assert averages.variables_to_restore([w]) == {"w/mean": w}
    assert averages.average(tf.Variable(1.0)) is None


def test_averages_are_saved_with_their_variables(tmp_path):
    def program(value):
        module = tf.Module()
        module.v = tf.Variable([value])
        module.averages = Averages(0.5)
        return module

    module = program(1.0)
    module.averages.apply([module.v])
    module.v.assign([3.0])
    module.averages.apply([module.v])
    path = tf.train.Checkpoint(module=module).write(tmp_path / "x")
    built, later = program(0.0), program(0.0)
    built.averages.apply([built.v])
    tf.train.Checkpoint(module=built).restore(path).assert_consumed()
    assert built.averages.average(built.v).numpy() == 2.0
    status = tf.train.Checkpoint(module=later).restore(path)
    assert len(status.pending) == 1
    later.averages.apply([later.v])
    assert later.averages.average(later.v).numpy() == 2.5
    status.assert_consumed()


def test_the_same_variable_twice_moves_twice():
    v, averages = tf.Variable(0.0), Averages(0.5)
    averages.apply([v])
    v.assign(4.0)
    averages.apply(each for each in [v, v])
    assert averages.average(v).numpy() == 3.0


@pytest.mark.parametrize("wrong", [
    [tf.Variable(1)], [tf.Variable(True)], [tf.Variable(1j)], [tf.constant(1.0)], [1.0], ["v"]])
def test_what_has_no_average(wrong):
    with pytest.raises(TypeError, match="^apply expected"):
        Averages(0.5).apply(wrong)
