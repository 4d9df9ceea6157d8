"""What `convert` makes: the source it finds, what it shares with the function, what it holds."""

import contextlib
import functools
import gc
import importlib
import io
import linecache
import sys
import traceback
import types
import weakref

import pytest

import eagre as tf
from eagre.functions.autograph import conversion, source
from eagre.functions.autograph.conversion import convert

SCALAR = tf.TensorSpec([], tf.float32)
SOURCE = """
def absolute(x):
    if x < 0.0:
        return -x
    return x
"""
LIMIT = 1.0


def run(function, *values):
    """Trace the converted function for float32 scalars and run the graph."""
    graph = tf.trace(convert(function), *[SCALAR] * len(values))
    return graph(*values).numpy().item()


def executed(text, filename, name="absolute"):
    namespace = {}
    exec(compile(text, filename, "exec"), namespace)
    return namespace[name]


def cell(text, filename):
    """A function as a notebook makes it: its source is in linecache alone."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return executed(text, filename)


# Source ---------------------------------------------------------------------------------------


def test_source_in_a_notebook():
    assert run(cell(SOURCE, "<ipython-input-1-abc>"), -2.0) == 2.0


def test_source_after_a_reload(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "reloaded_module.py"
    path.write_text(SOURCE)
    module = importlib.import_module("reloaded_module")
    assert run(module.absolute, -2.0) == 2.0
    path.write_text("# another first line\n" + SOURCE.replace("-x", "x * -3.0"))
    importlib.reload(module)
    assert run(module.absolute, -2.0) == 6.0


def test_source_that_has_changed_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "changed_module.py"
    path.write_text(SOURCE)
    module = importlib.import_module("changed_module")
    path.write_text(SOURCE.replace("-x", "x * -3.0"))
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match="another text stands now"):
        run(module.absolute, -2.0)
    assert convert(module.absolute)(-2.0) == 2.0


def test_without_source_a_function_runs_as_it_is():
    function = executed(SOURCE, "<nowhere>")
    assert convert(function)(-2.0) == 2.0
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match="its source is not there"):
        run(function, -2.0)


def test_source_typed_at_a_prompt(monkeypatch):
    history = ["import eagre", "def absolute(x):", "    return 0", "def absolute(x):",
               "    if x < 0.0:", "        return -x", "    return x", "absolute(1)"]
    readline = types.SimpleNamespace(
        get_current_history_length=lambda: len(history),
        get_history_item=lambda index: history[index - 1])
    monkeypatch.setitem(sys.modules, "readline", readline)
    function = executed("\n".join(history[3:7]) + "\n", "<stdin>")
    assert run(function, -2.0) == 2.0


def test_lambdas_in_one_line_are_told_apart():
    first, second = (lambda x: x if x > 0.0 else -x), (lambda y: y if y > 0.0 else -2.0 * y)
    same = [lambda x: x if x > 0.0 else -x, lambda x: x if x > 0.0 else -x]
    assert (run(first, -2.0), run(second, -2.0)) == (2.0, 4.0)
    assert [run(each, -3.0) for each in same] == [3.0, 3.0]


# What is shared -------------------------------------------------------------------------------


def make_counter():
    count = 0.0

    def add(x, *, factor=2.0):
        nonlocal count
        if x > 0.0:
            x = x * factor
        count += 1.0
        return x + count

    return add, lambda: count


def test_closures_are_shared():
    add, count = make_counter()
    converted = convert(add)
    assert (converted(1.0), add(1.0), count()) == (3.0, 4.0, 2.0)


def over_the_limit(x):
    return x if x > LIMIT else LIMIT


def test_globals_are_looked_up_when_it_runs(monkeypatch):
    converted = convert(over_the_limit)
    monkeypatch.setitem(globals(), "LIMIT", 5.0)
    assert converted(2.0) == 5.0


def with_defaults(x, y=2.0, *rest, z=3.0, **others):
    """Its documentation."""
    if x > 0.0:
        return x + y + z + len(rest) + len(others)
    return y


def test_signature_and_names_are_kept():
    converted = convert(with_defaults)
    assert converted(1.0) == 6.0
    assert converted(1.0, 1.0, 1.0, z=0.0, a=1) == 4.0
    assert converted.__doc__ == "Its documentation."
    for name in ("__name__", "__qualname__", "__module__", "__defaults__", "__kwdefaults__"):
        assert getattr(converted, name) == getattr(with_defaults, name)
    assert converted.__code__.co_varnames[:5] == with_defaults.__code__.co_varnames[:5]
    assert with_defaults.__code__.co_firstlineno == converted.__code__.co_firstlineno


def nested_names(x):
    if x:
        class Inner:
            def method(self):
                return 1

        def function():
            return 2

        return Inner, function
    return None


def test_names_of_what_is_nested_are_kept():
    expected, found = nested_names(1), convert(nested_names)(1)
    assert [each.__qualname__ for each in found] == [each.__qualname__ for each in expected]
    assert found[0].method.__qualname__ == expected[0].method.__qualname__


class Layer:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, x):
        return x * self.scale if x > 0.0 else x


def test_methods_partials_and_objects():
    layer = Layer(3.0)
    assert run(layer, 2.0) == 6.0
    assert run(layer.__call__, 2.0) == 6.0
    assert run(functools.partial(with_defaults, y=1.0, z=1.0), 2.0) == 4.0
    assert convert(abs) is abs
    assert convert(tf.reduce_sum) is tf.reduce_sum


@contextlib.contextmanager
def context():
    yield 1.0


@functools.lru_cache
def cached(n):
    return n + 1.0


def uses_libraries(x):
    with context() as one:
        return x + one + cached(1)


def test_libraries_are_called_as_they_are():
    assert run(uses_libraries, 2.0) == 5.0


@contextlib.ContextDecorator.__call__.__get__(type("Nothing", (contextlib.ContextDecorator,), {
    "__enter__": lambda self: self, "__exit__": lambda self, *error: None})())
def wrapped_by_a_library(x):
    if x > 0.0:
        return x * 2.0
    return x


def test_what_a_library_wraps_is_converted():
    assert wrapped_by_a_library.__code__.co_filename == contextlib.__file__
    assert run(lambda x: wrapped_by_a_library(x), 2.0) == 4.0


def test_branches_given_to_control_operations_are_converted():
    def program(x):
        return tf.cond(x > 0.0, functools.partial(over_the_limit, x), lambda: x)

    def mapped(x):
        return tf.reduce_sum(tf.map_fn(over_the_limit, tf.stack([x, 5.0])))

    assert run(program, 0.5) == 1.0
    assert run(mapped, 0.5) == 6.0


# What is not converted ------------------------------------------------------------------------


@tf.autograph.experimental.do_not_convert
def not_converted(x):
    return 1.0 if isinstance(x, tf.Tensor) else x


@tf.autograph.experimental.do_not_convert
def decides(x):
    return x if x > 0.0 else -x


def test_do_not_convert():
    assert not_converted(2.0) == 2.0
    assert run(lambda x: x * not_converted(x), 2.0) == 2.0
    for function in (decides, lambda x: decides(x)):
        with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
            run(function, 2.0)


# Memory ---------------------------------------------------------------------------------------


def test_nothing_is_kept_alive():
    gc.collect()
    number = len(conversion._converted), len(conversion._generated)

    class Kept:
        pass

    kept = Kept()
    function = cell(SOURCE, "<gone>")
    function.__globals__["kept"] = kept
    function.kept = kept
    converted = convert(function)
    assert converted(-1.0) == 1.0
    dead = weakref.ref(kept), weakref.ref(function.__code__)
    del function, converted, kept
    gc.collect()
    assert [each() for each in dead] == [None, None]
    assert (len(conversion._converted), len(conversion._generated)) == number


def test_code_is_converted_once():
    assert convert(over_the_limit).__code__ is convert(over_the_limit).__code__
    again = convert(convert(over_the_limit))
    assert again.__code__ is convert(over_the_limit).__code__


def test_few_files_are_kept():
    for number in range(20):
        convert(cell(SOURCE, f"<file {number}>"))
    assert len(source._known) <= 8


# What a user sees -----------------------------------------------------------------------------


def fails_in_a_branch(x):
    total = 0.0
    for _ in tf.range(3):
        if x > 0.0:
            total = total + tf.reshape(x, [2])
    return total


def test_tracebacks_show_the_lines_of_the_user():
    with pytest.raises(ValueError, match="reshape") as caught:
        run(fails_in_a_branch, 1.0)
    own = [each for each in traceback.extract_tb(caught.value.__traceback__)
           if each.filename == __file__]
    first = fails_in_a_branch.__code__.co_firstlineno
    found = [(each.name, each.lineno - first) for each in own if each.name == "fails_in_a_branch"]
    assert found == [("fails_in_a_branch", line) for line in (2, 3, 4)]
    assert not [each.name for each in own if "ag__" in each.name]


def test_operations_know_the_lines_of_the_user():
    graph = tf.trace(convert(fails_in_the_graph), SCALAR)
    first = fails_in_the_graph.__code__.co_firstlineno
    lines = {op.name: int(op.line.rpartition(":")[2]) - first for op in graph.all_operations()}
    assert (lines["conditional"], lines["multiply"]) == (1, 2)
    assert all(op.line.startswith(__file__) for op in graph.all_operations())


def fails_in_the_graph(x):
    if x > 0.0:
        x = x * 2.0
    return x


def test_verbosity(capsys):
    tf.autograph.set_verbosity(1, alsologtostdout=True)
    convert(cell(SOURCE, "<verbose>"))
    convert(executed(SOURCE, "<nothing>"))
    tf.autograph.set_verbosity(0)
    convert(cell(SOURCE, "<silent>"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "autograph: absolute at <verbose>:2 converted"
    assert lines[1].startswith("autograph: absolute at <nothing>:2 not converted: its source")
    assert len(lines) == 2


def test_trace_prints_while_tracing(capsys):
    def program(x):
        tf.autograph.trace("tracing", 1)
        return x

    graph = tf.trace(convert(program), SCALAR)
    graph(1.0)
    assert capsys.readouterr().out == "tracing 1\n"


def test_to_code_is_python(golden):
    code = tf.autograph.to_code(shows_its_code)
    compile(code, "<code>", "exec")
    golden("to_code", code)


def shows_its_code(x, n):
    total = 0.0
    for i in tf.range(n):
        if total > 10.0:
            break
        total += x if x > 0.0 and n > 1 else float(i)
    return total


def printing(x):
    print("value", x, sep=": ")
    print("Python", end=".\n")
    return x


def test_print_of_a_class():
    variable, stream = tf.Variable(1.0), io.StringIO()

    @tf.function
    def show(x):
        print(type(variable), x)
        return x

    with contextlib.redirect_stdout(stream):
        show(tf.constant(3))
    assert stream.getvalue() == f"{tf.Variable} 3\n"


def test_print():
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        graph = tf.trace(convert(printing), SCALAR)
        traced = stream.getvalue()
        graph(2.0)
        graph(3.0)
    assert traced == "Python.\n"
    assert stream.getvalue() == "Python.\nvalue: 2\nvalue: 3\n"


# Effects and protocols ------------------------------------------------------------------------


def test_a_condition_with_effects_runs_once():
    v = tf.Variable(0.0)

    def program(x):
        while v.assign_add(1.0) < x:
            x = x * 0.9
        return x

    graph = tf.trace(convert(program), SCALAR)
    expected, count = program(tf.constant(9.0)).numpy(), v.numpy()
    v.assign(0.0)
    assert (graph(9.0).numpy(), v.numpy()) == (expected, count)


def test_a_variable_as_condition():
    v = tf.Variable(True)

    def program(x):
        if v:
            v.assign(False)
            return x
        return -x

    graph = tf.trace(convert(program), SCALAR)
    assert [graph(2.0).numpy() for _ in range(3)] == [2.0, -2.0, -2.0]


class Letters:
    """Something that repeats a block by itself, as a dataset does."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __iter__(self):
        return iter(self.tensor)

    def __graph_iterate__(self, body, state):
        return tf.foldl(lambda state, item: tuple(body(item, state)), self.tensor, state)


