"""What a restore has done, and what still waits: the objects that `restore` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from eagre.core.caller import Called

if TYPE_CHECKING:
    from eagre.state.checkpoint.restoring import Restoration

_SHOWN = 10


class CheckpointLoadStatus:
    """What a restore has done. Its methods raise AssertionError, or return the status.

    `pending` lists the tensors of the checkpoint that have found no variable yet; each fills its
    variable when that appears.
    """

    def __init__(self, restoration: Restoration, checkpoint: Any) -> None:
        self._restoration = restoration
        self._checkpoint = checkpoint

    @property
    def pending(self) -> list[str]:
        """The names of the tensors that have found no variable yet."""
        return self._restoration.pending()

    def __repr__(self) -> str:
        path, filled = self._restoration.reader.path, len(self._restoration.taken)
        return f"<CheckpointLoadStatus of {path!r}: {filled} filled, {len(self.pending)} pending>"

    def assert_consumed(self) -> CheckpointLoadStatus:
        """Check that program and checkpoint have the same variables, all of them filled."""
        self.assert_existing_objects_matched()
        if self.pending:
            raise AssertionError(
                "assert_consumed expected a variable for each tensor of the checkpoint. "
                f"Received: {_listed(self.pending)}\n{self._restoration.difference()}"
            )
        return self

    def assert_existing_objects_matched(self) -> CheckpointLoadStatus:
        """Check that all variables that exist now were filled."""
        unfilled = self._restoration.unfilled()
        if unfilled:
            raise AssertionError(
                f"{Called('assert_existing_objects_matched')} expected all variables to be filled "
                f"from the checkpoint. Received: {_listed(unfilled)}\n"
                f"{self._restoration.difference()}\n"
                "What appeared in a tuple, or by a second name of a list, is filled by restoring "
                "again."
            )
        return self

    def assert_nontrivial_match(self) -> CheckpointLoadStatus:
        """Check that at least one variable was filled."""
        if not self._restoration.taken - {"save_counter"}:
            raise AssertionError(
                "assert_nontrivial_match expected at least one variable that is in the checkpoint. "
                f"Received: none\n{self._restoration.difference()}"
            )
        return self

    def expect_partial(self) -> CheckpointLoadStatus:
        """Declare that tensors of the checkpoint may find no variable, as always they may."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Do nothing: values are in place when `restore` returns."""

    def run_restore_ops(self, session: Any = None) -> None:
        """Do nothing: values are in place when `restore` returns."""


class InitializationOnlyStatus:
    """The status of `restore(None)`, of which every assertion fails."""

    pending: list[str] = []

    def _refuse(self, name: str) -> NoReturn:
        raise AssertionError(
            f"{name} expected a restored checkpoint. Received: save_path=None, from which "
            "nothing is restored."
        )

    def assert_consumed(self) -> NoReturn:
        """Raise an AssertionError."""
        self._refuse("assert_consumed")

    def assert_existing_objects_matched(self) -> NoReturn:
        """Raise an AssertionError."""
        self._refuse("assert_existing_objects_matched")

    def assert_nontrivial_match(self) -> NoReturn:
        """Raise an AssertionError."""
        self._refuse("assert_nontrivial_match")

    def expect_partial(self) -> InitializationOnlyStatus:
        """Return the status."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Do nothing."""

    def run_restore_ops(self, session: Any = None) -> None:
        """Do nothing."""


def _listed(names: list[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + rest
