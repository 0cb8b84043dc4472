"""自证印记: the heads of both logs and every session carry a MAC of their own; a text is found by its line of the log

Revision ID: 0031
Revises: 0029
Create Date: 2026-11-30 09:00:00
"""

from tracker.audit import Marking, add_marks, drop_marks, mark_log, unmark_log

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

SESSIONS = Marking("user_session", ("token_hash", "user_id", "started_at"))


def upgrade() -> None:
    """What stands there is marked as it is: nothing proves it before."""
    mark_log()
    add_marks(SESSIONS)


def downgrade() -> None:
    drop_marks(SESSIONS)
    unmark_log()
