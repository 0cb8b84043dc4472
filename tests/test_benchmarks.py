"""What the benchmarks measure is a real ledger: sealed, logged, searchable, and it can be worked on."""

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import lives
from benchmarks.acts import prepare
from benchmarks.county import PASSWORD, SINCE
from benchmarks.fill import TODAY, application, fill
from benchmarks.rows import Numbers, made
from tests.client import Client
from tests.conftest import Clock
from tests.databases import writing
from tracker.audit.service import row_seal
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.groups import StateGroup
from tracker.cases.record.models import Case, Category
from tracker.cases.record.search import matching
from tracker.core.database import db
from tracker.deadlines.models import Deadline
from tracker.jobs.verifying import verify
from tracker.people.models import Department, User
from tracker.people.queries import reader_for


@pytest.fixture
def ledger(session: Session) -> None:
    """Fill a small ledger."""
    fill(40, 0.5, say=lambda *words, **options: None)


def test_the_log_and_every_row_agree(ledger: None) -> None:
    found = verify()
    assert found.wrong is None
    assert found.events > 40
    assert found.rows > 400


def test_open_and_closed_cases_are_found_and_listed(ledger: None) -> None:
    clerk = db.session.scalars(select(User).where(User.username == "clerk")).one()
    reader = reader_for(clerk, TODAY)
    shares = {
        state: page(reader, Filters(state=state), today=TODAY).total for state in (StateGroup.OPEN, StateGroup.CLOSED)
    }
    assert shares[StateGroup.CLOSED] >= 18
    assert 10 <= shares[StateGroup.OPEN] <= 20
    assert (db.session.scalar(select(func.count(Case.id)).where(matching("反映"))) or 0) > 5
    assert (db.session.scalar(select(func.count()).where(Deadline.ended_on.is_(None))) or 0) > 20


def test_new_rows_go_on_after_those_of_the_benchmark(ledger: None) -> None:
    session = writing()
    for _ in range(3):
        session.add(Category(name="新", position=1, valid_from=SINCE))
    session.add(
        Case(
            register_no="X",
            office_id=db.session.scalar(select(func.min(Department.id))),
            registered_at=db.session.scalar(select(func.max(Case.registered_at))),
            received_on=TODAY,
            channel="letter",
            title="新",
            summary="新",
            purpose="appeal",
        )
    )
    session.flush()


def test_the_clerk_can_sign_in(ledger: None, client: Client) -> None:
    assert client.sign_in("clerk", PASSWORD).status_code == 303


def test_a_row_has_the_seal_that_it_will_have_when_read(session: Session) -> None:
    row = made(
        Category, id=Numbers().key(Category), name="村务管理", position=Random(1).randint(1, 9), valid_from=SINCE
    )
    kept = Category(**row.values)
    writing().add(kept)
    db.session.flush()
    db.session.expire_all()
    assert row_seal(kept) == row.seal()


@pytest.mark.sqlite
@pytest.mark.long
def test_matters_live_their_life_in_a_register_that_was_multiplied(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with application(f"sqlite:///{tmp_path}/tracker.db", tmp_path).app_context():
        fill(40, 0.5, say=lambda *words, **options: None)
        db.session.remove()
        db.engine.dispose()
    url = prepare(tmp_path, 120, newest=True)
    monkeypatch.setattr(lives, "LIVES", 3)
    monkeypatch.setattr(lives, "COUNTED", 1)
    costs = lives.measure(url, tmp_path)
    assert len(costs) == 2 + 2 * len(lives.LIFE)
    assert all(cost["statements"] > 3 and cost["work"] > 0 for cost in costs.values())
