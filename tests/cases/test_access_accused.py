"""被反映人: shut out from the moment they are named, whatever they hold; decided by somebody unconcerned."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.databases import writing
from tests.world.county import County
from tests.world.rows import TODAY, a_case, assigned, department, kept, reader, user
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.access.rules import may_see
from tracker.cases.access.scope import matter_of, visible_case, visible_to
from tracker.cases.acts.accused import Naming, clear_accused, confirm_accused, conflicts_of, name_accused
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.newcomers import block_namesakes
from tracker.cases.record.models import AccusedParty, Case, NamedReader
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from tracker.people.models import Post, User
from tracker.people.rules import DepartmentKind, Role

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.fixture
def county(county: County) -> County:
    """Give the county, in which nobody holds 举报专办岗位 yet."""
    for post in writing().scalars(select(Post).where(Post.handles_accusations)):
        post.handles_accusations = False
    db.session.flush()
    return county


def complain(county: County, case: Case, *names: str) -> Naming:
    """Write down who is complained of."""
    return name_accused(case, [AccusedEntry(each) for each in names], by=county.acceptor, now=NOW)


def handles_accusations(person: User) -> User:
    """Give somebody the 举报专办 mark."""
    for post in db.session.scalars(select(Post).where(Post.user_id == person.id)):
        post.handles_accusations = True
    db.session.flush()
    return person


def sees(person: User, case: Case) -> bool:
    """Say whether a person sees a case, by the rule and by the query, which must agree."""
    by_rule = may_see(reader(person), matter_of(case))
    found = db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(reader(person))))
    assert by_rule is (found is not None)
    return by_rule


def rows(case: Case) -> list[AccusedParty]:
    return list(
        db.session.scalars(select(AccusedParty).where(AccusedParty.case_id == case.id).order_by(AccusedParty.id))
    )


def listed(case: Case) -> set[int]:
    running = (NamedReader.case_id == case.id, NamedReader.ended_at.is_(None))
    return set(db.session.scalars(select(NamedReader.user_id).where(*running)))


# Naming


def conflicts(case: Case, department_id: int | None, user_ids: Sequence[int]) -> list[str]:
    """Ask why a case may not be given to a unit and people, as the case stands."""
    return conflicts_of(case, matter_of(case), department_id, user_ids, TODAY)


def test_a_match_blocks_at_once_and_provisionally(county: County) -> None:
    case = a_case(county, registered_by_id=county.acceptor.id)
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    everybody = (county.acceptor, county.handler, county.unit_head, county.lead, county.office_head, county.leader)
    assert all(sees(person, case) for person in everybody)
    for person in everybody:
        complain(county, case, person.name)
        assert not sees(person, case), person.name
    assert {row.status for row in rows(case)} == {"provisional"}


def test_every_namesake_is_blocked(county: County) -> None:
    case = a_case(county)
    namesake = user("李晓梅", (Role.ACCEPTOR, county.office))
    complain(county, case, "李 晓 梅")
    assert not sees(county.acceptor, case)
    assert not sees(namesake, case)
    assert {row.user_id for row in rows(case)} == {county.acceptor.id, namesake.id}
    assert {row.name for row in rows(case)} == {"李 晓 梅"}


def test_a_name_that_nobody_bears_is_an_open_question_and_blocks_nobody(county: County) -> None:
    case = a_case(county)
    result = name_accused(
        case, [AccusedEntry("上庄村会计 吴用", "会计"), AccusedEntry(" ")], by=county.acceptor, now=NOW
    )
    assert [(row.name, row.position_held, row.user_id, row.department_id, row.status) for row in rows(case)] == [
        ("上庄村会计 吴用", "会计", None, None, "provisional")
    ]
    assert result == Naming(asked=True)
    assert sees(county.acceptor, case)
    assert "还没有核实是谁" in conflicts(case, county.land.id, [])[0]


def test_a_name_is_written_down_once(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕", "王海 燕")
    complain(county, case, "王海燕")
    assert len(rows(case)) == 1


def test_too_long_a_name_is_refused_with_a_sentence(county: County) -> None:
    with pytest.raises(DomainError, match="不超过 60 字"):
        complain(county, a_case(county), "王" * 61)


def test_a_named_unit_blocks_its_people_and_those_below(county: County) -> None:
    section = department("社会救助股", DepartmentKind.OTHER, county.civil)
    below = user("赵股长", (Role.HANDLER, section))
    case = a_case(county)
    assigned(case, section, handler_id=below.id)
    assert sees(below, case)
    complain(county, case, "民政局")
    assert not sees(below, case)
    assert [row.department_id for row in rows(case)] == [county.civil.id]
    assigned(case, county.civil, handler_id=county.handler.id)
    assert not sees(county.handler, case)
    assert not sees(county.unit_head, case)
    assert sees(county.acceptor, case)


def test_who_complains_of_the_leadership_does_not_shut_out_the_county(county: County) -> None:
    case = a_case(county)
    complain(county, case, county.county.name)
    assert not sees(county.leader, case)
    assert sees(county.acceptor, case)


@pytest.mark.both_databases
def test_the_blocked_leave_the_named_list_and_the_caller_is_told(county: County) -> None:
    handles_accusations(county.office_head)
    case = a_case(county, level="accusation", registered_by_id=county.acceptor.id)
    for person in (county.acceptor, county.office_head, county.handler):
        add_named_reader(case, person.id, because="测试", by=None, now=NOW)
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    result = complain(county, case, "王海燕", "陈志远", "李晓梅")
    assert set(result.taken_off_ids) == {county.handler.id, county.acceptor.id}
    assert listed(case) == {county.office_head.id}
    told = "".join(result.to_replace)
    assert "请更换承办人" in told
    assert "请更换领办领导" in told
    assert "登记人李晓梅" in told
    assert not result.nobody_left
    assert "是被反映单位" not in told
    assigned(case, department("社会救助股", DepartmentKind.OTHER, county.civil))
    told = "".join(complain(county, case, "县民政局").to_replace)
    assert "县民政局是被反映单位" in told
    assert "社会救助股是被反映单位或者它的下属单位" in told


def test_a_post_gained_later_in_an_accused_unit_blocks_too(county: County) -> None:
    case = a_case(county)
    complain(county, case, "县自然资源局")
    assert sees(county.acceptor, case)
    kept(
        Post(
            user_id=county.acceptor.id,
            department_id=county.land.id,
            role=Role.HANDLER.value,
            title="",
            started_on=TODAY,
        )
    )
    assert not sees(county.acceptor, case)


# Somebody must be left who may decide


@pytest.mark.both_databases
def test_where_the_office_must_withdraw_a_main_leader_is_put_on_the_list(county: County) -> None:
    case = a_case(county, level="accusation")
    add_named_reader(case, county.acceptor.id, because="登记人", by=None, now=NOW)
    result = complain(county, case, "县信访局")
    assert not result.nobody_left
    assert listed(case) == {county.leader.id}
    assert sees(county.leader, case)
    assert not sees(county.office_head, case)
    clear_accused(rows(case)[0], by=county.leader, reason="所反映的是邻县信访局", now=NOW)
    assert sees(county.leader, case)
    assert not sees(county.acceptor, case), "cleared, but no longer on the list until somebody puts him back"


def test_where_nobody_is_left_the_caller_is_told_to_report_upwards(county: County) -> None:
    case = a_case(county, level="accusation")
    assert complain(county, case, "县信访局", "林一鸣").nobody_left
    assert listed(case) == set()


def test_nobody_is_put_on_a_list_where_somebody_may_already_decide(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕")
    assert listed(case) == set()


# Deciding


@pytest.mark.both_databases
def test_clearing_lets_the_namesake_read_again_and_is_recorded(county: County) -> None:
    case = a_case(county)
    complain(county, case, "李晓梅")
    version = case.version
    assert not sees(county.acceptor, case)
    clear_accused(rows(case)[0], by=county.office_head, reason="所反映的是北留镇同名村民", now=NOW, version=version)
    assert sees(county.acceptor, case)
    row = rows(case)[0]
    assert (row.status, row.decided_by_id, row.decided_at) == ("cleared", county.office_head.id, NOW)
    assert case.version == version + 1
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.kind, event.case_id, event.actor_id) == ("case.corrected", case.id, county.office_head.id)
    assert "同名村民" not in event.payload.decode()


def test_confirming_keeps_the_block(county: County) -> None:
    case = a_case(county)
    complain(county, case, "李晓梅")
    confirm_accused(rows(case)[0], by=county.office_head, now=NOW)
    assert rows(case)[0].status == "confirmed"
    assert not sees(county.acceptor, case)


def test_nobody_decides_on_himself(county: County) -> None:
    case = a_case(county)
    complain(county, case, "周建国")
    with pytest.raises(NotFound):
        clear_accused(rows(case)[0], by=county.office_head, reason="不是我本人", now=NOW)
    assert rows(case)[0].status == "provisional"
    clear_accused(rows(case)[0], by=county.leader, reason="查明是同名村民", now=NOW)
    assert sees(county.office_head, case)


def test_who_may_decide(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕")
    with pytest.raises(Forbidden, match="举报专办"):
        confirm_accused(rows(case)[0], by=county.acceptor, now=NOW)
    with pytest.raises(NotFound):
        confirm_accused(rows(case)[0], by=county.stranger, now=NOW)
    confirm_accused(rows(case)[0], by=handles_accusations(county.acceptor), now=NOW)


def test_a_clearance_needs_a_reason_and_a_fresh_page(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕")
    with pytest.raises(DomainError, match="理由"):
        clear_accused(rows(case)[0], by=county.office_head, reason=" 同名 ", now=NOW)
    with pytest.raises(StaleVersion):
        clear_accused(rows(case)[0], by=county.office_head, reason="查明是同名村民", now=NOW, version=99)


def test_who_is_nobody_in_the_system_is_settled_by_the_same_decision(county: County) -> None:
    case = a_case(county)
    complain(county, case, "吴用")
    assert conflicts(case, county.civil.id, [])
    assert conflicts(case, None, [county.handler.id]) == []
    with pytest.raises(Forbidden, match="举报专办"):
        confirm_accused(rows(case)[-1], by=county.acceptor, now=NOW)
    confirm_accused(rows(case)[-1], by=county.office_head, now=NOW)
    assert conflicts(case, county.civil.id, []) == []


# People who come later


def test_somebody_new_is_matched_with_everybody_complained_of_before(county: County) -> None:
    first, second, third = a_case(county), a_case(county), a_case(county)
    complain(county, first, "上庄村会计吴用")
    complain(county, second, "吴 用")
    complain(county, third, "吴用功")
    newcomer = user("吴用", (Role.ACCEPTOR, county.office))
    assert all(sees(newcomer, case) for case in (first, second, third))
    block_namesakes(newcomer, now=NOW)
    assert [sees(newcomer, case) for case in (first, second, third)] == [False, False, True]
    block_namesakes(newcomer, now=NOW)
    assert len(rows(first)) == len(rows(second)) == 2


def test_a_unit_that_comes_later_is_matched_too(county: County) -> None:
    case, other = a_case(county), a_case(county)
    complain(county, case, "县供销社")
    complain(county, other, "县供销社主任吴用")
    unit = department("县供销社", parent=county.county)
    clerk = user("孙琳", (Role.HANDLER, unit))
    assigned(case, unit)
    assigned(other, unit)
    assert sees(clerk, case)
    block_namesakes(unit, now=NOW)
    assert not sees(clerk, case)
    assert not sees(clerk, other), "whose post is named: until it is settled the unit is in question"
    block_namesakes(unit, now=NOW)
    assert [row.department_id for row in rows(case)] == [None, unit.id]


def test_naming_and_deciding_leave_a_log_that_agrees_with_the_rows(county: County) -> None:
    db.session.rollback()
    with committed():
        case = a_case(county)
        add_named_reader(case, county.acceptor.id, because="登记人", by=county.acceptor, now=NOW)
        complain(county, case, "吴用", "李晓梅")
        confirm_accused(rows(case)[1], by=county.office_head, now=NOW)
    with committed():
        block_namesakes(county.stranger, now=NOW)
    assert verify().wrong is None


# Assigning


def test_no_conflict_without_accused(county: County) -> None:
    case = a_case(county)
    assert conflicts(case, county.civil.id, [county.handler.id, county.lead.id]) == []
    assert conflicts(case, None, [county.handler.id, county.lead.id]) == []


def test_the_accused_unit_and_what_is_below_it_are_refused(county: County) -> None:
    section = department("社会救助股", DepartmentKind.OTHER, county.civil)
    case = a_case(county)
    complain(county, case, "县民政局")
    for unit in (county.civil, section):
        assert "是被反映单位或者它的下属单位" in conflicts(case, unit.id, [])[0]
    assert conflicts(case, county.land.id, []) == []
    assert "应当回避" in conflicts(case, None, [county.handler.id])[0]
    assert conflicts(case, None, [county.stranger.id]) == []


@pytest.mark.both_databases
def test_an_accused_handler_or_lead_official_is_refused(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕", "陈志远")
    found = conflicts(case, county.land.id, [county.handler.id, county.lead.id, county.stranger.id])
    assert len(found) == 2
    assert {sentence.partition("是被反映人或者与其同名")[0] for sentence in found} == {"王海燕", "陈志远"}


def test_a_unit_is_refused_where_an_accused_heads_it(county: County) -> None:
    case = a_case(county)
    complain(county, case, "王海燕")
    assert conflicts(case, county.civil.id, []) == [], "a clerk complained of: his unit may look into it without him"
    complain(county, case, "张建军")
    assert "被反映人在县民政局任职" in conflicts(case, county.civil.id, [])[0]


def test_an_accusation_never_goes_where_an_accused_serves(county: County) -> None:
    case = a_case(county, level="accusation")
    complain(county, case, "王海燕")
    assert "被反映人在县民政局任职" in conflicts(case, county.civil.id, [])[0]
    rows(case)[0].status = "cleared"
    assert conflicts(case, county.civil.id, []) == []


@pytest.mark.both_databases
def test_who_served_there_when_the_case_was_received_still_counts(county: County) -> None:
    case = a_case(county, level="accusation")
    complain(county, case, "王海燕")
    post = db.session.scalars(select(Post).where(Post.user_id == county.handler.id)).one()
    post.ended_on = TODAY
    assert conflicts(case, county.civil.id, [])
    post.ended_on = TODAY.replace(year=2025)
    assert conflicts(case, county.civil.id, []) == []


def test_later_naming_takes_effect_on_the_very_next_look(county: County) -> None:
    case = a_case(county)
    assert visible_case(case.public_id, reader(county.acceptor)) is case
    complain(county, case, "李晓梅")
    with pytest.raises(NotFound):
        visible_case(case.public_id, reader(county.acceptor))
