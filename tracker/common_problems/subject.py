"""Common problems and suggestions to improve as the timer sees them: their rows of SUBJECTS."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from tracker.common_problems.access import known_advices, known_problems, problem_visible_to
from tracker.common_problems.models import CommonLine, CommonProblem, ImprovementAdvice
from tracker.common_problems.rules.acts import COMMON_STAGES, CommonStage
from tracker.common_problems.service.clocks import ADVICE, PROBLEM
from tracker.core.clock import local_date
from tracker.core.database import Model, db
from tracker.people.rules import Reader
from tracker.reminders.subjects.answers import Free, Issued, Standing, Subject, SubjectWords

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

    def rows(self, some: Ids) -> Select[Any]:
        return select(self.model).where(self.model.id.in_(some)).order_by(self.model.id)

    def lock(self, some: Ids) -> None:
        db.session.execute(self.rows(some).with_for_update(of=self.model, key_share=True)).all()

    def free(self, some: Ids) -> dict[int, Free]:
        locked = self.rows(some).with_for_update(of=self.model, skip_locked=True, key_share=True)
        rows = db.session.scalars(locked).all()
        return {row.id: Free(self.problem(row).office_id, 1, False, frozenset(), None) for row in rows}

    def noted(self, some: Ids) -> dict[int, list[date]]:
        asked = select(self.told_in, CommonLine.entered_at).where(self.told_in.in_(some))
        found: dict[int, list[date]] = {}
        for id_, at in db.session.execute(asked.order_by(CommonLine.entered_at)):
            found.setdefault(id_, []).append(local_date(at))
        return found

    def units(self, some: Ids) -> dict[int, int]:
        return {row.id: row.department_id for row in db.session.scalars(self.rows(some))}

    def called(self, some: Ids) -> Mapping[int, SubjectWords]:
        return {
            row.id: SubjectWords(self.number(row), self.title(row), PAGE, self.problem(row).public_id, True)
            for row in db.session.scalars(self.rows(some))
        }

    def standing(self, row: Any) -> Standing:
        problem = self.problem(row)
        struck = problem.stage == CommonStage.STRUCK
        return Standing(
            office=problem.office,
            unit=row.department,
            owner=row.owner,
            leads=(),
            may_know=lambda reader: _may_know(reader, problem),
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
            lock=self.lock,
            free=self.free,
            noted=self.noted,
            units=self.units,
            standing=lambda id_, _clock, _seen: self.standing(db.session.get_one(self.model, id_)),
            known=self.ids,
            listed=self.ids,
            counted=lambda _reader: select(self.model.id),
            live=self.live,
            own=lambda reader, _today: select(self.model.id).where(self.model.user_id == reader.user_id),
            open_to={},
            words=self.called,
            wrote=_wrote,
            refreshed=lambda _ids: {},
            watches={},
        )


def _may_know(reader: Reader, row: CommonProblem) -> bool:
    seen = select(CommonProblem.id).where(CommonProblem.id == row.id, problem_visible_to(reader))
    return db.session.scalar(seen) is not None


def _wrote(issued: Sequence[Issued], _at: datetime) -> list[list[Model]]:
    """Leave nothing with the common problem: the ladder issues no paper about one."""
    return [[] for _ in issued]


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
