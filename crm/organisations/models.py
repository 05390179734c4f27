"""The organisation with the core fields of a business register."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, unique
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import Body, Team
from crm.archive import Archivable
from crm.db import Record


@unique
class OrganisationKind(StrEnum):
    """What the organisation is to us; partners are authorities, chambers, banks and the like."""

    COMPANY = "company"
    FOUNDER = "founder"
    PARTNER = "partner"


@unique
class OrganisationStatus(StrEnum):
    """Whether the organisation is still there."""

    ACTIVE = "active"
    CLOSED = "closed"
    MOVED = "moved"


@unique
class CountSource(StrEnum):
    """Where the number of employees comes from."""

    ESTIMATED = "estimated"
    TOLD = "told"


@unique
class SizeClass(StrEnum):
    """EU size class by headcount (Recommendation 2003/361/EC, Annex, Article 2)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


# Fewer than so many persons, per size class (2003/361/EC)
SIZE_LIMITS = ((10, SizeClass.MICRO), (50, SizeClass.SMALL), (250, SizeClass.MEDIUM))


def size_class_of(employees: int | None, employees_to: int | None) -> SizeClass | None:
    """Return the EU size class of so many employees, or None when no number is known."""
    count = employees_to or employees
    if count is None:
        return None
    return next((size for limit, size in SIZE_LIMITS if count < limit), SizeClass.LARGE)


class Organisation(Archivable, Record):
    """An organisation that one body keeps; `shared` shows it to the other bodies too."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.Index(None, "body_id", "sort_key", "id"),
        # Visits in the order of their organisations, which may be another body's
        sa.Index(None, "sort_key", "id"),
        # Every list offers the municipalities; holds all that this asks
        sa.Index("ix_organisation_places", "municipality", "body_id", "shared", "archived_at"),
        sa.Index(None, "team_id", "next_visit_due_on"),
        # Figures ask of a visit's organisation no more than this
        sa.Index(
            "ix_organisation_groups",
            "id",
            "kind",
            "municipality",
            "industry",
            "employees",
            "employees_to",
        ),
        sa.Index(None, "kind", "id"),
        sa.Index(None, "is_target", "status", "body_id"),
        # Partners are few among many: lists of them begin here
        sa.Index(None, "kind", "sort_key", "id"),
        sa.Index(None, "name_key"),
        sa.Index(None, "name_sound"),
        sa.Index(None, "register_key"),
        sa.Index(None, "domain"),
        sa.CheckConstraint("employees >= 0", name="employees"),
        sa.CheckConstraint("employees_to >= employees", name="employees_range"),
        sa.CheckConstraint("apprentices >= 0", name="apprentices"),
        sa.CheckConstraint("cadence_months > 0", name="cadence"),
        sa.CheckConstraint("name <> ''", name="name"),
    )

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("team.id", ondelete="RESTRICT"))
    shared: Mapped[bool] = mapped_column(default=False)

    kind: Mapped[OrganisationKind] = mapped_column(default=OrganisationKind.COMPANY)
    name: Mapped[str]
    other_names: Mapped[str] = mapped_column(default="")
    legal_form: Mapped[str] = mapped_column(default="")
    register_court: Mapped[str] = mapped_column(default="")
    register_number: Mapped[str] = mapped_column(default="")
    # Wirtschafts-Identifikationsnummer, §139c AO
    w_idnr: Mapped[str] = mapped_column(default="")
    wz_2008: Mapped[str] = mapped_column(default="")
    wz_2025: Mapped[str] = mapped_column(default="")
    industry: Mapped[str] = mapped_column(default="")
    employees: Mapped[int | None]
    # Upper end where only a range is known
    employees_to: Mapped[int | None]
    employees_source: Mapped[CountSource | None]
    employees_as_of: Mapped[date | None]
    apprentices: Mapped[int | None]
    # In millions of euros; two decimals are enough for ranges
    turnover_from: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    turnover_to: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    municipality: Mapped[str]
    # Amtlicher Gemeindeschlüssel: eight characters, text (leading zero)
    ags: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    # Further addresses, one paragraph each
    other_addresses: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    # One number a line
    phones: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    # Comma-separated
    tags: Mapped[str] = mapped_column(default="")
    status: Mapped[OrganisationStatus] = mapped_column(default=OrganisationStatus.ACTIVE)
    is_target: Mapped[bool] = mapped_column(default=False)
    cadence_months: Mapped[int | None]
    next_visit_due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")

    # Kept by the service from the fields above; see `organisations.matching`
    sort_key: Mapped[str]
    search_text: Mapped[str]
    name_key: Mapped[str]
    name_sound: Mapped[str]
    register_key: Mapped[str] = mapped_column(default="")
    domain: Mapped[str] = mapped_column(default="")

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    body: Mapped[Body] = relationship(lazy="raise_on_sql")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def size_class(self) -> SizeClass | None:
        """Return the EU size class by headcount, or None when no number is known."""
        return size_class_of(self.employees, self.employees_to)
