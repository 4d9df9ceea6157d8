"""Optimizers in TensorFlow's checkpoints: Keras keeps lists where eagre keeps slots.

A list such as `_momentums` has an item for each one of `_trainable_variables`; `_variables` lists
all state in the order in which Keras makes it. Older optimizers have slots, by other names.
"""

from __future__ import annotations

from eagre.state.checkpoint.object_graph import Node, new_node

Group = tuple[tuple[str, str], ...]

_OF_ALL: tuple[Group, ...] = (
    (("_model_variables_moving_average", "average"),),
    (("_accumulated_gradients", "gradient_sum"),),
)
_MOMENTS = ("_momentums", "mean"), ("_velocities", "variance")
_ADAM: tuple[Group, ...] = (_MOMENTS, (("_velocity_hats", "largest_variance"),))

LAYOUTS: dict[str, tuple[Group, ...]] = {
    "Adadelta": ((("_accumulated_grads", "mean_square"),
                  ("_accumulated_delta_vars", "mean_square_of_steps")),),
    "Adagrad": ((("_accumulators", "accumulator"),),),
    "Adam": _ADAM,
    "AdamW": _ADAM,
    "Adamax": ((("_m", "mean"), ("_u", "largest")),),
    "Ftrl": ((("_accumulators", "accumulator"), ("_linears", "linear")),),
    "Lamb": (_MOMENTS,),
    "Lion": ((("_momentums", "momentum"),),),
    "RMSprop": ((("_velocities", "mean_square"),), (("_momentums", "momentum"),),
                (("_average_gradients", "mean"),)),
    "SGD": ((("momentums", "momentum"),),),
}  # fmt: skip
"""By class the lists of Keras and the slots of eagre; those of a group are made together."""

_OLDER_SLOTS = {
    "m": "mean", "v": "variance", "vhat": "largest_variance", "rms": "mean_square", "mg": "mean",
    "accum": "mean_square", "accum_grad": "mean_square", "accum_update": "mean_square_of_steps",
    "accum_var": "mean_square_of_steps",
}  # fmt: skip
_CHILDREN = {"_iterations": "iterations", "_learning_rate": "learning_rate"}
_ALL, _CHANGED, _PLACES = "_variables", "_trainable_variables", "_trainable_variables_indices"


# Reading --------------------------------------------------------------------------------------


def with_slots(nodes: list[Node]) -> list[Node]:
    """Nodes of TensorFlow's in which optimizers have the parts and slots that eagre's have."""
    return [_with_slots(node, nodes) for node in nodes]


def _with_slots(node: Node, nodes: list[Node]) -> Node:
    slots = dict(node.slots)
    for (of, name), slot in node.slots.items():
        slots.setdefault((of, _OLDER_SLOTS.get(name, name)), slot)
    if not {"_iterations", _ALL} <= node.children.keys():
        return node._replace(slots=slots)
    children = {_CHILDREN.get(name, name): each for name, each in node.children.items()}
    variables = nodes[children.pop(_CHANGED)].children if _CHANGED in children else {}
    for name in (_ALL, _PLACES):
        children.pop(name, None)
    for attribute, names in _slots_of_lists().items():
        items = nodes[children.pop(attribute)].children if attribute in children else {}
        for place, slot in items.items():
            # One list has several names in eagre: an optimizer asks for its own.
            slots |= {(variables[place], name): slot for name in names if place in variables}
    return node._replace(children=children, slots=slots)


def _slots_of_lists() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for groups in (_OF_ALL, *LAYOUTS.values()):
        for attribute, slot in (pair for group in groups for pair in group):
            found.setdefault(attribute, set()).add(slot)
    return found


# Writing --------------------------------------------------------------------------------------


def with_lists(nodes: list[Node]) -> list[Node]:
    """Nodes of eagre's in which optimizers have the parts that Keras's have."""
    found = list(nodes)
    for number, node in enumerate(nodes):
        if node.kind in LAYOUTS and "iterations" in node.children and "_calls" not in node.children:
            found[number] = _with_lists(node, found)
    return found


def _with_lists(node: Node, nodes: list[Node]) -> Node:
    """An optimizer's node; its lists are appended to the nodes."""
    keras_name = {own: name for name, own in _CHILDREN.items()}
    children = {keras_name.get(name, name): each for name, each in node.children.items()}
    state = [children[name] for name in _CHILDREN if name in children]
    variables = list(dict.fromkeys(of for of, _ in node.slots))
    for group in (*_OF_ALL, *LAYOUTS[node.kind]):
        used = [(attribute, slot) for attribute, slot in group
                if any(name == slot for _, name in node.slots)]  # fmt: skip
        for attribute, slot in used:
            children[attribute] = _append_list(nodes, [node.slots[of, slot] for of in variables])
        state += [node.slots[of, slot] for of in variables for _, slot in used]
    children[_ALL] = _append_list(nodes, state)
    if variables:
        children[_CHANGED] = _append_list(nodes, variables)
    return node._replace(children=children, slots={})


def _append_list(nodes: list[Node], items: list[int]) -> int:
    nodes.append(new_node()._replace(children={str(i): item for i, item in enumerate(items)}))
    return len(nodes) - 1
