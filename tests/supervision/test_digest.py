"""每日提醒 and mail: the digest counts what the ledger lists; nothing that leaves the machine names anybody."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tests.world.rows import TODAY, a_case, assigned, clock_of, reader, user
from tracker import audit
from tracker.cases.ledger import page
from tracker.cases.ledger.desk import nearest_filters
from tracker.cases.record.models import AccusedParty, Case
from tracker.cases.record.rules.codes import Confidentiality as Secrecy
from tracker.cases.subject import standing
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.rules import NEVER
from tracker.jobs.sending import compose, resolve
from tracker.jobs.subjects import SUBJECTS
from tracker.notifications import outbox
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Message, Way
from tracker.notifications.service import announce
from tracker.people import service
from tracker.people.models import User
from tracker.people.rules import EXCLUSIVE_ROLES, Role
from tracker.reminders.ladder.rules.rungs import Recipient, RungLevel
from tracker.supervision.messages import digest_queries as digests
from tracker.supervision.messages.digest_queries import LINES, Part, digest, paragraphs
from tracker.supervision.messages.digest_service import WEEKLY, Wanting, wanting, write_digests
from tracker.supervision.papers import instructions, orders
from tracker.working_days.queries import calendar

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=core_clock.SHANGHAI)
CANARIES = ("原秀英", "13900000001", "选民登记", "上庄村", "选民名单", "某被反映人", "王海燕", "林一鸣", "陈志远")


def busy(county: County) -> None:
    for number in range(14):
        level = Secrecy.SENSITIVE if number % 4 == 3 else Secrecy.ORDINARY
        case = a_case(county, level=level, status="assigned")
        unit, person = (county.civil, county.handler) if number % 3 else (county.land, county.stranger)
        assigned(case, unit, handler_id=person.id, lead_official_id=county.lead.id)
        clock_of(case, LimitKind.FEEDBACK, TODAY + (number - 4) * DAY)
    a_case(county, status="registered")
    closed = a_case(county, status="delivered", ledger_status="closed_out")
    clock_of(closed, LimitKind.LOOK_BACK, TODAY)


def everybody(county: County) -> list[User]:
    roles = [(role, unit) for role in Role for unit in (county.office, county.civil, county.county)]
    people = [user(f"{role}{unit.id}", (role, unit)) for role, unit in roles]
    return [*people, county.acceptor, county.handler, county.unit_head, county.lead, county.stranger]


def test_a_digest_counts_exactly_what_the_ledger_lists(county: County) -> None:
    busy(county)
    seen = 0
    for person in everybody(county):
        asking = reader(person)
        told = digest(SUBJECTS, asking, today=TODAY, days=calendar())
        listed = page(asking, nearest_filters(asking), today=TODAY).rows
        due = {row.number for row in listed if row.running} if told.sections[0].total or listed else set()
        if not asking.holds(*(set(Role) - EXCLUSIVE_ROLES)):
            assert told.is_empty, person.name
            continue
        assert sum(section.total for section in told.sections) == len(due), person.name
        late, now, queue = told.sections
        assert late.total == sum(row.running.on < TODAY for row in listed if row.running), person.name
        numbers = {line.number for section in told.sections for line in section.lines}
        hidden = sum(section.confidential for section in told.sections)
        assert numbers <= due
        assert len(numbers) + hidden == len(due)
        seen += len(due) > 0
        assert now.total + queue.total == len(due) - late.total
    assert seen > 8


def test_confidential_matters_are_only_a_number(county: County) -> None:
    busy(county)
    told = digest(SUBJECTS, reader(county.unit_head), today=TODAY, days=calendar())
    secret = {
        row.number
        for row in page(reader(county.unit_head), nearest_filters(reader(county.unit_head)), today=TODAY).rows
    }
    secret -= {line.number for section in told.sections for line in section.lines}
    assert secret
    text = "\n".join(paragraphs(told))
    assert not any(number in text for number in secret)
    assert sum(section.confidential for section in told.sections) == len(secret)
    for section in told.sections:
        unlisted = section.confidential + section.left_out
        assert (f"还有 {unlisted} 件没有列出" in text) is bool(unlisted)
    assert "保密" not in text, "a mail does not say who works on confidential matters"


def test_a_day_of_rest_is_looked_over(county: County) -> None:
    """On Friday the Monday's dates are among 今明到期: nobody reads a digest on Saturday."""
    friday = TODAY - DAY
    for number in range(5):
        case = a_case(county, status="assigned")
        assigned(case, county.civil, handler_id=county.handler.id)
        clock_of(case, LimitKind.FEEDBACK, friday + number * DAY)
    told = digest(SUBJECTS, reader(county.handler), today=friday, days=calendar())
    assert [(section.part, section.total) for section in told.sections] == [
        (Part.LATE, 0),
        (Part.NOW, 4),
        (Part.QUEUE, 1),
    ]


