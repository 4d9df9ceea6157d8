"""Functions with control flow, and arguments for which they are run in three ways."""

import contextlib
import functools

import numpy as np

import eagre as tf

SCALAR = tf.TensorSpec([], tf.float32)
INT = tf.TensorSpec([], tf.int32)
BOOL = tf.TensorSpec([], tf.bool)
VECTOR = tf.TensorSpec([None], tf.float32)
MATRIX = tf.TensorSpec([None, 2], tf.float32)

PROGRAMS = {}


def program(*specs, calls):
    """Adds a function to the table: for these specs, called with these arguments."""

    def add(function):
        PROGRAMS[function.__name__] = (function, specs, calls)
        return function

    return add


NUMBERS = [(-2.0,), (-0.0,), (1.0,), (5.0,)]
COUNTS = [(0,), (1,), (3,), (7,), (12,)]
VECTORS = [([1.0, 5.0, 3.0, -2.0],), ([0.5],), ([-1.0, -1.0],)]


# Branches -------------------------------------------------------------------------------------


@program(SCALAR, calls=NUMBERS)
def if_assigns(x):
    if x < 0.0:
        x = -x
    return x * 2.0


@program(SCALAR, calls=NUMBERS)
def if_else_assigns_new(x):
    if x < 0.0:
        y = x * 3.0
        z = y
    else:
        y = x + 1.0
        z = 0.0
    return y * z


@program(SCALAR, calls=NUMBERS)
def elif_chain(x):
    if x < -1.0:
        y = x * 2.0
    elif x < 0.5:
        y = x * 3.0
    elif x < 2.0:
        y = x * x
    else:
        y = -x
    return y + x


@program(SCALAR, calls=NUMBERS)
def early_returns(x):
    if x < -1.0:
        return x * 2.0
    y = x + 1.0
    if y > 3.0:
        return y
    return y * y


@program(SCALAR, calls=NUMBERS)
def returns_partly(x):
    y = x
    if x < 0.0:
        y = x * 2.0
        if x < -1.0:
            return y
        y = y + 1.0
    elif x > 4.0:
        return x
    y = y * 3.0
    return y


@program(SCALAR, calls=NUMBERS)
def returns_a_structure(x):
    if x > 0.0:
        return {"a": x, "b": (x * 2.0, 1)}
    return {"a": -x, "b": (x, 2)}


@program(SCALAR, calls=NUMBERS)
def python_values_stay(x):
    if x > 0.0:
        axis, scale = 0, 2.0
        name = "same"
    else:
        axis, scale = 0, 3.0
        name = "same"
    return tf.reduce_sum(tf.stack([x, x]), axis=axis) * scale + len(name)


@program(SCALAR, calls=NUMBERS)
def defined_in_one_branch(x):
    if x > 0.0:
        y = x * 2.0
    z = x
    if x > 0.0:
        z = y
    return z


@program(SCALAR, calls=NUMBERS)
def weak_number_beside_tensor(x):
    y = 1.0
    if x > 0.0:
        y = x
    return y


@program(SCALAR, BOOL, calls=[(2.0, True), (-2.0, True), (2.0, False), (-2.0, False)])
def nested_ifs(x, flag):
    if flag:
        if x > 0.0:
            x = x * 2.0
        else:
            x = x * 3.0
        y = x
    else:
        y = x - 1.0
        if not x > 0.0:
            y = y * y
    return x, y


@program(INT, calls=[(0,), (3,)])
def number_as_condition(n):
    if n:
        return n * 2
    return n - 1


@program(SCALAR, calls=NUMBERS)
def swap(x):
    a, b = x, x * 2.0
    if a > 0.0:
        a, b = b, a
    return a - b


@program(SCALAR, calls=NUMBERS)
def deletes(x):
    y = x
    if x > 0.0:
        z = y * 2.0
        del y
    else:
        z = y
    y = z
    return y


# Expressions ----------------------------------------------------------------------------------


@program(SCALAR, calls=NUMBERS)
def ternary(x):
    return x * 2.0 if x > 0.0 else (x if x > -1.0 else -x)


@program(SCALAR, calls=NUMBERS)
def and_or_not(x):
    if (x > -1.0 and x < 2.0) or not x < 4.0:
        return x
    return -x


@program(SCALAR, calls=NUMBERS)
def chain_of_comparisons(x):
    return x if -1.0 < x <= 1.0 < 3.0 else x * 2.0


@program(VECTOR, INT, calls=[([1.0, 2.0], 1), ([1.0, 2.0], 5)])
def and_is_lazy(v, i):
    if i < len(v) and v[i] > 0.0:
        return v[i]
    return tf.constant(-1.0)


