"""草稿 of every form: what a person types is kept, found again in its own form, and gone once the form was sent.

The forms are those of the program: a form class with a field to type in is kept, or stands in EXEMPT with a reason.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.client import Client
from tests.common_problems.working import Common
from tests.conftest import Clock
from tests.key_villages.checking import begun as list_begun
from tests.key_villages.checking import filled_in as checked
from tests.key_villages.checking import form as filled_list
from tests.key_villages.checking import template as list_template
from tests.key_villages.controlling import opened as control_table
from tests.key_villages.controlling import plan as task_plan
from tests.key_villages.inspecting import opened
from tests.key_villages.test_duties import give as layer_given
from tests.key_villages.working import Ledger
from tests.people.factories import SINCE
from tests.places.divisions import VILLAGE, place
from tests.reports.issuing import opened as opened_report
from tests.spreadsheets.test_key_villages import GOOD
from tests.suggestions.working import Desk
from tests.upward.working import entered as entered_upward
from tests.upward.working import take as take_upward
from tests.web.arranging import arrange
from tests.web.browsing import filled, form_of
from tests.web.stories import WORKED
from tests.web.test_bulk_orders import preview
from tests.web.test_declared_fields import forms
from tests.web.test_imports import apply, table, upload
from tests.web.test_ladder_page import ADOPT, EDIT
from tests.web.test_ladder_page import sent as ladder_sent
from tests.web.test_sponsoring import led as sponsored_case
from tests.web.test_sponsoring import sponsored
from tests.web.test_supervision import escalate
from tests.web.test_village_imports import apply as apply_villages
from tests.web.test_village_imports import content as villages_table
from tests.web.test_village_imports import upload as upload_villages
from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.cases.access.requests import RequestKind, ask
from tracker.cases.access.widening import ask_password, in_set_up, waiting
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.drafts import KEPT_FOR
from tracker.cases.record.categories.service import add_category
from tracker.cases.record.models import Draft, ImportRun
from tracker.cases.record.rules.codes import Confidentiality, Purpose
from tracker.common_problems.models import CommonProblem
from tracker.core import clock as core_clock
from tracker.core.database import committed, db
from tracker.jobs.ticking import tick
from tracker.key_villages.models import ControlTable, InspectionRound, VillageDuty, VillageEntry
from tracker.people.models import User
from tracker.people.service import close_department
from tracker.reports.issues.models import Report, ReportFiling
from tracker.suggestions.models import DeputySuggestion
from tracker.upward.rules import UpwardKind
from tracker.upward.service import report_upward
from tracker.web.case.action_forms import ACTION_FORMS
from tracker.web.case.enquiry import EnquiryForm
from tracker.web.case.pages import PurposeForm
from tracker.web.case.passing_on import PassOnForm
from tracker.web.case.step_forms.base import StepForm
from tracker.web.frame.composed_fields import PickField, RowsField
from tracker.web.frame.forms import DayField, LineField, OfficeForm
from tracker.web.frame.proof import ProofForm
from tracker.web.frame.secret_fields import secret_names
from tracker.web.frame.sending import SentForm
from tracker.web.office import account, second_factor, sign_in
from tracker.web.places import changes
from tracker.web.registration.form import RegistrationForm
from tracker.web.suggestions.forms import SuggestionPaperForm
from tracker.web.upward.forms import UpwardForm

TYPED = (LineField, DayField, RowsField, PickField)
SECRET = "Xinfang-2026-geheim"
Opened = Callable[[County], TestResponse]

EXEMPT: dict[type[OfficeForm], str] = {
    sign_in.SignInForm: "nobody is signed in whose draft it could be; a password is never kept",
    sign_in.CodeForm: "a code of half a minute, before anybody is signed in",
    second_factor.FactorForm: "only codes of half a minute, and the secret they are made from",
    ProofForm: "a password or a code, for what waits",
    account.PasswordForm: "only passwords, which are never kept",
    PassOnForm: "a name and a line, for the matters that were just chosen; kept, it would choose for others",
    EnquiryForm: "number and code, which together open a matter",
    PurposeForm: "one line, said for the one opening that follows; kept, it would explain another",
}
# What several forms share; nobody is shown it itself.
BASES = {changes.ChangeForm, StepForm, SentForm, SuggestionPaperForm, UpwardForm}


def get(who: str, address: str | Callable[[County], str]) -> Opened:
    """Return how somebody opens the page of a form."""

    def opened(county: County) -> TestResponse:
        return county.browser(who).get(address if isinstance(address, str) else address(county))

    return opened


def of_person(act: str) -> Callable[[County], str]:
    return lambda county: f"/people/{county.handler.public_id}{act}"


def of_place(act: str, key: str = "village") -> Callable[[County], str]:
    return lambda county: f"/places/{db.session.get_one(type(place(VILLAGE)), county.ids[key]).public_id}{act}"


def of_category(act: str) -> Callable[[County], str]:
    """Return the page of an act on a category, which is made first."""

    def made(county: County) -> str:
        with committed():
            row = add_category("换届选举", parent=None, valid_from=SINCE, by=county.admin, now=core_clock.now())
            return f"/categories/{row.public_id}{act}"

    return made


def merged(county: County) -> str:
    """Merge a village and return the page on which that is taken back."""
    here = of_place("/merge", "other_village")(county)
    browser = county.browser("admin")
    into = {"into_text": "140522102214", "reason": "晋市民发〔2026〕3号"}
    answer = browser.post(here, data=filled(form_of_kept(browser.get(here), "MergeVillageForm").filled(), into))
    assert answer.status_code == 303, answer.text
    return of_place("/undo-merge", "other_village")(county)


def accused(county: County) -> str:
    """Register a matter that complains of a namesake, and return the page on which that is decided."""
    entry = AccusedEntry("王海燕", "承办人")
    case = county.register(purpose=Purpose.ACCUSATION, accused=[entry], petitioners=[], anonymous=True)
    return f"/cases/{case}/accused"


def lowering(county: County) -> str:
    return f"/cases/{county.register(level=Confidentiality.SENSITIVE)}/lower"


def deciding_on(county: County) -> str:
    """Ask to read a matter (紧急查阅), and return the page on which another decides."""
    number, now = county.case(county.register()).register_no, core_clock.now()
    with committed():
        asked = ask(RequestKind.EMERGENCY, number, reason="承办人联系不上。", by=county.stranger, now=now)
        return f"/requests/{asked.public_id}/approve"


def imported(county: County) -> str:
    browser = county.browser("acceptor")
    apply(browser, upload(browser, table()))
    return f"/imports/{db.session.scalars(select(ImportRun.public_id)).one()}"


def villages_imported(county: County) -> str:
    browser = county.browser("acceptor")
    apply_villages(browser, upload_villages(browser, villages_table(GOOD)))
    return f"/villages/ledger/import/runs/{db.session.scalars(select(VillageEntry.public_id)).one()}/undo"


def urged(county: County) -> TestResponse:
    return preview(county, [worked(county)])


def worked(county: County) -> str:
    return arrange(county, county.register(), WORKED)


def ladder_preview(county: County) -> TestResponse:
    return ladder_sent(county.browser("admin"), {"asked-0": "请抓紧办理并报告进展。"})


def closing_ahead(county: County) -> TestResponse:
    """Open the page that calls off a closing; the unit is to be closed next month."""
    if county.civil.valid_to is None:
        ahead, now = core_clock.today() + timedelta(days=30), core_clock.now()
        with committed():
            close_department(county.civil, valid_to=ahead, successor=None, by=county.admin, now=now, reason="改革。")
    return county.browser("admin").get(f"/departments/{county.civil.public_id}/close/cancel")


def asked_for(act: str) -> Opened:
    """Open the page of an act on a request that widens access: a new password for the handler."""

    def opened(county: County) -> TestResponse:
        found = waiting()
        if not found:
            if in_set_up():
                county.register()
            with committed():
                ask_password(county.handler, reason="忘了。", by=county.admin, now=core_clock.now())
            found = waiting()
        return county.browser("security").get(f"/grants/{found[0].public_id}/{act}")

    return opened


def of_village(act: str) -> Callable[[County], str]:
    """Return the page of an act on a village, or on its problem, which is entered first."""

    def made(county: County) -> str:
        row = db.session.scalar(select(VillageEntry))
        entry = row or Ledger(county).entry(Ledger(county).enter("公开三年收支明细"))
        kind, _, name = act.partition(":")
        problem = entry.problems[0].public_id
        return f"/villages/ledger/{entry.public_id if kind == 'village' else f'problems/{problem}'}/acts/{name}"

    return made


def of_round(act: str) -> Callable[[County], str]:
    """Return the page of an act on a round of inspection, which is entered first."""

    def made(county: County) -> str:
        return f"/villages/inspections/{db.session.get_one(InspectionRound, opened(Ledger(county))).public_id}/{act}"

    return made


def of_control(act: str) -> Callable[[County], str]:
    """Return the page of an act on a control table, or on its task, which is opened first; another one lies before."""

    def made(county: County) -> str:
        row = db.session.scalar(select(ControlTable).order_by(ControlTable.id.desc()))
        if row is None:
            control_table(county, task_plan(county))
            row = control_table(county, *(() if act == "copy" else (task_plan(county, name="公布选民名单"),)))
        kind, _, name = act.rpartition(":")
        return f"/villages/control/{f'tasks/{row.tasks[0].public_id}/moves' if kind else row.public_id}/{name}"

    return made


def of_report(act: str) -> Callable[[County], str]:
    """Return the page of an act on a report, which is begun first."""

    def made(county: County) -> str:
        report = db.session.scalar(select(Report)) or opened_report(county)
        civil = ReportFiling.department_id == county.ids["civil"]
        filing = db.session.scalars(select(ReportFiling.public_id).where(civil)).one()
        return f"/reports/filings/{filing}" if act == "file" else f"/reports/{report.public_id}/{act}"

    return made


def of_upward(act: str) -> Callable[[County], str]:
    """Return the page of an act on what is reported upward, as far as it must be for that act."""

    def made(county: County) -> str:
        asks = {"kind": UpwardKind.ASK} if act == "decide" else {}
        linked = county.case(county.register()).register_no if act == "unlink" else ""
        row = entered_upward(county, case_no=linked, **asks)
        if act in ("receive", "decide"):
            row = take_upward(county, report_upward, row, at=core_clock.now(), document_no="")
        return f"/upward/{row.public_id}/acts/{act}"

    return made


def of_layer(act: str) -> Callable[[County], str]:
    """Return the page of an act on the layers of duty in the village, one of which is given first."""

    def made(county: County) -> str:
        row = db.session.scalar(select(VillageDuty)) or layer_given(county)
        return f"/villages/duties/{county.village.public_id}/{act.format(row.public_id)}"

    return made


def of_sponsored(act: str) -> Callable[[County], str]:
    """Return the page of an act on a matter that is sponsored (包案), or is to be."""

    def made(county: County) -> str:
        case = sponsored_case(county)
        if act == "end":
            sponsored(county, case)
        return f"/villages/leaders/cases/{case}/{act}"

    return made


def of_list(act: str) -> Callable[[County], str]:
    """Return the page of an act on a check list, which is written, and filled in on a visit, first."""

    def made(county: County) -> str:
        ledger = Ledger(county)
        one = list_begun(ledger)
        if act == "issue":
            return f"/villages/lists/{list_template(one).public_id}/issue"
        row = opened(ledger)
        if act == "correct":
            return f"/villages/lists/filled/{filled_list(checked(ledger, one, row)).public_id}/correct"
        by, visit = list_template(one).editions[0].public_id, db.session.get_one(InspectionRound, row).public_id
        return f"/villages/lists/editions/{by}/rounds/{visit}/places/{county.village.public_id}"

    return made


def of_suggestion(act: str) -> Callable[[County], str]:
    """Return the page of an act on a suggestion, or on a promise of its answer, as far as it must be for that act."""

    def made(county: County) -> str:
        row = db.session.scalar(select(DeputySuggestion))
        if row is None:
            desk = Desk(county)
            one = desk.entered()
            if act == "strike_record":
                desk.meet(one)
            if act in ("correct_answer", "hear", "promise") or ":" in act:
                desk.answer(one)
            if ":" in act:
                desk.promise(one, due_on=core_clock.today())
            row = desk.one(one)
        kind, _, name = act.rpartition(":")
        thing = f"promises/{row.promises[0].public_id}" if kind else row.public_id
        return f"/suggestions/{thing}/acts/{name}"

    return made


def of_common(act: str) -> Callable[[County], str]:
    """Return the page of an act on a common problem, which is founded, with a suggestion to its unit, first."""

    def made(county: County) -> str:
        common = Common(county)
        row = db.session.scalar(select(CommonProblem)) or common.one(common.found(common.matters(2)))
        if act == "new":
            return f"/common/kinds/{common.category().public_id}/places/{county.township.public_id}"
        if act != "feed-back":
            return f"/common/{row.public_id}/acts/{act}"
        if not row.advices:
            common.advised(row.id)
        return f"/common/advice/{common.one(row.id).advices[0].public_id}/feed-back"

    return made


# How a page with each form is opened.
PAGES: dict[str, tuple[str, Opened]] = {
    "NewUserForm": ("admin", get("admin", "/people/new")),
    "UserForm": ("admin", get("admin", of_person("/edit"))),
    "PostForm": ("admin", get("admin", of_person("/posts/new"))),
    "EndPostForm": (
        "admin",
        get("admin", lambda county: f"/people/posts/{county.handler.posts[0].public_id}/end"),
    ),
    "ApprovalForm": ("security", asked_for("approve")),
    "EndingForm": ("security", asked_for("end")),
    "PersonReasonForm": ("admin", get("admin", of_person("/disable"))),
    "AskForm": ("stranger", get("stranger", "/requests")),
    "LowerForm": ("acceptor", get("acceptor", lowering)),
    "DecideForm": ("acceptor", get("acceptor", deciding_on)),
    "NewDepartmentForm": ("admin", get("admin", "/departments/new")),
    "DepartmentForm": ("admin", get("admin", lambda county: f"/departments/{county.civil.public_id}/edit")),
    "CloseForm": ("admin", get("admin", lambda county: f"/departments/{county.civil.public_id}/close")),
    "CallOffForm": ("admin", closing_ahead),
    "LawEditionForm": ("admin", get("admin", "/law/edition")),
    "LawArticleForm": ("admin", get("admin", "/law/article")),
    "OwnLimitForm": ("admin", get("admin", "/law/own/edit")),
    "LocalGroundForm": ("admin", get("admin", "/law/own/ground")),
    "NewForm": ("admin", get("admin", "/categories")),
    "RenameCategoryForm": ("admin", get("admin", of_category("/rename"))),
    "EndForm": ("admin", get("admin", of_category("/end"))),
    "RenamePlaceForm": ("admin", get("admin", of_place("/rename"))),
    "RecodeForm": ("admin", get("admin", of_place("/recode"))),
    "MergeVillageForm": ("admin", get("admin", of_place("/merge"))),
    "UndoMergeVillageForm": ("admin", get("admin", merged)),
    "AddForm": ("admin", get("admin", of_place("/add", "township"))),
    "AddTownForm": ("admin", get("admin", of_place("/add", "area"))),
    "EditionFileForm": ("admin", get("admin", "/places/import")),
    "NoticeForm": ("admin", get("admin", "/holidays")),
    "DayForm": ("admin", get("admin", "/holidays")),
    "EmailForm": ("handler", get("handler", "/account")),
    "AbsenceForm": ("handler", get("handler", "/account")),
    "DecisionForm": ("office_head", get("office_head", accused)),
    "UndoImportForm": ("acceptor", get("acceptor", imported)),
    "UndoVillagesForm": ("acceptor", get("acceptor", villages_imported)),
    "UrgeAllForm": ("acceptor", urged),
    "LadderForm": ("admin", get("admin", EDIT)),
    "AdoptionForm": ("admin", ladder_preview),
    "OpenTableForm": ("acceptor", get("acceptor", "/villages/control/new")),
    "CopyTasksForm": ("acceptor", get("acceptor", of_control("copy"))),
    "TaskForm": ("acceptor", get("acceptor", of_control("tasks/new"))),
    "ChangeTaskForm": ("acceptor", get("acceptor", of_control("task:change"))),
    "TaskWordsForm": ("acceptor", get("acceptor", of_control("task:cancel"))),
    "FinishTaskForm": ("handler", get("handler", of_control("task:finish"))),
    "OpenReportForm": ("acceptor", get("acceptor", "/reports/new")),
    "CancelReportForm": ("acceptor", get("acceptor", of_report("cancel"))),
    "EnterUpwardForm": ("acceptor", get("acceptor", "/upward/new")),
    "ReportUpwardForm": ("acceptor", get("acceptor", of_upward("report"))),
    "ReceiveUpwardForm": ("acceptor", get("acceptor", of_upward("receive"))),
    "DecideUpwardForm": ("acceptor", get("acceptor", of_upward("decide"))),
    "LinkUpwardForm": ("acceptor", get("acceptor", of_upward("link"))),
    "UnlinkUpwardForm": ("acceptor", get("acceptor", of_upward("unlink"))),
    "CorrectUpwardForm": ("acceptor", get("acceptor", of_upward("correct"))),
    "UpwardWordsForm": ("acceptor", get("acceptor", of_upward("cancel"))),
    "FileReportForm": ("unit_head", get("unit_head", of_report("file"))),
    "SponsorCaseForm": ("acceptor", get("acceptor", of_sponsored("sponsor"))),
    "EndSponsorshipForm": ("acceptor", get("acceptor", of_sponsored("end"))),
    "GiveLayerForm": ("acceptor", get("acceptor", of_layer("new"))),
    "EndLayerForm": ("acceptor", get("acceptor", of_layer("end/{}"))),
    "EnterVillageForm": ("acceptor", get("acceptor", "/villages/ledger/new")),
    "WordsForm": ("colleague", get("colleague", of_village("village:apply"))),
    "DatedWordsForm": ("colleague", get("colleague", of_village("village:visit"))),
    "ListProblemForm": ("acceptor", get("acceptor", of_village("village:list_problem"))),
    "GiveDutyForm": ("acceptor", get("acceptor", of_village("village:give_duty"))),
    "EndDutyForm": ("acceptor", get("acceptor", of_village("village:end_duty"))),
    "PlanForm": ("acceptor", get("acceptor", of_village("village:plan"))),
    "LinkForm": ("acceptor", get("acceptor", of_village("village:link"))),
    "UnlinkForm": ("acceptor", get("acceptor", of_village("village:unlink"))),
    "SetElectionForm": ("acceptor", get("acceptor", of_village("village:set_election"))),
    "CorrectEntryForm": ("acceptor", get("acceptor", of_village("village:correct"))),
    "HandOverProblemForm": ("acceptor", get("acceptor", of_village("problem:hand_over"))),
    "RescheduleForm": ("lead", get("lead", of_village("problem:reschedule"))),
    "PlanLookBackForm": ("acceptor", get("acceptor", of_village("village:plan_look_back"))),
    "VillageLookBackForm": ("acceptor", get("acceptor", of_village("village:look_back"))),
    "SampleForm": ("acceptor", get("acceptor", "/villages/look-backs/sample")),
    "CaseSampleForm": ("office_head", get("office_head", "/supervision/look-backs/sample")),
    "RoundForm": ("acceptor", get("acceptor", "/villages/inspections/new")),
    "ChangeRoundForm": ("acceptor", get("acceptor", of_round("change"))),
    "FindForm": ("acceptor", get("acceptor", of_round("find"))),
    "TemplateForm": ("acceptor", get("acceptor", "/villages/lists/new")),
    "EditionForm": ("acceptor", get("acceptor", of_list("issue"))),
    "FillCheckForm": ("acceptor", get("acceptor", of_list("fill"))),
    "CorrectCheckForm": ("acceptor", get("acceptor", of_list("correct"))),
    "CorrectProblemForm": ("acceptor", get("acceptor", of_village("problem:correct"))),
    "FoundCommonForm": ("acceptor", get("acceptor", of_common("new"))),
    "CommonWordsForm": ("acceptor", get("acceptor", of_common("strike"))),
    "CommonMattersForm": ("acceptor", get("acceptor", of_common("leave_out"))),
    "CommonDoneForm": ("handler", get("handler", of_common("carry_out"))),
    "CorrectCommonForm": ("acceptor", get("acceptor", of_common("correct"))),
    "CommonOwnerForm": ("acceptor", get("acceptor", of_common("hand_over"))),
    "CommonDayForm": ("acceptor", get("acceptor", of_common("reschedule"))),
    "AdviseForm": ("acceptor", get("acceptor", of_common("advise"))),
    "FeedBackForm": ("handler", get("handler", of_common("feed-back"))),
    "EnterSuggestionForm": ("acceptor", get("acceptor", "/suggestions/new")),
    "CorrectSuggestionForm": ("acceptor", get("acceptor", of_suggestion("correct"))),
    "SuggestionWordsForm": ("acceptor", get("acceptor", of_suggestion("turn"))),
    "SuggestionDayForm": ("handler", get("handler", of_suggestion("note"))),
    "SuggestionUnitForm": ("acceptor", get("acceptor", of_suggestion("hand_over"))),
    "SuggestionUnitDayForm": ("acceptor", get("acceptor", of_suggestion("ask_help"))),
    "SuggestionLeaderForm": ("acceptor", get("acceptor", of_suggestion("name_leader"))),
    "MarkKeyForm": ("acceptor", get("acceptor", of_suggestion("mark_key"))),
    "TalkForm": ("handler", get("handler", of_suggestion("meet"))),
    "InspectedForm": ("supervisor", get("supervisor", of_suggestion("inspect"))),
    "StrikeRecordForm": ("acceptor", get("acceptor", of_suggestion("strike_record"))),
    "AnswerSuggestionForm": ("handler", get("handler", of_suggestion("answer"))),
    "CorrectAnswerForm": ("acceptor", get("acceptor", of_suggestion("correct_answer"))),
    "HearDeputyForm": ("acceptor", get("acceptor", of_suggestion("hear"))),
    "PromiseForm": ("handler", get("handler", of_suggestion("promise"))),
    "KeepPromiseForm": ("handler", get("handler", of_suggestion("promise:keep_promise"))),
    "MovePromiseForm": ("acceptor", get("acceptor", of_suggestion("promise:move_promise"))),
}


class KeptForm(HTMLParser):
    """Reads the form of a page that keeps a draft under a name: its attributes, and its fields by name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.attributes, self.kinds = name, dict[str, str](), dict[str, str]()
        self.fields: MultiDict[str, str] = MultiDict()
        self._inside, self._area = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = not self.attributes and given.get("data-draft-form") == self.name
            self.attributes = self.attributes or (given if self._inside else {})
        if not self._inside or "name" not in given or tag not in ("input", "textarea"):
            return
        kind = "textarea" if tag == "textarea" else given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        self.kinds[given["name"]] = kind
        self._area = given["name"] if tag == "textarea" else ""
        self.fields.add(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")

    @property
    def typed(self) -> list[str]:
        """The names of the fields in which one types."""
        return [name for name, kind in self.kinds.items() if kind in ("text", "textarea")]

    def filled(self) -> Any:
        """Return the form as `tests.web.browsing.filled` takes it."""
        self.names = set(self.kinds)
        return self


def form_of_kept(page: TestResponse, name: str) -> KeptForm:
    found = KeptForm(name)
    found.feed(page.text)
    assert found.attributes, f"no {name} in {page.status}: {page.text[:3000]}"
    return found


def keep(browser: Client, form: KeptForm, typed: Mapping[str, str]) -> TestResponse:
    """Keep what was typed, as the script does."""
    told = {f"draft-{name}": form.attributes[f"data-draft-{name}"] for name in ("address", "title", "form")}
    fields = MultiDict(form.fields)
    for name, text in typed.items():
        fields[name] = text
    headers = {"X-CSRFToken": fields.pop("csrf_token"), "Accept": "application/json"}
    sent = MultiDict([*fields.items(multi=True), *told.items()])
    return browser.post(form.attributes["data-draft-url"], data=sent, headers=headers)


def given(form: KeptForm, **typed: str) -> dict[str, str]:
    """Return what a form of single fields sends with some of them filled in."""
    return {**form.fields, **typed}


def drafts() -> list[Draft]:
    db.session.expire_all()
    return list(db.session.scalars(select(Draft)))


def going_on(browser: Client) -> str:
    """Return the address of the only draft that the first page lists."""
    found = set(re.findall(r'href="([^"]+\?draft=[\w-]{22})"', browser.get("/").text))
    assert len(found) == 1, found
    return found.pop()


def is_typed(form: type[OfficeForm]) -> bool:
    fields = (getattr(form, name) for name in dir(form) if name not in form.hidden | {"kept", "row", "submission"})
    return any(issubclass(kind, TYPED) for field in fields if (kind := getattr(field, "field_class", None)))


def test_every_form_of_the_program_is_kept_or_named_with_its_reason() -> None:
    """What can be typed into is kept: a new form fails here until its page is in PAGES, or its reason in EXEMPT."""
    steps = tuple(ACTION_FORMS.values())
    for form in forms():
        if form in BASES or not is_typed(form) or form is RegistrationForm or issubclass(form, StepForm):
            continue
        assert (form.__name__ in PAGES) != (form in EXEMPT), form
        assert form.resumable == (form not in EXEMPT), form
    assert all(form.resumable for form in forms() if issubclass(form, (StepForm, RegistrationForm)))
    assert all(issubclass(form, StepForm) for form in steps), "each is drawn by case/step.html, which keeps it"
    assert all(EXEMPT.values())


def blocks() -> Iterator[tuple[str, str]]:
    """Yield every form of the templates that is written there itself, with its file."""
    for path in sorted(Path("templates").rglob("*.html")):
        for block in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), flags=re.S):
            if 'method="get"' not in block:
                yield str(path), block


