"""`tf.function`: which calls share a graph, what a graph may hold, and whose bits it gives."""

import functools
import gc
import threading
import weakref
from collections import namedtuple

import numpy as np
import pytest

import eagre as tf
from eagre.functions.function import Function

Pair = namedtuple("Pair", "first second")
VECTOR = [1.5, -2.0]


def vector():
    return tf.constant(VECTOR)


# Calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((1.0, 2.0), {}),
        ((1.0,), {"y": 2.0}),
        ((), {"y": 2.0, "x": 1.0}),
        ((1.0, 2.0, 3.0), {}),
        ((1.0, 2.0), {"z": 3.0}),
        ((1.0, 2.0), {"z": 3.0, "w": 4.0}),
        ((1.0, 2.0, 3.0, 5.0, 6.0), {"w": 4.0, "extra": 7.0}),
    ],
)
def test_arguments_bind_as_in_python(args, kwargs):
    def f(x, y, z=0.5, *more, w=2.0, **named):
        return [x, y, z, w, list(more), named]

    got = tf.function(f)(*map(tf.constant, args), **{k: tf.constant(v) for k, v in kwargs.items()})
    assert tf.nest.map_structure(float, got) == tf.nest.map_structure(float, f(*args, **kwargs))


def test_results_keep_their_structure():
    @tf.function
    def f(x):
        return {"pair": Pair(x, None), "list": [x + 1.0, (x, 2)], "text": "abc"}

    result = f(vector())
    assert isinstance(result["pair"], Pair)
    assert result["pair"].second is None
    assert isinstance(result["list"][1], tuple)
    assert result["list"][1][1].numpy() == 2
    assert result["text"].numpy() == b"abc"


def test_a_list_that_grew_in_the_graph_is_a_list_again():
    scale = tf.Variable(2.0)

    @tf.function
    def multiples(n):
        found = []
        for i in tf.range(n):
            found.append(tf.cast(i, tf.float32) * scale)
        return {"found": found, "n": n}

    @tf.function
    def total(n):
        return tf.reduce_sum(tf.stack(multiples(n)["found"]))

    with tf.GradientTape() as tape:
        found = multiples(tf.constant(4))["found"]
        y = found[1] + found[3] * 2.0
    assert isinstance(found, list) and [float(x) for x in found] == [0.0, 2.0, 4.0, 6.0]
    assert float(tape.gradient(y, scale)) == 7.0
    assert multiples(tf.constant(0))["found"] == []
    assert float(total(tf.constant(4))) == 12.0
    assert "multiples(int32[])" in str(multiples.get_concrete_function(tf.constant(1)))


@pytest.mark.parametrize(
    "argument",
    [
        [1.0, 2.0], (1.0, 2.0), {"a": 1.0, "b": [2.0]}, Pair(1.0, (2.0, {"c": 3.0})), [], {}, (),
    ],
    ids=repr,
)  # fmt: skip
def test_structures_of_tensors_are_arguments(argument):
    total = tf.function(lambda nest: [x * 2.0 for x in tf.nest.flatten(nest)])
    tensors = tf.nest.map_structure(tf.constant, argument)
    expected = [2.0 * x for x in tf.nest.flatten(argument)]
    assert [float(x) for x in total(tensors)] == expected


def test_numpy_arrays_are_tensors_and_share_a_graph():
    double = tf.function(lambda x: x * 2)
    for value in (np.ones(3, np.float32), np.zeros(3, np.float32), tf.ones([3])):
        np.testing.assert_array_equal(double(value).numpy(), np.asarray(value) * 2)
    assert double.experimental_get_tracing_count() == 1


