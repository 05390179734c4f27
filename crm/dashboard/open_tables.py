"""The tables about what is still to be done: concerns, follow-ups, target companies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from crm.clock import today
from crm.concerns.models import Benefit, Flag, Outcome, Stage
from crm.concerns.procedures import Progress
from crm.concerns.wording import benefit_text
from crm.dashboard import links
from crm.dashboard.desk import Gathered
from crm.dashboard.queries import FollowUpRow, OfficeRow, PartnerRow
from crm.dashboard.queries.follow_ups import A_MONTH, A_WEEK, lately
from crm.dashboard.tables import Cell, Column, Table, figure, text
from crm.finding import Days
from crm.follow_ups.queries import Due
from crm.referrals.queries import State
from crm.web.rendering import number
from crm.web.words import word


def concerns(found: Gathered) -> Table:
    """Return the open concerns by flag, and how many of them are over their clock."""
    wanted, figures = found.asked.wanted, found.counted.concerns
    rows = [
        [
            text(word(flag)),
            figure(figures.open.get(flag, 0), links.concerns(wanted.concerns(flag=flag))),
            figure(
                figures.late.get(flag, 0),
                links.concerns(wanted.concerns(flag=flag, late=True)),
                is_late=True,
            ),
        ]
        for flag in (Flag.URGENT, Flag.WATCH, Flag.INFO)
    ]
    return Table(
        name="concerns",
        title=_("Offene Anliegen"),
        columns=[
            Column(label=_("Einstufung"), is_number=False),
            Column(label=pgettext("figures", "offen")),
            Column(label=_("über der Frist")),
        ],
        rows=rows,
        empty="",
    )


def outcomes(found: Gathered) -> Table:
    """Return what came of concerns in the period, and how long it took."""
    wanted, figures = found.asked.wanted, found.counted.concerns
    days = Days(since=wanted.period.since, until=wanted.period.until)
    opened = links.concerns(wanted.concerns(with_closed=True, opened=days))
    answered = links.concerns(wanted.concerns(with_closed=True, responded=days))
    closed = links.concerns(wanted.concerns(stage=Stage.CLOSED, closed=days))
    rows = [
        [text(_("eröffnet")), figure(figures.opened, opened), text("")],
        [
            text(_("mit erster Rückmeldung")),
            figure(figures.answered, answered),
            _days(figures.days_to_response),
        ],
        [
            text(_("abgeschlossen")),
            figure(figures.closed, closed),
            _days(figures.days_to_resolution),
        ],
    ]
    for outcome in Outcome:
        url = links.concerns(wanted.concerns(stage=Stage.CLOSED, closed=days, outcome=outcome))
        label = _("davon %(outcome)s", outcome=word(outcome))
        rows.append([text(label), figure(figures.outcomes.get(outcome, 0), url), text("")])
    for benefit in Benefit:
        # Sums, not counts: the list says the same sum beside its count
        url = links.concerns(wanted.concerns(stage=Stage.CLOSED, closed=days, benefit=benefit))
        value = figures.benefits[benefit]
        shown = Cell(text=benefit_text(benefit, value), value=value, url=url)
        rows.append([text(word(benefit)), shown, text("")])
    return Table(
        name="outcomes",
        title=_("Ergebnisse im Zeitraum"),
        columns=[
            Column(label=_("Anliegen"), is_number=False),
            Column(label=_("Anzahl")),
            Column(label=_("Arbeitstage (Median)")),
        ],
        rows=rows,
        empty="",
    )


def _days(median: float | None) -> Cell:
    return Cell(text="–") if median is None else Cell(text=number(median), value=median)


def follow_ups(found: Gathered) -> Table:
    """Return the follow-ups by team: open, overdue with their age, promised, done lately."""
    by_team = {row.team_id: row for row in found.counted.follow_ups}
    columns = (
        pgettext("figures", "offen"),
        _("überfällig"),
        _("über 1 Woche"),
        _("über 1 Monat"),
        _("zugesagt"),
        _("zugesagt, überfällig"),
        _("letzte 30 Tage erledigt"),
    )
    shown = [team for team in found.teams if team.team_id in by_team]
    return Table(
        name="follow-ups",
        title=_("Wiedervorlagen nach Teams"),
        columns=[
            Column(label=_("Team"), is_number=False),
            *(
                Column(label=label, series="bar" if place in {0, 1} else "")
                for place, label in enumerate(columns)
            ),
        ],
        rows=[[text(team.name), *follow_up_cells(found, by_team[team.team_id])] for team in shown],
        empty=_("Keine Wiedervorlage ist offen, und in den letzten 30 Tagen wurde keine erledigt."),
        chart="stacked",
    )


def follow_up_cells(found: Gathered, row: FollowUpRow) -> Sequence[Cell]:
    """Return the numbers of one team."""
    day, wanted = today(), found.asked.wanted

    def cell(value: int, *, is_late: bool = False, **more: object) -> Cell:
        listed = wanted.follow_ups(**{"team_id": row.team_id} | more)
        return figure(value, links.follow_ups(listed), is_late=is_late)

    week, month = (day - timedelta(days=days + 1) for days in (A_WEEK, A_MONTH))
    return [
        cell(row.open),
        cell(row.overdue, due=Due.OVERDUE, is_late=True),
        cell(row.over_a_week, due=Due.OVERDUE, due_until=week),
        cell(row.over_a_month, due=Due.OVERDUE, due_until=month),
        cell(row.promised, promised=True),
        cell(row.promised_overdue, due=Due.OVERDUE, promised=True, is_late=True),
        cell(row.done, due=Due.DONE, done_since=lately()),
    ]


# Partners and offices may be hundreds; those with most come first
_MOST = 15


def referrals(found: Gathered, *, whole: bool) -> Table:
    """Return the referrals of the period by partner: open, late, answered and not.

    whole  all partners, not the first alone: every number of theirs costs an address
    """
    wanted, partners = found.asked.wanted, found.counted.referrals

    def cells(row: PartnerRow) -> list[Cell]:
        def cell(value: int, state: State, *, is_late: bool = False) -> Cell:
            listed = wanted.referrals(partner_id=row.partner_id, state=state)
            return figure(value, links.referrals(listed), is_late=is_late)

        return [
            text(row.partner),
            cell(row.all, State.ALL),
            cell(row.answered, State.ANSWERED),
            cell(row.unanswered, State.UNANSWERED),
            cell(row.open, State.OPEN),
            cell(row.overdue, State.OVERDUE, is_late=True),
        ]

    return Table(
        name="referrals",
        title=_("Vermittlungen nach Partnern"),
        columns=[
            Column(label=_("Partner"), is_number=False),
            Column(label=_("vermittelt")),
            Column(label=_("beantwortet")),
            Column(label=_("ohne Antwort")),
            Column(label=pgettext("figures", "offen")),
            Column(label=_("spät")),
        ],
        rows=[cells(row) for row in partners[: None if whole else _MOST]],
        empty=_("In diesem Zeitraum wurde nichts an Partner vermittelt."),
        count=len(partners),
    )


def procedures(found: Gathered, *, whole: bool) -> Table:
    """Return the official procedures that were accompanied in the period, by office.

    whole  all offices, not the first alone
    """
    wanted, offices = found.asked.wanted, found.counted.procedures

    def cells(row: OfficeRow) -> list[Cell]:
        def cell(value: int, **more: Any) -> Cell:
            listed = wanted.procedures(office=row.office, **more)
            return figure(value, links.concerns(listed))

        return [
            text(row.office),
            cell(row.all),
            cell(row.running, progress=Progress.RUNNING),
            cell(row.decided, decided=True),
            _days(row.days),
        ]

    return Table(
        name="procedures",
        title=_("Begleitete Verfahren"),
        columns=[
            Column(label=_("Amt oder Behörde"), is_number=False),
            Column(label=_("begleitet")),
            Column(label=_("laufend")),
            Column(label=_("entschieden")),
            Column(label=_("Tage (Median)")),
        ],
        rows=[cells(row) for row in offices[: None if whole else _MOST]],
        empty=_("In diesem Zeitraum ist kein Verfahren bei einem Amt begleitet worden."),
        count=len(offices),
    )


def targets(found: Gathered) -> Table:
    """Return the target companies that are out of sight."""
    asked, figures = found.asked, found.counted.targets
    wanted = asked.wanted
    rows = [
        [
            text(_("alle")),
            figure(figures.number, links.organisations(wanted.targets())),
        ],
        [
            text(_("seit %(count)s Monaten nicht besucht", count=asked.months)),
            figure(
                figures.not_visited,
                links.organisations(wanted.targets(not_visited_months=asked.months)),
            ),
        ],
        [
            text(_("noch nie besucht")),
            figure(figures.never_visited, links.organisations(wanted.targets(never_visited=True))),
        ],
        [
            text(_("ohne Zuständige (im Team arbeitet niemand)")),
            figure(figures.no_owner, links.organisations(wanted.targets(no_owner=True))),
        ],
        [
            text(_("ohne Besuchsturnus")),
            figure(figures.no_cadence, links.organisations(wanted.targets(no_cadence=True))),
        ],
    ]
    return Table(
        name="target-companies",
        title=pgettext("several", "Zielunternehmen"),
        columns=[
            Column(label=pgettext("several", "Zielunternehmen"), is_number=False),
            Column(label=_("Anzahl")),
        ],
        rows=rows if figures.number else [],
        empty=_("Kein Unternehmen ist als Zielunternehmen gekennzeichnet."),
    )
