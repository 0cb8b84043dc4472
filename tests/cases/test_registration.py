"""登记 as a service: what is refused and where, what is kept, numbers without a gap, one case for each form, drafts."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.conftest import Clock
from tests.people.factories import make_department, make_user
from tests.world.county import County
from tests.world.matters import an_entry
from tests.world.rows import kept, reader
from tracker import audit
from tracker.audit.queries import verify
from tracker.cases.access.rules import may_see
from tracker.cases.access.scope import matter_of
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake import drafts, submissions
from tracker.cases.intake.registration import MOST_PEOPLE, Registration, field_errors, register
from tracker.cases.record.models import AccusedParty, Case, CaseStep, Draft, NamedReader, Submission
from tracker.cases.record.rules.codes import Channel, Confidentiality, PetitionerKind, Purpose
from tracker.core.database import committed, db
from tracker.core.errors import DomainError, FieldErrors, Forbidden, StaleVersion
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.people.models import Department, User
from tracker.people.queries import account_named, reader_for
from tracker.people.rules import DepartmentKind, Role
from tracker.petitioners.models import Petitioner
from tracker.petitioners.service import PetitionerEntry

TODAY = date(2026, 11, 21)
MAIN, REPRESENTATIVE = PetitionerKind.MAIN, PetitionerKind.REPRESENTATIVE
TOKEN, OTHER_TOKEN = "a" * 43, "b" * 43


def registered(county: County, *, by: Any = None, **changes: Any) -> Case:
    with committed():
        return register(an_entry(**changes), office=county.office, by=by or county.registrar, now=Clock.now())


def refused(county: County, **changes: object) -> dict[str, str]:
    with pytest.raises(FieldErrors) as error, committed():
        register(an_entry(**changes), office=county.office, by=county.registrar, now=Clock.now())  # type: ignore[arg-type]
    return error.value.errors


def people(*names: str, main: str = "王建国") -> list[PetitionerEntry]:
    return [PetitionerEntry(MAIN, main), *(PetitionerEntry(REPRESENTATIVE, name) for name in names)]


# What is refused, at which field, with which words

VISIT = {"channel": Channel.VISIT, "petitioners": people()}
REFUSED: list[tuple[dict[str, object], str, str]] = [
    ({"received_on": TODAY + timedelta(days=1)}, "received_on", "不能晚于今天"),
    ({"received_on": TODAY - timedelta(days=3651)}, "received_on", "十年以前"),
    ({"occurred_on": TODAY + timedelta(days=1)}, "occurred_on", "事发日期不能晚于收到日期"),
    ({"posted_on": TODAY + timedelta(days=1)}, "posted_on", "邮戳日期不能晚于收到日期"),
    ({"petitioners": []}, "petitioner_name", "请填写信访人姓名"),
    ({"anonymous": True}, "petitioner_name", "已选匿名，又填了姓名"),
    (
        {"anonymous": True, "petitioners": [PetitionerEntry(MAIN, identity_no="140522198001011234")]},
        "identity_no",
        "已选匿名，又填了身份证号",
    ),
    ({**VISIT, "anonymous": True, "petitioners": []}, "anonymous", "来访件应当登记来访人姓名"),
    ({"people_count": 0}, "people_count", f"1 至 {MOST_PEOPLE}"),
    ({"people_count": MOST_PEOPLE + 1}, "people_count", f"1 至 {MOST_PEOPLE}"),
    ({**VISIT, "petitioners": people("李四")}, "people_count", "人数少于列出的姓名（2 人）"),
    ({**VISIT, "people_count": 5}, "representatives", "请填写推选的代表人"),
    ({**VISIT, "people_count": 9, "petitioners": people(*"甲乙丙丁戊己")}, "representatives", "不得超过 5 人"),
    ({"people_count": 3, "petitioners": people("李四")}, "representatives", "只在来访件登记"),
    ({"title": ""}, "title", "请填写标题"),
    ({"title": "长" * 201}, "title", "最多 200 字"),
    ({"summary": ""}, "summary", "请填写信访事项概况"),
    ({"summary": "长" * 20001}, "summary", "最多 20000 字"),
    ({"demand_points": ["", ""]}, "demand_points", "至少填写一个诉求点"),
    ({"demand_points": ["好", "长" * 501]}, "demand_points", "最多 500 字"),
    ({"vote_buying": True, "election_type": None}, "election_type", "标记贿选的，请选择选举类型"),
    ({"election_stage": "voting", "election_type": None}, "election_type", "请同时选择选举类型"),
    ({"place_note": None}, "village", "属地待定"),
    ({"place_note": "长" * 101}, "place_note", "最多 100 个字"),
    ({"channel": Channel.SUPERIOR}, "superior_office", "请填写转交的上级机关"),
    (
        {"channel": Channel.SUPERIOR, "superior_office": "市信访局", "superior_due_on": TODAY - timedelta(days=1)},
        "superior_due_on",
        "不能早于收到日期",
    ),
    ({**VISIT, "posted_on": TODAY}, "posted_on", "“来访”件没有邮戳日期（来信才有）"),
    ({"received_by": "赵敏"}, "received_by", "“来信”件没有接访人（来访才有）"),
    ({"hotline_no": "1"}, "hotline_no", "来电才有"),
    ({"source_no": "1"}, "source_no", "网上、其他才有"),
    ({"superior_no": "1"}, "superior_no", "上级转交才有"),
    ({"channel": Channel.CALL, "hotline_no": "1" * 41}, "hotline_no", "最多 40 个字"),
]


@pytest.mark.parametrize(("changes", "field", "words"), REFUSED, ids=[f"{f}-{w}" for _, f, w in REFUSED])
def test_each_mistake_has_a_sentence_at_its_field(
    county: County, changes: dict[str, object], field: str, words: str
) -> None:
    """A sentence may print an article, whose number the office may have entered."""
    errors = field_errors(an_entry(**{"received_on": TODAY, **changes}), TODAY)  # type: ignore[arg-type]
    assert words in errors[field]
    assert set(errors) == {field}


def test_what_is_right_has_none() -> None:
    assert field_errors(an_entry(TODAY), TODAY) == {}


def test_all_mistakes_are_told_at_once_and_nothing_is_kept(county: County) -> None:
    errors = refused(county, title="", summary="", demand_points=[], people_count=0, place_note=None)
    assert set(errors) == {"title", "summary", "demand_points", "people_count", "village"}
    assert db.session.scalar(select(Case.id)) is None


def test_an_original_that_is_not_there_is_refused(county: County) -> None:
    assert set(refused(county, original_id=999)) == {"joins"}


def test_the_limits_themselves_are_good(county: County) -> None:
    case = registered(
        county,
        title="长" * 200,
        summary="长" * 20000,
        demand_points=["长" * 500],
        people_count=MOST_PEOPLE,
        received_on=TODAY - timedelta(days=3650),
        place_note="长" * 100,
    )
    assert len(case.summary) == 20000


def test_only_the_offices_own_registrars_register(county: County) -> None:
    for person in (county.handler, county.leader, county.office_head, county.supervisor):
        with pytest.raises(Forbidden), committed():
            register(an_entry(), office=county.office, by=person, now=Clock.now())
    with committed():
        other = make_department("市信访局")
        bureau = make_department("县水务局", kind=DepartmentKind.BUREAU)
        clerk = make_user(roles=[(Role.REGISTRAR, bureau)])
    for office, person in ((other, county.registrar), (bureau, clerk)):
        with pytest.raises(Forbidden, match="只有信访部门的登记员、受理员"), committed():
            register(an_entry(), office=office, by=person, now=Clock.now())
    assert registered(county, by=county.acceptor).register_no == "XF-2026-000001"


# What is kept


def test_a_case_is_kept_with_points_people_clock_trail_and_log(county: County) -> None:
    case = registered(county, demand_points=["", "补登选民", "", "公开账目"], received_on=date(2026, 11, 18))
    assert [(p.position, p.text) for p in case.demand_points] == [(1, "补登选民"), (2, "公开账目")]
    assert [(p.kind, p.name, p.phone) for p in case.petitioners] == [("main", "原秀英", "13900000001")]
    clock = db.session.scalars(select(Deadline)).one()
    assert (clock.kind, clock.started_on, clock.effective_due) == (
        LimitKind.OFFICE_REFERRAL,
        date(2026, 11, 18),
        date(2026, 12, 3),
    )
    assert case.next_due_on == date(2026, 12, 3)
    line = db.session.scalars(select(CaseStep)).one()
    assert (line.action, line.actor_name, line.actor_unit) == ("register", "赵敏", "阳城县信访局")
    db.session.rollback()
    assert verify()


def test_whoever_listed_the_main_petitioner_again_counts_him_once(county: County) -> None:
    case = registered(county, **VISIT | {"people_count": 5, "petitioners": people("王 建国", *"乙丙丁戊")})
    assert len(case.petitioners) == 6


def test_the_visitor_was_received_by_the_registrar_unless_somebody_else_is_named(county: County) -> None:
    assert registered(county, **VISIT).received_by == "赵敏"
    assert registered(county, **VISIT, received_by="李晓梅").received_by == "李晓梅"
    assert registered(county).received_by is None


def test_vote_buying_is_reported_the_same_day(county: County) -> None:
    case = registered(county, vote_buying=True, received_on=date(2026, 11, 18))
    report = db.session.scalars(select(Deadline).where(Deadline.kind == LimitKind.LEADER_REPORT)).one()
    assert (report.started_on, report.effective_due) == (TODAY, TODAY)
    assert case.next_due_on == TODAY


def test_names_and_numbers_are_not_readable_in_the_database(county: County) -> None:
    registered(
        county,
        accused=[AccusedEntry("张大山", "村主任")],
        petitioners=[PetitionerEntry(MAIN, "原秀英", "140522198001011234", "13900000001", "上庄村一组")],
    )
    db.session.commit()
    raw = []
    for table in ("petitioner", "accused_party"):
        raw += [bytes(v) for row in db.session.execute(text(f"SELECT * FROM {table}")) for v in row if _is_bytes(v)]
    words = ("原秀英", "140522", "139000", "上庄", "张大山", "村主任")
    assert len(raw) == len(words)
    assert not any(word.encode() in value for value in raw for word in words)


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes | memoryview)


@pytest.mark.parametrize(
    ("purpose", "level", "kept"),
    [
        (Purpose.SETTLEMENT, Confidentiality.ORDINARY, "ordinary"),
        (Purpose.SETTLEMENT, Confidentiality.SENSITIVE, "sensitive"),
        (Purpose.ACCUSATION, Confidentiality.ORDINARY, "accusation"),
        (Purpose.ACCUSATION, Confidentiality.SENSITIVE, "accusation"),
    ],
)
def test_the_level_follows_from_the_purpose(
    county: County, purpose: Purpose, level: Confidentiality, kept: str
) -> None:
    assert registered(county, purpose=purpose, level=level).level == kept


def test_an_accusation_has_a_named_list(county: County) -> None:
    with committed():
        for post in county.office_head.posts:
            post.handles_accusations = True
            post.ended_on = TODAY  # his last day: he still holds it
        audit.record(audit.Event.POST_GIVEN, by=None, now=Clock.now())
    registered(county, purpose=Purpose.ACCUSATION)
    named = db.session.scalars(select(NamedReader.user_id)).all()
    assert set(named) == {county.registrar.id, county.acceptor.id, county.office_head.id}


def test_who_names_himself_is_shut_out_at_once(county: County) -> None:
    case = registered(county, purpose=Purpose.ACCUSATION, accused=[AccusedEntry("赵敏"), AccusedEntry("  ")])
    assert [(row.name, row.user_id) for row in case.accused] == [("赵敏", county.registrar.id)]
    assert not may_see(reader_for(county.registrar, TODAY), matter_of(case))


def test_a_name_too_long_is_refused_with_everything_else(county: County) -> None:
    with pytest.raises(DomainError) as error, committed():
        register(
            an_entry(accused=[AccusedEntry("长" * 61)]), office=county.office, by=county.registrar, now=Clock.now()
        )
    assert "accused" in error.value.errors
    assert db.session.scalar(select(AccusedParty.id)) is None
    assert registered(county).register_no == "XF-2026-000001"


# Repeats


def test_a_repeat_is_a_case_of_its_own_that_counts_with_the_first(county: County) -> None:
    first = registered(county)
    second = registered(county, original_id=first.id)
    third = registered(county, original_id=second.id)
    assert (second.original_id, third.original_id) == (first.id, first.id)
    assert db.session.query(Case).filter_by(original_id=first.id).count() == 2
    assert third.register_no == "XF-2026-000003"


# Numbers


def test_numbers_begin_anew_each_year(county: County, clock: Clock) -> None:
    assert registered(county).register_no == "XF-2026-000001"
    clock.set(Clock.now().replace(month=12, day=31, hour=15, minute=59))  # 23:59 in Shanghai
    assert registered(county).register_no == "XF-2026-000002"
    clock.forward(minutes=1)
    assert registered(county).register_no == "XF-2027-000001"


def in_threads(app: Flask, count: int, act: Callable[[int], object]) -> list[BaseException | None]:
    """Run an act in threads that start together, each with a session of its own; return what became of each."""
    start = threading.Barrier(count)
    ended: list[BaseException | None] = [None] * count

    def run(turn: int) -> None:
        with app.app_context():
            start.wait()
            try:
                act(turn)
            except BaseException as error:
                ended[turn] = error

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


class Interrupted(Exception):
    """Something went wrong after the number was taken."""


def save(entry: Registration, *, fail: bool = False, token: str = "") -> None:
    by = account_named("registrar")
    assert by is not None
    with committed():
        office = db.session.scalars(select(Department).where(Department.short_name == "县信访局")).one()
        register(entry, office=office, by=by, now=Clock.now())
        submissions.remember(token, "/somewhere", by=by, now=Clock.now())
        if fail:
            raise Interrupted


@pytest.mark.both_databases
@pytest.mark.usefixtures("county_ids")
def test_clerks_who_save_at_once_share_no_number_and_skip_none(app: Flask) -> None:
    clerks, each = 6, 4

    def pile(clerk: int) -> None:
        for turn in range(each):
            try:
                save(an_entry(), fail=(clerk + turn) % 3 == 0)
            except Interrupted:
                continue

    assert in_threads(app, clerks, pile) == [None] * clerks
    with app.app_context():
        numbers = list(db.session.scalars(select(Case.register_no).order_by(Case.register_no)))
        failed = sum((clerk + turn) % 3 == 0 for clerk in range(clerks) for turn in range(each))
        assert failed == 8
        assert numbers == [f"XF-2026-{number:06d}" for number in range(1, clerks * each - failed + 1)]
        db.session.rollback()
        verify()


@pytest.mark.both_databases
@pytest.mark.usefixtures("county_ids")
def test_one_form_sent_twice_at_once_makes_one_case(app: Flask) -> None:
    ended = in_threads(app, 4, lambda _turn: save(an_entry(), token=TOKEN))
    assert sorted(type(error).__name__ for error in ended) == ["IntegrityError"] * 3 + ["NoneType"]
    assert all(error is None or isinstance(error, IntegrityError) for error in ended)
    with app.app_context():
        assert list(db.session.scalars(select(Case.register_no))) == ["XF-2026-000001"]
        save(an_entry(), token=OTHER_TOKEN)
        assert db.session.scalar(select(Case.register_no).order_by(Case.id.desc())) == "XF-2026-000002"


def test_a_form_that_somebody_else_sent_is_not_taken_again(county: County) -> None:
    with committed():
        submissions.remember(TOKEN, "/cases/x", by=county.registrar, now=Clock.now())
    assert submissions.earlier_location(TOKEN, by=county.registrar) == "/cases/x"
    assert submissions.earlier_location(OTHER_TOKEN, by=county.registrar) is None
    with pytest.raises(StaleVersion):
        submissions.earlier_location(TOKEN, by=county.acceptor)


# Drafts


def keep(by: User, title: str, token: str = TOKEN, case_id: int | None = None) -> str | None:
    """Keep a draft of the registration page, or of the page of a case."""
    address = f"/cases/{case_id}/steps/note" if case_id else "/cases/new"
    with committed():
        of = drafts.DraftOf(token, address, "登记信访事项", case_id)
        return drafts.keep_draft({"title": [title], "demand_points": ["一", ""]}, of, by=by, now=Clock.now())


def titles(by: User) -> list[str]:
    """Return the titles in a person's drafts, the latest first."""
    return [draft.first("title") for draft in drafts.drafts_of(reader(by))]


