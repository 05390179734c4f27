"""Calendars to subscribe to, and what was handed over when a colleague left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_calendar"
down_revision = "20261127_followups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_calendar_feed_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "hand_over",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("by_id", types.Key(), nullable=True),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("closed_account_at", types.Moment(), nullable=True),
        sa.Column("taken_back_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_hand_over_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_hand_over_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    with op.batch_alter_table("hand_over") as batch:
        batch.create_index(batch.f("ix_hand_over_person_id"), ["person_id"], unique=False)
    op.create_table(
        "hand_over_item",
        sa.Column("hand_over_id", types.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "follow_up",
                "concern",
                "visit",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", types.Key(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_over.id"],
            name=op.f("fk_hand_over_item_hand_over_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "hand_over_id", "kind", "subject_id", name=op.f("pk_hand_over_item")
        ),
    )


def downgrade() -> None:
    op.drop_table("hand_over_item")
    op.drop_table("hand_over")
    op.drop_table("calendar_feed")
