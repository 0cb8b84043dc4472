"""运行记录, 如果今天是… and the strip on the home page, as people see them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cases.counting import statements
from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import make_user, sign_in
from tests.web.browsing import form_of
from tests.world.county import County
from tracker import audit
from tracker.audit.models import AuditHead
from tracker.cases.record.rules.codes import Purpose
from tracker.core.database import Base, committed, db
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.notifications.models import Notice
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.reminders.models import Sweep, TickRun
from tracker.reminders.runs import queries as runs

SIMULATION = "/timer/simulation"


def somebody(county: County, role: Role) -> Client:
    """Give the browser of a newcomer with a role."""
    with committed():
        person = make_user(roles=[(role, county.office)])
    browser = county.new_client()
    sign_in(browser, person)
    return browser


def run(**values: Any) -> TickRun:
    """Write a run that was."""
    with committed():
        row = TickRun(**values)
        db.session.add(row)
    return row


def late(county: County, clock: Clock) -> str:
    """Register a matter that the office has not referred in time, and let the timer see it."""
    case = county.register()
    clock.forward(days=14)
    return case


def test_before_the_first_run(county: County) -> None:
    assert "提醒还没有运行过" in county.browser("handler").get("/timer").text
    home = county.browser("handler").get("/")
    assert "今天系统做了什么" in home.text
    assert "提醒还没有运行过，到期的不会提醒。" in home.text
    assert "ran silent" in home.text
    assert "今天系统做了什么" in county.browser("admin").get("/").text


def test_what_a_run_did(county: County, clock: Clock) -> None:
    late(county, clock)
    tick(clock.now())
    page = county.browser("supervisor").get("/timer")
    assert page.status_code == 200
    assert "逾期第 1 日催办（转送、交办等 5 种期限）：1" in page.text
    assert "只记录（停摆期间已升到更高一级）" in page.text
    handler = county.browser("handler").get("/timer")
    assert handler.status_code == 200
    assert "逾期第 1 日催办" not in handler.text
    assert "逾期第 1 日催办" in county.browser("auditor").get("/timer").text
    home = county.browser("handler").get("/").text
    assert "ran silent" not in home
    assert "上次检查" in home
    clock.forward(minutes=11)
    silent = county.browser("handler").get("/").text
    assert "ran silent" in silent
    assert "提醒已经停了 11 分钟" in silent


def test_of_hidden_cases_not_even_the_number_is_shown(county: County, clock: Clock) -> None:
    """What a run raised in an accusation is no number for those who may not know of it; who reads the log sees all."""
    case = county.case(late(county, clock))
    with committed():
        case.level = "accusation"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    tick(clock.now())
    raised = '<td class="num" data-label="升级">1</td>'
    assert raised in county.browser("auditor").get("/timer").text, "negative control"
    for who in ("admin", "supervisor", "leader", "handler", "office_head"):
        page = county.browser(who).get("/timer").text
        assert raised not in page, who
        assert "逾期第 1 日催办" not in page, who
        assert "升级 <b>0</b>" in re.sub(r"<(?!/?b>)[^>]+>|\n", "", county.browser(who).get("/").text), who


def test_gaps_refusals_and_broken_runs_are_said(county: County, clock: Clock) -> None:
    now = clock.now()
    run(started_at=now - timedelta(days=9), state="running")
    run(started_at=now - timedelta(days=8), ended_at=now - timedelta(days=8), state="done", gap_seconds=7200, ticks=40)
    run(started_at=now - timedelta(days=7), ended_at=now - timedelta(days=7), state="failed", sentence="运行中出错。")
    run(started_at=now, ended_at=now, state="refused", sentence="时钟比上次运行倒退了 3 小时，暂停提醒。")
    browser = county.browser("supervisor")
    for page, said in {
        1: ("拒绝运行", "时钟比上次运行倒退了 3 小时", "2026年11月21日"),
        2: ("这一天没有运行", "2026年11月20日"),
        8: ("运行中出错。", "2026年11月14日"),
        9: ("此前停了 2 小时", "连续 40 次"),
        10: ("中断", "第 10 页，共 10 页"),
    }.items():
        shown = browser.get(f"/timer?page={page}").text
        for each in said:
            assert each in shown, (page, each)
    assert "时钟比上次运行倒退了 3 小时" in county.browser("handler").get("/").text
    assert "确认时钟正确" not in county.browser("handler").get("/timer").text


def test_the_clock_is_confirmed_on_the_page(county: County, clock: Clock) -> None:
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    clock.forward(days=70)
    assert tick(clock.now()).refused
    browser = county.browser("admin")
    page = browser.get("/timer")
    assert "请先确认时钟正确" in page.text
    assert "星期" in page.text or "周" in page.text
    done = browser.post("/timer/confirm-clock", data=form_of(page, "/timer/confirm-clock").fields)
    assert done.status_code == 303
    assert "已确认时钟" in browser.get("/timer").text
    clock.forward(minutes=1)
    assert not tick(clock.now()).refused
    again = browser.submit("/timer/confirm-clock", page="/account")
    assert again.status_code == 303
    assert "不需要确认时钟" in browser.get("/timer").text
    assert county.browser("handler").submit("/timer/confirm-clock", page="/account").status_code == 403


def test_a_clock_is_confirmed_also_where_the_timer_is_dead(county: County, clock: Clock) -> None:
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    clock.forward(days=70)
    browser = county.browser("admin")
    page = browser.get("/timer")
    assert "距上次运行已有 70 天，请先确认时钟正确。" in page.text
    browser.post("/timer/confirm-clock", data=form_of(page, "/timer/confirm-clock").fields)
    assert "已确认时钟" in browser.get("/timer").text
    assert "confirm-clock" not in browser.get("/timer").text


@pytest.mark.parametrize("role", Role)
def test_everybody_who_signs_in_under_a_wrong_clock_is_told(county: County, clock: Clock, role: Role) -> None:
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    browser = somebody(county, role)
    assert "系统的时钟可能不对" not in browser.get("/account").text
    clock.set(clock.now() - timedelta(minutes=5))
    assert "系统的时钟可能不对。</b>时钟比上次运行倒退了 5 分钟" in browser.get("/account").text
    assert "系统的时钟可能不对" not in county.new_client().get("/sign-in").text


def test_held_notices_are_released_on_the_page(county: County, clock: Clock) -> None:
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    late(county, clock)
    tick(clock.now())
    held = runs.latest()
    assert held
    waiting = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.held)) or 0
    assert waiting
    page = county.browser("supervisor").get("/timer")
    assert f"{waiting} 条通知等待放行" in page.text
    assert "有通知等待放行" in county.browser("supervisor").get("/").text
    assert "有通知等待放行" not in county.browser("handler").get("/").text, "it is about nothing of theirs"
    address = f"/timer/{held.public_id}/release"
    assert county.browser("handler").submit(address, page="/account").status_code == 403
    asked = county.browser("supervisor").get(f"/timer/{held.public_id}/held")
    assert f"/timer/{held.public_id}/held" in page.text
    done = county.browser("supervisor").post(address, data=form_of(asked, address).fields)
    assert done.status_code == 303
    shown = county.browser("supervisor").get("/timer").text
    assert "已放行，通知在工作时间内陆续送出" in shown
    assert "郝明放行" in shown
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.held)) == 0
    county.browser("supervisor").submit(address, page="/account")
    assert "可能已经有人放行" in county.browser("supervisor").get("/timer").text
    assert county.browser("supervisor").submit(f"/timer/{'x' * 22}/release", page="/account").status_code == 404


def test_what_waits_from_another_day_stands_on_top(county: County, clock: Clock) -> None:
    run(started_at=clock.now() - timedelta(days=9), ended_at=clock.now() - timedelta(days=9), state="done", held=True)
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    page = county.browser("supervisor").get("/timer").text
    assert "有通知等待放行</b>（11月12日 09:00 的运行）" in page
    assert "等待放行" not in county.browser("handler").get("/timer").text


@pytest.mark.both_databases
def test_before_releasing_one_sees_what_would_go_out_and_only_what_one_may(county: County, clock: Clock) -> None:
    run(started_at=clock.now(), ended_at=clock.now(), state="done")
    open_one = county.case(late(county, clock))
    sealed = county.case(county.register(purpose=Purpose.ACCUSATION, title="反映某干部问题"))
    clock.forward(days=16)
    tick(clock.now())
    latest = runs.latest()
    assert latest
    address = f"/timer/{latest.public_id}/held"
    supervisor, admin = county.browser("supervisor").get(address), county.browser("admin").get(address)
    assert open_one.register_no in supervisor.text
    assert sealed.register_no not in supervisor.text
    assert "共 1 项，只算您可以查看的信访事项" in supervisor.text
    assert "共 1 项，不含内部编号的信访事项" in admin.text
    auditor = somebody(county, Role.AUDITOR).get(address).text
    assert "共 2 项" in auditor
    told = [int(re.search(r"(\d+) 条通知", page.text)[1]) for page in (supervisor, admin)]  # type: ignore[index]
    assert told[0] == told[1]
    assert f"{told[0]} 条通知等待放行" in county.browser("supervisor").get("/timer").text
    assert "县信访局" in admin.text
    assert "您的岗位只看数字" in admin.text
    assert not re.findall(r"XF-[0-9-]+|反映", admin.text)
    for page in (supervisor, admin):
        assert form_of(page, f"/timer/{latest.public_id}/release").fields
    assert f"/timer/{latest.public_id}/release" not in auditor
    assert "等待系统管理员或者督查员放行" in auditor
    for key in ("handler", "office_head"):
        assert county.browser(key).get(address).status_code == 403
    assert county.browser("supervisor").get(f"/timer/{'x' * 22}/held").status_code == 404


def test_runs_are_paged_by_day(county: County, clock: Clock) -> None:
    for n in range(3):
        run(started_at=clock.now() - timedelta(days=n), ended_at=clock.now(), state="done", sentence=f"第 {n} 次。")
    browser = county.browser("supervisor")
    assert "第 1 页，共 3 页" in browser.get("/timer").text
    last = browser.get("/timer?page=3").text
    assert "第 2 次。" in last
    assert "第 0 次。" not in last
    assert "第 3 页，共 3 页" in browser.get("/timer?page=9").text


def test_quiet_runs_in_a_row_are_one_line_whatever_was_raised_of_others(county: County, clock: Clock) -> None:
    """A run that raised something only in a hidden matter breaks the list for nobody who may not know of it."""
    now = clock.now()
    for n in range(3):
        at = now + timedelta(minutes=n)
        raised = {"work-urge": 1} if n == 1 else {}
        run(started_at=at, ended_at=at, state="done", raised=raised, examined=9, sent=n)
    page = county.browser("supervisor").get("/timer").text
    assert "连续 3 次" in page
    assert page.count("<tr") == 2, "the head and one line"
    run(started_at=now + timedelta(minutes=3), ended_at=now + timedelta(minutes=3), state="done", sentence="有变化。")
    assert county.browser("supervisor").get("/timer").text.count("<tr") == 3, "negative control"


def snapshot() -> tuple[dict[str, int], list[Any]]:
    counts = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }
    return counts, list(db.session.execute(select(AuditHead.log_id, AuditHead.size)))


def test_a_day_is_simulated_and_nothing_is_written(county: County, clock: Clock) -> None:
    title = "反映上庄村换届选举选民登记遗漏"
    county.register()
    browser, admin, auditor = county.browser("acceptor"), county.browser("admin"), county.browser("auditor")
    other = county.browser("handler")
    before = snapshot()
    page = browser.get(f"{SIMULATION}?on=2026-12-04")
    assert page.status_code == 200
    for said in (title, "2026年12月4日 周五", "逾期第 1 日", "责任人（承办人）、承办单位负责人", "共 1 项"):
        assert said in page.text, said
    numbers = admin.get(f"{SIMULATION}?on=2026-12-04").text
    assert "共 1 项" in numbers
    assert title not in numbers
    assert "XF-2026-" not in numbers
    assert "您的岗位只看数字" in numbers
    unseen = other.get(f"{SIMULATION}?on=2026-12-04").text
    assert "共 0 项" in unseen
    assert title not in unseen
    assert browser.get(SIMULATION).status_code == 200
    assert snapshot() == before
    assert auditor.get(SIMULATION).status_code == 403


@pytest.mark.parametrize("typed", ["昨天", "2030-01-01", "不是日期", "2026-02-30"])
def test_a_day_that_cannot_be_asked(county: County, typed: str) -> None:
    page = county.browser("acceptor").get(f"{SIMULATION}?on={typed}")
    assert page.status_code == 422
    assert f'value="{typed}"' in page.text
    assert 'id="on-error"' in page.text


def test_the_strip_is_one_statement(county: County, clock: Clock) -> None:
    for n in range(30):
        run(started_at=clock.now() - timedelta(minutes=n), ended_at=clock.now(), state="done")
    reader = reader_for(county.supervisor, clock.today())
    with statements() as sent:
        runs.today(SUBJECTS, clock.now(), reader)
    assert len([each for each in sent if not each.startswith("BEGIN")]) == 1


@pytest.mark.both_databases
def test_wrong_hints_are_told_to_who_keeps_the_timer_and_to_nobody_else(county: County, clock: Clock) -> None:
    """Without a number but to who reads the log: it would count hidden ones too."""
    ended = clock.now() - timedelta(hours=9)
    with committed() as session:
        session.add(Sweep(begun_at=ended, ended_at=ended, after_id=9, checked=9, wrong=0, unseen=0))
        session.add(TickRun(started_at=clock.now(), ended_at=clock.now(), state="done", wrong_hints=7, lapsed=31))
    people = {
        "admin": county.browser("admin"),
        "auditor": somebody(county, Role.AUDITOR),
        "supervisor": county.browser("supervisor"),
        "handler": county.browser("handler"),
    }
    shown = {who: browser.get("/timer").text for who, browser in people.items()}
    assert "核对以来，有 7 个期限的检查日不对，已改正；误过的已补发。" in shown["auditor"]
    assert "31 个期限期满。" in shown["auditor"]
    assert "核对以来，有期限的检查日不对" in shown["admin"]
    assert "核对以来，有期限的检查日不对" in shown["supervisor"]
    assert "检查日" not in shown["handler"]
    assert "期满" not in shown["admin"] + shown["supervisor"] + shown["handler"]
    alarm = "有期限的检查日不对，已改正补发，请看运行记录。"
    alarmed = {who for who, browser in people.items() if alarm in browser.get("/").text}
    assert alarmed == {"admin", "supervisor"}
    clock.forward(days=2)
    assert alarm not in county.browser("admin").get("/").text


def test_a_clock_of_no_case_is_an_alarm_until_a_check_finds_none(county: County, clock: Clock) -> None:
    alarm, at = "有期限不知道属于什么事项", clock.now()
    for unseen in (2, 0):
        with committed() as session:
            session.add(Sweep(begun_at=at, ended_at=at, after_id=9, checked=9, wrong=0, unseen=unseen))
        assert (alarm in county.browser("admin").get("/").text) == bool(unseen)
        assert alarm not in county.browser("handler").get("/").text