# Forms written in a template that have fields to type in and keep nothing.
UNKEPT = {
    "templates/components/again.html": "signs in within the page",
    "templates/components/table.html": "filters of a list: sent so that no number is an address, and kept nowhere",
    "templates/case/_people.html": "PurposeForm",
    "templates/case/passing_on.html": "PassOnForm",
    "templates/office/account/password.html": "PasswordForm",
    "templates/office/proof.html": "ProofForm, and what waits",
    "templates/office/sign_in/page.html": "SignInForm",
    "templates/office/sign_in/code.html": "CodeForm",
    "templates/office/account/second_factor.html": "FactorForm",
}


TO_TYPE_IN = re.compile(
    r"<textarea|f\.(text|textarea|date|rows|picker)\(|fields\.|caller\(\)"
    r"|<input(?![^>]*(type=\"(hidden|radio|checkbox|file|search)\"|name=\"q\"))"
)


def test_no_template_has_a_form_to_type_in_that_keeps_nothing() -> None:
    found = {file for file, block in blocks() if TO_TYPE_IN.search(block) and "kept(" not in block}
    assert found == set(UNKEPT)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_typed_is_found_again_in_its_own_form(county: County, name: str) -> None:
    who, opened = PAGES[name]
    browser = county.browser(who)
    form = form_of_kept(opened(county), name)
    assert form.typed, "nothing to type in"
    assert re.fullmatch(r"[\w-]{43}", form.fields["submission"])
    texts = {field: f"写到一半的{i}" for i, field in enumerate(form.typed)}
    secrets = {field: SECRET for field, kind in form.kinds.items() if kind == "password"}
    assert keep(browser, form, texts | secrets).json == {"kept": True}
    address = going_on(browser)
    page = browser.get(address)
    again = form_of_kept(page, name)
    assert {field: again.fields[field] for field in texts} == texts
    assert again.fields["submission"] == form.fields["submission"]
    assert again.fields.get("version") == form.fields.get("version")
    assert "data-unsent" in again.attributes
    assert "正在接着填" in page.text
    assert SECRET not in page.text
    assert page.text.count("写到一半的0") == 1, "only in its own form"
    assert "您有 1 份没有提交的草稿" not in page.text, "it is not offered beside itself"
    assert "您有 1 份没有提交的草稿" in opened_again(browser, address).text


