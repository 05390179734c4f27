"""Official procedures that are accompanied with a concern: enter, edit and remove one.

What happened to a procedure stands in the history of its concern: there people look for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now, today
from crm.concerns import queries
from crm.concerns.models import Procedure
from crm.concerns.services.pipeline import take
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, NotFound, Stale
from crm.policy import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDraft:
    """What a person fills in about a procedure; without a day of its decision it is running."""

    office: str
    title: str
    begun_on: date
    decided_on: date | None = None

    @classmethod
    def of(cls, procedure: Procedure) -> ProcedureDraft:
        """Return what a procedure holds."""
        return cls(
            office=procedure.office,
            title=procedure.title,
            begun_on=procedure.begun_on,
            decided_on=procedure.decided_on,
        )

    def write(self, procedure: Procedure) -> None:
        """Put it into a procedure."""
        procedure.office, procedure.title = self.office, self.title
        procedure.begun_on, procedure.decided_on = self.begun_on, self.decided_on
        procedure.updated_at = now()


def add_procedure(actor: Actor, concern_id: UUID, draft: ProcedureDraft, *, key: UUID) -> Procedure:
    """Enter a procedure with a concern, open or closed.

    key     the key it is to have; one of the concern that has it is returned as it is, so that a
            second click makes no second one

    Raises `NotFound`, `NotAllowed`, or `Conflict` with field `begun_on` or `decided_on`.
    """
    return unless_at_once(lambda: _add(actor, concern_id, draft, key), "pk_procedure")


def _add(actor: Actor, concern_id: UUID, draft: ProcedureDraft, key: UUID) -> Procedure:
    with transaction() as session:
        concern = take(actor, concern_id)
        if (known := queries.find_procedure(concern, key)) is not None:
            return known
        _check(draft)
        procedure = Procedure(id=key, concern_id=concern_id, created_at=now())
        draft.write(procedure)
        session.add(procedure)
        session.flush()
        audit.record(actor.id, "procedure_added", concern)
    return procedure


def edit_procedure(
    actor: Actor, concern_id: UUID, procedure_id: UUID, draft: ProcedureDraft, *, version: int
) -> Procedure:
    """Bring a procedure to what `draft` says; the same content again changes nothing.

    Raises `NotFound`, `NotAllowed`, `Stale`, or `Conflict` with field `begun_on` or `decided_on`.
    """
    with transaction():
        concern = take(actor, concern_id)
        procedure = queries.find_procedure(concern, procedure_id)
        if procedure is None:
            raise NotFound(procedure_id)
        before = ProcedureDraft.of(procedure)
        if draft == before:
            return procedure
        if procedure.version != version:
            raise Stale
        _check(draft)
        draft.write(procedure)
        audit.record(actor.id, "procedure_edited", concern, _changes(before, draft))
    return procedure


def remove_procedure(actor: Actor, concern_id: UUID, procedure_id: UUID) -> ProcedureDraft | None:
    """Remove a procedure that was entered by mistake, and return what it said.

    A second click changes nothing and returns None. Raises `NotFound` or `NotAllowed`.
    """
    with transaction() as session:
        concern = take(actor, concern_id)
        procedure = queries.find_procedure(concern, procedure_id)
        if procedure is None:
            return None
        said = ProcedureDraft.of(procedure)
        session.delete(procedure)
        audit.record(actor.id, "procedure_removed", concern)
    return said


def _check(draft: ProcedureDraft) -> None:
    for name in ("begun_on", "decided_on"):
        day = getattr(draft, name)
        if day is not None and day > today():
            raise Conflict("procedure_ahead", field=name)
    if draft.decided_on is not None and draft.decided_on < draft.begun_on:
        raise Conflict("procedure_reversed", field="decided_on")


def _changes(before: ProcedureDraft, after: ProcedureDraft) -> dict[str, list[str]]:
    """Return what changed: of words that people typed only that they did."""
    changes: dict[str, list[str]] = {
        name: [] for name in ("office", "title") if getattr(before, name) != getattr(after, name)
    }
    for name in ("begun_on", "decided_on"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes[name] = [str(old or ""), str(new or "")]
    return changes
