"""Random numbers: functions of a seed, and operations on the global random state.

The stateless functions give TensorFlow's numbers, and so do the global ones after `set_seed`.
Traced, the global ones read and assign the global state: each run of a graph draws new numbers,
those that the same calls would give eagerly.
"""

from __future__ import annotations

import os
from _thread import allocate_lock, get_ident
from operator import index
from typing import Any

import numpy as np

from eagre.core import dtypes
from eagre.core.conversion import to_tensor
from eagre.core.doors import NO_PARAMS, apply
from eagre.core.specs import TensorSpec
from eagre.core.tensor import Cell, next_handle_id, wrap
from eagre.ops.drawing import (
    SIGNED_INTEGERS,
    algorithm_number,
    check_dtype,
    draw_categories,
    draw_normal,
    draw_shuffled,
    draw_uniform,
)
from eagre.primitives import rearrangement
from eagre.primitives.families import FLOATS, apply_with_shape
from eagre.primitives.random_bits import PHILOX
from eagre.primitives.random_distributions import random_normal, random_truncated_normal
from eagre.primitives.random_streams import next_stream, seeded_stream, stream_from_seed
from eagre.primitives.state import assign_variable, read_variable

_UNIFORM = FLOATS | SIGNED_INTEGERS

# Functions of a seed --------------------------------------------------------------------------


def stateless_stream(seed: Any, algorithm: int, name: str) -> Any:
    seed = to_tensor(seed, name=f"{name}(seed)")
    return lambda *_: apply(stream_from_seed, (seed,), {"algorithm": algorithm})


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """Numbers from `minval` up to, not including, `maxval`: a function of the seed.

    Args:
        seed: two integers.
        maxval: by default 1 for floats; integers need it.
        minval: for integers None, together with `maxval`, means the full range of the dtype.

    >>> tf.random.stateless_uniform([2], seed=[1, 2]).numpy()
    array([0.8440604 , 0.19204533], dtype=float32)
    """
    algorithm = algorithm_number(alg, "stateless_uniform")
    stream = stateless_stream(seed, algorithm, "stateless_uniform")
    return draw_uniform("stateless_uniform", stream, shape, minval, maxval, dtype, algorithm)


def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """Normally distributed numbers: a function of the seed.

    >>> tf.random.stateless_normal([2], seed=[1, 2]).numpy().round(4)
    array([0.5441, 0.2074], dtype=float32)
    """
    algorithm = algorithm_number(alg, "stateless_normal")
    stream = stateless_stream(seed, algorithm, "stateless_normal")
    return draw_normal(
        random_normal, "stateless_normal", stream, shape, mean, stddev, dtype, algorithm
    )


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """Normal numbers within two standard deviations of the mean: a function of the seed.

    >>> tf.random.stateless_truncated_normal([2], seed=[1, 2]).numpy().round(4)
    array([0.5441, 0.2074], dtype=float32)
    """
    algorithm = algorithm_number(alg, "stateless_truncated_normal")
    stream = stateless_stream(seed, algorithm, "stateless_truncated_normal")
    return draw_normal(
        random_truncated_normal,
        "stateless_truncated_normal",
        stream,
        shape,
        mean,
        stddev,
        dtype,
        algorithm,
    )


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64, name: str | None = None
) -> Any:
    """For each row of logits, `num_samples` numbers of classes: a function of the seed.

    >>> tf.random.stateless_categorical([[0.0, 0.0]], 4, seed=[1, 2]).numpy()
    array([[1, 1, 0, 1]])
    """
    stream = stateless_stream(seed, PHILOX, "stateless_categorical")
    return draw_categories("stateless_categorical", stream, logits, num_samples, dtype)


def stateless_shuffle(
    value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None
) -> Any:
    """The parts of `value` along its first axis in random order: a function of the seed.

    >>> tf.random.experimental.stateless_shuffle([1, 2, 3], seed=[1, 2]).numpy()
    array([2, 3, 1], dtype=int32)
    """
    algorithm = algorithm_number(alg, "stateless_shuffle")
    stream = stateless_stream(seed, algorithm, "stateless_shuffle")
    return draw_shuffled(to_tensor(value), stream, algorithm)


