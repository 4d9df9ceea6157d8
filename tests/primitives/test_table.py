"""What holds for every primitive, tested on the records of the table."""

import functools
import importlib
import pkgutil

import numpy as np
import pytest

import eagre.core.doors
import eagre.core.outline
from eagre.core import dtypes
from eagre.core.errors import OpError
from eagre.core.outline import Outline, outline
from eagre.core.primitive import Primitive
from eagre.core.specs import TensorSpec
from eagre.core.tensor import wrap
from eagre.gradients.backpropagate import ones_like, zeros_like
from eagre.gradients.tape import GradientTape
from eagre.graph.graph import Graph
from eagre.graph.printing import identifier
from eagre.graph.trace import trace
from eagre.primitives.arithmetic import identity, multiply
from eagre.primitives.families import Unary
from eagre.state.variable import Variable
from tests.primitives.calls import (
    KNOWLEDGE,
    Call,
    apply_primitive,
    as_tuple,
    assert_same_bits,
    bits,
    central_differences,
    inner,
    is_inexact,
    layouts,
)
from tests.primitives.mutations import mutations
from tests.primitives.record import EVERYTHING, INEXACT, each, narrow, of, sample
from tests.primitives.record import Record as Row
from tests.primitives.table import RECORDS

# That what is flat has no gradient is tested here, so it is not worth a warning.
pytestmark = pytest.mark.filterwarnings("ignore::eagre.GradientWarning")

# One dtype of each kind: graphs and printing do not depend on the width of numbers.
KINDS = ("float32", "complex64", "int32", "bool", "string")


def for_each(records, *dtype_names):
    """Runs a test once for each record and each of the dtypes that it takes."""
    pairs = [
        pytest.param(record, dtype, id=f"{record.name}-{dtype}")
        for record in records
        for dtype in dtype_names
        if dtype in record.takes
    ]
    return pytest.mark.parametrize(("record", "dtype"), pairs)


def calls(record, dtype, smooth=False):
    """The calls of a record's samples in a dtype."""
    samples = [s for s in record.samples_for(dtype) if s.is_smooth or not smooth]
    return [Call(record, s, dtype) for s in samples]


def primitives():
    """Every primitive of the package, with the place where it stands."""
    found = {}
    for layer in ("primitives", "gradients", "transforms", "control"):
        package = importlib.import_module(f"eagre.{layer}")
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Primitive):
                    found.setdefault(value, f"{module.name}.{name}")
    return found


DIFFERENTIABLE = [r for r in RECORDS if r.samples[0].draws and not r.primitive.stops_gradients]


# The table itself -----------------------------------------------------------------------------


def test_every_primitive_has_a_record():
    known = {id(record.primitive) for record in RECORDS}
    missing = [place for primitive, place in primitives().items() if id(primitive) not in known]
    assert not missing, "write a record in tests/primitives/table_*.py"


