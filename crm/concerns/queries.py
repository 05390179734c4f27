"""Find concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from crm.clock import today
from crm.concerns.deadlines import due_on_or_never, next_due_on
from crm.concerns.models import (
    OPEN_STAGES,
    Benefit,
    Collaborator,
    Concern,
    Flag,
    Outcome,
    Procedure,
    Stage,
)
from crm.concerns.procedures import ProcedureFilter
from crm.db import db
from crm.errors import NotFound
from crm.finding import ANY_DAY, Days, Scope, contains
from crm.organisations import queries as organisations
from crm.organisations.grouping import grouped_as
from crm.organisations.models import Organisation
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, page_of
from crm.policy import Actor
from crm.types import Key, Moment
from crm.visibility import visible

# What pages show of a concern
SHOWN: tuple[ORMOption, ...] = (
    joinedload(Concern.organisation),
    joinedload(Concern.topic),
    joinedload(Concern.owner),
    joinedload(Concern.team),
)
# Who works on it besides its owner: the rule of `concern:move` asks for them
PEOPLE: tuple[ORMOption, ...] = (
    selectinload(Concern.collaborators).joinedload(Collaborator.person),
)
_OFFICES_SUGGESTED = 200
_PRESSING = sa.case({Flag.URGENT: 0, Flag.WATCH: 1}, value=Concern.flag, else_=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFilter:
    """Which concerns a list shows.

    stage       None for every stage
    with_closed whether closed ones are among them when no stage is given
    partner_id  only those that were referred to this partner, whether or not it has answered
    late        only those over their clock
    benefit     only closed ones of which this came
    newest_first  by the day they were opened instead of by what is due
    opened, responded, closed  days, since and until, both included
    procedures  only those with such a procedure
    """

    scope: Scope = Scope.ALL
    q: str = ""
    organisation_id: UUID | None = None
    topic_id: UUID | None = None
    flag: Flag | None = None
    stage: Stage | None = None
    with_closed: bool = False
    partner_id: UUID | None = None
    late: bool = False
    newest_first: bool = False
    team_id: UUID | None = None
    municipality: str = ""
    industry: str = ""
    outcome: Outcome | None = None
    benefit: Benefit | None = None
    opened: Days = ANY_DAY
    responded: Days = ANY_DAY
    closed: Days = ANY_DAY
    procedures: ProcedureFilter | None = None


_BY_DUE_DATE: Order[Concern] = Order(
    columns=(next_due_on, Concern.id), values=lambda concern: (due_on_or_never(concern), concern.id)
)
_NEWEST_FIRST: Order[Concern] = Order(
    columns=(Concern.opened_at, Concern.id),
    values=lambda concern: (concern.opened_at, concern.id),
    descending=True,
)
_LAST_CLOSED_FIRST: Order[Concern] = Order(
    columns=(Concern.closed_at, Concern.id),
    values=lambda concern: (concern.closed_at, concern.id),
    descending=True,
)


def order_of(wanted: ConcernFilter) -> Order[Concern]:
    """Return the order of a list: closed ones have nothing due, so theirs is another."""
    if wanted.stage is Stage.CLOSED:
        return _LAST_CLOSED_FIRST
    return _NEWEST_FIRST if wanted.newest_first else _BY_DUE_DATE


# crm.referrals stands above this feature: only where its rows stand is known here
referral_rows = sa.table(
    "referral",
    sa.column("concern_id", Key()),
    sa.column("partner_id", Key()),
    sa.column("answer_due_on", sa.Date()),
    sa.column("closed_at", Moment()),
    sa.column("taken_back_at", Moment()),
)


def _referred_to(partner_id: UUID) -> sa.ColumnElement[bool]:
    referred = sa.select(referral_rows.c.concern_id).where(
        referral_rows.c.partner_id == partner_id, referral_rows.c.taken_back_at.is_(None)
    )
    return Concern.id.in_(referred)


def selected(actor: Actor, wanted: ConcernFilter) -> sa.Select[Concern]:
    """Select the concerns of a list; board and figures group this very selection."""
    statement = sa.select(Concern).where(visible(Concern, actor), *_whose(actor, wanted.scope))
    if wanted.q:
        named = sa.and_(*organisations.matches(wanted.q) or [sa.false()])
        statement = statement.join(Concern.organisation).where(
            sa.or_(contains(Concern.title, wanted.q), named)
        )
    for column, value in (
        (Concern.organisation_id, wanted.organisation_id),
        (Concern.topic_id, wanted.topic_id),
        (Concern.flag, wanted.flag),
        (Concern.stage, wanted.stage),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.partner_id is not None:
        statement = statement.where(_referred_to(wanted.partner_id))
    if wanted.stage is None and not wanted.with_closed:
        # Named one by one, so that the count reads ranges of an index and no closed ones
        statement = statement.where(Concern.stage.in_(OPEN_STAGES))
    if wanted.late:
        statement = statement.where(next_due_on < today())
    return _in_figures(statement, wanted)


def _in_figures(statement: sa.Select[Concern], wanted: ConcernFilter) -> sa.Select[Concern]:
    """Narrow a list as figures are narrowed."""
    if wanted.team_id is not None:
        statement = statement.where(Concern.team_id == wanted.team_id)
    grouped = [*grouped_as(municipality=wanted.municipality, industry=wanted.industry)]
    if grouped:
        places = sa.select(Organisation.id).where(*grouped)
        statement = statement.where(Concern.organisation_id.in_(places))
    if wanted.outcome is not None:
        statement = statement.where(Concern.outcome == wanted.outcome)
    if wanted.procedures is not None:
        procedures = sa.select(Procedure.concern_id).where(*wanted.procedures.conditions())
        statement = statement.where(Concern.id.in_(procedures))
    if wanted.benefit is not None:
        # One open again keeps its figures for the next closing
        statement = statement.where(Concern.closed_at.is_not(None), _came(wanted.benefit) > 0)
    return statement.where(
        *wanted.opened.moments(Concern.opened_at),
        *wanted.responded.moments(Concern.first_responded_at),
        *wanted.closed.moments(Concern.closed_at),
    )


def _whose(actor: Actor, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Limit to one's own, and those one works on besides their owner; or to one's teams'."""
    match scope:
        case Scope.MINE:
            shared = sa.select(Collaborator.concern_id).where(Collaborator.person_id == actor.id)
            return [sa.or_(Concern.owner_id == actor.id, Concern.id.in_(shared))]
        case Scope.TEAM:
            return [Concern.team_id.in_(actor.seen_team_ids)]
    return []


