"""Teams that can be closed, and versions of teams and bodies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261128_administration"
down_revision = "20261127_invitations"
branch_labels = None
depends_on = None

_VERSIONED = ("body", "team")


def upgrade() -> None:
    op.add_column("team", sa.Column("closed_at", types.Moment(), nullable=True))
    for table in _VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=True))
        op.execute(sa.table(table, sa.column("version")).update().values(version=1))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    for table in _VERSIONED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("version")
    with op.batch_alter_table("team") as batch:
        batch.drop_column("closed_at")
