"""Pipelines from the files that match a pattern: in turns, shuffled, repeated."""

from __future__ import annotations

from typing import Any

from eagre.data.dataset import Dataset
from eagre.files.matching import matching
from eagre.files.opening import path_of


def files_matching(pattern: Any, name: str) -> list[str]:
    """The files that match a pattern or several, sorted."""
    patterns = pattern if isinstance(pattern, list | tuple) else [pattern]
    if not patterns:
        raise ValueError(f"{name} expected a path or pattern. Received: file_pattern={pattern!r}")
    found: list[str] = []
    for each in patterns:
        matches = matching(path_of(each, f"{name}(file_pattern)"))
        if not matches:
            raise ValueError(
                f"{name} expected files that match file_pattern. Received: {each!r}, which none "
                "matches"
            )
        found += matches
    return sorted(found)


def in_turns(files: list[str], open_one: Any, shuffle: bool, seed: Any, parallel: Any) -> Dataset:
    """The elements of the datasets of several files."""
    names = Dataset.from_tensor_slices(files)
    if shuffle:
        names = names.shuffle(len(files), seed)
    turns = 1 if parallel in (None, -1) else parallel
    return names.interleave(open_one, cycle_length=turns, block_length=1)


def shuffled_and_repeated(
    dataset: Dataset, epochs: Any, shuffle: bool, size: int, seed: Any
) -> Dataset:
    """The elements of several epochs, each in an order of its own."""
    if shuffle:
        dataset = dataset.shuffle(size, seed)
    return dataset if epochs == 1 else dataset.repeat(epochs)
