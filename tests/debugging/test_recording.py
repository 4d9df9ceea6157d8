"""`record`: reading a run, its gradients, changing it and running on, and its picture."""

import gc
import html.parser
import weakref

import numpy as np
import pytest

import eagre as tf
from tests.debugging.lines import marked


def at(mark):
    return marked(__file__, mark)


@pytest.fixture
def run():
    """A small recorded run with its tensors."""
    w = tf.Variable([1.0, 2.0], name="w")
    with tf.debugging.record() as run:
        x = tf.constant([3.0, 4.0])
        y = x * w  # product
        z = tf.reduce_sum(tf.tanh(y * 0.1))
        q = z * 2.0  # last
    run_of = {"w": w, "x": x, "y": y, "z": z, "q": q}
    return run, run_of


def names(run):
    return [step.name for step in run]


# Reading --------------------------------------------------------------------------------------


def test_operations_are_in_order(run):
    run, made = run
    assert names(run) == ["read_variable", "multiply", "multiply", "tanh", "reduce_sum", "multiply"]
    assert len(run) == 6 and run[-1].output is made["q"]
    step = run.step_of(made["y"])
    assert (step.number, step.line) == (1, at("product"))
    assert step.value.tolist() == [3.0, 8.0] and step.inputs[0] is made["x"]
    assert run.step_of(made["x"]) is None
    assert run.find(name="tanh")[0].number == 3
    assert [step.number for step in run.find(line=at("last"))] == [5]
    assert run.find(line=int(at("product").rpartition(":")[2])) == [run[0], run[1]]


def test_functions_are_recorded_operation_by_operation():
    @tf.function
    def function(x):
        return tf.exp(x) + 1.0  # traced

    with tf.debugging.record() as run:
        function(tf.constant(0.0))
    assert names(run) == ["exp", "constant", "add"] and run[-1].line == at("traced")


def test_several_outputs():
    with tf.debugging.record() as run:
        first, second = tf.split(tf.constant([1.0, 2.0]), 2)
        y = tf.reduce_sum(second * 3.0)
    assert len(run[0].outputs) == 2 and run[0].value[1].tolist() == [2.0]
    assert run.gradient(y, second).numpy().tolist() == [3.0]
    assert run.gradient(y, first) is None
    with pytest.raises(ValueError, match="a step with one output"):
        run.gradient(y, 0)


def test_recording_changes_nothing_and_lets_go():
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape, tf.debugging.record() as run:
        y = tf.reduce_sum(w * w)
    assert tape.gradient(y, w).numpy().tolist() == [2.0, 4.0]
    value = weakref.ref(run[0].output)
    assert value() is not None
    del run, tape
    gc.collect()
    assert value() is None


# Gradients ------------------------------------------------------------------------------------


def test_gradients_with_respect_to_anything(run):
    run, made = run
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([made["x"], made["w"]])
        y = made["x"] * made["w"]
        q = tf.reduce_sum(tf.tanh(y * 0.1)) * 2.0
    for mine, its in [("x", made["x"]), ("w", made["w"]), ("y", y)]:
        found = run.gradient(made["q"], made[mine]).numpy()
        assert np.array_equal(found, tape.gradient(q, its).numpy()), mine
    assert run.gradient(5, 4).numpy() == 2.0 and run.gradient(run[5], run[5]).numpy() == 1.0
    assert run.gradient(made["z"], made["q"]) is None
    assert run.gradient(made["q"], tf.constant(1.0)) is None


def test_gradients_of_rows_are_dense():
    table = tf.Variable(tf.ones([4, 2]))
    with tf.debugging.record() as run:
        loss = tf.reduce_sum(tf.gather(table, [1, 1]))
    for source in (table, run[0]):
        assert run.gradient(loss, source).numpy().tolist() == [[0, 0], [2, 2], [0, 0], [0, 0]]


def test_gradients_stop_where_there_are_none():
    with tf.debugging.record() as run:
        x = tf.constant(2.5)
        y = tf.floor(x) * x
        z = tf.cast(tf.cast(y, tf.int32), tf.float32) * x
    assert run.gradient(y, x).numpy() == 2.0
    assert run.gradient(z, y) is None and run.gradient(z, x).numpy() == 5.0


# Changing -------------------------------------------------------------------------------------


def test_a_change_runs_on_from_there(run):
    run, made = run
    changed = run.change(made["y"], [0.0, 10.0])
    expected = 2.0 * np.tanh(np.float32(1.0))
    assert changed[5].value == pytest.approx(expected, rel=1e-6)
    assert changed.now(made["q"]) is changed[5].output
    assert changed[0] is not None and changed[0].output is run[0].output
    assert run[1].value.tolist() == [3.0, 8.0], "the old recording is as it was"
    assert changed.gradient(5, 1).numpy().shape == (2,)
    again = changed.change(4, 7.0)
    assert again[5].value == 14.0


def test_only_what_depends_on_the_change_runs(run, monkeypatch):
    run, made = run
    tanh, count = run[3].primitive, []
    real = tanh.kernel
    monkeypatch.setattr(tanh, "kernel", lambda x: count.append(1) or real(x))
    run.change(made["z"], 1.0)
    assert not count
    run.change(made["x"], [0.0, 0.0])
    assert count == [1]


