"""TensorFlow's TrackableObjectGraph: the graph of objects as its checkpoints hold it.

A tensor is named by the path of its object, `/.ATTRIBUTES/` and the name of a value; a variable
has one value, `VARIABLE_VALUE`. In eagre a variable's tensor has the name of its path alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eagre.core.wire_format import Message, bytes_field, integer_field
from eagre.state.checkpoint.object_graph import VALUE, Node, escape, new_node

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The name of the text that holds the graph."""

_ATTRIBUTES = ".ATTRIBUTES/"
_VARIABLE = "VARIABLE_VALUE"
ENDING = "/" + _ATTRIBUTES + _VARIABLE

# The numbers of the fields of a graph, its nodes, and what these hold.
_NODES = 1
_CHILDREN, _VALUES, _SLOTS, _HAS_VALUES = 1, 2, 3, 5
_CHILD_NODE, _CHILD_NAME = 1, 2
_VALUE_NAME, _VALUE_KEY = 1, 3
_SLOT_OF, _SLOT_NAME, _SLOT_NODE = 1, 2, 3
_TRUE = integer_field(1, 1)


def own_name(key: str) -> str:
    """The name in eagre of a tensor of TensorFlow's."""
    return key.removesuffix(ENDING)


def _key(name: str, value: str) -> str:
    """The name for TensorFlow of the tensor of a value, which has a name in eagre."""
    if value == VALUE:
        return name + ENDING
    # Such a name is that of its object and then that of the value.
    return name.removesuffix(escape(value)) + _ATTRIBUTES + escape(value)


def keys_of(nodes: list[Node]) -> dict[str, str]:
    """By the names in eagre of all tensors their names for TensorFlow."""
    return {name: _key(name, value) for node in nodes for value, name in node.tensors.items()}


def encode_graph(nodes: list[Node]) -> bytes:
    """The graph as TensorFlow writes it."""
    return b"".join(bytes_field(_NODES, _encode_node(node)) for node in nodes)


def _encode_node(node: Node) -> bytes:
    fields = [
        bytes_field(_CHILDREN, integer_field(_CHILD_NODE, number) + _text(_CHILD_NAME, name))
        for name, number in node.children.items()
    ]
    fields += [
        bytes_field(_VALUES, _text(_VALUE_NAME, value or _VARIABLE)
                    + _text(_VALUE_KEY, _key(name, value)))
        for value, name in node.tensors.items()
    ]  # fmt: skip
    fields += [
        bytes_field(_SLOTS, integer_field(_SLOT_OF, of) + _text(_SLOT_NAME, name)
                    + integer_field(_SLOT_NODE, slot))
        for (of, name), slot in node.slots.items()
    ]  # fmt: skip
    return b"".join(fields) + bytes_field(_HAS_VALUES, _TRUE)


def _text(number: int, text: str) -> bytes:
    return bytes_field(number, text.encode())


def decode_graph(data: bytes, names: Mapping[str, str]) -> list[Node]:
    """The graph that TensorFlow has written, over tensors whose names in eagre `names` has.

    Raises:
        ValueError: the bytes are damaged.
    """
    found = Message(data).all_bytes(_NODES)
    if not found:
        raise ValueError("an object graph without a root")
    return [_decode_node(Message(each), len(found), names) for each in found]


def _decode_node(message: Message, count: int, names: Mapping[str, str]) -> Node:
    node = new_node()
    for child in map(Message, message.all_bytes(_CHILDREN)):
        node.children[child.text(_CHILD_NAME)] = _number(child, _CHILD_NODE, count)
    for value in map(Message, message.all_bytes(_VALUES)):
        name, key = value.text(_VALUE_NAME), value.text(_VALUE_KEY)
        # What is not in the files, such as slots left out, is missing to what asks for it.
        if key in names:
            node.tensors[VALUE if name == _VARIABLE else name] = names[key]
    for slot in map(Message, message.all_bytes(_SLOTS)):
        of, number = _number(slot, _SLOT_OF, count), _number(slot, _SLOT_NODE, count)
        node.slots[of, slot.text(_SLOT_NAME)] = number
    return node


def _number(message: Message, field: int, count: int) -> int:
    number = message.integer(field)
    if number >= count:
        raise ValueError(f"a part with number {number} among {count} objects")
    return number
