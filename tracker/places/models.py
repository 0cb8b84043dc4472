"""Places: provinces to villages, by official 12-digit codes, with their history."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.database import UNSEALED, Model, SealedLater, partial_index, public_id
from tracker.places.rules.names import LONGEST_KEY, search_key

LEVELS = {1: "省", 2: "市", 3: "县（市、区）", 4: "乡镇（街道）", 5: "村（社区）"}
VILLAGE = 5


def _search_key(context: Any) -> str:
    """Return the search key of a new place, which has no former names."""
    given = context.get_current_parameters()
    return search_key(given["name"], given["short_name"], given["initials"])


class Place(SealedLater, Model):
    """A division (区划) or village as it is now. Codes are strings; a vanished code is closed, never deleted.

    `closed_on` is the first day it no longer exists; `closed_because` names the edition or the decision. What follows
    from the name (`short_name`, `initials`, `search_key`) is no fact of its own.
    """

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_level_search_key", "level", "search_key", "parent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id, info=UNSEALED)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(60), info=UNSEALED)
    initials: Mapped[str] = mapped_column(String(64), info=UNSEALED)
    search_key: Mapped[str] = mapped_column(String(LONGEST_KEY), default=_search_key, info=UNSEALED)
    level: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"), index=True)
    valid_from: Mapped[date]
    closed_on: Mapped[date | None]
    closed_because: Mapped[str | None] = mapped_column(String(200))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))

    parent: Mapped["Place | None"] = relationship(foreign_keys=[parent_id], remote_side="Place.id")
    merged_into: Mapped["Place | None"] = relationship(foreign_keys=[merged_into_id], remote_side="Place.id")
    history: Mapped[list["PlaceVersion"]] = relationship(order_by="PlaceVersion.id")


# Few were merged: the tree is walked down by this and by the parent, a place at a time.
partial_index("ix_place_merged_into_id", Place.merged_into_id, where=Place.merged_into_id.is_not(None))


class PlaceVersion(SealedLater, Model):
    """What a place was called, and under which code and parent, from one day to another (inclusive).

    `manual` marks what the office itself decided: an import leaves it alone until the official list changes there.
    A version corrected on its first day ends before it begins; it is history, and was in force on no day.
    """

    __tablename__ = "place_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    parent_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    manual: Mapped[bool] = mapped_column(default=False)
