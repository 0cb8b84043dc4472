"""Pages of places: the tree, search, a village with its cases, and what an administrator decides."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.client import Client
from tests.people.factories import make_department, make_user, sign_in
from tests.places.divisions import COUNTY as COUNTY_CODE
from tests.places.divisions import NEIGHBOUR, TOWN, VILLAGE, YANGCHENG, YANGCHENG_FILE, load, place, row
from tests.world.county import County
from tests.world.matters import Matter
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.people.rules import Role
from tracker.places import queries, service

FILE = YANGCHENG_FILE.read_text(encoding="utf-8")
NAUGHTY = ("<script>alert(1)</script>", "%", "' OR 1=1 --", "\u202e", "😀", "{{7*7}}", "上" * 3000, "../../etc/passwd")
New = Callable[[], Client]


@pytest.fixture
def clerk(county: County) -> Client:
    """Give the browser of a clerk of the petition office."""
    return county.browser("acceptor")


@pytest.fixture
def admin(county: County) -> Client:
    """Give the browser of the administrator, who reads no cases."""
    return county.browser("admin")


def href(code: str, act: str = "") -> str:
    return f"/places/{place(code).public_id}{act}"


def words(answer: TestResponse) -> str:
    """Return what a page says, without its marks."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", "\t", answer.text, flags=re.S)
    return re.sub(r"\s*\t\s*", " ", text)


# --- reading ----------------------------------------------------------------------------------------------------


def test_the_only_county_shows_its_towns_and_villages(clerk: Client) -> None:
    page = clerk.get("/places")
    assert page.status_code == 200
    assert "润城镇" in words(page)
    assert page.text.count(href(TOWN)) == 1
    assert href(VILLAGE) in page.text
    assert "读入区划代码" not in words(page)


def test_several_counties_are_listed_with_their_counts(clerk: Client) -> None:
    load((row("140521000000", "沁水县"), row("140521100000", "龙港镇"), row("140521100201", "东庄村委会")))
    page = clerk.get("/places")
    assert re.search(r"阳城县 晋城市 140522000000 15 341", words(page))
    assert re.search(r"沁水县 晋城市 140521000000 1 1", words(page))
    assert href(VILLAGE) not in page.text


def test_without_places_the_page_says_how_to_begin(session: Session, client: Client, new_client: New) -> None:
    with committed():
        office = make_department()
        make_user("acceptor", roles=[(Role.ACCEPTOR, office)])
        make_user("admin", roles=[(Role.ADMINISTRATOR, office)])
    sign_in(client, "acceptor")
    assert "请系统管理员先读入统计用区划代码" in words(client.get("/places"))
    keeper = new_client()
    sign_in(keeper, "admin")
    page = keeper.get("/places")
    assert "还没有村（社区）" in words(page)
    assert "/places/import" in page.text


def test_searching_always_shows_town_and_county(clerk: Client) -> None:
    page = clerk.get("/places?q=szc")
    assert re.search(r"上庄村 阳城县 · 润城镇 村（社区） 140522102214", words(page))
    assert "没有找到“没有的村”" in words(clerk.get("/places?q=没有的村"))


def test_whatever_is_typed_into_the_search_is_answered(clerk: Client) -> None:
    for text in NAUGHTY:
        page = clerk.get("/places", query_string={"q": text})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        found = clerk.get("/places/search.json", query_string={"q": text})
        assert (found.status_code, found.mimetype) == (200, "application/json")
        assert isinstance(found.json, list)


def test_the_picker_gets_name_town_and_county(clerk: Client) -> None:
    (found,) = clerk.get("/places/search.json?q=润城上庄").json or []
    assert found == {
        "id": place(VILLAGE).public_id,
        "label": "上庄村",
        "sub": "阳城县 · 润城镇　140522102214",
        "text": "阳城县 · 润城镇 · 上庄村",
    }
    assert clerk.get("/places/search.json").json == []


def test_the_picker_puts_the_offices_own_county_first(clerk: Client) -> None:
    load((row("140521000000", "沁水县"), row("140521100000", "龙港镇"), row("140521100201", "东庄村委会")))
    for near, first in (("140522", "阳城县 · 演礼镇"), ("140521", "沁水县 · 龙港镇"), ("x%", "沁水县 · 龙港镇")):
        found = clerk.get("/places/search.json", query_string={"q": "东庄村", "near": near}).json or []
        assert found[0]["sub"].startswith(first)


