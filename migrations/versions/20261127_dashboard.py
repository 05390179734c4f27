"""The dashboard: targets and saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261127_dashboard"
down_revision = "20261127_board"
branch_labels = None
depends_on = None


_INDEXES = (
    (
        "ix_visit_held",
        "visit",
        [
            "body_id",
            "status",
            "visited_on",
            "id",
            "visibility",
            "team_id",
            "owner_id",
            "archived_at",
            "mode",
            "organisation_id",
        ],
    ),
    (
        "ix_visit_last",
        "visit",
        [
            "organisation_id",
            "visited_on",
            "status",
            "mode",
            "archived_at",
            "body_id",
            "visibility",
            "team_id",
            "owner_id",
        ],
    ),
    (
        "ix_topic_note_told",
        "topic_note",
        ["visit_id", "topic_id", "body_id", "visibility", "team_id", "owner_id"],
    ),
    (
        "ix_organisation_groups",
        "organisation",
        ["id", "kind", "municipality", "industry", "employees", "employees_to"],
    ),
    ("ix_organisation_kind_id", "organisation", ["kind", "id"]),
    (
        "ix_organisation_is_target_status_body_id",
        "organisation",
        ["is_target", "status", "body_id"],
    ),
    (
        "ix_follow_up_figures",
        "follow_up",
        ["body_id", "done_at", "due_on", "visibility", "team_id", "owner_id", "promised", "id"],
    ),
    (
        "ix_concern_answered",
        "concern",
        ["body_id", "first_responded_at", "opened_at", "visibility", "team_id", "owner_id"],
    ),
    (
        "ix_concern_figures",
        "concern",
        [
            "body_id",
            "closed_at",
            "stage",
            "flag",
            "opened_at",
            "visibility",
            "team_id",
            "owner_id",
            "outcome",
            "next_due_on",
            "jobs_secured",
            "jobs_created",
            "investment",
        ],
    ),
)
# Their successors begin alike and hold more
_REPLACED = (
    ("ix_visit_body_id_status_visited_on", "visit", ["body_id", "status", "visited_on"]),
    ("ix_visit_organisation_id_visited_on", "visit", ["organisation_id", "visited_on"]),
)


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=True),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("visits BETWEEN 1 AND 10000", name=op.f("ck_target_visits")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_target_year")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_target_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_target_team_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("team_id", "year", name=op.f("uq_target_team_id_year")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_target_body_id_year"), ["body_id", "year"], unique=False
        )
    op.create_table(
        "saved_view",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("owner_id", types.Key(), nullable=False),
        sa.Column(
            "place",
            sa.Enum(
                "dashboard",
                "visits",
                name="place",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.Moment(), nullable=True),
        sa.Column("archived_by_id", types.Key(), nullable=True),
        sa.Column("archived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_name")),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["person.id"],
            name=op.f("fk_saved_view_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_saved_view_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_saved_view_owner_id_place_archived_at"),
            ["owner_id", "place", "archived_at"],
            unique=False,
        )

    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns, unique=False)
    for name, table, _columns in _REPLACED:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, table, columns in _REPLACED:
        op.create_index(name, table, columns, unique=False)
    for name, table, _columns in _INDEXES:
        op.drop_index(name, table_name=table)
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_owner_id_place_archived_at"))
    op.drop_table("saved_view")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_body_id_year"))
    op.drop_table("target")
