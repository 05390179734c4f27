"""The list of visits: what it can be narrowed to, how it is ordered, counted and exported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum, unique
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Person
from crm.concerns.models import Flag
from crm.db import db
from crm.offers.models import AgencyOffer
from crm.organisations import queries as organisations
from crm.organisations.grouping import SizeGroup, grouped_as
from crm.organisations.models import Organisation, OrganisationKind
from crm.paging import Count, Cursor, Order, Page, batches_of, counts_of, cut, window_of
from crm.policy import Actor
from crm.visibility import visible
from crm.visits.models import (
    VISIT_MODES,
    Attendance,
    Mode,
    Occasion,
    TopicNote,
    Visit,
    VisitOffer,
    VisitOrganisation,
    VisitStatus,
)
from crm.visits.queries import visible_visits


@unique
class Counted(StrEnum):
    """What figures call an entry; each entry with an organisation is one of the three."""

    VISITS = "visits"
    OTHER = "other"
    PARTNERS = "partners"


@unique
class Offered(StrEnum):
    """What became of an offer of ours; what is used has been mentioned."""

    MENTIONED = "mentioned"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilter:
    """What the list shows; without anything: every visit that is not archived, but no drafts.

    offer_id, offered  those with this offer of ours, or with any: mentioned, or used
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    organisation_id: UUID | None = None
    municipality: str = ""
    industry: str = ""
    size: SizeGroup | None = None
    team_id: UUID | None = None
    person_id: UUID | None = None
    topic_id: UUID | None = None
    flag: Flag | None = None
    status: VisitStatus | None = None
    mode: Mode | None = None
    counted: Counted | None = None
    offer_id: UUID | None = None
    offered: Offered | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCount:
    """How many entries there are, and how many of those counted figures call visits."""

    entries: Count
    visits: int


class VisitRow(NamedTuple):
    """A visit as the list and its file show it. Columns instead of objects: those cost most."""

    id: UUID
    visited_on: date
    visited_at: time | None
    organisation: str
    organisation_key: str
    municipality: str
    mode: Mode
    occasion: Occasion | None
    status: VisitStatus
    owner: str
    summary: str
    next_visit_due_on: date | None
    file_reference: str
    # Topic and flag of each visible note
    notes: Sequence[tuple[UUID, Flag]]
    # Our offers that were mentioned, and whether they were used; in a file alone
    offers: Sequence[tuple[UUID, bool]]


_SHOWN = (
    Visit.id, Visit.visited_on, Visit.visited_at, Organisation.name, Organisation.sort_key,
    Organisation.municipality, Visit.mode, Visit.occasion, Visit.status, Person.name, Visit.summary,
    Visit.next_visit_due_on, Visit.file_reference,
)  # fmt: skip

NEWEST: Order[VisitRow] = Order(
    columns=(Visit.visited_on, Visit.id),
    values=lambda visit: (visit.visited_on, visit.id),
    descending=True,
)
OLDEST: Order[VisitRow] = Order(columns=NEWEST.columns, values=NEWEST.values)
BY_ORGANISATION: Order[VisitRow] = Order(
    columns=(Organisation.sort_key, Visit.id),
    values=lambda visit: (visit.organisation_key, visit.id),
)
ORDERS = {"newest": NEWEST, "oldest": OLDEST, "organisation": BY_ORGANISATION}


def selected(actor: Actor, wanted: VisitFilter, *, whole: bool = False) -> sa.Select[Visit]:
    """Select the visits of a list; figures group this very selection.

    whole  all of them will be read, not one page
    """
    # A page asks visit by visit and stops after 50; a count collects the notes' visits at once
    said = Visit.id.in_(_noted(actor, wanted)) if whole else _is_noted(actor, wanted)
    conditions = [
        visible_visits(actor),
        Visit.archived_at.is_not(None) if wanted.archived else Visit.archived_at.is_(None),
        # A draft may have neither date nor organisation; its own list is on the start page
        Visit.status != VisitStatus.DRAFT,
        Visit.status == wanted.status if wanted.status else sa.true(),
    ]
    if wanted.text or wanted.municipality or wanted.industry or wanted.size:
        conditions.append(Visit.organisation_id.in_(_organisations(wanted)))
    if wanted.since:
        conditions.append(Visit.visited_on >= wanted.since)
    if wanted.until:
        conditions.append(Visit.visited_on <= wanted.until)
    if wanted.organisation_id:
        table = sa.select(VisitOrganisation.visit_id).where(
            VisitOrganisation.organisation_id == wanted.organisation_id
        )
        conditions.append(
            sa.or_(Visit.organisation_id == wanted.organisation_id, Visit.id.in_(table))
        )
    if wanted.team_id:
        conditions.append(Visit.team_id == wanted.team_id)
    if wanted.person_id:
        took_part = sa.select(Attendance.visit_id).where(Attendance.person_id == wanted.person_id)
        conditions.append(Visit.id.in_(took_part))
    if wanted.mode:
        conditions.append(Visit.mode == wanted.mode)
    if wanted.counted:
        conditions.append(is_counted(wanted.counted))
    if wanted.topic_id or wanted.flag:
        conditions.append(said)
    conditions += _offering(wanted)
    return sa.select(Visit).where(*conditions)


