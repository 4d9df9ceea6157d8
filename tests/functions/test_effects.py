"""What a function does to Python while it is traced is reported, each line once, and only that."""

import collections
import datetime
import logging
import random
import re
import time
import traceback
import warnings

import numpy as np
import pytest

import eagre as tf

events = []
table = {"list": []}
shared = np.zeros(2)
generator = np.random.default_rng(0)
total = tf.Variable(0.0)
count = 0


class Record:
    def __init__(self):
        self.last = None
        self.values = []

    def keep(self, value):
        self.last = value


record = Record()


def sets_attribute(x):
    record.last = 1
    return x


def sets_attribute_by_method(x):
    record.keep(1)
    return x


def deletes_attribute(x):
    del record.values
    return x


def sets_item(x):
    table["a"] = 1
    return x


def adds_to_item(x):
    table["a"] += 1
    return x


def sets_item_of_array(x):
    shared[0] = 1.0
    return x


def adds_to_array(x):
    alias = shared
    alias += 1.0
    return x


def appends(x):
    events.append(1)
    return x


def appends_by_alias(x):
    alias = table["list"]
    alias.append(1)
    return x


def appends_in_branch(x):
    if x > 0.0:
        events.append(1)
    return x


def appends_in_loop(x):
    for _ in tf.range(3):
        events.append(1)
    return x


def extends(x):
    alias = events
    alias += [1]
    return x


def updates(x):
    table.update(b=1)
    return x


def assigns_global(x):
    global count
    count = 1
    return x


def counts(x):
    global count
    count += 1
    return x


def prints(x):
    print("traced")
    return x


def draws(x):
    return x + random.random()


def draws_by_numpy(x):
    return x + np.random.uniform()


def draws_by_generator(x):
    return x + generator.normal()


def asks_time(x):
    return x + time.perf_counter()


def asks_date(x):
    return x + datetime.datetime.now().year


def opens(x):
    with open(__file__, encoding="utf-8"):
        return x


OUTSIDE = {
    sets_attribute: "changes record.last, .*tf.Variable",
    sets_attribute_by_method: "changes self.last",
    deletes_attribute: "changes record.values",
    sets_item: r"changes table\['a'\]",
    adds_to_item: r"changes table\['a'\]",
    sets_item_of_array: r"changes shared\[0\]",
    adds_to_array: "changes alias in place",
    appends: "changes a list by append, .*tf.TensorArray",
    appends_by_alias: "changes a list by append",
    appends_in_branch: "changes a list by append",
    appends_in_loop: "changes a list by append",
    extends: "changes alias in place",
    updates: "changes a dict by update",
    assigns_global: "assigns the global count",
    counts: "assigns the global count",
    prints: "prints by Python, .*tf.print",
    draws: "draws a random number by random.random, .*tf.random",
    draws_by_numpy: "draws a random number by numpy.random.uniform",
    draws_by_generator: "draws a random number by numpy.random.normal",
    asks_time: "asks for the time by perf_counter, .*tf.timestamp",
    asks_date: "asks for the time by now",
    opens: "calls open, .*tf.py_function",
}


@pytest.fixture(autouse=True)
def _fresh_outside():
    table.clear()
    table.update(a=1, list=[])
    record.__init__()


def warnings_of(function, *args):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        function(*args)
    return found


@pytest.mark.parametrize("function", OUTSIDE, ids=lambda function: function.__name__)
def test_what_reaches_outside_is_reported(function, capsys):
    (found,) = warnings_of(tf.function(function), tf.constant(1.0))
    assert found.category is tf.TracingWarning
    assert found.filename == __file__
    place = f"{__file__}:{found.lineno}"
    pattern = f"{function.__name__} {OUTSIDE[function]}"
    assert place in str(found.message)
    assert re.match(pattern, str(found.message)), found.message


def local_containers(x):
    found, named = [], {}
    found.append(x)
    found += [x]
    named["a"] = x
    named.setdefault("list", []).append(x)
    queue = collections.deque()
    queue.append(x)

    def inner():
        nonlocal found
        found = [*found, x]
        found.append(x)

    inner()
    return tf.stack(found), named, list(queue)


