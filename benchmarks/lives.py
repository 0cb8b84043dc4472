"""What each act on a matter costs, by its pages, in whichever version of the program stands on the path.

`benchmarks.acts` runs this file beside this version and beside an older one. So it knows of the program nothing but
its addresses, its forms and its tables, and of the tests what every version has: a field that the form of a version has
not is left out, and an act is taken by the first of some people whom the version lets take it.
"""

import argparse
import importlib.util
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import text

from benchmarks.county import PASSWORD, person_name
from benchmarks.letters import letter
from tests.client import Client
from tests.web.browsing import filled, form_of
from tracker import create_app
from tracker.core.database import db

HERE = Path(__file__).resolve().parent.parent
NOW = "2026-11-21T09:00"
LIVES, COUNTED = 12, 4
REGISTRATION = "登记"
SERVED = {
    "document_no": "信受〔2026〕1号",
    "sent_on": "今天",
    "served_on": "今天",
    "method": "in_person",
    "served_to": "本人",
    "proof": "EMS 1",
}
REASON = {"reason": "情况属实，同意。"}
Fields = Callable[[str], dict[str, Any]]


def found(sql: str, **values: Any) -> list[Any]:
    """Ask the database in words that every version understands: the first column of each row."""
    return list(db.session.scalars(text(sql), values))


def key(table: str, column: str, value: str) -> str:
    """Return the key of a row as a form sends it."""
    return str(found(f"SELECT id FROM {table} WHERE {column} = :value", value=value)[0])


def assigned(_public_id: str) -> dict[str, Any]:
    """Return what 交办 is filled in with."""
    people = {"handler": key("app_user", "username", "u5"), "lead_official": key("app_user", "username", "u156")}
    return {"department": key("department", "name", "县第1局"), **people, "due_on": "12月20日"}


def answered(public_id: str) -> dict[str, Any]:
    """Return what 处理意见 is filled in with: an answer to each point."""
    of_case = "SELECT id FROM demand_point WHERE case_id = (SELECT id FROM petition_case WHERE public_id = :case)"
    points = found(of_case, case=public_id)
    answers = {f"answer-{id_}": "已核实。" for id_ in points} | {f"result-{id_}": "explained" for id_ in points}
    return {**answers, "document_no": "信意〔2026〕1号", "signer": "李四", "text": "属实。", "basis": "组织法。"}


# Who takes which act, filling in what.
Act = tuple[str, str, Fields]
LIFE: tuple[Act, ...] = (
    ("triage", "clerk", lambda _case: {"matter_class": "claim", "route": "petition"}),
    ("assign", "clerk", assigned),
    ("sign_for", "u5", lambda _case: {}),
    ("accept", "u5", lambda _case: {name: value for name, value in SERVED.items() if name != "proof"}),
    ("note", "u5", lambda _case: {"reason": "入户走访。"}),
    ("issue_opinion", "u4 u5", answered),
    ("deliver", "u5", lambda _case: {name: value for name, value in SERVED.items() if name != "document_no"}),
    ("confirm_file", "u5", lambda _case: {"note": "齐全"}),
    ("apply_close_out", "u5", lambda _case: REASON),
    ("confirm_close_out", "u4", lambda _case: REASON),
    ("call_back", "clerk", lambda _case: {"called_on": "今天", "satisfaction": "satisfied", **REASON}),
    ("check_close_out", "clerk", lambda _case: REASON),
    ("sign_close_out", "u156", lambda _case: REASON),
)
# Another matter is referred, and pages are looked at before a matter is answered: what they are called, who, where.
REFERRED: tuple[Act, ...] = (
    LIFE[0],
    ("refer", "clerk", lambda _case: {"department": key("department", "name", "县第1局")}),
)
LOOKED_AT_BEFORE = "issue_opinion"
LOOKS = (
    ("desk of the office", "clerk", "/"),
    ("desk of a handler", "u5", "/"),
    ("ledger", "clerk", "/cases"),
    ("case page of the office", "clerk", "/cases/{case}"),
    ("case page of the handler", "u5", "/cases/{case}"),
)


