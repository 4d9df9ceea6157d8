"""What errors say: their classes, their form, and their wording in `golden/`."""

import re
import warnings

import pytest

import eagre as tf
from tests.messages import (
    arrays,
    autograph,
    batches,
    bundles,
    checkpoints,
    composites,
    datasets,
    demands,
    explanations,
    files,
    functions,
    groups,
    images,
    linear_operators,
    networks,
    operations,
    optimizers,
    sessions,
    signals,
    state,
    tapes,
    tracing,
    values,
)

SECTIONS = [values, composites, operations, tapes, tracing, state, signals, demands, arrays,
            networks]
SECTIONS += [functions, autograph, batches, linear_operators, checkpoints, explanations, optimizers]
SECTIONS += [images, datasets, groups, bundles, sessions]
SECTIONS += [files]
TABLES = {name: table for section in SECTIONS for name, table in section.TABLES.items()}
CASES = {
    f"{name} {case}": entry for name, table in TABLES.items() for case, entry in table.items()
}
# Whole messages that Python or another library words, and those that have nothing to show.
FOREIGN = {
    f"{name} {case}"
    for section in SECTIONS
    for name, table in section.TABLES.items()
    for case in section.FOREIGN_WORDS & table.keys()
}
OWN = sorted(CASES.keys() - FOREIGN)
NOTHING_TO_SHOW = {
    "missing misspelled", "missing in another namespace", "missing of TensorFlow", "missing Keras",
    "missing in a namespace",
    "tapes gradient: twice", "tapes enter: twice", "tapes enter: in another thread",
    "tapes stop_recording: not recording", "asked name: of an eager tensor",
    "names attribute that is not there", "explanations explain_gradients: while tracing",
    "explanations trace_origins: while tracing", "explanations record: while tracing",
}


