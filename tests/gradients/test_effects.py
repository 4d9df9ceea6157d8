"""Random programs that assign variables, draw random numbers and call Python in branches and loops.

Lists, tensor arrays, dictionaries, tuples, counters, datasets, nested functions and early returns
are among what they have. Values, gradients and what is left in the variables have the bits of
eager code; where eager code has no gradient, there are zeros.
"""

import linecache
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eagre as tf

VALUES = ["x = x * v + y", "y = tf.sin(x) * w", "x = tf.tanh(x * y) + v * 0.1",
          "y = y * w - x * v", "x = x * 0.5 + tf.reduce_sum(y) * 0.1", "y = x * y * v * w",
          "x = tf.gather(w, [0, 2, 0]) * x", "y = tf.gather(x, [2, 0, 1]) + y",
          "x = tf.linalg.matvec(tf.reshape(tf.concat([x, y, v], 0), [3, 3]), w) * 0.3",
          "y = tf.reduce_mean(tf.stack([x, y, w]), 0)", "y = tf.where(x > y, x, y * w)",
          "x = tf.broadcast_to(tf.reduce_max(y), [3]) * x", "x = x / (1.5 + y * y) - w",
          "x = tf.squeeze(tf.matmul(x[None], y[:, None]) * v[None], 0)"]
EFFECTS = ["v.assign(v * 0.9 + 0.05 * x)", "w.assign_add(tf.tanh(y) * 0.1)",
           "total.assign_add(1.0)", "x = x * tf.random.uniform([3], 0.5, 1.5)", "v.assign(w)",
           "x = tf.nn.dropout(x, 0.4)",
           "y = y + gen.normal([3]) * 0.1", "y = y * total * 0.1", "total.assign(tf.reduce_sum(x))",
           "y = y * tf.ensure_shape(tf.numpy_function(counted, [x], tf.float32), [3])",
           "tf.numpy_function(counted, [y], tf.float32)"]
CONDITIONS = ["tf.reduce_sum(x) > 0.5", "y[0] < 0.3", "v[1] > w[0]", "total > 2.0", "i % 2 == 0",
              "gen.uniform([]) < 0.5", "count > 1", "state['a'][0] < pair[1][1]"]
MORE = """
items.append(x * w)
---
if len(items) > 1:
    y = y + items.pop() * 0.3
---
items.extend([x * 1.0, y * 0.5])
---
items[0] = items[-1] * 0.5 + x
---
array = array.write(i % 2, x + y)
---
x = helper(x, y)
---
def inner(a):
    if tf.reduce_sum(a) > 0.2:
        return a * v
    v.assign(v * 0.95)
    return a - w
y = inner(y)
---
if x[0] > 2.5:
    return x * 2.0, y
---
for row in dataset:
    x = x * 0.5 + row * v
    if x[0] > 1.0:
        break
---
x, y = y * 1.0, x * 1.0
---
x = x * w if x[1] > 0.1 else y * v
---
count = count + i
---
state["a"] = state["a"] * 0.5 + x
---
state = {"a": x * w, "b": (y * 1.0, state["b"][0] * v)}
---
x = x + state["b"][1] * 0.2
---
pair = pair[1], x * w
---
pair = pair[1] * v, pair[0] * w
---
y = y + pair[0] * 0.1
---
for k in tf.range(3):
    if k == count:
        continue
    y = y * 0.7 + x
    if y[1] > 1.5:
        break
---
x = tf.map_fn(lambda each: each * y[0], x)
"""
MORE = [each.strip().splitlines() for each in MORE.split("---")]
PRELUDE = """import eagre as tf
def helper(a, b):
    for j in tf.range(2):
        if tf.reduce_sum(b) > 0.5:
            return a * b
        a = tf.tanh(a) + w * 0.1
    return a * v
def program(x, y, n):
    i, items = 0, [x * v]
    array = tf.TensorArray(tf.float32, 2, clear_after_read=False, element_shape=[3])
    count, pair, state = 0, (x * 1.0, y * 1.0), {"a": x * v, "b": (y * w, x + y)}
"""
RESULTS = ['x = x + pair[0] * 0.1 + state["a"] * 0.2', 'y = y - pair[1] * state["b"][0]',
           "x = x + tf.reduce_sum(tf.stack(items)) * 0.1",
           "return x, y + tf.reduce_sum(array.stack()) * 0.1"]
