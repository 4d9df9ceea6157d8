"""`Graph`: inputs, operations, outputs. It checks, runs, prints and differentiates as a whole."""

from __future__ import annotations

from _thread import get_ident
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from eagre.core import structure
from eagre.core.ambient import interpreter, recorders
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.dtypes import resource
from eagre.core.errors import DTypeMismatchError, InvalidArgumentError
from eagre.core.primitive import Operation, Primitive
from eagre.core.specs import TensorSpec
from eagre.core.tensor import SymbolicTensor, Tensor
from eagre.graph.by_hand import GraphByHand, Hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Graph(GraphByHand):
    """A function as data: operations in the order in which they run.

    `inputs` are the arguments; `captures` are tensors and handles of variables from outside,
    each with the symbolic tensor that stands for it within (`captured`). Running the graph takes
    a value for each input and reads the captures as they are then.
    """

    def __init__(self, name: str = "graph") -> None:
        self.name = name
        self.function = name
        """The function that was traced; for a branch or loop, the one around it."""
        self.inputs: list[SymbolicTensor] = []
        self.captures: list[Tensor] = []
        self.captured: list[SymbolicTensor] = []
        self.operations: list[Operation] = []
        self.outputs: list[Tensor] = []
        self.input_structure: Any = None
        self.output_structure: Any = None
        self._names: dict[str, int] = {}
        self._stand_ins: dict[int, SymbolicTensor] = {}
        self.hand: Hand | None = None
        self.memo: dict[Any, Any] = {}
        """What was derived from the graph as it is: its program, its backward graphs."""

    # Building ---------------------------------------------------------------------------------

    def add_input(self, spec: TensorSpec, name: str) -> SymbolicTensor:
        """A new argument."""
        tensor = SymbolicTensor(spec, self, None, self._unique(name))
        self.inputs.append(tensor)
        self.memo.clear()
        return tensor

    def capture(self, tensor: Tensor) -> SymbolicTensor:
        """The stand-in for a tensor from outside: the same one for the same tensor."""
        inner = self._stand_ins.get(id(tensor))
        if inner is None:
            inner = SymbolicTensor(tensor.spec, self, None, self._unique(_name_within(tensor)))
            self._stand_ins[id(tensor)] = inner
            self.captures.append(tensor)
            self.captured.append(inner)
        return inner

    def stand_for(self, outer: Tensor, inner: SymbolicTensor) -> None:
        """Let an input stand for a tensor from outside until `forget_stand_ins`."""
        self._stand_ins[id(outer)] = inner

    def forget_stand_ins(self) -> None:
        """From now on a tensor from outside is captured, even if an input stood for it."""
        pairs = zip(self.captures, self.captured, strict=True)
        self._stand_ins = {id(outer): inner for outer, inner in pairs}

    def add(
        self, primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any], line: str
    ) -> Any:
        """A new operation at the end; returns its output, or its outputs as a tuple."""
        operation = Operation(primitive, inputs, params, line)
        try:
            specs = primitive.infer(*[x.spec for x in inputs], **params)
        except Exception as error:
            if line:
                error.add_note(f"while tracing {primitive.public} at {line}")
            raise
        operation.graph = self
        self.operations.append(operation)
        self.memo.clear()
        name = primitive.name
        if specs.__class__ is not tuple:
            output = SymbolicTensor(specs, self, operation, self._numbered(name))
            operation.outputs = (output,)
            return output
        operation.has_several_outputs = True
        operation.outputs = tuple(
            [SymbolicTensor(spec, self, operation, self._numbered(name)) for spec in specs]
        )
        return operation.outputs

    def extend(self, operation: Operation, params: dict[str, Any]) -> None:
        """Give an operation other parameters, with which it has further outputs."""
        primitive, known = operation.primitive, len(operation.outputs)
        specs = primitive.infer(*[x.spec for x in operation.inputs], **params)[known:]
        name = primitive.name
        more = [SymbolicTensor(spec, self, operation, self._numbered(name)) for spec in specs]
        operation.params, operation.outputs = params, (*operation.outputs, *more)
        self.memo.clear()

    def give_out(self, outputs: list[Tensor]) -> None:
        """Let the graph return these tensors, which are its own, as a list."""
        self.outputs = outputs
        self.output_structure = [0] * len(outputs)

    def close(self, captures: Sequence[Tensor]) -> None:
        """Turn captures into inputs, in the order of `captures`, which may have further ones."""
        self.inputs += [self.capture(tensor) for tensor in captures]
        self.captures, self.captured, self._stand_ins = [], [], {}
        self.memo.clear()

    def drop_unused(self) -> None:
        """Take out operations whose outputs nobody needs and that have no effect."""
        needed = {id(output) for output in self.outputs}
        kept: list[Operation] = []
        for operation in reversed(self.operations):
            is_used = any(id(output) in needed for output in operation.outputs)
            if is_used or _changes_something(operation):
                kept.append(operation)
                needed.update(id(x) for x in operation.inputs)
        self.operations = kept[::-1]
        self.memo.clear()

    def drop_unused_captures(self) -> None:
        """Forget captures that no operation and no output reads."""
        used = {id(x) for operation in self.operations for x in operation.inputs}
        used.update(map(id, self.outputs))
        pairs = zip(self.captures, self.captured, strict=True)
        kept = [(outer, inner) for outer, inner in pairs if id(inner) in used]
        self.captures, self.captured = [x for x, _ in kept], [x for _, x in kept]
        self.forget_stand_ins()
        self.memo.clear()

    def part_for(self, output: Tensor) -> Graph:
        """The operations that lead to one tensor, with the parameters that they need."""
        part = Graph(self.name)
        needed = {id(output)}
        for operation in reversed(self.operations):
            if not needed.isdisjoint(map(id, operation.outputs)):
                part.operations.insert(0, operation)
                needed.update(map(id, operation.inputs))
        part.outputs = [output]
        part.inputs = [x for x in self.inputs if id(x) in needed]
        pairs = zip(self.captures, self.captured, strict=True)
        used = [(outer, inner) for outer, inner in pairs if id(inner) in needed]
        part.captures, part.captured = [x for x, _ in used], [x for _, x in used]
        return part

    def _unique(self, name: str) -> str:
        stem, _, number = name.rpartition("_")
        is_output = number.isdecimal() and 0 < int(number) <= self._names.get(stem, 0)
        if is_output or name in self._names:
            return self._numbered(name)
        self._names[name] = 1
        return name

    def _numbered(self, name: str) -> str:
        count = self._names.get(name, 0) + 1
        while (numbered := f"{name}_{count}") in self._names:
            count += 1
        self._names[name] = count
        return numbered

    # Reading ----------------------------------------------------------------------------------

    @property
    def parameters(self) -> list[SymbolicTensor]:
        """The inputs, followed by the stand-ins of the captures."""
        return [*self.inputs, *self.captured]

    def tensors(self) -> Iterator[SymbolicTensor]:
        """All tensors of the graph, in the order in which they come to be."""
        yield from self.parameters
        for operation in self.operations:
            yield from operation.outputs

    def written(self) -> list[Tensor]:
        """The captured handles of variables that operations of this graph may write."""
        changed = [
            id(x)
            for operation in self.operations
            for x in operation.inputs
            if x.dtype.name == "resource" and "write" in effects_of(operation)
        ]
        pairs = zip(self.captures, self.captured, strict=True)
        return [outer for outer, inner in pairs if id(inner) in changed]

    def all_operations(self) -> Iterator[Operation]:
        """The operations of this graph and of the graphs that they hold."""
        for operation in self.operations:
            yield operation
            for value in operation.params.values():
                if isinstance(value, Graph):
                    yield from value.all_operations()

    def check(self) -> None:
        """Raise ValueError unless each operation is sound: defined inputs, specs as inferred."""
        defined = {id(tensor) for tensor in self.parameters}
        for operation in self.operations:
            for x in operation.inputs:
                if id(x) not in defined:
                    raise ValueError(f"{operation!r} uses {x!r}, which is not defined before it")
            specs = operation.primitive.infer(
                *[x.spec for x in operation.inputs], **operation.params
            )
            for spec, output in zip(_as_tuple(specs), operation.outputs, strict=True):
                if not spec.is_compatible_with(TensorSpec.of(output.sizes, output.dtype)):
                    raise ValueError(f"{operation!r} makes {spec}, but {output!r} says otherwise")
            defined.update(id(output) for output in operation.outputs)
        for output in self.outputs:
            if id(output) not in defined:
                raise ValueError(f"The output {output!r} is not made by this graph")

    def __str__(self) -> str:
        from eagre.graph.printing import source

        return source(self)

    def __repr__(self) -> str:
        return (
            f"<graph {self.name}: {len(self.inputs)} inputs, {len(self.captures)} captures, "
            f"{len(self.operations)} operations, {len(self.outputs)} outputs>"
        )

    # Running ----------------------------------------------------------------------------------

    def __call__(self, *args: Any) -> Any:
        """Run operation by operation; arguments and result have the traced structure."""
        leaves = leaves_under(self.input_structure, args, self.name)
        values = [
            _fitting(leaf, parameter, self.name)
            for leaf, parameter in zip(leaves, self.inputs, strict=True)
        ]
        outputs = self.run([*values, *self.captures])
        if self.output_structure is None:
            return outputs
        return structure.pack_sequence_as(self.output_structure, outputs, expand_composites=True)

    def run(self, values: Sequence[Tensor]) -> list[Tensor]:
        """The outputs for values of all `parameters`; each operation goes through `apply`.

        A value is let go after its last use.
        """
        environment = {id(p): v for p, v in zip(self.parameters, values, strict=True)}
        for operation, dead in zip(self.operations, self.last_uses(), strict=True):
            inputs = tuple([environment[id(x)] for x in operation.inputs])
            result = at_its_line(
                operation, apply_flow, operation.primitive, inputs, operation.params
            )
            for output, value in zip(operation.outputs, _as_tuple(result), strict=False):
                environment[id(output)] = value
            for number in dead:
                del environment[number]
        return [environment[id(output)] for output in self.outputs]

    def compute(self, arrays: Sequence[Any], places: Sequence[Any] | None = None) -> list[Any]:
        """The output arrays for arrays of all `parameters`, by the kernels alone.

        For kernels of operations that hold graphs: no level sees what runs here.

        Args:
            places: for each output a row-major array of its shape and dtype, where its value is to
                stand. A value of another shape than the graph says stands elsewhere.
        """
        kind = "program" if places is None else "program with places"
        if kind not in self.memo:
            from eagre.graph.program import Program

            self.memo[kind] = Program(self, places is not None)
        return self.memo[kind](arrays) if places is None else self.memo[kind](arrays, places)

    def last_uses(self) -> list[list[int]]:
        """For each operation the numbers of the values that nobody needs after it."""
        alive = {id(output) for output in self.outputs}
        result: list[list[int]] = []
        for operation in reversed(self.operations):
            numbers = {id(x) for x in (*operation.inputs, *operation.outputs)} - alive
            result.append(list(numbers))
            alive |= numbers
        return result[::-1]


