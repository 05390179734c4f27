"""One table of the dashboard as a file."""

from __future__ import annotations

from decimal import Decimal

from flask import Response, abort
from flask_babel import gettext as _

from crm.dashboard.tables import Cell as Shown
from crm.dashboard.views.blueprint import bp
from crm.dashboard.views.index import gathered, tables
from crm.exports import Cell
from crm.policy import Permission
from crm.web.access import requires
from crm.web.listing import download_csv


@bp.get("/dashboard/<name>.csv")
@requires(Permission.LIST_EXPORT)
def export(name: str) -> Response:
    """Hand out one table, with the figures and the gaps that the page shows."""
    table = next((table for table in tables(gathered()) if table.name == name), None)
    if table is None:
        abort(404)
    header = [column.label for column in table.columns]
    rows = ([_cell(shown) for shown in row] for row in table.rows)
    file = _("auswertung")
    return download_csv(f"{file}-{name}", header, rows)


def _cell(shown: Shown) -> Cell:
    if shown.value is None:
        return shown.text
    return int(shown.value) if shown.value == int(shown.value) else Decimal(str(shown.value))
