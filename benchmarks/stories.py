"""The life of one made-up case: the steps of the lifecycle table, taken in memory, with their rows and log lines."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from benchmarks.county import County, Unit, person_name
from benchmarks.letters import letter
from benchmarks.rows import LogLine, Numbers, Row, made
from tracker.audit import Event
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import clock_applies, find
from tracker.cases.lifecycle.rules.step_rows import StepRule, Words
from tracker.cases.record.models import (
    AccusedParty,
    Assignment,
    CallBack,
    Case,
    CaseStep,
    ChecklistTick,
    CloseOutDecision,
    DemandPoint,
    Document,
    LookBack,
    NamedReader,
)
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.core import clock
from tracker.core.database import Model
from tracker.core.encryption import blind_index
from tracker.deadlines.limits import LIMITS, LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.petitioners.models import Petitioner
from tracker.petitioners.queries import person_keys
from tracker.working_days.queries import shipped_calendar
from tracker.working_days.rules import DueDate, due
from tracker.working_days.rules import Unit as TermUnit

REASONS = ("经核实，情况属实，已按规定办理。", "材料齐全，答复清楚，同意。", "已电话回访，信访人表示满意。")
# What happens, and after how many days it usually does: (least, most).
LIFE: tuple[tuple[Action, int, int], ...] = (
    (Action.TRIAGE, 0, 4),
    (Action.ASSIGN, 0, 9),
    (Action.SIGN_FOR, 0, 3),
    (Action.ACCEPT, 1, 12),
    (Action.ISSUE_OPINION, 5, 62),
    (Action.DELIVER, 0, 5),
    (Action.CONFIRM_FILE, 0, 1),
    (Action.APPLY_CLOSE_OUT, 0, 6),
    (Action.CONFIRM_CLOSE_OUT, 0, 3),
    (Action.CALL_BACK, 0, 3),
    (Action.CHECK_CLOSE_OUT, 0, 2),
    (Action.SIGN_CLOSE_OUT, 0, 4),
    (Action.LOOK_BACK_HOLDS, 20, 32),
)


@cache
def _term(kind: LimitKind, start: date) -> DueDate:
    limit = LIMITS[kind]
    return due(start, limit.amount, TermUnit(limit.unit), shipped_calendar(), rolls=limit.rolls)


# An accusation goes to discipline inspection; only who is on its list knows of it.
ACCUSATION = (LIFE[0], (Action.TRANSFER, 0, 3), *LIFE[6:])


class Story:
    """One case from its registration as far as it got by `today`; `rows` are to be written, `tell` gives its log."""

    def __init__(
        self, county: County, random: Random, numbers: Numbers, *, received_on: date, today: date, last: int
    ) -> None:
        self.county, self.random, self.numbers, self.today, self.last = county, random, numbers, today, last
        self.received_on = received_on
        self.rows: list[Row] = []
        self.clocks: list[Row] = []
        self.unit: Unit = random.choice(county.units)
        self.handler = random.choice(self.unit.handlers)
        self.lead = random.choice(county.leaders)
        self.clerk = random.choice(county.acceptors)
        self.day = received_on
        self.village = random.choice(county.villages)
        self.accusation = random.random() < 0.02
        self.assignment: Row | None = None

    def row(self, model: type[Model], **values: Any) -> Row:
        """Make a row of the story."""
        made_row = made(model, id=self.numbers.key(model), **values)
        self.rows.append(made_row)
        return made_row

    def tell(self) -> Iterator[LogLine]:
        """Live the case; each line is given when its rows are as it left them."""
        yield self._register()
        for action, least, most in (ACCUSATION if self.accusation else LIFE)[: self.last]:
            day = self.day + timedelta(days=self.random.randint(least, most))
            if day > self.today:
                return
            self.day = day
            yield self._step(action)

    def _register(self) -> LogLine:
        random, title_text_points = self.random, letter(self.random, self.village.short_name)
        title, text, points = title_text_points
        self.case = self.row(
            Case,
            office_id=self.county.office.id,
            registered_at=self._at(9),
            registered_by_id=self.clerk.id,
            received_on=self.received_on,
            channel=random.choice(("letter", "visit", "call", "online", "online")),
            hotline_no=f"YC{random.randint(10**9, 10**10)}" if random.random() < 0.3 else None,
            title=title,
            summary=text,
            purpose="accusation"
            if self.accusation
            else random.choice(("appeal", "settlement", "settlement", "suggestion")),
            category_id=random.choice(self.county.category_ids),
            people_count=random.choice((1, 1, 1, 2, 6)),
            village_id=None if self.last < 3 and random.random() < 0.1 else self.village.id,
            place_note=None,
            election_type=random.choice((None, None, None, "committee", "party_branch")),
            level=(level := "accusation" if self.accusation else random.choice(("ordinary",) * 19 + ("sensitive",))),
            register_no=self.numbers.register_no(self.county.office.id, self.received_on.year, level),
            original_id=random.randrange(1, self.numbers_so_far) if self._is_repeat() else None,
        )
        self._people(points)
        self._start(LimitKind.OFFICE_REFERRAL, self.received_on)
        self._trail(Action.REGISTER, "", "", self.clerk)
        self._next_due()
        payload = {
            "register_no": self.case.register_no,
            "channel": self.case.channel,
            "original": self.case.original_id,
        }
        return LogLine(Event.CASE_REGISTERED, self.clerk, self._at(9), self.case.id, payload, list(self.rows), None)

    @property
    def numbers_so_far(self) -> int:
        """How many cases there are, this one included."""
        return sum(self.numbers.series.values())

    def _is_repeat(self) -> bool:
        return self.numbers_so_far > 100 and self.random.random() < 0.1

    def _people(self, points: list[str]) -> None:
        random, case = self.random, self.case
        for position, text in enumerate(points, start=1):
            self.row(DemandPoint, case_id=case.id, position=position, text=text[:500])
        for position in range(random.choice((1, 1, 1, 3))):
            name, number = person_name(random), f"140522{random.randint(10**11, 10**12 - 1)}"
            phone = f"13{random.randint(10**8, 10**9 - 1)}"
            keys = person_keys(name, number, phone)
            self.row(
                Petitioner,
                case_id=case.id,
                position=position,
                kind="main" if position == 0 else "co_signer",
                name=name,
                name_key=keys.name,
                identity_no=number,
                identity_key=keys.identity_no,
                phone=phone,
                phone_key=keys.phone,
                address=f"{self.village.short_name}{random.randint(1, 90)}号",
            )
        if self.accusation:
            name = person_name(random)
            self.row(AccusedParty, case_id=case.id, name=name, name_key=blind_index("accused_party.name", name))
            at = self._at(9)
            self.row(
                NamedReader, case_id=case.id, user_id=self.clerk.id, because="登记人", added_at=at, added_by_id=None
            )

    def _step(self, action: Action) -> LogLine:
        case = self.case
        row = find(action, Status(case.status), LedgerStatus(case.ledger_status))
        assert row is not None, (action, case.status, case.ledger_status)
        first, before = len(self.rows), (case.status, case.ledger_status)
        by, touched = self._act(action)
        case.status = row.to.value if row.to else case.status
        case.ledger_status = row.ledger_to.value if row.ledger_to else case.ledger_status
        touched += self._move_clocks(row)
        case.version += 1
        reason = self.random.choice(REASONS) if row.words is not Words.NONE else None
        step = self._trail(action, *before, by, reason)
        self._next_due()
        payload = {"action": action.value, "from": list(before), "to": [case.status, case.ledger_status]}
        payload |= {"round": 1, "version": case.version, "step": step.id}  # type: ignore[dict-item]
        changed = [case, *touched, *self.rows[first:]]
        return LogLine(Event.CASE_STEPPED, by, self._at(10), case.id, payload, changed, reason)

    def _act(self, action: Action) -> tuple[User, list[Row]]:
        act = getattr(self, f"_{action.value}", None)
        touched: list[Row] = act() if act else []
        by = {
            Action.TRIAGE: self.clerk,
            Action.ASSIGN: self.clerk,
            Action.CONFIRM_CLOSE_OUT: self.unit.head,
            Action.CALL_BACK: self.county.supervisor,
            Action.CHECK_CLOSE_OUT: self.county.supervisor,
            Action.SIGN_CLOSE_OUT: self.lead,
            Action.LOOK_BACK_HOLDS: self.county.supervisor,
        }.get(action, self.handler)
        return by, touched

    def _triage(self) -> list[Row]:
        self.case.matter_class = "accusation" if self.accusation else "claim"
        self.case.route = None if self.accusation else "petition"
        return []

    def _assign(self) -> list[Row]:
        self.assignment = self.row(
            Assignment,
            case_id=self.case.id,
            track="handling",
            mode="assignment",
            department_id=self.unit.department.id,
            handler_id=self.handler.id,
            lead_official_id=self.lead.id,
            assigned_on=self.day,
            delivered_on=self.day,
            due_on=self.day + timedelta(days=self.random.choice((45, 60, 75))),
        )
        self.case.assignment_id = self.assignment.id
        return []

    def _sign_for(self) -> list[Row]:
        given = self.assignment
        assert given
        given.signed_for_at, given.signed_for_by_id = self._at(10), self.handler.id
        return [given]

    def _accept(self) -> list[Row]:
        self.case.accepted_on = self.day
        self._document("acceptance_notice", served_on=self.day)
        return []

    def _issue_opinion(self) -> list[Row]:
        self.opinion = self._document("opinion", text="经查，反映情况部分属实。" * 12)
        points = [row for row in self.rows if row.model is DemandPoint]
        for point in points:
            point.result, point.answer, point.answered_on = "explained", "已向信访人作出解释说明。", self.day
        self.case.result = "explained"
        return list(points)

    def _deliver(self) -> list[Row]:
        self.opinion.served_on, self.opinion.service_method = self.day, "in_person"
        self.opinion.served_to = "本人"
        self.case.answered_on = self.day
        return [self.opinion]

    def _document(self, kind: str, **values: Any) -> Row:
        return self.row(
            Document,
            case_id=self.case.id,
            kind=kind,
            document_no=f"信〔{self.day.year}〕{self.case.id}号",
            issued_on=self.day,
            issued_by_id=self.handler.id,
            **values,
        )

    def _confirm_file(self) -> list[Row]:
        case_id, at = self.case.id, self._at(10)
        values = {"item": "file_complete", "ticked_at": at, "ticked_by_id": self.handler.id, "note": "齐全"}
        self.row(ChecklistTick, case_id=case_id, round=1, **values)
        return []

    def _apply_close_out(self) -> list[Row]:
        return self._decision("applied", self.handler)

    def _confirm_close_out(self) -> list[Row]:
        return self._decision("confirmed", self.unit.head)

    def _check_close_out(self) -> list[Row]:
        return self._decision("checked", self.county.supervisor)

    def _sign_close_out(self) -> list[Row]:
        self.case.closed_on, self.case.closed_by_id = self.day, self.lead.id
        if self.assignment is None:
            return self._decision("signed", self.lead)
        self.assignment.ended_on, self.assignment.ended_because = self.day, "closed"
        return [self.assignment, *self._decision("signed", self.lead)]

    def _decision(self, station: str, by: User) -> list[Row]:
        values = {"round": 1, "attempt": 1, "station": station, "agreed": True, "opinion": REASONS[1]}
        self.row(CloseOutDecision, case_id=self.case.id, decided_at=self._at(10), decided_by_id=by.id, **values)
        return []

    def _call_back(self) -> list[Row]:
        by = self.county.supervisor.id
        values = {"reached": True, "satisfaction": "satisfied", "note": REASONS[2]}
        self.row(CallBack, case_id=self.case.id, round=1, called_on=self.day, called_by_id=by, **values)
        return []

    def _look_back_holds(self) -> list[Row]:
        by = self.county.supervisor.id
        self.row(
            LookBack, case_id=self.case.id, round=1, looked_on=self.day, looked_by_id=by, result="holds", note="稳"
        )
        return []

    def _move_clocks(self, row: StepRule) -> list[Row]:
        touched: list[Row] = []
        met, at_hand = {stop.kind for stop in row.stops}, {clock.kind for clock in self.clocks}
        for running in [each for each in self.clocks if each.ended_on is None]:
            if running.kind in met | {stop.kind for stop in row.cancels}:
                running.ended_on, running.met = self.day, running.kind in met
                running.ended_by = row.action.value
                touched.append(running)
        case = self.case
        of_this = {"matter_class": case.matter_class, "route": case.route, "serious": False, "status": case.status}
        for start in row.starts:
            if start.always or clock_applies(start.kind, **of_this, at_hand=at_hand):
                self._start(start.kind, self.day)
        return touched

    def _start(self, kind: LimitKind, start: date) -> None:
        limit = LIMITS[kind]
        fixed = self.assignment.due_on if self.assignment and limit.unit == TermUnit.FIXED else None
        term = None if fixed else _term(kind, start)
        effective = fixed or (term and term.effective)
        owner = self.handler.id if kind in (LimitKind.HANDLING, LimitKind.FEEDBACK, LimitKind.ACCEPTANCE) else None
        self.clocks.append(
            self.row(
                Deadline,
                case_id=self.case.id,
                subject="case",
                subject_id=self.case.id,
                kind=kind.value,
                owner_department_id=self.unit.department.id if owner else self.county.office.id,
                owner_user_id=owner,
                started_on=start,
                amount=limit.amount,
                unit=limit.unit,
                nominal_due=fixed or (term and term.nominal),
                effective_due=effective,
                first_due=effective,
                provisional=bool(term and term.provisional),
            )
        )

    def _next_due(self) -> None:
        running = [
            row.effective_due for row in self.clocks if row.ended_on is None and LIMITS[LimitKind(row.kind)].duty
        ]
        self.case.next_due_on = min(running, default=None)

    def _trail(self, action: Action, status: str, ledger: str, by: User, reason: str | None = None) -> Row:
        case = self.case
        return self.row(
            CaseStep,
            case_id=case.id,
            round=1,
            action=action.value,
            happened_on=self.day,
            entered_at=self._at(10),
            actor_id=by.id,
            actor_name=by.name,
            actor_unit=self.county.acting_as[by.id][:100],
            from_status=status,
            to_status=case.status,
            from_ledger=ledger,
            to_ledger=case.ledger_status,
            reason=reason,
            facts={"register_no": case.register_no},
        )

    def _at(self, hour: int) -> datetime:
        return clock.at_local(self.day, hour)
