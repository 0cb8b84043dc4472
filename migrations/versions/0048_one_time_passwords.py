"""一次性密码: a request for a new password holds none; who approved it hands one out when its wait is over

Revision ID: 0048
Revises: 0050
Create Date: 2026-11-30 21:00:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0048"
down_revision = "0050"
branch_labels = None
depends_on = None

COLUMNS = (
    "id kind user_id department_id role title handles_accusations started_on reason asked_by_id asked_at"
    " approved_by_id approved_at takes_effect_at ended_at ended_by_id outcome note"
)
NOW = [Sealing("grant_request", tuple(COLUMNS.split()))]
WAS = [NOW[0].also("password_hash")]


def upgrade() -> None:
    """What one administrator had typed is forgotten; what waits goes on, and ends with a password of its own."""
    with reseal(op.get_bind(), revision, was=WAS, now=NOW):
        op.drop_column("grant_request", "password_hash")


def downgrade() -> None:
    """Go back only while no new password waits: an older version would look for one in the request."""
    waits = sa.text("SELECT 1 FROM grant_request WHERE kind = 'password' AND ended_at IS NULL LIMIT 1")
    if op.get_bind().scalar(waits):
        raise RuntimeError("有重置密码的申请在等待，旧版本办不了，已停止。请先办结，或者用升级前的备份恢复。")
    with reseal(op.get_bind(), revision, was=NOW, now=WAS):
        op.add_column("grant_request", sa.Column("password_hash", sa.String(length=200), nullable=True))
