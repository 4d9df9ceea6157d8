"""What the optimizers of TensorFlow 1 share: how they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eagre.compat.collections import trainable_variables
from eagre.core.tensor import SymbolicTensor
from eagre.gradients.symbolic import gradients
from eagre.gradients.tape import GradientTape
from eagre.graph.building import builder
from eagre.state.trackable import Trackable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eagre.state.optimizers.optimizer import Optimizer as Rule
    from eagre.state.variable import Variable


class Optimizer(Trackable):
    """An optimizer as TensorFlow 1 calls it, around a rule of `tf.optimizers`.

    Args:
        use_locking: kept, but without effect.
        name: for `get_name`.

    >>> w = tf.Variable(1.0)
    >>> optimizer = tf.compat.v1.train.GradientDescentOptimizer(learning_rate=0.25)
    >>> optimizer.minimize(lambda: w * w)
    >>> w.numpy()
    np.float32(0.5)
    """

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2
    slots_by_name: ClassVar[dict[str, str]] = {}
    """Names of slots in TensorFlow 1 and in the rule."""
    rule: Rule

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError(f"{type(self).__name__} expected a name. Received: name={name!r}")
        self._name = name

    def get_name(self) -> str:
        """The name that was given."""
        return self._name

    def minimize(
        self,
        loss: Callable[[], Any],
        global_step: Variable | None = None,
        var_list: Iterable[Variable] | None = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Any:
        """Take one step that makes the loss smaller.

        Args:
            loss: a function without arguments that computes it. In a graph built by hand it is a
                tensor, and the result is the operation that takes a step.
            global_step: a variable to which 1 is added.
            var_list: the variables to change; by default those that `loss` reads.
            grad_loss: the gradient that flows into the loss; ones by default.
        """
        pairs = self.compute_gradients(loss, var_list, grad_loss=grad_loss)
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self,
        loss: Callable[[], Any],
        var_list: Iterable[Variable] | None = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Variable]]:
        """Pairs of a gradient, or None, and its variable, for `apply_gradients`.

        Raises:
            RuntimeError: the loss is not a function.
        """
        variables = None if var_list is None else list(var_list)
        if isinstance(loss, SymbolicTensor) and builder() is not None:
            found = trainable_variables() if variables is None else variables
            return list(zip(gradients(loss, found, grad_loss), found, strict=True))
        if not callable(loss):
            raise RuntimeError(
                "compute_gradients expected loss to be a function without arguments, since a "
                f"value does not know where it came from. Received: loss={loss!r:.120}. Use a "
                "function that computes it, or tf.GradientTape and apply_gradients."
            )
        with GradientTape() as tape:
            tape.watch(variables or [])
            value = loss()
        found = list(tape.watched_variables()) if variables is None else variables
        return list(zip(tape.gradient(value, found, grad_loss), found, strict=True))

    def apply_gradients(
        self,
        grads_and_vars: Iterable[tuple[Any, Variable]],
        global_step: Variable | None = None,
        name: str | None = None,
    ) -> Any:
        """Change each variable by its gradient; None leaves it as it is.

        In a graph built by hand the result is the operation that does so.

        Raises:
            ValueError: no variable has a gradient.
        """
        level = builder()
        before = 0 if level is None else len(level.graph.operations)
        self.rule.apply_gradients(grads_and_vars)
        if global_step is not None:
            global_step.assign_add(1)
        return None if level is None else level.group_effects(before)

    def get_slot(self, var: Variable, name: str) -> Variable | None:
        """What the optimizer keeps for a variable under a name, None if there is nothing."""
        wanted = self.slots_by_name.get(name)
        return next(
            (slot for of, key, slot in self._slots() if of is var and key == wanted), None
        )

    def get_slot_names(self) -> list[str]:
        """The names of what the optimizer keeps so far for variables."""
        there = {key for _, key, _ in self._slots()}
        return sorted(name for name, key in self.slots_by_name.items() if key in there)

    def variables(self) -> list[Variable]:
        """The state of the optimizer; not the variables that it changes."""
        return list(self.rule.variables)

    def _slots(self) -> list[tuple[Variable, str, Variable]]:
        return self.rule.__checkpoint_slots__()
