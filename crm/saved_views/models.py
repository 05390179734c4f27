"""The saved view."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.archive import Archivable
from crm.db import Record

LONGEST_NAME = 60
LONGEST_QUERY = 2_000


@unique
class Place(StrEnum):
    """A page whose views can be saved."""

    DASHBOARD = "dashboard"
    VISITS = "visits"


class SavedView(Archivable, Record):
    """The filters of a page under a name, for one person; a deleted one can be brought back.

    query  the address behind the question mark
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.Index(None, "owner_id", "place", "archived_at"),
        sa.CheckConstraint("name <> ''", name="name"),
    )

    owner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    place: Mapped[Place]
    name: Mapped[str]
    sort_key: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
