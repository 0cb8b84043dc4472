"""地址里的编号不可猜测: deadlines, categories, imports, runs of the timer and ladder editions get public ids

A public id proves nothing and is in no seal: the rows stay as they were sealed.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-28 08:00:00
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("category", "deadline", "import_run", "ladder_edition", "tick_run")
AT_ONCE = 10_000


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("public_id", sa.String(length=22), nullable=True))
        fill(name)
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.alter_column("public_id", existing_type=sa.String(length=22), nullable=False)
            batch_op.create_unique_constraint(batch_op.f(f"uq_{name}_public_id"), ["public_id"])


def fill(name: str) -> None:
    """Give every row of a table its own 128 random bits, as they are written in addresses."""
    table, connection = sa.table(name, sa.column("id"), sa.column("public_id")), op.get_bind()
    ids = connection.scalars(sa.select(table.c.id)).all()
    statement = sa.update(table).where(table.c.id == sa.bindparam("row")).values(public_id=sa.bindparam("made"))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        connection.execute(statement, [{"row": row, "made": secrets.token_urlsafe(16)} for row in some])


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"uq_{name}_public_id"), type_="unique")
            batch_op.drop_column("public_id")
