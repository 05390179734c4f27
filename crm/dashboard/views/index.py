"""The dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    asked, shown = found.asked, _shown(found)
    return render_template(
        "dashboard/index.html",
        asked=asked,
        wanted=asked.wanted,
        period=period_text(asked.wanted.period),
        tiles=shown.tiles,
        tables={table.name: (table, drawn) for table, drawn in shown.tables},
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page says in one language, and each table as it is drawn."""

    tiles: Sequence[Tile]
    tables: Sequence[tuple[Table, Markup]]


_memory: Memory[Shown] = Memory(most=100)


def _shown(found: Gathered) -> Shown:
    return _memory.recall((found.key, language()), found.stamp, partial(_drawn, found))


def _drawn(found: Gathered) -> Shown:
    grid = get_template_attribute("dashboard/_parts.html", "grid")
    return Shown(tiles=tiles(found), tables=[(it, grid(it)) for it in tables(found)])


def gathered() -> Gathered:
    """Return the figures that the address asks for."""
    actor = current_actor()
    asked: Asked = asked_of(actor)
    return gather(actor, asked, smallest=current_app.config["CRM"].smallest_group)


def tables(found: Gathered, *, whole: bool = False) -> list[Table]:
    """Return the tables of the page; `whole` as their files hold them."""
    return [
        visit_tables.months(found),
        visit_tables.parted(found),
        visit_tables.topics(found),
        visit_tables.offers(found),
        open_tables.concerns(found),
        open_tables.outcomes(found),
        open_tables.follow_ups(found),
        open_tables.referrals(found, whole=whole),
        open_tables.procedures(found, whole=whole),
        open_tables.targets(found),
    ]