def test_no_primitive_has_two_records():
    names = [record.name for record in RECORDS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_records_are_whole(record):
    """Samples for each dtype, and places for differences in whatever is differentiable."""
    assert all(record.samples_for(dtype) for dtype in record.takes)
    if record in DIFFERENTIABLE:
        smooth = [s for s in record.samples_for("float64") if s.is_smooth]
        assert len(smooth) >= 2


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_primitive_has_a_gradient_or_says_why_not(record):
    """What has no inputs has none; the rest has a rule or is flat by its nature."""
    has_no_inputs = not record.samples[0].draws
    is_flat = record.primitive.stops_gradients or has_no_inputs
    assert record.primitive.is_differentiable != is_flat


# Values ---------------------------------------------------------------------------------------


@for_each(RECORDS, *EVERYTHING)
def test_kernel_against_reference(record, dtype):
    """It must not write into its inputs either."""
    for call in calls(record, dtype):
        before = [bits(array) for array in call.arrays]
        found = call.compute()
        assert [bits(array) for array in call.arrays] == before, call
        expected = as_tuple(record.reference(*call.arrays, **call.params))
        assert len(found) == len(expected)
        for number, (a, b) in enumerate(zip(found, expected, strict=True)):
            assert_near(call, number, a, b)


def assert_near(call, number, found, expected):
    """Fail unless an output has the expected dtype and shape and is near enough."""
    record, expected = call.record, np.asarray(expected)
    given = {None: call.dtype, "param": getattr(call.params.get("dtype"), "name", None)}
    given["stream"] = ("uint64", "uint64", "int64")[min(number, 2)]
    given["complex"] = {"float32": "complex64"}.get(call.dtype, "complex128")
    given["eigen"] = {"float32": "complex64", "float64": "complex128"}.get(call.dtype, call.dtype)
    given["ordered"] = "int32" if number == 1 else call.dtype
    real = {"complex64": "float32", "complex128": "float64"}.get(call.dtype)
    given["singular"] = call.dtype if number else real or call.dtype
    is_nearest = call.params.get("method") == "nearest"
    is_mixed = not is_nearest and call.dtype not in INEXACT
    given["resampled"] = "float32" if is_mixed else call.dtype
    given["selected"] = call.dtype if number == 1 else "int32"
    given["sampled"] = "float32" if number == 2 else call.dtype
    given["modulus"] = {"complex64": "float32"}.get(call.dtype, "float64")
    dtype = given.get(record.gives, record.gives)
    if record.name == "constant" or record.gives == "reference":
        dtype = dtypes.from_numpy(expected.dtype).name
    if record.name == "while_loop" and expected.dtype.kind == "i":
        dtype = "int32"
    assert found.dtype == dtypes.as_dtype(dtype).numpy, call
    assert found.shape == expected.shape, call
    tolerance = record.tolerance(dtype)
    rounded = narrow(expected, dtype)
    if tolerance == 0:
        assert bits(found) == bits(rounded), f"{call}: {found!r} is not {rounded!r}"
        return
    wide = np.complex128 if dtype.startswith("complex") else np.float64
    found, rounded = found.astype(wide), rounded.astype(wide)
    with np.errstate(invalid="ignore"):
        near = np.abs(found - rounded) <= tolerance * np.maximum(np.abs(rounded), record.floor)
        same = (found == rounded) | (np.isnan(found) & np.isnan(rounded))
    assert (near | same).all(), f"{call}: {found!r} is not near {rounded!r}"


@for_each(RECORDS, *EVERYTHING)
def test_infer_tells_dtype_and_shape(record, dtype):
    for call in calls(record, dtype):
        for knowledge in KNOWLEDGE:
            specs = as_tuple(call.primitive.infer(*call.specs(knowledge), **call.params))
            outputs = call.run()
            assert len(specs) == len(outputs), call
            for spec, output in zip(specs, outputs, strict=True):
                assert spec.is_compatible_with(output), f"{call}, {knowledge}: {spec}"
                if knowledge == "static" and call.sample.has_known_shape:
                    assert spec.sizes == output.sizes, call


@for_each(RECORDS, *KINDS)
@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_a_graph_gives_the_eager_bits(record, dtype, knowledge):
    for call in calls(record, dtype):
        expected = call.run()
        assert_same_bits(run_traced(call, call.run, {}, knowledge), expected, call)


def run_traced(call, function, more, knowledge):
    """`function(values, *more)` by way of a graph that knows little.

    Variables are captured, everything else is an argument. `more` has lists of gradients, about
    which as much is known as about the outputs or sources that they belong to.
    """
    values = call.values(knowledge=knowledge)
    places = [i for i, value in enumerate(values) if not isinstance(value, Variable)]
    arguments = [[values[i] for i in places], *[[wrap(x) for x in part] for part in more.values()]]
    pattern = []

    def traced(inputs, *rest):
        mixed = list(values)
        for place, tensor in zip(places, inputs, strict=True):
            mixed[place] = tensor
        results = function(mixed, *rest)
        pattern[:] = [result is not None for result in results]
        return [result for result in results if result is not None]

    known = call.specs(knowledge)
    graph = trace(traced, [known[i] for i in places], *[flow_specs(call, known)[k] for k in more])
    graph.check()
    results = iter(graph(*arguments))
    return [next(results) if is_there else None for is_there in pattern]


def flow_specs(call, known):
    """The specs of what flows into the inexact outputs, and into the gradients that exist."""
    outputs = as_tuple(call.primitive.infer(*known, **call.params))
    found = call.gradient(call.values(), [wrap(w) for w in call.weights()])
    sources = [known[i] for i in call.sources]
    return {
        "outputs": [spec for spec in outputs if spec.dtype.name in INEXACT],
        "sources": [
            getattr(spec, "value", spec)
            for spec, grad in zip(sources, found, strict=True)
            if grad is not None
        ],
    }


# Gradients ------------------------------------------------------------------------------------


def numpy_gradient(call, arrays, weights):
    """The gradients as arrays, zeros where there is none."""
    found = call.gradient(call.values(arrays), [wrap(w) for w in weights])
    sources = [arrays[i] for i in call.sources]
    return [np.zeros_like(x) if g is None else g.array for g, x in zip(found, sources, strict=True)]


def loss_of(loss, arrays, place, moved):
    """The loss with one array moved."""
    return loss(with_array(arrays, place, moved))


def with_array(arrays, place, array):
    """The arrays with one of them replaced."""
    return [array if i == place else x for i, x in enumerate(arrays)]


def assert_close(found, expected, what):
    """Fail unless a gradient agrees with central differences."""
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype), what
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-7, err_msg=str(what))