def test_a_draft_is_kept_as_typed_and_replaced_by_the_same_form(county: County, clock: Clock) -> None:
    first = keep(county.registrar, " 标题 ")
    clock.forward(minutes=5)
    assert keep(county.registrar, "新标题") == first
    assert first
    draft = drafts.draft(first, reader(county.registrar))
    assert draft
    assert (draft.first("title"), draft.fields["demand_points"], draft.token) == ("新标题", ["一", ""], TOKEN)
    assert (draft.saved_at, draft.saved, draft.title) == (Clock.now(), "11月21日 09:05", "登记信访事项")
    assert drafts.draft(first, reader(county.acceptor)) is None
    assert titles(county.acceptor) == []
    assert draft.first("nothing") == ""


@pytest.mark.both_databases
def test_every_form_has_its_own_draft(county: County, clock: Clock) -> None:
    keep(county.registrar, "甲")
    clock.forward(minutes=1)
    keep(county.registrar, "乙", OTHER_TOKEN)
    assert titles(county.registrar) == ["乙", "甲"]
    keep(county.acceptor, "丙", OTHER_TOKEN)
    assert titles(county.acceptor) == ["丙"]


@pytest.mark.both_databases
def test_a_draft_goes_with_its_form_only(county: County) -> None:
    first = keep(county.registrar, "甲")
    with committed():
        drafts.discard_draft(by=county.registrar, token=OTHER_TOKEN)
        drafts.discard_draft(by=county.acceptor, token=TOKEN)
        drafts.discard_draft(by=county.acceptor, public_id=first)
    assert titles(county.registrar) == ["甲"]
    with committed():
        drafts.discard_draft(by=county.registrar, token=TOKEN)
    assert titles(county.registrar) == []
    second = keep(county.registrar, "乙", OTHER_TOKEN)
    with committed():
        drafts.discard_draft(by=county.registrar, public_id=second)
    assert titles(county.registrar) == []


