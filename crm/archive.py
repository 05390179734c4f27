"""Archived rather than deleted: the columns for when, by whom and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.clock import now


class Archivable:
    """Columns of a record that people archive and restore."""

    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="RESTRICT")
    )
    archived_reason: Mapped[str | None]

    def archive(self, by: UUID, *, reason: str) -> None:
        """Take the record out of the lists."""
        self.archived_at, self.archived_by_id, self.archived_reason = now(), by, reason

    def restore(self) -> None:
        """Put the record back into the lists."""
        self.archived_at = self.archived_by_id = self.archived_reason = None
