"""Official procedures (Verfahren): by what lists and figures narrow concerns with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

import sqlalchemy as sa

from crm.concerns.models import Procedure
from crm.finding import ANY_DAY, Days


@unique
class Progress(StrEnum):
    """Where procedures stand."""

    ANY = "any"
    RUNNING = "running"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureFilter:
    """Which procedures concerns are to have.

    accompanied  running on one of these days
    """

    progress: Progress = Progress.ANY
    office: str = ""
    accompanied: Days = ANY_DAY
    decided: Days = ANY_DAY

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """Yield the conditions on procedures."""
        if self.office:
            yield Procedure.office == self.office
        if self.progress is not Progress.ANY:
            running = Procedure.decided_on.is_(None)
            yield running if self.progress is Progress.RUNNING else ~running
        if self.accompanied.since:
            still = Procedure.decided_on >= self.accompanied.since
            yield sa.or_(Procedure.decided_on.is_(None), still)
        if self.accompanied.until:
            yield Procedure.begun_on <= self.accompanied.until
        yield from self.decided.days(Procedure.decided_on)
