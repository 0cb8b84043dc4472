"""Opening every page and taking every act of a register, by the people whose they are."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from html.parser import HTMLParser
from io import BytesIO
from random import Random
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from benchmarks.county import PASSWORD, person_name
from benchmarks.letters import letter
from tests.client import Client
from tests.places.divisions import TOWN, YANGCHENG
from tests.plans.register import Register, tell
from tests.plans.work import Book, Found, counted
from tests.spreadsheets.files import csv_bytes
from tests.spreadsheets.test_mappings import HEAD, message
from tests.web.browsing import filled, form_of
from tests.web.stories import CLOSES_A_UNIT, DELIVERED, STORIES, given_to
from tests.web.test_hand_out import chosen as chosen_together
from tests.web.test_hand_out import order as given_out_together
from tests.web.test_triage import sent as given_out_alone
from tests.working_days.test_notices import notice_of
from tests.world.county import PEOPLE
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake import submissions
from tracker.cases.ledger import FILTERS, SORTS, Filters
from tracker.cases.record.models import CaseRequest, CaseSample, Category
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import db
from tracker.jobs.calendar import go_on
from tracker.jobs.granting import carry_out_grants
from tracker.jobs.scheduler import JOBS
from tracker.people.models import Absence, Department, GrantRequest, Post, User
from tracker.places.models import VILLAGE, Place
from tracker.reminders.ladder.rules.rungs import LADDER
from tracker.reminders.models import TickRun

# Who of the benchmarks' county looks: the office with most of the matters, its supervisor, the first leader, a unit's
# head and handler, a leader.
A_DAY = 86_400
# From today on, the days on which the timer runs.
DAYS = (0, 1, 3)
GIVE_OUT, PASS_ON = "/cases/triage/selection", "/cases/handlers/selection"
BACK = "/supervision/look-backs"
OF_THE_MANY = ("clerk", "commissioner", "principal", "u4", "u5", "u156")


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith("/"):
            self.found.append(address)


class Visitor:
    """Who walks through a register with a book open."""

    def __init__(self, register: Register) -> None:
        self.app, self.county, self.stories = register.app, register.county, register.stories
        self.book = Book()
        self.endpoints: set[tuple[str, str]] = set()
        self.actions: set[str] = set()
        self.browsers: dict[str, Client] = {}

    def visits(self, *walks: Callable[["Visitor"], None]) -> Found:
        """Walk, and return what was found."""
        with self.app.app_context(), counted(db.engine, self.book):
            self.app.after_request_funcs.setdefault(None, []).append(self._noted)
            for walk in walks:
                walk(self)
        return self.book.found

    def _noted(self, answer: Any) -> Any:
        """Note a page or act that was opened or taken, and not only refused."""
        if answer.status_code < 400:
            self.endpoints.add((request.method, request.endpoint or ""))
            if request.method == "POST" and "action" in (request.view_args or {}):
                self.actions.add(str((request.view_args or {})["action"]))
        return answer

    def browser(self, who: str) -> Client:
        """Return the browser of a person, signed in."""
        self.book.who = who
        if who in PEOPLE:
            return self.county.browser(who)
        if who not in self.browsers:
            self.browsers[who] = self.app.test_client()  # type: ignore[assignment]
            assert self.browsers[who].sign_in(who, PASSWORD).status_code == 303
        return self.browsers[who]

    @contextmanager
    def at_work(self, label: str) -> Iterator[None]:
        """Name what runs without a request."""
        self.book.label = label
        yield
        self.book.label = ""
        db.session.remove()

    def kind(self, address: str) -> tuple[str, ...] | None:
        """Return what an address is one of: its view, with the names of its arguments."""
        parts = urlsplit(address)
        try:
            endpoint, _values = self.app.url_map.bind("localhost").match(parts.path)
        except HTTPException:
            return None
        return None if endpoint == "static" else (endpoint, *sorted({name for name, _value in parse_qsl(parts.query)}))


def crawl(visitor: Visitor) -> None:
    """Follow the links of pages from the desk on, as each person; of addresses that differ in keys alone, the first."""
    for who in (*OF_THE_MANY, "auditor", "admin"):
        browser, waiting, seen = visitor.browser(who), ["/"], {visitor.kind("/")}
        while waiting:
            answer = browser.get(waiting.pop(0))
            assert answer.status_code < 500
            for address in Links(answer.text).found if answer.mimetype == "text/html" else ():
                kind = visitor.kind(address)
                if kind is not None and kind not in seen:
                    seen.add(kind)
                    waiting.append(address)


def ledger(visitor: Visitor) -> None:
    """Ask the ledger for every filter there is, in every order, by words that are rare and that are common."""
    for query in (*filters(), *({"sort": sort} for sort in SORTS), {"page": "2"}, {"page": "10"}):
        for who in ("clerk", "commissioner", "u5"):
            answer = visitor.browser(who).get(f"/cases?{urlencode(query)}")
            assert answer.status_code == 200, query
    for words in ("138 0000 1234", "道路 140522198001011238"):
        for who in ("clerk", "commissioner", "u5"):
            browser = visitor.browser(who)
            led = browser.post("/cases/find", data={"csrf_token": browser.token("/cases"), "words": words})
            assert browser.get(led.location).status_code == 200, words


def filters() -> Iterator[dict[str, str]]:
    """Give one address for each filter; where it has a list of values, for each."""
    rows: dict[str, Any] = {
        "category": db.session.scalar(select(Category.id).where(Category.parent_id.is_not(None))),
        "place": db.session.scalar(select(Place.public_id).where(Place.level == VILLAGE)),
        "department": db.session.scalar(select(Department.public_id).where(Department.name == "县第1局")),
        "handler": db.session.scalar(select(User.public_id).where(User.username == "u5")),
        "lead_official": db.session.scalar(select(User.public_id).where(User.username == "u156")),
        "office": db.session.scalar(select(Department.public_id).where(Department.kind == "petition_office")),
        "counted": "answered.others.20260101.20261121",
    }
    days = {"due_within": "3", "received_from": "2026-11-01", "received_to": "2020-03-01"}
    for name, hint in get_type_hints(Filters).items():
        kind = next((each for each in get_args(hint) if each is not type(None)), hint)
        if name not in FILTERS:
            continue
        if name == "words":
            yield from ({name: words} for words in ("反映", "拆迁", "选民登记", "上庄村换", "王"))
        elif isinstance(kind, type) and issubclass(kind, StrEnum):
            yield from ({name: value.value} for value in kind)
        else:
            yield {name: str(rows.get(name) or days.get(name) or "1")}
    yield {"state": "open", "channel": "visit"}
    yield {"state": "overdue", "department": rows["department"]}
    yield {"mine": "registered", "state": "open"}


def take_every_step(visitor: Visitor) -> None:
    """Take every act of the lifecycle, as the stories tell them."""
    for name, story in STORIES.items():
        if name != CLOSES_A_UNIT:
            tell(visitor.county, visitor.browser, story)


def close_a_unit(visitor: Visitor) -> None:
    """Take the acts that follow the end of a unit: nothing can be given to it any more."""
    tell(visitor.county, visitor.browser, STORIES[CLOSES_A_UNIT])


def keep_time(visitor: Visitor, *, on: tuple[int, ...] = DAYS) -> None:
    """Let the timer do each of its jobs, today and on days after."""
    for days in on:
        at = clock.now() + timedelta(days=days)
        for job in JOBS:
            with visitor.at_work(f"timer {job.name} +{days}"):
                done = job.work(at) if job.seconds < A_DAY else job.work()  # type: ignore[call-arg]
                assert not getattr(done, "refused", False), done


def post(browser: Client, page: str, address: str = "", **fields: Any) -> TestResponse:
    """Open a page, fill in its form for an address and send it; what is refused fails the test."""
    shown = browser.get(page)
    form = form_of(shown, address or (page if f'action="{page}"' in shown.text else ""))
    answer = browser.post(address or page, data=filled(form, fields), content_type="multipart/form-data")
    assert answer.status_code in (200, 303), (page, address, answer.status, answer.text)
    return answer


def register_letters(visitor: Visitor) -> None:
    """Register letters as the page does, after a look at what is like them; keep one as a draft."""
    browser, forms = visitor.browser("clerk"), letters_in(visitor)
    for _ in range(4):
        form = next(forms)
        shown = browser.post("/cases/new/earlier.json", data=form).get_json()["items"]
        answer = browser.post("/cases/new", data={**form, "joins_seen": [item["id"] for item in shown]})
        assert answer.status_code == 303, answer.text
    assert browser.post("/drafts", data={**next(forms), "draft-address": "/cases/new"}).status_code < 300


def letters_in(visitor: Visitor) -> Iterator[dict[str, Any]]:
    """Give forms of registration, each with another letter from another village."""
    token, random = visitor.browser("clerk").token("/cases/new"), Random(7)
    villages = db.session.execute(select(Place.code, Place.short_name).where(Place.level == VILLAGE)).all()
    category = db.session.scalar(select(Category.id).where(Category.parent_id.is_not(None)))
    while True:
        code, village = random.choice(villages)
        title, text, points = letter(random, village)
        yield {
            **{"csrf_token": token, "channel": "letter", "received_on": "今天", "people_count": "1"},
            **{"petitioner_name": person_name(random), "village": "", "village_was": "", "village_text": code},
            **{"title": title, "summary": text, "demand_points": points, "purpose": "settlement", "joins": ""},
            **{"urgency": "normal", "level": "ordinary", "category": str(category)},
            "submission": submissions.new_token(),
        }


def keep_people(visitor: Visitor) -> None:
    """Take every act on people, units and one's own account."""
    keeper, password = visitor.browser("admin"), "柳树下 2026 年的约定"
    user_id, public_id = db.session.execute(select(User.id, User.public_id).where(User.username == "u157")).one()
    person, unit = f"/people/{public_id}", db.session.scalars(select(Department.public_id)).all()[-1]
    post(keeper, "/people/new", username="newcomer", name="王建国", password=password)
    post(keeper, f"{person}/edit", phone="4222000")
    post(keeper, f"{person}/disable", reason="调离。")
    asked = select(GrantRequest.public_id).order_by(GrantRequest.id.desc())
    post(keeper, person, f"{person}/enable")
    post(visitor.browser("security"), f"/grants/{db.session.scalar(asked)}/approve", note="当面核对。")
    with visitor.at_work("timer 权限生效"):
        carry_out_grants(clock.now() + timedelta(days=DAYS[-1]))
    post(keeper, f"{person}/password", reason="忘记。")
    post(visitor.browser("security"), f"/grants/{db.session.scalar(asked)}/approve", note="当面核对。")
    post(keeper, f"/grants/{db.session.scalar(asked)}/end", note="本人想起来了。")
    post(keeper, f"{person}/posts/new", department=unit, role="handler", title="干事", started_on="今天")
    ended = db.session.scalar(select(Post.public_id).where(Post.user_id == user_id).order_by(Post.id.desc()))
    post(keeper, f"/people/posts/{ended}/end", leaves_on="今天", reason="调离。")
    post(keeper, "/departments/new", name="县物价局", kind="bureau", parent=unit, valid_from="2020-01-01")
    made = db.session.scalar(select(Department.public_id).where(Department.name == "县物价局"))
    post(keeper, f"/departments/{made}/edit", short_name="物价局")
    post(keeper, f"/departments/{made}/close", closes_on="今天", reason="撤并。")
    mine = visitor.browser("clerk")
    clerk = db.session.scalar(select(User.public_id).where(User.username == "clerk"))
    post(keeper, f"/people/{clerk}/password", reason="忘记。")
    post(mine, f"/grants/{db.session.scalar(asked)}/object", note="不是我要求的。")
    post(mine, "/account", "/account/email", email="clerk@example.org")
    post(mine, "/account", "/account/absences", started_on="今天", ended_on="明天")
    away = db.session.scalar(select(Absence.public_id).order_by(Absence.id.desc()))
    post(mine, "/account", f"/account/absences/{away}/end")
    mine.submit("/account/sessions/end", page="/account")
    found = re.search(r"/calendar/[\w-]+\.ics", post(mine, "/account/feed").text)
    assert found
    assert mine.get(found[0]).status_code == 200
    post(mine, "/account/feed", "/account/feed/end")
    mine.submit("/inbox/read", page="/account")


