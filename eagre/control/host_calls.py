"""`py_function`, `numpy_function`: Python code that runs when the graph runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eagre.core import ambient, dtypes, structure
from eagre.core.conversion import described, to_tensor
from eagre.core.doors import apply
from eagre.core.errors import InvalidArgumentError
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.gradients.tape import GradientTape
from eagre.primitives.arithmetic import stop_gradient
from eagre.primitives.families import INEXACTS

if TYPE_CHECKING:
    from collections.abc import Callable


class HostCall(Primitive):
    """What `function` returns for the inputs, as tensors of the given specs."""

    effect = "visible"
    public = "py_function"
    can_fail = True
    needs = ("inputs",)

    def infer(
        self, *inputs: TensorSpec, function: Callable[..., Any], specs: Any
    ) -> tuple[TensorSpec, ...]:
        """The specs that were declared."""
        return specs

    def kernel(self, *arrays: Any, function: Callable[..., Any], specs: Any) -> Any:
        with ambient.outside(None):
            outputs = _results(function(*[wrap(array) for array in arrays]), specs)
        return tuple([output.array for output in outputs])

    def gradients(
        self, wanted: list[bool], grad: Any, output: Any, inputs: Any, params: Any
    ) -> list[Any]:
        """The function runs again, on a tape."""
        function, specs = params["function"], params["specs"]
        places = [i for i, want in enumerate(wanted) if want and inputs[i].dtype in INEXACTS]

        def backward(*tensors: Any) -> list[Any]:
            values, grads = tensors[: len(inputs)], tensors[len(inputs) :]
            sources = [values[place] for place in places]
            with GradientTape() as tape:
                tape.watch(sources)
                outputs = _results(function(*values), specs)
            return tape.gradient(outputs, sources, list(grads), unconnected_gradients="zero")

        found_specs = tuple(inputs[place].spec for place in places)
        found = apply(
            host_call, (*inputs, *grad), {"function": backward, "specs": found_specs}
        )
        result: list[Any] = [None] * len(inputs)
        for place, part in zip(places, found, strict=True):
            result[place] = part
        return result


host_call = HostCall()


def _results(result: Any, specs: Any) -> list[Any]:
    """What a function returned, as tensors of the specs."""
    values = [] if result is None and not specs else structure.flatten(result)
    if len(values) != len(specs):
        raise InvalidArgumentError(
            f"py_function expected {len(specs)} values, as Tout says. Received: {len(values)}"
        )
    outputs = [
        to_tensor(value, spec.dtype, name="py_function, in what func returns,")
        for value, spec in zip(values, specs, strict=True)
    ]
    for output, spec in zip(outputs, specs, strict=True):
        if not spec.shape.is_compatible_with(output.shape):
            raise InvalidArgumentError(
                f"py_function expected a value of shape {spec.shape}, as Tout says. "
                f"Received: shape={output.shape}"
            )
    return outputs


def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: Any = None) -> Any:
    """Call a Python function: at once, and in a graph each time that the graph runs.

    Args:
        func: takes eager tensors, returns what becomes tensors of `Tout`.
        inp: a list of tensors.
        Tout: a dtype, a `tf.TensorSpec`, or a list of them; an empty list for no result.

    In a graph its gradient runs `func` again on a tape.

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
        outputs: Any = _results(function(*inputs), specs)
    else:
        if name == "numpy_function":
            inputs = [stop_gradient(x) for x in inputs]
        outputs = apply(host_call, tuple(inputs), {"function": function, "specs": specs})
    if not structure.is_nested(Tout):
        return outputs[0] if outputs else None
    return structure.pack_sequence_as(Tout, list(outputs))


def _spec(wanted: Any) -> TensorSpec:
    if isinstance(wanted, TensorSpec):
        return wanted
    return TensorSpec.of(None, dtypes.as_dtype(wanted))
