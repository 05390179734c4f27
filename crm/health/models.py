"""The worker that lives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Record


class Worker(Record):
    """A worker that has said that it lives; the row of one that ended is gone."""

    __tablename__ = "worker"

    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
