"""Set what holds for the whole agency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm import audit
from crm.agency import colours, queries
from crm.agency.models import ONLY, Agency
from crm.agency.pictures import Picture
from crm.db import transaction, unless_at_once
from crm.errors import Conflict, Stale
from crm.policy import Actor, Permission, authorize


def set_look(actor: Actor, *, name: str, accent: str, version: int) -> bool:
    """Set the name and the colour of the agency; tell whether anything has changed.

    Raises `Stale`, or `Conflict` with field `accent` for what is no colour or cannot be read.
    """
    if accent:
        colour = colours.read(accent)
        if colour is None:
            raise Conflict("colour_unknown", field="accent")
        if not colours.is_readable(colour):
            raise Conflict("colour_pale", field="accent")
        accent = colour
    return _set(actor, {"name": name, "accent": accent}, version=version)


def set_logo(actor: Actor, picture: Picture, *, version: int) -> bool:
    """Show this picture in the top bar; tell whether it is another one. Raises `Stale`."""
    return _set(
        actor,
        {"logo_hash": picture.hash, "logo_type": picture.mimetype, "logo": picture.data},
        version=version,
    )


def remove_logo(actor: Actor, *, version: int) -> bool:
    """Show no picture any more; tell whether there was one. Raises `Stale`."""
    return _set(actor, {"logo_hash": "", "logo_type": "", "logo": None}, version=version)


def _set(actor: Actor, values: Mapping[str, Any], *, version: int) -> bool:
    authorize(actor, Permission.SETTINGS_MANAGE)

    def save() -> bool:
        with transaction() as session:
            agency = queries.current()
            if agency.version != version:
                raise Stale
            changed = {name: new for name, new in values.items() if getattr(agency, name) != new}
            if not changed:
                return False
            lines = {name: [getattr(agency, name), new] for name, new in changed.items()}
            if version == 0:
                agency = Agency(id=ONLY)
                session.add(agency)
            for name, new in changed.items():
                setattr(agency, name, new)
            session.flush()
            lines.pop("logo", None)
            audit.record(actor.id, "edited", agency, lines)
            return True

    # Of two who set something for the first time at once, the second is told
    return unless_at_once(save, "pk_agency")
