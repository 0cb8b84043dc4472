"""运行记录 and 如果今天是…: what the timer did, what it would do, and what waits for a person's word."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.access.bulk_reading import alarms_since, in_words
from tracker.core import clock
from tracker.core.dates import Meaning, long_date, parse_date, weekday
from tracker.core.errors import DomainError, NotFound
from tracker.core.pacing import Pace
from tracker.deadlines.queries import date_text
from tracker.jobs import subjects
from tracker.people.queries import names_by_id
from tracker.people.rules import Permission, Reader
from tracker.reminders.gate.queries import believed
from tracker.reminders.gate.rules import span
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules import words as rung_words
from tracker.reminders.ladder.rules.rungs import LADDER, LEVELS
from tracker.reminders.models import CONFIRMED, FAILED, REFUSED, RUNNING, TickRun
from tracker.reminders.outlook.simulation import Simulation, page_of, simulated
from tracker.reminders.runs import holding, ledger, queries, unreleased
from tracker.web.frame.access import actor, may, reader, requires, signed_in
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import PAGE_SIZE, Paging
from tracker.web.supervision import unsent
from tracker.web.supervision.figures import counted_words
from tracker.working_days.queries import calendar

pages = Blueprint("timer", __name__, url_prefix="/timer")
FURTHEST_DAYS = 366
# So long 运行记录 keeps showing that somebody read unusually much; the log keeps it for ever.
ALARMS_SHOWN = timedelta(days=30)
# So many notices or rungs fit into a turn on any machine.
AT_FIRST = 50
BROKEN_OFF = "中断"
STATES = {REFUSED: ("拒绝运行", "red"), CONFIRMED: ("确认时钟", ""), FAILED: ("出错", "red")}


@pages.get("")
@signed_in
def page() -> ResponseReturnValue:
    """Show the runs of the timer (运行记录), a day on each page, the latest first."""
    number, now, person = page_number(), clock.now(), reader()
    first = ledger.first_day()
    total = max(1, (clock.today() - first).days + 1) if first else 0
    day = clock.today() - timedelta(days=min(number, max(total, 1)) - 1)
    rows = ledger.runs_of(subjects.SUBJECTS, day, person)
    latest = queries.latest()
    labels = _labels(each.found.raised for each in rows)
    names = names_by_id({each.row.released_by_id for each in rows if each.row.released_by_id})
    return render_template(
        "supervision/timer/page.html",
        rows=[_shown(each, now, each.row is latest, labels, names) for each in rows],
        day_words=f"{long_date(day)} {weekday(day)}" if total else "",
        paging=Paging(min(number, max(total, 1)), total, size=1),
        see_rungs=may(Permission.SEE_TIMER),
        waiting=_waiting(person),
        counted=counted_words(),
        may_keep=may(Permission.KEEP_TIMER),
        may_simulate=may(Permission.READ_LADDER),
        refused=_refusal(latest, now),
        copied=believed(now).copied,
        now_words=_clock_words(now),
        sending=unsent.section(),
        alarms=_alarms(now),
        new_limits=current().notice if may(Permission.MANAGE_LADDER) else "",
        clock_doubt="",  # the page itself says it, with what to do
    )


def _alarms(now: datetime) -> list[str]:
    """Return who read unusually much of late (大量查阅告警), to whom it is told."""
    if not may(Permission.SEE_BULK_READING):
        return []
    return [in_words(each) for each in alarms_since(now - ALARMS_SHOWN)]


def _waiting(person: Reader) -> list[tuple[str, str, int | None]]:
    """Return the runs of any day of which something waits for release: page, words and how much."""
    if not may(Permission.SEE_TIMER):
        return []
    found = ledger.waiting_runs(subjects.SUBJECTS, person)
    return [
        (url_for(".held", public_id=row.public_id), f"{clock.local(row.started_at):%m月%d日 %H:%M}", number)
        for row, number in found
    ]


def _refusal(latest: TickRun | None, now: datetime) -> str:
    """Return why somebody should look at the clock: it cannot be believed now, or could not at the last run."""
    found = believed(now)
    if not found.open:
        return found.sentence
    return (latest.sentence or "") if latest and latest.state == REFUSED else ""


def _labels(counted: Iterable[Mapping[str, int]]) -> dict[str, str]:
    """Return the names of rungs in the order of the table; one that no table has any more keeps its code."""
    known = {rung.code: rung_words.label(rung) for rung in (*LADDER, *current().rungs)}
    return {**known, **{code: code for each in counted for code in each if code not in known}}


def _shown(
    one: ledger.ShownRun, now: datetime, is_latest: bool, labels: dict[str, str], names: dict[int, str]
) -> dict[str, Any]:
    row, found = one.row, one.found
    broke_off = queries.broke_off(row, now, is_latest=is_latest)
    word, tone = (BROKEN_OFF, "red") if broke_off else STATES.get(row.state, ("", ""))
    released = clock.local(row.released_at) if row.released_at else None
    return {
        "row": row,
        "ticks": one.ticks,
        "started": f"{clock.local(one.started_at):%H:%M}",
        "ended": f"{clock.local(row.ended_at):%H:%M}" if row.ended_at else ("—" if broke_off else "正在运行"),
        "state": word,
        "tone": tone,
        "gap": span(timedelta(seconds=row.gap_seconds)) if queries.has_gap(row) else "",
        "raised": [(label, found.raised[code]) for code, label in labels.items() if code in found.raised],
        "raised_total": found.raised.total(),
        "skipped": sorted(found.skipped.items()),
        "skipped_total": found.skipped.total(),
        "late": found.late,
        "held": one.held,
        "waits": (row.held or one.held is not None) and (row.state != RUNNING or broke_off),
        "released": f"{released:%m-%d %H:%M} {names.get(row.released_by_id or 0, '')}放行" if released else "",
        "wrong_hints": _wrong_hints(row),
        "lapsed": row.lapsed if may(Permission.READ_LOG) else 0,
    }


def _wrong_hints(row: TickRun) -> str:
    """Return that a run found hints wrong; how many is for those who read the log: it counts everything."""
    if not (row.wrong_hints and may(Permission.SEE_TIMER)):
        return ""
    before = queries.checked_before(row)
    since = f"{clock.local(before):%m月%d日 %H:%M} 核对以来" if before else "第一次核对"
    number = f" {row.wrong_hints} 个" if may(Permission.READ_LOG) else ""
    return f"{since}，有{number}期限的检查日不对，已改正；误过的已补发。"


def _clock_words(now: datetime) -> str:
    here = clock.local(now)
    return f"{long_date(here.date())} {weekday(here.date())} {here:%H:%M}"


@pages.get("/<pid:public_id>/held")
@requires(Permission.SEE_TIMER)
def held(public_id: str) -> ResponseReturnValue:
    """Show what would go out, before it is released (等待放行): who does no case work sees numbers only."""
    row, person, number = _run(public_id), reader(), page_number()
    waiting = ledger.held_notices(subjects.SUBJECTS, person).get(row.id)
    counts = unreleased.by_rung_and_unit(subjects.SUBJECTS, row.id, person)
    labels = _labels({each.rung: each.number} for each in counts)
    rows, total = unreleased.things(subjects.SUBJECTS, row.id, person, number, PAGE_SIZE)
    return render_template(
        "supervision/timer/held.html",
        public_id=public_id,
        started=f"{clock.local(row.started_at):%Y-%m-%d %H:%M}",
        sentence=row.sentence or "",
        waits=row.held or waiting is not None,
        waiting=waiting,
        counts=sorted(counts, key=lambda each: (each.unit, list(labels).index(each.rung))),
        rows=rows,
        paging=Paging(number, total),
        labels=labels,
        in_part=may(Permission.READ_CASES),
        counted=counted_words(),
        may_keep=may(Permission.KEEP_TIMER),
        date_text=lambda day: date_text(day, clock.today()),
    )


def _run(public_id: str) -> TickRun:
    row = queries.run(public_id)
    if row is None:
        raise NotFound
    return row


@pages.post("/<pid:public_id>/release")
@requires(Permission.KEEP_TIMER)
def release(public_id: str) -> ResponseReturnValue:
    """Let the notices of a run go out (放行)."""
    try:
        holding.release(_run(public_id), by=actor(), now=clock.now(), pace=Pace(AT_FIRST))
    except NotFound:
        raise
    except DomainError as error:
        flash(error.message, "danger")
    else:
        flash("已放行，通知在工作时间内陆续送出。", "success")
    return redirect(url_for(".page"), 303)


@pages.post("/confirm-clock")
@requires(Permission.KEEP_TIMER)
def confirm_clock() -> ResponseReturnValue:
    """Say that the clock is right (确认时钟)."""
    try:
        withdrawn = holding.confirm_clock(subjects.SUBJECTS, by=actor(), now=clock.now(), pace=Pace(AT_FIRST))
    except DomainError as error:
        flash(error.message, "danger")
    else:
        undone = f"，时钟走快时误发的 {withdrawn} 项已撤销，到日子重新提醒" if withdrawn else ""
        flash(f"已确认时钟{undone}。提醒下一分钟恢复运行。", "success")
    return redirect(url_for(".page"), 303)


@pages.get("/simulation")
@requires(Permission.READ_LADDER)
def simulation() -> ResponseReturnValue:
    """Show what would go out on a day (如果今天是…); writes nothing. Who does no case work sees numbers only."""
    today, typed = clock.today(), request.args.get("on", "")
    error, on = "", today
    try:
        on = _asked(typed, today) if typed.strip() else today
    except DomainError as refused:
        error = refused.message
    sees_cases = may(Permission.READ_CASES)
    person, known = reader(), subjects.SUBJECTS
    found = Simulation(on, ()) if error else simulated(known, current(), calendar(), on, today=today, reader=person)
    number = page_number()
    return render_template(
        "supervision/timer/simulation.html",
        form=SimpleNamespace(values={"on": typed or on.isoformat()}, errors={"on": error} if error else {}),
        on_words=f"{long_date(on)} {weekday(on)}",
        is_working=calendar().is_working(on),
        found=found,
        rows=page_of(known, found, person, number, PAGE_SIZE) if sees_cases else [],
        paging=Paging(number, len(found.coming)),
        sees_cases=sees_cases,
        counted=counted_words(),
        words=rung_words,
        levels=LEVELS,
        date_text=lambda day: date_text(day, on),
    ), 422 if error else 200


def _asked(typed: str, today: date) -> date:
    on = parse_date(typed, today, Meaning.LIMIT)
    if not 0 <= (on - today).days <= FURTHEST_DAYS:
        raise DomainError("请填写今天到一年以内的日期；以前发过什么，看运行记录。")
    return on
