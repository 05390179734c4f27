"""A backup is one file: a compressed archive of a manifest and the database.

The manifest says what is inside, for which revision, and its SHA-256. The last bytes hold the
SHA-256 of all the others, because gzip has bits that its own checksum does not cover: a file that
differs in one byte from what was written is refused. `tar -xzf` reads it all the same.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal, Self

from crm.operations.refusal import Refused

Kind = Literal["sqlite", "postgresql"]
_FORMAT = 1
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 64 * 1024
_PIECE = 1024 * 1024
# An empty gzip member with a comment: its header, and all that follows the comment
_SEAL_BEGIN = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
_SEAL_END = b"\x00\x03\x00" + bytes(8)
_SEAL_LENGTH = len(_SEAL_BEGIN) + 64 + len(_SEAL_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    version: str
    created_at: str
    database: Kind
    migration: str
    size: int
    sha256: str
    # Seals its audit log: without it nobody could check the log on another machine
    audit_key: str = field(default="", repr=False)
    product: str = "augenhoehe"
    format: int = _FORMAT

    @property
    def file(self) -> str:
        """Return the name of the database inside the archive."""
        return "crm.sqlite3" if self.database == "sqlite" else "crm.dump"

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Return the manifest.

        Raises `Refused` for the file of another product or of a newer format.
        """
        if values.get("product") != "augenhoehe":
            raise Refused("Diese Datei ist keine Sicherung von Augenhöhe.")
        if values.get("format") != _FORMAT:
            raise Refused("Diese Sicherung hat ein Format, das diese Fassung nicht kennt.")
        return cls(**values)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(digest: str) -> bytes:
    return _SEAL_BEGIN + digest.encode("ascii") + _SEAL_END


def _is_whole(path: Path) -> bool:
    """Tell whether the last bytes of the file fit all the others."""
    length = path.stat().st_size - _SEAL_LENGTH
    if length < 0:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(min(_PIECE, length - file.tell())):
            digest.update(piece)
        return file.read() == _seal(digest.hexdigest())


def pack(manifest: Manifest, database: Path, target: Path) -> None:
    """Write the backup; under its name there is a whole file or none.

    Raises `Refused` when there is a file of that name already.
    """
    if target.exists():
        raise Refused(f"{target} gibt es schon; bitte wählen Sie einen anderen Namen.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            with (
                gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
                tarfile.open(fileobj=packed, mode="w|") as archive,
            ):
                described = json.dumps(asdict(manifest), ensure_ascii=False, indent=2).encode()
                about = tarfile.TarInfo(_MANIFEST)
                about.size = len(described)
                archive.addfile(about, BytesIO(described))
                data = tarfile.TarInfo(manifest.file)
                data.size = manifest.size
                with database.open("rb") as file:
                    archive.addfile(data, file)
            raw.flush()
            raw.write(_seal(fingerprint(part)))
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> tuple[Manifest, Path]:
    """Write the database of a backup into `folder`; return its manifest and where it is.

    Raises `Refused` for a file that is damaged or no backup.
    """
    if not source.is_file():
        raise Refused(f"{source} gibt es nicht.")
    damaged = f"{source} ist beschädigt oder keine Sicherung; es wurde nichts verändert."
    if not _is_whole(source):
        raise Refused(damaged)
    try:
        with tarfile.open(source, mode="r|gz") as archive:
            manifest = _read_manifest(archive)
            target = folder / manifest.file
            _read_database(archive, manifest, target)
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        ValueError,
        TypeError,
    ) as error:
        raise Refused(damaged) from error
    return manifest, target


def _member(archive: tarfile.TarFile, name: str, size: int) -> IO[bytes]:
    member = archive.next()
    if member is None or member.name != name or not member.isreg() or member.size > size:
        raise ValueError(name)
    content = archive.extractfile(member)
    if content is None:
        raise ValueError(name)
    return content


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    content = _member(archive, _MANIFEST, _LARGEST_MANIFEST)
    return Manifest.read(json.loads(content.read()))


def _read_database(archive: tarfile.TarFile, manifest: Manifest, target: Path) -> None:
    content = _member(archive, manifest.file, manifest.size)
    with target.open("xb") as file:
        while piece := content.read(_PIECE):
            file.write(piece)
    if target.stat().st_size != manifest.size or fingerprint(target) != manifest.sha256:
        raise ValueError(manifest.file)
