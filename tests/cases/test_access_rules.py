"""Who may know of a case: the access table typed by hand, row by row, and the lines that deny before it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tracker.cases.access import rules as access
from tracker.cases.access.rules import (
    ACCESS,
    DENIAL_LABELS,
    DENIALS,
    RELATIONS,
    Access,
    Accused,
    Assigned,
    Denial,
    Matter,
    Relation,
    denial,
    may_open_identity,
    may_see,
)
from tracker.cases.record.rules.codes import Confidentiality, SubjectStatus
from tracker.people.rules import EXCLUSIVE_ROLES, DepartmentKind, HeldPost, Reader, Role

COUNTY, OFFICE, UNIT, SECTION, ELSEWHERE, OTHER_COUNTY = range(1, 7)
AREA = frozenset({COUNTY, OFFICE, UNIT, SECTION})
ME, SOMEBODY = 1, 2
PLACES = {
    "office": (OFFICE, DepartmentKind.PETITION_OFFICE, AREA),
    "unit": (UNIT, DepartmentKind.BUREAU, frozenset({UNIT, SECTION})),
    "leaders": (COUNTY, DepartmentKind.LEADERSHIP, AREA),
    "elsewhere": (ELSEWHERE, DepartmentKind.PETITION_OFFICE, frozenset({ELSEWHERE, OTHER_COUNTY})),
}
LEVELS = {"o": Confidentiality.ORDINARY, "s": Confidentiality.SENSITIVE, "a": Confidentiality.ACCUSATION}

# What a person with one post reads, by what else ties him to the case: o ordinary, s sensitive, a accusation.
READS = """
registrar          office     o    os   o    o    o    osa
registrar          unit       o    os   os   o    -    osa
registrar          leaders    -    os   -    -    -    osa
registrar          elsewhere  -    os   -    -    -    osa
acceptor           office     os   os   os   os   os   osa
acceptor           unit       o    os   os   o    -    osa
acceptor           leaders    -    os   -    -    -    osa
acceptor           elsewhere  -    os   -    -    -    osa
handler            office     -    -    -    -    -    osa
handler            unit       o    o    os   o    -    osa
handler            leaders    -    -    -    -    -    osa
handler            elsewhere  -    -    -    -    -    osa
department_head    office     os   os   os   os   os   osa
department_head    unit       os   os   os   os   -    osa
department_head    leaders    -    -    -    -    -    osa
department_head    elsewhere  -    -    -    -    -    osa
lead_official      office     -    -    -    os   os   osa
lead_official      unit       o    o    os   os   os   osa
lead_official      leaders    -    -    -    os   os   osa
lead_official      elsewhere  -    -    -    os   os   osa
principal_leader   office     o    o    o    os   os   osa
principal_leader   unit       o    o    os   os   os   osa
principal_leader   leaders    o    o    o    os   os   osa
principal_leader   elsewhere  -    -    -    os   os   osa
supervisor         office     os   os   os   os   os   osa
supervisor         unit       o    o    os   o    -    osa
supervisor         leaders    os   os   os   os   os   osa
supervisor         elsewhere  -    -    -    -    -    osa
auditor            office     -    -    -    -    -    -
auditor            unit       -    -    -    -    -    -
auditor            leaders    -    -    -    -    -    -
auditor            elsewhere  -    -    -    -    -    -
administrator      office     -    -    -    -    -    -
administrator      unit       -    -    -    -    -    -
administrator      leaders    -    -    -    -    -    -
administrator      elsewhere  -    -    -    -    -    -
security_admin     office     -    -    -    -    -    -
security_admin     unit       -    -    -    -    -    -
security_admin     leaders    -    -    -    -    -    -
security_admin     elsewhere  -    -    -    -    -    -
"""
# At which levels he may open the petitioners' identity.
OPENS = """
registrar          office     -    os   -    -    -    a
registrar          unit       -    os   os   -    -    a
registrar          leaders    -    os   -    -    -    a
registrar          elsewhere  -    os   -    -    -    a
acceptor           office     os   os   os   os   os   osa
acceptor           unit       -    os   os   -    -    a
acceptor           leaders    -    os   -    -    -    a
acceptor           elsewhere  -    os   -    -    -    a
handler            office     -    -    -    -    -    a
handler            unit       -    -    os   -    -    a
handler            leaders    -    -    -    -    -    a
handler            elsewhere  -    -    -    -    -    a
department_head    office     os   os   os   os   os   osa
department_head    unit       os   os   os   os   -    osa
department_head    leaders    -    -    -    -    -    a
department_head    elsewhere  -    -    -    -    -    a
lead_official      office     -    -    -    os   os   a
lead_official      unit       -    -    os   os   os   a
lead_official      leaders    -    -    -    os   os   a
lead_official      elsewhere  -    -    -    os   os   a
principal_leader   office     -    -    -    os   os   a
principal_leader   unit       -    -    os   os   os   a
principal_leader   leaders    -    -    -    os   os   a
principal_leader   elsewhere  -    -    -    os   os   a
supervisor         office     -    -    -    -    -    a
supervisor         unit       -    -    os   -    -    a
supervisor         leaders    -    -    -    -    -    a
supervisor         elsewhere  -    -    -    -    -    a
auditor            office     -    -    -    -    -    -
auditor            unit       -    -    -    -    -    -
auditor            leaders    -    -    -    -    -    -
auditor            elsewhere  -    -    -    -    -    -
administrator      office     -    -    -    -    -    -
administrator      unit       -    -    -    -    -    -
administrator      leaders    -    -    -    -    -    -
administrator      elsewhere  -    -    -    -    -    -
security_admin     office     -    -    -    -    -    -
security_admin     unit       -    -    -    -    -    -
security_admin     leaders    -    -    -    -    -    -
security_admin     elsewhere  -    -    -    -    -    -
"""
TIES = ("none", "registered it", "handler", "lead official", "leads alone", "on the list")


def held(role: Role, place: str) -> HeldPost:
    department_id, kind, scope = PLACES[place]
    return HeldPost(role, department_id, kind, scope, chain_ids=frozenset({department_id}))


def person(*posts: HeldPost, user_id: int = ME, active: bool = True) -> Reader:
    return Reader(user_id, active, posts)


def matter(tie: str = "none", level: Confidentiality = Confidentiality.ORDINARY, **changes: Any) -> Matter:
    """Make a case of the office, assigned to the unit (or led without one), with one tie to the reader."""
    given = Assigned(
        UNIT,
        handler_id=ME if tie == "handler" else SOMEBODY,
        lead_official_id=ME if tie == "lead official" else SOMEBODY,
    )
    made = Matter(
        level=level,
        office_id=OFFICE,
        registered_by_id=ME if tie == "registered it" else SOMEBODY,
        lead_official_id=ME if tie == "leads alone" else None,
        assignments=() if tie == "leads alone" else (given,),
        named_reader_ids=frozenset({ME if tie == "on the list" else SOMEBODY}),
    )
    return replace(made, **changes)


def cells(table: str) -> Iterator[tuple[str, str, str, Confidentiality, bool]]:
    for line in table.strip().splitlines():
        role, place, *columns = line.split()
        for (tie, letters), (letter, level) in product(zip(TIES, columns, strict=True), LEVELS.items()):
            yield role, place, tie, level, letter in letters


def test_the_typed_tables_have_every_cell() -> None:
    rows = {(role, place) for role, place, *_ in cells(READS)}
    assert rows == set(product((role.value for role in Role), PLACES))
    assert len(list(cells(READS))) == len(list(cells(OPENS))) == 10 * 4 * 6 * 3


def answers(table: str, rule: Callable[[Reader, Matter], bool]) -> str:
    """Return the table as the rule fills it in, in the form it is typed."""
    lines = []
    for role, place, *_ in (line.split() for line in table.strip().splitlines()):
        reader = person(held(Role(role), place))
        columns = [
            "".join(letter for letter, level in LEVELS.items() if rule(reader, matter(tie, level))) or "-"
            for tie in TIES
        ]
        lines.append(f"{role:18} {place:10} " + "".join(f"{column:5}" for column in columns).rstrip())
    return "\n".join(lines)


def test_who_reads() -> None:
    assert answers(READS, may_see) == READS.strip()


def test_who_opens_identities() -> None:
    assert answers(OPENS, may_open_identity) == OPENS.strip()


def test_who_must_call_back_opens_the_number() -> None:
    """Of a matter that waits for the call the 督查员 opens it, up to sensitive; nobody else's row changes."""
    waiting = answers(OPENS, lambda reader, case: may_open_identity(reader, replace(case, awaits_call=True)))
    changed = [line for line in waiting.splitlines() if line not in OPENS]
    assert [line.split() for line in changed] == [
        ["supervisor", "office", "os", "os", "os", "os", "os", "osa"],
        ["supervisor", "leaders", "os", "os", "os", "os", "os", "osa"],
    ]


