"""The example that trains from files: cut anywhere or killed, it ends with the same bits."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import eagre as tf

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "examples" / "digits_files.py"


@pytest.fixture(scope="module")
def example():
    sys.path.insert(0, str(PLACE.parent))
    try:
        spec = importlib.util.spec_from_file_location("digits_files_example", PLACE)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(PLACE.parent))
    return module


def trained(example, kind, folder, checkpoints, *stops):
    """A training that ends at each of the numbers of steps, and begins anew after it."""
    training = None
    for stop in stops:
        training = example.Training(kind, folder, checkpoints, every=1)
        training.manager.restore_or_initialize()
        training.run(stop)
    return training


@pytest.mark.parametrize("kind", ["records", "pictures", "parquet"])
def test_cut_and_resumed_to_the_same_bits(example, kind, tmp_path):
    # 22 batches of 64 are an epoch and a part of the next one's first batch.
    whole = trained(example, kind, tmp_path, tmp_path / "a", 25)
    parts = trained(example, kind, tmp_path, tmp_path / "b", 1, 9, 23, 25)
    assert whole.digest() == parts.digest()
    following = [next(each.batches)[1].numpy().tolist() for each in (whole, parts)]
    assert following[0] == following[1]


def test_all_kinds_of_files_hold_the_same_digits(example, tmp_path):
    images, labels = example.load()[0]
    found = []
    for kind in example.KINDS:
        write, read = example.KINDS[kind]
        folder = tmp_path / kind
        folder.mkdir()
        write(folder, (images[:50] * 16).astype("uint8"), labels[:50])
        digits = read(folder).as_numpy_iterator()
        found.append(sorted((int(label), pixels.tobytes()) for pixels, label in digits))
    assert len(found[0]) == 50 and all(each == found[0] for each in found)


def test_killed_and_resumed_to_the_same_bits(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def command(name, steps):
        return [sys.executable, str(PLACE), "--folder", str(tmp_path / name), "--steps", str(steps),
                "--every", "5"]

    killed = subprocess.Popen(command("a", 10**9), env=environment)
    while tf.train.latest_checkpoint(tmp_path / "a" / "checkpoints") is None:
        assert killed.poll() is None
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    latest = tf.train.latest_checkpoint(tmp_path / "a" / "checkpoints")
    reached = int(tf.train.load_variable(latest, "step"))
    outputs = [
        subprocess.run(command(name, reached + 7), env=environment, check=True,
                       capture_output=True, text=True).stdout
        for name in ("a", "b")
    ]
    assert f"Begins at step {reached} of" in outputs[0] and "Begins at step 0." in outputs[1]
    ends = [output.splitlines()[1:] for output in outputs]
    assert ends[0] == ends[1] and "bits" in ends[0][0]
