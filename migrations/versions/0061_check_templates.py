"""检查清单: templates, their editions, and the forms filled in by them

Revision ID: 0061
Revises: 0060
Create Date: 2026-12-01 09:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None
ABOUT = ("edition_id", "entry_id", "look_back_id", "place_id", "round_id")


def upgrade() -> None:
    """It begins empty: the contents of every list come from its office."""
    op.create_table(
        "check_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.String(length=40), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_check_template_office_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_template"),
        sa.UniqueConstraint("office_id", "shipped", name="uq_check_template_office_id_shipped"),
        sa.UniqueConstraint("public_id", name="uq_check_template_public_id"),
    )
    op.create_table(
        "check_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["check_template.id"], name="fk_check_edition_template_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_edition"),
        sa.UniqueConstraint("public_id", name="uq_check_edition_public_id"),
        sa.UniqueConstraint("template_id", "number", name="uq_check_edition_template_id_number"),
    )
    op.create_table(
        "check_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["check_edition.id"], name="fk_check_item_edition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_item"),
        sa.UniqueConstraint("edition_id", "number", name="uq_check_item_edition_id_number"),
    )
    op.create_table(
        "check_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name="fk_check_line_by_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["check_edition.id"], name="fk_check_line_edition_id"),
        sa.ForeignKeyConstraint(["template_id"], ["check_template.id"], name="fk_check_line_template_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_line"),
    )
    op.create_index("ix_check_line_edition_id", "check_line", ["edition_id"])
    op.create_index("ix_check_line_template_id", "check_line", ["template_id", "id"])
    op.create_table(
        "filled_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("look_back_id", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("remarks", sa.String(length=1000), nullable=True),
        sa.Column("filled_by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("filled_at", sa.DateTime(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["corrects_id"], ["filled_check.id"], name="fk_filled_check_corrects_id"),
        sa.ForeignKeyConstraint(["edition_id"], ["check_edition.id"], name="fk_filled_check_edition_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_filled_check_entry_id"),
        sa.ForeignKeyConstraint(["filled_by_id"], ["app_user.id"], name="fk_filled_check_filled_by_id"),
        sa.ForeignKeyConstraint(["look_back_id"], ["village_look_back.id"], name="fk_filled_check_look_back_id"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_filled_check_place_id"),
        sa.ForeignKeyConstraint(["round_id"], ["inspection_round.id"], name="fk_filled_check_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_filled_check"),
        sa.UniqueConstraint("corrects_id", name="uq_filled_check_corrects_id"),
        sa.UniqueConstraint("public_id", name="uq_filled_check_public_id"),
    )
    for column in ABOUT:
        op.create_index(f"ix_filled_check_{column}", "filled_check", [column])
    op.create_table(
        "check_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("filled_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["filled_id"], ["filled_check.id"], name="fk_check_answer_filled_id"),
        sa.ForeignKeyConstraint(["item_id"], ["check_item.id"], name="fk_check_answer_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_answer"),
        sa.UniqueConstraint("filled_id", "item_id", name="uq_check_answer_filled_id_item_id"),
        sa.UniqueConstraint("public_id", name="uq_check_answer_public_id"),
    )


def downgrade() -> None:
    """Go back only while no list was written: an older version would lose it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM check_template LIMIT 1")):
        raise RuntimeError("检查清单已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_table("check_answer")
    for column in ABOUT:
        op.drop_index(f"ix_filled_check_{column}", "filled_check")
    op.drop_table("filled_check")
    op.drop_index("ix_check_line_template_id", "check_line")
    op.drop_index("ix_check_line_edition_id", "check_line")
    op.drop_table("check_line")
    op.drop_table("check_item")
    op.drop_table("check_edition")
    op.drop_table("check_template")
