"""`Transformations`: the methods of a dataset that return other datasets."""

from __future__ import annotations

from eagre.data.methods.computing import Computing
from eagre.data.methods.grouping import Grouping
from eagre.data.methods.selecting import Selecting
from eagre.data.methods.storing import Storing
from eagre.data.methods.whole import Whole


class Transformations(Selecting, Computing, Grouping, Storing, Whole):
    """What may be done to a dataset.

    Where a method takes `num_parallel_calls`, `deterministic` or `buffer_size` for work beside the
    caller's, these are accepted: stages run in the caller's thread, in order. `name` is accepted
    as well.
    """