@pytest.mark.both_databases
def test_a_draft_of_a_matter_that_one_may_not_know_any_more_is_not_shown(county: County) -> None:
    """Not even its number stays: as with messages."""
    case = county.case(county.register())
    public_id = keep(county.acceptor, "出具意见", case_id=case.id)
    assert titles(county.acceptor) == ["出具意见"]
    kept(AccusedParty(case_id=case.id, user_id=county.acceptor.id, name="某人", status="provisional"))
    assert titles(county.acceptor) == []
    assert drafts.draft(public_id or "", reader(county.acceptor)) is None


def test_there_are_at_most_so_many(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    keep(county.registrar, "甲", "a" * 43)
    keep(county.registrar, "乙", "b" * 43)
    with pytest.raises(DomainError, match="存不下了"):
        keep(county.registrar, "丙", "c" * 43)
    keep(county.registrar, "乙二", "b" * 43)
    assert sorted(titles(county.registrar)) == ["乙二", "甲"]


def test_a_registered_form_keeps_no_draft(county: County) -> None:
    with committed():
        submissions.remember(TOKEN, "/cases/x", by=county.registrar, now=Clock.now())
    assert keep(county.registrar, "晚到的草稿") is None
    assert titles(county.registrar) == []


def test_a_draft_is_not_readable_in_the_database(county: County) -> None:
    keep(county.registrar, "张三反映")
    stored = bytes(db.session.scalar(text("SELECT content FROM draft")))
    assert "张三".encode() not in stored
    assert b"title" not in stored


def test_a_draft_that_can_no_longer_be_read_stands_in_nobodys_way(county: County) -> None:
    keep(county.registrar, "甲")
    with committed():
        db.session.execute(text("UPDATE draft SET content = :junk"), {"junk": b"\x01\x01" + b"x" * 40})
    assert titles(county.registrar) == []
    keep(county.registrar, "乙", OTHER_TOKEN)
    assert titles(county.registrar) == ["乙"]


def test_a_draft_has_an_end(county: County) -> None:
    keep(county.registrar, "长" * 100_000)
    with pytest.raises(DomainError, match="草稿存不下"):
        keep(county.registrar, "长" * 120_000)
    assert [len(title) for title in titles(county.registrar)] == [100_000]


@pytest.mark.both_databases
@pytest.mark.usefixtures("county_ids")
def test_two_windows_of_one_form_keep_one_draft(app: Flask) -> None:
    def write(turn: int) -> None:
        by = account_named("registrar")
        assert by
        keep(by, f"第{turn}")

    assert in_threads(app, 4, write) == [None] * 4
    with app.app_context():
        assert db.session.query(Draft).count() == 1
        assert db.session.query(Submission).count() == 0
        assert db.session.query(Petitioner).count() == 0
