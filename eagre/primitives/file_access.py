"""Whole files, read and written while a program runs, and the names of those that match."""

from __future__ import annotations

from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.files.matching import matching
from eagre.files.opening import path_of, read_whole, write_whole
from eagre.primitives import batching
from eagre.primitives.decoding import STRINGS, of_each
from eagre.primitives.families import check_dtypes


class ReadFile(Primitive):
    """The bytes of the file of each path."""

    public = "read_file"
    effect = "read"
    has_one_input = True
    can_fail = True
    stops_gradients = True
    vectorize = batching.as_it_is

    def infer(self, paths: TensorSpec) -> TensorSpec:
        """Strings in the same shape."""
        check_dtypes(self, (paths,), STRINGS)
        return TensorSpec.of(paths.sizes, dtypes.string)

    def kernel(self, paths: Any) -> Any:
        return of_each(paths, lambda path: read_whole(path_of(path, self.public), self.public))


class WriteFile(Primitive):
    """Nothing; a file is made of the contents."""

    public = "write_file"
    effect = "visible"
    can_fail = True
    stops_gradients = True
    checks_always = True
    vectorize = batching.by_rows

    def infer(self, path: TensorSpec, contents: TensorSpec) -> tuple[()]:
        """No output."""
        for name, spec in (("filename", path), ("contents", contents)):
            check_dtypes(self, (spec,), STRINGS)
            if spec.rank not in (0, None):
                raise InvalidArgumentError(
                    f"write_file expected {name} to be a scalar. Received: shape={spec.shape}"
                )
        return ()

    def kernel(self, path: Any, contents: Any) -> tuple[()]:
        write_whole(path_of(path[()], self.public), contents[()], self.public)
        return ()


class MatchingFiles(Primitive):
    """The paths that match one of the patterns, sorted."""

    public = "matching_files"
    effect = "read"
    has_one_input = True
    can_fail = True
    stops_gradients = True
    checks_always = True

    def infer(self, patterns: TensorSpec) -> TensorSpec:
        """As many as there are."""
        check_dtypes(self, (patterns,), STRINGS)
        if patterns.rank not in (0, 1, None):
            raise InvalidArgumentError(
                "matching_files expected a pattern or a vector of patterns. "
                f"Received: shape={patterns.shape}"
            )
        return TensorSpec.of((None,), dtypes.string)

    def kernel(self, patterns: Any) -> Any:
        names = [path_of(each, self.public) for each in patterns.reshape(-1).tolist()]
        found = sorted(path for name in names for path in matching(name))
        result = np.empty(len(found), object)
        result[:] = [path.encode("utf-8", "surrogateescape") for path in found]
        return result


read_file = ReadFile()
write_file = WriteFile()
matching_files = MatchingFiles()
