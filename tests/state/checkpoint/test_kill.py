"""A process that saves is killed at any moment, and the checkpoint before it still loads.

`KILLS=300` in the environment kills more often.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import eagre as tf
from eagre.state.checkpoint.durable import remove_unfinished

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("KILLS", "2"))


def start(folder, shard_size):
    """A process that has saved at least once."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("saver.py")), str(folder), str(shard_size)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout.readline() == "1\n"
    return process


def numbers(path):
    reader = tf.train.load_checkpoint(path)
    return [reader.get_tensor(f"v/{n}") for n in range(6)]


def check(path, at_least):
    """All variables have one number, not older than what was reported."""
    found = {int(number) for array in numbers(path) for number in set(array.tolist())}
    assert len(found) == 1 and found.pop() >= at_least


@pytest.mark.parametrize("shard_size", [10**9, 9000])
def test_killed_while_saving(tmp_path, shard_size):
    rng = random.Random(shard_size)
    for kill in range(KILLS):
        folder = tmp_path / str(kill)
        process = start(folder, shard_size)
        time.sleep(rng.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().split()
        process.stdout.close()
        process.wait()
        last = int(lines[-1]) if lines else 1
        check(folder / "same", last)
        check(tf.train.latest_checkpoint(folder), last)
        remove_unfinished(str(folder))
        assert not [name for name in os.listdir(folder) if name.endswith(".partial")]


def test_what_is_being_written_is_not_removed(tmp_path):
    from eagre.state.checkpoint.durable import new_file

    with new_file(str(tmp_path / "x")) as file:
        file.write(b"12")
        remove_unfinished(str(tmp_path))
        file.write(b"3")
    assert (tmp_path / "x").read_bytes() == b"123"