def keep_lists(visitor: Visitor) -> None:
    """Take every act on categories, places, the calendar and the ladder."""
    keeper = visitor.browser("admin")
    post(keeper, "/categories", name="养老服务", valid_from="今天")
    category = db.session.scalar(select(Category.public_id).order_by(Category.id.desc()))
    post(keeper, f"/categories/{category}/rename", name="养老", valid_from="明天")
    db.session.rollback()
    category = db.session.scalar(select(Category.public_id).order_by(Category.id.desc()))
    post(keeper, f"/categories/{category}/end", last_on="2026-12-30")
    villages = db.session.scalars(select(Place).where(Place.level == VILLAGE).order_by(Place.id.desc())).all()
    one, other = f"/places/{villages[3].public_id}", villages[4]
    post(keeper, f"{one}/rename", name="新名村村委会", on="今天", reason="批复。")
    post(keeper, f"{one}/recode", code=f"{villages[3].code[:9]}399", on="今天", reason="正式代码。")
    chosen = {"into": other.public_id, "into_text": other.name, "into_was": other.name}
    post(keeper, f"{one}/merge", **chosen, on="今天", reason="合并。")
    post(keeper, f"{one}/undo-merge", reason="登记有误。")
    town = db.session.scalar(select(Place.public_id).where(Place.level == VILLAGE - 1))
    post(keeper, f"/places/{town}/add", name="新庄村委会", code="", on="今天", reason="新设。")


