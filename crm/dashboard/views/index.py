"""The dashboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flask import current_app, get_template_attribute, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from crm.dashboard import open_tables, visit_tables
from crm.dashboard.asked import MONTHS, SPANS, Asked, address, asked_of, period_text
from crm.dashboard.desk import Gathered, gather
from crm.dashboard.queries import Dimension
from crm.dashboard.tables import Table, Tile
from crm.dashboard.tiles import tiles
from crm.dashboard.views.blueprint import bp
from crm.memory import Memory
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.rendering import language

# What is no filter: how the same figures are shown
_SHOWING = frozenset({"by"})


@bp.get("/dashboard")
@requires(Permission.DASHBOARD_READ)
def index() -> ResponseReturnValue:
    """Show the figures of a period."""
    if "shown" in request.args:
        return redirect(address(asked_of(current_actor())))
    found = gathered()
    asked, key = found.asked, (found.key, language())
    return render_template(
        "dashboard/index.html",
        asked=asked,
        wanted=asked.wanted,
        period=period_text(asked.wanted.period),
        tiles=_tiles.recall(key, found.stamps.all, partial(tiles, found)),
        tables={table.name: (table, drawn) for table, drawn in _tables(found)},
        urgent=found.urgent,
        team_name=next((t.name for t in found.teams if t.team_id == asked.wanted.team_id), ""),
        dimensions=[
            (dimension, label)
            for dimension, label in visit_tables.DIMENSIONS.items()
            if not (dimension is Dimension.INDUSTRY and asked.wanted.industry)
        ],
        choices={
            "span": list(SPANS.items()),
            "team": [(team.team_id, team.name) for team in found.teams],
            "municipality": [(name, name) for name in found.counted.targets.municipalities],
            "topic": sorted(
                ((t.id, t.name(language())) for t, _row in found.counted.topics), key=lambda c: c[1]
            ),
            "months": MONTHS,
        },
        is_filtered=any(request.args.get(name) for name in request.args.keys() - _SHOWING),
    )


# Each kept in one language: the tiles, and ten tables with how they are drawn
_tiles: Memory[Sequence[Tile]] = Memory(most=100)
_drawn: Memory[tuple[Table, Markup]] = Memory(most=1_000)


def _tables(found: Gathered) -> Iterator[tuple[Table, Markup]]:
    """Yield each table of the page and how it is drawn, both kept until its figures change."""
    for place, (stamp, make) in enumerate(_makers(found, whole=False)):
        yield _drawn.recall((found.key, language(), place), stamp, partial(_draw, make))


def _draw(make: Callable[[], Table]) -> tuple[Table, Markup]:
    table = make()
    return table, get_template_attribute("dashboard/_parts.html", "grid")(table)


def gathered() -> Gathered:
    """Return the figures that the address asks for."""
    actor = current_actor()
    asked: Asked = asked_of(actor)
    return gather(actor, asked, smallest=current_app.config["CRM"].smallest_group)


def tables(found: Gathered) -> list[Table]:
    """Return the tables of the page as their files hold them, whole."""
    return [make() for _, make in _makers(found, whole=True)]


def _makers(found: Gathered, *, whole: bool) -> list[tuple[str, Callable[[], Table]]]:
    """Return what makes each table, in the order of the page, and the stamp of its figures."""
    visits, concerns, follow_ups, _ = found.stamps
    return [
        (visits, partial(visit_tables.months, found)),
        (visits, partial(visit_tables.parted, found)),
        (visits, partial(visit_tables.topics, found)),
        (visits, partial(visit_tables.offers, found)),
        (concerns, partial(open_tables.concerns, found)),
        (concerns, partial(open_tables.outcomes, found)),
        (follow_ups, partial(open_tables.follow_ups, found)),
        (concerns, partial(open_tables.referrals, found, whole=whole)),
        (concerns, partial(open_tables.procedures, found, whole=whole)),
        (visits, partial(open_tables.targets, found)),
    ]
