"""登记 as a page: everything by plain forms, as without script; nothing typed is ever lost."""

import io
import json
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.cases.counting import statements
from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import make_department, make_user, sign_in
from tests.places.divisions import COUNTY, NEIGHBOUR, VILLAGE, place
from tests.web.naughty import STRINGS, UNREADABLE
from tests.working_days.support import SHARED
from tests.world.county import County
from tests.world.rows import category
from tracker import audit
from tracker.cases.intake import submissions
from tracker.cases.record.models import Attachment, Case, Draft
from tracker.cases.record.rules.channel_extras import CHANNEL_EXTRAS
from tracker.core.database import committed, db
from tracker.core.files import folder, open_file
from tracker.core.text import clean, clean_line
from tracker.people.models import Department
from tracker.people.rules import DepartmentKind, Role
from tracker.reminders.models import TickRun

PAGE = "/cases/new"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
MORE_NAUGHTY = SHARED / "data" / "naughty" / "blns.json"


@pytest.fixture
def office(county: County) -> Department:
    """Give the petition office of a county whose division is known, and a category."""
    with committed():
        county.county.place_code = COUNTY
        top = category("农村农业")
        category("村务管理", top)
        audit.record(audit.Event.CATEGORY_CHANGED, by=None, now=Clock.now())
    return county.office


@pytest.fixture
def clerk(county: County, office: Department) -> Client:
    """Give the registrar's browser."""
    return county.browser("registrar")


def a_form(**changes: Any) -> dict[str, Any]:
    """Return what a browser sends for a complete letter; None leaves a field out."""
    form: dict[str, Any] = {
        "channel": "letter",
        "received_on": "2026-11-20",
        "petitioner_name": "原秀英",
        "phone": "13900000001",
        "people_count": "1",
        "village": "",
        "village_text": VILLAGE,
        "village_was": "",
        "title": "反映选民登记遗漏三户",
        "summary": "来信反映选民名单漏登三户。",
        "demand_points": ["补登遗漏的三户", ""],
        "purpose": "settlement",
        "category": "村务管理",
        "urgency": "normal",
        "level": "ordinary",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def category_id(name: str) -> str:
    found = db.session.execute(db.text("SELECT id FROM category WHERE name = :name"), {"name": name}).scalar_one()
    return str(found)


def send(clerk: Client, form: Mapping[str, Any] | None = None, *, token: str = "", **changes: Any) -> TestResponse:
    """Send the form as from a page opened before; each time a new one unless a token is given."""
    page = vars(clerk).get("form_page") or clerk.get(PAGE).text
    vars(clerk)["form_page"] = page
    filled = dict(form if form is not None else a_form(**changes))
    if filled.get("category") == "村务管理":
        filled["category"] = re.search(r'value="(\d+)"[^>]*>村务管理<', page)[1]  # type: ignore[index]
    filled["submission"] = token or submissions.new_token()
    filled["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    return clerk.post(PAGE, data=filled)


def submission(page: str) -> str:
    found = re.search(r'name="submission" value="([^"]+)"', page)
    assert found
    return found[1]


def shown_errors(answer: TestResponse) -> dict[str, str]:
    """Return the sentences of the summary by the field they lead to."""
    summary = re.search(r'<div class="summary".*?</div>', answer.text, re.DOTALL)
    if not summary:
        return {}
    lines = re.findall(r'<li>(?:<a href="#([^"]+)">)?(.*?)(?:</a>)?</li>', summary[0])
    return {unescape(name): unescape(words) for name, words in lines}


def value_of(page: str, name: str) -> str:
    """Return what an input shows."""
    found = re.search(rf'<input id="{re.escape(name)}" name="[^"]*"[^>]*? value="([^"]*)"', page, re.DOTALL)
    assert found, name
    return unescape(found[1])


def cases() -> list[Case]:
    db.session.rollback()
    return list(db.session.scalars(select(Case).order_by(Case.id)))


def the_case() -> Case:
    found = cases()
    assert len(found) == 1
    return found[0]


# The page


def test_the_page_asks_in_the_order_of_the_paper_form(clerk: Client) -> None:
    page = clerk.get(PAGE).text
    names = (
        "channel received_on posted_on people_count anonymous petitioner_name identity_no phone address village_text "
        "demand_points summary purpose category title occurred_on place_note accused_name election_type vote_buying "
        "urgency level files"
    )
    places = [page.index(f'name="{name}"') for name in names.split()]
    assert places == sorted(places)
    assert value_of(page, "received_on") == "2026-11-21"
    assert 'value="letter" checked' in page
    assert page.index(">保存</button>") < page.index(">查找先前信访事项</button>")  # Enter saves
    assert "<script>" not in page
    assert "style=" not in page
    assert "onclick" not in page


def test_categories_stand_in_two_levels(clerk: Client) -> None:
    page = clerk.get(PAGE).text
    assert re.search(r'<optgroup label="农村农业">.*?村务管理.*?</optgroup>', page, re.DOTALL)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.DEPARTMENT_HEAD, Role.ADMINISTRATOR, Role.PRINCIPAL_LEADER])
def test_others_do_not_register(client: Client, session: Session, role: Role) -> None:
    with committed():
        make_user("other", roles=[(role, make_department())])
    sign_in(client, "other")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403


def test_a_registrar_outside_a_petition_office_is_told_why(client: Client, session: Session) -> None:
    with committed():
        make_user("other", roles=[(Role.REGISTRAR, make_department(kind=DepartmentKind.BUREAU))])
    sign_in(client, "other")
    answer = client.get(PAGE)
    assert answer.status_code == 403
    assert "登记由信访部门的登记员、受理员办理" in answer.text


