"""The contact (Ansprechpartner/-in) and the organisations where they are found."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.archive import Archivable
from crm.db import Base, Record
from crm.organisations.models import Organisation


@unique
class Salutation(StrEnum):
    """How the person is addressed."""

    MS = "ms"
    MR = "mr"
    NONE = "none"


@unique
class LegalBasis(StrEnum):
    """Why the data may be kept (GDPR Article 6 (1))."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"
    CONTRACT = "contract"


class Contact(Archivable, Record):
    """A person at one or more organisations."""

    __tablename__ = "contact"
    __table_args__ = (
        sa.Index(None, "body_id", "sort_key", "id"),
        sa.CheckConstraint("family_name <> ''", name="family_name"),
    )

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("team.id", ondelete="RESTRICT"))

    salutation: Mapped[Salutation] = mapped_column(default=Salutation.NONE)
    title: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str]
    function: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="de")
    no_phone: Mapped[bool] = mapped_column(default=False)
    no_email: Mapped[bool] = mapped_column(default=False)
    no_post: Mapped[bool] = mapped_column(default=False)
    legal_basis: Mapped[LegalBasis] = mapped_column(default=LegalBasis.PUBLIC_TASK)
    source: Mapped[str] = mapped_column(default="")
    privacy_notice_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")

    sort_key: Mapped[str]
    search_text: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    places: Mapped[list[ContactPlace]] = relationship(
        lazy="raise_on_sql", back_populates="contact", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def name(self) -> str:
        """Return title, given and family name."""
        return " ".join(filter(None, (self.title, self.given_name, self.family_name)))


class ContactPlace(Base):
    """An organisation at which a contact is found."""

    __tablename__ = "contact_place"
    __table_args__ = (sa.Index(None, "organisation_id"),)

    contact_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True
    )
    is_primary: Mapped[bool] = mapped_column(default=False)

    contact: Mapped[Contact] = relationship(lazy="raise_on_sql", back_populates="places")
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
