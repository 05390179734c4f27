"""The board of concerns: what is due next, stages with their beginning, outcomes, collaborators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_board"
down_revision = "20261127_notify"

_NEXT_DUE_ON = (
    "CASE WHEN stage = 'closed' THEN '9999-12-31'"
    " WHEN first_responded_at IS NULL AND first_response_due_on IS NOT NULL"
    " THEN first_response_due_on"
    " ELSE coalesce(resolution_due_on, '9999-12-31') END"
)
_OF_THE_LIST = ["body_id", "next_due_on", "id", "stage", "visibility", "team_id", "owner_id"]
_OF_THE_BOARD = ["body_id", "stage", "next_due_on", "id", "visibility", "team_id", "owner_id"]


def upgrade() -> None:
    """Add the columns; what is there has stood in its stage since it was moved last."""
    with op.batch_alter_table("concern") as batch_op:
        batch_op.add_column(sa.Column("stage_since", types.Moment(), nullable=True))
        batch_op.add_column(sa.Column("jobs_secured", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("jobs_created", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("investment", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("figures_source", sa.Text(), nullable=True))
    op.execute(
        "UPDATE concern SET figures_source = '', stage_since = coalesce("
        "(SELECT max(at) FROM audit_entry"
        " WHERE audit_entry.subject_id = concern.id AND action = 'moved'),"
        " closed_at, opened_at)"
    )
    with op.batch_alter_table("concern") as batch_op:
        batch_op.alter_column("stage_since", nullable=False)
        batch_op.alter_column("figures_source", nullable=False)
        batch_op.add_column(
            sa.Column(
                "next_due_on", sa.Date(), sa.Computed(_NEXT_DUE_ON, persisted=True), nullable=False
            )
        )
        for name in ("jobs_secured", "jobs_created", "investment"):
            batch_op.create_check_constraint(op.f(f"ck_concern_{name}"), f"{name} >= 0")
        batch_op.create_index("ix_concern_board", _OF_THE_BOARD)
        batch_op.create_index("ix_concern_due", _OF_THE_LIST)
    op.create_table(
        "concern_collaborator",
        sa.Column("concern_id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["concern_id"],
            ["concern.id"],
            name=op.f("fk_concern_collaborator_concern_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_concern_collaborator_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("concern_id", "person_id", name=op.f("pk_concern_collaborator")),
    )
    op.create_index(
        op.f("ix_concern_collaborator_person_id_concern_id"),
        "concern_collaborator",
        ["person_id", "concern_id"],
    )


def downgrade() -> None:
    """Take the columns away again."""
    op.drop_table("concern_collaborator")
    with op.batch_alter_table("concern") as batch_op:
        batch_op.drop_index("ix_concern_due")
        batch_op.drop_index("ix_concern_board")
        for name in ("jobs_secured", "jobs_created", "investment"):
            batch_op.drop_constraint(op.f(f"ck_concern_{name}"), type_="check")
        batch_op.drop_column("next_due_on")
        for name in (
            "stage_since",
            "jobs_secured",
            "jobs_created",
            "investment",
            "figures_source",
        ):
            batch_op.drop_column(name)