def test_who_serves_two_offices_says_for_which(clerk: Client, office: Department) -> None:
    assert 'name="office"' not in clerk.get(PAGE).text
    with committed():
        second = make_department("县信访接待中心")
        make_user("both", roles=[(Role.REGISTRAR, office), (Role.REGISTRAR, second)])
    public_id, name = second.public_id, second.name
    clerk.submit("/sign-out", page=PAGE)
    sign_in(clerk, "both")
    vars(clerk).pop("form_page", None)
    assert 'name="office"' in clerk.get(PAGE).text
    assert send(clerk, office=public_id).status_code == 303
    assert the_case().office.name == name
    assert "没有这个选项" in shown_errors(send(clerk, office="x" * 22))["office"]


# Saving


def test_a_letter_is_registered(clerk: Client) -> None:
    answer = send(clerk)
    case = the_case()
    assert answer.status_code == 303
    assert answer.location == f"/cases/{case.public_id}"
    assert case.register_no == "XF-2026-000001"
    assert (case.channel, str(case.received_on), case.title) == ("letter", "2026-11-20", "反映选民登记遗漏三户")
    assert case.village
    assert case.village.code == VILLAGE
    assert case.category
    assert case.category.name == "村务管理"
    assert [point.text for point in case.demand_points] == ["补登遗漏的三户"]
    page = clerk.get(answer.location).text
    for words in ("已登记 XF-2026-000001", "打印回执", "登记下一件"):
        assert words in page


def test_every_field_arrives(clerk: Client) -> None:
    answer = send(
        clerk,
        channel="superior",
        received_on="11月20日",
        superior_office="市信访局",
        superior_no="晋市信〔2026〕8号",
        superior_due_on="20261220",
        identity_no="11010119900307803X",
        address="上庄村一组",
        people_count="７",
        place_note="村委会院内",
        occurred_on="2026/10/1",
        accused_name=["张大山", "", "某某公司"],
        accused_post=["村主任", "", ""],
        election_type="committee",
        election_stage="voter_list",
        vote_buying="1",
        urgency="urgent",
        level="sensitive",
        summary="第一行\r\n第二行",
    )
    assert answer.status_code == 303
    case = the_case()
    facts = (case.superior_office, case.superior_no, str(case.superior_due_on), case.people_count, case.place_note)
    assert facts == ("市信访局", "晋市信〔2026〕8号", "2026-12-20", 7, "村委会院内")
    assert (str(case.received_on), str(case.occurred_on)) == ("2026-11-20", "2026-10-01")
    assert (case.election_type, case.election_stage, case.vote_buying) == ("committee", "voter_list", True)
    assert (case.urgency, case.level, case.summary) == ("urgent", "sensitive", "第一行\n第二行")
    assert [(a.name, a.position_held) for a in case.accused] == [("张大山", "村主任"), ("某某公司", None)]
    person = case.petitioners[0]
    assert (person.name, person.identity_no, person.address) == ("原秀英", "11010119900307803X", "上庄村一组")
    page = clerk.get(answer.location).text
    assert "请今天就报告党委、政府主要领导" in page
    report = re.search(r'<a href="([^"]+)">去办理报告</a>', page)
    assert report
    assert clerk.get(report[1]).status_code == 200


def test_a_visit_has_representatives(clerk: Client) -> None:
    form = a_form(channel="visit", people_count="6", representatives=["甲", "", "乙", "丙", ""])
    assert send(clerk, form).status_code == 303
    case = the_case()
    assert [(p.kind, p.name) for p in case.petitioners][1:] == [("representative", name) for name in "甲乙丙"]
    assert case.received_by == "赵敏"


def test_who_signed_with_them_is_pasted_as_a_list(clerk: Client) -> None:
    names = [f"联名{number}" for number in range(1, 41)]
    refused = send(clerk, people_count="3", co_signers=names)
    assert "人数少于列出的姓名（41 人）" in refused.text
    assert all(f'value="{name}"' in refused.text for name in names)
    answer = send(clerk, people_count="41", co_signers=[*names, ""])
    assert answer.status_code == 303, shown_errors(answer)
    assert [each.name for each in the_case().petitioners if each.kind == "co_signer"] == names


VISIT = {"channel": "visit", "people_count": "12", "petitioner_name": "张三", "represents": "1"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"representatives": ["李四", "王五"]}, ["张三", "李四", "王五"]),
        ({"representatives": ["李四", "张 三"]}, ["李四", "张 三"]),
        ({"representatives": ["李四"], "represents": None}, ["李四"]),
        ({}, ["张三"]),
        ({"people_count": "4"}, []),
        ({"people_count": "4", "representatives": ["李四"]}, ["张三", "李四"]),
    ],
)
def test_the_petitioner_is_typed_once(clerk: Client, changes: dict[str, Any], named: list[str]) -> None:
    answer = send(clerk, **{**VISIT, **changes})
    assert answer.status_code == 303, shown_errors(answer)
    people = the_case().petitioners
    assert [each.name for each in people if each.kind == "representative"] == named
    assert people[0].name == "张三"


def test_the_next_form_begins_with_the_channel_of_the_last(clerk: Client) -> None:
    send(clerk, **VISIT)
    assert 'value="visit" checked' in clerk.get(PAGE).text
    assert 'value="call" checked' in clerk.get(f"{PAGE}?channel=call").text


