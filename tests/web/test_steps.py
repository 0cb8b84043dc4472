"""Every act of the lifecycle, taken through its page by the person whose act it is."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.cases.counting import transactions
from tests.web.arranging import arrange
from tests.web.browsing import take
from tests.web.stories import STORIES, Act
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.lifecycle import stepping
from tracker.cases.lifecycle.case_file import SHELVES, case_file
from tracker.cases.lifecycle.rules import lifecycle
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.lifecycle import find
from tracker.cases.lifecycle.rules.step_rows import Record, Start, StepRule
from tracker.cases.lifecycle.rules.steps import STEPS
from tracker.cases.lifecycle.step_clocks import Taking
from tracker.cases.page.step_page import step_page
from tracker.cases.record.models import (
    ActDraft,
    Assignment,
    CallBack,
    Case,
    CaseStep,
    ChecklistTick,
    CloseOutDecision,
    Document,
    Forwarding,
    LeaderReport,
    LookBack,
    Objection,
    OrderDraft,
    Review,
)
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LIMITS, LimitKind, Owner
from tracker.deadlines.models import Deadline
from tracker.people.models import User
from tracker.people.queries import reader_for
from tracker.web.case import steps
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.step_forms.base import StepForm

# Registering and importing make a case; an import is undone as a whole, not case by case.
NOT_TAKEN_ON_A_CASE = {
    Action.REGISTER,
    Action.IMPORT,
    Action.UNDO_IMPORT,
    Action.RECOUNT,
    Action.TAKE_OVER,
    Action.SIDE_OVER,
}


# One act: the reading of its form is noted, then the act is written; files that come are counted before.
# Where the person goes on is only read.
WRITES = 2


def test_every_act_of_the_lifecycle_has_its_form() -> None:
    assert set(ACTION_FORMS) == {row.action for row in STEPS} - NOT_TAKEN_ON_A_CASE
    assert set(Action) - set(ACTION_FORMS) == NOT_TAKEN_ON_A_CASE


def test_every_form_takes_its_act() -> None:
    idle = [action for action, form in ACTION_FORMS.items() if form.take is StepForm.take]
    assert idle == []


@pytest.mark.parametrize("row", STEPS, ids=lambda row: row.label)
def test_the_day_that_a_row_counts_from_is_asked_for(row: StepRule) -> None:
    fields = {start.since.field for start in row.starts} - {""}
    assert all(hasattr(ACTION_FORMS[row.action], name) for name in fields)


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
    version, standing = before.version, Clocks.of(before.id)
    promised = promises(county, before, act)
    browser, given = county.browser(act.who), act.filled(county, before)
    with transactions() as writes:
        answer = take(browser, case, act.action, given)
    assert answer.status_code == 303, f"{act.action}: {answer.status} {errors(answer.text)}"
    files = len(given.get("files", ()))
    assert writes.count(True) == WRITES + files, f"{act.action}: {writes}"
    after = county.case(case)
    assert after.version == version + 1
    last = after_steps(after.id)[-1]
    assert (last.action, last.actor_id) == (act.action, county.ids[act.who])
    agree(standing, Clocks.of(after.id), last, promised)


@dataclass(frozen=True)
class Clocks:
    """The clocks of a case by their ids: kind, and by what each ended."""

    kinds: dict[int, str]
    ended_by: dict[int, str | None]

    @classmethod
    def of(cls, case_id: int) -> "Clocks":
        columns = (Deadline.id, Deadline.kind, Deadline.ended_by)
        rows = db.session.execute(select(*columns).where(Deadline.case_id == case_id)).all()
        return cls({row.id: row.kind for row in rows}, {row.id: row.ended_by for row in rows})


def promises(county: County, case: Case, act: Act) -> str:
    """Return what the page of an act says will become of the clocks."""
    by, today = db.session.get_one(User, county.ids[act.who]), core_clock.today()
    return "；".join(step_page(case.id, act.action, by=by, reader=reader_for(by, today), today=today).effects)


def agree(before: Clocks, after: Clocks, line: CaseStep, promised: str) -> None:
    """See that the row of the table, the page, the log and the table of clocks tell the same of one act."""
    new = sorted(kind for id_, kind in after.kinds.items() if id_ not in before.kinds)
    changed = [id_ for id_, by in before.ended_by.items() if after.ended_by[id_] != by]
    resumed = sorted(after.kinds[id_] for id_ in changed if after.ended_by[id_] is None)
    over = sorted(after.kinds[id_] for id_ in changed if after.ended_by[id_] is not None)
    begun = sorted(new + resumed)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == line.case_id).order_by(AuditEvent.seq))
    payloads = (json.loads(each.payload) for each in reversed(event.all()))
    logged = next(each for each in payloads if each.get("step") == line.id)
    assert (sorted(logged["started"]), sorted(logged["stopped"])) == (begun, over), f"{line.action}: the log says else"
    row = find(Action(line.action), Status(line.from_status), LedgerStatus(line.from_ledger))
    assert row is not None
    derived = set(lifecycle.DERIVED) if row.derives else set()
    assert set(resumed) <= set(row.resumes), f"{line.action} took up what its row does not"
    assert set(new) <= {start.kind for start in row.starts} | derived, f"{line.action} started what its row does not"
    confirmed = {LimitKind.FEEDBACK} if row.action is Action.CHECK_LATE_ENTRY else set()
    assert set(over) <= {stop.kind for stop in (*row.stops, *row.cancels, *row.supersedes)} | derived | confirmed
    for kind in resumed:
        assert f"“{LIMITS[LimitKind(kind)].label}”" in promised, f"{line.action} promised: {promised}"
    for kind in new:
        assert f"起算“{LIMITS[LimitKind(kind)].label}”" in promised, f"{line.action} promised: {promised}"
    for kind in over:
        assert f"“{LIMITS[LimitKind(kind)].label}”" in promised.split("起算")[-1], f"{line.action} promised: {promised}"


def test_a_clock_that_the_log_forgets_is_noticed(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: an act ends a clock, and the log does not say so."""
    sound = stepping.stop_clocks

    def forgetful(step: Taking) -> list[str]:
        return sound(step)[1:]

    public_id, story = county.register(), STORIES["objection upheld, no longer accepted"]
    tell(county, public_id, story[0])
    monkeypatch.setattr(stepping, "stop_clocks", forgetful)
    with pytest.raises(AssertionError, match="the log says else"):
        tell(county, public_id, story[1])


