"""Primitives, and their applications in graphs.

A `Primitive` is an operation that is not composed of others, with all that eagre knows of it: its
rules. How it is applied stands in eagre/core/doors.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core.doors import apply, unary_door
from eagre.core.in_graph import OperationInGraph
from eagre.core.mixed_doors import mixed_door, parting_door
from eagre.core.outline import outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eagre.core.tensor import SymbolicTensor, Tensor


class Primitive:
    """An operation that others are made of, with all its rules.

    A subclass defines `infer` and `kernel`, and `gradient` when it is differentiable. Tensors and
    arrays are positional, static parameters are keywords; several outputs are a tuple.
    """

    name: str = ""
    """The name in graphs and messages; by default the name of the class in snake_case."""

    public: str = ""
    """The name of the public function that a message begins with; by default `name`."""

    effect: str | None = None
    """What the operation does besides its value: "read", "write", "random", "visible", or "check"
    where it may only fail."""

    can_fail: bool = False
    """Whether the kernel may raise because of values (not of shapes or dtypes)."""

    is_exact: bool = False
    """Whether each element of the output is a moved one, or one correctly rounded step away: the
    bits depend neither on the memory layout nor on what is computed together with it."""

    is_exact_for_reals: bool = False
    """Whether it is so where no input is complex."""

    is_exact_for_integers: bool = False
    """Whether it is so for integers and bools, whose sums do not depend on the order."""

    checks_always: bool = False
    """Whether `infer` has to run before every eager kernel. Where it is False, the kernel refuses
    by itself all shapes and parameters that `infer` refuses, and `infer` only words the error."""

    needs: tuple[str, ...] | None = None
    """The arguments of `gradient` whose values it reads; of the others it reads only shape and
    dtype, and a tape does not keep them. None means all."""

    broadcasts: bool = False
    """Whether inputs broadcast: their gradients are then summed to the inputs' shapes."""

    has_one_input: bool = False
    """Whether the kernel takes one array and returns one: such primitives have a door for one."""

    input_count: int = 0
    """How many inputs, 2 or 3, each of a dtype of its own, the kernel takes for one array: such
    primitives have a door for so many. 0 for all others."""

    has_parts: bool = False
    """Whether the kernel takes one array and returns a tuple: such primitives have a door too."""

    keeps_order: bool = False
    """Whether the output has the elements of the first input, in their row-major order."""

    is_silent: bool = False
    """Whether the kernel only moves elements, so that NumPy has no overflow to report."""

    is_light: bool = False
    """Whether it is elementwise with two inputs: where the output is small, so are the inputs."""

    reads_variables: bool = False
    """Whether the handles among the inputs are of variables that are read."""

    stops_gradients: bool = False
    """Whether the output has no gradient by its nature (comparisons, indices, steps)."""

    def __init__(self) -> None:
        self.name = self.name or _snake_case(type(self).__name__)
        self.public = self.public or self.name
        self.is_light = self.is_light and not self.stops_gradients
        self.accepted: set[Any] = set()
        self.kept, self.keeps_output = self._what_to_keep()
        is_one = self.has_one_input or self.has_parts
        self._door_count = 1 if is_one else self.input_count
        self.door: Callable[..., Any] = self._own_door()

    # The rules --------------------------------------------------------------------------------

    def infer(self, *specs: Any, **params: Any) -> Any:
        """The spec of the output, or a tuple of specs; raises when the inputs do not fit."""
        raise NotImplementedError(f"{self.name} has no shape rule")

    kernel: Any
    """`(*arrays, **params) -> array(s)`: the value, computed by NumPy."""

    kernel_for_reals: Any = None
    """The kernel for a door, where that of complex numbers has to take more care."""

    kernel_for_rows: Any = None
    """The kernel for a door where the array is row-major, where that of others makes it so."""

    kernel_into: Any = None
    """`(*arrays, out, **params) -> array`: the kernel that writes its value into `out`, which has
    the value's shape and dtype and is row-major. NumPy's own functions can do so as they are."""

    kernel_of_list: Any = None
    """`(arrays, param) -> array`: the kernel for a door that takes a list of inputs."""

    def gradient(self, grad: Any, output: Any, *inputs: Any, **params: Any) -> Any:
        """For each input its gradient, a function without arguments that computes it, or None.

        Where an input's gradient costs work that another's does not need, the rule returns a
        function, which is called only if that gradient is wanted.
        """
        raise LookupError(f"{self.name} has no gradient")

    partials: Any = None
    """For each input a function `(grad, output, *inputs) -> grad`, the parts of `gradient`: the way
    back calls those that are wanted, and needs no function made for each."""

    gradients: Any = None
    """`(wanted, grad, output, inputs, params) -> grads` in place of `gradient`, for a primitive
    that computes all wanted gradients in one operation."""

    vectorize: Any = None
    """`(batched, *inputs, **params) -> output(s)`: the same for a whole batch at once, as
    eagre/primitives/batching.py tells; None where examples are done one by one."""

    accumulate: Any = None
    """`(wanted, sums, grads, output, inputs, params)` in place of `gradient`, for a primitive that
    adds to the sums of gradients itself. `wanted` are for each input the key of its sum, or None;
    `grads` are for each output its gradient, or None."""

    known: Any = None
    """`(*inputs, **params) -> tuple or None`: what tracing knows of the numbers in the output,
    which may become sizes, in row-major order: None for each that only the graph's run tells."""

    recording: Any = None
    """`(params) -> params` for one application that a recorder sees, of a primitive that holds
    graphs: with further outputs, for what a gradient reads and cannot compute again."""

    # Applying it ------------------------------------------------------------------------------

    def __call__(self, *inputs: Tensor, **params: Any) -> Any:
        if len(inputs) != self._door_count and self._door_count:
            return apply(self, inputs, params)
        return self.door(*inputs, **params)

    def _own_door(self) -> Callable[..., Any]:
        if self.has_one_input:
            return unary_door(self)
        if self.has_parts:
            return parting_door(self)
        return mixed_door(self, self.input_count) if self.input_count else self._general

    def _general(self, *inputs: Tensor, **params: Any) -> Any:
        return apply(self, inputs, params)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def variables_read(self, inputs: tuple[Any, ...], params: Any) -> Iterable[Any]:
        """Those inputs whose variables are read, where `reads_variables` says that some are."""
        return inputs

    @property
    def is_differentiable(self) -> bool:
        """Whether this primitive has a gradient rule."""
        rules = (self.gradients, self.accumulate)
        return rules != (None, None) or type(self).gradient is not Primitive.gradient

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """The inputs and the output as a tape keeps them: those that `gradient` does not read
        without their values, unless they are too small to matter."""
        kept = self.kept
        if kept is not None and len(inputs) == 1:
            inputs = inputs if 0 in kept else (outline(inputs[0]),)
        elif kept is not None:
            inputs = tuple([x if i in kept else outline(x) for i, x in enumerate(inputs)])
        if self.keeps_output:
            return inputs, output
        if output.__class__ is tuple:
            return inputs, tuple([outline(x) for x in output])
        return inputs, outline(output)

    def _what_to_keep(self) -> tuple[frozenset[int] | None, bool]:
        if self.needs is None:
            return None, True
        rule = type(self).gradient.__code__
        names = rule.co_varnames[3 : rule.co_argcount]
        unknown = set(self.needs) - {*names, "output", "inputs"}
        if unknown:
            raise TypeError(f"{self.name}.needs names what gradient does not take: {unknown}")
        keeps_output = "output" in self.needs
        if "inputs" in self.needs or (names and set(names) <= set(self.needs)):
            return None, keeps_output
        return frozenset(i for i, name in enumerate(names) if name in self.needs), keeps_output


class Operation(OperationInGraph):
    """One application of a primitive in a graph, with the user's line that asked for it."""

    __slots__ = (
        "graph", "has_several_outputs", "inputs", "label", "line", "outputs", "params", "primitive"
    )
    graph: Any
    label: str | None
    """The name in a graph built by hand."""

    def __init__(
        self,
        primitive: Primitive,
        inputs: tuple[Tensor, ...],
        params: dict[str, Any],
        line: str,
    ) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.line = line
        self.outputs: tuple[SymbolicTensor, ...] = ()
        self.has_several_outputs = False
        self.label = None

    @property
    def name(self) -> str:
        """The name in a graph built by hand, and else that of the primitive."""
        return self.label or self.primitive.name

    def __repr__(self) -> str:
        return f"<operation {self.primitive.name} at {self.line}>"


def _snake_case(name: str) -> str:
    return "".join(
        "_" + letter.lower() if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(name)
    )
