"""What a catalogue holds: choices that come from a data file and are retired, never deleted."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from crm.clock import now
from crm.db import Record


class Catalogued(Record):
    """An entry of a catalogue, in both languages. A retired one stays readable in old records."""

    __abstract__ = True

    # The stable name under which the catalogue's data file knows the entry
    slug: Mapped[str] = mapped_column(unique=True)
    name_de: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]

    def name(self, language: str) -> str:
        """Return the name in `language`: German unless it is English."""
        return self.name_en if language == "en" else self.name_de


C = TypeVar("C", bound=Catalogued)


def bring_up(
    session: Session, kind: type[C], path: Path, *, kept: Collection[str] = ()
) -> list[tuple[C, Mapping[str, Any]]]:
    """Add, rename and reorder the entries that a data file names, and retire the others.

    kept  slugs of entries that stay as they are, whatever the file says; they are not returned

    Safe to run again and after any migration: it knows entries by their slug and deletes none.
    Return the entries of the file, each with what it says.
    """
    known = {entry.slug: entry for entry in session.scalars(sa.select(kind))}
    (told,) = tomllib.loads(path.read_text(encoding="utf-8")).values()
    named = []
    for position, says in enumerate(told):
        if says["slug"] in kept:
            continue
        entry = known.pop(says["slug"], None)
        if entry is None:
            entry = kind(slug=says["slug"])
            session.add(entry)
        entry.name_de, entry.name_en = says["de"], says["en"]
        entry.position = position
        entry.retired_at = None
        named.append((entry, says))
    for slug, entry in known.items():
        if slug not in kept:
            entry.retired_at = entry.retired_at or now()
    return named
