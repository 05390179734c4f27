"""Visits in the order of their organisations; the municipalities of a body from an index alone."""

from __future__ import annotations

from alembic import op

revision = "20261127_lists"
down_revision = "20261127_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.create_index(batch.f("ix_organisation_sort_key_id"), ["sort_key", "id"], unique=False)
        batch.drop_index(batch.f("ix_organisation_body_id_municipality"))
        batch.create_index(
            "ix_organisation_places",
            ["municipality", "body_id", "shared", "archived_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.drop_index("ix_organisation_places")
        batch.create_index(
            batch.f("ix_organisation_body_id_municipality"),
            ["body_id", "municipality"],
            unique=False,
        )
        batch.drop_index(batch.f("ix_organisation_sort_key_id"))
