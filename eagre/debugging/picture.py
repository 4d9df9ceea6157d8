"""A recorded computation as one HTML file: a row for each operation, an arc for each value used."""

from __future__ import annotations

import linecache
import math
from html import escape
from typing import Any, NamedTuple

from eagre.core.origin import shown_spec
from eagre.debugging.numbers import Summary, short, summary

ROWS = 2000
"""How many operations a picture has at most."""

HUGE = 1000.0
"""The root mean square of a gradient from which it counts as exploding."""

_HEIGHT, _WIDEST = 24, 210

_STYLE = """
body { font: 13px/1.4 system-ui, sans-serif; margin: 24px; color: #1c1c1c; background: #fff; }
h1 { font-size: 18px; font-weight: 600; margin: 0 0 4px; }
p { margin: 0 0 12px; color: #555; max-width: 60em; }
.mark { display: inline-block; width: 26px; height: 0; border-top: 2px solid;
        margin: 0 4px 3px 14px; }
.picture { position: relative; }
svg { position: absolute; left: 0; top: 0; pointer-events: none; }
path { fill: none; stroke: #9aa3ad; stroke-width: 1.2; }
path.dead { stroke: #9a6bd1; stroke-dasharray: 4 3; stroke-width: 1.6; }
path.exploding, path.bad { stroke: #d1362f; stroke-width: 2; }
.row { display: flex; height: 24px; align-items: center; white-space: nowrap;
       margin-left: var(--arcs); }
.row:hover { background: #eef3f8; }
.line { font-family: ui-monospace, monospace; color: #555; border-top: 1px solid #ddd;
        box-sizing: border-box; overflow: hidden; }
.line b { color: #1c1c1c; font-weight: 600; margin-left: 12px; }
.row span { overflow: hidden; text-overflow: ellipsis; padding-right: 12px;
            box-sizing: border-box; }
.number { flex: 0 0 48px; color: #888; text-align: right; }
.name { flex: 0 0 150px; font-weight: 600; }
.spec { flex: 0 0 150px; color: #555; font-family: ui-monospace, monospace; }
.value { flex: 0 0 200px; font-family: ui-monospace, monospace; }
.norm { flex: 0 0 90px; font-family: ui-monospace, monospace; text-align: right; }
.head span { color: #888; font-weight: 400; font-family: inherit; }
.row.bad .value, .exploding .grad { color: #d1362f; font-weight: 600; }
.dead .grad { color: #9a6bd1; }
"""


class _Row(NamedTuple):
    """An operation in the picture: where its middle is, and how its gradient fares."""

    step: Any
    middle: int
    value: Summary | None
    gradient: str
    kind: str


def page(run: Any, target: Any) -> str:
    """The text of the file; gradients are those of `target`, None for no gradients."""
    steps = run.steps[:ROWS]
    rows, lines, height = _rows(run, steps, target)
    uses = _uses(rows)
    edge = math.ceil(max((_width(*use) for use in uses), default=0)) + 8
    counts = {kind: sum(row.kind == kind for row in rows) for kind in ("bad", "dead", "exploding")}
    said = f"{len(run.steps)} operations"
    said += f", of which the first {ROWS} are shown" if len(run.steps) > ROWS else ""
    gradient = "no gradients, for there is no scalar" if target is None else _described(run, target)
    found = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "none marked"
    title = f"Recording of {len(run.steps)} operations"
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f"<title>{title}</title>", f"<style>{_STYLE}</style>", "</head>", "<body>",
        f"<h1>{title}</h1>", f"<p>{said}; {escape(gradient)}; {found}.</p>", _LEGEND,
        f'<div class="picture" style="--arcs: {edge + 4}px">',
        f'<svg width="{edge + 4}" height="{height}">', *_arcs(uses, edge), "</svg>",
        *lines, "</div>", "</body>", "</html>", "",
    ])


_LEGEND = (
    '<p><span class="mark" style="border-color:#9aa3ad"></span>value used'
    '<span class="mark" style="border-color:#9a6bd1;border-top-style:dashed"></span>'
    "dead: no gradient or only zeros come back"
    '<span class="mark" style="border-color:#d1362f"></span>'
    f"exploding (root mean square above {HUGE:g}) or not finite</p>"
)


def _described(run: Any, target: Any) -> str:
    step = run.step_of(target)
    return "gradients of " + ("a value from outside" if step is None else
                              f"operation {step.number}, {step.name} at {step.line}")