WHILE = ["total < 50.0", "tf.reduce_sum(x) < 5.0", "gen.uniform([]) < 0.8"]


@st.composite
def blocks(draw, depth, in_loop=False):
    """The lines of a block."""
    kinds = ["value", "value", *["effect", "more"] * 3]
    kinds += ["if", "else", "for", "while"] * (depth > 0) + ["break", "continue"] * in_loop
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(statements(draw(st.sampled_from(kinds)), depth, in_loop))
    return lines


@st.composite
def statements(draw, kind, depth, in_loop):
    """The lines of a statement."""
    if kind in ("value", "effect"):
        return [draw(st.sampled_from(VALUES if kind == "value" else EFFECTS))]
    if kind == "more":
        return draw(st.sampled_from(MORE))
    condition = draw(st.sampled_from(CONDITIONS))
    if kind in ("break", "continue"):
        return [f"if {condition}:", f"    {kind}"]
    inner = blocks(depth - 1, in_loop or kind in ("for", "while"))
    body = ["    " + line for line in draw(inner)]
    if kind == "if":
        return [f"if {condition}:", *body]
    if kind == "else":
        return [f"if {condition}:", *body, "else:", *["    " + line for line in draw(inner)]]
    if kind == "for":
        return [f"for i in tf.range({draw(st.sampled_from(['0', '2', 'n']))}):", *body]
    test = f"c{depth} < {draw(st.sampled_from(['2', 'n']))} and {draw(st.sampled_from(WHILE))}"
    return [f"c{depth} = 0", f"while {test}:", f"    c{depth} += 1", *body]


class State:
    """The variables and the generator of a program, and how often it called Python."""

    def __init__(self):
        self.v = tf.Variable([1.0, 0.5, 0.25])
        self.w = tf.Variable([0.3, 1.2, 0.7])
        self.total = tf.Variable(0.0, trainable=False)
        self.gen = tf.random.Generator.from_seed(1)
        rows = np.array([[0.1, 0.2, 0.3], [0.5, -0.5, 0.2]], np.float32)
        self.dataset = tf.data.Dataset.from_tensor_slices(rows)
        self.calls = 0

    def reset(self):
        self.v.assign([1.0, 0.5, 0.25])
        self.w.assign([0.3, 1.2, 0.7])
        self.total.assign(0.0)
        self.gen.reset_from_seed(7)
        tf.random.set_seed(3)
        self.calls = 0

    def counted(self, array):
        self.calls += 1
        return array * np.float32(0.5)

    def left(self):
        """What is left after a run."""
        held = [self.v, self.w, self.total, self.gen.state]
        return [each.numpy().tobytes() for each in held] + [self.calls]


state = State()
X, Y = tf.constant([0.4, -0.3, 0.9]), tf.constant([0.2, 0.8, -0.5])


def made(lines):
    """The function `program` with these lines, whose source can be found."""
    source = PRELUDE + "".join(f"    {line}\n" for line in [*lines, *RESULTS])
    filename = f"<effects {crc32(source.encode())}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names = ("v", "w", "total", "gen", "counted", "dataset")
    namespace = {name: getattr(state, name) for name in names}
    exec(compile(source, filename, "exec"), namespace)
    return namespace["program"]


def gradients_of(program):
    """The results, and the gradients by arguments and variables, zeros where there is none."""

    def gradients(x, y, n):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            a, b = program(x, y, n)
            loss = tf.reduce_sum(a * a) + tf.reduce_sum(b * 0.7)
        return a, b, tape.gradient(loss, [x, y, state.v, state.w], None, "zero")

    return gradients


