"""`Options`: what may be asked of a pipeline besides its elements."""

from __future__ import annotations

from enum import Enum
from typing import Any


class AutoShardPolicy(Enum):
    """How a strategy divides a dataset among machines: kept in the options.

    Nothing divides by itself: `dataset.shard(num_shards, index)` does.

    >>> tf.data.experimental.AutoShardPolicy.DATA
    <AutoShardPolicy.DATA: 2>
    """

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


class ExternalStatePolicy(Enum):
    """What to do about state outside a dataset when it is saved: kept in the options.

    >>> tf.data.experimental.ExternalStatePolicy.WARN.value
    0
    """

    WARN = 0
    IGNORE = 1
    FAIL = 2


class AutotuneAlgorithm(Enum):
    """How TensorFlow looks for the best settings: kept in the options.

    >>> tf.data.experimental.AutotuneAlgorithm.HILL_CLIMB.value
    1
    """

    DEFAULT = 0
    HILL_CLIMB = 1
    GRADIENT_DESCENT = 2
    MAX_PARALLELISM = 3
    STAGE_BASED = 4


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
            mine, theirs = vars(self)[name], vars(other)[name]
            both = isinstance(mine, _Settings) and isinstance(theirs, _Settings)
            found = mine._over(theirs) if both else theirs if mine is None else mine
            object.__setattr__(merged, name, found)
        return merged


class ThreadingOptions(_Settings):
    """How many threads a pipeline may use.

    `private_threadpool_size` bounds the calls of a stage that run at a time.
    `max_intra_op_parallelism` is accepted, and without effect.

    >>> options = tf.data.ThreadingOptions()
    >>> options.private_threadpool_size = 2
    """

    _names = ("max_intra_op_parallelism", "private_threadpool_size")


class AutotuneOptions(_Settings):
    """What is tuned while a pipeline runs.

    `enabled = False` has threads used exactly as they were asked for, however cheap the calls.
    `cpu_budget` is the number of cores that `tf.data.AUTOTUNE` counts on, and `ram_budget` the
    bytes that it lets wait in one stage (by default half a gibibyte). `autotune_algorithm`
    and `initial_parallelism` are accepted, and without effect.
    """

    _names = (
        "autotune_algorithm", "cpu_budget", "enabled", "initial_parallelism", "min_parallelism",
        "ram_budget",
    )  # fmt: skip


class DistributeOptions(_Settings):
    """How a dataset is divided among machines: kept, and without effect.

    >>> tf.data.experimental.DistributeOptions().auto_shard_policy
    <AutoShardPolicy.AUTO: 0>
    """

    _names = ("auto_shard_policy", "num_devices")

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        is_open = name == "auto_shard_policy" and found is None
        return AutoShardPolicy.AUTO if is_open else found


class OptimizationOptions(_Settings):
    """Which rewritings of TensorFlow to apply: kept, and without effect.

    >>> options = tf.data.experimental.OptimizationOptions()
    >>> options.map_fusion = True
    """

    _names = (
        "apply_default_optimizations", "filter_fusion", "filter_parallelization",
        "inject_prefetch", "map_and_batch_fusion", "map_and_filter_fusion", "map_fusion",
        "map_parallelization", "noop_elimination", "parallel_batch", "seq_interleave_prefetch",
        "shuffle_and_repeat_fusion",
    )  # fmt: skip


class ServiceOptions(_Settings):
    """How a data service is used: kept, and without effect.

    >>> tf.data.experimental.ServiceOptions().pinned is None
    True
    """

    _names = ("pinned",)


class Options(_Settings):
    """What may be asked of a pipeline by `dataset.with_options`.

    `autotune` and `threading` have settings that count. The others are kept and change nothing:
    elements come in the same order for each number of threads, `deterministic` or not.

    >>> options = tf.data.Options()
    >>> options.deterministic = True
    >>> tf.data.Dataset.range(3).with_options(options).options().deterministic
    True
    """

    _names = (
        "autotune", "dataset_name", "deterministic", "experimental_deterministic",
        "experimental_distribute", "experimental_external_state_policy",
        "experimental_optimization", "experimental_service", "experimental_slack",
        "experimental_symbolic_checkpoint", "experimental_threading", "experimental_warm_start",
        "framework_type", "threading",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.autotune = AutotuneOptions()
        self.threading = ThreadingOptions()
        self.experimental_threading = ThreadingOptions()
        self.experimental_distribute = DistributeOptions()
        self.experimental_optimization = OptimizationOptions()
        self.experimental_service = ServiceOptions()

    def merge(self, options: Any) -> Options:
        """These options, with those of `options` in their place where it has any."""
        if not isinstance(options, Options):
            raise TypeError(
                f"Options.merge expected tf.data.Options. Received: options={options!r}"
            )
        return options._over(self)
