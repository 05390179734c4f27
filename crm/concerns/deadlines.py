"""The clock of a concern: working days to the first response and to the resolution, per flag."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum, unique
from typing import NamedTuple

from crm.agency.models import Clocks
from crm.clock import BERLIN, add_working_days
from crm.concerns.models import Concern, Flag


class Clock(NamedTuple):
    """Working days (Arbeitstage) from the end of the conversation."""

    to_first_response: int
    to_resolution: int


def clocks(found: Clocks) -> Mapping[Flag, Clock]:
    """Return the clocks of the agency by flag; info has none."""
    return {
        Flag.URGENT: Clock(found.urgent_response, found.urgent_resolution),
        Flag.WATCH: Clock(found.watch_response, found.watch_resolution),
    }


# Behind every deadline, so that concerns without one come last
NEVER = date(9999, 12, 31)


@unique
class Step(StrEnum):
    """What a concern waits for."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


class Deadline(NamedTuple):
    """What is due next on a concern, and when."""

    step: Step
    due_on: date


def due_dates(
    flag: Flag, started_at: datetime, land: str, found: Clocks
) -> tuple[date | None, date | None]:
    """Return by when the first response and the resolution of a concern are due."""
    clock = clocks(found).get(flag)
    if clock is None:
        return None, None
    day = started_at.astimezone(BERLIN).date()
    return (
        add_working_days(day, clock.to_first_response, land),
        add_working_days(day, clock.to_resolution, land),
    )


def next_deadline(concern: Concern) -> Deadline | None:
    """Return what is due next on `concern`; None when it is closed or has no clock."""
    if not concern.is_open:
        return None
    if concern.first_responded_at is None and concern.first_response_due_on is not None:
        return Deadline(Step.FIRST_RESPONSE, concern.first_response_due_on)
    if concern.resolution_due_on is not None:
        return Deadline(Step.RESOLUTION, concern.resolution_due_on)
    return None


def due_on_or_never(concern: Concern) -> date:
    """Return when something is due on `concern`, `NEVER` where nothing is."""
    deadline = next_deadline(concern)
    return deadline.due_on if deadline else NEVER


# The same rule, kept by the database beside each concern
next_due_on = Concern.next_due_on