def identifier(name: str) -> str:
    """A name as Python takes it."""
    text = "".join(letter if letter.isalnum() else "_" for letter in name)
    return text if text.isidentifier() and not iskeyword(text) else f"graph_{text}"


def _name_within(outer: Any) -> str:
    """What the stand-in for a tensor from outside is called: like the variable or the value."""
    if isinstance(outer, SymbolicTensor):
        return outer.name if outer.operation is None else f"outer_{outer.name}"
    return identifier(outer.array.name) if outer.dtype is resource else "captured"


def apply_flow(primitive: Primitive, inputs: tuple[Tensor, ...], params: dict[str, Any]) -> Any:
    """`apply`; where a recorder looks on, a branch or loop may have further outputs."""
    if primitive.recording is not None and recorders and recorders.get(get_ident()) is not None:
        params = primitive.recording(params)
    return apply(primitive, inputs, params)


def at_its_line(operation: Operation, function: Callable[..., Any], *args: Any) -> Any:
    """What a function that does an operation again returns; a trace notes the first line."""
    level = interpreter()
    before = None if level is None else level.line
    if level is not None:
        level.line = operation.line
    try:
        return function(*args)
    except Exception as error:
        error.add_note(f"in {operation.name}, traced at {operation.line}")
        raise
    finally:
        if level is not None:
            level.line = before


