"""Find referrals: each is seen exactly as its concern is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum, unique
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from crm.accounts.models import Team
from crm.clock import moment, today
from crm.concerns.models import Concern
from crm.db import db
from crm.errors import NotFound
from crm.finding import Scope
from crm.organisations.grouping import grouped_as
from crm.organisations.models import Organisation, OrganisationKind
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, page_of
from crm.policy import Actor
from crm.referrals.models import Referral, ReferralResult
from crm.visibility import visible

# What pages show of a referral; its concern is joined by every query here
_OF_CONCERN = contains_eager(Referral.concern)
SHOWN: tuple[ORMOption, ...] = (
    _OF_CONCERN.joinedload(Concern.organisation),
    _OF_CONCERN.joinedload(Concern.topic),
    _OF_CONCERN.joinedload(Concern.owner),
    joinedload(Referral.partner),
    joinedload(Referral.contact),
)
# And what its own page and its sheet show besides
_WHOLE: tuple[ORMOption, ...] = (
    *SHOWN,
    _OF_CONCERN.joinedload(Concern.team).joinedload(Team.body),
    # The rule of `concern:move` asks for them
    _OF_CONCERN.selectinload(Concern.collaborators),
    joinedload(Referral.named_contact),
    joinedload(Referral.referred_by),
)
ANSWERS = (ReferralResult.HELPED, ReferralResult.COULD_NOT_HELP)


@unique
class State(StrEnum):
    """Which referrals a list shows, by where they stand."""

    OPEN = "open"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFilter:
    """Which referrals a list shows.

    since, until  the first and the last day on which they were made
    """

    scope: Scope = Scope.ALL
    state: State = State.OPEN
    partner_id: UUID | None = None
    topic_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    team_id: UUID | None = None
    municipality: str = ""
    industry: str = ""


class PartnerCounts(NamedTuple):
    """How many referrals a partner has, as far as the reader may see them."""

    partner_id: UUID
    partner: str
    open: int
    overdue: int


class Summary(NamedTuple):
    """Where the referrals to one partner stand, as far as the reader may see them."""

    open: int
    overdue: int
    answered: int
    unanswered: int


_BY_DUE_DATE: Order[Referral] = Order(
    columns=(Referral.answer_due_on, Referral.id),
    values=lambda referral: (referral.answer_due_on, referral.id),
)
_LAST_CLOSED_FIRST: Order[Referral] = Order(
    columns=(Referral.closed_at, Referral.id),
    values=lambda referral: (referral.closed_at, referral.id),
    descending=True,
)
_NEWEST_FIRST: Order[Referral] = Order(
    columns=(Referral.created_at, Referral.id),
    values=lambda referral: (referral.created_at, referral.id),
    descending=True,
)


def order_of(wanted: ReferralFilter) -> Order[Referral]:
    """Return the order of a list: by what is due; closed ones by when they were closed."""
    match wanted.state:
        case State.OPEN | State.OVERDUE:
            return _BY_DUE_DATE
        case State.ALL:
            return _NEWEST_FIRST
    return _LAST_CLOSED_FIRST


def with_visible_concern(actor: Actor) -> sa.Select[Referral]:
    """Return the referrals that `actor` may see, each joined with its concern."""
    return (
        sa.select(Referral)
        .join(Referral.concern)
        .where(
            Referral.body_id == actor.body_id,
            visible(Concern, actor),
            Referral.taken_back_at.is_(None),
        )
    )


def in_state(state: State) -> sa.ColumnElement[bool]:
    """Limit referrals to those that stand so."""
    match state:
        case State.OPEN:
            return Referral.closed_at.is_(None)
        case State.OVERDUE:
            return sa.and_(Referral.closed_at.is_(None), Referral.answer_due_on < today())
        case State.ANSWERED:
            return Referral.result.in_(ANSWERS)
        case State.UNANSWERED:
            return Referral.result == ReferralResult.NO_ANSWER
        case State.CLOSED:
            return Referral.closed_at.is_not(None)
    return sa.true()


def selected(actor: Actor, wanted: ReferralFilter) -> sa.Select[Referral]:
    """Select the referrals of a list, each joined with its concern; figures group this one."""
    statement = with_visible_concern(actor).where(in_state(wanted.state))
    match wanted.scope:
        case Scope.MINE:
            statement = statement.where(Concern.owner_id == actor.id)
        case Scope.TEAM:
            statement = statement.where(Concern.team_id.in_(actor.seen_team_ids))
    if wanted.partner_id is not None:
        statement = statement.where(Referral.partner_id == wanted.partner_id)
    if wanted.topic_id is not None:
        statement = statement.where(Concern.topic_id == wanted.topic_id)
    if wanted.team_id is not None:
        statement = statement.where(Concern.team_id == wanted.team_id)
    grouped = [*grouped_as(municipality=wanted.municipality, industry=wanted.industry)]
    if grouped:
        places = sa.select(Organisation.id).where(*grouped)
        statement = statement.where(Concern.organisation_id.in_(places))
    if wanted.since is not None:
        statement = statement.where(Referral.created_at >= moment(wanted.since, time.min))
    if wanted.until is not None:
        day_after = wanted.until + timedelta(days=1)
        statement = statement.where(Referral.created_at < moment(day_after, time.min))
    return statement


def page(actor: Actor, wanted: ReferralFilter, cursor: Cursor | None = None) -> Page[Referral]:
    """Return one page of the referrals that `actor` may see, with what lists show loaded."""
    return page_of(selected(actor, wanted).options(*SHOWN), order_of(wanted), cursor)


def count(actor: Actor, wanted: ReferralFilter) -> Count:
    """Count the referrals that `actor` may see."""
    return count_of(selected(actor, wanted))


def rows(actor: Actor, wanted: ReferralFilter) -> Iterator[Referral]:
    """Yield all referrals of a list, for a file of them."""
    for batch in batches_of(selected(actor, wanted).options(*SHOWN), order_of(wanted)):
        yield from (referral for (referral,) in batch)


def find(actor: Actor, referral_id: UUID) -> Referral | None:
    """Return a referral with all that its page and its sheet show, or None."""
    return db.session.scalar(
        with_visible_concern(actor).where(Referral.id == referral_id).options(*_WHOLE)
    )


def get(actor: Actor, referral_id: UUID) -> Referral:
    """Return a referral with all that its page and its sheet show; raise `NotFound`."""
    referral = find(actor, referral_id)
    if referral is None:
        raise NotFound(referral_id)
    return referral


def of_concern(actor: Actor, concern_id: UUID) -> Sequence[Referral]:
    """Return the referrals of a concern, open ones first, then by when an answer is due."""
    return db.session.scalars(
        with_visible_concern(actor)
        .where(Referral.concern_id == concern_id)
        .options(*SHOWN)
        .order_by(Referral.closed_at.is_not(None), Referral.answer_due_on, Referral.id)
    ).all()


def has_open(actor: Actor, concern_id: UUID) -> bool:
    """Tell whether some partner's answer on a concern is still awaited."""
    statement = with_visible_concern(actor).where(
        Referral.concern_id == concern_id, Referral.closed_at.is_(None)
    )
    return bool(db.session.scalar(sa.select(statement.exists())))


