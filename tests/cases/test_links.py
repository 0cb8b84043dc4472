"""并案 and 作废: who may, on which fact; the tree of letters with one living root (law B7, VOID; elsewhere F3)."""

import random

import pytest
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter, an_entry
from tracker.cases.acts import records
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.registration import register
from tracker.cases.record.links import living_root
from tracker.cases.record.models import Case, Document
from tracker.cases.record.rules.codes import DocumentKind, PetitionerKind, Purpose, Status
from tracker.cases.record.rules.holding import GONE
from tracker.cases.subject.behaviours import WATCHES
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden
from tracker.people.models import User
from tracker.petitioners.service import PetitionerEntry
from tracker.reminders.ladder.rules.moments import Behaviour
from tracker.reminders.subjects.answers import until


def registered(county: County, **changes: object) -> Case:
    with committed():
        return register(an_entry(**changes), office=county.office, by=county.registrar, now=core_clock.now())  # type: ignore[arg-type]


def of(name: str, phone: str | None = None, identity_no: str | None = None) -> dict[str, object]:
    who = PetitionerEntry(kind=PetitionerKind.MAIN, name=name, phone=phone, identity_no=identity_no, address="上庄村")
    return {"petitioners": [who]}


def merged(county: County, case: Case, into: Case, by: User | None = None) -> None:
    with committed():
        records.merge(case, into, by=by or county.acceptor, now=core_clock.now(), reason="同人同事。")


def refused(county: County, case: Case, into: Case, by: User | None = None) -> DomainError:
    with pytest.raises(DomainError) as error:
        merged(county, case, into, by)
    assert case.status == Status.REGISTERED
    assert error.value.field == "into"
    return error.value


def test_another_person_s_matter_is_never_merged(county: County) -> None:
    into, other = registered(county), registered(county, **of("延秀兰", "13900000002"))
    for by in (county.acceptor, county.office_head):
        assert "不是同人同事" in refused(county, other, into, by).message


def test_the_same_number_is_the_same_person_and_is_told(county: County) -> None:
    into, other = registered(county), registered(county, **of("原秀英之子", "13900000001"))
    merged(county, other, into)
    assert (other.status, other.merged_into_id) == (Status.MERGED, into.id)
    told = db.session.scalars(select(Document).where(Document.case_id == other.id)).one()
    assert (told.kind, told.text) == (DocumentKind.REPEAT_NOTICE, "与先前的来信属同一信访事项，并案办理")


def test_a_name_alone_needs_the_head_of_the_office(county: County) -> None:
    into, other = registered(county), registered(county, **of("原秀英"))
    assert "信访部门负责人核实" in refused(county, other, into).message
    merged(county, other, into, county.office_head)


def test_two_identity_numbers_are_two_people(county: County) -> None:
    first = registered(county, **of("原秀英", identity_no="140522198001011229"))
    second = registered(county, **of("原秀英", identity_no="140522197502021240"))
    refused(county, second, first, county.office_head)


def test_a_parent_that_is_over_takes_nothing(county: County) -> None:
    closed = Matter(county).until("sign").case
    assert "已销号" in refused(county, registered(county), closed).message


@pytest.mark.both_databases
def test_anonymous_accusations_are_one_by_the_accused(county: County) -> None:
    given = {"purpose": Purpose.ACCUSATION, "anonymous": True, "petitioners": []}
    one, two, other = (
        registered(county, accused=[AccusedEntry(name, None)], **given) for name in ("原大山", "原大山", "李四")
    )
    refused(county, two, other, county.office_head)
    refused(county, two, one)
    merged(county, two, one, county.office_head)
    refused(county, registered(county), one, county.office_head)


