"""What keeps the audit log of one installation: the key that seals it, and the anchor."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import NamedTuple

from config import Settings, SettingsError, variable
from crm.db import db

_OPTION = "crm_audit"
_KEY_LENGTH = 32


class End(NamedTuple):
    """Where a chain ends: the number of its last line and the link of that."""

    number: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain as it was known last, in a file outside the database.

    Only what goes on from there moves it, see `chain`: an older state of the database that somebody
    puts back does not, however much is written to it afterwards.
    """

    file: Path

    def read(self) -> End | None:
        """Return the end, or None where it is not known."""
        try:
            return _end(self.file.read_bytes())
        except (OSError, ValueError):
            return None

    def move(self, end: End) -> None:
        """Write down a later end; a full disk keeps nobody from working.

        Processes that end at once do not overtake each other, and a killed one leaves the former
        end or this one: it is one write of always the same length.
        """
        with suppress(OSError):
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                flock(file, LOCK_EX)
                with suppress(ValueError):
                    if _end(file.read()).number >= end.number:
                        return
                os.pwrite(handle, f"{end.number:020} {end.link.hex()}\n".encode(), 0)

    def forget(self) -> None:
        """Know no end any more."""
        self.file.unlink(missing_ok=True)


def _end(content: bytes) -> End:
    number, link = content.decode("ascii").split()[:2]
    return End(int(number), bytes.fromhex(link))


@dataclass(frozen=True, slots=True)
class Keeper:
    """What seals the lines of one installation."""

    key: bytes
    anchor: Anchor


def keep(settings: Settings) -> None:
    """Let what this application writes be sealed as its settings say."""
    keeper = Keeper(key=load_key(settings), anchor=Anchor(settings.instance / "audit-anchor"))
    db.engines["write"].update_execution_options(**{_OPTION: keeper})


def keeper_here() -> Keeper:
    """Return what seals the lines of this application."""
    keeper: Keeper = db.engines["write"].get_execution_options()[_OPTION]
    return keeper


def _key_file(settings: Settings) -> Path:
    return settings.instance / "audit-key"


def load_key(settings: Settings) -> bytes:
    """Return the key that seals the audit log: as it is set, as it is kept, or of the secret key.

    Raises `SettingsError` when there is none of them.
    """
    file = _key_file(settings)
    if settings.audit_key or not file.exists():
        secret = settings.audit_key or settings.load_secret_key()
        return hmac.digest(secret.encode(), b"augenhoehe audit log", "sha256")
    with suppress(ValueError):
        key = bytes.fromhex(file.read_text(encoding="ascii"))
        if len(key) == _KEY_LENGTH:
            return key
    raise SettingsError(f"{file} is damaged; set {variable('audit_key')}, or restore a backup.")


def keep_key(settings: Settings, key: bytes) -> None:
    """Seal with this key from now on, also when another secret key follows."""
    file = _key_file(settings)
    if settings.audit_key or (file.exists() and key == load_key(settings)):
        return
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(key.hex())
    beside.replace(file)
