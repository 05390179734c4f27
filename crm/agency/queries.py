"""Find what is set for the whole agency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from crm.accounts.models import Person
from crm.agency.models import ONLY, Agency, Clocks
from crm.db import db
from crm.policy import Actor


class Look(NamedTuple):
    """How the agency looks, on every page; empty where nothing is set."""

    name: str = ""
    accent: str = ""
    logo_hash: str = ""


def look() -> Look:
    """Return how the agency looks: one row, for every page anew, as every process has to know."""
    row = db.session.execute(
        sa.select(Agency.name, Agency.accent, Agency.logo_hash).where(Agency.id == ONLY)
    ).one_or_none()
    return Look(*row) if row else Look()


def current() -> Agency:
    """Return what is set; before anything is, a row of version 0 that nobody has saved."""
    return db.session.get(Agency, ONLY) or Agency(
        id=ONLY,
        name="",
        accent="",
        logo_hash="",
        logo_type="",
        agreement_reference="",
        version=0,
        **Clocks()._asdict(),
    )


def clocks() -> Clocks:
    """Return the clocks of concerns."""
    columns = [getattr(Agency, name) for name in Clocks._fields]
    row = db.session.execute(sa.select(*columns).where(Agency.id == ONLY)).one_or_none()
    return Clocks(*row) if row else Clocks()


def may_count(actor: Actor, person_id: UUID | None, colleagues: Iterable[Person]) -> bool:
    """Tell whether a list of what this person does may have a total.

    Figures by person are for oneself; with a works agreement also for who leads that person's team.

    colleagues  all of the actor's body
    """
    if person_id in {None, actor.id}:
        return True
    led = {person.id for person in colleagues if person.team_id in actor.led_team_ids}
    return person_id in led and _has_agreement()


def _has_agreement() -> bool:
    found = sa.select(Agency.id).where(Agency.agreement_on.is_not(None))
    return db.session.scalar(found) is not None


def find_logo(logo_hash: str) -> tuple[bytes, str] | None:
    """Return the logo with this hash and its type; None when it is another by now."""
    row = db.session.execute(
        sa.select(Agency.logo, Agency.logo_type).where(
            Agency.logo_hash == logo_hash, Agency.logo.is_not(None)
        )
    ).one_or_none()
    return (row.logo, row.logo_type) if row else None
