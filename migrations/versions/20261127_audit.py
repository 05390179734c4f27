"""The chain that seals the audit lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_audit"
down_revision = "20261127_offers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_entry") as batch:
        batch.add_column(sa.Column("salt", sa.LargeBinary(length=16), nullable=True))
        batch.alter_column("subject_id", existing_type=types.Key(), nullable=True)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # Each line another one; of md5 it is no matter of secrecy here, these lines were not sealed yet
    salt = "randomblob(16)" if is_sqlite else "decode(md5(random()::text || id::text), 'hex')"
    op.execute(f"UPDATE audit_entry SET salt = {salt}")  # noqa: S608 - of the two texts above
    with op.batch_alter_table("audit_entry") as batch:
        batch.alter_column("salt", existing_type=sa.LargeBinary(length=16), nullable=False)
        batch.create_index(batch.f("ix_audit_entry_actor_id_at"), ["actor_id", "at"], unique=False)
        batch.create_index(batch.f("ix_audit_entry_at_id"), ["at", "id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", types.Key(), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["audit_entry.id"],
            name=op.f("fk_audit_seal_entry_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "link": bytes(32)}])


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_seal")
    op.execute("DELETE FROM audit_entry WHERE subject_id IS NULL")
    with op.batch_alter_table("audit_entry") as batch:
        batch.drop_index(batch.f("ix_audit_entry_at_id"))
        batch.drop_index(batch.f("ix_audit_entry_actor_id_at"))
        batch.alter_column("subject_id", existing_type=types.Key(), nullable=False)
        batch.drop_column("salt")