# Which calls share a graph --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calls", "traces"),
    [
        ([vector, vector], 1),
        ([vector, lambda: tf.ones([2])], 1),
        ([vector, lambda: tf.ones([3])], 2),
        ([vector, lambda: tf.ones([2], tf.float64)], 2),
        ([lambda: 1, lambda: 1], 1),
        ([lambda: 1, lambda: True], 2),
        ([lambda: 1, lambda: 1.0], 2),
        ([lambda: 0.0, lambda: -0.0], 2),
        ([lambda: float("nan"), lambda: float("nan")], 1),
        ([lambda: "a", lambda: "a", lambda: b"a"], 2),
        ([lambda: None, lambda: None], 1),
        ([lambda: [vector()], lambda: (vector(),)], 2),
        ([lambda: {"a": vector()}, lambda: {"b": vector()}], 2),
        ([lambda: [1, 2], lambda: [1, 2], lambda: [2, 1]], 2),
        ([lambda: slice, lambda: slice, lambda: list], 2),
        ([lambda: frozenset([1]), lambda: frozenset([1]), lambda: frozenset([2])], 2),
        ([lambda: tf.Variable(1.0), lambda: tf.Variable(2.0)], 1),
        ([lambda: tf.Variable(1.0), lambda: tf.Variable([2.0])], 2),
        ([lambda: tf.Variable(1.0), lambda: tf.Variable(1.0, trainable=False)], 2),
    ],
)
def test_kinds_of_arguments(calls, traces):
    @tf.function
    def f(x):
        return tf.constant(0)

    for make in calls:
        f(make())
    assert f.experimental_get_tracing_count() == traces


def test_an_object_is_told_by_identity_and_not_kept():
    class Settings:
        scale = 2.0

    scaled = tf.function(lambda x, settings: x * settings.scale)
    first, second = Settings(), Settings()
    for settings in (first, second, first):
        scaled(vector(), settings)
    assert scaled.experimental_get_tracing_count() == 2
    references = [weakref.ref(first), weakref.ref(second)]
    del first, second, settings
    gc.collect()
    assert [reference() for reference in references] == [None, None]


def test_rebinding_an_outer_name_traces_again():
    scale = 2.0

    @tf.function
    def scaled(x):
        return x * scale

    assert scaled(vector()).numpy().tolist() == [3.0, -4.0]
    scale = 10.0
    assert scaled(vector()).numpy().tolist() == [15.0, -20.0]
    scale = 2.0
    assert scaled(vector()).numpy().tolist() == [3.0, -4.0]
    assert scaled.experimental_get_tracing_count() == 2


def test_rebinding_a_global_traces_again(monkeypatch):
    double = tf.function(lambda: tf.constant(VECTOR) * 2.0)
    assert double().numpy().tolist() == [3.0, -4.0]
    monkeypatch.setitem(globals(), "VECTOR", [1.0])
    assert double().numpy().tolist() == [2.0]


def test_the_same_variable_twice_is_another_kind():
    @tf.function
    def move(target, source):
        target.assign_add(source)
        return source * 1.0

    a, b = tf.Variable(1.0), tf.Variable(10.0)
    assert float(move(a, b)) == 10.0
    assert float(move(b, a)) == 11.0
    assert float(move(a, a)) == 22.0
    assert float(move(b, b)) == 42.0
    assert move.experimental_get_tracing_count() == 2


def test_a_variable_argument_is_not_a_captured_one():
    captured = tf.Variable(2.0)
    product = tf.function(lambda v: v * captured)
    assert float(product(captured)) == 4.0
    assert float(product(tf.Variable(5.0))) == 10.0
    assert product.experimental_get_tracing_count() == 1


def test_input_signature_makes_one_graph():
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32), [tf.TensorSpec([])]])
    def f(x, y):
        return x * y[0]

    assert f([1.0, 2.0], [3.0]).numpy().tolist() == [3.0, 6.0]
    assert f(np.float32([1, 2, 3]), (4.0,)).numpy().tolist() == [4.0, 8.0, 12.0]
    assert f.experimental_get_tracing_count() == 1
    assert f.get_concrete_function().inputs[0].shape.as_list() == [None]


