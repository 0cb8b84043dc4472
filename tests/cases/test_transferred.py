"""已转出: a matter that becomes closed leaves the open numbers for a closed one; what stays behind tells no more."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.conftest import Clock
from tests.databases import TestDatabase, writing
from tests.people.factories import make_department, make_user
from tests.web.browsing import take
from tests.world.county import County
from tracker import audit
from tracker.cases.acts import office as desk
from tracker.cases.acts import records, sidetracks
from tracker.cases.acts.accused import name_accused
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.newcomers import block_namesakes
from tracker.cases.ledger import pages as ledger_pages
from tracker.cases.ledger.filters import Filters
from tracker.cases.ledger.pages import SORTS, page
from tracker.cases.ledger.transferred import TransferredLine
from tracker.cases.record.models import Case, TransferredNumber
from tracker.cases.record.rules.codes import Confidentiality, MatterClass, Status
from tracker.cases.record.rules.elections import ElectionType
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.jobs.verifying import checkpoint_daily, verify
from tracker.people.queries import reader_for
from tracker.people.rules import Role
from tracker.spreadsheets.export_ledger import export

OLD, NEW = "XF-2026-000002", "XFN-2026-000001"
LINE = (OLD, "2026 年", "已转出")


def given(county: County, who: str = "acceptor") -> dict[str, Any]:
    return {"by": county.user(who), "now": core_clock.now()}


def raised(level: Confidentiality) -> Callable[[County, Case], None]:
    return lambda county, case: desk.raise_level(case, level=level, reason="核实来信。", **given(county))


def naming(name: str) -> Callable[[County, Case], None]:
    def name_later(county: County, case: Case) -> None:
        records.add_accused(case, [AccusedEntry(name)], reason="来信补充。", **given(county))

    return name_later


def classified(county: County, case: Case) -> None:
    desk.triage(case, matter_class=MatterClass.ACCUSATION, route=None, **given(county))


def marked(county: County, case: Case) -> None:
    sidetracks.mark_vote_buying(case, reason="来信说有人送钱。", **given(county))


def joined(county: County, case: Case) -> None:
    """Somebody comes into office who was complained of before he had any."""
    name_accused(case, [AccusedEntry("吴用")], **given(county))
    audit.record(audit.Event.CASE_CORRECTED, case_id=case.id, **given(county))
    block_namesakes(make_user("wuyong", "吴用", roles=[(Role.HANDLER, county.office)]), now=core_clock.now())


def founded(county: County, case: Case) -> None:
    name_accused(case, [AccusedEntry("县供销社")], **given(county))
    audit.record(audit.Event.CASE_CORRECTED, case_id=case.id, **given(county))
    block_namesakes(make_department("阳城县供销社", short_name="县供销社"), now=core_clock.now())


# Every way in which a matter that was open becomes one of which not everybody of the office may know.
WAYS: dict[str, Callable[[County, Case], None]] = {
    "its level is raised": raised(Confidentiality.SENSITIVE),
    "it is an accusation": raised(Confidentiality.ACCUSATION),
    "it is classified as an accusation": classified,
    "votes were bought": marked,
    "the head is named": naming("周建国"),
    "the office is named": naming("阳城县信访局"),
    "who is named comes into office": joined,
    "what is named becomes a unit": founded,
}


def becomes_closed(county: County, way: Callable[[County, Case], None], public_id: str) -> None:
    with committed():
        way(county, county.case(public_id))


@pytest.fixture
def second(county: County) -> str:
    """Give the second of three open matters."""
    about: dict[str, Any] = {"election_type": ElectionType.COMMITTEE}
    return [county.register("acceptor", title=f"反映第 {at} 件事", **about) for at in (1, 2, 3)][1]


def lines(county: County, who: str, address: str = "/cases?sort=number") -> list[tuple[str, ...]]:
    """Return number and what else stands in each row of the ledger, without what is empty."""
    answer = county.browser(who).get(address)
    assert answer.status_code == 200
    body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr data-row>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]
    return [tuple(filter(None, (re.sub(r"<[^>]*>", "", cell).strip() for cell in row))) for row in cells]


def numbers(county: County, who: str, address: str = "/cases?sort=number") -> list[str]:
    return [row[0] for row in lines(county, who, address)]


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_becomes_closed_takes_a_closed_number_and_leaves_its_line(
    county: County, second: str, way: Callable[[County, Case], None]
) -> None:
    becomes_closed(county, way, second)
    assert county.case(second).register_no == NEW
    assert [tuple(row) for row in db.session.execute(select(TransferredNumber.number, TransferredNumber.case_id))] == [
        (OLD, county.case(second).id)
    ]
    assert county.register() != second
    assert db.session.scalars(select(Case.register_no).order_by(Case.id.desc())).first() == "XF-2026-000004"
    for who in ("registrar", "office_head", "supervisor", "leader", "acceptor"):
        found = [row for row in lines(county, who) if row[0].startswith("XF-")]
        assert [row[0] for row in found] == [f"XF-2026-{at:06d}" for at in range(1, 5)], who
        assert found[1] == LINE, who
    assert verify().wrong is None


def test_a_matter_is_numbered_anew_once(county: County, second: str) -> None:
    for way in (WAYS["its level is raised"], WAYS["the head is named"], WAYS["it is an accusation"]):
        becomes_closed(county, way, second)
    assert county.case(second).register_no == NEW
    assert verify().wrong is None


def test_without_renumbering_the_head_sees_the_gap(
    county: County, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control; and the check of the record says so."""
    monkeypatch.setattr("tracker.cases.acts.office.close_number", lambda _case: None)
    becomes_closed(county, raised(Confidentiality.ACCUSATION), second)
    assert numbers(county, "registrar") == ["XF-2026-000001", "XF-2026-000003"]
    assert "不是人人可以知悉，却用着公开的编号" in (verify().wrong or "")


