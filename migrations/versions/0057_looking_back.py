"""回头看: looks back at villages, and the samples by which some are drawn

Revision ID: 0057
Revises: 0059
Create Date: 2026-11-30 22:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They begin empty: villages that were struck off before are looked back at where somebody plans it."""
    op.create_table(
        "look_back_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["app_user.id"], name="fk_look_back_sample_drawn_by_id"),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_look_back_sample_office_id"),
        sa.PrimaryKeyConstraint("id", name="pk_look_back_sample"),
        sa.UniqueConstraint("public_id", name="uq_look_back_sample_public_id"),
    )
    op.create_index("ix_look_back_sample_office_id", "look_back_sample", ["office_id"])
    op.create_table(
        "village_look_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("gaps", sa.Integer(), nullable=True),
        sa.Column("gaps_words", sa.String(length=500), nullable=True),
        sa.Column("unresolved", sa.Integer(), nullable=True),
        sa.Column("unresolved_words", sa.String(length=500), nullable=True),
        sa.Column("incomplete", sa.Integer(), nullable=True),
        sa.Column("incomplete_words", sa.String(length=500), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["village_entry.id"], name="fk_village_look_back_entry_id"),
        sa.ForeignKeyConstraint(["looked_by_id"], ["app_user.id"], name="fk_village_look_back_looked_by_id"),
        sa.ForeignKeyConstraint(["problem_id"], ["village_problem.id"], name="fk_village_look_back_problem_id"),
        sa.ForeignKeyConstraint(["sample_id"], ["look_back_sample.id"], name="fk_village_look_back_sample_id"),
        sa.PrimaryKeyConstraint("id", name="pk_village_look_back"),
        sa.UniqueConstraint("public_id", name="uq_village_look_back_public_id"),
    )
    op.create_index("ix_village_look_back_entry_id", "village_look_back", ["entry_id"])


def downgrade() -> None:
    """Go back only while no look back was planned: an older version would lose it, and does not know its clocks."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM village_look_back LIMIT 1")):
        raise RuntimeError("回头看已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_village_look_back_entry_id", "village_look_back")
    op.drop_table("village_look_back")
    op.drop_index("ix_look_back_sample_office_id", "look_back_sample")
    op.drop_table("look_back_sample")
