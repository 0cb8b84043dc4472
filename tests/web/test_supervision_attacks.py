"""Attacks on supervision: what the accused, the unnamed, the keepers and strangers can learn or do by any surface.

One case was ordinary, had its papers, instructions and notices, and then turned out to complain of the county's main
leader and of the unit that had it. From then on its strings are canaries: whoever is not on its named list meets none
of them on any page, in any mail, chat, calendar or log, and no number counts them.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from tests.conftest import Clock
from tests.databases import Ids, TestDatabase
from tests.key_villages.checking import begun as list_begun
from tests.key_villages.checking import filled_in as checked
from tests.key_villages.checking import form as filled_list
from tests.key_villages.inspecting import opened as opened_round
from tests.key_villages.working import Ledger
from tests.web.addresses import addresses, said
from tests.web.browsing import take
from tests.web.stories import WORKED, upload
from tests.world.county import SEALED, County
from tests.world.county import build as build_county
from tracker import audit
from tracker.cases.access.named_readers import running_named_readers
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import AccusedParty, Attachment, Category
from tracker.cases.record.rules.codes import Channel, Purpose
from tracker.core.database import committed, db
from tracker.deadlines.models import Deadline
from tracker.jobs.notices import write_all_digests
from tracker.jobs.sending import deliver
from tracker.jobs.subjects import SUBJECTS
from tracker.jobs.ticking import tick
from tracker.key_villages.service.sponsoring import sponsor_case
from tracker.notifications.channels import Quiet
from tracker.notifications.models import Delivery, Notice
from tracker.notifications.rules import Way
from tracker.people import service
from tracker.people.queries import reader_for
from tracker.petitioners.service import PetitionerEntry
from tracker.places.service import add_place
from tracker.reminders.ladder.rules.moments import BEHAVIOUR_LABELS, Behaviour
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.models import TickRun
from tracker.supervision.messages.digest_queries import digest
from tracker.supervision.messages.feed_queries import duties
from tracker.supervision.messages.inbox import unread_count
from tracker.supervision.papers import drafting, instructions, orders
from tracker.supervision.papers.models import SupervisionOrder
from tracker.working_days.queries import calendar

pytestmark = pytest.mark.usefixtures("unhurried")

TITLE, SUMMARY, WORDS, TASK, PETITIONER = "反映孔雀翎一事", "夜光藻成片", "请查铁线蕨", "请看石斛兰", "鹿衔草"
AGAIN = BEHAVIOUR_LABELS[Behaviour.CAME_AGAIN]
FEED = re.compile(r"/calendar/[\w-]{43}\.ics")
DAY = timedelta(days=1)
KEEPERS = ("admin", "auditor")
# Pages that are nothing until something was sent to them.
SENT_FIRST = {"/imports/refused", "/villages/ledger/import/refused", "/ladder/preview"}
# What is drawn anew each time it is opened: the secret of one's own telephone, in figures and as a picture.
DRAWN_ANEW = {"/account/second-factor"}
CASE_WORK = (
    *("registrar", "acceptor", "office_head", "supervisor", "handler", "colleague", "unit_head", "town_head"),
    *("lead", "leader"),
)


@dataclass
class World:
    """The county with the case, before or after it was found to be a complaint."""

    county: County
    clock: Clock
    case: str
    mail: Quiet
    chat: Quiet
    feeds: dict[str, str]
    others: dict[str, Sequence[object]]
    opened: set[str] = field(default_factory=set)

    def canaries(self) -> list[str]:
        """Everything by which the case could be recognised."""
        row = self.county.case(self.case)
        papers = db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.case_id == row.id)).all()
        notices = db.session.scalars(select(Notice.public_id).where(Notice.case_id == row.id)).all()
        own = (TITLE, SUMMARY, WORDS, TASK, PETITIONER, row.register_no, row.public_id)
        return [*own, *(p.number for p in papers), *(p.public_id for p in papers), *notices]

    def pages(self) -> list[str]:
        """Every page of the site, every address of the case that somebody may have kept, and narrowed lists."""
        row = self.county.case(self.case)
        papers = db.session.scalars(select(SupervisionOrder.public_id).where(SupervisionOrder.case_id == row.id)).all()
        notices = db.session.scalars(select(Notice.public_id).where(Notice.case_id == row.id)).all()
        clocks = db.session.scalars(select(Deadline.public_id).where(Deadline.case_id == row.id)).all()
        runs = db.session.scalars(select(TickRun.public_id).order_by(TickRun.id.desc()).limit(2)).all()
        files = db.session.scalars(select(Attachment.public_id).where(Attachment.case_id == row.id)).all()
        acts = (
            Action.URGE,
            Action.SUPERVISE,
            Action.SIGN_ORDER,
            Action.REFUSE_ORDER,
            Action.ANSWER_ORDER,
            Action.WITHDRAW_ORDER,
            Action.INSTRUCT,
        )
        of_case = {"cases": [self.case], "orders": papers, "inbox": notices, "deadlines": clocks, "materials": files}
        known = of_case | self.others | {"steps": acts, "dates": (), "timer": runs}
        today = self.clock.today()
        return [
            *addresses(self.county.new_client().application, known),
            *("/inbox?which=unread", "/inbox?which=awaiting", "/log?log=readings", f"/cases?words={TITLE}"),
            *(f"/supervision/orders?which={which}" for which in ("waiting", "late", "answered", "all")),
            *("/cases?state=overdue", "/cases?state=closed", "/cases?department=none", "/cases?urgency=urgent"),
            *(f"/timer/simulation?on={today + n * DAY}" for n in (0, 1, 3)),
        ]

    def met(self, who: str) -> set[tuple[str, str]]:
        """Return which canaries a person meets on which pages; what he asked for himself is no answer."""
        canaries, found = self.canaries(), set[tuple[str, str]]()
        for page in self.pages():
            answer = self.county.browser(who).get(page)
            told = f"{said(answer)} {answer.headers}"
            self.opened |= {page} if answer.status_code < 400 else set()
            found |= {(page, canary) for canary in canaries if canary in told and canary not in page}
        if who in self.feeds:
            told = said(self.county.new_client().get(self.feeds[who]))
            found |= {(self.feeds[who], canary) for canary in canaries if canary in told}
        return found

    def dead(self) -> list[str]:
        """Return the addresses that nobody opens."""
        browsers = [self.county.browser(who) for who in (*CASE_WORK, *KEEPERS)]
        # Only while a matter waits to be classified: `test_triage` opens it, and asks who may.
        past = {f"/cases/{self.case}/triage"}
        doubtful = set(self.pages()) - self.opened - SENT_FIRST - past
        return [page for page in doubtful if all(browser.get(page).status_code >= 400 for browser in browsers)]

    def run(self, days: int) -> None:
        """Let the timer work for some days as it does: tick, digests, addressing and sending."""
        for _ in range(days):
            self.clock.forward(days=1)
            tick(self.clock.now())
            write_all_digests(self.clock.now())
            deliver(self.clock.now(), ways={Way.MAIL: self.mail, Way.CHAT: self.chat})
        self.county.end_sessions()

    def named(self) -> set[str]:
        """Return who is on the named list of the case."""
        from_id = {self.county.ids[who]: who for who in CASE_WORK}
        return {from_id[row.user_id] for row in running_named_readers(self.county.case(self.case))}


def build() -> Ids:
    """Build the county with an ordinary case that has everything that supervision can give it; two days went by."""
    clock = Clock()
    clock.forward(days=2)  # a Monday
    county = County(build_county(), current_app.test_client)  # type: ignore[arg-type]
    with committed():
        for who in (*CASE_WORK, *KEEPERS):
            service.change_email(county.user(who), f"{who}@example.gov.cn", by=county.user(who), now=clock.now())
    case = county.register(title=TITLE, summary=SUMMARY, petitioners=[PetitionerEntry(name=PETITIONER)])
    for each in WORKED[:3]:
        take(county.browser(each.who), case, each.action, each.filled(county, county.case(case)))
    feeds = {}
    for who in CASE_WORK:
        found = FEED.search(county.browser(who).submit("/account/feed").text)
        feeds[who] = found[0] if found else ""
    take(county.browser("handler"), case, "note", {"reason": WORDS, "files": [upload("图片.pdf")]})
    made = World(county, clock, case, Quiet(), Quiet(), feeds, others(county, feeds, clock))
    give_papers(made)
    made.run(2)
    sent = {"mail": made.mail.sent, "chat": made.chat.sent}
    return county.ids | {"now": clock.now(), "case": case, "feeds": feeds, "others": made.others, **sent}


IMAGES = {"world": build}


@pytest.fixture
def world(county: County, clock: Clock) -> World:
    """Give the county with the case, as its builder left it."""
    kept = county.ids
    clock.set(kept["now"])
    mail, chat = Quiet(), Quiet()
    mail.sent, chat.sent = kept["mail"], kept["chat"]
    return World(county, clock, kept["case"], mail, chat, kept["feeds"], kept["others"])


def others(county: County, feeds: dict[str, str], clock: Clock) -> dict[str, Sequence[object]]:
    """Return what stands in addresses that have nothing to do with the case."""
    now = clock.now()
    with committed():
        seed_categories(now=now)
        hamlet = add_place(county.township, "新增村", on=clock.today(), reason="手工增加。", by=None, now=now)
    person = county.handler
    return {
        "people": [person.public_id],
        "posts": [post.public_id for post in person.posts],
        "departments": [county.civil.public_id],
        "places": [hamlet.public_id],
        "categories": list(db.session.scalars(select(Category.public_id).limit(1))),
        "grants": (),  # nobody asked for anything
        "imports": (),  # an import without cases is not there
        # No village stands on the ledger: its pages are compared in two worlds below.
        **dict.fromkeys(("ledger", "problems", "acts", "inspections", "findings", "samples", "requests", "runs"), ()),
        **dict.fromkeys(("control", "tasks", "moves", "end"), ()),
        # No report is begun: its pages are compared in two worlds in test_reports.
        **dict.fromkeys(("reports", "numbers", "filings"), ()),
        # Nothing is reported upward: its pages are compared in two worlds in test_upward.
        "upward": (),
        **dict.fromkeys(("lists", "editions", "rounds", "look-backs", "filled"), ()),
        # No suggestion is a matter; nothing of one is in it.
        **dict.fromkeys(("suggestions", "promises", "common", "advice", "kinds"), ()),
        "leaders": [county.lead.public_id],
        "duties": [county.village.public_id],
        "calendar": [feeds["handler"].removeprefix("/calendar/").removesuffix(".ics")],
    }


def give_papers(world: World) -> None:
    """Write a draft, an order and an instruction, and let them reach everybody they are for."""
    county, now = world.county, world.clock.now()
    mark = f"/villages/leaders/cases/{world.case}/sponsor"
    assert county.browser("acceptor").get(mark).status_code == 200
    world.opened.add(mark)
    with committed():
        sponsor_case(
            county.case(world.case),
            reason=WORDS,
            started_on=world.clock.today(),
            ended_on=None,
            by=county.acceptor,
            now=now,
        )
    with committed():
        drafting.supervise(
            county.case(world.case),
            by=county.user("supervisor"),
            now=now,
            level=RungLevel.INTERVIEW,
            reason=WORDS,
            reply_by=world.clock.today() + 9 * DAY,
            asked_id=county.ids["leader"],
        )
    with committed():
        orders.issue(
            county.case(world.case),
            by=county.office_head,
            now=now,
            level=RungLevel.AMBER,
            reason=WORDS,
            reply_by=world.clock.today() + 2 * DAY,
        )
    with committed():
        instructions.instruct(
            county.case(world.case),
            by=county.lead,
            now=now,
            reason=TASK,
            task_of_id=county.ids["handler"],
            due_on=world.clock.today() + DAY,
        )


def turn(world: World) -> None:
    """Find out that the case complains of the main leader and of the unit that has it."""
    given = {"accused_name": ["林一鸣", "阳城县民政局"], "accused_position": ["县长", ""], "reason": "核实来信。"}
    acceptor = world.county.browser("acceptor")
    assert take(acceptor, world.case, "raise_level", {"level": "accusation", "reason": "核实。"}).status_code == 303
    address = f"/cases/{world.case}/steps/name_accused"
    page = acceptor.get(address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', page))
    assert acceptor.post(address, data={**hidden, **given}).status_code == 303
    rows = db.session.scalars(select(AccusedParty)).all()
    assert {(row.user_id, row.department_id) for row in rows} >= {
        (world.county.ids["leader"], None),
        (None, world.county.ids["civil"]),
    }


def shut_out(world: World) -> Iterator[str]:
    """Give everybody in the system who may not know of the case."""
    return (who for who in (*CASE_WORK, *KEEPERS) if who not in world.named())


NEAREST = ("unit_head", "leader", "registrar", "admin")


@pytest.mark.parametrize(
    ("before", "shut_out"),
    [
        (("unit_head", "acceptor"), ("unit_head", "leader")),
        pytest.param(
            (*CASE_WORK, *KEEPERS),
            (*(who for who in CASE_WORK if who not in SEALED), *KEEPERS),
            marks=pytest.mark.long,
        ),
    ],
    ids=["those who are nearest to it", "everybody"],
)
def test_no_canary_reaches_whoever_may_not_know(
    world: World, caplog: pytest.LogCaptureFixture, before: Sequence[str], shut_out: Sequence[str]
) -> None:
    """The whole site before and after the case turned; before, the same crawl finds it (negative control)."""
    for who in before:
        assert world.met(who) or who in KEEPERS, f"a vacuous crawl: {who} met nothing while the case was ordinary"
    assert world.dead() == [], "an address that nobody opens hides whatever stands behind it"
    assert [to for to, message, _ in world.mail.sent if world.county.case(world.case).register_no in message.subject]
    assert world.chat.sent
    turn(world)
    world.mail.sent.clear()
    world.chat.sent.clear()
    with caplog.at_level(logging.DEBUG):
        world.run(6)
    assert world.named() == set(SEALED)
    for who in shut_out:
        assert not world.met(who), who
    assert {page for page, _ in world.met("office_head")} >= {"/inbox", "/supervision", "/supervision/orders?which=all"}
    mails = [f"{message.subject} {message.text} {message.link}" for _, message, _ in world.mail.sent]
    assert mails, "the named are told that something waits"
    for canary in world.canaries():
        assert not any(canary in each for each in mails)
        assert canary not in caplog.text
    allowed = {f"{who}@example.gov.cn" for who in world.named()}
    assert {to for to, _, _ in world.mail.sent} <= allowed
    assert not world.chat.sent


def test_no_number_counts_what_is_hidden(world: World) -> None:
    """The case is the only one there is: after it turned, everybody else's numbers are those of an empty county."""
    turn(world)
    world.run(3)
    today = world.clock.today()
    for who in (each for each in shut_out(world) if each in CASE_WORK):
        reader = reader_for(world.county.user(who), today)
        told = digest(SUBJECTS, reader, today=today, days=calendar())
        assert (unread_count(SUBJECTS, reader), told.is_empty, duties(SUBJECTS, reader, today)) == (0, True, ([], 0)), (
            who
        )
        browser = world.county.browser(who)
        assert "还没有消息" in browser.get("/inbox").text, who
        assert 'class="ledger' not in browser.get("/supervision/orders?which=all").text, who
        simulated = browser.get(f"/timer/simulation?on={today + DAY}").text
        assert "共 0 项" in simulated, who
        numbers = re.findall(r'data-label="(?:升级|只记录|补发)">(\d+)<', browser.get("/timer").text)
        assert numbers, who
        assert set(numbers) == {"0"}, who
    reader = reader_for(world.county.office_head, today)
    assert unread_count(SUBJECTS, reader) > 0, "negative control"


