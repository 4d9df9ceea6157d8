"""What a process does that others ask: it takes a job, then answers questions until nobody asks.

It is started by `eagre.data.processes`, from which it has its first parcel.
"""

from __future__ import annotations

import os
import sys
from _thread import start_new_thread
from queue import SimpleQueue
from typing import Any

from eagre.data.parcels import Arena, Channel, Parcel, SentError, packed, unpacked
from eagre.data.processes import serving


def serve(descriptor: int) -> None:
    """Answer what comes on the standard input; what functions print goes to the standard error.

    Args:
        descriptor: of the file of the arena, -1 for none.
    """
    serving["is_on"] = True
    channel = Channel(os.dup(0), os.dup(1), Arena(descriptor) if descriptor >= 0 else None)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    parcels: SimpleQueue[Parcel] = SimpleQueue()
    start_new_thread(_read, (channel, parcels))
    job: Any = None
    while True:
        try:
            found = unpacked(parcels.get())
            if job is None:
                job, answer = found, None
            else:
                answer = job(found)
        except BaseException as error:
            answer = SentError(error)
        channel.send(packed(answer))
        del found, answer


def _read(channel: Channel, parcels: SimpleQueue[Parcel]) -> None:
    """Hand over what comes. When nobody can ask any more, the process ends, whatever it does."""
    try:
        while True:
            parcels.put(channel.receive())
    except (EOFError, OSError):
        sys.stderr.flush()
        os._exit(0)
