"""Deputies' suggestions of the demonstration (代表建议): the case of the civil bureau, and sixteen key ones.

The answer is quoted from a paper of the client's. What the papers do not say (建议号、届次、代表、标题) is empty
here, or said to be missing. The days are those of the demonstration: of 交办 the papers name none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from tracker.core.clock import at_local, local_date
from tracker.core.database import db
from tracker.demo.staff import Staff
from tracker.people.models import Department, User
from tracker.suggestions.models import DeputySuggestion
from tracker.suggestions.rules.codes import AnswerResult, DeputyOpinion, TalkRank
from tracker.suggestions.service import answering, promising, routing
from tracker.suggestions.service.answering import AnswerGiven, RecordGiven
from tracker.suggestions.service.entering import SuggestionGiven, SuggestionPaper, enter
from tracker.suggestions.service.promising import PromiseGiven

Deed = tuple[datetime, Callable[[datetime], object]]
KEEPER, LEADER = "sunlin", "chenzhiyuan"
TITLE = "关于做好我县第十二届村民委员会换届选举后续工作的建议"
MEASURES = (
    "一、加大宣传力度，使得政策家喻户晓群众投好“手中票”。\n"
    "二、优化年龄结构，形成一以贯之、持续奋斗的村（社区）干部梯队。\n"
    "三、抓实培训工作，提升能力素质，帮助新任职干部迅速进入角色。\n"
    "四、精准普法宣传，助力换届选举，教育引导群众了解换届政策要求和重要意义。"
)
PROMISED = "将《村民委员会组织法》纳入全县普法教育规划，多渠道、多角度开展形式多样的普法宣传。"
NO_TITLE = "重点建议第 {} 件（演示：原件没有载明标题和内容）"
NOT_SAID = "原件没有载明"
# How many of the key suggestions were designated, and how many of their units were inspected.
DESIGNATED, INSPECTED = 16, 12
UNITS = (("civil", "wanghaiyan"), ("agriculture", "mabin"), ("water", "guoqiang"), ("roads", "houjie"))
R, S = AnswerResult, DeputyOpinion


@dataclass(frozen=True)
class KeyPlanned:
    """A key suggestion: so many days ago assigned, answered with a result, what the deputy said of it."""

    assigned: int
    answered: int | None = None
    result: AnswerResult | None = None
    opinion: DeputyOpinion | None = None


PLANS = (
    KeyPlanned(95),
    KeyPlanned(88),
    KeyPlanned(80, 22, R.SOLVED, S.SATISFIED),
    KeyPlanned(80, 20, R.PLANNED, S.SATISFIED),
    KeyPlanned(80, 18, R.PLANNED, S.BASICALLY),
    KeyPlanned(80, 15, R.LATER, S.DISSATISFIED),
    KeyPlanned(80, 12, R.REFERENCE),
    *(KeyPlanned(60) for _ in range(9)),
)


def suggestion_deeds(staff: Staff, now: datetime) -> Iterator[Deed]:
    """Yield the deeds of the demonstration; none lies after now."""
    story = SuggestionStory(staff, local_date(now))
    for back, hour, deed in story.told():
        yield min(at_local(story.today - timedelta(days=back), hour), now - timedelta(minutes=1)), deed


@dataclass
class SuggestionStory:
    """The suggestions as deeds, each with its days before today and its hour."""

    staff: Staff
    today: date

    def told(self) -> Iterator[tuple[int, int, Callable[[datetime], object]]]:
        """Yield the deeds in their order."""
        yield 70, 9, self.enter_case
        yield 9, 10, self.answer_case
        yield 8, 10, self.promise
        for number, plan in enumerate(PLANS, start=1):
            yield plan.assigned, 10, partial(self.enter_key, number)
            if number <= INSPECTED:
                yield 30, 10, partial(self.inspect, number)
            if plan.answered is not None:
                yield plan.answered + 1, 9, partial(self.meet, number)
                yield plan.answered, 11, partial(self.answer, number, plan.result)
            if plan.answered is not None and plan.opinion is not None:
                yield plan.answered - 4, 15, partial(self.hear, number, plan.opinion)
        yield 56, 15, self.object_to

    def enter_case(self, now: datetime) -> None:
        """Enter the case of the paper."""
        paper = SuggestionPaper(
            title=TITLE,
            congress="县人大",
            assigned_on=local_date(now),
            transfer_letter="《关于做好我县第十二届村民委员会换届选举后续工作的建议转办函》",
        )
        enter(paper, self._given("civil", "wanghaiyan", now), office=self._office, by=self._keeper, now=now)

    def answer_case(self, now: datetime) -> None:
        """Answer it in the words of the paper."""
        given = AnswerGiven(local_date(now), MEASURES, None)
        answering.answer(self._titled(TITLE), given, by=self.staff.people["wanghaiyan"], now=now)

    def promise(self, now: datetime) -> None:
        """Enter what the paper promises; of a day it names none."""
        owner, unit = self.staff.people["wanghaiyan"], self.staff.units["civil"]
        given = PromiseGiven(PROMISED, unit.id, owner.id, self.today + timedelta(days=120))
        promising.promise(self._titled(TITLE), given, by=owner, now=now)

    def enter_key(self, number: int, now: datetime) -> None:
        """Enter one of the key suggestions; a vice head of the county leads it."""
        paper = SuggestionPaper(title=NO_TITLE.format(number), congress="市人大", assigned_on=local_date(now))
        given = self._given(*UNITS[number % len(UNITS)], now, key=True)
        enter(paper, given, office=self._office, by=self._keeper, now=now)

    def inspect(self, number: int, now: datetime) -> None:
        """Let the office of inspection look at the unit."""
        given = RecordGiven(local_date(now), "市人民政府督查室", f"对承办部门进行专项督查（{NOT_SAID}情况）。")
        answering.inspect(self._key(number), given, by=self._keeper, now=now)

    def meet(self, number: int, now: datetime) -> None:
        """Let the principal head of the unit speak with the deputy."""
        row = self._key(number)
        given = RecordGiven(local_date(now), "主要负责人", f"面对面办理（{NOT_SAID}情况）。", rank=TalkRank.PRINCIPAL)
        answering.meet(row, given, by=row.lead.owner, now=now)

    def answer(self, number: int, result: AnswerResult | None, now: datetime) -> None:
        """Answer one of them."""
        row = self._key(number)
        given = AnswerGiven(local_date(now), f"演示：{NOT_SAID}答复内容。", result)
        answering.answer(row, given, by=row.lead.owner, now=now)

    def hear(self, number: int, opinion: DeputyOpinion, now: datetime) -> None:
        """Enter what the deputy says, and conclude where that is good."""
        row = self._key(number)
        answering.hear(row, opinion=opinion, heard_on=local_date(now), said="演示：意见表。", by=self._keeper, now=now)
        if opinion is not DeputyOpinion.DISSATISFIED:
            answering.conclude(row, said="答复、面商、意见齐全。", by=self._keeper, now=now)

    def object_to(self, now: datetime) -> None:
        """Let a unit say that it is not competent."""
        row = self._key(DESIGNATED)
        routing.object_to(
            row, happened_on=local_date(now), said="演示：主要内容由别的部门主管。", by=row.lead.owner, now=now
        )

    @property
    def _office(self) -> Department:
        return self.staff.units["office"]

    @property
    def _keeper(self) -> User:
        return self.staff.people[KEEPER]

    def _given(self, unit: str, owner: str, now: datetime, *, key: bool = False) -> SuggestionGiven:
        day = local_date(now)
        return SuggestionGiven(
            department_id=self.staff.units[unit].id,
            user_id=self.staff.people[owner].id,
            given_on=day,
            leader=self.staff.people[LEADER],
            key_on=day if key else None,
            committee=f"人大对口委员会（{NOT_SAID}名称）" if key else "",
        )

    def _titled(self, title: str) -> DeputySuggestion:
        return db.session.scalars(select(DeputySuggestion).where(DeputySuggestion.title == title)).one()

    def _key(self, number: int) -> DeputySuggestion:
        return self._titled(NO_TITLE.format(number))
