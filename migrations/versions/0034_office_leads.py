"""领办领导: who leads a matter that no unit has, named at 分类

Revision ID: 0034
Revises: 0028
Create Date: 2026-11-30 08:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0028"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_petition_case_lead_official_id_app_user"
INDEX = "ix_petition_case_lead_official_id"
NAMED = sa.text("lead_official_id IS NOT NULL")


def upgrade() -> None:
    """Nobody is named in what an older version classified: leaders of the area stand in there, as before."""
    reference = f"CONSTRAINT {FOREIGN_KEY} REFERENCES app_user (id)"
    op.execute(f"ALTER TABLE petition_case ADD COLUMN lead_official_id INTEGER {reference}")
    columns = ["lead_official_id", "assignment_id", "id"]
    op.create_index(INDEX, "petition_case", columns, sqlite_where=NAMED, postgresql_where=NAMED)


def downgrade() -> None:
    """Go back only while nobody was named: an older version would let every leader of the area sign."""
    if op.get_bind().scalar(sa.text("SELECT 1 FROM petition_case WHERE lead_official_id IS NOT NULL LIMIT 1")):
        raise RuntimeError("已有没有承办单位的信访件指定了领办领导，退回会丢失，已停止。请用升级前的备份恢复。")
    op.drop_index(INDEX, "petition_case")
    op.execute("ALTER TABLE petition_case DROP COLUMN lead_official_id")