def test_void_needs_two_people_and_tells_the_petitioner(county: County) -> None:
    case, kept = registered(county), registered(county)
    given = {"now": core_clock.now(), "reason": "重复录入。"}

    def void(by: User, **more: object) -> None:
        with committed():
            records.void(case, by=by, **given, **more)  # type: ignore[arg-type]

    with pytest.raises(DomainError, match="先由"):
        void(county.office_head, same_as=kept)
    with committed():
        records.ask_void(case, by=county.office_head, **given)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="两个不同的人"):
        void(county.office_head, same_as=kept)
    with committed():
        records.ask_void(case, by=county.registrar, **given)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        void(county.registrar, same_as=kept)
    with pytest.raises(DomainError, match="告知信访人") as untold:
        void(county.office_head)
    assert untold.value.field == "served_on"
    void(county.office_head, served_on=core_clock.today())
    assert case.status == Status.VOIDED
    told = db.session.scalars(select(Document).where(Document.case_id == case.id)).one()
    assert (told.kind, told.served_on) == (DocumentKind.VOID_NOTICE, core_clock.today())


@pytest.mark.both_databases
def test_a_void_letter_hands_its_repeats_on(county: County) -> None:
    first = registered(county)
    second, third = registered(county, original_id=first.id), registered(county, original_id=first.id)
    given = {"now": core_clock.now(), "reason": "重复录入。"}
    with committed():
        records.ask_void(first, by=county.registrar, **given)  # type: ignore[arg-type]
    with committed():
        records.void(first, by=county.office_head, same_as=second, **given)  # type: ignore[arg-type]
    assert (second.original_id, third.original_id) == (None, second.id)


@pytest.mark.both_databases
def test_merging_the_original_into_its_repeat_moves_the_role(county: County, clock: Clock) -> None:
    first = registered(county)
    clock.forward(days=1)
    second = registered(county, original_id=first.id)
    merged(county, first, second)
    assert (first.original_id, first.merged_into_id, second.original_id) == (second.id, second.id, None)
    clock.forward(days=1)
    third = registered(county, original_id=second.id)
    fourth = registered(county, original_id=first.id)
    assert (third.original_id, fourth.original_id) == (second.id, second.id)
    clock.forward(days=1)
    watch = WATCHES[Behaviour.CAME_AGAIN]
    seen = db.session.execute(watch.statement(), until(core_clock.now())).all()
    assert {(row.subject_id, row.thing_id) for row in seen} == {(third.id, second.id), (fourth.id, second.id)}


def test_what_an_older_version_tied_into_a_circle_still_has_a_living_root(county: County) -> None:
    first, second = registered(county), registered(county)
    merged(county, first, second)
    with db.session.no_autoflush:
        second.original_id = first.id
        second.original = first
        assert living_root(first).id == living_root(second).id == second.id
        db.session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_letters_are_a_tree_with_one_living_root_whatever_was_linked(county: County, seed: int) -> None:
    choose = random.Random(seed)
    cases = [registered(county) for _ in range(3)]
    taken = 0
    for _ in range(30):
        act = choose.choice(("register", "register", "merge", "merge", "merge", "undo", "undo", "void"))
        one, other = choose.sample(cases, 2)
        joined = [case for case in cases if case.status == Status.MERGED]
        one = choose.choice(joined) if act == "undo" and joined else one
        try:
            if act == "register":
                cases.append(registered(county, original_id=one.id))
            elif act == "merge":
                merged(county, one, other)
            elif act == "undo":
                with committed():
                    records.undo_merge(one, by=county.acceptor, now=core_clock.now(), reason="不是同一件事。")
            else:
                given = {"now": core_clock.now(), "reason": "重复录入。"}
                with committed():
                    records.ask_void(one, by=county.registrar, **given)  # type: ignore[arg-type]
                    records.void(one, by=county.office_head, same_as=other, **given)  # type: ignore[arg-type]
            taken += 1
        except (DomainError, ValueError):
            db.session.rollback()
        _check(cases)
    assert taken > 8


def _check(cases: list[Case]) -> None:
    for case in cases:
        db.session.refresh(case)
        walked, above = {case.id}, case
        while above.merged_into_id or above.original_id:
            above = db.session.get_one(Case, above.merged_into_id or above.original_id)
            assert above.id not in walked, "the links run in a circle"
            walked.add(above.id)
        if case.status != Status.VOIDED:
            assert above.status not in GONE, "a letter hangs on a dead one"
        assert living_root(case).id == above.id
        if case.original_id is not None:
            original = db.session.get_one(Case, case.original_id)
            assert original.original_id is None
            assert case.status == Status.VOIDED or original.status not in GONE, "a repeat is counted with a dead one"