def test_nobody_opens_what_he_may_not_see() -> None:
    wrong = [
        (opened, seen)
        for opened, seen in zip(cells(OPENS), cells(READS), strict=True)
        if opened[:4] != seen[:4] or opened[4] > seen[4]
    ]
    assert wrong == []


def test_the_table_names_every_relation_once_and_has_a_label_for_each_denial() -> None:
    assert [row.relation for row in ACCESS] == list(Relation) == list(RELATIONS)
    assert list(DENIALS) == list(Denial) == list(DENIAL_LABELS)
    assert all(row.label and row.opens <= row.reads for row in ACCESS)


@pytest.mark.parametrize(("tie", "role"), [("none", Role.HANDLER), ("handler", Role.HANDLER), ("lead official", None)])
@pytest.mark.parametrize(
    ("ended", "because", "expected"),
    [(False, None, True), (True, "reassigned", False), (True, None, False), (True, "closed", True)],
)
def test_an_ended_assignment_gives_nothing_unless_the_case_was_closed_in_the_unit(
    tie: str, role: Role | None, ended: bool, because: str | None, expected: bool
) -> None:
    reader = person(held(role, "unit") if role else held(Role.LEAD_OFFICIAL, "leaders"))
    case = matter(tie)
    given = replace(case.assignments[0], ended=ended, ended_because=because)
    assert may_see(reader, replace(case, assignments=(given,))) is expected


