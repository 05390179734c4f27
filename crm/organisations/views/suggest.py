"""Suggestions while typing, as JSON."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for

from crm.organisations import queries
from crm.organisations.matching import Traits
from crm.organisations.models import Organisation
from crm.organisations.views.blueprint import bp
from crm.organisations.wording import detail_of, reason_of
from crm.policy import Permission
from crm.text import LONGEST_TEXT, TextRefused, clean
from crm.web.access import current_actor, requires
from crm.web.listing import key_arg, text_arg


@bp.get("/organisations/suggest")
@requires(Permission.ORGANISATION_READ)
def suggest() -> Response:
    """Answer with organisations that fit `q`, or with likely `duplicates` of what is typed."""
    actor = current_actor()
    if request.args.get("duplicates") != "1":
        return jsonify([_item(found) for found in queries.suggest(actor, text_arg("q"))])
    duplicates = queries.likely_duplicates(actor, _traits(), without=key_arg("without"))
    return jsonify(
        [_item(found.organisation) | {"reason": reason_of(found)} for found in duplicates]
    )


def _traits() -> Traits:
    return Traits(
        name=text_arg("q"),
        website=text_arg("website"),
        email=text_arg("email"),
        register_court=text_arg("register_court"),
        register_number=text_arg("register_number"),
        phones=_phones(),
    )


def _phones() -> str:
    try:
        return clean(request.args.get("phone", ""), longest=LONGEST_TEXT)
    except TextRefused:
        return ""


def _item(organisation: Organisation) -> dict[str, str]:
    return {
        "id": str(organisation.id),
        "name": organisation.name,
        "detail": detail_of(organisation),
        "url": url_for("organisations.show", organisation_id=organisation.id),
    }
