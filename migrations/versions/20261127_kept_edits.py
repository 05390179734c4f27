"""What is typed over a visit is kept at every pause."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_kept_edits"
down_revision = "20261124_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_kept_edit",
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept_at", types.Moment(), nullable=False),
        sa.Column("discarded_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_visit_kept_edit_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["visit.id"],
            name=op.f("fk_visit_kept_edit_visit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("visit_id", "person_id", name=op.f("pk_visit_kept_edit")),
    )


def downgrade() -> None:
    op.drop_table("visit_kept_edit")
