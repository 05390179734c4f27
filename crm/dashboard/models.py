"""The targets of a year."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Record

FIRST_YEAR, LAST_YEAR = 2000, 2199
MOST_VISITS = 10_000


class Target(Record):
    """How many visits a team means to make in a year; the body's target is the sum of its teams'.

    visits  None: there is no target any more
    """

    __tablename__ = "target"
    __table_args__ = (
        sa.UniqueConstraint("team_id", "year"),
        sa.Index(None, "body_id", "year"),
        sa.CheckConstraint("visits BETWEEN 1 AND 10000", name="visits"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name="year"),
    )

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("team.id", ondelete="RESTRICT"))
    year: Mapped[int]
    visits: Mapped[int | None]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
