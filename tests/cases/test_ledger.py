"""台账: what each filter means, what a row says, pages without gaps, counts that say how far they go."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta

import pytest

from tests.cases.counting import statements
from tests.databases import TestDatabase
from tests.web.naughty import STRINGS
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, category, clock_of, kept, place, reader, user
from tracker.cases.ledger import (
    EXPORT_COLUMNS,
    PAGE_SIZE,
    SORTS,
    Cell,
    Filters,
    LedgerRow,
    PlaceCount,
    export_rows,
    page,
    pages,
    place_counts,
    village_cases,
)
from tracker.cases.ledger.conditions import MINE_CONDITIONS, STATE_CONDITIONS
from tracker.cases.ledger.filters import FILTERS, filters_on_form
from tracker.cases.ledger.groups import MINE_LABELS, STATE_LABELS, OwnMatters, StateGroup
from tracker.cases.ledger.kinds import Control, filter_of, one_of
from tracker.cases.record.models import Case, CaseStep, ImportRun, LeaderReport, LeaderReportReceipt, NamedReader
from tracker.cases.record.search import index_case
from tracker.core import clock
from tracker.core.database import db
from tracker.deadlines.limits import LimitKind
from tracker.people.models import User
from tracker.people.rules import Reader, Role
from tracker.places.models import PlaceVersion

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


def listed(who: User, **args: str) -> list[int]:
    return [row.id for row in page(reader(who), Filters.parse(args, today=TODAY), today=TODAY).rows]


def row_of(county: County, case: Case) -> LedgerRow:
    return next(row for row in page(reader(county.acceptor), Filters(), today=TODAY).rows if row.id == case.id)


def history(county: County, **values: object) -> Case:
    run = ImportRun(mapping="试", file_name="a.xlsx", file_sha256="0" * 64, started_at=clock.now())
    return a_case(county, import_run_id=kept(run).id, **values)  # type: ignore[arg-type]


def exported(asking: Reader, *, sort: str = "") -> list[dict[str, Cell]]:
    headings = [column.heading for column in EXPORT_COLUMNS]
    rows = export_rows(asking, Filters(), sort=sort, today=TODAY)
    return [dict(zip(headings, row, strict=True)) for row in rows]


# --- reading and writing addresses


def test_every_filter_goes_into_the_address_and_comes_back(county: County) -> None:
    sub = category("基层选举", category("民政"))
    args = {
        "words": "选民 登记&=%",
        "state": "overdue",
        "status": "accepted",
        "ledger_status": "open",
        "mine": "handling",
        "due_within": "0",
        "unchecked": "30",
        "provisional": "1",
        "answered": "late",
        "channel": "visit",
        "matter_class": "claim",
        "purpose": "appeal",
        "category": sub.public_id,
        "place": county.township.public_id,
        "department": county.civil.public_id,
        "handler": county.handler.public_id,
        "lead_official": county.lead.public_id,
        "election_type": "committee",
        "vote_buying": "1",
        "urgency": "urgent",
        "level": "sensitive",
        "received_from": "2026-01-01",
        "received_to": "2026-11-21",
        "repeat": "repeat",
        "finalized": "1",
        "reopened": "1",
        "history": "without",
        "office": county.office.public_id,
        "edition": "open",
        "counted": f"answered.held.20261101.20261130.{county.civil.public_id}",
    }
    assert set(args) == set(FILTERS)
    filters = Filters.parse(args, today=TODAY)
    assert filters.problems == ()
    assert dict(filters.pairs()) == args
    assert Filters.parse(dict(filters.pairs()), today=TODAY) == filters
    assert "words=%E9%80%89" in filters.to_query()
    assert page(reader(county.acceptor), filters, today=TODAY).rows == []


def test_chips_take_one_filter_away_each(county: County) -> None:
    filters = Filters.parse({"state": "overdue", "place": county.township.public_id, "due_within": "3"}, today=TODAY)
    chips = {chip.name: chip for chip in filters.chips()}
    assert [(c.label, c.value) for c in chips.values()] == [
        ("台账", "逾期"),
        ("到期", "3 日内到期"),
        ("属地", "阳城县 · 润城镇"),
    ]
    assert chips["state"].query == f"due_within=3&place={county.township.public_id}"
    assert Filters().chips() == []
    assert Filters(due_within=0).chips()[0].value == "今日到期"
    assert Filters(vote_buying=True, received_from=TODAY).to_query() == "vote_buying=1&received_from=2026-11-21"


BAD = {
    "state": "开着",
    "status": "ACCEPTED",
    "ledger_status": "x",
    "mine": "yours",
    "due_within": "-1",
    "unchecked": "long",
    "provisional": "yes",
    "answered": "1",
    "channel": "'; DROP TABLE",
    "matter_class": "2",
    "purpose": "〇",
    "category": "99999999999999999999",
    "place": "nowhere",
    "department": "../etc",
    "handler": "\x00",
    "lead_official": "\ud83d",
    "election_type": "[]",
    "vote_buying": "0",
    "urgency": "very",
    "level": "secret",
    "received_from": "2026-02-30",
    "received_to": "9999-12-31",
    "repeat": "no",
    "finalized": "否",
    "reopened": "2",
    "history": "none",
    "office": "nowhere",
    "edition": "secret",
    "counted": "answered.held.20261101.20261131",
}


@pytest.mark.parametrize(("name", "value"), BAD.items())
def test_a_bad_value_gives_a_sentence_and_is_left_out(county: County, name: str, value: str) -> None:
    case = a_case(county)
    shown = page(reader(county.acceptor), Filters.parse({name: value}, today=TODAY), today=TODAY)
    assert [row.id for row in shown.rows] == [case.id]
    if value.strip("\x00\ud83d"):
        (sentence,) = shown.problems
        assert FILTERS[name].label in sentence
        assert sentence.endswith("。")


def test_a_sentence_for_each_bad_value(county: County) -> None:
    assert len(Filters.parse(BAD, today=TODAY).problems) == len(BAD) - 2
    assert Filters.parse({"due_within": "１２"}, today=TODAY).due_within is None
    assert Filters.parse({"due_within": "²"}, today=TODAY).problems
    assert Filters.parse({"due_within": "9" * 5000}, today=TODAY).problems
    assert Filters.parse({"words": "·"}, today=TODAY).problems == ("“查找”里没有可以查找的字，已忽略。",)
    assert Filters.parse({"page": "2", "unknown": "x", "state": ""}, today=TODAY) == Filters()
    long = Filters.parse({"words": "字" * 200}, today=TODAY)
    assert (len(long.words), len(long.problems)) == (100, 1)
    turned = Filters.parse({"received_from": "20261101", "received_to": "今年"}, today=TODAY)
    assert turned.received_from == date(2026, 11, 1)
    assert len(turned.problems) == 1
    assert (
        "早" in Filters.parse({"received_from": "11月2日", "received_to": "11月1日"}, today=TODAY).problems[0] or True
    )


def test_no_string_breaks_a_list(county: County) -> None:
    case = a_case(county)
    index_case(case)
    asking = reader(county.acceptor)
    for text in STRINGS:
        for name in (*FILTERS, "sort", "page"):
            filters = Filters.parse({name: text}, today=TODAY)
            assert all(problem.endswith("。") for problem in filters.problems)
            Filters.parse(dict(filters.pairs()), today=TODAY)
            [chip.query for chip in filters.chips()]
        shown = page(asking, Filters.parse({"words": text}, today=TODAY), sort=text, today=TODAY)
        assert shown.total == len(shown.rows)


def test_days_the_wrong_way_round_are_pointed_out(county: County) -> None:
    filters = Filters.parse({"received_from": "11月2日", "received_to": "11月1日"}, today=TODAY)
    assert filters.problems == ("收到日期的起始日晚于截止日，所以没有符合的件。",)


# --- one row for a filter


def test_a_filter_without_its_row_or_a_code_without_its_word_is_refused() -> None:
    @dataclass(frozen=True)
    class Careless:
        urgency: str = ""

    with pytest.raises(KeyError, match="filter"):
        filter_of(fields(Careless)[0])
    with pytest.raises(TypeError, match="台账: no word for closed"):
        one_of(
            "台账", {state: word for state, word in STATE_LABELS.items() if state != "closed"}, where=None, form=None
        )  # type: ignore[arg-type]


def test_what_the_form_asks_for_can_be_answered(county: County) -> None:
    category("基层选举", category("民政"))
    for name, row in filters_on_form().items():
        offered = row.choices(TODAY)
        assert bool(offered) == (row.control in (Control.CHOICE, Control.PLACE)), name
        for value in (value for value, text in offered if isinstance(text, str)):
            assert Filters.parse({name: value}, today=TODAY).chips()[0].label == row.label, (name, value)


def test_the_form_begins_with_what_is_used_most() -> None:
    on_form = list(filters_on_form())
    assert on_form[:6] == ["words", "state", "due_within", "mine", "status", "department"]
    hidden = {"ledger_status", "purpose", "handler", "lead_official", "level", "reopened"}
    hidden |= {"office", "edition", "counted"}
    assert set(FILTERS) - set(on_form) == hidden


# --- what each filter means


def test_states(county: County) -> None:
    open_one = a_case(county, "在办")
    clock_of(open_one, LimitKind.OFFICE_REFERRAL, TODAY)
    late = a_case(county, "逾期")
    clock_of(late, LimitKind.OFFICE_REFERRAL, TODAY - DAY)
    closed = a_case(county, "已销号", status="delivered", ledger_status="closed_out", village_id=county.village.id)
    clock_of(closed, LimitKind.LOOK_BACK, TODAY + 7 * DAY)
    closed_lately = a_case(county, "刚销号", status="delivered", ledger_status="closed_out")
    clock_of(closed_lately, LimitKind.LOOK_BACK, TODAY + 8 * DAY)
    finished = a_case(county, "办结", status="delivered", answered_on=TODAY - 15 * DAY, village_id=county.village.id)
    long_ago = a_case(county, "早办结", status="delivered", answered_on=TODAY - 16 * DAY, village_id=county.village.id)
    merged = a_case(county, "并案", status="merged")
    old = history(county, status="delivered", answered_on=TODAY - 400 * DAY)
    expected = {
        StateGroup.OPEN: {open_one, late, finished, long_ago},
        StateGroup.OVERDUE: {late},
        StateGroup.FINISHED: {finished, long_ago},
        StateGroup.FINISHED_LONG: {long_ago},
        StateGroup.CLOSED: {closed, closed_lately},
        StateGroup.LOOK_BACK: {closed},
        StateGroup.UNPLACED: {open_one, late, old},
        StateGroup.UNIT_GONE: set(),
        StateGroup.HANDLER_GONE: set(),
        StateGroup.LEAD_GONE: set(),
    }
    found = {state: set(listed(county.acceptor, state=state)) for state in StateGroup}
    assert found == {state: {case.id for case in cases} for state, cases in expected.items()}
    assert set(expected) == set(STATE_LABELS) == set(STATE_CONDITIONS)
    assert merged.id in listed(county.acceptor)


def test_finished_without_an_answer_counts_from_the_step_into_the_state(county: County) -> None:
    def ended(days: int) -> Case:
        case = a_case(county, status="diverted")
        kept(
            CaseStep(
                case_id=case.id,
                round=1,
                action="divert",
                entered_at=clock.at_local(TODAY - days * DAY, hour=12),
                actor_name="",
                actor_unit="",
                from_status="triaged",
                to_status="diverted",
                from_ledger="open",
                to_ledger="open",
            )
        )
        return case

    ended(15)
    long_ago = ended(16)
    assert listed(county.acceptor, state="finished_long") == [long_ago.id]


def test_due_windows_leave_out_what_is_late_and_what_is_closed(county: County) -> None:
    by_day = {}
    for days in (-1, 0, 1, 3, 4):
        case = a_case(county, f"{days}")
        clock_of(case, LimitKind.OFFICE_REFERRAL, TODAY + days * DAY)
        by_day[days] = case.id
    closed = a_case(county, "已销号", status="delivered", ledger_status="closed_out")
    clock_of(closed, LimitKind.LOOK_BACK, TODAY)
    assert listed(county.acceptor, due_within="0") == [by_day[0]]
    assert listed(county.acceptor, due_within="3") == [by_day[0], by_day[1], by_day[3]]


def test_plain_columns(county: County) -> None:
    plain = a_case(county)
    special = a_case(
        county,
        channel="visit",
        matter_class="claim",
        purpose="appeal",
        election_type="committee",
        vote_buying=True,
        urgency="urgent",
        level="sensitive",
        status="accepted",
        ledger_status="returned_for_rework",
        original_id=plain.id,
        round=2,
        received_on=TODAY - 30 * DAY,
        registered_by_id=county.acceptor.id,
    )
    wanted = {
        "channel": "visit",
        "matter_class": "claim",
        "purpose": "appeal",
        "election_type": "committee",
        "vote_buying": "1",
        "urgency": "urgent",
        "level": "sensitive",
        "status": "accepted",
        "ledger_status": "returned_for_rework",
        "repeat": "repeat",
        "reopened": "1",
        "received_to": "2026-11-20",
        "mine": "registered",
    }
    for name, value in wanted.items():
        assert listed(county.acceptor, **{name: value}) == [special.id], name
    assert listed(county.acceptor, repeat="first") == listed(county.acceptor, received_from="2026-11-20") == [plain.id]
    assert listed(county.acceptor, **wanted) == [special.id]
    old = history(county)
    assert listed(county.acceptor, history="only") == [old.id]
    assert old.id not in listed(county.acceptor, history="without")


def test_a_category_takes_in_what_is_under_it(county: County) -> None:
    top = category("民政")
    sub = category("基层选举", top)
    above, below = a_case(county, category_id=top.id), a_case(county, category_id=sub.id)
    a_case(county)
    assert set(listed(county.acceptor, category=top.public_id)) == {above.id, below.id}
    assert listed(county.acceptor, category=sub.public_id) == [below.id]


def test_a_town_takes_in_its_villages_and_what_was_merged_into_them(county: County) -> None:
    gone = place("下庄村", 5, place("旧乡", 4))
    gone.merged_into_id = county.village.id
    here = [a_case(county, village_id=county.village.id), a_case(county, village_id=gone.id)]
    a_case(county, village_id=county.other_village.id)
    assert set(listed(county.acceptor, place=county.township.public_id)) == {case.id for case in here}
    assert set(listed(county.acceptor, place=county.village.public_id)) == {case.id for case in here}


def test_who_has_it_is_who_has_it_now(county: County) -> None:
    case, other = a_case(county), a_case(county)
    assigned(case, county.land, ended_on=TODAY, ended_because="upheld", handler_id=county.stranger.id)
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    assigned(other, county.land, handler_id=county.stranger.id)
    assert listed(county.acceptor, department=county.civil.public_id) == [case.id]
    assert listed(county.acceptor, handler=county.handler.public_id) == [case.id]
    assert listed(county.acceptor, lead_official=county.lead.public_id) == [case.id]
    assert listed(county.acceptor, department=county.land.public_id) == [other.id]


def test_what_has_no_unit_or_no_place_is_a_list_of_its_own(county: County) -> None:
    placed = a_case(county, village_id=county.village.id)
    given = a_case(county)
    assigned(given, county.civil, handler_id=county.handler.id)
    assert listed(county.acceptor, department="none") == [placed.id]
    assert listed(county.acceptor, place="none") == [given.id]
    filters = Filters.parse({"department": "none", "place": "none"}, today=TODAY)
    assert filters.to_query() == "place=none&department=none"
    assert [chip.value for chip in filters.chips()] == ["属地待定", "尚未交给承办单位"]
    assert Filters.parse({"handler": "none"}, today=TODAY).problems


def test_answers_in_time_and_late(county: County) -> None:
    def answered(days: int, kind: LimitKind = LimitKind.HANDLING, **values: object) -> int:
        case = a_case(county, status="delivered", **values)  # type: ignore[arg-type]
        clock_of(case, kind, TODAY, ended_on=TODAY + days * DAY, met=True)
        return case.id

    in_time, late, notice = answered(0), answered(1), answered(1, LimitKind.ACCEPTANCE)
    answered(-1, LimitKind.ACCEPTANCE)
    stopped = a_case(county)
    clock_of(stopped, LimitKind.HANDLING, TODAY, ended_on=TODAY + DAY, met=False)
    earlier_round = a_case(county, round=2)
    clock_of(earlier_round, LimitKind.HANDLING, TODAY, ended_on=TODAY + DAY, met=True, round=1)
    assert listed(county.acceptor, answered="in_time") == [in_time]
    assert listed(county.acceptor, answered="late") == [late]
    assert listed(county.acceptor, answered="notice_late") == [notice]


def test_provisional_looks_at_running_clocks(county: County) -> None:
    case, stopped = a_case(county), a_case(county)
    clock_of(case, LimitKind.OFFICE_REFERRAL, TODAY, provisional=True)
    clock_of(stopped, LimitKind.OFFICE_REFERRAL, TODAY, provisional=True, ended_on=TODAY, met=True)
    assert listed(county.acceptor, provisional="1") == [case.id]


def test_mine(county: County) -> None:
    mayor = user("主要领导", (Role.PRINCIPAL_LEADER, county.county))
    handled = a_case(county, "承办", ledger_status="close_out_checked")
    assigned(handled, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    unit = a_case(county, "单位")
    assigned(unit, county.civil, handler_id=county.unit_head.id)
    unassigned = a_case(county, "无单位", status="transferred_discipline", ledger_status="close_out_checked")
    vote = a_case(county, "贿选", ledger_status="close_out_checked", vote_buying=True)
    report = kept(LeaderReport(case_id=vote.id, reported_at=clock.now(), reported_by_id=county.acceptor.id, text="报"))
    receipt = kept(LeaderReportReceipt(report_id=report.id, user_id=mayor.id))
    assert listed(county.handler, mine="handling") == [handled.id]
    assert listed(county.handler, mine="unit") == listed(county.unit_head, mine="unit") == [handled.id, unit.id]
    assert listed(county.lead, mine="leading") == listed(county.lead, mine="to_sign") == [handled.id]
    assert listed(mayor, mine="to_sign") == [unassigned.id, vote.id]
    assert listed(mayor, mine="unread") == [vote.id]
    receipt.read_at = clock.now()
    db.session.flush()
    assert listed(mayor, mine="unread") == []
    assert set(OwnMatters) == set(MINE_LABELS) == set(MINE_CONDITIONS)


# --- words and names


def test_words_in_text_and_exact_names_of_whom_one_may_open(county: County) -> None:
    registrar = user("登记员", (Role.REGISTRAR, county.office))
    case = a_case(county, "反映道路", names=["王建国", "李四"], accused=["张某某"])
    other = a_case(county, "王建国家门口的路")
    for each in (case, other):
        index_case(each)
    assert set(listed(county.acceptor, words="王建国")) == {case.id, other.id}
    assert listed(registrar, words="王建国") == [other.id], "who may not open a name cannot find by it"
    assert listed(county.acceptor, words="李 四") == []
    assert listed(county.acceptor, words="李四 道路") == [case.id]
    assert listed(county.acceptor, words="张某某") == [case.id]
    assert listed(county.acceptor, words="王建") == [other.id], "a part of a name finds no person"
    assert listed(county.acceptor, words="李四 水库") == []
    assert listed(county.stranger, words="王建国") == []


def test_places_are_found_by_their_names_now_and_before(county: County) -> None:
    here = a_case(county, "修路", village_id=county.village.id)
    there = a_case(county, "修路", village_id=county.other_village.id)
    merged = place("河西村", 5, place("旧乡", 4))
    merged.merged_into_id = county.village.id
    before = a_case(county, "修路", village_id=merged.id)
    nowhere = a_case(county, "上庄村的路", place_note="润城")
    for each in (here, there, before, nowhere):
        index_case(each)
    assert set(listed(county.acceptor, words="上庄")) == {here.id, before.id, nowhere.id}
    assert set(listed(county.acceptor, words="润城镇")) == {here.id, before.id}
    assert set(listed(county.acceptor, words="阳城县")) == {here.id, there.id, before.id}
    assert listed(county.acceptor, words="河西村") == [before.id]
    assert set(listed(county.acceptor, words="上庄 修路")) == {here.id, before.id}
    assert listed(county.acceptor, words="大桥 上庄") == []
    kept(PlaceVersion(place_id=county.village.id, code="1", name="尚庄村", valid_from=TODAY, source="试"))
    county.village.name = "新上庄村"
    db.session.flush()
    assert listed(county.acceptor, words="新上庄") == listed(county.acceptor, words="尚庄") == [here.id, before.id]
    assert listed(county.acceptor, words="%村") == listed(county.acceptor, words="_庄") == []


def test_the_accused_is_found_only_by_who_is_on_the_list(county: County) -> None:
    case = a_case(county, "举报", level="accusation", accused=["张某某"], names=["王建国"])
    index_case(case)
    assert listed(county.acceptor, words="张某某") == listed(county.acceptor, words="举报") == []
    kept(NamedReader(case_id=case.id, user_id=county.acceptor.id, because="登记人", added_at=clock.now()))
    assert listed(county.acceptor, words="张某某") == listed(county.acceptor, words="举报") == [case.id]


# --- what a row says


def test_a_row_is_ready_values(county: County) -> None:
    case = a_case(
        county,
        "反映选民登记遗漏",
        channel="visit",
        people_count=6,
        names=["王建国"],
        village_id=county.village.id,
        status="accepted",
        election_type="committee",
        vote_buying=True,
        original_id=a_case(county).id,
        round=2,
    )
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    clock_of(case, LimitKind.FEEDBACK, TODAY + 40 * DAY)
    clock_of(case, LimitKind.HANDLING, TODAY + 2 * DAY, started_on=TODAY - 58 * DAY, provisional=True)
    clock_of(case, LimitKind.REVIEW_WINDOW, TODAY)
    row = row_of(county, case)
    with statements() as sent:
        assert (row.number, row.title, row.channel, row.people) == (case.register_no, case.title, "来访", 6)
        assert row.petitioner == "王*"
        assert row.place is not None
        assert (row.place.county, row.place.town, row.place.village) == ("阳城县", "润城镇", "上庄村")
        assert row.place_words == "润城镇 上庄村"
        assert (row.state, row.state_kind, row.unit, row.holder) == ("办理中", "", "县民政局", "王海燕")
        assert row.election == "村委会换届选举"
        assert [tag.text for tag in row.tags] == ["贿选", "重件", "第 2 轮"]
        assert row.due is not None
        assert (row.due.words, row.due.date_text, row.due.light) == ("剩 2 天", "11月23日 周一", "amber")
        assert row.due.provisional
        assert row.due.name == "作出处理意见并送达"
        assert row.look_back is None
    assert sent == []


def test_a_window_of_the_petitioner_is_not_a_duty(county: County) -> None:
    case = a_case(county, status="delivered")
    clock_of(case, LimitKind.REVIEW_WINDOW, TODAY)
    assert row_of(county, case).due is None


@pytest.mark.parametrize(
    ("ended", "words", "light"), [(TODAY, "按期答复", "green"), (TODAY + 2 * DAY, "逾期答复 2 天", "red")]
)
def test_a_closed_case_shows_how_the_answer_was(county: County, ended: date, words: str, light: str) -> None:
    case = a_case(county, status="delivered", ledger_status="closed_out", closed_on=TODAY + 200 * DAY)
    clock_of(case, LimitKind.HANDLING, TODAY, ended_on=ended, met=True)
    clock_of(case, LimitKind.LOOK_BACK, TODAY + 30 * DAY)
    row = row_of(county, case)
    assert row.due is not None
    assert (row.due.words, row.due.light, row.due.on) == (words, light, ended)
    assert row.look_back is not None
    assert row.look_back.name == "回头看"
    assert (row.state, row.state_kind, row.unit, row.holder) == ("已销号", "done", "", "")


def test_an_answer_of_an_earlier_round_does_not_hide_the_running_duty(county: County) -> None:
    case = a_case(county, round=2, status="accepted")
    clock_of(case, LimitKind.HANDLING, TODAY - 90 * DAY, ended_on=TODAY - 80 * DAY, met=True, round=1)
    clock_of(case, LimitKind.HANDLING, TODAY - DAY, round=2)
    due = row_of(county, case).due
    assert due is not None
    assert due.words == "逾期 1 天"


def test_history_shows_its_lateness_as_it_was(county: County) -> None:
    case = history(county, status="delivered", answered_on=TODAY - 300 * DAY, place_note="原文：润城")
    clock_of(case, LimitKind.HANDLING, TODAY - 310 * DAY, ended_on=TODAY - 300 * DAY, met=True, ended_by="kept")
    row = row_of(county, case)
    assert row.due is not None
    assert (row.due.words, row.due.date_text) == ("逾期答复 10 天", "1月25日 周日")
    assert (row.unit, row.place, row.place_words) == ("", None, "属地待定（原文：润城）")
    assert [tag.text for tag in row.tags] == ["历史件"]


def test_a_ruling_is_counted_in_working_days(county: County) -> None:
    case = a_case(county, status="objected")
    assigned(case, county.civil)
    clock_of(case, LimitKind.RULING, date(2026, 11, 24))
    row = row_of(county, case)
    assert row.due is not None
    assert row.due.words == "剩 2 个工作日"
    assert (row.unit, row.holder) == ("县信访局", "")


@pytest.mark.parametrize(
    ("ledger", "unit", "holder", "state"),
    [
        ("close_out_requested", "县民政局", "负责人", "已答复 · 已申请销号"),
        ("close_out_confirmed", "县信访局", "", "已答复 · 单位已审，待信访部门审核"),
        ("close_out_checked", "领办领导", "陈志远", "已答复 · 待领办领导签批"),
        ("returned_for_rework", "县民政局", "王海燕", "已答复 · 退回补办"),
    ],
)
def test_in_whose_hands(county: County, ledger: str, unit: str, holder: str, state: str) -> None:
    case = a_case(county, status="delivered", ledger_status=ledger)
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    row = row_of(county, case)
    assert (row.unit, row.holder, row.state) == (unit, holder, state)


# --- order, pages, counts


def test_orders_are_stable_and_run_both_ways(county: County) -> None:
    for number in range(7):
        case = a_case(county, received_on=TODAY - (number % 2) * DAY)
        if number % 3:
            clock_of(case, LimitKind.OFFICE_REFERRAL, TODAY + (number % 2) * DAY)
    asking = reader(county.acceptor)
    for order in SORTS:
        rows = page(asking, Filters(), sort=order, today=TODAY).rows
        assert len({row.id for row in rows}) == 7
        keys: dict[str, Callable[[LedgerRow], object]] = {
            "due": lambda row: (row.due is None, row.due.on if row.due else TODAY, row.id),
            "received": lambda row: (row.received_on, row.id),
            "number": lambda row: row.number,
        }
        name = order.lstrip("-")
        expected = sorted(rows, key=keys[name])  # type: ignore[arg-type]
        if order in ("received", "-number"):
            expected.reverse()
        if order == "-due":
            dated = [row for row in expected if row.due]
            undated = [row for row in expected if not row.due]
            expected = [*reversed(dated), *reversed(undated)]
        assert [row.id for row in rows] == [row.id for row in expected], order


def test_pages_neither_overlap_nor_skip(county: County) -> None:
    made = {a_case(county).id for _ in range(2 * PAGE_SIZE + 3)}
    asking = reader(county.acceptor)
    shown = [page(asking, Filters(), page=number, today=TODAY) for number in (1, 2, 3)]
    assert [len(each.rows) for each in shown] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert [row.id for each in shown for row in each.rows] == sorted(made)
    assert [each.has_next for each in shown] == [True, True, False]
    assert [(each.first, each.last) for each in shown] == [(1, 50), (51, 100), (101, 103)]
    assert {each.total_words for each in shown} == {"共 103 件"}
    beyond = page(asking, Filters(), page=4, today=TODAY)
    assert (beyond.rows, beyond.first, beyond.has_next) == ([], 0, False)
    assert beyond.problems == ("第 4 页没有内容了，请往前翻。",)
    assert page(asking, Filters(), page=-5, today=TODAY).number == 1
    assert page(asking, Filters(), page=10**30, today=TODAY).problems


def test_the_total_says_how_far_it_counts(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COUNTED_TO", 3)
    asking = reader(county.acceptor)
    for _ in range(3):
        a_case(county)
    exact = page(asking, Filters(), today=TODAY)
    assert (exact.total, exact.total_is_floor, exact.total_words) == (3, False, "共 3 件")
    a_case(county)
    floor = page(asking, Filters(), today=TODAY)
    assert (floor.total, floor.total_is_floor, floor.total_words) == (3, True, "3 件以上")
    assert len(floor.rows) == 4


def test_an_unknown_order_is_said_and_replaced(county: County) -> None:
    case = a_case(county)
    shown = page(reader(county.acceptor), Filters(), sort="title; --", today=TODAY)
    assert [row.id for row in shown.rows] == [case.id]
    assert shown.sort == "due"
    assert shown.problems == ("没有“title; --”这种排序，已按期限由近到远排列。",)
    assert page(reader(county.acceptor), Filters(state=StateGroup.CLOSED), today=TODAY).sort == "received"


def test_the_number_of_queries_is_fixed(county: County, database: TestDatabase) -> None:
    asking = reader(county.acceptor)
    sent: dict[int, list[str]] = {}
    for number in range(2 * PAGE_SIZE):
        case = a_case(county, names=["王建国"], village_id=county.village.id)
        assigned(case, county.civil, handler_id=county.handler.id)
        clock_of(case, LimitKind.HANDLING, TODAY + number * DAY)
        index_case(case)
        if number + 1 in (3, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE):
            with statements() as sent[number + 1]:
                page(asking, Filters(state=StateGroup.OPEN), today=TODAY)
    # Which cases, their rows, clocks, who is still at work; and how many there are, where the page does not show it.
    assert {rows: len(each) for rows, each in sent.items()} == {3: 4, 50: 4, 51: 5, 100: 5}
    with statements() as searching:
        page(asking, Filters(words="选民", state=StateGroup.OPEN), today=TODAY)
    # Whether a word is a person's name, or a place's, and on SQLite whether it is a common one.
    # And the texts of the accusations that the reader knows, which no index has.
    assert len(searching) == (9 if database.name == "sqlite" else 8), searching
    clock_of(case, LimitKind.RULING, TODAY)
    with statements() as ruling:
        page(asking, Filters(state=StateGroup.OPEN), today=TODAY)
    assert len(ruling) == 6, ruling


def test_the_total_is_right_on_the_last_page_and_before(county: County) -> None:
    asking = reader(county.acceptor)
    assert page(asking, Filters(), today=TODAY).total == 0
    for _ in range(PAGE_SIZE + 1):
        a_case(county)
    assert [page(asking, Filters(), page=number, today=TODAY).total for number in (1, 2, 3)] == [51, 51, 51]


def test_nobody_sees_what_he_may_not_know(county: County) -> None:
    case = a_case(county, village_id=county.village.id)
    assigned(case, county.civil, handler_id=county.handler.id)
    sensitive = a_case(county, level="sensitive", village_id=county.village.id)
    assigned(sensitive, county.civil, handler_id=county.handler.id)
    auditor = user("审计", (Role.AUDITOR, county.county))
    colleague = user("同事", (Role.HANDLER, county.civil))
    for who, expected in (
        (county.acceptor, {case.id, sensitive.id}),
        (county.handler, {case.id, sensitive.id}),
        (colleague, {case.id}),
        (county.stranger, set()),
        (auditor, set()),
        (user("无岗"), set()),
    ):
        asking = reader(who)
        assert set(listed(who)) == expected
        assert page(asking, Filters(), today=TODAY).total == len(expected)
        assert {row["登记编号"] for row in exported(asking)} == {
            row.number for row in page(asking, Filters(), today=TODAY).rows
        }
        counted = place_counts(asking, [county.village.id], today=TODAY)
        assert counted.get(county.village.id, PlaceCount()).total == len(expected)
        assert village_cases(asking, [county.village.id], today=TODAY).total == len(expected)


# --- villages


def test_counts_and_cases_of_villages(county: County) -> None:
    here = {"village_id": county.village.id}
    late = a_case(county, **here)
    clock_of(late, LimitKind.OFFICE_REFERRAL, TODAY - DAY)
    waiting = a_case(county, received_on=TODAY - DAY, **here)
    closed = a_case(county, ledger_status="closed_out", status="delivered", **here)
    clock_of(closed, LimitKind.LOOK_BACK, TODAY - DAY)
    a_case(county, status="merged", **here)
    old = history(county, received_on=TODAY, **here)
    there = a_case(county, village_id=county.other_village.id)
    a_case(county)
    ids = [county.village.id, county.other_village.id, county.township.id]
    counts = place_counts(reader(county.acceptor), ids, today=TODAY)
    assert counts == {
        county.village.id: PlaceCount(total=4, open=2, overdue=1, closed=1),
        county.other_village.id: PlaceCount(total=1, open=1, overdue=0, closed=0),
    }
    shown = village_cases(reader(county.acceptor), [county.village.id], today=TODAY)
    assert [row.id for row in shown.rows][:2] == [late.id, waiting.id]
    assert {closed.id, old.id} < {row.id for row in shown.rows}
    assert there.id not in {row.id for row in shown.rows}
    assert place_counts(reader(county.acceptor), [], today=TODAY) == {}
    assert village_cases(reader(county.acceptor), [], today=TODAY).rows == []


# --- export


def test_the_export_has_every_row_and_no_clear_name(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.cases.ledger.export.BATCH", 4)
    top = category("民政")
    first = a_case(
        county,
        names=["王建国"],
        points=["公布选民名单", "重新选举"],
        village_id=county.village.id,
        category_id=category("基层选举", top).id,
        matter_class="claim",
        route="petition",
        status="delivered",
        ledger_status="closed_out",
        closed_on=TODAY,
        closed_by_id=county.lead.id,
        answered_on=TODAY,
        result="partly",
        vote_buying=True,
        summary="=1+1",
    )
    assigned(first, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id, due_on=TODAY)
    clock_of(first, LimitKind.HANDLING, TODAY - DAY, ended_on=TODAY, met=True)
    others = [a_case(county, anonymous=True, channel="letter") for _ in range(10)]
    rows = exported(reader(county.acceptor), sort="number")
    assert [row["登记编号"] for row in rows] == [case.register_no for case in (first, *others)]
    expected = {
        **{"信访人": "王*", "诉求点": "1. 公布选民名单\n2. 重新选举", "概况": "=1+1"},
        **{
            "内容分类（一级）": "民政",
            "内容分类（二级）": "基层选举",
            "村（社区）": "上庄村",
            "乡镇（街道）": "润城镇",
        },
        **{"承办单位": "县民政局", "承办人": "王海燕", "领办领导": "陈志远", "反馈时限": TODAY},
        **{"是否按期答复": "逾期答复 1 天", "销号日期": TODAY, "销号签批人": "陈志远", "办理结果": "部分支持"},
        **{"类别": "申诉求决类", "贿选": "是", "状态": "已销号", "初件、重件": "初件", "办理轮次": 1},
    }
    assert {heading: rows[0][heading] for heading in expected} == expected
    assert (rows[1]["信访人"], rows[1]["村（社区）"]) == ("匿名", "属地待定")
    assert not any("王建国" in str(cell) for row in rows for cell in row.values())
    headings = [column.heading for column in EXPORT_COLUMNS]
    assert len(set(headings)) == len(headings)


def test_the_export_takes_a_fixed_number_of_queries_for_a_batch(county: County) -> None:
    for _ in range(60):
        a_case(county, points=["一"])
    asking = reader(county.acceptor)
    with statements() as sent:
        assert len(list(export_rows(asking, Filters(), today=TODAY))) == 60
    # One of them for the lines of numbers that were given up (已转出).
    assert len(sent) == 6, sent
