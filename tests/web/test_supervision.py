"""督办台: what waits for a leader, answered in one tap; silence and acknowledgement; numbers that open their lists."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.conftest import Clock
from tests.web.arranging import arrange
from tests.web.browsing import FormReader
from tests.web.stories import WORKED, act
from tests.web.test_steps import tell
from tests.world.county import County
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import CaseStep
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.jobs.notices import send_notices
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery
from tracker.notifications.rules import Way
from tracker.notifications.service import announce
from tracker.reminders.ladder.rules.rungs import LEVELS, RungLevel
from tracker.reminders.models import Escalation
from tracker.supervision.papers.models import Instruction
from tracker.working_days.queries import calendar

BUCKET = re.compile(r'<li class="[^"]*"><a href="([^"]+)"><b>(\d+)</b><span>([^<]+)</span>')
LATE_NUMBER = re.compile(r'<td class="num[^"]*"><a href="([^"]+)">(\d+)</a>')


@pytest.fixture
def case(at_work: str) -> str:
    """Give a matter that is being handled, led by 陈志远."""
    return at_work


def worked(county: County, **changes: Any) -> str:
    return arrange(county, county.register(**changes), WORKED)


def escalate(
    county: County, case: str, *, to: str = "lead", level: RungLevel = RungLevel.AMBER, key: str = ""
) -> Delivery:
    """Tell a leader of a rung, as the timer and the outbox do."""
    row, now = county.case(case), core_clock.now()
    with committed():
        rung = Escalation(
            subject="deadline", subject_id=row.id, revision=1, rung=f"test-{level.value}{key}", case_id=row.id,
            level=level.value, reached_on=core_clock.today(), raised_at=now, state="raised",
        )  # fmt: skip
        db.session.add(rung)
        db.session.flush()
        facts = {"source": "rung", "source_id": rung.id, "case_id": row.id, "told": "lead", "awaits_answer": True}
        notice = announce(
            f"rung:{rung.id}", now=now, days=calendar(), heading=LEVELS[level].label, why="已逾期 3 天。",
            asked="请督促。", **facts,
        )  # fmt: skip
        notice.addressed_at = now
        copy = Delivery(
            notice=notice, user_id=county.ids[to], channel=Way.INBOX, because="您是领办领导", state="delivered",
            not_before=now, delivered_at=now,
        )  # fmt: skip
        db.session.add(copy)
        db.session.flush()
        audit.record(audit.Event.RUNG_REACHED, by=None, now=now, case_id=row.id)
        return copy


def desk(county: County, who: str = "lead") -> str:
    page = county.browser(who).get("/supervision")
    assert page.status_code == 200, page.text
    return page.text


def forms_of(page: str, case: str) -> list[MultiDict[str, str]]:
    """Read every form that answers a case: the taps, then the opened one."""
    found = []
    for part in page.split("<form")[1:]:
        reader = FormReader(f"/cases/{case}/steps/instruct")
        reader.feed("<form" + part.partition("</form>")[0] + "</form>")
        if reader.names:
            found.append(reader.fields)
    return found


def typed(fields: MultiDict[str, str], **values: str) -> MultiDict[str, str]:
    """Fill in some fields of a form."""
    for name, value in values.items():
        fields[name] = value
    return fields


def tap(county: County, case: str, phrase: str, who: str = "lead") -> TestResponse:
    """Tap one of the phrases."""
    fields = typed(forms_of(desk(county, who), case)[0], phrase=phrase)
    return county.browser(who).post(f"/cases/{case}/steps/instruct", data=fields)


def instructions() -> list[Instruction]:
    db.session.expire_all()
    return list(db.session.scalars(select(Instruction).order_by(Instruction.id)))


@pytest.mark.both_databases
def test_an_escalation_waits_until_it_is_answered_in_one_tap(county: County, case: str, clock: Clock) -> None:
    escalate(county, case)
    number = county.case(case).register_no
    page = desk(county)
    assert number in page
    assert "黄色督办" in page
    assert "今天送达" in page
    assert "批给王海燕（县民政局·承办人），11月25日前报告" in page
    clock.forward(hours=50)
    county.end_sessions()
    page = desk(county)
    assert "已等 2 天" in page
    assert 'class="waited"' in page, "three days are the limit for the red"
    clock.forward(days=1)
    county.end_sessions()
    assert 'class="waited long">已等 3 天' in desk(county)
    answer = tap(county, case, "press")
    assert (answer.status_code, answer.location) == (303, "/supervision")
    page = desk(county)
    assert "没有等您批示的件" in page
    assert "已办理“批示”" in page
    (row,) = instructions()
    assert (row.text, row.by_id, row.task_of_id) == (
        "请抓紧办理，按期答复。",
        county.ids["lead"],
        county.ids["handler"],
    )
    mine = page[page.index('id="mine"') :]
    assert "请抓紧办理，按期答复。" in mine
    assert "未到期" in mine
    assert number in mine
    trail = county.browser("handler").get(f"/cases/{case}").text
    assert "请抓紧办理，按期答复。" in trail
    assert "落实批示" in trail, "the task runs as a clock of the case"
    assert verify().wrong is None


def test_read_only_gives_no_task(county: County, case: str) -> None:
    escalate(county, case)
    assert tap(county, case, "read").status_code == 303
    (row,) = instructions()
    assert (row.text, row.task_of_id, row.due_on) == ("已阅。", None, None)
    assert "未派任务" in desk(county)


def test_own_words_person_and_day(county: County, case: str) -> None:
    escalate(county, case)
    fields = forms_of(desk(county), case)[1]
    typed(fields, words="三日内报我。", task_of=str(county.ids["unit_head"]), due_on="12月1日")
    assert county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields).status_code == 303
    (row,) = instructions()
    assert (row.text, row.task_of_id, str(row.due_on)) == ("三日内报我。", county.ids["unit_head"], "2026-12-01")


def test_what_is_wrong_is_said_and_kept_on_the_page_of_the_act(county: County, case: str) -> None:
    escalate(county, case)
    fields = forms_of(desk(county), case)[1]
    typed(fields, words="速办。", due_on="2月30日")
    page = county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields)
    assert page.status_code == 422
    assert "没有“2月30日”这一天" in page.text
    assert "速办。" in page.text
    assert 'name="then" value="supervision"' in page.text
    typed(fields, due_on="12月1日", task_of=str(county.ids["town_head"]))
    page = county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields)
    assert page.status_code == 422
    assert "里没有这个选项" in page.text
    typed(fields, words=" ", task_of=str(county.ids["handler"]))
    assert "请写明批示内容" in county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields).text
    assert instructions() == []


def test_a_double_tap_writes_one(county: County, case: str) -> None:
    escalate(county, case)
    fields = typed(forms_of(desk(county), case)[0], phrase="press")
    answers = [county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/supervision"] * 2
    assert len(instructions()) == 1
    assert "没有重复办理" in desk(county)


def test_a_stale_page_says_what_happened_and_keeps_the_words(county: County, case: str) -> None:
    escalate(county, case)
    fields = typed(forms_of(desk(county), case)[1], words="速办。")
    tell(county, case, act("handler", Action.NOTE, {"reason": "昨天已经入户。"}))
    page = county.browser("lead").post(f"/cases/{case}/steps/instruct", data=fields)
    assert page.status_code == 409
    assert "昨天已经入户。" in page.text
    assert "速办。" in page.text
    again = FormReader(f"/cases/{case}/steps/instruct")
    again.feed(page.text)
    assert county.browser("lead").post(f"/cases/{case}/steps/instruct", data=again.fields).location == "/supervision"
    assert [row.text for row in instructions()] == ["速办。"]


def test_the_highest_level_of_a_case_stands_once_and_first(county: County, case: str) -> None:
    other = worked(county, title="要求公开征地补偿款")
    escalate(county, other, level=RungLevel.BLUE)
    escalate(county, case, level=RungLevel.AMBER)
    escalate(county, case, level=RungLevel.RED)
    page = desk(county)
    assert page.count('<article class="told"') == 2
    assert "红色督办" in page
    assert "黄色督办" not in page
    assert page.index("红色督办") < page.index("蓝色督办")


def test_a_new_rung_after_the_answer_waits_anew(county: County, case: str, clock: Clock) -> None:
    escalate(county, case)
    tap(county, case, "press")
    clock.forward(minutes=1)
    escalate(county, case, level=RungLevel.RED)
    assert "红色督办" in desk(county)


def test_a_clock_that_has_ended_needs_no_answer(county: County, case: str) -> None:
    copy = escalate(county, case)
    row = db.session.scalars(select(Deadline).where(Deadline.case_id == county.case(case).id)).first()
    assert row is not None
    with committed():
        copy.notice.deadline_id = row.id
        row.ended_on = core_clock.today()
        audit.record(audit.Event.RUNG_REACHED, by=None, now=core_clock.now(), case_id=row.case_id)
    assert "没有等您批示的件" in desk(county)


def test_silence_and_acknowledgement_are_seen_by_those_who_watch(county: County, case: str, clock: Clock) -> None:
    copy = escalate(county, case)
    for who in ("supervisor", "office_head", "leader"):
        page = desk(county, who)
        part = page[page.index('id="others"') :]
        assert "陈志远" in part
        assert "还没有打开" in part
    assert 'id="others"' not in desk(county, "unit_head"), "the unit does not watch its leader"
    db.session.refresh(copy)
    assert copy.opened_at is None, "nobody else's look counts"
    desk(county)
    db.session.refresh(copy)
    assert copy.opened_at == clock.now()
    assert "已阅，未批示" in desk(county, "supervisor")
    tap(county, case, "read")
    assert 'id="others"' not in desk(county, "supervisor")


def test_the_accused_leader_sees_nothing_of_it(county: County) -> None:
    accused = AccusedEntry("陈志远", "副县长")
    hidden = county.register(title="反映陈志远插手选举", accused=[accused])
    escalate(county, hidden)
    shown = worked(county)
    escalate(county, shown)
    page = desk(county)
    assert county.case(shown).register_no in page
    assert county.case(hidden).register_no not in page
    assert "插手选举" not in page
    answer = county.browser("lead").post(
        f"/cases/{hidden}/steps/instruct", data=typed(forms_of(page, shown)[0], phrase="press")
    )
    assert answer.status_code == 404
    assert instructions() == []
    assert county.case(hidden).register_no not in county.browser("lead").get("/supervision/print").text


def test_a_stand_in_who_is_no_leader_supervises_instead(county: County, case: str) -> None:
    escalate(county, case, to="office_head")
    page = desk(county, "office_head")
    assert 'id="told"' in page
    assert forms_of(page, case) == []
    assert f"/cases/{case}/steps/supervise" in page
    fields = {"level": "red", "reason": "限期书面说明。"}
    tell(county, case, act("office_head", Action.SUPERVISE, fields))
    assert 'id="told"' not in desk(county, "office_head")


def total_of(page: TestResponse) -> int:
    """Return how many rows a list says it has."""
    found = re.search(r'<div class="eyebrow">共 (\d+) [件份]</div>', page.text)
    assert found, page.text[:3000]
    return int(found[1])


@pytest.mark.parametrize(
    "readers",
    [("lead", "unit_head"), pytest.param(("leader", "supervisor", "office_head"), marks=pytest.mark.long)],
    ids=" and ".join,
)
def test_every_number_of_the_desk_opens_its_list(county: County, clock: Clock, readers: Sequence[str]) -> None:
    for title in ("反映漏登", "要求补发", "反映垫资"):
        worked(county, title=title)
    county.register(title="紧急来访", urgency="urgent")
    urged = worked(county, title="督办一件")
    tell(county, urged, act("supervisor", Action.SUPERVISE, {"level": "blue", "reason": "请说明。"}))
    clock.forward(days=40)
    county.end_sessions()
    for who in readers:
        assert_numbers_open(county, who)


def assert_numbers_open(county: County, who: str) -> None:
    page = desk(county, who)
    numbers = BUCKET.findall(page)
    late = LATE_NUMBER.findall(page)
    assert len(numbers) >= 6, who
    assert len(late) > 15, who
    counted = 0
    for href, count in {(unescape(href), int(count)) for href, count, *_ in [*numbers, *late]}:
        if href.startswith("#"):
            continue
        opened = county.browser(who).get(href)
        assert opened.status_code == 200
        assert total_of(opened) == count, (who, href)
        counted += count > 0
    assert counted >= 4, who


def test_the_timer_s_own_escalation_reaches_the_desk(county: County, case: str, clock: Clock) -> None:
    clock.set(datetime(2027, 1, 8, 9, tzinfo=core_clock.SHANGHAI))
    tick()
    clock.forward(days=7)
    send_notices()
    county.end_sessions()
    page = desk(county)
    assert county.case(case).register_no in page[page.index('id="told"') :]
    assert tap(county, case, "listen").status_code == 303
    assert "没有等您批示的件" in desk(county)


def test_read_receipts_of_serious_matters(county: County, clock: Clock) -> None:
    case = county.register()
    tell(county, case, act("acceptor", Action.CORRECT, {"election_type": "committee", "reason": "漏填。"}))
    tell(county, case, act("registrar", Action.MARK_VOTE_BUYING, {"reason": "反映请客送礼。"}))
    assert "没有贿选或者紧急的在办件" in serious_part(desk(county, "leader")), "sensitive, and he was not told"
    part = serious_part(desk(county, "office_head"))
    assert county.case(case).register_no in part
    assert "还没有告知任何领导" in part
    tell(county, case, act("registrar", Action.REPORT_LEADERS, {"reason": "当日报告。"}))
    assert "林一鸣" in serious_part(desk(county, "leader"))
    assert "未阅" in serious_part(desk(county, "leader"))
    tell(county, case, act("leader", Action.READ_REPORT))
    assert "11月21日 09:00 已阅" in serious_part(desk(county, "supervisor"))


def serious_part(page: str) -> str:
    return page[page.index('id="serious"') :].partition("</section>")[0]


def test_the_sheet_of_paper_has_boxes_to_tick(county: County, case: str) -> None:
    for number in range(9):
        escalate(county, worked(county, title=f"第{number}件"), key=str(number))
    page = county.browser("lead").get("/supervision/print")
    assert page.status_code == 200
    assert page.text.count("当面听取意见") == 5
    assert "另有 4 件" in page.text, "what has no room is said"
    assert "陈志远" in page.text
    assert "print-portrait" in page.text


def test_lists_of_orders(county: County, case: str, clock: Clock) -> None:
    tell(county, case, act("acceptor", Action.URGE))
    waiting = county.browser("supervisor").get("/supervision/orders")
    assert "催〔2026〕1号" in waiting.text
    assert total_of(county.browser("supervisor").get("/supervision/orders?which=late")) == 0
    clock.forward(days=7)
    county.end_sessions()
    assert total_of(county.browser("supervisor").get("/supervision/orders?which=late")) == 1
    tell(county, case, act("handler", Action.ANSWER_ORDER, {"reason": "已经办妥。"}))
    assert total_of(county.browser("supervisor").get("/supervision/orders")) == 0
    assert "已经办妥。" in county.browser("supervisor").get("/supervision/orders?which=answered").text
    assert county.browser("town_head").get("/supervision/orders?which=all").text.count("催〔2026〕") == 0
    for odd in ("which=x", "sent=yesterday", "sent=2026-11-21", "page=0", "page=99"):
        assert county.browser("supervisor").get(f"/supervision/orders?{odd}").status_code == 200


def test_the_list_of_waiting_matters_goes_on(county: County) -> None:
    for number in range(12):
        escalate(county, worked(county, title=f"第{number}件"), key=str(number))
    first, second = desk(county), county.browser("lead").get("/supervision?page=2").text
    assert (first.count('<article class="told"'), second.count('<article class="told"')) == (6, 6)
    assert "共 12 件" in first
    steps = db.session.scalars(select(CaseStep.action)).all()
    assert Action.INSTRUCT not in steps
