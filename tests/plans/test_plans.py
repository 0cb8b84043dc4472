"""No statement is left to chance: each begins at its key, however large the register has become.

Every page is opened and every act taken on the same register in two sizes, the work of every statement counted. What
grows with the register fails by name, unless a row of ALLOWED says why it may, and in step with what.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from tests.databases import writing
from tests.plans import control, reports, suggestions, upward, villages, visits
from tests.plans.register import Databases, Files, Register, registers
from tests.plans.visits import Visitor
from tests.plans.work import Found
from tests.web.stories import CLOSED, CLOSES_A_UNIT, DELIVERED, STORIES
from tracker.cases.page.pickers import MOST_COUNTED
from tracker.cases.record.search import AFFORDABLE
from tracker.core.database import db
from tracker.web.case.action_forms import ACTION_FORMS

CASES, SIZES = 200, (4, 95)
SMALL_CASES, SMALL_SIZES = 60, (2, 24)
PAGES = (visits.crawl, visits.ledger)
ACTS = (
    *(visits.register_letters, visits.take_every_step, visits.keep_time, visits.keep_cases, visits.import_files),
    *(visits.give_out, visits.ask_about),
    *(visits.keep_people, visits.keep_lists, visits.keep_rules),
    villages.keep_villages,
    *(control.keep_control_tables, control.keep_duties),
    *(suggestions.keep_suggestions, suggestions.look_at_common_problems),
    reports.keep_reports,
    upward.keep_upward,
    *(visits.pass_on, visits.close_a_unit),
)
QUICK = (visits.look, visits.register_letters, visits.take_some_steps, visits.keep_a_day)

# A statement may do half as much work again on the larger register, and a little more than that: trees are deeper.
GROWTH, MARGIN = 1.5, {"sqlite": 3000, "postgresql": 300}
# What one row costs where many may be read: the row, its look-ups, its place in a sum.
A_ROW = {"sqlite": 150, "postgresql": 16}
# Addresses that no person opens, or that only answer a file of the program.
NOT_VISITED = {
    "static": "files of the program",
    **dict.fromkeys(
        (
            *("account.password", "account.forget_device", "drafts.discard"),
            *("sign_in.sign_out", "sign_in.code", "sign_in.present", "second_factor.enable", "proof.ask"),
        ),
        "one's own row, by its key",
    ),
    **dict.fromkeys(
        ("common_problems.one", "common_problems.on_problem", "common_problems.feed_back"),
        "one row and what hangs on it, by the key in its address",
    ),
    "people.reset_factor": "asks as people.reset_password does",
    "grants.hand_out": "one request, by the key in its address",
    "requests.end": "decides as requests.approve does",
    **dict.fromkeys(("inbox.open_one", "materials.download", "steps.dates"), "one row, by the key in its address"),
    "holidays.resume": "sends what holidays.apply sends",
    "imports.settle": "answers for the matters of one import, by their keys",
    "departments.call_off": "one unit, by the key in its address",
    **dict.fromkeys(
        ("law.new_edition", "law.new_article", "law.set_own", "local_grounds.edit"), "texts and numbers of law are few"
    ),
    "village_imports.refused": "gives back a file that was sent",
    **dict.fromkeys(("imports.refused", "villages.search", "ladder.restore"), "files, places and ladders are few"),
    **dict.fromkeys(
        ("unsent.page", "unsent.confirm", "unsent.resend", "unsent.resend_all", "unsent.try_again"),
        "what could not be sent is few, and nothing fails in the register of these tests",
    ),
}


@dataclass(frozen=True)
class Allowance:
    """Statements that may read as many rows as there are of something, and why."""

    where: str
    of: str
    why: str
    what: str = ""
    times: int = 1

    def holds(self, here: str, statement: str) -> bool:
        """Say whether a statement of a page is meant."""
        return bool(re.match(self.where, here)) and self.what in statement


COUNTS = {
    "in hand": "SELECT count(*) FROM petition_case WHERE ledger_status <> 'closed_out' AND import_run_id IS NULL",
    "cases": "SELECT count(*) FROM petition_case",
    "clocks": "SELECT count(*) FROM deadline WHERE ended_on IS NULL",
    "messages": "SELECT max(n) FROM (SELECT count(*) AS n FROM delivery GROUP BY user_id, channel) AS each_one",
    "orders": "SELECT count(*) FROM supervision_order",
    "events": "SELECT count(*) FROM audit_event",
    "raised": "SELECT count(*) FROM escalation",
    "waiting": "SELECT count(*) FROM notice WHERE addressed_at IS NULL",
    "sessions": "SELECT max(n) FROM (SELECT count(*) AS n FROM user_session GROUP BY user_id) AS each_one",
    "attachments": "SELECT count(*) FROM attachment",
    "accused": "SELECT count(*) FROM accused_party",
    "few pages": "SELECT 30",
    "a hundred": "SELECT 100",
    "counted": f"SELECT {MOST_COUNTED}",
    "alike": f"SELECT {AFFORDABLE}",
    "rows": "SELECT 20 * count(*) FROM petition_case",
}
ALLOWED = (
    Allowance(r"GET (desk|supervision)\.", "in hand", "each number of the desk counts what is in hand", times=4),
    Allowance(r"GET calendar_feed\.", "clocks", "the nearest of one's duties are sought among the clocks that run"),
    Allowance(r"GET inbox\.today|timer 每日提醒", "in hand", "a digest tells of what is in hand"),
    Allowance(r"GET timer\.simulation", "clocks", "the simulation asks what of everything that runs would be raised"),
    Allowance(
        r"(GET|POST) (steps|triage|hand_out)\.",
        *("counted", "units are shown with what lies with them", "FROM assignment JOIN"),
    ),
    Allowance(
        r"GET triage\.begin", "cases", "the first of a list is sought as the ledger walks it", "FROM petition_case"
    ),
    Allowance(r"(GET|POST) triage\.(page|take)", "cases", "a matter is shown at its place in its list", "WITH listed"),
    Allowance(r"GET timer\.|timer 发送通知", "waiting", "what waits to be told is counted and told", times=4),
    Allowance(r"POST timer\.", "raised", "what was held is released; what a wrong clock raised is withdrawn", times=4),
    Allowance(r"GET ledger\.page", "cases", "a list that few matters meet is walked to its end, and counted to 10 001"),
    Allowance(r"(GET|POST) case_look_backs\.", "cases", "a sample goes through what was struck off, a page counts it"),
    Allowance(r"GET statistics\.", "cases", "figures count every open matter, each a few times", times=8),
    Allowance(
        r"(GET|POST) reports\.(one|number|issue)", "cases", "a report counts every open matter as figures do", times=8
    ),
    Allowance(
        r"(GET|POST) common_problems\.",
        "cases",
        "what is alike is counted among all open matters, as figures do",
        times=8,
    ),
    Allowance(r"GET exports\.ledger", "cases", "an export reads what it writes"),
    Allowance(r"GET leaders\.", "in hand", "a leader's page shows all that he leads of what is in hand"),
    Allowance(r"GET (villages\.|key_villages\.entry)", "cases", "a village is shown with all its matters"),
    Allowance(
        r"POST (people\.(disable|end_post)|departments\.close)",
        *("in hand", "what is left without anybody is sought in all that is in hand"),
        times=2,
    ),
    Allowance(
        r"POST (people|departments)\.(new|edit)",
        *("accused", "whom a new name may mean is asked of all that was ever named", "FROM accused_party JOIN"),
    ),
    Allowance(r".*", "sessions", "the sessions of a person end together", "UPDATE user_session"),
    Allowance(r"timer 清理上传", "attachments", "a file is taken away that no row names", "FROM attachment"),
    Allowance(r"timer 大量查阅告警", "events", "what was read in a day is counted for each person"),
    Allowance(r"timer 日志核对", "rows", "the check of the night reads what came since, and every number"),
    Allowance(r".*", "few pages", "PostgreSQL reads a small table as a whole", "FROM transferred_number"),
    Allowance(r".*", "messages", "one's unread messages are counted on every page", "count(delivery.id)"),
    Allowance(r"(GET|POST) inbox\.", "messages", "one's messages are counted by what they wait for", times=8),
    Allowance(r"POST registration\.", "alike", "so many of those with rare words in common are ranked", "case_search"),
    Allowance(r"timer 定时检查", "in hand", "the timer looks at what is due, and at what lies still"),
    Allowance(r"GET supervision\.", "messages", "what a leader was told and has not answered"),
    Allowance(r"GET supervision\.", "orders", "the orders that wait, and all there were"),
    Allowance(r"GET log\.page.* kind", "events", "the log is searched for a kind of event"),
    Allowance(r"POST log\.verify", "rows", "the whole record is checked"),
    Allowance(r"POST ladder\.change", "clocks", "the preview goes through what ran last month", times=2),
    Allowance(r"POST holidays\.", "clocks", "another calendar counts every running clock again"),
    Allowance(r".*", "a hundred", "the search index merges its parts now and then", "UPDATE audit_head"),
    Allowance(r"POST steps\.take", "a hundred", "or as the act is committed", "DELETE FROM draft", times=3),
    Allowance(r".*", "rows", "statistics are samples of every index", "ANALYZE"),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both_sizes(request: pytest.FixtureRequest) -> Iterator[tuple[Register, Register]]:
    """Give the register in two sizes, on either database."""
    if request.config.option.database not in ("both", request.param):
        pytest.skip("another database was asked for")
    sqlite = request.param == "sqlite"
    store = Files() if sqlite else Databases(request.getfixturevalue("postgres_server"))
    stories = {name: story for name, story in STORIES.items() if name != CLOSES_A_UNIT}
    with registers(store, CASES, SIZES, stories | {"closed": [*DELIVERED, *CLOSED]}) as found:
        yield found


@pytest.mark.long
def test_every_statement_of_every_page_and_act_begins_at_its_key(both_sizes: tuple[Register, Register]) -> None:
    small, large = (Visitor(register) for register in both_sizes)
    before, after = (visitor.visits(*PAGES, *ACTS) for visitor in (small, large))
    refuse(unvisited(large.app, large))
    refuse(grown(large.app, before, after))


@pytest.fixture(scope="module")
def everyday() -> Iterator[tuple[Register, Register]]:
    """Give a register that is quickly made, in two sizes."""
    with registers(Files(), SMALL_CASES, SMALL_SIZES, {"a case": DELIVERED}) as found:
        yield found


@pytest.mark.sqlite
def test_the_statements_of_everyday_begin_at_their_keys(everyday: tuple[Register, Register]) -> None:
    small, large = (Visitor(register) for register in everyday)
    before, after = (visitor.visits(*QUICK) for visitor in (small, large))
    refuse(grown(large.app, before, after))


@pytest.mark.sqlite
def test_a_statement_that_finds_no_key_is_named(everyday: tuple[Register, Register]) -> None:
    for register in everyday:
        with register.app.app_context():
            writing().execute(text("DROP INDEX ix_deadline_case_id_ended_on"))
            db.session.commit()
    small, large = (Visitor(register) for register in everyday)
    before, after = (visitor.visits(visits.take_some_steps) for visitor in (small, large))
    named = list(grown(large.app, before, after))
    assert any(said.startswith("POST steps.take accept") and "FROM deadline" in said for said in named), named


def refuse(wrong: Iterator[str]) -> None:
    """Fail with all that is wrong, by name."""
    if said := list(wrong):
        pytest.fail("\n".join((f"{len(said)} in all:", *said)), pytrace=False)


def unvisited(app: Flask, visitor: Visitor) -> Iterator[str]:
    """Give the pages and acts of the program that were not visited."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint not in NOT_VISITED and (method, rule.endpoint) not in visitor.endpoints:
                yield f"{method} {rule.endpoint} was not visited"
    yield from (f"the step {action} was not taken" for action in set(ACTION_FORMS) - visitor.actions)


def grown(app: Flask, before: Found, after: Found) -> Iterator[str]:
    """Give the statements that do more work on the larger register, with what they did and how they were planned."""
    with app.app_context():
        rows = {name: db.session.scalar(text(counting)) or 0 for name, counting in COUNTS.items()}
        engine = db.engine.dialect.name
        db.session.remove()
    for (here, statement), found in after.items():
        most = before[here, statement].most if (here, statement) in before else 0
        limit = max(GROWTH * most + MARGIN[engine], *allowed(here, statement, rows, A_ROW[engine]))
        if found.most > limit:
            yield f"{here}: work {most} → {found.most} (at most {limit:.0f})\n  {statement}\n  PLAN {found.plan}"


def allowed(here: str, statement: str, rows: dict[str, int], a_row: int) -> Iterator[int]:
    """Give how much work the allowances grant a statement; 0 in any case."""
    yield 0
    yield from (a_row * each.times * rows[each.of] for each in ALLOWED if each.holds(here, statement))
