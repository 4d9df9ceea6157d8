"""`ExponentialMovingAverage`: averages of variables, in which older values count less and less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import dtypes
from eagre.core.ambient import outside_functions
from eagre.core.conversion import to_tensor
from eagre.ops.math import minimum
from eagre.ops.shaping import cast
from eagre.state.optimizers.slots import SlotTable
from eagre.state.trackable import Trackable, slots_appeared, waiting
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

_SLOT = "average"


class ExponentialMovingAverage(Trackable):
    """Averages of variables: each `apply` does average ← average - (average - v) · (1 - decay).

    An average begins with the value that its variable has when `apply` first gets it. A checkpoint
    saves the averages of an object that it reaches, each under the name of its variable.

    Args:
        decay: how much of an average stays, usually near 1: a number, tensor or variable.
        num_updates: how many times was averaged, a number or a variable. With it the decay is at
            most (1 + num_updates) / (10 + num_updates), so that averages move faster at first.
        zero_debias: for averages that begin with zero, which those of variables do not: no effect.
        name: what the names of the averages end with.

    >>> v = tf.Variable([1.0, 2.0])
    >>> averages = tf.train.ExponentialMovingAverage(decay=0.75)
    >>> averages.apply([v])
    >>> v.assign([3.0, 2.0]).numpy()
    array([3., 2.], dtype=float32)
    >>> averages.apply([v])
    >>> averages.average(v).numpy()
    array([1.5, 2. ], dtype=float32)
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages = SlotTable()

    @property
    def name(self) -> str:
        """What the names of the averages end with."""
        return self._name

    def apply(self, var_list: Iterable[Variable] | None = None) -> None:
        """Move the averages of variables on; those of new ones are made.

        Raises:
            TypeError: there is something else than variables of a floating-point dtype.
        """
        variables = [] if var_list is None else list(var_list)
        for variable in variables:
            _check(variable)
        averages = [self._average_of(variable) for variable in variables]
        part = 1.0 - self._current_decay() if variables else None
        for variable, average in zip(variables, averages, strict=True):
            step = (average.value() - variable.value()) * cast(part, average.dtype)
            average.assign_sub(step)

    def _current_decay(self) -> Any:
        decay = to_tensor(self._decay, dtypes.float32)
        if self._num_updates is None:
            return decay
        count = cast(self._num_updates, dtypes.float32)
        return minimum(decay, (1.0 + count) / (10.0 + count))

    def _average_of(self, variable: Variable) -> Variable:
        found = self._averages.of(variable)
        if found is None:
            with outside_functions():
                value, name = variable.value(), self.average_name(variable)
                found = {_SLOT: Variable(value, trainable=False, name=name)}
            self._averages.add(variable, found)
            if waiting:
                slots_appeared(self, variable, found)
        return found[_SLOT]

    def average(self, var: Variable) -> Variable | None:
        """The variable that holds the average of `var`, None before `apply` has got it."""
        found = self._averages.of(var)
        return None if found is None else found[_SLOT]

    def average_name(self, var: Variable) -> str:
        """The name of the average of a variable: its own name, "/" and that of this object."""
        return f"{var.name.partition(':')[0]}/{self._name}"

    def variables_to_restore(
        self, moving_avg_variables: Iterable[Variable] | None = None
    ) -> dict[str, Variable]:
        """By the names of averages the variables to restore from them, by default all averaged.

        >>> v = tf.Variable(1.0, name="v")
        >>> averages = tf.train.ExponentialMovingAverage(0.9)
        >>> averages.apply([v])
        >>> list(averages.variables_to_restore())
        ['v/ExponentialMovingAverage']
        """
        wanted = moving_avg_variables
        variables = self._averages.variables() if wanted is None else wanted
        return {self.average_name(variable): variable for variable in variables}

    def __checkpoint_slots__(self) -> list[tuple[Variable, str, Variable]]:
        """Each average with its variable."""
        return self._averages.each()


def _check(variable: Any) -> None:
    if not isinstance(variable, Variable):
        raise TypeError(
            "apply expected variables in var_list. "
            f"Received: {variable!r:.80}. Keep it in a tf.Variable to average it."
        )
    if not variable.dtype.is_floating:
        raise TypeError(
            "apply expected variables of float16, bfloat16, float32 or float64. "
            f"Received: {variable.name!r} of {variable.dtype.name}"
        )
