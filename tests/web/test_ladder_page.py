"""督办阶梯 on the page: read by everybody who works on cases, edited, previewed and adopted by the administrator."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.client import Client
from tests.web.browsing import filled, form_of
from tests.web.naughty import STRINGS
from tests.world.county import County
from tracker import audit
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core.database import committed, db
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.rungs import LADDER, LOOKS_BACK
from tracker.reminders.models import LadderEdition

EDIT = "/ladder/edit"
ADOPT = "/ladder/adopt"


@pytest.fixture
def admin(county: County) -> Client:
    """Give the administrator's browser."""
    return county.browser("admin")


def at(code: str) -> int:
    """Return the row of a rung in the form of the shipped table."""
    return [rung.code for rung in LADDER].index(code)


def sent(browser: Client, fields: Mapping[str, Any]) -> TestResponse:
    """Fill in some fields of the form and send it."""
    return browser.post(EDIT, data=filled(form_of(browser.get(EDIT), EDIT), fields))


def adopt(browser: Client, preview: TestResponse, reason: str = "本县做法。") -> TestResponse:
    return browser.post(ADOPT, data=filled(form_of(preview, ADOPT), {"reason": reason}))


def editions() -> list[LadderEdition]:
    db.session.expire_all()
    return list(db.session.scalars(select(LadderEdition).order_by(LadderEdition.id)))


def test_the_table_in_words(county: County) -> None:
    page = county.browser("handler").get("/ladder")
    assert page.status_code == 200
    for said in (
        *("现在用的是随程序附带的阶梯", "时限用去 50%", "到期前 3 日", "到期当天", "逾期第 5 个工作日", "黄色督办单"),
        *("承办单位负责人、领办领导", "消息，即时邮件、群消息", "办结后没有销号，满 15 日"),
        *("print-landscape", "还没有修改过"),
    ):
        assert said in page.text, said
    assert "修改阶梯" not in page.text
    assert county.browser("handler").get(EDIT).status_code == 403
    assert county.browser("handler").get(f"/ladder?edition={'x' * 22}").status_code == 404


def test_every_rung_is_on_the_page(county: County) -> None:
    page = county.browser("leader").get("/ladder").text
    assert all(rung.asked in page for rung in LADDER)


def test_the_untouched_form_changes_nothing(admin: Client) -> None:
    preview = sent(admin, {})
    assert preview.status_code == 200
    assert "没有改动" in preview.text
    assert ADOPT not in preview.text


def test_a_change_is_previewed_then_adopted_with_a_reason(admin: Client, county: County) -> None:
    row = at("work-blue")
    preview = sent(admin, {f"number-{row}": "７", f"reply-{row}": "4", f"told-{row}": ["owner", "lead"]})
    assert preview.status_code == 200
    for said in ("逾期第 5 个工作日 → 逾期第 7 个工作日", "5 个工作日 → 4 个工作日", "→ 责任人（承办人）、领办领导"):
        assert said in preview.text, said
    assert editions() == []
    empty = adopt(admin, preview, "")
    assert empty.status_code == 422
    assert "请填写修改原因。" in empty.text
    assert adopt(admin, empty).status_code == 303
    (edition,) = editions()
    rung = current().rung("work-blue")
    assert rung
    assert (rung.number, rung.reply_days, [post.value for post in rung.told]) == (7, 4, ["owner", "lead"])
    assert (edition.reason, edition.adopted_by.username) == ("本县做法。", "admin")
    last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).where(AuditEvent.log_id == 1)).first()
    assert last
    assert last.kind == "ladder.adopted"
    assert not verify().wrong
    shown = county.browser("handler").get("/ladder").text
    assert "第 1 版" in shown
    assert "本县做法。" in shown
    assert "逾期第 7 个工作日" in shown


