"""A backup is one file: a compressed archive of a manifest and the database.

The manifest says what is inside, for which revision, and its SHA-256; a file that differs in one
byte from what was written is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal, Self

from crm.operations.refusal import Refused

Kind = Literal["sqlite", "postgresql"]
_FORMAT = 1
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 64 * 1024
_PIECE = 1024 * 1024
# The only bytes of a gzip file that its checksum does not cover
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    version: str
    created_at: str
    database: Kind
    migration: str
    size: int
    sha256: str
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
            os.fsync(raw.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> tuple[Manifest, Path]:
    """Write the database of a backup into `folder`; return its manifest and where it is.

    Raises `Refused` for a file that is damaged or no backup.
    """
    damaged = f"{source} ist beschädigt oder keine Sicherung; es wurde nichts verändert."
    try:
        with source.open("rb") as raw:
            if raw.read(len(_GZIP_HEADER)) != _GZIP_HEADER:
                raise Refused(damaged)
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
                with tarfile.open(fileobj=packed, mode="r|") as archive:
                    manifest = _read_manifest(archive)
                    target = folder / manifest.file
                    _read_database(archive, manifest, target)
                while packed.read(_PIECE):  # to the end: only there the checksum is compared
                    pass
    except FileNotFoundError as error:
        raise Refused(f"{source} gibt es nicht.") from error
    except (tarfile.TarError, zlib.error, EOFError, ValueError, TypeError) as error:
        raise Refused(damaged) from error
    except gzip.BadGzipFile as error:
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
