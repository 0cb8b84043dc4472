"""What the ladder says to people: months in which nobody does anything, and months of ordinary work.

    .venv/bin/python -m benchmarks.neglect [--days 125] [--only neglect|endings|work] [--check] [--folder DIR]

Neglect: the demonstration county is loaded, and from then on only the timer works, one morning a day. Endings: the
same, while units are closed and emptied on the way (`benchmarks.endings`). Work: the county is loaded with the timer
running over the same number of days of its past, while its people do what they do. Printed are the messages of each
person and day (ladder and work apart; a morning digest is none), the papers, and for every clock that is overdue for a
week or more the day on which a named person was first reached: by a message about it, or by the line of a digest,
which is the list of the desk. Where the unit that owed it ended, somebody who is there has to be reached after that,
about the clock or about its matter, of which no clock goes on without anybody (待重新交办).
`--check` ends with an error where the ladder says too much or too late, or writes to nobody.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import and_, select

from benchmarks.endings import ENDINGS, Ended, Ending
from benchmarks.fill import application
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.clock import at_local, local_date
from tracker.core.database import db, end_reading
from tracker.core.dates import long_date
from tracker.deadlines.limits import DUTIES, LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.demo import supervising
from tracker.demo.load import load_demo
from tracker.jobs.notices import write_all_digests
from tracker.jobs.sending import deliver
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way
from tracker.people.models import User
from tracker.people.queries import readers_for
from tracker.reminders.models import RUNG, Escalation
from tracker.supervision.messages.digest_queries import Part, digest, orders_to_answer
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar

NOW = datetime.fromisoformat("2026-11-28T09:00+08:00")
DAYS = 125
# 每个逾期的期限，应在这么多天内让一个指名的人知道。
WITHIN = 7
# Version 0.2.0 wrote 4,487 messages in 125 days of neglect: a third of it is enough, and 7 a day in ordinary work.
MOST_MESSAGES, MOST_A_DAY = 4_487 // 3, 7
KINDS = ("work", "neglect", "endings")


@dataclass(frozen=True)
class Reached:
    """A clock that is overdue, and when a named person was first reached about it, by which way.

    Where the unit that owed it ended on the way (`lost_on`), somebody who is there since.
    """

    clock_id: int
    kind: LimitKind
    case_id: int | None
    due_on: date
    lost_on: date | None
    on: date | None
    person: str = ""
    way: str = ""

    @property
    def days(self) -> int | None:
        """How many days after its last day, that of its unit, or the last on which anybody worked; None: nobody was."""
        return None if self.on is None else max(0, (self.on - _since(self.due_on, self.lost_on)).days)


def _since(due_on: date, lost_on: date | None) -> date:
    """Return from when on somebody has to be reached about an overdue clock."""
    return max(due_on, local_date(NOW), lost_on or due_on)


@dataclass
class Watch:
    """What is seen day by day: for each clock the first line of a digest that named it after its last day."""

    lines: dict[int, tuple[date, str]] = field(default_factory=dict)
    ended: Ended = field(default_factory=Ended)

    def end(self, ending: Ending, at: datetime) -> None:
        """Let a unit end: who was reached about what it owed is no help any more."""
        for clock_id in self.ended.end(ending, at):
            self.lines.pop(clock_id, None)

    def look(self, at: datetime) -> None:
        """Read the digest of everybody, and keep the overdue clocks that were not seen before."""
        today, days = local_date(at), calendar()
        late = {key: id_ for key, id_ in _overdue(today).items() if id_ not in self.lines}
        replies = {order: id_ for order, id_ in _overdue_replies(today).items() if id_ not in self.lines}
        others = [id_ for id_ in _overdue_others(today) if id_ not in self.lines]
        if not (late or replies or others) or not days.is_working(today):
            return
        people = db.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.id)).all()
        for person, reader in zip(people, readers_for(people, today), strict=True):
            waiting = orders_to_answer(reader)
            for order_id in db.session.scalars(waiting) if waiting is not None else ():
                if order_id in replies:
                    self.lines.setdefault(replies[order_id], (today, person.name))
            for clock_id in db.session.scalars(
                select(Deadline.id).where(Deadline.id.in_(others), SUBJECTS.own_clocks(reader, today))
            ):
                self.lines.setdefault(clock_id, (today, person.name))
            told = digest(SUBJECTS, reader, today=today, days=days, now=at)
            for section in told.sections:
                if section.part is Part.LATE:
                    for line in section.lines:
                        clock_id = late.get((line.public_id, line.due.name, line.due.on))
                        if clock_id is not None:
                            self.lines.setdefault(clock_id, (today, person.name))


Key = tuple[str, str, date]


def _overdue(today: date) -> dict[Key, int]:
    """Return the overdue clocks by what a line of a digest says of them: the page, the limit, the day."""
    running = (Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES), Deadline.effective_due < today)
    rows = db.session.execute(
        select(Deadline.id, Deadline.kind, Deadline.effective_due, Case.public_id)
        .join(Case, Case.id == Deadline.case_id)
        .where(*running)
    )
    return {(page, LIMITS[LimitKind(kind)].label, due_on): id_ for id_, kind, due_on, page in rows}


def _overdue_others(today: date) -> list[int]:
    """Return the overdue clocks of things that are no matters: a digest lists what is one's own business of them."""
    running = (Deadline.ended_on.is_(None), Deadline.kind.in_(DUTIES), Deadline.effective_due < today)
    return list(db.session.scalars(select(Deadline.id).where(Deadline.case_id.is_(None), *running)))


