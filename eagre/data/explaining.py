"""The text of `dataset.explain()`: a line for each stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.data.cursors import pipeline
from eagre.data.pace import duration
from eagre.data.specs import INFINITE, UNKNOWN

if TYPE_CHECKING:
    from eagre.data.clock import Clock
    from eagre.data.dataset import Dataset


def explained(dataset: Dataset, clock: Clock | None) -> str:
    """The stages, the last one first, and what each had of the waiting when there is a clock."""
    shares = {} if clock is None else clock.shares(dataset)
    lines = [_line(node, shares.get(id(node))) for node in pipeline(dataset)]
    if getattr(dataset.options(), "deterministic", None) is False:
        lines.append("deterministic=False: elements come in order all the same")
    if clock is not None and shares and clock.elements:
        waited, count = duration(clock.seconds(dataset) / clock.elements), clock.elements
        lines.append(f"waiting: {waited} an element, measured over {count} of the last run")
    return "\n".join(lines)


def _line(node: Dataset, share: float | None) -> str:
    known = {INFINITE: "no end", UNKNOWN: "unknown length"}
    size = node.size()
    specs = structure.map_structure(_short, node.element_spec)
    text = f"{node.stage} at {node.line}: {str(specs).replace(chr(39), '')}, "
    text += known.get(size, f"{size} elements") + node.detail()
    text += "; in order, though deterministic=False" if node.is_any_order_allowed else ""
    return text if share is None else f"{text}; {share:.0%} of the waiting"


def _short(spec: Any) -> str:
    if not hasattr(spec, "dtype"):
        return f"dataset of {structure.map_structure(_short, spec.element_spec)}"
    sizes = "..." if spec.sizes is None else ", ".join(map(str, spec.sizes))
    return f"{spec.dtype.name}[{sizes}]"