def test_the_picker_puts_the_successor_of_a_merged_village_into_the_field(clerk: Client) -> None:
    merged(VILLAGE, NEIGHBOUR)
    (found,) = [one for one in clerk.get("/places/search.json?q=上庄村").json or [] if one["label"] == "上庄村"]
    assert (found["id"], found["text"]) == (place(NEIGHBOUR).public_id, "阳城县 · 润城镇 · 中庄村")
    assert found["sub"].endswith("已并入中庄村")


def merged(code: str, into: str) -> None:
    with committed():
        service.merge_villages(
            place(code), place(into), on=clock.today(), reason="阳政函〔2026〕7号", by=None, now=clock.now()
        )


def test_a_village_shows_its_cases_and_counts(clerk: Client, county: County) -> None:
    Matter(county, village_id=place(VILLAGE).id, title="反映甲事")
    Matter(county, village_id=place(VILLAGE).id, title="反映乙事").until("sign")
    Matter(county, village_id=place(NEIGHBOUR).id, title="反映丙事")
    page = words(clerk.get(href(VILLAGE)))
    assert "阳城县 · 润城镇 上庄村 村（社区） · 代码 140522102214 · 全称 上庄村委会" in page
    assert "1 在办 0 逾期 1 已销号 2 全部" in page
    assert page.index("反映甲事") < page.index("反映乙事")
    assert "反映丙事" not in page
    assert "原秀英" not in page
    town = words(clerk.get(href(TOWN)))
    assert re.search(r"上庄村 140522102214 1 0 1 2", town)
    assert "2 在办 0 逾期 1 已销号 3 全部" in town
    assert re.search(r"润城镇 140522102000 23 2 0 1 3", words(clerk.get("/places")))


def test_lateness_is_counted(clerk: Client, county: County) -> None:
    Matter(county, village_id=place(VILLAGE).id, received_on=clock.today().replace(month=9))
    assert "1 在办 1 逾期 0 已销号 1 全部" in words(clerk.get(href(VILLAGE)))


def test_a_merged_village_keeps_its_page_and_its_cases_count_for_the_other(clerk: Client, county: County) -> None:
    Matter(county, village_id=place(VILLAGE).id, title="反映甲事")
    merged(VILLAGE, NEIGHBOUR)
    old = clerk.get(href(VILLAGE))
    assert "2026年11月21日起并入 阳城县 · 润城镇 · 中庄村 。依据：阳政函〔2026〕7号。" in words(old)
    assert "反映甲事" in words(old)
    new = words(clerk.get(href(NEIGHBOUR)))
    assert "反映甲事" in new
    assert "已并入的村（社区） 1 个 上庄村 2026-11-21 并入" in new
    town = words(clerk.get(href(TOWN)))
    assert re.search(r"中庄村 140522102215 1 0 0 1", town)
    assert "1 在办 0 逾期 0 已销号 1 全部" in town


def test_a_village_without_cases_says_so(clerk: Client) -> None:
    assert "还没有信访事项" in words(clerk.get(href(VILLAGE)))


def test_a_place_that_is_none_is_not_found(clerk: Client) -> None:
    assert clerk.get("/places/" + "x" * 22).status_code == 404


def test_who_reads_no_cases_sees_none(admin: Client, county: County) -> None:
    Matter(county, village_id=place(VILLAGE).id, title="反映甲事")
    for code in (VILLAGE, TOWN, COUNTY_CODE):
        page = words(admin.get(href(code)))
        assert "反映甲事" not in page
        assert "在办" not in page
    assert "信访事项不在您的岗位范围内" in words(admin.get(href(VILLAGE)))


def test_pages_ask_the_database_a_fixed_number_of_times(clerk: Client, county: County) -> None:
    def asked(path: str) -> int:
        statements: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert clerk.get(path).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(statements)

    Matter(county, village_id=place(VILLAGE).id)
    before = {path: asked(path) for path in map(href, (VILLAGE, TOWN, COUNTY_CODE))}
    for number in range(4):
        Matter(county, village_id=place(VILLAGE).id, title=f"反映第{number}事")
    assert {path: asked(path) for path in before} == before
    assert max(before.values()) <= 20


# --- what an administrator decides ----------------------------------------------------------------------------------


def test_only_an_administrator_changes_places(clerk: Client) -> None:
    page = clerk.get(href(VILLAGE))
    assert "更名" not in words(page)
    paths = [href(VILLAGE, act) for act in ("/rename", "/recode", "/merge", "/undo-merge")]
    for path in (*paths, href(TOWN, "/add"), "/places/import"):
        assert clerk.get(path).status_code == 403
        assert clerk.submit(path, {"name": "坏村", "reason": "无"}, page="/places").status_code == 403
    assert place(VILLAGE).name == "上庄村委会"


