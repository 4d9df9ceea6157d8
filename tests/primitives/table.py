"""The table of primitives: one record for each, by families in the files beside this one."""

from tests.primitives import (
    table_arithmetic,
    table_array,
    table_banded,
    table_calls,
    table_composites,
    table_control,
    table_files,
    table_fourier,
    table_linear_algebra,
    table_neural,
    table_random,
    table_rearrangement,
    table_reductions,
    table_sampling,
    table_special,
    table_transcendental,
    table_transforms,
    table_writing,
)
from tests.primitives.record import Record

RECORDS: list[Record] = [
    *table_arithmetic.RECORDS,
    *table_transcendental.RECORDS,
    *table_rearrangement.RECORDS,
    *table_array.RECORDS,
    *table_reductions.RECORDS,
    *table_special.RECORDS,
    *table_linear_algebra.RECORDS,
    *table_banded.RECORDS,
    *table_neural.RECORDS,
    *table_random.RECORDS,
    *table_sampling.RECORDS,
    *table_fourier.RECORDS,
    *table_control.RECORDS,
    *table_calls.RECORDS,
    *table_composites.RECORDS,
    *table_transforms.RECORDS,
    *table_writing.RECORDS,
    *table_files.RECORDS,
]
