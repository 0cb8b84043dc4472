"""检查清单: editions that nothing changes afterwards, forms that keep theirs, corrections that leave what stood."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.key_villages.checking import (
    ALL_YES,
    ITEMS,
    ONE_NO,
    N,
    X,
    Y,
    begun,
    corrected,
    edited,
    edition,
    filled_for_look_back,
    filled_in,
    form,
    issued,
    template,
)
from tests.key_villages.inspecting import opened, rounding
from tests.key_villages.test_looking_back import sealed
from tests.key_villages.working import TODAY, Ledger, later
from tracker.audit.queries import verify
from tracker.core import clock as now_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors, Forbidden, StaleVersion
from tracker.key_villages.access import finding_parts
from tracker.key_villages.models import FindingLine, InspectionRound, VillageLine
from tracker.key_villages.queries.checks import filled_of_entry, filled_of_round, offered, unwritten
from tracker.key_villages.rules.acts import VillageAct
from tracker.key_villages.rules.check_templates import (
    SHIPPED,
    AskedItem,
    ChangeKind,
    CheckPurpose,
    CheckReply,
    Replied,
    Shipped,
    compared,
    items_text,
    typed_items,
    wrong_items,
    wrong_replies,
)
from tracker.key_villages.rules.findings import FindingAct
from tracker.key_villages.service import check_templates, rounds
from tracker.people.queries import reader_for

DAY = timedelta(days=1)
INSPECTION, LOOK_BACK = CheckPurpose.INSPECTION, CheckPurpose.LOOK_BACK


def test_items_are_typed_one_a_line_and_shown_again_as_they_are_typed() -> None:
    typed = typed_items("1、账目公开\n\n必查：推选有记录\n（3）必查 合同经过表决\n2.5 亩机动地\n必查项目齐全\n")
    assert typed == [
        AskedItem("账目公开"),
        AskedItem("推选有记录", required=True),
        AskedItem("合同经过表决", required=True),
        AskedItem("2.5 亩机动地"),
        AskedItem("必查项目齐全"),
    ]
    assert typed_items(items_text(typed)) == typed


@pytest.mark.parametrize(
    ("items", "said"),
    [("", "1 至 60 项"), ("必查：", "第 1 项应有"), ("一" * 201, "第 1 项应有"),
     ("甲\n乙\n必查：甲", "第 3 项和第 1 项相同"), ("\n".join(map(str, range(61))), "现在有 61 项")],
)  # fmt: skip
def test_what_cannot_be_an_edition_is_said(items: str, said: str) -> None:
    assert said in wrong_items(typed_items(items))


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("note", ["", "院内"])
@pytest.mark.parametrize("reply", [*CheckReply, None])
def test_every_answer_to_every_kind_of_item(reply: CheckReply | None, note: str, required: bool) -> None:
    """Exhaustive: what is open, and what needs words."""
    given = {} if reply is None else {1: Replied(reply, note)}
    wrong = wrong_replies([AskedItem("账目公开", required)], given)
    unexplained = not note and (reply is N or (required and reply is X))
    expected = {"reply_1"} if reply is None else {"note_1"} if unexplained else set()
    assert set(wrong) == expected


def test_two_editions_are_compared_item_by_item() -> None:
    before = [AskedItem("甲"), AskedItem("乙", required=True), AskedItem("丙")]
    after = [AskedItem("甲", required=True), AskedItem("丁"), AskedItem("丙")]
    assert [(each.kind, each.item.text) for each in compared(before, after)] == [
        (ChangeKind.MARKED, "甲"),
        (ChangeKind.REMOVED, "乙"),
        (ChangeKind.ADDED, "丁"),
        (ChangeKind.SAME, "丙"),
    ]


def test_the_program_ships_names_without_contents() -> None:
    assert set(SHIPPED) == set(Shipped)
    assert [name for name, _use in SHIPPED.values()] == ["四查四看", "四必查", "回头看表"]


def test_a_name_without_contents_is_not_offered_and_is_written_once(ledger: Ledger) -> None:
    office = ledger.county.office.id
    assert unwritten(office) == list(Shipped)
    assert offered(office, INSPECTION, TODAY) == []
    begun(ledger, edited(title="四必查"), shipped=Shipped.FOUR_MUST_CHECKS)
    assert Shipped.FOUR_MUST_CHECKS not in unwritten(office)
    assert [each.title for each in offered(office, INSPECTION, TODAY)] == ["四必查"]
    assert offered(office, LOOK_BACK, TODAY) == []
    with pytest.raises(StaleVersion):
        begun(ledger, edited(title="另一份"), shipped=Shipped.FOUR_MUST_CHECKS)


@pytest.mark.parametrize(
    ("who", "may"),
    [("acceptor", True), ("supervisor", True), ("office_head", True), ("handler", False), ("unit_head", False),
     ("lead", False), ("leader", False), ("registrar", False), ("town_head", False), ("stranger", False)],
)  # fmt: skip
def test_who_may_enter_rounds_writes_lists_and_nobody_else(ledger: Ledger, who: str, may: bool) -> None:
    """The same people: whoever is a keeper of a round of the office, by the one function that says so."""
    row = db.session.get_one(InspectionRound, opened(ledger))
    assert ("keeper" in finding_parts(reader_for(ledger.county.user(who), TODAY), row)) is may
    one = begun(ledger)
    acts: list[Callable[[], object]] = [
        lambda: begun(ledger, edited(title="另一份"), by=who),
        lambda: issued(ledger, one, edited("只有一项"), by=who),
        lambda: _moved(ledger, one, check_templates.retire, by=who),
        lambda: _moved(ledger, one, check_templates.restore, by=who),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Forbidden):
                act()


def _moved(ledger: Ledger, template_id: int, move: Callable[..., None], by: str = "acceptor", **more: object) -> None:
    with committed():
        move(template(template_id), said="文件废止。", by=ledger.county.user(by), now=now_clock.now(), **more)


def test_a_filled_form_keeps_its_edition(ledger: Ledger, clock: Clock) -> None:
    one, row = begun(ledger), opened(ledger)
    first = filled_in(ledger, one, row)
    clock.set(later(1))
    issued(ledger, one, edited("必查：会议有签到", title="新的名称", from_on=TODAY + DAY))
    kept = form(first)
    assert (kept.edition.number, kept.edition.title) == (1, "测试清单")
    assert items_text([AskedItem(i.text, i.required) for i in kept.edition.items]) == ITEMS
    assert [(each.item.number, each.reply, each.note) for each in kept.replies] == [(1, N, "设在院内"), (3, Y, None)]
    assert template(one).name == "新的名称"
    second = filled_in(ledger, one, row, {1: Replied(Y)}, number=2, on=TODAY + DAY)
    assert form(second).edition.number == 2
    assert verify().wrong is None


def test_each_day_has_its_edition(ledger: Ledger, clock: Clock) -> None:
    one, row = begun(ledger), opened(ledger)
    clock.set(later(2))
    issued(ledger, one, edited("会议有签到", from_on=TODAY + 2 * DAY))
    for number, on, said in ((2, TODAY + DAY, "应按第 1 版"), (1, TODAY + 2 * DAY, "应按第 2 版")):
        with pytest.raises(DomainError, match=said):
            filled_in(ledger, one, row, ALL_YES if number == 1 else {1: Replied(Y)}, number=number, on=on)
    late = filled_in(ledger, one, row, number=1, on=TODAY + DAY)
    assert form(late).edition.number == 1
    with pytest.raises(DomainError, match="应按第 2 版"):
        corrected(ledger, late, ALL_YES, on=TODAY + 2 * DAY)


def test_an_edition_that_begins_later_waits_and_the_latest_prevails(ledger: Ledger, clock: Clock) -> None:
    one = begun(ledger)
    issued(ledger, one, edited("甲", from_on=TODAY + 9 * DAY))
    assert [each.number for each in offered(ledger.county.office.id, INSPECTION, TODAY)] == [1]
    issued(ledger, one, edited("乙", from_on=TODAY + DAY))
    used = [template(one).edition_on(TODAY + n * DAY) for n in (-1, 0, 1, 9, 20)]
    assert [each and each.number for each in used] == [None, 1, 3, 3, 3]
    for given, said in (
        (edited("丙", from_on=TODAY - DAY), "从今天或者以后"),
        (edited("丙", from_on=TODAY + 400 * DAY), "提前一年"),
        (edited("乙", from_on=TODAY + DAY), "没有改变"),
        (edited("丙", reason=" "), "依据或者理由"),
        (edited("丙", title=""), "名称"),
    ):
        with pytest.raises(DomainError, match=said):
            issued(ledger, one, given)


def test_what_is_out_of_use_is_not_offered_and_comes_back(ledger: Ledger) -> None:
    one, row, office = begun(ledger), opened(ledger), ledger.county.office.id
    there = filled_in(ledger, one, row)
    _moved(ledger, one, check_templates.retire)
    assert offered(office, INSPECTION, TODAY) == []
    with pytest.raises(DomainError, match="已经停用，不能再填写"):
        filled_in(ledger, one, row, on=TODAY)
    with pytest.raises(DomainError, match="请先恢复使用"):
        issued(ledger, one, edited("丙"))
    with pytest.raises(DomainError, match="已经停用"):
        _moved(ledger, one, check_templates.retire)
    corrected(ledger, there, ALL_YES)
    other = begun(ledger, edited("同名的另一份"))
    with pytest.raises(DomainError, match="另一份"):
        _moved(ledger, one, check_templates.restore)
    _moved(ledger, other, check_templates.retire)
    with pytest.raises(StaleVersion):
        _moved(ledger, one, check_templates.restore, version=1)
    _moved(ledger, one, check_templates.restore)
    assert [each.template_id for each in offered(office, INSPECTION, TODAY)] == [one]
    with pytest.raises(DomainError, match="没有停用"):
        _moved(ledger, one, check_templates.restore)
    with pytest.raises(DomainError, match="已经有一份"):
        begun(ledger)
    assert [line.act for line in template(one).lines] == ["restore", "retire", "issue"]


def test_what_is_open_is_said_at_its_item_and_nothing_is_kept(ledger: Ledger) -> None:
    one, row = begun(ledger), opened(ledger)
    with pytest.raises(FieldErrors) as wrong:
        filled_in(ledger, one, row, {1: Replied(N), 2: Replied(X)})
    assert set(wrong.value.errors) == {"note_1", "reply_3"}
    office = ledger.county.acceptor
    assert filled_of_round(db.session.get_one(InspectionRound, row), reader_for(office, TODAY), TODAY) == []


def test_a_form_is_filled_in_on_a_visit_once_a_day_by_who_inspects(ledger: Ledger, clock: Clock) -> None:
    one, row = begun(ledger), opened(ledger)
    for who in ("handler", "stranger", "town_head", "leader"):
        with pytest.raises(Forbidden):
            filled_in(ledger, one, row, by=who)
    filled_in(ledger, one, row, by="lead")
    with pytest.raises(DomainError, match="请更正那一份"):
        filled_in(ledger, one, row)
    with pytest.raises(DomainError, match="没有到这个村"):
        filled_in(ledger, one, row, village="other_village")
    for on in (TODAY - DAY, TODAY + DAY):
        with pytest.raises(DomainError, match="检查日期应在"):
            filled_in(ledger, one, row, on=on)
    with pytest.raises(DomainError, match="不是用在这里的"):
        filled_in(ledger, begun(ledger, edited(title="回头看"), purpose=LOOK_BACK), row)
    clock.set(later(1))
    filled_in(ledger, one, row, on=TODAY + DAY)
    told = [line.told for line in _lines(row) if line.act == FindingAct.FILL_LIST]
    assert told == [f"{ledger.county.village.short_name}；测试清单（第 1 版）"] * 2


def _lines(round_id: int) -> list[FindingLine]:
    return db.session.query(FindingLine).filter_by(round_id=round_id).order_by(FindingLine.id).all()


def test_a_correction_takes_the_place_and_leaves_what_stood(ledger: Ledger) -> None:
    entry_id = ledger.enter("公开三年收支明细")
    one, row = begun(ledger), opened(ledger)
    first = filled_in(ledger, one, row)
    second = corrected(ledger, first, ALL_YES)
    assert (form(second).corrects_id, form(second).reason) == (first, "看错了。")
    assert [each.reply for each in form(first).replies] == [N, Y]
    reader = reader_for(ledger.county.acceptor, TODAY)
    assert [each.id for each in filled_of_entry(ledger.entry(entry_id), reader, TODAY)] == [second]
    with pytest.raises(StaleVersion):
        corrected(ledger, first, ONE_NO)
    with pytest.raises(DomainError, match="没有改变"):
        corrected(ledger, second, ALL_YES)
    for who in ("handler", "stranger"):
        with pytest.raises(Forbidden):
            corrected(ledger, second, ONE_NO, by=who)
    assert [line.said for line in _lines(row) if line.act == FindingAct.CORRECT_LIST] == ["看错了。"]
    assert verify().wrong is None


def test_a_village_or_a_day_with_a_filled_list_stays_in_its_round(ledger: Ledger) -> None:
    row = opened(ledger)
    filled_in(ledger, begun(ledger), row)
    wrong = (
        (rounding(ledger, "other_village"), "检查清单，不能去掉"),
        (replace(rounding(ledger), started_on=TODAY + DAY), "更早的督导发现或者检查清单"),
    )
    for given, said in wrong:
        with pytest.raises(DomainError, match=said), committed():
            one = db.session.get_one(InspectionRound, row)
            rounds.change_round(one, given, by=ledger.county.acceptor, now=now_clock.now(), said="写错了。")


def test_a_look_back_has_its_list_filled_in_by_who_did_not_work_there(ledger: Ledger) -> None:
    entry_id = sealed(ledger)
    one = begun(ledger, edited(title="回头看表"), purpose=LOOK_BACK)
    with pytest.raises(DomainError, match="办理过这个村"):
        filled_for_look_back(ledger, one, by="acceptor")
    for who in ("handler", "lead", "stranger"):
        with pytest.raises(Forbidden):
            filled_for_look_back(ledger, one, by=who)
    there = filled_for_look_back(ledger, one)
    assert form(there).entry_id == entry_id
    again = corrected(ledger, there, ALL_YES, by="supervisor")
    assert form(again).look_back_id == form(there).look_back_id
    acts = [line.act for line in db.session.query(VillageLine).order_by(VillageLine.id)][-2:]
    assert acts == [VillageAct.FILL_LIST, VillageAct.CORRECT_LIST]
    with pytest.raises(DomainError, match="不是用在这里的"):
        filled_for_look_back(ledger, begun(ledger))
    assert verify().wrong is None


CHANGED = {
    "an answer": "UPDATE check_answer SET reply = 'yes' WHERE reply = 'no'",
    "an item": "UPDATE check_item SET text = '改过' WHERE number = 1",
    "what must be answered": "UPDATE check_item SET required = NOT required",
    "the edition of a form": "UPDATE check_edition SET from_on = '2026-01-01'",
    "the day of a form": "UPDATE filled_check SET checked_on = '2026-01-01'",
    "who issued": "UPDATE check_line SET said = '改过'",
    "what is in use": "UPDATE check_template SET purpose = 'look_back'",
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_is_changed_behind_the_program_is_shown_by_the_log(ledger: Ledger, what: str) -> None:
    one = begun(ledger)
    filled_in(ledger, one, opened(ledger))
    assert verify().wrong is None
    with committed():
        db.session.execute(text(CHANGED[what]))
    assert verify().wrong is not None


def test_the_first_edition_may_have_been_used_on_paper_before(ledger: Ledger) -> None:
    one = begun(ledger, edited(from_on=date(2026, 1, 1)))
    assert edition(one).issued.by_id == ledger.county.acceptor.id
