"""The error tree: classes, codes, constructors."""

import copy
from types import SimpleNamespace

import pytest

from eagre.core import errors
from tests.oracle.make_core import CODED, cases, names, outcome

PUBLIC = {name: value for name, value in vars(errors).items() if name[0].isupper()}
NAMES = names(SimpleNamespace(errors=SimpleNamespace(**PUBLIC)))
# These have no counterpart: TensorFlow raises several classes in their stead.
OWN = {"DTypeMismatchError", "InaccessibleTensorError"}
NAMES["dir"] = lambda module: sorted(set(vars(module)) - OWN)

FITTING = {
    "InvalidArgumentError": ValueError,
    "DeadlineExceededError": TimeoutError,
    "NotFoundError": LookupError,
    "PermissionDeniedError": PermissionError,
    "ResourceExhaustedError": MemoryError,
    "FailedPreconditionError": RuntimeError,
    "OutOfRangeError": IndexError,
    "UnimplementedError": NotImplementedError,
    "InternalError": RuntimeError,
}


@pytest.mark.parametrize(("expression", "expected"), cases("errors"))
def test_as_tensorflow(expression, expected):
    assert outcome(expression, NAMES) == expected


@pytest.mark.parametrize("name", CODED)
def test_the_short_form_takes_a_message(name):
    error = getattr(errors, name)("tanh expected a float")
    assert str(error) == error.message == "tanh expected a float"
    assert error.args == ("tanh expected a float",)
    assert (error.node_def, error.op) == (None, None)


@pytest.mark.parametrize("name", CODED)
def test_tensorflows_form_takes_the_operation_too(name):
    error = getattr(errors, name)("node", "operation", "text")
    assert (error.node_def, error.op, error.message) == ("node", "operation", "text")
    assert str(error) == "text"
    assert error.args == ("text",)


@pytest.mark.parametrize("name", CODED)
def test_is_caught_by_the_fitting_python_class(name):
    kind = getattr(errors, name)
    with pytest.raises(FITTING.get(name, Exception), match="^text$") as caught:
        raise kind("text")
    assert isinstance(caught.value, errors.OpError)
    builtin = [base for base in kind.__mro__ if base.__module__ == "builtins"]
    assert builtin[0] is FITTING.get(name, Exception)


@pytest.mark.parametrize("name", CODED)
def test_copies_keep_the_message(name):
    twin = copy.copy(getattr(errors, name)("text"))
    assert type(twin).__name__ == name
    assert (str(twin), twin.error_code) == ("text", getattr(errors, name).error_code)


def test_the_tree_is_drawn_with_every_class():
    kinds = [getattr(errors, name) for name in PUBLIC if name.endswith("Error")]
    drawn = [name for name in PUBLIC if f"─ {name}" in errors.__doc__]
    assert sorted(drawn) == sorted(kind.__name__ for kind in kinds)


@pytest.mark.parametrize("name", CODED)
def test_the_tree_is_drawn_with_the_right_codes_and_bases(name):
    line = next(line for line in errors.__doc__.splitlines() if f"─ {name}" in line)
    assert line.split(name)[1].split()[0] == str(getattr(errors, name).error_code)
    base = FITTING.get(name)
    remark = line.partition("also a")[2].split()
    assert remark[-1:] == ([base.__name__] if base else [])


def test_an_error_without_a_message_is_empty():
    assert str(errors.OpError()) == ""


def test_a_code_of_its_own_does_not_change_the_class():
    assert errors.OpError(None, None, "text", errors.DATA_LOSS).error_code == 15
    assert errors.OpError("text").error_code == errors.UNKNOWN


def test_dtypes_that_do_not_meet_are_an_error_of_either_kind():
    kind = errors.DTypeMismatchError
    assert kind.__bases__ == (errors.InvalidArgumentError, TypeError)
    assert (str(kind("text")), kind("text").error_code) == ("text", errors.INVALID_ARGUMENT)


@pytest.mark.parametrize("name", ["InaccessibleTensorError", "OperatorNotAllowedInGraphError"])
def test_misuse_of_symbolic_tensors_is_a_type_error(name):
    kind = getattr(errors, name)
    assert kind.__bases__ == (TypeError,)
    assert str(kind("text")) == "text"
