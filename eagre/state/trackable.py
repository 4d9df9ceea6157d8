"""`Trackable`: what checkpoints look into, and the waiting room of restored values.

A checkpoint that holds values for parts that do not exist yet registers the objects where these
parts may appear in `waiting`. An object that gets a part says so, and the value arrives.
"""

from __future__ import annotations

from typing import Any

waiting: dict[int, Any] = {}
"""By `id` of an object: what waits for its parts (see `checkpoint/waiting.py`)."""


class Trackable:
    """A base class for objects whose attributes a checkpoint saves and restores.

    Variables, trackable objects, lists, tuples and dictionaries among the attributes are saved
    under their names. `tf.Module` is one. An object says by itself what it is made of, with or
    without this base, by a method `__checkpoint__`, which returns a dictionary of its parts and
    values, and a method `__restore__`, which is given the values (as NumPy arrays) of a checkpoint.

    >>> class Counter(tf.train.Trackable):
    ...     def __init__(self):
    ...         self.count = 0
    ...     def __checkpoint__(self):
    ...         return {"count": self.count}
    ...     def __restore__(self, values):
    ...         self.count = int(values["count"])
    >>> counter = Counter()
    >>> counter.count = 5
    >>> path = tf.train.Checkpoint(counter=counter).write("counts")
    >>> other = Counter()
    >>> status = tf.train.Checkpoint(counter=other).read(path)
    >>> other.count
    5
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if waiting:
            value = appeared(self, name, value)
        super().__setattr__(name, value)


def appeared(owner: Any, name: str, value: Any) -> Any:
    """Tell a waiting checkpoint that `owner` gets a part; returns what to keep as that part."""
    found = waiting.get(id(owner))
    return value if found is None else found.attach(name, value)


def slots_appeared(optimizer: Any, variable: Any, slots: dict[str, Any]) -> None:
    """Tell a waiting checkpoint that an optimizer has made the slots of a variable."""
    found = waiting.get(id(optimizer))
    if found is not None:
        found.attach_slots(variable, slots)
