"""Sorted tables whose blocks are compressed, written from the descriptions of the formats."""

from eagre.core.crc32c import crc32c, masked
from eagre.core.wire_format import varint

MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")


def compress(data):
    """Snappy with all of its elements: literals of both lengths, near and far copies."""
    found, at, start = bytearray(varint(len(data))), 0, 0
    while at < len(data):
        place, length = longest_match(data, at)
        if length < 4:
            at += 1
            continue
        found += literal(data[start:at]) + copy(at - place, length)
        at += length
        start = at
    return bytes(found + literal(data[start:]))


def longest_match(data, at):
    best = (0, 0)
    for place in range(max(0, at - 5000), at):
        length = 0
        while length < 64 and at + length < len(data) and data[place + length] == data[at + length]:
            length += 1
        best = max(best, (place, length), key=lambda found: found[1])
    return best


def literal(data):
    if not data:
        return b""
    length = len(data) - 1
    tag = bytes([length << 2]) if length < 60 else bytes([61 << 2]) + length.to_bytes(2, "little")
    return tag + data


def copy(distance, length):
    if length <= 11 and distance < 2048:
        return bytes([1 | (length - 4) << 2 | (distance >> 8) << 5, distance & 255])
    if distance % 2:
        return bytes([2 | (length - 1) << 2]) + distance.to_bytes(2, "little")
    return bytes([3 | (length - 1) << 2]) + distance.to_bytes(4, "little")


def block(entries):
    """A block in which no key shares the beginning of the one before it."""
    content, places = b"", []
    for key, value in entries:
        places.append(len(content))
        content += varint(0) + varint(len(key)) + varint(len(value)) + key + value
    places = places or [0]
    return content + b"".join(each.to_bytes(4, "little") for each in [*places, len(places)])


def stored(content, kind):
    return content + bytes([kind]) + masked(crc32c(content + bytes([kind]))).to_bytes(4, "little")


def table_of(blocks_of_entries, pack=compress, kind=1):
    """The bytes of a table with these blocks, the further one and the index after them."""
    data, index, places = b"", [], []
    for part in (*blocks_of_entries, [], index):
        content = pack(block(part))
        places.append(varint(len(data)) + varint(len(content)))
        data += stored(content, kind)
        if part:
            index.append((part[-1][0], places[-1]))
    return data + (places[-2] + places[-1]).ljust(40, b"\0") + MAGIC


def compressed(entries):
    """A table of small blocks, all of them compressed."""
    return table_of([entries[start : start + 3] for start in range(0, len(entries), 3)])
