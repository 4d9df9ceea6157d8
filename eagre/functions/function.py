"""`tf.function`: a Python function whose calls run graphs, one for each kind of arguments."""

from __future__ import annotations

import weakref
from _thread import get_ident
from functools import partial, update_wrapper
from threading import RLock
from types import MethodType
from typing import TYPE_CHECKING, Any

from eagre.core import dtypes, settings, structure
from eagre.core.tensor import SymbolicTensor
from eagre.functions.arguments import Arguments, is_leaf, spec_of
from eagre.functions.autograph.conversion import convert
from eagre.functions.concrete import ConcreteFunction
from eagre.functions.retracing import History
from eagre.functions.signature import Signature
from eagre.functions.surroundings import Surroundings, when_gone
from eagre.functions.tracebacks import filtered
from eagre.functions.tracing import Request, trace_call
from eagre.graph.trace import user_line
from eagre.ops.creation import constant

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_KEYS = 512
"""Kinds of calls that a function remembers; beyond that it forgets the oldest."""


class Function:
    """A Python function whose calls run graphs: what `tf.function` makes.

    A call whose arguments are of a kind not met before traces the Python function, which runs
    once with symbolic tensors; further calls of that kind run the graph.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        name: str,
        input_signature: Any = None,
        autograph: bool = True,
        reduce_retracing: bool = False,
        instance: weakref.ref[Any] | None = None,
    ) -> None:
        self._python_function = python_function
        self._instance = instance
        self._name = name
        self._options = {
            "input_signature": input_signature,
            "autograph": autograph,
            "reduce_retracing": reduce_retracing,
        }
        self._signature = Signature(python_function, name, input_signature, instance is not None)
        self._surroundings = Surroundings(python_function)
        self._graphs: dict[tuple[Any, ...], ConcreteFunction] = {}
        self._references: dict[tuple[Any, ...], list[Any]] = {}
        self._history = History(name)
        self._lock = RLock()
        self._being_traced: set[tuple[Any, ...]] = set()
        self._methods: dict[int, Function] = {}
        self._lasting: weakref.ref[Any] = weakref.ref(self)
        update_wrapper(self, python_function)

    # Calling ----------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if settings.functions_run_eagerly():
            return self.python_function(*args, **kwargs)
        try:
            args, kwargs = self._signature.bind(args, kwargs)
            arguments, key = self._key(args, kwargs)
            concrete = self._graphs.get(key)
            if concrete is None:
                concrete = self._trace(args, kwargs, arguments, key)
            if concrete.integers:
                arguments.leaves += [constant(key[i][1], dtypes.int64) for i in concrete.integers]
            return concrete.run(arguments.leaves)
        except Exception as error:
            raise filtered(error)  # noqa: B904 it is the same error

    def _key(self, args: Any, kwargs: Any) -> tuple[Arguments, tuple[Any, ...]]:
        try:
            arguments = Arguments(args, kwargs)
        except RecursionError:
            structure.flatten((args, kwargs))  # which says where a structure contains itself
            raise
        parts = arguments.parts
        if self._signature.specs is not None:
            parts = parts[self._signature.parts_of_specs(args) :]
        return arguments, (*parts, *self._surroundings.parts())

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The graph for arguments of a kind, each given as a value or as a `tf.TensorSpec`."""
        if self._signature.specs is not None and not args and not kwargs:
            args = self._signature.specs
        args, kwargs = self._signature.bind(args, kwargs)
        arguments, key = self._key(args, kwargs)
        concrete = self._graphs.get(key)
        return self._trace(args, kwargs, arguments, key) if concrete is None else concrete

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The function as a method, which holds the instance: each has its own graphs."""
        if instance is None:
            return self
        function = self._methods.get(id(instance))
        if function is None:
            forget = partial(self._methods.pop, id(instance), None)
            reference = weakref.ref(instance, lambda _: forget())
            options = {**self._options, "instance": reference}
            function = Function(self._python_function, self._name, **options)
            self._methods[id(instance)] = function
        method = _new_method()
        method.__dict__ = function.__dict__
        method.__self__ = instance
        return method

    def __reduce__(self) -> Any:
        """What it was made of: its graphs are traced again where it is made anew."""
        if self._instance is not None:
            raise TypeError(f"the method {self._name} of an object, as a tf.function")
        return Function, (self._python_function, self._name, *self._options.values())

    # Tracing ----------------------------------------------------------------------------------

    def _trace(self, args: Any, kwargs: Any, arguments: Arguments, key: Any) -> ConcreteFunction:
        """The graph for a kind of call that was not met before."""
        with self._lock:
            if key in self._graphs:
                return self._graphs[key]
            if (get_ident(), key) in self._being_traced:
                raise RecursionError(
                    f"{self._name} expected not to be called by itself with arguments of the same "
                    f"kind while it is traced. Received: such a call, at {user_line()}, which has "
                    "no end. Pass what decides the end as a Python number, or use tf.while_loop."
                )
            specs = self._specs(arguments, key)
            found = self._history.more_general(key, specs)
            concrete = found or self._trace_new(args, kwargs, arguments, specs, key)
            self._remember(key, concrete, arguments)
            return concrete

    def _specs(self, arguments: Arguments, key: Any) -> list[Any]:
        """What the graph is to know of each leaf: at least what holds for this call."""
        specs = [spec_of(leaf) for leaf in arguments.leaves]
        if self._signature.specs is not None:
            declared = structure.flatten(self._signature.specs)
            return [*declared, *specs[len(declared) :]]
        if self._options["reduce_retracing"]:
            return self._history.relaxed(key, specs)
        return specs

    def _trace_new(
        self, args: Any, kwargs: Any, arguments: Arguments, specs: list[Any], key: Any
    ) -> ConcreteFunction:
        paths = self._paths(args, kwargs)
        self._history.note([*paths.items(), *self._surroundings.described()], user_line())
        function: Any = self._python_function
        if self._options["autograph"]:
            function = convert(function)
        names = [path for path, leaf in paths.items() if is_leaf(leaf)]
        request = Request(
            self._bound(function), self._name, args, kwargs, arguments.leaves, specs, names, {},
            self._surroundings.objects(),
        )  # fmt: skip
        self._being_traced.add((get_ident(), key))
        try:
            concrete = self._trace_with_integers(request, key, paths)
            if concrete is None:
                promotion = trace_call(request, not self._graphs)
                promotion.side_effects.report()
                concrete = promotion.concrete
                self._history.keep(concrete, key, specs)
        except RecursionError as error:
            raise _without_end(error, self._name) from None
        finally:
            self._being_traced.discard((get_ident(), key))
        return concrete

    def _trace_with_integers(
        self, request: Request, key: Any, paths: dict[str, Any]
    ) -> ConcreteFunction | None:
        """A graph that takes integers as inputs, if only integers differ from call to call."""
        names = [path for path, leaf in paths.items() if leaf.__class__ is int]
        integers = [i for i, part in enumerate(key) if _is_integer(part)]
        integers = integers[: len(names)]
        places = self._history.varying_integers(key, integers)
        if not places:
            return None
        chosen = {integers.index(place): key[place][1] for place in places}
        try:
            promotion = trace_call(request._replace(integers=chosen), False)
        except Exception:
            # What the stand-in for an integer cannot do, the integer may do: trace with that.
            self._history.note_read(key, integers, places)
            return None
        if promotion.were_read:
            read = [integers[count] for count in promotion.were_read]
            self._history.note_read(key, integers, read)
            return None
        promotion.side_effects.report()
        self._history.keep(promotion.concrete, key, list(request.specs), places)
        self._history.note_promotion([names[count] for count in chosen])
        return promotion.concrete

    def _remember(self, key: Any, concrete: ConcreteFunction, arguments: Arguments) -> None:
        """Use a graph for further calls of this kind, as long as its objects are there."""
        if any(isinstance(tensor, SymbolicTensor) for tensor in concrete.graph.captures):
            return  # It reads a graph that is being traced, and ends with it.
        if len(self._graphs) >= _MOST_KEYS:
            self.forget(next(iter(self._graphs)))
        objects = [*arguments.objects, *self._surroundings.objects()]
        forget = partial(_forget, self._lasting, key)
        self._references[key] = when_gone(objects, forget)
        self._graphs[key] = concrete

    def forget(self, key: Any) -> None:
        """Let go of the graph for a kind of calls."""
        self._graphs.pop(key, None)
        self._references.pop(key, None)

    def _paths(self, args: Any, kwargs: Any) -> dict[str, Any]:
        """Each leaf of the arguments under the name by which messages call it."""
        names = self._signature.path_names(len(args))
        nests = [*zip(names, args, strict=True), *kwargs.items()]
        return {
            path: leaf
            for name, nest in nests
            for path, leaf in zip(
                structure.paths(nest, name, expand_composites=True),
                structure.flatten(nest, expand_composites=True),
                strict=True,
            )
        }

    # What it is -------------------------------------------------------------------------------

    @property
    def python_function(self) -> Any:
        """The Python function; for a method, bound to its object."""
        return self._bound(self._python_function)

    def _bound(self, function: Any) -> Any:
        if self._instance is None:
            return function
        return MethodType(function, self._instance())

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._name

    @property
    def input_signature(self) -> Any:
        """The specs given by the user, or None."""
        return self._signature.specs

    def experimental_get_tracing_count(self) -> int:
        """How often the function was traced.

        >>> double = tf.function(lambda x: x + x)
        >>> double(tf.constant(1.0)), double(tf.constant(2.0)), double(tf.constant([1.0]))
        (<tf.Tensor: shape=(), dtype=float32, numpy=2.0>, \
<tf.Tensor: shape=(), dtype=float32, numpy=4.0>, \
<tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>)
        >>> double.experimental_get_tracing_count()
        2
        """
        return self._history.count

    def pretty_printed_concrete_signatures(self, verbose: bool = True) -> str:
        """The signatures of all graphs, as text."""
        return "\n\n".join(str(concrete) for concrete in self._history.graphs())

    def explain(self) -> Any:
        """Why there are as many graphs as there are: see `Explanation`."""
        return self._history.explain()

    def __repr__(self) -> str:
        return f"<function {self._name} with {self._history.count} traces>"


class Method(Function):
    """The function of an instance, together with that: what `instance.function` is.

    The function itself, with its graphs, stands in the class and knows the instance only weakly, so
    that it is freed with its last reference. This shares all of its state.
    """

    __slots__ = ("__self__",)

    __self__: Any

    def __lasting__(self) -> Any:
        """The function that lasts as long as the instance: graphs know this argument by it."""
        return self._lasting()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Method) and self._lasting is other._lasting

    def __hash__(self) -> int:
        return hash(self._lasting)


_new_method = partial(object.__new__, Method)


def _without_end(error: RecursionError, name: str) -> RecursionError:
    """Python's error about a recursion without end in words about tracing."""
    if not str(error).startswith("maximum recursion"):
        return error
    return RecursionError(
        f"{name} expected a recursion that ends while it is traced: what tensors decide is not "
        "known then. Received: a recursion as deep as Python allows. Use a while loop, or let "
        "Python numbers decide the end."
    )