def test_a_field_has_one_name_everywhere(clerk: Client) -> None:
    extras: dict[str, dict[str, str]] = {
        "superior": {"superior_office": "市信访局", "superior_no": "晋访 1 号", "superior_due_on": "2026-12-30"},
        "online": {"source_no": "W-1"},
        "call": {"hotline_no": "T-1"},
        "visit": {"received_by": "赵敏"},
    }
    for channel, given in extras.items():
        other = {"petitioner_name": f"来人{channel}", "phone": "", "title": channel, "summary": f"{channel} 反映的事。"}
        assert send(clerk, channel=channel, **given, **other).status_code == 303
    pages = "".join(clerk.get(f"/cases/{case.public_id}").text for case in cases())
    form = clerk.get(PAGE).text
    for name, label in CHANNEL_EXTRAS.items():
        assert re.search(rf'<label for="{name}">{label}(?:<span|</label>)', form), name
        assert f"<dt>{label}</dt>" in pages or name == "posted_on", name
    for other in ("接待人", "热线工单号", "来件编号", "上级文号", "转交机关"):
        assert other not in pages + form


def test_an_anonymous_letter_is_registered(clerk: Client) -> None:
    assert send(clerk, anonymous="1", petitioner_name="", phone="").status_code == 303
    assert the_case().anonymous
    assert the_case().petitioners == []


def test_an_unknown_place_waits_for_its_village(clerk: Client) -> None:
    assert send(clerk, village_text="", place_note="信封邮戳是润城").status_code == 303
    assert (the_case().village_id, the_case().place_note) == (None, "信封邮戳是润城")


def test_the_next_of_the_pile_keeps_channel_and_day(clerk: Client) -> None:
    answer = send(clerk, act="next", received_on="昨天", channel="online")
    assert (answer.status_code, answer.location) == (303, "/cases/new?channel=online&received_on=2026-11-20")
    page = clerk.get(answer.location).text
    assert 'value="online" checked' in page
    assert value_of(page, "received_on") == "2026-11-20"
    assert value_of(page, "petitioner_name") == ""
    assert re.search(r'id="petitioner_name"[^>]* autofocus', page)
    assert f'href="/cases/{the_case().public_id}"' in page
    assert f'href="/cases/{the_case().public_id}/slip"' in page


def test_at_a_pile_the_main_button_goes_on_with_it(clerk: Client) -> None:
    assert '<button class="btn main">保存</button>' in clerk.get(PAGE).text
    page = clerk.get(f"{PAGE}?channel=letter&received_on=2026-11-20").text
    assert '<button class="btn main">保存并登记下一件</button>' in page
    assert 'name="pile"' in page
    wrong = send(clerk, pile="1", summary="")
    assert '<button class="btn main">保存并登记下一件</button>' in wrong.text
    assert send(clerk, pile="1").location == "/cases/new?channel=letter&received_on=2026-11-20"
    assert send(clerk, pile="1", act="save", joins=the_case().public_id).location.startswith("/cases/")
    assert len(cases()) == 2


@pytest.mark.parametrize("query", ["channel=x&received_on=x", "channel=&received_on=2026-02-30", "draft=1"])
def test_nonsense_in_the_address_is_a_fresh_form(clerk: Client, query: str) -> None:
    page = clerk.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert value_of(page.text, "received_on") == "2026-11-21"
    assert 'value="letter" checked' in page.text


def test_doubtful_numbers_are_saved_and_asked_about(clerk: Client) -> None:
    answer = send(clerk, identity_no="140522198001011234", phone="1390000")
    page = clerk.get(answer.location).text
    assert "身份证号的校验位不对" in page
    assert "手机号应为 11 位" in page
    assert the_case().petitioners[0].phone == "1390000"


# Mistakes


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"channel": None}, "channel", "请选择信访形式"),
    ({"channel": "smoke"}, "channel", "没有这个选项"),
    ({"received_on": ""}, "received_on", "请填写收到日期"),
    ({"received_on": "2026-02-30"}, "received_on", "没有“2026-02-30”这一天"),
    ({"received_on": "0000-01-01"}, "received_on", "0000-01-01"),
    ({"received_on": "9999-12-31"}, "received_on", "超出范围"),
    ({"received_on": "去年"}, "received_on", "看不懂日期"),
    ({"received_on": "明天"}, "received_on", "不能晚于今天"),
    ({"occurred_on": "2026-13-01"}, "occurred_on", "没有“2026-13-01”这一天"),
    ({"petitioner_name": ""}, "petitioner_name", "请填写信访人姓名"),
    ({"petitioner_name": "长" * 61}, "petitioner_name", "最多 60 个字"),
    ({"identity_no": "1" * 31}, "identity_no", "最多 30 个字"),
    ({"anonymous": "1"}, "petitioner_name", "已选匿名，又填了姓名"),
    ({"people_count": "几个"}, "people_count", "请写数字"),
    ({"people_count": "-1"}, "people_count", "请写数字"),
    ({"people_count": "9" * 5000}, "people_count", "请写数字"),
    ({"people_count": "²"}, "people_count", "请写数字"),
    ({"people_count": "0"}, "people_count", "1 至 99999"),
    ({"village_text": "没有的村"}, "village", "没有找到村（社区）“没有的村”"),
    ({"village_text": "村"}, "village", "对应多个村"),
    ({"village": "x" * 22, "village_text": "甲", "village_was": "甲"}, "village", "没有这个村"),
    ({"village_text": "", "place_note": ""}, "village", "属地待定"),
    ({"place_note": "长" * 101}, "place_note", "最多 100 个字"),
    ({"title": "长" * 201}, "title", "最多 200 个字，现在有 201 个"),
    ({"summary": "长" * 20001}, "summary", "最多 20000 个字，现在有 20001 个"),
    ({"demand_points": ["", " "]}, "demand_points", "至少填写一个诉求点"),
    ({"demand_points": ["好", "长" * 501]}, "demand_points-1", "最多 500 个字"),
    ({"demand_points": ["点"] * 21}, "demand_points", "最多 20 行"),
    ({"purpose": None}, "purpose", "请选择信访目的"),
    ({"category": ""}, "category", "请选择内容分类"),
    ({"category": "0"}, "category", "没有这个选项"),
    ({"category": "1 OR 1=1"}, "category", "没有这个选项"),
    ({"accused_name": [""], "accused_post": ["…．"]}, "accused_name-0", "请填写姓名、单位名称"),
    ({"accused_name": ["甲", "…．"], "accused_post": ["", ""]}, "accused_name-1", "请填写姓名"),
    ({"accused_name": ["甲", "长" * 61], "accused_post": ["", ""]}, "accused_name-1", "最多 60 个字"),
    ({"accused_name": ["甲"], "accused_post": ["长" * 61]}, "accused_post-0", "最多 60 个字"),
    ({"election_type": "moon"}, "election_type", "没有这个选项"),
    ({"vote_buying": "1"}, "election_type", "标记贿选的"),
    ({"level": "accusation"}, "level", "没有这个选项"),
    ({"urgency": None}, "urgency", "请选择紧急程度"),
    ({"channel": "visit", "posted_on": "2026-11-19"}, "posted_on", "“来访”件没有邮戳日期"),
    ({"hotline_no": "12345"}, "hotline_no", "来电才有"),
    ({"representatives": ["甲"], "people_count": "2"}, "representatives", "只在来访件登记"),
    ({"joins": "x" * 22}, "joins", "没有找到"),
]


