"""The list of organisations with their last visits: filters, orders, count, rows for a file.

It stands above the visits as a page does; nothing below a page imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Bundle, joinedload

from crm.accounts import queries as accounts
from crm.accounts.models import Person, Team
from crm.clock import today
from crm.dates import add_months
from crm.db import db
from crm.organisations.grouping import SizeGroup, grouped_as
from crm.organisations.models import Organisation, OrganisationKind, OrganisationStatus
from crm.organisations.queries import matches, visible_organisations
from crm.paging import Count, Cursor, Order, Page, batches_of, count_of, page_of
from crm.policy import Actor
from crm.text import sort_key
from crm.visits.models import VISIT_MODES, Visit, VisitOrganisation, VisitStatus
from crm.visits.queries import visible_visits

# In orders a visit that never was is the oldest
NEVER = date(1, 1, 1)
ORDER_NAMES = ("name", "municipality", "oldest", "newest")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFilter:
    """What the list shows; without anything: every organisation that is not archived.

    visit_due  only those whose next visit is due and not planned, or that were never visited
    no_owner   only those of a team in which nobody works
    """

    text: str = ""
    kind: OrganisationKind | None = None
    municipality: str = ""
    industry: str = ""
    size: SizeGroup | None = None
    team_id: UUID | None = None
    status: OrganisationStatus | None = None
    target: bool = False
    not_visited_months: int | None = None
    visit_due: bool = False
    never_visited: bool = False
    no_cadence: bool = False
    no_owner: bool = False
    archived: bool = False


def _held(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(
        visible_visits(actor),
        Visit.status == VisitStatus.COMPLETED,
        Visit.mode.in_(VISIT_MODES),
        Visit.archived_at.is_(None),
    )


def last_visit_on(actor: Actor, *, without: UUID | None = None) -> sa.ScalarSelect[date]:
    """Return the date of an organisation's last visit as far as `actor` may see it, or NEVER.

    Visits are what figures call so: completed, on site or at our office; also at others' table.

    without  a visit that does not count, because its own page asks
    """
    held = sa.and_(_held(actor), Visit.id != without if without else sa.true())
    leading = sa.select(Visit.visited_on).where(Visit.organisation_id == Organisation.id, held)
    further = (
        sa.select(Visit.visited_on)
        .join(VisitOrganisation, VisitOrganisation.visit_id == Visit.id)
        .where(VisitOrganisation.organisation_id == Organisation.id, held)
    )
    days = sa.union_all(leading.correlate(Organisation), further.correlate(Organisation)).subquery()
    latest = sa.func.max(days.c.visited_on)
    return sa.select(sa.func.coalesce(latest, sa.literal(NEVER, sa.Date()))).scalar_subquery()


def _has_visit(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Limit organisations to those at whose table such a visit is."""
    leading = sa.exists().where(Visit.organisation_id == Organisation.id, *conditions)
    further = sa.exists().where(
        VisitOrganisation.organisation_id == Organisation.id,
        VisitOrganisation.visit_id == Visit.id,
        *conditions,
    )
    return sa.or_(leading, further)


