"""回头看 of matters: twice after 销号, what each found, and the samples by which some are drawn

Revision ID: 0062
Revises: 0061
Create Date: 2026-11-30 23:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

FOUND = ("gaps", "unresolved", "incomplete")
NEW_CLOCKS = "('second_look_back', 'planned_look_back')"


def upgrade() -> None:
    """What was struck off before keeps the one look back that it had: the rule of two did not hold then."""
    reference = f"CONSTRAINT {op.f('fk_look_back_deadline_id_deadline')} REFERENCES deadline (id)"
    op.execute(f"ALTER TABLE look_back ADD COLUMN deadline_id INTEGER {reference}")
    for name in FOUND:
        text = sa.String(length=500).with_variant(sa.Text(), "postgresql")
        op.add_column("look_back", sa.Column(name, text, nullable=True))
    op.create_table(
        "case_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=False),
        sa.Column("closed_to", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["app_user.id"], name="fk_case_sample_drawn_by_id"),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_case_sample_office_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_sample"),
        sa.UniqueConstraint("public_id", name="uq_case_sample_public_id"),
    )
    op.create_index("ix_case_sample_office_id", "case_sample", ["office_id"])


def downgrade() -> None:
    """Go back only while nothing of it was used: an older version does not know its clocks, results and samples."""
    bind = op.get_bind()
    used = (
        f"SELECT 1 FROM deadline WHERE kind IN {NEW_CLOCKS} LIMIT 1",
        "SELECT 1 FROM look_back WHERE deadline_id IS NOT NULL OR result = 'new' LIMIT 1",
        "SELECT 1 FROM case_sample LIMIT 1",
    )
    if any(bind.scalar(sa.text(each)) for each in used):
        raise RuntimeError("第二次回头看、随机抽查已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_case_sample_office_id", "case_sample")
    op.drop_table("case_sample")
    for name in (*reversed(FOUND), "deadline_id"):
        op.execute(f"ALTER TABLE look_back DROP COLUMN {name}")