def page(actor: Actor, wanted: ConcernFilter, cursor: Cursor | None = None) -> Page[Concern]:
    """Return one page of the concerns that `actor` may see, with what lists show loaded."""
    return page_of(selected(actor, wanted).options(*SHOWN), order_of(wanted), cursor)


def count(actor: Actor, wanted: ConcernFilter) -> Count:
    """Count the concerns that `actor` may see."""
    return count_of(selected(actor, wanted))


def count_procedures(actor: Actor, wanted: ConcernFilter) -> Count:
    """Count the procedures for which the concerns of a list are in it."""
    asked = wanted.procedures or ProcedureFilter()
    return count_of(selected(actor, wanted).join(Concern.procedures).where(*asked.conditions()))


def total(actor: Actor, wanted: ConcernFilter, benefit: Benefit) -> int:
    """Return the sum of what came of the concerns of a list, jobs or euros."""
    summed = sa.func.coalesce(sa.func.sum(_came(benefit)), 0)
    return int(db.session.scalar(selected(actor, wanted).with_only_columns(summed)) or 0)


def _came(benefit: Benefit) -> sa.ColumnElement[int]:
    columns = {
        Benefit.JOBS_SECURED: Concern.jobs_secured,
        Benefit.JOBS_CREATED: Concern.jobs_created,
        Benefit.INVESTMENT: Concern.investment,
    }
    return sa.type_coerce(columns[benefit], sa.BigInteger())


def first(actor: Actor, wanted: ConcernFilter, *, limit: int) -> Sequence[Concern]:
    """Return the first concerns of a list, with what lists show loaded."""
    statement = selected(actor, wanted).options(*SHOWN)
    return db.session.scalars(statement.order_by(*order_of(wanted).directed()).limit(limit)).all()


def rows(actor: Actor, wanted: ConcernFilter) -> Iterator[Concern]:
    """Yield all concerns of a list, for a file of them."""
    procedures = selectinload(Concern.procedures)
    statement = selected(actor, wanted).options(*SHOWN, *PEOPLE, procedures)
    for batch in batches_of(statement, order_of(wanted)):
        yield from (concern for (concern,) in batch)


def get(actor: Actor, concern_id: UUID) -> Concern:
    """Return a concern with organisation, topic and all its people; raise `NotFound`."""
    concern = db.session.scalar(
        sa.select(Concern)
        .where(visible(Concern, actor), Concern.id == concern_id)
        .options(*SHOWN, *PEOPLE)
        .execution_options(populate_existing=True)
    )
    if concern is None:
        raise NotFound(concern_id)
    return concern


def open_of(actor: Actor, organisation_id: UUID) -> Sequence[Concern]:
    """Return the open concerns of an organisation, the most pressing first."""
    return db.session.scalars(
        sa.select(Concern)
        .where(
            visible(Concern, actor),
            Concern.organisation_id == organisation_id,
            Concern.stage != Stage.CLOSED,
        )
        .options(*SHOWN)
        .order_by(_PRESSING, next_due_on, Concern.id)
    ).all()


def mine_urgent(actor: Actor, limit: int = 10) -> Sequence[Concern]:
    """Return the actor's own open urgent concerns, what is due first first."""
    return db.session.scalars(
        sa.select(Concern)
        .where(
            visible(Concern, actor),
            Concern.owner_id == actor.id,
            Concern.stage != Stage.CLOSED,
            Concern.flag == Flag.URGENT,
        )
        .options(*SHOWN)
        .order_by(next_due_on, Concern.id)
        .limit(limit)
    ).all()


# --- procedures: seen with their concern ---------------------------------------------------------


def procedures_of(concern: Concern) -> Sequence[Procedure]:
    """Return the procedures of a concern that the actor sees, running ones first."""
    return db.session.scalars(
        sa.select(Procedure)
        .where(Procedure.concern_id == concern.id)
        .order_by(Procedure.decided_on.is_not(None), Procedure.begun_on, Procedure.id)
    ).all()


def find_procedure(concern: Concern, procedure_id: UUID) -> Procedure | None:
    """Return one procedure of a concern that the actor sees, or None."""
    return db.session.scalar(
        sa.select(Procedure)
        .where(Procedure.concern_id == concern.id, Procedure.id == procedure_id)
        .execution_options(populate_existing=True)
    )


def offices(actor: Actor) -> Sequence[str]:
    """Return the offices of the procedures that `actor` sees, those used most first."""
    return db.session.scalars(
        sa.select(Procedure.office)
        .join(Procedure.concern)
        .where(visible(Concern, actor))
        .group_by(Procedure.office)
        .order_by(sa.func.count().desc(), Procedure.office)
        .limit(_OFFICES_SUGGESTED)
    ).all()
