"""Find follow-ups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from crm.accounts.models import Person
from crm.clock import today
from crm.db import db
from crm.errors import NotFound
from crm.finding import Days, Scope, contains
from crm.follow_ups.models import Assignee, FollowUp
from crm.organisations import queries as organisations
from crm.organisations.grouping import grouped_as
from crm.organisations.models import Organisation
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, page_of
from crm.policy import Actor, Role
from crm.visibility import may_see, visible

# What pages show of a follow-up
SHOWN: tuple[ORMOption, ...] = (
    joinedload(FollowUp.organisation),
    joinedload(FollowUp.concern),
    joinedload(FollowUp.done_by),
    selectinload(FollowUp.assignees).joinedload(Assignee.person),
)
_SUNDAY = 6


@unique
class Due(StrEnum):
    """Which follow-ups a list shows, by their date."""

    OPEN = "open"
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFilter:
    """Which follow-ups a list shows.

    last_first  by due date, the latest first; done ones are always shown last done first
    """

    scope: Scope = Scope.ALL
    due: Due = Due.OPEN
    q: str = ""
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    last_first: bool = False
    promised: bool | None = None
    team_id: UUID | None = None
    municipality: str = ""
    industry: str = ""
    topic_id: UUID | None = None
    due_since: date | None = None
    due_until: date | None = None
    done_since: date | None = None
    done_until: date | None = None


def end_of_week(day: date) -> date:
    """Return the Sunday of the week of `day`."""
    return day + timedelta(days=_SUNDAY - day.weekday())


def _assigned_to(person_id: UUID) -> sa.ColumnElement[bool]:
    return FollowUp.id.in_(sa.select(Assignee.follow_up_id).where(Assignee.person_id == person_id))


def visible_follow_ups(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit follow-ups to those `actor` may see: their circle's, and what is theirs to do."""
    if actor.role in {Role.NONE, Role.READER}:
        return visible(FollowUp, actor)
    return sa.and_(
        FollowUp.body_id == actor.body_id,
        sa.or_(visible(FollowUp, actor), _assigned_to(actor.id)),
    )


def may_see_follow_up(actor: Actor, follow_up: FollowUp) -> bool:
    """Tell whether `actor` may see `follow_up`, its assignees loaded; as `visible_follow_ups`."""
    if actor.role in {Role.NONE, Role.READER}:
        return may_see(actor, follow_up)
    is_theirs = follow_up.body_id == actor.body_id and actor.id in follow_up.assignee_ids
    return is_theirs or may_see(actor, follow_up)


def _of_teams(team_ids: frozenset[UUID]) -> sa.ColumnElement[bool]:
    """Limit follow-ups to what teams have set or have to do."""
    return sa.or_(
        FollowUp.team_id.in_(team_ids),
        sa.exists()
        .where(Assignee.follow_up_id == FollowUp.id)
        .where(Assignee.person_id == Person.id, Person.team_id.in_(team_ids)),
    )


def _due(wanted: Due) -> sa.ColumnElement[bool]:
    day, is_open = today(), FollowUp.done_at.is_(None)
    match wanted:
        case Due.DONE:
            return FollowUp.done_at.is_not(None)
        case Due.OVERDUE:
            return sa.and_(is_open, FollowUp.due_on < day)
        case Due.TODAY:
            return sa.and_(is_open, FollowUp.due_on == day)
        case Due.WEEK:
            return sa.and_(is_open, FollowUp.due_on.between(day, end_of_week(day)))
    return is_open


def selected(actor: Actor, wanted: FollowUpFilter) -> sa.Select[FollowUp]:
    """Select the follow-ups of a list; figures group this very selection."""
    statement = sa.select(FollowUp).where(visible_follow_ups(actor), _due(wanted.due))
    match wanted.scope:
        case Scope.MINE:
            statement = statement.where(_assigned_to(actor.id))
        case Scope.TEAM:
            statement = statement.where(_of_teams(actor.seen_team_ids))
    if wanted.q:
        named = sa.and_(*organisations.matches(wanted.q) or [sa.false()])
        statement = statement.outerjoin(FollowUp.organisation).where(
            sa.or_(contains(FollowUp.title, wanted.q), named)
        )
    if wanted.organisation_id is not None:
        statement = statement.where(FollowUp.organisation_id == wanted.organisation_id)
    if wanted.person_id is not None:
        statement = statement.where(_assigned_to(wanted.person_id))
    return _in_figures(statement, wanted)