@program(SCALAR, calls=NUMBERS)
def walrus(x):
    if (y := x * 2.0) > 1.0 and y < 5.0:
        return y + x
    return y


@program(SCALAR, calls=NUMBERS)
def equality(x):
    return 1 if x == 1.0 else 2 if x != 5.0 else 3


@program(SCALAR, calls=NUMBERS)
def membership(x):
    return x in [1.0, 5.0], x not in (1.0,)


@program(SCALAR, calls=NUMBERS)
def comprehension(x):
    parts = [x * i if x > 0.0 else x - i for i in range(3) if i != 1]
    return sum(parts)


@program(SCALAR, calls=NUMBERS)
def lambdas(x):
    scale = 2.0
    double = lambda v: v * scale if v > 0.0 else v  # noqa: E731 lambdas are what is tested
    if x > 1.0:
        scale = 5.0
    return double(x)


# Loops ----------------------------------------------------------------------------------------


@program(INT, calls=COUNTS)
def while_with_all_jumps(n):
    i = 0
    total = 0.0
    while i < n:
        i += 1
        if i == 3:
            continue
        if total > 20.0:
            break
        total += tf.cast(i, tf.float32)
    else:
        total += 100.0
    return total, i


@program(INT, calls=COUNTS)
def nested_loops(n):
    total = 0
    for i in tf.range(n):
        for j in tf.range(i):
            if j % 2 == 0:
                continue
            total += i * j
            if total > 50:
                break
        else:
            total += 1
    return total


@program(VECTOR, calls=VECTORS)
def rows(v):
    best = v[0]
    for x in v:
        if best < x < 100.0:
            best = x
    return best


@program(MATRIX, calls=[([[1.0, 2.0], [3.0, 4.0]],), (np.zeros([0, 2], np.float32),)])
def rows_of_a_matrix(m):
    total = tf.zeros([2])
    for row in m:
        total = total * 0.5 + row
    return total


@program(MATRIX, calls=[([[1.0, 2.0], [3.0, 4.0]],)])
def unpacked_rows(m):
    total = 0.0
    for a, b in m:
        total += a * b
    return total


@program(VECTOR, calls=VECTORS)
def return_from_loop(v):
    for i, x in enumerate(v):
        if x > 2.0:
            return i, x
    return -1, 0.0


@program(VECTOR, calls=VECTORS)
def return_from_nested_loops(v):
    for x in v:
        for y in v:
            if x + y > 3.0:
                return x * y
            if y < 0.0:
                break
        x = x + 1.0
        if x < -1.0:
            return x
    return tf.constant(0.0)


@program(VECTOR, VECTOR, calls=[([1.0, 2.0, 3.0], [4.0, 5.0]), ([1.0], [2.0])])
def side_by_side(a, b):
    total = 0.0
    for i, x in enumerate(a, 2):
        total += x * float(i)
    for x, y in zip(a, b):  # noqa: B905 the shorter one ends it
        total += x * y
    return total


@program(SCALAR, calls=NUMBERS)
def python_loop_with_tensor_break(x):
    total = x
    for i in range(4):
        total = total + i
        if total > 3.0:
            break
    else:
        total = -total
    return total


@program(SCALAR, calls=NUMBERS)
def while_true(x):
    steps = 0
    while True:
        x = x * 2.0 + 1.0
        steps += 1
        if x > 10.0 or steps > 5:
            break
    return x, steps


@program(SCALAR, calls=NUMBERS)
def while_true_returns(x):
    while True:
        if x > 10.0:
            return x
        x = x + 4.0


@program(INT, calls=COUNTS[1:])
def defined_in_the_loop(n):
    for i in tf.range(n):
        square = i * i
        last = square if i > 1 else -square
    return last, i


@program(INT, calls=COUNTS)
def range_of_tensor(n):
    total = 0
    for i in range(n):
        total += i
    for i in range(1, n, 2):
        total += 10 * i
    for i in range(n, 1, -2):
        total = total * 2 + i
    return total


@program(INT, calls=[(0,), (1,), (6,), (27,)])
def collatz(n):
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@program(SCALAR, INT, calls=[(0.5, 0), (0.5, 1), (0.5, 4), (-2.0, 3)])
def power(x, n):
    result = tf.constant(1.0)
    for _ in tf.range(n):
        result = result * x
        if result > 3.0:
            result = result - x
    return result


@program(SCALAR, INT, calls=[(0.5, 3), (-2.0, 2)])
def structures_in_a_loop(x, n):
    state = {"a": x, "b": (x, 1)}
    for _ in tf.range(n):
        a, (b, count) = state["a"], state["b"]
        state = {"a": a * b, "b": (b + a, count + 1)}
    return state


