"""The foundation: people, organisations, visits and what follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm import types

revision = "20261124_foundation"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("land", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("name", name=op.f("uq_body_name")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "topic",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_de", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "body",
                "team",
                "managers",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("retired_at", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_table(
        "team",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_team_body_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("body_id", "name", name=op.f("uq_team_body_id_name")),
    )
    op.create_table(
        "person",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "none",
                "reader",
                "officer",
                "manager",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("deactivated_at", types.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role = 'none' OR team_id IS NOT NULL", name=op.f("ck_person_role_needs_team")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_person_team_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_team_id"), ["team_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("actor_id", types.Key(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Key(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_subject_id_at"), ["subject_id", "at"], unique=False
        )

    op.create_table(
        "contact",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column(
            "salutation",
            sa.Enum(
                "ms",
                "mr",
                "none",
                name="salutation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("mobile", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("no_phone", sa.Boolean(), nullable=False),
        sa.Column("no_email", sa.Boolean(), nullable=False),
        sa.Column("no_post", sa.Boolean(), nullable=False),
        sa.Column(
            "legal_basis",
            sa.Enum(
                "public_task",
                "consent",
                "contract",
                name="legalbasis",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("privacy_notice_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.Moment(), nullable=True),
        sa.Column("archived_by_id", types.Key(), nullable=True),
        sa.Column("archived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("family_name <> ''", name=op.f("ck_contact_family_name")),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["person.id"],
            name=op.f("fk_contact_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_contact_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_contact_team_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_body_id_sort_key_id"),
            ["body_id", "sort_key", "id"],
            unique=False,
        )

    op.create_table(
        "organisation",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "founder",
                "partner",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other_names", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=False),
        sa.Column("register_court", sa.Text(), nullable=False),
        sa.Column("register_number", sa.Text(), nullable=False),
        sa.Column("w_idnr", sa.Text(), nullable=False),
        sa.Column("wz_2008", sa.Text(), nullable=False),
        sa.Column("wz_2025", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("employees_to", sa.Integer(), nullable=True),
        sa.Column(
            "employees_source",
            sa.Enum(
                "estimated",
                "told",
                name="countsource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("employees_as_of", sa.Date(), nullable=True),
        sa.Column("apprentices", sa.Integer(), nullable=True),
        sa.Column("turnover_from", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("turnover_to", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("ags", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("other_addresses", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phones", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "closed",
                "moved",
                name="organisationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_target", sa.Boolean(), nullable=False),
        sa.Column("cadence_months", sa.Integer(), nullable=True),
        sa.Column("next_visit_due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name_sound", sa.Text(), nullable=False),
        sa.Column("register_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", types.Moment(), nullable=True),
        sa.Column("archived_by_id", types.Key(), nullable=True),
        sa.Column("archived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_organisation_name")),
        sa.CheckConstraint("apprentices >= 0", name=op.f("ck_organisation_apprentices")),
        sa.CheckConstraint("cadence_months > 0", name=op.f("ck_organisation_cadence")),
        sa.CheckConstraint("employees >= 0", name=op.f("ck_organisation_employees")),
        sa.CheckConstraint(
            "employees_to >= employees", name=op.f("ck_organisation_employees_range")
        ),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["person.id"],
            name=op.f("fk_organisation_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_organisation_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_organisation_team_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organisation_body_id_municipality"),
            ["body_id", "municipality"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_organisation_body_id_sort_key_id"),
            ["body_id", "sort_key", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_organisation_domain"), ["domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_name_key"), ["name_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_organisation_name_sound"), ["name_sound"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_organisation_register_key"), ["register_key"], unique=False
        )

    op.create_table(
        "sign_in",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "team_lead",
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_lead_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_lead_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "team_id", name=op.f("pk_team_lead")),
    )
    op.create_table(
        "concern",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("organisation_id", types.Key(), nullable=False),
        sa.Column("topic_id", types.Key(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "flag",
            sa.Enum(
                "info",
                "watch",
                "urgent",
                name="flag",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "new",
                "clarifying",
                "in_progress",
                "with_partner",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", types.Moment(), nullable=False),
        sa.Column("first_response_due_on", sa.Date(), nullable=True),
        sa.Column("first_responded_at", types.Moment(), nullable=True),
        sa.Column("resolution_due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", types.Moment(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "solved",
                "partly_solved",
                "not_solvable",
                "withdrawn",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("owner_id", types.Key(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "body",
                "team",
                "managers",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(stage = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_concern_closed_has_time")
        ),
        sa.CheckConstraint(
            "(stage = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_concern_closed_has_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_concern_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_concern_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_concern_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_concern_team_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_concern_topic_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_concern_body_id_closed_at_id"),
            ["body_id", "closed_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_concern_body_id_opened_at_id"),
            ["body_id", "opened_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_concern_body_id_stage_opened_at_id"),
            ["body_id", "stage", "opened_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_concern_organisation_id_stage"),
            ["organisation_id", "stage"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_concern_owner_id_stage"), ["owner_id", "stage"], unique=False
        )

    op.create_table(
        "contact_place",
        sa.Column("contact_id", types.Key(), nullable=False),
        sa.Column("organisation_id", types.Key(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_contact_place_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_contact_place_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("contact_id", "organisation_id", name=op.f("pk_contact_place")),
    )
    with op.batch_alter_table("contact_place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contact_place_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "visit",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "planned",
                "completed",
                "postponed",
                "cancelled",
                name="visitstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", types.Key(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visited_at", sa.Time(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum(
                "on_site",
                "our_office",
                "video",
                "phone",
                "event",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "occasion",
            sa.Enum(
                "programme",
                "request",
                "event",
                "crisis",
                "anniversary",
                "other",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("company_text", sa.Text(), nullable=False),
        sa.Column("next_visit_due_on", sa.Date(), nullable=True),
        sa.Column("file_reference", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("draft_form", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("owner_id", types.Key(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "body",
                "team",
                "managers",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("archived_at", types.Moment(), nullable=True),
        sa.Column("archived_by_id", types.Key(), nullable=True),
        sa.Column("archived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'draft') = (draft_form IS NOT NULL)", name=op.f("ck_visit_draft_has_form")
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (organisation_id IS NOT NULL AND visited_on IS NOT NULL AND mode IS NOT NULL)",
            name=op.f("ck_visit_beyond_draft_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["archived_by_id"],
            ["person.id"],
            name=op.f("fk_visit_archived_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_visit_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_visit_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_visit_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_visit_team_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_body_id_status_visited_on"),
            ["body_id", "status", "visited_on"],
            unique=False,
        )
        batch_op.create_index(
            "ix_visit_list",
            [
                "body_id",
                "visited_on",
                "id",
                "status",
                "visibility",
                "team_id",
                "owner_id",
                "archived_at",
                "mode",
                "organisation_id",
            ],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_visit_organisation_id_visited_on"),
            ["organisation_id", "visited_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_visit_owner_id_status"), ["owner_id", "status"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_team_id_visited_on"), ["team_id", "visited_on"], unique=False
        )

    op.create_table(
        "attendance",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("contact_id", types.Key(), nullable=True),
        sa.Column("person_id", types.Key(), nullable=True),
        sa.Column("outsider", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(contact_id IS NOT NULL AND person_id IS NULL AND outsider = '') OR (contact_id IS NULL AND person_id IS NOT NULL AND outsider = '') OR (contact_id IS NULL AND person_id IS NULL AND outsider <> '')",
            name=op.f("ck_attendance_one_of_three"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_attendance_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_attendance_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "visit_id", "contact_id", name=op.f("uq_attendance_visit_id_contact_id")
        ),
        sa.UniqueConstraint("visit_id", "person_id", name=op.f("uq_attendance_visit_id_person_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", types.Key(), nullable=True),
        sa.Column("contact_id", types.Key(), nullable=True),
        sa.Column("visit_id", types.Key(), nullable=True),
        sa.Column("topic_id", types.Key(), nullable=True),
        sa.Column("concern_id", types.Key(), nullable=True),
        sa.Column("done_at", types.Moment(), nullable=True),
        sa.Column("done_by_id", types.Key(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("owner_id", types.Key(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "body",
                "team",
                "managers",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_follow_up_title")),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_follow_up_done_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_follow_up_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"],
            ["concern.id"],
            name=op.f("fk_follow_up_concern_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_follow_up_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_follow_up_done_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_follow_up_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_follow_up_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_follow_up_team_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_follow_up_topic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_follow_up_visit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_body_id_done_at_due_on_id"),
            ["body_id", "done_at", "due_on", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_follow_up_concern_id"), ["concern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_follow_up_organisation_id_done_at"),
            ["organisation_id", "done_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_follow_up_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.Column("saved_at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_submission_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_submission_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "content_hash", name=op.f("pk_submission")),
    )
    op.create_table(
        "topic_note",
        sa.Column("id", types.Key(), nullable=False),
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("topic_id", types.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "flag",
            sa.Enum(
                "info",
                "watch",
                "urgent",
                name="flag",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("for_company", sa.Boolean(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("wants_concern", sa.Boolean(), nullable=False),
        sa.Column("concern_title", sa.Text(), nullable=False),
        sa.Column("concern_id", types.Key(), nullable=True),
        sa.Column("body_id", types.Key(), nullable=False),
        sa.Column("team_id", types.Key(), nullable=False),
        sa.Column("owner_id", types.Key(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "body",
                "team",
                "managers",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_topic_note_body_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"],
            ["concern.id"],
            name=op.f("fk_topic_note_concern_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_topic_note_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_topic_note_team_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_note_topic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_topic_note_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_note")),
        sa.UniqueConstraint(
            "visit_id",
            "topic_id",
            "owner_id",
            name=op.f("uq_topic_note_visit_id_topic_id_owner_id"),
        ),
    )
    with op.batch_alter_table("topic_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_note_concern_id"), ["concern_id"], unique=False)
        batch_op.create_index(
            "ix_topic_note_list",
            ["body_id", "flag", "topic_id", "visit_id", "visibility", "team_id", "owner_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_topic_note_topic",
            ["topic_id", "visit_id", "flag", "body_id", "visibility", "team_id", "owner_id"],
            unique=False,
        )

    op.create_table(
        "visit_organisation",
        sa.Column("visit_id", types.Key(), nullable=False),
        sa.Column("organisation_id", types.Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_visit_organisation_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["visit.id"],
            name=op.f("fk_visit_organisation_visit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("visit_id", "organisation_id", name=op.f("pk_visit_organisation")),
    )
    with op.batch_alter_table("visit_organisation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_organisation_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "follow_up_assignee",
        sa.Column("follow_up_id", types.Key(), nullable=False),
        sa.Column("person_id", types.Key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"],
            ["follow_up.id"],
            name=op.f("fk_follow_up_assignee_follow_up_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_follow_up_assignee_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("follow_up_id", "person_id", name=op.f("pk_follow_up_assignee")),
    )
    with op.batch_alter_table("follow_up_assignee", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follow_up_assignee_person_id_follow_up_id"),
            ["person_id", "follow_up_id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("follow_up_assignee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_assignee_person_id_follow_up_id"))

    op.drop_table("follow_up_assignee")
    with op.batch_alter_table("visit_organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_organisation_organisation_id"))

    op.drop_table("visit_organisation")
    with op.batch_alter_table("topic_note", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_note_topic")
        batch_op.drop_index("ix_topic_note_list")
        batch_op.drop_index(batch_op.f("ix_topic_note_concern_id"))

    op.drop_table("topic_note")
    op.drop_table("submission")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_visit_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_organisation_id_done_at"))
        batch_op.drop_index(batch_op.f("ix_follow_up_contact_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_concern_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_body_id_done_at_due_on_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_visit_id"))
        batch_op.drop_index(batch_op.f("ix_attendance_person_id"))
        batch_op.drop_index(batch_op.f("ix_attendance_contact_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_team_id_visited_on"))
        batch_op.drop_index(batch_op.f("ix_visit_owner_id_status"))
        batch_op.drop_index(batch_op.f("ix_visit_organisation_id_visited_on"))
        batch_op.drop_index("ix_visit_list")
        batch_op.drop_index(batch_op.f("ix_visit_body_id_status_visited_on"))

    op.drop_table("visit")
    with op.batch_alter_table("contact_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_place_organisation_id"))

    op.drop_table("contact_place")
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_owner_id_stage"))
        batch_op.drop_index(batch_op.f("ix_concern_organisation_id_stage"))
        batch_op.drop_index(batch_op.f("ix_concern_body_id_stage_opened_at_id"))
        batch_op.drop_index(batch_op.f("ix_concern_body_id_opened_at_id"))
        batch_op.drop_index(batch_op.f("ix_concern_body_id_closed_at_id"))

    op.drop_table("concern")
    op.drop_table("team_lead")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_register_key"))
        batch_op.drop_index(batch_op.f("ix_organisation_name_sound"))
        batch_op.drop_index(batch_op.f("ix_organisation_name_key"))
        batch_op.drop_index(batch_op.f("ix_organisation_domain"))
        batch_op.drop_index(batch_op.f("ix_organisation_body_id_sort_key_id"))
        batch_op.drop_index(batch_op.f("ix_organisation_body_id_municipality"))

    op.drop_table("organisation")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_body_id_sort_key_id"))

    op.drop_table("contact")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_subject_id_at"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_team_id"))

    op.drop_table("person")
    op.drop_table("team")
    op.drop_table("topic")
    op.drop_table("throttle")
    op.drop_table("body")
