"""系统 → 日志: what was done and read, without any content, and whether the record is whole."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.audit import checkpoints, queries
from tracker.audit.events import EVENT_LABELS, Event
from tracker.audit.models import AuditCheck, AuditEvent
from tracker.audit.service import ACTS, READINGS
from tracker.core import clock
from tracker.jobs import verifying
from tracker.people.queries import names_by_id
from tracker.people.rules import Permission
from tracker.web.frame.access import requires
from tracker.web.frame.forms import page_number
from tracker.web.frame.paging import Paging

pages = Blueprint("log", __name__, url_prefix="/log")
LOGS = {"acts": ACTS, "readings": READINGS}
LABELS = {"acts": "办理日志", "readings": "查阅日志"}


@pages.get("")
@requires(Permission.READ_LOG)
def page() -> ResponseReturnValue:
    """Show one page of a log, newest first, with the root hash an auditor writes down."""
    which = request.args.get("log", "acts")
    which = which if which in LOGS else "acts"
    kind = request.args.get("kind", "")
    kind = kind if kind in set(Event) else ""
    number = page_number()
    found = queries.events(LOGS[which], kind=kind, page=number)
    names = names_by_id({row.actor_id for row in found.rows if row.actor_id is not None})
    size, root = queries.head(LOGS[which])
    return render_template(
        "office/log/page.html",
        rows=[_shown(row, names) for row in found.rows],
        tabs=[(label, url_for("log.page", log=name), name == which) for name, label in LABELS.items()],
        paging=Paging(number, found.total),
        which=which,
        kind=kind,
        kinds=[(event.value, label) for event, label in EVENT_LABELS.items()],
        size=size,
        root=root,
        checks=[_checked(each) for each in dict.fromkeys(checkpoints.last_checks()) if each],
    )


@pages.post("/verify")
@requires(Permission.READ_LOG)
def verify() -> ResponseReturnValue:
    """Check both logs and every row they seal (日志校验)."""
    found = verifying.verify()
    if found.wrong:
        flash(f"校验不通过：{found.wrong}。", "danger")
    else:
        flash(f"校验通过：日志 {found.events} 行，数据 {found.rows} 行，全部相符。", "success")
    return redirect(url_for("log.page"), 303)


def _checked(check: AuditCheck) -> tuple[str, bool]:
    """Return what a check found, in words, and whether all of it agreed."""
    what = "全部" if check.whole else "新增部分"
    words = f"{clock.local(check.ended_at):%Y-%m-%d %H:%M} 核对{what}：日志 {check.events} 行，数据 {check.rows} 行"
    return (f"{words}，不相符：{check.wrong}。", False) if check.wrong else (f"{words}，全部相符。", True)


def _shown(row: AuditEvent, names: dict[int, str]) -> dict[str, Any]:
    at = clock.local(row.at_utc)
    return {
        "seq": row.seq,
        "at": f"{at:%Y-%m-%d %H:%M:%S}",
        "kind": EVENT_LABELS.get(Event(row.kind), row.kind) if row.kind in set(Event) else row.kind,
        "who": names.get(row.actor_id, "系统") if row.actor_id is not None else "系统",
        "role": row.actor_role,
        "case": row.case_id,
        "leaf": row.leaf.hex()[:16],
    }