@for_each(DIFFERENTIABLE, "float64", "complex128")
def test_gradient_against_differences(record, dtype):
    for call in calls(record, dtype, smooth=True):
        weights = call.weights()

        def loss(arrays, call=call, weights=weights):
            outputs = [y for y in call.compute(arrays) if is_inexact(y)]
            return sum(inner(w, y) for w, y in zip(weights, outputs, strict=True))

        found = numpy_gradient(call, call.arrays, weights)
        for place, grad in zip(call.sources, found, strict=True):
            moving = functools.partial(loss_of, loss, call.arrays, place)
            expected = central_differences(moving, call.arrays[place])
            assert_close(grad, expected, f"{call}, input {place}")


@for_each(DIFFERENTIABLE, "float64", "complex128")
def test_second_gradient_against_differences(record, dtype):
    for call in calls(record, dtype, smooth=True):
        weights = call.weights()
        flows = call.flows(weights)
        variables = [wrap(w) for w in weights]
        found = call.second_gradient(call.values(), variables, [wrap(f) for f in flows])
        parts = [*[call.arrays[i] for i in call.sources], *weights]
        for number, (grad, part) in enumerate(zip(found, parts, strict=True)):
            grad = np.zeros_like(part) if grad is None else grad.array
            expected = central_differences(second_loss(call, parts, flows, number), part)
            assert_close(grad, expected, f"{call}, second order, part {number}")


def second_loss(call, parts, flows, number):
    """What the second gradient differentiates, as a function of one of its parts."""

    def loss(moved):
        changed = with_array(parts, number, moved)
        arrays = list(call.arrays)
        for place, array in zip(call.sources, changed, strict=False):
            arrays[place] = array
        weights = [wrap(w) for w in changed[len(call.sources) :]]
        found = [g for g in call.gradient(call.values(arrays), weights) if g is not None]
        return sum(inner(flow, g.array) for flow, g in zip(flows, found, strict=True))

    return loss


@for_each([record for record in RECORDS if record.primitive.stops_gradients], *INEXACT)
def test_what_stops_gradients_has_none(record, dtype):
    for call in calls(record, dtype):
        found = call.gradient(call.values(), [wrap(w) for w in call.weights()])
        assert found == [None] * len(call.sources), call


@for_each(DIFFERENTIABLE, "float32", "complex64")
@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_a_traced_gradient_gives_the_eager_bits(record, dtype, knowledge):
    for call in calls(record, dtype):
        weights = call.weights()
        expected = call.gradient(call.values(), [wrap(w) for w in weights])
        check_traced(call, call.gradient, {"outputs": weights}, expected, knowledge)


