"""事项: papers, rungs and notices may be about a subject that is no case; what proves nothing is no longer sealed

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-29 08:00:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PAPERS = ("supervision_order", "instruction")
# Papers and rungs; a notice had its case nullable from the beginning.
OF_A_CASE = (*PAPERS, "escalation")
ABOUT = ("subject", "subject_id")


def sealing(table: str, columns: str, *, where_set: tuple[str, ...] = ()) -> Sealing:
    """Return what the seals of a table cover."""
    return Sealing(table, tuple(columns.split()), where_set)


WAS = [
    sealing("absence", "id public_id user_id stand_in_id started_on ended_on noted_at noted_by_id"),
    sealing(
        "app_user",
        "id public_id username name name_key phone password_hash must_change_password disabled_at created_at",
        where_set=("email",),
    ),
    sealing("attachment", "id public_id case_id step_id name sha256 size media_type uploaded_at uploaded_by_id"),
    sealing("calendar_year", "year status source edition loaded_at loaded_by_id"),
    sealing(
        "case_document",
        "id public_id case_id round kind document_no issued_on issued_by_id text ground organ served_on service_method"
        " served_to service_note",
    ),
    sealing("department", "id public_id name short_name kind parent_id place_code valid_from valid_to successor_id"),
    sealing("instruction", "id public_id case_id by_id at text task_of_id due_on done_at done_by_id report"),
    sealing(
        "notice",
        "id public_id key source source_id case_id deadline_id told user_id heading why asked reply_by urgent at_once"
        " awaits_answer late created_at not_before held addressed_at dropped_because",
    ),
    sealing(
        "petition_case",
        "id public_id register_no office_id registered_at registered_by_id received_on channel posted_on received_by"
        " hotline_no source_no superior_office superior_no superior_due_on title summary purpose category_id"
        " people_count anonymous village_id place_note occurred_on election_type election_stage vote_buying urgency"
        " level matter_class route status ledger_status round assignment_id accepted_on answered_on result closed_on"
        " closed_by_id next_due_on original_id merged_into_id merge_order import_run_id import_key version",
    ),
    sealing("post", "id public_id user_id department_id role title handles_accusations started_on ended_on"),
    sealing(
        "supervision_order",
        "id public_id kind number case_id escalation_id about_deadline_id office_id department_id text issued_at"
        " issued_by_id reply_by reply replied_at replied_by_id withdrawn_at withdrawn_because",
    ),
]
NOW = [each.without("public_id", "edition").also(*(ABOUT if each.table in (*PAPERS, "notice") else ())) for each in WAS]


def upgrade() -> None:
    with reseal(op.get_bind(), revision, was=WAS, now=NOW):
        for table in (*PAPERS, "notice"):
            op.add_column(table, sa.Column("subject", sa.String(length=20), nullable=True))
            op.add_column(table, sa.Column("subject_id", sa.Integer(), nullable=True))
            rows = sa.table(table, *(sa.column(name) for name in ("case_id", *ABOUT)))
            of_a_case = rows.update().where(rows.c.case_id.is_not(None))
            op.execute(of_a_case.values(subject="case", subject_id=rows.c.case_id))
        for table in OF_A_CASE:
            with op.batch_alter_table(table, schema=None) as batch_op:
                batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
                if table in PAPERS:
                    batch_op.alter_column("subject", existing_type=sa.String(length=20), nullable=False)
                    batch_op.alter_column("subject_id", existing_type=sa.Integer(), nullable=False)
                else:
                    batch_op.alter_column("subject", existing_type=sa.String(length=12), type_=sa.String(length=20))


def downgrade() -> None:
    refuse_other_subjects()
    with reseal(op.get_bind(), revision, was=NOW, now=WAS):
        for table in OF_A_CASE:
            with op.batch_alter_table(table, schema=None) as batch_op:
                batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
                if table not in PAPERS:
                    batch_op.alter_column("subject", existing_type=sa.String(length=20), type_=sa.String(length=12))
        for table in (*PAPERS, "notice"):
            for name in ABOUT:
                op.drop_column(table, name)


def refuse_other_subjects() -> None:
    """Go back only while everything is about a case: an older version could say of nothing else what it is about."""
    for table in (*OF_A_CASE, "notice"):
        rows = sa.table(table, sa.column("case_id"), sa.column("subject"))
        other = sa.select(rows.c.subject).where(rows.c.case_id.is_(None), rows.c.subject.is_not(None)).limit(1)
        if op.get_bind().execute(other).first():
            raise RuntimeError(f"表 {table} 里有不属于信访件的记录，退回旧版本会丢失，已停止。请用升级前的备份恢复。")