def test_reduce_retracing_leaves_sizes_open():
    total = tf.function(lambda x: tf.reduce_sum(x), reduce_retracing=True)
    for rows in range(1, 6):
        assert float(total(tf.ones([rows, 3]))) == 3.0 * rows
    assert total.experimental_get_tracing_count() == 2
    assert total.get_concrete_function(tf.ones([9, 3])).inputs[0].shape.as_list() == [None, 3]


def test_a_more_general_graph_serves():
    double = tf.function(lambda x: x * 2.0)
    double.get_concrete_function(tf.TensorSpec([None], tf.float32))
    double(tf.ones([3]))
    double(tf.ones([4]))
    assert double.experimental_get_tracing_count() == 1


# Integers that vary ---------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::eagre.functions.retracing.RetraceWarning")
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64, tf.int32, tf.int64, tf.complex64])
def test_integers_used_as_operands_become_inputs(dtype):
    def f(x, n):
        return x * n + (n - x) * tf.cast(3, dtype) + tf.cast(tf.constant(n), dtype)

    traced = tf.function(f)
    x = tf.cast(tf.constant([1, 2, 7]), dtype)
    for n in [*range(-150, 150), 2**31 - 1]:
        np.testing.assert_array_equal(traced(x, n).numpy(), f(x, n).numpy())
    assert traced.experimental_get_tracing_count() <= 4


@pytest.mark.filterwarnings("ignore::eagre.functions.retracing.RetraceWarning")
@pytest.mark.parametrize(
    "f",
    [
        lambda x, n: x * 2.0 if n > 3 else x,
        lambda x, n: x * float(n),
        lambda x, n: x + len(f"{n}"),
        lambda x, n: x + sum(range(n)),
        lambda x, n: x + 1.0 if isinstance(n, int) else x,
        lambda x, n: x * {2: 5.0}.get(n, 1.0),
        lambda x, n: x * (n + 1) * (2 * n) / (n**2 + 1),
        lambda x, n: x + [float(i) for i in range(9)][n],
        lambda x, n: tf.fill([n], x[0]),
        lambda x, n: tf.reshape(tf.fill([2 * n], x[0]), [2, n]),
        lambda x, n: x + np.float32(n),
        lambda x, n: x + np.sqrt(n),
        lambda x, n: tf.constant(n, tf.uint8),
        lambda x, n: x + (1.0 if n else 2.0),
        lambda x, n: x + n.bit_length(),
        lambda x, n: tf.roll(x, n, axis=0),
        lambda x, n: tf.one_hot(0, n),
    ],
)
def test_integers_whose_value_is_read_stay_constants(f):
    traced = tf.function(f)
    for n in (0, 1, 2, 3, 4, 5, 8, 3):
        np.testing.assert_array_equal(traced(vector(), n).numpy(), f(vector(), n).numpy())


def test_promotion_is_announced():
    add = tf.function(lambda x, n: x + n)
    add(vector(), 1)
    add(vector(), 2)
    with pytest.warns(tf.RetraceWarning, match="takes n as a tensor"):
        add(vector(), 3)
    assert add(vector(), 4).numpy().tolist() == [5.5, 2.0]
    assert add.experimental_get_tracing_count() == 3


# Variables ------------------------------------------------------------------------------------


def test_variables_are_made_on_the_first_call():
    class Line(tf.Module):
        def __init__(self):
            super().__init__()
            self.slope = None

        @tf.function
        def __call__(self, x):
            if self.slope is None:
                self.slope = tf.Variable(tf.fill([2], 3.0) * 2.0)
            return self.slope * x

    line = Line()
    assert line(vector()).numpy().tolist() == [9.0, -12.0]
    line.slope.assign([1.0, 1.0])
    assert line(vector()).numpy().tolist() == VECTOR
    assert line.trainable_variables == (line.slope,)


def test_variables_on_later_calls_are_refused():
    @tf.function
    def f(x):
        return tf.Variable(1.0) * x

    with pytest.raises(ValueError, match="f expected to make its variables on its first call"):
        f(vector())


