"""Specs of elements as values of JSON, and back."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from eagre.core import dtypes
from eagre.core.specs import TensorSpec


def spec_to_json(spec: Any, name: str) -> Any:
    """A spec as lists, texts and numbers; `name` is what an error begins with."""
    if isinstance(spec, TensorSpec):
        return ["tensor", spec.dtype.name, None if spec.sizes is None else list(spec.sizes)]
    if hasattr(spec, "keys"):
        if not all(key.__class__ in (str, int) for key in spec):
            raise TypeError(
                f"{name} expected dictionaries whose keys are texts or integers. "
                f"Received: element_spec={spec!r}"
            )
        return ["dict", [[key, spec_to_json(spec[key], name)] for key in sorted(spec)]]
    if isinstance(spec, tuple) and hasattr(type(spec), "_fields"):
        parts = [spec_to_json(part, name) for part in spec]
        fields: Any = vars(type(spec)).get("_fields", ())
        return ["named", type(spec).__name__, list(fields), parts]
    if spec.__class__ is tuple:
        return ["tuple", [spec_to_json(part, name) for part in spec]]
    raise TypeError(
        f"{name} expected elements of tensors in tuples, dictionaries and named tuples. "
        f"Received: element_spec={spec!r}"
    )


def spec_from_json(value: Any) -> Any:
    """The spec; raises ValueError, KeyError, TypeError or IndexError for what is none."""
    kind, *rest = value
    if kind == "tensor":
        name, sizes = rest
        if name not in _DTYPES:
            raise ValueError(name)
        return TensorSpec(sizes, _DTYPES[name])
    if kind == "dict":
        return {key: spec_from_json(part) for key, part in rest[0]}
    if kind == "named":
        name, fields, parts = rest
        return namedtuple(name, fields)(*map(spec_from_json, parts))
    if kind == "tuple":
        return tuple([spec_from_json(part) for part in rest[0]])
    raise ValueError(kind)


_DTYPES = {dtype.name: dtype for dtype in vars(dtypes).values() if isinstance(dtype, dtypes.DType)}
