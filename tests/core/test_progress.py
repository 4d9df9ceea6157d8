"""The progress bar: where a terminal looks on, and nowhere else."""

import io
import os
import pty
import sys
import termios
from contextlib import redirect_stderr

import pytest

import eagre as tf
from eagre.core import progress

END = "<end>"


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    monkeypatch.setattr(progress, "SHOWN_FROM", 1000)


class Terminal:
    """A screen to write to, and what it has been sent."""

    def __init__(self):
        self.ours, theirs = pty.openpty()
        # Of a terminal without rows nothing is seen.
        termios.tcsetwinsize(theirs, (24, 80))
        self.screen = os.fdopen(theirs, "w")

    def sent(self):
        """All that came before this call: the end of it is marked, and may take a moment."""
        print(END, file=self.screen, end="", flush=True)
        seen = ""
        while not seen.endswith(END):
            seen += os.read(self.ours, 1 << 16).decode()
        return seen.removesuffix(END)

    def close(self):
        self.screen.close()
        os.close(self.ours)


@pytest.fixture
def terminal():
    made = Terminal()
    yield made
    made.close()


def save(folder, screen, size=5000, **options):
    checkpoint = tf.train.Checkpoint(v=[tf.Variable(tf.zeros([size], tf.int8)) for _ in range(2)])
    with redirect_stderr(screen):
        checkpoint.write(folder / "big", tf.train.CheckpointOptions(**options))
        checkpoint.sync()


@pytest.mark.parametrize("options", [{}, {"format": "tensorflow"}, {"enable_async": True}], ids=str)
def test_a_terminal_sees_a_bar(tmp_path, terminal, options):
    save(tmp_path, terminal.screen, **options)
    seen = terminal.sent()
    assert "big:   0%" in seen and "/10.0k" in seen
    assert seen.endswith("\r"), "the bar is gone when the file is there"


def test_small_files_have_no_bar(tmp_path, terminal):
    save(tmp_path, terminal.screen, 100)
    assert terminal.sent() == ""


def test_what_is_no_terminal_sees_nothing(tmp_path):
    screen = io.StringIO()
    save(tmp_path, screen)
    assert screen.getvalue() == ""
    save(tmp_path, None)


def test_without_the_bars_library_there_is_no_bar(tmp_path, monkeypatch, terminal):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    save(tmp_path, terminal.screen)
    assert terminal.sent() == ""


@pytest.mark.parametrize("form", ["safetensors", "tensorflow"])
def test_the_bar_counts_every_byte(tmp_path, terminal, monkeypatch, form):
    counts, bar = [], progress._bar

    def counted(size, title):
        made = bar(size, title)
        update = made.update
        made.update = lambda count: (counts.append(count), update(count))
        return made

    monkeypatch.setattr(progress, "_bar", counted)
    save(tmp_path, terminal.screen, format=form)
    assert sum(counts) == 10_000
