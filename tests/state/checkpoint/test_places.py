"""Paths, folders, names and limits of every kind: saved and found again, or refused in words."""

import os
import resource
import sys

import numpy as np
import pytest

import eagre as tf
from eagre.state.checkpoint import files
from tests.state.checkpoint.models import Network, values

train = tf.train
FORMS = ["safetensors", "tensorflow"]


def options(form, size=10**9):
    policy = train.experimental.MaxShardSizePolicy(size)
    return train.CheckpointOptions(format=form, experimental_sharding_callback=policy)


def left_in(folder):
    return [name for name in os.listdir(folder) if name.endswith(".partial")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [
    "模型-é-😀", "a b\tc", "x" * 200, "new\nline", 'quo"te\\', "a\udcff", "%s{}", "x.safetensors",
    "y.index", "-1", "12:30", "...", "*[a]?"])
def test_any_name_of_a_file_and_a_folder(tmp_path, name, form):
    checkpoint = train.Checkpoint(v=tf.Variable(1.0))
    path = checkpoint.save(tmp_path / name / name, options(form, 1))
    assert train.latest_checkpoint(tmp_path / name) == path == f"{tmp_path / name / name}-1"
    checkpoint.v.assign(2.0)
    manager = train.CheckpointManager(checkpoint, tmp_path / name, 1, checkpoint_name=name)
    assert manager.restore_or_initialize() == path and float(checkpoint.v) == 1.0
    assert manager.save() == f"{tmp_path / name / name}-2"
    assert not left_in(tmp_path / name)


def test_paths_may_be_bytes(tmp_path):
    path = train.Checkpoint(v=tf.Variable(1.0)).save(os.fsencode(tmp_path) + b"/\xff\xfe")
    assert train.latest_checkpoint(os.fsencode(tmp_path)) == path
    assert train.load_variable(os.fsencode(path), "v") == 1.0


