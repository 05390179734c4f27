"""The tiles at the top: what one looks at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.agency import queries as agency
from crm.concerns.models import Flag
from crm.dashboard import links
from crm.dashboard.desk import Gathered
from crm.dashboard.tables import Cell, Tile, figure, said
from crm.dashboard.visit_tables import percent
from crm.finding import Days
from crm.follow_ups.queries import Due
from crm.visits.listing import Counted
from crm.web.rendering import number


def tiles(found: Gathered) -> Sequence[Tile]:
    """Return the five of them."""
    return [_visits(found), _follow_ups(found), _urgent(found), _response(found), _unseen(found)]


def _visits(found: Gathered) -> Tile:
    wanted = found.asked.wanted
    held = found.counted.held.number(Counted.VISITS)
    url = links.visits(wanted.visits(found.actor, counted=Counted.VISITS))
    return Tile(label=_("Besuche"), main=figure(held, url), notes=list(_visit_notes(found, held)))


def _visit_notes(found: Gathered, held: int) -> Iterator[Cell]:
    asked = found.asked
    if found.target:
        share = percent(round(100 * held / found.target))
        yield said(_("Ziel %(count)s · %(share)s", count=number(found.target), share=share))
    elif asked.target_year:
        yield said(_("Kein Ziel für %(year)s", year=asked.target_year))
    if asked.is_compared:
        before = asked.wanted.a_year_before.visits(found.actor, counted=Counted.VISITS)
        count = found.counted.held.number_before(Counted.VISITS)
        yield said(_("Vorjahr %(count)s", count=number(count)), links.visits(before))
    for kind, one, many in (
        (Counted.OTHER, _("%(count)s anderes Gespräch"), _("%(count)s andere Gespräche")),
        (Counted.PARTNERS, _("%(count)s Partnergespräch"), _("%(count)s Partnergespräche")),
    ):
        count = found.counted.held.number(kind)
        listed = asked.wanted.visits(found.actor, counted=kind)
        sentence = (one if count == 1 else many) % {"count": number(count)}
        yield said(sentence, links.visits(listed))


def _follow_ups(found: Gathered) -> Tile:
    wanted = found.asked.wanted
    overdue = sum(row.overdue for row in found.counted.follow_ups)
    count = sum(row.open for row in found.counted.follow_ups)
    promised = sum(row.promised_overdue for row in found.counted.follow_ups)
    overdue_filter = wanted.follow_ups(due=Due.OVERDUE)
    promised_filter = wanted.follow_ups(due=Due.OVERDUE, promised=True)
    return Tile(
        label=_("Überfällige Wiedervorlagen"),
        main=figure(overdue, links.follow_ups(overdue_filter), is_late=True),
        notes=[
            said(
                _("von %(count)s offenen", count=number(count)),
                links.follow_ups(wanted.follow_ups()),
            ),
            said(
                _("%(count)s davon zugesagt", count=number(promised)),
                links.follow_ups(promised_filter),
            ),
        ],
    )


def _urgent(found: Gathered) -> Tile:
    wanted, figures = found.asked.wanted, found.counted.concerns
    late = figures.late.get(Flag.URGENT, 0)
    return Tile(
        label=_("Dringende Anliegen"),
        main=figure(
            figures.open.get(Flag.URGENT, 0), links.concerns(wanted.concerns(flag=Flag.URGENT))
        ),
        notes=[
            said(
                _("%(count)s über der Frist", count=number(late)),
                links.concerns(wanted.concerns(flag=Flag.URGENT, late=True)),
            )
        ],
    )


def _response(found: Gathered) -> Tile:
    wanted, figures = found.asked.wanted, found.counted.concerns
    median = figures.days_to_response
    days = Days(since=wanted.period.since, until=wanted.period.until)
    url = links.concerns(wanted.concerns(with_closed=True, responded=days))
    words = "–"
    if median is not None:
        # 1,4 Tage, 0 Tage, but 1 Tag
        count = 1 if median == 1 else 2
        words = ngettext("%(days)s Tag", "%(days)s Tage", count, days=number(median))
    goal = agency.clocks().urgent_response
    return Tile(
        label=_("Erste Rückmeldung"),
        main=Cell(text=words),
        notes=[
            said(_("Median in Arbeitstagen; Ziel bei Dringendem: %(days)s", days=goal)),
            said(_("aus %(count)s Anliegen", count=number(figures.answered)), url),
        ],
    )


def _unseen(found: Gathered) -> Tile:
    asked, figures = found.asked, found.counted.targets
    wanted = asked.wanted
    return Tile(
        label=_("Lange nicht besucht"),
        main=figure(
            figures.not_visited,
            links.organisations(wanted.targets(not_visited_months=asked.months)),
        ),
        notes=[
            said(_("Zielunternehmen, über %(count)s Monate", count=asked.months)),
            said(
                _("%(count)s noch nie", count=number(figures.never_visited)),
                links.organisations(wanted.targets(never_visited=True)),
            ),
        ],
    )
