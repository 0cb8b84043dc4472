"""密钥: a case says with which key its personal data is encrypted; by what each key is known again

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-29 11:00:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = (
    "id register_no office_id registered_at registered_by_id received_on channel posted_on received_by hotline_no"
    " source_no superior_office superior_no superior_due_on title summary purpose category_id people_count"
    " anonymous village_id place_note occurred_on election_type election_stage vote_buying urgency level"
    " matter_class route status ledger_status round assignment_id accepted_on answered_on result closed_on"
    " closed_by_id next_due_on original_id merged_into_id merge_order import_run_id import_key version"
)
CASES = Sealing("petition_case", tuple(COLUMNS.split()))
WAS = [CASES]
NOW = [CASES.also("key_number")]


def upgrade() -> None:
    op.create_table(
        "key_fingerprint",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_key_fingerprint")),
    )
    with reseal(op.get_bind(), revision, was=WAS, now=NOW):
        # Until now there was one key.
        op.add_column("petition_case", sa.Column("key_number", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Go back only while there is one key: an older version knows no other."""
    cases = sa.table("petition_case", sa.column("key_number"))
    if op.get_bind().execute(sa.select(cases.c.key_number).where(cases.c.key_number != 1).limit(1)).first():
        raise RuntimeError("已有信访件用新的密钥加密，旧版本读不出来，已停止。请用升级前的备份恢复。")
    with reseal(op.get_bind(), revision, was=NOW, now=WAS):
        op.drop_column("petition_case", "key_number")
    op.drop_table("key_fingerprint")
