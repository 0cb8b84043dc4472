"""`working_on`: the only code that moves a common problem; the lines of its trail."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker import audit
from tracker.common_problems.access import common_parts
from tracker.common_problems.models import CommonLine, CommonProblem, ImprovementAdvice
from tracker.common_problems.rules.acts import (
    COMMON_ACT_LABELS,
    COMMON_PARTS,
    COMMON_STAGES,
    CommonAct,
    CommonPart,
    CommonStage,
    common_rows,
)
from tracker.common_problems.service.clocks import tell
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.people.models import User
from tracker.people.queries import reader_for

LONGEST_SAID = 1000
STALE = "您打开页面以后，别人已经办理过。请看清变化后再办。"


@dataclass
class CommonTaking:
    """An act on a common problem that is being taken; `told` becomes the facts of its line."""

    problem: CommonProblem
    said: str
    today: date
    happened_on: date
    told: list[str] = field(default_factory=list)
    advice: ImprovementAdvice | None = None


@contextmanager
def working_on(
    row: CommonProblem,
    act: CommonAct,
    *,
    by: User,
    now: datetime,
    said: str,
    happened_on: date | None = None,
    version: int | None = None,
) -> Iterator[CommonTaking]:
    """Take one act of the table on a common problem, in the caller's transaction.

    Raises StaleVersion, Forbidden or DomainError and changes nothing.
    """
    locked(row)
    if version is not None and version != row.version:
        raise StaleVersion(STALE)
    today, before = local_date(now), CommonStage(row.stage)
    rows = list(common_rows(act, before))
    if not rows:
        raise DomainError(f"这个共性问题现在是“{COMMON_STAGES[before]}”，不能{COMMON_ACT_LABELS[act]}。")
    own = [each for each in rows if each.by & common_parts(reader_for(by, today), row)]
    if not own:
        who = "、".join(words for part, words in COMMON_PARTS.items() if any(part in each.by for each in rows))
        raise Forbidden(f"“{COMMON_ACT_LABELS[act]}”应由{who}办理。")
    on = happened_on or today
    if not row.founded_on <= on <= today:
        raise DomainError(f"日期应在{long_date(row.founded_on)}和今天之间。", field="happened_on")
    step = CommonTaking(row, worded(said, "情况或理由", LONGEST_SAID, "said"), today, on)
    yield step
    row.stage = (own[0].to or before).value
    row.version += 1
    line = write_common_line(row, act, by, now, on, (before, row.stage), step.said, step.told, step.advice)
    if own[0].next_part is not None:
        owner = own[0].next_part is CommonPart.OWNER
        tell(row, line, owner=owner, heading=own[0].label, asked=own[0].asked, now=now)
    if step.advice is not None:
        tell(step.advice, line, owner=True, heading=COMMON_ACT_LABELS[act], asked="请书面反馈采纳情况。", now=now)
    common_recorded(row, act, by, now)


def write_common_line(
    row: CommonProblem,
    act: CommonAct,
    by: User,
    now: datetime,
    on: date,
    stages: tuple[str | None, str],
    said: str,
    told: Collection[str],
    advice: ImprovementAdvice | None = None,
) -> CommonLine:
    """Write one line of the trail of a common problem."""
    line = CommonLine(
        problem_id=row.id,
        advice_id=advice.id if advice else None,
        act=act.value,
        from_stage=stages[0],
        to_stage=stages[1],
        by_id=by.id,
        acting_as=by.acting_as(local_date(now))[:200],
        happened_on=on,
        entered_at=now,
        said=said or None,
        told="；".join(told) or None,
    )
    db.session.add(line)
    db.session.flush()
    return line


def common_recorded(row: CommonProblem, act: CommonAct, by: User, now: datetime) -> None:
    """Write an act on a common problem into the log."""
    db.session.flush()
    audit.record(audit.Event.COMMON_STEPPED, by=by, now=now, payload={"common": row.id, "act": act.value})
