"""Taking a path of the imagined lifecycle through the real services, and saying where the two disagree."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.lifecycle import cast
from tests.lifecycle.effects import CLASSES, LEFT_OUT
from tests.lifecycle.explore import Edge, Lifecycle
from tests.lifecycle.state import Imagined, State
from tests.web.arranging import arrange
from tests.web.stories import STORIES, Act, Fields, latest_paper, the_other_than
from tests.world.county import County
from tracker.cases.access.rules import may_see
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.moment import Moment
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.lifecycle.rules.facts import Facts
from tracker.cases.lifecycle.rules.positions import stations
from tracker.cases.lifecycle.rules.step_rows import Prominence
from tracker.cases.lifecycle.stepping import lawful_rows
from tracker.cases.record.models import Case
from tracker.cases.record.rules.answering import ANSWER_PAPERS
from tracker.cases.record.rules.codes import Channel, Urgency
from tracker.cases.record.rules.service import PaperState, state_of
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.dates import long_date, month_day
from tracker.core.errors import Forbidden
from tracker.deadlines.limits import LimitKind
from tracker.deadlines.models import Deadline
from tracker.deadlines.own_limits import set_own
from tracker.people.models import Department
from tracker.people.queries import reader_for

A = Action
NAMED_ABOVE = date(2027, 1, 10)
# Facts of who acts are held by what they may do; who is imagined as the leader of the merged case has no rows here.
NAMES = [name for name, value in vars(Facts).items() if isinstance(value, property)]
PERSONAL = {"i_applied", "i_decided", "is_mine", "awaits_my_reading", "is_last_merged"}
# What a form says where nothing is chosen: as the stories fill it in.
FILLED: dict[A, Act] = {each.action: each for story in reversed(STORIES.values()) for each in reversed(story)}


def register(county: County, state: State) -> str:
    """Register the matter with which a path begins; another one is in hand beside it."""
    county.register(title="另一件在办的来信")
    if state.checked:
        with committed():
            told = {
                "since": clock.today(),
                "reason": "县信访局工作规定",
                "by": county.user("admin"),
                "now": clock.now(),
            }
            set_own(LimitKind.CHECK_UP, 30, **told)
    given: dict[str, Any] = {"election_type": "committee"} if state.election else {}
    if state.superior:
        given |= {"channel": Channel.SUPERIOR, "superior_office": "市信访局", "superior_due_on": NAMED_ABOVE}
    if state.urgent:
        given |= {"urgency": Urgency.URGENT}
    if state.visit:
        given |= {"channel": Channel.VISIT}
    if state.anonymous:
        given |= {"anonymous": True, "petitioners": []}
    if state.accused:
        person = db.session.get_one(Department, county.ids[cast.ACCUSED_UNIT])
        given |= {"accused": [AccusedEntry(county.user(cast.ACCUSED_PERSON).name), AccusedEntry(person.name)]}
    return county.register(**given)


def drive(county: County, public_id: str, edge: Edge, able: Sequence[str] = ()) -> None:
    """Take one step through its checked form; a paper is answered by whom it was sent to, out of those who are able."""
    assert edge.row is not None
    action, story = edge.row.action, FILLED[edge.row.action]

    def fields(county_: County, case: Case) -> Fields:
        filled = story.fields(county_, case) if callable(story.fields) else story.fields
        chosen = CHOICES[action](county_, case, edge) if action in CHOICES else {}
        left = NO_FILES | (set(UNTOLD) if case.anonymous else set())
        kept = {
            name: value
            for name, value in filled.items()
            if (name not in left or action in NEEDS_PROOF) and not (chosen and name.startswith("result-"))
        }
        return kept | (UNTOLD if case.anonymous and "sent_on" in filled and action not in NEEDS_PROOF else {}) | chosen

    for who in able if edge.row.prominence is Prominence.PAPER and able else [edge.who]:
        try:
            arrange(county, public_id, [Act(who, action, fields)])
        except Forbidden:
            continue
        return
    raise AssertionError(f"nobody whom the paper was sent to can take {action}")


NO_FILES = frozenset({"files"})
# Who is not known is told nothing.
UNTOLD: Fields = {"sent_on": "", "method": "", "served_to": "", "untold": "匿名"}
POSTED: Fields = {"sent_on": "今天", "method": "post", "proof": "EMS 1", "served_to": "", "untold": ""}
HANDED: Fields = {"sent_on": "今天", "method": "in_person", "served_to": "延秀兰", "proof": "", "untold": ""}
NEEDS_PROOF = frozenset({A.WITHDRAW, A.DELIVER})


def _class(county: County, _case: Case, edge: Edge) -> Fields:
    way, _, lead = edge.choice.partition(", ")
    matter_class, route = CLASSES[way]
    led = {"lead_official": str(county.ids[lead]) if lead else ""} if edge.row and edge.row.action is A.TRIAGE else {}
    return {"matter_class": matter_class.value, "route": route.value if route else "", "reason": "按来信内容。"} | led


def _given(county: County, _case: Case, edge: Edge) -> Fields:
    after = edge.after
    named = {"handler": after.handler, "lead_official": after.lead}
    people = {name: str(county.ids[key]) if key else "" for name, key in named.items()}
    return people | {"department": str(county.ids[after.unit or ""])}


def _handler(county: County, _case: Case, edge: Edge) -> Fields:
    return {"handler": str(county.ids[edge.after.handler or ""])} if edge.choice else {}


def _lead(county: County, _case: Case, edge: Edge) -> Fields:
    return {"lead_official": str(county.ids[edge.choice])}


def _results(_county: County, case: Case, edge: Edge) -> Fields:
    chosen = "supported" if edge.choice == "posted" else edge.choice
    results = {f"result-{point.id}": chosen for point in case.demand_points}
    return results | _posted(_county, case, edge) | {"same_because": "有新的证据。"}


def _posted(_county: County, case: Case, edge: Edge) -> Fields:
    """A paper that was posted and is not there yet; else it is handed over, unless nobody can be told."""
    return POSTED if edge.choice == "posted" else {}


def _noticed(county: County, case: Case, edge: Edge) -> Fields:
    return UNTOLD if case.anonymous else _posted(county, case, edge) or HANDED


def _refusal(county: County, case: Case, edge: Edge) -> Fields:
    told = _noticed(county, case, edge)
    if edge.before.unit:
        return told | {"ground": "other_route", "organ": "阳城县人民法院"}
    return told | {"ground": "in_hand", "other": the_other_than(case), "organ": ""}


def _followed(county: County, case: Case, _edge: Edge) -> Fields:
    """An opinion is sent, comes back, is sent again; a notice is served."""
    paper = CaseFile(case, reader_for(county.user("acceptor"), clock.today())).on_their_way[0]
    if paper.kind not in ANSWER_PAPERS:
        event = {"event": "served", "method": "post", "served_to": "延秀兰", "proof": "EMS 1"}
    elif state_of(paper) is PaperState.SENT:
        event = {"event": "returned"}
    else:
        event = {"event": "sent", "method": "post", "proof": "EMS 1"}
    return {"document": str(paper.id), "happened_on": "今天", **event}


def _later(_county: County, case: Case, _edge: Edge) -> Fields:
    last = max(each.effective_due for each in _running(case))
    return {"due_on": f"{last.year + 1}年1月10日" if last.month > 11 else month_day(last.replace(month=12, day=28))}


def _named_above(_county: County, case: Case, edge: Edge) -> Fields:
    """Another day than it has, or none any more."""
    day = (case.superior_due_on or NAMED_ABOVE) + timedelta(days=1)
    return {"due_on": day.isoformat() if edge.choice == "named" else ""}


def _accused(county: County, _case: Case, _edge: Edge) -> Fields:
    unit = db.session.get_one(Department, county.ids[cast.ACCUSED_UNIT])
    return {"accused_name": [county.user(cast.ACCUSED_PERSON).name, unit.name], "accused_position": ["", ""]}


def _title(_county: County, case: Case, edge: Edge) -> Fields:
    registered = {name: getattr(case, name) or "" for name in ("election_type", "election_stage", "urgency")}
    purpose = {"purpose": edge.choice} if edge.choice else {}
    return registered | purpose | {"title": f"{case.title}（{case.version}）", "reason": "笔误。"}


def _receipt(_county: County, case: Case, _edge: Edge) -> Fields:
    return {"received_on": long_date(case.received_on - timedelta(days=1)), "posted_on": ""}


def _number(_county: County, case: Case, _edge: Edge) -> Fields:
    return {"document": latest_paper(case), "document_no": f"阳信文〔2026〕{case.version}号"}


def _phone(_county: County, case: Case, _edge: Edge) -> Fields:
    return {"person": str(case.petitioners[0].id), "phone": f"139{case.version:08}"}


def _draft(_county: County, _case: Case, edge: Edge) -> Fields:
    return {"act": edge.choice}


CHOICES: dict[A, Callable[[County, Case, Edge], Fields]] = {
    A.TRIAGE: _class,
    A.RECLASSIFY: _class,
    A.ASSIGN: _given,
    A.REFER: _given,
    A.SIGN_FOR: _handler,
    A.CHANGE_HANDLER: _handler,
    A.CHANGE_LEAD: _lead,
    A.ISSUE_OPINION: _results,
    A.DRAFT_OPINION: lambda county, case, edge: {
        name: value for name, value in _results(county, case, edge).items() if name.startswith("result-")
    },
    A.DRAFT_NOT_ACCEPT: lambda county, case, edge: {
        name: value for name, value in _refusal(county, case, edge).items() if name in ("ground", "other", "organ")
    },
    A.RETURN_DRAFT: _draft,
    A.REFER_DRAFT: _draft,
    A.APPROVE_DRAFT: _draft,
    A.DECLINE_DRAFT: _draft,
    A.CHANGE_OPINION: _results,
    A.NOT_ACCEPT: _refusal,
    A.NO_LONGER_ACCEPT: _noticed,
    A.DIVERT: _noticed,
    A.ACCEPT: _noticed,
    A.EXTEND: _noticed,
    A.SERVE_DOCUMENT: _followed,
    A.SUPERVISE: lambda _county, _case, _edge: {"level": "blue"},
    A.RAISE_LEVEL: lambda _county, _case, edge: {"level": edge.choice},
    A.MOVE_FEEDBACK: _later,
    A.NAME_ACCUSED: _accused,
    A.SET_SUPERIOR_DAY: _named_above,
    A.TRANSFER: lambda _county, _case, edge: {"to": edge.choice or "discipline"},
    A.CORRECT: _title,
    A.CORRECT_RECEIPT: _receipt,
    A.CORRECT_PAPER: _number,
    A.CORRECT_PETITIONER: _phone,
}


def _running(case: Case) -> list[Deadline]:
    return list(db.session.scalars(select(Deadline).where(Deadline.case_id == case.id, Deadline.ended_on.is_(None))))


def disagreements(
    county: County, public_id: str, state: State, lifecycle: Lifecycle, people: list[str]
) -> Iterator[str]:
    """Yield what of the real matter differs from the imagined one, as each of some people meets it."""
    case, today = county.case(public_id), clock.today()
    yield from _differ("states", (case.status, case.ledger_status), (state.status.value, state.ledger.value))
    clocks = {(each.kind, each.subject) for each in _running(case)}
    yield from _differ("clocks", clocks, {(kind.value, about.value) for kind, about in state.clocks})
    able: dict[str, set[tuple[str, str]]] = {}
    for row, key in lifecycle.lawful(state):
        able.setdefault(key, set()).add((row.action.value, row.label))
    for key in people:
        user = county.user(key)
        reader = reader_for(user, today)
        file = CaseFile(case, reader)
        moment = Moment(file, user, today)
        imagined = Imagined(state, key, cast.reader(key, state.company))
        if key == people[0]:
            for name in sorted(set(NAMES) - PERSONAL):
                yield from _differ(name, _plain(getattr(moment, name)), _plain(getattr(imagined, name)))
        seen = may_see(reader, file.matter)
        rows = lawful_rows(moment, stations(reader, file.position)) if seen else []
        real = {(row.action.value, row.label) for row in rows if row.action not in LEFT_OUT}
        yield from _differ(f"what {key} may do", real, able.get(key, set()))


def _plain(value: Any) -> Any:
    """Return a fact so that it can be compared: how many points there are and who confirmed a file are left out."""
    if hasattr(value, "file_confirmed_by"):
        facts = dict(vars(value))
        facts["point_results"] = set(facts["point_results"])
        facts["points_not_carried_out"] = bool(facts["points_not_carried_out"])
        return facts | {"file_confirmed_by": bool(facts["file_confirmed_by"])}
    return sorted(value) if isinstance(value, list | tuple) and not hasattr(value, "_fields") else value


def _differ(what: str, real: Any, imagined: Any) -> Iterator[str]:
    if real == imagined:
        return
    if isinstance(real, set):
        yield f"{what}: only real {sorted(real - imagined)}, only imagined {sorted(imagined - real)}"
    elif isinstance(real, dict):
        yield f"{what}: { {name: (real[name], imagined[name]) for name in real if real[name] != imagined[name]} }"
    else:
        yield f"{what}: really {real}, imagined {imagined}"