def run_three_times(clock: Clock) -> None:
    """Let the timer do its jobs for three minutes."""
    for _ in range(3):
        clock.forward(minutes=1)
        tick(clock.now())
        write_all_digests(clock.now())
        deliver(clock.now(), ways={Way.MAIL: Quiet(), Way.CHAT: Quiet()})


WHOM = {
    "the main leader and the unit": ("林一鸣", "阳城县民政局"),
    "who handles": ("王海燕",),
    "the head of the unit": ("张建军",),
    "the keeper of the system": ("系统管理员",),
}
EVERYBODY = "everybody who could act"


def accused_of(county: County, whom: str) -> list[AccusedEntry]:
    """Return who is complained of."""
    everybody = (county.user(who).name for who in CASE_WORK)
    return [AccusedEntry(name) for name in WHOM.get(whom, everybody)]


@pytest.mark.parametrize(
    ("whom", "who"),
    [
        (EVERYBODY, ("registrar", "unit_head", "admin")),
        *(pytest.param(whom, NEAREST, marks=pytest.mark.long) for whom in (EVERYBODY, *WHOM)),
    ],
)
def test_a_sealed_case_changes_no_page_of_the_others(
    database: TestDatabase, county: County, clock: Clock, whom: str, who: tuple[str, ...]
) -> None:
    """Two worlds live through the same days, one with the case: their pages are the same to the last character.

    Only the tokens of forms and addresses, and the stamps of the calendar, are left out.
    """
    accused = accused_of(county, whom)
    names = {entry.name for entry in accused}
    if who == NEAREST:
        who += tuple(each for each in ("handler", "office_head", "lead") if county.user(each).name in names)
    token = re.compile(r'value="[^"]{40,}"|[\w-]{22,}|\dT[\d:]{8}Z')
    app = county.new_client().application
    pages = [page for page in addresses(app) if page not in SENT_FIRST | DRAWN_ANEW]
    pages += ["/supervision/orders?which=all", "/cases?state=overdue", "/timer?page=2", "/timer?page=3"]
    pages += [f"/timer/simulation?on={clock.today() + 6 * DAY}"]
    entry = Ledger(county).entry(Ledger(county).enter("公开三年收支明细"))
    pages += [f"/villages/ledger/{entry.public_id}", f"/places/{county.village.public_id}"]
    filled = checked(Ledger(county), list_begun(Ledger(county)), opened_round(Ledger(county)))
    made = filled_list(filled)
    pages += [f"/villages/lists/{made.edition.template.public_id}", f"/villages/lists/filled/{made.public_id}"]
    for each in (*who, "acceptor"):
        county.browser(each)
    begin, image, statuses = clock.now(), database.image(), dict[tuple[str, str], int]()

    def read(each: str, page: str) -> str:
        answer = county.browser(each).get(page)
        statuses[each, page] = answer.status_code
        return token.sub("", said(answer))

    def lived(hidden: Sequence[AccusedEntry] | None, *, ordinary: int = 1) -> dict[tuple[str, str], str]:
        db.session.remove()
        database.put_back(image)
        clock.set(begin)
        run_three_times(clock)
        if hidden is not None:
            sealed = {"title": TITLE, "purpose": Purpose.ACCUSATION, "accused": hidden}
            case = county.register("acceptor", received_on=clock.today() - 40 * DAY, **sealed)
        run_three_times(clock)
        for _ in range(ordinary):
            county.register("acceptor", received_on=clock.today() - 10 * DAY)
        for _ in range(2):
            clock.forward(days=1)
            run_three_times(clock)
        if hidden is not None:
            told = select(Notice.id).where(Notice.case_id == county.case(case).id)
            assert db.session.scalars(told).first(), "nothing was raised"
        county.end_sessions()
        everything = ((each, page) for each in who for page in pages)
        asked = everything if ordinary == 1 else [("registrar", "/cases"), ("admin", "/timer")]
        return {key: read(*key) for key in asked}

    without, with_it = lived(None), lived(accused)
    assert [key for key, status in statuses.items() if status == 404] == []
    assert [key for key in without if without[key] != with_it[key]] == []
    two = lived(None, ordinary=2)
    assert [key for key in two if without[key] != two[key]], "negative control: an ordinary one is seen"


