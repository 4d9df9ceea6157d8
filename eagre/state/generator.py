"""`Generator`: random numbers out of a state that is a variable."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from eagre.core import ambient, dtypes
from eagre.core.conversion import to_tensor
from eagre.core.tensor import Tensor
from eagre.ops.distributions import blocks_for_binomial, draw_binomial
from eagre.ops.drawing import Algorithm, algorithm_number, draw_bits, draw_normal, draw_uniform
from eagre.ops.random import state_lock
from eagre.ops.shaping import cast
from eagre.primitives.families import apply_with_shape
from eagre.primitives.random_bits import COUNTER_LENGTHS
from eagre.primitives.random_distributions import random_normal, random_truncated_normal
from eagre.primitives.random_streams import advance
from eagre.primitives.rearrangement import concat, reshape, stack
from eagre.state.variable import Variable

_PHILOX = Algorithm.PHILOX.value


class Generator:
    """A source of random numbers, whose numbers are TensorFlow's.

    Make it with `from_seed`, `from_state`, `from_key_counter` or `from_non_deterministic_state`,
    or as the copy of another. `state` is a variable, the counter followed by the key, which
    graphs read and assign.

    >>> generator = tf.random.Generator.from_seed(1234)
    >>> generator.normal([2]).numpy().round(4)
    array([0.9357, 1.0854], dtype=float32)
    >>> generator.state.numpy()
    array([1746,    0,    0])
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None):
        if copy_from is not None:
            self._algorithm = copy_from.algorithm
            state = copy_from.state.value()
        elif state is None or alg is None:
            raise ValueError(
                "Generator expected copy_from, or both state and alg. "
                f"Received: state={state!r}, alg={alg!r}. "
                "Use tf.random.Generator.from_seed to make one of a seed."
            )
        else:
            self._algorithm = algorithm_number(alg, "Generator")
        if not isinstance(state, Variable):
            with ambient.outside(None):
                state = Variable(_as_state(state), trainable=False, name="StateVar")
        _check_length(state, self._length, "Generator", "state")
        self._state = state

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """A generator that begins in a state, or that shares it when it is a variable."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator of a seed: an integer, or a vector of them."""
        alg = _PHILOX if alg is None else alg
        with ambient.outside(None):
            return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator whose state is left to chance."""
        algorithm = algorithm_number(_PHILOX if alg is None else alg, "Generator")
        length = COUNTER_LENGTHS[algorithm] + 1
        return cls(state=np.frombuffer(os.urandom(8 * length), np.int64), alg=algorithm)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any) -> Generator:
        """A generator of a key, which is an integer, and a counter, which is a vector."""
        length = COUNTER_LENGTHS[algorithm_number(alg, "Generator")] + 1
        with ambient.outside(None):
            return cls(state=_joined(key, counter, length), alg=alg)

    # The state --------------------------------------------------------------------------------

    @property
    def state(self) -> Variable:
        """The variable that holds the state."""
        return self._state

    def __checkpoint__(self) -> dict[str, Variable]:
        """The state, by the name that it has in TensorFlow's checkpoints."""
        return {"_state_var": self._state}

    @property
    def algorithm(self) -> int:
        """The number of the algorithm: 1 for Philox, 2 for ThreeFry."""
        return self._algorithm

    @property
    def key(self) -> Any:
        """The key, a scalar tensor."""
        return self._state.value()[-1]

    @property
    def _length(self) -> int:
        return COUNTER_LENGTHS[self._algorithm] + 1

    def reset(self, state: Any) -> None:
        """Go on from another state."""
        state = _as_state(state)
        _check_length(state, self._length, "Generator.reset", "state")
        self._state.assign(state)

    def reset_from_seed(self, seed: Any) -> None:
        """Go on as a new generator of a seed does."""
        self._state.assign(create_rng_state(seed, self._algorithm))

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Go on from a key and a counter."""
        self._state.assign(_joined(key, counter, self._length))

    def skip(self, delta: Any) -> Any:
        """Go on as if `delta` numbers had been drawn; the result is the state before."""
        if not isinstance(delta, Tensor):
            delta = to_tensor(delta, dtypes.int64, name="Generator.skip(delta)")
        with state_lock:
            before = self._state.value()
            *_, after = self._advanced(before, reshape(delta, (1,)))
            self._state.assign(after)
        return before

    def _advanced(self, state: Any, shape: Any) -> Any:
        return apply_with_shape(advance, (state,), shape, algorithm=self._algorithm)

    def _stream(self, shape: Any) -> Any:
        """The key and the counter of a draw, after which the state has moved on."""
        state = self._state
        with state_lock:
            key, counter, after = self._advanced(state.value(), shape)
            state.assign(after)
        return key, counter

    # Drawing ----------------------------------------------------------------------------------

    def normal(
        self,
        shape: Any,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Any:
        """Normally distributed numbers."""
        name, algorithm = "Generator.normal", self._algorithm
        return draw_normal(random_normal, name, self._stream, shape, mean, stddev, dtype, algorithm)

    def truncated_normal(
        self,
        shape: Any,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Any:
        """Normal numbers, drawn again where not within two deviations of the mean."""
        name, algorithm = "Generator.truncated_normal", self._algorithm
        return draw_normal(
            random_truncated_normal, name, self._stream, shape, mean, stddev, dtype, algorithm
        )

    def uniform(
        self,
        shape: Any,
        minval: Any = 0,
        maxval: Any = None,
        dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Any:
        """Numbers from `minval` up to, not including, `maxval` (by default 1).

        Integers need `maxval`; with None for both they cover the full range.
        """
        name, algorithm = "Generator.uniform", self._algorithm
        return draw_uniform(name, self._stream, shape, minval, maxval, dtype, algorithm)

    def binomial(
        self,
        shape: Any,
        counts: Any,
        probs: Any,
        dtype: Any = dtypes.int32,
        name: str | None = None,
    ) -> Any:
        """How many of `counts` trials succeed, each with probability `probs`.

        `shape` ends with the shape to which the parameters broadcast.
        """

        def stream(shape: Any, counts: Any) -> Any:
            return self._stream(blocks_for_binomial(shape, counts))

        name, algorithm = "Generator.binomial", self._algorithm
        return draw_binomial(name, stream, shape, counts, probs, dtype, algorithm)

    def uniform_full_int(
        self, shape: Any, dtype: Any = dtypes.uint64, name: str | None = None
    ) -> Any:
        """Integers of the full range of their dtype."""
        return draw_bits("Generator.uniform_full_int", self._stream, shape, dtype, self._algorithm)

    def make_seeds(self, count: Any = 1) -> Any:
        """Seeds [2, count] for the stateless functions."""
        keys = self.uniform_full_int([count], dtypes.int64)
        return stack([keys, keys * 0])

    def split(self, count: int = 1) -> list[Generator]:
        """New generators, independent of this one and of each other."""
        keys = self.uniform_full_int([count], dtypes.int64)
        zeros = [0] * COUNTER_LENGTHS[self._algorithm]
        return [Generator(state=[*zeros, int(key)], alg=self._algorithm) for key in keys]


def create_rng_state(seed: Any, alg: Any) -> Any:
    """The state of a generator that is made of a seed: an integer, or a vector of them.

    >>> tf.random.create_rng_state(1234, "philox").numpy()
    array([1234,    0,    0])
    """
    length = COUNTER_LENGTHS[algorithm_number(alg, "create_rng_state")] + 1
    if isinstance(seed, int):
        seed = [seed >> 64 * place for place in range(length)]
    state = reshape(_as_state(seed), (-1,))[:length]
    missing = to_tensor(np.zeros(length - len(state), np.int64))
    # A short seed is the key, not the counter: streams of small seeds would overlap.
    return concat(missing, state, axis=0)


def _as_state(value: Any) -> Any:
    """Integers of up to 64 bits, signed or not, as an int64 tensor."""
    if isinstance(value, list | tuple) and all(isinstance(part, int) for part in value):
        words = [part % 2**64 for part in value]
        return to_tensor(np.array(words, np.uint64).view(np.int64))
    return cast(value, dtypes.int64)


def _joined(key: Any, counter: Any, length: int) -> Any:
    key = _as_state([key])[0] if isinstance(key, int) else _as_state(key)
    counter = _as_state(counter)
    _check_length(counter, length - 1, "Generator", "counter")
    if key.ndim not in (0, None):
        raise ValueError(
            f"Generator expected a key that is one integer. Received: key.shape={key.shape}"
        )
    return concat(counter, reshape(key, (1,)), axis=0)


def _check_length(value: Any, length: int, name: str, argument: str) -> None:
    if not value.shape.is_compatible_with((length,)):
        raise ValueError(
            f"{name} expected a {argument} of {length} integers. "
            f"Received: {argument}.shape={value.shape}"
        )


_global_generator: Generator | None = None


def get_global_generator() -> Generator:
    """The generator that a program shares; its first state is left to chance.

    >>> tf.random.get_global_generator().uniform([3]).shape
    TensorShape([3])
    """
    global _global_generator
    if _global_generator is None:
        _global_generator = Generator.from_non_deterministic_state()
    return _global_generator


def set_global_generator(generator: Generator) -> None:
    """Put another generator in place of the global one; graphs keep that of their tracing.

    >>> tf.random.set_global_generator(tf.random.Generator.from_seed(1))
    >>> tf.random.get_global_generator().state.numpy()
    array([1, 0, 0])
    """
    global _global_generator
    _global_generator = generator