def test_assignments_and_reads_keep_their_order():
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        before = v.read_value()
        v.assign_add(x)
        middle = v.read_value()
        v.assign(middle * x)
        return before, middle, v.read_value()

    for _ in range(2):
        start = float(v)
        assert [float(x) for x in f(3.0)] == [start, start + 3, (start + 3) * 3]
        assert float(v) == (start + 3) * 3


def test_a_method_has_graphs_of_its_own_for_each_object():
    class Scale:
        def __init__(self, factor):
            self.factor = factor

        @tf.function
        def apply(self, x, power=1):
            return x * self.factor**power

    two, three = Scale(2.0), Scale(3.0)
    assert two.apply(vector()).numpy().tolist() == [3.0, -4.0]
    assert three.apply(vector(), power=2).numpy().tolist() == [13.5, -18.0]
    assert two.apply == two.apply != three.apply
    assert hash(two.apply) == hash(two.apply)
    assert two.apply.__self__ is two
    assert two.apply.experimental_get_tracing_count() == 1
    assert two.apply.python_function(vector()).numpy().tolist() == [3.0, -4.0]
    reference = weakref.ref(two)
    del two
    gc.collect()
    assert reference() is None


class Doubling:
    """An object with a method that is traced, and one that is not."""

    def __init__(self):
        self.factor = 2.0

    @tf.function
    def apply(self, x):
        return x * self.factor

    def made(self):
        return self.apply


def test_a_method_keeps_its_object_and_no_cycle_does():
    gc.collect()
    gc.disable()
    try:
        assert Doubling().apply(vector()).numpy().tolist() == [3.0, -4.0]
        double = Doubling().made()
        assert double(vector()).numpy().tolist() == [3.0, -4.0]
        assert double.get_concrete_function(vector())(vector()).numpy().tolist() == [3.0, -4.0]
        assert double.experimental_get_tracing_count() == 1
        reference = weakref.ref(double.__self__)
        del double
        assert reference() is None
    finally:
        gc.enable()


def test_a_method_as_an_argument_is_known_by_its_object():
    @tf.function
    def call(function, x):
        return function(x)

    two, other = Doubling(), Doubling()
    calls = [call(owner.apply, vector()) for owner in (two, two, other)]
    assert all(each.numpy().tolist() == [3.0, -4.0] for each in calls)
    assert call.experimental_get_tracing_count() == 2
    reference = weakref.ref(two)
    del two
    gc.collect()
    assert reference() is None
    assert call(other.apply, vector()).numpy().tolist() == [3.0, -4.0]
    assert call.experimental_get_tracing_count() == 2


def test_graphs_of_a_method_end_with_the_objects_that_chose_them():
    class Key:
        pass

    class Chooser:
        @tf.function
        def apply(self, key, x):
            return x + 1.0

    chooser, key = Chooser(), Key()
    chooser.apply(key, vector())
    graphs = chooser.apply._graphs
    assert len(graphs) == 1
    del key
    gc.collect()
    assert not graphs


@pytest.mark.parametrize("kind", ["partial", "callable", "bound", "static", "nested", "wrapped"])
def test_anything_that_can_be_called(kind):
    class Add:
        def __call__(self, x, y):
            return x + y

        def method(self, x, y):
            return x + y

        @staticmethod
        def static(x, y):
            return x + y

    def plain(x, y):
        return x + y

    @functools.wraps(plain)
    def wrapper(*args, **kwargs):
        return plain(*args, **kwargs)

    keep = Add()
    made = {
        "partial": lambda: functools.partial(plain, y=tf.constant(1.0)),
        "callable": lambda: keep,
        "bound": lambda: keep.method,
        "static": lambda: Add.static,
        "nested": lambda: tf.function(plain),
        "wrapped": lambda: wrapper,
    }[kind]()
    function = tf.function(made)
    args = () if kind == "partial" else (tf.constant(1.0),)
    assert function(vector(), *args).numpy().tolist() == [2.5, -1.0]
    assert isinstance(function, Function)


