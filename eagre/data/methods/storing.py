"""`Storing`: methods that keep elements, in memory and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eagre.data.dataset import Dataset


class Storing:
    """Elements that are kept."""

    def cache(self: Any, filename: Any = "", name: str | None = None) -> Dataset:
        """The same elements, which are kept in memory when they have come once.

        A file to keep them in cannot be named yet.

        >>> [int(x) for x in tf.data.Dataset.range(3).cache().repeat(2)]
        [0, 1, 2, 0, 1, 2]
        """
        from eagre.data.keeping import Cache

        return Cache(self, filename)
