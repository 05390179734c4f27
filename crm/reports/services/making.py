"""Count the figures of a report and freeze them: in steps, to be cancelled or taken up again.

Everything is read in one state of the database and stored in one transaction at the end: a report
has its former figures or its new ones, never half of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa

from crm import audit, jobs
from crm.accounts.models import Body
from crm.clock import now
from crm.db import db, snapshot, transaction
from crm.reports.counting import figures_of
from crm.reports.figures import Figures, smallest_group
from crm.reports.material import Material, Span
from crm.reports.measures import Both, year_before
from crm.reports.models import Report, ReportKind, ReportState
from crm.reports.reading import Reader
from crm.visits.models import Visit

log = logging.getLogger(__name__)

# The name by which a worker is woken to count what waits
WORK = "reports"
# A worker tells at every step that it lives; one that has not for so long is dead
_DEAD_AFTER = timedelta(minutes=2)
# So many conversations, those of the year before included, are counted in less than two seconds
_AT_ONCE = 12_000
_READ = (
    "talks",
    "notes",
    "offers",
    "opened",
    "answered",
    "closed",
    "open",
    "done",
    "referred",
    "answered_by_partners",
    "procedures",
)


class _Stopped(Exception):  # noqa: N818 - no error
    """Somebody has cancelled, or begun anew."""


class _Order(NamedTuple):
    """A report that is being counted."""

    id: UUID
    attempt: int
    body_id: UUID
    kind: ReportKind
    period: Span
    # The year whose target is told: the report covers all of it
    year: int | None


def make_soon(report_id: UUID, *, smallest: int = 3) -> bool:
    """Count at once what takes no two seconds, and tell whether it did.

    The rest is left to whoever counts what waits.

    smallest  groups of fewer organisations are hidden
    """
    report = db.session.get_one(Report, report_id)
    period = _period(report)
    some = (
        sa.select(sa.literal(1))
        .where(
            Visit.body_id == report.body_id,
            Visit.visited_on.between(year_before(period.since), period.until),
        )
        .limit(_AT_ONCE + 1)
    )
    many = db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    if many > _AT_ONCE:
        jobs.wake(WORK)
        return False
    order = _take(report_id)
    if order is not None:
        _make(order, smallest)
    return order is not None


def make_waiting_reports(*, smallest: int = 3) -> int:
    """Count what waits, and what a dead worker has left; return how many reports that were.

    smallest  groups of fewer organisations are hidden
    """
    made = 0
    while order := _take():
        _make(order, smallest)
        made += 1
    return made


def _take(report_id: UUID | None = None) -> _Order | None:
    """Take a report that waits, this one or the one that waits longest; nobody else gets it."""
    with transaction() as session:
        left = sa.and_(
            Report.state == ReportState.WORKING, Report.heartbeat_at < now() - _DEAD_AFTER
        )
        report = session.scalar(
            sa.select(Report)
            .where(
                sa.or_(Report.state == ReportState.WAITING, left),
                Report.id == report_id if report_id else sa.true(),
            )
            .order_by(Report.updated_at, Report.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if report is None:
            return None
        attempt = report.attempt + 1
        session.execute(
            sa.update(Report)
            .where(Report.id == report.id)
            .values(
                state=ReportState.WORKING,
                attempt=attempt,
                heartbeat_at=now(),
                step=0,
                steps=2 * len(_READ) + 1,
            )
        )
        year = report.since.year
        is_year = (report.since, report.until) == (date(year, 1, 1), date(year, 12, 31))
        return _Order(
            id=report.id,
            attempt=attempt,
            body_id=report.body_id,
            kind=report.kind,
            period=_period(report),
            year=year if is_year else None,
        )


def _period(report: Report) -> Span:
    """Return the days that are counted: none after the key date."""
    return Span(report.since, min(report.until, report.key_date))


def _make(order: _Order, smallest: int) -> None:
    smallest_group.set(smallest)
    try:
        figures, frozen_at = _counted(order)
        _freeze(order, figures, frozen_at)
    except _Stopped:
        return
    except Exception:
        log.exception("the figures of report %s could not be counted", order.id)
        _update(order, state=ReportState.FAILED)


def _counted(order: _Order) -> tuple[Figures, datetime]:
    steps = _steps(order)
    next(steps)
    with snapshot() as connection:
        reader = Reader(connection, order.body_id)
        # The first read fixes the state that all others see
        land = connection.scalar(sa.select(Body.land).where(Body.id == order.body_id)) or ""
        frozen_at = now()
        topics = reader.topics()
        period, before = order.period, Span(*map(year_before, order.period))
        both = Both(
            period=_material(reader, period, topics, steps),
            before=_material(reader, before, topics, steps),
            land=land,
            target=reader.target(order.year) if order.year else None,
        )
        namings: dict[str, Sequence[tuple[str, ...]]] = {}
        if order.kind is ReportKind.INTERNAL:
            namings["visited"] = reader.visited_by_name(period)
            namings["solved"] = reader.solved_by_name(period)
    figures = figures_of(order.kind, both, namings=namings)
    next(steps)
    return figures, frozen_at


def _material(
    reader: Reader, span: Span, topics: Sequence[tuple[str, str, str]], steps: Iterator[None]
) -> Material:
    material = Material(span=span, topics=topics)
    for part in _READ:
        read = cast("Callable[[Span], Any]", getattr(reader, part))
        setattr(material, part, read(span))
        next(steps)
    return material


def _steps(order: _Order) -> Iterator[None]:
    """Tell at each step how far it is; raises `_Stopped` when nobody wants to know any more."""
    yield
    step = 0
    while True:
        step += 1
        if not _update(order, step=step, heartbeat_at=now()):
            raise _Stopped
        yield


def _freeze(order: _Order, figures: Figures, frozen_at: datetime) -> None:
    with transaction() as session:
        done = _update(
            order, state=ReportState.READY, figures=figures.to_json(), frozen_at=frozen_at
        )
        if done:
            audit.record(None, "frozen", session.get_one(Report, order.id))


def _update(order: _Order, **columns: Any) -> bool:
    """Change a report as long as it is ours; tell whether it is."""
    with transaction() as session:
        changed = session.execute(
            sa.update(Report)
            .where(
                Report.id == order.id,
                Report.attempt == order.attempt,
                Report.state == ReportState.WORKING,
            )
            .values(**columns)
        )
    return bool(cast("sa.CursorResult[Any]", changed).rowcount)
