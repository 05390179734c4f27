"""Small pictures of each kind, made by hand, and what hides in files that look like them."""

from __future__ import annotations

import struct
import zlib


def _part(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png(*, width: int = 2, height: int = 2, told: bytes = b"", grey: int = 128) -> bytes:
    """Return a grey picture, with a text that somebody put into it."""
    rows = (b"\x00" + bytes([grey]) * min(width, 8)) * min(height, 8)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            _part(b"tEXt", b"Comment\x00" + told) if told else b"",
            _part(b"IDAT", zlib.compress(rows)),
            _part(b"IEND", b""),
        ]
    )


def jpeg(*, told: bytes = b"", width: int = 2, height: int = 2) -> bytes:
    """Return the frame of a picture with a scan of nothing."""
    comment = b"\xff\xfe" + struct.pack(">H", len(told) + 2) + told if told else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34"
    return b"\xff\xd8" + comment + frame + scan + b"\xff\xd9"


def webp(*, told: bytes = b"") -> bytes:
    """Return a lossless picture of one point."""
    bits = b"\x2f\x00\x00\x00\x00\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
    parts = b"VP8L" + struct.pack("<I", len(bits)) + bits
    if told:
        parts += b"XMP " + struct.pack("<I", len(told)) + told + b"\x00" * (len(told) % 2)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts
