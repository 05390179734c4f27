"""The forms on which a report is drawn up and changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clock import today
from crm.dates import add_months
from crm.errors import Conflict, Stale
from crm.policy import Permission, authorize
from crm.reports import queries, services
from crm.reports.forms import CoverForm, ReportForm, cover_of
from crm.reports.models import Report, ReportKind
from crm.reports.views.blueprint import bp, make_soon
from crm.reports.wording import default_title, span_label
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.listing import choice_arg, day_arg
from crm.web.notices import notify, shortened


@bp.route("/reports/new", methods=["GET", "POST"])
@requires(Permission.REPORT_MAKE)
def new() -> ResponseReturnValue:
    """Draw a report up, over the period of the address if there is one; else the running year."""
    form = ReportForm(data=_proposal() if request.method == "GET" else None)
    if form.validate_on_submit():
        kind, draft = ReportKind(form.kind.data), form.draft()
        title = draft.title or default_title(kind, draft.since, draft.until)
        try:
            report = services.draw_up(
                current_actor(), kind, replace(draft, title=title), key=form.new_key
            )
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            make_soon(report.id)
            notify(_("„%(title)s“ ist angelegt.", title=shortened(report.title)))
            return redirect(url_for("reports.show", report_id=report.id), code=303)
    status = 422 if form.errors else 200
    return render_template("reports/new.html", form=form, periods=_periods()), status


@bp.route("/reports/<uuid:report_id>/edit", methods=["GET", "POST"])
@requires(Permission.REPORT_MAKE)
def edit(report_id: UUID) -> ResponseReturnValue:
    """Change title, period and key date; whoever saves second sees both versions."""
    actor = current_actor()
    report = queries.get(actor, report_id)
    authorize(actor, Permission.REPORT_MAKE, report)
    if report.is_finished:
        raise Conflict("report_finished")
    form = CoverForm(data=cover_of(report) if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            services.change_report(actor, report_id, form.draft(), version=form.seen_version)
        except Stale:
            return _conflict_page(form, report_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            make_soon(report_id)
            notify(_("Die Änderungen sind gesichert."))
            return redirect(url_for("reports.show", report_id=report_id), code=303)
    return _edit_page(form, report)


def _conflict_page(form: CoverForm, report_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = queries.get(current_actor(), report_id)
    theirs = CoverForm(formdata=None, data=cover_of(stored))
    rows = differences(form, theirs)
    form.version.data = str(stored.version)
    return _edit_page(form, stored, rows)


def _edit_page(
    form: CoverForm, report: Report, rows: list[Difference] | None = None
) -> ResponseReturnValue:
    status = 409 if rows is not None else 422 if form.errors else 200
    return render_template("reports/edit.html", form=form, report=report, rows=rows), status


def _proposal() -> dict[str, Any]:
    """Return what the form shows before anybody types."""
    this_year = date(today().year, 1, 1)
    since = day_arg("since") or this_year
    until = day_arg("until") or _end(since, 12)
    kind = choice_arg("kind", ReportKind) or ReportKind.PUBLIC
    return {
        "kind": kind.value,
        "since": since,
        "until": until,
        "key_date": today(),
    }


def _periods() -> list[tuple[str, str]]:
    """Return the periods that most reports cover, with the address that takes them."""
    day = today()
    year = date(day.year, 1, 1)
    quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    last_quarter = add_months(quarter, -3)
    spans = [
        (year, _end(year, 12), ReportKind.PUBLIC),
        (add_months(year, -12), year - timedelta(days=1), ReportKind.PUBLIC),
        (quarter, _end(quarter, 3), ReportKind.QUARTERLY),
        (last_quarter, quarter - timedelta(days=1), ReportKind.QUARTERLY),
    ]
    return [
        (
            span_label(since, until),
            url_for(
                "reports.new", since=since.isoformat(), until=until.isoformat(), kind=kind.value
            ),
        )
        for since, until, kind in spans
    ]


def _end(since: date, months: int) -> date:
    return add_months(since, months) - timedelta(days=1)