def _rows(run: Any, steps: Any, target: Any) -> tuple[list[_Row], list[str], int]:
    """The rows, their HTML, and the height of all."""
    rows: list[_Row] = []
    lines = [_html("row head", ["", "operation", "dtype and shape", "value", "norm", "gradient"])]
    top, before = _HEIGHT, None
    reaching = _reaching(run.steps, target)
    for step in steps:
        if step.line != before:
            lines.append(_heading(step.line))
            top, before = top + _HEIGHT, step.line
        row = _row(run, step, target, reaching, top + _HEIGHT // 2)
        rows.append(row)
        lines.append(_row_html(row))
        top += _HEIGHT
    return rows, lines, top


def _row(run: Any, step: Any, target: Any, reaching: set[int], middle: int) -> _Row:
    """An operation with what comes back to its first output."""
    value = summary(step.outputs[0]) if step.outputs else None
    kind, shown = "", ""
    if step.outputs and id(step.outputs[0]) in reaching:
        grad = summary(run.gradient(target, step.outputs[0]))
        shown = "none" if grad is None else f"{grad.norm:.3g}"
        kind = _kind(grad)
        shown = grad.bad if grad is not None and grad.is_bad else shown
    if value is not None and value.is_bad:
        kind = "bad"
    return _Row(step, middle, value, shown, kind)


def _kind(grad: Summary | None) -> str:
    if grad is None or (grad.norm == 0 and not grad.is_bad):
        return "dead"
    is_huge = grad.norm > HUGE * math.sqrt(grad.count)
    return "exploding" if grad.is_bad or is_huge else ""


def _reaching(steps: Any, target: Any) -> set[int]:
    """The numbers of the floating-point values from which `target` was computed."""
    needed: set[int] = {id(target)}
    for step in reversed(steps):
        if not needed.isdisjoint(map(id, step.outputs)):
            needed.update(map(id, step.inputs))
    made = (x for step in steps for x in step.outputs)
    has_gradient = {id(x) for x in made if x.dtype.is_floating or x.is_complex}
    return needed & has_gradient


def _heading(line: str) -> str:
    file, _, rest = line.rpartition(":")
    number = rest.partition(" ")[0]
    source = linecache.getline(file, int(number)).strip() if number.isdigit() else ""
    return f'<div class="row line">{escape(line)}<b>{escape(source)}</b></div>'


def _row_html(row: _Row) -> str:
    step = row.step
    cells = [str(step.number), step.label, ", ".join(shown_spec(x.spec) for x in step.outputs),
             ", ".join(short(x) for x in step.outputs),
             "" if row.value is None else f"{row.value.norm:.3g}", row.gradient]
    hint = "; ".join(f"{x.array!s:.300}" for x in step.outputs)
    return _html(f"row {row.kind}".strip(), cells, hint)


def _html(classes: str, cells: list[str], hint: str = "") -> str:
    names = ("number", "name", "spec", "value", "norm", "norm grad")
    pairs = zip(names, cells, strict=True)
    spans = "".join(f'<span class="{name}">{escape(cell)}</span>' for name, cell in pairs)
    title = f' title="{escape(hint)}"' if hint else ""
    return f'<div class="{classes}"{title}>{spans}</div>'


def _uses(rows: list[_Row]) -> list[tuple[_Row, _Row]]:
    """Each operation with each that uses its value."""
    makers = {id(x): row for row in rows for x in row.step.outputs}
    return [
        (maker, row)
        for row in rows
        for maker in {id(x): makers[id(x)] for x in row.step.inputs if id(x) in makers}.values()
    ]


def _width(maker: _Row, user: _Row) -> float:
    """How far an arc goes to the left: the farther, the longer it is."""
    return min(_WIDEST, 16 + 9 * math.sqrt((user.middle - maker.middle) / _HEIGHT))


def _arcs(uses: list[tuple[_Row, _Row]], edge: int) -> list[str]:
    """An arc for each use, from `edge` to the left and back."""
    arcs: list[str] = []
    for maker, user in uses:
        # A curve of third order comes to three quarters of the way to its control points.
        turn = edge - _width(maker, user) * 4 / 3
        path = f"M{edge} {maker.middle} C{turn:.0f} {maker.middle}"
        path += f" {turn:.0f} {user.middle} {edge} {user.middle}"
        kind = f' class="{maker.kind}"' if maker.kind else ""
        said = f"{maker.step.name} ({maker.step.number}) to {user.step.name} ({user.step.number})"
        arcs.append(f'<path{kind} d="{path}"><title>{escape(said)}</title></path>')
    return arcs