def split(seed: Any, num: Any = 2, alg: Any = "auto_select") -> Any:
    """New seeds [num, 2] made of one.

    >>> tf.random.split([1, 2], 3).shape
    TensorShape([3, 2])
    """
    seed = to_tensor(seed, name="split(seed)")
    return stateless_uniform([num, 2], seed, None, None, seed.dtype, alg=alg)


def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Any:
    """A new seed made of a seed and a number, such as that of a step or of a worker.

    >>> tf.random.fold_in([1, 2], 3).numpy()
    array([1105988140,          3], dtype=int32)
    """
    data = to_tensor(data, name="fold_in(data)")
    first = stateless_uniform((), seed, None, None, data.dtype, alg=alg)
    return rearrangement.stack([first, data])


# The global random state ----------------------------------------------------------------------


def state_handle(values: list[int], name: str) -> Any:
    """The handle of a place for integers that graphs may read and assign."""
    array = np.array(values, np.int64)
    handle = wrap(Cell(array, TensorSpec.of(array.shape, dtypes.int64), name, False))
    handle.id = next_handle_id()
    return handle


def _chance() -> int:
    return int.from_bytes(os.urandom(7), "little")


_state = state_handle([_chance(), 0, 0, 0], "random_state")
_places: dict[tuple[Any, ...], Any] = {}
_runs = [0, 0]
"""The setting of the seed, and how many runs have begun since."""
apart: dict[int, Any] = {}
"""For each thread that draws from states of its own these states, an `Apart`."""
# Held while a state is read and assigned, so that two threads do not draw the same numbers.
state_lock = allocate_lock()


def global_setting() -> tuple[int, int]:
    """Whether the user has set the seed, and how often a seed has been set."""
    _, is_set, _, setting = _state.array.array.tolist()
    return is_set, setting


def number_of_run() -> tuple[int, int] | None:
    """Two integers for what is begun now, which `set_seed` governs; None where it is by chance.

    The sequence of random numbers does not move on.
    """
    own = apart.get(get_ident()) if apart else None
    if own is not None:
        return own.number_of_run()
    with state_lock:
        seed, is_set, _, setting = _state.array.array.tolist()
        if _runs[0] != setting:
            _runs[:] = setting, 0
        _runs[1] += 1
        return (seed, _runs[1]) if is_set else None


def follow(setting: tuple[int, int]) -> None:
    """Let what `global_setting` tells be the same as in another process."""
    is_set, count = setting
    with state_lock:
        assign_variable(_state, to_tensor([_chance(), is_set, 0, count], dtypes.int64))


def is_global(handle: Any) -> Any:
    """None for a handle of something else, () for the state, and what identifies a place."""
    if handle is _state:
        return ()
    return next((key for key, place in list(_places.items()) if place is handle), None)


def set_seed(seed: Any) -> None:
    """Begin the sequence of random numbers that belongs to an integer; None stands for chance.

    It governs the functions below (not generators): those called without a seed draw from one
    sequence, those with a seed of their own from one for each kind, dtype and seed.

    >>> tf.random.set_seed(7)
    >>> tf.random.uniform([2]).numpy()
    array([0.8344538 , 0.23336661], dtype=float32)
    """
    try:
        number = _chance() if seed is None else index(seed)
    except TypeError:
        raise TypeError(f"set_seed expected an integer or None. Received: seed={seed!r}") from None
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"set_seed expected an integer of 64 bits. Received: seed={seed}")
    with state_lock:
        kept = read_variable(_state) * to_tensor([0, 0, 0, 1], dtypes.int64)
        begun = to_tensor([number, seed is not None, 0, 1], dtypes.int64)
        assign_variable(_state, kept + begun)