REFUSED = {
    "long": ("x" * 300, tf.errors.InvalidArgumentError, "File name too long"),
    "in a file": ("file/x", tf.errors.FailedPreconditionError, "make the folder: File exists"),
    "a folder": ("folder", tf.errors.FailedPreconditionError, "Is a directory"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_places_where_nothing_can_be_written(tmp_path, case):
    name, kind, message = REFUSED[case]
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(kind, match=f"^(save|write) cannot .*{message}"):
        train.Checkpoint(v=tf.Variable(1.0)).write(tmp_path / name)
    assert not left_in(tmp_path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [10**9, 100])
@pytest.mark.parametrize("is_async", [False, True])
def test_a_full_disk(tmp_path, form, size, is_async):
    """A limit on the size of files stands for it: the old checkpoint stays, the new one is told."""
    checkpoint = train.Checkpoint(v=tf.Variable(tf.zeros([50_000])), w=tf.Variable(tf.zeros([5])))
    manager = train.CheckpointManager(checkpoint, tmp_path, max_to_keep=1)
    kept = manager.save(options=options(form, size))
    checkpoint.v.assign(tf.ones([50_000]))
    chosen = options(form, size)
    chosen.enable_async = is_async
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        with pytest.raises(tf.errors.ResourceExhaustedError, match="^save cannot write the file"):
            manager.save(options=chosen)
            manager.sync()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert train.latest_checkpoint(tmp_path) == kept and not left_in(tmp_path)
    checkpoint.restore(kept)
    assert not checkpoint.v.numpy().any()
    assert manager.save(options=options(form, size)) != kept


def test_links_and_what_is_no_file(tmp_path):
    checkpoint = train.Checkpoint(v=tf.Variable(1.0))
    real = checkpoint.write(tmp_path / "real")
    os.symlink(real + ".safetensors", tmp_path / "link.safetensors")
    assert train.load_variable(tmp_path / "link", "v") == 1.0
    checkpoint.v.assign(2.0)
    checkpoint.write(tmp_path / "link")
    assert train.load_variable(real, "v") == 1.0, "a link is replaced, not what it leads to"
    os.symlink(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    os.symlink(tmp_path / "b.safetensors", tmp_path / "a.safetensors")
    os.mkfifo(tmp_path / "pipe.safetensors")
    for place in (tmp_path / "a", tmp_path / "pipe", "/dev/zero", "/dev/null"):
        with pytest.raises(tf.errors.NotFoundError, match="^restore expected a checkpoint"):
            checkpoint.restore(place)


@pytest.mark.parametrize("form", FORMS)
def test_long_ways_to_a_variable(tmp_path, form):
    top = below = tf.Module()
    for _ in range(sys.getrecursionlimit() + 100):
        below.a = tf.Module()
        below = below.a
    below.v = tf.Variable(1.0)
    checkpoint = train.Checkpoint(top=top)
    path = checkpoint.write(tmp_path / "x", options(form))
    assert not checkpoint.diff(path)
    below.v.assign(2.0)
    checkpoint.restore(path).assert_consumed()
    assert float(below.v) == 1.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["", " ", "a" * 100_000, "é\n\0", ".OPTIMIZER_SLOT", "😀", "a/b.c",
                                  "_CHECKPOINTABLE_OBJECT_GRAPH", ".", "..", "/"])
def test_any_name_of_an_attribute(tmp_path, name, form):
    module = tf.Module()
    vars(module)[name] = tf.Variable(1.0)
    checkpoint = train.Checkpoint(module)
    path = checkpoint.write(tmp_path / "x", options(form))
    vars(module)[name].assign(2.0)
    checkpoint.restore(path).assert_consumed()
    assert float(vars(module)[name]) == 1.0


def test_the_one_name_that_files_keep_for_themselves(tmp_path):
    checkpoint = train.Checkpoint(tf.Module(), __metadata__=tf.Variable(1.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="^write expected names other"):
        checkpoint.write(tmp_path / "x")
    assert not os.listdir(tmp_path)
    path = checkpoint.write(tmp_path / "x", options("tensorflow"))
    assert train.load_variable(path, "__metadata__") == 1.0


def test_strided_and_tiny_values(tmp_path):
    """Arrays of every layout, and many small ones gathered into few calls of the system."""
    base = np.arange(3 * 2**19, dtype=np.float32).reshape(3, 512, 1024)
    views = [base.T, base[:, ::2], base[::-1], base[:, :, 5:9], base.transpose(1, 0, 2),
             np.broadcast_to(base[0], (2, 512, 1024))]
    parts = [tf.Variable(tf.zeros([]))]
    for view in views:
        # What tf makes of a view is a view where it can be.
        parts.append(tf.Variable(tf.constant(view)))
        parts += [tf.Variable(tf.fill([number % 13], float(number))) for number in range(300)]
    checkpoint = train.Checkpoint(parts=parts)
    for form in FORMS:
        path = checkpoint.write(tmp_path / form, options(form))
        fresh = [tf.Variable(tf.zeros_like(part)) for part in parts]
        train.Checkpoint(parts=fresh).restore(path).assert_consumed()
        for part, other in zip(parts, fresh, strict=True):
            assert part.numpy().tobytes() == other.numpy().tobytes()


def test_a_reader_beside_a_writer(tmp_path):
    """Whoever opens a path while it is being replaced gets one of the checkpoints, whole."""
    network = Network(1.0)
    checkpoint = train.Checkpoint(model=network)
    path = checkpoint.write(tmp_path / "x", options("safetensors", 30))
    reader = train.load_checkpoint(path)
    network.first.bias.assign([9.0] * 3)
    checkpoint.write(path, options("safetensors", 30))
    assert reader.get_tensor("model/first/bias").tolist() == [2.0] * 3
    other = Network()
    train.Checkpoint(model=other).restore(path)
    assert values(other) == values(network)


@pytest.mark.parametrize("size", [30, 10**9])
def test_a_checkpoint_that_is_replaced_while_it_is_opened(tmp_path, monkeypatch, size):
    """The files that an index names are gone when they are opened: there is a new index."""
    network = Network(1.0)
    checkpoint = train.Checkpoint(model=network)
    path = checkpoint.write(tmp_path / "x", options("safetensors", 30))
    opened, open_file = [], files.SafetensorsFile

    def replaced(name):
        opened.append(name)
        if len(opened) == 2:
            network.first.bias.assign([9.0] * 3)
            checkpoint.write(path, options("safetensors", size))
        return open_file(name)

    monkeypatch.setattr(files, "SafetensorsFile", replaced)
    other = Network()
    train.Checkpoint(model=other).restore(path).assert_consumed()
    assert values(other) == values(network) and other.first.bias.numpy()[0] == 9.0


def test_what_is_gone_for_good_is_told_at_once(tmp_path):
    path = train.Checkpoint(model=Network()).write(tmp_path / "x", options("safetensors", 30))
    os.remove(sorted(tmp_path.glob("*-of-*"))[0])
    with pytest.raises(tf.errors.NotFoundError, match="^list_variables cannot open the file"):
        train.list_variables(path)
