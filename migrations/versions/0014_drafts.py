"""草稿: several for each person, of every form; a sending remembers what it said

What was kept is kept on as a draft of the page 登记. An older version has room for one draft of a person, and for that
page alone: where there is more, the way down stops.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-30 12:00:00
"""

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REGISTRATION = "/cases/new"


def upgrade() -> None:
    were = rows_of("user_id", "content", "saved_at")
    op.drop_table("draft")
    drafts = op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=44), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_draft_case_id_petition_case")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_draft_public_id")),
        sa.UniqueConstraint("user_id", "token", name=op.f("uq_draft_user_id_token")),
    )
    op.create_index(op.f("ix_draft_case_id"), "draft", ["case_id"])
    op.bulk_insert(drafts, [of_registration(row) for row in were])
    op.add_column("submission", sa.Column("said", sa.String(length=32), nullable=True))


def of_registration(row: Any) -> dict[str, Any]:
    """Return a draft as it is kept now; the token of its form stands in its text alone, so it is given another."""
    return {
        "public_id": secrets.token_urlsafe(16),
        "user_id": row.user_id,
        "token": secrets.token_urlsafe(32),
        "address": REGISTRATION,
        "content": row.content,
        "saved_at": row.saved_at,
    }


def downgrade() -> None:
    were = rows_of("user_id", "content", "saved_at", "address")
    if any(row.address != REGISTRATION for row in were) or len({row.user_id for row in were}) < len(were):
        raise RuntimeError(
            "有的草稿旧版本存不下（一人几份，或者不是登记页的），退回会丢失，已停止。请先办完或放弃草稿。"
        )
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("said")
    op.drop_table("draft")
    drafts = op.create_table(
        "draft",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_draft")),
    )
    kept = [{"user_id": row.user_id, "content": row.content, "saved_at": row.saved_at} for row in were]
    op.bulk_insert(drafts, kept)


def rows_of(*columns: str) -> Sequence[Any]:
    """Return the drafts: one for each person, as it lies there."""
    chosen = sa.select(
        *(sa.column(name, sa.DateTime() if name == "saved_at" else None) for name in columns)
    ).select_from(sa.table("draft"))
    return op.get_bind().execute(chosen).all()
