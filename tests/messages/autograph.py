"""Control flow over tensors that cannot become part of a graph: what a user is told."""

import eagre as tf
from eagre.functions.autograph.conversion import convert

SCALAR = tf.TensorSpec([], tf.float32, "x")
INT = tf.TensorSpec([], tf.int32, "n")
VECTOR = tf.TensorSpec([None], tf.float32, "v")
NO_DECISION = (tf.errors.OperatorNotAllowedInGraphError, TypeError)


def traced(function, *specs):
    """A callable that traces the converted function for a float32 scalar, or for these specs."""
    return lambda: tf.trace(convert(function), *(specs or (SCALAR,)))


def run(function, spec, value):
    return lambda: tf.trace(convert(function), spec)(value)


def dtypes_of_branches(x):
    if x > 0.0:
        y = x
    else:
        y = tf.cast(x, tf.int32)
    return y


def structures_of_branches(x):
    if x > 0.0:
        y = [x]
    else:
        y = [x, x]
    return y


def none_in_one_branch(x):
    y = None
    if x > 0.0:
        y = x
    return y


def objects_in_branches(x):
    scale = tf.exp if x > 0.0 else tf.sin
    return scale(x)


def result_in_one_branch(x):
    if x > 0.0:
        return x


def unbound_while_tracing(x):
    if x > 0.0:
        y = x
        del y
    return y


def unbound_in_the_graph(x):
    if x > 0.0:
        y = x
    return y


def loop_that_may_not_run(n):
    for i in tf.range(n):
        y = i
    return y


def dtype_in_a_loop(n):
    total = 0
    for _ in tf.range(n):
        total = tf.cast(total, tf.float32) + 0.5
    return total


def dtype_of_a_sum_in_a_loop(v):
    total = 0
    for x in v:
        total = total + x
    return total


def shape_in_a_loop(v):
    total = 0.0
    for _ in tf.range(3):
        total = total + v
    return total


def growing_in_a_loop(v):
    all_of_it = [tf.reduce_sum(v)]
    for x in v:
        all_of_it = [*all_of_it, x]
    return all_of_it


def sorts(v):
    found = []
    for x in v:
        found.append(x)
    return found.sort()


def pops_too_often(v):
    found = []
    for x in v:
        found.append(x)
    return found.pop() + found.pop()


def assigns_a_slice(v):
    found = []
    for x in v:
        found.append(x)
    found[1:] = [v[0]]


def appends_pairs(v):
    found = []
    for x in v:
        found.append((x, x))
    return found


def object_in_a_loop(n):
    name = "a"
    while n > 0:
        n -= 1
        name = name + "b"
    return n, len(name)


def none_before_a_loop(v):
    best = None
    for x in v:
        best = x
    return best


def invariant_that_does_not_fit(v):
    y = v
    for _ in tf.range(3):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(y, [2, 2])])
        y = tf.concat([y, y], 0)
    return y


def vector_as_condition(v):
    if tf.stack([v[0], v[1]]) > 0.0:
        return v
    return v


def vector_as_while_condition(n):
    x = tf.stack([n, n])
    while x > 0:
        x = x - 1
    return x


def over_a_scalar(x):
    for y in x:
        x = y
    return x


def in_a_generator(x):
    def numbers():
        if x > 0.0:
            yield x

    return list(numbers())


def return_in_finally(x):
    try:
        y = x * 2.0
    finally:
        if x > 0.0:
            return x  # noqa: B012 that is what is refused
    return y


def in_a_comprehension(v):
    return [i for i in range(2) if v[i] > 0.0]


def with_a_walrus(x):
    if x > 0.0 and (y := x * 2.0) > 1.0:
        return y
    return x


def looks_at_its_frame(x):
    if x > 0.0:
        x = x * len(locals())
    return x


def guard(x):
    match 1:
        case n if x > 0.0:
            return x + n
    return x


def recursion(x):
    if x > 0.0:
        return recursion(x - 1.0)
    return x


