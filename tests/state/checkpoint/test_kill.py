"""A process that saves is killed at any moment, and the checkpoint before it still loads.

`KILLS=1000` in the environment kills more often.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import eagre as tf
from eagre.state.checkpoint.durable import new_file, remove_unfinished
from tests.state.checkpoint.saver import COUNT

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("KILLS", "50"))
"""How often each of the four kinds of files is killed."""
LONGEST = 0.03


@pytest.fixture(scope="module")
def saver():
    """A process that forks children: one thread alone lives on in a child."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-m", "tests.state.checkpoint.saver"], cwd=ROOT,
                          env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        yield process


def save_until_killed(saver, *order):
    """The number that a child has saved before it was killed."""
    print(*order, sep="\t", file=saver.stdin, flush=True)
    cause, number = map(int, saver.stdout.readline().split())
    assert cause == signal.SIGALRM and number
    return number


def number_in(path):
    """The one number that all variables of a checkpoint hold."""
    reader = tf.train.load_checkpoint(path)
    found = {int(each) for n in range(COUNT) for each in set(reader.get_tensor(f"v/{n}").tolist())}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("kind", ["safetensors", "tensorflow"])
@pytest.mark.parametrize("shard_size", [10**9, 9000])
def test_killed_while_saving(saver, tmp_path, kind, shard_size):
    """Each child goes on where the one before it was killed."""
    rng = random.Random(f"{kind} {shard_size}")
    last = 0
    for _ in range(KILLS):
        number = save_until_killed(saver, tmp_path, kind, shard_size, rng.random() * LONGEST)
        assert number > last
        last = number_in(tf.train.latest_checkpoint(tmp_path))
        assert number <= last <= number + 1
        if kind == "safetensors":
            assert last <= number_in(tmp_path / "same") <= number + 1
    remove_unfinished(str(tmp_path))
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".partial")]


def test_what_is_being_written_is_not_removed(tmp_path):
    with new_file(str(tmp_path / "x")) as file:
        file.write(b"12")
        remove_unfinished(str(tmp_path))
        file.write(b"3")
    assert (tmp_path / "x").read_bytes() == b"123"
