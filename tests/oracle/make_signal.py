"""Let TensorFlow say what `tf.signal` is to compute, and write it to `signal.npz`.

Run from the root of the repository in an environment that has TensorFlow:

    python -m tests.oracle.make_signal

A case is a Python expression of an array `a` that is drawn from its own number; its outcome is the
value and the gradient of the array, given `cotangent` as gradient of the value. For expressions
that fail the outcome is the name of the error. TensorFlow has no kernel for `fftnd` and its kin, so
they have no case. Only `main` imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.oracle.expressions import evaluate, is_inexact, recorded, write

FILE = Path(__file__).with_name("signal.npz")


class Case(NamedTuple):
    """An expression, the shape of its array and its dtype."""

    expression: str
    shape: tuple[int, ...] = (1,)
    dtype: str = "float64"
    has_gradient: bool = True
    """False where TensorFlow has none, or one that is not the gradient of the value."""


def _fourier() -> list[Case]:
    shapes = [(1,), (4,), (5,), (2, 6), (3, 0), (0, 3), (2, 3, 8), (1, 2, 3, 4)]
    plain = [
        Case(f"tf.signal.{name}{suffix}(a)", shape, dtype)
        for name in ("fft", "ifft")
        for count, suffix in ((1, ""), (2, "2d"), (3, "3d"))
        for shape in shapes
        for dtype in ("complex64", "complex128")
        if len(shape) >= count and (dtype == "complex128" or len(shape) < 3)
        and not (shape[-1] == 0 and name == "ifft")
    ]
    real = [
        Case(f"tf.signal.rfft{suffix}(a)", shape, dtype, count < 3 and 0 not in shape)
        for count, suffix in ((1, ""), (2, "2d"), (3, "3d"))
        for shape in shapes
        for dtype in ("float32", "float64")
        if len(shape) >= count and (dtype == "float64" or len(shape) < 3)
    ]
    inverse = [
        Case(f"tf.signal.irfft{suffix}(a)", shape, dtype, count < 3 and 0 not in shape)
        for count, suffix in ((1, ""), (2, "2d"), (3, "3d"))
        for shape in [(4,), (5,), (2,), (2, 6), (3, 0), (0, 3), (2, 3, 8), (1, 2, 3, 4)]
        for dtype in ("complex64", "complex128")
        if len(shape) >= count and (dtype == "complex128" or len(shape) < 3)
    ]
    return [*plain, *real, *inverse]


def _lengths() -> list[Case]:
    return [
        *[Case(f"tf.signal.rfft(a, [{n}])", (2, 5), "float64", n >= 5) for n in (1, 2, 3, 5, 6, 9)],
        *[Case(f"tf.signal.irfft(a, [{n}])", (2, 4), "complex128", n > 5) for n in
          (1, 2, 3, 5, 6, 7, 8, 9)],
        *[Case(f"tf.signal.rfft2d(a, [{n}])", (3, 4), "float64", has) for n, has in (
            ("3, 4", True), ("2, 6", False), ("5, 3", False), ("4, 7", True))],
        *[Case(f"tf.signal.irfft2d(a, [{n}])", (3, 4), "complex128", has) for n, has in (
            ("3, 6", True), ("2, 6", False), ("5, 4", False), ("4, 7", True))],
        Case("tf.signal.rfft3d(a, [1, 4, 5])", (2, 3, 4), "float64", False),
        Case("tf.signal.irfft3d(a, [1, 4, 5])", (2, 3, 4), "complex128", False),
        *[Case(f"tf.signal.{name}({x})", (1,), "float64", False) for name, x in (
            ("fft", "[1.0, 2.0]"), ("fft", "[1, 2]"), ("fft", "[1j, 2]"), ("ifft", "[1, 2]"),
            ("rfft", "[1, 2, 3]"), ("irfft", "[1.0, 2.0]"), ("irfft", "[1j, 2, 3]"),
            ("dct", "[1.0, 2.0]"), ("frame", "[1, 2, 3], 2, 1"))],
        *[Case(f"tf.signal.{name}(a{axes})", shape, "int32")
          for name in ("fftshift", "ifftshift")
          for axes, shape in (("", (5,)), ("", (2, 3)), (", axes=1", (2, 3)), (", axes=-1", (2, 5)),
                              (", axes=(0, -1)", (3, 5)), (", axes=[1]", (2, 3)), ("", (0,)))],
        Case("tf.signal.fftshift(a)", (3, 4), "complex64"),
    ]


def _cosines() -> list[Case]:
    return [
        *[Case(f"tf.signal.{name}(a, {type}, norm={norm!r})", shape, dtype)
          for name in ("dct", "idct") for type in (1, 2, 3, 4) for norm in (None, "ortho")
          for shape, dtype in (((2,), "float32"), ((2, 5), "float64"), ((8,), "float64"))
          if not (type == 1 and norm)],
        *[Case(f"tf.signal.dct(a, {type}, n={n}, norm={norm!r})", (2, 4), "float64", n >= 4)
          for type in (1, 2, 3, 4) for n in (2, 3, 4, 7) for norm in (None, "ortho")
          if not (type == 1 and norm)],
        *[Case(f"tf.signal.dct(a, {type})", (1,), "float32") for type in (2, 3, 4)],
        Case("tf.signal.idct(a, n=3)", (4,), "float64", False),
        *[Case(f"tf.signal.mdct(a, {rest})", shape, dtype) for rest, shape, dtype in (
            ("8", (16,), "float32"), ("4, None", (2, 9), "float64"), ("8, norm='ortho'", (16,),
            "float64"), ("8, pad_end=True", (17,), "float64"), ("4, tf.signal.hann_window", (3, 6),
            "float64"), ("12, tf.signal.kaiser_bessel_derived_window", (25,), "float64"))],
        *[Case(f"tf.signal.inverse_mdct(a{rest})", shape, dtype) for rest, shape, dtype in (
            ("", (3, 4), "float32"), (", None", (2, 3, 2), "float64"), (", norm='ortho'", (1, 6),
            "float64"), (", tf.signal.kaiser_bessel_derived_window", (4, 4), "float64"))],
    ]


def _frames() -> list[Case]:
    return [
        *[Case(f"tf.signal.frame(a, {rest})", shape, dtype) for rest, shape, dtype in (
            ("3, 2", (7,), "float32"), ("3, 2, True", (7,), "float64"), ("4, 6", (2, 17),
            "float64"), ("4, 6, pad_end=True", (2, 17), "float64"), ("3, 2, True, 9.5", (4,),
            "float64"), ("3, 5, True, axis=0", (7, 2), "float64"), ("2, 1, axis=-2", (3, 4),
            "float64"), ("2, 1, axis=1", (2, 3, 2), "int32"), ("3, 2", (2,), "float64"),
            ("3, 2, True", (2,), "float64"), ("1, 5, True", (7,), "int64"), ("3, 3", (2, 9),
            "complex128"), ("6, 4", (14,), "float64"))],
        Case("tf.signal.frame(a, 3, 2)", (0,), "float64", False),
        Case("tf.signal.frame(a, 3, 2, True)", (2, 0), "float64", False),
        Case("tf.signal.frame(a, 0, 2)", (7,), "float64", False),
        Case("tf.signal.frame(tf.constant(['a', 'b', 'c']), 2, 2, True, 'z') == 'z'"),
        *[Case(f"tf.signal.overlap_and_add(a, {step})", shape, dtype) for step, shape, dtype in (
            *[(n, (3, 4), "int32") for n in (1, 2, 3, 4, 5, 9)], (2, (3, 4), "float32"),
            (3, (2, 3, 7), "float64"), (2, (2, 1, 3, 5), "complex128"), (3, (3, 5), "float16"),
            (2, (1, 4), "float64"), (1, (4, 1), "float64"), (6, (2, 4), "float64"))],
        *[Case(f"tf.signal.overlap_and_add(a, {step})", shape, "float64", False)
          for step, shape in ((2, (0, 4)), (4, (0, 4)), (3, (0, 4)), (2, (3, 0)), (2, (0, 3, 4)))],
        *[Case(f"tf.signal.stft(a, {rest})", shape, dtype) for rest, shape, dtype in (
            ("4, 2", (11,), "float32"), ("3, 2, pad_end=True", (8,), "float64"),
            ("3, 2, 5, None", (2, 8), "float64"), ("6, 2, 8, tf.signal.hamming_window", (2, 16),
            "float64"), ("7, 3, window_fn=tf.signal.vorbis_window", (1, 2, 15), "float64"),
            ("1, 1", (3,), "float64"))],
        Case("tf.signal.stft(a, 5, 2, 4, None)", (2, 8), "float64", False),
        Case("tf.signal.stft(a, 4, 2)", (2,), "float64", False),
        Case("tf.signal.stft(a, 0, 2)", (8,), "float64", False),
        *[Case(f"tf.signal.inverse_stft(a, {rest})", shape, dtype) for rest, shape, dtype in (
            ("4, 2", (3, 3), "complex64"), ("3, 2, 4", (4, 3), "complex128"), ("6, 2, 4, None",
            (2, 3, 3), "complex128"), ("4, 2, window_fn=tf.signal.inverse_stft_window_fn(2)",
            (3, 3), "complex128"), ("5, 3, 8, tf.signal.inverse_stft_window_fn(3, "
            "tf.signal.hamming_window)", (4, 5), "complex128"))],
    ]


def _windows() -> list[Case]:
    floats = ("float16", "bfloat16", "float32", "float64")
    names = ("hann", "hamming", "kaiser", "kaiser_bessel_derived", "vorbis")
    has_no_kernel = {("kaiser", "bfloat16"), ("kaiser_bessel_derived", "bfloat16")}
    lengths = (0, 1, 2, 3, 4, 7, 8)
    return [
        *[Case(f"tf.signal.{name}_window({n}, dtype=tf.{dtype})", (1,), dtype, False)
          for name in names for dtype in floats for n in lengths
          if (name, dtype) not in has_no_kernel and (name, n) != ("kaiser", 0)
          and (n in (1, 8) or dtype == "float64")],
        *[Case(f"tf.signal.{name}_window({n}, periodic=False)", (1,), "float32", False)
          for name in ("hann", "hamming") for n in lengths if n != 0],
        *[Case(f"tf.signal.{name}_window(6, {beta})", (1,), "float32", False)
          for name in ("kaiser", "kaiser_bessel_derived") for beta in (0.0, -3.0, 3, 0.5)],
        *[Case(f"tf.signal.inverse_stft_window_fn({step}{rest})({n}, tf.{dtype})", (1,), dtype,
               False) for step, rest, n, dtype in (
            (2, "", 4, "float32"), (3, "", 4, "float64"), (5, "", 4, "float32"),
            (3, ", tf.signal.vorbis_window", 7, "float64"), (1, "", 3, "float64"))],
        *[Case(f"tf.signal.linear_to_mel_weight_matrix({rest})", (1,), dtype, False)
          for rest, dtype in (
            ("", "float32"), ("3, 9", "float32"), ("3, 9, dtype=tf.float64", "float64"),
            ("3, 9, dtype=tf.float16", "float16"), ("3, 0", "float32"), ("3, 1", "float32"),
            ("5, 17, 16000, 80.0, 7600.0, tf.float64", "float64"), ("1, 3, 7600", "float32"),
            ("3, tf.constant(9), tf.constant(8000.0)", "float32"))],
        *[Case("tf.signal.mfccs_from_log_mel_spectrograms(a)", shape, dtype) for shape, dtype in (
            ((8,), "float32"), ((2, 5), "float64"), ((1,), "float64"))],
    ]


CASES: list[Case] = [*_fourier(), *_lengths(), *_cosines(), *_frames(), *_windows()]

_X = "tf.range(8.0)"

ERRORS: list[str] = [
    f"tf.signal.fft({_X})", "tf.signal.fft(tf.constant(1j))", "tf.signal.fft2d([1j])",
    "tf.signal.fft3d([[1j]])", "tf.signal.ifft(tf.constant([1]))", "tf.signal.fft(['a'])",
    "tf.signal.rfft(tf.constant([1, 2]))", "tf.signal.rfft(tf.constant([1.0], tf.float16))",
    f"tf.signal.rfft({_X}, [3, 3])", f"tf.signal.rfft({_X}, [-3])", "tf.signal.rfft(1.0)",
    "tf.signal.rfft2d([1.0])", "tf.signal.rfft2d([[1.0]], [5])", "tf.signal.rfft([1j])",
    "tf.signal.irfft(tf.constant([1.0]))", "tf.signal.irfft2d([[1j]], [2])",
    "tf.signal.irfft3d([[1j]])", "tf.signal.irfft(1j)",
    *[f"tf.signal.{name}_window({rest})" for name in ("hann", "kaiser", "vorbis",
      "kaiser_bessel_derived") for rest in ("-3", "4.0", "[4]", "4, dtype=tf.int32")],
    "tf.signal.kaiser_window(0)",
    *[f"tf.signal.{name}({_X}, {rest})" for name in ("dct", "idct") for rest in (
        "5", "0", "axis=0", "n=0", "norm='x'", "1, norm='ortho'")],
    "tf.signal.dct(tf.constant([1.0]), 1)", "tf.signal.dct(tf.constant([1, 2]))",
    "tf.signal.dct(tf.constant([1.0], tf.float16))",
    *[f"tf.signal.frame(tf.range(7), {rest})" for rest in (
        "2, 0", "-2, 1", "[2], 1", "2, [1]", "2, 1, pad_end=True, pad_value=[1]",
        "2, 1, pad_end=True, pad_value=1.5", "2.0, 1")],
    "tf.signal.frame(1, 2, 1)",
    *[f"tf.signal.overlap_and_add(tf.ones([3, 4]), {rest})" for rest in ("0", "-1", "2.0", "[2]")],
    f"tf.signal.overlap_and_add({_X}, 2)", "tf.signal.overlap_and_add(tf.ones([3, 4]) > 0, 2)",
    "tf.signal.stft(tf.range(8), 4, 2)", "tf.signal.stft(1.0, 4, 2)",
    f"tf.signal.stft({_X}, [4], 2)", f"tf.signal.stft({_X}, 4, [2])", f"tf.signal.stft({_X}, 4, 0)",
    "tf.signal.inverse_stft([1j], 4, 2)", "tf.signal.inverse_stft(tf.ones([2, 3]), 4, 2)",
    "tf.signal.inverse_stft([[1j]], [4], 2)", "tf.signal.inverse_stft_window_fn(2)(7)",
    "tf.signal.inverse_stft_window_fn(0)(7, tf.float32)",
    f"tf.signal.mdct({_X}, 6)", f"tf.signal.mdct({_X}, 8, norm='x')", f"tf.signal.mdct({_X}, 0)",
    "tf.signal.mdct(1.0, 8)", "tf.signal.mdct(tf.range(8), 4)",
    "tf.signal.inverse_mdct(tf.ones([2, 3]))", "tf.signal.inverse_mdct(tf.ones([3]))",
    *[f"tf.signal.linear_to_mel_weight_matrix({rest})" for rest in (
        "0, 9", "3, 9, 0", "3, 9, lower_edge_hertz=-1.0", "3, 9, lower_edge_hertz=4000.0",
        "3, 9, upper_edge_hertz=4001.0", "3, 9, dtype=tf.int32")],
    "tf.signal.mfccs_from_log_mel_spectrograms(tf.zeros([2, 0]))",
    "tf.signal.mfccs_from_log_mel_spectrograms(1.0)",
    "tf.signal.mfccs_from_log_mel_spectrograms(tf.range(8))",
    "tf.signal.fftshift([1, 2], axes=2)", "tf.signal.ifftshift([1, 2], axes=(2,))",
]  # fmt: skip


def arrays(number: int) -> list[Any]:
    """The one array of a case: float64, complex128 or whole numbers, for the caller to round."""
    case = CASES[number]
    random = np.random.default_rng(number)
    drawn = random.standard_normal(case.shape)
    if case.dtype.startswith("complex"):
        return [drawn + 1j * random.standard_normal(case.shape)]
    return [np.round(drawn * 9) if "int" in case.dtype else drawn]


def cotangent_of(shape: tuple[int, ...], is_complex: bool) -> Any:
    """The gradient that is to flow into the value of a case."""
    angles = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    return np.exp(1j * angles) if is_complex else np.cos(angles)


def results(tf: Any, case: Case, inputs: list[Any]) -> dict[str, Any]:
    """The value, and the gradient of the input."""
    value, tape = recorded(tf, lambda: evaluate(tf, case.expression, inputs), inputs)
    if not case.has_gradient or not is_inexact(value.dtype) or not is_inexact(inputs[0].dtype):
        return {"": value}
    seed = tf.cast(cotangent_of(tuple(value.shape), value.dtype.is_complex), value.dtype)
    try:
        return {"": value, ".gradient": tape.gradient(value, inputs[0], seed)}
    except Exception as error:
        raise ValueError(f"{case} has no gradient") from error


def main() -> None:
    write(FILE, CASES, arrays, results, ERRORS)


if __name__ == "__main__":
    main()
