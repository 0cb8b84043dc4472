"""回头看 of matters as a reader sees them: what was found, and the samples with what each drew (随机抽查)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know, visible_to
from tracker.cases.acts.sampling import draws_for
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case, CaseSample, CaseStep, LookBack
from tracker.cases.record.rules.reviewing import FOUND_LABELS, LOOK_BACK_LABELS, LookBackResult
from tracker.core.database import db
from tracker.core.drawing import drawn
from tracker.core.errors import NotFound
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.queries import ShownClock, shown_all
from tracker.people.rules import Reader

ON_A_PAGE = 50


@dataclass(frozen=True)
class LookedAt:
    """A look back that was done, with its matter."""

    case: Case
    row: LookBack

    @property
    def which(self) -> str:
        """Which of them it was (哪一次)."""
        return LIMITS[LimitKind(self.row.deadline.kind)].label if self.row.deadline else "回头看"

    @property
    def found(self) -> str:
        """What was found, by its kinds."""
        return "、".join(label for name, label in FOUND_LABELS.items() if getattr(self.row, name))

    @property
    def words(self) -> str:
        """Its result."""
        return LOOK_BACK_LABELS[LookBackResult(self.row.result)]

    @property
    def holds(self) -> bool:
        """Whether what was done holds."""
        return self.row.result == LookBackResult.HOLDS


@dataclass(frozen=True)
class Sampled:
    """A sample as a reader may see it: its pool and what it drew, of the matters open to the reader."""

    sample: CaseSample
    pool: Sequence[str]
    drawn: Sequence[str]


@dataclass(frozen=True)
class LooksBack:
    """A page of the looks back that were done, how many there are, how many matters came back, and the samples."""

    done: Sequence[LookedAt]
    total: int
    recurred: int
    samples: Sequence[Sampled]
    may_draw: bool


def looks_back_for(reader: Reader, *, page: int) -> LooksBack:
    """Return a page of the looks back at matters that a reader may see, the latest first."""
    theirs = select(LookBack).join(Case, Case.id == LookBack.case_id).where(visible_to(reader))
    counted = theirs.with_only_columns(LookBack.result, func.count()).group_by(LookBack.result)
    counts = {result: count for result, count in db.session.execute(counted)}  # noqa: C416
    rows = db.session.execute(
        theirs.add_columns(Case)
        .options(joinedload(LookBack.deadline), joinedload(LookBack.looked_by))
        .order_by(LookBack.id.desc())
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    mine = draws_for(reader)
    samples = db.session.scalars(
        select(CaseSample).where(CaseSample.office_id.in_(sorted(mine))).order_by(CaseSample.id.desc()).limit(ON_A_PAGE)
    )
    return LooksBack(
        done=[LookedAt(case, row) for row, case in rows],
        total=sum(counts.values()),
        recurred=counts.get(LookBackResult.RECURRED.value, 0) + counts.get(LookBackResult.INCOMPLETE.value, 0),
        samples=[_sampled(each, reader) for each in samples],
        may_draw=bool(mine),
    )


def _sampled(sample: CaseSample, reader: Reader) -> Sampled:
    pool = sample.pool.splitlines()
    open_ones = select(Case.register_no).where(Case.register_no.in_(pool), ~NUMBERS_CLOSED, may_know(reader))
    known = set(db.session.scalars(open_ones))
    return Sampled(
        sample,
        [number for number in pool if number in known],
        [number for number in drawn(pool, sample.seed, sample.size) if number in known],
    )


@dataclass(frozen=True)
class DrawnCase:
    """A matter that was drawn: its clock while it waits, or what became of it."""

    case: Case
    clock: ShownClock | None
    words: str


@dataclass(frozen=True)
class CaseSamplePage:
    """A sample with what it drew, and what the recorded seed draws from the recorded pool now."""

    shown: Sampled
    rows: Sequence[DrawnCase]

    @property
    def again(self) -> Sequence[str]:
        """What the seed draws again, from what is shown."""
        return drawn(self.shown.pool, self.shown.sample.seed, len(self.shown.drawn))

    @property
    def same(self) -> bool:
        """Whether drawing it again gives the matters that were told then to be looked back at."""
        return sorted(self.again) == sorted(each.case.register_no for each in self.rows)


def case_sample_page(public_id: str, reader: Reader, *, today: date, now: datetime) -> CaseSamplePage:
    """Return the page of a sample, for who may draw from its office; raises NotFound."""
    sample = db.session.scalar(select(CaseSample).where(CaseSample.public_id == public_id))
    if sample is None or sample.office_id not in draws_for(reader):
        raise NotFound
    shown = _sampled(sample, reader)
    told = (CaseStep.action == Action.PLAN_LOOK_BACK.value, CaseStep.entered_at == sample.drawn_at)
    cases = db.session.scalars(
        select(Case)
        .join(CaseStep, CaseStep.case_id == Case.id)
        .where(*told, Case.register_no.in_(shown.pool))
        .order_by(Case.register_no)
    ).all()
    return CaseSamplePage(shown, _rows(cases, sample, today, now))


def _rows(cases: Sequence[Case], sample: CaseSample, today: date, now: datetime) -> list[DrawnCase]:
    planned = (
        Deadline.case_id.in_([each.id for each in cases]),
        Deadline.kind == LimitKind.PLANNED_LOOK_BACK.value,
        Deadline.started_on == sample.drawn_on,
    )
    clocks = db.session.scalars(
        select(Deadline).where(*planned, Deadline.ended_on.is_(None)).order_by(Deadline.id)
    ).all()
    waiting = dict(zip((each.case_id for each in clocks), shown_all(clocks, today, now=now), strict=True))
    looked = db.session.execute(select(LookBack.case_id, LookBack.result).join(LookBack.deadline).where(*planned))
    results = {case_id: LOOK_BACK_LABELS[LookBackResult(result)] for case_id, result in looked}
    return [DrawnCase(each, waiting.get(each.id), results.get(each.id, "不再需要")) for each in cases]
