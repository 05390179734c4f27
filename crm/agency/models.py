"""The one row of what is set for the whole agency."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Record

ONLY: Final = UUID("00000000-0000-7000-8000-000000000001")


class Agency(Record):
    """What is set for the whole agency. Until something is, there is no row."""

    __tablename__ = "agency"
    __table_args__ = (
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
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own word
