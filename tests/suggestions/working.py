"""A deputy's suggestion, worked on by the people of the county, for the tests.

The case is that of the client's own paper: 阳城县民政局 answers a 转办函 of the 县人大 about the elections of villages.
What that paper does not say (建议号、届次、代表) is empty here, but for the day of 交办, from which the law counts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.world.county import THE_DAY, County
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.suggestions.models import DeputySuggestion, SuggestionLine, SuggestionPromise
from tracker.suggestions.rules.codes import AnswerResult, DeputyOpinion, TalkRank
from tracker.suggestions.service import answering, entering, promising, routing
from tracker.suggestions.service.answering import AnswerGiven, RecordGiven
from tracker.suggestions.service.entering import SuggestionGiven, SuggestionPaper
from tracker.suggestions.service.promising import PromiseGiven

TODAY = THE_DAY.date()
TITLE = "关于做好我县第十二届村民委员会换届选举后续工作的建议"
LETTER = "关于做好我县第十二届村民委员会换届选举后续工作的建议转办函"
MEASURES = (
    "一、加大宣传力度，使得政策家喻户晓群众投好“手中票”。\n"
    "二、优化年龄结构，形成一以贯之、持续奋斗的村（社区）干部梯队。\n"
    "三、抓实培训工作，提升能力素质，帮助新任职干部迅速进入角色。\n"
    "四、精准普法宣传，助力换届选举，教育引导群众了解换届政策要求和重要意义。"
)
COMMITTEE = "县人大社会建设委员会"


def day(ahead: int) -> date:
    """Return the day so many days after that of the tests."""
    return TODAY + timedelta(days=ahead)


def paper(**changes: Any) -> SuggestionPaper:
    """Return the paper of the case, given to the unit ten days ago."""
    given: dict[str, Any] = {"title": TITLE, "congress": "县人大", "transfer_letter": LETTER, "assigned_on": day(-10)}
    return SuggestionPaper(**{**given, **changes})


def answered(**changes: Any) -> AnswerGiven:
    """Return the answer of the paper: four measures, no number, no letter of a result, no signer but the bureau."""
    given: dict[str, Any] = {"answered_on": TODAY, "text": MEASURES, "result": AnswerResult.PLANNED}
    return AnswerGiven(**{**given, **changes})


def talk(**changes: Any) -> RecordGiven:
    """Return a talk that the principal head of the bureau led."""
    given: dict[str, Any] = {"happened_on": TODAY, "led_by": "张建军", "found": "当面说明了四项措施。"}
    return RecordGiven(**{**given, "rank": TalkRank.PRINCIPAL, **changes})


@dataclass
class Desk:
    """The suggestions of a county as a test works on them."""

    county: County

    def by(self, who: str, **more: Any) -> dict[str, Any]:
        """Return who acts now."""
        return {"by": self.county.user(who), "now": clock.now(), **more}

    def given(self, **changes: Any) -> SuggestionGiven:
        """Return to whom the case is given: the handler of the civil bureau, led by the deputy head of the county."""
        ids = self.county.ids
        given: dict[str, Any] = {"department_id": ids["civil"], "user_id": ids["handler"], "given_on": day(-10)}
        return SuggestionGiven(**{**given, "leader": self.county.lead, **changes})

    def entered(self, *, of: SuggestionPaper | None = None, **changes: Any) -> int:
        """Enter the case and return its id."""
        with committed():
            made = entering.enter(
                of or paper(), self.given(**changes), office=self.county.office, **self.by("acceptor")
            )
            return made.id

    def one(self, id_: int) -> DeputySuggestion:
        """Return a suggestion, read afresh."""
        db.session.expire_all()
        return db.session.get_one(DeputySuggestion, id_)

    def promised(self, id_: int) -> SuggestionPromise:
        """Return a promise, read afresh."""
        db.session.expire_all()
        return db.session.get_one(SuggestionPromise, id_)

    def answer(self, id_: int, who: str = "handler", **changes: Any) -> None:
        """Let the unit answer."""
        with committed():
            answering.answer(self.one(id_), answered(**changes), **self.by(who))

    def meet(self, id_: int, who: str = "handler", **changes: Any) -> None:
        """Let somebody of the unit speak with the deputy."""
        with committed():
            answering.meet(self.one(id_), talk(**changes), **self.by(who))

    def hear(self, id_: int, opinion: DeputyOpinion = DeputyOpinion.SATISFIED, heard_on: date = TODAY) -> None:
        """Enter what the deputy says."""
        with committed():
            answering.hear(self.one(id_), opinion=opinion, heard_on=heard_on, said="书面反馈。", **self.by("acceptor"))

    def promise(self, id_: int, *, due_on: date, who: str = "handler") -> int:
        """Enter a promise that the handler keeps."""
        ids = self.county.ids
        with committed():
            given = PromiseGiven("把村民委员会组织法纳入全县普法规划。", ids["civil"], ids["handler"], due_on)
            return promising.promise(self.one(id_), given, **self.by(who)).id

    def object_to(self, id_: int, on: date = TODAY, who: str = "handler") -> None:
        """Let the unit say that it is not competent."""
        with committed():
            routing.object_to(self.one(id_), happened_on=on, said="这项工作由自然资源局主管。", **self.by(who))


def clocks(kind: str = "") -> list[Deadline]:
    """Return the clocks of suggestions and promises, of one kind or all."""
    db.session.expire_all()
    asked = select(Deadline).where(Deadline.subject.in_(["suggestion", "suggestion_promise"])).order_by(Deadline.id)
    return [each for each in db.session.scalars(asked) if kind in ("", each.kind)]


def running() -> list[tuple[str, date]]:
    """Return the running clocks: kind and last day."""
    return [(each.kind, each.effective_due) for each in clocks() if each.ended_on is None]


def acts() -> list[str]:
    """Return the acts of the trail, the first one first."""
    return list(db.session.scalars(select(SuggestionLine.act).order_by(SuggestionLine.id)))
