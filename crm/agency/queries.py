"""Find what is set for the whole agency."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from crm.agency.models import ONLY, Agency
from crm.db import db


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
        id=ONLY, name="", accent="", logo_hash="", logo_type="", version=0
    )


def find_logo(logo_hash: str) -> tuple[bytes, str] | None:
    """Return the logo with this hash and its type; None when it is another by now."""
    row = db.session.execute(
        sa.select(Agency.logo, Agency.logo_type).where(
            Agency.logo_hash == logo_hash, Agency.logo.is_not(None)
        )
    ).one_or_none()
    return (row.logo, row.logo_type) if row else None
