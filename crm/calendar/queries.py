"""Find calendars, and what stands in one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from crm.accounts.models import CalendarFeed, Person, Team
from crm.accounts.queries import hash_of
from crm.clock import today
from crm.db import db
from crm.follow_ups.models import Assignee, FollowUp
from crm.follow_ups.queries import visible_follow_ups
from crm.policy import Actor, Permission, may
from crm.visibility import Visibility, visible
from crm.visits.models import Attendance, TopicNote, Visit, VisitStatus
from crm.visits.queries import visible_visits

LONGEST = 500
_BACK, _AHEAD = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What stands in a person's calendar.

    discreet  the keys of what is named to nobody who looks over a shoulder, or at a shared screen
    """

    visits: Sequence[Visit]
    follow_ups: Sequence[FollowUp]
    discreet: frozenset[UUID]

    @property
    def entries(self) -> list[Visit | FollowUp]:
        """Return visits and follow-ups together."""
        return [*self.visits, *self.follow_ups]


def find_of(person_id: UUID) -> CalendarFeed | None:
    """Return the calendar of a person, or None."""
    return db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.person_id == person_id))


def find_reader(token: str) -> Person | None:
    """Return whose calendar this is: an active person who may have one; or None.

    One look into one index, whatever was asked for.
    """
    owner = joinedload(CalendarFeed.person)
    feed = db.session.scalar(
        sa.select(CalendarFeed)
        .join(CalendarFeed.person)
        .where(CalendarFeed.token_hash == hash_of(token), Person.deactivated_at.is_(None))
        .options(
            owner.joinedload(Person.team).joinedload(Team.body), owner.selectinload(Person.led)
        )
    )
    if feed is None or not may(feed.person.actor, Permission.CALENDAR_SUBSCRIBE):
        return None
    return feed.person


def agenda(actor: Actor) -> Agenda:
    """Return the planned visits of `actor` and what is open for them to do.

    From 30 days ago to a year ahead; when there is more than 500, visits go before follow-ups and
    what is to come before what has passed.
    """
    visits = _visits(actor)
    follow_ups = _follow_ups(actor, LONGEST - len(visits))
    return Agenda(
        visits=visits, follow_ups=follow_ups, discreet=_discreet(actor, visits, follow_ups)
    )


def _in_the_window(
    column: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
) -> sa.ColumnElement[bool]:
    return column.between(today() - _BACK, today() + _AHEAD)


def _to_come_first(
    column: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
) -> sa.ColumnElement[int]:
    return sa.case((column >= today(), 0), else_=1)


def _visits(actor: Actor) -> Sequence[Visit]:
    attended = sa.select(Attendance.visit_id).where(Attendance.person_id == actor.id)
    return db.session.scalars(
        sa.select(Visit)
        .where(
            visible_visits(actor),
            Visit.archived_at.is_(None),
            Visit.status == VisitStatus.PLANNED,
            _in_the_window(Visit.visited_on),
            sa.or_(Visit.owner_id == actor.id, Visit.id.in_(attended)),
        )
        .options(joinedload(Visit.organisation))
        .order_by(_to_come_first(Visit.visited_on), Visit.visited_on, Visit.visited_at, Visit.id)
        .limit(LONGEST)
    ).all()


def _follow_ups(actor: Actor, limit: int) -> Sequence[FollowUp]:
    mine = sa.select(Assignee.follow_up_id).where(Assignee.person_id == actor.id)
    return db.session.scalars(
        sa.select(FollowUp)
        .where(
            visible_follow_ups(actor),
            FollowUp.id.in_(mine),
            FollowUp.done_at.is_(None),
            _in_the_window(FollowUp.due_on),
        )
        .order_by(_to_come_first(FollowUp.due_on), FollowUp.due_on, FollowUp.id)
        .limit(limit)
    ).all()


def _discreet(
    actor: Actor, visits: Collection[Visit], follow_ups: Collection[FollowUp]
) -> frozenset[UUID]:
    """Return what is for oneself and one's managers, or holds what was told in confidence.

    Only notes that `actor` sees count: others must not even be hinted at.
    """
    circles = [(r.id, r.visibility) for r in visits] + [(r.id, r.visibility) for r in follow_ups]
    keys = {key for key, circle in circles if circle is Visibility.MANAGERS}
    visit_ids = {v.id for v in visits} | {f.visit_id for f in follow_ups if f.visit_id}
    concern_ids = {f.concern_id for f in follow_ups if f.concern_id}
    told = db.session.execute(
        sa.select(TopicNote.visit_id, TopicNote.topic_id, TopicNote.concern_id).where(
            visible(TopicNote, actor),
            TopicNote.confidential,
            sa.or_(TopicNote.visit_id.in_(visit_ids), TopicNote.concern_id.in_(concern_ids)),
        )
    ).all()
    of_visits = {visit_id for visit_id, _, _ in told}
    of_topics = {(visit_id, topic_id) for visit_id, topic_id, _ in told}
    of_concerns = {concern_id for _, _, concern_id in told if concern_id}
    keys |= {v.id for v in visits if v.id in of_visits}
    keys |= {
        f.id
        for f in follow_ups
        if (f.visit_id, f.topic_id) in of_topics or f.concern_id in of_concerns
    }
    return frozenset(keys)