def _is_integer(part: Any) -> bool:
    return part.__class__ is tuple and part[0] is int


def _forget(function: weakref.ref[Function], key: Any, _: Any) -> None:
    """Let go of a graph when an object that chose it is gone."""
    owner = function()
    if owner is not None:
        owner.forget(key)


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    experimental_implements: str | None = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Any:
    """Make a function whose calls run graphs: traced once for each kind of arguments.

    Args:
        func: a Python function; without it, a decorator is returned.
        input_signature: a `tf.TensorSpec` for each argument. All calls then share one graph.
        autograph: whether `if`, `while` and `for` over tensors become operations.
        reduce_retracing: whether sizes that were met to change are left open in later graphs.
        jit_compile, experimental_*: kept for programs that pass them; they change nothing.

    Raises:
        TypeError: the arguments of a call do not fit the signature.

    >>> @tf.function
    ... def square(x):
    ...     return x * x
    >>> square(tf.constant(3.0)).numpy()
    np.float32(9.0)
    """

    def decorate(python_function: Callable[..., Any]) -> Function:
        if not callable(python_function):
            raise TypeError(f"function expected a Python function. Received: {python_function!r}")
        name = getattr(python_function, "__name__", type(python_function).__name__)
        relaxes = bool(reduce_retracing or experimental_relax_shapes)
        return Function(python_function, name.strip("<>"), input_signature, autograph, relaxes)

    return decorate if func is None else decorate(func)
