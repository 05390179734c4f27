"""The course of a concern: in which stages it stood, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from crm.audit import Event
from crm.clock import BERLIN, now
from crm.concerns.models import Concern, Stage


class Spell(NamedTuple):
    """A time in one stage; `until` is None while it lasts."""

    stage: Stage
    since: datetime
    until: datetime | None

    @property
    def days(self) -> int:
        """Return how many midnights it lasted, or lasts."""
        end = self.until or now()
        return (end.astimezone(BERLIN).date() - self.since.astimezone(BERLIN).date()).days


def spells(concern: Concern, events: Sequence[Event]) -> Sequence[Spell]:
    """Return the stages of a concern, the first one first.

    events  its audit lines, newest first
    """
    moves = [e for e in reversed(events) if e.action == "moved" and "stage" in e.changes]
    found: list[Spell] = []
    stage, since = Stage.NEW, concern.opened_at
    if moves:
        # Older lines than the history holds are left out
        stage = Stage(moves[0].changes["stage"][0])
    for event in moves:
        found.append(Spell(stage, since, event.at))
        stage, since = Stage(event.changes["stage"][1]), event.at
    return [*found, Spell(stage, since, None if concern.is_open else since)]