@pytest.mark.parametrize(("changes", "field", "words"), MISTAKES, ids=[f"{f}-{w}" for _, f, w in MISTAKES])
def test_a_mistake_has_its_sentence_and_everything_typed_stays(
    clerk: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    answer = send(clerk, **{"address": "上庄村一组 <b>", "accused_name": ["某甲"], **changes})
    errors = shown_errors(answer)
    assert answer.status_code == 422
    assert list(errors) == [field]
    assert words in errors[field]
    assert f'id="{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text or field == "joins"
    assert cases() == []
    assert value_of(answer.text, "address") == "上庄村一组 <b>"
    for name in ("title", "people_count", "received_on", "place_note"):
        if name in changes:
            assert value_of(answer.text, name) == changes[name], name


def test_without_a_title_the_first_point_is_it(clerk: Client) -> None:
    assert send(clerk, title=" \u200b ", demand_points=["", "补登遗漏的三户", "说明原因"]).status_code == 303
    assert the_case().title == "补登遗漏的三户"


def test_a_point_too_long_for_a_title_is_seen_to_go_on(clerk: Client) -> None:
    send(clerk, title="", demand_points=["长" * 201])
    assert the_case().title == "长" * 199 + "…"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_page(clerk: Client) -> None:
    answer = send(
        clerk,
        received_on="x",
        petitioner_name="",
        title="长" * 201,
        demand_points=["", "长" * 501, "第三"],
        purpose=None,
        vote_buying="1",
        village_text="没有的村",
    )
    fields = ["received_on", "petitioner_name", "village", "demand_points-1", "purpose", "title", "election_type"]
    assert list(shown_errors(answer)) == fields
    assert "有 7 处要改" in answer.text
    assert value_of(answer.text, "demand_points-2") == "第三"
    assert value_of(answer.text, "demand_points-3") == ""  # a row to go on with, also without script
    assert value_of(answer.text, "village") == "没有的村"


def test_under_a_wrong_clock_everything_typed_stays_and_the_page_says_what_to_do(clerk: Client, clock: Clock) -> None:
    with committed():
        ahead = clock.now() + timedelta(days=45)
        run = TickRun(started_at=ahead, ended_at=ahead, state="done")
        db.session.add(run)
    refused = send(clerk, title="反映水费收取不清")
    assert refused.status_code == 503
    assert [words for words in shown_errors(refused).values() if "在“运行记录”里确认时钟" in words]
    assert value_of(refused.text, "title") == "反映水费收取不清"
    assert "补登遗漏的三户" in refused.text
    assert not cases()
    with committed():
        db.session.delete(db.session.get_one(TickRun, run.id))
    assert send(clerk, title="反映水费收取不清").status_code == 303
    assert the_case().register_no == "XF-2026-000001"


def test_a_village_that_was_understood_is_shown_with_town_and_county(clerk: Client) -> None:
    page = send(clerk, village_text="润城 上庄", summary="").text
    assert value_of(page, "village") == "阳城县 · 润城镇 · 上庄村"
    assert f'name="village" value="{place(VILLAGE).public_id}"' in page
    picked = place(VILLAGE).public_id
    changed = send(clerk, village=picked, village_text="大桥", village_was="阳城县 · 润城镇 · 上庄村", act="next")
    assert changed.status_code == 303
    assert the_case().village != place(VILLAGE)


@pytest.mark.both_databases
def test_the_picker_and_the_field_speak_of_the_same(clerk: Client) -> None:
    found = clerk.get("/places/search.json?q=rcsz").json
    assert found
    first = found[0]
    answer = send(clerk, village=first["id"], village_text=first["text"], village_was=first["text"])
    assert answer.status_code == 303
    assert the_case().village == place(VILLAGE)
    assert "阳城县" in first["text"]


def test_a_former_village_means_the_present_one(clerk: Client, office: Department) -> None:
    old, new = place(NEIGHBOUR), place(VILLAGE)
    with committed():
        old.merged_into_id, old.closed_on = new.id, Clock.today()
        audit.record(audit.Event.PLACE_CHANGED, by=None, now=Clock.now())
    gone = old.public_id
    assert send(clerk, village=gone, village_text="甲", village_was="甲").status_code == 303
    assert the_case().village == place(VILLAGE)
    with committed():
        place(NEIGHBOUR).merged_into_id = None
        audit.record(audit.Event.PLACE_CHANGED, by=None, now=Clock.now())
    assert "已撤销" in shown_errors(send(clerk, village=gone, village_text="甲", village_was="甲"))["village"]


def test_what_the_page_does_not_ask_changes_nothing(clerk: Client) -> None:
    answer = send(
        clerk,
        status="voided",
        office_id="99",
        register_no="XF-2026-999999",
        ledger_status="closed_out",
        original_id="1",
        registered_by_id="99",
        matter_class="suggestion",
        public_id="x" * 22,
        id="77",
        version="9",
        next_due_on="2030-01-01",
    )
    assert answer.status_code == 303
    case = the_case()
    assert (case.status, case.ledger_status, case.register_no) == ("registered", "open", "XF-2026-000001")
    assert (case.original_id, case.matter_class, case.version) == (None, None, 1)
    assert case.registered_by
    assert case.registered_by.name == "赵敏"
    assert str(case.next_due_on) == "2026-12-07"


TEXTS = {
    "petitioner_name": clean_line,
    "identity_no": clean_line,
    "phone": clean_line,
    "address": clean_line,
    "place_note": clean_line,
    "title": clean_line,
    "summary": clean,
    "superior_office": clean_line,
    "superior_no": clean_line,
}
LISTS = ("demand_points", "accused_name", "accused_post")
CHOICES = ("channel", "purpose", "category", "election_type", "election_stage", "urgency", "level", "joins", "village")


def naughty() -> Iterator[str]:
    yield from STRINGS
    if MORE_NAUGHTY.exists():
        yield from json.loads(MORE_NAUGHTY.read_text(encoding="utf-8"))[::5]


def test_any_string_is_kept_as_text_or_refused_with_a_sentence(clerk: Client) -> None:
    """What fits is stored as it is cleaned; what does not is told, in Chinese, at its field. Nothing breaks."""
    tried = 0
    for words in (words for words in naughty() if "\x00" not in words):
        base = a_form(channel="superior", superior_office="市信访局", act="next")
        answer = send(clerk, base | dict.fromkeys(TEXTS, words) | {name: [words] for name in LISTS})
        tried += 1
        if answer.status_code == 303:
            case = cases()[-1]
            kept = {**vars(case), **vars(case.petitioners[0]), "petitioner_name": case.petitioners[0].name}
            assert {n: kept[n] or "" for n in TEXTS} == {n: cleaned(words) for n, cleaned in TEXTS.items()}, words
            assert case.demand_points[0].text == clean_line(words)
            assert case.accused[0].name == clean_line(words)
        else:
            assert answer.status_code == 422, words
            assert shown_errors(answer), words
        assert words[:200] not in answer.text or "<" not in words, words
    assert tried >= len(STRINGS) - 1
    assert len(cases()) > 15


def test_a_choice_is_one_of_those_offered(clerk: Client) -> None:
    for words in STRINGS:
        answer = send(clerk, **dict.fromkeys(CHOICES, words), village_text="x", village_was="x")
        assert answer.status_code == 422, words
        assert {"channel", "purpose", "category"} <= set(shown_errors(answer)), words
    assert cases() == []


@pytest.mark.parametrize("words", UNREADABLE)
def test_what_cannot_be_kept_is_refused_at_the_edge(clerk: Client, words: str) -> None:
    answer = send(clerk, title=words)
    assert answer.status_code == 400
    assert "不能保存的字符" in answer.text
    assert cases() == []


def test_half_a_character_is_refused_at_the_edge(clerk: Client) -> None:
    token = clerk.token(PAGE)
    body = f"csrf_token={token}&title=%ED%A0%BD&submission={'a' * 43}"
    answer = clerk.post(PAGE, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 422)
    assert cases() == []


# One case for each form


def test_a_form_sent_again_leads_to_the_first_case(clerk: Client) -> None:
    token = submission(clerk.get(PAGE).text)
    first, second = send(clerk, token=token), send(clerk, token=token)
    assert (second.status_code, second.location) == (303, first.location)
    assert the_case().title == "反映选民登记遗漏三户"
    assert "没有重复登记" in clerk.get(second.location).text
    again = send(clerk, token=token, act="next")
    assert again.location.startswith("/cases/new?channel=letter")


def test_the_same_form_with_other_content_is_not_swallowed(clerk: Client) -> None:
    """Two tabs of one draft: what the second says is shown again, and registered where the clerk says so."""
    token = submission(clerk.get(PAGE).text)
    send(clerk, token=token)
    other = send(clerk, token=token, title="另一封信", petitioner_name="孙六", phone="")
    assert other.status_code == 409
    assert "已经提交过一次，这次的内容和那次不同" in other.text
    assert value_of(other.text, "title") == "另一封信"
    assert submission(other.text) != token
    assert db.session.query(Case).count() == 1
    renewed = send(clerk, token=submission(other.text), title="另一封信", petitioner_name="孙六", phone="")
    assert renewed.status_code == 303
    assert db.session.query(Case).count() == 2


@pytest.mark.both_databases
def test_a_double_click_makes_one_case(clerk: Client, app: Flask) -> None:
    """Two requests of one form at the same moment: the later one waits, finds the first one's case and leads there."""
    shown = clerk.get(PAGE).text
    form = a_form(
        submission=submission(shown),
        csrf_token=re.search(r'name="csrf_token" value="([^"]+)"', shown)[1],  # type: ignore[index]
        category=re.search(r'value="(\d+)"[^>]*>村务管理<', shown)[1],  # type: ignore[index]
    )
    cookie = clerk.get_cookie("tracker")
    assert cookie
    db.session.rollback()
    answers: list[TestResponse] = []
    start = threading.Barrier(4)

    def click() -> None:
        browser = app.test_client()
        browser.set_cookie("tracker", cookie.value)
        start.wait()
        answers.append(browser.post(PAGE, data=form))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    location = f"/cases/{the_case().public_id}"
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, location)] * 4


