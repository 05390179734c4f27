"""Visits in the order of their organisations."""

from __future__ import annotations

from alembic import op

revision = "20261127_lists"
down_revision = "20261127_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.create_index(batch.f("ix_organisation_sort_key_id"), ["sort_key", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.drop_index(batch.f("ix_organisation_sort_key_id"))
