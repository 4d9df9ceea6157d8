"""Functions that are typed at a real prompt, or given to `python -c`, are converted."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TYPED = """import eagre as tf
def f(x):
    if x > 0.0:
        return x * 2.0
    return -x

print("first", tf.function(f)(tf.constant(-3.0)).numpy(), tf.function(f)(tf.constant(3.0)).numpy())
g = tf.function(lambda x: x if x > 0.0 else -x)
print("second", g(tf.constant(-4.0)).numpy())
@tf.function
def h(x):
    y = x
    while y > 1.0:
        y = y / 2.0
    return y

print("third", h(tf.constant(3.0)).numpy())
def f(x):
    if x > 0.0:
        return x * 5.0
    return x

print("fourth", tf.function(f)(tf.constant(3.0)).numpy())
exit()
"""
SEEN = ["first 3.0 6.0", "second 4.0", "third 0.75", "fourth 15.0"]


def environment():
    """That of the tests, with a terminal that knows no colors and a history of its own."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "PYTHON_HISTORY": os.devnull,
            "HOME": os.devnull}


def all_of(terminal):
    """What comes out of a terminal until its program ends."""
    parts = []
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other end is closed
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


def test_what_is_typed_at_a_prompt_is_converted():
    terminal, end = pty.openpty()
    streams = {"stdin": end, "stdout": end, "stderr": end}
    command = [sys.executable, "-q"]
    with subprocess.Popen(command, env=environment(), start_new_session=True, **streams):
        os.close(end)
        os.write(terminal, TYPED.encode())
        text = all_of(terminal)
    os.close(terminal)
    assert [line for line in text.splitlines() if line in SEEN] == SEEN, text


@pytest.mark.parametrize("options", [[], ["-W", "error"]])
def test_a_command_is_converted(options):
    program = TYPED.replace("exit()", "")
    done = subprocess.run([sys.executable, *options, "-c", program], env=environment(),
                          capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == SEEN, done.stderr
