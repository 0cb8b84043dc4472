"""The rules of procedure in words (办事规程): every step and every span of time as a line of a printed table. Pure.

The lines are read off STEPS and LIMITS, which the program executes: what is printed is what it does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tracker.cases.lifecycle.rules.actions import GUARD_LABELS, STATION_LABELS, Station
from tracker.cases.lifecycle.rules.lifecycle import DERIVED, REGISTRATION
from tracker.cases.lifecycle.rules.step_rows import AT_WORK, ENDED, Since, Start, StepRule, Stop
from tracker.cases.lifecycle.rules.step_sets import EVERYBODY, OPEN_LEDGER
from tracker.cases.lifecycle.rules.steps import SECTIONS, STEPS
from tracker.cases.record.rules.answering import papers_of
from tracker.cases.record.rules.codes import (
    DOCUMENT_KIND_LABELS,
    LEDGER_STATUS_LABELS,
    STATUS_LABELS,
    LedgerStatus,
    Status,
)
from tracker.deadlines.limits import LIMITS, NOT_OF_MATTERS, OWNER_LABELS, Limit, LimitKind
from tracker.statutes.rules.provisions import Basis
from tracker.working_days.rules import Unit, amount_words

Code = TypeVar("Code", Status, LedgerStatus, Station)
Cite = Callable[[Basis], str]
Told = Callable[[LimitKind], tuple[int, str]]
REGISTERED = "登记"
SAME = "不变"
ENDED_WORDS = "程序已终结"
EVERYBODY_WORDS = "办理本件的各岗位"
BETWEEN_STEPS = "；"
# So many states at most are told by what is not among them.
FEW = 3
SINCE_WORDS: dict[Since, str] = {
    Since.TODAY: "办理当日",
    Since.HAPPENED: "办理之日",
    Since.RECEIPT: "收到信访事项之日",
    Since.DELIVERED: "送达承办单位之日",
    Since.SENT: "发出之日（邮寄的以邮戳为准）",
    Since.SERVED: "送达信访人之日",
    Since.ACCEPTED: "受理之日",
    Since.HANDED_OVER: "移交、转送之日",
    Since.ASKED: "收到申请之日",
    Since.CONCLUDED: "作出意见之日",
    Since.CARRIED_OUT: "全部落实之日",
}


@dataclass(frozen=True)
class StepLine:
    """One line of 办理流程: from where, to where, by whom, what must hold, its clocks, paper and article.

    `provisions` are the rows of LAW that `basis` prints.
    """

    label: str
    instead_of: str
    froms: str
    to: str
    by: str
    guards: tuple[str, ...]
    clocks: tuple[str, ...]
    issues: str
    basis: str
    provisions: Basis


@dataclass(frozen=True)
class LimitLine:
    """One line of 期限: its length, who owes it, which steps begin and meet it, what may be added, its article."""

    label: str
    length: str
    owner: str
    started_by: str
    met_by: str
    extendable: str
    rolls: str
    nature: str
    basis: str


def step_sections(cite: Cite) -> dict[str, tuple[StepLine, ...]]:
    """Return the steps under the titles of their sections, in the order of the table; `cite` prints a basis."""
    return {title: tuple(_step(step, cite) for step in steps) for title, steps in SECTIONS.items()}


def limit_lines(told: Told) -> tuple[LimitLine, ...]:
    """Return every span of time of a matter, in the order of LIMITS; `told` says its number and its basis today."""
    return tuple(_limit(kind, *told(kind)) for kind in LIMITS if kind not in NOT_OF_MATTERS)


def ended_words() -> str:
    """Return which states 程序已终结 stands for."""
    return _listed(ENDED, STATUS_LABELS)


def _step(step: StepRule, cite: Cite) -> StepLine:
    return StepLine(
        label=step.label,
        instead_of=BETWEEN_STEPS.join(dict.fromkeys(each.label for each in STEPS if each.action in step.beside)),
        froms=_with_ledger(_froms(step.froms), _ledger(step.ledger_froms)),
        to=_with_ledger(
            STATUS_LABELS[step.to] if step.to else "", LEDGER_STATUS_LABELS[step.ledger_to] if step.ledger_to else ""
        )
        or SAME,
        by=EVERYBODY_WORDS if step.by == EVERYBODY else "、".join(_of(step.by, STATION_LABELS)),
        guards=tuple(GUARD_LABELS[guard] for guard in step.guards),
        clocks=_clocks(step),
        issues="、".join(DOCUMENT_KIND_LABELS[kind] for kind in papers_of(step.issues)),
        basis=cite(step.basis),
        provisions=step.basis,
    )


def _with_ledger(status: str, ledger: str) -> str:
    return f"{status}（{ledger}）" if status and ledger else status or ledger


def _froms(states: frozenset[Status]) -> str:
    return ENDED_WORDS if states == ENDED else _listed(states, STATUS_LABELS)


def _ledger(states: frozenset[LedgerStatus]) -> str:
    """Return the state of the close-out that a step asks for; "" for work as usual."""
    if states == AT_WORK:
        return ""
    if states == OPEN_LEDGER:
        return "未销号"
    return "不论是否销号" if states == frozenset(LedgerStatus) else _listed(states, LEDGER_STATUS_LABELS)


def _listed(states: Iterable[Code], labels: Mapping[Code, str]) -> str:
    """Return the labels of states in their order, or which few are not among them."""
    inside = set(states)
    outside = [label for state, label in labels.items() if state not in inside]
    if len(outside) <= FEW < len(inside):
        return f"除{'、'.join(outside)}外各环节"
    return "、".join(_of(inside, labels))


def _of(chosen: Collection[Code], labels: Mapping[Code, str]) -> list[str]:
    return [label for each, label in labels.items() if each in chosen]


def _clocks(step: StepRule) -> tuple[str, ...]:
    """Return what a step does to clocks: 起算…（自…）, 办结…, 不再计…, 以本次为准…."""
    started = [f"起算“{LIMITS[start.kind].label}”（{_since(start)}）" for start in step.starts]
    ended = [("办结", step.stops), ("不再计", step.cancels), ("前一份不再计", step.supersedes)]
    told = [f"{word}{_ended(stops)}" for word, stops in ended if stops]
    again = [f"按改后的类别、途径重新确定{_quoted(DERIVED)}"] if step.derives else []
    again += [f"接着计算{_quoted(step.resumes)}"] if step.resumes else []
    return (*started, *told, *again)


def _ended(stops: Sequence[Stop]) -> str:
    """Return the clocks that are ended, and on which day where it is not that of the act."""
    turns = [stop for stop in stops if stop.in_turn]
    if turns:
        return f"{_quoted(stop.kind for stop in turns)}中最先到期的一次"
    days = dict.fromkeys(stop.on for stop in stops)
    told = ((day, _quoted(stop.kind for stop in stops if stop.on is day)) for day in days)
    return "、".join(f"{clocks}（以{SINCE_WORDS[day]}为准）" if day else clocks for day, clocks in told)


def _since(start: Start) -> str:
    words = f"自{SINCE_WORDS[start.since]}"
    return f"{words}，到文书指定之日" if LIMITS[start.kind].unit is Unit.FIXED else words


def _quoted(kinds: Iterable[LimitKind]) -> str:
    return "、".join(f"“{label}”" for label in dict.fromkeys(LIMITS[kind].label for kind in kinds))


def _length(limit: Limit, amount: int) -> str:
    if limit.unit is Unit.FIXED:
        return "文书指定之日"
    if limit.watches and not amount:
        return "本单位没有规定，不计算"
    return amount_words(amount, limit.unit) + ("，文书指定了的到指定之日" if limit.named else "")


def _limit(kind: LimitKind, amount: int, basis: str) -> LimitLine:
    limit = LIMITS[kind]
    starting = [step.label for step in STEPS if kind in {start.kind for start in step.starts}]
    starting = ([REGISTERED] if kind in {start.kind for start in REGISTRATION} else []) + starting
    return LimitLine(
        label=limit.label,
        length=_length(limit, amount),
        owner=OWNER_LABELS[limit.owner],
        started_by=BETWEEN_STEPS.join(dict.fromkeys(starting)),
        met_by=BETWEEN_STEPS.join(
            dict.fromkeys(step.label for step in STEPS if kind in {stop.kind for stop in step.stops})
        ),
        extendable=f"至多 {limit.extendable_days} 日" if limit.extendable_days else "不可延长",
        rolls="顺延" if limit.rolls else "不顺延",
        nature="应当办的" if limit.duty else "可以用的，过期作罢",
        basis=basis,
    )
