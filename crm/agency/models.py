"""The one row of what is set for the whole agency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Record

ONLY: Final = UUID("00000000-0000-7000-8000-000000000001")


class Clocks(NamedTuple):
    """Working days to the first response and to the resolution of a concern, by its flag."""

    urgent_response: int = 2
    urgent_resolution: int = 20
    watch_response: int = 10
    watch_resolution: int = 60


class Agency(Record):
    """What is set for the whole agency. Until something is, there is no row."""

    __tablename__ = "agency"
    __table_args__ = (
        sa.CheckConstraint(
            "urgent_response BETWEEN 1 AND urgent_resolution AND urgent_resolution <= 250",
            name="urgent",
        ),
        sa.CheckConstraint(
            "watch_response BETWEEN 1 AND watch_resolution AND watch_resolution <= 250",
            name="watch",
        ),
        sa.CheckConstraint(
            "(agreement_on IS NULL) = (agreement_reference = '')"
            " AND (agreement_on IS NULL) = (agreement_at IS NULL)",
            name="agreement_is_whole",
        ),
        sa.CheckConstraint("(logo IS NULL) = (logo_hash = '')", name="logo_has_hash"),
    )

    # Empty: that of the environment, else that of the reader's body
    name: Mapped[str] = mapped_column(default="")
    # #rrggbb, or empty: KERN's own blue
    accent: Mapped[str] = mapped_column(default="")
    # Its bytes are asked for by their hash alone
    logo: Mapped[bytes | None] = mapped_column(sa.LargeBinary(), deferred=True)
    logo_hash: Mapped[str] = mapped_column(default="")
    logo_type: Mapped[str] = mapped_column(default="")
    # Working days from the end of a conversation, by flag
    urgent_response: Mapped[int] = mapped_column(default=Clocks().urgent_response)
    urgent_resolution: Mapped[int] = mapped_column(default=Clocks().urgent_resolution)
    watch_response: Mapped[int] = mapped_column(default=Clocks().watch_response)
    watch_resolution: Mapped[int] = mapped_column(default=Clocks().watch_resolution)
    # Dienst- oder Betriebsvereinbarung; without one there are no figures by person
    agreement_reference: Mapped[str] = mapped_column(default="")
    agreement_on: Mapped[date | None]
    agreement_at: Mapped[datetime | None]
    agreement_by_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT")
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own word

    @property
    def clocks(self) -> Clocks:
        """Return the clocks that are set."""
        return Clocks(*(getattr(self, name) for name in Clocks._fields))
