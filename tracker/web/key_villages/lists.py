"""What the figures of the ledger of difficult villages open: problems, linked matters, moves (进出记录)."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.key_villages.queries import lists
from tracker.key_villages.queries.board import MOVES
from tracker.key_villages.queries.lists import PROBLEM_GROUP_LABELS, ProblemGroup
from tracker.key_villages.rules.acts import ACT_LABELS, GateThing, VillageAct
from tracker.key_villages.rules.codes import STAGE_LABELS
from tracker.people.rules import Permission
from tracker.web.frame.access import reader, requires
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import PAGE_SIZE, Paging

pages = Blueprint("village_lists", __name__, url_prefix="/villages/ledger/lists")
LATELY = "lately"


def _from() -> int:
    return (page_number() - 1) * PAGE_SIZE


@pages.get("/problems")
@requires(Permission.READ_CASES)
def problems() -> ResponseReturnValue:
    """Show the problems of the ledger (问题清单): all, those in hand, late or struck off."""
    today, now, asked = clock.today(), clock.now(), request.args.get("state", "")
    group = ProblemGroup(asked) if asked in set(ProblemGroup) else ProblemGroup.ALL
    counts = lists.problem_counts(reader(), today=today, now=now)
    return render_template(
        "key_villages/list_of_problems.html",
        rows=lists.problems_of(reader(), group, today=today, now=now, offset=_from(), limit=PAGE_SIZE),
        paging=Paging(page_number(), counts[group]),
        groups=[
            (label, url_for(".problems", state=each.value), each is group, counts[each])
            for each, label in PROBLEM_GROUP_LABELS.items()
        ],
        label=PROBLEM_GROUP_LABELS[group],
        stage_labels=STAGE_LABELS,
    )


@pages.get("/matters")
@requires(Permission.READ_CASES)
def matters() -> ResponseReturnValue:
    """Show the linked matters that are open (关联信访在办)."""
    found = lists.open_matters(reader(), today=clock.today(), offset=_from(), limit=PAGE_SIZE)
    paging = Paging(page_number(), found.total)
    return render_template("key_villages/list_of_matters.html", rows=found.rows, paging=paging)


@pages.get("/moves")
@requires(Permission.READ_CASES)
def moves() -> ResponseReturnValue:
    """Show the record of moves (进出记录): all of it, those of one act, those of the last seven days."""
    acts, asked = {act.value: act for act in MOVES}, request.args.get("act", "")
    act, lately = acts.get(asked), request.args.get("when") == LATELY
    today = clock.today()
    found = lists.moves_of(reader(), act, lately=lately, today=today, offset=_from(), limit=PAGE_SIZE)
    labels = {each: ACT_LABELS[GateThing.VILLAGE, each] for each in MOVES}
    when = LATELY if lately else None
    return render_template(
        "key_villages/list_of_moves.html",
        lines=found.rows,
        paging=Paging(page_number(), found.total),
        acts=[
            ("全部", url_for(".moves", when=when), act is None),
            *((labels[each], url_for(".moves", act=each.value, when=when), act is each) for each in MOVES),
        ],
        days=[
            ("全部", url_for(".moves", act=_value(act)), not lately),
            ("近 7 日", url_for(".moves", act=_value(act), when=LATELY), lately),
        ],
        labels=labels,
    )


def _value(act: VillageAct | None) -> str | None:
    return act.value if act else None
