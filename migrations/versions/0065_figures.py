"""统计: the clocks of a kind by their last day, answers, 销号, looks back and reviews by theirs

Revision ID: 0065
Revises: 0067
Create Date: 2026-11-30 23:30:00
"""

from alembic import op

revision = "0065"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Figures of a period begin at its days, however long the past is."""
    op.create_index("ix_deadline_kind_effective_due", "deadline", ["kind", "effective_due"])
    op.create_index("ix_petition_case_answered_on", "petition_case", ["answered_on"])
    op.create_index("ix_petition_case_closed_on", "petition_case", ["closed_on"])
    op.create_index("ix_look_back_looked_on", "look_back", ["looked_on"])
    op.create_index("ix_review_concluded_on", "review", ["concluded_on"])


def downgrade() -> None:
    """Nothing is lost."""
    op.drop_index("ix_review_concluded_on", "review")
    op.drop_index("ix_look_back_looked_on", "look_back")
    op.drop_index("ix_petition_case_closed_on", "petition_case")
    op.drop_index("ix_petition_case_answered_on", "petition_case")
    op.drop_index("ix_deadline_kind_effective_due", "deadline")
