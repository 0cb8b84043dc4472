"""The fields of every form: cleaned, limited, with sentences, and shown again as typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g

from tests.conftest import Clock
from tracker.core.dates import Meaning
from tracker.core.errors import DomainError, FieldErrors, StaleVersion
from tracker.web.frame.composed_fields import Picked, PickField, RowsField
from tracker.web.frame.forms import (
    AreaField,
    ChoiceField,
    DayField,
    FilesField,
    LineField,
    ManyField,
    OfficeForm,
    TickField,
    page_number,
)
from tracker.web.frame.paging import Paging
from tracker.web.frame.secret_fields import SecretField
from tracker.web.frame.sending import carried_out


class Sample(OfficeForm):
    """One field of each kind."""

    line = LineField("标题", required=True, longest=10)
    area = AreaField("正文", longest=20)
    secret = SecretField("密码")
    day = DayField("日期", meaning=Meaning.HAPPENED, required=True)
    one = ChoiceField("类别", required=True, choices=[("a", "甲"), ("其他", [("b", "乙"), ("c", "丙")])])
    many = ManyField("范围", choices=[("a", "甲"), ("b", "乙")])
    tick = TickField("匿名")
    rows = RowsField("诉求", longest=10, most=3, words="诉求点", required=True)
    place = PickField("属地", required=True)
    files = FilesField("材料")


GOOD = {
    "line": "标题",
    "day": "今天",
    "one": "a",
    "rows": ["一", "", "二"],
    "place": "key",
    "place_text": "村",
    "place_was": "村",
}


def filled(app: Flask, **given: Any) -> Sample:
    with app.test_request_context("/", method="POST", data={**GOOD, **given}):
        form = Sample()
        form.validate_on_submit()
        return form


@contextmanager
def sent(app: Flask, data: dict[str, Any]) -> Iterator[None]:
    """Hold a request of somebody who sends a form."""
    with app.test_request_context("/", method="POST", data=data):
        g.signed_in = SimpleNamespace(id=1)
        yield


@pytest.fixture
def form(bare: Flask, clock: Clock) -> Any:
    return lambda **given: filled(bare, **given)


def test_a_good_form(form: Any) -> None:
    found = form(area=" 第一行 \r\n第二行\x0b ", many=["b", "a", "b"], tick="1", secret=" a b ")
    assert found.errors == {}
    assert found.line.data == "标题"
    assert found.area.data == "第一行 \n第二行"
    assert found.secret.data == " a b ", "a password is taken as typed"
    assert found.day.data == date(2026, 11, 21)
    assert found.many.data == ["b", "a"]
    assert found.tick.data is True
    assert found.rows.data == ["一", "", "二"]
    assert found.place.data == Picked("key", "村")
    assert found.files.data == []


def test_an_empty_form_says_everything_once(form: Any) -> None:
    found = form(line=" ", day="", one="", rows=["", " "], place="", place_text="", place_was="")
    assert found.errors == {
        "line": "请填写标题。",
        "day": "请填写日期。",
        "one": "请选择类别。",
        "rows": "请至少填写一个诉求点。",
        "place": "请选择属地。",
    }
    assert found.status == 422


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"line": "长" * 11}, {"line": "标题最多 10 个字，现在有 11 个，请精简。"}),
        ({"area": "长" * 21}, {"area": "正文最多 20 个字，现在有 21 个，请精简。"}),
        ({"secret": "x" * 201}, {"secret": "密码最多 200 个字符。"}),
        ({"rows": ["一", "长" * 11]}, {"rows-1": "诉求点最多 10 个字，现在有 11 个，请精简。"}),
        ({"rows": ["一", "", "二", "三", "四"]}, {"rows": "诉求最多 3 行，现在有 4 行。"}),
        ({"day": "2月30日"}, {"day": "没有“2月30日”这一天，请核对日期。"}),
        ({"one": "z"}, {"one": "类别里没有这个选项，请重新选择。"}),
        ({"one": "其他"}, {"one": "类别里没有这个选项，请重新选择。"}),
        ({"many": ["a", "z"]}, {"many": "范围里没有这个选项，请重新选择。"}),
    ],
)
def test_a_wrong_field_has_its_sentence(form: Any, given: dict[str, Any], errors: dict[str, str]) -> None:
    assert form(**given).errors == errors


def test_rows_over_the_limit_are_refused_and_shown_again(app: Flask, form: Any) -> None:
    many = [f"第{n}" for n in range(60)]
    found = form(rows=many)
    assert found.values["rows"] == found.rows.data == many
    with sent(app, {**GOOD, "rows": ["长" * 11]}):
        assert not carried_out(Sample(), lambda: pytest.fail("a row is too long"), str, "")


def test_a_value_of_a_group_is_a_choice(form: Any) -> None:
    assert form(one="c").one.data == "c"


def test_everything_typed_is_shown_again_but_passwords(form: Any) -> None:
    given = {
        "line": " 太长的标题" * 9,
        "day": "某天",
        "one": "z",
        "many": ["z", "a"],
        "rows": [" 一", ""],
        "secret": "geheim",
        "place": "k",
        "place_text": "改过的村",
        "place_was": "原来的村",
    }
    values = form(**given).values
    assert {name: values[name] for name in ("line", "day", "one", "many", "rows")} == {
        name: given[name] for name in ("line", "day", "one", "many", "rows")
    }
    assert (values["secret"], values["tick"], values["files"]) == ("", False, "")
    assert (values["place"], values["place_text"]) == ("", "改过的村")


@pytest.mark.parametrize(
    ("key", "text", "was", "picked"),
    [
        ("k", "村", "村", Picked("k", "村")),
        ("k", "别的村", "村", Picked("", "别的村")),
        ("k", "", "村", Picked("", "")),
        ("k", "", "", Picked("k", "")),
        ("", "140522", "", Picked("", "140522")),
        (" k ", " 村 ", "村", Picked("k", "村")),
    ],
)
def test_a_text_changed_after_picking_is_looked_up(form: Any, key: str, text: str, was: str, picked: Picked) -> None:
    assert form(place=key, place_text=text, place_was=was).place.data == picked


def test_a_form_is_filled_from_what_is_kept(bare: Flask, clock: Clock) -> None:
    with bare.test_request_context("/"):
        kept = {
            "line": "旧",
            "day": date(2026, 1, 2),
            "one": "b",
            "tick": True,
            "rows": ["一"],
            "place": Picked("k", "村"),
        }
        values = Sample(data=kept).values
    assert values["line"] == "旧"
    assert values["day"] == "2026-01-02"
    assert values["one"] == "b"
    assert values["tick"] is True
    assert values["rows"] == ["一"]
    assert (values["place"], values["place_text"], values["place_was"]) == ("k", "村", "村")


def test_what_is_missing_from_the_body_is_empty(bare: Flask, clock: Clock) -> None:
    with bare.test_request_context("/", method="POST", data={"unknown": "x"}):
        form = Sample(data={"line": "旧", "tick": True})
        assert not form.validate_on_submit()
        assert (form.line.data, form.tick.data, form.many.data) == ("", False, [])
        assert not hasattr(form, "unknown")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b'{"line": "x"}'])
def test_data_is_never_taken_for_a_form(bare: Flask, clock: Clock, body: bytes) -> None:
    with bare.test_request_context("/", method="POST", data=body, content_type="application/json"):
        form = Sample()
        assert not form.validate_on_submit()
        assert form.line.data == ""


def test_files_without_a_name_are_none(form: Any) -> None:
    found = form(files=[(BytesIO(b"x"), "举报信.pdf"), (BytesIO(b""), "")])
    assert [file.filename for file in found.files.data] == ["举报信.pdf"]


def test_sentences_of_the_service_stand_at_their_fields(form: Any) -> None:
    found = form()
    found.fail(FieldErrors({"rows-1": "第二条诉求没有写明。", "line": "标题重复。"}))
    assert found.errors == {"rows-1": "第二条诉求没有写明。", "line": "标题重复。"}
    found.fail(StaleVersion("别人改过。"))
    assert found.errors[""] == "别人改过。"
    assert found.status == 409


def test_an_act_is_carried_out_once_and_whole(app: Flask, clock: Clock) -> None:
    done: list[str] = []

    def refuse() -> None:
        done.append("tried")
        raise DomainError("不能办。", field="line")

    with sent(app, GOOD):
        form = Sample()
        answer = carried_out(form, lambda: done.append("done"), lambda _made: "/there", "办好了。")
        assert answer is not None
        assert (answer.status_code, answer.location) == (303, "/there")
        assert carried_out(form, refuse, lambda _made: "/there", "") is None
        assert (form.errors, form.status) == ({"line": "不能办。"}, 422)
    with sent(app, {}):
        assert carried_out(Sample(), lambda: done.append("never"), str, "") is None
    with app.test_request_context("/"):
        assert carried_out(Sample(), lambda: done.append("not sent"), str, "") is None
    assert done == ["done", "tried"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("7", 7),
        ("999999", 999999),
        ("0", 1),
        ("007", 7),
        ("1000000", 1),
        ("-1", 1),
        ("１２", 1),
        ("²", 1),
        ("", 1),
    ],
)
def test_page_numbers_are_plain_digits(bare: Flask, text: str, number: int) -> None:
    with bare.test_request_context("/", query_string={"page": text}):
        assert page_number() == number


@pytest.mark.parametrize(
    ("number", "total", "count", "rows", "turns"),
    [
        (1, 0, 1, (1, 0), (False, False)),
        (1, 50, 1, (1, 50), (False, False)),
        (1, 51, 2, (1, 50), (False, True)),
        (2, 51, 2, (51, 51), (True, False)),
        (2, 200, 4, (51, 100), (True, True)),
        (9, 51, 2, (401, 51), (True, False)),
    ],
)
def test_pages_of_a_list(
    bare: Flask, number: int, total: int, count: int, rows: tuple[int, int], turns: tuple[bool, bool]
) -> None:
    with bare.test_request_context("/x?q=%E6%9D%8E&page=1&q=b"):
        page = Paging(number, total)
        assert (page.count, (page.first, page.last)) == (count, rows)
        assert (bool(page.previous_href), bool(page.next_href)) == turns
        if page.next_href:
            assert page.next_href == f"/x?q=%E6%9D%8E&q=b&page={number + 1}"


def test_a_choice_knows_the_first_letters_of_its_names(bare: Flask) -> None:
    class Given(OfficeForm):
        unit = ChoiceField(
            "承办单位", by_initials=True, choices=[("1", "县民政局　在办 5，逾期 1"), ("乡镇", [("2", "润城镇")])]
        )
        plain = ChoiceField("类别", choices=[("a", "甲")])

    with bare.test_request_context("/"):
        form = Given(formdata=None)
    assert form.unit.initials == {"1": "xmzj", "2": "rcz"}
    assert form.plain.initials == {}
