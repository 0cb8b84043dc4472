"""Petitioners entered, masked, found again, and opened on the record."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world.county import County
from tests.world.rows import a_case, assigned, reader, user
from tracker import audit as audit_door
from tracker.audit import service as audit
from tracker.audit.models import AuditBlob, AuditEvent
from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.access.scope import visible_to
from tracker.cases.acts.accused import name_accused
from tracker.cases.acts.identity import open_accused, open_people
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.record.models import Case
from tracker.core.database import db
from tracker.core.encryption import decrypt
from tracker.core.errors import DomainError, FieldErrors, Forbidden, NotFound
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.petitioners import service
from tracker.petitioners.models import Petitioner
from tracker.petitioners.queries import cases_of_same_person, masked
from tracker.petitioners.service import OpenedPetitioner, PetitionerEntry, correct, enter

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
ZHANG = PetitionerEntry(
    kind="main", name="张来福", identity_no="140522198001011234", phone="13812341234", address="润城镇上庄村3组12号"
)


@pytest.fixture
def readings(session: Session) -> "Readings":
    return Readings(session)


class Readings:
    """The log of readings as it stands."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __iter__(self) -> Iterator[AuditEvent]:
        return iter(
            self.session.scalars(select(AuditEvent).where(AuditEvent.log_id == audit.READINGS).order_by(AuditEvent.seq))
        )

    def purposes(self) -> list[str]:
        """Return the purposes that were given, opened."""
        return [
            decrypt(bytes(blob.ciphertext), context="audit_blob.ciphertext")
            for blob in self.session.scalars(
                select(AuditBlob).where(AuditBlob.log_id == audit.READINGS).order_by(AuditBlob.id)
            )
        ]


def test_people_are_entered_in_order_and_masked(county: County) -> None:
    case = a_case(county)
    co_signer = PetitionerEntry(kind="co_signer", name=" 李 四 ")
    enter(case.id, [ZHANG, PetitionerEntry(), co_signer, PetitionerEntry(kind="representative", phone="0356-4221234")])
    shown = [(p.kind, p.name, p.identity_no, p.phone, p.address) for p in masked(case.id)]
    assert shown == [
        ("main", "张*", "140***********1234", "138****1234", "润城镇上庄村***"),
        ("co_signer", "李*", "", "", ""),
        ("representative", "匿名", "", "********234", ""),
    ]


def test_too_long_an_entry_is_refused_at_its_field(county: County) -> None:
    with pytest.raises(FieldErrors) as refused:
        enter(a_case(county).id, [PetitionerEntry(name="张" * 61, phone="1" * 41)])
    assert set(refused.value.errors) == {"petitioner_name", "phone"}


def test_a_correction_names_what_changed_and_moves_the_keys(county: County) -> None:
    case = a_case(county)
    row = enter(case.id, [ZHANG])[0]
    before = row.phone_key
    right = PetitionerEntry("main", "张来福", "140522198001011234", "13900000000", None)
    changed = correct(row, right, by=county.acceptor, now=NOW)
    assert sorted(changed) == ["address", "phone"]
    assert row.phone_key != before
    assert found(phone="13812341234") == set()
    assert found(phone="13900000000") == {case.id}


def found(**person: str) -> set[int]:
    return set(db.session.scalars(cases_of_same_person(**person)))


@pytest.mark.parametrize(
    "person",
    [
        {"name": "张来福"},
        {"name": "张　来福"},
        {"identity_no": "140522 19800101 1234"},
        {"identity_no": "１４０５２２１９８００１０１１２３４"},
        {"phone": "+86 138-1234-1234"},
        {"name": "张某", "phone": "13812341234"},
        {"name": "张来福", "phone": "13900000000"},
        {"name": "别人", "identity_no": "140522198001011234"},
    ],
)
def test_the_same_person_is_found_by_exact_keys(county: County, person: dict[str, str]) -> None:
    case = a_case(county)
    enter(case.id, [ZHANG])
    enter(a_case(county).id, [PetitionerEntry(name="张来", identity_no="14052219800101123", phone="1381234123")])
    assert found(**person) == {case.id}


@pytest.mark.parametrize(
    "person", [{}, {"name": "张"}, {"phone": "1381234"}, {"name": "张来福", "identity_no": "140522199001011234"}]
)
def test_another_person_is_not_found(county: County, person: dict[str, str]) -> None:
    enter(a_case(county).id, [ZHANG])
    enter(a_case(county).id, [PetitionerEntry()])
    assert found(**person) == set()


def test_a_duplicate_that_may_not_be_seen_is_none(county: County, session: Session) -> None:
    for case in (a_case(county), hidden := a_case(county, level="accusation")):
        enter(case.id, [ZHANG])
    same = select(Case.id).where(Case.id.in_(cases_of_same_person(phone=ZHANG.phone)))
    assert hidden.id in set(session.scalars(same))
    assert hidden.id not in set(session.scalars(same.where(visible_to(reader(county.acceptor)))))


# Opening


def opening(case: Case, person: User, purpose: str = "电话核实情况") -> list[OpenedPetitioner]:
    return list(open_people(case, by=person, purpose=purpose, now=NOW).petitioners)