def keep_cases(visitor: Visitor) -> None:
    """Open identities, decide whom a name means, send orders to many, verify the log, draw matters to look back at."""
    county, case = visitor.county, visitor.stories["referred and withdrawn"]
    browser = visitor.browser("acceptor")
    post(browser, f"/cases/{case}", f"/cases/{case}/identity", purpose="电话核实诉求")
    named = county.register("acceptor", accused=[AccusedEntry("温凯", "镇长")])
    address = f"/cases/{named}/accused"
    head = visitor.browser("office_head")
    decided = {**form_of(head.get(address), address).fields.to_dict(), "decision": "clear", "reason": "系同名。"}
    assert head.post(address, data=decided).status_code == 303
    running = [visitor.stories["urged, supervised, instructed"]]
    form = form_of(visitor.browser("acceptor").get("/cases"), "/supervision/urge/preview")
    fields = MultiDict(form.fields)
    fields.setlist("case", running)
    preview = visitor.browser("acceptor").post("/supervision/urge/preview", data=fields)
    assert preview.status_code == 200, preview.text
    fields = MultiDict(form_of(preview, "/supervision/urge").fields)
    fields["reason"], fields["reply_by"] = "限期答复。", "12月1日"
    assert visitor.browser("acceptor").post("/supervision/urge", data=fields).status_code in (200, 303)
    visitor.browser("auditor").submit("/log/verify", page="/log")
    days = {"closed_from": "20260101", "closed_to": "今天", "due_on": "20261220"}
    post(visitor.browser("office_head"), f"{BACK}/sample", size="1", said="年底抽查。", **days)
    visitor.browser("office_head").get(f"{BACK}/samples/{db.session.scalar(select(CaseSample.public_id))}")