# Graphs within graphs -------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::eagre.TracingWarning")
def test_functions_call_functions():
    counts = []

    @tf.function
    def square(x):
        counts.append("square")
        return x * x

    @tf.function
    def both(x):
        counts.append("both")
        return square(x) + square(x + 1.0)

    assert both(tf.constant(2.0)).numpy() == 13.0
    assert both(tf.constant(3.0)).numpy() == 25.0
    assert counts == ["both", "square"]
    names = [operation.name for operation in both.get_concrete_function(vector()).graph.operations]
    assert names.count("multiply") == 2


def test_a_function_may_read_tensors_of_the_function_around_it():
    @tf.function
    def outer(x):
        inner = tf.function(lambda y: y * x)
        return inner(x + 1.0)

    assert outer(tf.constant(2.0)).numpy() == 6.0
    assert outer(tf.constant(3.0)).numpy() == 12.0


@pytest.mark.filterwarnings("ignore::eagre.TracingWarning")
def test_a_closure_over_a_graph_that_is_done_is_not_used_again():
    helper_holder = []

    @tf.function
    def outer(x):
        if not helper_holder:
            helper_holder.append(tf.function(lambda y: y * 2.0))
        return helper_holder[0](x)

    assert outer(tf.constant(2.0)).numpy() == 4.0
    assert outer(vector()).numpy().tolist() == [3.0, -4.0]


def test_recursion_ends_by_python_numbers():
    @tf.function
    def power(x, n):
        return tf.constant(1.0) if n == 0 else x * power(x, n - 1)

    assert power(tf.constant(3.0), 3).numpy() == 27.0


def test_endless_recursion_is_refused():
    @tf.function
    def forever(x):
        return forever(x)

    with pytest.raises(RecursionError, match="forever expected not to be called by itself"):
        forever(vector())


# The same bits as eager -----------------------------------------------------------------------


def model(x, w, v):
    h = tf.tanh(x @ w) * v
    for _ in range(3):
        h = tf.nn.softmax(h @ tf.transpose(w) @ w) + v * tf.exp(-h)
    return tf.reduce_mean(h * h, axis=0), h


def bits(tensors):
    return [tensor.numpy().tobytes() for tensor in tf.nest.flatten(tensors)]


def test_values_and_gradients_have_eager_bits():
    generator = np.random.default_rng(0)
    x = tf.constant(generator.normal(size=(5, 4)), tf.float32)
    w = tf.Variable(generator.normal(size=(4, 3)), dtype=tf.float32)
    v = tf.Variable(generator.normal(size=(3,)), dtype=tf.float32)
    traced = tf.function(model)

    def step(f):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                value, h = f(x, w, v)
                value = value * v + tf.reduce_sum(h) * tf.reduce_sum(x)
            first = tape.gradient(value, [x, w, v])
        return [value, h, first, outer.gradient(first, [x, w, v])]

    expected = bits(step(model))
    assert bits(step(traced)) == expected
    assert bits(tf.function(step)(model)) == expected
    assert bits(tf.function(step)(traced)) == expected


