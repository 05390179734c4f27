"""What the generated data is made of: words, names, dates, always the same ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from config import ROOT
from crm.db import Base
from crm.demo.dice import Dice

NOTES = ROOT / "crm" / "demo" / "data" / "notes"
MUNICIPALITIES = tuple(f"Gemeinde {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
BRANCHES = (
    "Metallbau", "Tischlerei", "Häuslerbau", "Logistik", "Bäckerei", "Pflegedienst", "Maschinenbau",
    "Elektro", "Softwarehaus", "Gasthof", "Gärtnerei", "Gießerei", "Druckerei", "Autohaus",
    "Kunststoffwerk", "Messtechnik", "Molkerei", "Sägewerk", "Färberei", "Ökohof",
)  # fmt: skip
SYLLABLES = (
    "mu", "ster", "bei", "spiel", "pro", "be", "vor", "la", "ge", "mo", "dell", "ent", "wurf",
    "ska", "blo", "nen", "ta", "ri", "fel", "dor", "hau", "gri", "lö", "sü", "kä", "wen", "tal",
)  # fmt: skip
_RANGE = re.compile(r"\{(\d+)-\d+\}")
# So many visits or organisations are stored at a time
STEP = 2_500
_WORDS = 60
_TEXTS = 2_000


def made_up_name(rng: Dice) -> str:
    """Return a word that is no name."""
    return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 3, 4)))).capitalize()


def notes(rng: Dice) -> Sequence[str]:
    """Return many different notes of about 60 German words."""
    said = [
        _RANGE.sub(r"\1", note)
        for path in sorted(NOTES.glob("*.toml"))
        for situation in tomllib.loads(path.read_text(encoding="utf-8"))["situation"]
        for note in situation["notes"]
    ]
    return [_note(rng, said) for _ in range(_TEXTS)]


def _note(rng: Dice, said: Sequence[str]) -> str:
    text = ""
    while len(text.split()) < _WORDS - 8:
        text += f"{rng.choice(said)} "
    return text.strip()


class Batch:
    """Rows by table, to be stored together."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[Mapping[str, Any]]] = {}

    def add(self, model: Any, **columns: Any) -> None:
        """Add one row."""
        self._rows.setdefault(model.__table__, []).append(columns)

    def store(self, connection: sa.Connection) -> None:
        """Store all rows, each after those it refers to, and forget them."""
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                connection.execute(sa.insert(table), rows)
        connection.commit()


def years_back(today: date, years: int) -> date:
    """Return the first of this month so many years ago."""
    return date(today.year - years, today.month, 1)