def test_a_limit_is_owed_by_whom_its_row_names(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that 签收 would start, owed by the handling unit: nobody else has to be told who that is."""
    kind = LimitKind.RULING
    monkeypatch.setitem(LIMITS, kind, replace(LIMITS[kind], owner=Owner.UNIT))
    with_clock = [
        replace(row, starts=(Start(kind),)) if row.action is Action.SIGN_FOR else row for row in lifecycle.STEPS
    ]
    monkeypatch.setattr(lifecycle, "STEPS", with_clock)
    public_id = county.register()
    for act in STORIES["objection refused, not accepted"][:3]:
        tell(county, public_id, act)
    clock = db.session.scalars(select(Deadline).where(Deadline.kind == kind)).one()
    assert (clock.owner_department_id, clock.owner_user_id) == (county.ids["civil"], county.ids["handler"])
    assert (clock.subject, clock.subject_id) == ("case", county.case(public_id).id)


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
    told = ("closed and reopened", "vote buying on two tracks", "objection upheld, no longer accepted")
    for story in (*told, "review upheld, re-examination remits"):
        case = county.case(arrange(county, county.register(), STORIES[story]))
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
    "forwardings": Forwarding,
    "reviews": Review,
    "drafts": ActDraft,
    "order_drafts": OrderDraft,
}


def test_the_shelves_are_all_asked_for() -> None:
    assert set(SHELF_MODELS) == set(SHELVES) == set(Record)
