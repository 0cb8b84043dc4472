"""改进建议: what the office suggests to a unit, and what that writes back (采纳情况)."""

from datetime import date, datetime

from tracker.cases.record.numbering import next_paper_no
from tracker.common_problems.access import common_parts
from tracker.common_problems.models import CommonProblem, ImprovementAdvice
from tracker.common_problems.rules.acts import ADOPTION_LABELS, COMMON_ACT_LABELS, Adoption, CommonAct, CommonPart
from tracker.common_problems.service.clocks import begin_advice, end, tell
from tracker.common_problems.service.taking import LONGEST_SAID, STALE, common_recorded, working_on, write_common_line
from tracker.core.clock import local_date
from tracker.core.database import db, locked
from tracker.core.dates import long_date
from tracker.core.errors import DomainError, Forbidden, StaleVersion
from tracker.core.text import worded
from tracker.people.models import User
from tracker.people.queries import answerable, reader_for

# The character of the numbers: 改〔2026〕1号.
ADVICE_SERIES = "改"
LONGEST_ADVICE = 2000
A = CommonAct


def advise(
    row: CommonProblem,
    *,
    text: str,
    department_id: int,
    user_id: int,
    sent_on: date,
    by: User,
    now: datetime,
    version: int | None = None,
) -> ImprovementAdvice:
    """Suggest to a unit how to improve (改进建议); it writes back whether it adopts it, within the office's days.

    Raises what `working_on` raises.
    """
    said = worded(text, "改进建议", LONGEST_ADVICE, "text")
    brief = said if len(said) <= LONGEST_SAID else f"{said[: LONGEST_SAID - 1]}…"
    with working_on(row, A.ADVISE, by=by, now=now, said=brief, happened_on=sent_on, version=version) as step:
        owner, unit = answerable(user_id, department_id, step.today)
        made = ImprovementAdvice(
            number=next_paper_no(now, row.office_id, ADVICE_SERIES, closed=False),
            problem=row,
            department_id=unit.id,
            department=unit,
            user_id=owner.id,
            owner=owner,
            text=said,
            sent_on=sent_on,
            version=1,
        )
        db.session.add(made)
        db.session.flush()
        clock = begin_advice(made)
        step.advice = made
        step.told.append(f"{made.number}，{unit.short_name}，{long_date(clock.effective_due)}前反馈采纳情况")
    return made


def feed_back(
    row: ImprovementAdvice,
    *,
    adoption: Adoption,
    reply: str,
    replied_on: date,
    by: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Write back whether a suggestion is adopted (反馈采纳情况). Raises Forbidden, DomainError, StaleVersion."""
    locked(row)
    today = local_date(now)
    if version is not None and version != row.version:
        raise StaleVersion(STALE)
    if not common_parts(reader_for(by, today), row) & {CommonPart.OWNER, CommonPart.UNIT_HEAD}:
        raise Forbidden("采纳情况应由收到改进建议的单位反馈。")
    if row.replied_on is not None:
        raise DomainError("已经反馈过采纳情况。")
    if not row.sent_on <= replied_on <= today:
        raise DomainError(f"日期应在{long_date(row.sent_on)}和今天之间。", field="replied_on")
    row.reply, row.adoption, row.replied_on = worded(reply, "反馈", LONGEST_ADVICE, "reply"), adoption.value, replied_on
    row.version += 1
    end(row, on=replied_on, met=True, act=A.FEED_BACK)
    problem = row.problem
    told = [row.number, row.department.short_name, ADOPTION_LABELS[adoption]]
    brief = row.reply if len(row.reply) <= LONGEST_SAID else f"{row.reply[: LONGEST_SAID - 1]}…"
    line = write_common_line(
        problem, A.FEED_BACK, by, now, replied_on, (problem.stage, problem.stage), brief, told, row
    )
    tell(row, line, owner=False, heading=COMMON_ACT_LABELS[A.FEED_BACK], asked="请看采纳情况。", now=now)
    common_recorded(problem, A.FEED_BACK, by, now)