def second_of(program):
    """The gradients of a sum of gradients."""
    first = gradients_of(program)

    def second(x, y, n):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            parts = [tf.convert_to_tensor(each) for each in first(x, y, n)[2]]
            total = tf.add_n([tf.reduce_sum(tf.sin(each)) for each in parts])
        return tape.gradient(total, [x, y, state.v, state.w], None, "zero")

    return second


def forward_of(program):
    """The derivatives along a direction."""

    def forward(x, y, n):
        primals = [x, y, state.v, state.w]
        with tf.autodiff.ForwardAccumulator(primals, [X, Y, X * 2.0, Y * 2.0]) as accumulator:
            results = program(x, y, n)
        return accumulator.jvp(results, "zero")

    return forward


def outcome(function, n):
    """What a function gives, and what it leaves."""
    state.reset()
    found = tf.nest.flatten(function(X, Y, tf.constant(n)))
    return [tf.convert_to_tensor(x).numpy() for x in found], state.left()


def assert_same(found, expected, is_exact=True):
    assert found[1] == expected[1]
    for a, b in zip(found[0], expected[0], strict=True):
        if is_exact:
            assert a.tobytes() == b.tobytes(), (a, b)
        else:
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


OFTEN = {"deadline": None, "derandomize": True, "database": None,
         "suppress_health_check": list(HealthCheck)}
PROGRAMS = {"lines": blocks(2), "n": st.sampled_from([0, 1, 3])}


@settings(max_examples=40, **OFTEN)
@given(**PROGRAMS)
def test_gradients_have_the_eager_bits(lines, n):
    program = made(lines)
    expected = outcome(gradients_of(program), n)
    assert_same(outcome(tf.function(gradients_of(program)), n), expected)
    assert_same(outcome(gradients_of(tf.function(program)), n), expected)
    with tf.GradientTape():
        assert_same(outcome(tf.function(gradients_of(tf.function(program))), n), expected)


@settings(max_examples=15, **OFTEN)
@given(**PROGRAMS)
def test_second_derivatives(lines, n):
    program = made(lines)
    expected = outcome(second_of(program), n)
    for function in (tf.function(second_of(program)), second_of(tf.function(program))):
        assert_same(outcome(function, n), expected, is_exact=False)


@settings(max_examples=15, **OFTEN)
@given(**PROGRAMS)
def test_forward_mode(lines, n):
    program = made(lines)
    expected = outcome(forward_of(program), n)
    for function in (tf.function(forward_of(program)), forward_of(tf.function(program))):
        assert_same(outcome(function, n), expected, is_exact=False)


def test_moving_averages_of_a_loop():
    mean = tf.Variable(tf.zeros([2]), trainable=False)
    scale = tf.Variable([1.0, 2.0])

    def train(rows):
        loss = tf.constant(0.0)
        for row in rows:
            mean.assign(0.9 * mean + 0.1 * row)
            loss += tf.reduce_sum(tf.square((row - mean) * scale))
        return loss

    def slope(rows):
        mean.assign([0.0, 0.0])
        with tf.GradientTape() as tape:
            loss = train(rows)
        return loss, tape.gradient(loss, scale), mean.value()

    rows = tf.random.stateless_normal([7, 2], [1, 2])
    for a, b in zip(slope(rows), tf.function(slope)(rows), strict=True):
        assert a.numpy().tobytes() == b.numpy().tobytes()


def test_tf_gradients_keeps_what_a_loop_draws():
    @tf.function
    def slope(x):
        y = x
        for _ in tf.range(3):
            y = y * tf.random.uniform([])
        return y, tf.gradients(y, x)[0], tf.gradients(tf.gradients(y * y, x)[0], x)[0]

    y, first, second = slope(tf.constant(2.0))
    assert first.numpy() == pytest.approx(y.numpy() / 2.0)
    assert second.numpy() == pytest.approx(2.0 * first.numpy() ** 2)


