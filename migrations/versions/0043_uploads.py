"""上传: who handed in a file and when, so that what belongs to nothing is removed, and a day has its measure

Revision ID: 0043
Revises: 0038
Create Date: 2026-11-30 18:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """It begins empty: what older versions left behind is told by its age alone."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_upload_user_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_stored_at", "upload", ["stored_at"])
    op.create_index("ix_upload_user_id_stored_at", "upload", ["user_id", "stored_at"])


def downgrade() -> None:
    """Nothing is lost but the measure: files stay where they are."""
    op.drop_table("upload")
