"""The chain of the audit lines: sealed as they are written, checked from the first to the last.

Each line's link is an HMAC over the link before, the line, and a salted hash of what it says. Who
can write the database but has not the key changes nothing unseen. Who puts back an older state of
the whole database is seen by the anchor: a file beside it that holds where the chain ended last.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from crm.audit.models import AuditEntry, AuditHead, AuditSeal
from crm.db import after_commit, db, transaction

_BEFORE_THE_FIRST = bytes(32)
_OPTION = "crm_audit"
_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What seals the lines of one installation.

    anchor  the file that holds where the chain ended last
    """

    key: bytes
    anchor: Path

    def link(self, before: bytes, number: int, line: AuditEntry, payload_hash: bytes) -> bytes:
        """Return the link of a line."""
        at = line.at.astimezone(UTC).isoformat()
        keys = [key.hex if key else "" for key in (line.id, line.actor_id, line.subject_id)]
        said = [number, at, *keys, line.action, line.subject_type, payload_hash.hex()]
        return hmac.digest(self.key, before + _bytes(said), "sha256")

    def drop_anchor(self, number: int, link: bytes) -> None:
        """Write down where the chain ends; a full disk keeps nobody from working."""
        beside = self.anchor.with_suffix(".new")
        with suppress(OSError):
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{number} {link.hex()}\n")
            beside.replace(self.anchor)

    def anchored(self) -> tuple[int, str] | None:
        """Return where the chain ended last, or None where that is not known."""
        try:
            number, link = self.anchor.read_text(encoding="ascii").split()
            return int(number), link
        except (OSError, ValueError):
            return None


def keep(settings: Settings) -> None:
    """Let what this application writes be sealed as its settings say."""
    keeper = Keeper(key=settings.load_audit_key(), anchor=settings.audit_anchor_file)
    db.engines["write"].update_execution_options(**{_OPTION: keeper})


def _keeper() -> Keeper:
    keeper: Keeper = db.engines["write"].get_execution_options()[_OPTION]
    return keeper


def _bytes(said: object) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _payload_hash(line: AuditEntry) -> bytes:
    return hashlib.sha256(line.salt + _bytes([line.changes, line.page])).digest()


class Sealing:
    """Seals the lines of one transaction at its end, when no other one can come between."""

    def __init__(self) -> None:
        self.lines: list[AuditEntry] = []

    def __call__(self, session: Session) -> None:
        """Seal what was not taken back meanwhile."""
        session.flush()
        _seal(session, [line for line in self.lines if sa.inspect(line).persistent])


def _seal(session: Session, lines: Sequence[AuditEntry]) -> None:
    keeper = _keeper()
    # PostgreSQL lets one transaction after the other come here; on SQLite only one is writing
    head = session.scalars(sa.select(AuditHead).with_for_update()).one()
    seals = []
    for line in lines:
        head.number += 1
        digest = _payload_hash(line)
        head.link = keeper.link(head.link, head.number, line, digest)
        seals.append(
            {"number": head.number, "entry_id": line.id, "payload_hash": digest, "link": head.link}
        )
    if seals:
        session.execute(sa.insert(AuditSeal), seals)
        session.flush()
        after_commit("audit.anchor", partial(keeper.drop_anchor, head.number, head.link))


def _unsealed() -> sa.Select[AuditEntry]:
    return (
        sa.select(AuditEntry)
        .where(~sa.exists().where(AuditSeal.entry_id == AuditEntry.id))
        .order_by(AuditEntry.at, AuditEntry.id)
    )


def begin() -> None:
    """Seal the lines that are older than the chain; does nothing once it has begun."""
    with transaction() as session:
        if session.scalars(sa.select(AuditHead.number)).one() == 0:
            _seal(session, session.scalars(_unsealed()).all())


def seal_rest() -> None:
    """Seal what was loaded in bulk, beside the services."""
    with transaction() as session:
        _seal(session, session.scalars(_unsealed()).all())


@unique
class Fault(StrEnum):
    """What can be wrong with the chain."""

    CHANGED = "changed"
    PAYLOAD = "payload"
    GAP = "gap"
    LINE_GONE = "line_gone"
    UNSEALED = "unsealed"
    END = "end"
    ANCHOR = "anchor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, at the line of this number; None for what concerns the whole chain."""

    fault: Fault
    number: int | None = None
    at: datetime | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How the chain was found.

    lines      how many it holds
    is_anchored  whether the file with its last known end was there to compare with
    """

    lines: int
    findings: Sequence[Finding]
    is_anchored: bool


def verify() -> Verified:
    """Check every line; a changed one makes one finding, not one for each line behind it."""
    keeper, anchored = _keeper(), _keeper().anchored()
    findings: list[Finding] = []
    before, number, anchor_is_held = _BEFORE_THE_FIRST, 0, anchored is None or anchored[0] == 0
    for seal, line in _lines():
        number += 1
        if seal.number != number:
            findings.append(Finding(fault=Fault.GAP, number=number))
            number = seal.number
        elif line is None:
            findings.append(Finding(fault=Fault.LINE_GONE, number=number))
        elif keeper.link(before, number, line, seal.payload_hash) != seal.link:
            findings.append(
                Finding(fault=Fault.CHANGED, number=number, at=line.at, entry_id=line.id)
            )
        elif _payload_hash(line) != seal.payload_hash:
            findings.append(
                Finding(fault=Fault.PAYLOAD, number=number, at=line.at, entry_id=line.id)
            )
        before = seal.link
        if anchored and anchored[0] == number:
            anchor_is_held = anchored[1] == seal.link.hex()
    findings += [
        Finding(fault=Fault.UNSEALED, at=line.at, entry_id=line.id)
        for line in db.session.scalars(_unsealed())
    ]
    head = db.session.get(AuditHead, 1)
    if head is None or (head.number, head.link) != (number, before):
        findings.append(Finding(fault=Fault.END, number=number))
    if not anchor_is_held:
        findings.append(Finding(fault=Fault.ANCHOR, number=anchored[0] if anchored else None))
    return Verified(lines=number, findings=findings, is_anchored=anchored is not None)


def _lines() -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    """Yield every link with its line, in the order of the chain, some at a time."""
    after = 0
    while True:
        found: list[Any] = list(
            db.session.execute(
                sa.select(AuditSeal, AuditEntry)
                .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
                .where(AuditSeal.number > after)
                .order_by(AuditSeal.number)
                .limit(_BATCH)
            )
        )
        if not found:
            return
        yield from ((seal, line) for seal, line in found)
        after = found[-1][0].number
        db.session.expunge_all()
