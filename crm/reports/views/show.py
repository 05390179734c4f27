"""One report to read, how far its figures are, and what is done with it."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm import audit
from crm.policy import Permission
from crm.reports import queries, services
from crm.reports.content import content_of
from crm.reports.views.blueprint import bp, make_soon
from crm.reports.wording import happened
from crm.web.access import current_actor, requires
from crm.web.notices import Undo, notify


@bp.get("/reports/<uuid:report_id>")
@requires(Permission.REPORT_READ)
def show(report_id: UUID) -> ResponseReturnValue:
    """Show a report to be read, or how far its figures are."""
    report = queries.get(current_actor(), report_id)
    return render_template(
        "reports/show.html",
        report=report,
        content=content_of(report) if report.figures is not None else None,
        history=[(e.at, e.actor_name, happened(e)) for e in audit.history(report_id)],
    )


@bp.post("/reports/<uuid:report_id>/count")
@requires(Permission.REPORT_MAKE)
def count(report_id: UUID) -> ResponseReturnValue:
    """Have the figures counted again."""
    services.count_again(current_actor(), report_id)
    is_done = make_soon(report_id)
    sentence = _("Die Zahlen sind neu berechnet.") if is_done else _("Die Zahlen werden berechnet.")
    return _changed(report_id, sentence)


@bp.post("/reports/<uuid:report_id>/cancel")
@requires(Permission.REPORT_MAKE)
def cancel(report_id: UUID) -> ResponseReturnValue:
    """Stop the counting."""
    services.cancel(current_actor(), report_id)
    return _changed(report_id, _("Die Berechnung ist abgebrochen."))


@bp.post("/reports/<uuid:report_id>/finish")
@requires(Permission.REPORT_MAKE)
def finish(report_id: UUID) -> ResponseReturnValue:
    """Say that nothing is to change any more."""
    services.finish(current_actor(), report_id)
    return _changed(report_id, _("Der Bericht ist abgeschlossen."), undo="reports.reopen")


@bp.post("/reports/<uuid:report_id>/reopen")
@requires(Permission.REPORT_MAKE)
def reopen(report_id: UUID) -> ResponseReturnValue:
    """Undo the finishing."""
    services.reopen(current_actor(), report_id)
    return _changed(report_id, _("Der Bericht ist wieder in Arbeit."))


@bp.post("/reports/<uuid:report_id>/archive")
@requires(Permission.REPORT_MAKE)
def archive(report_id: UUID) -> ResponseReturnValue:
    """Take a report out of the list."""
    services.archive(current_actor(), report_id)
    undo = Undo(url=url_for("reports.restore", report_id=report_id))
    notify(_("Der Bericht ist archiviert."), undo=undo)
    return redirect(url_for("reports.index"), code=303)


@bp.post("/reports/<uuid:report_id>/restore")
@requires(Permission.REPORT_MAKE)
def restore(report_id: UUID) -> ResponseReturnValue:
    """Put an archived report back."""
    services.restore(current_actor(), report_id)
    return _changed(report_id, _("Der Bericht ist wiederhergestellt."))


def _changed(report_id: UUID, sentence: str, *, undo: str | None = None) -> ResponseReturnValue:
    notify(sentence, undo=Undo(url=url_for(undo, report_id=report_id)) if undo else None)
    return redirect(url_for("reports.show", report_id=report_id), code=303)
