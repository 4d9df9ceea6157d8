"""Names that are not there: errors that say so, and name the nearest that is.

`tensorflow_names.txt` beside this file lists TensorFlow's names, a namespace a line; it is read
when a message is written, for most code that asks for an attribute only wants to know.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from types import ModuleType
from typing import Any, NoReturn

_FILE = os.path.join(os.path.dirname(__file__), "tensorflow_names.txt")
_PACKAGE = __name__.partition(".")[0]


class MissingNameError(AttributeError):
    """A public module has no such name; the message is worked out when it is read."""

    def __init__(self, module: str, space: str, missing: str) -> None:
        super().__init__(module, space, missing)

    def __str__(self) -> str:
        module, space, missing = self.args
        full = f"{space}.{missing}"
        is_known = missing in tensorflow_names().get(space, ())
        reason = ": it is a name of TensorFlow that is not there yet" if is_known else ""
        if missing == "keras":
            reason = ": Keras is not there yet; tf.Module, tf.nn and tf.optimizers are"
        found = nearest(module, space, missing)
        advice = f" Did you mean {found}?" if found else ""
        listing = f"dir({space}) lists the names that there are."
        return f"{full} cannot be found{reason}.{advice} {listing}"


def missing_name(name: str) -> MissingNameError:
    """The error for a name that the package does not have."""
    return MissingNameError(_PACKAGE, "tf", name)


def watch(module: ModuleType, space: str) -> ModuleType:
    """Let a namespace, and those in it, word the error for a name that they do not have."""
    if "__getattr__" not in vars(module):
        vars(module)["__getattr__"] = partial(_refuse, module.__name__, space)
        for name in getattr(module, "__all__", ()):
            inner = vars(module).get(name)
            if isinstance(inner, ModuleType) and inner.__name__.startswith(_PACKAGE):
                watch(inner, f"{space}.{name}")
    return module


def _refuse(module: str, space: str, name: str) -> NoReturn:
    raise MissingNameError(module, space, name)


def tensorflow_names() -> dict[str, set[str]]:
    """TensorFlow's names by namespaces, such as "tf.nn"."""
    with open(_FILE, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    pairs = [line.partition(": ") for line in lines]
    return {space: set(names.split()) for space, _, names in pairs}


def nearest(module: str, space: str, missing: str) -> str | None:
    """The same name in another namespace, or a similar one in this, that is there."""
    from difflib import get_close_matches

    elsewhere = [other for other, names in tensorflow_names().items() if missing in names]
    for other in sorted(elsewhere, key=lambda each: (each.count("."), each)):
        if other != space and _is_there(other, missing):
            return f"{other}.{missing}"
    first_version = "tf.compat.v1" + space.removeprefix("tf")
    if _is_there(first_version, missing):
        return f"{first_version}.{missing}"
    names: list[str] = sys.modules[module].__all__
    similar = get_close_matches(missing, names, 1, 0.7)
    return f"{space}.{similar[0]}" if similar else None


def _is_there(space: str, name: str) -> bool:
    """Whether a namespace of the package has a name, without asking for an error."""
    found: Any = sys.modules[_PACKAGE]
    for part in space.split(".")[1:]:
        if part not in getattr(found, "__all__", ()):
            return False
        found = getattr(found, part)
    return name in getattr(found, "__all__", ())