@for_each(DIFFERENTIABLE, "float32", "complex64")
@pytest.mark.parametrize("knowledge", KNOWLEDGE)
def test_a_traced_second_gradient_gives_the_eager_bits(record, dtype, knowledge):
    for call in calls(record, dtype, smooth=True):
        weights = call.weights()
        flows = call.flows(weights)
        tensors = [[wrap(x) for x in part] for part in (weights, flows)]
        expected = call.second_gradient(call.values(), *tensors)
        more = {"outputs": weights, "sources": flows}
        check_traced(call, call.second_gradient, more, expected, knowledge)


def check_traced(call, function, more, expected, knowledge):
    """Fail unless the graph gives what is expected, or refuses unknown ranks as recorded."""
    if knowledge == "unknown rank" and call.record.needs_rank:
        with pytest.raises(ValueError, match="rank"):
            run_traced(call, function, more, knowledge)
        return
    found = run_traced(call, function, more, knowledge)
    # A loop that did not run leaves None eagerly, where a graph cannot know and has zeros.
    pairs = list(zip(found, expected, strict=True))
    assert not any(a.array.any() for a, b in pairs if a is not None and b is None), call
    kept = [a if b is not None else None for a, b in pairs]
    assert_same_bits(kept, expected, call, knowledge)


# What a tape keeps ----------------------------------------------------------------------------


@pytest.fixture
def nothing_is_small(monkeypatch):
    """Lets tapes forget even the values that cost no more than an outline."""
    monkeypatch.setattr(eagre.core.outline, "SMALL", -1)
    monkeypatch.setattr(eagre.core.doors, "SMALL", -1)


@for_each(DIFFERENTIABLE, "float32")
@pytest.mark.usefixtures("nothing_is_small")
def test_a_tape_keeps_what_needs_says(record, dtype):
    """Inputs that are not watched themselves: a tape always holds what it watches."""
    for call in calls(record, dtype):
        values = call.values()
        with GradientTape(persistent=True) as tape:
            tape.watch([values[i] for i in call.sources])
            inputs = [v if isinstance(v, Variable) else identity(v) for v in values]
            outputs = call.run(inputs)
        if not any(y.id for y in outputs):
            continue
        named = names_of_needs(record.primitive, len(inputs))
        for number, value in enumerate(inputs):
            if not isinstance(value, Variable):
                assert tape.holds(value) == (number in named), f"{call} holds input {number}"
        for output in outputs:
            assert tape.holds(output) == ("output" in named), f"{call} holds its output"


def names_of_needs(primitive, count):
    """The numbers of the inputs that `needs` names, and "output" if it does."""
    needs = primitive.needs
    if needs is None or "inputs" in needs:
        whole = {*range(count)}
        return whole | {"output"} if needs is None or "output" in needs else whole
    code = type(primitive).gradient.__code__
    names = code.co_varnames[3 : code.co_argcount]
    named = {number for number, name in enumerate(names) if name in needs}
    return named | {"output"} if "output" in needs else named


@for_each(DIFFERENTIABLE, "float32")
@pytest.mark.usefixtures("nothing_is_small")
def test_a_gradient_reads_all_that_needs_names(record, dtype):
    """With an outline in the place of one value that it names, the rule must fail somewhere."""
    named = names_of_needs(record.primitive, max(len(s.draws) for s in record.samples))
    failing = {name for call in calls(record, dtype) for name in reads(call, named)}
    assert named <= failing, f"{record.name} does not read {named - failing}"


def reads(call, named):
    """Which of the named values the gradient of a call cannot do without."""
    values = [getattr(value, "handle", value) for value in call.values()]
    outputs = call.run(values)
    several = isinstance(call.primitive.infer(*call.specs("static"), **call.params), tuple)
    grads = [ones_like(y) if is_inexact(y.array) else zeros_like(y) for y in outputs]
    for name in named:
        if name != "output" and name >= len(values):
            continue
        inputs = [outline(x) if i == name else x for i, x in enumerate(values)]
        kept = [outline(y) for y in outputs] if name == "output" else outputs
        wanted = [i in call.sources for i in range(len(inputs))]
        grad, output = (tuple(grads), tuple(kept)) if several else (grads[0], kept[0])
        try:
            apply_rule(call.primitive, wanted, grad, output, tuple(inputs), call.params)
        except (AttributeError, TypeError):
            yield name


