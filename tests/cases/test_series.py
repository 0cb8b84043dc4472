"""编号系列: each office, kind and year by itself, open and closed apart; a missing open number tells nothing."""

import re
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cases.test_history_rules import row
from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tests.web.browsing import take
from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker.audit.queries import verify
from tracker.cases.acts import office as desk
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake import history
from tracker.cases.intake.history import Keyed, import_history_cases, start_import
from tracker.cases.intake.registration import register
from tracker.cases.intake.rules.history import DayAndHour, HistoryRow
from tracker.cases.record import numbering
from tracker.cases.record.models import Case, OfficeCode
from tracker.cases.record.numbering import next_numbers, next_paper_no, next_register_no
from tracker.cases.record.rules.codes import Confidentiality, Purpose
from tracker.cases.record.rules.series import Series, is_closed, office_code
from tracker.core import clock as core_clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.core.pacing import Pace
from tracker.jobs.ticking import tick
from tracker.people.models import Department
from tracker.people.rules import Role
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.supervision.papers import chosen, orders
from tracker.supervision.papers.models import SupervisionOrder

REPLY_BY = date(2026, 11, 26)
# What one reader of the ledger or another may not know of.
OF_THE_HEAD: dict[str, Any] = {"accused": [AccusedEntry("周建国", "局长")]}
ACCUSATION: dict[str, Any] = {"purpose": Purpose.ACCUSATION, "accused": [AccusedEntry("周建国", "局长")]}
SENSITIVE: dict[str, Any] = {"level": Confidentiality.SENSITIVE}
OF_A_UNIT: dict[str, Any] = {"accused": [AccusedEntry("县信访局")]}
HIDDEN: dict[str, dict[str, Any]] = {
    "an accusation": ACCUSATION,
    "a sensitive one": SENSITIVE,
    "one that complains of the head": OF_THE_HEAD,
    "one that complains of the office": OF_A_UNIT,
}


# The rule


@pytest.mark.parametrize(
    ("series", "code", "running", "written"),
    [
        (Series(3, "XF", 2026, False), "", 123, "XF-2026-000123"),
        (Series(3, "XF", 2026, True), "", 1, "XFN-2026-000001"),
        (Series(4, "XF", 2027, False), "2", 1, "XF2-2027-000001"),
        (Series(4, "XF", 2027, True), "12", 1, "XF12N-2027-000001"),
        (Series(3, "督", 2026, False), "", 3, "督〔2026〕3号"),
        (Series(3, "督", 2026, True), "", 3, "督内〔2026〕3号"),
        (Series(4, "催", 2026, False), "2", 3, "催2〔2026〕3号"),
        (Series(4, "催", 2026, True), "2", 3, "催2内〔2026〕3号"),
    ],
)
def test_how_a_number_is_written(series: Series, code: str, running: int, written: str) -> None:
    assert series.number(code, running) == written


def test_no_two_series_write_the_same_number() -> None:
    """Offices, kinds, years, open and closed: whatever is combined, it is another number."""
    codes = {id_: office_code(id_) for id_ in range(12)}
    assert list(codes.values())[:3] == ["", "2", "3"]
    written = [
        Series(id_, kind, year, closed).number(code, running)
        for id_, code in codes.items()
        for kind in ("XF", "催", "督")
        for year in (2026, 2027)
        for closed in (False, True)
        for running in (1, 2, 12)
    ]
    assert len(set(written)) == len(written)


def test_only_what_everybody_of_the_office_may_know_is_in_the_open_series() -> None:
    levels = {level: is_closed(level, shuts_out=False) for level in Confidentiality}
    assert levels == {
        Confidentiality.ORDINARY: False,
        Confidentiality.SENSITIVE: True,
        Confidentiality.ACCUSATION: True,
    }
    assert all(is_closed(level, shuts_out=True) for level in Confidentiality)


# What a gap tells


def open_numbers(county: County, who: str, path: str, form: str) -> list[int]:
    """Return the running numbers of the open series that a person reads on a page, in order."""
    page = county.browser(who).get(path)
    assert page.status_code == 200
    return sorted({int(number) for number in re.findall(form, page.text)})


