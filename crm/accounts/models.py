"""Bodies, teams, people, what lets them in, and the throttle of the sign-in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base, Record
from crm.policy import Actor, Role


class Body(Record):
    """A legal body (Träger): a controller of its own, in one Land."""

    __tablename__ = "body"

    name: Mapped[str] = mapped_column(unique=True)
    # ISO 3166-2:DE without "DE-": decides the public holidays
    land: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own word


class Team(Record):
    """A team of one body. A closed one stays readable in old records, and nobody joins it."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("body_id", "name"),)

    body_id: Mapped[UUID] = mapped_column(sa.ForeignKey("body.id", ondelete="RESTRICT"))
    name: Mapped[str]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    body: Mapped[Body] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TeamLead(Base):
    """A manager who leads a team."""

    __tablename__ = "team_lead"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )


@unique
class PersonState(StrEnum):
    """Whether a person can sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    CLOSED = "closed"


class Person(Record):
    """A person who signs in: one role in one team, and perhaps administrator besides."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("role = 'none' OR team_id IS NOT NULL", name="role_needs_team"),
    )

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[Role]
    is_administrator: Mapped[bool] = mapped_column(default=False)
    team_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("team.id", ondelete="RESTRICT"), index=True
    )
    language: Mapped[str] = mapped_column(default="de")
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    team: Mapped[Team | None] = relationship(lazy="raise_on_sql")
    led: Mapped[list[TeamLead]] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own word

    # What Flask-Login asks of whoever is signed in
    is_authenticated: ClassVar[bool] = True

    @property
    def initials(self) -> str:
        """Return the first letters of the first and the last name."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"

    @property
    def state(self) -> PersonState:
        """Return whether the person can sign in; who was invited has no password yet."""
        if self.deactivated_at is not None:
            return PersonState.CLOSED
        return PersonState.INVITED if self.password_hash is None else PersonState.ACTIVE

    @property
    def actor(self) -> Actor:
        """Return what the domain needs to know of this person; team, body and led are loaded."""
        return Actor(
            id=self.id,
            name=self.name,
            role=self.role,
            is_administrator=self.is_administrator,
            body_id=self.team.body_id if self.team else None,
            team_id=self.team_id,
            led_team_ids=frozenset(lead.team_id for lead in self.led)
            if self.role is Role.MANAGER
            else frozenset(),
            land=self.team.body.land if self.team else "",
        )


class SignIn(Record):
    """A session: one browser of one person. Only the hash of its cookie is kept."""

    __tablename__ = "sign_in"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    # When this browser last showed what only the person knows and has
    proved_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class HalfSignIn(Record):
    """A sign-in whose password was right and whose code is still missing: it opens nothing.

    Only the hash of its token is kept.
    """

    __tablename__ = "half_sign_in"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class SecondFactor(Record):
    """The app of a person that makes one-time codes; its secret is sealed (`one_time.Safe`)."""

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    sealed: Mapped[str]
    # The 30 seconds, counted since 1970, whose code was used last: no code opens twice
    last_step: Mapped[int]
    created_at: Mapped[datetime]


class RecoveryCode(Record):
    """A code that stands in for the app once. Only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("person_id", "code_hash"),)

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class SecondFactorDuty(Base):
    """A role that has to have a second factor; `none` stands for administrators of any role."""

    __tablename__ = "second_factor_duty"

    role: Mapped[Role] = mapped_column(primary_key=True)


class CalendarFeed(Record):
    """The calendar of one person. Only the hash of the token in its address is kept."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class PasswordLink(Record):
    """A link by which a person chooses a password, once. Only the hash of its token is kept."""

    __tablename__ = "password_link"

    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), unique=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    expires_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Throttle(Base):
    """Failed attempts with one account, from one address, or in all."""

    __tablename__ = "throttle"

    # SHA-256 of what is throttled, so that the table holds no address and no e-mail
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    last_failure_at: Mapped[datetime]
