"""Copies of notices, places and their history come into the record: sealed for the first time, unproven before

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-30 09:10:00
"""

import sqlalchemy as sa
from alembic import op

from tracker.audit import Sealing, reseal

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

DELIVERIES = Sealing(
    "delivery",
    ("id", "notice_id", "user_id", "channel", "because", "confidential", "state", "delivered_at", "opened_at"),
)
PLACES = Sealing(
    "place",
    ("id", "code", "name", "level", "parent_id", "valid_from", "closed_on", "closed_because", "merged_into_id"),
)
VERSIONS = Sealing(
    "place_version",
    ("id", "place_id", "code", "name", "parent_code", "valid_from", "valid_to", "source", "manual"),
)
SEALED = [DELIVERIES, PLACES, VERSIONS]
RUNS = Sealing(
    "tick_run",
    (
        *("id", "started_at", "ended_at", "state", "ticks", "gap_seconds", "swept", "examined", "raised", "skipped"),
        *("left", "late", "lapsed", "wrong_hints", "next_on", "sentence", "ran_under"),
    ),
    in_part=True,
)
COPIES = sa.table("delivery", sa.column("state", sa.String()))


def upgrade() -> None:
    """A copy that is being sent is one that is ready, with a lease: the lease is no fact."""
    with reseal(op.get_bind(), revision, was=[], now=SEALED):
        op.execute(COPIES.update().where(COPIES.c.state == "sending").values(state="ready"))


def downgrade() -> None:
    with reseal(op.get_bind(), revision, was=[*SEALED, RUNS], now=[]):
        pass