def test_a_handler_who_left_the_unit_no_longer_reads() -> None:
    case = matter("handler")
    assert may_see(person(held(Role.HANDLER, "unit")), case)
    assert not may_see(person(held(Role.HANDLER, "elsewhere")), case)


def test_a_person_without_posts_reads_nothing() -> None:
    for tie, level in product(TIES, Confidentiality):
        assert denial(person(), matter(tie, level)) is not None


def test_several_posts_add_up_but_a_keeper_of_the_system_reads_nothing() -> None:
    both = person(held(Role.HANDLER, "unit"), held(Role.ACCEPTOR, "office"))
    assert may_see(both, matter(level=Confidentiality.SENSITIVE))
    for role in EXCLUSIVE_ROLES:
        assert not may_see(person(held(Role.ACCEPTOR, "office"), held(role, "leaders")), matter("on the list"))


def everybody() -> Iterator[tuple[Reader, Matter]]:
    """Yield every reader and case of the typed table where he reads it."""
    for role, place, tie, level, reads in cells(READS):
        if reads:
            yield person(held(Role(role), place)), matter(tie, level)


@pytest.mark.parametrize("status", [SubjectStatus.PROVISIONAL, SubjectStatus.CONFIRMED, None])
def test_the_accused_never_sees_whatever_his_rank_and_whatever_was_granted(status: SubjectStatus | None) -> None:
    checked = 0
    for reader, case in everybody():
        accused = (Accused(user_id=SOMEBODY, status=SubjectStatus.CONFIRMED), Accused(user_id=ME, status=status))
        assert denial(reader, replace(case, accused=accused)) is Denial.ACCUSED
        assert not may_see(reader, replace(case, accused=accused))
        assert not may_open_identity(reader, replace(case, accused=accused))
        checked += 1
    assert checked > 100


def test_who_sits_in_an_accused_unit_never_sees() -> None:
    for reader, case in everybody():
        unit = reader.posts[0].department_id
        accused = (Accused(department_id=unit),)
        assert denial(reader, replace(case, accused=accused)) is Denial.OF_ACCUSED_UNIT
        assert not may_see(reader, replace(case, accused=accused))


