"""CRC-32C against the vectors of RFC 3720 and a remainder taken bit by bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eagre.core.crc32c import DISTANCES, crc32c, masked


def remainder(data, register=0xFFFFFFFF):
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


@pytest.mark.parametrize(("data", "expected"), [
    (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E),
    (bytes(range(31, -1, -1)), 0x113FDB5C), (b"", 0),
])
def test_published_vectors(data, expected):
    assert crc32c(data) == expected


@pytest.mark.parametrize("length", [1, 3, 4, 289, 290, 291, 295, 580, 5684, 5686, 12_000, 50_001])
def test_lengths_around_each_distance(length):
    data = np.random.default_rng(length).integers(0, 256, length, np.uint8)
    assert crc32c(data) == crc32c(data.tobytes()) == remainder(data.tolist())


def test_more_than_a_block():
    data = np.arange((1 << 20) * 2 + 5, dtype=np.uint32).view(np.uint8)[: (1 << 20) * 2 + 5]
    parts = 0
    for start in range(0, data.size, 300_007):
        parts = crc32c(data[start : start + 300_007], parts)
    assert crc32c(data) == parts
    changed = data.copy()
    changed[77] ^= 4
    assert crc32c(changed) != parts


@given(st.binary(max_size=700), st.binary(max_size=700))
def test_parts_after_each_other(first, second):
    assert crc32c(second, crc32c(first)) == crc32c(first + second)


@pytest.mark.parametrize("distances", DISTANCES)
def test_distances_are_exponents_of_a_multiple(distances):
    """A byte at the distance from the end that each has, and one at the end: no remainder."""
    end = distances[-1]
    text = bytearray(end + 1)
    for place in (0, *distances):
        text[place] ^= 1
    assert remainder(text, 0) ^ 0xFFFFFFFF == 0


def test_masked():
    assert masked(0) == 0xA282EAD8
    assert masked(0x8A9136AA) == ((0x8A9136AA >> 15 | 0x8A9136AA << 17) + 0xA282EAD8) & 0xFFFFFFFF