def test_opening_is_on_the_record_with_its_purpose(county: County, readings: Readings) -> None:
    case = a_case(county)
    row = enter(case.id, [ZHANG])[0]
    opened = opening(case, county.acceptor)
    assert opened == [
        OpenedPetitioner(row.id, "main", "张来福", "140522198001011234", "13812341234", "润城镇上庄村3组12号")
    ]
    event = list(readings)[-1]
    assert (event.kind, event.case_id, event.actor_id) == ("identity.opened", case.id, county.acceptor.id)
    assert readings.purposes() == ["电话核实情况"]
    assert not any(secret in event.payload.decode() for secret in ("张来福", "1234", "核实"))


def test_the_record_comes_before_the_names(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(county)
    enter(case.id, [ZHANG])
    order: list[str] = []

    def recorded(*_: object, **__: object) -> None:
        order.append("record")

    def shown(*values: object, **_: object) -> tuple[object, ...]:
        order.append("names")
        return values

    monkeypatch.setattr(audit_door, "record_reading", recorded)
    monkeypatch.setattr(service, "OpenedPetitioner", shown)
    opening(case, county.acceptor)
    assert order == ["record", "names"]


def test_nothing_is_opened_where_the_record_fails(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(county)
    enter(case.id, [ZHANG])

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit_door, "record_reading", full_disk)
    with pytest.raises(OSError, match="disk full"):
        opening(case, county.acceptor)


@pytest.mark.parametrize("purpose", ["", "  ", "看", "看" * 201])
def test_a_purpose_is_required(county: County, readings: Readings, purpose: str) -> None:
    case = a_case(county)
    with pytest.raises(DomainError) as refused:
        opening(case, county.acceptor, purpose)
    assert list(refused.value.errors) == ["purpose"]
    assert list(readings) == []


def test_an_accusation_asks_for_more_and_opens_only_to_the_named(county: County, readings: Readings) -> None:
    case = a_case(county, level="accusation")
    enter(case.id, [ZHANG])
    with pytest.raises(NotFound):
        opening(case, county.acceptor)
    add_named_reader(case, county.acceptor.id, because="登记人", by=None, now=NOW)
    with pytest.raises(DomainError, match="至少 4 个字"):
        opening(case, county.acceptor, "核实")
    assert opening(case, county.acceptor, "移交核对")[0].name == "张来福"
    assert len(list(readings)) == 1


def test_who_is_named_masked_reads_what_is_told_and_not_who_told_it(county: County, readings: Readings) -> None:
    """Whoever only looks into the election; who gets another duty besides is named anew."""
    case = a_case(county, level="accusation")
    enter(case.id, [ZHANG])
    add_named_reader(case, county.handler.id, because="县民政局承办", by=None, now=NOW, masked=True)
    with pytest.raises(Forbidden, match="信访人身份"):
        opening(case, county.handler, "移交核对")
    assert list(readings) == []
    add_named_reader(case, county.handler.id, because="承办人", by=None, now=NOW)
    assert opening(case, county.handler, "移交核对")[0].name == "张来福"
    add_named_reader(case, county.handler.id, because="又一次", by=None, now=NOW, masked=True)
    assert opening(case, county.handler, "移交核对"), "nothing is taken away by a lesser duty"


def test_who_reads_the_case_need_not_know_who_wrote_it(county: County, readings: Readings) -> None:
    case = a_case(county)
    assigned(case, county.civil, handler_id=county.handler.id)
    colleague = user("马斌", (Role.HANDLER, county.civil))
    supervisor = user("郝明", (Role.SUPERVISOR, county.office))
    for person in (colleague, supervisor):
        with pytest.raises(Forbidden, match="信访人身份"):
            opening(case, person)
    with pytest.raises(NotFound):
        opening(case, county.stranger)
    assert list(readings) == []
    for person in (county.acceptor, county.handler, county.unit_head):
        opening(case, person)
    assert [event.actor_id for event in readings] == [county.acceptor.id, county.handler.id, county.unit_head.id]


def test_the_accused_open_only_to_whoever_decides_on_them(county: County, readings: Readings) -> None:
    case = a_case(county)
    head = county.office_head
    name_accused(case, [AccusedEntry("吴用", "会计")], by=county.acceptor, now=NOW)
    with pytest.raises(Forbidden):
        open_accused(case, by=county.checker, now=NOW)
    with pytest.raises(NotFound):
        open_accused(case, by=county.stranger, now=NOW)
    assert list(readings) == []
    assert [row.name for row in open_accused(case, by=head, now=NOW)] == ["吴用"]
    assert [(event.kind, event.actor_id) for event in readings] == [("identity.opened", head.id)]
    assert [row.name for row in open_people(case, by=head, purpose="核对", now=NOW).accused] == ["吴用"]


def test_an_unnumbered_person_has_no_keys(county: County) -> None:
    row = enter(a_case(county).id, [PetitionerEntry(address="上庄村")])[0]
    assert isinstance(row, Petitioner)
    assert (row.name_key, row.identity_key, row.phone_key) == (None, None, None)
