"""Every call of the system that saving makes is where the process dies, or where the call fails.

What dies does nothing any more: no cleaning up either. What fails goes on.
"""

import builtins
import errno
import gc
import os
import shutil

import pytest

import eagre as tf
from eagre.state.checkpoint import durable

train = tf.train
CALLS = ("open", "close", "fsync", "fdatasync", "replace", "remove", "scandir", "makedirs")
KINDS = [("safetensors", 10**9), ("safetensors", 60), ("tensorflow", 10**9), ("tensorflow", 60)]


MESSAGE = r"^(save|write) cannot \w+ the (file|folder): .*Received: path="


@pytest.fixture(autouse=True)
def no_disk(monkeypatch):
    """Nothing here asks for what outlives a power failure, which a flush takes long for."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda number: None)


class Died(BaseException):
    """The end of the process."""


class Faults:
    """Counts the calls of the system, and lets one of them fail or be the last one."""

    def __init__(self, monkeypatch, at=-1, error=None):
        self.at, self.error = at, error
        self.count, self.is_dead = 0, False
        self.files = []
        for name in CALLS:
            monkeypatch.setattr(os, name, self.guarded(getattr(os, name)))
        monkeypatch.setattr(durable, "open", self.open, raising=False)

    def step(self):
        """One call more; where it is the one, an error."""
        if self.is_dead:
            raise Died
        self.count += 1
        if self.count - 1 == self.at:
            if self.error is not None:
                raise OSError(self.error, os.strerror(self.error))
            self.is_dead = True
            raise Died

    def guarded(self, call):
        def guard(*arguments, **named):
            self.step()
            return call(*arguments, **named)

        return guard

    def open(self, *arguments, **named):
        self.step()
        self.files.append(File(builtins.open(*arguments, **named), self))
        return self.files[-1]


class File:
    """A file whose calls are counted; the last write of a process takes a part of the bytes."""

    def __init__(self, file, faults):
        self.file, self.faults = file, faults
        self.fileno, self.seek, self.tell = file.fileno, file.seek, file.tell

    def write(self, data):
        try:
            self.faults.step()
        except Died:
            self.file.write(memoryview(data)[: len(data) // 2])
            raise
        return self.file.write(data)

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        # The system closes what a dead process has left open.
        self.file.close()


def checkpoint_of(number):
    return train.Checkpoint(v=[tf.Variable([number] * 5) for _ in range(4)])


def saving(folder, kind):
    """Saves a number to a path of its own and, where that is atomic, to one that is in use."""
    form, size = kind
    policy = train.experimental.MaxShardSizePolicy(size)
    options = train.CheckpointOptions(experimental_sharding_callback=policy, format=form)

    def save(number):
        checkpoint = checkpoint_of(number)
        manager = train.CheckpointManager(checkpoint, folder, max_to_keep=1)
        if form == "safetensors":
            checkpoint.write(folder / "same", options)
        manager.save(number, options=options)

    return save


def number_in(path):
    checkpoint = checkpoint_of(0)
    checkpoint.restore(path).assert_consumed()
    found = {int(each) for variable in checkpoint.v for each in variable.numpy()}
    assert len(found) == 1
    return found.pop()


def numbers_in(folder, kind):
    """What a new process finds."""
    paths = [train.latest_checkpoint(folder)]
    paths += [folder / "same"] if kind[0] == "safetensors" else []
    return {number_in(path) for path in paths}


def left_in(folder):
    return [name for name in os.listdir(folder) if name.endswith(".partial")]


def count_of_calls(folder, kind):
    """How many calls one save makes beside an older one."""
    saving(folder, kind)(1)
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults(patch)
        saving(folder, kind)(2)
    return faults.count


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_death_at_every_call(tmp_path, kind):
    count = count_of_calls(tmp_path / "count", kind)
    assert count > 20
    saving(tmp_path / "old", kind)(1)
    for at in range(count):
        folder = tmp_path / str(at)
        shutil.copytree(tmp_path / "old", folder)
        save = saving(folder, kind)
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, at)
            with pytest.raises(Died):
                save(2)
        for file in faults.files:
            file.close()
        assert numbers_in(folder, kind) <= {1, 2}
        save(3)
        assert numbers_in(folder, kind) == {3} and not left_in(folder)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_error_at_every_call(tmp_path, kind):
    """It reaches the user in words, and saving again is all it takes."""
    count = count_of_calls(tmp_path / "count", kind)
    saving(tmp_path / "old", kind)(1)
    errors = errno.ENOSPC, errno.EIO, errno.EACCES
    for at in range(count):
        folder = tmp_path / str(at)
        shutil.copytree(tmp_path / "old", folder)
        save = saving(folder, kind)
        with pytest.MonkeyPatch.context() as patch:
            Faults(patch, at, errors[at % len(errors)])
            with pytest.raises(tf.errors.OpError, match=MESSAGE):
                save(2)
        gc.collect()
        assert numbers_in(folder, kind) <= {1, 2} and not left_in(folder)
        save(3)
        assert numbers_in(folder, kind) == {3}
