"""How an invented matter went: a plan of dated steps, taken with the same services that people use."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tracker.cases.acts import answers, close_out, office, serving, signing, unit
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.registration import Registration, register
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.cases.record.rules.answering import answer_of
from tracker.cases.record.rules.codes import (
    RESULTS_TO_CARRY_OUT,
    AssignmentMode,
    Channel,
    MatterClass,
    PetitionerKind,
    Purpose,
    Result,
    Route,
    ServiceMethod,
)
from tracker.cases.record.rules.elections import ElectionType
from tracker.cases.record.rules.reviewing import LookBackResult
from tracker.core.clock import at_local, local_date
from tracker.demo.matters import GIVEN, SURNAMES, Theme
from tracker.demo.staff import Staff
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.petitioners.service import PetitionerEntry

Deed = Callable[[datetime], None]


@dataclass
class Story:
    """One invented matter: received on a day, carried as far as `until`; each step is done on its day."""

    staff: Staff
    theme: Theme
    village_id: int | None
    village_name: str
    received_on: date
    today: date
    luck: random.Random
    category_id: int | None
    place_note: str | None = None
    people_count: int = 1
    vote_buying: bool = False
    people: list[PetitionerEntry] = field(default_factory=list, init=False)
    accused: list[AccusedEntry] = field(default_factory=list)
    original: "Story | None" = field(default=None, init=False)
    case: Case | None = field(default=None, init=False)
    made: list[tuple[datetime, Deed]] = field(default_factory=list, init=False)

    def repeat(self, earlier: "Story") -> None:
        """Make this the same matter of the same village, brought again."""
        self.original = earlier
        self.theme, self.category_id = earlier.theme, earlier.category_id
        self.village_id, self.village_name = earlier.village_id, earlier.village_name

    def on(self, day: date, deed: Deed, *, hour: int = 10) -> None:
        """Plan a deed for a day, at a minute of that hour."""
        self.made.append((at_local(day, hour, self.luck.randrange(60)), deed))

    @property
    def the_case(self) -> Case:
        """The case, once registered."""
        if self.case is None:
            raise RuntimeError("not registered yet")
        return self.case

    def person(self, username: str) -> User:
        """Return one of the invented people."""
        return self.staff.people[username]

    @property
    def handler(self) -> User:
        """The named handler in the unit."""
        return self.staff.of(self.theme.unit, Role.HANDLER)

    @property
    def head(self) -> User:
        """The head of the unit."""
        return self.staff.of(self.theme.unit, Role.DEPARTMENT_HEAD)

    @property
    def lead(self) -> User:
        """The lead official."""
        if self.vote_buying:
            return self.person("linyiming")
        return self.person("qinyue" if self.theme.election_type is ElectionType.PARTY_BRANCH else "chenzhiyuan")

    def register(self, now: datetime) -> None:
        """登记."""
        self.people = self._petitioners()
        entry = Registration(
            channel=self._channel(),
            received_on=self.received_on,
            title=self.theme.title.format(v=self.village_name),
            summary=self.theme.summary.format(v=self.village_name),
            purpose=self.theme.purpose,
            demand_points=list(self.theme.points),
            category_id=self.category_id,
            people_count=self.people_count,
            petitioners=self.people,
            village_id=self.village_id,
            place_note=self.place_note,
            election_type=self.theme.election_type,
            election_stage=self.theme.election_stage,
            vote_buying=self.vote_buying,
            accused=self.accused,
        )
        by = self.person("zhaomin" if self.luck.random() < 0.7 else "lixiaomei")
        self.case = register(entry, office=self.staff.units["office"], by=by, now=now)

    def _channel(self) -> Channel:
        if self.people_count >= 5:
            return Channel.LETTER
        return self.luck.choice((Channel.LETTER, Channel.VISIT, Channel.VISIT, Channel.CALL, Channel.ONLINE))

    def _petitioners(self) -> list[PetitionerEntry]:
        if self.original is not None:
            return self.original.people
        name = self.luck.choice(SURNAMES) + self.luck.choice(GIVEN)
        phone = f"139{self.luck.randrange(10**8):08d}"
        address = f"{self.village_name}第{self.luck.randrange(1, 9)}组"
        return [PetitionerEntry(kind=PetitionerKind.MAIN, name=name, identity_no=None, phone=phone, address=address)]

    def triage(self, now: datetime) -> None:
        """分类."""
        claim = self.theme.purpose is not Purpose.SUGGESTION
        office.triage(
            self.the_case,
            by=self.person("lixiaomei"),
            now=now,
            matter_class=MatterClass.CLAIM if claim else MatterClass.SUGGESTION,
            route=Route.PETITION if claim else None,
        )

    def assign(self, now: datetime) -> None:
        """交办."""
        today = local_date(now)
        order = office.AssignmentOrder(
            mode=AssignmentMode.ASSIGNMENT,
            department_id=self.staff.units[self.theme.unit].id,
            handler_id=self.handler.id,
            lead_official_id=self.lead.id,
            due_on=on_a_weekday(today + timedelta(days=45)),
            delivered_on=today,
            letter_no=f"阳信交〔{today.year}〕{self.the_case.id}号",
        )
        office.assign(self.the_case, order, by=self.person("lixiaomei"), now=now)

    def sign_for(self, now: datetime) -> None:
        """签收."""
        unit.sign_for(self.the_case, by=self.handler, now=now)

    def accept(self, now: datetime) -> None:
        """受理."""
        today = local_date(now)
        notice = serving.ServedNotice(
            f"阳访受〔{today.year}〕{self.the_case.id}号", today, ServiceMethod.IN_PERSON, "信访人"
        )
        unit.accept(self.the_case, notice, by=self.handler, now=now)

    def note(self, text: str) -> Deed:
        """补充办理情况."""
        return lambda now: unit.note(self.the_case, by=self.handler, now=now, reason=text)

    def extend(self, now: datetime) -> None:
        """延期."""
        today = local_date(now)
        number = f"阳访延〔{today.year}〕{self.the_case.id}号"
        unit.extend(
            self.the_case,
            serving.ServedNotice(number, None, ServiceMethod.POST, sent_on=today, proof=f"EMS{self.the_case.id:08d}"),
            by=self.head,
            now=now,
            days=30,
            reason="账目涉及三个年度，审计尚需时间。",
        )

    def answer(self, now: datetime) -> None:
        """出具处理意见."""
        case = self.the_case
        given = {
            point.id: answers.PointAnswer(Result(result), text)
            for point, (result, text) in zip(case.demand_points, self.theme.answers, strict=True)
        }
        opinion = answers.Opinion(
            document_no=f"阳访意〔{local_date(now).year}〕{case.id}号",
            basis="《信访工作条例》第三十一条、第三十二条及有关法律法规。",
            text="经调查核实，现就各项诉求答复如下，详见诉求点逐项答复。",
        )
        answer = answer_of(case.matter_class, case.route)
        words = (
            (f"{answer.label}文号", opinion.document_no),
            (answer.contents, opinion.text),
            ("依据", opinion.basis),
        )
        said = signing.Wording(
            {"document_no": opinion.document_no, "text": opinion.text, "basis": opinion.basis}, words
        )
        signing.draft(case, Action.DRAFT_OPINION, said, by=self.handler, now=now)
        if case.is_serious:
            signing.refer_draft(case, Action.ISSUE_OPINION, by=self.head, now=now)
            signing.approve_draft(case, Action.ISSUE_OPINION, by=self.person("linyiming"), now=now, reason="同意。")
        answers.issue_opinion(case, opinion, given, by=self.head, now=now)

    def deliver(self, now: datetime) -> None:
        """送达."""
        delivery = serving.ServiceReceipt(
            local_date(now), ServiceMethod.IN_PERSON, "信访人本人", f"送达回证{self.the_case.id:04d}"
        )
        answers.deliver(self.the_case, delivery, by=self.handler, now=now)

    def carry_out(self, now: datetime) -> None:
        """落实."""
        supported = (p for p in self.the_case.demand_points if p.result in RESULTS_TO_CARRY_OUT)
        notes = {p.id: "已落实，现场核实并拍照存档。" for p in supported}
        if notes:
            answers.carry_out(self.the_case, notes, by=self.handler, now=now, carried_out_on=local_date(now))

    def confirm_file(self, now: datetime) -> None:
        """一案一档."""
        close_out.confirm_file(self.the_case, by=self.handler, now=now, note="登记、告知、意见、送达、落实材料齐全")

    def apply(self, now: datetime) -> None:
        """申请销号."""
        close_out.apply_for_close_out(
            self.the_case, by=self.handler, now=now, reason="诉求已逐项答复并落实，申请销号。"
        )

    def confirm(self, now: datetime) -> None:
        """单位负责人审核."""
        close_out.confirm_close_out(self.the_case, by=self.head, now=now, reason="情况属实，同意销号。")

    def call_back(self, now: datetime) -> None:
        """回访."""
        satisfaction = self.luck.choice(("satisfied", "satisfied", "basically", "dissatisfied"))
        close_out.call_back(
            self.the_case,
            by=self.person("sunlin"),
            now=now,
            called_on=local_date(now),
            reached=True,
            satisfaction=satisfaction,
            reason="电话回访，信访人确认已收到书面答复。",
        )

    def check(self, now: datetime) -> None:
        """信访局审核."""
        close_out.check_close_out(
            self.the_case, by=self.person("sunlin"), now=now, reason="材料齐全，程序完备，提请签批。"
        )

    def sign(self, now: datetime) -> None:
        """领办领导签批."""
        close_out.sign_close_out(self.the_case, by=self.lead, now=now, reason="同意销号。办结一起，销号一起。")

    def send_back(self, now: datetime) -> None:
        """退回补办."""
        close_out.return_close_out(
            self.the_case, by=self.person("sunlin"), now=now, reason="第二项诉求的落实照片与地点不符，请补充后再报。"
        )

    def look_back(self, now: datetime) -> None:
        """回头看."""
        close_out.look_back(
            self.the_case,
            by=self.person("haoming"),
            now=now,
            result=LookBackResult.HOLDS,
            reason="到村走访，未反弹。",
        )

    def recur(self, now: datetime) -> None:
        """回头看：反弹."""
        close_out.look_back(
            self.the_case,
            by=self.person("haoming"),
            now=now,
            result=LookBackResult.RECURRED,
            reason="走访发现问题又出现，转入新一轮办理。",
        )

    def main_line(self) -> Iterator[tuple[int, Deed, int]]:
        """Yield the steps of a matter that goes well: days after receipt, deed, hour."""
        yield 0, self.register, 9
        yield 1, self.triage, 10
        yield 2, self.assign, 11
        yield 3, self.sign_for, 9
        yield 5, self.accept, 15
        yield 12, self.note("入户走访，制作笔录，与镇村核对有关材料。"), 16
        yield 28, self.answer, 10
        yield 30, self.deliver, 11
        yield 36, self.carry_out, 15
        yield 37, self.confirm_file, 9
        yield 38, self.apply, 10
        yield 39, self.confirm, 9
        yield 40, self.call_back, 14
        yield 41, self.check, 10
        yield 42, self.sign, 16
        yield 74, self.look_back, 10


def on_a_weekday(day: date) -> date:
    """Return the day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
