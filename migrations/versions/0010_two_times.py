"""发生日期、登记时间: a line of the trail has the day it happened and the moment it was entered; a document its days

Where an act of an older version took a day, that stands in a row of its own; where it is not certain which row belongs
to a line, the line has no day.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-29 10:00:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = (
    "id case_id round action at actor_id actor_name actor_unit from_status to_status from_ledger to_ledger reason facts"
)
TRAIL = Sealing("case_step", tuple(COLUMNS.split()))
WAS = [TRAIL]
NOW = [TRAIL.without("at").also("entered_at", where_set=("happened_on",))]
DOCUMENT_DAYS = ("signed_on", "sent_on", "returned_on")

# Acts that took a day: in which column of which rows of a round it was kept, in the order of the acts.
KEPT = (
    (("assign", "refer"), "assignment", "delivered_on", "round", "track = 'handling'"),
    (("deliver",), "case_document", "served_on", "round", "kind = 'opinion' AND served_on IS NOT NULL"),
    (("request_review",), "review", "requested_on", "round", "1 = 1"),
    (("conclude_review", "remit"), "review", "concluded_on", "round", "concluded_on IS NOT NULL"),
    (("call_back",), "call_back", "called_on", "round", "1 = 1"),
    (("transfer_discipline",), "discipline_transfer", "handed_over_on", "1", "1 = 1"),
    (("receipt_discipline",), "discipline_transfer", "received_on", "1", "received_on IS NOT NULL"),
)
# 落实 keeps its day on the demand points, where a later one takes its place.
CARRY_OUT = "carry_out"
DATED = (CARRY_OUT, *(action for actions, *_ in KEPT for action in actions))
BEIJING = {"sqlite": "date({}, '+8 hours')", "postgresql": "CAST({} + interval '8 hours' AS date)"}


def upgrade() -> None:
    for name in DOCUMENT_DAYS:
        op.add_column("case_document", sa.Column(name, sa.Date(), nullable=True))
    with reseal(op.get_bind(), revision, was=WAS, now=NOW):
        op.add_column("case_step", sa.Column("happened_on", sa.Date(), nullable=True))
        keep_days("at")
        op.execute(
            "UPDATE case_step SET happened_on = (SELECT day FROM day_of_step WHERE day_of_step.step_id = case_step.id)"
        )
        op.execute("DROP TABLE day_of_step")
        op.execute("ALTER TABLE case_step RENAME COLUMN at TO entered_at")


def downgrade() -> None:
    refuse_loss()
    with reseal(op.get_bind(), revision, was=NOW, now=WAS):
        op.execute("ALTER TABLE case_step RENAME COLUMN entered_at TO at")
        op.drop_column("case_step", "happened_on")
    for name in DOCUMENT_DAYS:
        op.drop_column("case_document", name)


def refuse_loss() -> None:
    """Go back only while an older version would know every day."""
    documents = sa.table("case_document", *(sa.column(name) for name in DOCUMENT_DAYS))
    known = sa.or_(*(documents.c[name].is_not(None) for name in DOCUMENT_DAYS))
    if op.get_bind().execute(sa.select(documents.c.sent_on).where(known).limit(1)).first():
        raise RuntimeError("文书上已有签发、发出或回证退回的日期，退回旧版本会丢失，已停止。请用升级前的备份恢复。")
    keep_days("entered_at")
    lost = op.get_bind().execute(
        sa.text(
            "SELECT case_step.id FROM case_step LEFT JOIN day_of_step ON day_of_step.step_id = case_step.id"
            " WHERE happened_on IS NOT NULL AND (day IS NULL OR day <> happened_on) LIMIT 1"
        )
    )
    if lost.first():
        raise RuntimeError("办理过程里有别处没有的发生日期，退回旧版本会丢失，已停止。请用升级前的备份恢复。")
    op.execute("DROP TABLE day_of_step")


def keep_days(entered: str) -> None:
    """Find the day of each line by what stands elsewhere: the day of entry where the act took none."""
    op.execute("CREATE TEMPORARY TABLE day_of_step (step_id INTEGER PRIMARY KEY, day DATE)")
    for actions, table, day, round_, which in KEPT:
        lines = numbered("case_step", "id", round_, f"action IN {quoted(actions)}")
        facts = numbered(table, day, round_, which)
        op.execute(
            f"INSERT INTO day_of_step SELECT line.what, fact.what FROM ({lines}) AS line JOIN ({facts}) AS fact"
            " ON line.case_id = fact.case_id AND line.part = fact.part AND line.n = fact.n AND line.total = fact.total"
        )
    op.execute(
        "INSERT INTO day_of_step SELECT line.id, fact.day"
        f" FROM (SELECT case_id, min(id) AS id FROM case_step WHERE action = '{CARRY_OUT}'"
        " GROUP BY case_id HAVING count(*) = 1) AS line"
        " JOIN (SELECT case_id, min(carried_out_on) AS day FROM demand_point"
        " GROUP BY case_id HAVING min(carried_out_on) = max(carried_out_on)) AS fact ON fact.case_id = line.case_id"
    )
    day = BEIJING[op.get_bind().dialect.name].format(entered)
    op.execute(f"INSERT INTO day_of_step SELECT id, {day} FROM case_step WHERE action NOT IN {quoted(DATED)}")


def numbered(table: str, what: str, round_: str, which: str) -> str:
    """Return a statement that numbers rows within their case and round: first belongs to first, if they are as many."""
    part = f"PARTITION BY case_id, {round_}"
    return (
        f"SELECT case_id, {round_} AS part, {what} AS what, row_number() OVER ({part} ORDER BY id) AS n,"
        f" count(*) OVER ({part}) AS total FROM {table} WHERE {which}"
    )


def quoted(actions: tuple[str, ...]) -> str:
    """Return codes as a list of SQL."""
    return f"({', '.join(repr(action) for action in actions)})"