def give_out(visitor: Visitor) -> None:
    """Classify and give out one matter beside its letter and two together; urge somebody for a third."""
    county = visitor.county
    visitor.browser("acceptor")
    assert given_out_alone(county, county.register("acceptor")).status_code == 303
    preview = chosen_together(county, [county.register("acceptor") for _ in range(2)])
    fields = given_out_together(county, preview)
    assert visitor.browser("acceptor").post(GIVE_OUT, data=fields).status_code == 303
    assert visitor.browser("acceptor").get("/supervision/urge").status_code < 400


def pass_on(visitor: Visitor) -> None:
    """Give what somebody had who left to another handler of the unit, several matters together."""
    county, case = visitor.county, visitor.county.register("acceptor")
    visitor.browser("acceptor")
    to = given_to("civil", "colleague", "lead")(county, county.case(case))
    assert given_out_alone(county, case, **to).status_code == 303
    post(visitor.browser("admin"), f"/people/{county.colleague.public_id}/disable", reason="调离。")
    head = visitor.browser("unit_head")
    form = form_of(head.get("/cases?state=handler_gone&mine=unit"), f"{PASS_ON}/preview")
    preview = head.post(f"{PASS_ON}/preview", data=filled(form, {"case": [case]}))
    given = filled(form_of(preview, PASS_ON), {"handler": str(county.ids["handler"]), "reason": "前任调离。"})
    assert head.post(PASS_ON, data=given).status_code == 303


def ask_about(visitor: Visitor) -> None:
    """Ask to read one matter in an emergency, that the level of another be lowered, and by its query code."""
    county, head = visitor.county, visitor.browser("office_head")
    asked = select(CaseRequest.public_id).order_by(CaseRequest.id.desc())
    number = county.case(county.register("acceptor")).register_no
    post(visitor.browser("stranger"), "/requests", kind="emergency", number=number, reason="承办人联系不上。")
    post(head, f"/requests/{db.session.scalar(asked)}/approve", note="电话核对过。")
    sensitive = county.register("acceptor", level=Confidentiality.SENSITIVE)
    post(visitor.browser("acceptor"), f"/cases/{sensitive}/lower", reason="纠纷已经化解。")
    post(head, f"/requests/{db.session.scalar(asked)}/approve", note="当面核对过。")
    slip = post(visitor.browser("acceptor"), f"/cases/{sensitive}/query-code").text
    code = re.findall(r"(?:\d{5} ){4}\d{5}", slip)[0]
    post(visitor.browser("acceptor"), "/enquiry", number=county.case(sensitive).register_no, code=code)


