"""The board: the concerns of the list's filter as cards, a column for each stage."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.clock import today
from crm.concerns.desk import Desk
from crm.concerns.listing import columns, order_of_column
from crm.concerns.models import Stage
from crm.concerns.queries import ConcernFilter
from crm.concerns.views.blueprint import bp
from crm.concerns.views.index import filters_of, wanted_concerns
from crm.memory import Memory, stamp
from crm.paging import Cursor
from crm.policy import Actor, Permission
from crm.web.access import current_actor, requires
from crm.web.listing import choice_arg, cursor_arg, here, text_arg
from crm.web.rendering import language

# Cards and filters in words: what a person sees again until somebody changes something
_memory: Memory[dict[str, Any]] = Memory(most=100)


@bp.get("/concerns/board")
@requires(Permission.CONCERN_READ)
def board() -> ResponseReturnValue:
    """Show the board; `column` begins at `after`, and `part=cards` asks for its cards alone."""
    actor = current_actor()
    wanted = wanted_concerns(actor)
    turned = choice_arg("column", Stage)
    cursor = cursor_arg(order_of_column(turned)) if turned else None
    back = here(column=None, part=None)
    if turned and text_arg("part") == "cards":
        desk = Desk(actor)
        column = columns(actor, wanted, stages=[turned], turned=turned, cursor=cursor)[0]
        return render_template(
            "concerns/_more.html", column=desk.column(column), stages=desk.stages, back=back
        )
    shown = _memory.recall(
        (actor, wanted, turned, cursor, language(), today()),
        stamp(),
        lambda: _shown(actor, wanted, turned, cursor),
    )
    return render_template(
        "concerns/board.html", **shown, turned=turned if cursor else None, back=back
    )


def _shown(
    actor: Actor, wanted: ConcernFilter, turned: Stage | None, cursor: Cursor | None
) -> dict[str, Any]:
    desk = Desk(actor)
    found = columns(actor, wanted, turned=turned, cursor=cursor)
    return {
        **filters_of(actor, wanted, topics=desk.topics),
        "columns": [desk.column(column) for column in found],
        "stages": desk.stages,
    }