def is_visit_due(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit organisations to the active ones whose next visit is due and not planned yet.

    It is due on its date; without one, when the cadence has passed since the last visit, or when a
    target company or one with a cadence was never visited. Only visits that `actor` sees count.
    """
    day = today()
    months = sa.extract("year", Visit.visited_on) * 12 + sa.extract("month", Visit.visited_on)
    again = months + Organisation.cadence_months
    this_month = day.year * 12 + day.month
    is_recent = sa.or_(
        Organisation.cadence_months.is_(None),
        again > this_month,
        sa.and_(again == this_month, sa.extract("day", Visit.visited_on) > day.day),
    )
    is_watched = sa.or_(Organisation.cadence_months.is_not(None), Organisation.is_target.is_(True))
    is_planned = (
        visible_visits(actor),
        Visit.status == VisitStatus.PLANNED,
        Visit.archived_at.is_(None),
        Visit.visited_on >= day,
    )
    without_date = sa.and_(
        Organisation.next_visit_due_on.is_(None),
        is_watched,
        ~_has_visit(_held(actor), is_recent),
    )
    return sa.and_(
        Organisation.status == OrganisationStatus.ACTIVE,
        Organisation.archived_at.is_(None),
        sa.or_(Organisation.next_visit_due_on <= day, without_date),
        ~_has_visit(*is_planned),
    )


def selected(actor: Actor, wanted: OrganisationFilter) -> sa.Select[Any]:
    """Select the organisations of a list; figures group this very selection."""
    conditions: list[sa.ColumnElement[bool]] = [
        visible_organisations(actor),
        Organisation.archived_at.is_not(None)
        if wanted.archived
        else Organisation.archived_at.is_(None),
        *matches(wanted.text),
        *grouped_as(municipality=wanted.municipality, industry=wanted.industry, size=wanted.size),
    ]
    for column, value in (
        (Organisation.kind, wanted.kind),
        (Organisation.team_id, wanted.team_id),
        (Organisation.status, wanted.status),
    ):
        if value:
            conditions.append(column == value)
    if wanted.target:
        conditions.append(Organisation.is_target.is_(True))
    if wanted.not_visited_months is not None:
        conditions.append(not_visited_since(actor, months_ago(wanted.not_visited_months)))
    if wanted.never_visited:
        conditions.append(not_visited_since(actor, None))
    if wanted.no_cadence:
        conditions.append(Organisation.cadence_months.is_(None))
    if wanted.no_owner:
        conditions.append(~has_owner())
    if wanted.visit_due:
        conditions.append(is_visit_due(actor))
    return sa.select(Organisation).where(*conditions)


def has_owner() -> sa.ColumnElement[bool]:
    """Limit organisations to those of a team in which somebody works."""
    works = accounts.at_work().where(Person.team_id == Organisation.team_id)
    return works.correlate(Organisation).exists()


def months_ago(count: int) -> date:
    """Return the day from which on a visit is younger than so many months."""
    return add_months(today(), -count)


def not_visited_since(actor: Actor, day: date | None) -> sa.ColumnElement[bool]:
    """Limit organisations to those without a visit from `day` on; without a day, never visited.

    Asked visit by visit, so that the first one found is the end of the search.
    """
    return ~_has_visit(_held(actor), *([Visit.visited_on >= day] if day else []))


def _folded(column: Any) -> sa.ColumnElement[str]:
    """Return a name so that it sorts alike on every database: Ärzte before Zebra."""
    for letter, plain in zip("ÄÖÜäöüß", "aouaous", strict=True):
        column = sa.func.replace(column, letter, plain)
    return sa.func.lower(column, type_=sa.Text())


_MUNICIPALITY = _folded(Organisation.municipality)


def orders(actor: Actor) -> dict[str, Order[Any]]:
    """Return the orders of the list by their names in the address."""
    last = last_visit_on(actor)
    by_name: Order[Any] = Order(
        columns=(Organisation.sort_key, Organisation.id),
        values=lambda row: (row.sort_key, row.id),
    )
    by_municipality: Order[Any] = Order(
        columns=(_MUNICIPALITY, Organisation.sort_key, Organisation.id),
        values=lambda row: (row.municipality_key, row.sort_key, row.id),
    )
    oldest: Order[Any] = Order(
        columns=(last, Organisation.id), values=lambda row: (row.last_visit_on, row.id)
    )
    newest: Order[Any] = Order(columns=oldest.columns, values=oldest.values, descending=True)
    return dict(zip(ORDER_NAMES, (by_name, by_municipality, oldest, newest), strict=True))


def page(
    actor: Actor, wanted: OrganisationFilter, order: Order[Any], cursor: Cursor | None
) -> Page[Any]:
    """Return one page of the list: rows with the columns that it shows."""
    row: Bundle[Any] = Bundle(
        "row",
        Organisation.id,
        Organisation.name,
        Organisation.sort_key,
        Organisation.kind,
        Organisation.municipality,
        _MUNICIPALITY.label("municipality_key"),
        Organisation.industry,
        Organisation.status,
        Organisation.is_target,
        Organisation.next_visit_due_on,
        Organisation.cadence_months,
        Team.name.label("team"),
        last_visit_on(actor).label("last_visit_on"),
    )
    statement = selected(actor, wanted).join(Organisation.team).with_only_columns(row)
    return page_of(statement, order, cursor)


def count(actor: Actor, wanted: OrganisationFilter) -> Count:
    """Count the list, at most 10,000."""
    return count_of(selected(actor, wanted))


def rows(
    actor: Actor, wanted: OrganisationFilter, order: Order[Any]
) -> Iterator[tuple[Organisation, date | None]]:
    """Yield the whole list with the last visits, for a file of them."""
    statement = (
        selected(actor, wanted)
        .add_columns(last_visit_on(actor).label("last_visit_on"))
        .options(joinedload(Organisation.team))
    )
    for batch in batches_of(statement, order):
        for organisation, last in batch:
            yield organisation, None if last == NEVER else last


def last_visit(actor: Actor, organisation_id: UUID, *, without: UUID | None = None) -> date | None:
    """Return when `actor` knows this organisation to have been visited last, or None."""
    found = db.session.scalar(
        sa.select(last_visit_on(actor, without=without))
        .select_from(Organisation)
        .where(Organisation.id == organisation_id)
    )
    return None if found == NEVER else found


class DueVisit(NamedTuple):
    """An organisation whose next visit is due; since when, unless it was never visited."""

    organisation: Organisation
    due_on: date | None
    last_visit_on: date | None


def due_visits(actor: Actor, *, limit: int) -> list[DueVisit]:
    """Return the organisations of the actor's teams whose visit is due, the most overdue first.

    Those without a date, as they were never visited, come last.
    """
    found = db.session.execute(
        sa.select(Organisation, last_visit_on(actor))
        .where(
            visible_organisations(actor),
            Organisation.team_id.in_(actor.seen_team_ids),
            is_visit_due(actor),
        )
        .order_by(
            Organisation.next_visit_due_on.is_(None),
            Organisation.next_visit_due_on,
            Organisation.sort_key,
            Organisation.id,
        )
        .limit(limit)
    )
    return [
        DueVisit(organisation, next_due(organisation, last), None if last == NEVER else last)
        for organisation, last in found
    ]


def next_due(organisation: Any, last_on: date | None) -> date | None:
    """Return when the next visit is due: as noted, or the cadence after the last visit.

    organisation    or a row of the list
    """
    noted: date | None = organisation.next_visit_due_on
    cadence: int | None = organisation.cadence_months
    if noted or not cadence or not last_on or last_on == NEVER:
        return noted
    return add_months(last_on, cadence)


def selected_municipalities(actor: Actor) -> sa.Select[str]:
    """Select the municipalities of the organisations that `actor` sees."""
    return (
        sa.select(Organisation.municipality)
        .where(visible_organisations(actor), Organisation.archived_at.is_(None))
        .group_by(Organisation.municipality)
    )


def municipalities(actor: Actor) -> Sequence[str]:
    """Return the municipalities of the organisations that `actor` sees, by name."""
    found = selected_municipalities(actor).order_by(Organisation.municipality).limit(1_000)
    return sorted(db.session.scalars(found), key=sort_key)
