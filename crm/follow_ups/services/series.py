"""The series that a recurring follow-up is part of: the next one, taking it back, ending it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm import audit
from crm.accounts import queries as accounts
from crm.clock import next_working_day, now, today
from crm.db import db, transaction
from crm.follow_ups import recurrence
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.services.loading import load_open
from crm.policy import Actor
from crm.types import new_id


def repeat(actor: Actor, follow_up_id: UUID, *, rule: str, start: date) -> FollowUp:
    """Let an open follow-up recur by a rule that counts from `start`.

    Raises `Conflict` when it is done, or with field `own_rule` for a rule that cannot be used.
    """
    wanted = recurrence.parse(rule)
    recurrence.check(wanted, start)
    return _set_rule(actor, follow_up_id, str(wanted), start)


def end_series(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Let an open follow-up be the last of its series. Raises `Conflict` when it is done."""
    return _set_rule(actor, follow_up_id, "", None)


def _set_rule(actor: Actor, follow_up_id: UUID, rule: str, start: date | None) -> FollowUp:
    with transaction():
        follow_up = load_open(actor, follow_up_id)
        before = follow_up.recurrence
        if (before, follow_up.recurs_from) != (rule, start):
            follow_up.recurrence, follow_up.recurs_from = rule, start
            follow_up.updated_at = now()
            audit.record(actor.id, "repeated" if rule else "ended", follow_up)
    return follow_up


def make_next(actor: Actor, completed: Collection[FollowUp]) -> list[FollowUp]:
    """Make the next ones of those that recur, unless they are there already.

    Each has the people, the circle and the origin of the one before; who has left is left out.
    """
    recurring = [follow_up for follow_up in completed if follow_up.recurs_from is not None]
    if not recurring:
        return []
    keys = [follow_up.id for follow_up in recurring]
    there = set(
        db.session.scalars(sa.select(FollowUp.previous_id).where(FollowUp.previous_id.in_(keys)))
    )
    people = accounts.colleague_ids(actor)
    made = []
    for before in recurring:
        day = next_day(before)
        if day is None or before.id in there:
            continue
        made.append(_following(actor, before, next_working_day(day, actor.land), people))
    db.session.add_all(made)
    db.session.flush()
    for follow_up in made:
        audit.record(
            actor.id, "followed", follow_up, {"due_on": [None, follow_up.due_on.isoformat()]}
        )
    return made


def next_day(follow_up: FollowUp) -> date | None:
    """Return the next date of its series: behind its due date and not past; None at the end."""
    if follow_up.recurs_from is None:
        return None
    return recurrence.parse(follow_up.recurrence).next_date(
        follow_up.recurs_from, after=follow_up.due_on, not_before=today()
    )


def _following(actor: Actor, before: FollowUp, due_on: date, people: Collection[UUID]) -> FollowUp:
    moment = now()
    assignees = [key for key in sorted(before.assignee_ids) if key in people] or [actor.id]
    return FollowUp(
        id=new_id(),
        body_id=before.body_id,
        team_id=before.team_id,
        owner_id=before.owner_id,
        visibility=before.visibility,
        title=before.title,
        due_on=due_on,
        promised=before.promised,
        organisation_id=before.organisation_id,
        contact_id=before.contact_id,
        visit_id=before.visit_id,
        topic_id=before.topic_id,
        concern_id=before.concern_id,
        recurrence=before.recurrence,
        recurs_from=before.recurs_from,
        previous_id=before.id,
        assignees=[Assignee(person_id=key) for key in assignees],
        created_at=moment,
        updated_at=moment,
    )


def take_next_back(actor: Actor, follow_up_ids: Collection[UUID]) -> None:
    """Remove the next ones of these that nobody has touched; the others stay."""
    untouched = db.session.scalars(
        sa.select(FollowUp)
        .where(
            FollowUp.previous_id.in_(list(follow_up_ids)),
            FollowUp.done_at.is_(None),
            FollowUp.version == 1,
        )
        .with_for_update()
    ).all()
    if not untouched:
        return
    keys = [follow_up.id for follow_up in untouched]
    for follow_up in untouched:
        audit.record(actor.id, "taken_back", follow_up)
        db.session.expunge(follow_up)
    with transaction() as session:
        session.execute(sa.delete(Assignee).where(Assignee.follow_up_id.in_(keys)))
        session.execute(sa.delete(FollowUp).where(FollowUp.id.in_(keys)))
