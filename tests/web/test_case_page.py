"""The page of a case: what it shows to whom, what reading it leaves in the log, how much it asks of the database."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cases.counting import statements
from tests.web.arranging import arrange
from tests.web.browsing import filled, form_of, take
from tests.web.stories import CLAIM, CLOSED, DELIVERED, WORKED, Act, act
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.service import READINGS
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.history import Keyed, import_history_cases, start_import
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow, import_key
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.page.trail import TRAIL
from tracker.cases.record.models import NamedReader
from tracker.cases.record.rules.codes import Channel, Confidentiality, Purpose
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.petitioners.service import PetitionerEntry

# Statements of the database for the page of a case, with the session, the unread messages, whether the clock is
# believed, the log of readings, the three of 督办 (rungs, instructions, how many were told) and three BEGINs of SQLite.
# Those of sending 交办, and how many of them write the case.
# Who was named at 分类 to lead it is read with its head, and whether they still can: two of those of giving it out.
# One of the questions of a page is what was asked about the matter (件的申请).
# Whether it is sponsored (包案) is one, whether the reader may say so another.
# Giving a matter out asks once for the numbers of the office on its page and once in the act.
FRESH, FULL, SIGNING, GIVING, CHANGED = 27, 33, 28, 62, 3
VARIES = re.compile(r"(?<=content=\")[^\"]{20,}(?=\")|[0-9a-f]{16}|\d{4}年\d+月\d+日 \d\d:\d\d|value=\"[^\"]{40,}\"")


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def story(county: County, acts: list[Act], **registered: object) -> str:
    """Tell a story and return the case."""
    return arrange(county, county.register(**registered), acts)


def readings(case_id: int) -> list[tuple[str, int | None]]:
    """Return the log of readings of a case: kinds and readers."""
    rows = db.session.execute(
        select(AuditEvent.kind, AuditEvent.actor_id)
        .where(AuditEvent.log_id == READINGS, AuditEvent.case_id == case_id)
        .order_by(AuditEvent.seq)
    )
    return [(kind, actor_id) for kind, actor_id in rows]


def test_the_head_says_what_where_who_and_when(county: County, case: str) -> None:
    page = county.browser("handler").get(f"/cases/{case}").text
    for words in (
        "XF-2026-000001",
        "来信",
        "2026年11月18日收到",
        "申诉求决类",
        "办理中",
        "县民政局",
        "王海燕手中（今天起）",
    ):
        assert words in page
    for words in ("阳城县", "润城镇", "上庄村", "今天是收到后的第 3 日，受理的当日"):
        assert words in page
    assert f'href="/places/{county.village.public_id}"' in page


def test_every_clock_with_its_article_and_why(county: County, case: str) -> None:
    page = county.browser("handler").get(f"/cases/{case}").text
    for words in (
        "作出处理意见并送达",
        "反馈交办结果",
        "第三十四条",
        "为什么是这一天",
        "2026年11月21日（次日起算）＋60日",
    ):
        assert words in page
    assert "暂定" in page, "2027 is not loaded"
    assert "已停的期限 3 个" in page


def test_one_main_button_and_the_rest_under_more(county: County, case: str) -> None:
    page = county.browser("handler").get(f"/cases/{case}").text
    assert page.count('class="btn main"') == 1
    assert f'class="btn main" href="/cases/{case}/steps/draft_opinion"' in page
    assert f'href="/cases/{case}/steps/note"' in page
    others = county.browser("acceptor").get(f"/cases/{case}").text
    assert 'class="btn main"' not in others
    assert "本件现在由县民政局 · 王海燕办理，没有等您办的步骤。" in others


def test_no_way_to_decide_is_hidden(county: County) -> None:
    case = story(county, [*WORKED[:3], act("handler", Action.OBJECT, {"reason": "不属于民政部门职权。"})])
    panel = county.browser("acceptor").get(f"/cases/{case}").text.split('id="next"')[1].split("<details")[0]
    assert "下一步（受理员）" in panel
    assert panel.index("同意退回，改派") < panel.index("不同意退回")


def test_a_closed_case_bears_its_seal(county: County) -> None:
    case = story(county, [*DELIVERED, *CLOSED])
    page = county.browser("acceptor").get(f"/cases/{case}").text
    assert 'aria-label="已销号，2026.11.21，签批人 陈志远"' in page
    assert "本件于 2026年11月21日销号，从收到到销号共 3 日。" in page


def test_reading_is_on_record_before_the_page_is_shown(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    case = county.register()
    assert county.browser("acceptor").get(f"/cases/{case}").status_code == 200
    case_id = county.case(case).id
    assert readings(case_id) == [(Event.CASE_READ, county.ids["acceptor"])]

    def no_room(*_args: object, **_kwargs: object) -> None:
        raise OSError("no room for the log")

    county.browser("acceptor").application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(audit, "record_reading", no_room)
    refused = county.browser("acceptor").get(f"/cases/{case}")
    county.browser("acceptor").application.config["PROPAGATE_EXCEPTIONS"] = None
    assert refused.status_code == 500
    assert "上庄村" not in refused.text


def test_who_read_it_is_shown_to_those_who_answer_for_it(county: County, case: str) -> None:
    county.browser("supervisor").get(f"/cases/{case}")
    assert "谁看过本件" in county.browser("handler").get(f"/cases/{case}").text
    assert "郝明" in county.browser("handler").get(f"/cases/{case}").text
    assert "谁看过本件" not in county.browser("colleague").get(f"/cases/{case}").text


def test_an_unseen_case_answers_like_one_that_is_not_there(county: County) -> None:
    case = county.register(level=Confidentiality.SENSITIVE)
    stranger = county.browser("town_head")
    for address in (
        "",
        "/steps/triage",
        "/close-out-sheet",
        "/slip",
        f"/deadlines/{'A' * 22}",
        "/accused",
        "/steps/assign/dates/due_on",
    ):
        unseen = stranger.get(f"/cases/{case}{address}")
        missing = stranger.get(f"/cases/{'A' * 22}{address}")
        assert unseen.status_code == missing.status_code == 404
        assert VARIES.sub("", unseen.text) == VARIES.sub("", missing.text)
    assert county.browser("acceptor").get(f"/cases/{case}").status_code == 200
    found = readings(county.case(case).id)
    assert found.pop() == (Event.CASE_READ, county.ids["acceptor"])
    assert set(found) == {(Event.CASE_DENIED, county.ids["town_head"])}, "who was refused is on record"


def test_an_earlier_case_is_named_only_to_those_who_may_know_of_it(county: County) -> None:
    sealed = county.register("acceptor", level=Confidentiality.ACCUSATION, title="反映某人")
    original = county.case(sealed)
    repeat = story(county, WORKED, original_id=original.id)
    assert original.register_no in county.browser("acceptor").get(f"/cases/{repeat}").text
    handler = county.browser("handler").get(f"/cases/{repeat}").text
    assert original.register_no not in handler
    assert "原件" not in handler


@pytest.mark.both_databases
def test_into_which_case_it_was_merged_is_said_only_to_those_who_may_know(county: County) -> None:
    main = county.case(county.register("acceptor", level=Confidentiality.SENSITIVE, title="反映某人"))
    case = county.register()
    answer = take(county.browser("acceptor"), case, "merge", {"into": main.register_no, "reason": "同人同事。"})
    assert answer.status_code == 303
    assert f"并入 {main.register_no}" in county.browser("acceptor").get(f"/cases/{case}").text
    assert main.register_no not in county.browser("registrar").get(f"/cases/{case}").text


def test_people_are_covered_until_somebody_opens_them(county: County) -> None:
    accused = [AccusedEntry("冯某某", "村委会主任")]
    case = county.register(accused=accused)
    address = f"/cases/{case}/identity"
    browser = county.browser("acceptor")
    page = browser.get(f"/cases/{case}")
    for hidden in ("延秀兰", "13903561234", "三组", "冯某某", "村委会主任"):
        assert hidden not in page.text
    assert "139****1234" in page.text
    opened = browser.post(address, data=filled(form_of(page, address), {"purpose": "电话核实诉求"}))
    assert opened.status_code == 200
    for shown in ("延秀兰", "13903561234", "三组", "冯某某", "村委会主任"):
        assert shown in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    assert (Event.IDENTITY_OPENED, county.ids["acceptor"]) in readings(county.case(case).id)
    assert "13903561234" not in browser.get(f"/cases/{case}").text, "only once"


def test_opening_needs_a_purpose(county: County) -> None:
    case = county.register()
    address = f"/cases/{case}/identity"
    browser = county.browser("acceptor")
    refused = browser.post(address, data=filled(form_of(browser.get(f"/cases/{case}"), address), {"purpose": " "}))
    assert refused.status_code == 422
    assert "请填写查看用途" in refused.text
    assert "13903561234" not in refused.text
    assert Event.IDENTITY_OPENED not in [kind for kind, _by in readings(county.case(case).id)]


def test_who_may_read_but_not_open_is_told_so(county: County) -> None:
    case = county.register("acceptor")
    browser = county.browser("supervisor")
    page = browser.get(f"/cases/{case}")
    assert "/identity" not in page.text
    token = form_of(browser.get("/account"), "/sign-out").fields["csrf_token"]
    refused = browser.post(f"/cases/{case}/identity", data={"csrf_token": token, "purpose": "看一看"})
    assert refused.status_code == 403
    assert "13903561234" not in refused.text


def test_an_accusation_shows_its_named_list(county: County) -> None:
    case = county.register("acceptor", level=Confidentiality.ACCUSATION)
    page = county.browser("office_head").get(f"/cases/{case}").text
    assert "知悉名单" in page
    assert "举报专办岗位" in page
    assert county.browser("registrar").get(f"/cases/{case}").status_code == 404


@pytest.mark.both_databases
def test_whom_a_name_means_is_decided_by_the_head_of_the_office(county: County) -> None:
    case = county.register("acceptor", accused=[AccusedEntry("温凯", "镇长")])
    assert county.browser("town_head").get(f"/cases/{case}").status_code == 404
    address = f"/cases/{case}/accused"
    assert address in county.browser("office_head").get(f"/cases/{case}").text
    page = county.browser("office_head").get(address)
    assert "温凯" in page.text
    assert county.browser("handler").get(address).status_code == 404
    refused = county.browser("office_head").post(address, data=sent(page, address, ""))
    assert refused.status_code == 422
    assert "请写明排除的理由" in refused.text
    done = county.browser("office_head").post(address, data=sent(page, address, "镇长不叫这个名字，系同名。"))
    assert done.status_code == 303
    assert "已排除同名" in county.browser("office_head").get(f"/cases/{case}").text


def sent(page: TestResponse, address: str, reason: str) -> dict[str, object]:
    """Return what the form 核实被反映人 sends with its second button."""
    fields = form_of(page, address).fields
    return {**fields.to_dict(), "decision": "clear", "reason": reason}


def test_people_and_channel_are_said_in_the_offices_words(county: County) -> None:
    petitioners = [PetitionerEntry(name="延秀兰"), PetitionerEntry(kind="representative", name="吴强")]
    case = county.register(channel=Channel.VISIT, people_count=12, petitioners=petitioners)
    page = county.browser("acceptor").get(f"/cases/{case}").text
    assert "集体访 12 人" in page
    assert "代表人" in page


def test_the_papers_are_printed_on_record(county: County, case: str) -> None:
    browser = county.browser("handler")
    deadline = re.findall(rf"/cases/{case}/deadlines/([\w-]{{22}})", browser.get(f"/cases/{case}").text)[0]
    for paper, words in (
        ("close-out-sheet", "信访事项销号核对单"),
        ("slip", "信访事项回执"),
        (f"deadlines/{deadline}", "逐日表"),
    ):
        page = browser.get(f"/cases/{case}/{paper}")
        assert page.status_code == 200
        assert words in page.text
    kinds = [kind for kind, _by in readings(county.case(case).id)]
    assert kinds.count(Event.CASE_PRINTED) == 3


def test_the_close_out_sheet_of_a_closed_case_is_its_certificate(county: County) -> None:
    case = story(county, [*DELIVERED, *CLOSED])
    page = county.browser("lead").get(f"/cases/{case}/close-out-sheet").text
    assert "信访事项销号单" in page
    assert "核对单" not in page
    for words in ("王海燕", "张建军", "李晓梅", "陈志远", "办理完毕，申请销号。", "同意销号。", "评价满意"):
        assert words in page


def test_the_slip_of_an_accusation_keeps_silent(county: County) -> None:
    case = county.register("acceptor", level=Confidentiality.ACCUSATION, title="反映冯某某送礼")
    take(county.browser("acceptor"), case, "triage", {"matter_class": "accusation"})
    page = county.browser("acceptor").get(f"/cases/{case}/slip").text
    assert "冯某某" not in page
    assert "纪检监察机关" in page


def test_a_clock_of_another_case_has_no_day_table_here(county: County) -> None:
    one, other = county.register(), county.register()
    browser = county.browser("acceptor")
    deadline = re.findall(rf"/cases/{other}/deadlines/([\w-]{{22}})", browser.get(f"/cases/{other}").text)[0]
    assert browser.get(f"/cases/{one}/deadlines/{deadline}").status_code == 404
    assert browser.get(f"/cases/{one}/deadlines/{'A' * 22}").status_code == 404


def test_the_page_asks_a_fixed_number_of_questions(county: County) -> None:
    fresh, full = county.register(), story(county, [*DELIVERED, *CLOSED])
    for case, most in ((fresh, FRESH), (full, FULL)):
        browser = county.browser("acceptor")
        browser.get(f"/cases/{case}")
        with statements() as sent:
            browser.get(f"/cases/{case}")
        # Where a transaction begins is no question, and only one of the databases says it as a statement.
        sent = [statement for statement in sent if not statement.startswith("BEGIN")]
        assert len(sent) == most, [" ".join(statement.split())[:60] for statement in sent]


def test_the_page_of_the_checklist_reads_the_file_once(county: County) -> None:
    """The guards, the checklist and the head look at the same rows: who signs opens the dearest page of the steps."""
    case = story(county, [*DELIVERED, *CLOSED[:-1]])
    browser = county.browser("lead")
    browser.get(f"/cases/{case}")
    with statements() as sent:
        assert "销号核对单" in browser.get(f"/cases/{case}/steps/sign_close_out").text
    sent = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(sent) == SIGNING, [" ".join(statement.split())[:60] for statement in sent]


def test_giving_a_case_to_a_unit_asks_a_fixed_number_of_questions(county: County) -> None:
    case, given = story(county, [CLAIM]), WORKED[1]
    browser, address = county.browser(given.who), f"/cases/{case}/steps/assign"
    fields = filled(form_of(browser.get(address), address), given.filled(county, county.case(case)))
    with statements() as sent:
        assert browser.post(address, data=fields).status_code == 303
    sent = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(sent) == GIVING, [" ".join(statement.split())[:60] for statement in sent]
    changed = [statement for statement in sent if statement.startswith("UPDATE petition_case")]
    assert len(changed) == CHANGED


def test_a_long_case_asks_no_more_than_a_short_one(county: County, case: str) -> None:
    handler, counts = county.browser("handler"), []
    for _round in range(2):
        with statements() as sent:
            handler.get(f"/cases/{case}")
        counts.append(len(sent))
        for number in range(10):
            fields = {"reason": f"第 {number} 次走访。"}
            take(handler, case, "note", fields)
    assert counts[0] == counts[1]


def test_every_act_has_its_wording() -> None:
    assert set(TRAIL) == set(Action)
    for wording in TRAIL.values():
        assert isinstance(wording({"days": 1, "before": "", "after": ""}), str)


def test_a_named_reader_who_was_taken_off_is_not_listed(county: County) -> None:
    case = county.register("acceptor", level=Confidentiality.ACCUSATION)
    case_id = county.case(case).id
    with committed():
        row = db.session.scalars(
            select(NamedReader).where(NamedReader.case_id == case_id, NamedReader.user_id == county.ids["office_head"])
        ).one()
        row.ended_at = core_clock.now()
        audit.record(Event.CASE_CORRECTED, by=None, now=core_clock.now(), case_id=case_id)
    page = county.browser("acceptor").get(f"/cases/{case}").text
    assert "知悉名单" in page
    assert "周建国" not in page
    assert county.browser("office_head").get(f"/cases/{case}").status_code == 404


def test_a_history_case_shows_what_it_came_with(county: County) -> None:
    row = HistoryRow(
        source_no="2554",
        received=DayAndHour(date(2019, 4, 24)),
        answered=DayAndHour(date(2019, 5, 19)),
        title="反映道路没有修好",
        summary="村口的路去年挖开以后没有修。",
        answer="经核实，已列入修复计划。",
        channel=Channel.ONLINE,
        purpose=Purpose.APPEAL,
        facts={"registered_in": "县交通局"},
    )
    now, office = core_clock.now(), county.office
    with committed():
        run = start_import("liuyan", office=office, file_name="留言.xlsx", file_sha256="0" * 64, by=None, now=now)
        (case,) = import_history_cases(run, [Keyed(import_key("liuyan", row), row)], office=office, by=None, now=now)
        public_id = case.public_id
    page = county.browser("acceptor").get(f"/cases/{public_id}").text
    for words in (
        "历史件",
        "经核实，已列入修复计划。",
        "从收到到答复历时 25 日",
        "逾期 10 天完成",
        "来源编号 2554",
        "县交通局",
    ):
        assert words in page
    assert "确定属地" in page
    assert "/steps/assign" not in page


def test_the_received_day_counts_as_nought(county: County) -> None:
    case = county.register(received_on=date(2026, 11, 21))
    assert "今天是收到的当日" in county.browser("acceptor").get(f"/cases/{case}").text
