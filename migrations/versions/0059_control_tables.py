"""进程图和进度控制表: tables, their tasks and the trail

Revision ID: 0059
Revises: 0056
Create Date: 2026-11-30 21:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They begin empty: earlier versions kept no control tables."""
    op.create_table(
        "control_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_control_table_office_id"),
        sa.PrimaryKeyConstraint("id", name="pk_control_table"),
        sa.UniqueConstraint("public_id", name="uq_control_table_public_id"),
    )
    op.create_index("ix_control_table_office_id", "control_table", ["office_id"])
    op.create_table(
        "control_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("election", sa.Boolean(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("planned_last_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.String(length=200), nullable=False),
        sa.Column("requirement", sa.String(length=500), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_control_task_department_id"),
        sa.ForeignKeyConstraint(["table_id"], ["control_table.id"], name="fk_control_task_table_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_control_task_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_control_task"),
        sa.UniqueConstraint("public_id", name="uq_control_task_public_id"),
    )
    op.create_index("ix_control_task_table_id", "control_task", ["table_id"])
    op.create_index("ix_control_task_user_id", "control_task", ["user_id"])
    op.create_table(
        "control_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name="fk_control_line_by_id"),
        sa.ForeignKeyConstraint(["table_id"], ["control_table.id"], name="fk_control_line_table_id"),
        sa.ForeignKeyConstraint(["task_id"], ["control_task.id"], name="fk_control_line_task_id"),
        sa.PrimaryKeyConstraint("id", name="pk_control_line"),
    )
    op.create_index("ix_control_line_table_id", "control_line", ["table_id", "id"])
    op.create_index("ix_control_line_task_id", "control_line", ["task_id"])


def downgrade() -> None:
    """Go back only while no control table was opened: an older version would lose it."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM control_table LIMIT 1")):
        raise RuntimeError("进度控制表已有内容，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_control_line_task_id", "control_line")
    op.drop_index("ix_control_line_table_id", "control_line")
    op.drop_table("control_line")
    op.drop_index("ix_control_task_user_id", "control_task")
    op.drop_index("ix_control_task_table_id", "control_task")
    op.drop_table("control_task")
    op.drop_index("ix_control_table_office_id", "control_table")
    op.drop_table("control_table")
