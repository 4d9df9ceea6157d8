"""The graph of objects that a checkpoint holds: nodes, their parts by name, their tensors.

Names of tensors are the names of parts on the way from the root, joined by "/". Within a name "."
is written ".." and "/" is written ".S", as in TensorFlow, so that no two ways have one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eagre.state.checkpoint.safetensors_file import are_numbers, is_text_table, parse_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VALUE = ""
"""The name of the one tensor of a variable, beside the names that objects give to their values."""

SLOT = ".OPTIMIZER_SLOT"
_FIELDS = {"children", "tensors", "slots"}


class Node(NamedTuple):
    """An object of a checkpoint."""

    children: dict[str, int]
    """The numbers of its parts' nodes."""
    tensors: dict[str, str]
    """The names in the checkpoint of its values' tensors."""
    slots: dict[tuple[int, str], int]
    """For an optimizer: by the variable's node and the slot's name, the slot's node."""
    kind: str = ""
    """The name of the object's class, where the program is known."""


def new_node(kind: str = "") -> Node:
    """A node without anything."""
    return Node({}, {}, {}, kind)


def escape(name: str) -> str:
    """A part's name as it stands in the names of tensors."""
    return name.replace(".", "..").replace("/", ".S")


def unescape(name: str) -> str:
    """The part's name that `escape` was given."""
    return name.replace("..", "\0").replace(".S", "/").replace("\0", ".")


def join(path: str, name: str) -> str:
    """The path of a part, of the path of the whole."""
    return f"{path}/{escape(name)}" if path else escape(name)


def slot_path(optimizer: str, variable: str, name: str) -> str:
    """The path of a slot: under its variable, as in TensorFlow."""
    return "/".join(part for part in (variable, SLOT, optimizer, escape(name)) if part)


# As JSON ------------------------------------------------------------------------------------


def graph_to_json(nodes: list[Node]) -> str:
    """The graph as a text; what is empty is left out."""
    return to_json({"version": 1, "nodes": [_plain(node) for node in nodes]})


def _plain(node: Node) -> dict[str, Any]:
    slots = [[variable, name, slot] for (variable, name), slot in node.slots.items()]
    plain = {"children": node.children, "tensors": node.tensors, "slots": slots}
    return {name: value for name, value in plain.items() if value}


def graph_from_json(
    text: str, names: Mapping[str, Any], damaged: Any, is_sealed: bool = False
) -> list[Node]:
    """The graph that a text holds, over tensors of these names; `damaged` words the error."""
    found = parse_json(text.encode(), damaged, is_sealed)
    plain = found.get("nodes")
    if found.get("version") != 1 or not isinstance(plain, list) or not plain:
        raise damaged("an object graph of version 1", f"{text[:60]!r}")
    return [_node(each, len(plain), names, damaged) for each in plain]


def _node(plain: Any, count: int, known: Mapping[str, Any], damaged: Any) -> Node:
    if plain.__class__ is dict and plain.keys() <= _FIELDS:
        children, tensors = plain.get("children", {}), plain.get("tensors", {})
        slots = plain.get("slots", [])
        if (
            children.__class__ is dict and (not children or are_numbers(children.values(), count))
            and is_text_table(tensors) and known.keys() >= {*tensors.values()}
            and slots.__class__ is list and (not slots or _are_slots(slots, count))
        ):  # fmt: skip
            by_place = {(of, name): slot for of, name, slot in slots} if slots else {}
            return Node(children, tensors, by_place)
    raise damaged("an object graph whose nodes fit together", f"{plain!r}")


def _are_slots(slots: list[Any], count: int) -> bool:
    return all(
        slot.__class__ is list and len(slot) == 3 and isinstance(slot[1], str)
        and are_numbers(slot[::2], count)
        for slot in slots
    )  # fmt: skip


def graph_from_names(names: Iterable[str]) -> list[Node]:
    """The tree of objects that names of tensors tell of, for files without an object graph."""
    nodes = [new_node()]
    for name in names:
        at = nodes[0]
        for part in map(unescape, name.split("/")):
            number = at.children.setdefault(part, len(nodes))
            if number == len(nodes):
                nodes.append(new_node())
            at = nodes[number]
        at.tensors[VALUE] = name
    return nodes