def test_no_line_is_left_out_silently(county: County) -> None:
    for number in range(LINES + 7):
        case = a_case(county, status="assigned")
        assigned(case, county.civil, handler_id=county.handler.id)
        clock_of(case, LimitKind.FEEDBACK, TODAY - DAY if number % 2 else TODAY + 30 * DAY)
    told = digest(SUBJECTS, reader(county.handler), today=TODAY, days=calendar())
    assert sum(len(section.lines) for section in told.sections) == LINES
    assert sum(section.left_out for section in told.sections) == 7
    assert "还有 7 件没有列出" in "\n".join(paragraphs(told))


def told_of(matter: Matter, kind: LimitKind, *headings: str, **facts: object) -> None:
    """Give the handler messages about a matter, in their inbox."""
    for number, heading in enumerate(headings):
        sent(a_notice(matter, kind, heading=heading, source_id=-number - 1, **facts))


def test_a_digest_says_beside_each_matter_what_is_unread_about_it(county: County) -> None:
    """One line for each matter: its duty and its messages together, also where no duty of one's own runs."""
    mine, led = Matter(county).until("sign_for"), Matter(county).until("triage")
    with committed():
        assigned(led.case, county.civil, handler_id=county.handler.id)
        audit.record(audit.Event.CASE_STEPPED, by=None, now=core_clock.now())
    told_of(mine, LimitKind.ACCEPTANCE, "催办", "新交办", "催办")
    told_of(led, LimitKind.OFFICE_REFERRAL, "批示", user_id=county.handler.id, told=None, source="other")
    with committed():
        led.case.next_due_on = None
        audit.record(audit.Event.CASE_STEPPED, by=None, now=core_clock.now())
    told = digest(SUBJECTS, reader(county.handler), today=TODAY, days=calendar())
    text = "\n".join(paragraphs(told))
    line = next(each for each in text.splitlines() if mine.case.register_no in each)
    assert line.endswith("未读 3 条：催办、新交办")
    assert text.count(mine.case.register_no) == text.count(led.case.register_no) == 1
    assert f"另有未读消息的 1 件\n  {led.case.register_no}　未读 1 条：批示" in text
    assert not [canary for canary in CANARIES if canary in text]


def test_of_a_confidential_matter_a_digest_does_not_say_that_something_is_unread(county: County) -> None:
    matter = Matter(county).until("sign_for")
    told_of(matter, LimitKind.ACCEPTANCE, "催办")
    with committed():
        matter.case.level = "sensitive"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    told = digest(SUBJECTS, reader(county.handler), today=TODAY, days=calendar())
    assert (told.unread, told.elsewhere) == (1, ())
    assert matter.case.register_no not in "\n".join(paragraphs(told))


def digests_of(day: str) -> list[str]:
    names = db.session.execute(
        select(User.name).join(Notice, Notice.user_id == User.id).where(Notice.key.endswith(day))
    )
    return sorted(name for (name,) in names)


def write(now: datetime, limit: int = 50) -> int:
    count, found = 0, Wanting(after_id=0)
    while found.after_id is not None:
        found = wanting(SUBJECTS, now, after_id=found.after_id, limit=limit)
        with committed():
            count += write_digests(found.user_ids, now=now)
    return count


