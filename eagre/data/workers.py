"""Threads beside the caller's: they begin when there is work, and end when nobody waits for it.

A thread knows what it has to do and nobody who waits for it. So what is no longer wanted is let go
of as everything else is, and its threads end.
"""

from __future__ import annotations

import atexit
import contextvars
import os
import threading
from _thread import allocate_lock, get_ident
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_EXIT = 1.0
"""How many seconds the program waits, at its end, for calls that have begun."""


class Helper:
    """Somebody with threads of its own: `close` ends them, and after a fork they are lost."""

    is_lost = False

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        _helpers.add(self)

    def begin(self, name: str, function: Callable[..., None], *arguments: Any) -> None:
        """A further thread, in the context of the caller."""
        context = contextvars.copy_context()
        thread = threading.Thread(
            target=context.run, args=(_as_helper, function, *arguments), name=name, daemon=True
        )
        self.threads.append(thread)
        thread.start()

    def close(self) -> None:
        """Tell the threads to end after what they have begun."""
        raise NotImplementedError

    def lose(self) -> None:
        """In a forked process: what was begun is not there."""
        self.is_lost = True

    def demand_threads(self) -> None:
        """Refuse to wait for threads that the process has lost."""
        if self.is_lost:
            raise RuntimeError(
                "Iterator expected to go on in the process in which it was begun. Received: a "
                "process forked from it, in which its threads are not there. Make a new iterator, "
                "and let it restore the state of this one."
            )

    def __del__(self) -> None:
        if not self.is_lost:
            self.close()


_helpers: WeakSet[Helper] = WeakSet()
quiet_runs: dict[int, Any] = {}
"""For each thread of a helper what runs a function while NumPy is silent about overflow."""


def _as_helper(function: Callable[..., None], *arguments: Any) -> None:
    """Run a function as the whole of a thread."""
    quiet = contextvars.Context()
    quiet.run(np.seterr, all="ignore")
    quiet_runs[get_ident()] = quiet.run
    try:
        function(*arguments)
    finally:
        del quiet_runs[get_ident()]


def _forget_threads() -> None:
    """In a forked process there is only the thread that forked it."""
    quiet_runs.clear()
    for helper in list(_helpers):
        helper.lose()


def _end_threads() -> None:
    """At the end of the program: a call that takes long does not hold it up."""
    helpers = [helper for helper in list(_helpers) if not helper.is_lost]
    for helper in helpers:
        helper.close()
    for helper in helpers:
        for thread in helper.threads:
            thread.join(_AT_EXIT)


atexit.register(_end_threads)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)


class Task:
    """A call that a worker does: `wait` gives its result or raises its error."""

    __slots__ = ("_arguments", "_error", "_function", "_lock", "_result", "is_done")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._function, self._arguments = function, arguments
        self._result: Any = None
        self._error: BaseException | None = None
        self.is_done = False
        self._lock = allocate_lock()
        self._lock.acquire()

    def run(self) -> None:
        """Do the call; whoever waits is woken."""
        try:
            self._result = self._function(*self._arguments)
        except BaseException as error:
            self._error = error
        self.is_done = True
        self._lock.release()

    def wait(self) -> Any:
        """What the call returned. An error is raised here as it was raised there."""
        if not self.is_done:
            self._lock.acquire()
        if self._error is not None:
            raise self._error
        return self._result


class Workers(Helper):
    """Up to a number of threads that do calls, in the order in which these are asked for."""

    def __init__(self, limit: int, name: str) -> None:
        super().__init__()
        self.limit = limit
        self._name = name
        self._calls: SimpleQueue[Task | None] = SimpleQueue()
        self._is_closed = [False]

    def call(self, function: Callable[..., Any], *arguments: Any) -> Task:
        """Have a function called."""
        self.demand_threads()
        task = Task(function, arguments)
        self._calls.put(task)
        if len(self.threads) < self.limit:
            self.begin(self._name, _work, self._calls, self._is_closed)
        return task

    def wait(self, task: Task) -> Any:
        """The result of a call."""
        if not task.is_done:
            self.demand_threads()
        return task.wait()

    def close(self) -> None:
        """What has not begun is not done any more."""
        self._is_closed[0] = True
        for _ in self.threads:
            self._calls.put(None)


def _work(calls: SimpleQueue[Task | None], is_closed: list[bool]) -> None:
    while (task := calls.get()) is not None and not is_closed[0]:
        task.run()
        del task  # While this thread waits, nothing is held.