def apply_rule(primitive, wanted, grad, output, inputs, params):
    """Compute the gradients that are wanted."""
    if primitive.accumulate is not None:
        keys = [number if want else None for number, want in enumerate(wanted)]
        primitive.accumulate(keys, {}, grad, output, inputs, params)
        return
    if primitive.gradients is not None:
        primitive.gradients(wanted, grad, output, inputs, params)
        return
    rules = primitive.gradient(grad, output, *inputs, **params)
    for rule, want in zip(rules, wanted, strict=True):
        if want and callable(rule):
            rule()


class Forgetful(Unary):
    """A primitive whose gradient reads a value that `needs` does not name."""

    needs = ()

    def kernel(self, x):
        return x * x

    def gradient(self, grad, output, x):
        return (grad * (x + x),)


@pytest.mark.usefixtures("nothing_is_small")
def test_a_gradient_that_reads_what_needs_leaves_out_fails():
    call = Call(Row(Forgetful(), [sample(of(3))], each(lambda x: x * x)), sample(of(3)), "float32")
    with pytest.raises(TypeError, match="expected tensors"):
        call.gradient(call.values(), [wrap(w) for w in call.weights()])


@pytest.mark.usefixtures("nothing_is_small")
def test_an_outline_has_shape_and_dtype_but_no_value():
    kept = outline(wrap(np.zeros((2, 3), np.float32)))
    assert isinstance(kept, Outline)
    assert (kept.sizes, kept.dtype) == ((2, 3), dtypes.float32)
    with pytest.raises(TypeError, match="expected tensors"):
        multiply(kept, kept)


# The printed graph ----------------------------------------------------------------------------


@for_each(RECORDS, *KINDS, "uint64", "bfloat16", "complex128")
def test_a_printed_graph_reads_back(record, dtype):
    """Variables are read by their handles, which stand among the arguments."""
    for call in calls(record, dtype):
        handles = [getattr(value, "handle", value) for value in call.values()]
        graph = trace(lambda *x, call=call: call.run(x), *[x.spec for x in handles], name="printed")
        functions = [f for f in call.params.values() if hasattr(f, "__name__")]
        namespace = names_in_prints() | {identifier(f.__name__): f for f in functions}
        exec(str(graph), namespace)
        fresh = [getattr(value, "handle", value) for value in call.values()]
        found = namespace["printed"](*fresh)
        assert_same_bits(found, call.run(), call, graph)


@pytest.mark.parametrize("name", ["<lambda>", "a b", "class", "2d", "add"])
def test_a_printed_graph_is_python_under_any_name(name):
    namespace = names_in_prints()
    graph = trace(lambda x: x + x, TensorSpec([2]), name=name.strip("<>"))
    exec(str(graph), namespace)
    function = namespace[str(graph).removeprefix("def ").partition("(")[0]]
    values = wrap(np.ones(2, np.float32))
    assert_same_bits(function(values), [values + values])


def names_in_prints():
    """What the names in a printed graph stand for."""
    names = {"array": np.array, "nan": np.nan, "inf": np.inf, "TensorSpec": TensorSpec}
    for primitive in primitives():
        names[primitive.name] = reader(primitive)
    return names | {"Bound": importlib.import_module("eagre.primitives.indexing").Bound}


def reader(primitive):
    """A function that applies a primitive to parameters as they are printed."""

    def call(*inputs, **params):
        values = inputs[1:] if primitive.name == "conditional" else inputs
        if "batched" in params:
            rows = zip(values, params["batched"], strict=True)
            values = [x[0] if is_batched else x for x, is_batched in rows]
        params = {key: read(key, param, values) for key, param in params.items()}
        return apply_primitive(primitive, inputs, params)

    return call


def read(key, param, values):
    """A parameter: printed graphs become graphs again, names of dtypes become dtypes."""
    if key == "dtype":
        return dtypes.as_dtype(param)
    if hasattr(param, "__code__") and key not in ("function", "rule"):
        taken = values[: param.__code__.co_argcount]
        inner_graph = trace(param, *[value.spec for value in taken])
        assert isinstance(inner_graph, Graph)
        return inner_graph
    return param


