"""Teams that can be closed, versions of teams and bodies, and what is set for the agency."""

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
    op.create_table(
        "agency",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_hash", sa.Text(), nullable=False),
        sa.Column("logo_type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(logo IS NULL) = (logo_hash = '')", name=op.f("ck_agency_logo_has_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )


def downgrade() -> None:
    op.drop_table("agency")
    for table in _VERSIONED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("version")
    with op.batch_alter_table("team") as batch:
        batch.drop_column("closed_at")
