"""One small county in which something of every kind has happened: what is then tampered with, a copy for each way."""

import io
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from tests.databases import Ids
from tests.web.stories import build_at_work
from tests.working_days.test_notices import notice_of
from tests.world.county import THE_DAY, County
from tests.world.rows import category
from tracker import audit
from tracker.cases.acts.accused import AccusedEntry
from tracker.cases.lifecycle.stepping import Material, attach
from tracker.cases.record.models import Case, CaseStep
from tracker.cases.record.rules.codes import Confidentiality
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.files import store
from tracker.jobs.sending import deliver
from tracker.jobs.ticking import tick
from tracker.notifications.inbox import open_message
from tracker.notifications.models import Delivery, Notice
from tracker.people import service
from tracker.people.queries import person
from tracker.petitioners.service import PetitionerEntry
from tracker.reminders.ladder.queries import current
from tracker.reminders.ladder.rules.rungs import RungLevel
from tracker.reminders.ladder.service import adopt
from tracker.supervision.papers import orders
from tracker.working_days.service import load_year

CONTENT = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
RUNS_ON = THE_DAY + timedelta(days=26)
ACCUSED = AccusedEntry("某村民", "村委会主任")


def build_filled() -> Ids:
    """Build the county with matters, an accusation, materials, letters, runs of the timer and readings."""
    ids = build_at_work()
    county = County(ids, current_app.test_client)  # type: ignore[arg-type]
    with clock.frozen(THE_DAY + timedelta(hours=1)):
        _settings(county)
        _order(county)
        _material(county)
        county.register(title="咨询低保政策", petitioners=[PetitionerEntry(name="张三", phone="13900000000")])
    with clock.frozen(RUNS_ON):
        tick(clock.now())
        deliver(clock.now(), ways={})
        _open_messages()
    with clock.frozen(RUNS_ON + timedelta(hours=1)):
        for _ in range(3):
            county.browser("acceptor").get("/cases", query_string={"words": "选民"})
        county.register("acceptor", level=Confidentiality.ACCUSATION, accused=[ACCUSED], title="检举收钱拉票")
        county.browser("handler").get(f"/cases/{county.case(_first()).public_id}")
    return ids


def _first() -> str:
    return db.session.scalars(select(Case.public_id).order_by(Case.id)).first() or ""


def _settings(county: County) -> None:
    with committed():
        category("农村农业")
        audit.record(audit.Event.CATEGORY_CHANGED, by=county.admin, now=clock.now(), text="增补内容分类")
    with committed():
        load_year(2026, notice_of(2026), source="国办发明电", by=county.admin, now=clock.now())
    with committed():
        adopt(current().rungs, by=county.supervisor, now=clock.now(), reason="核对后启用。")
    day = clock.today()
    with committed():
        away, stand_in, until = county.handler, county.colleague, day + timedelta(days=2)
        service.note_absence(away, started_on=day, ended_on=until, stand_in=stand_in, by=away, now=clock.now())


def _order(county: County) -> None:
    case = county.case(_first())
    with committed():
        order = orders.issue(
            case,
            by=county.office_head,
            now=clock.now(),
            level=RungLevel.URGE,
            reason="请抓紧办理。",
            reply_by=date(2026, 11, 30),
        )
    with committed():
        orders.answer(order, by=county.handler, now=clock.now(), reason="已经入户核实。")


def _material(county: County) -> None:
    case = county.case(_first())
    with committed():
        material = Material("来信扫描件.pdf", store(io.BytesIO(CONTENT), name="来信扫描件.pdf"))
        first = db.session.scalars(select(CaseStep.id).where(CaseStep.case_id == case.id).order_by(CaseStep.id)).first()
        attach(case, [material], step_id=first, by=county.registrar, now=clock.now())
        audit.record(audit.Event.CASE_CORRECTED, by=county.registrar, now=clock.now(), case_id=case.id)


def _open_messages() -> None:
    copies = db.session.execute(
        select(Notice.public_id, Delivery.user_id)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .order_by(Delivery.id)
        .limit(3)
    ).all()
    for public_id, user_id in copies:
        with committed():
            open_message(public_id, by=person(user_id), now=clock.now())
