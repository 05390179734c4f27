"""Mails that wait, the mail server, and the worker that lives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_notify"
down_revision = "20261124_foundation"
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


def downgrade() -> None:
    op.drop_table("mail")
    op.drop_table("mail_server")
    op.drop_table("worker")