def is_counted(counted: Counted) -> sa.ColumnElement[bool]:
    """Limit visits to those that figures call so."""
    partners = sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.PARTNER)
    match counted:
        case Counted.VISITS:
            return sa.and_(Visit.mode.in_(VISIT_MODES), Visit.organisation_id.not_in(partners))
        case Counted.OTHER:
            return sa.and_(Visit.mode.not_in(VISIT_MODES), Visit.organisation_id.not_in(partners))
    return Visit.organisation_id.in_(partners)


def _organisations(wanted: VisitFilter) -> sa.Select[UUID]:
    return sa.select(Organisation.id).where(
        *organisations.matches(wanted.text),
        *grouped_as(municipality=wanted.municipality, industry=wanted.industry, size=wanted.size),
    )


def _noted(actor: Actor, wanted: VisitFilter) -> sa.Select[UUID]:
    notes = sa.select(TopicNote.visit_id).where(visible(TopicNote, actor))
    if wanted.topic_id:
        notes = notes.where(TopicNote.topic_id == wanted.topic_id)
    if wanted.flag:
        notes = notes.where(TopicNote.flag == wanted.flag)
    return notes


def _offering(wanted: VisitFilter) -> list[sa.ColumnElement[bool]]:
    if not (wanted.offer_id or wanted.offered):
        return []
    offering = sa.select(VisitOffer.visit_id)
    if wanted.offer_id:
        offering = offering.where(VisitOffer.offer_id == wanted.offer_id)
    if wanted.offered is Offered.USED:
        offering = offering.where(VisitOffer.is_used)
    return [Visit.id.in_(offering)]


def _is_noted(actor: Actor, wanted: VisitFilter) -> sa.ColumnElement[bool]:
    return _noted(actor, wanted).where(TopicNote.visit_id == Visit.id).correlate(Visit).exists()


def page(
    actor: Actor, wanted: VisitFilter, order: Order[VisitRow], cursor: Cursor | None
) -> Page[VisitRow]:
    """Return one page of the list."""
    statement = window_of(_shown(selected(actor, wanted)), order, cursor)
    found = db.session.execute(statement).all()
    return cut(_with_notes(actor, found), order, cursor)


def latest(actor: Actor, organisation_id: UUID, *, limit: int) -> Sequence[VisitRow]:
    """Return the latest visits at which this organisation was at the table."""
    at_the_table = selected(actor, VisitFilter(organisation_id=organisation_id))
    shown = _shown(at_the_table).order_by(*NEWEST.directed()).limit(limit)
    return _with_notes(actor, db.session.execute(shown).all())


def count(actor: Actor, wanted: VisitFilter) -> VisitCount:
    """Count the list, and what figures call visits: held on site or here, no partner talks."""
    statement = selected(actor, wanted, whole=True)
    held = sa.and_(is_counted(Counted.VISITS), Visit.status == VisitStatus.COMPLETED)
    entries, visits = counts_of(statement, sa.case((held, 1)))
    return VisitCount(entries=entries, visits=visits)


def rows(actor: Actor, wanted: VisitFilter, order: Order[VisitRow]) -> Iterator[VisitRow]:
    """Yield the whole list, for a file of it."""
    for batch in batches_of(_shown(selected(actor, wanted, whole=True)), order):
        visits = _with_notes(actor, batch)
        offers = _offers([visit.id for visit in visits])
        for visit in visits:
            yield visit._replace(offers=offers.get(visit.id, ()))


def _shown(visits: sa.Select[Visit]) -> sa.Select[*tuple[Any, ...]]:
    return visits.join(Visit.owner).join(Visit.organisation).with_only_columns(*_SHOWN)


def _with_notes(actor: Actor, found: Sequence[sa.Row[*tuple[Any, ...]]]) -> Sequence[VisitRow]:
    """Add topic and flag of the notes that `actor` may see."""
    notes: dict[UUID, list[tuple[UUID, Flag]]] = {row[0]: [] for row in found}
    for visit_id, topic_id, flag in db.session.execute(
        sa.select(TopicNote.visit_id, TopicNote.topic_id, TopicNote.flag)
        .where(visible(TopicNote, actor), TopicNote.visit_id.in_(list(notes)))
        .order_by(TopicNote.visit_id, TopicNote.position, TopicNote.id)
    ):
        notes[visit_id].append((topic_id, flag))
    return [VisitRow._make((*row, notes[row[0]], ())) for row in found]


def _offers(visit_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[tuple[UUID, bool]]]:
    """Return our offers that were mentioned, and whether they were used, by visit."""
    found: dict[UUID, list[tuple[UUID, bool]]] = {}
    for visit_id, offer_id, is_used in db.session.execute(
        sa.select(VisitOffer.visit_id, VisitOffer.offer_id, VisitOffer.is_used)
        .join(VisitOffer.offer)
        .where(VisitOffer.visit_id.in_(visit_ids))
        .order_by(VisitOffer.visit_id, AgencyOffer.position)
    ):
        found.setdefault(visit_id, []).append((offer_id, is_used))
    return found
