"""The topic, in both languages."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from crm.catalogue import Catalogued
from crm.visibility import Visibility


class Topic(Catalogued):
    """An entry of the catalogue of topics."""

    __tablename__ = "topic"

    # The circle that is preset for notes on this topic
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.BODY)
