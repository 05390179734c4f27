"""The list of contacts."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from crm.contacts import queries
from crm.contacts.queries import ContactFilter
from crm.contacts.views.blueprint import bp
from crm.contacts.wording import count_text
from crm.organisations import queries as organisations
from crm.policy import Permission
from crm.web.access import current_actor, requires
from crm.web.listing import cursor_arg, key_arg, text_arg


@bp.get("/contacts")
@requires(Permission.CONTACT_READ)
def index() -> ResponseReturnValue:
    """List contacts with filters in the address."""
    actor = current_actor()
    wanted = ContactFilter(
        text=text_arg("q"),
        organisation_id=key_arg("organisation"),
        archived=text_arg("archived") == "1",
    )
    chosen = organisations.find(actor, wanted.organisation_id) if wanted.organisation_id else None
    return render_template(
        "contacts/index.html",
        page=queries.page(actor, wanted, cursor_arg(queries.ORDER)),
        count_text=count_text(queries.count(actor, wanted)),
        wanted=wanted,
        organisation=chosen,
        is_filtered=bool(request.args.keys() - {"after", "before"}),
    )
