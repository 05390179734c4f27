"""Mails that wait, the worker that lives, notifications, and the mornings that are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_notify"
down_revision = "20261127_kept_edits"
branch_labels = None
depends_on = None

REASONS = ("digest", "escalation", "notice", "referral", "test")
STATES = ("waiting", "sent", "refused", "withdrawn")
FAILURES = (
    "address",
    "connection",
    "encryption",
    "message",
    "sender",
    "sign_in",
    "temporary",
)
KINDS = ("given", "completed", "clock", "escalation", "answer", "digest")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_index(op.f("ix_worker_seen_at"), "worker", ["seen_at"])
    op.create_table(
        "mail_server",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", _enum("failure", FAILURES), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.Column("failed_at", types.Moment(), nullable=True),
        sa.Column("due_at", types.Moment(), nullable=True),
        sa.Column("worked_at", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_server")),
    )
    op.create_table(
        "mail",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("reason", _enum("reason", REASONS), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("attachment", sa.LargeBinary(), nullable=True),
        sa.Column("attachment_name", sa.Text(), nullable=False),
        sa.Column("state", _enum("mailstate", STATES), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", types.Moment(), nullable=True),
        sa.Column("failure", _enum("failure", FAILURES), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(attachment IS NULL) = (attachment_name = '')",
            name=op.f("ck_mail_attachment_has_name"),
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_sent_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
        sa.UniqueConstraint("reason", "key", name=op.f("uq_mail_reason_key")),
    )
    op.create_index(op.f("ix_mail_person_id"), "mail", ["person_id"])
    op.create_index(op.f("ix_mail_state_due_at_id"), "mail", ["state", "due_at", "id"])
    op.create_table(
        "notification",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("kind", _enum("kind", KINDS), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("read_at", types.Moment(), nullable=True),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("by_id", types.Key(), nullable=True),
        sa.Column("concern_id", types.Key(), nullable=True),
        sa.Column("follow_up_id", types.Key(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind <> 'digest'", name=op.f("ck_notification_no_digest")),
        sa.CheckConstraint(
            "(concern_id IS NULL) <> (follow_up_id IS NULL)",
            name=op.f("ck_notification_about_one"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notification_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_notification_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"],
            ["concern.id"],
            name=op.f("fk_notification_concern_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_notification_follow_up_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notification_person_id_key")),
    )
    op.create_index(
        op.f("ix_notification_person_id_at_id"), "notification", ["person_id", "at", "id"]
    )
    op.create_index(
        op.f("ix_notification_person_id_read_at"), "notification", ["person_id", "read_at"]
    )
    op.create_index(
        op.f("ix_notification_concern_id_kind_due_on"),
        "notification",
        ["concern_id", "kind", "due_on"],
    )
    op.create_index(op.f("ix_notification_follow_up_id"), "notification", ["follow_up_id"])
    op.create_table(
        "notification_choice",
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("kind", _enum("kind", KINDS), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_notification_choice_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notification_choice")),
    )
    op.create_table(
        "morning",
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_morning_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_morning")),
    )


def downgrade() -> None:
    op.drop_table("morning")
    op.drop_table("notification_choice")
    op.drop_table("notification")
    op.drop_table("mail")
    op.drop_table("mail_server")
    op.drop_table("worker")
