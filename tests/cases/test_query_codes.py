"""查询码: drawn by the program, kept as a keyed hash alone, good until the next one; asked with, it tells no more."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import log2

import pytest
from sqlalchemy import event, select, text

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.audit.service import READINGS
from tracker.cases.acts.office import raise_level
from tracker.cases.acts.query_codes import TRIES, enquire, give_code
from tracker.cases.page.enquiry import OF_ACCUSATIONS, RIGHTS, STAGES, enquiry
from tracker.cases.record.models import Case, CaseStep, QueryCode
from tracker.cases.record.query_codes import DIGITS, GROUP, LENGTH, key_of, new_code
from tracker.cases.record.rules.codes import Confidentiality, Purpose, Status
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.core.errors import TooManyTries
from tracker.deadlines.limits import REVIEWABLE
from tracker.people.queries import reader_for
from tracker.people.service.throttle import WINDOW

NOBODYS = "00000 " * 5


def given(county: County, public_id: str) -> str:
    with committed():
        return give_code(county.case(public_id), by=county.registrar, now=core_clock.now())


def asked(county: County, number: str, code: str, who: str = "acceptor") -> int | None:
    with committed():
        return enquire(number, code, by=county.user(who), now=core_clock.now())


def lines(county: County) -> list[tuple[int | None, bool]]:
    """Return what the log of readings says of the questions: about which matter, and whether it was opened."""
    found = select(AuditEvent).where(AuditEvent.log_id == READINGS, AuditEvent.kind == "case.enquired")
    rows = db.session.scalars(found.order_by(AuditEvent.seq))
    return [(row.case_id, json.loads(row.payload)["found"]) for row in rows]


def test_a_code_cannot_be_guessed_and_can_be_read_out() -> None:
    assert LENGTH * log2(len(DIGITS)) >= 80
    codes = [new_code() for _ in range(200)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        groups = code.split(" ")
        assert all(len(group) == GROUP and set(group) <= set(DIGITS) for group in groups)
        assert sum(map(len, groups)) == LENGTH
    assert any(one[0] != other[0] for one, other in pairwise(codes)), "drawn, not counted"


@pytest.mark.both_databases
def test_number_and_code_open_the_matter_and_no_copy_of_the_code_is_kept(county: County) -> None:
    case = county.case(county.register())
    code = given(county, case.public_id)
    assert asked(county, case.register_no, code) == case.id
    full_width = "".join(chr(ord(each) + 0xFEE0) if each in DIGITS else each for each in code)
    for written in (code.replace(" ", ""), code.replace(" ", "-"), full_width):
        assert asked(county, case.register_no.lower(), written) == case.id
    assert asked(county, case.register_no, NOBODYS) is None
    assert asked(county, "XF-2026-000999", code) is None
    assert asked(county, case.register_no, "") is None
    assert lines(county) == [*[(case.id, True)] * 4, (case.id, False), (None, False), (case.id, False)]
    row = db.session.execute(text("SELECT * FROM query_code")).one()
    bare = code.replace(" ", "")
    assert not any(bare in str(value) or code in str(value) for value in row)
    assert verify().wrong is None


@pytest.mark.both_databases
def test_a_new_slip_ends_the_code_of_the_one_before(county: County) -> None:
    case, other = county.case(county.register()), county.case(county.register(title="另一件"))
    first, others = given(county, case.public_id), given(county, other.public_id)
    second = given(county, case.public_id)
    assert first != second
    assert asked(county, case.register_no, first) is None
    assert asked(county, case.register_no, second) == case.id
    assert asked(county, other.register_no, others) == other.id, "control: another's is not touched"
    assert asked(county, other.register_no, second) is None, "a code of one opens no other"
    rows = db.session.scalars(select(QueryCode).where(QueryCode.case_id == case.id).order_by(QueryCode.id)).all()
    assert [row.ended_at is None for row in rows] == [False, True]
    kinds = select(AuditEvent.payload).where(AuditEvent.kind == "query_code.given", AuditEvent.case_id == case.id)
    said = [json.loads(payload) for payload in db.session.scalars(kinds.order_by(AuditEvent.seq))]
    assert [each["instead_of"] for each in said] == [None, rows[0].id]
    assert verify().wrong is None


@pytest.mark.both_databases
def test_number_and_code_of_a_slip_outlive_the_renumbering(county: County) -> None:
    case = county.case(county.register())
    was, code = case.register_no, given(county, case.public_id)
    with committed():
        raise_level(
            county.case(case.public_id),
            by=county.acceptor,
            now=core_clock.now(),
            level=Confidentiality.SENSITIVE,
            reason="核实来信。",
        )
    now = county.case(case.public_id).register_no
    assert now != was
    assert asked(county, was, code) == asked(county, now, code) == case.id


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that is sent."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_nothing_tells_a_wrong_number_from_a_wrong_code(county: County) -> None:
    """Whatever is wrong, the same statements are sent: neither the answer nor its time says which it was."""
    case, code = county.case(county.register()), ""
    code = given(county, case.public_id)
    asked(county, case.register_no, NOBODYS)
    wrong = ((case.register_no, NOBODYS), ("XF-2026-000999", code), ("XF-2026-000999", NOBODYS), ("", ""))
    seen, number = [], case.register_no
    for pair in wrong:
        db.session.expire_all()
        with statements() as sent:
            assert asked(county, *pair) is None
        seen.append(list(sent))
    assert all(each == seen[0] for each in seen)
    with statements() as sent:
        assert asked(county, number, code) == case.id
    assert sent != seen[0], "the control: what is right takes a try back"


def test_guessing_is_slowed_for_who_guesses_alone(county: County, clock: Clock) -> None:
    case = county.case(county.register())
    code = given(county, case.public_id)
    for _ in range(2 * TRIES.tries):
        assert asked(county, case.register_no, code) == case.id, "what is right never counts"
    for _ in range(TRIES.tries):
        assert asked(county, case.register_no, NOBODYS) is None
    with pytest.raises(TooManyTries, match="请等 15 分钟再查") as refused:
        asked(county, case.register_no, code)
    assert refused.value.status == 429
    assert asked(county, case.register_no, code, who="registrar") == case.id, "the petitioner is not shut out"
    clock.set(clock.now() + WINDOW)
    assert asked(county, case.register_no, code) == case.id


def test_every_state_and_every_window_has_its_plain_words() -> None:
    assert set(STAGES) == set(Status), "every state has plain words"
    assert set(RIGHTS) == set(REVIEWABLE), "and every window its right"


def test_the_key_of_a_code_is_keyed(county: County) -> None:
    assert len(key_of("1" * LENGTH)) == 32
    assert key_of("1" * LENGTH) != key_of("2" * LENGTH)
    assert key_of("") == "", "no digits, no key: an empty code finds nothing"


def told(county: County, case: Case) -> str:
    found = enquiry(
        case.id,
        number=case.register_no,
        reader=reader_for(county.acceptor, core_clock.today()),
        today=core_clock.today(),
    )
    return str(found)


STOPS = ("triage", "assign", "sign_for", "accept", "answer", "deliver", "sign")


@pytest.mark.parametrize("until", STOPS)
def test_a_petitioner_is_told_stage_days_and_rights_and_nothing_written_inside(county: County, until: str) -> None:
    matter = Matter(county).until(until)
    case = matter.case
    said = told(county, case)
    assert STAGES[Status(case.status)].format(unit="县民政局") in said
    assert ("可以请求复查" in said) is (until in ("deliver", "sign"))
    written = db.session.scalars(select(CaseStep.reason).where(CaseStep.case_id == case.id))
    assert not [reason for reason in written if reason and reason in said]
    assert county.handler.name not in said, "nobody of the unit is named"
    assert ("支持" in said) is (until in ("deliver", "sign")), "what was decided is told once it was served"
    assert ("已经销号" in said) is (until == "sign")


def test_of_an_accusation_only_that_it_was_received_is_told(county: County) -> None:
    case = county.case(county.register(purpose=Purpose.ACCUSATION, title="检举王某收钱", summary="王某收了钱。"))
    said = told(county, case)
    assert OF_ACCUSATIONS in said
    assert "已经收到" in said
    for secret in ("王某", "县民政局", "诉求", case.title):
        assert secret not in said
