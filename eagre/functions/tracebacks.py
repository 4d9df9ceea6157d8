"""Tracebacks that end at the user's line: those of eagre, and of graphs that run, are left out."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from eagre.core import settings
from eagre.functions.autograph.libraries import is_library, is_own


def filtered(error: Exception) -> Exception:
    """The error with a traceback without lines of eagre, unless the user wants to see them."""
    chain: list[Any] = []
    each: BaseException | None = error if settings.is_traceback_filtering_enabled() else None
    while each is not None and not any(each is known for known in chain):
        chain.append(each)
        each.__traceback__ = _filtered(each.__traceback__)
        each = each.__cause__ or each.__context__
    return error


def _filtered(traceback: TracebackType | None) -> TracebackType | None:
    """What Python libraries do for eagre, behind the user's last line, is left out as well."""
    entries: list[TracebackType] = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    codes = [entry.tb_frame.f_code for entry in entries]
    last = max([i for i, code in enumerate(codes) if not _is_left_out(code, is_library)], default=0)
    end = next((i for i in range(last, len(codes)) if _is_left_out(codes[i], is_own)), len(codes))
    kept = [i for i in range(end) if not _is_left_out(codes[i], is_own)]
    for i in reversed(kept):
        entry = entries[i]
        traceback = TracebackType(traceback, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return traceback


def _is_left_out(code: Any, rule: Any) -> bool:
    return code.co_filename.startswith("<graph ") or rule(code)
