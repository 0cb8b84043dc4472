"""系统 → 人员 and 机构: what an administrator does there, and what he is told when it cannot be done."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import PASSWORD, make_department, make_user, sign_in
from tests.web.naughty import STRINGS
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed
from tracker.people import queries, service
from tracker.people.models import Department, Post, User
from tracker.people.rules import DepartmentKind, Role

NEW = "槐花开满院子的五月天"
VERSION = re.compile(r'name="version" value="([0-9a-f]+)"')


def user(username: str) -> User:
    found = queries.account_named(username)
    assert found
    return found


def department(session: Session, name: str) -> Department:
    return session.scalars(select(Department).where(Department.name == name)).one()


def last_act(session: Session) -> AuditEvent:
    return session.scalars(
        select(AuditEvent).where(AuditEvent.log_id == 1).order_by(AuditEvent.seq.desc()).limit(1)
    ).one()


@pytest.fixture
def clerk(administrator: Client, session: Session) -> User:
    with committed():
        return make_user("lixm", "李晓梅", roles=[(Role.REGISTRAR, department(session, "县信访局"))])


@pytest.fixture
def page_of_clerk(clerk: User) -> str:
    return f"/people/{clerk.public_id}"


# People


def test_an_account_is_made_with_a_post_and_used(
    administrator: Client, new_client: Callable[[], Client], session: Session
) -> None:
    made = administrator.submit(
        "/people/new", {"username": "wangjg", "name": "王建国", "phone": "4222000", "password": PASSWORD}
    )
    person = user("wangjg")
    assert (made.status_code, made.location) == (303, f"/people/{person.public_id}")
    assert "账号已经建立" in administrator.get(made.location).text
    assert last_act(session).actor_role == "县信访局·系统管理员"
    given = administrator.submit(
        f"{made.location}/posts/new",
        {
            "department": department(session, "县信访局").public_id,
            "role": "acceptor",
            "title": "副局长",
            "started_on": "今天",
        },
    )
    assert given.location == made.location
    shown = administrator.get(made.location).text
    for word in ("副局长", "受理员", "在岗", "还没有改", "2026-11-21"):
        assert word in shown
    person_client = new_client()
    sign_in(person_client, "wangjg")
    assert person_client.get("/account").location == "/account/password"
    assert verify().wrong is None


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"username": ""}, "username", "请填写用户名"),
        ({"username": "王建国"}, "username", "英文字母"),
        ({"username": "ADMIN"}, "username", "已经有人用"),
        ({"name": ""}, "name", "请填写姓名"),
        ({"name": "长" * 41}, "name", "最多 40 个字，现在有 41 个"),
        ({"phone": "1" * 31}, "phone", "最多 30 个字"),
        ({"password": "short"}, "password", "密码太短"),
        ({"password": "wangjg2026"}, "password", "姓名或用户名"),
        ({"password": ""}, "password", "请填写初始密码"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    administrator: Client, session: Session, given: dict[str, str], field: str, sentence: str
) -> None:
    data = {"username": "wangjg", "name": "王建国", "phone": "4222000", "password": PASSWORD, **given}
    answer = administrator.submit("/people/new", data)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)<', answer.text)
    assert error, answer.text
    assert sentence in error[1]
    assert f'<a href="#{field}">' in answer.text
    for name in ("username", "name", "phone"):
        assert f'value="{data[name]}"' in answer.text, name
    assert data["password"] == "" or data["password"] not in answer.text
    assert session.scalars(select(User.username)).all() == ["admin"]


def test_a_double_click_makes_one_account(administrator: Client, session: Session) -> None:
    data = {"username": "wangjg", "name": "王建国", "password": PASSWORD}
    assert administrator.submit("/people/new", data).status_code == 303
    assert administrator.submit("/people/new", data).status_code == 422
    assert len(session.scalars(select(User)).all()) == 2


def test_more_columns_than_the_form_has_change_nothing(administrator: Client, session: Session) -> None:
    extra = {"id": "77", "public_id": "x" * 22, "must_change_password": "", "disabled_at": "2020-01-01", "posts": "1"}
    administrator.submit("/people/new", {"username": "wangjg", "name": "王建国", "password": PASSWORD, **extra})
    person = user("wangjg")
    assert person.id != 77
    assert person.public_id != "x" * 22
    assert person.must_change_password
    assert person.is_active


def test_the_list_is_searched_and_turned(administrator: Client, clerk: User, session: Session) -> None:
    with committed():
        for number in range(queries.PAGE_SIZE):
            make_user(f"n{number:03}", f"甲{number:03}")
    first = administrator.get("/people").text
    assert "第 1 页，共 2 页" in first
    assert "共 52 人" in first
    assert 'href="/people?page=2"' in first
    assert len(re.findall(r"<tr data-row>", first)) == queries.PAGE_SIZE
    assert len(re.findall(r"<tr data-row>", administrator.get("/people?page=2").text)) == 2
    found = administrator.get("/people?q=%E6%9D%8E").text
    assert "李晓梅" in found
    assert "县信访局·登记员" in found
    assert "甲001" not in found
    assert "没有符合条件的人员" in administrator.get("/people?q=nobody").text
    assert "没有符合条件的人员" in administrator.get("/people?page=9999").text
    assert "没有符合条件的人员" in administrator.get("/people?state=disabled").text


def test_turning_the_page_keeps_what_was_asked(administrator: Client) -> None:
    with committed():
        for number in range(queries.PAGE_SIZE + 1):
            make_user(f"n{number:03}", f"甲{number:03}")
    text = administrator.get("/people?q=甲&state=active&_external=1&_scheme=javascript&endpoint=x").text
    href = re.search(r'rel="next" href="([^"]+)"', text)
    assert href
    assert href[1] == (
        "/people?q=%E7%94%B2&amp;state=active&amp;_external=1&amp;_scheme=javascript&amp;endpoint=x&amp;page=2"
    )
    assert administrator.get(href[1].replace("&amp;", "&")).status_code == 200


def test_a_correction(administrator: Client, page_of_clerk: str, clerk: User) -> None:
    version = VERSION.search(administrator.get(f"{page_of_clerk}/edit").text)
    assert version
    answer = administrator.submit(f"{page_of_clerk}/edit", {"name": "李晓玫", "phone": "", "version": version[1]})
    assert answer.location == page_of_clerk
    assert clerk.name == "李晓玫"


def test_a_stale_correction_shows_what_is_there_now(administrator: Client, page_of_clerk: str, clerk: User) -> None:
    version = VERSION.search(administrator.get(f"{page_of_clerk}/edit").text)
    assert version
    with committed():
        service.change_user(clerk, name="李小梅", phone="4222001", by=user("admin"), now=Clock.now())
    answer = administrator.submit(f"{page_of_clerk}/edit", {"name": "李晓玫", "phone": "", "version": version[1]})
    assert answer.status_code == 409
    assert "别人改过这条记录" in answer.text
    assert "现在：李小梅，电话 4222001" in answer.text
    assert 'value="李晓玫"' in answer.text
    assert clerk.name == "李小梅"
    fresh = VERSION.search(answer.text)
    assert fresh
    assert fresh[1] != version[1]
    administrator.submit(f"{page_of_clerk}/edit", {"name": "李晓玫", "phone": "", "version": fresh[1]})
    assert clerk.name == "李晓玫"


def test_a_correction_without_a_version_is_stale(administrator: Client, page_of_clerk: str, clerk: User) -> None:
    assert administrator.submit(f"{page_of_clerk}/edit", {"name": "李晓玫"}).status_code == 409
    assert clerk.name == "李晓梅"


def test_disabling_and_enabling(administrator: Client, page_of_clerk: str, clerk: User, session: Session) -> None:
    refused = administrator.submit(f"{page_of_clerk}/disable", {"reason": " "})
    assert (refused.status_code, "请填写理由" in refused.text) == (422, True)
    assert administrator.submit(f"{page_of_clerk}/disable", {"reason": "调离信访岗位"}).location == page_of_clerk
    assert not clerk.is_active
    assert "调离".encode() not in last_act(session).payload
    shown = administrator.get(page_of_clerk).text
    assert "已停用" in shown
    assert "任职</a>" not in shown
    again = administrator.submit(f"{page_of_clerk}/disable", {"reason": "再来一次"})
    assert (again.status_code, "已经停用" in again.text) == (422, True)
    assert administrator.submit(f"{page_of_clerk}/enable", page=page_of_clerk).location == page_of_clerk
    assert clerk.is_active
    assert administrator.submit(f"{page_of_clerk}/enable", page="/account/password").status_code == 422


def test_the_last_administrator_is_kept(administrator: Client) -> None:
    own = f"/people/{user('admin').public_id}"
    answer = administrator.submit(f"{own}/disable", {"reason": "试一试"})
    assert (answer.status_code, "不能停用自己的账号" in answer.text) == (422, True)
    post = user("admin").posts[0].public_id
    answer = administrator.submit(f"/people/posts/{post}/end", {"leaves_on": "今天", "reason": "试一试"})
    assert (answer.status_code, "最后一名系统管理员" in answer.text) == (422, True)


def test_a_password_is_reset(
    administrator: Client, new_client: Callable[[], Client], page_of_clerk: str, clerk: User
) -> None:
    none = administrator.submit(f"{page_of_clerk}/password", {"reason": ""})
    assert (none.status_code, "请填写理由" in none.text) == (422, True)
    answer = administrator.submit(f"{page_of_clerk}/password", {"reason": "忘记密码"})
    made = re.search(r'<p class="secret"><code>([a-z0-9-]{14})</code>', answer.text)
    assert made, "while the office is set up it is handed out at once"
    assert made[1] not in administrator.get(page_of_clerk).text
    client = new_client()
    assert client.sign_in("lixm", PASSWORD).status_code == 422
    sign_in(client, "lixm", made[1])
    assert client.get("/account").location == "/account/password"


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"department": ""}, "department", "请选择单位"),
        ({"department": "x" * 22}, "department", "没有这个选项"),
        ({"role": "emperor"}, "role", "没有这个选项"),
        ({"role": "registrar"}, "role", "已经是县信访局的登记员"),
        ({"role": "auditor"}, "role", "三员分立"),
        ({"started_on": "2026-02-30"}, "started_on", "没有“2026-02-30”这一天"),
        ({"started_on": "某天"}, "started_on", "看不懂日期"),
        ({"started_on": "9999-12-31"}, "started_on", "超出范围"),
        ({"started_on": ""}, "started_on", "请填写任职日期"),
        ({"started_on": "2019-12-31"}, "department", "不是有效的机构"),
        ({"title": "长" * 41}, "title", "最多 40 个字"),
    ],
)
def test_a_post_that_cannot_be_given(
    administrator: Client,
    page_of_clerk: str,
    clerk: User,
    session: Session,
    given: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    office = department(session, "县信访局").public_id
    data = {"department": office, "role": "acceptor", "title": "副局长", "started_on": "2026-11-01", **given}
    answer = administrator.submit(f"{page_of_clerk}/posts/new", data)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)<', answer.text)
    assert error, answer.text
    assert sentence in error[1].replace("&#34;", '"')
    assert f'value="{data["title"]}"' in answer.text
    assert f'value="{data["started_on"]}"' in answer.text
    assert len(clerk.posts) == 1


def test_a_post_ends_from_a_day_on(administrator: Client, page_of_clerk: str, clerk: User, clock: Clock) -> None:
    address = f"/people/posts/{clerk.posts[0].public_id}/end"
    assert "从这一天起不再担任" in administrator.get(address).text
    answer = administrator.submit(address, {"leaves_on": "11月21日", "reason": "轮岗"})
    assert answer.location == page_of_clerk
    assert clerk.posts[0].ended_on == date(2026, 11, 20)
    assert not queries.reader_for(clerk, clock.today()).posts
    again = administrator.submit(address, {"leaves_on": "今天", "reason": "轮岗"})
    assert (again.status_code, "已经在11月20日结束" in again.text) == (422, True)


# Departments


def test_departments_are_set_up_in_a_tree(administrator: Client, session: Session) -> None:
    top = department(session, "县信访局").public_id
    data = {"name": "润城镇信访办", "short_name": "", "kind": "township", "parent": top, "valid_from": "20260101"}
    assert administrator.submit("/departments/new", {**data, "place_code": "140522102000"}).location == "/departments"
    shown = administrator.get("/departments").text
    assert "　　<a" in shown
    assert "润城镇信访办" in shown
    made = department(session, "润城镇信访办")
    assert (made.place_code, made.valid_from, made.short_name) == ("140522102000", date(2026, 1, 1), "润城镇信访办")
    again = administrator.submit("/departments/new", data)
    assert (again.status_code, "已经有“润城镇信访办”" in again.text) == (422, True)
    page = administrator.get(f"/departments/{made.public_id}").text
    assert "乡镇（街道）" in page
    assert "还没有人在岗" in page


def test_a_department_is_corrected_and_moved(administrator: Client, session: Session) -> None:
    with committed():
        bureau = make_department("县民政局", kind=DepartmentKind.BUREAU)
    address = f"/departments/{bureau.public_id}/edit"
    form = administrator.get(address).text
    assert f'value="{bureau.public_id}"' not in form, "it is not offered as its own superior"
    version = VERSION.search(form)
    assert version
    data = {
        "name": "县民政和乡村局",
        "short_name": "民政局",
        "kind": "bureau",
        "parent": department(session, "县信访局").public_id,
        "version": version[1],
    }
    assert administrator.submit(address, data).location == f"/departments/{bureau.public_id}"
    assert (bureau.name, bureau.parent) == ("县民政和乡村局", department(session, "县信访局"))
    stale = administrator.submit(address, {**data, "name": "别的名字"})
    assert stale.status_code == 409
    assert "现在：县民政和乡村局（民政局）" in stale.text
    assert 'value="别的名字"' in stale.text


def test_a_department_closes_with_its_posts(administrator: Client, session: Session, clock: Clock) -> None:
    office = department(session, "县信访局")
    with committed():
        price = make_department("县物价局", kind=DepartmentKind.BUREAU)
        make_user("zhaotz", "赵铁柱", roles=[(Role.HANDLER, price)])
    address = f"/departments/{price.public_id}/close"
    assert "赵铁柱（承办人）" in administrator.get(address).text
    refused = administrator.submit(address, {"closes_on": "今天", "successor": office.public_id, "reason": ""})
    assert (refused.status_code, "请填写依据" in refused.text) == (422, True)
    assert f'value="{office.public_id}" selected' in refused.text
    data = {"closes_on": "今天", "successor": office.public_id, "reason": "晋编发〔2026〕3 号"}
    assert administrator.submit(address, data).status_code == 303
    assert price.valid_to == date(2026, 11, 20)
    assert session.scalars(select(Post.ended_on).where(Post.role == "handler")).one() == date(2026, 11, 20)
    assert "县物价局" not in administrator.get("/departments").text
    assert "县物价局" in administrator.get("/departments?all=1").text
    shown = administrator.get(f"/departments/{price.public_id}").text
    assert "2026-11-20" in shown
    assert ">撤销</a>" not in shown
    assert administrator.submit(address, data).status_code == 422


def test_an_empty_office_says_how_to_begin(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "department_tree", lambda today: [])
    assert "先建立最上级的" in administrator.get("/departments").text


def test_nothing_typed_breaks_a_page(administrator: Client, session: Session) -> None:
    """Whatever is kept is shown as text on every page that shows it."""
    office = department(session, "县信访局").public_id
    tokens = {address: administrator.token(address) for address in ("/people/new", "/departments/new")}
    for number, text in enumerate(STRINGS):
        account = {"username": f"user{number}", "name": text[:40], "phone": "", "password": PASSWORD}
        unit = {"name": text[:40], "short_name": text[:40], "kind": "other", "place_code": text[:12]}
        for address, data in (
            ("/people/new", {"username": text, "name": text, "phone": text, "password": text}),
            ("/people/new", account),
            ("/departments/new", {"name": text[:100], "short_name": text, "kind": text, "parent": text}),
            ("/departments/new", {**unit, "parent": office, "valid_from": text[:9]}),
            ("/departments/new", {**unit, "valid_from": ""}),
        ):
            answer = administrator.post(address, data={**data, "csrf_token": tokens[address]})
            assert answer.status_code in (303, 422), (address, text)
            assert_harmless(answer.text)
    assert len(session.scalars(select(User)).all()) > len(STRINGS) / 2
    for address in ("/people", "/departments", "/departments/new"):
        assert_harmless(administrator.get(address).text)
    assert verify().wrong is None


def assert_harmless(page: str) -> None:
    """Look for what a browser or a template would have taken for more than text."""
    for found in ("<script>alert", "onerror=alert(1)>", '" onfocus=alert(1)', ">49<"):
        assert found not in page


def test_administrators_see_no_cases(administrator: Client) -> None:
    page = administrator.get("/people").text
    assert "台账</a>" not in page
    assert "登记</a>" not in page
    assert administrator.get("/cases").status_code in (403, 404)
