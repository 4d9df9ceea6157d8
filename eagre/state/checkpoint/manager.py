"""`CheckpointManager`: keeps the latest checkpoints of a folder and removes older ones."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from eagre.state.checkpoint.files import remove_checkpoint
from eagre.state.checkpoint.reader import as_path, exists
from eagre.state.checkpoint.state_file import get_checkpoint_state, update_checkpoint_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from eagre.state.checkpoint.checkpoint import Checkpoint
    from eagre.state.checkpoint.options import CheckpointOptions


class CheckpointManager:
    """Saves into one folder and keeps a limited number of checkpoints there.

    Args:
        checkpoint: the `tf.train.Checkpoint` to save.
        directory: the folder.
        max_to_keep: how many to keep; None keeps all.
        keep_checkpoint_every_n_hours: one in so many hours is kept for good.
        checkpoint_name: what the names of files begin with.
        step_counter: a variable that counts steps.
        checkpoint_interval: how many steps lie between two saves at least.
        init_fn: what `restore_or_initialize` calls when there is nothing to restore.
        last_checkpoint_step: the step at which was saved last.

    >>> step = tf.Variable(0)
    >>> manager = tf.train.CheckpointManager(tf.train.Checkpoint(step=step), "kept", max_to_keep=2)
    >>> paths = [manager.save() for _ in range(3)]
    >>> manager.checkpoints
    ['kept/ckpt-2', 'kept/ckpt-3']
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
        last_checkpoint_step: int | None = None,
    ) -> None:
        self._checkpoint = checkpoint
        self._directory = as_path(directory, "directory")
        self._max_to_keep = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._name = checkpoint_name
        self._step_counter = step_counter
        self._interval = checkpoint_interval
        self._init = init_fn
        self._last_step = last_checkpoint_step
        self._check()
        # By path, when it was written; from oldest to latest.
        self._times: dict[str, float] = {}
        self._latest: str | None = None
        self._last_preserved = time.time()
        self._recover()

    def _check(self) -> None:
        if self._max_to_keep is not None and self._max_to_keep <= 0:
            raise ValueError(
                "CheckpointManager expected max_to_keep to be a positive number or None. "
                f"Received: max_to_keep={self._max_to_keep}"
            )
        if self._interval is not None and self._step_counter is None:
            raise ValueError(
                "CheckpointManager expected a step_counter with checkpoint_interval. "
                f"Received: checkpoint_interval={self._interval}, step_counter=None"
            )

    def _recover(self) -> None:
        """Go on from what the folder holds."""
        state = get_checkpoint_state(self._directory)
        if state is None:
            return
        times = state.all_model_checkpoint_timestamps
        paths = state.all_model_checkpoint_paths
        if len(times) != len(paths):
            times = [time.time()] * len(paths)
        self._times = {
            path: at for path, at in zip(paths, times, strict=True) if exists(path)
        }
        if exists(state.model_checkpoint_path):
            self._latest = state.model_checkpoint_path
        self._last_preserved = state.last_preserved_timestamp or self._last_preserved

    @property
    def directory(self) -> str:
        """The folder."""
        return self._directory

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that is saved."""
        return self._checkpoint

    @property
    def checkpoint_interval(self) -> int | None:
        """How many steps lie between two saves at least."""
        return self._interval

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the latest checkpoint, None before the first."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The paths of the checkpoints that may be removed later, from oldest to latest."""
        return list(self._times)

    def save(
        self,
        checkpoint_number: Any = None,
        check_interval: bool = True,
        options: CheckpointOptions | None = None,
    ) -> str | None:
        """Save and remove what is too old; returns the path, None where it is too early to save.

        Args:
            checkpoint_number: the number in the name; by default that of `save_counter`, which
                each call raises.
            check_interval: whether to wait for `checkpoint_interval`; one step is saved once in
                any case.
            options: a `tf.train.CheckpointOptions`.
        """
        step = None if self._interval is None else int(self._step_counter)
        if step is not None and self._is_early(step, self._interval if check_interval else 1):
            return None
        self._checkpoint.sync()
        count = int(self._checkpoint.save_counter.assign_add(1))
        number = count if checkpoint_number is None else int(checkpoint_number)
        path = os.path.join(self._directory, f"{self._name}-{number}")
        self._checkpoint.write_then(path, options, self._note)
        self._last_step = step
        return path

    def _is_early(self, step: int, interval: int | None) -> bool:
        last = self._last_step
        return last is not None and interval is not None and step - last < interval

    def _note(self, path: str) -> None:
        """A checkpoint is on the disk: name it the latest, then remove what is too old."""
        self._times.pop(path, None)
        self._times[path] = time.time()
        self._latest = path
        old = self._take_old()
        update_checkpoint_state(
            self._directory, path, self.checkpoints,
            all_model_checkpoint_timestamps=list(self._times.values()),
            last_preserved_timestamp=self._last_preserved,
        )  # fmt: skip
        for each in old:
            remove_checkpoint(each)

    def _take_old(self) -> list[str]:
        """Take what is too old off the list; returns those that are not kept for good."""
        removed: list[str] = []
        while self._max_to_keep is not None and len(self._times) > self._max_to_keep:
            path = next(iter(self._times))
            at = self._times.pop(path)
            if self._hours is not None and at - self._hours * 3600 >= self._last_preserved:
                self._last_preserved = at
            else:
                removed.append(path)
        return removed

    def sync(self) -> None:
        """Wait until what a thread writes is on the disk."""
        self._checkpoint.sync()

    def restore_or_initialize(self) -> str | None:
        """Restore the latest checkpoint and return its path, or call `init_fn` and return None."""
        self._checkpoint.sync()
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._interval is not None:
                self._last_step = int(self._step_counter)
            return self._latest
        if self._init is not None:
            self._init()
        return None