def test_wrong_input_is_said_at_its_field_and_kept(admin: Client) -> None:
    row, other = at("work-blue"), at("work-soon")
    wrong = sent(
        admin, {f"number-{row}": "五天", f"reply-{row}": "很快", f"asked-{other}": "", f"number-{other}": "900"}
    )
    assert wrong.status_code == 422
    assert f'href="#number-{row}"' in wrong.text
    assert "“逾期后蓝色督办”：回复期限请填写数字，不要求回复的留空。" in wrong.text
    assert 'value="五天"' in wrong.text
    assert 'value="很快"' in wrong.text
    assert f'href="#asked-{other}"' in wrong.text
    assert f'href="#number-{other}"' in wrong.text
    second = sent(admin, {f"asked-{other}": "", f"number-{other}": "900", f"told-{other}": None})
    assert second.status_code == 422
    for said in ("请写明要求，最多 200 字。", "天数应为 0 至 366", "请至少选择一个送达岗位。"):
        assert said in second.text, said
    assert 'value="900"' in second.text
    assert re.search(rf'<details class="more rung" id="row-{other}" open', second.text)
    assert editions() == []


def test_the_whole_table_is_checked_together(admin: Client) -> None:
    late = sent(admin, {f"number-{at('work-amber')}": "6"})
    assert late.status_code == 422
    assert "前一份没有到期，不发第二份" in late.text
    reports = {f"active-{at('report-today')}": None, f"active-{at('report-late')}": None}
    assert "到期会没有人知道" in sent(admin, reports).text


def test_a_row_is_added_as_a_copy_and_taken_out_again(admin: Client) -> None:
    row = at("work-soon")
    page = admin.get(EDIT)
    data = filled(form_of(page, EDIT), {f"number-{at('work-urge')}": "2"})
    data["act"] = f"copy-{row}"
    copied = admin.post(EDIT, data=data)
    assert copied.status_code == 200
    form = form_of(copied, EDIT)
    assert form.fields[f"code-{row + 1}"] == "work-soon-2"
    assert form.fields[f"number-{at('work-urge') + 1}"] == "2"
    preview = admin.post(EDIT, data=filled(form, {f"number-{row + 1}": "10", f"asked-{row + 1}": "还有十天。"}))
    assert "新增" in preview.text
    assert adopt(admin, preview).status_code == 303
    assert [rung.number for rung in current().rungs if rung.code.startswith("work-soon")] == [3, 10]
    data = MultiDict(form_of(admin.get(EDIT), EDIT).fields)
    data["act"] = f"drop-{row + 1}"
    dropped = admin.post(EDIT, data=data)
    assert "work-soon-2" not in dropped.text
    gone = admin.post(EDIT, data=form_of(dropped, EDIT).fields)
    assert "删去" in gone.text


def test_switching_a_rung_off(admin: Client, county: County) -> None:
    preview = sent(admin, {f"active-{at('work-quarter')}": None})
    assert "停用" in preview.text
    assert adopt(admin, preview).status_code == 303
    rung = current().rung("work-quarter")
    assert rung
    assert not rung.active
    assert "停用" in county.browser("handler").get("/ladder").text


def test_coming_back_from_the_preview_keeps_the_change(admin: Client) -> None:
    preview = sent(admin, {f"number-{at('work-blue')}": "6"})
    back = admin.post(EDIT, data=form_of(preview, EDIT).fields)
    assert back.status_code == 200
    assert form_of(back, EDIT).fields[f"number-{at('work-blue')}"] == "6"


def test_a_stale_change_is_said_and_not_adopted(admin: Client) -> None:
    mine = sent(admin, {f"number-{at('work-blue')}": "6"})
    theirs = sent(admin, {f"number-{at('work-blue')}": "4"})
    assert adopt(admin, theirs).status_code == 303
    stale = adopt(admin, mine)
    assert stale.status_code == 409
    assert "督办阶梯刚被别人修改过" in stale.text
    assert len(editions()) == 1
    old_form = form_of(mine, EDIT).fields
    again = admin.post(EDIT, data=form_of(admin.post(EDIT, data=old_form), EDIT).fields)
    assert "别人已经启用了另一份阶梯" in again.text
    assert ADOPT not in again.text