def test_a_form_without_its_token_is_asked_for_once_more(clerk: Client) -> None:
    for broken in ("short", "x" * 44, "张" * 43):
        answer = send(clerk, token=broken)
        assert answer.status_code == 409
        assert "请再按一次“保存”" in shown_errors(answer)[""]
        assert len(submission(answer.text)) == 43
    assert cases() == []
    assert send(clerk, token=submission(answer.text)).status_code == 303


# Earlier matters


@pytest.fixture
def earlier(clerk: Client) -> Case:
    """Give a matter registered before, of the same person."""
    assert send(clerk).status_code == 303
    return the_case()


def test_a_namesake_stops_nobody(clerk: Client, earlier: Case) -> None:
    """王伟 of another village with another matter is registered at once."""
    words = {"title": "反映自来水管破损", "summary": "水管破损无人修理，请求处理。"}
    another = {"phone": "", "village_text": "", "place_note": "村口的水管", **words}
    answer = send(clerk, a_form(**another))
    assert answer.status_code == 303, shown_errors(answer)
    assert db.session.query(Case).count() == 2
    answer = send(clerk, a_form(**another | {"phone": "13900000001"}))
    assert "有 2 件旧件可能是同一件事" in shown_errors(answer)["joins"], "the same number, and the same words"


def test_an_earlier_matter_is_asked_about_once(clerk: Client, earlier: Case) -> None:
    number, public_id = earlier.register_no, earlier.public_id
    answer = send(clerk, address="一组")
    assert answer.status_code == 422
    assert list(shown_errors(answer)) == ["joins"]
    assert "有 1 件旧件可能是同一件事" in shown_errors(answer)["joins"]
    assert number in answer.text
    assert "同一信访人" in answer.text
    assert value_of(answer.text, "address") == "一组"
    assert len(cases()) == 1
    assert not re.search(r'name="joins"[^>]* checked', answer.text)  # nothing is decided beforehand
    decided = send(clerk, address="一组", joins="", joins_seen=[public_id])
    assert decided.status_code == 303
    assert cases()[-1].original_id is None


