"""件的申请: reading one matter for half an hour, coming on a named list of before, lowering a level; never alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.client import Client
from tests.conftest import Clock
from tests.people.test_together import at_once
from tests.world.county import County
from tracker import audit
from tracker.audit import Event
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.cases.access import requests
from tracker.cases.access.named_readers import add_named_reader
from tracker.cases.access.requests import EMERGENCY_LASTS, KINDS, WAITS_FOR, RequestKind
from tracker.cases.access.rules import may_open_identity, may_see
from tracker.cases.access.scope import matter_of, visible_case
from tracker.cases.acts.accused import clear_accused
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.acts.office import raise_level
from tracker.cases.acts.sidetracks import mark_urgent
from tracker.cases.record.models import AccusedParty, CaseRequest, NamedReader
from tracker.cases.record.rules.codes import Confidentiality, Purpose, SubjectStatus
from tracker.core.database import committed
from tracker.core.errors import Forbidden, NotFound
from tracker.jobs.notices import send_notices
from tracker.notifications.models import Notice
from tracker.people.queries import person, reader_for
from tracker.people.rules import Role
from tracker.people.service import give_post

ACCUSATION: dict[str, Any] = {"purpose": Purpose.ACCUSATION, "title": "反映村干部侵占", "summary": "会计侵占补偿款。"}
WHY = "来访人在大厅说要轻生，承办人在村里联系不上。"


@pytest.fixture
def matter(county: County) -> str:
    """Give an ordinary matter of the office."""
    return county.register("registrar")


@pytest.fixture
def accusation(county: County) -> str:
    return county.register("acceptor", **ACCUSATION)


def ask(county: County, who: str, address: str, kind: RequestKind = RequestKind.EMERGENCY, **more: str) -> Any:
    number = more.pop("number", county.case(address).register_no if address else "")
    data = {"kind": kind.value, "number": number, "reason": WHY, **more}
    return county.browser(who).submit("/requests", data)


def latest(session: Session) -> CaseRequest:
    session.expire_all()
    return session.scalars(select(CaseRequest).order_by(CaseRequest.id.desc())).first() or pytest.fail("no request")


def decide(county: County, who: str, request: CaseRequest, *, how: str = "approve") -> Any:
    return county.browser(who).submit(
        f"/requests/{request.public_id}/{how}", {"note": "电话核对过。"}, page="/requests"
    )


def sees(county: County, who: str, address: str) -> bool:
    found = county.browser(who).get(f"/cases/{address}").status_code
    assert found in (200, 404)
    listed = county.browser(who).get("/cases").text
    assert (f"/cases/{address}" in listed) == (found == 200), "list and page say the same"
    return found == 200


# 紧急查阅


def test_half_an_hour_of_one_matter_approved_by_another(
    county: County, matter: str, session: Session, clock: Clock
) -> None:
    other = county.register("registrar", title="反映路灯不亮")
    assert not sees(county, "stranger", matter)
    answer = ask(county, "stranger", matter)
    assert answer.status_code == 303
    request = latest(session)
    assert not sees(county, "stranger", matter), "asking gives nothing"
    page = county.browser("acceptor").get(f"/cases/{matter}").text
    assert WHY in page
    assert f"/requests/{request.public_id}/approve" in page
    assert decide(county, "acceptor", request).status_code == 303
    assert sees(county, "stranger", matter)
    assert not sees(county, "stranger", other), "one matter, no other"
    shown = county.browser("stranger").get(f"/cases/{matter}").text
    assert "紧急查阅，11-21 09:30 到期" in shown
    assert "延秀兰" not in shown
    assert "查看身份" not in shown, "it opens no identity"
    clock.forward(seconds=EMERGENCY_LASTS.total_seconds() - 1)
    assert sees(county, "stranger", matter)
    clock.forward(seconds=1)
    assert not sees(county, "stranger", matter), "it ends by itself, without the timer"
    assert "已到期收回" in county.browser("stranger").get("/requests").text
    assert verify().wrong is None


def test_rules_and_sql_agree_at_every_moment(county: County, accusation: str, session: Session, clock: Clock) -> None:
    ask(county, "stranger", accusation)
    decide(county, "acceptor", latest(session))
    until = latest(session).until
    assert until
    for seconds in (0, 1799, 1, 60):
        clock.forward(seconds=seconds)
        session.expire_all()
        case = county.case(accusation)
        reader = reader_for(county.stranger, Clock.today())
        by_rules = may_see(reader, matter_of(case))
        try:
            by_sql = visible_case(accusation, reader) is not None
        except NotFound:
            by_sql = False
        assert by_rules == by_sql == (until > Clock.now())
        assert not may_open_identity(reader, matter_of(case))


def test_who_has_the_matter_and_the_auditor_know_at_once(
    county: County, matter: str, session: Session, clock: Clock
) -> None:
    ask(county, "stranger", matter)
    told = set(session.scalars(select(Notice.user_id).where(Notice.source == "case_request")))
    assert told == {county.office_head.id, county.auditor.id}
    assert "紧急查阅 1 次" in county.browser("auditor").get("/").text
    assert "紧急查阅 1 次" not in county.browser("admin").get("/").text
    decide(county, "acceptor", latest(session))
    send_notices()
    inbox = county.browser("office_head").get("/inbox").text
    assert "李晓梅批准郭强紧急查阅" in inbox
    whys = session.scalars(select(Notice.why).where(Notice.user_id == county.auditor.id)).all()
    number = county.case(matter).register_no
    assert all(number not in why for why in whys), "who reads the log sees no matter"
    kinds = session.scalars(select(AuditEvent.kind).order_by(AuditEvent.log_id, AuditEvent.seq)).all()
    assert {"request.asked", "request.decided"} <= set(kinds)
    clock.forward(hours=25)
    county.end_sessions()
    assert "紧急查阅 1 次" not in county.browser("auditor").get("/").text


@pytest.mark.both_databases
def test_a_handler_of_the_matter_is_told_too(county: County, at_work: str, session: Session) -> None:
    ask(county, "stranger", at_work)
    told = set(session.scalars(select(Notice.user_id).where(Notice.source == "case_request")))
    assert {county.handler.id, county.unit_head.id, county.office_head.id, county.auditor.id} <= told


def test_nobody_approves_their_own_and_nobody_what_they_do_not_see(
    county: County, accusation: str, session: Session
) -> None:
    ask(county, "stranger", accusation)
    request = latest(session)
    for who in ("stranger", "supervisor", "leader", "registrar"):
        assert decide(county, who, request).status_code == 404, who
    assert decide(county, "admin", request).status_code == 403
    assert not sees(county, "stranger", accusation)


def test_the_trusted_decide_and_not_everybody_who_reads(county: County, matter: str, session: Session) -> None:
    ask(county, "stranger", matter)
    assert f"/requests/{latest(session).public_id}/approve" not in county.browser("leader").get(f"/cases/{matter}").text
    answer = decide(county, "leader", latest(session))
    assert (answer.status_code, "可以批准的另一个人" in answer.text) == (422, True)


@pytest.mark.parametrize("how", ["user", "unit"])
def test_who_is_complained_of_gets_nothing_and_learns_nothing(
    county: County, session: Session, how: str, clock: Clock
) -> None:
    entry = AccusedEntry(name="郭强") if how == "user" else AccusedEntry(name="阳城县自然资源局")
    against = county.register("acceptor", **{**ACCUSATION, "accused": [entry]})
    assert not may_see(reader_for(county.stranger, Clock.today()), matter_of(county.case(against)))
    hidden, never = ask(county, "stranger", against), ask(county, "stranger", "", number="XF-2026-999999")
    assert (hidden.status_code, hidden.location) == (never.status_code, never.location)
    mine = county.browser("stranger").get("/requests").text
    assert mine.count("等待批准") == 2
    request = session.scalars(select(CaseRequest).order_by(CaseRequest.id)).first()
    assert request
    answer = decide(county, "acceptor", request)
    assert (answer.status_code, "被反映人" in answer.text) == (422, True)
    assert decide(county, "acceptor", request, how="end").status_code == 303
    mine = county.browser("stranger").get("/requests").text
    assert mine.count("等待批准") == 2, "a refusal looks like what nobody can answer"
    clock.forward(hours=24)
    county.end_sessions()
    assert county.browser("stranger").get("/requests").text.count("没有批准") == 2
    assert not sees(county, "stranger", against)
    told = session.scalars(select(Notice.user_id).where(Notice.source == "case_request")).all()
    assert county.stranger.id not in told


def test_who_is_complained_of_approves_nothing(county: County, session: Session) -> None:
    """The head of the office could approve; of a matter that complains of him he knows nothing."""
    against = county.register("acceptor", **{**ACCUSATION, "accused": [AccusedEntry(name="周建国")]})
    ask(county, "stranger", against)
    assert decide(county, "office_head", latest(session)).status_code == 404
    told = set(session.scalars(select(Notice.user_id).where(Notice.source == "case_request")))
    assert county.office_head.id not in told


def test_somebody_named_after_the_approval_sees_no_more(county: County, accusation: str, session: Session) -> None:
    ask(county, "stranger", accusation)
    decide(county, "acceptor", latest(session))
    assert sees(county, "stranger", accusation)
    case_id = county.case(accusation).id
    named = {"name": "郭强", "user_id": county.stranger.id, "status": SubjectStatus.PROVISIONAL.value}
    with committed():
        session.add(AccusedParty(case_id=case_id, **named))
        audit.record(Event.CASE_CORRECTED, by=county.acceptor, now=Clock.now(), payload={})
    assert not sees(county, "stranger", accusation)


def test_what_is_decided_or_over_is_not_decided_again(
    county: County, matter: str, session: Session, clock: Clock
) -> None:
    ask(county, "stranger", matter)
    request = latest(session)
    assert decide(county, "acceptor", request, how="end").status_code == 303
    assert "已经决定" in decide(county, "acceptor", request).text
    clock.forward(hours=1)
    ask(county, "land_head", matter)
    request = latest(session)
    clock.forward(seconds=WAITS_FOR.total_seconds())
    county.end_sessions()
    answer = decide(county, "acceptor", request)
    assert (answer.status_code, "已经过期" in answer.text) == (422, True)
    assert not sees(county, "land_head", matter)


@pytest.mark.both_databases
def test_two_who_approve_at_once_approve_once(app: Any, county: County, matter: str, session: Session) -> None:
    ask(county, "stranger", matter)
    address, session_ids = latest(session).public_id, (county.acceptor.id, county.office_head.id)
    session.rollback()

    def act(user_id: int) -> None:
        by = person(user_id)
        found = requests.request_to_decide(address, reader_for(by, Clock.today()))
        requests.decide(found, approved=True, note="核对过。", by=by, now=Clock.now())

    said = at_once(app, *(lambda user_id=user_id: act(user_id) for user_id in session_ids))
    assert said == ["DomainError", "done"]
    session.expire_all()
    rows = session.scalars(select(NamedReader).where(NamedReader.case_id == county.case(matter).id)).all()
    assert len(rows) == 1


def test_bad_input_keeps_what_was_typed(county: County, matter: str, session: Session) -> None:
    empty = ask(county, "stranger", matter, reason="")
    assert (empty.status_code, "请填写理由" in empty.text) == (422, True)
    assert county.case(matter).register_no in empty.text
    again = [ask(county, "stranger", matter).status_code for _ in range(2)]
    assert again == [303, 422]
    seen = ask(county, "acceptor", matter)
    assert (seen.status_code, "不用申请" in seen.text) == (422, True)
    wrong = ask(county, "stranger", matter, kind=RequestKind.LOWER_LEVEL)
    assert (wrong.status_code, "没有这个选项" in wrong.text) == (422, True)
    tries = [ask(county, "stranger", "", number=f"XF-2026-9{number:05}").status_code for number in range(12)]
    assert tries[-1] == 429


def test_the_reason_is_ciphertext(county: County, matter: str, session: Session) -> None:
    ask(county, "stranger", matter)
    rows = str([list(row) for row in session.execute(text("SELECT number, reason FROM case_request"))])
    assert WHY not in rows
    assert county.case(matter).register_no not in rows


@pytest.mark.both_databases
def test_who_visits_reads_and_takes_no_step(county: County, accusation: str, session: Session) -> None:
    """孙琳 is 受理员 of the office, and on no list: for half an hour she reads, and others act."""
    ask(county, "checker", accusation)
    decide(county, "acceptor", latest(session))
    page = county.browser("checker").get(f"/cases/{accusation}").text
    assert "/steps/" not in page
    assert "核实被反映人" not in page
    case = county.case(accusation)
    with pytest.raises(Forbidden, match="只能看"), committed():
        mark_urgent(case, by=county.checker, now=Clock.now(), reason="来访人要轻生")
    row = AccusedParty(case_id=case.id, name="会计")
    with committed():
        session.add(row)
        audit.record(Event.CASE_CORRECTED, by=county.acceptor, now=Clock.now(), payload={})
    with pytest.raises(Forbidden), committed():
        clear_accused(row, by=county.checker, reason="不是本单位的人", now=Clock.now())
    assert county.browser("checker").get(f"/cases/{accusation}/accused").status_code == 403


def test_who_comes_on_the_list_meanwhile_acts_at_once(county: County, newcomer: str, session: Session) -> None:
    ask(county, "checker", newcomer)
    decide(county, "acceptor", latest(session))
    with committed():
        add_named_reader(
            county.case(newcomer), county.checker.id, because="报告主要领导", by=county.acceptor, now=Clock.now()
        )
        audit.record(Event.CASE_CORRECTED, by=county.acceptor, now=Clock.now(), payload={})
    with committed():
        mark_urgent(county.case(newcomer), by=county.checker, now=Clock.now(), reason="来访人要轻生")


# 列入知悉名单


@pytest.fixture
def newcomer(county: County, accusation: str) -> str:
    """Give 孙琳 the post 专办检举控告, after the accusation came."""
    with committed():
        give_post(
            county.user("checker"),
            department=county.office,
            role=Role.HANDLER,
            started_on=Clock.today(),
            by=None,
            now=Clock.now(),
            handles_accusations=True,
        )
    return accusation


def test_an_accusation_of_before_needs_a_reason_and_another(
    county: County, newcomer: str, session: Session, clock: Clock
) -> None:
    assert not sees(county, "checker", newcomer), "the post alone opens nothing of before"
    assert ask(county, "checker", newcomer, RequestKind.LISTED).status_code == 303
    assert not sees(county, "checker", newcomer)
    assert decide(county, "checker", latest(session)).status_code == 404
    assert decide(county, "office_head", latest(session)).status_code == 303
    assert sees(county, "checker", newcomer)
    clock.forward(hours=3)
    assert sees(county, "checker", newcomer), "to stay"
    assert "申请列入，专办检举控告" in county.browser("checker").get(f"/cases/{newcomer}").text
    assert may_open_identity(reader_for(county.user("checker"), Clock.today()), matter_of(county.case(newcomer)))
    assert verify().wrong is None


def test_who_handles_no_accusations_is_not_listed(county: County, accusation: str, session: Session) -> None:
    ask(county, "stranger", accusation, RequestKind.LISTED)
    answer = decide(county, "acceptor", latest(session))
    assert (answer.status_code, "不是本单位专办检举控告" in answer.text) == (422, True)
    assert not sees(county, "stranger", accusation)


# 降低保密级别


@pytest.fixture
def sensitive(county: County) -> str:
    address = county.register("registrar", title="反映邻里纠纷")
    with committed():
        raise_level(
            county.case(address), by=county.acceptor, now=Clock.now(), level=Confidentiality.SENSITIVE, reason="怕报复"
        )
    return address


def lower(county: County, who: str, address: str) -> Any:
    return county.browser(who).submit(f"/cases/{address}/lower", {"reason": "纠纷已经化解。"}, page="/requests")


def test_a_level_is_lowered_by_two(county: County, sensitive: str, session: Session) -> None:
    assert "提请降低保密级别" in county.browser("acceptor").get(f"/cases/{sensitive}").text
    assert not sees(county, "leader", sensitive)
    assert lower(county, "acceptor", sensitive).status_code == 303
    assert county.case(sensitive).level == Confidentiality.SENSITIVE
    for who in ("acceptor", "checker"):
        assert decide(county, who, latest(session)).status_code == 422, who
    version = county.case(sensitive).version
    assert decide(county, "office_head", latest(session)).status_code == 303
    case = county.case(sensitive)
    assert (case.level, case.version) == (Confidentiality.ORDINARY, version + 1)
    assert sees(county, "leader", sensitive)
    page = county.browser("acceptor").get(f"/cases/{sensitive}").text
    assert "周建国批准" in page
    assert "提请降低保密级别" not in page
    assert verify().wrong is None


def test_the_head_does_not_lower_alone(county: County, sensitive: str, session: Session) -> None:
    assert lower(county, "office_head", sensitive).status_code == 303
    assert decide(county, "office_head", latest(session)).status_code == 422
    assert county.case(sensitive).level == Confidentiality.SENSITIVE


def test_who_works_on_it_does_not_propose(county: County, at_work: str, session: Session) -> None:
    with committed():
        raise_level(
            county.case(at_work), by=county.acceptor, now=Clock.now(), level=Confidentiality.SENSITIVE, reason="怕报复"
        )
    assert lower(county, "handler", at_work).status_code == 403
    assert lower(county, "stranger", at_work).status_code == 404
    assert session.scalars(select(CaseRequest)).all() == []


def test_an_accusation_is_never_lowered(county: County, accusation: str, session: Session) -> None:
    answer = lower(county, "acceptor", accusation)
    assert (answer.status_code, "不能这样降低" in answer.text) == (422, True)
    assert "提请降低保密级别" not in county.browser("acceptor").get(f"/cases/{accusation}").text


def test_what_became_an_accusation_meanwhile_is_not_lowered(county: County, sensitive: str, session: Session) -> None:
    lower(county, "acceptor", sensitive)
    with committed():
        raise_level(
            county.case(sensitive), by=county.acceptor, now=Clock.now(), level=Confidentiality.ACCUSATION, reason="举报"
        )
    assert decide(county, "office_head", latest(session)).status_code == 422
    assert county.case(sensitive).level == Confidentiality.ACCUSATION


def test_every_kind_says_who_approves() -> None:
    assert set(KINDS) == set(RequestKind)


def test_the_page_of_requests_shows_only_ones_own(
    county: County, matter: str, new_client: Callable[[], Client]
) -> None:
    ask(county, "stranger", matter)
    number = county.case(matter).register_no
    assert number in county.browser("stranger").get("/requests").text
    assert number not in county.browser("land_head").get("/requests").text
    assert not re.search(r"/requests/[\w-]{22}/", county.browser("stranger").get("/requests").text)
