"""Linear operators and banded matrices against TensorFlow, and traced against eager."""

import json

import numpy as np
import pytest

import eagre as tf
from eagre.graph.trace import trace
from tests.oracle import make_linear_operators as oracle

# Operators of a fixed matrix have no gradient, and the oracle says so too.
pytestmark = pytest.mark.filterwarnings("ignore::eagre.GradientWarning")

TOLERANCES = {"float32": 2e-4, "complex64": 2e-4, "float64": 1e-8, "complex128": 1e-8}


def read():
    """What TensorFlow gave: from method, number of the case and position to a text or an array."""
    with np.load(oracle.FILE) as file:
        found = json.loads(str(file["found"]))
        reals, imaginaries = file["reals"], file["imaginaries"]
    result, start = {}, 0
    for method, number, position, kind, *shape in found:
        key = (method, number, position)
        if not shape:
            result[key] = kind
            continue
        count = int(np.prod(shape[0], dtype=int))
        values = reals[start : start + count]
        if kind.startswith("complex"):
            values = values + 1j * imaginaries[start : start + count]
        result[key] = values.reshape(shape[0]).astype(kind)
        start += count
    return result


EXPECTED = read()


def name_of(case):
    return f"{case.expression}-{case.shapes}-{case.dtype}"


def tensors_of(cases, number):
    return [tf.cast(tf.constant(x), cases[number].dtype) for x in oracle.arrays(cases, number)]


def compare(actual, expected, dtype):
    """An AssertionError unless value, shape and dtype are as expected."""
    assert actual.dtype.name == expected.dtype.name
    assert actual.sizes == expected.shape
    tolerance = TOLERANCES[dtype]
    scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    np.testing.assert_allclose(actual.numpy(), expected, rtol=tolerance, atol=tolerance * scale)


FUNCTIONS = pytest.mark.parametrize(
    ("number", "case"), list(enumerate(oracle.FUNCTIONS)), ids=lambda x: str(x)[:90]
)


@FUNCTIONS
def test_functions_are_tensorflow_s(number, case):
    results = oracle.results_of_function(tf, case, tensors_of(oracle.FUNCTIONS, number))
    for position, result in enumerate(results):
        compare(result, EXPECTED["function", number, position], case.dtype)


# A list of diagonals of unknown sizes cannot be widened; a product with zeros takes the shape of
# both if they are square.
def needs_sizes(case):
    return "sequence" in case.expression or "Zeros" in case.expression


def as_bytes(tensors):
    return [(x.sizes, x.dtype, x.array.tobytes()) for x in tensors]


@FUNCTIONS
def test_functions_traced_as_eager(number, case):
    tensors = tensors_of(oracle.FUNCTIONS, number)

    def function(*x):
        return oracle.results_of_function(tf, case, list(x))

    eager = as_bytes(function(*tensors))
    graph = trace(function, *[x.spec for x in tensors])
    assert as_bytes(graph(*tensors)) == eager
    if needs_sizes(case) or "gradient" not in case.skips:
        return
    value = [oracle.evaluate(tf, case.expression, tensors)]
    specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in tensors]
    graph = trace(lambda *x: [oracle.evaluate(tf, case.expression, list(x))], *specs)
    assert as_bytes(graph(*tensors)) == as_bytes(value)