def test_assignments_count_within_the_recording():
    w = tf.Variable(1.0)
    with tf.debugging.record() as run:
        y = w * 2.0
        w.assign(y + 1.0)
        z = w * 10.0
        w.assign(5.0)
        u = w * 10.0
    changed = run.change(y, 0.0)
    assert changed.now(z).numpy() == 10.0 and changed.now(u).numpy() == 50.0
    assert w.numpy() == 5.0 and z.numpy() == 30.0


def test_what_python_read_is_named():
    with tf.debugging.record() as run:
        x = tf.constant(1.0)
        y = x * 2.0
        if y > 1.0:  # read
            y = y + 1.0
    assert run.stale == []
    assert run.change(x, -1.0).stale == [f"bool() at {at('read')}"]
    assert run.change(1, True).stale == [f"bool() at {at('read')}"]


def test_printing_is_not_repeated(capfd):
    with tf.debugging.record() as run:
        x = tf.constant(1.0)
        tf.print(x)
        y = x + 1.0
    capfd.readouterr()
    assert run.change(x, 2.0).now(y).numpy() == 3.0
    assert capfd.readouterr().err == ""


def test_effects_that_cannot_be_repeated_are_refused():
    @tf.function
    def function(x):
        return tf.py_function(lambda v: v * 2.0, [x], tf.float32)

    with tf.debugging.record() as run:
        x = tf.constant(1.0)
        y = function(x)
        z = y + 1.0
    with pytest.raises(RuntimeError, match="effect outside the recording"):
        run.change(x, 2.0)
    assert run.change(y, 5.0).now(z).numpy() == 6.0


def test_random_numbers_stay_as_they_were():
    tf.random.set_seed(1)
    with tf.debugging.record() as run:
        x = tf.constant([1.0, 2.0])
        noise = tf.random.normal([2])
        y = x + noise
    changed = run.change(x, [0.0, 0.0])
    assert np.array_equal(changed.now(y).numpy(), noise.numpy())


@pytest.mark.parametrize("value", [[1.0], [[1.0, 2.0]]])
def test_a_change_keeps_the_shape(run, value):
    run, made = run
    with pytest.raises(ValueError, match=r"expected a value of shape \(2,\)"):
        run.change(made["y"], value)


# Showing --------------------------------------------------------------------------------------


def test_it_prints(run):
    run, _ = run
    lines = str(run).splitlines()
    assert len(lines) == 6 and lines[1].split()[0] == "1" and lines[1].endswith("3 to 8")
    assert "read_variable w " in lines[0]
    assert repr(run) == "<recording of 6 operations>"
    assert repr(run[1]) == f"<step 1: multiply at {at('product')}: float32[2] = 3 to 8>"
    assert run._repr_html_().startswith("<pre>") and "&lt;" not in run._repr_html_()


class Page(html.parser.HTMLParser):
    """Counts what stands in a page, and checks that tags close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.classes, self.addresses, self.words = [], [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta",):
            self.open.append(tag)
        named = dict(attributes)
        self.classes.append((tag, named.get("class")))
        self.addresses += [v for k, v in attributes if k in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def picture(run, path, **options):
    run.save_html(path, **options)
    text = path.read_text(encoding="utf-8")
    return text, Page(text)


def test_the_picture_stands_alone(run, tmp_path):
    run, _ = run
    text, page = picture(run, tmp_path / "run.html")
    assert not page.addresses and "http" not in text and "<script" not in text
    assert sum(tag == "path" for tag, _ in page.classes) == 5
    assert sum(tag == "div" and (c or "").startswith("row") for tag, c in page.classes) == 6 + 3 + 1
    assert "tf.reduce_sum(tf.tanh(y * 0.1))" in "".join(page.words)
    assert "gradients of operation 5" in text and "none marked" in text


def test_the_picture_marks_dead_and_exploding_edges(tmp_path):
    with tf.debugging.record() as run:
        x = tf.constant([1.0, 2.0])
        dead = tf.nn.relu(x * 1.0 - 100.0)
        huge = tf.exp(x * 10.0) * 1000.0
        tf.reduce_sum(dead + huge)
    text, page = picture(run, tmp_path / "run.html")
    paths = [name for tag, name in page.classes if tag == "path"]
    assert paths.count("dead") == 2 and "exploding" in paths
    rows = {name for tag, name in page.classes if tag == "div"}
    assert {"row dead", "row exploding"} <= rows
    assert "dead" in text and "exploding" in text


def test_the_picture_marks_bad_numbers_and_needs_no_scalar(tmp_path):
    with tf.debugging.record() as run:
        tf.math.log(tf.constant([-1.0, 1.0])) + 1.0
    text, page = picture(run, tmp_path / "run.html")
    assert ("path", "bad") in page.classes and "no gradients" in text and "1 NaN" in text


def test_a_picture_of_a_training_step(tmp_path):
    w = tf.Variable(tf.ones([3, 2]), name="w")
    optimizer = tf.optimizers.SGD(0.1)
    with tf.debugging.record() as run:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.ones([4, 3]) @ w - 1.0))
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    text, page = picture(run, tmp_path / "run.html")
    assert text == picture(run, tmp_path / "again.html", target=loss)[0]
    assert sum(name == "row line" for _, name in page.classes) >= 3
