"""Find what is set for the whole agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from crm.agency.models import ONLY, Agency, Clocks
from crm.db import db


class Look(NamedTuple):
    """How the agency looks, on every page; empty where nothing is set."""

    name: str = ""
    accent: str = ""
    logo_hash: str = ""


LOOK = (Agency.name, Agency.accent, Agency.logo_hash)


def look() -> Look:
    """Return how the agency looks, for a page of somebody who is not signed in."""
    row = db.session.execute(sa.select(*LOOK).where(Agency.id == ONLY)).one_or_none()
    return look_of(row or ())


def look_of(columns: Sequence[str | None]) -> Look:
    """Return what `LOOK` has found, also nothing."""
    return Look(*(text or "" for text in columns))


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


def has_agreement() -> bool:
    """Tell whether a works agreement allows figures by person."""
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
