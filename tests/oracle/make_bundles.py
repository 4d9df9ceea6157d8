"""Checkpoints that TensorFlow writes, and its word on those that eagre writes, to bundles/.

    PYTHONPATH=. /path/to/tensorflow/python tests/oracle/make_bundles.py

TensorFlow saves each program of tests/state/checkpoint/bundle_programs.py, and the values that it
has. Then eagre saves the same programs for TensorFlow, which restores them and finds everything
consumed and equal; the digests of these files are kept, so that what eagre writes stays what
TensorFlow has restored. eagre has to be importable beside TensorFlow.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).with_name("bundles")
sys.path.insert(0, str(FOLDER.parents[2]))

from tests.state.checkpoint.bundle_programs import PROGRAMS, options, state  # noqa: E402


def write_by_name(tf):
    """What `Saver` of TensorFlow 1 writes: names without objects, and a divided variable."""
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        v1.get_variable("dense/kernel", initializer=[[1.0, 2.0], [3.0, 4.0]])
        v1.get_variable("dense/bias", initializer=[5.0])
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            saver = v1.train.Saver()
            saver.save(session, str(FOLDER / "names"), write_meta_graph=False, write_state=False)
    with tf.Graph().as_default():
        divide = v1.fixed_size_partitioner(2)
        v1.get_variable("divided", [2, 2], partitioner=divide)
        v1.get_variable("whole", initializer=[6.0])
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            saver = v1.train.Saver()
            saver.save(session, str(FOLDER / "divided"), write_meta_graph=False, write_state=False)


def write_divided(tf):
    """Tensors in parts, by partitioned variables and by the size of shards; returns the values."""
    v1 = tf.compat.v1
    values = {
        "rows": np.linspace(-1.0, 1.0, 400).reshape(100, 4),
        "columns": np.arange(600, dtype=np.int32).reshape(3, 200),
        "deep": np.arange(240, dtype=np.float32).reshape(2, 20, 6),
        "texts": np.array([b"a", b"", b"long" * 9, b"d", b"e"], object),
        "whole": np.array([1.5, 2.5], np.float32),
    }
    parts = {"rows": (3, 0), "columns": (2, 1), "deep": (7, 1), "texts": (2, 0)}
    with tf.Graph().as_default(), v1.Session() as session:
        for name, value in values.items():
            count, axis = parts.get(name, (1, 0))
            v1.get_variable(name, initializer=tf.constant(value), partitioner=(
                v1.fixed_size_partitioner(count, axis) if name in parts else None))
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(
            session, str(FOLDER / "parts"), write_meta_graph=False, write_state=False)
    variables = {name: tf.Variable(value) for name, value in values.items()}
    policy = tf.train.experimental.MaxShardSizePolicy(700)
    by_size = tf.train.CheckpointOptions(experimental_sharding_callback=policy)
    tf.train.Checkpoint(**variables).write(str(FOLDER / "parts_by_size"), by_size)
    return {name: value.astype(str).tolist() for name, value in values.items()}


def write_slots(tf):
    """An optimizer of TensorFlow 1, which has slots."""
    variable = tf.Variable([1.0, 2.0])
    optimizer = tf.compat.v1.train.AdamOptimizer(0.5)
    optimizer.minimize(lambda: variable * variable, var_list=[variable])
    checkpoint = tf.train.Checkpoint(v=variable, optimizer=optimizer)
    checkpoint.write(str(FOLDER / "slots"))
    return {name: optimizer.get_slot(variable, name).numpy().tolist() for name in ("m", "v")}


def write_all(tf):
    """The states of all programs, which TensorFlow writes."""
    states = {}
    for name, build in PROGRAMS.items():
        parts = build(tf, 1.0)
        checkpoint = tf.train.Checkpoint(**parts)
        checkpoint.save_counter.assign(5)
        checkpoint.write(str(FOLDER / name), options(tf, name))
        states[name] = state(parts)
    return states


def check(tf, eagre, name):
    """Restore with TensorFlow what eagre writes; returns the digests of its files."""
    with tempfile.TemporaryDirectory() as folder:
        parts = PROGRAMS[name](eagre, 1.0)
        path = eagre.train.Checkpoint(**parts).save(
            os.path.join(folder, name), options(eagre, name, format="tensorflow"))
        others = PROGRAMS[name](tf, 0.0)
        assert state(others) != state(parts)
        checkpoint = tf.train.Checkpoint(**others)
        checkpoint.restore(path).assert_consumed()
        assert state(others) == state(parts), (name, state(others), state(parts))
        assert int(checkpoint.save_counter) == 1
        check_order(others, PROGRAMS[name](tf, 1.0))
        assert tf.train.latest_checkpoint(folder) == path
        return digests(folder)


def check_order(restored, own):
    """That each restored variable of an optimizer is near the one that TensorFlow computes."""
    if "optimizer" in own:
        pairs = zip(restored["optimizer"].variables, own["optimizer"].variables, strict=True)
        for first, second in pairs:
            assert abs(first.numpy() - second.numpy()).max() < 1e-4, (first, second)


def digests(folder):
    """The SHA-256 of the files of a checkpoint, by name."""
    paths = sorted(path for path in Path(folder).iterdir() if path.name != "checkpoint")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def main():
    """Write everything anew."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    import eagre

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    data = {"states": write_all(tf), "slots": write_slots(tf)}
    write_by_name(tf)
    data["divided"] = write_divided(tf)
    data["restored"] = {name: check(tf, eagre, name) for name in PROGRAMS}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "bundles.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
