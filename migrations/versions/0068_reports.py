"""日报、周报、年度报告: reports of periods, their frozen numbers, their readers, what each unit files

Revision ID: 0068
Revises: 0072
Create Date: 2026-11-30 20:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They begin empty: earlier versions issued no reports."""
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("cut_off_at", sa.DateTime(), nullable=False),
        sa.Column("campaign_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("log_head", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name="fk_report_office_id"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["app_user.id"], name="fk_report_opened_by_id"),
        sa.ForeignKeyConstraint(["issued_by_id"], ["app_user.id"], name="fk_report_issued_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("public_id", name="uq_report_public_id"),
    )
    live = sa.text("cancelled_at IS NULL")
    op.create_index(
        "uq_report_live",
        "report",
        ["office_id", "kind", "edition", "since"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("uq_report_number", "report", ["office_id", "kind", "edition", "year", "number"], unique=True)
    op.create_table(
        "report_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_number_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_number"),
        sa.UniqueConstraint("report_id", "code", name="uq_report_number_code"),
    )
    op.create_table(
        "report_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_reader_report_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_report_reader_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_reader"),
        sa.UniqueConstraint("report_id", "user_id", name="uq_report_reader_user"),
    )
    op.create_table(
        "report_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=True),
        sa.Column("said", sa.String(length=1000), nullable=True),
        sa.Column("filed_at", sa.DateTime(), nullable=True),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("acting_as", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_filing_report_id"),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_report_filing_department_id"),
        sa.ForeignKeyConstraint(["filed_by_id"], ["app_user.id"], name="fk_report_filing_filed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_filing"),
        sa.UniqueConstraint("public_id", name="uq_report_filing_public_id"),
        sa.UniqueConstraint("report_id", "department_id", name="uq_report_filing_unit"),
    )
    op.create_index("ix_report_filing_department_id", "report_filing", ["department_id", "id"])


def downgrade() -> None:
    """Go back only while no report was begun: what was issued is part of the record."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM report LIMIT 1")):
        raise RuntimeError("已有日报、周报或年度报告，旧版本不认识，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index("ix_report_filing_department_id", "report_filing")
    op.drop_table("report_filing")
    op.drop_table("report_reader")
    op.drop_table("report_number")
    op.drop_index("uq_report_number", "report")
    op.drop_index("uq_report_live", "report")
    op.drop_table("report")