def error_of(function):
    """The error that a call raises; a warning is one too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function()
        except Exception as error:
            return error
    pytest.fail(f"no error, but {result!r}")


def words(error):
    """The message without what differs from run to run."""
    text = re.sub(r"[^\s'\"]*/(\w+\.py):\d+", r"\1:LINE", str(error))
    text = re.sub(r"[^\s'\"]*/messages-\w+", "FOLDER", text)
    text = re.sub(r"run-[0-9a-f]+", "run-NUMBER", text)
    return re.sub(r"0x[0-9a-f]+", "0xADDRESS", text)


@pytest.fixture(scope="module")
def errors():
    found = {}

    def of(case):
        if case not in found:
            found[case] = error_of(CASES[case][0])
        return found[case]

    return of


@pytest.mark.parametrize("case", CASES)
def test_class(case, errors):
    error = errors(case)
    wrong = [kind.__name__ for kind in CASES[case][1:] if not isinstance(error, kind)]
    assert not wrong, f"{type(error).__mro__} is not {wrong}: {error}"


@pytest.mark.parametrize("table", TABLES)
def test_wording(table, errors, golden):
    lines = []
    for case in TABLES[table]:
        name = f"{table} {case}"
        try:
            error = errors(name)
        except pytest.fail.Exception:
            lines.append(f"{case}\n    NO ERROR")
            continue
        text = type(error).__name__ if name in FOREIGN else words(error)
        lines.append(f"{case}\n    " + text.replace("\n", "\n    "))
    golden(table, "\n".join(lines))


def members(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


def public_names():
    """The first words that a message may have: what a user types."""
    names = set(tf.__all__) | {"bool", "int", "float", "complex", "len", "iter", "index", "format"}
    names |= {"tensor[...]", "&", "|", "^", "~", "NumPy", "no_such_name"}
    for space in ("math", "linalg", "nest", "optimizers", "autodiff", "errors", "dtypes", "signal",
                  "nn", "random"):
        inner = getattr(tf, space, None)
        found = set(getattr(inner, "__all__", ()))
        names |= found | {f"{space}.{name}" for name in found}
    spaces = (tf.array_api, tf.array_api.linalg, tf.array_api.fft, tf.experimental.numpy,
              tf.experimental.numpy.random, tf.experimental.dlpack)
    names |= {name for space in spaces for name in space.__all__} | {"__array_namespace__"}
    names |= {*tf.image.__all__, *tf.io.__all__, *tf.nn.experimental.__all__}
    config = (tf.config, tf.config.experimental, tf.config.optimizer, tf.config.threading)
    spaces = (*config, tf.debugging, tf.test, tf.testing,
              tf.linalg.experimental)
    names |= {name for space in spaces for name in space.__all__}
    train = {**vars(tf.train), **vars(tf.train.experimental)}
    names |= train.keys() | members(tf.train.Checkpoint) | members(tf.train.CheckpointManager)
    names |= members(tf.train.CheckpointReader) | members(tf.train.CheckpointView)
    names |= members(tf.train.TrackableView) | {"assert_consumed"}
    names |= members(tf.test.Benchmark) | {"reduce_man", "load_op_library", "keras"}
    names |= {"nn.relu7"}
    for name, kind in [*vars(tf).items(), *vars(tf.linalg).items(), *vars(tf.random).items()]:
        if isinstance(kind, type):
            names |= {f"{name}.{member}" for member in members(kind)} | members(kind)
    found = members(type(tf.constant(1)))
    names |= found | {f"Tensor.{name}" for name in found}
    train, tfe = tf.compat.v1.train, tf.contrib.eager
    for space in (train, tfe, tfe.metrics, tf.optimizers.schedules):
        names |= set(space.__all__)
    for kind in (tf.optimizers.SGD, tf.optimizers.Adam, train.Optimizer):
        names |= {f"{kind.__name__}.{member}" for member in members(kind)} | members(kind)
    space, kinds = tf.compat.v1, (tf.compat.v1.Session, tf.Graph, tf.Variable)
    names |= {*space.__all__, "Graph", "Variable", "get_attr", "Tensor.eval", "Operation.run"}
    names |= {f"{kind.__name__}.{member}" for kind in kinds for member in members(kind)}
    names |= members(space.Session)
    for kind in (tf.data.Dataset, tf.data.Iterator, tf.data.Options, tf.experimental.Optional):
        names |= {f"{kind.__name__}.{member}" for member in {*members(kind), *vars(tf.data)}}
    names |= vars(tf.data).keys() | vars(tf.data.experimental).keys()
    names |= {*vars(tf.io), *tf.train.__all__, "GFile"}
    names |= {f"gfile.{name}" for name in tf.io.gfile.__all__}
    kinds = (tf.io.TFRecordWriter, tf.io.gfile.GFile, tf.train.Example, tf.train.Feature)
    names |= {f"{kind.__name__}.{member}" for kind in kinds for member in members(kind)}
    names |= {"if", "while", "for", "assert", "set_loop_options", "do_not_convert", "append"}
    names |= set(tf.autograph.__all__) | {"list.pop", "recursion", "y", "looks_at_its_frame"}
    # Functions of the tests that are traced stand for functions of the user.
    names |= vars(functions).keys() | {"later", "fresh", "apply", "call"}
    return names | {"line", "vector", "pair", "f", "argument", "lambda", "Tensor", "TensorSpec"}


@pytest.mark.parametrize("case", OWN)
def test_begins_with_a_public_name(case, errors):
    first = re.split(r"[\s,:(]", str(errors(case)).removeprefix("tf."), maxsplit=1)[0]
    assert first in public_names(), f"{first!r} in {errors(case)}"


@pytest.mark.parametrize("case", OWN)
def test_says_what_was_expected(case, errors):
    assert re.search(r"\b(expected|needs?|cannot|can be)\b", str(errors(case))), errors(case)


@pytest.mark.parametrize("case", sorted(set(OWN) - NOTHING_TO_SHOW))
def test_says_what_came(case, errors):
    assert re.search(r"\bReceived: \S", str(errors(case))), errors(case)


@pytest.mark.parametrize("case", OWN)
def test_is_clean(case, errors):
    text = str(errors(case))
    assert text == text.strip() and "  " not in text and ". ." not in text, text
    assert not text.endswith(("..", ",", ":")), text
    foreign = re.search(
        r"EagerTensor|SymbolicTensor|Outline|ndarray|<function|<lambda>|<class|object at|eagre",
        text.replace("tests/messages", ""),
    )
    assert foreign is None, f"{foreign.group()!r} is not the user's: {text}"
    assert len(text) <= 400, f"{len(text)} characters: {text}"
