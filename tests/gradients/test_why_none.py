"""`tape.why_none`, `explain_gradients`, and when a gradient that is None is worth a warning."""

import gc
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

import eagre as tf

SOURCE = Path(__file__).read_text(encoding="utf-8").splitlines()
quiet = pytest.mark.filterwarnings("ignore::eagre.GradientWarning")


def line(mark):
    """The line of this file that ends in a comment `# mark`, as `file:line`."""
    [number] = [i for i, text in enumerate(SOURCE, 1) if text.endswith(f"  # {mark}")]
    return f"{__file__}:{number}"


def variable(value=2.0, **options):
    return tf.Variable(value, **options)


# With lines -----------------------------------------------------------------------------------


def through_numpy(tape, w, x):
    y = w * x
    z = np.sin(y.numpy())  # numpy
    return tf.constant(z) * x


def through_float(tape, w, x):
    return tf.constant(float(w * x)) + x  # float


def through_array(tape, w, x):
    return tf.exp(np.array(w + x))  # array


def stopped(tape, w, x):
    return tf.stop_gradient(w * x) + x  # stop


def compared(tape, w, x):
    mask = w > 0.0  # compare
    return tf.cast(mask, tf.float32) * x


def indexed(tape, w, x):
    best = tf.argmax(tf.stack([w, x]))  # argmax
    return tf.cast(best, tf.float32)


def cast_to_integers(tape, w, x):
    whole = tf.cast(w * x, tf.int32)  # cast
    return tf.cast(whole, tf.float32)


def while_stopped(tape, w, x):
    with tape.stop_recording():
        y = tf.exp(tf.constant(1.0)) * w.value()  # unrecorded
    return y + x


def through_assign(tape, w, x):
    other = variable()
    other.assign(w * x)  # assign
    return other * x


def nothing(tape, w, x):
    return x * 2.0


def through_none(tape, w, x):
    @tf.custom_gradient
    def function(v):
        return v * 2.0, lambda grad: None

    return function(w.value())  # custom


def of_a_function(tape, w, x):
    return traced(w, x)


@tf.function
def traced(w, x):
    y = tf.floor(w)  # floor
    return y * x


REASONS = {
    through_numpy: ("through NumPy", "numpy", "numpy()"),
    through_float: ("through NumPy", "float", "float()"),
    through_array: ("through NumPy", "array", "np.array()"),
    stopped: ("stopped", "stop", "stop_gradient"),
    compared: ("stopped", "compare", "greater"),
    indexed: ("stopped", "argmax", "argmax"),
    cast_to_integers: ("through an integer", "cast", "cast"),
    while_stopped: ("not recorded", "unrecorded", "read_variable"),
    through_assign: ("assigned", "assign", "assign"),
    nothing: ("no path", None, None),
    through_none: ("no rule", "custom", "custom_gradient"),
    of_a_function: ("stopped", "floor", "floor"),
}


@quiet
@pytest.mark.parametrize("function", REASONS, ids=lambda f: f.__name__)
def test_names_the_break_and_its_line(function):
    reason, mark, operation = REASONS[function]
    w, x = variable(name="w"), tf.constant(3.0)
    with tf.explain_gradients() as explained, tf.GradientTape() as tape:
        tape.watch(x)
        y = function(tape, w, x)
    assert tape.gradient(y, w) is None
    found = tape.why_none(y, w)
    assert (found.reason, found.operation) == (reason, operation), str(found)
    assert found.line == (mark and line(mark)), str(found)
    del tape
    gc.collect()
    again = explained.why_none(y, w)
    assert str(again) == str(found)


@quiet
def test_what_the_target_does_depend_on():
    w, b, x = variable(name="w"), variable(name="b"), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = w * x
    assert tape.gradient(y, b) is None
    found = tape.why_none(y, b)
    assert found.reason == "no path"
    assert found.depends_on == ("a tensor float32[]", "the variable 'w', float32[]")


