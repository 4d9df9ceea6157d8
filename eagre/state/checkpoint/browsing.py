"""Looking into checkpoints: names, shapes, single tensors, and waiting for new ones."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from eagre.core.caller import Called
from eagre.core.errors import NotFoundError
from eagre.state.checkpoint.reader import as_path, open_checkpoint
from eagre.state.checkpoint.state_file import latest_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eagre.core.dtypes import DType

_ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE"
_PAUSE = 1.0


class CheckpointReader:
    """The tensors of a checkpoint by name, each read when it is asked for.

    >>> path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write("file")
    >>> reader = tf.train.load_checkpoint(path)
    >>> reader.get_variable_to_shape_map(), reader.get_tensor("v")
    ({'v': [2]}, array([1., 2.], dtype=float32))
    """

    def __init__(self, path: str) -> None:
        self._reader = open_checkpoint(path)

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a tensor of this name."""
        return tensor_str.removesuffix(_ATTRIBUTE) in self._reader.specs()

    def get_tensor(self, tensor_str: str, rows: slice | None = None) -> Any:
        """The value of a tensor as a NumPy array, or a slice of its first axis.

        Names may have TensorFlow's ending `/.ATTRIBUTES/VARIABLE_VALUE`. Of a slice nothing else
        is read.
        """
        name = tensor_str.removesuffix(_ATTRIBUTE)
        if name not in self._reader.specs():
            raise NotFoundError(
                f"{Called('get_tensor')} expected the name of a tensor in the checkpoint. "
                f"Received: {tensor_str!r:.120} for path={self._reader.path!r}. "
                "tf.train.list_variables(path) lists them."
            )
        array = self._reader.read(name, rows)
        return array.copy() if array.ndim else array[()]

    def get_variable_to_shape_map(self) -> dict[str, Any]:
        """The shapes by name."""
        return {name: spec.shape.as_list() for name, spec in self._reader.specs().items()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The dtypes by name."""
        return {name: spec.dtype for name, spec in self._reader.specs().items()}

    def debug_string(self) -> bytes:
        """A line for each tensor."""
        lines = [
            f"{name} ({spec.dtype.name}) {list(spec.sizes or ())}\n"
            for name, spec in sorted(self._reader.specs().items())
        ]
        return "".join(lines).encode()


def load_checkpoint(ckpt_dir_or_file: Any) -> CheckpointReader:
    """A reader of a checkpoint, or of the latest one of a folder.

    Raises:
        NotFoundError: there is no checkpoint.
        ValueError: the folder has none.
    """
    path = as_path(ckpt_dir_or_file, "ckpt_dir_or_file")
    if not os.path.isdir(path):
        return CheckpointReader(path)
    latest = latest_checkpoint(path)
    if latest is None:
        raise ValueError(
            f"{Called('load_checkpoint')} expected a folder with checkpoints and the file "
            f"'checkpoint', which names the latest. Received: ckpt_dir_or_file={path!r}"
        )
    return CheckpointReader(latest)


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """The names and shapes of the tensors of a checkpoint, by name.

    >>> path = tf.train.Checkpoint(v=tf.Variable([1.0, 2.0]), w=tf.Variable(3)).write("file")
    >>> tf.train.list_variables(path)
    [('v', [2]), ('w', [])]
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def load_variable(ckpt_dir_or_file: Any, name: str) -> Any:
    """The value of one tensor of a checkpoint as a NumPy array; only its bytes are read."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)


def checkpoints_iterator(
    checkpoint_dir: Any,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], Any] | None = None,
) -> Iterator[str]:
    """The latest checkpoint of a folder, and each new latest one when it comes.

    Args:
        checkpoint_dir: the folder.
        min_interval_secs: how many seconds lie between two of them at least.
        timeout: how many seconds to wait for a new one; None waits for ever.
        timeout_fn: called after a timeout; if it returns true the iterator ends, and else goes
            on. Without it a timeout ends the iterator.
    """
    latest: str | None = None
    while True:
        found = _wait_for_new(checkpoint_dir, latest, timeout)
        if found is None:
            if timeout_fn is None or timeout_fn():
                return
            continue
        start, latest = time.time(), found
        yield found
        rest = start + min_interval_secs - time.time()
        if rest > 0:
            time.sleep(rest)


def _wait_for_new(folder: Any, last: str | None, timeout: float | None) -> str | None:
    end = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(folder)
        if found is not None and found != last:
            return found
        if end is not None and time.time() + _PAUSE > end:
            return None
        time.sleep(_PAUSE)
