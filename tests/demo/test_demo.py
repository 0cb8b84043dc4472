"""The demonstration: about 120 matters in every stage, the office's own figures among them, all of it on the record."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people.factories import make_department
from tracker.audit.queries import verify
from tracker.cases.ledger.desk import buckets
from tracker.cases.ledger.rules import ReportEdition
from tracker.cases.record.models import Case
from tracker.cases.record.rules.codes import LedgerStatus, Status
from tracker.cases.record.rules.elections import ElectionType
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.demo import load
from tracker.demo.load import PLANS, _deeds, is_demo, load_demo
from tracker.demo.matters import COMMITTEE, PARTY_BRANCH
from tracker.demo.staff import PEOPLE
from tracker.notifications.models import Notice
from tracker.people.queries import account_named, reader_for
from tracker.people.rules import EXCLUSIVE_ROLES
from tracker.reports.issues.models import Report
from tracker.reports.issues.queries import report_paper
from tracker.reports.rules.sentences import plain


@pytest.mark.long
def test_the_whole_of_it_has_the_figures_of_the_office(session: Session) -> None:
    assert 110 <= load_demo(now=clock.now()) <= 140
    every_stage_is_worth_looking_at()
    figures = {
        kind: db.session.scalar(
            select(func.count())
            .select_from(Case)
            .where(Case.election_type == kind, Case.ledger_status == LedgerStatus.CLOSED)
        )
        for kind in (ElectionType.PARTY_BRANCH, ElectionType.COMMITTEE)
    }
    assert figures == {ElectionType.PARTY_BRANCH: 7, ElectionType.COMMITTEE: 24}, "均得到妥善处理"
    assert (
        "受理反映村党组织换届问题的信访件 7 起、反映村委会换届选举的信访事件 24 起（不含检举控告），均得到妥善处理。"
        in elections_told(ReportEdition.OPEN)
    )


def elections_told(edition: ReportEdition) -> str:
    """Return what the last weekly report says of elections, as it was issued."""
    issued = select(Report).where(Report.edition == edition, Report.issued_at.is_not(None))
    report = db.session.scalars(issued.order_by(Report.until.desc())).first()
    assert report is not None
    paper = report_paper(report, clock.today())
    return next(plain(text, paper.values) for each in paper.sections for text in each.paragraphs if "换届" in text)


def test_every_stage_is_worth_looking_at(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one matter of each kind; the plans keep the numbers of the whole."""
    assert sum(len(plan.ages) for plan in PLANS if plan.themes is PARTY_BRANCH) == 7
    assert sum(len(plan.ages) for plan in PLANS if plan.themes is COMMITTEE) == 24
    few = tuple(replace(plan, ages=plan.ages[-1:]) for plan in PLANS)
    monkeypatch.setattr(load, "PLANS", few)
    assert load_demo(now=clock.now()) == len(few)
    every_stage_is_worth_looking_at()


def every_stage_is_worth_looking_at() -> None:
    by_status = dict(db.session.execute(select(Case.status, func.count()).group_by(Case.status)).all())  # type: ignore[arg-type]
    assert set(by_status) == set(Status) - {Status.NO_LONGER_ACCEPTED}
    ledgers = set(db.session.scalars(select(Case.ledger_status)))
    assert ledgers == set(LedgerStatus) - {LedgerStatus.UNDER_REVIEW}
    assert verify().wrong is None
    assert "（不含检举控告），均得到妥善处理。" in elections_told(ReportEdition.OPEN)
    assert "妥善处理" not in elections_told(ReportEdition.CONFIDENTIAL)
    assert is_demo()
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.held)) == 0, (
        "nothing waits for a word"
    )
    for person in PEOPLE:
        if person.role in EXCLUSIVE_ROLES:
            continue
        user = account_named(person.username)
        assert user is not None
        assert buckets(reader_for(user, clock.today()), today=clock.today()), person.username
    with pytest.raises(DomainError, match="不再装入"):
        load_demo(now=clock.now())


@pytest.mark.parametrize("minutes", [0, 4, 59, 61, 600])
def test_nothing_is_entered_after_now_or_before_its_day(minutes: int) -> None:
    today = date(2026, 11, 22)
    now = clock.at_local(today, 0) + timedelta(minutes=minutes)
    made = [(clock.at_local(today, 10), print), (clock.at_local(today, 11), print)]
    moments = [at for at, _deed in _deeds([SimpleNamespace(made=made)], now)]  # type: ignore[list-item]
    assert moments == sorted(moments)
    assert all(clock.local_date(at) == today and at <= now for at in moments)


def test_invented_people_never_enter_a_register_in_use(session: Session, app: Flask) -> None:
    with committed():
        make_department("县信访局")
    with pytest.raises(DomainError, match="不再装入"):
        load_demo(now=clock.now())
    result = app.test_cli_runner().invoke(args=["load-demo"])
    assert (result.exit_code, result.output) == (0, "")
