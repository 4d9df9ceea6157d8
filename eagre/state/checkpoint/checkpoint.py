"""`Checkpoint`: saves what is reachable from its objects, and restores it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.ambient import executing_eagerly
from eagre.core.caller import Called
from eagre.state.checkpoint.difference import Difference, difference_of_program
from eagre.state.checkpoint.durable import as_operation_error
from eagre.state.checkpoint.matching import Matching
from eagre.state.checkpoint.options import DEFAULTS, CheckpointOptions
from eagre.state.checkpoint.program import Program, is_part, parts_of, snapshot
from eagre.state.checkpoint.reader import as_path, open_checkpoint
from eagre.state.checkpoint.restoring import OPTIONAL, Restoration
from eagre.state.checkpoint.saving import Writer
from eagre.state.checkpoint.state_file import update_checkpoint_state
from eagre.state.checkpoint.status import CheckpointLoadStatus, InitializationOnlyStatus
from eagre.state.trackable import Trackable
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = "_attached_root"


class Checkpoint(Trackable):
    """Saves and restores the variables that are reachable from objects.

    Their names are the names of attributes, keys and places in lists on the way to them. What is
    found: variables, modules, optimizers with their slots, random generators, lists, tuples,
    dictionaries, other checkpoints, and every object with a method `__checkpoint__`.

    Args:
        root: an object whose parts are parts of the checkpoint.
        **kwargs: further parts, by name.

    `Checkpoint.strict` says what a restore does when a variable that exists has no value in the
    checkpoint: True, the default, makes it an error, and nothing is changed; False leaves the
    variable as it is, as TensorFlow does. It can be set for the class or for one object.

    >>> model = tf.Module()
    >>> model.weights = tf.Variable([1.0, 2.0])
    >>> path = tf.train.Checkpoint(model=model).save("folder/ckpt")
    >>> model.weights.assign([0.0, 0.0]).numpy()
    array([0., 0.], dtype=float32)
    >>> status = tf.train.Checkpoint(model=model).restore(path)
    >>> model.weights.numpy()
    array([1., 2.], dtype=float32)
    """

    strict = True

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        _check_root(root)
        object.__setattr__(self, _ROOT, root)
        self._writer = Writer()
        for name, value in kwargs.items():
            _check_part(name, value, root)
            setattr(self, name, value)

    def __checkpoint__(self) -> dict[str, Any]:
        """The parts of the root and those that were named."""
        own = {name: value for name, value in vars(self).items() if name != _ROOT}
        root = vars(self)[_ROOT]
        parts = {} if root is None else _parts_by_name(root)
        return {name: value for name, value in (parts | own).items() if is_part(value)}

    def __checkpoint_owners__(self) -> tuple[Any, ...]:
        root = vars(self)[_ROOT]
        return (self,) if root is None else (self, root)

    @property
    def save_counter(self) -> Variable:
        """How many times `save` was called: a variable that is saved, too."""
        return self._counter()

    def _counter(self) -> Variable:
        found = vars(self).get("save_counter")
        if found is None:
            found = Variable(0, trainable=False, dtype=dtypes.int64, name="save_counter")
            # A property of the class has the name: the part stands in the dictionary alone.
            vars(self)["save_counter"] = found
        return found

    # Saving -----------------------------------------------------------------------------------

    def save(self, file_prefix: Any, options: CheckpointOptions | None = None) -> str:
        """Write the checkpoint `file_prefix-N`, make it the latest of its folder, return its path.

        N counts the calls. When `save` returns, or `sync` where a thread writes, the file is on
        the disk. A process that is killed before leaves the checkpoint before it in its place.
        """
        _check_eager("save")
        prefix = _prefix(file_prefix)
        self.sync()
        number = int(self._counter().assign_add(1))
        return self.write_then(f"{prefix}-{number}", options, _make_latest)

    def write(self, file_prefix: Any, options: CheckpointOptions | None = None) -> str:
        """Write a checkpoint of this very path and return it; nothing is counted."""
        return self.write_then(_prefix(file_prefix), options, None)

    def write_then(
        self, path: str, options: CheckpointOptions | None, done: Callable[[str], None] | None
    ) -> str:
        """Write a checkpoint and then call `done`, both later where the options say so."""
        _check_eager("save")
        options = _checked_options(options)
        with as_operation_error(Called("save"), "make", os.path.dirname(path), "folder"):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        taken = snapshot(Program(self), options.experimental_skip_slot_variables)
        self._writer.write(path, taken, options, done)
        return path

    def sync(self) -> None:
        """Wait until what a thread writes is on the disk; raise the error that it met."""
        self._writer.sync()

    # Restoring --------------------------------------------------------------------------------

    def restore(
        self, save_path: Any, options: CheckpointOptions | None = None, *,
        partial: bool | None = None,
    ) -> Any:  # fmt: skip
        """Give the variables the values that they have in a checkpoint: all of them, or none.

        Values of the checkpoint without a variable wait: when it appears, as an attribute or an
        item of what was restored, or as an optimizer's slot, it is filled.

        Args:
            save_path: what `save` or `write` has returned. None restores nothing.
            options: `verify` says whether checksums are compared.
            partial: whether variables may be absent from the checkpoint; by default they may not,
                unless `Checkpoint.strict` is False.

        Returns: a status, of which `pending` lists the values that wait.

        Raises:
            NotFoundError: there is no such checkpoint, or a variable is not in it.
            InvalidArgumentError: a variable has another shape or dtype there.
            DataLossError: the files are damaged.
        """
        _check_eager("restore")
        verifies = _checked_options(options).verify
        self.sync()
        if save_path is None:
            return InitializationOnlyStatus()
        reader = open_checkpoint(save_path, verifies)
        self._counter()
        restoration = Restoration(self, reader)
        restoration.start(allows_missing=not self.strict if partial is None else partial)
        return CheckpointLoadStatus(restoration, self)

    def read(
        self, save_path: Any, options: CheckpointOptions | None = None, *,
        partial: bool | None = None,
    ) -> Any:  # fmt: skip
        """As `restore`."""
        return self.restore(save_path, options, partial=partial)

    def diff(self, save_path: Any) -> Difference:
        """How the program differs from a checkpoint; nothing is changed.

        >>> path = tf.train.Checkpoint(weights=tf.Variable([1.0, 2.0])).write("old")
        >>> tf.train.Checkpoint(weight=tf.Variable([0.0, 0.0])).diff(path)
        name     program       checkpoint
        weight   float32 (2,)  -             missing: weights?
        weights  -             float32 (2,)  extra
        0 matched
        """
        reader = open_checkpoint(save_path)
        pairs = Matching(Program(self), reader.nodes).pairs(reader)
        reader.close()
        return difference_of_program(pairs, reader, OPTIONAL)


def _make_latest(path: str) -> None:
    update_checkpoint_state(os.path.dirname(path) or ".", path)


def _prefix(file_prefix: Any) -> str:
    return as_path(file_prefix, "file_prefix")


def _check_eager(name: str) -> None:
    if not executing_eagerly():
        raise RuntimeError(
            f"{Called(name)} cannot be traced. Received: a call within a traced function. "
            "Call it outside."
        )


def _checked_options(options: Any) -> CheckpointOptions:
    if options is None:
        return DEFAULTS
    if not isinstance(options, CheckpointOptions):
        raise TypeError(
            f"{Called('save')} expected options to be a tf.train.CheckpointOptions. "
            f"Received: options={options!r:.120}"
        )
    return options


def _check_root(root: Any) -> None:
    if root is not None and (isinstance(root, Variable) or not is_part(root)):
        raise ValueError(
            "Checkpoint expected root to be an object with parts, such as a tf.Module, a list or "
            f"a dictionary. Received: root={_shown(root)}. Name a variable: Checkpoint(v=variable)."
        )


def _check_part(name: str, value: Any, root: Any) -> None:
    if name in _RESERVED:
        raise ValueError(
            "Checkpoint expected names of parts that are not those of its methods. "
            f"Received: {name}={_shown(value)}"
        )
    if not is_part(value):
        raise ValueError(
            f"Checkpoint expected {name} to be a variable, a tf.Module or another "
            "tf.train.Trackable, a list, tuple or dictionary, or an object with __checkpoint__. "
            f"Received: {name}={_shown(value)}"
        )
    before = None if root is None else _parts_by_name(root).get(name)
    if before is not None and before is not value:
        raise ValueError(
            f"Checkpoint expected names that root does not have, or the same object. Received: "
            f"{name}={_shown(value)}, where root.{name} is another object"
        )


def _shown(value: Any) -> str:
    is_plain = isinstance(value, str | bytes | int | float | None | list | tuple | dict)
    return f"{value!r:.80}" if is_plain else f"an object of class {type(value).__name__}"


def _parts_by_name(root: Any) -> dict[str, Any]:
    return {str(place): value for place, value in parts_of(root, [])}


_RESERVED = frozenset(name for name in vars(Checkpoint) if not name.startswith("__"))
