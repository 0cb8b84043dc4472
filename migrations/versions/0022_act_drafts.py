"""拟稿、签发: drafts of acts, and who signed a document in which post

Of documents of before it is not known who signed them: it is not guessed from what was typed.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-29 18:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PAPER = sa.table("case_document", sa.column("signer", sa.String()))
DRAFT = sa.table("act_draft")
STEP = sa.table("case_step", sa.column("action", sa.String()))
STEPS = ("draft_opinion", "draft_not_accept", "draft_no_longer_accept", "draft_extension", "return_draft")


def upgrade() -> None:
    """The new columns are sealed where they are set, so every older seal stays good."""
    op.create_table(
        "act_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["petition_case.id"], name=op.f("fk_act_draft_case_id_petition_case")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["app_user.id"], name=op.f("fk_act_draft_drafted_by_id_app_user")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["app_user.id"], name=op.f("fk_act_draft_ended_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_draft")),
    )
    op.create_index("ix_act_draft_case_id", "act_draft", ["case_id"])
    op.add_column("case_document", sa.Column("signer", sa.String(length=40), nullable=True))
    op.add_column("case_document", sa.Column("signer_post", sa.String(length=160), nullable=True))


def downgrade() -> None:
    """Go back only while nothing was drafted and nothing signed by name: an older version would lose it."""
    bind = op.get_bind()
    drafted = sa.select(sa.exists().where(STEP.c.action.in_(STEPS)))
    signed = sa.select(sa.exists().where(PAPER.c.signer.is_not(None)))
    if bind.scalar(sa.select(sa.func.count()).select_from(DRAFT)) or bind.scalar(drafted) or bind.scalar(signed):
        raise RuntimeError(
            "已有拟稿，或者文书记有签发人及职务，旧版本存不下，退回会丢失，已停止。请用升级前的备份恢复。"
        )
    with op.batch_alter_table("case_document") as batch:
        batch.drop_column("signer_post")
        batch.drop_column("signer")
    op.drop_table("act_draft")