# What the line tells


def without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{40,}"|[\w-]{22,}', "", page)


def test_whatever_the_reason_and_whatever_became_of_it_the_line_is_the_same(
    database: TestDatabase, county: County, clock: Clock, second: str
) -> None:
    """Worlds that differ in why a matter left the open numbers answer alike to whoever may open it in none of them."""
    addresses = [f"/cases?sort={sort}" for sort in SORTS]
    addresses += ["/cases", "/cases?words=000002", f"/cases?words={OLD}", "/cases?status=voided", "/desk", "/"]
    image, begin = database.image(), clock.now()
    found = dict[tuple[str, str], dict[str, set[str]]]()
    for name, way in WAYS.items():
        for status in (Status.REGISTERED, Status.VOIDED, Status.TRANSFERRED):
            db.session.remove()
            database.put_back(image)
            clock.set(begin)
            becomes_closed(county, way, second)
            with committed():
                county.case(second).status = status.value
                audit.record(audit.Event.CASE_CORRECTED, by=None, now=clock.now())
            county.end_sessions()
            for who in ("registrar", "office_head", "leader", "supervisor"):
                if county.browser(who).get(f"/cases/{second}").status_code == 200:
                    continue
                for address in addresses:
                    page = without_tokens(county.browser(who).get(address).text)
                    found.setdefault((who, address), {}).setdefault(page, set()).add(name)
    told = {key: pages for key, pages in found.items() if len(pages) > 1}
    assert told == {}
    reasons = {who: set().union(*pages.values()) for (who, _), pages in found.items()}
    assert len(reasons["registrar"]) >= 4, "a vacuous check"
    assert len(reasons["office_head"]) >= 2, "a vacuous check"


def test_the_matter_itself_is_not_told_by_its_line(county: County, second: str) -> None:
    becomes_closed(county, raised(Confidentiality.ACCUSATION), second)
    answer = county.browser("registrar").get("/cases?sort=number")
    assert second not in answer.text
    assert NEW not in answer.text
    assert "反映第 2 件事" not in answer.text
    assert "共 2 件" in answer.text


def test_who_reads_no_whole_register_sees_no_line(county: County, second: str) -> None:
    becomes_closed(county, raised(Confidentiality.SENSITIVE), second)
    for who in ("handler", "unit_head", "lead", "stranger", "town_head"):
        assert "已转出" not in county.browser(who).get("/cases?sort=number").text, who
    with committed():
        other = make_department("沁水县信访局")
        theirs = make_user("qinshui", "李沁", roles=[(Role.REGISTRAR, other)])
    for user, seen in ((theirs, 0), (county.registrar, 1)):
        reader = reader_for(user, core_clock.today())
        found = page(reader, Filters(), today=core_clock.today()).lines
        assert sum(isinstance(each, TransferredLine) for each in found) == seen


