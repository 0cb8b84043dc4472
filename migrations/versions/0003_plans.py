"""索引从缩小范围的键开始

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28 08:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AWAITING = sa.column("awaits_answer", sa.Boolean()).is_(sa.true())
IN_HAND = sa.text("ledger_status != 'closed_out' AND (status NOT IN ('merged', 'voided')) AND import_run_id IS NULL")
# What every line of the log, every clock and every notice had to keep, and no question asked for.
DROPPED = {
    "audit_event": {"ix_audit_event_actor_id": ["actor_id"]},
    "deadline": {
        "ix_deadline_case_id_ended_on": ["case_id", "ended_on"],
        "ix_deadline_ended_on_effective_due": ["ended_on", "effective_due"],
        "ix_deadline_look_on_effective_due": ["look_on", "effective_due"],
    },
    "leader_report_receipt": {"ix_leader_report_receipt_user_id": ["user_id"]},
    "notice": {"ix_notice_addressed_at_held_not_before": ["addressed_at", "held", "not_before"]},
    "petition_case": {
        "ix_petition_case_ledger_status": [
            *("ledger_status", "next_due_on", "status", "import_run_id", "level", "office_id", "registered_by_id")
        ],
        "ix_petition_case_import_run_id": ["import_run_id"],
        "ix_petition_case_merged_into_id": ["merged_into_id"],
        "ix_petition_case_original_id": ["original_id"],
    },
    "place": {"ix_place_merged_into_id": ["merged_into_id"]},
    "supervision_order": {"ix_supervision_order_department_id_replied_at": ["department_id", "replied_at"]},
}
MADE = {
    "deadline": {"ix_deadline_case_id_ended_on": ["case_id", "ended_on", "effective_due"]},
    "leader_report_receipt": {"ix_leader_report_receipt_user_id_read_at": ["user_id", "read_at", "report_id"]},
    "petition_case": {"ix_petition_case_ledger_status": ["ledger_status", "next_due_on"]},
}
PARTIAL = (
    ("ix_deadline_look_on", "deadline", ["look_on", "effective_due"], sa.text("look_on IS NOT NULL")),
    ("ix_notice_awaiting", "notice", ["case_id"], AWAITING),
    ("ix_notice_unaddressed", "notice", ["held", "not_before"], sa.text("addressed_at IS NULL")),
    (
        *("ix_supervision_order_waiting", "supervision_order", ["department_id", "reply_by", "case_id"]),
        sa.text("replied_at IS NULL AND withdrawn_at IS NULL"),
    ),
    (
        *("ix_petition_case_in_hand_due", "petition_case"),
        [
            *("next_due_on", "id", "level", "office_id", "registered_by_id", "assignment_id", "status"),
            *("ledger_status", "import_run_id", "village_id", "vote_buying", "urgency"),
        ],
        IN_HAND,
    ),
    ("ix_petition_case_in_hand_received", "petition_case", ["received_on", "id"], IN_HAND),
    ("ix_petition_case_in_hand_registrar", "petition_case", ["registered_by_id", "next_due_on", "id"], IN_HAND),
    ("ix_petition_case_import_run_id", "petition_case", ["import_run_id"], sa.text("import_run_id IS NOT NULL")),
    ("ix_petition_case_merged_into_id", "petition_case", ["merged_into_id"], sa.text("merged_into_id IS NOT NULL")),
    ("ix_place_merged_into_id", "place", ["merged_into_id"], sa.text("merged_into_id IS NOT NULL")),
    ("ix_tick_run_running", "tick_run", ["id"], sa.text("state = 'running'")),
    ("ix_petition_case_original_id", "petition_case", ["original_id"], sa.text("original_id IS NOT NULL")),
)


def upgrade() -> None:
    change(DROPPED, MADE)
    for name, table, columns, where in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _columns, _where in PARTIAL:
        op.drop_index(name, table)
    change(MADE, DROPPED)


def change(dropped: dict[str, dict[str, list[str]]], made: dict[str, dict[str, list[str]]]) -> None:
    """Drop indexes and make others."""
    for table, indexes in dropped.items():
        for name in indexes:
            op.drop_index(name, table)
    for table, indexes in made.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns)