def global_stream(seed: Any, use: str, *kinds: str) -> Any:
    """A stream of the global state."""
    if seed is None:
        return _next_stream
    try:
        number = index(seed)
    except TypeError:
        name = use.removesuffix("_integers")
        raise TypeError(
            f"{name} expected seed to be an integer or None. Received: seed={seed!r}"
        ) from None
    return lambda shape, *more: _seeded_stream(number, use, (*kinds, *more), shape)


def repeated_stream(seed: int, use: str) -> Any:
    """The key and the counter of an operation whose numbers are the same in each call."""
    inputs = read_variable(_state), to_tensor([0, 0], dtypes.int64)
    key, counter, _ = apply_with_shape(seeded_stream, inputs, (), seed=seed, use=use)
    return key, counter


def _next_stream(*_: Any) -> Any:
    own = apart.get(get_ident()) if apart else None
    state = _state if own is None else own.state
    with state_lock:
        key, counter, after = apply(next_stream, (read_variable.door(state),), NO_PARAMS)
        assign_variable.door(state, after)
    return key, counter


def _seeded_stream(seed: int, use: str, kinds: tuple[str, ...], shape: Any) -> Any:
    own = apart.get(get_ident()) if apart else None
    with state_lock:
        state, place = _handles(own, (use, kinds, seed))
        inputs = read_variable.door(state), read_variable.door(place)
        key, counter, after = apply_with_shape(seeded_stream, inputs, shape, seed=seed, use=use)
        assign_variable.door(place, after)
    return key, counter


def _handles(own: Any, identity: tuple[Any, ...]) -> tuple[Any, Any]:
    """Those of the state and of the place of operations of one kind and seed."""
    if own is not None:
        return own.state, own.place(identity)
    place = _places.get(identity)
    if place is None:
        name = f"random_place_{identity[0]}_{identity[2]}"
        place = _places[identity] = state_handle([0, 0], name)
    return _state, place


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Numbers from `minval` up to, not including, `maxval` (by default 1; integers need it).

    >>> tf.random.set_seed(5)
    >>> tf.random.uniform([], maxval=3, dtype=tf.int32, seed=10).numpy()
    np.int32(2)
    """
    dtype = check_dtype(dtypes.as_dtype(dtype), _UNIFORM, "uniform")
    if dtype.is_integer and maxval is None:
        raise ValueError(
            f"uniform expected maxval for integers. Received: maxval=None, dtype={dtype.name}"
        )
    use = "uniform_integers" if dtype.is_integer else "uniform"
    stream = global_stream(seed, use, dtype.name)
    return draw_uniform("uniform", stream, shape, minval, maxval, dtype)


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Normally distributed numbers.

    >>> tf.random.set_seed(5)
    >>> tf.random.normal([2], seed=1).numpy().round(4)
    array([-1.3769, -0.0126], dtype=float32)
    """
    stream = global_stream(seed, "normal", dtypes.as_dtype(dtype).name)
    return draw_normal(random_normal, "normal", stream, shape, mean, stddev, dtype)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Normally distributed numbers, drawn again where not within two deviations of the mean.

    >>> tf.random.truncated_normal([2, 3]).shape
    TensorShape([2, 3])
    """
    stream = global_stream(seed, "truncated_normal", dtypes.as_dtype(dtype).name)
    return draw_normal(
        random_truncated_normal, "truncated_normal", stream, shape, mean, stddev, dtype
    )


def shuffle(value: Any, seed: Any = None, name: str | None = None) -> Any:
    """The parts of `value` along its first axis in random order.

    >>> sorted(tf.random.shuffle([1, 2, 3]).numpy().tolist())
    [1, 2, 3]
    """
    value = to_tensor(value)
    return draw_shuffled(value, global_stream(seed, "shuffle", value.dtype.name))


def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None, name: str | None = None
) -> Any:
    """For each row of logits [batch, classes], `num_samples` numbers of classes (int64).

    They are TensorFlow's where it uses one thread.

    >>> tf.random.categorical([[0.0, 0.0]], 5).shape
    TensorShape([1, 5])
    """
    dtype = dtypes.int64 if dtype is None else dtype
    stream = global_stream(seed, "categorical")
    return draw_categories("categorical", stream, logits, num_samples, dtype)
