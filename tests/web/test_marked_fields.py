"""What a step needs is marked on its page before the first try: what is marked is enough."""

import re
from typing import Any

from flask import Flask

from tests.web.arranging import arrange
from tests.web.browsing import take
from tests.web.stories import CLAIM, DELIVERED, STORIES, WORKED, Act
from tests.web.test_error_pages import told
from tests.world.county import County
from tracker.cases.lifecycle.rules.actions import Action
from tracker.cases.record.models import Case
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.step_forms.base import StepForm

# Acts that need no field more than another, but something in all: a change; each demand that the checklist asks for.
PICKER = re.compile("_(text|was)$")
WHOLE = {
    *(Action.CORRECT, Action.CORRECT_PETITIONER, Action.CORRECT_PAPER),
    *(Action.CARRY_OUT, Action.SET_SUPERIOR_DAY),
}


def address(case: str, action: str) -> str:
    return f"/cases/{case}/steps/{action}"


def needed(app: Flask, act: Act, case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """Return what of an act's fields its form asks for: of several that will do, the first that is given."""
    with app.test_request_context("/"):
        form: StepForm = ACTION_FORMS[act.action].of(case)(formdata=None)
    names = {field.short_name for field in form if field.required}
    for field in form:
        other, _, values = field.required_when.partition("=") if hasattr(field, "required_when") else ("", "", "")
        if other and given.get(other) in values.split("|"):
            names.add(field.short_name)
    names |= {name for name, value in given.items() if value == ""}
    for each in form.either:
        other, _, values = each.when.partition("=")
        if other and given.get(other) not in values.split("|"):
            continue
        # What a draft says is not given again.
        names |= {next((name for name in each.names if given.get(name)), "")}
    return {name: value for name, value in given.items() if name in names or PICKER.sub("", name) in names}


def test_what_is_marked_is_enough(app: Flask, county: County) -> None:
    """Every act of every story is taken with what its form asks for alone, the reason where the lifecycle does.

    An act that was taken with these fields in an earlier story brings the matter on without its page.
    """
    taken = set[tuple[Action, frozenset[str]]]()
    for story, acts in STORIES.items():
        if "merged" in story:
            county.register()
        case = county.register()
        for act in acts:
            before = county.case(case)
            given = act.filled(county, before)
            least = needed(app, act, before, given) | {name: given[name] for name in ("reason",) if name in given}
            if (act.action, frozenset(least)) in taken:
                arrange(county, case, [act])
                continue
            sent = given if act.action in WHOLE else least
            answer = take(county.browser(act.who), case, act.action, sent)
            assert answer.status_code == 303, f"{story}, {act.action}: {told(answer.text)}"
            taken.add((act.action, frozenset(least)))
    assert {action for action, _ in taken} == set(ACTION_FORMS)


def test_either_or_is_marked_and_checked(county: County) -> None:
    case = arrange(county, county.register(), DELIVERED[:-1])
    browser = county.browser("handler")
    page = browser.get(address(case, "deliver"))
    assert "与送达回证等材料至少填一项" in page.text
    assert "与送达回证（邮件）编号至少填一项" in page.text
    given = {"served_on": "今天", "method": "in_person", "served_to": "延秀兰"}
    answer = take(browser, case, Action.DELIVER, given)
    assert told(answer.text) == ["proof"]
    assert "请填写送达回证（邮件）编号，或者上传送达回证。" in answer.text


def test_what_only_some_answers_ask_for_is_marked_with_them(county: County) -> None:
    case = arrange(county, county.register(), WORKED[:3])
    browser = county.browser("unit_head")
    page = browser.get(address(case, "not_accept")).text
    for name, label, ground in (
        ("other", "正在办理的那一件编号", "in_hand"),
        ("organ", "告知信访人向哪个机关提出", "other_route"),
    ):
        assert f'<label for="{name}">{label}<span class="must">必填</span></label>' in page
        assert f'data-when="ground={ground}"' in page
    given = {"sent_on": "今天", "reason": "不属于本单位。"}
    assert told(take(browser, case, Action.NOT_ACCEPT, given | {"ground": "other_route"}).text) == ["organ"]
    assert told(take(browser, case, Action.NOT_ACCEPT, given | {"ground": "in_hand"}).text) == ["other"]
    elsewhere = given | {"ground": "other_route", "organ": "阳城县人民法院"}
    assert take(browser, case, Action.NOT_ACCEPT, elsewhere).status_code == 303


def test_a_class_that_has_routes_asks_for_one(county: County) -> None:
    case = county.register()
    browser = county.browser("acceptor")
    assert told(take(browser, case, Action.TRIAGE, {"matter_class": "claim"}).text) == ["route"]
    assert take(browser, case, Action.TRIAGE, {"matter_class": "suggestion"}).status_code == 303


def test_the_election_is_asked_for_where_votes_were_bought(county: County) -> None:
    """更正: the mark stands before the first try, and only there."""
    bought = county.register(vote_buying=True, election_type="committee", election_stage="voting")
    browser = county.browser("acceptor")
    marked = '<label for="election_type">选举类型<span class="must">必填</span></label>'
    assert marked in browser.get(address(bought, "correct")).text
    other = county.register()
    page = browser.get(address(other, "correct")).text
    assert marked not in page
    assert 'data-when="election_stage=committee_chosen|' in page, "but with a stage it is asked for"
    assert told(take(browser, other, Action.CORRECT, {"election_stage": "voting", "reason": "核对。"}).text) == [
        "election_type"
    ]
    assert told(take(browser, bought, Action.CORRECT, {"election_type": "", "reason": "核对。"}).text) == [
        "election_type"
    ]


def test_a_notice_is_sent_or_its_petitioner_cannot_be_told(county: County) -> None:
    cases = {False: county.register(), True: county.register(anonymous=True, petitioners=[])}
    for anonymous, case in cases.items():
        arrange(county, case, WORKED[:3])
        browser = county.browser("handler")
        page = browser.get(address(case, "accept")).text
        assert "与无法告知的原因至少填一项" in page
        assert ('value="匿名，姓名（名称）、住址不清"' in page) is anonymous, "of an anonymous matter it is filled in"
        answer = take(browser, case, Action.ACCEPT, {"sent_on": "", "untold": ""})
        assert told(answer.text) == ["sent_on"]
        assert take(browser, case, Action.ACCEPT, {"sent_on": "", "untold": "住址不清"}).status_code == 303


def test_a_file_kept_from_a_refused_sending_is_enough(county: County) -> None:
    case = arrange(county, county.register(), [CLAIM])
    browser = county.browser("acceptor")
    assert told(take(browser, case, Action.WITHDRAW, {"reason": "书面撤回。"}).text) == ["files"]
