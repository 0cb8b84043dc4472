"""Looking for a telephone or document number (电话、证件号): a whole one, of whom one may open, never in an address."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from tests.world.county import County
from tests.world.rows import TODAY, a_case, kept, petitioner, reader, user
from tracker.audit.models import AuditEvent
from tracker.cases.access.scope import identity_open_to, visible_to
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.sealing import SEALED, opened, sealed
from tracker.cases.record.models import Case, NamedReader
from tracker.cases.record.search import index_case
from tracker.core import clock
from tracker.core.database import db
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.petitioners.rules import numbers_in

PHONE, LANDLINE, CARD = "13800001234", "03564222222", "140522198001011238"
PASSPORT = "E12345678"
WRITTEN = {
    PHONE: (
        "138 0000 1234",
        "138-0000-1234",
        "１３８００００１２３４",
        "+86 13800001234",
        "+86-138-0000-1234",
        "0086 138 0000 1234",
    ),
    LANDLINE: ("0356-4222222", "(0356)4222222", "（0356）4222222", "0356 4222222", "０３５６—４２２２２２２"),
    CARD: ("140522 19800101 1238", "140522-19800101-1238", "１４０５２２１９８００１０１１２３８"),
    "14052219800101123X": ("14052219800101123x", "140522 19800101 123X"),
    PASSPORT: ("e12345678", "Ｅ１２３４５６７８"),
}
NONE = ("1380000123", "0001234", "138000012345", "1238", "40522198001011238", "XF-2026-000128", "XF2026000128", "道路")


@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_is_read_however_it_is_written(number: str) -> None:
    for written in (number, *WRITTEN[number]):
        assert numbers_in(written).numbers == (number,), written
        found = numbers_in(f"王建国 {written} 道路")
        assert (found.numbers, found.rest.split()) == ((number,), ["王建国", "道路"]), written
        assert number[4:8] not in found.masked, written


def test_numbers_of_the_register_and_short_ones_are_words() -> None:
    for words in ("XF-2026-000128", "xf2026000128", "ＸＦ－２０２６－０００１２８", "000128", "2026", "道路", ""):
        assert numbers_in(words).numbers == (), words
    assert numbers_in(f"{PHONE} {LANDLINE}").numbers == (PHONE, LANDLINE)


def test_an_address_holds_no_number_and_opens_for_its_person_alone(county: County) -> None:
    for words in (PHONE, f"王建国 {PHONE}", WRITTEN[CARD][0]):
        address = sealed(words, 1)
        assert not any(part in address for part in (PHONE, "19800101", "王"))
        assert opened(address, 1) == words
        assert sealed(address, 1) == address
        assert [opened(address, 2), opened(address[:-4], 1), opened(SEALED + "é", 1)] == [None] * 3
    assert sealed("道路 XF-2026-000128", 1) == "道路 XF-2026-000128"


# --- whom a number finds what


def listed(who: User, words: str, asker: int = 0) -> list[int]:
    found = page(reader(who), Filters.parse({"words": words}, today=TODAY, asker=asker), today=TODAY)
    assert found.total == len(found.rows)
    return sorted(row.id for row in found.rows)


def with_numbers(county: County, title: str = "反映道路", **values: str) -> Case:
    case = a_case(county, title, **values)
    kept(petitioner(case, 0, name="王建国", identity_no=CARD, phone=PHONE))
    kept(petitioner(case, 1, name="李四", phone=LANDLINE))
    index_case(case)
    return case


@pytest.mark.both_databases
def test_a_whole_number_finds_what_one_may_open_and_a_part_nothing(county: County) -> None:
    registrar = user("登记员", (Role.REGISTRAR, county.office))
    case = with_numbers(county)
    quoted = a_case(county, "来信", summary=f"联系电话{PHONE}。")
    index_case(quoted)
    for number in (PHONE, LANDLINE, CARD):
        for written in (number, *WRITTEN[number]):
            as_words = listed(registrar, written)
            assert set(as_words) <= {quoted.id}, "who may not open finds what the words find, and no more"
            assert listed(county.acceptor, written) == [case.id, *as_words], written
            assert listed(county.stranger, written) == []
    for written in NONE[:5]:
        assert case.id not in listed(county.acceptor, written), written
    assert listed(county.acceptor, f"道路 {PHONE}") == listed(county.acceptor, f"李四{PHONE} ") == [case.id]
    assert listed(registrar, f"道路 {PHONE}") == []
    assert listed(county.acceptor, f"水库 {PHONE}") == listed(county.acceptor, f"{PHONE} 13900001111") == []


@pytest.mark.both_databases
def test_an_accusation_is_found_by_who_is_on_its_list_unmasked(county: County) -> None:
    case = with_numbers(county, "举报", level="accusation")
    assert listed(county.acceptor, PHONE) == []
    listing = NamedReader(case_id=case.id, user_id=county.acceptor.id, because="登记人", added_at=clock.now())
    kept(listing)
    assert listed(county.acceptor, PHONE) == [case.id]
    listing.masked = True
    db.session.flush()
    assert listed(county.acceptor, "举报") == [case.id]
    assert listed(county.acceptor, PHONE) == [], "the masked copy tells nobody's number"


def test_for_everybody_a_number_adds_exactly_what_they_may_open(county: County) -> None:
    people = [user(f"{role}{unit.id}", (role, unit)) for role in Role for unit in (county.office, county.civil)]
    cases = {with_numbers(county, level=level).id for level in ("ordinary", "sensitive", "accusation")}
    some = 0
    for person in (*people, county.acceptor, county.handler, county.lead, county.stranger):
        asking = reader(person)
        open_ones = set(db.session.scalars(select(Case.id).where(identity_open_to(asking), visible_to(asking))))
        assert set(listed(person, PHONE)) == open_ones & cases
        some += bool(open_ones & cases)
    assert some > 1


# --- the pages


def test_the_search_box_sends_a_number_and_its_address_keeps_it_secret(county: County) -> None:
    case = with_numbers(county)
    number = case.register_no
    db.session.commit()
    browser = county.browser("acceptor")
    home = browser.get("/cases").text
    assert 'action="/cases/find" method="post"' in home
    assert '<form class="filters" method="post" action="/cases/find"' in home
    sent = {"csrf_token": browser.token("/cases"), "words": "138 0000 1234", "state": "open", "channel": "", "x": "1"}
    answer = browser.post("/cases/find", data=sent)
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.location).query)
    assert set(asked) == {"words", "state"}
    assert asked["words"][0].startswith(SEALED)
    shown = browser.get(answer.location).text
    assert number in shown
    assert "共 1 件" in shown
    assert "138****1234" in shown, "its chip"
    links = [part.split('"')[0] for part in shown.split('href="')[1:]]
    assert not any("0000" in link for link in links)
    assert 'value="138 0000 1234"' in shown, "to narrow it further it is still there"
    payload = json.loads(
        db.session.scalars(select(AuditEvent.payload).where(AuditEvent.kind == "ledger.searched")).one()
    )
    assert set(payload) >= {"words", "filters"}
    assert "1380000" not in str(payload)
    for path in (answer.location, answer.location.replace("/cases?", "/export/ledger?")):
        assert browser.get(path).status_code == 200
    elsewhere = county.browser("unit_head").get(answer.location).text
    assert "只有查找的人自己能再打开" in elsewhere
    assert "1234" not in elsewhere


def test_ordinary_words_go_on_as_they_are_and_a_typed_address_is_led_on(county: County) -> None:
    browser = county.browser("acceptor")
    sent = {"csrf_token": browser.token("/cases"), "words": "道路 XF-2026-000128", "sort": "number", "state": "unknown"}
    answer = browser.post("/cases/find", data=sent)
    assert parse_qs(urlsplit(answer.location).query) == {k: [v] for k, v in sent.items() if k != "csrf_token"}
    assert "没有“unknown”这一项" in browser.get(answer.location).text
    assert browser.post("/cases/find", data={"csrf_token": sent["csrf_token"]}).location == "/cases"
    led = browser.get(f"/cases?words={PHONE}&page=2")
    assert led.status_code == 303
    assert PHONE not in led.location
    assert "page=2" in led.location
    assert browser.get(led.location).status_code == 200
