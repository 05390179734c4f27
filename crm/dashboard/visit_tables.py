"""The tables about conversations: per month, parted by a dimension, by topic, by our offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import format_date, pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.dashboard import links
from crm.dashboard.desk import Gathered
from crm.dashboard.groups import hidden_rows
from crm.dashboard.periods import Period
from crm.dashboard.queries import Dimension, OfferRow, Row
from crm.dashboard.tables import Cell, Column, Table, figure, share_of, text
from crm.dates import add_months
from crm.organisations.grouping import SizeGroup
from crm.visits.listing import Counted, Offered
from crm.web.narrowing import industry_name, size_name
from crm.web.rendering import language, number

DIMENSIONS = {
    Dimension.TEAM: _l("Team"),
    Dimension.MUNICIPALITY: _l("Gemeinde"),
    Dimension.INDUSTRY: _l("Branche"),
    Dimension.SIZE: _l("Größe"),
}
_MONTHS_OF_ONE_YEAR = 12


def months(found: Gathered) -> Table:
    """Return the conversations by month, beside the visits of the year before."""
    asked, period = found.asked, found.asked.wanted.period
    columns = [
        Column(label=_("Monat"), is_number=False),
        Column(label=_("Besuche"), series="bar"),
        *([Column(label=_("Besuche im Vorjahr"), series="line")] if asked.is_compared else []),
        Column(label=_("andere Gespräche")),
        Column(label=_("Partnergespräche")),
    ]
    return Table(
        name="months",
        title=_("Besuche je Monat"),
        columns=columns,
        rows=[_month_row(found, month) for month in period.months],
        empty="",
        chart="columns",
    )


def _month_row(found: Gathered, month: date) -> list[Cell]:
    period = found.asked.wanted.period
    is_one_year = period.since.year == period.until.year
    name = format_date(month, "LLL" if is_one_year else "LLL yyyy", rebase=False)
    held = [
        figure(found.counted.held.number(kind, month=month), _of_days(found, period, month, kind))
        for kind in (Counted.VISITS, Counted.OTHER, Counted.PARTNERS)
    ]
    cells = [text(name), *held]
    if found.asked.is_compared:
        before, a_year_ago = period.a_year_before, add_months(month, -_MONTHS_OF_ONE_YEAR)
        value = found.counted.held.number_before(Counted.VISITS, month=a_year_ago)
        url = _of_days(found, before, a_year_ago, Counted.VISITS)
        cells.insert(2, figure(value, url))
    return cells


def _of_days(found: Gathered, period: Period, month: date, kind: Counted) -> str:
    """Return the list of a month, as far as it belongs to the period."""
    last = add_months(month, 1) - timedelta(days=1)
    return links.visits(
        found.asked.wanted.visits(
            found.actor,
            since=max(month, period.since),
            until=min(last, period.until),
            counted=kind,
        )
    )


def parted(found: Gathered) -> Table:
    """Return the visits parted by the chosen dimension."""
    by = found.asked.by
    columns = [
        Column(label=str(DIMENSIONS[by]), is_number=False),
        Column(label=_("Besuche")),
    ]
    if by is Dimension.TEAM:
        if found.asked.is_compared:
            columns.append(Column(label=pgettext("figures", "Vorjahr")))
        if found.asked.target_year:
            columns.append(Column(label=_("Ziel %(year)s", year=found.asked.target_year)))
            columns.append(Column(label=_("erreicht")))
    rows = list(_team_rows(found) if by is Dimension.TEAM else _group_rows(found))
    return Table(
        name="visits",
        title=_("Besuche nach %(what)s", what=str(DIMENSIONS[by])),
        columns=columns,
        rows=rows,
        empty=_("In diesem Zeitraum ist kein Besuch abgeschlossen."),
        note="" if by is Dimension.TEAM else hiding_note(found),
    )


def hiding_note(found: Gathered) -> str:
    """Return why some rows show no number."""
    if found.smallest <= 1:
        return ""
    return _(
        "Was weniger als %(count)s Organisationen betrifft, bleibt verdeckt.", count=found.smallest
    )


def _team_rows(found: Gathered) -> Iterator[list[Cell]]:
    asked, held = found.asked, found.counted.held
    chosen = asked.wanted.team_id
    numbers = {t.team_id: held.number(Counted.VISITS, team_id=t.team_id) for t in found.teams}
    most = max(numbers.values(), default=0)
    for team in found.teams:
        if chosen not in {None, team.team_id}:
            continue
        value = numbers[team.team_id]
        cells = [text(team.name), _bar(found, value, most, team_id=team.team_id)]
        if asked.is_compared:
            before = asked.wanted.a_year_before.visits(
                found.actor, counted=Counted.VISITS, team_id=team.team_id
            )
            number_before = held.number_before(Counted.VISITS, team_id=team.team_id)
            cells.append(figure(number_before, links.visits(before)))
        if asked.target_year:
            cells += _target_cells(value, team.visits)
        yield cells


def _target_cells(value: int, target: int | None) -> list[Cell]:
    if not target:
        return [text("–"), text("–")]
    share = round(100 * value / target)
    return [Cell(text=number(target), value=target), Cell(text=percent(share), value=share)]


def percent(share: int) -> str:
    """Return a share of 100 as 85 %."""
    return _("%(share)s %%", share=number(share))


def _group_rows(found: Gathered) -> Iterator[list[Cell]]:
    hidden = hidden_rows(found.counted.parted, smallest=found.smallest, add_up=True)
    shown = [row.number for place, row in enumerate(found.counted.parted) if place not in hidden]
    most = max(shown, default=0)
    for place, row in enumerate(found.counted.parted):
        name = text(_name(found.asked.by, row.key))
        if place in hidden:
            yield [name, hidden_cell(row, found.smallest)]
        else:
            yield [name, _bar(found, row.number, most, **{found.asked.by.value: _key(found, row)})]


def hidden_cell(row: Row, smallest: int) -> Cell:
    """Return what stands for a number that would tell about single organisations."""
    if 0 < row.organisations < smallest:
        return text(_("< %(count)s", count=smallest))
    return text(_("verdeckt"))


def _key(found: Gathered, row: Row) -> Any:
    return SizeGroup(row.key) if found.asked.by is Dimension.SIZE else row.key


def _bar(found: Gathered, value: int, most: int, **narrowed: Any) -> Cell:
    wanted = found.asked.wanted.visits(found.actor, counted=Counted.VISITS, **narrowed)
    return figure(value, links.visits(wanted), share=share_of(value, most))


def _name(by: Dimension, key: str | UUID) -> str:
    if by is Dimension.SIZE:
        return size_name(SizeGroup(str(key)))
    return industry_name(str(key)) if by is Dimension.INDUSTRY else str(key)


def topics(found: Gathered) -> Table:
    """Return what was talked about, and how that has changed."""
    asked = found.asked
    rows = [pair for pair in found.counted.topics if pair[1].number or pair[1].before]
    columns = [Column(label=_("Thema"), is_number=False), Column(label=_("Gespräche"))]
    if asked.is_compared:
        columns.append(Column(label=pgettext("figures", "Vorjahr")))
        columns.append(Column(label=_("Veränderung")))
    figures = [row for _topic, row in rows]
    hidden = hidden_rows(figures, smallest=found.smallest, add_up=False)
    most = max((r.number for place, r in enumerate(figures) if place not in hidden), default=0)
    return Table(
        name="topics",
        title=_("Themen"),
        columns=columns,
        rows=[
            [text(topic.name(language())), *_topic_cells(found, row, most, place in hidden)]
            for place, (topic, row) in enumerate(rows)
        ],
        empty=_("In diesem Zeitraum ist zu keinem Thema etwas festgehalten."),
        note=hiding_note(found),
    )


def _topic_cells(found: Gathered, row: Row, most: int, is_hidden: bool) -> Sequence[Cell]:  # noqa: FBT001
    asked = found.asked
    if is_hidden:
        return [hidden_cell(row, found.smallest), *([text("–")] * 2 * asked.is_compared)]
    now = links.visits(asked.wanted.visits(found.actor, topic_id=row.key))
    cells = [figure(row.number, now, share=share_of(row.number, most))]
    if asked.is_compared and 0 < row.organisations_before < found.smallest:
        cells += [text(_("< %(count)s", count=found.smallest)), text("–")]
    elif asked.is_compared:
        before = links.visits(asked.wanted.a_year_before.visits(found.actor, topic_id=row.key))
        cells.append(figure(row.before or 0, before))
        cells.append(_change(row.number - (row.before or 0)))
    return cells


def _change(by: int) -> Cell:
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    return Cell(text=f"{sign}{number(abs(by))}", value=by)


def offers(found: Gathered) -> Table:
    """Return which of our offers were mentioned in conversations, and used."""
    shown = [(offer, row) for offer, row in found.counted.offers if row.mentioned]
    return Table(
        name="offers",
        title=_("Unsere Angebote"),
        columns=[
            Column(label=_("Angebot"), is_number=False),
            Column(label=_("erwähnt")),
            Column(label=_("in Anspruch genommen")),
        ],
        rows=[
            [text(offer.name(language())), *_offer_cells(found, offer.id, row)]
            for offer, row in shown
        ],
        empty=_("In diesem Zeitraum ist bei keinem Gespräch ein Angebot festgehalten."),
        note=hiding_note(found),
    )


def _offer_cells(found: Gathered, offer_id: UUID, row: OfferRow) -> Sequence[Cell]:
    def cell(value: int, organisations: int, offered: Offered) -> Cell:
        # A zero tells of nobody
        if 0 < organisations < found.smallest:
            return text(_("< %(count)s", count=found.smallest))
        wanted = found.asked.wanted.visits(found.actor, offer_id=offer_id, offered=offered)
        return figure(value, links.visits(wanted))

    return [
        cell(row.mentioned, row.organisations, Offered.MENTIONED),
        cell(row.used, row.organisations_using, Offered.USED),
    ]
