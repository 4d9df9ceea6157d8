"""Checkpoints saved and restored wrongly."""

import atexit
import os
import shutil
import tempfile

import eagre as tf
from tests.messages.values import Foreign

train = tf.train
folder = tempfile.mkdtemp(prefix="messages-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def place(name):
    return os.path.join(folder, name)


def saved():
    return train.Checkpoint(v=tf.Variable([1.0]), w=tf.Variable([2.0])).write(place("saved"))


def damaged():
    path = train.Checkpoint(v=tf.Variable([1.0])).write(place("damaged"))
    with open(path + ".safetensors", "ab") as file:
        file.write(b"1")
    return path


def empty(name):
    with open(place(name), "wb"):
        return place(name.removesuffix(".index"))


def traced(function):
    return lambda: tf.trace(lambda x: (function(), x)[1], tf.TensorSpec([]))


def parts(**values):
    class Parts(train.Trackable):
        def __checkpoint__(self):
            return values

    return Parts()


def twice():
    module = tf.Module()
    module.table = {1: tf.Variable(1.0), "1": tf.Variable(2.0)}
    return module


def out_of_reach():
    optimizer, variable = tf.optimizers.Adam(0.1), tf.Variable([1.0])
    optimizer.build([variable])
    return train.Checkpoint(optimizer=optimizer).write(place("x"))


def checkpoint():
    return train.Checkpoint(v=tf.Variable([1.0]))


def averages():
    return train.ExponentialMovingAverage(0.5)


with open(os.path.join(folder, "plain"), "wb"):
    """A file where a folder would have to be."""

MISSING = (tf.errors.NotFoundError, LookupError)
DAMAGED = (tf.errors.DataLossError,)
LATER = (tf.errors.UnimplementedError,)
PATH = (tf.errors.InvalidArgumentError, ValueError)

SAVING = {
    "Checkpoint: number": (lambda: train.Checkpoint(v=1), ValueError),
    "Checkpoint: foreign object": (lambda: train.Checkpoint(v=Foreign()), ValueError),
    "Checkpoint: root of a number": (lambda: train.Checkpoint(3), ValueError),
    "Checkpoint: root of a variable": (lambda: train.Checkpoint(tf.Variable(1.0)), ValueError),
    "Checkpoint: name of a method": (lambda: train.Checkpoint(save=tf.Variable(1.0)), ValueError),
    "Checkpoint: name that root has": (
        lambda: train.Checkpoint({"v": tf.Variable(1.0)}, v=tf.Variable(1.0)), ValueError),
    "save: path of a number": (lambda: checkpoint().save(3), *PATH),
    "write: empty path": (lambda: checkpoint().write(""), *PATH),
    "write: options": (lambda: checkpoint().write(place("x"), {"enable_async": True}), TypeError),
    "save: traced": (traced(lambda: checkpoint().save(place("x"))), RuntimeError),
    "write: keys": (
        lambda: train.Checkpoint(v={1.5: tf.Variable(1.0)}).write(place("x")), ValueError),
    "write: keys twice": (lambda: train.Checkpoint(m=twice()).write(place("x")), ValueError),
    "write: value of an object": (
        lambda: train.Checkpoint(p=parts(size=2**70)).write(place("x")), TypeError),
    "write: slots": (out_of_reach, ValueError),
    "write: name of the header": (
        lambda: train.Checkpoint(__metadata__=tf.Variable(1.0)).write(place("x")), *PATH),
    "write: long name": (lambda: checkpoint().write(place("x" * 300)), *PATH),
    "write: folder that is a file": (
        lambda: checkpoint().write(place("plain/x")), tf.errors.FailedPreconditionError),
    "apply: integers": (lambda: averages().apply([tf.Variable(1)]), TypeError),
    "apply: tensor": (lambda: averages().apply([tf.constant(1.0)]), TypeError),
    "CheckpointOptions: format": (lambda: train.CheckpointOptions(format="pickle"), *PATH),
    "CheckpointOptions: callbacks": (
        lambda: train.CheckpointOptions(experimental_write_callbacks=[1]), ValueError),
    "CheckpointOptions: sharding": (
        lambda: train.CheckpointOptions(experimental_sharding_callback=1), *LATER),
    "MaxShardSizePolicy: size": (lambda: train.experimental.MaxShardSizePolicy(0), ValueError),
    "CheckpointManager: max_to_keep": (
        lambda: train.CheckpointManager(checkpoint(), folder, 0), ValueError),
    "CheckpointManager: interval": (
        lambda: train.CheckpointManager(checkpoint(), folder, 1, checkpoint_interval=2),
        ValueError),
}

RESTORING = {
    "restore: no checkpoint": (lambda: checkpoint().restore(place("none")), *MISSING),
    "restore: folder": (lambda: checkpoint().restore(folder), *MISSING),
    "restore: number": (lambda: checkpoint().restore(3), *PATH),
    "restore: traced": (traced(lambda: checkpoint().restore("x")), RuntimeError),
    "restore: damaged": (lambda: checkpoint().restore(damaged()), *DAMAGED),
    "restore: empty file": (lambda: checkpoint().restore(empty("empty.safetensors")), *DAMAGED),
    "diff: no checkpoint": (lambda: checkpoint().diff(place("none")), *MISSING),
    "load_checkpoint: empty folder": (lambda: train.load_checkpoint(folder), ValueError),
    "load_variable: name": (lambda: train.load_variable(saved(), "u"), *MISSING),
    "list_variables: no checkpoint": (lambda: train.list_variables(place("none")), *MISSING),
    "CheckpointView: no checkpoint": (lambda: train.CheckpointView(place("none")), *MISSING),
    "CheckpointView.children: number": (
        lambda: train.CheckpointView(saved()).children(9), IndexError),
    "CheckpointView.match: number": (lambda: train.CheckpointView(saved()).match(3), *PATH),
    "TrackableView: number": (lambda: train.TrackableView(3), *PATH),
    "TrackableView.children: text": (lambda: train.TrackableView.children("v"), *PATH),
    "assert_consumed: None": (
        lambda: checkpoint().restore(None).assert_consumed(), AssertionError),
}

TABLES = {"saving": SAVING, "restoring": RESTORING}
FOREIGN_WORDS: set[str] = set()
