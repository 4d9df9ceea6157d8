"""`TrackableView` and `CheckpointView`: the graphs of objects of a program and of a checkpoint."""

from __future__ import annotations

from typing import Any

from eagre.core.caller import Called
from eagre.core.errors import InvalidArgumentError
from eagre.state.checkpoint.matching import Matching
from eagre.state.checkpoint.program import Program, is_part
from eagre.state.checkpoint.reader import open_checkpoint


class TrackableView:
    """What a checkpoint would look into, from an object on.

    Args:
        root: a `tf.train.Checkpoint`, a module, a list, or whatever else has parts.

    >>> model = tf.Module()
    >>> model.weights = tf.Variable([1.0, 2.0])
    >>> view = tf.train.TrackableView(tf.train.Checkpoint(model=model))
    >>> list(view.children(model)), len(view.descendants())
    (['weights'], 3)
    """

    def __init__(self, root: Any) -> None:
        _check_part(root, "TrackableView", "root")
        self._root = root

    @property
    def root(self) -> Any:
        """The object where the view begins."""
        return self._root

    @classmethod
    def children(cls, obj: Any) -> dict[str, Any]:
        """The parts of an object by their names."""
        _check_part(obj, "children", "obj")
        program = Program(obj)
        return {
            name: program.members[number].object
            for name, number in program.members[0].children.items()
        }

    def descendants(self) -> list[Any]:
        """The root and all objects that are reachable from it, nearest first, each once."""
        return _objects(Program(self._root))


class CheckpointView:
    """The graph of objects that a checkpoint holds; objects have numbers, that of the root is 0.

    Args:
        save_path: what `save` or `write` has returned.

    Raises:
        NotFoundError: there is no such checkpoint.
        DataLossError: it is damaged.

    >>> model = tf.Module()
    >>> model.weights = tf.Variable([1.0, 2.0])
    >>> view = tf.train.CheckpointView(tf.train.Checkpoint(model=model).write("view"))
    >>> view.children(0), view.descendants()
    ({'model': 1}, [0, 1, 2])
    """

    def __init__(self, save_path: Any) -> None:
        reader = open_checkpoint(save_path)
        self._nodes = reader.nodes
        reader.close()

    def children(self, node_id: int) -> dict[str, int]:
        """The numbers of the parts of an object by their names."""
        if not isinstance(node_id, int) or not 0 <= node_id < len(self._nodes):
            raise IndexError(
                f"{Called('children')} expected a number from 0 to {len(self._nodes) - 1}, as "
                f"descendants() lists them. Received: node_id={node_id!r:.80}"
            )
        return dict(self._nodes[node_id].children)

    def descendants(self) -> list[int]:
        """The numbers of the root and of all objects that are reachable from it, nearest first."""
        found = {0: None}
        pending = [0]
        for number in pending:
            new = [each for each in self.children(number).values() if each not in found]
            found.update(dict.fromkeys(new))
            pending += dict.fromkeys(new)
        return list(found)

    def match(self, obj: Any) -> dict[int, Any]:
        """By number the objects of a program, from `obj` as the root on, that have its place."""
        return self._match(obj, "match")[0]

    def diff(self, obj: Any) -> tuple[dict[int, Any], list[int], list[Any]]:
        """What `match` finds, the numbers that match nothing, and the objects that do not.

        `tf.train.Checkpoint.diff` has shapes, dtypes and likely renames besides.
        """
        matched, objects = self._match(obj, "diff")
        taken = {id(each) for each in matched.values()}
        return (
            matched,
            [number for number in self.descendants() if number not in matched],
            [each for each in objects if id(each) not in taken],
        )

    def _match(self, obj: Any, name: str) -> tuple[dict[int, Any], list[Any]]:
        _check_part(obj, name, "obj")
        program = Program(obj)
        node_of_member = Matching(program, self._nodes).node_of_member
        matched = {node: program.members[number].object for number, node in node_of_member.items()}
        return matched, _objects(program)


def _objects(program: Program) -> list[Any]:
    """The objects of a program; an optimizer's slots are none of their own."""
    slots = {slot.slot for member in program.members for slot in member.slots}
    return [member.object for member in program.members if member.number not in slots]


def _check_part(value: Any, name: str, argument: str) -> None:
    if not is_part(value):
        raise InvalidArgumentError(
            f"{name} expected an object with parts, such as a tf.train.Checkpoint, a tf.Module or "
            f"a list. Received: {argument}={value!r:.80}"
        )