def opened_again(browser: Client, address: str) -> TestResponse:
    """Open the page of a draft without it; where it has no page of its own, the first one."""
    page = browser.get(address.partition("?")[0])
    return page if page.status_code == 200 else browser.get("/")


def test_no_password_is_ever_kept(county: County) -> None:
    """Not even where a script sends it."""
    assert secret_names() >= {"password", "old", "again"}
    browser = county.browser("admin")
    form = form_of_kept(browser.get("/people/new"), "NewUserForm")
    assert keep(browser, form, {"name": "李明", "password": SECRET, "again": SECRET}).json == {"kept": True}
    assert SECRET not in drafts()[0].content
    assert "李明" in drafts()[0].content


def test_an_error_page_lists_no_password(county: County) -> None:
    typed = {"old": SECRET, "again": SECRET, "password": SECRET, "csrf_token": "x"}
    answer = county.browser("admin").post("/account/password", data=typed)
    assert answer.status_code == 400
    assert SECRET not in answer.text


def test_a_draft_goes_with_the_act_and_a_second_sending_does_nothing(county: County) -> None:
    browser, here = county.browser("admin"), f"/people/{county.handler.public_id}/edit"
    form = form_of_kept(browser.get(here), "UserForm")
    keep(browser, form, {"phone": "13900000000"})
    data = given(form, phone="13911111111")
    refused = browser.post(here, data={**data, "name": ""})
    assert (refused.status_code, len(drafts())) == (422, 1)
    assert form_of_kept(refused, "UserForm").fields["submission"] == form.fields["submission"]
    assert browser.post(here, data=data).status_code == 303
    assert drafts() == []
    again = browser.post(here, data=data)
    assert (again.status_code, again.location) == (303, f"/people/{county.handler.public_id}")
    assert "没有重复办理" in browser.get(again.location).text
    assert keep(browser, form, {"phone": "1"}).json == {"kept": False}, "a page that was sent keeps nothing any more"
    assert db.session.get_one(User, county.ids["handler"]).phone == "13911111111"


