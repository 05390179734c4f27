"""Follow-ups recur, rest for a while, and are changed several at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_followups"
down_revision = "20261127_referrals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.add_column(sa.Column("snoozed_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("recurrence", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("recurs_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("previous_id", types.Key(), nullable=True))
    op.execute("UPDATE follow_up SET recurrence = ''")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.alter_column("recurrence", existing_type=sa.Text(), nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_follow_up_previous_id"),
            "follow_up",
            ["previous_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch_op.create_unique_constraint(batch_op.f("uq_follow_up_previous_id"), ["previous_id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_follow_up_recurs_from_a_day"),
            "(recurrence = '') = (recurs_from IS NULL)",
        )
        batch_op.create_index(
            batch_op.f("ix_follow_up_body_id_snoozed_until"),
            ["body_id", "snoozed_until"],
            unique=False,
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
            postgresql_where=sa.text("snoozed_until IS NOT NULL"),
        )
    op.create_table(
        "follow_up_bulk",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_follow_up_bulk_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_bulk")),
    )
    op.create_index(
        op.f("ix_follow_up_bulk_person_id"), "follow_up_bulk", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_organisation_team_id_next_visit_due_on"),
        "organisation",
        ["team_id", "next_visit_due_on"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_organisation_team_id_next_visit_due_on"), table_name="organisation")
    op.drop_index(op.f("ix_follow_up_bulk_person_id"), table_name="follow_up_bulk")
    op.drop_table("follow_up_bulk")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_body_id_snoozed_until"))
        batch_op.drop_constraint(batch_op.f("ck_follow_up_recurs_from_a_day"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_follow_up_previous_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_follow_up_previous_id"), type_="foreignkey")
        batch_op.drop_column("previous_id")
        batch_op.drop_column("recurs_from")
        batch_op.drop_column("recurrence")
        batch_op.drop_column("snoozed_until")