def _in_figures(statement: sa.Select[FollowUp], wanted: FollowUpFilter) -> sa.Select[FollowUp]:
    """Narrow a list as figures are narrowed; a follow-up belongs to the team that set it."""
    if wanted.promised is not None:
        statement = statement.where(FollowUp.promised.is_(wanted.promised))
    if wanted.team_id is not None:
        statement = statement.where(FollowUp.team_id == wanted.team_id)
    if wanted.topic_id is not None:
        statement = statement.where(FollowUp.topic_id == wanted.topic_id)
    if wanted.municipality or wanted.industry:
        places = sa.select(Organisation.id).where(
            *grouped_as(municipality=wanted.municipality, industry=wanted.industry)
        )
        statement = statement.where(FollowUp.organisation_id.in_(places))
    return statement.where(
        *Days(since=wanted.due_since, until=wanted.due_until).days(FollowUp.due_on),
        *Days(since=wanted.done_since, until=wanted.done_until).moments(FollowUp.done_at),
    )


_LAST_DONE_FIRST: Order[FollowUp] = Order(
    columns=(FollowUp.done_at, FollowUp.id),
    values=lambda follow_up: (follow_up.done_at, follow_up.id),
    descending=True,
)


def order_of(wanted: FollowUpFilter) -> Order[FollowUp]:
    """Return the order of a list: by due date; done ones by when they were done."""
    if wanted.due is Due.DONE:
        return _LAST_DONE_FIRST
    return Order(
        columns=(FollowUp.due_on, FollowUp.id),
        values=lambda follow_up: (follow_up.due_on, follow_up.id),
        descending=wanted.last_first,
    )


def page(actor: Actor, wanted: FollowUpFilter, cursor: Cursor | None = None) -> Page[FollowUp]:
    """Return one page of the follow-ups that `actor` may see, with what lists show loaded."""
    return page_of(selected(actor, wanted).options(*SHOWN), order_of(wanted), cursor)


def count(actor: Actor, wanted: FollowUpFilter) -> Count:
    """Count the follow-ups that `actor` may see."""
    return count_of(selected(actor, wanted))


def rows(actor: Actor, wanted: FollowUpFilter) -> Iterator[FollowUp]:
    """Yield all follow-ups of a list, for a file of them."""
    for batch in batches_of(selected(actor, wanted).options(*SHOWN), order_of(wanted)):
        yield from (follow_up for (follow_up,) in batch)


def get(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """Return a follow-up with all that its page shows; raise `NotFound`."""
    follow_up = db.session.scalar(
        sa.select(FollowUp)
        .where(visible_follow_ups(actor), FollowUp.id == follow_up_id)
        .options(
            *SHOWN,
            joinedload(FollowUp.owner),
            joinedload(FollowUp.team),
            joinedload(FollowUp.contact),
        )
    )
    if follow_up is None:
        raise NotFound(follow_up_id)
    return follow_up


def of_visit(actor: Actor, visit_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a visit, open ones first, then by due date."""
    return _of(actor, FollowUp.visit_id == visit_id)


def of_concern(actor: Actor, concern_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a concern, open ones first, then by due date."""
    return _of(actor, FollowUp.concern_id == concern_id)


def _of(actor: Actor, condition: sa.ColumnElement[bool]) -> Sequence[FollowUp]:
    return db.session.scalars(
        sa.select(FollowUp)
        .where(visible_follow_ups(actor), condition)
        .options(*SHOWN)
        .order_by(FollowUp.done_at.is_not(None), FollowUp.due_on, FollowUp.id)
    ).all()


def open_of(actor: Actor, organisation_id: UUID) -> Sequence[FollowUp]:
    """Return the open follow-ups of an organisation by due date."""
    return db.session.scalars(
        sa.select(FollowUp)
        .where(
            visible_follow_ups(actor),
            FollowUp.organisation_id == organisation_id,
            FollowUp.done_at.is_(None),
        )
        .options(*SHOWN)
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()


def due(actor: Actor, *, until: date, limit: int, since: date | None = None) -> Sequence[FollowUp]:
    """Return what is open for `actor` to do and due up to and with `until`, soonest first."""
    statement = sa.select(FollowUp).where(
        visible_follow_ups(actor),
        _assigned_to(actor.id),
        FollowUp.done_at.is_(None),
        FollowUp.due_on <= until,
    )
    if since is not None:
        statement = statement.where(FollowUp.due_on >= since)
    return db.session.scalars(
        statement.options(*SHOWN).order_by(FollowUp.due_on, FollowUp.id).limit(limit)
    ).all()


def overdue_of_led_teams(actor: Actor, *, limit: int) -> Sequence[FollowUp]:
    """Return what is overdue in the teams that `actor` leads, their own things left out."""
    if not actor.led_team_ids:
        return ()
    return db.session.scalars(
        sa.select(FollowUp)
        .where(
            visible_follow_ups(actor),
            _of_teams(actor.led_team_ids),
            ~_assigned_to(actor.id),
            FollowUp.done_at.is_(None),
            FollowUp.due_on < today(),
        )
        .options(*SHOWN)
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(limit)
    ).all()
