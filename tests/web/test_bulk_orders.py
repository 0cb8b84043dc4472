"""批量催办: chosen in the ledger, previewed, issued turn by turn, once however often the form is sent."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.broken_off import BrokenOff
from tests.web.arranging import arrange
from tests.web.browsing import form_of
from tests.web.stories import CLOSED, DELIVERED, WORKED, act
from tests.web.test_steps import tell
from tests.world.county import County
from tracker.audit.queries import verify
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.ledger.chosen import chosen_cases
from tracker.cases.lifecycle.rules.actions import Action
from tracker.core import clock as core_clock
from tracker.core.database import db
from tracker.core.pacing import Pace
from tracker.people.queries import reader_for
from tracker.supervision.papers.chosen import Urging, urge_all
from tracker.supervision.papers.models import SupervisionOrder
from tracker.supervision.papers.selection import MOST
from tracker.web.case.step_forms.supervision import URGED
from tracker.web.supervision import bulk_orders

PREVIEW, ISSUE = "/supervision/urge/preview", "/supervision/urge"


@pytest.fixture
def case(at_work: str) -> str:
    """Give the matter that is being handled."""
    return at_work


def told(county: County, acts: list[Any], **changes: Any) -> str:
    return arrange(county, county.register(**changes), acts)


def preview(county: County, cases: list[str], who: str = "acceptor") -> TestResponse:
    """Choose cases in the ledger and ask what would happen."""
    ledger = county.browser(who).get("/cases")
    fields = MultiDict(form_of(ledger, PREVIEW).fields)
    fields.setlist("case", cases)
    return county.browser(who).post(PREVIEW, data=fields)


def sending(page: TestResponse, **typed: str) -> MultiDict[str, str]:
    fields = MultiDict(form_of(page, ISSUE).fields)
    for name, value in typed.items():
        fields[name] = value
    return fields


def orders() -> list[SupervisionOrder]:
    db.session.expire_all()
    return list(db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id)))


def test_only_who_urges_has_boxes_in_the_ledger(county: County) -> None:
    case = county.register()
    for who in ("acceptor", "office_head", "supervisor"):
        assert f'name="case" value="{case}"' in county.browser(who).get("/cases").text
    for who in ("registrar", "leader"):
        page = county.browser(who).get("/cases").text
        assert county.case(case).register_no in page
        assert 'name="case"' not in page


def test_the_preview_says_which_and_which_not_and_why(county: County) -> None:
    going = told(county, WORKED, title="逾期未答复")
    office = told(county, [], title="还没有交办")
    closed = told(county, [*DELIVERED, *CLOSED], title="已经销号")
    waiting = told(county, [*WORKED, act("acceptor", Action.URGE)], title="刚催过")
    hidden = county.register(title="反映李晓梅", accused=[AccusedEntry("李晓梅", "科员")])
    page = preview(county, [going, office, closed, waiting, hidden, "x" * 22])
    assert page.status_code == 200
    goes, refused = page.text.split("不会发</h2>")
    assert "发出 1 份催办单" in page.text
    assert "县民政局" in goes[goes.index("逾期未答复") :][:600]
    assert "本件现在就在本单位（或者上级），催办、督办发给别的单位" in refused[refused.index("还没有交办") :][:600]
    assert "已经销号" in refused
    assert "不能“催办”" in refused
    assert "催〔2026〕1号的回复期限是2026年11月25日，到期以前不再发第二份" in refused
    assert "有 2 件没有找到，或者您无权查看" in page.text
    assert "反映李晓梅" not in page.text
    assert len(orders()) == 1, "a preview issues nothing"
    assert page.text.count(URGED) == 1
    assert "2026-11-25" in page.text


def test_each_gets_its_own_number_and_clock(county: County) -> None:
    cases = [told(county, WORKED, title=f"第{number}件") for number in range(3)]
    page = preview(county, cases)
    answer = county.browser("acceptor").post(ISSUE, data=sending(page, reason="限期答复。", reply_by="12月1日"))
    assert answer.status_code == 303
    assert answer.location.startswith("/supervision/orders?which=all&sent=")
    found = orders()
    assert [row.number for row in found] == [f"催〔2026〕{number}号" for number in (1, 2, 3)]
    assert {(row.text, str(row.reply_by), row.issued_by_id) for row in found} == {
        ("限期答复。", "2026-12-01", county.ids["acceptor"])
    }
    assert {str(county.case(case).next_due_on) for case in cases} == {"2026-12-01"}
    result = county.browser("acceptor").get(answer.location)
    assert "已发出 3 份催办单（催〔2026〕1号至催〔2026〕3号）。" in result.text
    assert "本次发出的催办单" in result.text
    assert result.text.count("〔2026〕") >= 3 + 2
    assert "共 0 份" in county.browser("supervisor").get(answer.location).text, "another one's sending"
    assert verify().wrong is None


def test_only_numbers_of_this_sending_are_named() -> None:
    """Between two turns somebody else took 催〔2026〕3号 and 10号; two series, and more than nine of one."""
    ours = [1, 2, 4, 5, 6, 7, 8, 9, 11]
    numbers = [*(f"催〔2026〕{number}号" for number in ours), "催内〔2026〕1号"]
    assert list(bulk_orders._spans(numbers)) == [
        "催〔2026〕1号至催〔2026〕2号", "催〔2026〕4号至催〔2026〕9号", "催〔2026〕11号", "催内〔2026〕1号",
    ]  # fmt: skip
    assert list(bulk_orders._spans([])) == []


def test_a_form_sent_twice_issues_once(county: County, case: str) -> None:
    fields = sending(preview(county, [case]))
    answers = [county.browser("acceptor").post(ISSUE, data=fields) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(orders()) == 1
    assert "没有重复发出" in county.browser("acceptor").get(answers[1].location).text


@pytest.mark.both_databases
def test_a_sending_that_was_broken_off_goes_on_when_the_form_is_sent_again(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [told(county, WORKED, title=f"第{number}件") for number in range(3)]
    fields = sending(preview(county, cases))
    with monkeypatch.context() as patched:
        patched.setattr(bulk_orders, "Pace", lambda _rows: BrokenOff(2))
        with pytest.raises(KeyboardInterrupt):
            county.browser("acceptor").post(ISSUE, data=fields)
    assert [row.case_id for row in orders()] == [county.case(case).id for case in cases[:2]]
    assert "不会发</h2>" in preview(county, cases).text, "what has gone out is seen"
    tell(county, cases[0], act("handler", Action.ANSWER_ORDER, {"reason": "已经入户核实，本周答复。"}))
    answer = county.browser("acceptor").post(ISSUE, data=fields)
    said = county.browser("acceptor").get(answer.location).text
    assert "这次以前已发出 2 份；已发出 1 份催办单（催〔2026〕3号）。" in said
    again = county.browser("acceptor").post(ISSUE, data=fields)
    assert "没有重复发出" in county.browser("acceptor").get(again.location).text
    assert [row.case_id for row in orders()] == [county.case(case).id for case in cases], (
        "answered, and not urged twice"
    )
    assert verify().wrong is None


def test_what_may_no_longer_be_urged_is_skipped_and_named(county: County) -> None:
    going, overtaken = told(county, WORKED, title="照发"), told(county, WORKED, title="被人抢先")
    fields = sending(preview(county, [going, overtaken]))
    tell(county, overtaken, act("office_head", Action.URGE))
    answer = county.browser("acceptor").post(ISSUE, data=fields)
    said = county.browser("acceptor").get(answer.location).text
    assert "已发出 1 份催办单（催〔2026〕2号）。没有发的 1 件——" in said
    assert f"{county.case(overtaken).register_no}：催〔2026〕1号的回复期限" in said
    assert [row.case_id for row in orders()] == [county.case(overtaken).id, county.case(going).id]


def test_where_none_can_go_nothing_is_kept(county: County, case: str) -> None:
    fields = sending(preview(county, [case]))
    tell(county, case, act("office_head", Action.URGE))
    answer = county.browser("acceptor").post(ISSUE, data=fields)
    assert answer.status_code == 422
    assert "一份也没有发出。" in answer.text
    assert len(orders()) == 1
    assert "没有能发催办单的件" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": " "}, "请填写催办内容。"),
        ({"reply_by": ""}, "请填写回复期限。"),
        ({"reply_by": "2月30日"}, "没有“2月30日”这一天"),
        ({"reply_by": "20261120"}, "请指定回复期限，不能早于今天"),
    ],
)
def test_what_is_missing_is_said_and_everything_kept(
    county: County, case: str, typed: dict[str, str], sentence: str
) -> None:
    answer = county.browser("acceptor").post(ISSUE, data=sending(preview(county, [case]), **typed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'name="case" value="{case}"' in answer.text
    assert orders() == []


def test_none_and_too_many_are_refused_with_a_sentence(county: County) -> None:
    county.register()
    none = preview(county, [])
    assert none.status_code == 422
    assert "还没有选中信访事项" in none.text
    many = preview(county, [f"{number:022d}" for number in range(MOST + 1)])
    assert many.status_code == 422
    assert f"一次最多催办 {MOST} 件，现在选中 {MOST + 1} 件" in many.text


def test_somebody_else_s_form_is_refused(county: County, case: str) -> None:
    fields = sending(preview(county, [case]))
    county.browser("acceptor").post(ISSUE, data=fields)
    stolen = MultiDict(fields)
    stolen["csrf_token"] = form_of(county.browser("supervisor").get("/cases"), PREVIEW).fields["csrf_token"]
    assert county.browser("supervisor").post(ISSUE, data=stolen).status_code == 409
    assert len(orders()) == 1


def test_the_head_of_another_unit_issues_nothing(county: County, case: str) -> None:
    page = county.browser("unit_head").get("/account")
    token = form_of(page, "/sign-out").fields["csrf_token"]
    answer = county.browser("unit_head").post(PREVIEW, data={"csrf_token": token, "case": case})
    assert "应由" in answer.text
    assert "没有能发催办单的件" in answer.text
    fields = {"csrf_token": token, "case": case, "reason": "催", "reply_by": "12月1日", "submission": "s" * 43}
    assert county.browser("unit_head").post(ISSUE, data=fields).status_code == 422
    assert orders() == []


@pytest.mark.both_databases
def test_two_sendings_at_once_issue_one_each(app: Flask, county: County) -> None:
    cases = [told(county, WORKED, title=f"第{number}件") for number in range(4)]
    people = {who: county.ids[who] for who in ("acceptor", "office_head")}
    db.session.commit()
    ready, failed = threading.Barrier(2), list[BaseException]()

    def send(who: str, order: list[str]) -> None:
        try:
            with app.app_context():
                ready.wait()
                by, today = county.user(who), core_clock.today()
                ids = [case.id for case in chosen_cases(order, reader_for(by, today))]
                urge_all(ids, Urging(by, core_clock.now(), "催办。", today), Pace(), begin=lambda: None)
        except BaseException as error:
            failed.append(error)

    threads = [
        threading.Thread(target=send, args=(who, order))
        for who, order in zip(people, (cases, list(reversed(cases))), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    found = orders()
    assert len(found) == len({row.case_id for row in found}) == len(cases)
    assert {row.number for row in found} == {f"催〔2026〕{number}号" for number in range(1, 5)}
    assert verify().wrong is None
