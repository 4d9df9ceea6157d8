"""`Pace`: how many calls of a stage run at a time, and where: what `AUTOTUNE` decides.

The rule is the same for each stage. A call that takes less than `CHEAP` seconds is done where its
result is wanted, since handing it over would cost as much as it does. A dearer one goes to threads:
as many as were asked for, or for `AUTOTUNE` as there are cores, and more where calls wait for
something else than the processor. Where threads have not made `AUTOTUNE` faster, since the calls
hold Python's interpreter, they are given up again. Elements are the same in each case.
"""

from __future__ import annotations

import os
from time import perf_counter, thread_time
from typing import Any

AUTOTUNE = -1
CHEAP = 50e-6
MOST_CALLS = 16
"""The most calls that AUTOTUNE lets run at a time."""
RAM_BUDGET = 512 * 2**20
_AHEAD = 4
"""For each call that runs, AUTOTUNE lets so many pieces be in work or wait for their turn."""
_TRIAL = 24
"""So many calls tell whether threads make a stage faster."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pace:
    """What a stage knows of its calls, and how many may run at a time."""

    __slots__ = ("_before", "_budget", "_bytes", "_calls", "_cpu", "_is_tuned", "_most", "_waited",
                 "asked", "is_given_up", "is_threaded", "limit", "seconds")  # fmt: skip

    def __init__(self, asked: int, options: Any) -> None:
        self.asked = asked
        self._is_tuned = options.autotune.enabled is not False
        pool = options.threading.private_threadpool_size
        self._most = pool or MOST_CALLS
        wanted = options.autotune.cpu_budget or cores() if asked == AUTOTUNE else asked
        self.limit = min(wanted, self._most) if pool or asked == AUTOTUNE else wanted
        self.is_threaded = asked != AUTOTUNE or not self._is_tuned
        self._budget = options.autotune.ram_budget or RAM_BUDGET
        self._bytes = 0
        self.seconds = 0.0
        """The mean time of a call, the last ones counting most."""
        self._cpu = self._waited = self._before = 0.0
        self._calls = 0
        self.is_given_up = False

    def timed(self, function: Any, *arguments: Any) -> Any:
        """Call a function of the stage; how long it takes is noted."""
        start = perf_counter()
        if self.is_threaded or self._calls > _TRIAL:
            result = function(*arguments)
            self.observe(perf_counter() - start)
            return result
        cpu = thread_time()
        result = function(*arguments)
        weight = 0.125 if self._calls else 1.0
        self._cpu += weight * (thread_time() - cpu - self._cpu)
        self.seconds += weight * (perf_counter() - start - self.seconds)
        return result

    def observe(self, seconds: float) -> None:
        """A call has taken so long."""
        self.seconds += (0.125 if self.seconds else 1.0) * (seconds - self.seconds)

    def places(self) -> int:
        """How many pieces may be in work or done at a time: what came first may take longest."""
        if self.asked != AUTOTUNE or not self._is_tuned:
            return self.limit
        fitting = self._budget // self._bytes if self._bytes else 0
        return max(self.limit, min(_AHEAD * self.limit, fitting))

    def weigh(self, elements: list[Any]) -> None:
        """A piece has become these elements, or errors in their places."""
        first = elements[0] if elements else ()
        if self.asked == AUTOTUNE and first.__class__ is tuple:
            size = sum([getattr(part, "nbytes", 0) for part in first]) * len(elements)
            self._bytes = max(self._bytes, size, 1)

    def calls_in_a_piece(self) -> int:
        """How many short calls are handed over together."""
        return int(4 * CHEAP / (self.seconds or 1.0)) + 1 if self._is_tuned else 1

    def watched(self, step: Any) -> Any:
        """What a step returns that makes an element, in this thread or with the help of others."""
        start = perf_counter()
        found = step() if self.is_threaded else self.timed(step)
        self.decide(perf_counter() - start)
        return found

    def decide(self, waited: float) -> None:
        """An element has come, for which the consumer waited so long: choose for the next ones."""
        if not self._is_tuned:
            return
        self._calls += 1
        self._waited += waited
        if self.is_threaded:
            if self.seconds < CHEAP and self._calls > 2 * self.limit:
                self._turn(False)
            elif self.asked == AUTOTUNE and self._calls == _TRIAL + self.limit:
                self._judge()
        elif self.seconds > 2 * CHEAP and self._calls > 2 and not self.is_given_up:
            self._before = self._waited / self._calls
            if self.asked == AUTOTUNE:
                waits = self.seconds / max(self._cpu, 1e-6)
                self.limit = int(min(max(self.limit * waits, 1), self._most))
            self._turn(self.limit > 1 or self.asked != AUTOTUNE)

    def _turn(self, is_threaded: bool) -> None:
        self.is_threaded = is_threaded
        self._calls, self._waited = 0, 0.0

    def _judge(self) -> None:
        """Give threads up where an element takes as long with them as it did without."""
        if self._before and self._waited / self._calls > 0.9 * self._before:
            self.is_given_up = True
            self._turn(False)

    def __str__(self) -> str:
        took = duration(self.seconds)
        if self.is_threaded:
            return f"up to {self.limit} calls at a time, {took} each"
        why = "threads were no faster" if self.is_given_up else f"{took} a call"
        return f"in the caller's thread: {why}"


def chosen(asked: int | None, pace: Any) -> str:
    """What `explain` says of the calls of a stage, which may not have run yet."""
    if asked is None:
        return ""
    if pace is not None:
        return f"; {pace}"
    return "; calls at a time by AUTOTUNE" if asked == AUTOTUNE else f"; {asked} calls at a time"


def duration(seconds: float) -> str:
    """A time, as people say it."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        # Three digits round what is just below a unit up to it.
        if seconds * factor >= 0.9995:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"
