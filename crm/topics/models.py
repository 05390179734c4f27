"""The topic, in both languages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Record
from crm.visibility import Visibility


class Topic(Record):
    """An entry of the catalogue. A retired topic stays readable in old records."""

    __tablename__ = "topic"

    # The stable name under which the catalogue's data file knows the topic
    slug: Mapped[str] = mapped_column(unique=True)
    name_de: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    # The circle that is preset for notes on this topic
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.BODY)
    retired_at: Mapped[datetime | None]

    def name(self, language: str) -> str:
        """Return the name in `language`: German unless it is English."""
        return self.name_en if language == "en" else self.name_de