def test_gradients_of_tridiagonal_eigenvalues():
    """The derivative of an eigenvalue is the eigenvector times itself; TensorFlow's is another."""
    alpha, beta = tf.constant([1.0, 2.0, 4.0], tf.float64), tf.constant([0.5, 1.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([alpha, beta])
        least = tf.linalg.eigh_tridiagonal(alpha, beta)[0]
    of_alpha, of_beta = tape.gradient(least, [alpha, beta])
    dense = np.diag([1.0, 2.0, 4.0]) + np.diag([0.5, 1.0], 1) + np.diag([0.5, 1.0], -1)
    vector = np.linalg.eigh(dense)[1][:, 0]
    np.testing.assert_allclose(of_alpha.numpy(), vector**2)
    np.testing.assert_allclose(of_beta.numpy(), 2 * vector[1:] * vector[:-1])


def test_elements_outside_a_tridiagonal_matrix_are_not_read():
    bands = np.array([[1.0, np.nan], [2.0, 3.0], [np.inf, 1.0]])
    x = tf.constant([[1.0], [2.0]], tf.float64)
    product = tf.linalg.tridiagonal_matmul(bands, x)
    assert product.numpy().tolist() == [[4.0], [7.0]]
    solution = tf.linalg.tridiagonal_solve(bands, product)
    np.testing.assert_allclose(solution.numpy(), x.numpy())


def test_a_singular_tridiagonal_matrix_gives_nan():
    singular, identity = [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    bands = tf.constant([singular, identity])
    solution = tf.linalg.tridiagonal_solve(bands, tf.ones([2, 2])).numpy()
    assert np.isnan(solution[0]).all() and (solution[1] == 1).all()


# Operators ------------------------------------------------------------------------------------

# Where eagre differs on purpose.
OTHER_ERRORS = {
    # TensorFlow's words for a missing attribute or an operation on graphs.
    "AttributeError": "ValueError",
}
OPERATORS = pytest.mark.parametrize(
    ("number", "case"), list(enumerate(oracle.OPERATORS)), ids=lambda x: str(x)[:90]
)


def check(number, case, method, tensors):
    """An AssertionError unless a method gives what it gives in TensorFlow."""
    expected = EXPECTED[method, number, 0]
    if isinstance(expected, str) and expected.startswith("! "):
        with pytest.raises(Exception) as caught:
            oracle.results_of_method(tf, case, method, tensors)
        kinds = {kind.__name__ for kind in type(caught.value).__mro__}
        kind = OTHER_ERRORS.get(expected[2:], expected[2:])
        assert kind in kinds, f"{kinds} for {expected}: {caught.value}"
        return
    for position, result in enumerate(oracle.results_of_method(tf, case, method, tensors)):
        expected = EXPECTED[method, number, position]
        if isinstance(expected, str):
            assert result == expected
        else:
            compare(result, expected, case.dtype)


@OPERATORS
def test_operators_are_tensorflow_s(number, case):
    wrong = []
    tensors = tensors_of(oracle.OPERATORS, number)
    for method in oracle.methods_of(case):
        try:
            check(number, case, method, tensors)
        except (Exception, pytest.fail.Exception) as error:
            wrong.append(f"{method}: {type(error).__name__} {str(error)[:600]}")
    assert not wrong, "\n".join(wrong)


PARTS = ("to_dense", "matmul", "matmul_adjoint", "solve", "solve_adjoint", "determinant",
         "log_abs_determinant", "diag_part", "trace")


@OPERATORS
def test_operators_traced_as_eager(number, case):
    tensors = tensors_of(oracle.OPERATORS, number)
    operator = oracle.evaluate(tf, case.expression, tensors)
    rows, columns = operator.shape[-2:]
    x, y = [tf.cast(tf.constant(each), operator.dtype)
            for each in oracle.arguments(case, rows, columns)]
    parts = [part for part in PARTS
             if not isinstance(EXPECTED.get((part, number, 0), "absent"), str)]

    def function(x, y, *tensors):
        operator = oracle.evaluate(tf, case.expression, list(tensors))
        return [oracle.METHODS[part](tf, operator, x, y) for part in parts]

    eager = function(x, y, *tensors)
    graph = trace(function, *[each.spec for each in (x, y, *tensors)])
    assert as_bytes(graph(x, y, *tensors)) == as_bytes(eager)
    if needs_sizes(case):
        return
    specs = [tf.TensorSpec([None] * each.ndim, each.dtype) for each in (x, y, *tensors)]
    for found, wanted in zip(trace(function, *specs)(x, y, *tensors), eager, strict=True):
        # Where it is not known that blocks are square, the dense matrix is used.
        compare(found, wanted.numpy(), case.dtype)


def test_the_oracle_has_values_gradients_and_errors():
    assert sum(key[0] == "solve" and not isinstance(value, str)
               for key, value in EXPECTED.items()) > 250
    assert sum(isinstance(value, str) and value[0] == "!" for value in EXPECTED.values()) > 300


def test_a_check_stays_in_a_graph_without_unused_operations():
    def checked(x):
        tf.linalg.LinearOperatorDiag(x).assert_non_singular()
        return x + 1.0

    graph = tf.trace(checked, tf.TensorSpec([None]))
    graph.drop_unused()
    assert graph(tf.constant([1.0])).numpy().tolist() == [2.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="LinearOperatorDiag.*without zeros"):
        graph(tf.constant([0.0]))


def test_a_variable_is_read_when_it_is_used():
    variable = tf.Variable([1.0, 2.0])
    operator = tf.linalg.LinearOperatorDiag(variable)
    assert operator.trainable_variables[0] is variable
    variable.assign([3.0, 4.0])
    with tf.GradientTape() as tape:
        value = operator.trace()
    assert value.numpy() == 7.0
    assert tape.gradient(value, variable).numpy().tolist() == [1.0, 1.0]


def test_tensors_may_be_given_block_by_block():
    one, two = tf.linalg.LinearOperatorDiag([2.0]), tf.linalg.LinearOperatorDiag([4.0, 8.0])
    operator = tf.linalg.LinearOperatorBlockDiag([one, two])
    solved = operator.solvevec([tf.constant([2.0]), tf.constant([4.0, 8.0])])
    assert [x.numpy().tolist() for x in solved] == [[1.0], [1.0, 1.0]]
    lower = tf.linalg.LinearOperatorBlockLowerTriangular([[one], [one, one]])
    moved = lower.matvec([tf.constant([1.0]), tf.constant([2.0])], adjoint=True)
    assert [x.numpy().tolist() for x in moved] == [[6.0], [4.0]]


def test_a_class_of_the_user_says_shape_and_product():
    class Doubled(tf.linalg.LinearOperator):
        def _shape(self):
            return tf.TensorShape([2, 2])

        def _matmul(self, x, adjoint=False, adjoint_arg=False):
            return 2 * x

    operator = Doubled(tf.float32)
    assert operator.solvevec([2.0, 4.0]).numpy().tolist() == [1.0, 2.0]
    assert operator.determinant().numpy() == 4.0
    assert (operator @ operator).to_dense().numpy().tolist() == [[4.0, 0.0], [0.0, 4.0]]
