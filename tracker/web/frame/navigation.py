"""The frame of every page: who is signed in, where one can go, the office's time."""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from tracker.audit.checkpoints import latest_digits
from tracker.cases.intake.submissions import new_token
from tracker.core import clock, encryption
from tracker.core.database import db, read_once
from tracker.jobs import subjects
from tracker.people.rules import Permission, permissions
from tracker.reminders.gate.queries import believed
from tracker.supervision.messages.inbox import unread_count
from tracker.web.frame.drafts import drafts_here, resumed


class NavigationLink(NamedTuple):
    """One link of the main navigation; it is shown where the page exists and the person may open it."""

    label: str
    endpoint: str
    permission: Permission
    key: str = ""


MESSAGES = "inbox.page"
NAV = (
    NavigationLink("工作台", "desk.page", Permission.READ_CASES),
    NavigationLink("登记", "registration.page", Permission.REGISTER_CASES, "n"),
    NavigationLink("台账", "ledger.page", Permission.READ_CASES),
    NavigationLink("进度查询", "enquiry.page", Permission.REGISTER_CASES),
    NavigationLink("督办台", "supervision.page", Permission.SUPERVISE),
    NavigationLink("统计", "statistics.page", Permission.READ_FIGURES),
    NavigationLink("日报、周报", "reports.page", Permission.READ_FIGURES),
    NavigationLink("上报、请示", "upward.page", Permission.REPORT_UPWARD),
    NavigationLink("消息", MESSAGES, Permission.READ_CASES),
    NavigationLink("村（社区）", "villages.page", Permission.READ_PLACES),
    NavigationLink("重点难点村", "key_villages.page", Permission.READ_CASES),
    NavigationLink("代表建议", "suggestions.page", Permission.READ_CASES),
    NavigationLink("人员", "people.page", Permission.READ_PEOPLE),
    NavigationLink("机构", "departments.page", Permission.READ_PEOPLE),
    NavigationLink("节假日", "holidays.page", Permission.MANAGE_CALENDAR),
    NavigationLink("督办阶梯", "ladder.page", Permission.READ_LADDER),
    NavigationLink("办事规程", "procedure.page", Permission.READ_CASES),
    NavigationLink("依据、本单位规定", "law.page", Permission.READ_LAW),
    NavigationLink("运行记录", "timer.page", Permission.SEE_TIMER),
    NavigationLink("内容分类", "categories.page", Permission.MANAGE_CATEGORIES),
    NavigationLink("读入", "imports.page", Permission.IMPORT_CASES),
    NavigationLink("日志", "log.page", Permission.READ_LOG),
)


def init_frame(app: Flask) -> None:
    """Give every template what `base.html` needs, with two queries: the unread messages (消息), the last good run."""
    version = _asset_version(Path(str(app.static_folder)))
    app.context_processor(lambda: {"asset_version": version, **_frame()})
    app.jinja_env.globals |= {
        "browser_key": lambda: encryption.browser_key(g.signed_in.id),
        "checkpoint_digits": lambda: read_once("the digits of the last checkpoint", latest_digits),
        "new_token": new_token,
        "resumed_draft": resumed,
        "other_drafts": lambda address="": drafts_here(request.form.get("submission", ""), address),
    }


def _frame() -> dict[str, Any]:
    now = clock.local(clock.now())
    frame: dict[str, Any] = {"page_time": f"{now:%Y}年{now.month}月{now.day}日 {now:%H:%M}", "today": f"{now:%Y-%m-%d}"}
    frame["factor_waived"] = not current_app.config["SECOND_FACTOR_REQUIRED"]
    if "signed_in" in g:
        frame["who"] = {"name": g.signed_in.name, "post": g.signed_in.posts}
        frame["person_mark"] = encryption.mark_of_person(g.signed_in.id)
        frame["nav"] = _nav()
        frame["clock_doubt"] = _clock_doubt()
        frame["may_search"] = "reader" in g and Permission.READ_CASES in permissions(g.reader.posts)
    return frame


Link = tuple[str, str, bool, int | None, str] | tuple[str, str, bool, int | None]


def _nav() -> list[Link]:
    """Return the links this person may follow; none while something else comes first."""
    if "reader" not in g or g.get("first_thing"):
        return []
    allowed = permissions(g.reader.posts)
    links: list[Link] = []
    for entry in NAV:
        if entry.permission in allowed and entry.endpoint in current_app.view_functions:
            here = request.blueprint == entry.endpoint.partition(".")[0]
            count = _unread() if entry.endpoint == MESSAGES else None
            link = (entry.label, url_for(entry.endpoint), here, count)
            links.append((*link, entry.key) if entry.key else link)
    return links


def _unread() -> int | None:
    """Return how many messages the person has not opened; a page about a broken database is still shown."""
    if g.get("database_failed"):
        return None
    try:
        return unread_count(subjects.SUBJECTS, g.reader)
    except SQLAlchemyError:
        db.session.rollback()
        return None


def _clock_doubt() -> str:
    """Return why the clock cannot be believed, "" where it can; a page about a broken database is still shown."""
    if g.get("database_failed"):
        return ""
    try:
        found = believed(clock.now())
        return "" if found.open else found.sentence
    except SQLAlchemyError:
        db.session.rollback()
        return ""


def _asset_version(folder: Path) -> str:
    """Return a number that changes with any file of the folder, so that browsers may keep the rest for ever."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            whole.update(file.read_bytes())
    return whole.hexdigest()[:12]
