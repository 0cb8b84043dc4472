"""Common problems as a test works on them: matters about the accounts of villages in one township."""

from typing import Any

from sqlalchemy import select

from tests.suggestions.working import TODAY, day
from tests.world.county import County
from tracker.cases.ledger.rules import Span
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import Category
from tracker.common_problems.models import CommonProblem
from tracker.common_problems.service import advising, working
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.people.queries import reader_for
from tracker.people.rules import Reader

SPAN = Span(day(-30), TODAY)


class Common:
    """Common problems as a test works on them: matters about the accounts of villages in one township."""

    def __init__(self, county: County) -> None:
        self.county = county
        with committed():
            seed_categories(now=now_clock.now())
        self.kind = db.session.scalars(select(Category.id).where(Category.name == "村务管理")).one()

    def by(self, who: str, **more: Any) -> dict[str, Any]:
        """Return who acts now."""
        return {"by": self.county.user(who), "now": now_clock.now(), **more}

    def category(self) -> Category:
        """Return the kind of the matters."""
        return db.session.get_one(Category, self.kind)

    def matter(self, number: int, **changes: Any) -> str:
        """Register one more matter of the kind and return its public id."""
        return self.county.register(
            category_id=self.kind, title=f"反映村务公开第{number}件", received_on=changes.pop("received_on", day(-3)),
            **changes,
        )  # fmt: skip

    def matters(self, count: int) -> list[str]:
        """Register so many of them."""
        return [self.matter(number) for number in range(1, count + 1)]

    def given(self, cases: list[str], **changes: Any) -> working.CommonFound:
        """Return a common problem as it is founded."""
        ids = self.county.ids
        given: dict[str, Any] = {
            **{"category": self.category(), "place": self.county.township, "span": SPAN, "cases": cases},
            **{"text": "几个村收支两年没有公开。", "measure": "逐村公开，镇上逐月抽查。"},
            **{"department_id": ids["civil"], "user_id": ids["handler"], "due_on": day(30)},
        }
        return working.CommonFound(**{**given, **changes})

    def found(self, cases: list[str], who: str = "acceptor", **changes: Any) -> int:
        """Found one and return its id."""
        with committed():
            made = working.found(self.given(cases, **changes), office=self.county.office, **self.by(who))
            return made.id

    def one(self, id_: int) -> CommonProblem:
        """Return one, read afresh."""
        db.session.expire_all()
        return db.session.get_one(CommonProblem, id_)

    def reader(self, who: str) -> Reader:
        """Return a person as a reader."""
        return reader_for(self.county.user(who), TODAY)

    def advised(self, id_: int) -> int:
        """Suggest to the civil bureau how to improve."""
        ids = self.county.ids
        given: dict[str, Any] = {"department_id": ids["civil"], "user_id": ids["handler"], "sent_on": TODAY}
        with committed():
            return advising.advise(self.one(id_), text="修订村务公开办法。", **given, **self.by("acceptor")).id
