"""Processes beside this one, for Python functions that hold the interpreter.

Each is started anew, with what it has to do in its first parcel: nothing is forked, and the program
of the user is not run again. It ends when nobody asks any more, whoever was killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from _thread import allocate_lock
from typing import Any

from eagre.core.errors import CancelledError, UnavailableError
from eagre.data.parcels import Arena, Channel, Parcel, SentError, packed, unpacked
from eagre.data.workers import Helper

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from eagre.data.serving import serve; serve(int(sys.argv[2]))"
)


serving = {"is_on": False}
"""Whether this is itself a process that others ask."""


class LostProcessError(UnavailableError):
    """A process ended while an answer was expected of it."""


class _Process:
    """One process, which answers one question after the other."""

    def __init__(self, job: Parcel) -> None:
        arena = Arena.new()
        shared = () if arena is None else (arena.descriptor,)
        arguments = [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), str([*shared, -1][0])]
        # In a session of its own: Ctrl-C is for the program, which ends its processes itself.
        self._popen = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            pass_fds=shared, start_new_session=True,
        )  # fmt: skip
        pipes: Any = self._popen.stdout, self._popen.stdin
        reader, writer = [os.dup(pipe.fileno()) for pipe in pipes]
        for pipe in pipes:
            pipe.close()
        self._channel = Channel(reader, writer, arena)
        self._job = job

    def begin(self) -> None:
        """Let it take its job."""
        self._answer(self._job)

    def answer(self, question: Any) -> Any:
        """What the job makes of a question."""
        return self._answer(packed(question))

    def _answer(self, parcel: Parcel) -> Any:
        try:
            self._channel.send(parcel)
            found = unpacked(self._channel.receive())
        except (EOFError, OSError):
            raise LostProcessError(self._fate()) from None
        if isinstance(found, SentError):
            raise found.error()
        return found

    def _fate(self) -> str:
        """How it ended; one that lives but does not write any more is ended."""
        self._popen.kill()
        code = self._popen.wait()
        name = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"process {self._popen.pid} ended by {name}"

    def kill(self) -> None:
        """End it in the middle of what it does; whoever waits for an answer is told."""
        self._popen.kill()

    def close(self) -> None:
        """Let go of what has ended."""
        self._popen.kill()
        self._popen.wait()
        self._channel.close()

    def forget(self) -> None:
        """In a forked process: leave it to the process that began it."""
        self._popen.returncode = 0
        self._channel.close()


class Crew:
    """Processes that do one job, for threads that ask them: as many as ask at a time."""

    def __init__(self, job: Parcel) -> None:
        self._job = job
        self._lock = allocate_lock()
        self._idle: list[_Process] = []
        self._all: list[_Process] = []
        self.is_closed = False

    def answer(self, question: Any) -> Any:
        """What a process makes of a question.

        Raises:
            LostProcessError: the process has ended meanwhile.
        """
        process = self._taken()
        try:
            found = process.answer(question)
        except BaseException:
            self._drop(process)
            raise
        with self._lock:
            if not self.is_closed:
                self._idle.append(process)
                return found
        self._drop(process)
        return found

    def _taken(self) -> _Process:
        with self._lock:
            self._demand_open()
            if self._idle:
                return self._idle.pop()
        process = _Process(self._job)
        with self._lock:
            self._all.append(process)
            if self.is_closed:
                process.kill()
        try:
            process.begin()
        except BaseException:
            self._drop(process)
            raise
        return process

    def _demand_open(self) -> None:
        if self.is_closed:
            raise CancelledError("nobody waits for the answers of these processes any more")

    def _drop(self, process: _Process) -> None:
        """A process is of no more use."""
        with self._lock:
            self._all.remove(process)
        process.close()

    def close(self) -> None:
        """End all processes; a thread that waits for one lets go of it."""
        with self._lock:
            self.is_closed = True
            idle, self._idle = self._idle, []
            for process in self._all:
                process.kill()
        for process in idle:
            self._drop(process)

    def forget(self) -> None:
        """In a forked process: let go of what belongs to the process it was forked from."""
        for process in self._all:
            process.forget()
        self._all, self._idle = [], []


class Processes(Helper):
    """A crew's owner: with it, its processes go.

    Threads that wait for an answer know the crew alone, so they keep no process alive.
    """

    def __init__(self, job: Parcel) -> None:
        super().__init__()
        self.crew = Crew(job)
        if serving["is_on"]:
            raise RuntimeError(
                "in_processes=True expected to begin processes from the program of the user. "
                "Received: a call in such a process, by a function or by a module that it imports. "
                'Let the module do so only under if __name__ == "__main__".'
            )

    def close(self) -> None:
        self.crew.close()

    def lose(self) -> None:
        super().lose()
        self.crew.forget()
