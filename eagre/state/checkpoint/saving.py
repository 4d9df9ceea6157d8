"""Writing snapshots, in this thread or in one beside it."""

from __future__ import annotations

import os
from threading import Thread
from typing import TYPE_CHECKING, Any

from eagre.core.progress import progress
from eagre.state.checkpoint import bundle_checkpoint
from eagre.state.checkpoint.durable import as_operation_error
from eagre.state.checkpoint.files import write_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.state.checkpoint.options import CheckpointOptions
    from eagre.state.checkpoint.program import Snapshot


class Writer:
    """Writes one checkpoint after the other; the error of a thread waits for `sync`."""

    def __init__(self) -> None:
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    def write(
        self, prefix: str, snapshot: Snapshot, options: CheckpointOptions,
        done: Callable[[str], None] | None,
    ) -> None:  # fmt: skip
        """Write a snapshot, then call `done` and the callbacks; later, if the options say so."""
        self.sync()

        def work() -> None:
            with as_operation_error("save", "write", prefix):
                _write(prefix, snapshot, options)
                if done is not None:
                    done(prefix)
            for callback in options.experimental_write_callbacks:
                _call(callback, prefix)

        if not options.enable_async:
            work()
            return

        def guarded() -> None:
            try:
                work()
            except BaseException as error:
                self._error = error

        # Not a daemon: an interpreter that ends waits for the file.
        self._thread = Thread(target=guarded, name="eagre-checkpoint")
        self._thread.start()

    def sync(self) -> None:
        """Wait for the thread, and raise the error that it met."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def __deepcopy__(self, memo: Any) -> Writer:
        return Writer()


def _write(prefix: str, snapshot: Snapshot, options: CheckpointOptions) -> None:
    is_for_tensorflow = options.format == "tensorflow"
    write = bundle_checkpoint.write_checkpoint if is_for_tensorflow else write_checkpoint
    size = sum(array.nbytes for array in snapshot.arrays.values())
    with progress(size, os.path.basename(prefix)) as advance:
        write(prefix, snapshot.arrays, snapshot.nodes, options.shard_size, advance)


def _call(callback: Any, prefix: str) -> None:
    try:
        parameters = callback.__code__.co_argcount - hasattr(callback, "__self__")
    except AttributeError:
        parameters = 1
    callback(prefix) if parameters else callback()
