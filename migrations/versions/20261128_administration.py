"""Teams that can be closed, topics that are the agency's own, and what is set for the agency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261128_administration"
down_revision = "20261128_second_factor"
branch_labels = None
depends_on = None

_VERSIONED = ("body", "team", "topic")


def upgrade() -> None:
    op.add_column("team", sa.Column("closed_at", types.Moment(), nullable=True))
    for table in _VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=True))
        op.execute(sa.table(table, sa.column("version")).update().values(version=1))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("version", existing_type=sa.Integer(), nullable=False)
    op.add_column("topic", sa.Column("is_own", sa.Boolean(), nullable=True))
    op.execute(sa.table("topic", sa.column("is_own")).update().values(is_own=False))
    with op.batch_alter_table("topic") as batch:
        batch.alter_column("is_own", existing_type=sa.Boolean(), nullable=False)
    op.create_table(
        "agency",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_hash", sa.Text(), nullable=False),
        sa.Column("logo_type", sa.Text(), nullable=False),
        sa.Column("urgent_response", sa.Integer(), nullable=False),
        sa.Column("urgent_resolution", sa.Integer(), nullable=False),
        sa.Column("watch_response", sa.Integer(), nullable=False),
        sa.Column("watch_resolution", sa.Integer(), nullable=False),
        sa.Column("agreement_reference", sa.Text(), nullable=False),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("agreement_at", types.Moment(), nullable=True),
        sa.Column("agreement_by_id", types.Key(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "urgent_response BETWEEN 1 AND urgent_resolution AND urgent_resolution <= 250",
            name=op.f("ck_agency_urgent"),
        ),
        sa.CheckConstraint(
            "watch_response BETWEEN 1 AND watch_resolution AND watch_resolution <= 250",
            name=op.f("ck_agency_watch"),
        ),
        sa.CheckConstraint(
            "(agreement_on IS NULL) = (agreement_reference = '')"
            " AND (agreement_on IS NULL) = (agreement_at IS NULL)",
            name=op.f("ck_agency_agreement_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_by_id"],
            ["person.id"],
            name=op.f("fk_agency_agreement_by_id"),
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint(
            "(logo IS NULL) = (logo_hash = '')", name=op.f("ck_agency_logo_has_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )


def downgrade() -> None:
    op.drop_table("agency")
    with op.batch_alter_table("topic") as batch:
        batch.drop_column("is_own")
    for table in _VERSIONED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("version")
    with op.batch_alter_table("team") as batch:
        batch.drop_column("closed_at")
