"""随机抽查: matters of an office that were struck off in a period, drawn by a recorded seed to be looked at again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, select

from tracker import audit
from tracker.cases.access.rules import offices
from tracker.cases.access.scope import NUMBERS_CLOSED, visible_to
from tracker.cases.acts.close_out import plan_look_back
from tracker.cases.lifecycle.rules.step_sets import LOOKED_BACK_AT
from tracker.cases.record.models import Case, CaseSample
from tracker.cases.record.rules.codes import LedgerStatus
from tracker.core.clock import local_date
from tracker.core.database import db
from tracker.core.drawing import LONGEST_SEED, drawn
from tracker.core.errors import FieldErrors, Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.people.rules import Reader, Role, area

# So many are drawn at once: each is a matter that somebody goes and looks at.
MOST_DRAWN = 50


@dataclass(frozen=True)
class Draw:
    """What is drawn: matters struck off on the days of a period, how many, by which seed, to be seen until a day."""

    closed_from: date
    closed_to: date
    size: int
    seed: str
    due_on: date


def draws_for(reader: Reader) -> frozenset[int]:
    """Return the offices from whose matters somebody may draw: as its head, or as supervisor (督查员)."""
    return offices(reader, Role.DEPARTMENT_HEAD) | area(reader, Role.SUPERVISOR)


def draw_cases(office: Department, draw: Draw, *, by: User, now: datetime, said: str) -> CaseSample:
    """Draw matters to look back at (随机抽查); the seed and the pool are recorded, each drawn one gets its clock.

    In the pool are the open matters that the person may see and for which none is planned yet. What is closed
    (检举控告、提高了密级的、有被反映人的) is looked back at by its own clocks: a list of numbers would tell of it.
    Raises Forbidden, FieldErrors, and what planning one raises.
    """
    reader, today = reader_for(by, local_date(now)), local_date(now)
    if office.id not in draws_for(reader):
        raise Forbidden("随机抽查应由信访部门负责人、督查员办理。")
    found = db.session.scalars(select(Case).where(_in_pool(office, draw), visible_to(reader)).order_by(Case.id))
    pool = {case.register_no: case for case in found}
    _check(draw, len(pool), today)
    sample = CaseSample(
        office_id=office.id,
        closed_from=draw.closed_from,
        closed_to=draw.closed_to,
        seed=draw.seed.strip(),
        size=draw.size,
        pool="\n".join(sorted(pool)),
        due_on=draw.due_on,
        drawn_on=today,
        drawn_at=now,
        drawn_by_id=by.id,
    )
    db.session.add(sample)
    db.session.flush()
    for case in sorted((pool[number] for number in drawn(pool, sample.seed, draw.size)), key=lambda each: each.id):
        plan_look_back(case, by=by, now=now, due_on=draw.due_on, reason=said, drawn=sample.seed)
    audit.record(audit.Event.SAMPLE_DRAWN, by=by, now=now, payload={"case_sample": sample.id, "size": draw.size})
    return sample


def _in_pool(office: Department, draw: Draw) -> ColumnElement[bool]:
    planned = exists().where(
        Deadline.case_id == Case.id,
        Deadline.kind == LimitKind.PLANNED_LOOK_BACK.value,
        Deadline.ended_on.is_(None),
    )
    return and_(
        Case.office_id == office.id,
        Case.ledger_status == LedgerStatus.CLOSED.value,
        Case.closed_on.between(draw.closed_from, draw.closed_to),
        Case.status.in_(sorted(LOOKED_BACK_AT)),
        Case.import_run_id.is_(None),
        ~NUMBERS_CLOSED,
        ~planned,
    )


def _check(draw: Draw, pool: int, today: date) -> None:
    """Raise FieldErrors for a period, a number, a seed or a day that cannot be."""
    errors = {}
    if draw.closed_from > draw.closed_to:
        errors["closed_to"] = "止日早于起日。"
    elif draw.closed_to > today:
        errors["closed_to"] = "止日不能晚于今天。"
    elif not pool:
        errors["size"] = "这段时间里没有可以抽查的已销号件。"
    elif not 1 <= draw.size <= min(pool, MOST_DRAWN):
        most = min(pool, MOST_DRAWN)
        errors["size"] = f"这段时间里可以抽查的已销号件有 {pool} 件，请填写 1 至 {most}。"
    if not 1 <= len(draw.seed.strip()) <= LONGEST_SEED:
        errors["seed"] = f"请填写抽签种子（1 至 {LONGEST_SEED} 个字）。"
    if draw.due_on < today:
        errors["due_on"] = "回头看的期限不能早于今天。"
    if errors:
        raise FieldErrors(errors)