def test_a_village_is_renamed_with_a_reason(admin: Client) -> None:
    path = href(VILLAGE, "/rename")
    page = admin.get(path)
    data = {"name": "上庄古村村委会", "on": "今天", "reason": "", "version": value_of(page, "version")}
    refused = admin.submit(path, data)
    assert refused.status_code == 422
    assert "请填写依据" in words(refused)
    assert 'value="上庄古村村委会"' in refused.text
    done = admin.submit(path, {**data, "reason": "晋民函〔2026〕12号"})
    assert (done.status_code, done.location) == (303, href(VILLAGE))
    shown = words(admin.get(href(VILLAGE)))
    assert "已更名" in shown
    assert "上庄古村村委会" in shown
    assert "依据：晋民函〔2026〕12号（本单位）" in shown
    assert "到 2026-11-20 止" in shown


def test_a_stale_page_overwrites_nothing(admin: Client) -> None:
    path = href(VILLAGE, "/rename")
    seen = value_of(admin.get(path), "version")
    data = {"on": "今天", "reason": "甲", "version": seen}
    assert admin.submit(path, {**data, "name": "甲村村委会"}).status_code == 303
    stale = admin.submit(path, {**data, "name": "乙村村委会"})
    assert stale.status_code == 409
    assert "现名甲村村委会" in words(stale)
    assert 'value="乙村村委会"' in stale.text
    assert place(VILLAGE).name == "甲村村委会"


