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
    # The agency has changed its catalogue: the data file adds to it, and changes nothing in it
    is_own: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own word
