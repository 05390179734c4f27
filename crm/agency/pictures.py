"""Pictures that somebody uploads: known by their content, without anything that is no picture.

What hides behind or between the parts of a picture is refused or left out, so that a file which is
a page or an archive besides is kept as a picture alone.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import NamedTuple

LARGEST_FILE = 200_000
_LARGEST_SIDE = 4_096
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"})
_WEBP_PARTS = frozenset({b"VP8X", b"ALPH", b"VP8 ", b"VP8L"})
_MARKER = 0xFF
_RESTARTS = range(0xD0, 0xD8)
_START, _END, _SCAN, _JFIF, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE
_APPLICATIONS, _COMMENT = range(0xE0, 0xF0), 0xFE
# Those of a frame hold its size: all SOFn but the tables DHT, JPG and DAC
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureRefused(ValueError):  # noqa: N818 - read as a sentence
    """A file that is no picture, or none that is taken; `code` is `size` or `kind`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Picture(NamedTuple):
    """A picture as it is kept and handed out."""

    data: bytes
    mimetype: str

    @property
    def hash(self) -> str:
        """Return the name of this content."""
        return hashlib.sha256(self.data).hexdigest()[:32]


def read(data: bytes) -> Picture:
    """Return the picture in a file: PNG, JPEG or WebP. Raises `PictureRefused`."""
    if len(data) > LARGEST_FILE:
        raise PictureRefused("size")
    try:
        if data.startswith(_PNG):
            return Picture(_png(data), "image/png")
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Picture(_webp(data), "image/webp")
        return Picture(_jpeg(data), "image/jpeg")
    except (struct.error, IndexError) as cut_off:
        raise PictureRefused("kind") from cut_off


def _require(holds: bool) -> None:  # noqa: FBT001 - one condition
    if not holds:
        raise PictureRefused("kind")


def _require_size(width: int, height: int) -> None:
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise PictureRefused("size")


def _png(data: bytes) -> bytes:
    kept, at, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        part = data[at:end]
        (check,) = struct.unpack_from(">I", data, end - 4)
        _require(zlib.crc32(part[4:-4]) == check)
        _require((kind == b"IHDR") == (len(kept) == 1))
        if kind == b"IHDR":
            _require_size(*struct.unpack_from(">II", data, at + 8))
        if kind in _PNG_PARTS:
            kept.append(part)
        at = end
    _require(at == len(data))
    return b"".join(kept)


def _jpeg(data: bytes) -> bytes:
    _require(data[:2] == bytes([_MARKER, _START]))
    kept, at, has_frame = [data[:2]], 2, False
    while True:
        _require(data[at] == _MARKER)
        marker = data[at + 1]
        if marker == _END:
            kept.append(data[at : at + 2])
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            _require_size(width, height)
            has_frame = True
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        is_said = marker == _COMMENT or marker in _APPLICATIONS
        if not is_said or marker in {_JFIF, _ADOBE}:
            kept.append(data[at:end])
        at = end
    _require(has_frame and at + 2 == len(data))
    return b"".join(kept)


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands: in a scan, 0xFF with 0 or a restart behind is none."""
    while True:
        at = data.find(_MARKER, at)
        _require(at >= 0)
        if data[at + 1] != 0 and data[at + 1] not in _RESTARTS:
            return at
        at += 2


def _webp(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 4)
    _require(size + 8 == len(data))
    at, is_picture = 12, False
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        # Moving pictures and what is told about a picture have parts of other kinds
        _require(kind in _WEBP_PARTS)
        if kind == b"VP8 ":
            width, height = struct.unpack_from("<HH", data, at + 14)
            _require_size(width & 0x3FFF, height & 0x3FFF)
        elif kind == b"VP8L":
            (bits,) = struct.unpack_from("<I", data, at + 9)
            _require_size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        is_picture = is_picture or kind != b"VP8X"
        at += 8 + length + length % 2
    _require(is_picture and at == len(data))
    return data