def test_a_repeat_is_joined_and_counted(clerk: Client, earlier: Case) -> None:
    first, public_id = earlier.id, earlier.public_id
    answer = send(clerk, joins=public_id, joins_seen=[public_id])
    assert answer.status_code == 303
    repeat = cases()[-1]
    assert (repeat.original_id, repeat.register_no) == (first, "XF-2026-000002")
    assert "作为重件接到原件" in clerk.get(answer.location).text
    again = send(clerk, joins=repeat.public_id)
    assert again.status_code == 303
    assert cases()[-1].original_id == first
    assert len(cases()) == 3


def test_none_of_these_is_said_only_of_what_was_listed(clerk: Client, earlier: Case) -> None:
    answer = send(clerk, joins="")  # nothing had been listed
    assert list(shown_errors(answer)) == ["joins"]


def test_a_decision_survives_other_mistakes(clerk: Client, earlier: Case) -> None:
    public_id = earlier.public_id
    page = send(clerk, joins=public_id, joins_seen=[public_id], summary="").text
    assert re.search(rf'name="joins" value="{public_id}" checked', page)
    page = send(clerk, joins="", joins_seen=[public_id], summary="").text
    assert re.search(r'name="joins" value="" checked', page)


def test_without_script_a_button_looks_for_earlier_matters(clerk: Client, earlier: Case) -> None:
    page = send(clerk, act="look", title="", address="一组")
    assert page.status_code == 200
    assert shown_errors(page) == {}
    assert earlier.register_no in page.text
    assert value_of(page.text, "address") == "一组"
    nothing = send(clerk, act="look", petitioner_name="别人", phone="", title="水费", summary="", village_text="")
    assert "没有找到可能是同一件事的旧件" in nothing.text
    unclear = send(clerk, act="look", village_text="没有的村", received_on="x")
    assert unclear.status_code == 200
    assert value_of(unclear.text, "village") == "没有的村"


def test_the_script_is_given_the_same_list(clerk: Client, earlier: Case) -> None:
    answer = clerk.submit(f"{PAGE}/earlier.json", a_form(village_text="没有的村"), page=PAGE)
    assert answer.status_code == 200
    (item,) = answer.json["items"]  # type: ignore[index]
    assert item["id"] == earlier.public_id
    assert item["number"] == earlier.register_no
    assert item["href"] == f"/cases/{earlier.public_id}"
    assert set(item) == {"id", "number", "title", "href", "sub", "why", "asks"}
    empty = clerk.submit(f"{PAGE}/earlier.json", {}, page=PAGE)
    assert empty.json == {"items": []}


