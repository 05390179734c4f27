"""What pages and files call the figures of a report, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.audit import Event
from crm.concerns.models import Outcome
from crm.dates import add_months
from crm.organisations.models import SizeClass
from crm.referrals.models import ReferralResult
from crm.reports.figures import Row
from crm.reports.models import Chapter, ReportKind
from crm.web.rendering import day, language
from crm.web.words import word

TABLES: Mapping[str, Any] = {
    "work": _l("Auf einen Blick"),
    "months": _l("Besuche je Monat"),
    "places": _l("Besuche nach Gemeinde"),
    "sizes": _l("Besuche nach Größe des Unternehmens"),
    "topics": _l("Worüber gesprochen wurde"),
    "concerns": _l("Anliegen"),
    "outcomes": _l("Ergebnisse abgeschlossener Anliegen"),
    "effects": _l("Was abgeschlossene Anliegen bewirkt haben"),
    "partners": _l("Gespräche mit Partnern"),
    "referrals": _l("Vermittlungen"),
    "referral_results": _l("Ergebnisse von Vermittlungen"),
    "offers": _l("Unsere Angebote"),
    "procedures": _l("Begleitete Verfahren"),
    "offices": _l("Begleitete Verfahren nach Ämtern"),
    "events": _l("Veranstaltungen"),
    "topic": _l("Zum Thema"),
    "voices": _l("Was Unternehmen ansprechen"),
}
NAMINGS: Mapping[str, Any] = {
    "visited": _l("Besuchte Unternehmen"),
    "solved": _l("Gelöste Anliegen"),
}
NAMING_COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "visited": (_l("Unternehmen"), _l("Gemeinde")),
    "solved": (_l("Anliegen"), _l("Organisation"), _l("Gelöst am")),
}
_MEASURES: Mapping[str, Any] = {
    "visits": _l("Besuche bei Unternehmen und Gründungen"),
    "reached": _l("Besuchte Unternehmen und Gründungen"),
    "other_talks": _l("Andere Gespräche (Telefon, Video, Veranstaltung)"),
    "partner_talks": _l("Partnergespräche"),
    "partners": _l("Beteiligte Partner"),
    "concerns_opened": _l("Neue Anliegen"),
    "concerns_closed": _l("Abgeschlossene Anliegen"),
    "concerns_solved": _l("Davon gelöst oder teilweise gelöst"),
    "concerns_open": _l("Offene Anliegen am Ende des Zeitraums"),
    "days_to_response": _l("Arbeitstage bis zur ersten Rückmeldung (Median)"),
    "days_to_outcome": _l("Arbeitstage bis zum Ergebnis (Median)"),
    "tasks_done": _l("Erledigte Wiedervorlagen"),
    "promises_kept": _l("Davon dem Unternehmen zugesagt"),
    "mentions": _l("Gespräche zum Thema"),
    "organisations": _l("Beteiligte Organisationen"),
    "referrals": _l("Vermittlungen an Partner"),
    "referred_companies": _l("Vermittelte Unternehmen"),
    "referred_partners": _l("Partner, an die vermittelt wurde"),
    "procedures": _l("Begleitete Verfahren bei Ämtern und Behörden"),
    "procedures_decided": _l("Davon im Zeitraum entschieden"),
    "procedures_running": _l("Davon am Ende des Zeitraums laufend"),
    "days_to_decision": _l("Tage bis zur Entscheidung (Median)"),
    "offers_mentioned": _l("Gespräche, in denen wir unser Angebot dazu erwähnt haben"),
    "offers_used": _l("Davon in Anspruch genommen"),
    "jobs_secured": _l("Gesicherte Arbeitsplätze"),
    "jobs_created": _l("Geschaffene Arbeitsplätze"),
    "investment": _l("Investitionen in Euro"),
    "event_talks": _l("Gespräche auf Veranstaltungen"),
}
_TITLES: Mapping[ReportKind, Any] = {
    ReportKind.PUBLIC: _l("Tätigkeitsbericht %(period)s"),
    ReportKind.INTERNAL: _l("Tätigkeitsbericht %(period)s, nicht öffentlich"),
    ReportKind.QUARTERLY: _l("Quartalsbericht %(period)s"),
    ReportKind.MUNICIPAL: _l("Bericht für die Gemeinden %(period)s"),
}
# Tables whose rows are choices of the domain
_CHOICES: Mapping[str, type[StrEnum]] = {
    "outcomes": Outcome,
    "referral_results": ReferralResult,
    "sizes": SizeClass,
}
_YEAR, _QUARTER = 12, 3


def row_label(table: str, row: Row) -> str:
    """Return what a row is called in the reader's language."""
    if row.name:
        return row.name.get(language(), row.key)
    match table:
        case "months":
            return format_date(date.fromisoformat(f"{row.key}-01"), "LLLL yyyy", rebase=False)
        case "places" | "offices":
            return row.key
        case "sizes" if row.key == "unknown":
            return _("Größe unbekannt")
    kind = _CHOICES.get(table)
    return word(kind(row.key)) if kind else str(_MEASURES[row.key])


def short_month(key: str) -> str:
    """Return the month of a chart's axis: Jan."""
    return format_date(date.fromisoformat(f"{key}-01"), "LLL", rebase=False).rstrip(".")


def span_label(since: date, until: date) -> str:
    """Return a period by its name, a year or a quarter; by its days when it has none."""
    for months in (_YEAR, _QUARTER):
        begins = since.day == 1 and (since.month - 1) % months == 0
        if begins and add_months(since, months) == until + timedelta(days=1):
            if months == _YEAR:
                return str(since.year)
            number = (since.month - 1) // months + 1
            return _("%(number)s. Quartal %(year)s", number=number, year=since.year)
    return f"{day(since)} – {day(until)}"


def column_label(column: str, since: date, until: date) -> str:
    """Return the head of a column of figures."""
    match column:
        case "watch":
            return _("davon Beobachten")
        case "urgent":
            return _("davon Dringend")
        case "target":
            return _("Ziel")
        case "used":
            return _("davon in Anspruch genommen")
    years = 0 if column == "period" else -_YEAR
    label = span_label(add_months(since, years), add_months(until, years))
    if " – " not in label:
        return label
    return _("Zeitraum") if column == "period" else _("Vorjahr")


def default_title(kind: ReportKind, since: date, until: date) -> str:
    """Return what a report is called when nobody says otherwise."""
    return str(_TITLES[kind]) % {"period": span_label(since, until)}


def happened(event: Event) -> str:
    """Return what an audit line of a report says."""
    if event.action == "chapter_written":
        return _("hat „%(chapter)s“ geschrieben", chapter=word(Chapter(event.changes["chapter"])))
    if event.action == "edited":
        if "period" in event.changes:
            return _("hat Zeitraum oder Stichtag geändert")
        return _("hat den Titel geändert")
    plain = {
        "drawn_up": _("hat den Bericht angelegt"),
        "recounted": _("lässt die Zahlen neu berechnen"),
        "cancelled": _("hat die Berechnung abgebrochen"),
        "frozen": _("hat die Zahlen festgeschrieben"),
        "finished": _("hat den Bericht abgeschlossen"),
        "reopened": _("hat den Bericht wieder geöffnet"),
        "archived": _("hat den Bericht archiviert"),
        "restored": _("hat den Bericht wiederhergestellt"),
    }
    return plain.get(event.action, event.action)
