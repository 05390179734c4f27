"""Activity reports and their chapters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_report"
down_revision = "20261127_dashboard"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("author_id", types.Key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "public",
                "internal",
                "quarterly",
                "municipal",
                name="reportkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("key_date", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "working",
                "ready",
                "failed",
                "cancelled",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", types.Moment(), nullable=True),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("frozen_at", types.Moment(), nullable=True),
        sa.Column("finished_at", types.Moment(), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.Moment(), nullable=True),
        sa.Column("archived_by_id", types.Key(), nullable=True),
        sa.Column("archived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "finished_at IS NULL OR state = 'ready'", name=op.f("ck_report_finished_is_ready")
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR (figures IS NOT NULL AND frozen_at IS NOT NULL)",
            name=op.f("ck_report_ready_has_figures"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_report_title")),
        sa.CheckConstraint("key_date >= since", name=op.f("ck_report_key_date")),
        sa.CheckConstraint("since <= until", name=op.f("ck_report_period")),
        sa.CheckConstraint("step >= 0 AND step <= steps", name=op.f("ck_report_steps")),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["person.id"],
            name=op.f("fk_report_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_report_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_report_body_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_body_id_until_id"), ["body_id", "until", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_report_state_heartbeat_at"), ["state", "heartbeat_at"], unique=False
        )

    op.create_table(
        "report_chapter",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("report_id", types.Key(), nullable=False),
        sa.Column(
            "chapter",
            sa.Enum(
                "work",
                "care",
                "brokering",
                "funding",
                "labour",
                "succession",
                "founding",
                "sites",
                "events",
                "cooperation",
                "voices",
                "municipalities",
                "outlook",
                name="chapter",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_carried", sa.Boolean(), nullable=False),
        sa.Column("is_included", sa.Boolean(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_chapter_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_chapter")),
        sa.UniqueConstraint(
            "report_id", "chapter", name=op.f("uq_report_chapter_report_id_chapter")
        ),
    )


def downgrade() -> None:
    op.drop_table("report_chapter")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_state_heartbeat_at"))
        batch_op.drop_index(batch_op.f("ix_report_body_id_until_id"))

    op.drop_table("report")
