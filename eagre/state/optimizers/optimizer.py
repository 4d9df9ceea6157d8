"""What optimizers share: slots, the step counter, applying gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eagre.control.branching import cond
from eagre.core import dtypes
from eagre.core.ambient import outside_functions
from eagre.core.conversion import to_tensor
from eagre.gradients.tape import GradientTape
from eagre.ops.creation import zeros_like
from eagre.ops.math import clip_by_value
from eagre.ops.norms import clip_by_global_norm, clip_by_norm
from eagre.ops.shaping import cast
from eagre.primitives.indexed_slices import IndexedSlices
from eagre.state.module import Module
from eagre.state.optimizers.learning_rates import as_rate, described_rate, rate_now, rate_of
from eagre.state.optimizers.options import SHARED_OPTIONS, Exclusions, check_options, counter
from eagre.state.optimizers.pairs import Pair, fitting_pairs
from eagre.state.optimizers.slots import SlotTable, new_slot
from eagre.state.trackable import slots_appeared, waiting
from eagre.state.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

AVERAGE, SUM = "average", "gradient_sum"


class Optimizer(Module):
    """A rule by which gradients change variables. Subclasses define `slot_names` and `update`.

    `iterations` counts the steps; `slot_names` names the further variables that the rule keeps for
    each one that it changes. They are made at the first step, or by `build`.

    Args:
        learning_rate: a number, a variable, a schedule, or a function of the step or of nothing.
        weight_decay: w ← w - weight_decay · rate · w before each step (Loshchilov and Hutter,
            "Decoupled weight decay regularization", ICLR 2019).
        clipnorm: the largest norm of each gradient; larger ones are scaled.
        clipvalue: the largest absolute value of each element of a gradient.
        global_clipnorm: the largest norm of all gradients together.
        use_ema: whether a moving average of each variable is kept, which
            `finalize_variable_values` puts in its place:
            average ← ema_momentum · average + (1 - ema_momentum) · w.
        ema_overwrite_frequency: after how many steps the averages take the place of the variables.
        loss_scale_factor: what `scale_loss` multiplies by and gradients are divided by.
        gradient_accumulation_steps: over how many gradients the mean is taken for one step.
    """

    slot_names: tuple[str, ...] = ()
    option_names: ClassVar[tuple[str, ...]] = ()
    """The arguments of a subclass besides those above, which are attributes of the same names."""
    takes_slices = False
    """Whether `update` takes `tf.IndexedSlices` too; else they are made dense for it."""

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        check_options(self)
        self.iterations = counter("iterations")
        self.calls = counter("calls") if gradient_accumulation_steps else None
        # Under the property's own name, so that this is its name in checkpoints.
        vars(self)["learning_rate"] = as_rate(learning_rate, type(self).__name__)
        self._without_decay = Exclusions()
        self._slots = SlotTable()

    # The learning rate ------------------------------------------------------------------------

    @property
    def learning_rate(self) -> Any:
        """The learning rate now: a variable, or what the schedule or function says."""
        rate = vars(self)["learning_rate"]
        return rate if isinstance(rate, Variable) else rate_now(rate, self._count())

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        old = vars(self)["learning_rate"]
        if isinstance(rate, Variable) or callable(rate) or not isinstance(old, Variable):
            vars(self)["learning_rate"] = as_rate(rate, type(self).__name__)
        else:
            old.assign(cast(rate, old.dtype))

    def _count(self) -> Any:
        """How often gradients came, which is what schedules are functions of."""
        return (self.iterations if self.calls is None else self.calls).value()

    def step(self) -> Any:
        """The number of this step, from 1 on, as float64: in bfloat16 0.999 would be 1."""
        return cast(self.iterations.value() + 1, dtypes.float64)

    # Slots ------------------------------------------------------------------------------------

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The state of the optimizer; not the variables that it changes."""
        own = [each for each in vars(self).values() if isinstance(each, Variable)]
        return (*own, *self._slots.all())

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the slots of these variables, which a first step does otherwise."""
        for variable in variables:
            self._slots_of(variable)

    def _slots_of(self, variable: Variable) -> dict[str, Variable]:
        found = self._slots.of(variable)
        if found is not None:
            return found
        with outside_functions():
            slots = {
                name: new_slot(variable, name, self.first_value(name))
                for name in self._all_slot_names()
            }
            if AVERAGE in slots:
                slots[AVERAGE].assign(variable.value())
        self._slots.add(variable, slots)
        if waiting:
            slots_appeared(self, variable, slots)
        return slots

    def _all_slot_names(self) -> list[str]:
        of_all = [(AVERAGE, self.use_ema), (SUM, self.gradient_accumulation_steps)]
        return [*self.slot_names, *[name for name, is_wanted in of_all if is_wanted]]

    def first_value(self, slot_name: str) -> float:
        """What a new slot is filled with."""
        return 0.0

    def __checkpoint_slots__(self) -> list[tuple[Variable, str, Variable]]:
        """Each slot with the variable that it is for and its name."""
        return self._slots.each()

    # Steps ------------------------------------------------------------------------------------

    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> Variable:
        """Take one step that makes the loss smaller; returns `iterations`.

        Args:
            loss: a function without arguments that computes it; or its value, with the tape that
                recorded it.
            var_list: the variables to change, or a function that returns them.

        >>> w = tf.Variable(1.0)
        >>> tf.optimizers.SGD(0.25).minimize(lambda: w * w, [w]).numpy()
        np.int64(1)
        >>> w.numpy()
        np.float32(0.5)
        """
        if not callable(loss) and tape is None:
            raise ValueError(
                "minimize expected loss to be a function, or the tape that recorded it. "
                f"Received: loss={loss!r:.120}, tape=None"
            )
        if callable(loss):
            with GradientTape() if tape is None else tape as tape:
                loss = loss()
        found: Any = var_list() if callable(var_list) else var_list
        variables = list(found)
        grads = tape.gradient(loss, variables)
        return self.apply_gradients(zip(grads, variables, strict=True))

    def apply(self, grads: Iterable[Any], trainable_variables: Any = None) -> Variable:
        """Take one step: `apply_gradients` of gradients and variables, by default the known ones.

        Raises:
            ValueError: there are not as many gradients as variables.
        """
        grads = list(grads)
        known = self._slots.variables() if trainable_variables is None else trainable_variables
        variables = list(known)
        if len(grads) != len(variables):
            came = " that the optimizer was built with" if trainable_variables is None else ""
            raise ValueError(
                "apply expected one gradient for each variable. "
                f"Received: {len(grads)} gradients for {len(variables)} variables{came}"
            )
        return self.apply_gradients(zip(grads, variables, strict=True))

    def apply_gradients(self, grads_and_vars: Iterable[Pair]) -> Variable:
        """Take one step: change each variable by its gradient; None leaves it as it is.

        Returns `iterations`.

        Raises:
            ValueError: no variable has a gradient.
        """
        pairs = fitting_pairs(grads_and_vars)
        self.build(variable for _, variable in pairs)
        if self.loss_scale_factor is not None:
            pairs = [(_divided(grad, self.loss_scale_factor), of) for grad, of in pairs]
        if self.gradient_accumulation_steps:
            self._accumulate(pairs, self.gradient_accumulation_steps)
        else:
            self._take_step(pairs)
        if self.use_ema:
            self._update_averages()
        for _, variable in pairs:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value()))
        if self.calls is None:
            return self.iterations.assign_add(1)
        calls = self.calls.assign_add(1).value()
        return self.iterations.assign(calls // self.gradient_accumulation_steps)

    def _take_step(self, pairs: list[Pair]) -> None:
        pairs = self._clipped(pairs)
        found = rate_now(vars(self)["learning_rate"], self._count())
        rates = {of.dtype: cast(found, of.dtype) for _, of in pairs}
        if self.weight_decay is not None:
            for variable in [of for _, of in pairs if not self._without_decay.holds(of)]:
                decay = self.weight_decay * rates[variable.dtype]
                variable.assign_sub(variable.value() * decay)
        self.begin_step()
        rates = {dtype: self.step_rate(rate) for dtype, rate in rates.items()}
        for grad, variable in pairs:
            if isinstance(grad, IndexedSlices) and not self.takes_slices:
                grad = to_tensor(grad)
            self.update(grad, variable, self._slots_of(variable), rates[variable.dtype])

    def begin_step(self) -> None:
        """Change what all variables have in common, once in each step."""

    def step_rate(self, rate: Any) -> Any:
        """What `update` gets as the rate: here the learning rate itself."""
        return rate

    def update(self, grad: Any, variable: Variable, slots: dict[str, Variable], rate: Any) -> None:
        """Change one variable by its gradient; `rate` has the dtype of both."""
        raise NotImplementedError

    def _clipped(self, pairs: list[Pair]) -> list[Pair]:
        """The gradients made smaller, parts of slices with one index added before."""
        if not (self.clipnorm or self.global_clipnorm or self.clipvalue):
            return pairs
        grads = [to_tensor(grad) for grad, _ in pairs]
        if self.clipnorm:
            grads = [clip_by_norm(grad, self.clipnorm) for grad in grads]
        elif self.global_clipnorm:
            grads = clip_by_global_norm(grads, self.global_clipnorm)[0]
        else:
            limit: Any = self.clipvalue
            grads = [clip_by_value(grad, -limit, limit) for grad in grads]
        return [(grad, of) for grad, (_, of) in zip(grads, pairs, strict=True)]

    def _accumulate(self, pairs: list[Pair], count: int) -> None:
        """Add the gradients up, and in each call of number `count` step by their mean."""
        sums = [self._slots_of(of)[SUM] for _, of in pairs]
        grads = [to_tensor(grad) for grad, _ in pairs]
        totals = [total.value() + grad for total, grad in zip(sums, grads, strict=True)]

        def use() -> Any:
            means = [total / count for total in totals]
            self._take_step([(mean, of) for mean, (_, of) in zip(means, pairs, strict=True)])
            return [zeros_like(total) for total in totals]

        is_last = (self._count() + 1) % count == 0
        for total, value in zip(sums, cond(is_last, use, lambda: totals), strict=True):
            total.assign(value)

    # Averages, loss scale, weight decay -------------------------------------------------------

    def _update_averages(self) -> None:
        """The moving averages; after the first step they are the variables."""
        is_later = self.iterations.value() > 0
        for variable in self._slots.variables():
            average, value = self._slots_of(variable)[AVERAGE], variable.value()
            keep = cast(is_later, variable.dtype) * self.ema_momentum
            average.assign(keep * average.value() + (1.0 - keep) * value)
        if self.ema_overwrite_frequency:
            self._overwrite((self.iterations.value() + 1) % self.ema_overwrite_frequency == 0)

    def _overwrite(self, is_time: Any) -> None:
        variables = self._slots.variables()
        averages = [self._slots_of(each)[AVERAGE].value() for each in variables]
        values = [each.value() for each in variables]
        found = cond(is_time, lambda: averages, lambda: values)
        for variable, value in zip(variables, found, strict=True):
            variable.assign(value)

    def finalize_variable_values(self, var_list: Iterable[Variable]) -> None:
        """Put the moving averages in place of the variables, where `use_ema` keeps them."""
        for variable in var_list if self.use_ema else ():
            variable.assign(self._slots_of(variable)[AVERAGE].value())

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, by which the gradients are divided again."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Name variables whose weights do not decay: themselves, or patterns for their names.

        >>> bias = tf.Variable(1.0, name="bias")
        >>> optimizer = tf.optimizers.AdamW(weight_decay=0.5)
        >>> optimizer.exclude_from_weight_decay(var_names=["bias"])
        """
        self._without_decay = Exclusions(var_list or (), var_names or ())

    # As a dictionary --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an optimizer like this one; JSON can hold them."""
        names = ["name", *SHARED_OPTIONS, *self.option_names]
        config = {name: getattr(self, name) for name in names}
        return {**config, "learning_rate": described_rate(vars(self)["learning_rate"])}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """An optimizer with the arguments that `get_config` returned.

        >>> config = tf.optimizers.SGD(0.25, momentum=0.5).get_config()
        >>> tf.optimizers.SGD.from_config(config).momentum
        0.5
        """
        if "learning_rate" in config:
            rate = rate_of(config["learning_rate"], custom_objects)
            config = {**config, "learning_rate": rate}
        return cls(**config)



def _divided(grad: Any, divisor: float) -> Any:
    if isinstance(grad, IndexedSlices):
        return grad.with_values(grad.values / divisor)
    return grad / divisor
