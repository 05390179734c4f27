"""Find follow-ups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import NamedTuple
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
_PEOPLE = selectinload(FollowUp.assignees).joinedload(Assignee.person)
SHOWN: tuple[ORMOption, ...] = (
    joinedload(FollowUp.organisation),
    joinedload(FollowUp.contact),
    joinedload(FollowUp.concern),
    joinedload(FollowUp.done_by),
    _PEOPLE,
)
_SUNDAY = 6
_A_DAY = timedelta(days=1)


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
    snoozed     only those that rest, or without them; None for both
    team_id     the team that set it
    """

    scope: Scope = Scope.ALL
    due: Due = Due.OPEN
    q: str = ""
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    team_id: UUID | None = None
    promised: bool | None = None
    snoozed: bool | None = False
    due_since: date | None = None
    due_until: date | None = None
    done_since: date | None = None
    done_until: date | None = None
    last_first: bool = False
    municipality: str = ""
    industry: str = ""
    topic_id: UUID | None = None


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


def _awake() -> sa.ColumnElement[bool]:
    """Limit follow-ups to those that do not rest today."""
    return sa.or_(FollowUp.snoozed_until.is_(None), FollowUp.snoozed_until <= today())


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
    if wanted.snoozed is not None and wanted.due is not Due.DONE:
        resting = FollowUp.snoozed_until > today()
        statement = statement.where(resting if wanted.snoozed else _awake())
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
        )
    )
    if follow_up is None:
        raise NotFound(follow_up_id)
    return follow_up


def of_visit(actor: Actor, visit_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a visit, open ones first, then by due date."""
    return _of(actor, FollowUp.visit_id == visit_id)


def beside(
    actor: Actor, *, organisation_id: UUID | None, visit_id: UUID | None
) -> Sequence[FollowUp]:
    """Return what stands beside a visit's form: the visit's own, and what else is open there.

    With their people, and nothing else of what they hang on.
    """
    conditions = [FollowUp.visit_id == visit_id] if visit_id else []
    if organisation_id:
        is_open = FollowUp.done_at.is_(None)
        conditions.append(sa.and_(FollowUp.organisation_id == organisation_id, is_open))
    return _of(actor, sa.or_(*conditions), shown=[_PEOPLE]) if conditions else []


def of_concern(actor: Actor, concern_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a concern, open ones first, then by due date."""
    return _of(actor, FollowUp.concern_id == concern_id)


def of_contact(actor: Actor, contact_id: UUID) -> Sequence[FollowUp]:
    """Return the open follow-ups of a contact by due date."""
    return _of(actor, sa.and_(FollowUp.contact_id == contact_id, FollowUp.done_at.is_(None)))


def series_of(actor: Actor, follow_up: FollowUp) -> tuple[FollowUp | None, FollowUp | None]:
    """Return the one before and the one after in its series, as far as `actor` sees them."""
    if follow_up.recurs_from is None and follow_up.previous_id is None:
        return None, None
    condition = sa.or_(FollowUp.previous_id == follow_up.id, FollowUp.id == follow_up.previous_id)
    found = _of(actor, condition)
    before = next((f for f in found if f.id == follow_up.previous_id), None)
    return before, next((f for f in found if f.previous_id == follow_up.id), None)


def _of(
    actor: Actor, condition: sa.ColumnElement[bool], *, shown: Sequence[ORMOption] = SHOWN
) -> Sequence[FollowUp]:
    return db.session.scalars(
        sa.select(FollowUp)
        .where(visible_follow_ups(actor), condition)
        .options(*shown)
        .order_by(FollowUp.done_at.is_not(None), FollowUp.due_on, FollowUp.id)
    ).all()


def open_of(actor: Actor, organisation_id: UUID) -> Sequence[FollowUp]:
    """Return the open follow-ups of an organisation by due date, those that rest too."""
    return _of(
        actor,
        sa.and_(FollowUp.organisation_id == organisation_id, FollowUp.done_at.is_(None)),
    )


def due(actor: Actor, *, until: date, limit: int, since: date | None = None) -> Sequence[FollowUp]:
    """Return what is open for `actor` to do and due up to and with `until`, soonest first.

    What rests is left out.
    """
    period = FollowUp.due_on <= until
    if since is not None:
        period = FollowUp.due_on.between(since, until)
    found = _open_keys(actor, _assigned_to(actor.id), period)
    soonest = found.order_by(FollowUp.due_on, FollowUp.id).limit(limit).subquery()
    return _of(actor, FollowUp.id.in_(sa.select(soonest.c.id)))


class Day(NamedTuple):
    """What the start page shows of follow-ups, each part soonest first."""

    overdue: list[FollowUp]
    coming: list[FollowUp]
    of_teams: list[FollowUp]


def of_day(actor: Actor, *, until: date, limit: int) -> Day:
    """Return what `actor` has to do, and what is overdue in the teams that they lead.

    At most `limit` overdue ones of each kind, and twice as many up to `until`. What rests is left
    out. Found by one query: the start page asks for much.
    """
    day = today()
    # Looked for once: both databases keep what is used twice
    mine = _open_keys(actor, _assigned_to(actor.id), FollowUp.due_on <= until).cte()
    parts = [
        sa.select(mine).where(mine.c.due_on < day).limit(limit),
        sa.select(mine).where(mine.c.due_on >= day).limit(2 * limit),
    ]
    if actor.led_team_ids:
        of_teams = sa.and_(_of_teams(actor.led_team_ids), ~_assigned_to(actor.id))
        parts.append(_open_keys(actor, of_teams, FollowUp.due_on < day).limit(limit))
    soonest = [part.order_by("due_on", "id").subquery() for part in parts]
    keys = [sa.select(part.c.id) for part in soonest]
    found = _of(actor, FollowUp.id.in_(sa.union_all(*keys)))
    return Day(
        overdue=[f for f in found if actor.id in f.assignee_ids and f.due_on < day],
        coming=[f for f in found if actor.id in f.assignee_ids and f.due_on >= day],
        of_teams=[f for f in found if actor.id not in f.assignee_ids],
    )


def _open_keys(actor: Actor, *conditions: sa.ColumnElement[bool]) -> sa.Select[UUID, date]:
    """Select the keys and dates of open ones that do not rest."""
    return sa.select(FollowUp.id, FollowUp.due_on).where(
        visible_follow_ups(actor), FollowUp.done_at.is_(None), _awake(), *conditions
    )
