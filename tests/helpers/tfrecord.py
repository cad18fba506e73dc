"""TFRecord files, byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import numpy as np


def crc32c(data: bytes) -> bytes:
    """The masked checksum of TFRecord, with a table."""
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
        table.append(crc)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    head = b""
    while number > 127:
        head += bytes([number & 127 | 128])
        number >>= 7
    return head + bytes([number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def example(features: dict[str, bytes]) -> bytes:
    entries = (field(1, field(1, name.encode()) + field(2, value)) for name, value in features.items())
    data = field(1, b"".join(entries))
    length = struct.pack("<Q", len(data))
    return length + crc32c(length) + data + crc32c(data)


def whole(numbers: Sequence[int], packed: bool = True) -> bytes:
    values = [varint(number) for number in numbers]
    return field(3, field(1, b"".join(values)) if packed else b"".join(b"\x08" + value for value in values))


def of(strokes: Iterable[Sequence[tuple[int, int]]], number: int, packed: bool = True) -> bytes:
    """An Example as the tutorial's `parse_line` makes it."""
    ink = np.concatenate(
        [np.column_stack([stroke, np.arange(1, len(stroke) + 1) == len(stroke)]) for stroke in strokes]
    )
    ink = ink.astype(np.float32)
    low, high = ink[:, :2].min(axis=0), ink[:, :2].max(axis=0)
    ink[:, :2] = (ink[:, :2] - low) / (high - low)
    ink[1:, :2] -= ink[:-1, :2].copy()
    ink = ink[1:]
    numbers = ink.astype("<f4").tobytes()
    floats = field(1, numbers) if packed else b"".join(b"\x0d" + numbers[k : k + 4] for k in range(0, len(numbers), 4))
    return example({
        "class_index": whole([number], packed), "ink": field(2, floats), "shape": whole(ink.shape, packed),
    })  # fmt: skip
