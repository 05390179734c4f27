"""Set what holds for the whole agency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from crm import audit
from crm.agency import colours, queries
from crm.agency.models import ONLY, Agency, Clocks
from crm.agency.pictures import Picture
from crm.clock import now, today
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


def set_clocks(actor: Actor, clocks: Clocks, *, version: int) -> bool:
    """Set the clocks of concerns that get one from now on; tell whether they are others.

    Raises `Stale`, or `Conflict` with the field of a resolution before the first response.
    """
    for name in ("urgent", "watch"):
        if getattr(clocks, f"{name}_resolution") < getattr(clocks, f"{name}_response"):
            raise Conflict("clock_reversed", field=f"{name}_resolution")
    return _set(actor, clocks._asdict(), version=version)


def enter_agreement(actor: Actor, *, reference: str, agreed_on: date, version: int) -> bool:
    """Enter the works agreement that allows figures by person; tell whether it is another one.

    Raises `Stale`, or `Conflict` with field `agreed_on` for a day that is still to come.
    """
    if agreed_on > today():
        raise Conflict("agreement_ahead", field="agreed_on")
    said = {"agreement_reference": reference, "agreement_on": agreed_on}
    return _set(actor, said, {"agreement_at": now(), "agreement_by_id": actor.id}, version=version)


def withdraw_agreement(actor: Actor, *, version: int) -> bool:
    """End figures by person; tell whether there were any. Raises `Stale`."""
    said = {"agreement_reference": "", "agreement_on": None}
    return _set(actor, said, {"agreement_at": None, "agreement_by_id": None}, version=version)


def _set(
    actor: Actor,
    values: Mapping[str, Any],
    besides: Mapping[str, Any] | None = None,
    *,
    version: int,
) -> bool:
    """Set `values`, and `besides` what goes with them, when they are others."""
    authorize(actor, Permission.SETTINGS_MANAGE)

    def save() -> bool:
        with transaction() as session:
            agency = queries.current()
            if agency.version != version:
                raise Stale
            changed = {name: new for name, new in values.items() if getattr(agency, name) != new}
            if not changed:
                return False
            lines = {
                name: [_told(getattr(agency, name)), _told(new)]
                for name, new in changed.items()
                if name != "logo"
            }
            if version == 0:
                agency = Agency(id=ONLY)
                session.add(agency)
            for name, new in {**changed, **(besides or {})}.items():
                setattr(agency, name, new)
            session.flush()
            audit.record(actor.id, "edited", agency, lines)
            return True

    # Of two who set something for the first time at once, the second is told
    return unless_at_once(save, "pk_agency")


def _told(value: Any) -> Any:
    """Return a value as an audit line keeps it."""
    return value.isoformat() if isinstance(value, date) else value
