"""已转出: an open number whose matter became closed later stays in the open list as a line of its own

What became closed under an older version keeps its number, which stands in letters and on slips, and gets such a line.

Revision ID: 0049
Revises: 0052
Create Date: 2026-11-30 20:10:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0049"
down_revision = "0052"
branch_labels = None
depends_on = None

NUMBERS = Sealing("transferred_number", ("number", "case_id"))
# Not everybody of the office may know of these, and their numbers are open ones (XF-…, XF2-…; closed are XFN-…).
CLOSED_LATER = """
    INSERT INTO transferred_number (number, case_id)
    SELECT register_no, id FROM petition_case WHERE register_no NOT LIKE '%N-%' AND (level <> 'ordinary' OR EXISTS (
        SELECT 1 FROM accused_party WHERE accused_party.case_id = petition_case.id
        AND (user_id IS NOT NULL OR department_id IS NOT NULL) AND coalesce(accused_party.status, '') <> 'cleared'))
"""
GIVEN_UP = """
    SELECT 1 FROM transferred_number JOIN petition_case ON petition_case.id = transferred_number.case_id
    WHERE petition_case.register_no <> transferred_number.number LIMIT 1
"""


def upgrade() -> None:
    """Numbers stay as they are; the lines are sealed for the first time, and older versions do not read that."""
    op.create_table(
        "transferred_number",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name="fk_transferred_number_case_id_petition_case"),
        sa.PrimaryKeyConstraint("number", name="pk_transferred_number"),
        sa.UniqueConstraint("case_id", name="uq_transferred_number_case_id"),
    )
    with reseal(op.get_bind(), revision, was=[], now=[NUMBERS]):
        op.execute(sa.text(CLOSED_LATER))


def downgrade() -> None:
    """Go back only while no number was given up: an older version would miss it in its series."""
    if op.get_bind().execute(sa.text(GIVEN_UP)).first():
        raise RuntimeError("已有信访件转为内部编号，原编号只在本版本里查得到，已停止。请用升级前的备份恢复。")
    with reseal(op.get_bind(), revision, was=[NUMBERS], now=[]):
        pass
    op.drop_table("transferred_number")
