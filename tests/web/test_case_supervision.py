"""督办 on the page of a case, 谁在何时知道, the printed papers: who sees what, and what it leaves in the log."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.web.browsing import take
from tests.web.stories import CLOSED, DELIVERED, WORKED
from tests.web.test_case_page import VARIES, readings, story
from tests.world.county import PEOPLE, County
from tracker.audit import Event
from tracker.cases.intake.history import Keyed, import_history_cases, start_import
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow, import_key
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.rules.codes import Channel, Confidentiality, Purpose
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.supervision.papers.models import SupervisionOrder

URGED = {"reply_by": "2026-11-26", "reason": "请抓紧办理，书面报告进展。"}


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def section(county: County, who: str, case: str) -> str:
    """Return the section 督办 of the page as somebody sees it."""
    page = county.browser(who).get(f"/cases/{case}").text
    return page.split('id="supervision"')[1].split("</section>")[0]


def urged(county: County) -> tuple[str, SupervisionOrder]:
    """Return a case at work with a 催办单 to its unit."""
    case = story(county, WORKED)
    assert take(county.browser("acceptor"), case, Action.URGE, URGED).status_code == 303
    order = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id.desc())).first()
    assert order is not None
    return case, order


def test_a_quiet_case_says_so_and_offers_what_may_be_done(county: County, case: str) -> None:
    assert 'href="#supervision"' in county.browser("handler").get(f"/cases/{case}").text
    handler, acceptor = section(county, "handler", case), section(county, "acceptor", case)
    assert "没有发过催办单、督办单，也没有批示。" in handler
    assert "未督办" in handler
    assert f"/cases/{case}/steps/urge" in acceptor
    assert f"/cases/{case}/steps/instruct" in section(county, "lead", case)
    for action in ("urge", "supervise", "instruct"):
        assert f"/steps/{action}" not in handler


def test_an_order_shows_who_sent_it_to_whom_by_when(county: County) -> None:
    case, order = urged(county)
    seen = section(county, "handler", case)
    for words in ("已催办", order.number, "催办单", "县民政局", "李晓梅", "11月26日 周四", "待回复", "书面报告进展"):
        assert words in seen
    assert f'href="/orders/{order.public_id}/print"' in seen


def test_only_the_unit_is_asked_to_answer_and_only_the_office_withdraws(county: County) -> None:
    case, _order = urged(county)
    answer, withdraw = f"/cases/{case}/steps/answer_order", f"/cases/{case}/steps/withdraw_order"
    assert answer in section(county, "handler", case)
    assert withdraw not in section(county, "handler", case)
    assert withdraw in section(county, "office_head", case)
    assert answer not in section(county, "office_head", case)
    assert take(county.browser("handler"), case, Action.ANSWER_ORDER, {"reason": "周五前办结。"}).status_code == 303
    done = section(county, "handler", case)
    for words in ("未督办", "已回复", "周五前办结。", "王海燕 回复"):
        assert words in done
    assert answer not in done


def test_an_instruction_and_its_report_are_in_the_section(county: County, case: str) -> None:
    fields = {"words": "请当面听取信访人意见。", "task_of": str(county.ids["handler"]), "due_on": "2026-11-27"}
    assert take(county.browser("lead"), case, Action.INSTRUCT, fields).status_code == 303
    seen = section(county, "handler", case)
    for words in ("批示　陈志远", "请当面听取信访人意见。", "请王海燕落实", "11月27日 周五", "报告落实情况"):
        assert words in seen
    assert "报告落实情况" not in section(county, "lead", case)


def test_every_step_that_a_page_offers_can_be_opened_by_its_reader(county: County) -> None:
    """An order and an instruction wait: only the people they were sent to answer them, and only they see a link."""
    case, _order = urged(county)
    fields = {"words": "请当面听取信访人意见。", "task_of": str(county.ids["handler"]), "due_on": "2026-11-27"}
    assert take(county.browser("lead"), case, Action.INSTRUCT, fields).status_code == 303
    offered: dict[str, set[str]] = {}
    for who in PEOPLE:
        browser = county.browser(who)
        page = browser.get(f"/cases/{case}")
        links = (
            set(re.findall(rf'href="(/cases/{case}/steps/[a-z_]+)"', page.text)) if page.status_code == 200 else set()
        )
        assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200), who
        offered[who] = {link.rsplit("/", 1)[1] for link in links}
    answers = {"answer_order", "report_instruction"}
    assert offered["handler"] >= answers
    assert not offered["acceptor"] & answers


def test_the_page_of_who_knew_is_for_whoever_answers_for_the_case(county: County) -> None:
    case, order = urged(county)
    page = county.browser("handler").get(f"/cases/{case}/told")
    assert page.status_code == 200
    for words in ("谁在何时知道、责任天数", order.number, "责任人（承办人）", "承办单位负责人", "待发"):
        assert words in page.text
    other = county.browser("colleague").get(f"/cases/{case}/told")
    assert other.status_code == 200
    assert "责任天数" in other.text
    assert "谁在何时知道" not in other.text
    assert "待发" not in other.text
    assert "谁在何时知道" not in section(county, "colleague", case)
    assert "谁在何时知道" in section(county, "handler", case)


def test_asking_who_knew_is_on_record(county: County, case: str) -> None:
    before = len(readings(county.case(case).id))
    county.browser("supervisor").get(f"/cases/{case}/told")
    assert readings(county.case(case).id)[before:] == [(Event.CASE_READ, county.ids["supervisor"])]


@pytest.mark.both_databases
def test_the_days_add_up_on_the_page(county: County, case: str) -> None:
    with clock.frozen(clock.at_local(date(2026, 12, 1))):
        page = county.browser("lead").get(f"/cases/{case}/told").text
    assert "2026年11月21日 至 2026年12月1日，共 10 天" in page
    assert "县民政局 · 王海燕" in page
    assert "今天刚登记" in county.browser("registrar").get(f"/cases/{county.register()}/told").text


def test_a_closed_case_keeps_its_days(county: County) -> None:
    case = story(county, [*DELIVERED, *CLOSED])
    with clock.frozen(clock.at_local(date(2027, 3, 1))):
        page = county.browser("supervisor").get(f"/cases/{case}/told").text
    assert "2026年11月21日 至 销号、并案或作废之日 2026年11月21日，共 0 天" in page


def test_an_imported_case_has_no_days_of_responsibility(county: County) -> None:
    row = HistoryRow(
        source_no="9000001",
        received=DayAndHour(date(2024, 3, 28)),
        title="旧件",
        summary="正文",
        channel=Channel.ONLINE,
        purpose=Purpose.SETTLEMENT,
    )
    now, office = clock.now(), county.office
    with committed():
        run = start_import("board", office=office, file_name="旧.xlsx", file_sha256="0" * 64, by=None, now=now)
        (made,) = import_history_cases(run, [Keyed(import_key("board", row), row)], office=office, by=None, now=now)
        case = made.public_id
    assert "读入的历史件不计责任天数" in county.browser("acceptor").get(f"/cases/{case}/told").text


@pytest.mark.both_databases
def test_the_paper_is_printed_on_record_and_names_no_petitioner(county: County) -> None:
    case, order = urged(county)
    before = len(readings(county.case(case).id))
    page = county.browser("handler").get(f"/orders/{order.public_id}/print")
    assert page.status_code == 200
    register_no = county.case(case).register_no
    for words in (
        "信访事项催办单",
        order.number,
        "阳城县信访局",
        "阳城县民政局：",
        register_no,
        "2026年11月26日",
        "回　执",
    ):
        assert words in page.text
    for hidden in ("延秀兰", "139", "选民登记遗漏"):
        assert hidden not in page.text
    assert readings(county.case(case).id)[before:] == [(Event.CASE_PRINTED, county.ids["handler"])]
    take(county.browser("handler"), case, Action.ANSWER_ORDER, {"reason": "周五前办结。"})
    answered = county.browser("handler").get(f"/orders/{order.public_id}/print").text
    assert "周五前办结。" in answered
    assert "已在系统内回复" in answered


def test_each_paper_has_its_own_name(county: County, case: str) -> None:
    for level, title, signer in (
        ("blue", "蓝色督办单", ""),
        ("on_site", "实地督办通知书", "office_head"),
        ("interview", "约谈通知书", "leader"),
        ("circular", "通报", "leader"),
        ("listed", "挂牌督办通知书", "leader"),
        ("liability", "追责建议书", "leader"),
    ):
        fields = {"level": level, "reply_by": "2026-11-27", "reason": "请说明原因。"}
        fields |= {"organ": str(county.ids["town"])} if level == "liability" else {}
        assert take(county.browser("supervisor"), case, Action.SUPERVISE, fields).status_code == 303
        if signer:
            assert "待我签发" in county.browser(signer).get("/supervision").text
            assert take(county.browser(signer), case, Action.SIGN_ORDER).status_code == 303
            assert "待我签发" not in county.browser(signer).get("/supervision").text
        order = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id.desc())).first()
        assert order is not None
        assert f"信访事项{title}" in county.browser("handler").get(f"/orders/{order.public_id}/print").text
        withdrawn = {"order": str(order.id), "reason": "改发。"}
        assert take(county.browser("office_head"), case, Action.WITHDRAW_ORDER, withdrawn).status_code == 303
        assert "撤回：改发。" in county.browser("handler").get(f"/orders/{order.public_id}/print").text
    assert "已回复、已撤回的 6 份" in section(county, "handler", case)


def test_the_papers_of_an_unseen_case_answer_like_none(county: County) -> None:
    case, order = urged(county)
    sealed = county.register("acceptor", level=Confidentiality.ACCUSATION, title="反映某人")
    stranger = county.browser("town_head")
    for unseen, missing in (
        (f"/orders/{order.public_id}/print", f"/orders/{'A' * 22}/print"),
        (f"/cases/{case}/told", f"/cases/{'A' * 22}/told"),
        (f"/cases/{sealed}/told", f"/cases/{'A' * 22}/told"),
    ):
        one, other = stranger.get(unseen), stranger.get(missing)
        assert one.status_code == other.status_code == 404
        assert VARIES.sub("", one.text) == VARIES.sub("", other.text)
    assert county.browser("supervisor").get(f"/cases/{sealed}/told").status_code == 404, "rank gives nothing"
    assert county.browser("office_head").get(f"/cases/{sealed}/told").status_code == 200