def own_objects(x):
    own = Record()
    own.keep(x)
    own.values.append(x)
    own.last = x
    return own.last


def given_to_helper(x):
    def collect(into):
        into.append(x)

    found = []
    collect(found)
    return found


def tensors_printed(x):
    print("x is", x)
    tf.autograph.trace()
    return x


def logs(x):
    logging.getLogger("eagre.tests").debug("traced with %s", x)
    return x


def assigns_variable(x):
    total.assign_add(x)
    return total + tf.random.uniform([]) + tf.cast(tf.timestamp(), tf.float32)


INSIDE = [local_containers, own_objects, given_to_helper, tensors_printed, logs, assigns_variable]


@pytest.mark.parametrize("function", INSIDE, ids=lambda function: function.__name__)
def test_what_stays_inside_is_not_reported(function):
    assert warnings_of(tf.function(function), tf.constant(1.0)) == []


def test_layers_that_build_themselves_are_not_reported():
    class Layer(tf.Module):
        def __init__(self):
            super().__init__()
            self.kernel, self.is_built, self.parts = None, False, []

        def build(self, size):
            self.kernel = tf.Variable(tf.ones([size]))
            self.parts.append(self.kernel)
            self.is_built = True

        @tf.function
        def __call__(self, x):
            if not self.is_built:
                self.build(x.shape[0])
            return x * self.kernel

    layer = Layer()
    assert warnings_of(layer, tf.ones([2])) == []
    assert layer.is_built
    assert layer(tf.ones([2])).numpy().tolist() == [1.0, 1.0]


def test_outer_variables_and_arguments_are_outside():
    hits = 0

    @tf.function
    def f(x, given):
        nonlocal hits
        hits += 1
        given.append(x)
        return x

    given = []
    texts = [str(each.message) for each in warnings_of(f, tf.constant(1.0), given)]
    assert [text.split(",")[0] for text in texts] == [
        "f assigns hits of the function around it", "f changes a list by append",
    ]  # fmt: skip
    assert given == []


def test_a_cached_call_reports_nothing_and_plain_calls_neither():
    f = tf.function(appends)
    assert len(warnings_of(f, tf.constant(1.0))) == 1
    assert warnings_of(f, tf.constant(2.0)) == []
    assert warnings_of(tf.autograph.to_graph(appends), tf.constant(1.0)) == []


def test_warnings_are_silenced_by_their_class():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", category=tf.TracingWarning)
        tf.function(counts)(tf.constant(1.0))
    assert found == []


# Tracebacks -----------------------------------------------------------------------------------


def fails(x):
    if tf.reduce_sum(x) > 0.0:
        x = product(x)
    return x


def product(x):
    return x @ tf.ones([5, 5])


def frames(function, *args):
    with pytest.raises(Exception) as info:
        function(*args)
    return [frame.name for frame in traceback.extract_tb(info.value.__traceback__)]


def test_tracebacks_end_at_the_users_line():
    assert frames(tf.function(fails), tf.ones([2, 2])) == [
        "frames", "__call__", "fails", "fails", "product",
    ]  # fmt: skip


def test_tracebacks_of_functions_in_functions():
    inner = tf.function(fails)
    found = frames(tf.function(lambda x: inner(x)), tf.ones([2, 2]))
    assert found == ["frames", "__call__", "<lambda>", "fails", "fails", "product"]


def test_tracebacks_of_graphs_that_run():
    third = tf.function(lambda x: x[2], input_signature=[tf.TensorSpec([None])])
    assert frames(third, tf.ones([2])) == ["frames", "__call__"]


def test_filtering_can_be_switched_off():
    tf.debugging.disable_traceback_filtering()
    try:
        assert not tf.debugging.is_traceback_filtering_enabled()
        found = frames(tf.function(fails), tf.ones([2, 2]))
    finally:
        tf.debugging.enable_traceback_filtering()
    assert "_trace" in found
    assert found[-1] != "product"