def _overdue_replies(today: date) -> dict[int, int]:
    """Return the overdue replies to orders, by the order: a digest counts them for the people of the unit."""
    running = (Deadline.ended_on.is_(None), Deadline.subject == "order", Deadline.effective_due < today)
    return {row[0]: row[1] for row in db.session.execute(select(Deadline.subject_id, Deadline.id).where(*running))}


def neglect(days: int, endings: Sequence[Ending] = ()) -> Watch:
    """Let days pass on which nobody but the timer does anything, and units end."""
    watch = Watch()
    for back in range(1, days + 1):
        at = at_local(local_date(NOW) + timedelta(days=back), 8, 40)
        with clock.frozen(at):
            for ending in endings:
                if ending.day == back:
                    watch.end(ending, at)
            report = tick(at)
            if report.refused:
                raise RuntimeError(report.sentence)
            write_all_digests(at)
            deliver(at, ways={})
            watch.look(at)
            end_reading()
    return watch


def reached(watch: Watch, until: date) -> list[Reached]:
    """Return every clock that was overdue for a week, with when somebody was first told of it."""
    lost = watch.ended.clocks
    told = _first_messages(lost)
    late = and_(Deadline.kind.in_(DUTIES), Deadline.effective_due <= until - timedelta(days=WITHIN))
    rows = db.session.scalars(select(Deadline).where(late).order_by(Deadline.effective_due, Deadline.id))
    found = []
    for row in rows:
        since = _since(row.effective_due, lost.get(row.id)) + timedelta(days=WITHIN)
        if since > until or (row.ended_on is not None and row.ended_on <= since):
            continue
        ways = [(*told[row.id], "消息")] if row.id in told else []
        ways += [(*watch.lines[row.id], "汇总、工作台")] if row.id in watch.lines else []
        on, person, way = min(ways, default=(None, "", ""))
        limit, lost_on = LimitKind(row.kind), lost.get(row.id)
        found.append(Reached(row.id, limit, row.case_id, row.effective_due, lost_on, on, person, way))
    return found


def _first_messages(lost: Mapping[int, date]) -> dict[int, tuple[date, str]]:
    """Return for each clock the first message about it, or that names it, on or after its last day and its unit's."""
    clocks = {row.id: row for row in db.session.scalars(select(Deadline))}
    of_case: dict[int | None, list[Deadline]] = defaultdict(list)
    for row in clocks.values():
        of_case[row.case_id].append(row)
    rows = db.session.execute(
        select(Notice.deadline_id, Notice.case_id, Notice.why, Delivery.delivered_at, User.name)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .join(User, User.id == Delivery.user_id)
        .where(Delivery.channel == Way.INBOX, Delivery.delivered_at.is_not(None))
        .order_by(Delivery.delivered_at)
    )
    found: dict[int, tuple[date, str]] = {}
    for clock_id, case_id, why, at, name in rows:
        own = clocks[clock_id] if clock_id else None
        for row in of_case[case_id] if case_id else filter(None, [own]):
            named = f"{LIMITS[LimitKind(row.kind)].label}，{long_date(row.effective_due)}到期" in why
            of_what_was_lost = row.id in lost and local_date(at) >= lost[row.id]
            told = row is own or named or of_what_was_lost
            if told and local_date(at) >= max(row.effective_due, lost.get(row.id, row.effective_due)):
                found.setdefault(row.id, (local_date(at), name))
    return found