@quiet
def test_a_source_that_is_not_watched():
    w, x = variable(), tf.constant(3.0)
    with tf.GradientTape() as tape:
        y = w * x
    assert tape.gradient(y, x) is None
    found = tape.why_none(y, x)
    assert found.reason == "not watched" and "tape.watch" in found.advice


@quiet
def test_a_variable_that_became_a_tensor():
    w = variable()
    with tf.explain_gradients():
        w = w - 0.5  # rebound
        with tf.GradientTape() as tape:
            y = w * w
    assert tape.gradient(y, w) is None
    found = tape.why_none(y, w)
    assert found.reason == "not watched"
    assert "assign_sub" in found.advice and line("rebound") in found.text


@quiet
@pytest.mark.parametrize("options", [{"trainable": False}, {}])
def test_a_variable_that_is_not_watched(options):
    w = variable(**options)
    with tf.GradientTape(watch_accessed_variables=bool(options)) as tape:
        y = w * w
    assert tape.gradient(y, w) is None
    found = tape.why_none(y, w)
    assert found.reason == "not watched"
    assert ("trainable" in found.text) == bool(options)


@quiet
def test_watched_too_late():
    x = tf.constant(3.0)
    with tf.explain_gradients(), tf.GradientTape() as tape:
        y = x * x  # early
        tape.watch(x)
    assert tape.gradient(y, x) is None
    found = tape.why_none(y, x)
    assert (found.reason, found.line) == ("watched late", line("early"))


@quiet
def test_made_before_the_tape():
    w = variable()
    with tf.explain_gradients():
        y = w * w  # before
        with tf.GradientTape() as tape:
            z = y * 1.0 + 0.0 * w
            u = y + 1.0
    assert tape.gradient(u, w) is None
    found = tape.why_none(u, w)
    assert (found.reason, found.line) == ("not recorded", line("before"))
    assert "before the tape's block" in found.text
    assert tape.why_none(z, w).reason == "not recorded"


@quiet
def test_made_after_the_tape():
    w = variable()
    with tf.explain_gradients():
        with tf.GradientTape() as tape:
            y = w * w
        z = y + 1.0  # after
    assert tape.gradient(z, w) is None
    found = tape.why_none(z, w)
    assert (found.reason, found.line) == ("not recorded", line("after"))
    assert "outside" in found.text


@quiet
def test_integers():
    i, x = tf.constant([1, 2]), variable()
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.cast(i, tf.float32)) * x
        n = tf.cast(y, tf.int32)
    assert tape.gradient(y, i) is None
    assert tape.why_none(y, i).reason == tape.why_none(n, x).reason == "integer"


def test_a_tape_that_is_used_up_says_how_to_ask():
    w = variable()
    with tf.GradientTape() as tape:
        y = w * w
    assert tape.why_none(y, w).reason == "not None"
    tape.gradient(y, w)
    found = tape.why_none(y, w)
    assert found.reason == "used up" and "persistent=True" in found.advice


def test_a_gradient_that_is_there():
    w = variable()
    with tf.explain_gradients() as explained, tf.GradientTape() as tape:
        y = w * w
    assert tape.gradient(y, w) is not None
    assert explained.why_none(y, w).reason == "not None"


