"""`CheckpointManager` and the file `checkpoint`, against what TensorFlow did."""

import json
import os
from pathlib import Path

import pytest

import eagre as tf
from eagre.state.checkpoint import browsing, manager
from tests.oracle.make_checkpoint import SCRIPTS, play

ORACLE = json.loads(
    (Path(__file__).parents[2] / "oracle" / "checkpoint.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_does_what_tensorflow_does(name, tmp_path, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(manager.time, "time", lambda: clock[0])
    found = play(tf, clock, str(tmp_path / "x"), *SCRIPTS[name])
    assert found == ORACLE["traces"][name]


def test_the_state_file_is_tensorflows(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).save(tmp_path / 'a "b"')
    assert (tmp_path / "checkpoint").read_text() == ORACLE["state"]
    assert tf.train.latest_checkpoint(tmp_path) == path
    state = tf.train.get_checkpoint_state(tmp_path)
    assert state.all_model_checkpoint_paths == [path] == [state.model_checkpoint_path]


@pytest.mark.parametrize("text", [
    "model_checkpoint_path: ", "x", 'model_checkpoint_path: "a', "wrong: 1", "",
    'model_checkpoint_path: 3', "all_model_checkpoint_timestamps: x",
    'model_checkpoint_path: "\\q"',
])
def test_a_damaged_state_file(tmp_path, text):
    (tmp_path / "checkpoint").write_text(text)
    with pytest.raises(tf.errors.DataLossError, match="latest_checkpoint expected lines"):
        tf.train.latest_checkpoint(tmp_path)


def test_a_state_file_that_names_what_is_gone(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).save(tmp_path / "x")
    os.remove(path + ".safetensors")
    assert tf.train.latest_checkpoint(tmp_path) is None
    assert tf.train.get_checkpoint_state(tmp_path / "none") is None


def test_a_thread_saves_for_the_manager(tmp_path):
    options = tf.train.CheckpointOptions(enable_async=True)
    kept = tf.train.CheckpointManager(tf.train.Checkpoint(v=tf.Variable(1.0)), tmp_path, 2)
    paths = [kept.save(options=options) for _ in range(4)]
    kept.sync()
    assert kept.checkpoints == paths[2:] and kept.latest_checkpoint == paths[3]
    assert tf.train.latest_checkpoint(tmp_path) == paths[3]
    assert not os.path.exists(paths[0] + ".safetensors")


def test_waiting_for_new_checkpoints(tmp_path, monkeypatch):
    checkpoint, paths, waits = tf.train.Checkpoint(v=tf.Variable(1.0)), [], []

    clock = [0.0]

    def sleep(seconds):
        clock[0] += seconds
        waits.append(seconds)
        if len(paths) < 3:
            paths.append(checkpoint.save(tmp_path / "x"))

    monkeypatch.setattr(browsing.time, "sleep", sleep)
    monkeypatch.setattr(browsing.time, "time", lambda: clock[0])
    ends = iter([False, True])
    found = list(tf.train.checkpoints_iterator(
        tmp_path, timeout=1.5, timeout_fn=lambda: next(ends)))
    assert found == paths and len(paths) == 3
    assert next(ends, None) is None and waits
    assert list(tf.train.checkpoints_iterator(tmp_path, timeout=0)) == paths[-1:]