def test_another_content_under_the_same_token_is_another_sending(county: County) -> None:
    browser = county.browser("admin")
    form = form_of_kept(browser.get("/categories"), "NewForm")
    assert browser.post("/categories", data=given(form, name="换届选举")).status_code == 303
    other = browser.post("/categories", data=given(form, name="村务公开"))
    assert other.status_code == 409
    assert "这次的内容和那次不同" in other.text
    again = form_of_kept(other, "NewForm")
    assert again.fields["submission"] != form.fields["submission"]
    assert browser.post("/categories", data=again.fields).status_code == 303


def test_a_draft_of_an_older_page_overwrites_nothing_unseen(county: County) -> None:
    browser, here = county.browser("admin"), f"/people/{county.handler.public_id}/edit"
    form = form_of_kept(browser.get(here), "UserForm")
    keep(browser, form, {"phone": "13900000000"})
    newer = form_of_kept(browser.get(here), "UserForm")
    assert browser.post(here, data=given(newer, email="why@example.cn")).status_code == 303
    resumed = form_of_kept(browser.get(going_on(browser)), "UserForm")
    stale = browser.post(here, data=resumed.fields)
    assert stale.status_code == 409
    assert form_of_kept(stale, "UserForm").fields["phone"] == "13900000000"
    assert form_of_kept(stale, "UserForm").fields["version"] != form.fields["version"]


