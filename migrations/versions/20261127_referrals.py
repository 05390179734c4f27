"""Referrals to partners, and what each partner helps with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_referrals"
down_revision = "20261127_board"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_offer",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("partner_id", types.Key(), nullable=False),
        sa.Column("topic_id", types.Key(), nullable=False),
        sa.Column("contact_id", types.Key(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_partner_offer_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["organisation.id"],
            name=op.f("fk_partner_offer_partner_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_partner_offer_topic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_offer")),
        sa.UniqueConstraint(
            "partner_id", "topic_id", name=op.f("uq_partner_offer_partner_id_topic_id")
        ),
    )
    with op.batch_alter_table("partner_offer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_offer_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_offer_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("concern_id", types.Key(), nullable=False),
        sa.Column("partner_id", types.Key(), nullable=False),
        sa.Column("contact_id", types.Key(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("passed_on", sa.Text(), nullable=False),
        sa.Column("named_contact_id", types.Key(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("referred_by_id", types.Key(), nullable=False),
        sa.Column("closed_at", types.Moment(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "helped",
                "could_not_help",
                "no_answer",
                name="referralresult",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("result_note", sa.Text(), nullable=False),
        sa.Column("sent_at", types.Moment(), nullable=True),
        sa.Column("sent_version", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", types.Moment(), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("agreed_by <> ''", name=op.f("ck_referral_agreed_by")),
        sa.CheckConstraint("passed_on <> ''", name=op.f("ck_referral_passed_on")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (result IS NULL)", name=op.f("ck_referral_closed_has_result")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR result_note <> ''", name=op.f("ck_referral_closed_has_note")
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sent_version IS NULL)",
            name=op.f("ck_referral_sent_has_version"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_referral_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_referral_concern_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_referral_contact_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["named_contact_id"],
            ["contact.id"],
            name=op.f("fk_referral_named_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["organisation.id"],
            name=op.f("fk_referral_partner_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["referred_by_id"],
            ["person.id"],
            name=op.f("fk_referral_referred_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_body_id_closed_at_answer_due_on_id"),
            ["body_id", "closed_at", "answer_due_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_referral_body_id_created_at_id"),
            ["body_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_referral_concern_id"), ["concern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_referral_named_contact_id"), ["named_contact_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_referral_partner_id_closed_at"),
            ["partner_id", "closed_at"],
            unique=False,
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_kind_sort_key_id"),
            ["kind", "sort_key", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_kind_sort_key_id"))
    op.drop_table("referral")
    op.drop_table("partner_offer")