def registered(county: County, hidden: dict[str, Any]) -> None:
    for changes in ({}, hidden, {}, hidden, {}):
        county.register("acceptor", **changes)


@pytest.mark.both_databases
@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_no_reader_of_the_open_numbers_sees_a_gap(county: County, hidden: dict[str, Any]) -> None:
    registered(county, hidden)
    for who in ("registrar", "acceptor", "office_head", "supervisor", "leader"):
        seen = open_numbers(county, who, "/cases", r"XF-2026-(\d{6})")
        assert seen == list(range(1, len(seen) + 1)), who
        assert seen or hidden is OF_A_UNIT


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_in_one_series_somebody_would_see_the_gap(
    county: County, hidden: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr("tracker.cases.intake.registration.is_closed", lambda _level, **_: False)
    monkeypatch.setattr("tracker.cases.acts.accused.close_number", lambda _case: None)
    registered(county, hidden)
    readers = ("registrar", "office_head")
    seen = [open_numbers(county, who, "/cases", r"XF-2026-(\d{6})") for who in readers]
    assert [1, 3, 5] in seen


def urged(matter: Matter) -> str:
    with committed():
        given: dict[str, Any] = {"level": RungLevel.URGE, "reason": "请抓紧办理。", "reply_by": REPLY_BY}
        return orders.issue(matter.case, by=matter.county.acceptor, now=core_clock.now(), **given).number


def test_no_reader_of_papers_sees_a_gap(county: County) -> None:
    numbers = [urged(Matter(county, **changes).until("accept")) for changes in ({}, OF_THE_HEAD, {}, SENSITIVE, {})]
    assert numbers == ["催〔2026〕1号", "催内〔2026〕1号", "催〔2026〕2号", "催内〔2026〕2号", "催〔2026〕3号"]
    path = "/supervision/orders?which=all"
    assert open_numbers(county, "office_head", path, r"催〔2026〕(\d+)号") == [1, 2, 3]
    assert "催内〔2026〕1号" not in county.browser("office_head").get(path).text
    assert "催内〔2026〕1号" in county.browser("acceptor").get(path).text


@pytest.mark.both_databases
def test_the_ladder_numbers_its_letters_in_the_same_series(county: County) -> None:
    with core_clock.frozen(at_local(date(2026, 11, 2))):
        for changes in ({}, OF_THE_HEAD, SENSITIVE):
            Matter(county, received_on=date(2026, 11, 2), **changes).until("assign")
    tick(at_local(date(2026, 11, 18), 9))
    issued = select(SupervisionOrder.case_id, SupervisionOrder.number).where(SupervisionOrder.kind == "urge")
    numbers = [row.number for row in db.session.execute(issued.order_by(SupervisionOrder.case_id))]
    assert numbers == ["催〔2026〕1号", *sorted(numbers[1:])]
    assert sorted(numbers[1:]) == ["催内〔2026〕1号", "催内〔2026〕2号"]
    assert verify().wrong is None


def test_a_matter_raised_later_takes_a_closed_number_as_its_next_paper_does(county: County, clock: Clock) -> None:
    matter = Matter(county).until("accept")
    assert urged(matter) == "催〔2026〕1号"
    with committed():
        given: dict[str, Any] = {"level": Confidentiality.SENSITIVE, "reason": "涉及个人隐私。"}
        desk.raise_level(matter.case, by=county.acceptor, now=core_clock.now(), **given)
    clock.forward(days=6)
    with committed():
        late: dict[str, Any] = {"level": RungLevel.RED, "reason": "请答复。", "reply_by": REPLY_BY + timedelta(days=9)}
        order = orders.issue(matter.case, by=county.office_head, now=core_clock.now(), **late)
    assert (matter.case.register_no, order.number) == ("XFN-2026-000001", "督内〔2026〕1号")


# Years, offices


def register_in(office: Department, by: Any, **changes: Any) -> str:
    with committed():
        return register(an_entry(**changes), office=office, by=by, now=core_clock.now()).register_no


def test_both_series_begin_again_with_the_year(county: County, clock: Clock) -> None:
    given = (county.office, county.registrar)
    assert register_in(*given, **SENSITIVE) == "XFN-2026-000001"
    clock.set(at_local(date(2026, 12, 31), 23, 59))
    assert (register_in(*given), register_in(*given, **SENSITIVE)) == ("XF-2026-000001", "XFN-2026-000002")
    clock.forward(minutes=1)
    assert (register_in(*given), register_in(*given, **SENSITIVE)) == ("XF-2027-000001", "XFN-2027-000001")


def test_another_office_has_numbers_of_its_own(county: County) -> None:
    assert register_in(county.office, county.registrar) == "XF-2026-000001"
    with committed():
        office = make_department("沁水县信访局")
        clerk = make_user("qinshui", "李沁", roles=[(Role.REGISTRAR, office)])
    assert register_in(office, clerk) == "XF2-2026-000001"
    assert register_in(office, clerk, **SENSITIVE) == "XF2N-2026-000001"
    assert register_in(county.office, county.registrar) == "XF-2026-000002"
    with committed():
        now = core_clock.now()
        kinds = [(id_, closed) for id_ in (office.id, county.office.id) for closed in (False, True)]
        papers = [next_paper_no(now, id_, "督", closed=closed) for id_, closed in kinds]
    assert papers == ["督2〔2026〕1号", "督2内〔2026〕1号", "督〔2026〕1号", "督内〔2026〕1号"]


def test_history_goes_into_the_series_of_its_year_and_level(county: County) -> None:
    rows = [row("1"), row("2", purpose=Purpose.ACCUSATION), row("3")]
    made = imported(county, rows)
    assert made == ["XF-2019-000001", "XFN-2019-000001", "XF-2019-000002"]


def imported(county: County, rows: Sequence[HistoryRow]) -> list[str]:
    given: dict[str, Any] = {"office": county.office, "by": county.acceptor, "now": core_clock.now()}
    keyed = [Keyed(f"key {each.source_no}", each) for each in rows]
    with committed():
        run = start_import("liuyan", file_name="list.xlsx", file_sha256="0" * 64, **given)
        return [case.register_no for case in import_history_cases(run, keyed, **given)]


# A number is found in any of its forms


@pytest.mark.parametrize("typed", ["XFN-2026-000001", "xfn-2026-000001", "ＸＦＮ－２０２６－０００００１", "XFN"])
def test_a_closed_number_is_found_by_who_may_know(county: County, typed: str) -> None:
    county.register(title="反映局长", **OF_THE_HEAD)
    county.register()
    assert "反映局长" in county.browser("acceptor").get("/cases", query_string={"words": typed}).text
    assert "反映局长" not in county.browser("office_head").get("/cases", query_string={"words": typed}).text


@pytest.mark.parametrize("typed", ["XFN-2026-000001", "xfn-2026-000001", " ＸＦＮ－２０２６－０００００１"])
def test_a_matter_is_merged_into_a_number_however_it_is_typed(county: County, typed: str) -> None:
    county.register(**SENSITIVE)
    case = county.register()
    answer = take(county.browser("acceptor"), case, "merge", {"into": typed, "reason": "同人同事。"})
    assert answer.status_code == 303, answer.text


# At once


class Interrupted(Exception):
    """Something went wrong after the number was taken."""


def test_a_closed_number_whose_act_fails_is_given_back(county: County) -> None:
    with pytest.raises(Interrupted), committed():
        register(an_entry(**SENSITIVE), office=county.office, by=county.registrar, now=core_clock.now())
        raise Interrupted
    assert register_in(county.office, county.registrar, **SENSITIVE) == "XFN-2026-000001"


def crossing(app: Flask, acts: Sequence[Callable[[], object]], monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Run acts at once, each of which waits with its first number until the others have theirs; return what failed."""
    taken, begun = threading.Barrier(len(acts)), threading.Barrier(len(acts))
    mine, failed = threading.local(), list[BaseException]()

    def waiting(series: Series, count: int) -> list[str]:
        numbers = next_numbers(series, count)
        if count and not getattr(mine, "has", False):
            mine.has = True
            try:
                taken.wait(1)
            except threading.BrokenBarrierError:
                pass  # the other waits for what this one holds, as it should
        return numbers

    def run(act: Callable[[], object]) -> None:
        try:
            with app.app_context():
                begun.wait()
                act()
        except BaseException as error:
            failed.append(error)

    monkeypatch.setattr(numbering, "next_numbers", waiting)
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


def sending(county: County, cases: Sequence[int]) -> Callable[[], object]:
    def send() -> None:
        urging = chosen.Urging(county.acceptor, core_clock.now(), "催办。", core_clock.today())
        chosen.urge_all(cases, urging, Pace(len(cases)), begin=lambda: None)

    return send


@pytest.fixture
def cases(county: County) -> list[int]:
    """Give four matters at work, whose papers are open, closed, closed and open."""
    found = [Matter(county, **changes).until("accept").case.id for changes in ({}, SENSITIVE, SENSITIVE, {})]
    db.session.commit()
    return found


@pytest.mark.both_databases
def test_two_sendings_in_other_orders_never_stand_in_a_circle(
    app: Flask, county: County, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crossing(app, [sending(county, cases[:2]), sending(county, cases[2:])], monkeypatch) == []
    numbers = sorted(db.session.scalars(select(SupervisionOrder.number)))
    assert numbers == ["催〔2026〕1号", "催〔2026〕2号", "催内〔2026〕1号", "催内〔2026〕2号"]
    assert verify().wrong is None


@pytest.mark.both_databases
def test_without_holding_them_first_they_would(
    app: Flask, county: County, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: PostgreSQL ends one of the two; SQLite has one writer at a time."""
    monkeypatch.setattr(chosen, "hold", lambda _now, _series: None)
    failed = crossing(app, [sending(county, cases[:2]), sending(county, cases[2:])], monkeypatch)
    assert len(failed) == (db.session.get_bind().dialect.name == "postgresql")


def importing(county: County, *years: int) -> Callable[[], object]:
    day = row().received
    rows = [row(f"{years[0]}-{year}", received=DayAndHour(day.day.replace(year=year))) for year in years]
    return lambda: imported(county, [HistoryRow(**{**vars(each), "answered": None}) for each in rows])


@pytest.mark.both_databases
def test_two_imports_of_the_same_years_never_stand_in_a_circle(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.register()
    db.session.commit()
    assert crossing(app, [importing(county, 2019, 2018), importing(county, 2018, 2019)], monkeypatch) == []
    numbers = sorted(db.session.scalars(select(Case.register_no).where(Case.import_run_id.is_not(None))))
    assert numbers == ["XF-2018-000001", "XF-2018-000002", "XF-2019-000001", "XF-2019-000002"]


@pytest.mark.both_databases
def test_without_holding_their_years_first_they_would(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    county.register()
    db.session.commit()
    monkeypatch.setattr(history, "hold", lambda _now, _series: None)
    failed = crossing(app, [importing(county, 2019, 2018), importing(county, 2018, 2019)], monkeypatch)
    assert len(failed) == (db.session.get_bind().dialect.name == "postgresql")


@pytest.mark.both_databases
def test_two_offices_that_give_their_first_number_at_once_share_no_code(app: Flask, county: County) -> None:
    with committed():
        ids = [make_department(name).id for name in ("沁水县信访局", "高平市信访局")]
    start, numbers = threading.Barrier(2), list[str]()

    def give(office_id: int) -> None:
        with app.app_context():
            start.wait()
            with committed():
                numbers.append(next_register_no(core_clock.now(), office_id, closed=False))

    threads = [threading.Thread(target=give, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers) == ["XF-2026-000001", "XF2-2026-000001"]
    assert sorted(db.session.scalars(select(OfficeCode.code))) == ["", "2"]
