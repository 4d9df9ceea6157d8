"""Iterators of datasets as the first eager programs made them."""

from __future__ import annotations

from typing import Any

from eagre.compat.initializable import from_structure
from eagre.data import iterator


class Iterator(iterator.Iterator):
    """The elements of a dataset, one by one: `tfe.Iterator(dataset)`.

    >>> import eagre.contrib.eager as tfe
    >>> elements = tfe.Iterator(tf.data.Dataset.range(2))
    >>> elements.next().numpy(), [element.numpy() for element in elements]
    (np.int64(0), [np.int64(1)])
    """

    from_structure = staticmethod(from_structure)

    def next(self) -> Any:
        """The next element.

        Raises:
            StopIteration: there is none.
        """
        return self.__next__()


def make_one_shot_iterator(dataset: Any) -> Iterator:
    """An iterator over a dataset: `tf.compat.v1.data.make_one_shot_iterator`.

    >>> elements = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(2))
    >>> elements.get_next().numpy()
    np.int64(0)
    """
    return Iterator(dataset)