@program(INT, calls=COUNTS)
def walrus_in_the_test(n):
    total = 0
    while (half := n // 2) > 0:
        total += half
        n -= 2
    return total, half


@program(INT, calls=COUNTS)
def float64_from_python_number(n):
    total = 0.1
    for i in tf.range(n):
        total = total + tf.cast(i, tf.float64)
    return tf.cast(total, tf.float64) if n > 0 else tf.constant(0.1, tf.float64)


@program(VECTOR, INT, calls=[([1.0], 3), ([1.0, 2.0], 0)])
def growing(v, n):
    y = v
    for _ in tf.range(n):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(y, tf.TensorShape([None]))])
        y = tf.concat([y, v], 0)
    return y


@program(INT, calls=[(10,), (2,)])
def bounded(n):
    i = 0
    while i < n:
        tf.autograph.experimental.set_loop_options(maximum_iterations=20)
        if i == 5:
            break
        i += 1
    return i


@program(VECTOR, INT, calls=[([1.0, 2.0, 3.0], 2), ([4.0], 3)])
def tensor_array(v, n):
    array = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for i in tf.range(n):
        if v[0] > 3.0:
            array = array.write(i, v[0] * tf.cast(i, tf.float32))
        else:
            array = array.write(i, v[0])
    return array.stack()


def collect(values, x):
    for i in range(2):
        values.append(x * i)


@program(VECTOR, INT, calls=[([1.0, -2.0, 3.0], 2), ([4.0], 3), ([1.0, 1.0], 0)])
def appends(v, n):
    doubled, positive = [], [v[0]]
    for x in v:
        doubled.append(x * 2.0)
        if x > 0.0:
            positive.append(x)
    total = 0.0
    for x in positive:
        total = total * 0.5 + x
    for _ in range(2):
        positive.append(v[0])
    if v[0] > 2.0:
        doubled.append(v[0])
    rows = []
    for x in v:
        inner = [x]
        collect(inner, x)
        rows.append(inner[-1] + len(inner))
    doubled.append(tf.stack(rows)[0])
    return tf.stack(doubled), tf.stack(positive), total, len(doubled), doubled[0]


@program(SCALAR, calls=NUMBERS)
def appends_in_branches_of_branches(x):
    found = [x]
    if x > 0.0:
        if x > 2.0:
            found.append(x * 2.0)
        else:
            found.append(-x)
            found.append(x + 1.0)
    return tf.stack(found), len(found)


@program(VECTOR, INT, calls=[([1.0, -2.0, 3.0], 2), ([-1.0, 4.0], 1), ([-1.0, 2.0, -3.0], 0)])
def pops(v, n):
    found = [v[0]]
    for x in v:
        if x > 0.0:
            found.append(x)
        elif len(found) > 1:
            found.append(found.pop() * x)
    stack = [v[0], v[1]]
    for i in tf.range(n):
        x = stack.pop()
        stack.extend([x * 2.0, x + 1.0])
        if i == 1:
            stack.insert(0, x)
    total = 0.0
    while len(stack) > 0:
        total = total * 0.5 + stack.pop()
    return tf.stack(found), len(found), total


@program(VECTOR, calls=[([1.0, 2.0, 0.0, 5.0, 0.0],), ([3.0],)])
def stack_machine(tokens):
    stack = []
    for token in tokens:
        if token == 0.0:
            stack.append(stack.pop() + stack.pop())
        else:
            stack.append(token)
    return stack.pop()


@program(VECTOR, INT, calls=[([1.0, -2.0, 3.0], 2), ([-1.0, 4.0], 1)])
def changes_of_lists(v, n):
    found = []
    for x in v:
        found.append(x)
    found[0] = v[1] * 10.0
    i = 0
    while i < n:
        found[i] = found[i] + 1.0
        found[-1 - i] = found[i] * 2.0
        i += 1
    found.extend([v[0], v[0]])
    found += [v[1]]
    found.insert(1, v[0] * 7.0)
    other = found.copy()
    first = found.pop(0)
    found.reverse()
    found.extend(other)
    return tf.stack(found), first, found[0], len(found)


@program(VECTOR, calls=[([1.0, -2.0],), ([-1.0, 4.0],)])
def shorter_lists(v):
    found = [v[0], v[1], v[0]]
    if v[0] > 0.0:
        y = found.pop(0)
        found.pop()
    else:
        y = v[1]
    pair = [v[0], v[1]]
    for i in range(2):
        pair[i] = pair[i] * 2.0
        if v[0] > 0.0:
            pair[i] = pair[i] + 1.0
    for x in v:
        pair[0] = pair[0] + pair[1] * x
        pair.reverse()
        if x > 3.0:
            found.clear()
        found.append(x)
    return tf.stack(found), y, pair


