"""Every act of the lifecycle, taken through its page by the person whose act it is."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.cases.counting import transactions
from tests.web.browsing import take
from tests.web.stories import STORIES, Act
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.cases.models import (
    Assignment,
    CallBack,
    CaseStep,
    ChecklistTick,
    CloseOutDecision,
    DisciplineTransfer,
    Document,
    LeaderReport,
    LookBack,
    Objection,
    Review,
)
from tracker.cases.queries.detail.case_file import SHELVES, case_file
from tracker.cases.rules.actions import Action
from tracker.cases.rules.steps import STEPS
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.people.queries import reader_for
from tracker.web import steps
from tracker.web.step_table import ACTION_FORMS

# Registering and importing make a case; an import is undone as a whole, not case by case.
NOT_TAKEN_ON_A_CASE = {Action.REGISTER, Action.IMPORT, Action.UNDO_IMPORT, Action.RECOUNT}


# One act: the reading of its form is noted, then the act is written. Where the person goes on is only read.
WRITES = 2


def test_every_act_of_the_lifecycle_has_its_form() -> None:
    assert set(ACTION_FORMS) == {row.action for row in STEPS} - NOT_TAKEN_ON_A_CASE
    assert set(Action) - set(ACTION_FORMS) == NOT_TAKEN_ON_A_CASE


def test_the_stories_take_every_act() -> None:
    assert {act.action for story in STORIES.values() for act in story} == set(ACTION_FORMS)


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_a_story_through_its_pages(county: County, story: str) -> None:
    if "merged" in story:
        county.register()
    case = county.register()
    for act in STORIES[story]:
        tell(county, case, act)
    assert verify().wrong is None


def tell(county: County, case: str, act: Act) -> None:
    """Take one act of a story and see that it was recorded."""
    before = county.case(case)
    version = before.version
    browser, given = county.browser(act.who), act.filled(county, before)
    with transactions() as writes:
        answer = take(browser, case, act.action, given)
    assert answer.status_code == 303, f"{act.action}: {answer.status} {errors(answer.text)}"
    assert writes.count(True) == WRITES, f"{act.action}: {writes}"
    after = county.case(case)
    assert after.version == version + 1
    last = after_steps(after.id)[-1]
    assert (last.action, last.actor_id) == (act.action, county.ids[act.who])


def test_a_second_write_after_the_act_is_noticed(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: to find out where the person goes on waits for the lock again."""
    sound = steps._landing

    def queueing(public_id: str) -> str:
        with committed():
            return sound(public_id)

    monkeypatch.setattr(steps, "_landing", queueing)
    with pytest.raises(AssertionError, match="True"):
        tell(county, county.register(), STORIES["another route"][0])


def after_steps(case_id: int) -> list[CaseStep]:
    """Return the trail."""
    return list(db.session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id)))


def errors(page: str) -> str:
    """Return the sentences of a page that refuses."""
    start = page.find('class="summary"')
    return page[start : start + 900] if start >= 0 else page[:1500]


def test_the_file_holds_every_row_of_its_case(county: County) -> None:
    for story in ("closed and reopened", "vote buying on two tracks", "objection upheld, no longer accepted"):
        public_id = county.register()
        for act in STORIES[story]:
            tell(county, public_id, act)
        case = county.case(public_id)
        file = case_file(case.id, reader_for(county.acceptor, core_clock.today()))
        for name, model in SHELF_MODELS.items():
            rows = db.session.scalars(select(model).where(model.case_id == case.id)).all()
            assert len(getattr(file, name)) == len(rows), f"{story}: {name}"


SHELF_MODELS: dict[str, Any] = {
    "assignments": Assignment,
    "objections": Objection,
    "documents": Document,
    "decisions": CloseOutDecision,
    "call_backs": CallBack,
    "ticks": ChecklistTick,
    "look_backs": LookBack,
    "reports": LeaderReport,
    "transfers": DisciplineTransfer,
    "reviews": Review,
}


def test_the_shelves_are_all_asked_for() -> None:
    assert set(SHELF_MODELS) == set(SHELVES)