@quiet
def test_a_traced_function_has_lines_anyway():
    found = []

    def function(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.stop_gradient(x * 2.0) + 1.0  # traced
        assert tape.gradient(y, x) is None
        found.append(tape.why_none(y, x))
        return y

    tf.trace(function, tf.TensorSpec([]))
    assert (found[0].reason, found[0].line) == ("stopped", line("traced"))


@quiet
def test_nested_tapes_are_told_apart():
    w = variable()
    with tf.explain_gradients() as explained, tf.GradientTape() as outer:
        y = w * w
        with tf.GradientTape() as inner:
            z = y * 2.0
        assert inner.gradient(z, w) is None
    assert explained.why_none(z, w, inner).reason == "not recorded"
    assert outer.gradient(z, w) is not None


def test_explaining_keeps_no_values_and_ends():
    w = variable(np.ones(1000, np.float32))
    with tf.explain_gradients() as explained, tf.GradientTape() as tape:
        y = tf.exp(w)
        value = weakref.ref(y)
        tape_is_there = weakref.ref(tape)
        z = tf.stop_gradient(y)
        del y
    with pytest.warns(tf.GradientWarning):
        tape.gradient(z, w)
    del tape
    gc.collect()
    assert value() is None and tape_is_there() is None
    assert tf.executing_eagerly() and explained.why_none(z, w).reason == "stopped"
    explanation = weakref.ref(explained)
    del explained
    gc.collect()
    assert explanation() is None


def test_explaining_changes_no_gradient():
    w, x = variable([1.0, 2.0]), tf.constant([3.0, 4.0])

    def gradient():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.sin(w * x))
        return tape.gradient(y, w).numpy()

    plain = gradient()
    with tf.explain_gradients():
        assert (gradient() == plain).all()


# Warnings -------------------------------------------------------------------------------------


def warnings_of(target, sources, **options):
    """What asking for gradients of `target(w, x)` warns of; `sources` are chosen from both."""
    w, x = variable(name="w"), tf.constant(3.0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with tf.GradientTape() as tape:
            y = target(w, x)
        tape.gradient(y, sources(w, x), **options)
    assert all(each.category is tf.GradientWarning for each in caught)
    assert all(each.filename == __file__ for each in caught)
    return [str(each.message) for each in caught]


def test_likely_mistakes_warn():
    [text] = warnings_of(lambda w, x: w * x, lambda w, x: x)
    assert "expected sources that it watches. Received: a tensor float32[]" in text
    [text] = warnings_of(lambda w, x: w * x, lambda w, x: [w, x])
    assert "expected sources that it watches. Received: a tensor float32[]" in text
    [text] = warnings_of(lambda w, x: tf.stop_gradient(w * x), lambda w, x: w)
    assert "a target that it recorded" in text
    [text] = warnings_of(lambda w, x: tf.constant(float(w * x)), lambda w, x: [w])
    assert "a target that it recorded" in text
    [text] = warnings_of(lambda w, x: w * x, lambda w, x: [w, tf.constant(3)])
    assert "int32[]" in text
    [text] = warnings_of(lambda w, x: w * x, lambda w, x: variable(trainable=False))
    assert "not trainable" in text


def test_what_is_meant_does_not_warn():
    unused, frozen, step = variable(), variable(trainable=False), variable(3, trainable=False)
    assert not warnings_of(lambda w, x: w * x, lambda w, x: [w, unused, frozen, step])
    assert not warnings_of(lambda w, x: w * x, lambda w, x: unused)
    assert not warnings_of(lambda w, x: w * x, lambda w, x: x, unconnected_gradients="zero")
    assert not warnings_of(lambda w, x: w * x, lambda w, x: [])


def test_a_line_warns_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            w, x = variable(), tf.constant(1.0)
            with tf.GradientTape() as tape:
                y = w * x
            tape.gradient(y, x)
    assert len(caught) == 1


def test_gradients_that_the_package_asks_for_do_not_warn():
    assert tf.gradients_function(lambda x, y: x * 2.0)(1.0, 2.0)[1] is None


def test_an_explanation_prints(golden):
    lines = []
    for function in REASONS:
        w, x = variable(name="w"), tf.constant(3.0)
        with tf.explain_gradients() as explained, tf.GradientTape() as tape:
            tape.watch(x)
            y = function(tape, w, x)
        text = str(explained.why_none(y, w)).replace(str(Path(__file__).parent) + "/", "")
        lines += [function.__name__, *("    " + each for each in text.splitlines())]
    golden("why_none", "\n".join(_without_numbers(each) for each in lines))


def _without_numbers(text):
    head, mark, rest = text.partition(".py:")
    return head + mark + ("LINE" + _without_numbers(rest.lstrip("0123456789")) if mark else "")
