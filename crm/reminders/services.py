"""Look at what runs out and whose morning it is; whatever was done is noted and not done again.

The notes go when they are old, as long as nothing is done again for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm.accounts import queries as accounts
from crm.clock import BERLIN, is_working_day, now
from crm.concerns.deadlines import next_deadline
from crm.concerns.models import Concern, Stage
from crm.db import transaction, violated_constraint
from crm.mail.models import Reason
from crm.mail.services import queue_mail
from crm.notifications import queries as notifications
from crm.notifications.models import Kind, Notification
from crm.notifications.services import tell
from crm.reminders import queries
from crm.reminders.models import Morning


def remind(*, hour: int, at: datetime, with_mails: bool) -> None:
    """Tell of clocks, and queue the mail of the morning, where it is a working day past `hour`.

    with_mails  whether there is a mail server: without one, no mail of the morning waits

    Called once a minute; each concern and each person is a transaction of its own, so that a
    worker that is killed half-way leaves the rest to the next.
    """
    local = at.astimezone(BERLIN)
    day = local.date()
    if local.hour < hour:
        return
    for body in queries.bodies():
        if not is_working_day(day, body.land):
            continue
        _for_each(queries.running_out(body.id, day), lambda key: _tell_owner(key, day))
        _for_each(queries.run_out(body.id, day), lambda key: _tell_managers(key, day))
        if with_mails:
            _for_each(queries.people_without_morning(body.id, day), lambda key: _begin(key, day))


def clear_read(before: datetime, *, most: int) -> bool:
    """Forget notifications that were read before; tell whether there may be more.

    What nobody wanted to see counts as read. Of a clock of an open concern it is kept that people
    were told: they would be told anew.
    """
    is_open = sa.exists().where(
        Concern.id == Notification.concern_id, Concern.stage != Stage.CLOSED
    )
    read = (
        sa.select(Notification.id)
        .where(
            sa.or_(
                Notification.read_at < before,
                sa.and_(Notification.in_app.is_(False), Notification.at < before),
            ),
            ~sa.and_(Notification.kind.in_([Kind.CLOCK, Kind.ESCALATION]), is_open),
        )
        .limit(most)
    )
    with transaction() as session:
        cleared = session.scalars(
            sa.delete(Notification).where(Notification.id.in_(read)).returning(Notification.id)
        ).all()
    return len(cleared) == most


def clear_mornings(before: date) -> None:
    """Forget which mornings before this day are done."""
    with transaction() as session:
        session.execute(sa.delete(Morning).where(Morning.day < before))


def _for_each(keys: Iterable[UUID], act: Callable[[UUID], None]) -> None:
    for key in keys:
        act(key)


def _tell_owner(concern_id: UUID, day: date) -> None:
    with transaction():
        concern = queries.get_concern(concern_id)
        deadline = next_deadline(concern)
        if deadline is not None and deadline.due_on <= day:
            tell(
                [concern.owner_id],
                kind=Kind.CLOCK,
                concern_id=concern.id,
                step=deadline.step.value,
                due_on=deadline.due_on,
            )


def _tell_managers(concern_id: UUID, day: date) -> None:
    with transaction():
        concern = queries.get_concern(concern_id)
        deadline = next_deadline(concern)
        if deadline is not None and deadline.due_on < day:
            tell(
                queries.managers_of(concern.team_id),
                kind=Kind.ESCALATION,
                concern_id=concern.id,
                step=deadline.step.value,
                due_on=deadline.due_on,
            )


def _begin(person_id: UUID, day: date) -> None:
    """Note that a person's morning was looked at, and queue their mail if there is one to send."""
    try:
        with transaction() as session:
            session.add(Morning(person_id=person_id, day=day, at=now()))
            session.flush()
            person = accounts.find_person(person_id)
            wants = notifications.choices(person_id)[Kind.DIGEST].by_mail
            if person is None or not wants or queries.day_of(person.actor, day).is_empty:
                return
            queue_mail(
                to=person.email, reason=Reason.DIGEST, key=day.isoformat(), person_id=person_id
            )
    except IntegrityError as error:
        # Another worker was quicker by a moment
        if violated_constraint(error) != "pk_morning":
            raise
