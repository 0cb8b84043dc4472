"""first tables

Revision ID: 0001
Revises:
Create Date: 2026-11-21 12:43:19.024790
"""

import sqlalchemy as sa
from alembic import op

SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE case_search USING fts5(grams, content='', contentless_delete=1, tokenize='ascii')",
        "CREATE VIRTUAL TABLE case_search_grams USING fts5vocab(case_search, row)",
    ),
    "postgresql": (
        "CREATE TABLE case_search (case_id integer PRIMARY KEY REFERENCES petition_case (id),"
        " folded text NOT NULL, grams tsvector NOT NULL)",
        "ALTER TABLE case_search ALTER COLUMN grams SET STATISTICS 1000",
        "CREATE INDEX ix_case_search_grams ON case_search USING gin (grams) WITH (fastupdate = off)",
    ),
}
NO_SEARCH = {
    "sqlite": ("DROP TABLE case_search_grams", "DROP TABLE case_search"),
    "postgresql": ("DROP TABLE case_search",),
}

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("public_id", name=op.f("uq_app_user_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_app_user_username")),
    )
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_user_name_key"), ["name_key"], unique=False)

    op.create_table(
        "audit_blob",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_blob")),
    )
    op.create_table(
        "audit_event",
        sa.Column("log_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_utc", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=200), nullable=False),
        sa.Column("on_behalf_of", sa.Integer(), nullable=True),
        sa.Column("node", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", "seq", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_audit_event_case_id_seq", ["case_id", "log_id", "seq"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("log_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "auth_throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("window_started_at", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_auth_throttle")),
    )
    with op.batch_alter_table("auth_throttle", schema=None) as batch_op:
        batch_op.create_index("ix_auth_throttle_window_started_at", ["window_started_at"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("notice_year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    with op.batch_alter_table("calendar_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_day_notice_year"), ["notice_year"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("place_code", sa.String(length=12), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["department.id"], name=op.f("fk_department_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["department.id"], name=op.f("fk_department_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("public_id", name=op.f("uq_department_public_id")),
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.Column("search_key", sa.String(length=500), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_because", sa.String(length=200), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["place.id"], name=op.f("fk_place_merged_into_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_place_public_id")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index("ix_place_level_search_key", ["level", "search_key", "parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "register_counter",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_register_counter")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("edition", sa.String(length=22), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["app_user.id"], name=op.f("fk_calendar_year_loaded_by_id")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "draft",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["started_by_id"], ["app_user.id"], name=op.f("fk_import_run_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "place_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("manual", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_version_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_version")),
    )
    with op.batch_alter_table("place_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_version_place_id"), ["place_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("handles_accusations", sa.Boolean(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_post_department_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_post_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("public_id", name=op.f("uq_post_public_id")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_user_id"), ["user_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("token", sa.String(length=44), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_submission_user_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_submission")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_because", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "petition_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("register_no", sa.String(length=20), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.String(length=40), nullable=True),
        sa.Column("hotline_no", sa.String(length=40), nullable=True),
        sa.Column("source_no", sa.String(length=60), nullable=True),
        sa.Column("superior_office", sa.String(length=60), nullable=True),
        sa.Column("superior_no", sa.String(length=60), nullable=True),
        sa.Column("superior_due_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("place_note", sa.String(length=100), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("election_type", sa.String(length=16), nullable=True),
        sa.Column("election_stage", sa.String(length=20), nullable=True),
        sa.Column("vote_buying", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("matter_class", sa.String(length=12), nullable=True),
        sa.Column("route", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("ledger_status", sa.String(length=24), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("merge_order", sa.Integer(), nullable=True),
        sa.Column("import_run_id", sa.Integer(), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_petition_case_category_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["app_user.id"], name=op.f("fk_petition_case_closed_by_id")),
        sa.ForeignKeyConstraint(["import_run_id"], ["import_run.id"], name=op.f("fk_petition_case_import_run_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["petition_case.id"], name=op.f("fk_petition_case_merged_into_id")),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name=op.f("fk_petition_case_office_id")),
        sa.ForeignKeyConstraint(["original_id"], ["petition_case.id"], name=op.f("fk_petition_case_original_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["app_user.id"], name=op.f("fk_petition_case_registered_by_id")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_petition_case_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_case")),
        sa.UniqueConstraint("import_key", name=op.f("uq_petition_case_import_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_petition_case_public_id")),
        sa.UniqueConstraint("register_no", name=op.f("uq_petition_case_register_no")),
    )
    with op.batch_alter_table("petition_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_case_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_case_import_run_id"), ["import_run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_petition_case_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(
            "ix_petition_case_next_due_on_id",
            ["next_due_on", "id", "level", "office_id", "registered_by_id"],
            unique=False,
        )
        batch_op.create_index("ix_petition_case_office_due", ["office_id", "next_due_on"], unique=False)
        batch_op.create_index(
            "ix_petition_case_ledger_status",
            ["ledger_status", "next_due_on", "status", "import_run_id", "level", "office_id", "registered_by_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_petition_case_status",
            ["status", "import_run_id", "level", "office_id", "registered_by_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_petition_case_original_id"), ["original_id"], unique=False)
        batch_op.create_index(
            "ix_petition_case_received_on_id",
            [
                *("received_on", "id", "level", "office_id", "registered_by_id", "ledger_status", "status", "channel"),
                *("purpose", "matter_class", "election_type", "vote_buying", "category_id", "village_id"),
                *("original_id", "import_run_id", "round"),
            ],
            unique=False,
        )
        batch_op.create_index("ix_petition_case_registered_by_id_id", ["registered_by_id", "id"], unique=False)
        batch_op.create_index("ix_petition_case_village_id_received_on", ["village_id", "received_on"], unique=False)

    op.create_table(
        "accused_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_key", sa.String(length=32), nullable=True),
        sa.Column("position_held", sa.LargeBinary(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_accused_party_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_accused_party_decided_by_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_accused_party_department_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_accused_party_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accused_party")),
    )
    with op.batch_alter_table("accused_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accused_party_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_accused_party_department_id_status", ["department_id", "status", "case_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_accused_party_name_key"), ["name_key"], unique=False)
        batch_op.create_index("ix_accused_party_user_id_status", ["user_id", "status", "case_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("lead_official_id", sa.Integer(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("signed_for_at", sa.DateTime(), nullable=True),
        sa.Column("signed_for_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.String(length=24), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_assignment_case_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_assignment_department_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["app_user.id"], name=op.f("fk_assignment_handler_id")),
        sa.ForeignKeyConstraint(["lead_official_id"], ["app_user.id"], name=op.f("fk_assignment_lead_official_id")),
        sa.ForeignKeyConstraint(["signed_for_by_id"], ["app_user.id"], name=op.f("fk_assignment_signed_for_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_assignment_department_id_ended_on",
            ["department_id", "ended_on", "ended_because", "case_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assignment_handler_id_ended_on",
            ["handler_id", "ended_on", "ended_because", "department_id", "case_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assignment_lead_official_id_ended_on",
            ["lead_official_id", "ended_on", "ended_because", "case_id"],
            unique=False,
        )

    op.create_table(
        "call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("satisfaction", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["called_by_id"], ["app_user.id"], name=op.f("fk_call_back_called_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_call_back_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
    )
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_back_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=28), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("ground", sa.String(length=24), nullable=True),
        sa.Column("organ", sa.String(length=100), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("service_method", sa.String(length=12), nullable=True),
        sa.Column("served_to", sa.String(length=40), nullable=True),
        sa.Column("service_note", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_case_document_case_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["app_user.id"], name=op.f("fk_case_document_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_document_public_id")),
    )
    with op.batch_alter_table("case_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_document_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=40), nullable=False),
        sa.Column("actor_unit", sa.String(length=100), nullable=False),
        sa.Column("from_status", sa.String(length=24), nullable=False),
        sa.Column("to_status", sa.String(length=24), nullable=False),
        sa.Column("from_ledger", sa.String(length=24), nullable=False),
        sa.Column("to_ledger", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["app_user.id"], name=op.f("fk_case_step_actor_id")),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index("ix_case_step_case_id_id", ["case_id", "id"], unique=False)

    op.create_table(
        "checklist_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=24), nullable=False),
        sa.Column("ticked_at", sa.DateTime(), nullable=False),
        sa.Column("ticked_by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_checklist_tick_case_id")),
        sa.ForeignKeyConstraint(["ticked_by_id"], ["app_user.id"], name=op.f("fk_checklist_tick_ticked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_tick")),
        sa.UniqueConstraint("case_id", "round", "item", name=op.f("uq_checklist_tick_case_id_round_item")),
    )
    op.create_table(
        "close_out_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("station", sa.String(length=16), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_close_out_decision_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_close_out_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_close_out_decision")),
    )
    with op.batch_alter_table("close_out_decision", schema=None) as batch_op:
        batch_op.create_index("ix_close_out_decision_case_id_id", ["case_id", "id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("owner_department_id", sa.Integer(), nullable=True),
        sa.Column("owner_user_id", sa.Integer(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("excluded_days", sa.Integer(), nullable=False),
        sa.Column("nominal_due", sa.Date(), nullable=False),
        sa.Column("effective_due", sa.Date(), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_deadline_case_id")),
        sa.ForeignKeyConstraint(
            ["owner_department_id"], ["department.id"], name=op.f("fk_deadline_owner_department_id")
        ),
        sa.ForeignKeyConstraint(["owner_user_id"], ["app_user.id"], name=op.f("fk_deadline_owner_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_case_id_ended_on", ["case_id", "ended_on"], unique=False)
        batch_op.create_index("ix_deadline_ended_on_effective_due", ["ended_on", "effective_due"], unique=False)
        batch_op.create_index(
            "ix_deadline_owner_department_id_ended_on",
            ["owner_department_id", "ended_on", "effective_due"],
            unique=False,
        )

    op.create_table(
        "demand_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.Column("carried_out_note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_demand_point_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_point")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_demand_point_case_id_position")),
    )
    op.create_table(
        "discipline_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("materials", sa.Text(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("handed_over_by_id", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.String(length=60), nullable=True),
        sa.Column("received_by", sa.String(length=40), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_discipline_transfer_case_id")),
        sa.ForeignKeyConstraint(
            ["handed_over_by_id"], ["app_user.id"], name=op.f("fk_discipline_transfer_handed_over_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discipline_transfer")),
    )
    with op.batch_alter_table("discipline_transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discipline_transfer_case_id"), ["case_id"], unique=False)

    op.create_table(
        "leader_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_leader_report_case_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["app_user.id"], name=op.f("fk_leader_report_reported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_report")),
    )
    with op.batch_alter_table("leader_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leader_report_case_id"), ["case_id"], unique=False)

    op.create_table(
        "look_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("looked_by_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_look_back_case_id")),
        sa.ForeignKeyConstraint(["looked_by_id"], ["app_user.id"], name=op.f("fk_look_back_looked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back")),
    )
    with op.batch_alter_table("look_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_look_back_case_id"), ["case_id"], unique=False)

    op.create_table(
        "named_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["app_user.id"], name=op.f("fk_named_reader_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_named_reader_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_named_reader_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_reader")),
    )
    with op.batch_alter_table("named_reader", schema=None) as batch_op:
        batch_op.create_index("ix_named_reader_case_id_user_id", ["case_id", "user_id"], unique=False)
        batch_op.create_index("ix_named_reader_user_id_ended_at", ["user_id", "ended_at", "case_id"], unique=False)

    op.create_table(
        "petitioner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.String(length=32), nullable=True),
        sa.Column("identity_no", sa.LargeBinary(), nullable=True),
        sa.Column("identity_key", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_key", sa.String(length=32), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_petitioner_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitioner")),
    )
    with op.batch_alter_table("petitioner", schema=None) as batch_op:
        batch_op.create_index("ix_petitioner_case_id_position", ["case_id", "position"], unique=True)
        batch_op.create_index(batch_op.f("ix_petitioner_identity_key"), ["identity_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_petitioner_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_petitioner_phone_key"), ["phone_key"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_review_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_case_id"), ["case_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name=op.f("fk_attachment_step_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["app_user.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_case_id"), ["case_id"], unique=False)

    op.create_table(
        "leader_report_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["leader_report.id"], name=op.f("fk_leader_report_receipt_report_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_leader_report_receipt_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_report_receipt")),
    )
    with op.batch_alter_table("leader_report_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leader_report_receipt_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leader_report_receipt_user_id"), ["user_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("ruled_on", sa.Date(), nullable=True),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_objection_assignment_id")),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_objection_case_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["app_user.id"], name=op.f("fk_objection_filed_by_id")),
        sa.ForeignKeyConstraint(["ruled_by_id"], ["app_user.id"], name=op.f("fk_objection_ruled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_case_id"), ["case_id"], unique=False)

    with op.batch_alter_table("petition_case", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_petition_case_assignment_id"), "assignment", ["assignment_id"], ["id"]
        )
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NO_SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("petition_case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_petition_case_assignment_id"), type_="foreignkey")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_case_id"))

    op.drop_table("objection")
    with op.batch_alter_table("leader_report_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leader_report_receipt_user_id"))
        batch_op.drop_index(batch_op.f("ix_leader_report_receipt_report_id"))

    op.drop_table("leader_report_receipt")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_case_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_case_id"))

    op.drop_table("review")
    with op.batch_alter_table("petitioner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petitioner_phone_key"))
        batch_op.drop_index(batch_op.f("ix_petitioner_name_key"))
        batch_op.drop_index(batch_op.f("ix_petitioner_identity_key"))
        batch_op.drop_index("ix_petitioner_case_id_position")

    op.drop_table("petitioner")
    with op.batch_alter_table("named_reader", schema=None) as batch_op:
        batch_op.drop_index("ix_named_reader_user_id_ended_at")
        batch_op.drop_index("ix_named_reader_case_id_user_id")

    op.drop_table("named_reader")
    with op.batch_alter_table("look_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_look_back_case_id"))

    op.drop_table("look_back")
    with op.batch_alter_table("leader_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leader_report_case_id"))

    op.drop_table("leader_report")
    with op.batch_alter_table("discipline_transfer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discipline_transfer_case_id"))

    op.drop_table("discipline_transfer")
    op.drop_table("demand_point")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_owner_department_id_ended_on")
        batch_op.drop_index("ix_deadline_ended_on_effective_due")
        batch_op.drop_index("ix_deadline_case_id_ended_on")

    op.drop_table("deadline")
    with op.batch_alter_table("close_out_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_close_out_decision_case_id_id")

    op.drop_table("close_out_decision")
    op.drop_table("checklist_tick")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index("ix_case_step_case_id_id")

    op.drop_table("case_step")
    with op.batch_alter_table("case_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_document_case_id"))

    op.drop_table("case_document")
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_back_case_id"))

    op.drop_table("call_back")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_lead_official_id_ended_on")
        batch_op.drop_index("ix_assignment_handler_id_ended_on")
        batch_op.drop_index("ix_assignment_department_id_ended_on")
        batch_op.drop_index("ix_assignment_case_id")

    op.drop_table("assignment")
    with op.batch_alter_table("accused_party", schema=None) as batch_op:
        batch_op.drop_index("ix_accused_party_user_id_status")
        batch_op.drop_index(batch_op.f("ix_accused_party_name_key"))
        batch_op.drop_index("ix_accused_party_department_id_status")
        batch_op.drop_index(batch_op.f("ix_accused_party_case_id"))

    op.drop_table("accused_party")
    with op.batch_alter_table("petition_case", schema=None) as batch_op:
        batch_op.drop_index("ix_petition_case_village_id_received_on")
        batch_op.drop_index("ix_petition_case_registered_by_id_id")
        batch_op.drop_index("ix_petition_case_received_on_id")
        batch_op.drop_index(batch_op.f("ix_petition_case_original_id"))
        batch_op.drop_index("ix_petition_case_status")
        batch_op.drop_index("ix_petition_case_ledger_status")
        batch_op.drop_index("ix_petition_case_office_due")
        batch_op.drop_index("ix_petition_case_next_due_on_id")
        batch_op.drop_index(batch_op.f("ix_petition_case_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_petition_case_import_run_id"))
        batch_op.drop_index(batch_op.f("ix_petition_case_category_id"))

    op.drop_table("petition_case")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    op.drop_table("submission")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_user_id"))
        batch_op.drop_index(batch_op.f("ix_post_department_id"))

    op.drop_table("post")
    with op.batch_alter_table("place_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_version_place_id"))

    op.drop_table("place_version")
    op.drop_table("import_run")
    op.drop_table("draft")
    op.drop_table("calendar_year")
    op.drop_table("register_counter")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_parent_id"))
        batch_op.drop_index(batch_op.f("ix_place_merged_into_id"))
        batch_op.drop_index("ix_place_level_search_key")

    op.drop_table("place")
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_successor_id"))
        batch_op.drop_index(batch_op.f("ix_department_parent_id"))

    op.drop_table("department")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_parent_id"))

    op.drop_table("category")
    with op.batch_alter_table("calendar_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_day_notice_year"))

    op.drop_table("calendar_day")
    with op.batch_alter_table("auth_throttle", schema=None) as batch_op:
        batch_op.drop_index("ix_auth_throttle_window_started_at")

    op.drop_table("auth_throttle")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_case_id_seq")
        batch_op.drop_index(batch_op.f("ix_audit_event_actor_id"))

    op.drop_table("audit_event")
    op.drop_table("audit_blob")
    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_user_name_key"))

    op.drop_table("app_user")
