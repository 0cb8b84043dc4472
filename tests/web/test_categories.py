"""系统 → 内容分类: added, renamed, ended on the page; what was typed stays, sentences stand at their fields."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.factories import make_department, make_user, sign_in
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import Category
from tracker.core.database import committed, db
from tracker.people.rules import Role


@pytest.fixture
def client(session: Session, clock: Clock, new_client: Callable[[], Client]) -> Client:
    """Give the administrator's browser, and the shipped list."""
    with committed():
        seed_categories(now=clock.now())
        keeper = make_user(roles=[(Role.ADMINISTRATOR, make_department())])
    browser = new_client()
    sign_in(browser, keeper)
    return browser


def latest(name: str) -> Category:
    return db.session.scalars(select(Category).where(Category.name == name).order_by(Category.id.desc())).first()  # type: ignore[return-value]


def id_of(name: str) -> str:
    return latest(name).public_id


def test_the_list_and_all_that_ever_were(client: Client) -> None:
    page = client.get("/categories")
    assert page.status_code == 200
    assert all(name in page.text for name in ("农村农业", "基层选举和社区建设", "历史遗留问题"))
    client.submit(f"/categories/{id_of('旅游管理')}/end", {"last_on": "昨天"})
    assert "旅游管理" not in client.get("/categories").text
    assert "旅游管理" in client.get("/categories?all=1").text


@pytest.mark.both_databases
def test_adding_one(client: Client) -> None:
    parent = id_of("民政")
    done = client.submit("/categories", {"name": " 养老 服务", "parent": parent, "valid_from": "今天"})
    assert (done.status_code, done.location) == (303, "/categories")
    assert "已增加“养老 服务”。" in client.get("/categories").text
    wrong = client.submit("/categories", {"name": "民政", "parent": "", "valid_from": "2026-02-30"})
    assert wrong.status_code == 422
    assert "没有“2026-02-30”这一天" in wrong.text
    assert 'value="民政"' in wrong.text
    again = client.submit("/categories", {"name": "民政", "parent": "", "valid_from": "今天"})
    assert (again.status_code, "同一级里已有“民政”。" in again.text) == (422, True)
    assert client.submit("/categories", {"name": "甲", "parent": "999999", "valid_from": "今天"}).status_code == 422


@pytest.mark.both_databases
def test_renaming_and_ending(client: Client) -> None:
    path = f"/categories/{id_of('扶贫开发')}/rename"
    assert "更名“扶贫开发”" in client.get(path).text
    refused = client.submit(path, {"name": "", "valid_from": "明天"})
    assert (refused.status_code, "请填写新名称。" in refused.text) == (422, True)
    assert client.submit(path, {"name": "乡村振兴", "valid_from": "明天"}).status_code == 303
    again = client.submit(path, {"name": "乡村建设", "valid_from": "明天"})
    assert (again.status_code, "已经停用，不能再改" in again.text) == (422, True)
    ended = client.submit(f"/categories/{id_of('卫生计生')}/end", {"last_on": "2026-11-30"})
    assert ended.status_code == 303
    assert str(latest("医政监管").valid_to) == "2026-11-30"


def test_what_does_not_exist(client: Client) -> None:
    for path in (f"/categories/{'x' * 22}/rename", f"/categories/{'x' * 22}/end", "/categories/1/end"):
        assert client.get(path).status_code == 404
    assert client.submit(f"/categories/{'x' * 22}/end", {"last_on": "今天"}, page="/categories").status_code == 404
