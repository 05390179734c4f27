"""Have figures counted again, cancel that, finish a report, put it away."""

from __future__ import annotations

from uuid import UUID

from crm import audit
from crm.clock import now
from crm.db import transaction
from crm.errors import Conflict
from crm.policy import Actor, Permission, authorize
from crm.reports import queries
from crm.reports.models import Report, ReportState
from crm.reports.services.drawing_up import changeable


def count_again(actor: Actor, report_id: UUID) -> Report:
    """Have the figures counted again; the former ones stay until the new ones are there.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with `report_finished`.
    """
    with transaction():
        report = changeable(actor, report_id)
        if not report.state.is_under_way:
            report.state, report.step, report.steps = ReportState.WAITING, 0, 0
            audit.record(actor.id, "recounted", report)
    return report


def cancel(actor: Actor, report_id: UUID) -> Report:
    """Stop the counting; former figures hold. What has come to its end meanwhile stays.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with `report_finished`.
    """
    with transaction():
        report = changeable(actor, report_id)
        if report.state.is_under_way:
            former = report.figures is not None
            report.state = ReportState.READY if former else ReportState.CANCELLED
            report.attempt += 1
            audit.record(actor.id, "cancelled", report)
    return report


def finish(actor: Actor, report_id: UUID) -> None:
    """Say that nothing is to change any more; a second time changes nothing.

    Raises `NotFound`, `NotAllowed`, or `Conflict` with `report_not_ready`.
    """
    with transaction():
        report = _mine(actor, report_id)
        if report.state is not ReportState.READY:
            raise Conflict("report_not_ready")
        if not report.is_finished:
            report.finished_at = now()
            audit.record(actor.id, "finished", report)


def reopen(actor: Actor, report_id: UUID) -> None:
    """Undo the finishing.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        report = _mine(actor, report_id)
        if report.is_finished:
            report.finished_at = None
            audit.record(actor.id, "reopened", report)


def archive(actor: Actor, report_id: UUID) -> None:
    """Take a report out of the list; its page stays.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        report = _mine(actor, report_id)
        if report.archived_at is None:
            report.archive(actor.id, reason="")
            audit.record(actor.id, "archived", report)


def restore(actor: Actor, report_id: UUID) -> None:
    """Put an archived report back.

    Raises `NotFound` or `NotAllowed`.
    """
    with transaction():
        report = _mine(actor, report_id)
        if report.archived_at is not None:
            report.restore()
            audit.record(actor.id, "restored", report)


def _mine(actor: Actor, report_id: UUID) -> Report:
    report = queries.get(actor, report_id)
    authorize(actor, Permission.REPORT_MAKE, report)
    return report