def test_objects_that_iterate_in_the_graph():
    def program(x):
        letters, total = Letters(tf.stack([x, 2.0, 3.0, 4.0])), 0.0
        for item in letters:
            if item > 2.5:
                break
            total += item
        return total

    assert run(program, 1.0) == 3.0
    assert convert(program)(tf.constant(1.0)).numpy() == 3.0


def test_tracing_is_linear():
    def program(x):
        for _ in range(200):
            if x > 0.0:
                x = x + 1.0
        return x

    graph = tf.trace(convert(program), SCALAR)
    assert len(graph.operations) == 3 * 200
    assert graph(1.0).numpy() == 201.0


def test_annotated_variables_in_branches_and_loops():
    class Holder:
        total: object = None

    def program(x, n):
        y: float = x
        unused: int  # noqa: F842
        holder = Holder()
        holder.total: float = x
        for i in tf.range(n):
            z: float = y * 2.0
            if i > 0:
                y: float = z + 1.0
                w: int  # noqa: F842
            holder.total: float = holder.total + y
        return y, holder.total

    graph = tf.trace(convert(program), tf.TensorSpec([]), tf.TensorSpec([], tf.int32))
    for n in (0, 1, 3):
        expected = program(tf.constant(1.5), tf.constant(n))
        assert [float(x) for x in graph(1.5, n)] == [float(x) for x in expected]
