"""节假日: a notice is looked at, then applied; the administrator sees counts, who may see cases also their numbers."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.browsing import form_of
from tests.working_days.test_notices import notice_of
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.record.models import Case
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.service import start_clock
from tracker.web.office import holidays
from tracker.working_days.queries import calendar
from tracker.working_days.rules import YearStatus

SOURCE = "国务院办公厅关于2027年部分节假日安排的通知"
OFFICIAL = {"year": "2027", "status": "official", "source": SOURCE}


def a_notice(*more: tuple[int, int]) -> bytes:
    """Return a file: the ordinary days of 2027, and some more off."""
    days = [(day.date, day.name) for day in notice_of(2027)] + [(date(2027, *day), "春节") for day in more]
    return ("date,kind,name\n" + "".join(f"{day},off,{name}\n" for day, name in days)).encode()


def running(county: County, *, level: str = "ordinary") -> tuple[str, int]:
    """Register a matter with sixty days that end on 19 January 2027; return its number and the clock's id."""
    public_id = county.register()
    case = db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
    with committed():
        deadline = start_clock(
            LimitKind.HANDLING,
            case_id=case.id,
            subject="case",
            subject_id=case.id,
            started_on=date(2026, 11, 20),
            owner_department_id=case.office_id,
        )
        case.level = level
        db.session.flush()
        audit.record(Event.CASE_CORRECTED, by=None, now=clock.now(), case_id=case.id)
    return case.register_no, deadline.id


def send(browser: Client, content: bytes, **fields: str) -> TestResponse:
    data = {**OFFICIAL, **fields, "files": (BytesIO(content), "2027.csv")}
    return browser.submit("/holidays", data, content_type="multipart/form-data")


def due(deadline_id: int) -> date:
    found: date = db.session.scalars(select(Deadline.effective_due).where(Deadline.id == deadline_id)).one()
    return found


def apply(browser: Client, shown: TestResponse, **changed: str) -> TestResponse:
    return browser.post("/holidays/apply", data={**dict(form_of(shown, "/holidays/apply").fields), **changed})


def test_a_notice_is_looked_at_and_then_applied(county: County) -> None:
    number, clock_id = running(county)
    shown = send(county.browser("supervisor"), a_notice((1, 19), (1, 20)))
    assert shown.status_code == 200
    for words in ("2027年1月19日", "2027年1月21日", "作出处理意见并送达", number, "还没有写入", SOURCE):
        assert words in shown.text
    assert (due(clock_id), calendar().status(2027)) == (date(2027, 1, 19), YearStatus.NOT_LOADED)
    done = apply(county.browser("supervisor"), shown)
    assert (done.status_code, done.location) == (303, "/holidays")
    assert "1 个期限的日期有变化" in county.browser("supervisor").get("/holidays").text
    assert due(clock_id) == date(2027, 1, 21)
    assert verify().wrong is None


def test_the_administrator_sees_counts_and_no_case(county: County) -> None:
    number, clock_id = running(county)
    shown = send(county.browser("admin"), a_notice((1, 19)))
    assert "作出处理意见并送达" in shown.text
    assert number not in shown.text
    assert "您能看到的信访事项" not in shown.text
    assert apply(county.browser("admin"), shown).status_code == 303
    assert due(clock_id) == date(2027, 1, 20)


def test_numbers_are_shown_only_of_cases_the_reader_may_know_of(county: County) -> None:
    open_number, _ = running(county)
    sealed_number, _ = running(county, level="accusation")
    shown = send(county.browser("supervisor"), a_notice((1, 19)))
    assert open_number in shown.text
    assert sealed_number not in shown.text
    assert "共 1 个期限" in shown.text
    assert "共 2 个期限" not in shown.text, "nor is the sealed one counted"
    assert "共 1 个期限" in send(county.browser("admin"), a_notice((1, 19))).text, "open numbers alone"
    apply(county.browser("supervisor"), shown)
    assert "1 个期限的日期有变化" in county.browser("supervisor").get("/holidays").text


def test_who_does_not_keep_the_calendar_sees_nothing(county: County) -> None:
    assert county.browser("acceptor").get("/holidays").status_code == 403
    assert county.browser("acceptor").post("/holidays/apply").status_code == 403


