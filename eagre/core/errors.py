"""The errors that operations raise.

::

    Exception
    ├── OpError                         an operation failed; `message` and `error_code` say how
    │   ├── CancelledError              1
    │   ├── UnknownError                2
    │   ├── InvalidArgumentError        3   also a ValueError
    │   │   └── DTypeMismatchError      3   also a TypeError
    │   ├── DeadlineExceededError       4   also a TimeoutError
    │   ├── NotFoundError               5   also a LookupError
    │   ├── AlreadyExistsError          6
    │   ├── PermissionDeniedError       7   also a PermissionError
    │   ├── ResourceExhaustedError      8   also a MemoryError
    │   ├── FailedPreconditionError     9   also a RuntimeError
    │   ├── AbortedError                10
    │   ├── OutOfRangeError             11  also an IndexError
    │   ├── UnimplementedError          12  also a NotImplementedError
    │   ├── InternalError               13  also a RuntimeError
    │   ├── UnavailableError            14
    │   ├── DataLossError               15
    │   └── UnauthenticatedError        16
    └── TypeError
        ├── InaccessibleTensorError             a symbolic tensor has no value to give
        └── OperatorNotAllowedInGraphError      Python asked a symbolic tensor to decide or iterate
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16

_ABSENT: Any = object()


class OpError(Exception):
    """An operation failed.

    Made from a message, `E("message")`, or in TensorFlow's way, `E(node_def, op, message)`.
    """

    error_code: int = UNKNOWN

    def __init__(
        self,
        node_def: Any = None,
        op: Any = None,
        message: Any = _ABSENT,
        error_code: int | None = None,
    ) -> None:
        if message is _ABSENT:
            node_def, message = None, node_def
        # The builtin bases read the arguments each in its own way: all get the message alone.
        self.args = (message,)
        self.message = message
        self.node_def = node_def
        self.op = op
        if error_code is not None:
            self.error_code = error_code

    def __str__(self) -> str:
        return "" if self.message is None else str(self.message)


class CancelledError(OpError):
    """The operation was cancelled before it finished."""

    error_code = CANCELLED


class UnknownError(OpError):
    """The operation failed for a reason that no other class names."""

    error_code = UNKNOWN


class InvalidArgumentError(OpError, ValueError):
    """An argument has a shape, dtype or value that the operation does not take."""

    error_code = INVALID_ARGUMENT


class DeadlineExceededError(OpError, TimeoutError):
    """The operation took longer than it was given."""

    error_code = DEADLINE_EXCEEDED


class NotFoundError(OpError, LookupError):
    """Something that was asked for, such as a file or a key, does not exist."""

    error_code = NOT_FOUND


class AlreadyExistsError(OpError):
    """Something that was to be made exists already."""

    error_code = ALREADY_EXISTS


class PermissionDeniedError(OpError, PermissionError):
    """The caller may not do what was asked."""

    error_code = PERMISSION_DENIED


class ResourceExhaustedError(OpError, MemoryError):
    """Memory or another resource ran out."""

    error_code = RESOURCE_EXHAUSTED


class FailedPreconditionError(OpError, RuntimeError):
    """The system is not in the state that the operation needs."""

    error_code = FAILED_PRECONDITION


class AbortedError(OpError):
    """The operation was given up, usually because of a concurrent one."""

    error_code = ABORTED


class OutOfRangeError(OpError, IndexError):
    """An iteration or an index went past the end."""

    error_code = OUT_OF_RANGE


class UnimplementedError(OpError, NotImplementedError):
    """The operation is not implemented for these arguments."""

    error_code = UNIMPLEMENTED


class InternalError(OpError, RuntimeError):
    """An invariant of the framework is broken."""

    error_code = INTERNAL


class UnavailableError(OpError):
    """A service cannot be reached now; trying again may help."""

    error_code = UNAVAILABLE


class DataLossError(OpError):
    """Stored data is lost or damaged beyond repair."""

    error_code = DATA_LOSS


class UnauthenticatedError(OpError):
    """The caller has not proven who it is."""

    error_code = UNAUTHENTICATED


class DTypeMismatchError(InvalidArgumentError, TypeError):
    """Two dtypes meet that have to be the same, or a value does not fit its dtype."""


class InaccessibleTensorError(TypeError):
    """A symbolic tensor was asked for its value, or used outside its graph."""


class OperatorNotAllowedInGraphError(TypeError):
    """Python asked a symbolic tensor for what only a value can answer."""
