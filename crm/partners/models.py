"""What a partner offers on a topic, and who there is to be asked."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.contacts.models import Contact
from crm.db import Record
from crm.organisations.models import Organisation
from crm.topics.models import Topic


class Offer(Record):
    """A partner helps with a topic; seen by whoever sees the partner, its contact by their body."""

    __tablename__ = "partner_offer"
    __table_args__ = (
        sa.UniqueConstraint("partner_id", "topic_id"),
        sa.Index(None, "topic_id"),
        sa.Index(None, "contact_id"),
    )

    partner_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id", ondelete="RESTRICT"))
    topic_id: Mapped[UUID] = mapped_column(sa.ForeignKey("topic.id", ondelete="RESTRICT"))
    contact_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("contact.id", ondelete="RESTRICT")
    )
    text: Mapped[str] = mapped_column(default="")

    partner: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
