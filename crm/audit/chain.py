"""The chain of the audit lines, sealed as they are written.

Each line's link is an HMAC over the link before, the line, and a salted hash of what it says. Who
can write the database but has not the key changes nothing unseen. Who puts back an older state of
the whole database is seen by the anchor. `crm.audit.proof` checks both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.audit.keeper import End, keeper_here
from crm.audit.models import AuditEntry, AuditHead, AuditSeal
from crm.db import after_commit, transaction
from crm.paging import Order, batches_of

BEFORE_THE_FIRST = End(0, bytes(32))
_OLDEST: Order[AuditEntry] = Order(
    columns=(AuditEntry.at, AuditEntry.id), values=lambda line: (line.at, line.id)
)


def link_of(key: bytes, before: End, line: AuditEntry, payload_hash: bytes) -> End:
    """Return the end of the chain with this line behind `before`."""
    number, at = before.number + 1, line.at.astimezone(UTC).isoformat()
    keys = [key.hex if key else "" for key in (line.id, line.actor_id, line.subject_id)]
    said = [number, at, *keys, line.action, line.subject_type, payload_hash.hex()]
    return End(number, hmac.digest(key, before.link + _bytes(said), "sha256"))


def hash_of_payload(line: AuditEntry) -> bytes:
    """Return the hash of what a line says."""
    return hashlib.sha256(line.salt + _bytes([line.changes, line.page])).digest()


def _bytes(said: object) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


class Sealing:
    """Seals the lines of one transaction at its end, when no other one can come between."""

    def __init__(self) -> None:
        self.lines: list[AuditEntry] = []

    def __call__(self, session: Session) -> None:
        """Seal what was not taken back meanwhile."""
        session.flush()
        if lines := [line for line in self.lines if sa.inspect(line).persistent]:
            _seal(session, _end(session), [lines])


def _end(session: Session) -> End:
    """Return where the chain ends, which is for this transaction alone until it is over.

    PostgreSQL lets one after the other come here, and each has nothing left to wait for; on SQLite
    only one is writing.
    """
    end = session.execute(sa.select(AuditHead.number, AuditHead.link).with_for_update())
    return End(*end.one())


def _seal(session: Session, before: End, batches: Iterable[Iterable[AuditEntry]]) -> None:
    keeper, end = keeper_here(), before
    for lines in batches:
        seals = []
        for line in lines:
            digest = hash_of_payload(line)
            end = link_of(keeper.key, end, line, digest)
            seal = {"number": end.number, "entry_id": line.id, "payload_hash": digest}
            seals.append(seal | {"link": end.link})
        session.execute(sa.insert(AuditSeal), seals)
    if end == before:
        return
    session.execute(sa.update(AuditHead).values(end._asdict()))
    if _goes_on(session, keeper.anchor.read(), before):
        after_commit("audit.anchor", partial(keeper.anchor.move, end))


def _goes_on(session: Session, known: End | None, before: End) -> bool:
    """Tell whether the chain holds the end that is known: mostly it is `before`."""
    return known is None or known == before or holds(session, known)


def holds(session: Session, known: End) -> bool:
    """Tell whether the chain has, or had, this end."""
    link = sa.select(AuditSeal.link).where(AuditSeal.number == known.number)
    return session.scalar(link) == known.link


def unsealed() -> sa.Select[AuditEntry]:
    """Return what to ask for the lines that no link holds."""
    return sa.select(AuditEntry).where(~sa.exists().where(AuditSeal.entry_id == AuditEntry.id))


def begin() -> None:
    """Seal the lines that are older than the chain, once: where an end is known, it has begun."""
    with transaction() as session:
        before = _end(session)
        if before == BEFORE_THE_FIRST and keeper_here().anchor.read() is None:
            _seal(session, before, _rest())


def seal_rest() -> None:
    """Seal what was loaded in bulk, beside the services."""
    with transaction() as session:
        _seal(session, _end(session), _rest())


def _rest() -> Iterable[Iterable[AuditEntry]]:
    return ([line for (line,) in batch] for batch in batches_of(unsealed(), _OLDEST))


def take_up() -> int | None:
    """Let a restored chain go on from its end; return the number that was known before."""
    anchor = keeper_here().anchor
    known = anchor.read()
    anchor.forget()
    begin()
    return known.number if known else None
