"""The text example: killed, it goes on at the same letter and ends with the same bits."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent.parent / "examples" / "text_files.py"


def run(tmp_path, folder, *options):
    command = [sys.executable, PROGRAM, "--text", tmp_path / "text.txt",
               "--folder", tmp_path / folder, "--every", "3", *options]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def text(tmp_path):
    words = ("a tree, a stone. the sea and the wind. " * 40).split()
    lines = [" ".join(words[start : start + 7]) + " " for start in range(0, len(words), 7)]
    (tmp_path / "text.txt").write_text("\n".join(lines))


def test_a_killed_training_ends_with_the_same_bits(tmp_path, text):
    whole = run(tmp_path, "whole", "--steps", "14")
    assert "Begins at step 0" in whole.stdout, whole.stderr
    for kill in ("5", "11"):
        assert run(tmp_path, "killed", "--steps", "14", "--kill-at", kill).returncode == -9
    rest = run(tmp_path, "killed", "--steps", "14")
    assert "Begins at step 10" in rest.stdout, rest.stdout + rest.stderr
    assert rest.stdout.splitlines()[1:] == whole.stdout.splitlines()[1:]
    assert "Bits: " in rest.stdout
