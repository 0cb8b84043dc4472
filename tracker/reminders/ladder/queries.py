"""The ladder in force, and the editions before it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.core.database import db
from tracker.reminders.ladder.rules.defaults import Subject, default_rungs, is_default, subject_words, undecided
from tracker.reminders.ladder.rules.kept import from_json
from tracker.reminders.ladder.rules.rungs import LADDER, Rung
from tracker.reminders.models import LadderEdition


@dataclass(frozen=True)
class Ladder:
    """The table in force; `edition_id` is None for the one that the program comes with.

    `rungs` end with the program's own for what is `missing`: limits and behaviours that came after the edition.
    """

    edition_id: int | None
    rungs: tuple[Rung, ...]
    missing: tuple[Subject, ...] = ()

    @property
    def defaults(self) -> frozenset[str]:
        """Return the codes of the rungs that the office has not adopted (默认)."""
        return frozenset(rung.code for rung in self.rungs if is_default(rung, self.missing))

    @property
    def adopted(self) -> tuple[Rung, ...]:
        """Return the rungs without those that stand for what is missing."""
        return tuple(rung for rung in self.rungs if rung.code not in self.defaults)

    @property
    def notice(self) -> str:
        """Return what the keeper of the ladder should know; "" where the office has decided on everything."""
        if not self.missing:
            return ""
        words = subject_words(self.missing)
        return f"本单位的督办阶梯还没有“{words}”，先按程序默认的提醒；请修改阶梯，核对标“默认”的行后启用。"

    def rung(self, code: str) -> Rung | None:
        """Return the rung of a code; None where the table has it no more."""
        return next((rung for rung in self.rungs if rung.code == code), None)


def current() -> Ladder:
    """Return the ladder in force: the latest edition, else the table of the program."""
    latest = db.session.scalar(select(LadderEdition).order_by(LadderEdition.id.desc()).limit(1))
    return ladder_of(latest) if latest else Ladder(None, LADDER)


def ladder_of(edition: LadderEdition) -> Ladder:
    """Return an edition as a table, with the program's own rungs for what it never decided on."""
    rungs, missing = from_json(edition.rungs), undecided(edition.decided)
    return Ladder(edition.id, (*rungs, *default_rungs(rungs, missing)), missing)


def editions() -> list[LadderEdition]:
    """Return every edition that was adopted, the latest first."""
    rows = select(LadderEdition).options(joinedload(LadderEdition.adopted_by)).order_by(LadderEdition.id.desc())
    return list(db.session.scalars(rows))
