"""Records of what reads and writes files and the bytes in them: decoding, examples, file access."""

import base64
import tempfile
import zlib
from pathlib import Path

import numpy as np

from eagre.core import dtypes
from eagre.core.dtypes import as_dtype
from eagre.files.csv import Format
from eagre.files.example_messages import BytesList, Feature, Features, FloatList, Int64List
from eagre.files.examples import Wanted, parser_of
from eagre.files.sequence_messages import Example, FeatureList, FeatureLists, SequenceExample
from eagre.files.sequences import SequenceParser
from eagre.primitives import decoding, examples, file_access
from tests.primitives.record import EVERYTHING, STRING, Record, fixed, of, sample

FOLDER = tempfile.TemporaryDirectory(prefix="eagre-table-")
FILE = Path(FOLDER.name) / "file.bin"
FILE.write_bytes(b"contents")
OTHER = Path(FOLDER.name) / "other.bin"


def texts(values):
    """Strings as an input; NumPy would make an array of its own strings of them."""
    array = np.empty(np.shape(values), object)
    array[...] = values

    def draw(generator, dtype):
        return array if dtype == "string" else np.zeros(array.shape, as_dtype(dtype).numpy)

    return draw


NUMBERS = Feature(int64_list=Int64List(value=[1, -2]))
WORD = Feature(bytes_list=BytesList(value=[b"word"]))
HALF = Feature(float_list=FloatList(value=[0.5]))
BOTH = Features(feature={"numbers": NUMBERS, "word": WORD, "half": HALF})
EXAMPLE = Example(features=BOTH).SerializeToString()
STEPS = FeatureLists(feature_list={"half": FeatureList(feature=[HALF, HALF])})
SEQUENCE = SequenceExample(context=BOTH, feature_lists=STEPS).SerializeToString()
PARSER = parser_of((Wanted("half", 2, (1,), True), Wanted("numbers", 3, (2,), False),
                    Wanted("word", 1, (), False)))
MANY = parser_of((Wanted("numbers", 3, (), True, True),))
SEQUENCES = SequenceParser((Wanted("word", 1, (), False),), (Wanted("half", 2, (), False),))


def values_of(records, shape=()):
    return (np.full((*shape, 1), np.float32(0.5)), np.full((*shape, 2), [1, -2]),
            np.full(shape, b"word", object))


def parsed(serialized, *defaults, parser):
    if parser is MANY:
        return (np.full((len(serialized), 2), [1, -2]),)
    return values_of(serialized, serialized.shape)


def steps_of(serialized, *, parser):
    shape = serialized.shape
    return (np.full(shape, b"word", object), np.full((*shape, 2), np.float32(0.5)),
            np.full(shape, 2, np.int64))


FORM = Format(",", True, "", None, (np.dtype(np.int32), np.dtype(object)))
RAW = {"dtype": dtypes.int16, "little_endian": True, "length": None}


def raw(x, *, dtype, little_endian, length):
    return np.array([np.frombuffer(text, dtype.numpy) for text in x.reshape(-1)]).reshape(
        *x.shape, -1)


def message(x):
    """The bytes of a short tensor's message, put together by hand."""
    head = bytes([8, dtypes.from_numpy(x.dtype).as_datatype_enum, 18, 4 * x.ndim])
    head += b"".join(bytes([18, 2, 8, size]) for size in x.shape)
    if x.dtype == object:
        return head + b"".join(bytes([66, len(text)]) + text for text in x.reshape(-1))
    return head + bytes([34, x.nbytes]) + x.tobytes()


def each(function):
    def reference(x, **params):
        found = np.empty(x.shape, object)
        for place in np.ndindex(*x.shape):
            found[place] = function(x[place], **params)
        return found

    return reference


RECORDS = [
    Record(
        decoding.decode_raw,
        [sample(texts([b"\1\0\2\0", b"abcd"]), **RAW).but(has_known_shape=False),
         sample(texts(b"ab"), **RAW).but(has_known_shape=False),
         sample(texts([[b"ab"]]), **{**RAW, "length": 2})],
        raw, takes=STRING, gives="int16",
    ),
    Record(
        decoding.decode_csv,
        [sample(texts([b"1,x", b"2,"]), fixed([7]), texts([b"d"]), form=FORM),
         sample(texts(b"1,x"), fixed([], "int32"), texts(b"d"), form=FORM)],
        lambda records, *defaults, form: (
            (np.array([1, 2], np.int32), np.array([b"x", b"d"], object)) if records.ndim
            else (np.array(1, np.int32), np.array(b"x", object))),
        takes=STRING, gives="reference",
    ),
    Record(
        decoding.decode_compressed,
        [sample(texts([zlib.compress(b"a")]), compression="ZLIB"),
         sample(texts(b"a"), compression="")],
        each(lambda text, compression: zlib.decompress(text) if compression else text),
        takes=STRING,
    ),
    Record(
        decoding.encode_base64,
        [sample(of(3), pad=True), sample(of(), pad=True)],
        each(lambda text, pad: base64.urlsafe_b64encode(text)),
        takes=STRING,
    ),
    Record(
        decoding.decode_base64,
        [sample(texts([b"YQ==", b"_-8="]))],
        each(base64.urlsafe_b64decode),
        takes=STRING,
    ),
    Record(
        decoding.serialize_tensor,
        [sample(of(2)), sample(of())],
        lambda x: np.array(message(x), object),
        takes=EVERYTHING, gives="string",
    ),
    Record(
        decoding.parse_tensor,
        [sample(texts(b"\x08\x05\x12\x04\x12\x02\x08\x02\"\x04\x01\0\x02\0"),
                dtype=dtypes.int16).but(has_known_shape=False)],
        lambda x, *, dtype: np.array([1, 2], np.int16),
        takes=STRING, gives="int16",
    ),
    Record(
        examples.parse_examples,
        [sample(texts([EXAMPLE] * 3), fixed([0.0], "float32"), parser=PARSER),
         sample(texts([EXAMPLE]), fixed(0, "int64"), parser=MANY).but(has_known_shape=False)],
        parsed, takes=STRING, gives="reference",
    ),
    Record(
        examples.parse_single_example,
        [sample(texts(EXAMPLE), fixed([0.0], "float32"), parser=PARSER)],
        parsed, takes=STRING, gives="reference",
    ),
    Record(
        examples.parse_sequences,
        [sample(texts([SEQUENCE] * 2), parser=SEQUENCES).but(has_known_shape=False)],
        steps_of, takes=STRING, gives="reference",
    ),
    Record(
        examples.parse_single_sequence,
        [sample(texts(SEQUENCE), parser=SEQUENCES).but(has_known_shape=False)],
        steps_of, takes=STRING, gives="reference",
    ),
    Record(
        file_access.read_file,
        [sample(texts(str(FILE).encode()))],
        lambda paths: np.array(b"contents", object),
        takes=STRING,
    ),
    Record(
        file_access.write_file,
        [sample(texts(str(OTHER).encode()), texts(b"other"))],
        lambda path, contents: (),
        takes=STRING,
    ),
    Record(
        file_access.matching_files,
        [sample(texts(f"{FOLDER.name}/fi*.bin".encode())).but(has_known_shape=False)],
        lambda patterns: np.array([str(FILE).encode()], object),
        takes=STRING,
    ),
]
