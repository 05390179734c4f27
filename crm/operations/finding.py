"""What a look at an installation found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARNING = "Warnung"
    FAULT = "Fehler"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    subject: str
    level: Level
    text: str
