"""上报、请示: what is reported upward, the matters it is about, its trail

Revision ID: 0076
Revises: 0073
Create Date: 2026-11-30 21:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was reported through the program before: the tables begin empty."""
    op.create_table(
        "upward_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=True),
        sa.Column("organ", sa.String(length=100), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("discovered_at", sa.DateTime(), nullable=False),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column("reported_at", sa.DateTime(), nullable=True),
        sa.Column("document_no", sa.String(length=60), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("received_by", sa.String(length=100), nullable=True),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("ruling", sa.LargeBinary(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_upward_report_office_id_department"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_upward_report_place_id_place"),
        sa.ForeignKeyConstraint(["entered_by_id"], ["app_user.id"], name="fk_upward_report_entered_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_upward_report"),
        sa.UniqueConstraint("public_id", name="uq_upward_report_public_id"),
    )
    op.create_index("ix_upward_report_office_id", "upward_report", ["office_id", "discovered_at"])
    op.create_table(
        "upward_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["upward_report.id"], name="fk_upward_link_report_id_upward_report"),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name="fk_upward_link_case_id_petition_case"),
        sa.PrimaryKeyConstraint("id", name="pk_upward_link"),
    )
    op.create_index("ix_upward_link_report_id", "upward_link", ["report_id"])
    op.create_index("ix_upward_link_case_id", "upward_link", ["case_id"])
    op.create_table(
        "upward_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("acting_as", sa.String(length=200), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["upward_report.id"], name="fk_upward_line_report_id_upward_report"),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name="fk_upward_line_by_id_app_user"),
        sa.PrimaryKeyConstraint("id", name="pk_upward_line"),
    )
    op.create_index("ix_upward_line_report_id", "upward_line", ["report_id", "id"])


def downgrade() -> None:
    """Go back only while nothing was entered: what was reported upward is part of the record."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM upward_report LIMIT 1")):
        raise RuntimeError("已有上报、请示，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    for table in ("upward_line", "upward_link", "upward_report"):
        op.drop_table(table)