class Office:
    """The people who take the acts, with a watch that notes what each request costs."""

    def __init__(self, url: str, data: Path) -> None:
        self.app = create_app({"TRACKER_ENV": "test", "TRACKER_DATA": data, "DATABASE_URL": url, "TRACKER_NOW": NOW})
        self.clients: dict[str, Client] = {}
        self.spent: dict[str, list[float]] = {}
        self.worked: dict[str, list[tuple[int, int]]] = {}
        self.counting: Any = None

    def client(self, who: str) -> Client:
        """Return somebody's browser, signed in."""
        if who not in self.clients:
            self.clients[who] = Client(self.app)
            assert self.clients[who].sign_in(who, PASSWORD).status_code in (302, 303), who
        return self.clients[who]

    def cost(self, name: str, send: Callable[[], Any], status: int) -> Any:
        """Send a request and note what it took."""
        before, book = time.process_time(), self.counting
        if book is not None:
            book.found.clear()
        answer = send()
        if book is None:
            self.spent.setdefault(name, []).append((time.process_time() - before) * 1000)
        else:
            statements = book.found.values()
            worked = sum(each.total for each in statements), sum(each.sent for each in statements)
            self.worked.setdefault(name, []).append(worked)
        assert answer.status_code == status, (name, answer.status, answer.text[:3000])
        return answer

    def register(self, forms: Iterator[dict[str, Any]]) -> str:
        """Register a letter as the page does; return the public id of the matter."""
        client, form = self.client("clerk"), next(forms)
        earlier = self.cost(
            f"{REGISTRATION} look", lambda: client.post("/cases/new/earlier.json", data=form), 200
        ).get_json()
        form["joins_seen"] = [item["id"] for item in earlier["items"]]
        answer = self.cost(f"{REGISTRATION} save", lambda: client.post("/cases/new", data=form), 303)
        found: str = answer.location.split("/cases/")[1].split("?")[0].split("/")[0]
        return found

    def live(self, public_id: str, acts: tuple[Act, ...] = LIFE) -> None:
        """Take a matter through its life, or some of it."""
        for action, people, fields in acts:
            if action == LOOKED_AT_BEFORE:
                self._look(public_id)
            address = f"/cases/{public_id}/steps/{action}"
            client = self._able(people, address)
            page = self.cost(f"{action} form", lambda: client.get(address), 200)  # noqa: B023
            with self.app.app_context():
                form, given = form_of(page, address), fields(public_id)
                sent = filled(form, {name: value for name, value in given.items() if name in form.names})
            self.cost(f"{action} save", lambda: client.post(address, data=sent), 303)  # noqa: B023

    def _able(self, people: str, address: str) -> Client:
        """Return the browser of the first of some people who may take an act; one alone is not asked."""
        first, *others = map(self.client, people.split())
        return (
            next((each for each in (first, *others) if each.get(address).status_code == 200), first)
            if others
            else first
        )

    def _look(self, public_id: str) -> None:
        for name, who, address in LOOKS:
            client, here = self.client(who), address.format(case=public_id)
            self.cost(name, lambda: client.get(here), 200)  # noqa: B023

    def forms(self) -> Iterator[dict[str, Any]]:
        """Give forms of registration, each with another letter from another village."""
        random, token = Random(7), self.client("clerk").token("/cases/new")
        with self.app.app_context():
            villages = db.session.execute(
                text("SELECT code, short_name FROM place WHERE level = 5 ORDER BY code")
            ).all()
            category = found("SELECT id FROM category WHERE parent_id IS NOT NULL ORDER BY id")[0]
        while True:
            code, village = random.choice(villages)
            title, summary, points = letter(random, village)
            yield {
                **{"csrf_token": token, "channel": "letter", "received_on": "2026-11-21", "people_count": "1"},
                **{"petitioner_name": person_name(random), "village": "", "village_was": "", "village_text": code},
                **{"title": title, "summary": summary, "demand_points": points, "purpose": "settlement", "joins": ""},
                **{"urgency": "normal", "level": "ordinary", "category": str(category)},
                "submission": secrets.token_urlsafe(32),
            }


def measure(url: str, data: Path) -> dict[str, dict[str, float]]:
    """Take the acts on one database; return by act the processor time, the work and the number of statements."""
    office, work = Office(url, data), _counter()
    forms = office.forms()

    def live_once() -> None:
        office.live(office.register(forms))
        office.live(office.register(forms), REFERRED)

    for _ in range(LIVES):
        live_once()
    with office.app.app_context():
        engine = db.engine
    office.counting = work.Book()
    with work.counted(engine, office.counting):
        for _ in range(COUNTED):
            live_once()
    costs = {}
    for name, spent in office.spent.items():
        steps, sent = (median(each) for each in zip(*office.worked[name], strict=True))
        costs[name] = {"cpu": median(spent[2:]), "work": steps, "statements": sent}
    return costs


def _counter() -> Any:
    """Load the counter of this version, also beside another."""
    spec = importlib.util.spec_from_file_location("work", HERE / "tests" / "plans" / "work.py")
    assert spec
    assert spec.loader
    sys.modules["work"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(arguments: list[str]) -> None:
    """Measure one database and print the costs, machine-readable, on the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args(arguments)
    print(json.dumps(measure(given.database, given.data)))


if __name__ == "__main__":
    main(sys.argv[1:])
