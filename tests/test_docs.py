"""Every example that a reader can see is run: pages block by block, docstrings by doctest."""

import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import eagre as tf

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "eagre").rglob("*.py"))

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\S*)")
NOT_RUN = {"text", "sh"}


class Block(NamedTuple):
    """The Python between two fences of a page, and the line on which it begins."""

    source: str
    line: int


def read_blocks(page: Path) -> list[Block]:
    """The Python blocks of a page, in order.

    A fence of another language than `python`, `text` or `sh` is an error: a misspelled
    language would be an example that nobody runs.
    """
    blocks: list[Block] = []
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        opening = FENCE.match(line)
        if not opening:
            continue
        language, indent = opening["language"], opening["indent"]
        body = take_block(lines, indent, f"{page.name}:{number}")
        if language == "python":
            blocks.append(Block("\n".join(body) + "\n", number + 1))
        elif language not in NOT_RUN:
            raise ValueError(f"{page.name}:{number} expects a block marked python, text or sh. "
                             f"Received: language={language!r}")
    return blocks


def take_block(lines: Iterator[tuple[int, str]], indent: str, opened_at: str) -> list[str]:
    """The lines up to the closing fence, without the indentation of the opening one."""
    body: list[str] = []
    for _, line in lines:
        if line.strip() == "```":
            return body
        body.append(line.removeprefix(indent))
    raise ValueError(f"{opened_at} opens a block that nothing closes")


def run_block(block: Block, page: Path, namespace: dict[str, Any]) -> None:
    """Runs a block in the page's namespace; a traceback names the page and its line."""
    if ">>>" in block.source:
        test = doctest.DocTestParser().get_doctest(
            block.source, namespace, page.name, str(page), block.line - 1)
        test.globs = namespace  # doctest copies it, and functions would see the copy
        run_doctest(test)
    else:
        code = compile("\n" * (block.line - 1) + block.source, str(page), "exec")
        exec(code, namespace)


def run_doctest(test: doctest.DocTest) -> None:
    """Runs one docstring or block and fails with doctest's own report."""
    runner = doctest.DocTestRunner(
        verbose=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    runner.run(test, out=report.append, clear_globs=False)
    if runner.failures:
        pytest.fail("".join(report), pytrace=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in read_blocks(page):
        run_block(block, page, namespace)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.as_posix())
def test_docstrings_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    finder = doctest.DocTestFinder()
    for test in finder.find(module, globs={"tf": tf, "np": np}):
        run_doctest(test)