def test_each_line_stands_once_wherever_the_pages_are_cut(
    county: County, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of numbers at its place, also before the first and behind the last; in any other at the end."""
    made = [county.register("acceptor") for _ in range(9)]
    for at in (0, 3, 4, 8):
        becomes_closed(county, raised(Confidentiality.SENSITIVE), made[at])
    reader, today = reader_for(county.registrar, clock.today()), clock.today()
    every = [f"XF-2026-{at:06d}" for at in range(1, 10)]
    for size in (1, 2, 3, 5, 50):
        monkeypatch.setattr(ledger_pages, "PAGE_SIZE", size)
        for sort in SORTS:
            pages = [page(reader, Filters(), sort=sort, page=at, today=today) for at in range(1, 7)]
            listed = [each.number for one in pages for each in one.lines]
            assert sorted(listed) == every, (size, sort)
            if "number" in sort:
                assert listed == (every if sort == "number" else every[::-1]), (size, sort)
            else:
                assert listed[5:] == [every[at] for at in (0, 3, 4, 8)], (size, sort)


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        *((f"words={words}", True) for words in (OLD, OLD.lower(), "000002", "ＸＦ－２０２６－０００００２", "XF")),
        *(
            (query, False)
            for query in ("words=选民", "words=XF-2027", "state=open", "channel=letter", "words=XF&state=open")
        ),
    ],
)
def test_a_line_is_found_by_its_number_and_by_nothing_else(county: County, second: str, query: str, seen: bool) -> None:
    becomes_closed(county, naming("周建国"), second)
    assert (LINE in lines(county, "office_head", f"/cases?{query}")) is seen


# Its old number goes on working


@pytest.mark.both_databases
@pytest.mark.parametrize("way", ["its level is raised", "it is an accusation"])
def test_who_may_know_finds_the_matter_by_its_old_number(county: County, second: str, way: str) -> None:
    becomes_closed(county, WAYS[way], second)
    assert NEW in numbers(county, "acceptor", f"/cases?words={OLD}")
    assert NEW not in numbers(county, "registrar", f"/cases?words={OLD}")
    assert f"原编号 {OLD}" in county.browser("acceptor").get(f"/cases/{second}").text


def test_a_repeat_is_merged_into_an_old_number(county: County, second: str) -> None:
    becomes_closed(county, raised(Confidentiality.SENSITIVE), second)
    other = county.register("acceptor")
    answer = take(county.browser("acceptor"), other, "merge", {"into": OLD.lower(), "reason": "同人同事。"})
    assert answer.status_code == 303, answer.text
    assert county.case(other).merged_into_id == county.case(second).id


def test_the_registration_is_proven_by_either_number(app: Flask, county: County, second: str) -> None:
    becomes_closed(county, raised(Confidentiality.ACCUSATION), second)
    checkpoint_daily()
    proofs = [json.loads(app.test_cli_runner().invoke(args=["audit-proof", number]).output) for number in (OLD, NEW)]
    assert proofs[0] == proofs[1]
    assert OLD in bytes.fromhex(json.loads(proofs[0]["entry"])[10]).decode()


def test_the_line_goes_into_the_spreadsheet_and_into_the_whole_ledger(county: County, second: str) -> None:
    becomes_closed(county, naming("周建国"), second)
    for reader, others in ((reader_for(county.office_head, core_clock.today()), 2), (None, 3)):
        file = io.BytesIO()
        export(reader, Filters(), file, sort="number", by="周建国", now=core_clock.now())
        sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue())).worksheets[0]
        found = [tuple(str(cell) for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True)]
        assert found[2] == LINE
        assert len(found) == 1 + others + 1


# What has kept its number from before


@pytest.fixture
def kept(county: County, second: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a matter as an upgrade finds it: closed under its open number, which it keeps."""
    with monkeypatch.context() as patched:
        patched.setattr("tracker.cases.acts.accused.close_number", lambda _case: None)
        becomes_closed(county, naming("周建国"), second)
    with committed() as session:
        session.add(TransferredNumber(number=OLD, case_id=county.case(second).id))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    return second


def test_what_was_closed_before_keeps_its_number_and_has_its_line(county: County, kept: str) -> None:
    becomes_closed(county, raised(Confidentiality.SENSITIVE), kept)
    assert county.case(kept).register_no == OLD
    assert lines(county, "office_head")[1] == LINE
    assert OLD in numbers(county, "acceptor")
    assert LINE not in lines(county, "acceptor")
    assert verify().wrong is None


# The check of the record


def test_a_number_that_is_missing_in_its_series_is_named(county: County, second: str) -> None:
    becomes_closed(county, raised(Confidentiality.SENSITIVE), second)
    assert verify().wrong is None
    writing().execute(update(TransferredNumber).values(number="XF-2026-000009"))
    db.session.commit()
    assert "transferred_number" in (verify().wrong or "")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("deed", "named"),
    [
        ("UPDATE register_counter SET last = 4 WHERE NOT closed", "编号计数"),
        ("DELETE FROM register_counter WHERE closed", "没有编号计数"),
    ],
)
def test_a_counter_that_does_not_fit_is_named(county: County, second: str, deed: str, named: str) -> None:
    becomes_closed(county, raised(Confidentiality.SENSITIVE), second)
    writing().execute(text(deed))
    db.session.commit()
    assert named in (verify().wrong or "")


def test_a_number_that_was_skipped_is_named(county: County, second: str) -> None:
    """A number drawn and used by nothing: no row is missing, the series has a hole all the same."""
    with committed() as session:
        session.execute(text("UPDATE register_counter SET last = last + 1 WHERE NOT closed"))
    assert "编号计数" in (verify().wrong or "")
    county.register()
    assert "有编号缺失" in (verify().wrong or "")
