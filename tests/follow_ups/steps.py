"""Steps that tests of follow-ups share: change one, and look at what is stored."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Person
from crm.audit import history
from crm.db import db
from crm.follow_ups import services
from crm.follow_ups.models import FollowUp
from tests.make import Make

SATURDAY = date(2027, 5, 1)
MONDAY = date(2027, 5, 3)


def stored(make: Make, record: FollowUp) -> FollowUp:
    """Return the follow-up as it is now, with its assignees."""

    def load() -> FollowUp:
        found = db.session.scalars(
            sa.select(FollowUp)
            .where(FollowUp.id == record.id)
            .options(sa.orm.selectinload(FollowUp.assignees))
        )
        return found.one()

    return make.run(load)


def actions(make: Make, key: UUID) -> list[str]:
    return [event.action for event in make.run(lambda: history(key))]


def assignees(make: Make, record: FollowUp) -> set[UUID]:
    return set(stored(make, record).assignee_ids)


def services_of(make: Make, person: Person, follow_up: FollowUp, result: str) -> None:
    actor = make.actor(person)
    make.run(lambda: services.complete(actor, follow_up.id, result=result))
