"""The page and the file of the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.administration.views.blueprint import bp
from crm.administration.wording import DEEDS, THINGS, deed, fields_of, thing, who
from crm.audit import listing
from crm.audit.listing import NEWEST, AuditFilter, AuditRow
from crm.exports import Cell
from crm.finding import Days
from crm.paging import Count
from crm.policy import Permission
from crm.text import sort_key
from crm.web.access import proved, requires
from crm.web.forms import choices_of
from crm.web.listing import cursor_arg, day_arg, download_csv, key_arg, text_arg
from crm.web.narrowing import Narrowing, narrowing
from crm.web.rendering import counted, number

bp.add_app_template_filter(deed, "audit_deed")
bp.add_app_template_filter(thing, "audit_thing")
bp.add_app_template_filter(fields_of, "audit_fields")
bp.add_app_template_filter(who, "audit_who")

_FILTERS = ("since", "until", "person", "thing", "action", "subject")


def _wanted() -> AuditFilter:
    return AuditFilter(
        days=Days(since=day_arg("since"), until=day_arg("until")),
        person_id=key_arg("person"),
        subject_type=text_arg("thing"),
        action=text_arg("action"),
        subject_id=key_arg("subject"),
    )


@bp.get("/admin/audit-log")
@requires(Permission.AUDIT_READ)
def audit_log() -> ResponseReturnValue:
    """List who changed what, with filters in the address."""
    wanted = _wanted()
    page = listing.page(wanted, cursor_arg(NEWEST))
    return render_template(
        "administration/audit_log.html",
        wanted=wanted,
        page=page,
        count=_count_text(listing.count(wanted)),
        people=listing.people(),
        things=choices_of(THINGS),
        actions=sorted(choices_of(DEEDS), key=lambda choice: sort_key(str(choice[1]))),
        narrowings=_narrowings(wanted, page.items),
        is_filtered=any(map(request.args.get, _FILTERS)),
    )


@bp.get("/admin/audit-log.csv")
@requires(Permission.AUDIT_READ)
@proved("GET")
def export() -> Response:
    """Hand out the filtered list as CSV."""
    header = [_("Wann"), _("Wer"), _("Worum es geht"), _("Was"), _("Felder"), _("Seite")]
    return download_csv(_("protokoll"), header, _cells(listing.rows(_wanted())))


def _cells(lines: Iterator[AuditRow]) -> Iterator[tuple[Cell, ...]]:
    for line in lines:
        yield line.at, who(line), thing(line), deed(line), fields_of(line), line.page


def _narrowings(wanted: AuditFilter, shown: Sequence[AuditRow]) -> list[Narrowing]:
    if wanted.subject_id is None:
        return []
    return [narrowing(thing(shown[0]) if shown else str(wanted.subject_id), "subject")]


def _count_text(count: Count) -> str:
    things = ngettext(
        "%(count)s Eintrag", "%(count)s Einträge", count.number, count=number(count.number)
    )
    return counted(count, things)