def _as_tuple(result: Any) -> tuple[Any, ...]:
    return result if result.__class__ is tuple else (result,)


def graphs_in(operation: Operation) -> list[Graph]:
    """The graphs that an operation holds."""
    return [value for value in operation.params.values() if isinstance(value, Graph)]


def effects_of(operation: Operation) -> set[str | None]:
    """The effects of an operation and of those in the graphs that it holds."""
    inner = [each for graph in graphs_in(operation) for each in graph.all_operations()]
    return {each.primitive.effect for each in (operation, *inner)}


def can_run_again(operation: Operation) -> bool:
    """Whether an operation that runs once more has the same outputs, and no effect."""
    return effects_of(operation) <= {None, "check"}


def _changes_something(operation: Operation) -> bool:
    return not effects_of(operation) <= {None, "read"}


def changes_something(graph: Graph) -> bool:
    """Whether running the graph does more than to read and to compute."""
    return any(_changes_something(operation) for operation in graph.operations)


def leaves_under(specs: Any, args: Any, name: str) -> list[Any]:
    """The arguments where `specs` has leaves: what stands there becomes one tensor."""
    if not structure.is_nested(specs):
        return [args]
    is_dict = issubclass(specs.__class__, dict)
    fits = isinstance(args, dict) == is_dict and structure.is_nested(args)
    if not fits or len(specs) != len(args) or (is_dict and specs.keys() != args.keys()):
        count = f"{len(specs)} " + ("value" if len(specs) == 1 else "values")
        wanted = f"a dictionary with keys {sorted(specs)}" if is_dict else count
        kind = InvalidArgumentError if fits else DTypeMismatchError
        raise kind(
            f"{name} expected arguments of the structure that its specs have, here {wanted}. "
            f"Received: {args!r:.120}"
        )
    keys = sorted(specs) if is_dict else range(len(specs))
    return [leaf for key in keys for leaf in leaves_under(specs[key], args[key], name)]


def _fitting(value: Any, parameter: SymbolicTensor, name: str) -> Tensor:
    tensor = to_tensor(value, parameter.dtype, name=f"{name}({parameter.name})")
    if not parameter.shape.is_compatible_with(tensor.shape):
        raise InvalidArgumentError(
            f"{name} expected {parameter.name} of shape {parameter.shape}. "
            f"Received: shape={tensor.shape}"
        )
    return tensor
