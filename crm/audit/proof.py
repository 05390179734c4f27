"""Whether the audit log is as it was written: every line is checked, from the first to the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

import sqlalchemy as sa

from crm.audit.chain import BEFORE_THE_FIRST, hash_of_payload, holds, link_of, unsealed
from crm.audit.keeper import End, keeper_here
from crm.audit.models import AuditEntry, AuditHead, AuditSeal
from crm.db import db
from crm.paging import Order, batches_of

_BY_NUMBER: Order[Any] = Order(columns=(AuditSeal.number,), values=lambda row: (row[0].number,))


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
    """One fault, at the line of this number and time; None where there is no such line."""

    fault: Fault
    number: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How the chain was found.

    lines        how many were checked
    is_anchored  whether the file with its last known end was there to compare with
    """

    lines: int
    findings: Sequence[Finding]
    is_anchored: bool


def verify(*, latest: int | None = None) -> Verified:
    """Check every line; a changed one makes one finding, not one for each line behind it.

    latest  check only so many lines, the last ones; those before are taken as they are
    """
    keeper = keeper_here()
    # Read first: what is written meanwhile lies behind it
    known = keeper.anchor.read()
    findings: list[Finding] = []
    start = _start(latest) if latest else None
    end, lines = start or BEFORE_THE_FIRST, 0
    for seal, line in _sealed(start):
        lines += 1
        findings += _faults(keeper.key, end, seal, line)
        end = End(seal.number, seal.link)
    findings += [
        Finding(fault=Fault.UNSEALED, at=line.at)
        for line in db.session.scalars(unsealed().order_by(AuditEntry.at))
    ]
    head = db.session.get(AuditHead, 1)
    if head is None or (head.number, head.link) != end:
        findings.append(Finding(fault=Fault.END, number=end.number))
    if known is not None and not holds(db.session, known):
        findings.append(Finding(fault=Fault.ANCHOR, number=known.number))
    return Verified(lines=lines, findings=findings, is_anchored=known is not None)


def _start(latest: int) -> End | None:
    """Return the end before so many last lines; None where there are no more."""
    before = sa.select(AuditSeal.number, AuditSeal.link).order_by(AuditSeal.number.desc())
    row = db.session.execute(before.offset(latest).limit(1)).one_or_none()
    return End(*row) if row else None


def _faults(key: bytes, before: End, seal: AuditSeal, line: AuditEntry | None) -> Iterator[Finding]:
    number = seal.number
    if number != before.number + 1:
        yield Finding(fault=Fault.GAP, number=number)
    elif line is None:
        yield Finding(fault=Fault.LINE_GONE, number=number)
    elif link_of(key, before, line, seal.payload_hash).link != seal.link:
        yield Finding(fault=Fault.CHANGED, number=number, at=line.at)
    elif hash_of_payload(line) != seal.payload_hash:
        yield Finding(fault=Fault.PAYLOAD, number=number, at=line.at)


def _sealed(start: End | None) -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    """Yield every link behind the start, or of all, with its line, in the order of the chain."""
    statement = sa.select(AuditSeal, AuditEntry).outerjoin(
        AuditEntry, AuditEntry.id == AuditSeal.entry_id
    )
    if start is not None:
        statement = statement.where(AuditSeal.number > start.number)
    for batch in batches_of(statement, _BY_NUMBER):
        yield from ((seal, line) for seal, line in batch)