def test_a_matter_one_may_not_know_of_is_no_earlier_one(clerk: Client, office: Department, new_client: Any) -> None:
    colleague = new_client()
    sign_in(colleague, "acceptor")
    assert send(colleague, purpose="accusation").status_code == 303
    hidden = the_case().public_id
    assert send(clerk, act="next").status_code == 303
    assert len(cases()) == 2
    shown = clerk.submit(f"{PAGE}/earlier.json", a_form(), page=PAGE).json["items"]  # type: ignore[index]
    assert hidden not in [item["id"] for item in shown]
    refused = send(clerk, joins=hidden)
    assert refused.status_code == 422
    assert "没有找到，或者您无权查看" in shown_errors(refused)["joins"]


def test_who_shuts_himself_out_is_told_so(clerk: Client) -> None:
    answer = send(clerk, accused_name=["赵敏"], accused_post=[""], purpose="accusation")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = clerk.get(answer.location).text
    assert "您不能再查看本件" in page
    assert the_case().public_id not in page
    assert clerk.get(f"/cases/{the_case().public_id}").status_code == 404


def test_where_nobody_may_decide_the_upper_level_must(clerk: Client) -> None:
    """The office and the main leader are complained of: all who could decide are shut out, also who types it in."""
    answer = send(clerk, accused_name=["县信访局", "林一鸣"], accused_post=["", "县长"], purpose="accusation")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = clerk.get(answer.location).text
    assert "报上级信访部门处理" in page
    assert "您不能再查看本件" in page


# Drafts


def kept_drafts() -> int:
    db.session.rollback()
    return db.session.query(Draft).count()


def autosave(clerk: Client, page: str = PAGE, **changes: Any) -> TestResponse:
    """Send the form as the script does from time to time."""
    token = changes.pop("token", None) or submission(clerk.get(PAGE).text)
    form = {**a_form(**changes), "submission": token, "draft-address": page, "draft-title": "登记信访事项"}
    headers = {"X-CSRFToken": clerk.token(PAGE), "Accept": "application/json"}
    return clerk.post("/drafts", data=form, headers=headers)


def going_on(page: str) -> list[str]:
    """Return the addresses of the drafts that a page offers to go on with."""
    return list(dict.fromkeys(re.findall(r'href="(/cases/[^"]*\?draft=[\w-]{22})"', page)))


def test_a_draft_is_kept_offered_and_continued(clerk: Client) -> None:
    kept = autosave(clerk, title="写到一半", demand_points=["一", "二", "三"], received_on="2月30日")
    assert (kept.status_code, kept.json) == (200, {"kept": True})
    page = clerk.get(PAGE).text
    assert "您有 1 份没有提交的草稿" in page
    assert "“写到一半”" in page
    assert "11月21日 09:00 存" in page
    assert value_of(page, "title") == ""
    assert "data-draft-url" in page
    (address,) = going_on(page)
    assert going_on(clerk.get("/").text) == [address]
    resumed = clerk.get(address).text
    assert [value_of(resumed, f"demand_points-{i}") for i in range(3)] == ["一", "二", "三"]
    assert value_of(resumed, "received_on") == "2月30日"
    assert value_of(resumed, "village") == VILLAGE or "上庄村" in value_of(resumed, "village")
    assert going_on(resumed) == []
    assert 'class="summary"' not in resumed
    assert send(clerk, token=submission(resumed)).status_code == 303
    assert kept_drafts() == 0


@pytest.mark.parametrize("address", ["", "/nowhere", "https://elsewhere/cases/new", "/people/new", "/sign-out"])
def test_a_draft_belongs_to_a_page_with_a_form_of_ones_own(clerk: Client, address: str) -> None:
    answer = autosave(clerk, address, title="写到一半")
    assert answer.status_code == 422
    assert going_on(clerk.get("/").text) == []


def test_the_button_keeps_a_draft_without_script(clerk: Client) -> None:
    answer = send(clerk, act="draft", title="写到一半", received_on="x")
    assert answer.status_code == 303
    assert going_on(f'href="{answer.location}"')
    page = clerk.get(answer.location).text
    assert "草稿已存" in page
    assert value_of(page, "title") == "写到一半"
    assert value_of(page, "received_on") == "x"
    again = send(clerk, token=submission(page), act="draft", title="又写了些")
    assert again.location == answer.location
    assert value_of(clerk.get(answer.location).text, "title") == "又写了些"


def test_a_second_form_has_its_own_draft(clerk: Client) -> None:
    autosave(clerk, title="第一份")
    assert autosave(clerk, title="第二份").json == {"kept": True}
    assert send(clerk, title="第三份").status_code == 303  # registering another matter leaves the drafts
    page = clerk.get(PAGE).text
    assert len(going_on(page)) == 2
    assert "“第一份”" in page
    assert "“第二份”" in page


def test_a_draft_is_thrown_away_and_nothing_else_with_it(clerk: Client, new_client: Any) -> None:
    autosave(clerk, title="第一份")
    autosave(clerk, title="第二份")
    where = re.findall(r'action="(/drafts/[\w-]{22}/discard)"', clerk.get(PAGE).text)
    assert len(where) == 2
    colleague = new_client()
    sign_in(colleague, "acceptor")
    colleague.post(where[1], data={"csrf_token": colleague.token("/")})
    assert kept_drafts() == 2
    answer = clerk.post(where[1], data={"csrf_token": clerk.token(PAGE)})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "草稿已放弃" in clerk.get("/").text
    assert "“第二份”" in clerk.get(PAGE).text
    assert kept_drafts() == 1


def test_a_late_draft_of_a_registered_form_is_not_kept(clerk: Client) -> None:
    token = submission(clerk.get(PAGE).text)
    send(clerk, token=token)
    assert autosave(clerk, token=token).json == {"kept": False}
    assert kept_drafts() == 0