def due(actor: Actor, *, until: date, limit: int) -> Sequence[Referral]:
    """Return the open referrals of the actor's own concerns due by `until`, soonest first."""
    return db.session.scalars(
        with_visible_concern(actor)
        .where(
            Concern.owner_id == actor.id,
            Referral.closed_at.is_(None),
            Referral.answer_due_on <= until,
        )
        .options(*SHOWN)
        .order_by(Referral.answer_due_on, Referral.id)
        .limit(limit)
    ).all()


def open_per_partner(
    actor: Actor, wanted: ReferralFilter, limit: int = 12
) -> Sequence[PartnerCounts]:
    """Return which partners' answers are awaited on a list, the most overdue first.

    Whose and on which topic as `wanted` says; its state and its partner do not count.
    """
    is_late = sa.case((Referral.answer_due_on < today(), 1), else_=0)
    of_list = ReferralFilter(scope=wanted.scope, topic_id=wanted.topic_id)
    counted, late = sa.func.count().label("open"), sa.func.sum(is_late).label("late")
    found = db.session.execute(
        selected(actor, of_list)
        .join(Referral.partner)
        .with_only_columns(Referral.partner_id, Organisation.name, counted, late)
        .group_by(Referral.partner_id, Organisation.name, Organisation.sort_key)
        .order_by(late.desc(), counted.desc(), Organisation.sort_key, Referral.partner_id)
        .limit(limit)
    )
    return [PartnerCounts(key, name, int(number), int(late)) for key, name, number, late in found]


def summary_of(actor: Actor, partner_id: UUID) -> Summary:
    """Return where the referrals to one partner stand, whoever's they are."""

    def so_many(state: State) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((in_state(state), 1), else_=0)), 0)

    states = (State.OPEN, State.OVERDUE, State.ANSWERED, State.UNANSWERED)
    found = db.session.execute(
        with_visible_concern(actor)
        .where(Referral.partner_id == partner_id)
        .with_only_columns(*map(so_many, states))
    ).one()
    return Summary(*(int(number) for number in found))


def partners(actor: Actor) -> list[tuple[UUID, str]]:
    """Return key and name of the partners to whom something `actor` may see was referred."""
    # Partner by partner, up to the first referral: there are few partners and many referrals
    used = with_visible_concern(actor).where(Referral.partner_id == Organisation.id)
    found = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.kind == OrganisationKind.PARTNER, used.correlate(Organisation).exists())
        .order_by(Organisation.sort_key, Organisation.id)
    )
    return [(key, name) for key, name in found]
