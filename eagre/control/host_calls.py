"""`py_function`, `numpy_function`: Python code that runs when the graph runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eagre.core import ambient, dtypes, structure
from eagre.core.conversion import to_tensor
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.gradients.tape import GradientTape
from eagre.graph.graph import apply_flow
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Callable


class HostCall(Primitive):
    """What `function` returns for the inputs, as tensors of the given specs."""

    effect = "visible"
    public = "numpy_function"
    can_fail = True
    stops_gradients = True

    def infer(
        self, *inputs: TensorSpec, function: Callable[..., Any], specs: Any
    ) -> tuple[TensorSpec, ...]:
        """The specs that were declared."""
        return specs

    def kernel(self, *arrays: Any, function: Callable[..., Any], specs: Any) -> Any:
        with ambient.outside(None):
            outputs = _results(function(*[wrap(array) for array in arrays]), specs, self.public)
        return tuple([output.array for output in outputs])


class TapedCall(Primitive):
    """As `host_call`, with gradients: `is_taped` adds the run itself as a scalar object, on whose
    tape they are computed, so that `function` runs once."""

    effect = "visible"
    public = "py_function"
    can_fail = True
    needs = ("inputs",)

    def infer(
        self, *inputs: TensorSpec, function: Callable[..., Any], specs: Any, is_taped: bool = False
    ) -> tuple[TensorSpec, ...]:
        """The specs that were declared."""
        return (*specs, OBJECT) if is_taped else specs

    def kernel(
        self, *arrays: Any, function: Callable[..., Any], specs: Any, is_taped: bool = False
    ) -> Any:
        inputs = [wrap(array) for array in arrays]
        with ambient.outside(None):
            if not is_taped:
                return tuple([x.array for x in _results(function(*inputs), specs, self.public)])
            run = function.run(*inputs) if isinstance(function, _WayBack) else None
            run = run or _Run.of(function, inputs, specs)
        return (*[x.array for x in run.outputs], boxed(run))

    def recording(self, params: Any) -> Any:
        """The parameters with which the tape of the run is kept."""
        return {**params, "is_taped": True}

    def remember(self, inputs: tuple[Any, ...], output: Any, params: Any) -> tuple[Any, Any]:
        """Of the outputs the run is kept."""
        count = len(params["specs"])
        inputs, outlines = super().remember(inputs, output, params)
        return inputs, (*outlines[:count], *output[count:])

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """Back on the tape of the run, which is computed again if nobody has kept it."""
        if not params.get("is_taped"):
            output = apply(self, inputs, self.recording(params))
        sources = [i for i, x in enumerate(inputs) if x.dtype in INEXACTS]
        places = [i for i in sources if wanted[i]]
        targets = [i for i, spec in enumerate(params["specs"]) if spec.dtype in INEXACTS]
        values = [output[len(params["specs"])], *[inputs[i] for i in sources]]
        found = apply_flow(
            self,
            (*values, *[grad[i] for i in targets]),
            {
                "function": _WayBack(sources, places, targets),
                "specs": tuple([inputs[i].spec for i in places]),
            },
        )
        result: list[Any] = [None] * len(inputs)
        for place, part in zip(places, found, strict=False):
            result[place] = part
        return result


class _Run:
    """A run of a Python function on a tape."""

    __slots__ = ("inputs", "outputs", "tape")

    def __init__(self, tape: GradientTape, inputs: Any, outputs: Any) -> None:
        self.tape, self.inputs, self.outputs = tape, inputs, outputs

    @staticmethod
    def of(function: Callable[..., Any], inputs: Any, specs: Any) -> _Run:
        """The first run."""
        tape = GradientTape(persistent=True, watch_accessed_variables=False)
        with tape:
            tape.watch([x for x in inputs if x.dtype in INEXACTS])
            return _Run(tape, inputs, _results(function(*inputs), specs, taped_call.public))


class _WayBack:
    """The gradients on the tape of a run: a function of that, its inputs, and gradients.

    The tape records them, so that they have gradients themselves.
    """

    __slots__ = ("places", "sources", "targets")

    def __init__(self, sources: list[int], places: list[int], targets: list[int]) -> None:
        self.sources, self.places, self.targets = sources, places, targets

    def __call__(self, *values: Any) -> Any:
        return self.run(*values).outputs

    def run(self, handle: Any, *values: Any) -> _Run:
        """The run of the gradients."""
        run: _Run = handle.array.item()
        grads = list(values[len(self.sources) :])
        with run.tape as tape:
            tape.watch(grads)
            found = tape.gradient(
                [run.outputs[i] for i in self.targets],
                [run.inputs[i] for i in self.places],
                grads,
                unconnected_gradients="zero",
            )
        return _Run(tape, [handle, *[run.inputs[i] for i in self.sources], *grads], found)


host_call = HostCall()
taped_call = TapedCall()

OBJECT = TensorSpec.of((), dtypes.string)
"""Of a scalar that holds a Python object: strings are the tensors of such."""


def boxed(value: Any) -> Any:
    """A scalar array that holds a Python object."""
    array = np.empty((), object)
    array[()] = value
    return array


def _results(result: Any, specs: Any, name: str) -> list[Any]:
    """What a function returned, as tensors of the specs."""
    values = [] if result is None and not specs else structure.flatten(result)
    if len(values) != len(specs):
        raise InvalidArgumentError(
            f"{name} expected {_counted(len(specs))} to be returned, as Tout says. "
            f"Received: {_counted(len(values))}"
        )
    outputs = [_result(value, spec, name) for value, spec in zip(values, specs, strict=True)]
    for output, spec in zip(outputs, specs, strict=True):
        if not spec.shape.is_compatible_with(output.shape):
            raise InvalidArgumentError(
                f"{name} expected a value of shape {spec.shape}, as Tout says. "
                f"Received: shape={output.shape}"
            )
    return outputs


def _result(value: Any, spec: TensorSpec, name: str) -> Any:
    """A returned value as a tensor; an array keeps its kind of numbers."""
    if isinstance(value, np.ndarray | np.generic) and spec.dtype is not dtypes.string:
        dtype = dtypes.as_dtype(value.dtype)
        if not np.can_cast(dtype.numpy, spec.dtype.numpy, "same_kind"):
            raise InvalidArgumentError(
                f"{name} expected an array of {spec.dtype.name}, as Tout says. Received: "
                f"dtype={dtype.name}. Return array.astype({spec.dtype.name!r}), or change Tout."
            )
    return to_tensor(value, spec.dtype, name=f"{name}, in what func returns,")


def _counted(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"


def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: Any = None) -> Any:
    """Call a Python function: at once, and in a graph each time that the graph runs.

    Args:
        func: takes eager tensors, returns what becomes tensors of `Tout`.
        inp: a list of tensors.
        Tout: a dtype, a `tf.TensorSpec`, or a list of them; an empty list for no result.

    Gradients flow through what `func` computes of its tensors; it runs once.

    >>> tf.py_function(lambda x: x * float(x.numpy()), [tf.constant(3.0)], tf.float32).numpy()
    np.float32(9.0)
    """
    return _call(func, inp, Tout, "py_function")


def numpy_function(
    func: Any = None,
    inp: Any = None,
    Tout: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Call a function of NumPy arrays: at once, and in a graph each time that the graph runs.

    Args as for `tf.py_function`; there is no gradient.

    >>> import numpy as np
    >>> tf.numpy_function(np.sinh, [tf.constant(0.0)], tf.float32).numpy()
    np.float32(0.0)
    """

    def on_arrays(*tensors: Any) -> Any:
        return func(*[tensor.numpy() for tensor in tensors])

    if not callable(func):
        raise TypeError(f"numpy_function expected a function. Received: func={described(func)}")
    return _call(on_arrays, inp, Tout, "numpy_function")


def _call(function: Any, inp: Any, Tout: Any, name: str) -> Any:
    if not callable(function):
        raise TypeError(f"{name} expected a function. Received: func={described(function)}")
    inputs = [to_tensor(value, name=f"{name}(inp)") for value in structure.flatten(inp or [])]
    wanted = [] if Tout is None else Tout if structure.is_nested(Tout) else [Tout]
    specs = tuple(_spec(each) for each in structure.flatten(wanted))
    if ambient.executing_eagerly():
        outputs: Any = _results(function(*inputs), specs, name)
    else:
        primitive = host_call if name == "numpy_function" else taped_call
        found = apply_flow(primitive, tuple(inputs), {"function": function, "specs": specs})
        outputs = found[: len(specs)]
    if not structure.is_nested(Tout):
        return outputs[0] if outputs else None
    return structure.pack_sequence_as(Tout, list(outputs))


def _spec(wanted: Any) -> TensorSpec:
    if isinstance(wanted, TensorSpec):
        return wanted
    return TensorSpec.of(None, dtypes.as_dtype(wanted))