def asserts(x):
    assert x > 0.0, "x is a width."
    return x


def asserts_without_words(x):
    assert x > 0.0
    return x


def endless():
    while True:
        yield 1.0


def over_an_endless_iterator(x):
    for y in endless():
        x = x + y
        if x > 10.0:
            break
    return x


def raises(x):
    if x > 0.0:
        raise KeyError("the user's words")
    return x


def without_source():
    namespace = {"tf": tf}
    # Not "<string>": that is what `python -c` calls its text, by which workers of tests begin.
    exec(compile("def f(x):\n    return x if x > 0.0 else -x", "<nowhere>", "exec"), namespace)
    return namespace["f"]


AUTOGRAPH = {
    "if: dtypes": (traced(dtypes_of_branches), TypeError),
    "if: structures": (traced(structures_of_branches), TypeError),
    "if: None on one way": (traced(none_in_one_branch), TypeError),
    "if: functions": (traced(objects_in_branches), TypeError),
    "if: result on one way": (traced(result_in_one_branch), TypeError),
    "if: unbound on each way": (traced(unbound_while_tracing), UnboundLocalError),
    "if: unbound on the way gone": (run(unbound_in_the_graph, SCALAR, -1.0), ValueError),
    "if: vector": (traced(vector_as_condition, tf.TensorSpec([2])), *NO_DECISION),
    "if: recursion": (traced(recursion), RecursionError),
    "if: raise": (traced(raises), KeyError),
    "for: no iteration": (run(loop_that_may_not_run, INT, 0), ValueError),
    "for: dtype": (traced(dtype_in_a_loop, INT), TypeError),
    "for: dtype of a sum": (traced(dtype_of_a_sum_in_a_loop, VECTOR), TypeError),
    "for: shape": (traced(shape_in_a_loop, tf.TensorSpec([3])), TypeError),
    "for: growing list": (traced(growing_in_a_loop, VECTOR), TypeError),
    "for: append a pair": (traced(appends_pairs, VECTOR), TypeError),
    "list.sort": (traced(sorts, VECTOR), tf.errors.UnimplementedError),
    "list: assign a slice": (traced(assigns_a_slice, VECTOR), tf.errors.UnimplementedError),
    "list.pop: empty": (
        lambda: tf.function(pops_too_often)(tf.constant([1.0])), tf.errors.InvalidArgumentError),
    "for: None before": (traced(none_before_a_loop, VECTOR), TypeError),
    "for: invariant": (traced(invariant_that_does_not_fit, VECTOR), ValueError),
    "for: scalar": (traced(over_a_scalar), TypeError),
    "for: endless iterator": (traced(over_an_endless_iterator), TypeError),
    "while: text": (traced(object_in_a_loop, INT), TypeError),
    "while: vector": (traced(vector_as_while_condition, INT), *NO_DECISION),
    "kept: generator": (traced(in_a_generator), *NO_DECISION),
    "kept: return in finally": (traced(return_in_finally), *NO_DECISION),
    "kept: comprehension": (traced(in_a_comprehension, tf.TensorSpec([2])), *NO_DECISION),
    "kept: walrus": (traced(with_a_walrus), *NO_DECISION),
    "kept: locals": (traced(looks_at_its_frame), *NO_DECISION),
    "kept: guard": (traced(guard), *NO_DECISION),
    "kept: no source": (traced(without_source()), *NO_DECISION),
    "assert": (run(asserts, SCALAR, -1.0), ValueError),
    "assert without words": (run(asserts_without_words, SCALAR, -1.0), ValueError),
    "to_graph: number": (lambda: tf.autograph.to_graph(3), TypeError),
    "to_code: function of C": (lambda: tf.autograph.to_code(len), TypeError),
    "do_not_convert: number": (
        lambda: tf.autograph.experimental.do_not_convert(3), TypeError),
}

TABLES = {"autograph": AUTOGRAPH}
FOREIGN_WORDS = {"if: raise", "if: unbound on each way"}
