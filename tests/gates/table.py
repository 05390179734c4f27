"""The gates: what is promised, what was reached, and whether each can go red.

`make gates` prints the table. A test that holds a promise is marked `gate("A1")`; one that breaks
something on purpose and sees the gate go red is marked `defect("A1")`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

import pytest

from tests.databases import KINDS

# The promises of the first half; the words are those of the design
PROMISES: Mapping[str, str] = {
    "A1": "everyone sees and does exactly what the policy says",
    "A2": "what lets a person in ends at once",
    "A3": "no field changes that the form doesn't show",
    "F1": "bad input gets a 4xx with a sentence",
    "F2": "any text survives or is refused with a sentence",
    "X1": "stored text never runs",
    "S1": "no injection",
    "H1": "headers and cookies on every answer",
    "C1": "forged requests change nothing",
    "L1": "the audit log shows tampering",
    "B1": "accessible",
    "B2": "every task by keyboard and on narrow screens",
}
FULL = os.environ.get("CRM_GATES") == "full"
# For a walk that does not depend on the database: on one in each run, by `make gates` on both
ONE_DATABASE = pytest.mark.parametrize("database_kind", KINDS if FULL else KINDS[:1])


class Report(Protocol):
    """What is used of a pytest report."""

    when: str | None
    outcome: str


class Line(NamedTuple):
    """What is known of one gate after a run."""

    gate: str
    reached: str
    tests: int
    failed: int
    defects: int
    defects_missed: int

    @property
    def verdict(self) -> str:
        """Say in one word how it stands."""
        if not self.tests:
            return "not measured"
        if self.failed or self.defects_missed:
            return "RED"
        return "held" if self.defects else "held, unproven"


def rounds(small: int, full: int) -> int:
    """Return how often something is tried: in each run of the tests, or by `make gates`."""
    return full if FULL else small


def lines(reports: Iterable[Report]) -> Iterator[Line]:
    """Sum up a run, gate by gate."""
    tests: Counter[tuple[str, str, bool]] = Counter()
    reached: dict[str, Counter[str]] = {gate: Counter() for gate in PROMISES}
    for report in reports:
        is_passed = report.outcome == "passed"
        if is_passed and report.when != "call":
            continue
        # What failed before it ran has none
        for name, value in getattr(report, "user_properties", []):
            if name in {"gate", "defect"}:
                tests[name, value, is_passed] += 1
            elif name == "reached":
                gate, number, what = value
                reached[gate][what] += number
    for gate in PROMISES:
        figures = ", ".join(f"{number:,} {what}" for what, number in reached[gate].items())
        held, failed = tests["gate", gate, True], tests["gate", gate, False]
        seen, missed = tests["defect", gate, True], tests["defect", gate, False]
        yield Line(gate, figures or f"{held:,} tests", held + failed, failed, seen + missed, missed)


def table(found: Iterable[Line]) -> Iterator[str]:
    """Give the table as lines of text."""
    yield f"{'':4}{'promise':<52}{'reached':<44}{'failed':>7}{'defects seen':>14}  verdict"
    for line in found:
        seen = f"{line.defects - line.defects_missed} of {line.defects}"
        yield (
            f"{line.gate:4}{PROMISES[line.gate]:<52}{line.reached if line.tests else '–':<44}"
            f"{line.failed:>7}{seen:>14}  {line.verdict}"
        )
