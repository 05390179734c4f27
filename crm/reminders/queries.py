"""Find whose morning it is, what it holds, and which clocks run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Body, Person, Team, TeamLead
from crm.clock import add_working_days
from crm.concerns import queries as concerns
from crm.concerns.deadlines import due_on_or_never, next_due_on
from crm.concerns.models import Concern, Flag, Stage
from crm.db import db
from crm.follow_ups import queries as follow_ups
from crm.follow_ups.models import FollowUp
from crm.notifications import listing
from crm.notifications.listing import Item
from crm.notifications.models import Kind, Notification
from crm.policy import Actor, Role
from crm.reminders.models import Morning
from crm.visits import queries as visits
from crm.visits.models import Visit

# More than these are a click away; one more says that there are more
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a person's day holds."""

    overdue: Sequence[FollowUp]
    due: Sequence[FollowUp]
    urgent: Sequence[Concern]
    answers: Sequence[Item]
    visits: Sequence[Visit]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.overdue or self.due or self.urgent or self.answers or self.visits)


def day_of(actor: Actor, day: date) -> Day:
    """Return what `actor` has to know in the morning of `day`: only what they may see."""
    soon = add_working_days(day, 1, actor.land)
    return Day(
        overdue=follow_ups.due(actor, until=date.fromordinal(day.toordinal() - 1), limit=SHOWN + 1),
        due=follow_ups.due(actor, since=day, until=day, limit=SHOWN + 1),
        urgent=[
            concern
            for concern in concerns.mine_urgent(actor, limit=SHOWN + 1)
            if due_on_or_never(concern) <= soon
        ],
        answers=listing.unread_of_kind(actor, Kind.ANSWER, limit=SHOWN + 1),
        visits=visits.planned(actor, since=day, until=day),
    )


def bodies() -> Sequence[Body]:
    """Return all bodies: each Land has its own public holidays."""
    return db.session.scalars(sa.select(Body).order_by(Body.id)).all()


def people_without_morning(body_id: UUID, day: date) -> Sequence[UUID]:
    """Return the keys of those who work in a body and whose morning is not done."""
    done = sa.exists().where(Morning.person_id == Person.id, Morning.day == day)
    return db.session.scalars(
        sa.select(Person.id)
        .join(Person.team)
        .where(
            Team.body_id == body_id,
            Person.deactivated_at.is_(None),
            Person.role != Role.NONE,
            ~done,
        )
        .order_by(Person.id)
    ).all()


def _not_told(kind: Kind) -> sa.ColumnElement[bool]:
    """Limit concerns to those of whose present clock nobody was told."""
    return ~sa.exists().where(
        Notification.concern_id == Concern.id,
        Notification.kind == kind,
        Notification.due_on == next_due_on,
    )


def running_out(body_id: UUID, day: date) -> Sequence[UUID]:
    """Return the concerns whose clock runs out on `day` or has, and whose owner was not told."""
    return db.session.scalars(
        sa.select(Concern.id)
        .where(
            Concern.body_id == body_id,
            Concern.stage != Stage.CLOSED,
            next_due_on <= day,
            _not_told(Kind.CLOCK),
        )
        .order_by(next_due_on, Concern.id)
    ).all()


def run_out(body_id: UUID, day: date) -> Sequence[UUID]:
    """Return the urgent concerns whose clock ran out before `day`, and no manager was told."""
    is_led = sa.exists().where(TeamLead.team_id == Concern.team_id)
    return db.session.scalars(
        sa.select(Concern.id)
        .where(
            Concern.body_id == body_id,
            Concern.stage != Stage.CLOSED,
            Concern.flag == Flag.URGENT,
            next_due_on < day,
            is_led,
            _not_told(Kind.ESCALATION),
        )
        .order_by(next_due_on, Concern.id)
    ).all()


def get_concern(concern_id: UUID) -> Concern:
    """Return a concern, whoever may see it: nobody looks at it here."""
    return db.session.get_one(Concern, concern_id)


def managers_of(team_id: UUID) -> Sequence[UUID]:
    """Return who leads a team."""
    return db.session.scalars(
        sa.select(TeamLead.person_id)
        .join(Person, Person.id == TeamLead.person_id)
        .where(TeamLead.team_id == team_id, Person.role == Role.MANAGER)
        .order_by(TeamLead.person_id)
    ).all()
