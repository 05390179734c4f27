"""What the agency offers, which of it came up in visits, and the procedures it accompanies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_offers"
down_revision = "20261127_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_offer",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_de", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_offer")),
        sa.UniqueConstraint("slug", name=op.f("uq_agency_offer_slug")),
    )
    op.create_table(
        "visit_offer",
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("offer_id", types.Key(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["agency_offer.id"],
            name=op.f("fk_visit_offer_offer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_offer_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "offer_id", name=op.f("pk_visit_offer")),
    )
    with op.batch_alter_table("visit_offer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_offer_offer_id_visit_id_is_used"),
            ["offer_id", "visit_id", "is_used"],
            unique=False,
        )
    op.create_table(
        "procedure",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("concern_id", types.Key(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_on >= begun_on", name=op.f("ck_procedure_decided_after_beginning")
        ),
        sa.CheckConstraint("office <> ''", name=op.f("ck_procedure_office")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_procedure_title")),
        sa.ForeignKeyConstraint(
            ["concern_id"],
            ["concern.id"],
            name=op.f("fk_procedure_concern_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
    )
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedure_concern_id_office_begun_on_decided_on"),
            ["concern_id", "office", "begun_on", "decided_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_procedure_office_concern_id"), ["office", "concern_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_office_concern_id"))
        batch_op.drop_index(batch_op.f("ix_procedure_concern_id_office_begun_on_decided_on"))

    op.drop_table("procedure")
    with op.batch_alter_table("visit_offer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_offer_offer_id_visit_id_is_used"))

    op.drop_table("visit_offer")
    op.drop_table("agency_offer")