def test_an_accused_unit_shuts_out_its_subordinates_and_not_its_superiors() -> None:
    in_section = HeldPost(
        Role.HANDLER, SECTION, DepartmentKind.OTHER, frozenset({SECTION}), chain_ids=frozenset({SECTION, UNIT})
    )
    given = Assigned(SECTION, handler_id=ME)
    case = matter(assignments=(given,))
    assert may_see(person(in_section), case)
    assert not may_see(person(in_section), replace(case, accused=(Accused(department_id=UNIT),)))
    above = person(held(Role.DEPARTMENT_HEAD, "unit"))
    case = matter(accused=(Accused(department_id=SECTION),))
    assert may_see(above, case)


def test_a_cleared_namesake_reads_again() -> None:
    for reader, case in everybody():
        cleared = (Accused(user_id=ME, status=SubjectStatus.CLEARED),)
        assert may_see(reader, replace(case, accused=cleared))


def test_a_second_match_still_blocks_when_the_first_is_cleared() -> None:
    accused = (Accused(user_id=ME, status=SubjectStatus.CLEARED), Accused(user_id=ME))
    assert not may_see(person(held(Role.ACCEPTOR, "office")), matter(accused=accused))


def test_a_disabled_account_sees_nothing() -> None:
    for reader, case in everybody():
        assert denial(replace(reader, active=False), case) is Denial.INACTIVE


def test_rank_gives_nothing_in_an_accusation() -> None:
    for role, place in product(Role, PLACES):
        for tie in TIES[:-1]:
            assert not may_see(person(held(role, place)), matter(tie, Confidentiality.ACCUSATION))


# Mutation controls: each line that denies is taken away in turn, and somebody sees who must not.
WITNESSES = {
    Denial.INACTIVE: (person(held(Role.ACCEPTOR, "office"), active=False), matter()),
    Denial.NO_CASE_WORK: (person(held(Role.AUDITOR, "office")), matter("on the list")),
    Denial.ACCUSED: (person(held(Role.ACCEPTOR, "office")), matter(accused=(Accused(user_id=ME),))),
    Denial.OF_ACCUSED_UNIT: (person(held(Role.ACCEPTOR, "office")), matter(accused=(Accused(department_id=OFFICE),))),
}


@pytest.mark.parametrize("line", WITNESSES)
def test_without_this_line_somebody_sees_who_must_not(line: Denial, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, case = WITNESSES[line]
    assert denial(reader, case) is line
    assert not may_see(reader, case)
    monkeypatch.delitem(access.DENIALS, line)
    assert may_see(reader, case)


def test_the_named_list_holds_even_where_the_table_is_edited_carelessly(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = Access(
        Relation.OFFICE_DESK, "信访部门受理员、负责人", frozenset(Confidentiality), frozenset(Confidentiality)
    )
    monkeypatch.setattr(access, "ACCESS", (*ACCESS, careless))
    reader, case = person(held(Role.ACCEPTOR, "office")), matter(level=Confidentiality.ACCUSATION)
    assert denial(reader, case) is Denial.NOT_NAMED
    assert not may_see(reader, case)
    monkeypatch.delitem(access.DENIALS, Denial.NOT_NAMED)
    assert may_see(reader, case)


@pytest.mark.parametrize("without", [None, Relation.NAMED_READER, Relation.NAMED_OPENER])
def test_who_is_masked_reads_and_does_not_open(without: Relation | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "ACCESS", tuple(row for row in ACCESS if row.relation is not without))
    reader, case = person(held(Role.HANDLER, "elsewhere")), matter("on the list", Confidentiality.ACCUSATION)
    masked = replace(case, masked_reader_ids=frozenset({ME}))
    assert (may_see(reader, case), may_open_identity(reader, case)) == (True, without is not Relation.NAMED_OPENER)
    assert (may_see(reader, masked), may_open_identity(reader, masked)) == (without is not Relation.NAMED_READER, False)


OWN_TESTS = {Relation.CALLER, Relation.NAMED_READER}


@pytest.mark.parametrize("row", [row for row in ACCESS if row.relation not in OWN_TESTS], ids=lambda row: row.relation)
def test_every_row_of_the_table_is_tested(row: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its row some cell of the typed tables is wrong; 须回访时 and 只看脱敏件 have tests of their own."""
    monkeypatch.setattr(access, "ACCESS", tuple(kept for kept in ACCESS if kept is not row))
    assert (answers(READS, may_see), answers(OPENS, may_open_identity)) != (READS.strip(), OPENS.strip())
