"""Bring the catalogue in the database up to the data file."""

from __future__ import annotations

from pathlib import Path

from crm.catalogue import bring_up
from crm.db import transaction
from crm.offers.models import AgencyOffer

CATALOGUE = Path(__file__).with_name("catalogue.toml")


def load_offers(path: Path = CATALOGUE) -> None:
    """Add new offers, rename and reorder known ones, and retire those that the file leaves out."""
    with transaction() as session:
        bring_up(session, AgencyOffer, path)
