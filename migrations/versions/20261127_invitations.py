"""Links to choose a password, and the mails that bring them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_invitations"
down_revision = "20261127_audit"
branch_labels = None
depends_on = None

_BEFORE = ("digest", "escalation", "notice", "referral", "test")
_AFTER = ("digest", "escalation", "invitation", "notice", "password", "referral", "test")


def upgrade() -> None:
    _set_reasons(_AFTER)
    op.create_table(
        "password_link",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_password_link_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("person_id", name=op.f("uq_password_link_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_link_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("password_link")
    op.execute("DELETE FROM mail WHERE reason IN ('invitation', 'password')")
    _set_reasons(_BEFORE)


def _set_reasons(reasons: tuple[str, ...]) -> None:
    """Let these be the reasons of mails; a CHECK is replaced, not changed."""
    names = ", ".join(f"'{reason}'" for reason in reasons)
    with op.batch_alter_table("mail") as batch:
        batch.drop_constraint(op.f("ck_mail_reason"), type_="check")
        batch.create_check_constraint(op.f("ck_mail_reason"), f"reason IN ({names})")
