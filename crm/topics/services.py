"""Bring the catalogue in the database up to the data file."""

from __future__ import annotations

from pathlib import Path

from crm.catalogue import bring_up
from crm.db import transaction
from crm.topics.models import Topic
from crm.visibility import Visibility

CATALOGUE = Path(__file__).with_name("catalogue.toml")


def load_catalogue(path: Path = CATALOGUE) -> None:
    """Add new topics, rename and reorder known ones, and retire those that the file leaves out."""
    with transaction() as session:
        for topic, says in bring_up(session, Topic, path):
            topic.visibility = Visibility(says.get("visibility", Visibility.BODY))