def test_a_change_in_between_is_shown_before_anything_is_applied(county: County) -> None:
    _, clock_id = running(county)
    shown = send(county.browser("supervisor"), a_notice((1, 19)))
    late = running(county)[1]
    again = apply(county.browser("supervisor"), shown)
    assert again.status_code == 409
    assert "预览以后" in again.text
    assert "共 2 个期限" in again.text
    assert (due(clock_id), due(late)) == (date(2027, 1, 19), date(2027, 1, 19))
    assert apply(county.browser("supervisor"), again).status_code == 303
    assert (due(clock_id), due(late)) == (date(2027, 1, 20), date(2027, 1, 20))


def test_a_preview_is_its_persons_own_and_cannot_be_altered(county: County) -> None:
    running(county)
    shown = send(county.browser("supervisor"), a_notice((1, 19)))
    token = form_of(shown, "/holidays/apply").fields["change"]
    browser = county.browser("admin")
    own = browser.token("/holidays")
    for change in (token, token[:-1], "", "x" * 50):
        for address in ("/holidays/apply", "/holidays/preview"):
            refused = browser.post(address, data={"csrf_token": own, "change": change})
            assert refused.status_code == 422, (address, change)
            assert "已经失效" in refused.text
    assert calendar().status(2027) is YearStatus.NOT_LOADED