def show_messages(since: date, until: date) -> tuple[int, int]:
    """Print the messages of each person; return how many there were, and the most of the ladder on one day."""
    rows = db.session.execute(
        select(User.name, Notice.source, Notice.case_id, Delivery.delivered_at)
        .join(Delivery.notice)
        .join(Delivery.user)
        .where(Delivery.channel == Way.INBOX, Delivery.delivered_at.is_not(None))
    )
    by_day: dict[bool, dict[str, Counter[date]]] = {True: defaultdict(Counter), False: defaultdict(Counter)}
    by_case: Counter[int] = Counter()
    for name, source, case_id, at in rows:
        day = local_date(at)
        if since <= day <= until:
            by_day[source == RUNG][name][day] += 1
            by_case[case_id] += 1
    totals = {ladder: sum(sum(days.values()) for days in by_day[ladder].values()) for ladder in (True, False)}
    most = max((max(days.values()) for days in by_day[True].values()), default=0)
    people = by_day[True].keys() | by_day[False].keys()
    print(f"  messages {sum(totals.values())} to {len(people)} persons: ladder {totals[True]}, others {totals[False]}")
    if by_case:
        print(f"  of a case: median {median(by_case.values()):.0f}, most {max(by_case.values())}")
    print("  person        ladder: total  busiest  median     others: total  busiest  median")
    for name in sorted(people, key=lambda name: -sum(by_day[True][name].values())):
        figures = (_figures(by_day[ladder][name]) for ladder in (True, False))
        padded = name + "　" * (4 - len(name))
        print(f"  {padded}      {'              '.join(figures)}")
    return sum(totals.values()), most


def _figures(days: Counter[date]) -> str:
    """The total, the busiest day, and the median of the days with any."""
    counts = list(days.values()) or [0]
    return f"{sum(counts):>7}{max(counts):>9}{median(counts):>8.0f}"


def show_rungs(since: date, until: date) -> None:
    """Print which rungs the messages of the ladder were of."""
    rows = db.session.execute(
        select(Escalation.rung, Delivery.delivered_at)
        .join(Notice, Notice.source_id == Escalation.id)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(Notice.source == RUNG, Delivery.channel == Way.INBOX, Delivery.delivered_at.is_not(None))
    )
    counted = Counter(rung for rung, at in rows if since <= local_date(at) <= until)
    print(f"  by rung: {', '.join(f'{rung} {count}' for rung, count in counted.most_common())}")


def show_papers(since: date, until: date) -> None:
    """Print the papers that the ladder and people issued."""
    kinds = Counter(
        row.kind for row in db.session.scalars(select(SupervisionOrder)) if since <= local_date(row.issued_at) <= until
    )
    print(f"  papers {kinds.total()}: {', '.join(f'{kind} {count}' for kind, count in kinds.items())}")


def show_reached(found: list[Reached]) -> int:
    """Print the overdue clocks, those that nobody heard of first; return how many of those there are."""
    missed = [each for each in found if each.days is None or each.days > WITHIN]
    print(f"  overdue for a week or more {len(found)}, of which nobody was reached within {WITHIN} days: {len(missed)}")
    for each in sorted(found, key=lambda each: (each.days is not None, -(each.days or 0))):
        after = "never" if each.days is None else f"{each.days} days"
        since = f"due {each.due_on}" + (f", unit gone {each.lost_on}" if each.lost_on else "")
        print(f"    case {each.case_id}  {each.kind:<20} {since}  {after:>8}  {each.person}  {each.way}")
    return len(missed)


def run(what: str, days: int, folder: Path) -> list[str]:
    """Load a county, let the days pass, and print; return in words what is too much or too late."""
    with application(f"sqlite:///{folder}/{what}.db", folder).app_context():
        today = local_date(NOW)
        if what == "work":
            supervising.DAYS = days
        with clock.frozen(NOW):
            load_demo(now=NOW)
        if what == "work":
            print(f"\n{days} days of work")
            since, until = today - timedelta(days=days), today
            most = show_messages(since, until)[1]
            show_rungs(since, until)
            show_papers(since, until)
            return [f"{most} messages of the ladder on one day of work"] if most > MOST_A_DAY else []
        watch = neglect(days, ENDINGS if what == "endings" else ())
        print(f"\n{days} days of {what}")
        since, until = today + timedelta(days=1), today + timedelta(days=days)
        total = show_messages(since, until)[0]
        show_rungs(since, until)
        show_papers(since, until)
        faults = list(watch.ended.faults())
        if what == "endings":
            print(f"  given, sent or told to whom is gone: {len(faults)}")
        if missed := show_reached(reached(watch, until)):
            faults.append(f"{missed} overdue clocks reached nobody")
        too_many = what == "neglect" and total > MOST_MESSAGES
        return [*faults, f"{total} messages under neglect"] if too_many else faults


def main() -> None:
    """Run all, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--check", action="store_true")
    given, faults = parser.parse_args(), list[str]()
    for what in [given.only] if given.only else KINDS:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            faults += run(what, given.days, Path(folder))
    if given.check and faults:
        sys.exit("; ".join(faults))


if __name__ == "__main__":
    main()