def test_functions_run_in_threads():
    traced = tf.function(model)
    x, w, v = tf.ones([5, 4]), tf.ones([4, 3]), tf.ones([3])
    expected = bits(model(x, w, v))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(bits(traced(x, w, v)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
    assert traced.experimental_get_tracing_count() == 1


@pytest.mark.filterwarnings("ignore::eagre.TracingWarning")
def test_run_functions_eagerly():
    seen = []

    @tf.function
    def f(x):
        seen.append(type(x).__name__)
        return x + 1.0

    tf.config.run_functions_eagerly(True)
    try:
        f(vector())
    finally:
        tf.config.run_functions_eagerly(False)
    f(vector())
    assert seen == ["EagerTensor", "SymbolicTensor"]


# Concrete functions ---------------------------------------------------------------------------


def test_a_concrete_function_tells_what_it_takes():
    v = tf.Variable(2.0)

    @tf.function
    def f(x, n, *, flag=True):
        return {"y": x * v if flag else x, "none": None}

    concrete = f.get_concrete_function(tf.TensorSpec([None, 2], tf.float32), 3)
    args, kwargs = concrete.structured_input_signature
    assert args == (tf.TensorSpec([None, 2], tf.float32, name="x"), 3)
    assert kwargs == {"flag": True}
    assert concrete.variables == concrete.trainable_variables == (v,)
    assert concrete.captured_inputs[0] is v.handle
    assert concrete.output_shapes == {"y": tf.TensorShape([None, 2]), "none": None}
    assert concrete.output_dtypes == {"y": tf.float32, "none": None}
    assert str(concrete) == "f(float32[None, 2], 3, flag=True) -> {y: float32[None, 2], none: None}"
    for result in (concrete(tf.ones([1, 2])), concrete(x=[[1.0, 1.0]])):
        assert result["none"] is None
        assert result["y"].numpy().tolist() == [[2.0, 2.0]]


# Why there are many graphs --------------------------------------------------------------------


def test_explain_tells_what_differed():
    @tf.function
    def f(x, n, *, mode="a"):
        return x * n

    f(vector(), 1)
    f(tf.ones([3]), 1)
    f(vector(), 2.0)
    f(vector(), 1, mode="b")
    first, shape, number, mode = f.explain().traces
    assert first.earlier is None
    assert [d.path for d in shape.differences] == ["x"]
    assert "(2,)" in shape.differences[0].old
    assert "(3,)" in shape.differences[0].new
    assert "reduce_retracing" in shape.differences[0].remedy
    assert number.earlier == mode.earlier == 1
    assert [(d.path, d.old, d.new) for d in mode.differences] == [("mode", "'a'", "'b'")]
    assert all("test_function.py:" in trace.line for trace in f.explain().traces)


def test_no_retrace_makes_it_an_error():
    double = tf.function(lambda x: x * 2.0)
    with tf.no_retrace():
        double(vector())
        double(vector())
        with pytest.raises(tf.RetraceError, match=r"was float32 with shape \(2,\)"):
            double(tf.ones([3]))
    double(tf.ones([3]))


def test_many_traces_are_warned_of():
    double = tf.function(lambda x: x * 2.0)
    for size in range(4):
        double(tf.ones([size]))
    with pytest.warns(tf.RetraceWarning, match="traced 5 times"):
        double(tf.ones([4]))


# Memory ---------------------------------------------------------------------------------------


def test_a_function_lets_go_of_what_it_captured():
    class Holder:
        pass

    holder = Holder()
    holder.v = tf.Variable(tf.ones([1000]))
    cell = weakref.ref(holder.v.handle.array)
    f = tf.function(lambda x, holder: x * holder.v)
    f(tf.constant(1.0), holder)
    del holder
    gc.collect()
    assert cell() is None


def test_the_cache_is_bounded():
    f = tf.function(lambda x, text: x)
    x = vector()
    with pytest.warns(tf.RetraceWarning):
        for number in range(600):
            f(x, f"text {number}")
    assert len(f._graphs) <= 512


@pytest.mark.filterwarnings("ignore::eagre.RetraceWarning")
def test_many_kinds_of_calls_keep_a_bounded_number_of_graphs():
    graphs = []

    @tf.function
    def scaled(x, factor):
        return x * factor

    x = tf.constant([1.0, 2.0])
    for number in range(1, 1201):
        assert scaled(x, number + 0.5).numpy()[0] == number + 0.5
        if number % 10 == 0:
            concrete = scaled.get_concrete_function(x, number + 0.5)
            graphs.append(weakref.ref(concrete.graph))
    del concrete
    gc.collect()
    alive = sum(graph() is not None for graph in graphs)
    assert alive < 60
    assert len(scaled.explain().traces) <= 1000
    assert scaled.experimental_get_tracing_count() == 1200
