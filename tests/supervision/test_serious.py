"""A new serious case is told at once, at any hour, to the main leaders who are not complained of in it (贿选)."""

from datetime import date

from sqlalchemy import select

from tests.people.factories import make_user
from tests.world.county import County
from tests.world.matters import an_entry
from tracker.cases.acts import sidetracks
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.registration import register
from tracker.core import clock
from tracker.core.clock import at_local
from tracker.core.database import committed, db
from tracker.jobs.sending import deliver
from tracker.jobs.ticking import tick
from tracker.notifications.models import Delivery, Notice
from tracker.people.rules import Role

NIGHT = at_local(date(2026, 11, 21), 23)  # a Saturday


def test_the_office_is_told_to_report_and_the_leaders_are_told_of_the_report(county: County) -> None:
    with clock.frozen(NIGHT):
        with committed():
            accused = make_user("accused", "高强", roles=[(Role.PRINCIPAL_LEADER, county.county)])
        with committed():
            entry = an_entry(vote_buying=True, accused=[AccusedEntry("高强", "县长")])
            case = register(entry, office=county.office, by=county.registrar, now=clock.now())
        tick(NIGHT)
        deliver(NIGHT)
        told = {row.user_id for row in db.session.scalars(select(Delivery))}
        assert county.office_head.id in told
        with committed():
            sidetracks.report_to_leaders(case, by=county.acceptor, now=clock.now(), text="涉嫌贿选")
        deliver(NIGHT)
        notices = db.session.scalars(select(Notice).where(Notice.source == "leader_report")).all()
        assert [(row.user_id, row.urgent, row.at_once) for row in notices] == [(county.leader.id, True, True)]
        copies = db.session.scalars(select(Delivery).where(Delivery.notice_id == notices[0].id)).all()
        assert [(copy.user_id, copy.delivered_at) for copy in copies] == [(county.leader.id, NIGHT)]
        assert accused.id not in {row.user_id for row in db.session.scalars(select(Delivery))}