def test_an_address_of_the_hidden_case_answers_like_one_that_never_was(world: World) -> None:
    turn(world)
    row = world.county.case(world.case)
    paper = db.session.scalars(select(SupervisionOrder.public_id).where(SupervisionOrder.case_id == row.id)).first()
    mine = dict(
        db.session.execute(
            select(Delivery.user_id, Notice.public_id).join(Delivery.notice).where(Notice.case_id == row.id)
        ).all()
    )
    strip = re.compile(r'value="[^"]{40,}"|\w{22,}')
    for who in ("leader", "unit_head", "handler", "supervisor", "lead"):
        browser = world.county.browser(who)
        notice = mine.get(world.county.ids[who], next(iter(mine.values())))
        for address in (f"/orders/{paper}/print", f"/inbox/{notice}", f"/cases/{world.case}/told"):
            never = re.sub(r"[\w-]{22}", "x" * 22, address)
            found, nothing = browser.get(address), browser.get(never)
            assert (found.status_code, nothing.status_code) == (404, 404), (who, address)
            assert strip.sub("", found.text) == strip.sub("", nothing.text), (who, address)


def test_nobody_acts_on_what_is_not_his(world: World) -> None:
    """Forged choices, replayed forms, other people's rows."""
    county = world.county
    row = county.case(world.case)
    order = db.session.scalars(select(SupervisionOrder).where(SupervisionOrder.case_id == row.id)).first()
    assert order is not None
    order_id = order.id
    other = county.register()
    for each in WORKED[:3]:
        take(county.browser(each.who), other, each.action, each.filled(county, county.case(other)))
    with committed():
        theirs = orders.issue(
            county.case(other),
            by=county.supervisor,
            now=world.clock.now(),
            level=RungLevel.URGE,
            reason="请办理。",
            reply_by=world.clock.today() + 3 * DAY,
        ).id
    address = f"/cases/{other}/steps/answer_order"
    for forged in (order_id, 999999, "x"):
        answer = take(county.browser("handler"), other, "answer_order", {"order": str(forged), "reason": "已办。"})
        assert answer.status_code == 422, forged
    assert county.browser("town_head").get(address).status_code in (403, 404)
    for who, act in (("handler", "withdraw_order"), ("unit_head", "instruct"), ("handler", "supervise")):
        assert county.browser(who).get(f"/cases/{other}/steps/{act}").status_code in (403, 422), (who, act)
    stranger = {"task_of": str(county.ids["town_head"]), "words": "请办。", "due_on": "12月20日"}
    assert take(county.browser("lead"), other, "instruct", stranger).status_code == 422
    answered = take(county.browser("handler"), other, "answer_order", {"order": str(theirs), "reason": "已办。"})
    assert answered.status_code == 303
    db.session.expire_all()
    assert db.session.get_one(SupervisionOrder, order_id).reply is None
    assert db.session.get_one(SupervisionOrder, theirs).reply == "已办。"


