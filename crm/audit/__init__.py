"""The audit line: who changed what, when and from which page, in the same transaction.

`crm.audit.chain` seals the lines; `crm.audit.proof` finds what was changed in them afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.audit.chain import Sealing, take_up
from crm.audit.keeper import keep
from crm.audit.models import AuditEntry, person_names
from crm.clock import now
from crm.db import Record, before_commit, db, transaction

__all__ = [
    "AuditEntry",
    "Event",
    "changed_fields",
    "go_on_restored",
    "history",
    "keep",
    "page",
    "record",
    "tell",
    "tell_of_file",
]

# Set per request by the pages and by commands; "" where nobody said.
page: ContextVar[str] = ContextVar("crm.audit.page", default="")


def record(
    actor_id: UUID | None,
    action: str,
    subject: Record,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit line about `subject`; only inside `transaction()`.

    action   a verb of the domain: `logged`, `edited`, `completed`, …
    changes  names of what changed with old and new value, where these are short and no free text
    """
    _write(actor_id, action, subject.__tablename__, subject.id, changes)


def tell(
    actor_id: UUID | None, action: str, about: str, details: Mapping[str, Any] | None = None
) -> None:
    """Write an audit line about what has no row of its own; only in `transaction()`.

    about  what it was, in one word: `sign_in`, `file`, `backup`
    """
    _write(actor_id, action, about, None, details)


def _write(
    actor_id: UUID | None,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    changes: Mapping[str, Any] | None,
) -> None:
    line = AuditEntry(
        at=now(),
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        changes=dict(changes or {}),
        page=page.get(),
    )
    db.session.add(line)
    before_commit("audit.seal", Sealing).lines.append(line)


def tell_of_file(actor_id: UUID | None) -> None:
    """Write, in a transaction of its own, that a file was handed out."""
    with transaction():
        tell(actor_id, "exported", "file")


def go_on_restored(made: str) -> None:
    """Let the log of a backup, made at that time, go on; tell in it how far it was known before."""
    known = take_up()
    with transaction():
        tell(None, "restored", "backup", {"made": made, "known": known})


def changed_fields(changes: Mapping[str, Any]) -> list[str]:
    """Return the names of what changed: with their values, or in a list of names alone."""
    return [*(name for name in changes if name != "fields"), *changes.get("fields", ())]


class Event(NamedTuple):
    """An audit line as a page shows it; `actor_name` is empty for commands."""

    at: datetime
    actor_name: str
    action: str
    changes: Mapping[str, Any]


_LONGEST_HISTORY = 200


def history(subject_id: UUID) -> Sequence[Event]:
    """Return the latest 200 changes of one thing, newest first. Its reader may see the thing."""
    found = db.session.execute(
        sa.select(AuditEntry.at, person_names.c.name, AuditEntry.action, AuditEntry.changes)
        .outerjoin(person_names, person_names.c.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(_LONGEST_HISTORY)
    )
    return [Event(at, name or "", action, changes) for at, name, action, changes in found]