def test_two_forms_of_a_page_do_not_mix(county: County) -> None:
    browser = county.browser("admin")
    page = browser.get("/holidays")
    notice, day = form_of_kept(page, "NoticeForm"), form_of_kept(page, "DayForm")
    assert notice.fields["submission"] != day.fields["submission"]
    keep(browser, notice, {"source": "国办发明电〔2026〕8号"})
    resumed = browser.get(going_on(browser))
    assert form_of_kept(resumed, "NoticeForm").fields["source"] == "国办发明电〔2026〕8号"
    beside = form_of_kept(resumed, "DayForm")
    assert beside.fields["day_source"] == ""
    assert beside.fields["submission"] not in (notice.fields["submission"], day.fields["submission"])
    assert "data-unsent" not in beside.attributes


def test_what_is_looked_at_first_keeps_its_draft_until_it_is_applied(county: County) -> None:
    browser = county.browser("admin")
    form = form_of_kept(browser.get("/holidays"), "DayForm")
    change = {"of_year": "2026", "day": "2026-12-25", "kind": "off", "name": "元旦", "day_source": "更正通知"}
    keep(browser, form, change)
    shown = browser.post("/holidays/days", data=given(form, **change))
    assert shown.status_code == 200, shown.text
    assert len(drafts()) == 1
    assert browser.post("/holidays/apply", data=form_of(shown, "/holidays/apply").fields).status_code == 303
    assert drafts() == []