# Memory ---------------------------------------------------------------------------------------


@for_each(RECORDS, *EVERYTHING)
def test_bits_do_not_depend_on_the_layout(record, dtype):
    for call in calls(record, dtype):
        expected = call.compute()
        for number, array in enumerate(call.arrays):
            for layout, moved in layouts(array).items():
                found = call.compute(with_array(call.arrays, number, moved))
                assert_same_bits(found, expected, call, number, layout)


# What does not fit ----------------------------------------------------------------------------


def outcome(function):
    """What a call returns, or the error that it raises."""
    try:
        return function()
    except Exception as error:
        return error


APPLIED_BY_USERS = [record for record in RECORDS if not record.fits_by_construction]


@for_each(APPLIED_BY_USERS, *KINDS)
def test_what_does_not_fit_is_refused(record, dtype):
    """A kernel refuses whatever `infer` refuses, with the same class of error."""
    wrong = []
    for call in calls(record, dtype):
        call.run()  # after this, only the kernel stands between a wrong shape and a result
        for what, arrays, params in mutations(call):
            complaint = complaint_about(call, arrays, params)
            if complaint:
                wrong.append(f"{call} with {what}: {complaint}")
    assert not wrong, "\n".join(wrong)


def complaint_about(call, arrays, params):
    """How `infer` and the eager call disagree about a mutated call; None if they agree."""
    values = [getattr(value, "handle", value) for value in call.values(arrays)]
    inferred = outcome(lambda: call.primitive.infer(*[x.spec for x in values], **params))
    result = outcome(lambda: as_tuple(apply_primitive(call.primitive, tuple(values), params)))
    if isinstance(inferred, Exception):
        if not isinstance(inferred, OpError | TypeError):
            return f"infer raises {inferred!r}"
        name = call.record.speaks_as or call.primitive.public
        if not str(inferred).startswith(name):
            return f"the message does not begin with {name}: {inferred}"
        if not isinstance(result, Exception):
            return f"infer refuses ({inferred}), but the kernel gives {result}"
        same = type(result) is type(inferred)
        return None if same else f"infer raises {inferred!r}, the kernel {result!r}"
    return complaint_about_values(call, as_tuple(inferred), result)


def complaint_about_values(call, specs, result):
    """What is wrong with the outcome of a call that `infer` lets pass."""
    if isinstance(result, Exception):
        is_known = all(spec.shape.is_fully_defined() for spec in specs)
        if is_known and call.sample.has_known_shape and not call.primitive.can_fail:
            return f"infer says {specs}, the kernel raises {result!r}"
        return None if isinstance(result, OpError) else f"the kernel raises {result!r}"
    fits = [spec.is_compatible_with(y) for spec, y in zip(specs, result, strict=True)]
    return None if all(fits) else f"infer says {specs}, the kernel gives {result}"


WRONG_DTYPES = [
    pytest.param(record, dtype, id=f"{record.name}-{dtype}")
    for record in APPLIED_BY_USERS
    if record.samples[0].draws and not record.handles
    for dtype in EVERYTHING
    if dtype not in record.takes
]


@pytest.mark.parametrize(("record", "dtype"), WRONG_DTYPES)
def test_other_dtypes_are_refused(record, dtype):
    """Inputs, or a parameter, of a dtype that the record does not name."""
    chosen = record.samples_for(record.takes[-1])[0]
    good = Call(record, chosen, record.takes[-1])
    good.run()
    arrays = [
        np.full(array.shape, b"1" if dtype == "string" else 1, dtypes.as_dtype(dtype).numpy)
        if draw(np.random.default_rng(), "complex64").dtype == np.complex64
        else array
        for draw, array in zip(chosen.draws, good.arrays, strict=True)
    ]
    params = chosen.parameters(dtype)
    specs = [wrap(array).spec for array in arrays]
    expected = outcome(lambda: record.primitive.infer(*specs, **params))
    assert isinstance(expected, OpError | TypeError), expected
    with pytest.raises(type(expected)):
        apply_primitive(record.primitive, tuple(map(wrap, arrays)), params)