def value_of(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, name
    return found[1]


def test_villages_are_merged_and_a_merge_is_taken_back(admin: Client) -> None:
    path = href(VILLAGE, "/merge")
    typed = {"on": "今天", "reason": "合并", "into": "", "into_text": "没有的村", "into_was": ""}
    refused = admin.submit(path, typed)
    assert refused.status_code == 422
    assert "没有找到村（社区）“没有的村”" in words(refused)
    forged = admin.submit(path, {**typed, "into": "x" * 22, "into_text": "没有的村", "into_was": "没有的村"})
    assert forged.status_code == 422
    done = admin.submit(path, {**typed, "into_text": "润城 中庄村"})
    assert done.status_code == 303
    assert queries.successor(place(VILLAGE)) == place(NEIGHBOUR)
    page = admin.get(href(VILLAGE))
    assert "撤销合并" in words(page)
    assert "变更代码" not in words(page)
    assert admin.submit(href(VILLAGE, "/undo-merge"), {"reason": "登记有误"}).status_code == 303
    assert place(VILLAGE).closed_on is None


@pytest.mark.both_databases
def test_a_chosen_village_counts_before_what_is_written(admin: Client) -> None:
    chosen = {"into": place(NEIGHBOUR).public_id, "into_text": "中庄村", "into_was": "中庄村"}
    assert admin.submit(href(VILLAGE, "/merge"), {**chosen, "on": "今天", "reason": "合并"}).status_code == 303
    assert queries.successor(place(VILLAGE)) == place(NEIGHBOUR)


def test_a_village_is_added_and_gets_its_code_later(admin: Client) -> None:
    path = href(TOWN, "/add")
    data = {"name": "新庄村委会", "code": "", "on": "2026-11-01", "reason": "新设"}
    assert admin.submit(path, data).status_code == 303
    again = admin.submit(path, data)
    assert again.status_code == 422
    assert "已经有“新庄村委会”" in words(again)
    village = place("140522102900")
    refused = admin.submit(href("140522102900", "/recode"), {"code": VILLAGE, "on": "今天", "reason": "正式代码"})
    assert refused.status_code == 422
    assert "已经是上庄村的" in words(refused)
    done = admin.submit(href("140522102900", "/recode"), {"code": "140522102234", "on": "今天", "reason": "正式代码"})
    assert done.status_code == 303
    assert place("140522102234") == village


# --- the official codes -----------------------------------------------------------------------------------------


def upload(admin: Client, content: bytes, name: str = "区划.csv", **changes: str) -> TestResponse:
    data = {"as_of": "2024-06-30", "source": "2024 年版", **changes, "file": (BytesIO(content), name)}
    return admin.submit("/places/import", data, content_type="multipart/form-data")


def apply(admin: Client, preview: TestResponse) -> TestResponse:
    return admin.submit("/places/import/apply", {"edition": value_of(preview, "edition")}, page="/places/import")


@pytest.mark.both_databases
def test_an_edition_is_looked_at_and_then_imported(admin: Client) -> None:
    text = FILE.replace("中庄村委会", "中庄社区居民委员会").replace("140522102216,下庄村委会,5,140522102000\n", "")
    text += "140522102235,幸福村委会,5,140522102000\n"
    shown = upload(admin, text.encode("gb18030"))
    assert shown.status_code == 200
    page = words(shown)
    assert "2024 年版，截至 2024-06-30，357 行。还没有写入。" in page
    for line in (
        "新增 1 更名 1",
        "140522102215 中庄社区居民委员会 阳城县 · 润城镇 中庄村委会",
        "140522102216 下庄村委会 阳城县 · 润城镇",
        "140522102235 幸福村委会",
    ):
        assert line in page
    assert place(NEIGHBOUR).name == "中庄村委会"
    done = apply(admin, shown)
    assert (done.status_code, done.location) == (303, "/places/import")
    after = words(admin.get("/places/import"))
    assert "已读入2024 年版：新增 1，更名 1，撤销 1，不变 355。" in after
    assert "2024 年版 截至 2024-06-30，新增和变更 2 个" in after
    assert place(NEIGHBOUR).name == "中庄社区居民委员会"


def test_what_changed_after_the_preview_is_shown_before_anything_is_written(admin: Client) -> None:
    shown = upload(admin, FILE.replace("中庄村委会", "中庄社区居民委员会").encode())
    load((*YANGCHENG[:-1], row(YANGCHENG[-1].code, "后交新村村委会")), as_of=clock.today())
    refused = apply(admin, shown)
    assert refused.status_code == 422  # the file is older than what stands there now
    assert "旧版本不能覆盖新版本" in words(refused)
    shown = upload(admin, FILE.replace("中庄村委会", "中庄社区居民委员会").encode(), as_of="今天")
    assert "更名 2" in words(shown)
    with committed():
        service.rename_place(
            place(NEIGHBOUR), "中庄社区居民委员会", on=clock.today(), reason="甲", by=None, now=clock.now()
        )
    stale = apply(admin, shown)
    assert stale.status_code == 409
    assert "预览之后区划又有变动" in words(stale)
    assert apply(admin, stale).status_code == 303


def test_a_file_without_changes_is_not_offered_for_import(admin: Client) -> None:
    shown = upload(admin, FILE.encode())
    assert "没有变化" in words(shown)
    assert 'name="edition"' not in shown.text


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "空.csv", "文件是空的"),
        (b"PK\x03\x04", "区划.xlsx", "另存为“CSV UTF-8”"),
        (b"PK\x03\x04\x00\x00", "区划.csv", "不是 CSV 文本"),
        ("a,b\n1,2\n".encode("utf-16"), "区划.csv", "UTF-16"),
        (b"a;b\n1;2\n", "区划.csv", "缺少 code、name、level、parent_code"),
        (
            FILE.replace("140522100001,", "1.40522E+11,").encode(),
            "区划.csv",
            "第 4 行：代码“1.40522E+11”被表格软件改成了数值",
        ),
        (
            FILE.replace("凤城镇,4,", "<b>镇</b>,5,").encode(),
            "区划.csv",
            "第 3 行：代码 140522100000 是 4（乡镇（街道）级）",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(admin: Client, content: bytes, name: str, sentence: str) -> None:
    refused = upload(admin, content, name)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert 'value="2024 年版"' in refused.text


def test_a_form_without_a_file_or_with_an_impossible_date_keeps_what_was_typed(admin: Client) -> None:
    refused = admin.submit(
        "/places/import", {"as_of": "2024-02-30", "source": "甲版"}, content_type="multipart/form-data"
    )
    assert refused.status_code == 422
    assert "没有“2024-02-30”这一天" in words(refused)
    assert "请选择要上传的区划代码文件" in words(refused)
    assert 'value="甲版"' in refused.text
    assert "晚于今天" in words(upload(admin, FILE.encode(), as_of="2030-01-01"))


def test_a_preview_of_somebody_else_or_a_forged_one_is_refused(admin: Client, county: County, new_client: New) -> None:
    shown = upload(admin, FILE.replace("中庄村委会", "中庄社区居民委员会").encode())
    with committed():
        other = make_user("admin2", "另一人", roles=[(Role.ADMINISTRATOR, county.office)])
    browser = new_client()
    sign_in(browser, other)
    assert apply(browser, shown).status_code == 422
    forged = admin.submit("/places/import/apply", {"edition": "x.y.z"}, page="/places/import")
    assert forged.status_code == 422
    assert "预览已经失效" in words(forged)
    assert place(NEIGHBOUR).name == "中庄村委会"
