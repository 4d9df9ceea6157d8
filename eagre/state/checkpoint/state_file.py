"""The file `checkpoint` of a folder, which names the latest one: TensorFlow's, in its form."""

from __future__ import annotations

import os
import re
from typing import Any

from eagre.core.caller import Called
from eagre.core.errors import DataLossError
from eagre.state.checkpoint.durable import as_operation_error, write_text
from eagre.state.checkpoint.reader import as_path, exists

_LINE = re.compile(r'\s*(\w+)\s*:\s*("(?:[^"\\\n]|\\.)*"|[-+.\w]+)\s*(?:#.*)?')
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "'": "'", "t": "\t", "r": "\r"}


class CheckpointState:
    """Which checkpoints a folder has.

    * `model_checkpoint_path`: the latest one;
    * `all_model_checkpoint_paths`: those that are kept, from oldest to latest;
    * `all_model_checkpoint_timestamps`: when they were written, in seconds since 1970;
    * `last_preserved_timestamp`: when the last one was written that is kept for good.
    """

    def __init__(
        self,
        model_checkpoint_path: str = "",
        all_model_checkpoint_paths: Any = (),
        all_model_checkpoint_timestamps: Any = (),
        last_preserved_timestamp: float = 0.0,
    ) -> None:
        self.model_checkpoint_path = model_checkpoint_path
        self.all_model_checkpoint_paths = list(all_model_checkpoint_paths)
        self.all_model_checkpoint_timestamps = list(all_model_checkpoint_timestamps)
        self.last_preserved_timestamp = last_preserved_timestamp

    def __str__(self) -> str:
        lines = [f"model_checkpoint_path: {_quoted(self.model_checkpoint_path)}"]
        lines += [
            f"all_model_checkpoint_paths: {_quoted(path)}"
            for path in self.all_model_checkpoint_paths
        ]
        lines += [
            f"all_model_checkpoint_timestamps: {time!r}"
            for time in self.all_model_checkpoint_timestamps
        ]
        if self.last_preserved_timestamp:
            lines.append(f"last_preserved_timestamp: {self.last_preserved_timestamp!r}")
        return "\n".join(lines) + "\n"

    __repr__ = __str__


def update_checkpoint_state(
    save_dir: Any,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Any = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Any = (),
    last_preserved_timestamp: float = 0.0,
) -> None:
    """Name the latest checkpoint of a folder; paths within it are written relative to it."""
    folder = as_path(save_dir, "save_dir")
    paths = list(all_model_checkpoint_paths or [model_checkpoint_path])
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)
    state = CheckpointState(
        _relative(folder, model_checkpoint_path),
        [_relative(folder, path) for path in paths],
        all_model_checkpoint_timestamps or (),
        last_preserved_timestamp or 0.0,
    )
    write_text(os.path.join(folder, latest_filename or "checkpoint"), str(state))


def get_checkpoint_state(
    checkpoint_dir: Any, latest_filename: str | None = None
) -> CheckpointState | None:
    """What the file `checkpoint` of a folder says, with whole paths; None where there is none."""
    folder = as_path(checkpoint_dir, "checkpoint_dir")
    path = os.path.join(folder, latest_filename or "checkpoint")
    if not os.path.isfile(path):
        return None
    state = _parse(path)
    state.model_checkpoint_path = os.path.join(folder, state.model_checkpoint_path)
    state.all_model_checkpoint_paths = [
        os.path.join(folder, each) for each in state.all_model_checkpoint_paths
    ]
    return state


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of the latest checkpoint of a folder, None where there is none.

    >>> path = tf.train.Checkpoint(v=tf.Variable(1.0)).save("folder/ckpt")
    >>> tf.train.latest_checkpoint("folder")
    'folder/ckpt-1'
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    is_there = state is not None and exists(state.model_checkpoint_path)
    return state.model_checkpoint_path if state is not None and is_there else None


def _parse(path: str) -> CheckpointState:
    with (
        as_operation_error(Called("latest_checkpoint"), "read", path),
        open(path, encoding="utf-8", errors="surrogateescape") as file,
    ):
        text = file.read()
    state = CheckpointState()
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if line.strip() and not line.lstrip().startswith("#"):
            _take(state, found, f"line {number} of {path!r}: {line[:80]!r}")
    if not state.model_checkpoint_path:
        raise _damaged(f"{path!r} without model_checkpoint_path")
    return state


def _take(state: CheckpointState, found: Any, received: str) -> None:
    name, value = found.groups() if found else ("", "")
    is_list = name.startswith("all_")
    known = vars(state).get(name)
    if known is None:
        raise _damaged(received)
    try:
        value = _unquoted(value) if name.endswith(("path", "paths")) else float(value)
    except (ValueError, KeyError):
        raise _damaged(received) from None
    if is_list:
        known.append(value)
    else:
        setattr(state, name, value)


def _damaged(received: str) -> DataLossError:
    return DataLossError(
        f"{Called('latest_checkpoint')} expected lines such as "
        f"model_checkpoint_path: \"ckpt-1\". Received: {received}. Remove the file, or mend it."
    )


def _relative(folder: str, path: str) -> str:
    inside = os.path.join(folder, "")
    return path[len(inside) :] if path.startswith(inside) else path


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    if text[:1] != '"':
        raise ValueError(text)
    return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], text[1:-1])
