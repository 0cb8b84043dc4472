"""Common problems and suggestions to improve as the timer sees them: their rows of SUBJECTS."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from tracker.common_problems.access import known_advices, known_problems
from tracker.common_problems.models import CommonLine, CommonProblem, ImprovementAdvice
from tracker.common_problems.rules.acts import COMMON_STAGES, CommonStage
from tracker.common_problems.service.clocks import ADVICE, PROBLEM
from tracker.core.database import db
from tracker.people.rules import Reader
from tracker.reminders.subjects.answers import Standing, Subject, SubjectWords
from tracker.reminders.subjects.table import among
from tracker.reminders.subjects.things import Things, no_lines

PAGE = "common_problems.one"
Ids = Collection[int]


@dataclass(frozen=True)
class _CommonKind:
    """A common problem, or a suggestion to improve: its table, who may know, which wait, its words, why it is over."""

    kind: str
    model: Any
    told_in: Any
    ids: Callable[[Reader], Select[Any]]
    live: Callable[[], Select[Any]]
    problem: Callable[[Any], CommonProblem]
    number: Callable[[Any], str]
    title: Callable[[Any], str]
    over: Callable[[Any], str]

    @property
    def things(self) -> Things:
        """Its rows, as the timer locks them."""
        return Things(self.model, lambda row: self.problem(row).office_id, told_in=self.told_in)

    def units(self, some: Ids) -> dict[int, int]:
        return {row.id: row.department_id for row in db.session.scalars(self.things.some(some))}

    def called(self, some: Ids) -> Mapping[int, SubjectWords]:
        return {
            row.id: SubjectWords(self.number(row), self.title(row), PAGE, self.problem(row).public_id, True)
            for row in db.session.scalars(self.things.some(some))
        }

    def standing(self, row: Any) -> Standing:
        problem = self.problem(row)
        struck = problem.stage == CommonStage.STRUCK
        return Standing(
            office=problem.office,
            unit=row.department,
            owner=row.owner,
            leads=(),
            may_know=lambda reader: bool(among(known_problems(reader), [problem.id])),
            number=self.number(row),
            gone=COMMON_STAGES[CommonStage.STRUCK] if struck else "",
            over="" if struck else self.over(row),
            confidential=False,
            open_to_group=True,
            awaited=frozenset,
            hangs=frozenset,
            last=(),
            last_label="",
        )

    def subject(self) -> Subject:
        """Return its row."""
        return Subject(
            kind=self.kind,
            parts=frozenset(),
            column=None,
            lock=self.things.lock,
            free=self.things.free,
            noted=self.things.noted,
            units=self.units,
            standing=lambda id_, _clock, _seen: self.standing(db.session.get_one(self.model, id_)),
            known=self.ids,
            listed=self.ids,
            counted=lambda _reader: select(self.model.id),
            live=self.live,
            own=lambda reader, _today: select(self.model.id).where(self.model.user_id == reader.user_id),
            open_to={},
            words=self.called,
            wrote=no_lines,
            refreshed=lambda _ids: {},
            watches={},
        )


def _problem_over(row: CommonProblem) -> str:
    return "" if row.stage == CommonStage.OPEN else COMMON_STAGES[CommonStage(row.stage)]


COMMON_PROBLEM = _CommonKind(
    kind=PROBLEM,
    model=CommonProblem,
    told_in=CommonLine.problem_id,
    ids=known_problems,
    live=lambda: select(CommonProblem.id).where(CommonProblem.stage == CommonStage.OPEN.value),
    problem=lambda row: row,
    number=lambda row: row.number,
    title=lambda row: f"共性问题：{row.text}",
    over=_problem_over,
).subject()
IMPROVEMENT_ADVICE = _CommonKind(
    kind=ADVICE,
    model=ImprovementAdvice,
    told_in=CommonLine.advice_id,
    ids=known_advices,
    live=lambda: select(ImprovementAdvice.id).where(ImprovementAdvice.replied_on.is_(None)),
    problem=lambda row: row.problem,
    number=lambda row: row.number,
    title=lambda row: f"改进建议：{row.text}",
    over=lambda row: "已反馈采纳情况" if row.replied_on else "",
).subject()
