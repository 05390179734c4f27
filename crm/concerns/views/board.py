"""The board: the concerns of the list's filter as cards, a column for each stage."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.concerns.desk import Desk
from crm.concerns.listing import columns, order_of_column
from crm.concerns.models import Stage
from crm.concerns.views.blueprint import bp
from crm.concerns.views.index import filters_of, wanted_concerns
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.listing import choice_arg, cursor_arg, here, text_arg


@bp.get("/concerns/board")
@requires(Permission.CONCERN_READ)
def board() -> ResponseReturnValue:
    """Show the board; `column` begins at `after`, and `part=cards` asks for its cards alone."""
    actor = current_actor()
    wanted = wanted_concerns(actor)
    turned = choice_arg("column", Stage)
    cursor = cursor_arg(order_of_column(turned)) if turned else None
    desk = Desk(actor)
    back = here(column=None, part=None)
    if turned and text_arg("part") == "cards":
        column = columns(actor, wanted, stages=[turned], turned=turned, cursor=cursor)[0]
        return render_template(
            "concerns/_more.html", column=desk.column(column), stages=desk.stages, back=back
        )
    found = columns(actor, wanted, turned=turned, cursor=cursor)
    return render_template(
        "concerns/board.html",
        **filters_of(actor, wanted, topics=desk.topics),
        columns=[desk.column(column) for column in found],
        turned=turned if cursor else None,
        stages=desk.stages,
        back=back,
    )
