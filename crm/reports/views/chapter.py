"""The form on which a chapter is written."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.errors import Conflict, Stale
from crm.policy import Permission, authorize
from crm.reports import queries, services
from crm.reports.forms import ChapterForm, chapter_of
from crm.reports.models import ReportChapter, ReportKind
from crm.reports.views.blueprint import bp
from crm.web.access import current_actor, requires
from crm.web.conflicts import Difference, differences
from crm.web.errors import put_on_form
from crm.web.notices import notify
from crm.web.words import word


@bp.route("/reports/chapters/<uuid:chapter_id>", methods=["GET", "POST"])
@requires(Permission.REPORT_EDIT)
def chapter(chapter_id: UUID) -> ResponseReturnValue:
    """Write a chapter; whoever saves second sees both versions."""
    actor = current_actor()
    stored = queries.get_chapter(actor, chapter_id)
    authorize(actor, Permission.REPORT_EDIT, stored.report)
    if stored.report.is_finished:
        raise Conflict("report_finished")
    form = ChapterForm(data=chapter_of(stored) if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            services.write_chapter(
                actor,
                chapter_id,
                text=form.text.data or "",
                is_included=bool(form.is_included.data),
                version=form.seen_version,
            )
        except Stale:
            return _conflict_page(form, chapter_id)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(chapter)s“ ist gesichert.", chapter=word(stored.chapter)))
            url = url_for("reports.show", report_id=stored.report_id, _anchor=stored.chapter)
            return redirect(url, code=303)
    return _page(form, stored)


def _conflict_page(form: ChapterForm, chapter_id: UUID) -> ResponseReturnValue:
    """Show what was typed beside what is stored; sending again saves over it."""
    stored = queries.get_chapter(current_actor(), chapter_id)
    theirs = ChapterForm(formdata=None, data=chapter_of(stored))
    rows = differences(form, theirs)
    form.version.data = str(stored.version)
    return _page(form, stored, rows)


def _page(
    form: ChapterForm, stored: ReportChapter, rows: list[Difference] | None = None
) -> ResponseReturnValue:
    is_short = stored.report.kind is ReportKind.QUARTERLY
    page = render_template(
        "reports/chapter.html",
        form=form,
        chapter=stored,
        report=stored.report,
        rows=rows,
        hint=_(
            "Höchstens %(characters)s Zeichen und %(lines)s Zeilen, damit der Bericht auf zwei"
            " Seiten passt.",
            characters=services.LONGEST_QUARTERLY,
            lines=services.MOST_QUARTERLY_LINES,
        )
        if is_short
        else _("Eine leere Zeile beginnt einen neuen Absatz."),
    )
    return page, 409 if rows is not None else 422 if form.errors else 200
