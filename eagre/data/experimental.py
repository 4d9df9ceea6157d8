"""`tf.data.experimental`: what may be asked of datasets besides their methods."""

from eagre.data.asking import (
    Counter,
    cardinality,
    choose_from_datasets,
    enumerate_dataset,
    get_single_element,
    get_structure,
    sample_from_datasets,
    scan,
    shuffle_and_repeat,
    take_while,
    unbatch,
    unique,
)
from eagre.data.functions import enable_debug_mode
from eagre.data.keeping import element_at as at
from eagre.data.options import AutotuneOptions, ThreadingOptions
from eagre.data.specs import INFINITE as INFINITE_CARDINALITY
from eagre.data.specs import UNKNOWN as UNKNOWN_CARDINALITY

AUTOTUNE = -1

__all__ = [
    "AUTOTUNE",
    "AutotuneOptions",
    "Counter",
    "INFINITE_CARDINALITY",
    "ThreadingOptions",
    "UNKNOWN_CARDINALITY",
    "at",
    "cardinality",
    "choose_from_datasets",
    "enable_debug_mode",
    "enumerate_dataset",
    "get_single_element",
    "get_structure",
    "sample_from_datasets",
    "scan",
    "shuffle_and_repeat",
    "take_while",
    "unbatch",
    "unique",
]
