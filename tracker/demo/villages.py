"""The difficult villages of the demonstration: nine that entered the ledger, at every stage up to the seal."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from tracker.cases.access.scope import NUMBERS_CLOSED, may_know
from tracker.cases.record.models import Case
from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.key_villages.models import VillageEntry, VillageProblem
from tracker.key_villages.rules.acts import SIGNATURES, VillageAct
from tracker.key_villages.rules.codes import PlanKind, VillageDutyKind, VillageKind
from tracker.key_villages.rules.looking_back import VillageResult
from tracker.key_villages.service import entering, keeping, looking_back, signing
from tracker.key_villages.service.look_back_clocks import waiting
from tracker.people.queries import reader_for
from tracker.places.models import VILLAGE, Place

Deed = tuple[datetime, Callable[[datetime], None]]
# What is wrong in a village, and the unit that owes it: somebody handles it there and somebody heads it.
PROBLEMS = (
    ("公开近三年村级集体收支明细", "agriculture", ("mabin", "wufang")),
    ("补登遗漏的选民并重新公布名单", "civil", ("wanghaiyan", "zhangjianjun")),
    ("饮水管网破损，第三组断水", "water", ("guoqiang", "liangyu")),
    ("机动地发包合同未经村民会议表决", "agriculture", ("mabin", "wufang")),
    ("低保评议没有入户调查", "civil", ("zhaoli", "zhangjianjun")),
)
DONE = "已经办结，凭据存档。"
KEEPER = "sunlin"


@dataclass(frozen=True)
class VillagePlanned:
    """A village of the demonstration: its township, kind, days since its entry, problems listed and struck off.

    `days_left` are those of the first problem that is open. `signed` is how far the whole village is signed for,
    `election` in how many days it elects. `sealed`: how many days ago it was signed for;
    `looked_back`: somebody looked again since.
    """

    town: str
    kind: VillageKind
    age: int
    listed: int
    struck: int
    days_left: int = 20
    signed: int = 0
    election: int | None = 21
    sponsor: str = "chenzhiyuan"
    sealed: int = 2
    looked_back: bool = False


K = VillageKind
PLANS = (
    VillagePlanned("runcheng", K.PETITIONED, 95, 4, 3, days_left=2),
    VillagePlanned("runcheng", K.NOT_ELECTED, 60, 3, 0, days_left=9),
    VillagePlanned(
        "runcheng", K.ELECTED, 150, 3, 3, signed=4, election=None, sponsor="qinyue", sealed=26, looked_back=True
    ),
    VillagePlanned("fengcheng", K.PETITIONED, 80, 5, 2, days_left=-4),
    VillagePlanned("fengcheng", K.PETITIONED, 110, 2, 2, signed=3, election=None),
    VillagePlanned("fengcheng", K.NOT_ELECTED, 8, 3, 0, days_left=30, sponsor="qinyue"),
    VillagePlanned("beiliu", K.PETITIONED, 100, 3, 3, signed=4, election=None),
    VillagePlanned("beiliu", K.PETITIONED, 70, 4, 1, days_left=-1, sponsor="qinyue"),
    VillagePlanned("beiliu", K.ELECTED, 90, 2, 2, signed=1, election=None, sponsor="qinyue"),
)
# Of each township: who heads it, and who is the liaison of its villages.
TOWNS = {"runcheng": ("wenkai", "luxin"), "fengcheng": ("shaofeng", "dingning"), "beiliu": ("weiguang", "kangle")}


@dataclass
class VillageStory:
    """The life of one village on the ledger, as deeds at their moments."""

    staff: Staff
    place_id: int
    plan: VillagePlanned
    now: datetime
    made: list[Deed] = field(default_factory=list)
    entry_id: int = 0

    @property
    def today(self) -> date:
        """The day of the demonstration."""
        return local_date(self.now)

    def told(self) -> list[Deed]:
        """Return its deeds in their order."""
        self.on(self.plan.age, self.enter, hour=9)
        self.on(self.plan.age, self.answer_for, hour=10)
        self.on(self.plan.age - 2, self.write_plan, hour=11)
        self.on(self.plan.age - 3, self.link_matters, hour=15)
        for number in range(self.plan.struck):
            back = self.plan.age - 12 - number * (self.plan.age - 20) // max(1, self.plan.struck)
            self.strike_off(number, back)
        self.on(self.plan.sealed + 1, self.visit, hour=16)
        if self.plan.struck < self.plan.listed:
            self.on(2, self.say_how_far, hour=17)
        for place, act in enumerate(SIGNATURES[: self.plan.signed]):
            self.on(self.plan.sealed, partial(self.sign_village, act), hour=9 + place)
        if self.plan.looked_back:
            self.on(1, self.look_back, hour=10)
        return self.made

    def on(self, back: int, deed: Callable[[datetime], None], *, hour: int) -> None:
        """Do something so many days before the day of the demonstration."""
        self.made.append((at_local(self.today - timedelta(days=back), hour), deed))

    @property
    def entry(self) -> VillageEntry:
        """The entry, as the database has it."""
        return db.session.get_one(VillageEntry, self.entry_id)

    def enter(self, now: datetime) -> None:
        """Enter the village with its problems."""
        made = entering.enter(
            db.session.get_one(Place, self.place_id),
            office=self.staff.units["office"],
            kind=self.plan.kind,
            reason="三个月内同类信访多件，村务公开不全，群众意见集中。",
            decided_by=self.staff.people[self.plan.sponsor],
            entered_on=local_date(now),
            by=self.staff.people[KEEPER],
            now=now,
            problems=list(self._problems(local_date(now))),
        )
        self.entry_id = made.id

    def _problems(self, on: date) -> Iterator[entering.ListedProblem]:
        for number, (text, unit, (owner, _head)) in enumerate(PROBLEMS[: self.plan.listed]):
            ahead = self.plan.days_left + 9 * (number - self.plan.struck)
            due_on = self.today + timedelta(days=ahead if number >= self.plan.struck else 5)
            yield entering.ListedProblem(text, self.staff.units[unit].id, self.staff.people[owner].id, max(due_on, on))

    def answer_for(self, now: datetime) -> None:
        """Say who answers for the village."""
        head, liaison = TOWNS[self.plan.town]
        named = (
            (VillageDutyKind.SPONSOR, self.plan.sponsor),
            (VillageDutyKind.TOWNSHIP, head),
            (VillageDutyKind.LIAISON, liaison),
        )
        given: dict[str, Any] = {"started_on": local_date(now), "by": self.staff.people[KEEPER], "now": now}
        for duty, person in named:
            keeping.give_duty(self.entry, duty, user_id=self.staff.people[person].id, words="", **given)
        if self.plan.listed > 3:
            keeping.give_duty(self.entry, VillageDutyKind.TEAM, user_id=None, words="裴俊杰等 4 人", **given)
        if self.plan.election is not None:
            day = self.today + timedelta(days=self.plan.election)
            by: dict[str, Any] = {"by": self.staff.people[KEEPER], "now": now}
            entering.set_election(self.entry, election_on=day, said="第一批选举日。", **by)

    def write_plan(self, now: datetime) -> None:
        """Write what is done in this village."""
        given: dict[str, Any] = {
            "title": "公开账目、理清机动地",
            "text": "一、账目逐月上墙。二、合同补开村民会议表决。三、每月到村一次。",
            "changes": "",
            "by": self.staff.people[KEEPER],
            "now": now,
        }
        keeping.write_plan(self.entry, number=None, kind=PlanKind.MEASURE, **given)

    def link_matters(self, now: datetime) -> None:
        """Link the open matters of the village."""
        keeper = self.staff.people[KEEPER]
        known = (may_know(reader_for(keeper, local_date(now))), ~NUMBERS_CLOSED)
        rows = select(Case.register_no).where(Case.village_id == self.place_id, *known).order_by(Case.id)
        for number in db.session.scalars(rows.limit(2)).all():
            keeping.link(self.entry, number, problem=None, by=keeper, now=now)

    def strike_off(self, number: int, back: int) -> None:
        """Let a problem go through its gate."""
        _text, _unit, (owner, head) = PROBLEMS[number]
        people = (owner, head, KEEPER, self.plan.sponsor)
        for place, (act, person) in enumerate(zip(SIGNATURES, people, strict=True)):

            def deed(now: datetime, act: VillageAct = act, person: str = person) -> None:
                problem = self._problem(number)
                signing.sign(problem, act, by=self.staff.people[person], now=now, said=DONE)

            self.on(max(back, 4), deed, hour=10 + place)

    def _problem(self, number: int) -> VillageProblem:
        return self.entry.problems[number]

    def visit(self, now: datetime) -> None:
        """Let the sponsor be in the village."""
        by: dict[str, Any] = {"by": self.staff.people[self.plan.sponsor], "now": now}
        signing.note_visit(self.entry, said="到村核实，与村民代表座谈。", happened_on=local_date(now), **by)

    def say_how_far(self, now: datetime) -> None:
        """Say how far the first open problem is."""
        problem = self._problem(self.plan.struck)
        signing.note_progress(problem, said="账册已取回，正在补录。", by=problem.owner, now=now)

    def sign_village(self, act: VillageAct, now: datetime) -> None:
        """Take one of the signatures for the whole village."""
        head, liaison = TOWNS[self.plan.town]
        people = dict(zip(SIGNATURES, (liaison, head, KEEPER, self.plan.sponsor), strict=True))
        signing.sign(self.entry, act, by=self.staff.people[people[act]], now=now, said=DONE)

    def look_back(self, now: datetime) -> None:
        """Let the supervisor, who did not work on the village, look back at it."""
        nothing = looking_back.LookedBack(0, "", 0, "", 0, "", VillageResult.STABLE)
        by: dict[str, Any] = {"by": self.staff.people["haoming"], "now": now}
        said = "走访 15 户，账目按月上墙，没有新的反映。"
        looking_back.look_back(waiting(self.entry)[0], nothing, said=said, looked_on=local_date(now), **by)


def village_deeds(staff: Staff, now: datetime, *, with_matters: Collection[int]) -> Iterator[Deed]:
    """Yield the deeds of the difficult villages; none lies after now. Villages with matters come first."""
    for plan, place_id in zip(PLANS, village_ids(staff), strict=True):
        for at, deed in VillageStory(staff, place_id, plan, now).told():
            yield min(at, now - timedelta(minutes=1)), deed


def village_ids(staff: Staff) -> Iterator[int]:
    """Yield the village of each plan."""
    taken: dict[str, int] = {}
    for plan in PLANS:
        nth = taken[plan.town] = taken.get(plan.town, 0) + 1
        code = staff.units[plan.town].place_code
        rows = (
            select(Place.id).where(Place.level == VILLAGE, Place.code.like(f"{(code or '')[:9]}%")).order_by(Place.code)
        )
        yield db.session.scalars(rows.offset(nth * 3).limit(1)).one()