def test_one_digest_a_person_and_working_day(county: County, clock: Clock) -> None:
    Matter(county).until("sign_for")
    for at in (MONDAY - timedelta(minutes=1), MONDAY - 2 * DAY):
        clock.set(at)
        assert write(clock.now()) == 0, "too early, or a Saturday"
    clock.set(MONDAY)
    assert write(clock.now(), limit=2) == len(digests_of("2026-11-23")) > 5
    assert {"王海燕", "张建军", "李晓梅", "陈志远"} <= set(digests_of("2026-11-23"))
    assert "宋伟" not in digests_of("2026-11-23"), "who has nothing is not written to"
    assert write(clock.now() + timedelta(minutes=1)) == 0
    clock.set(MONDAY + DAY)
    with committed():
        service.note_absence(
            county.handler,
            started_on=clock.today(),
            ended_on=clock.today(),
            stand_in=None,
            by=county.handler,
            now=clock.now(),
        )
    assert write(clock.now()) == len(digests_of("2026-11-24"))
    assert "王海燕" not in digests_of("2026-11-24")
    assert "张建军" in digests_of("2026-11-24")


def sent(notice: Notice, way: Way = Way.MAIL) -> list[tuple[str, Message | None]]:
    """Address a notice as the sender does, and compose what leaves the machine for each person."""
    with committed():
        for person in db.session.scalars(select(User)):
            person.email = f"{person.username}@example.com"
        audit.record(audit.Event.USER_CHANGED, by=None, now=core_clock.now())
        assert outbox.address(notice.id, now=notice.not_before, resolve=resolve, ways=[way])
    copies = db.session.scalars(select(Delivery).where(Delivery.notice_id == notice.id, Delivery.channel == way)).all()
    assert copies
    return [(copy.user.name, compose(copy, now=core_clock.now())) for copy in copies]


def a_notice(matter: Matter, kind: LimitKind, post: Recipient = Recipient.OWNER, **changes: object) -> Notice:
    deadline = matter.clock(kind)
    assert deadline is not None
    facts: dict[str, object] = {
        "source": "rung",
        "source_id": 1,
        "case_id": matter.case.id,
        "deadline_id": deadline.id,
        "told": post.value,
        "heading": "催办",
        "why": "林一鸣对本件作了批示。",
        "asked": "已经逾期，请立即办理。",
        "at_once": True,
        "reply_by": TODAY + 20 * DAY,
    }
    with committed():
        key = f"test:{len(db.session.scalars(select(Notice.id)).all())}"
        row = announce(key, now=core_clock.now(), days=calendar(), **{**facts, **changes})  # type: ignore[arg-type]
        audit.record(audit.Event.RUNG_REACHED, by=None, now=core_clock.now())
    return row


