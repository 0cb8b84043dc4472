"""督办: the ladder, its notices and papers, the runs of the timer; absences, addresses, calendar feeds

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-21 14:58:58.619767
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WINDOWS = ("objection", "review_window", "re_examination_window")
# What an older version could not keep. The runs of the timer are no record.
RECORDS = ("escalation", "notice", "supervision_order", "instruction", "ladder_edition", "absence", "calendar_feed")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["noted_by_id"], ["app_user.id"], name=op.f("fk_absence_noted_by_id")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["app_user.id"], name=op.f("fk_absence_stand_in_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_absence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_absence_public_id")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index("ix_absence_user_id_ended_on", ["user_id", "ended_on"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_feed_user_id_ended_at", ["user_id", "ended_at"], unique=False)

    op.create_table(
        "ladder_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(), nullable=False),
        sa.Column("adopted_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rungs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["adopted_by_id"], ["app_user.id"], name=op.f("fk_ladder_edition_adopted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_edition")),
    )
    op.create_table(
        "tick_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ticks", sa.Integer(), nullable=False),
        sa.Column("gap_seconds", sa.Integer(), nullable=False),
        sa.Column("swept", sa.Boolean(), nullable=False),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("raised", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["released_by_id"], ["app_user.id"], name=op.f("fk_tick_run_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick_run")),
    )
    with op.batch_alter_table("tick_run", schema=None) as batch_op:
        batch_op.create_index("ix_tick_run_started_at", ["started_at"], unique=False)

    op.create_table(
        "instruction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("task_of_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_instruction_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_instruction_case_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["app_user.id"], name=op.f("fk_instruction_done_by_id")),
        sa.ForeignKeyConstraint(["task_of_id"], ["app_user.id"], name=op.f("fk_instruction_task_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_instruction_public_id")),
    )
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.create_index("ix_instruction_by_id_at", ["by_id", "at"], unique=False)
        batch_op.create_index("ix_instruction_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_instruction_task_of_id_done_at", ["task_of_id", "done_at"], unique=False)

    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("skipped_because", sa.String(length=60), nullable=True),
        sa.Column("corrected_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_escalation_case_id")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_escalation_deadline_id")),
        sa.ForeignKeyConstraint(["run_id"], ["tick_run.id"], name=op.f("fk_escalation_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "subject", "subject_id", "revision", "rung", name=op.f("uq_escalation_subject_subject_id_revision_rung")
        ),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_case_id_raised_at", ["case_id", "raised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalation_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index("ix_escalation_run_id", ["run_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(length=20), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("heading", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("asked", sa.String(length=300), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("awaits_answer", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("tried_at", sa.DateTime(), nullable=True),
        sa.Column("addressed_at", sa.DateTime(), nullable=True),
        sa.Column("dropped_because", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_notice_case_id")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_notice_deadline_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_addressed_at_held_not_before", ["addressed_at", "held", "not_before"], unique=False
        )
        batch_op.create_index("ix_notice_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_notice_source", ["source", "source_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("because", sa.String(length=100), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=40), nullable=True),
        sa.Column("message_id", sa.String(length=120), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_delivery_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("notice_id", "user_id", "channel", name=op.f("uq_delivery_notice_id_user_id_channel")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_state_not_before", ["state", "not_before"], unique=False)
        batch_op.create_index(
            "ix_delivery_user_id_channel_opened_at", ["user_id", "channel", "opened_at"], unique=False
        )

    op.create_table(
        "supervision_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.Column("about_deadline_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(), nullable=True),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["about_deadline_id"], ["deadline.id"], name=op.f("fk_supervision_order_about_deadline_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_supervision_order_case_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_supervision_order_department_id")),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_supervision_order_escalation_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["app_user.id"], name=op.f("fk_supervision_order_issued_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["department.id"], name=op.f("fk_supervision_order_office_id")),
        sa.ForeignKeyConstraint(["replied_by_id"], ["app_user.id"], name=op.f("fk_supervision_order_replied_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_order_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supervision_order_public_id")),
    )
    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.create_index("ix_supervision_order_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_supervision_order_department_id_replied_at", ["department_id", "replied_at"], unique=False
        )

    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=120), nullable=True))

    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revised_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("look_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_deadline_look_on_effective_due", ["look_on", "effective_due"], unique=False)
        batch_op.create_index("ix_deadline_subject", ["subject", "subject_id"], unique=False)

    # Every clock that runs is looked at by the first tick; windows are nobody's duty.
    deadline = sa.table(
        "deadline",
        sa.column("kind", sa.String),
        sa.column("started_on", sa.Date),
        sa.column("look_on", sa.Date),
        sa.column("ended_on", sa.Date),
    )
    op.execute(
        deadline.update()
        .where(deadline.c.ended_on.is_(None), deadline.c.kind.not_in(WINDOWS))
        .values(look_on=deadline.c.started_on)
    )


def downgrade() -> None:
    """Go back only while nothing would be lost: what was escalated, ordered or told stays told."""
    for name in RECORDS:
        if op.get_bind().execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar():
            raise RuntimeError(f"表 {name} 里已有督办记录，退回旧版本会丢失，已停止。请用升级前的备份恢复。")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_subject")
        batch_op.drop_index("ix_deadline_look_on_effective_due")
        batch_op.drop_column("look_on")
        batch_op.drop_column("revised_on")

    with op.batch_alter_table("app_user", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.drop_index("ix_supervision_order_department_id_replied_at")
        batch_op.drop_index("ix_supervision_order_case_id")

    op.drop_table("supervision_order")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_user_id_channel_opened_at")
        batch_op.drop_index("ix_delivery_state_not_before")

    op.drop_table("delivery")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_source")
        batch_op.drop_index("ix_notice_case_id")
        batch_op.drop_index("ix_notice_addressed_at_held_not_before")

    op.drop_table("notice")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.drop_index("ix_escalation_run_id")
        batch_op.drop_index(batch_op.f("ix_escalation_deadline_id"))
        batch_op.drop_index("ix_escalation_case_id_raised_at")

    op.drop_table("escalation")
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.drop_index("ix_instruction_task_of_id_done_at")
        batch_op.drop_index("ix_instruction_case_id")
        batch_op.drop_index("ix_instruction_by_id_at")

    op.drop_table("instruction")
    with op.batch_alter_table("tick_run", schema=None) as batch_op:
        batch_op.drop_index("ix_tick_run_started_at")

    op.drop_table("tick_run")
    op.drop_table("ladder_edition")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_feed_user_id_ended_at")

    op.drop_table("calendar_feed")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index("ix_absence_user_id_ended_on")

    op.drop_table("absence")
