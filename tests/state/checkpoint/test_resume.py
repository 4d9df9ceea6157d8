"""The example that trains, is killed and goes on: the same bits as without an interruption."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import eagre as tf

ROOT = Path(__file__).resolve().parents[3]
PLACE = ROOT / "examples" / "resume.py"


@pytest.fixture(scope="module")
def resume():
    spec = importlib.util.spec_from_file_location("resume_example", PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command(folder, steps):
    return [sys.executable, str(PLACE), "--folder", str(folder), "--steps", str(steps),
            "--every", "5", "--then-borrow"]


def test_killed_and_resumed_to_the_same_bits(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.Popen(command(tmp_path / "a", 10**9), env=environment)
    while tf.train.latest_checkpoint(tmp_path / "a") is None:
        assert killed.poll() is None
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    reached = int(tf.train.load_variable(tf.train.latest_checkpoint(tmp_path / "a"), "step"))
    outputs = [
        subprocess.run(command(tmp_path / name, reached + 12), env=environment, check=True,
                       capture_output=True, text=True).stdout
        for name in ("a", "b")
    ]
    assert f"Begins at step {reached} of" in outputs[0] and "Begins at step 0." in outputs[1]
    ends = [output.splitlines()[1:] for output in outputs]
    assert ends[0] == ends[1] and "bits" in ends[0][0]


def test_borrows_a_part(resume, tmp_path):
    training = resume.Training(str(tmp_path), 1)
    training.run(3)
    model, status = resume.borrow(tmp_path)
    trained = training.model.features.weights.numpy()
    assert model.features.weights.numpy().tobytes() == trained.tobytes()
    assert "model/answer/bias" in status.pending
