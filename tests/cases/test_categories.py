"""内容分类: shipped as data, changed from a day on, never deleted; found by the names others use."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tracker.audit.queries import verify
from tracker.cases.record.categories.queries import CategoryNames, category, category_choices, category_tree
from tracker.cases.record.categories.service import (
    add_category,
    end_category,
    rename_category,
    seed_categories,
    shipped_categories,
)
from tracker.cases.record.models import Category
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, NotFound
from tracker.people.models import User
from tracker.people.rules import Role

TODAY = date(2026, 11, 21)
TOMORROW = date(2026, 11, 22)


@pytest.fixture
def keeper(session: Session, clock: Clock) -> User:
    """Give an administrator, and the shipped list."""
    with committed():
        seed_categories(now=clock.now())
        return make_user(roles=[(Role.ADMINISTRATOR, make_department())])


def named(name: str) -> Category:
    return db.session.scalars(select(Category).where(Category.name == name).order_by(Category.id.desc())).first()  # type: ignore[return-value]


def test_the_shipped_list_has_the_levels_of_the_national_one() -> None:
    pairs = shipped_categories()
    assert len(pairs) == len(set(pairs)) == 112
    tops = list(dict.fromkeys(first for first, _ in pairs))
    assert (len(tops), tops[0], tops[-1]) == (17, "农村农业", "其他")
    assert {("民政", "基层选举和社区建设"), ("农村农业", "村务管理"), ("党务政务", "党的建设")} <= set(pairs)


def test_it_is_entered_once(keeper: User, clock: Clock) -> None:
    with committed():
        assert seed_categories(now=clock.now()) == 0
    assert db.session.scalar(select(func.count()).select_from(Category)) == 17 + 112
    choices = category_choices(TODAY)
    assert [(name, len(children)) for name, children in choices[:2]] == [("农村农业", 13), ("国土资源", 4)]
    assert verify().wrong is None


def test_one_is_added_at_the_end_of_its_level(keeper: User, clock: Clock) -> None:
    with committed():
        top = add_category("数字乡村", parent=None, valid_from=TODAY, by=keeper, now=clock.now())
        add_category("宽带", parent=top, valid_from=TOMORROW, by=keeper, now=clock.now())
    assert category_choices(TODAY)[-1] == ("数字乡村", [])
    assert [name for _, name in category_choices(TOMORROW)[-1][1]] == ["宽带"]


@pytest.mark.parametrize(
    ("name", "parent", "sentence"),
    [
        ("", None, "请填写分类名称。"),
        ("长" * 41, None, "最多 40 字"),
        ("民政", None, "已有“民政”"),
        ("社会救助", "民政", "已有“社会救助”"),
        ("甲", "社会救助", "只能在使用中的一级分类下面"),
    ],
)
def test_what_cannot_be_added(keeper: User, clock: Clock, name: str, parent: str | None, sentence: str) -> None:
    above = named(parent) if parent else None
    with pytest.raises(DomainError, match=sentence):
        add_category(name, parent=above, valid_from=TODAY, by=keeper, now=clock.now())


def test_another_name_from_a_day_on(keeper: User, clock: Clock) -> None:
    old = named("扶贫开发")
    with committed():
        renamed = rename_category(old, "乡村振兴", valid_from=TOMORROW, by=keeper, now=clock.now())
    assert (old.name, old.valid_to, renamed.parent_id) == ("扶贫开发", TODAY, old.parent_id)
    assert "扶贫开发" in str(category_choices(TODAY)[0])
    assert "乡村振兴" not in str(category_choices(TODAY)[0])
    assert "乡村振兴" in str(category_choices(TOMORROW)[0])
    position = [name for _, name in category_choices(TOMORROW)[0][1]].index("乡村振兴")
    assert position == [name for _, name in category_choices(TODAY)[0][1]].index("扶贫开发")
    assert verify().wrong is None


def test_what_stands_under_a_renamed_one_goes_on_under_the_new(keeper: User, clock: Clock) -> None:
    with committed():
        rename_category(named("卫生计生"), "卫生健康", valid_from=TOMORROW, by=keeper, now=clock.now())
    choices = dict(category_choices(TOMORROW))
    assert len(choices["卫生健康"]) == 5
    assert "卫生计生" not in choices
    assert len(choices) == 17


def test_a_slip_is_corrected_where_it_stands(keeper: User, clock: Clock) -> None:
    with committed():
        one = add_category("宽代", parent=None, valid_from=TODAY, by=keeper, now=clock.now())
    with committed():
        assert rename_category(one, "宽带", valid_from=TODAY, by=keeper, now=clock.now()) is one
    assert (one.name, one.valid_to) == ("宽带", None)


def test_one_ends_with_what_stands_under_it_and_nothing_is_deleted(keeper: User, clock: Clock) -> None:
    top = named("商贸旅游")
    with committed():
        end_category(top, last_on=TODAY, by=keeper, now=clock.now())
    assert "商贸旅游" in dict(category_choices(TODAY))
    assert "商贸旅游" not in dict(category_choices(TOMORROW))
    assert "商业贸易" not in str(category_choices(TOMORROW))
    assert "商业贸易" in str([branch.children for branch in category_tree(None)][12][0].category.name)
    for act in (
        lambda: end_category(top, last_on=TOMORROW, by=keeper, now=clock.now()),
        lambda: rename_category(top, "商贸", valid_from=TOMORROW, by=keeper, now=clock.now()),
    ):
        with pytest.raises(DomainError, match="已经停用，不能再改"):
            act()


def test_dates_before_the_beginning_are_refused(keeper: User, clock: Clock) -> None:
    early = date(1999, 12, 31)
    with pytest.raises(DomainError, match="停用日期不能早于"):
        end_category(named("旅游管理"), last_on=early, by=keeper, now=clock.now())
    with pytest.raises(DomainError, match="启用日期不能早于"):
        rename_category(named("旅游管理"), "文旅", valid_from=early, by=keeper, now=clock.now())


def test_a_category_is_found_by_the_names_of_others(keeper: User) -> None:
    names = CategoryNames(TODAY)
    found = names.find(("民政", "基层 选举和社区建设", "村委会"))
    assert found is not None
    assert db.session.get_one(Category, found).name == "基层选举和社区建设"
    assert names.find(("民政", "没有的")) == named("民政").id
    assert [names.find(levels) for levels in ((), ("",), ("没有的", "社会救助"))] == [None, None, None]


def test_one_is_found_by_its_address_and_by_nothing_else(keeper: User) -> None:
    found = named("民政")
    assert category(found.public_id) is found
    for unknown in (str(found.id), "x" * 22, ""):
        with pytest.raises(NotFound):
            category(unknown)


def test_the_command_enters_it_once(app: Flask, session: Session) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["load-categories"]).stdout == "已装入 129 个内容分类。\n"
    assert run(args=["load-categories"]).stdout == "已有内容分类，没有改动。\n"
