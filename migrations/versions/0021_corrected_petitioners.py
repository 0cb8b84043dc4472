"""更正信访人信息: what a petitioner was registered as before a correction

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-29 18:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing was corrected before."""
    op.create_table(
        "petitioner_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petitioner_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("name", "identity_no", "phone", "address")),
        sa.ForeignKeyConstraint(
            ["petitioner_id"], ["petitioner.id"], name="fk_petitioner_correction_petitioner_id_petitioner"
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["app_user.id"], name="fk_petitioner_correction_corrected_by_id_app_user"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_petitioner_correction"),
    )
    op.create_index("ix_petitioner_correction_petitioner_id", "petitioner_correction", ["petitioner_id"])


def downgrade() -> None:
    """Go back only while nothing was corrected: an older version would lose what was registered before."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM petitioner_correction")):
        raise RuntimeError("已有更正过的信访人信息，旧版本存不下更正前的，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_table("petitioner_correction")