def test_drafts_are_ones_own(clerk: Client, new_client: Any) -> None:
    autosave(clerk, title="我的")
    (address,) = going_on(clerk.get(PAGE).text)
    colleague = new_client()
    sign_in(colleague, "acceptor")
    assert "草稿：" not in colleague.get(PAGE).text
    assert value_of(colleague.get(address).text, "title") == ""


# Attachments


def a_file(name: str = "来信扫描件.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def attachments() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def test_attachments_are_stored_with_their_chinese_names(clerk: Client) -> None:
    files = [a_file(), a_file("../扫描/身份证\u202e.pdf", PDF + b"2"), a_file("")]
    assert send(clerk, files=files).status_code == 303
    found = attachments()
    assert [(f.name, f.media_type, f.size) for f in found] == [
        ("来信扫描件.pdf", "application/pdf", len(PDF)),
        ("身份证.pdf", "application/pdf", len(PDF) + 1),
    ]
    with open_file(found[0].sha256) as stored:
        assert stored.read() == PDF


def test_attachments_outlive_a_mistake(clerk: Client) -> None:
    page = send(clerk, summary="", files=[a_file(), a_file("二.pdf", PDF + b"2")]).text
    kept = [unescape(t) for t in re.findall(r'name="kept" value="([^"]+)" checked', page)]
    assert len(kept) == 2
    assert "来信扫描件.pdf" in page
    assert send(clerk, kept=kept[1:], files=[a_file("三.pdf", PDF + b"3")]).status_code == 303
    assert [file.name for file in attachments()] == ["二.pdf", "三.pdf"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("假.pdf", b"<html><script>alert(1)</script>", "内容与扩展名“.pdf”不符"),
        ("坏.exe", b"MZ", "不收“.exe”类型"),
        ("空.pdf", b"", "是空的"),
        ("没有扩展名", PDF, "不收“.无扩展名”"),
        ("图.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "内容与扩展名“.jpg”不符"),
    ],
)
def test_a_file_that_lies_is_refused_and_the_others_stay(clerk: Client, name: str, content: bytes, words: str) -> None:
    answer = send(clerk, files=[a_file(), a_file(name, content)])
    assert answer.status_code == 422
    assert words in shown_errors(answer)["files"]
    assert len(re.findall(r'name="kept"', answer.text)) == 1
    assert cases() == []


def test_what_waited_too_long_is_said_and_asked_for_again(clerk: Client) -> None:
    page = send(clerk, summary="", files=[a_file(), a_file("二.pdf", PDF + b"2")]).text
    kept = [unescape(t) for t in re.findall(r'name="kept" value="([^"]+)" checked', page)]
    for file in [file for file in folder().rglob("*") if file.is_file() and file.stat().st_size % 2]:
        file.unlink()
    answer = send(clerk, kept=kept)
    assert answer.status_code == 422
    assert "放了一天以上，没有提交，已经清除：请重新选择" in shown_errors(answer)["files"]
    assert len(re.findall(r'name="kept"', answer.text)) == 1
    assert attachments() == []


def test_a_file_of_somebody_else_is_not_named(clerk: Client, new_client: Any) -> None:
    page = send(clerk, summary="", files=[a_file()]).text
    token = unescape(re.findall(r'name="kept" value="([^"]+)"', page)[0])
    colleague = new_client()
    sign_in(colleague, "acceptor")
    assert send(colleague, kept=[token, "forged", token[:-2]]).status_code == 303
    assert attachments() == []


def test_there_are_at_most_twenty(clerk: Client) -> None:
    answer = send(clerk, files=[a_file(f"{n}.pdf", PDF + bytes([n])) for n in range(21)])
    assert "最多带 20 个附件" in shown_errors(answer)["files"]
    assert len(re.findall(r'name="kept"', answer.text)) == 20


# What it costs


def asked(statements_sent: list[str]) -> int:
    """Count statements, without the beginnings of transactions, which one database sends and the other does not."""
    return sum(not statement.startswith("BEGIN") for statement in statements_sent)


def test_queries_are_counted(clerk: Client, earlier: Case) -> None:
    """The pinned numbers of statements: a page that grows must say so here."""
    form = a_form(
        village_text="", village="", place_note="润城", petitioner_name="新人", phone="", title="水费", summary="水费"
    )
    category = category_id("村务管理")
    page = clerk.get(PAGE).text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    sent = {**form, "category": category, "submission": submission(page), "csrf_token": csrf}
    counts = {}
    with statements() as done:
        clerk.get(PAGE)
    counts["open"] = asked(done)
    with statements() as done:
        clerk.post(f"{PAGE}/earlier.json", data=sent)
    counts["look"] = asked(done)
    with statements() as done:
        clerk.post("/drafts", data={**sent, "draft-address": PAGE})
    counts["draft"] = asked(done)
    with statements() as done:
        assert clerk.post(PAGE, data={**sent, "summary": ""}).status_code == 422
    counts["mistake"] = asked(done)
    with statements() as done:
        assert clerk.post(PAGE, data=sent).status_code == 303
    counts["save"] = asked(done)
    assert counts == {"open": 8, "look": 5, "draft": 9, "mistake": 11, "save": 26}
    naming = {**sent, "submission": submission(clerk.get(PAGE).text), "summary": "反映村干部贪污。"}
    with statements() as done:
        assert clerk.post(PAGE, data=naming).status_code == 303
    # Everybody who may be meant in three, whoever they are; the question; whether the clerk may still look.
    assert asked(done) == counts["save"] + 9
