"""Close an account, and open it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import queries
from crm.accounts.models import Person
from crm.accounts.services.access import end_access
from crm.accounts.services.teams import refuse_closed
from crm.clock import now
from crm.db import db, transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor, Permission, authorize


def keep_an_administrator(person_id: UUID) -> None:
    """Raise `Conflict` for the only one who administers the instance; inside `transaction()`."""
    if queries.is_only_administrator(person_id):
        raise Conflict("only_administrator", field="deactivate")


def deactivate(person_id: UUID, *, by: UUID | None) -> datetime | None:
    """Close an account, for a use case that has checked who may; whatever let the person in ends.

    Return when, or None when it is closed already.
    Raises `Conflict` for the only one who administers the instance.
    """
    with transaction() as session:
        keep_an_administrator(person_id)
        person = _get_to_change(person_id)
        if person.deactivated_at is not None:
            return None
        person.deactivated_at = now()
        end_access(person_id, by=by)
        audit.record(by, "deactivated", person)
        session.flush()
        return person.deactivated_at


def reactivate(person_id: UUID, *, by: UUID | None, closed_at: datetime) -> bool:
    """Open an account again that was closed at this moment and has stayed so; tell whether.

    Raises `Conflict` when the person's team was closed meanwhile.
    """
    with transaction():
        person = _get_to_change(person_id)
        if person.deactivated_at != closed_at:
            return False
        refuse_closed(person.team_id)
        person.deactivated_at = None
        audit.record(by, "reactivated", person)
    return True


def reopen(actor: Actor, person_id: UUID) -> None:
    """Open a closed account again, as it was; an open one stays so.

    Raises `NotFound`, or `Conflict` when the person's team was closed meanwhile.
    """
    authorize(actor, Permission.PEOPLE_MANAGE)
    with transaction():
        closed_at = _get_to_change(person_id).deactivated_at
        if closed_at is not None:
            reactivate(person_id, by=actor.id, closed_at=closed_at)


def _get_to_change(person_id: UUID) -> Person:
    """Return a person, also who has left. Raises `NotFound`."""
    person = db.session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFound(person_id)
    return person
