"""Bring the catalogue in the database up to the data file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import sqlalchemy as sa

from crm.clock import now
from crm.db import transaction
from crm.topics.models import Topic
from crm.visibility import Visibility

CATALOGUE = Path(__file__).with_name("catalogue.toml")


def load_catalogue(path: Path = CATALOGUE) -> None:
    """Add new topics, rename and reorder known ones, and retire those that the file leaves out.

    Safe to run again and after any migration: it knows topics by their slug and deletes none.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["topic"]
    with transaction() as session:
        known = {topic.slug: topic for topic in session.scalars(sa.select(Topic))}
        for position, entry in enumerate(entries):
            topic = known.pop(entry["slug"], None)
            if topic is None:
                topic = Topic(slug=entry["slug"])
                session.add(topic)
            topic.name_de, topic.name_en = entry["de"], entry["en"]
            topic.position = position
            topic.visibility = Visibility(entry.get("visibility", Visibility.BODY))
            topic.retired_at = None
        for topic in known.values():
            topic.retired_at = topic.retired_at or now()
