"""How checkpoints are written: `CheckpointOptions` and the policies for shards."""

from __future__ import annotations

from typing import Any

from eagre.core.errors import InvalidArgumentError, UnimplementedError

SHARD_SIZE = 5 * 10**9


class MaxShardSizePolicy:
    """Shards of at most so many bytes; a tensor that is larger has a shard of its own."""

    def __init__(self, max_shard_size: int) -> None:
        if not isinstance(max_shard_size, int) or max_shard_size < 1:
            raise ValueError(
                "MaxShardSizePolicy expected a positive number of bytes. "
                f"Received: max_shard_size={max_shard_size!r}"
            )
        self.max_shard_size = max_shard_size


class ShardByTaskPolicy:
    """One file for each task: one file, since there is one task."""

    max_shard_size = 2**63


class CheckpointOptions:
    """How a checkpoint is written, and read.

    Args:
        experimental_io_device: accepted; files are written by this process.
        enable_async: whether `save` and `write` return at once and a thread writes the file.
            `sync` waits for it; an error in the thread is raised by the next `save` or `sync`.
        experimental_enable_async_checkpoint: the same.
        experimental_write_callbacks: functions that are called after the file is on the disk,
            without arguments or with its path.
        experimental_skip_slot_variables: whether to leave out what optimizers keep for variables.
        experimental_sharding_callback: a `tf.train.experimental.MaxShardSizePolicy`; by default
            shards have 5 GB.
        format: "safetensors", or "tensorflow" for files that TensorFlow restores.
        verify: whether `restore` compares the checksums of what it reads.
    """

    def __init__(
        self,
        experimental_io_device: Any = None,
        experimental_enable_async_checkpoint: bool = False,
        experimental_write_callbacks: Any = None,
        enable_async: bool = False,
        experimental_skip_slot_variables: bool = False,
        experimental_sharding_callback: Any = None,
        format: str = "safetensors",
        verify: bool = True,
    ) -> None:
        self.experimental_io_device = experimental_io_device
        self.enable_async = bool(enable_async or experimental_enable_async_checkpoint)
        self.experimental_enable_async_checkpoint = self.enable_async
        self.experimental_write_callbacks = list(experimental_write_callbacks or [])
        self.experimental_skip_slot_variables = experimental_skip_slot_variables
        self.experimental_sharding_callback = experimental_sharding_callback
        self.format = format
        self.verify = verify
        self._check()

    def _check(self) -> None:
        if not all(map(callable, self.experimental_write_callbacks)):
            raise ValueError(
                "CheckpointOptions expected experimental_write_callbacks to be functions. "
                f"Received: {self.experimental_write_callbacks!r:.120}"
            )
        policy = self.experimental_sharding_callback
        if not (policy is None or isinstance(policy, MaxShardSizePolicy | ShardByTaskPolicy)):
            raise UnimplementedError(
                "CheckpointOptions expected experimental_sharding_callback to be a "
                "MaxShardSizePolicy or a ShardByTaskPolicy. "
                f"Received: {type(policy).__name__}"
            )
        if self.format not in ("safetensors", "tensorflow"):
            raise InvalidArgumentError(
                "CheckpointOptions expected format to be 'safetensors' or 'tensorflow'. "
                f"Received: format={self.format!r:.80}"
            )

    @property
    def shard_size(self) -> int:
        """The bytes that a shard has at most."""
        policy = self.experimental_sharding_callback
        return SHARD_SIZE if policy is None else policy.max_shard_size


DEFAULTS = CheckpointOptions()
