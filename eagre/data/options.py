"""`Options`: what may be asked of a pipeline besides its elements."""

from __future__ import annotations

from typing import Any


class _Settings:
    """Named settings, each None until it is set; others than those named are refused."""

    _names: tuple[str, ...] = ()

    def __init__(self) -> None:
        for name in self._names:
            object.__setattr__(self, name, None)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names:
            raise AttributeError(
                f"{type(self).__name__} expected one of {', '.join(self._names)}. "
                f"Received: {name!r}"
            )
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # pyright: ignore[reportAssignmentType] settings change

    def _over(self, other: Any) -> Any:
        """These settings, with those of `other` where these leave it open."""
        merged = type(self)()
        for name in self._names:
            mine, theirs = getattr(self, name), getattr(other, name)
            both = isinstance(mine, _Settings) and isinstance(theirs, _Settings)
            found = mine._over(theirs) if both else theirs if mine is None else mine
            object.__setattr__(merged, name, found)
        return merged


class ThreadingOptions(_Settings):
    """How many threads a pipeline may use: accepted, and without effect so far.

    >>> options = tf.data.ThreadingOptions()
    >>> options.private_threadpool_size = 2
    """

    _names = ("max_intra_op_parallelism", "private_threadpool_size")


class AutotuneOptions(_Settings):
    """What is tuned while a pipeline runs: accepted, and without effect so far."""

    _names = ("autotune_algorithm", "cpu_budget", "enabled", "initial_parallelism", "ram_budget")


class Options(_Settings):
    """What may be asked of a pipeline by `dataset.with_options`.

    Stages run in order and one at a time, so each setting is kept and none changes an element.

    >>> options = tf.data.Options()
    >>> options.deterministic = True
    >>> tf.data.Dataset.range(3).with_options(options).options().deterministic
    True
    """

    _names = (
        "autotune", "dataset_name", "deterministic", "experimental_slack",
        "experimental_symbolic_checkpoint", "experimental_warm_start", "framework_type",
        "threading",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.autotune = AutotuneOptions()
        self.threading = ThreadingOptions()

    def merge(self, options: Any) -> Options:
        """These options, with those of `options` in their place where it has any."""
        if not isinstance(options, Options):
            raise TypeError(
                f"Options.merge expected tf.data.Options. Received: options={options!r}"
            )
        return options._over(self)