def test_a_loaded_year_is_corrected_day_by_day(county: County) -> None:
    _, clock_id = running(county)
    browser = county.browser("supervisor")
    apply(browser, send(browser, a_notice((1, 19))))
    day = {"of_year": "2027", "day": "2027-01-20", "kind": "off", "name": "春节", "day_source": "更正通知"}
    shown = browser.submit("/holidays/days", day, page="/holidays")
    assert (shown.status_code, due(clock_id)) == (200, date(2027, 1, 20))
    assert apply(browser, shown).status_code == 303
    assert due(clock_id) == date(2027, 1, 21)
    back = browser.submit("/holidays/days", {**day, "kind": "ordinary", "name": ""}, page="/holidays")
    assert "已告知信访人，不提前" in back.text
    assert "没有正在计算的期限因此改变日期" in back.text
    apply(browser, back)
    assert due(clock_id) == date(2027, 1, 21), "the petitioner was told"
    assert calendar().is_working(date(2027, 1, 20))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"of_year": "2031"}, "没有这个选项"),
        ({"day": "不知道"}, "看不懂日期"),
        ({"day": "2025-03-03"}, "不在2026年内"),
        ({"day": "2026-10-01"}, "本来就是这样安排的"),
        ({"day": "2026-10-01", "kind": "ordinary"}, "缺少2026年10月1日的放假安排"),
        ({"kind": "work"}, "本来就上班"),
        ({"name": ""}, "请填写节日名称"),
        ({"day_source": ""}, "请填写依据"),
    ],
)
def test_a_wrong_day_is_refused_with_a_sentence(county: County, changed: dict[str, str], sentence: str) -> None:
    day = {"of_year": "2026", "day": "2026-12-08", "kind": "off", "name": "国庆节", "day_source": "更正通知"}
    answer = county.browser("admin").submit("/holidays/days", {**day, **changed}, page="/holidays")
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("fields", "content", "sentence"),
    [
        ({}, b"date,kind,name\n", "是空的"),
        ({}, b"", "文件是空的"),
        ({"year": "2028"}, a_notice(), "不在2028年内"),
        ({"year": "二〇二七"}, a_notice(), "四位数字"),
        ({"source": ""}, a_notice(), "请写明依据"),
        ({"status": "certain"}, a_notice(), "没有这个选项"),
        ({}, b'{"year": 2026, "days": []}', "文件里写的是 2026 年"),
    ],
)
def test_a_wrong_notice_is_refused_with_a_sentence(
    county: County, fields: dict[str, str], content: bytes, sentence: str
) -> None:
    answer = send(county.browser("admin"), content, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert calendar().status(2027) is YearStatus.NOT_LOADED


def test_too_large_a_file_is_refused(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holidays, "LARGEST_FILE", len(a_notice()) - 1)
    answer = send(county.browser("admin"), a_notice())
    assert (answer.status_code, "超过 1 MB" in answer.text) == (422, True)
    monkeypatch.setattr(holidays, "LARGEST_FILE", len(a_notice()))
    assert send(county.browser("admin"), a_notice()).status_code == 200


def test_a_forecast_keeps_dates_provisional(county: County) -> None:
    running(county)
    browser = county.browser("admin")
    shown = send(browser, a_notice((1, 19)), status="provisional")
    assert "仍标“暂定”" in shown.text
    apply(browser, shown)
    assert calendar().status(2027) is YearStatus.PROVISIONAL


def test_many_cases_are_turned_page_by_page(county: County) -> None:
    numbers = [running(county)[0] for _ in range(51)]
    browser = county.browser("supervisor")
    first = send(browser, a_notice((1, 19)))
    assert numbers[0] in first.text
    assert numbers[50] not in first.text
    assert "共 51 个" in first.text
    turned = dict(form_of(first, "/holidays/preview").fields)
    second = browser.post("/holidays/preview", data={**turned, "page": "2"})
    assert numbers[50] in second.text
    assert numbers[0] not in second.text
    assert browser.post("/holidays/preview", data={**turned, "page": "²"}).status_code == 200
    assert apply(browser, second).status_code == 303


def test_looking_writes_nothing(county: County) -> None:
    running(county)
    browser = county.browser("admin")
    browser.token("/holidays")
    counting = select(func.count()).select_from(AuditEvent)
    before = db.session.scalar(counting)
    send(browser, a_notice((1, 19)))
    assert db.session.scalar(counting) == before


# A change that is under way


@pytest.fixture
def under_way(county: County, monkeypatch: pytest.MonkeyPatch) -> County:
    """Give a change that the page began and left to the timer after its first seconds."""
    running(county)
    monkeypatch.setattr(holidays, "PATIENCE", 0)
    browser = county.browser("supervisor")
    assert apply(browser, send(browser, a_notice((1, 19)))).location == "/holidays"
    monkeypatch.undo()
    return county


def test_the_page_says_how_far_a_change_is_and_takes_no_other(under_way: County) -> None:
    browser = under_way.browser("admin")
    shown = browser.get("/holidays")
    for words in ("正在应用 2027 年放假安排", SOURCE, "0%", "郝明", "接着办", "各处仍显示原来的日期"):
        assert words in shown.text, words
    for words in ("预览变化", "没有进展"):
        assert words not in shown.text, words
    own = browser.token("/holidays")
    for address in ("/holidays", "/holidays/days"):
        refused = browser.post(address, data={"csrf_token": own, **OFFICIAL})
        assert (refused.status_code, "正在应用 2027 年放假安排" in refused.text) == (409, True)
    assert calendar().status(2027) is YearStatus.NOT_LOADED


def test_a_preview_from_before_cannot_be_applied_beside_another_change(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(county)
    first, second = (send(county.browser(who), a_notice((1, 19))) for who in ("supervisor", "admin"))
    with monkeypatch.context() as patch:
        patch.setattr(holidays, "PATIENCE", 0)
        apply(county.browser("supervisor"), first)
    assert apply(county.browser("admin"), second).location == "/holidays"
    assert "已经有一份放假安排正在应用" in county.browser("admin").get("/holidays").text


def test_whoever_keeps_the_calendar_can_go_on_with_it(under_way: County) -> None:
    browser = under_way.browser("admin")
    done = browser.submit("/holidays/resume", {}, page="/holidays")
    assert (done.status_code, done.location) == (303, "/holidays")
    shown = browser.get("/holidays").text
    assert "已经应用完毕" in shown
    assert "预览变化" in shown
    assert calendar().status(2027) is YearStatus.OFFICIAL
    assert verify().wrong is None


def test_a_change_that_stands_still_is_told_to_those_who_keep_the_calendar(under_way: County) -> None:
    sentence = "放假安排应用到一半停住了"
    assert sentence not in under_way.browser("admin").get("/").text
    with clock.frozen(clock.now() + timedelta(minutes=4)):
        for who in ("admin", "supervisor"):
            assert f"2027年{sentence}，已停 4 分钟" in under_way.browser(who).get("/").text
            assert "已经 4 分钟没有进展" in under_way.browser(who).get("/holidays").text
        assert sentence not in under_way.browser("acceptor").get("/").text