def test_a_repeat_that_complains_of_the_unit_is_not_told_to_it(world: World) -> None:
    """The petitioner comes again, now about the unit's head: the first case is theirs, the visit is not."""
    county = world.county
    original = county.case(world.case)
    again = county.register(channel=Channel.VISIT, original_id=original.id, title="又来反映")
    world.run(1)
    came = select(Delivery.user_id).join(Delivery.notice).where(Notice.why.contains(AGAIN))
    knew = {who for who in CASE_WORK if county.ids[who] in set(db.session.scalars(came))}
    assert "unit_head" in knew, "a vacuous check"
    pages = ("/inbox", f"/cases/{world.case}", f"/cases/{world.case}/told")
    for address in pages:
        assert AGAIN in county.browser("unit_head").get(address).text, "a vacuous check"
    with committed():
        whom = {"name": "张建军", "user_id": county.ids["unit_head"], "status": "confirmed"}
        db.session.add(AccusedParty(case_id=county.case(again).id, **whom))
        audit.record(audit.Event.CASE_CORRECTED, by=None, now=world.clock.now())
    for address in (*pages, "/supervision"):
        assert AGAIN not in county.browser("unit_head").get(address).text, address
    assert AGAIN in county.browser("handler").get("/inbox").text, "negative control"


@pytest.mark.parametrize(
    "address",
    [
        *("/inbox/read", "/account/email", "/account/absences", "/account/feed", "/account/feed/end"),
        *(f"/timer/{'x' * 22}/release", "/timer/confirm-clock", "/ladder/adopt", "/ladder/edit", "/holidays/apply"),
        *("/supervision/urge", "/supervision/urge/preview", f"/account/absences/{'x' * 22}/end"),
    ],
)
def test_without_the_token_of_a_form_nothing_is_done(county: County, address: str) -> None:
    for who in ("supervisor", "admin"):
        answer = county.browser(who).post(address, data={"email": "thief@example.com"})
        assert answer.status_code in (400, 403), (who, address)