def test_an_old_edition_is_adopted_again(admin: Client) -> None:
    assert adopt(admin, sent(admin, {f"number-{at('work-blue')}": "4"})).status_code == 303
    assert adopt(admin, sent(admin, {f"number-{at('work-blue')}": "6"})).status_code == 303
    first = editions()[0].public_id
    shown = admin.get(f"/ladder?edition={first}").text
    assert "这是以前的阶梯" in shown
    assert "第 2 版" in shown
    preview = admin.get(f"/ladder/preview?edition={first}")
    assert "恢复第 1 版。" in preview.text
    assert adopt(admin, preview, "恢复第 1 版。").status_code == 303
    assert len(editions()) == 3
    rung = current().rung("work-blue")
    assert rung
    assert rung.number == 4
    shipped = admin.get("/ladder/preview?edition=shipped")
    assert adopt(admin, shipped, "恢复原样。").status_code == 303
    assert current().rungs == LADDER
    assert admin.get("/ladder/preview?edition=1").status_code == 404
    assert admin.get("/ladder/preview").status_code == 404


def test_a_table_that_was_not_previewed_is_refused(admin: Client) -> None:
    preview = sent(admin, {f"number-{at('work-blue')}": "4"})
    forged = filled(form_of(preview, ADOPT), {"reason": "改。"})
    forged["table"] = forged["table"][:-2]
    assert admin.post(ADOPT, data=forged).status_code == 422
    del forged["table"]
    assert admin.post(ADOPT, data=forged).status_code == 422
    assert editions() == []


@pytest.mark.parametrize(
    "strings",
    [STRINGS[::6], pytest.param(STRINGS, marks=pytest.mark.long)],
    ids=["some strings", "every string"],
)
def test_nonsense_breaks_nothing(admin: Client, strings: Sequence[str]) -> None:
    fields = form_of(admin.get(EDIT), EDIT).fields
    names = ("number-5", "reply-5", "asked-5", "when-5", "level-5", "unit-5", "kinds-5", "told-5", "code-5")
    for text in (*strings, "", "-1", "9" * 30):
        data = MultiDict(fields)
        for name in names:
            data[name] = text
        assert admin.post(EDIT, data=data).status_code in (400, 422), text
    for name in ("rows", "base", "act", "table", "behaviour-5"):
        for text in ("", "-1", "9" * 30, "copy-99", "'", "came_again"):
            data = MultiDict(fields)
            data[name] = text
            assert admin.post(EDIT, data=data).status_code in (200, 400, 422), (name, text)
    assert editions() == []


def test_a_limit_that_the_adopted_ladder_lacks_is_told_and_shown_as_default(county: County, admin: Client) -> None:
    adopt(admin, sent(admin, {f"number-{at('work-quarter')}": "80"}))
    with committed():
        edition = editions()[-1]
        edition.rungs = [row for row in edition.rungs if not row["code"].startswith("look-back")]
        edition.decided = [code for code in edition.decided or () if code not in map(str, LOOKS_BACK)]
        audit.record(audit.Event.LADDER_ADOPTED, by=None, now=edition.adopted_at)
    for address in ("/ladder", "/timer", "/"):
        assert "本单位的督办阶梯还没有“回头看、第二次回头看、另行安排的回头看”" in admin.get(address).text, address
    assert admin.get("/ladder").text.count('<span class="tag quiet">默认</span>') == 2
    assert "还没有“回头看" not in county.browser("handler").get("/").text
    assert '<span class="tag quiet">默认</span>' in county.browser("handler").get("/ladder").text
    preview = sent(admin, {})
    assert "回头看" in preview.text
    assert "新增" in preview.text
    assert adopt(admin, preview, "加入回头看。").status_code == 303
    for address in ("/ladder", "/timer", "/"):
        assert "还没有“" not in admin.get(address).text, address
    assert not verify().wrong