# What is around -------------------------------------------------------------------------------


def step(x):
    if x > 1.0:
        return x - 1.0
    return x


def twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        if args[0] > 100.0:
            return args[0]
        return function(function(*args))

    return wrapper


@twice
def decorated(x):
    return x * 2.0 if x > 0.0 else x


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.scale = 3.0
        self.__hidden = 2.0

    def __call__(self, x):
        if x > 0.0:
            return self.inner(x) * self.__hidden
        return x

    def inner(self, x):
        return x * self.scale if x < 3.0 else x

    @classmethod
    def make(cls, x):
        return x if x > 0.0 else -x

    @staticmethod
    def halve(x):
        return x / 2.0 if x > 0.0 else x


class Derived(Model):
    def inner(self, x):
        if x > 1.0:
            return super().inner(x) + 1.0
        return super().inner(x)


model = Derived()


@program(SCALAR, calls=NUMBERS)
def calls_others(x):
    y = step(step(x)) + decorated(x)
    y = y + functools.partial(step)(x)
    return y + model(x) + Model.make(x) + model.halve(x)


def factorial(n):
    if isinstance(n, int):
        return 1 if n < 2 else n * factorial(n - 1)
    return n


@program(INT, calls=[(2,)])
def python_recursion(n):
    return n * factorial(5)


@program(SCALAR, calls=NUMBERS)
def inner_functions(x):
    count = 0

    def add(v):
        nonlocal count
        if v > 0.0:
            count = count + 1
        return v

    x = add(x) + add(x - 3.0)
    return x, count


@program(SCALAR, calls=NUMBERS)
def with_blocks(x):
    with tf.name_scope("a"), contextlib.suppress(KeyError):
        if x > 0.0:
            return x * 2.0
        x = x - 1.0
    return x


@program(SCALAR, calls=NUMBERS)
def try_blocks(x):
    done = 0
    try:
        if x > 0.0:
            x = x * 2.0
        else:
            done = done - 1
        int("no number")
    except ValueError as error:
        x = x + len(str(error.args))
        if x > 40.0:
            x = x - 1.0
    else:
        x = -x
    finally:
        done = done + 2
    return x, done


@program(SCALAR, calls=NUMBERS)
def return_in_try(x):
    try:
        if x > 0.0:
            return x
        y = x * 2.0
    finally:
        z = x
    return y + z


@program(SCALAR, calls=NUMBERS)
def tape_inside(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        if x > 0.0:
            y = y * x
    return tape.gradient(y, x)


class Box:
    total = 0.0


@program(SCALAR, INT, calls=[(1.5, 0), (1.5, 3)])
def attributes(x, n):
    box = Box()
    box.total = x
    box.steps = 0
    for _ in tf.range(n):
        box.total = box.total * 2.0
        box.steps += 1
    if x > 0.0:
        box.extra = box.total
    else:
        box.extra = x
    return box.total, box.steps, box.extra


@program(SCALAR, calls=NUMBERS)
def items(x):
    state = {"total": x}
    for _ in tf.range(3):
        state["total"] = state["total"] * 2.0
    if x > 0.0:
        state["sign"] = 1.0
    else:
        state["sign"] = -1.0
    return state["total"] * state["sign"]


@program(SCALAR, calls=NUMBERS)
def matching(x):
    match ("a", 1):
        case ("a", n) if n > 0:
            if x > 0.0:
                return x + n
            x = x - n
        case _:
            return x
    return x * 2.0


@program(SCALAR, calls=NUMBERS)
def tapes_in_loops(x):
    for _ in tf.range(2):
        for _ in tf.range(2):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            x = x - 0.125 * tape.gradient(y, x)
    return x


@program(SCALAR, calls=NUMBERS)
def contexts_that_need_each_other(x):
    for _ in tf.range(3):
        half = functools.partial(tf.multiply, 0.5)
        with contextlib.nullcontext(half) as f, contextlib.nullcontext([f]) as all_f:
            x = all_f[0](x + 1.0)
    return x


# Python's own functions -----------------------------------------------------------------------


@program(SCALAR, calls=NUMBERS)
def numbers(x):
    return abs(x), int(x), float(x), bool(x), min(x, 0.5), max(x, 0.5, -x), sum([x, x])


@program(VECTOR, calls=VECTORS)
def reductions(v):
    return len(v), min(v), max(v), sum(v), any(v > 2.0), all(v > -1.5), any([v[0] > 2.0, False])


@program(SCALAR, calls=[(1.0,), (5.0,)])
def assertions(x):
    assert x > 0.0, "x is positive"
    assert True
    return x
