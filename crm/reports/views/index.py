"""The list of reports."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from crm.paging import Count
from crm.policy import Permission
from crm.reports import queries
from crm.reports.models import ReportKind
from crm.reports.queries import ReportFilter
from crm.reports.views.blueprint import bp
from crm.web.access import current_actor, requires
from crm.web.forms import choices_of
from crm.web.listing import choice_arg, cursor_arg, text_arg
from crm.web.rendering import counted, number
from crm.web.words import words


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """List the reports, the latest period first."""
    actor = current_actor()
    wanted = ReportFilter(kind=choice_arg("kind", ReportKind), archived=text_arg("archived") == "1")
    return render_template(
        "reports/index.html",
        page=queries.page(actor, wanted, cursor_arg(queries.ORDER)),
        count_text=_count_text(queries.count(actor, wanted)),
        wanted=wanted,
        is_filtered=wanted != ReportFilter(),
        kinds=choices_of(words(ReportKind)),
    )


def _count_text(count: Count) -> str:
    things = ngettext(
        "%(count)s Bericht", "%(count)s Berichte", count.number, count=number(count.number)
    )
    return counted(count, things)
