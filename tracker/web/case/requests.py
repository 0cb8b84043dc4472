"""件的申请: reading one matter for half an hour, coming on a named list, lowering a level; another person decides."""

from dataclasses import dataclass

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from tracker.cases.access import requests
from tracker.cases.access.requests import EMERGENCY_LASTS, KINDS, RequestKind
from tracker.cases.access.rules import Matter
from tracker.cases.access.scope import matter_of, visible_case
from tracker.cases.record.models import CaseRequest
from tracker.core import clock
from tracker.people.rules import Permission
from tracker.web.frame.access import actor, person, reader, requires
from tracker.web.frame.forms import AreaField, ChoiceField, LineField, OfficeForm, form_page
from tracker.web.frame.sending import carried_out

pages = Blueprint("requests", __name__)
MINUTES = int(EMERGENCY_LASTS.total_seconds() // 60)
ASKED = "申请已经提出。可以批准的人和审计管理员当即知道；批准以后，这一件在您的台账里。"
BY_NUMBER = (
    (RequestKind.EMERGENCY.value, f"{KINDS[RequestKind.EMERGENCY].label}：批准以后可以看 {MINUTES} 分钟，到时自动收回"),
    (RequestKind.LISTED.value, f"{KINDS[RequestKind.LISTED].label}：专办检举控告的人员，看任职以前登记的检举控告"),
)


class AskForm(OfficeForm):
    """Which matter, and why one must read it."""

    kind = ChoiceField("申请什么", required=True, choices=BY_NUMBER)
    number = LineField("编号", required=True, longest=40, hint="信访事项或者文书上的编号。")
    reason = AreaField("理由", required=True, longest=500, hint="出了什么事、为什么等不到有权知悉的人办。写进日志。")


class LowerForm(OfficeForm):
    """Why a matter need not be sensitive any more."""

    reason = AreaField("理由", required=True, longest=500, hint="写进日志。批准以后按普通件管理。")


class DecideForm(OfficeForm):
    """What was checked before a request is decided on."""

    note = AreaField("核对情况", required=True, longest=500, hint="如已当面、电话核对。写进日志。")


@dataclass(frozen=True)
class ShownRequest:
    """One request on the page of its matter: what, by whom, why, where it stands; whether the reader may decide."""

    public_id: str
    what: str
    asked: str
    reason: str
    state: str
    open: bool
    may_decide: bool


@pages.route("/requests", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def page() -> ResponseReturnValue:
    """Ask to read a matter that one may not see (紧急查阅、申请列入知悉名单), and see what one asked."""
    form = AskForm()

    def act() -> None:
        kind = RequestKind(form.kind.chosen)
        requests.ask(kind, form.number.data, reason=form.reason.data, by=person(), now=clock.now())

    done = carried_out(form, act, lambda _none: url_for(".page"), ASKED)
    return done or form_page("case/requests.html", form, mine=[_mine(each) for each in _asked()], minutes=MINUTES)


def _asked() -> list[CaseRequest]:
    return list(requests.asked_by(actor().id, clock.now()))


def _mine(request: CaseRequest) -> tuple[str, str, str, str]:
    """Return number, kind, hour and state of a request, for who asked: a refusal looks like what nobody answered."""
    at, now = clock.local(request.asked_at), clock.now()
    if request.approved:
        state = _until(request)
    else:
        state = "等待批准" if requests.waits(request, now) else "没有批准"
    return request.number, KINDS[RequestKind(request.kind)].label, f"{at:%Y-%m-%d %H:%M}", state


def _until(request: CaseRequest) -> str:
    if request.until is None:
        return "已批准"
    over = request.until <= clock.now()
    return "已到期收回" if over else f"已批准，{clock.local(request.until):%H:%M} 到期"


@pages.route("/cases/<pid:public_id>/lower", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def lower(public_id: str) -> ResponseReturnValue:
    """Ask that a matter be kept as an ordinary one (提请降低保密级别); the head of the office decides."""
    case, form = visible_case(public_id, reader()), LowerForm()
    number, home = case.register_no, url_for("cases.detail", public_id=public_id)

    def act() -> None:
        requests.ask(RequestKind.LOWER_LEVEL, number, reason=form.reason.data, by=person(), now=clock.now())

    done = carried_out(form, act, lambda _none: home, "已经提请，等信访部门负责人批准。")
    return done or form_page("case/lower.html", form, number=number, home=home, closed=True)


@pages.route("/requests/<pid:public_id>/approve", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def approve(public_id: str) -> ResponseReturnValue:
    """Approve what another asked about a matter that one may see (批准)."""
    return _decide(public_id, approved=True)


@pages.route("/requests/<pid:public_id>/end", methods=["GET", "POST"])
@requires(Permission.READ_CASES)
def end(public_id: str) -> ResponseReturnValue:
    """Refuse it (不批准)."""
    return _decide(public_id, approved=False)


def _decide(public_id: str, *, approved: bool) -> ResponseReturnValue:
    request, form = requests.request_to_decide(public_id, reader()), DecideForm()
    case, kind = request.case, KINDS[RequestKind(request.kind)].label
    assert case is not None
    home, number = url_for("cases.detail", public_id=case.public_id), case.register_no

    def act() -> None:
        found = requests.request_to_decide(public_id, reader())
        requests.decide(found, approved=approved, note=form.note.data, by=person(), now=clock.now())

    said = f"{kind}{'已经批准' if approved else '没有批准'}。"
    shown = {"asked": request, "what": kind, "number": number, "home": home, "approved": approved, "closed": True}
    return carried_out(form, act, lambda _none: home, said) or form_page(
        "case/request.html", form, **shown, local=clock.local
    )


def shown_requests(case_id: int) -> list[ShownRequest]:
    """Return the requests about a matter for its page; the reader may see it."""
    found = requests.requests_about(case_id)
    return [_shown(each) for each in found]


def _shown(request: CaseRequest) -> ShownRequest:
    now, at = clock.now(), clock.local(request.asked_at)
    waiting = request.decided_at is None and requests.waits(request, now)
    if request.decided_by is not None:
        state = f"{request.decided_by.name}{'批准' if request.approved else '没有批准'}：{request.note}"
        state += f"（{_until(request)}）" if request.approved and request.until else ""
    else:
        state = "待批准" if waiting else "没有人批准"
    return ShownRequest(
        public_id=request.public_id,
        what=KINDS[RequestKind(request.kind)].label,
        asked=f"{request.asked_by.name}　{at:%Y-%m-%d %H:%M}",
        reason=request.reason,
        state=state,
        open=waiting,
        may_decide=waiting and requests.may_decide(request, reader(), _matter(request)),
    )


def _matter(request: CaseRequest) -> Matter:
    assert request.case is not None
    return matter_of(request.case)
