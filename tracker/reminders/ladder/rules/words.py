"""The ladder in words: when a rung is reached, what it is called, the table by kinds, what changed in it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.reminders.ladder.rules.moments import BEHAVIOUR_LABELS, When
from tracker.reminders.ladder.rules.rungs import LEVELS, POST_LABELS, Rung
from tracker.working_days.rules import UNIT_LABELS, Unit

AT_ONCE = "消息，即时邮件、群消息"
IN_DIGEST = "消息，并入早晨汇总"
BEHAVIOURS = "情形"
IN_SITUATIONS = "出现这些情形时"


def when_words(rung: Rung) -> str:
    """Return when a rung is reached: 时限用去 50%, 到期前 3 日, 到期当天, 逾期第 5 个工作日."""
    if rung.when is When.SHARE:
        return f"时限用去 {rung.number}%"
    amount = f"{rung.number} {UNIT_LABELS[rung.unit]}"
    if rung.when is When.BEFORE:
        return f"到期前 {amount}" if rung.number else "到期当天"
    if rung.when is When.AFTER:
        return f"逾期第 {amount}"
    label = BEHAVIOUR_LABELS[rung.behaviour] if rung.behaviour else BEHAVIOURS
    return f"{label}，满 {amount}" if rung.number else label


def kinds_words(kinds: Sequence[LimitKind]) -> str:
    """Return what a rung is about, short enough for a cell: 告知是否受理, 转送、交办等 4 种期限, 情形."""
    if not kinds:
        return BEHAVIOURS
    first = LIMITS[kinds[0]].label
    return first if len(kinds) == 1 else f"{first}等 {len(kinds)} 种期限"


def told_words(rung: Rung) -> str:
    """Return who is told."""
    return "、".join(label for post, label in POST_LABELS.items() if post in rung.told)


def way_words(rung: Rung) -> str:
    """Return by which way they are told (方式)."""
    return (AT_ONCE if rung.at_once else IN_DIGEST) + ("，不等工作时间" if rung.urgent else "")


def reply_words(rung: Rung) -> str:
    """Return within what time a reply is wanted (回复期限)."""
    return "—" if rung.reply_days is None else f"{rung.reply_days} 个工作日"


def issues_words(rung: Rung) -> str:
    """Return which paper goes out by itself (自动发单)."""
    return LEVELS[rung.level].paper + (" 待签发" if rung.drafts else "") if rung.issues else "—"


def label(rung: Rung) -> str:
    """Return a rung in one phrase: 逾期第 1 日催办（作出处理意见并送达等 5 种期限）."""
    about = "" if rung.when is When.BEHAVIOUR else f"（{kinds_words(rung.kinds)}）"
    return f"{when_words(rung)}{LEVELS[rung.level].label}{about}"


@dataclass(frozen=True)
class LadderSection:
    """The part of the table for kinds of clocks that share their rungs; no kinds: the behaviour rungs (行为触发)."""

    kinds: tuple[LimitKind, ...]
    rungs: tuple[Rung, ...]

    @property
    def title(self) -> str:
        """Return the kinds in words."""
        return "、".join(LIMITS[kind].label for kind in self.kinds) or IN_SITUATIONS


def sections(rungs: Sequence[Rung]) -> list[LadderSection]:
    """Return the table as it is printed: for each kind of clock its rungs in the order of the days.

    Kinds with exactly the same rungs stand together; rungs that are switched off keep their place.
    """
    kinds_by_codes: dict[tuple[str, ...], list[LimitKind]] = {}
    by_code = {rung.code: rung for rung in rungs}
    for kind in LimitKind:
        mine = sorted((rung for rung in rungs if kind in rung.kinds), key=place)
        if mine:
            kinds_by_codes.setdefault(tuple(rung.code for rung in mine), []).append(kind)
    found = [LadderSection(tuple(kinds), tuple(by_code[c] for c in codes)) for codes, kinds in kinds_by_codes.items()]
    behaviours = tuple(rung for rung in rungs if rung.when is When.BEHAVIOUR)
    return [*found, *([LadderSection((), behaviours)] if behaviours else [])]


def place(rung: Rung) -> tuple[int, int]:
    """Return where a rung stands among those of its clock: shares first, then days before, then days after."""
    order = (When.SHARE, When.BEFORE, When.AFTER, When.BEHAVIOUR).index(rung.when)
    length = rung.number * 7 // 5 if rung.unit == Unit.WORKING_DAY else rung.number
    return order, -length if rung.when is When.BEFORE else length


@dataclass(frozen=True)
class Difference:
    """What became of one rung: its name, and each change in words (新增, 删去, 回复期限：3 个工作日 → 5 个工作日)."""

    label: str
    changes: tuple[str, ...]


def differences(before: Sequence[Rung], after: Sequence[Rung]) -> list[Difference]:
    """Return what changed from one table to another, in the order of the new one; what was taken out last."""
    old, new = ({rung.code: rung for rung in rungs} for rungs in (before, after))
    found = [
        Difference(label(old.get(code, rung)), tuple(_changes(old.get(code), rung)))
        for code, rung in new.items()
        if code not in old or _in_order(old[code]) != _in_order(rung)
    ]
    return [*found, *(Difference(label(rung), ("删去",)) for code, rung in old.items() if code not in new)]


def _in_order(rung: Rung) -> Rung:
    return replace(rung, kinds=tuple(sorted(rung.kinds)), told=tuple(sorted(rung.told)))


def _changes(before: Rung | None, after: Rung) -> Iterable[str]:
    if before is None:
        yield "新增"
        return
    if before.active != after.active:
        yield "启用" if after.active else "停用"
    for name, words in (
        ("何时", when_words),
        ("期限", lambda rung: "、".join(LIMITS[kind].label for kind in LimitKind if kind in rung.kinds)),
        ("级别", lambda rung: LEVELS[rung.level].label),
        ("告诉谁", told_words),
        ("方式", way_words),
        ("要求", lambda rung: rung.asked),
        ("回复期限", reply_words),
        ("自动发单", issues_words),
        ("有办理记录的不提醒", lambda rung: "是" if rung.unless_noted else "否"),
    ):
        old, new = words(before), words(after)
        if old != new:
            yield f"{name}：{old} → {new}"
