"""The supervision track of a case (督办轨, domain.md §2): derived from its papers, falling back when cured. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.reminders.ladder.rules.rungs import LEVEL_ORDER, LEVELS, RungLevel


@dataclass(frozen=True)
class OrderState:
    """What of an order decides the track: its level, whether it was withdrawn, and whether its cause is cured.

    An order about a clock is cured when that clock has ended; one about the case as a whole, when it was answered.
    """

    level: RungLevel
    withdrawn: bool
    cured: bool


def track(papers: Iterable[OrderState]) -> RungLevel | None:
    """Return how far supervision of a case has gone now; None where nothing is left of it."""
    standing = [paper.level for paper in papers if not paper.withdrawn and not paper.cured]
    return max(standing, key=LEVEL_ORDER.index, default=None)


def track_words(level: RungLevel | None) -> str:
    """Return the track in words: 未督办, 已催办, 黄色督办, 挂牌督办."""
    if level is None:
        return "未督办"
    return "已催办" if level is RungLevel.URGE else LEVELS[level].label
