"""Cancel, postpone, plan again, archive and restore a visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from crm import audit
from crm.clock import now, today
from crm.db import transaction
from crm.errors import Conflict, NotFound
from crm.policy import Actor, Permission, authorize
from crm.visits import queries
from crm.visits.models import Visit, VisitStatus

_STILL_TO_COME = frozenset({VisitStatus.PLANNED, VisitStatus.POSTPONED})


def cancel_visit(actor: Actor, visit_id: UUID, *, reason: str) -> None:
    """Say that a planned visit will not take place; a second click changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a visit that is not planned.
    """

    def cancel(visit: Visit) -> None:
        _expect_listed(visit, _STILL_TO_COME | {VisitStatus.CANCELLED})
        if visit.status is VisitStatus.CANCELLED:
            return
        visit.status, visit.status_reason = VisitStatus.CANCELLED, reason

    _change(actor, visit_id, "cancelled", cancel)


def postpone_visit(actor: Actor, visit_id: UUID, *, reason: str, to: date | None = None) -> None:
    """Say that a planned visit will take place at another date; a second click changes nothing.

    to      the new day, on which it is planned; None leaves it open

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a visit that is not planned, and with field
    `visited_on` for a day that is past.
    """
    if to is not None and to < today():
        raise Conflict("day_past", field="visited_on")

    def postpone(visit: Visit) -> None:
        _expect_listed(visit, _STILL_TO_COME)
        if to is not None:
            visit.status, visit.status_reason, visit.visited_on = VisitStatus.PLANNED, "", to
            return
        if visit.status is VisitStatus.POSTPONED:
            return
        visit.status, visit.status_reason = VisitStatus.POSTPONED, reason

    _change(actor, visit_id, "postponed", postpone)


def plan_again(actor: Actor, visit_id: UUID) -> None:
    """Undo cancelling or postponing; a second click changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a visit that is neither.
    """

    def plan(visit: Visit) -> None:
        _expect_listed(visit, _STILL_TO_COME | {VisitStatus.CANCELLED})
        visit.status, visit.status_reason = VisitStatus.PLANNED, ""

    _change(actor, visit_id, "planned", plan)


def archive_visit(actor: Actor, visit_id: UUID, *, reason: str) -> None:
    """Take a visit out of the lists; archiving an archived one changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` for a draft.
    """

    def archive(visit: Visit) -> None:
        _expect(visit, set(VisitStatus) - {VisitStatus.DRAFT})
        if visit.archived_at is None:
            visit.archive(actor.id, reason=reason)

    _change(actor, visit_id, "archived", archive)


def restore_visit(actor: Actor, visit_id: UUID) -> None:
    """Put a visit back into the lists.

    Raises `NotFound` or `NotAllowed`.
    """
    _change(actor, visit_id, "restored", Visit.restore)


def _expect(visit: Visit, statuses: set[VisitStatus] | frozenset[VisitStatus]) -> None:
    if visit.status not in statuses:
        raise Conflict("visit_status")


def _expect_listed(visit: Visit, statuses: frozenset[VisitStatus]) -> None:
    _expect(visit, statuses if visit.archived_at is None else frozenset())


def _change(actor: Actor, visit_id: UUID, action: str, change: Callable[[Visit], None]) -> None:
    with transaction() as session:
        visit = queries.find(visit_id)
        if visit is None or not queries.may_see_visit(actor, visit):
            raise NotFound(visit_id)
        authorize(actor, Permission.VISIT_EDIT, visit)
        change(visit)
        if session.is_modified(visit):
            visit.updated_at = now()
            audit.record(actor.id, action, visit)