def keep_rules(visitor: Visitor) -> None:
    """Change the calendar and the ladder; confirm the clock, release what is held."""
    keeper = visitor.browser("admin")
    notice = "date,kind,name\n" + "".join(f"{day.date},off,{day.name}\n" for day in notice_of(2027))
    sent = {"year": "2027", "status": "official", "source": "国办发明电〔2026〕1号"}
    files = {"files": (BytesIO(notice.encode()), "2027.csv")}
    applied(visitor, keeper.submit("/holidays", {**sent, **files}, content_type="multipart/form-data"))
    day = {"of_year": "2027", "day": "2027-01-20", "kind": "off", "name": "春节", "day_source": "更正通知"}
    shown = keeper.submit("/holidays/days", day, page="/holidays")
    keeper.submit("/holidays/preview", {"change": hidden(shown, "change")}, page="/holidays")
    applied(visitor, shown)
    number = [rung.code for rung in LADDER].index("work-urge")
    form = filled(form_of(keeper.get("/ladder/edit"), "/ladder/edit"), {f"number-{number}": "2"})
    preview = keeper.post("/ladder/edit", data=form)
    adopted = filled(form_of(preview, "/ladder/adopt"), {"reason": "本县做法。"})
    assert keeper.post("/ladder/adopt", data=adopted).status_code in (303, 422)
    run = db.session.scalar(select(TickRun.public_id).order_by(TickRun.id.desc()).limit(1))
    keeper.submit(f"/timer/{run}/release", page="/account")
    keeper.submit("/timer/confirm-clock", page="/account")


def applied(visitor: Visitor, shown: TestResponse) -> None:
    """Put a previewed change of the calendar into force; what the page has no time for the timer does."""
    answer = visitor.browser("admin").post("/holidays/apply", data=form_of(shown, "/holidays/apply").fields)
    assert answer.status_code == 303, answer.text
    with visitor.at_work("timer 日历变更"):
        assert go_on()


def import_files(visitor: Visitor) -> None:
    """Import matters of the past and an edition of places; undo the first."""
    browser = visitor.browser("acceptor")
    table = csv_bytes([HEAD, [str(cell) for cell in message()]], "gb18030")
    form = {"mapping": "liuyan", "file": (BytesIO(table), "留言.csv")}
    trial = browser.submit("/imports", form, content_type="multipart/form-data")
    done = browser.submit("/imports/apply", {"upload": hidden(trial, "upload")}, page="/imports")
    assert done.status_code == 303, done.text
    browser.submit(f"{done.location}/undo", {"reason": "选错了表"}, page=done.location)
    keeper = visitor.browser("admin")
    rows = [f"{row.code},{row.name},{row.level},{row.parent_code or ''}" for row in YANGCHENG]
    places = "\n".join(("code,name,level,parent_code", *rows, f"{TOWN[:9]}235,幸福村委会,5,{TOWN}"))
    form = {"as_of": "今天", "source": "2024 年版", "file": (BytesIO(places.encode()), "区划.csv")}
    edition = keeper.submit("/places/import", form, content_type="multipart/form-data")
    keeper.submit("/places/import/apply", {"edition": hidden(edition, "edition")}, page="/places/import")


def hidden(page: TestResponse, name: str) -> str:
    """Return a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def keep_a_day(visitor: Visitor) -> None:
    """Let the timer do each of its jobs tomorrow."""
    keep_time(visitor, on=(1,))


def look(visitor: Visitor) -> None:
    """Open what everybody opens every day: the desk, the ledger, the inbox, a case, a form."""
    case = next(iter(visitor.stories.values()))
    pages = ("/", "/cases", "/cases?state=open&mine=registered", "/inbox", f"/cases/{case}", "/cases/new")
    for who in ("acceptor", "handler", "clerk"):
        for address in pages:
            assert visitor.browser(who).get(address).status_code in (200, 403, 404), (who, address)


def take_some_steps(visitor: Visitor) -> None:
    """Take the acts that are taken on nearly every matter."""
    tell(visitor.county, visitor.browser, DELIVERED)