def test_the_ladder_is_gone_on_with_from_its_preview(county: County) -> None:
    browser = county.browser("admin")
    shown = ladder_preview(county)
    form = form_of_kept(shown, "AdoptionForm")
    keep(browser, form, {"reason": "本县做法。"})
    resumed = browser.get(going_on(browser))
    assert "改了 1 行" in resumed.text
    fields = form_of(resumed, ADOPT).fields
    assert (fields["reason"], fields["submission"]) == ("本县做法。", form.fields["submission"])
    assert browser.post(ADOPT, data=fields).status_code == 303
    assert drafts() == []


def test_a_bulk_sending_is_gone_on_with_from_its_draft(county: County) -> None:
    browser = county.browser("acceptor")
    form = form_of_kept(urged(county), "UrgeAllForm")
    assert "data-closed" in form.attributes, "matters that the browser may not keep may be among them"
    keep(browser, form, {"reason": "请在周五以前报告。"})
    assert browser.get("/supervision/urge").location == "/cases"
    resumed = form_of(browser.get(going_on(browser)), "/supervision/urge")
    assert resumed.fields["reason"] == "请在周五以前报告。"
    assert browser.post("/supervision/urge", data=resumed.fields).status_code == 303
    assert drafts() == []


def test_words_on_the_desk_are_gone_on_with_on_the_page_of_the_act(county: County) -> None:
    case = worked(county)
    escalate(county, case)
    browser = county.browser("lead")
    page = browser.get("/supervision").text
    address = f"/cases/{case}/steps/instruct"
    tokens = re.findall(r'name="submission" value="([^"]+)"', page)
    assert len(set(tokens)) == 2, "one tap does not end the words typed beside it"
    assert f'data-draft-address="{address}"' in page
    words = "请民政局本周内到村里核实。"
    told = {"draft-address": address, "draft-title": "批示", "then": "supervision"}
    headers = {"X-CSRFToken": browser.token("/supervision"), "Accept": "application/json"}
    kept = browser.post("/drafts", data={"submission": tokens[1], "words": words, **told}, headers=headers)
    assert kept.json == {"kept": True}
    assert f"{address}?draft=" in browser.get("/supervision").text
    assert words in browser.get(going_on(browser)).text


def test_a_draft_ends_thirty_days_after_the_last_change(county: County, clock: Clock) -> None:
    browser = county.browser("admin")
    form = form_of_kept(browser.get("/people/new"), "NewUserForm")
    keep(browser, form, {"name": "李明"})
    assert "11月21日 09:00 存，留到12月21日" in browser.get("/").text
    clock.set(clock.now() + KEPT_FOR)
    tick()
    assert len(drafts()) == 1, "its last day"
    clock.forward(days=1)
    tick()
    assert drafts() == []
    (line,) = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "drafts.ended"))
    assert b'"drafts":1' in line.payload.replace(b" ", b"")
    clock.forward(days=1)
    tick()
    assert len(list(db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "drafts.ended")))) == 1