def test_mail_says_level_number_limit_and_days(
    county: County, app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TRACKER_URL", "https://tracker.example/")
    matter = Matter(county).until("sign_for")
    late = matter.clock(LimitKind.ACCEPTANCE)
    assert late is not None
    clock.set(core_clock.at_local(late.effective_due + DAY))
    notice = a_notice(matter, LimitKind.ACCEPTANCE, late=True)
    ((name, mail),) = sent(notice)
    assert name == "王海燕"
    assert mail is not None
    assert mail.subject == f"【催办】{matter.case.register_no} 告知是否受理逾期1天（补发）"
    assert "本件送责任人（承办人）" in mail.text
    assert "要求：已经逾期，请立即办理。" in mail.text
    assert "回复期限：2026年12月11日 周五" in mail.text
    assert mail.link == f"https://tracker.example/inbox/{notice.public_id}"


def all_said(notice: Notice) -> str:
    said = ""
    for way in (Way.MAIL,):
        said += "".join(f"{m.subject}{m.text}{m.link}" for _name, m in sent(notice, way) if m)
    assert said
    return said


def test_no_name_no_title_and_no_word_of_the_case_leaves_the_machine(county: County) -> None:
    matter = Matter(county).until("accept")
    with committed():
        db.session.add(AccusedParty(case_id=matter.case.id, name="某被反映人"))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
        orders.issue(
            matter.case,
            by=county.supervisor,
            now=core_clock.now(),
            level=RungLevel.URGE,
            reason="选民登记一事请抓紧。",
            reply_by=TODAY + 9 * DAY,
        )
        instructions.instruct(
            matter.case,
            by=county.leader,
            now=core_clock.now(),
            reason="上庄村的事请王海燕抓紧。",
            task_of_id=county.handler.id,
            due_on=TODAY + 9 * DAY,
        )
    written = db.session.scalars(select(Notice).where(Notice.at_once.is_(True))).all()
    assert any("林一鸣" in notice.why for notice in written), "a vacuous check"
    said = "".join(all_said(notice) for notice in [*written, a_notice(matter, LimitKind.HANDLING)])
    assert not [canary for canary in CANARIES if canary in said]
    assert matter.case.register_no in said


def test_a_chat_says_only_level_and_unit(county: County) -> None:
    matter = Matter(county).until("accept")
    notice = a_notice(matter, LimitKind.HANDLING)
    ((_name, message),) = sent(notice, Way.CHAT)
    assert message is not None
    assert message.subject == "【催办】县民政局有一项待办"
    said = message.subject + message.text + message.link
    assert matter.case.register_no not in said
    assert not [canary for canary in CANARIES if canary in said]


@pytest.mark.parametrize("how", ["accused", "level"])
def test_a_group_hears_nothing_where_its_members_might_not_know(county: County, how: str) -> None:
    """Nobody can say who sits in a group: of what became confidential, or complains of somebody, it hears nothing."""
    matter = Matter(county).until("accept")
    sent(a_notice(matter, LimitKind.HANDLING), Way.CHAT)
    copy = db.session.scalars(select(Delivery).where(Delivery.channel == Way.CHAT)).one()
    assert compose(copy, now=core_clock.now()) is not None, "negative control"
    with committed():
        if how == "level":
            matter.case.level = "sensitive"
        else:
            db.session.add(
                AccusedParty(case_id=matter.case.id, name="宋伟", user_id=county.land_head.id, status="confirmed")
            )
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    assert compose(copy, now=core_clock.now()) is None


def test_of_a_confidential_matter_mail_says_nothing(
    county: County, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TRACKER_URL", "https://tracker.example")
    matter = Matter(county).until("accept")
    with committed():
        matter.case.level = "sensitive"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    notice = a_notice(matter, LimitKind.HANDLING)
    ((_name, mail),) = sent(notice)
    assert mail == Message(
        "您有一项待办", "您有一项待办，请登录信访销号台账，在“消息”里查看。", "https://tracker.example/inbox"
    )


def test_what_became_confidential_after_it_was_addressed_says_nothing_either(county: County) -> None:
    matter = Matter(county).until("accept")
    notice = a_notice(matter, LimitKind.HANDLING)
    sent(notice)
    with committed():
        matter.case.level = "sensitive"
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    copy = db.session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()
    mail = compose(copy, now=core_clock.now())
    assert mail is not None
    assert mail.subject == "您有一项待办"


def test_who_may_not_know_any_more_is_sent_nothing(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = Matter(county).until("accept")
    sent(a_notice(matter, LimitKind.HANDLING))
    copy = db.session.scalars(select(Delivery).where(Delivery.channel == Way.MAIL)).one()
    assert compose(copy, now=core_clock.now()) is not None
    with committed():
        db.session.add(AccusedParty(case_id=matter.case.id, name="王海燕", user_id=copy.user_id, status="confirmed"))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=core_clock.now())
    assert compose(copy, now=core_clock.now()) is None
    monkeypatch.setattr(standing, "may_see", lambda _reader, _matter: True)
    assert compose(copy, now=core_clock.now()) is not None, "negative control"


def test_the_digest_as_mail(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign_for")
    late = matter.clock(LimitKind.ACCEPTANCE)
    assert late is not None
    clock.set(core_clock.at_local(late.effective_due + 2 * DAY))
    while not calendar().is_working(clock.today()):
        clock.forward(days=1)
    assert write(clock.now()) > 0
    notice = db.session.scalars(
        select(Notice).where(Notice.source == "digest", Notice.user_id == county.handler.id)
    ).one()
    ((_name, mail),) = sent(notice)
    assert mail is not None
    assert mail.subject.startswith("【每日提醒】逾期 1 件，今明到期 0 件，排队 0 件")
    assert f"{matter.case.register_no}　告知是否受理　逾期" in mail.text
    assert not [canary for canary in CANARIES if canary in mail.subject + mail.text]


def test_a_digest_with_nothing_left_in_it_is_not_sent(county: County, clock: Clock) -> None:
    matter = Matter(county).until("sign_for")
    clock.set(MONDAY)
    write(clock.now())
    notice = db.session.scalars(
        select(Notice).where(Notice.source == "digest", Notice.user_id == county.handler.id)
    ).one()
    with committed():
        matter.case.status = "voided"
        audit.record(audit.Event.CASE_STEPPED, by=None, now=clock.now())
    assert sent(notice) == [("王海燕", None)]


def test_after_days_without_mail_one_digest_goes_out(county: County, clock: Clock) -> None:
    """What waited while the mail server was down says the same as the one of today: it is not sent as well."""
    Matter(county).until("sign_for")
    for day in range(4):
        clock.set(MONDAY + day * DAY)
        write(clock.now())
    mine = select(Notice).where(Notice.source == "digest", Notice.user_id == county.handler.id).order_by(Notice.id)
    *older, latest = db.session.scalars(mine).all()
    assert len(older) == 3
    composed = [sent(notice) for notice in (*older, latest)]
    assert [mail is not None for ((_name, mail),) in composed] == [False] * 3 + [True]


def test_the_scope_is_asked_at_every_reading(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the filters of the desk somebody would be told of the matters of others."""
    busy(county)
    asking = reader(county.stranger)
    right = digest(SUBJECTS, asking, today=TODAY, days=calendar())
    monkeypatch.setattr(digests, "conditions", lambda *_given: {})
    wrong = digest(SUBJECTS, asking, today=TODAY, days=calendar())
    assert sum(s.total for s in wrong.sections) > sum(s.total for s in right.sections)


# ── 每周督办提醒（law D8） ──


def weekly(county: County) -> dict[str, list[str]]:
    """Return the weekly lines of everybody, by name."""
    rows = db.session.execute(
        select(User.name, Notice.why).join(Notice, Notice.user_id == User.id).where(Notice.source == WEEKLY)
    )
    found: dict[str, list[str]] = {}
    for name, why in rows.all():
        found.setdefault(name, []).append(why)
    return found


def stuck_case(county: County, **changes: object) -> Case:
    """Make a matter of which the ladder has said all."""
    case = a_case(county, status="accepted", **changes)
    assigned(case, county.civil, handler_id=county.handler.id, lead_official_id=county.lead.id)
    clock_of(case, LimitKind.HANDLING, TODAY - 100 * DAY, look_on=NEVER)
    case.next_due_on = TODAY - 100 * DAY
    return case


def write_with_weekly(now: datetime) -> None:
    found = wanting(SUBJECTS, now)
    with committed():
        write_digests(found.user_ids, now=now, stuck=found.stuck)


def test_after_the_last_rung_one_line_a_week_for_all_matters_of_a_person(county: County, clock: Clock) -> None:
    with committed():
        stuck_case(county)
        stuck_case(county)
        audit.record(audit.Event.DATES_RECOUNTED, by=None, now=MONDAY)
    for days in range(12):
        at = MONDAY + days * DAY
        clock.set(at)
        write_with_weekly(at)
    lines = weekly(county)
    assert {county.handler.name, county.unit_head.name, county.lead.name, county.supervisor.name} <= set(lines)
    said = "逾期以后各级督办都已发过、仍没有办结的，您的台账里有 2 件。"
    assert lines[county.handler.name] == [said, said], "two weeks, two lines"
    assert county.stranger.name not in lines


def test_once_somebody_has_acted_the_weekly_line_ends(county: County, clock: Clock) -> None:
    with committed():
        case = stuck_case(county)
        row = db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)).one()
        row.ended_on, row.met = TODAY, True
        audit.record(audit.Event.DATES_RECOUNTED, by=None, now=MONDAY)
    clock.set(MONDAY)
    write_with_weekly(MONDAY)
    assert weekly(county) == {}


def test_the_weekly_line_counts_nothing_that_a_person_may_not_know_of(county: County, clock: Clock) -> None:
    with committed():
        stuck_case(county)
        stuck_case(county, level=Secrecy.ACCUSATION)
        audit.record(audit.Event.DATES_RECOUNTED, by=None, now=MONDAY)
    clock.set(MONDAY)
    write_with_weekly(MONDAY)
    assert weekly(county)[county.handler.name] == ["逾期以后各级督办都已发过、仍没有办结的，您的台账里有 1 件。"]
