"""The names of optional features, which TensorFlow's signatures take."""

from __future__ import annotations

from enum import Enum


class Feature(Enum):
    """What `to_graph` and `to_code` can be asked for; all of it is always on.

    >>> tf.autograph.experimental.Feature.LISTS.name
    'LISTS'
    """

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"