def test_a_function_that_is_not_differentiated_keeps_nothing():
    total = tf.Variable(0.0)

    @tf.function
    def count(x):
        for _ in tf.range(3):
            total.assign_add(x)
            x = x * total
        return x

    graph = count.get_concrete_function(tf.TensorSpec([])).graph
    count(tf.constant(1.0))
    with tf.GradientTape():
        count(total)
    loop = graph.operations[-1]
    assert len(loop.outputs) == loop.params["count"]


@pytest.mark.parametrize("trace", [lambda f: f, tf.function], ids=["eager", "function"])
def test_a_tape_watches_the_variables_that_are_read(trace):
    read, written, both = tf.Variable(2.0), tf.Variable(3.0), tf.Variable(4.0)

    @trace
    def program(x):
        for _ in tf.range(2):
            written.assign(x)
            if x > 0.0:
                both.assign_add(read)
                x = x * both
        return x

    def watched(x):
        with tf.GradientTape() as tape:
            result = program(x)
        assert tape.gradient(result, both) is not None
        return {id(variable) for variable in tape.watched_variables()}

    assert watched(tf.constant(1.0)) == {id(read), id(both)}

    @tf.function
    def inside(x):
        with tf.GradientTape() as tape:
            program(x)
        assert {id(variable) for variable in tape.watched_variables()} == {id(read), id(both)}
        return x

    inside(tf.constant(1.0))


@pytest.mark.parametrize("watches", [True, False], ids=["by itself", "told to"])
def test_each_tape_in_a_loop_sees_what_is_read_in_front_of_it(watches):
    """A variable that the loop only reads is read once, before the tapes within are entered."""
    weight = tf.Variable([1.0, 2.0])

    def slopes(x):
        with tf.GradientTape(watch_accessed_variables=watches) as tape:
            tape.watch([x] if watches else [x, weight])
            y = weight**2 * x
        return tape.gradient(y, [x, weight])

    def descend(x):
        for _ in tf.range(3):
            first, second = slopes(x)
            third, fourth = slopes(x - 0.1 * first)
            x = x - 0.01 * (second + third + fourth)
        return x

    x = tf.constant([0.3, -0.7])
    assert tf.function(descend)(x).numpy().tobytes() == descend(x).numpy().tobytes()


def until_small(v):
    for _ in tf.range(100):
        with tf.GradientTape() as tape:
            loss = v * v
        if loss < 0.1:
            break
        v.assign_sub(0.1 * tape.gradient(loss, v))
    return loss


def either_way(v):
    with tf.GradientTape() as tape:
        loss = v * v * v
    if loss > 1.0:
        v.assign_sub(0.1 * tape.gradient(loss, v))
    else:
        v.assign_add(0.1 * tape.gradient(loss, v))
    return loss


@pytest.mark.parametrize("program", [until_small, either_way])
@pytest.mark.parametrize("start", [3.0, 0.5])
def test_a_branch_may_ask_a_tape_in_front_of_it(program, start):
    """A branch that assigns what it reads is traced twice, and only one of two branches runs."""
    eager, traced = tf.Variable(start), tf.Variable(start)
    expected = tf.nest.flatten(program(eager))
    found = tf.nest.flatten(tf.function(lambda: program(traced))())
    assert [float(x) for x in found] == [float(x) for x in expected]
    assert float(traced) == float(eager)


@pytest.mark.parametrize("trace", [lambda f: f, tf.function], ids=["eager", "function"])
def test_a_tape_is_used_up_before_a_branch(trace):
    v = tf.Variable(2.0)

    @trace
    def program(x):
        with tf.GradientTape() as tape:
            loss = v * x
        gradient = tape.gradient(loss, v)
        if x > 0.0:
            gradient += tape.gradient(loss, v)
        return gradient

    with pytest.raises(RuntimeError, match="can be called once"):
        program(tf.constant(1.0))
