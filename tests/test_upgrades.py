"""Upgrades with data: what every released version left is put in place, brought to the head, used, and brought back."""

import json
import lzma
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.client import Client
from tests.conftest import DATABASES, Clock
from tests.databases import MIGRATIONS, fast_folder, make_app, writing_engine
from tests.people.factories import sign_in
from tests.postgres import Server
from tracker.audit import Event, record, resealing
from tracker.audit.queries import verify
from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.acts import reviews
from tracker.cases.acts.renumbering import close_number
from tracker.cases.intake.drafts import DraftOf, drafts_of, keep_draft
from tracker.cases.record.models import Case, CaseStep, OfficeCode, TransferredNumber
from tracker.cases.record.numbering import next_paper_no, next_register_no
from tracker.core import clock
from tracker.core.clock import SHANGHAI, local_date
from tracker.core.database import committed, db
from tracker.core.enclosing import CaseFacts, CaseText
from tracker.core.encryption import decrypt, encrypt
from tracker.deadlines.models import Deadline
from tracker.demo.staff import PASSWORD
from tracker.jobs.ticking import tick
from tracker.jobs.verifying import counters
from tracker.notifications.models import Delivery
from tracker.notifications.rules import DeliveryState
from tracker.people.models import Department, User
from tracker.people.queries import reader_for
from tracker.reminders.ladder.queries import current, editions
from tracker.reminders.ladder.rules.defaults import DECIDED_BEFORE
from tracker.reminders.ladder.service import adopt
from tracker.reminders.models import Escalation

FILE = "tracker.db"
FIXTURES = Path(__file__).with_name("fixtures")
VERSIONS = sorted(folder.name for folder in FIXTURES.iterdir() if (folder / "keys").is_dir())
# The working day after the last one of 0.2.0; what a later version leaves ends before it too.
NEXT_DAY = datetime(2026, 11, 27, 9, tzinfo=SHANGHAI)
# Columns of older versions by another name, and what they are now.
RENAMED = {
    ("case_step", "at"): "entered_at",
    # A closed series is called as it stands in its numbers.
    ("register_counter", "series"): "CASE WHEN NOT closed THEN kind WHEN kind = 'XF' THEN 'XFN' ELSE kind || '内' END",
}
LOG = ("audit_event", "audit_blob", "audit_head")
DUE = datetime(2026, 12, 15, 9, tzinfo=SHANGHAI)
Contents = dict[str, list[tuple[Any, ...]]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Bring up what each version left, on the databases that were asked for.

    Unasked, SQLite has every version, and PostgreSQL the newest; older ones it has in a test marked for both, and in
    `make test-all`. What is refused on the way down is asked of the head that the newest was brought to: all heads are
    one schema.
    """
    if "left" in metafunc.fixturenames:
        both = any(marker.name == "both_databases" for marker in metafunc.definition.iter_markers())
        asked = metafunc.config.option.database or ("both" if both else None)
        wanted = [
            (version, name)
            for version in (VERSIONS[-1:] if asked is None and "newest" in metafunc.fixturenames else VERSIONS)
            for name in DATABASES
            if asked in ("both", name) or (asked is None and (name == "sqlite" or version == VERSIONS[-1]))
        ]
        metafunc.parametrize("left", wanted, ids="-".join, indirect=True)


@dataclass(frozen=True)
class Image:
    """Folder and database in some state, made once; each test has a copy."""

    folder: Path
    # The database on PostgreSQL; without, a file in the folder is the database.
    kept: str | None = None
    server: Server | None = None

    @contextmanager
    def running(self, clock: Clock) -> Iterator[Flask]:
        """Give the program on a copy."""
        folder = fast_folder("upgrade")
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        app = make_app(folder, self.copied() or f"sqlite:///{folder / FILE}")
        clock.set(NEXT_DAY)
        try:
            with app.app_context():
                yield app
                db.session.remove()
                db.engine.dispose()
        finally:
            shutil.rmtree(folder)

    def copied(self) -> str | None:
        """Copy the database on PostgreSQL and return the copy's address."""
        if not self.server or not self.kept:
            return None
        return self.server.copy_database(self.kept, f"{self.kept}_copy").render_as_string(hide_password=False)


@dataclass
class Images:
    """What the versions left, as it is and brought to the head: made when a test asks for it first."""

    folder: Path
    made: dict[tuple[str, str, str], Image] = field(default_factory=dict)

    def as_left(self, version: str, name: str, server: Server | None) -> Image:
        """Put in place what a version left."""
        if ("left", version, name) not in self.made:
            folder = self.folder / f"left-{version}-{name}"
            for each in ("keys", "attachments"):
                shutil.copytree(FIXTURES / version / each, folder / each)
            for mark in (FIXTURES / version).glob("installation"):
                shutil.copy(mark, folder)
            image = Image(folder)
            if server:
                url = server.create_database(f"tracker_left_{version}")
                with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
                    connection.execute(lzma.decompress((FIXTURES / version / "tracker.sql.xz").read_bytes()))
                image = Image(folder, url.database, server)
            else:
                (folder / FILE).write_bytes(lzma.decompress((FIXTURES / version / f"{FILE}.xz").read_bytes()))
            self.made["left", version, name] = image
        return self.made["left", version, name]

    def at_the_head(self, version: str, name: str, server: Server | None, clock: Clock) -> Image:
        """Bring what a version left to the head."""
        if ("head", version, name) not in self.made:
            folder = self.folder / f"head-{version}-{name}"
            left, kept = self.as_left(version, name, server), None
            with left.running(clock) as app:
                upgrade(directory=str(MIGRATIONS))
                db.session.remove()
                db.engine.dispose()
                shutil.copytree(app.config["TRACKER_DATA"], folder)
                if server:
                    kept = f"{left.kept}_head"
                    server.copy_database(f"{left.kept}_copy", kept)
            self.made["head", version, name] = Image(folder, kept, server)
        return self.made["head", version, name]


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    """Give the images of this process."""
    folder = fast_folder("images")
    yield Images(folder)
    shutil.rmtree(folder)


@pytest.fixture
def left(request: pytest.FixtureRequest) -> tuple[str, str, Server | None]:
    """Give a version, a database, and the server where one is needed."""
    version, name = request.param
    return version, name, request.getfixturevalue("postgres_server") if name == "postgresql" else None


@pytest.fixture
def installed(images: Images, left: tuple[str, str, Server | None], clock: Clock) -> Iterator[Flask]:
    """Give the program on what a version left, as that version left it."""
    with images.as_left(*left).running(clock) as app:
        yield app


@pytest.fixture
def upgraded(images: Images, left: tuple[str, str, Server | None], clock: Clock) -> Iterator[Flask]:
    """Give the program on what a version left, brought to the head."""
    with images.at_the_head(*left, clock).running(clock) as app:
        yield app


@pytest.fixture
def newest(upgraded: Flask) -> Flask:
    """Give the program at the head, on what the newest version left alone; `make test-all` takes every version."""
    return upgraded


def revision() -> str:
    """Return the migration the database stands at."""
    with db.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def columns() -> dict[str, list[str]]:
    """Return the columns of every table, without those that are computed again: hints and the search index."""
    known = [column for table in db.metadata.tables.values() for column in table.c if column.name != "public_id"]
    hints = {(column.table.name, column.name) for column in known if column.info.get("sealed") is False}
    with db.engine.connect() as connection:
        return {
            name: [column for column in there if (name, column) not in hints]
            for name, there in found_in(connection).items()
            if not name.startswith(("case_search", "alembic_version"))
        }


def found_in(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """Return the columns of every table there is, with their types: all at once, for PostgreSQL takes long for each."""
    found = sa.inspect(connection).get_multi_columns()
    return {name: {each["name"]: each["type"] for each in columns} for (_, name), columns in found.items()}


def contents(wanted: dict[str, list[str]]) -> Contents:
    """Return every row of some tables, in one order."""
    with db.engine.connect() as connection:
        there = found_in(connection)
        return {name: sorted(rows(connection, name, wanted[name], there[name]), key=repr) for name in wanted}


def but_the_log(found: Contents) -> Contents:
    """Return every row but the log's: a migration that changes what is sealed writes there."""
    return {name: rows for name, rows in found.items() if name not in LOG}


def log_only_grew(before: Contents, after: Contents) -> bool:
    return all(set(before[name]) <= set(after[name]) for name in LOG if name != "audit_head")


def rows(connection: sa.Connection, table: str, names: Sequence[str], there: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what stands in some columns, called as they were or as they are called now."""
    called = (
        sa.column(name, as_read(f"{table}.{name}", there[name]))
        if name in there
        else sa.literal_column(RENAMED[table, name])
        for name in names
    )
    chosen = sa.select(*called).select_from(sa.table(table))
    return [tuple(row) for row in connection.execute(chosen)]


def as_read(context: str, stored: Any) -> Any:
    """Return the type by which a column says what stands in it, enclosed or open."""
    if isinstance(stored, sa.JSON):
        return CaseFacts(context)
    return CaseText(context) if isinstance(stored, sa.String) else None


def number_of(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_there_is_something_of_every_kind_in_them(installed: Flask) -> None:
    """A fixture that holds nothing would prove nothing."""
    needed = ("petition_case", "deadline", "escalation", "notice", "delivery", "supervision_order", "instruction")
    needed += ("attachment", "accused_party", "ladder_edition", "tick_run", "audit_event", "user_session")
    counts = {name: len(found) for name, found in contents(columns()).items()}
    assert [name for name in needed if not counts.get(name)] == []
    assert number_of(sa.select(Delivery.id).where(Delivery.state == DeliveryState.READY).subquery())
    assert number_of(sa.select(Delivery.id).where(Delivery.state == DeliveryState.DEAD).subquery())


def test_every_row_comes_up_and_goes_down_again(installed: Flask) -> None:
    own, wanted = revision(), columns()
    before = contents(wanted)
    upgrade(directory=str(MIGRATIONS))
    assert but_the_log(contents(wanted)) == but_the_log(before)
    downgrade(directory=str(MIGRATIONS), revision=own)
    assert (revision(), columns()) == (own, wanted)
    after = contents(wanted)
    assert but_the_log(after) == but_the_log(before)
    assert log_only_grew(before, after)


@pytest.mark.both_databases
def test_what_was_used_goes_down_with_its_data_and_comes_up_again_with_every_seal(installed: Flask) -> None:
    """On the way up each old seal is checked with the old columns: the way down has left them as they were."""
    own, wanted = revision(), columns()
    upgrade(directory=str(MIGRATIONS))
    tick(NEXT_DAY)
    db.session.remove()
    used = contents(wanted)
    downgrade(directory=str(MIGRATIONS), revision=own)
    after = contents(wanted)
    assert but_the_log(after) == but_the_log(used)
    assert log_only_grew(used, after)
    upgrade(directory=str(MIGRATIONS))
    assert verify().wrong is None


def test_a_row_that_was_changed_behind_the_log_stops_the_upgrade(
    installed: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    own, wanted = revision(), columns()
    with writing_engine().begin() as connection:
        connection.execute(sa.text("UPDATE supervision_order SET text = '被改' WHERE id = 1"))
    before = contents(wanted)
    with pytest.raises(SystemExit):
        upgrade(directory=str(MIGRATIONS))
    assert "supervision_order 表主键 1 的行与日志所记不符" in capfd.readouterr().err
    assert (revision(), columns()) == (own, wanted)
    assert contents(wanted) == before


def test_an_upgrade_that_breaks_off_leaves_everything(installed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    own, wanted = revision(), columns()
    before = contents(wanted)

    def broken_off(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(resealing, "_release", broken_off)
    with pytest.raises(KeyboardInterrupt):
        upgrade(directory=str(MIGRATIONS))
    db.session.remove()
    assert (revision(), columns()) == (own, wanted)
    assert contents(wanted) == before


def test_the_log_agrees_with_every_row(upgraded: Flask) -> None:
    found = verify()
    assert found.wrong is None
    assert found.rows > 1000


def test_pages_open_and_search_finds(upgraded: Flask) -> None:
    browser = upgraded.test_client()
    assert isinstance(browser, Client)
    sign_in(browser, "zhoujianguo", PASSWORD)
    cases = db.session.execute(sa.select(Case.public_id, Case.register_no, Case.title).order_by(Case.id)).all()
    db.session.rollback()
    assert browser.get("/").status_code == 200
    for public_id, number, title in cases[::4]:
        page = browser.get(f"/cases/{public_id}")
        assert page.status_code == 200, number
        assert title in page.text, number
    (_, first, _), (_, last, title) = cases[0], cases[-1]
    for asked in (last, title[2:8]):
        found = browser.get("/cases", query_string={"words": asked}).text
        assert last in found, asked
        assert first not in found, asked


def test_a_mail_that_bounced_before_is_found_by_its_address(upgraded: Flask) -> None:
    bounced = sa.select(Delivery.address_refused).where(Delivery.state == DeliveryState.DEAD)
    assert set(db.session.scalars(bounced)) == {True}


def test_a_tick_raises_what_is_due_and_repeats_nothing(upgraded: Flask, clock: Clock) -> None:
    before, told = number_of(Escalation), number_of(Delivery)
    assert tick(NEXT_DAY).tally.raised.total() > 0
    after = number_of(Escalation)
    assert after > before
    clock.forward(minutes=1)
    assert tick(clock.now()).tally.raised.total() == 0
    assert number_of(Escalation) == after
    assert number_of(Delivery) == told
    assert verify().wrong is None


def test_the_ladder_of_an_older_version_decided_on_all_that_existed(upgraded: Flask) -> None:
    assert editions()
    assert not DECIDED_BEFORE & {subject.value for subject in current().missing}


def test_a_ladder_adopted_since_would_break_its_seal_on_the_way_down(
    newest: Flask, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    keeper = db.session.scalars(sa.select(User).order_by(User.id)).first()
    assert keeper
    with committed():
        adopt(current().rungs, by=keeper, now=clock.now(), reason="核对后启用。")
    assert verify().wrong is None
    db.session.remove()
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0005")
    assert "印记不符" in capfd.readouterr().err
    assert editions()[0].decided


def test_a_clock_without_a_hint_is_reminded_of(upgraded: Flask, clock: Clock) -> None:
    newest = db.session.scalars(sa.select(Case.id).order_by(Case.id.desc())).first()
    due = db.session.scalars(sa.select(Deadline.effective_due).where(Deadline.case_id == newest)).all()
    assert min(due) < local_date(DUE)
    for at in (NEXT_DAY, NEXT_DAY + timedelta(days=3), DUE):
        clock.set(at)
        tick(at)
    raised = sa.select(Escalation.id).join(Deadline, Escalation.deadline_id == Deadline.id)
    assert db.session.scalars(raised.where(Deadline.case_id == newest)).all()


def days_of_steps() -> dict[int, tuple[date | None, datetime]]:
    """Return the two times of every line of the trail, by its key."""
    columns = (CaseStep.id, CaseStep.happened_on, CaseStep.entered_at)
    return {id_: (on, at) for id_, on, at in db.session.execute(sa.select(*columns))}


def test_the_day_of_an_act_is_found_again_by_what_stands_elsewhere(upgraded: Flask, clock: Clock) -> None:
    window = db.session.scalars(
        sa.select(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(Deadline.kind == "review_window", Deadline.ended_on.is_(None), Case.ledger_status != "closed_out")
        .order_by(Deadline.id)
    ).first()
    assert window
    case, asked_on = db.session.get_one(Case, window.case_id), window.started_on
    acceptor = db.session.scalars(sa.select(User).where(User.username == "lixiaomei")).one()
    asked = {"organ": "县人民政府", "requested_on": asked_on, "received_on": clock.today(), "proof": "EMS 1"}
    with committed():
        reviews.request_review(case, by=acceptor, now=clock.now(), **asked)
    before = days_of_steps()
    newest = before[max(before)]
    assert newest[0] == asked_on < local_date(newest[1])
    db.session.remove()
    downgrade(directory=str(MIGRATIONS), revision="0008")
    upgrade(directory=str(MIGRATIONS))
    assert days_of_steps() == before
    assert verify().wrong is None


# What an older version has no place for: the migration that refuses to go back, and its sentence.
ONLY_HERE = {
    "UPDATE case_document SET sent_on = '2026-11-20' WHERE id = 1": ("0010", "文书上已有签发、发出或回证退回的日期"),
    "UPDATE case_step SET happened_on = '2026-01-05' WHERE id = 1": ("0010", "办理过程里有别处没有的发生日期"),
    "UPDATE assignment SET proposal = '请核实' WHERE id = 1": ("0015", "已有交办、转送写了拟办意见"),
    "UPDATE deadline SET kind = 'reassignment' WHERE id = 1": ("0016", "已有收回后重新交办的期限"),
    "INSERT INTO own_limit (id, public_id, kind, amount, since, reason, set_at, set_by_id)"
    " SELECT 1, 'x', 'ruling', 3, '2026-12-01', '办法', '2026-11-29', min(id) FROM app_user": (
        "0018",
        "已录入条文版本",
    ),
    "UPDATE deadline SET claimed_at = '2026-11-20 01:00:00' WHERE id = 1": ("0023", "有的期限有过期补录"),
    "UPDATE case_document SET untold = '住址不清' WHERE id = 1": ("0019", "有文书登记了再次发出或者无法告知"),
    "INSERT INTO petitioner_correction (id, petitioner_id, corrected_at, corrected_by_id, fields)"
    " SELECT 1, min(petitioner.id), '2026-11-29', 1, 'phone' FROM petitioner": ("0021", "已有更正过的信访人信息"),
    "UPDATE case_document SET signer = '张建军' WHERE id = 1": ("0022", "文书记有签发人及职务"),
    "UPDATE review SET served_on = '2026-11-20' WHERE id = 1": ("0016", "已有复查意见登记了送达"),
    "UPDATE petition_case SET ledger_status = 'under_review' WHERE id = 1": ("0017", "有销号后正在复查、复核的信访件"),
    "UPDATE deadline SET kind = 'redo' WHERE id = 1": ("0017", "已有重新作出处理意见的期限"),
    "UPDATE case_step SET action = 'change_opinion' WHERE id = 1": ("0017", "已有旧版本没有的复查、复核步骤"),
    "UPDATE deadline SET kind = 'carrying_out' WHERE id = 1": ("0024", "已有落实支持的诉求的期限"),
    "UPDATE deadline SET kind = 'superior_report' WHERE id = 1": ("0020", "已有报上级办结的期限"),
    "INSERT INTO order_draft (id, public_id, kind, subject, subject_id, office_id, department_id, text, reply_by,"
    " drafted_at, signer) SELECT 1, 'd', 'red', 'case', 1, office_id, office_id, '请说明', '2026-11-30',"
    " '2026-11-20 01:00:00', 'office_head' FROM petition_case WHERE id = 1": ("0025", "已有督办文书的拟稿"),
    "UPDATE assignment SET concluded_on = '2026-11-20' WHERE id = 1": ("0026", "已有重大紧急报告或者选举效力结论"),
    "INSERT INTO local_ground (id, public_id, ground, in_force, title, article, since, reason, set_at, set_by_id)"
    " SELECT 1, 'g', 'review_lapsed', true, '办法', '第一条', '2026-12-01', '办法', '2026-11-29', min(id)"
    " FROM app_user": ("0028", "已启用过地方规定的理由"),
    "UPDATE deadline SET kind = 'forwarding_receipt' WHERE id = 1": ("0027", "已有移交、转送系统外机关"),
    "UPDATE instruction SET case_id = NULL, subject = 'village_problem' WHERE id = 1": (
        "0008",
        "instruction 里有不属于",
    ),
}
# On the way to these migrations every other is undone and done again.
FURTHEST = [statement for statement, (refusing, _) in ONLY_HERE.items() if refusing <= "0010"]


def test_what_an_older_version_could_not_keep_stops_the_way_down(
    newest: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    """The whole way once, all of it empty; before each migration what it refuses is written, and taken back."""
    for refusing in sorted({each for each, _ in ONLY_HERE.values()}, reverse=True):
        downgrade(directory=str(MIGRATIONS), revision=refusing)
        before = contents(columns())
        for statement, (by, sentence) in ONLY_HERE.items():
            if by == refusing:
                with written(statement):
                    stopped(f"{int(refusing) - 1:04}", sentence, capfd)
        assert (revision(), contents(columns())) == (refusing, before)


@pytest.mark.parametrize("statement", FURTHEST)
def test_what_is_stopped_far_down_leaves_everything_at_the_head(
    newest: Flask, statement: str, capfd: pytest.CaptureFixture[str]
) -> None:
    head = revision()
    with written(statement):
        before = contents(columns())
        stopped("0007", ONLY_HERE[statement][1], capfd)
        assert (revision(), contents(columns())) == (head, before)


@pytest.mark.both_databases
def test_a_second_look_back_stops_the_way_down(newest: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    """A version that knows one look back alone would leave the clock of the second to nobody."""
    with written("UPDATE deadline SET kind = 'second_look_back' WHERE id = 1"):
        stopped("0060", "第二次回头看、随机抽查已有内容", capfd)


def stopped(at: str, sentence: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Go down to a revision and be stopped with a sentence."""
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision=at)
    assert sentence in capfd.readouterr().err


@contextmanager
def written(statement: str) -> Iterator[None]:
    """Change one row by a statement for a while, or add it."""
    done, table = re.match(r"(UPDATE|INSERT INTO) (\w+)", statement).groups()  # type: ignore[union-attr]
    names = re.findall(r"(\w+) = ", statement.partition(" WHERE ")[0])
    back, was = f"DELETE FROM {table} WHERE id = 1", {}
    with writing_engine().begin() as connection:
        if done == "UPDATE":
            back = f"UPDATE {table} SET {', '.join(f'{name} = :{name}' for name in names)} WHERE id = 1"
            row = connection.execute(sa.text(f"SELECT {', '.join(names)} FROM {table} WHERE id = 1")).one()
            was = dict(row._mapping)
        connection.execute(sa.text(statement))
    yield
    with writing_engine().begin() as connection:
        assert connection.execute(sa.text(back), was).rowcount == 1


DRAFT = json.dumps({"token": "t" * 43, "fields": {"title": ["写到一半"]}})


def kept_before(user_id: int) -> None:
    """Keep a draft as the program before 0014 did: one of a person, of the page 登记."""
    row = {"user_id": user_id, "content": encrypt(DRAFT, context="draft.content"), "saved_at": "2026-11-20 01:00:00"}
    with writing_engine().begin() as connection:
        connection.execute(sa.text("INSERT INTO draft VALUES (:user_id, :content, :saved_at)"), row)


@pytest.mark.both_databases
def test_a_draft_of_before_is_gone_on_with_and_goes_down_again(installed: Flask) -> None:
    upgrade(directory=str(MIGRATIONS), revision="0013")
    writer = db.session.scalars(sa.select(User.id)).first() or 0
    kept_before(writer)
    db.session.remove()
    upgrade(directory=str(MIGRATIONS))
    (draft,) = drafts_of(reader_for(db.session.get_one(User, writer), clock.today()))
    assert (draft.address, draft.title, draft.first("title")) == ("/cases/new", "登记信访事项", "写到一半")
    assert len(draft.token) == 43
    db.session.remove()
    downgrade(directory=str(MIGRATIONS), revision="0013")
    with db.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT user_id, content FROM draft")).one()
    assert (row.user_id, decrypt(bytes(row.content), context="draft.content")) == (writer, DRAFT)


@pytest.mark.both_databases
@pytest.mark.parametrize("address", ["/cases/new", "/cases/x/steps/note"], ids=["two of a person", "of another page"])
def test_drafts_that_an_older_version_has_no_room_for_stop_the_way_down(
    upgraded: Flask, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    writer = db.session.get_one(User, db.session.scalars(sa.select(User.id)).first())
    pages = (address, "/cases/new") if address == "/cases/new" else (address,)
    with committed():
        for place, page in enumerate(pages):
            keep_draft({"title": ["甲"]}, DraftOf(str(place) * 43, page, "x"), by=writer, now=clock.now())
    db.session.remove()
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0013")
    assert "草稿旧版本存不下" in capfd.readouterr().err
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM draft")) == len(pages)


def next_number(office_id: int, year: int, *, closed: bool = False) -> str:
    with committed():
        return next_register_no(NEXT_DAY, office_id, closed=closed, year=year)


def test_numbers_go_on_where_they_were(installed: Flask) -> None:
    before = db.session.execute(sa.text("SELECT id, register_no FROM petition_case ORDER BY id")).all()
    last = db.session.scalar(sa.text("SELECT last FROM register_counter WHERE series = 'XF' AND year = 2026"))
    db.session.remove()
    upgrade(directory=str(MIGRATIONS))
    assert db.session.execute(sa.select(Case.id, Case.register_no).order_by(Case.id)).all() == before
    office = db.session.scalars(sa.select(Case.office_id).order_by(Case.id)).first()
    db.session.remove()
    assert office
    assert last
    assert next_number(office, 2026) == f"XF-2026-{last + 1:06d}"
    assert next_number(office, 2026, closed=True) == "XFN-2026-000001"


def test_a_closed_series_goes_down_and_goes_on_where_it_was(upgraded: Flask) -> None:
    office = db.session.scalars(sa.select(OfficeCode.office_id)).one()
    db.session.remove()
    numbers = [next_number(office, 2026, closed=True) for _ in range(2)]
    with committed():
        paper = next_paper_no(NEXT_DAY, office, "督", closed=True)
    assert (numbers[-1], paper) == ("XFN-2026-000002", "督内〔2026〕1号")
    db.session.remove()
    downgrade(directory=str(MIGRATIONS), revision="0011")
    with db.engine.connect() as connection:
        closed = sa.text("SELECT series, last FROM register_counter WHERE series IN ('XFN', '督内') ORDER BY last")
        assert [tuple(row) for row in connection.execute(closed)] == [("督内", 1), ("XFN", 2)]
    upgrade(directory=str(MIGRATIONS))
    assert next_number(office, 2026, closed=True) == "XFN-2026-000003"


def test_offices_that_shared_a_series_part_and_keep_their_numbers(upgraded: Flask) -> None:
    first = db.session.scalars(sa.select(OfficeCode.office_id)).one()
    db.session.remove()
    downgrade(directory=str(MIGRATIONS), revision="0011")
    with writing_engine().begin() as connection:
        other = connection.scalar(sa.text(f"SELECT max(id) FROM department WHERE id <> {first}"))
        newest = "id = (SELECT max(id) FROM petition_case)"
        number = connection.scalar(sa.text(f"SELECT register_no FROM petition_case WHERE {newest}"))
        connection.execute(sa.text(f"UPDATE petition_case SET office_id = {other} WHERE {newest}"))
    upgrade(directory=str(MIGRATIONS))
    codes = db.session.execute(sa.select(OfficeCode.office_id, OfficeCode.code).order_by(OfficeCode.code)).all()
    assert [tuple(row) for row in codes] == [(first, ""), (other, "2")]
    assert db.session.scalars(sa.select(Case.register_no).where(Case.office_id == other)).all() == [number]
    db.session.remove()
    assert next_number(other, 2026) == "XF2-2026-000001"


def test_the_numbers_of_a_second_office_stop_the_way_down(newest: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    other = db.session.scalar(sa.select(sa.func.max(Department.id)))
    db.session.remove()
    assert other
    assert next_number(other, 2026) == "XF2-2026-000001"
    db.session.remove()
    before = contents(columns())
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0011")
    assert "已有第二个信访部门单独编号" in capfd.readouterr().err
    assert contents(columns()) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "INSERT INTO deadline_pause (deadline_id, first_on, reason, basis)"
            " SELECT min(id), '2026-11-27', '听证期间', '第三十一条' FROM deadline",
            "已有期限暂停过（期间不计）",
        ),
        (
            "UPDATE deadline SET due_at = '2026-11-27 01:00:00' WHERE id = (SELECT min(id) FROM deadline)",
            "已有按小时计算的期限",
        ),
    ],
    ids=["pause", "hours"],
)
def test_what_an_older_version_would_count_wrongly_stops_the_way_down(
    newest: Flask, change: str, sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with writing_engine().begin() as connection:
        connection.execute(sa.text(change))
    before = contents(columns())
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0011")
    assert sentence in capfd.readouterr().err
    assert contents(columns()) == before


def test_days_left_out_without_their_dates_stop_the_way_up(newest: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    downgrade(directory=str(MIGRATIONS), revision="0011")
    with writing_engine().begin() as connection:
        connection.execute(sa.text("UPDATE deadline SET excluded_days = 3 WHERE id = (SELECT min(id) FROM deadline)"))
    with pytest.raises(SystemExit):
        upgrade(directory=str(MIGRATIONS))
    assert "有的期限登记了不计的天数" in capfd.readouterr().err


def test_what_was_closed_before_keeps_its_number_and_leaves_its_line(upgraded: Flask) -> None:
    """An open number in letters and on slips stays; who may not open the matter sees 已转出 in its place."""
    open_ones = Case.register_no.not_like("XFN%")
    closed = set(db.session.scalars(sa.select(Case.register_no).where(NUMBERS_CLOSED, open_ones)))
    assert closed, "a vacuous check"
    assert set(db.session.scalars(sa.select(TransferredNumber.number))) == closed
    assert list(counters()) == []
    assert verify().wrong is None


def test_a_number_that_was_given_up_stops_the_way_down(newest: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    with committed():
        case = db.session.scalars(sa.select(Case).where(sa.not_(NUMBERS_CLOSED)).order_by(Case.id)).first()
        assert case
        close_number(case)
        record(Event.CASE_CORRECTED, by=None, now=NEXT_DAY, case_id=case.id)
    assert verify().wrong is None
    db.session.remove()
    before = contents(columns())
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0045")
    assert "已有信访件转为内部编号" in capfd.readouterr().err
    assert contents(columns()) == before


def test_a_damaged_fixture_is_noticed(installed: Flask) -> None:
    """The checks above can fail: a row less, a word changed."""
    wanted = columns()
    before = but_the_log(contents(wanted))
    upgrade(directory=str(MIGRATIONS))
    with writing_engine().begin() as connection:
        connection.execute(sa.text("DELETE FROM user_session WHERE id = (SELECT min(id) FROM user_session)"))
        connection.execute(sa.text("UPDATE petition_case SET title = '反映别的事' WHERE id = 1"))
    after = contents(wanted)
    assert [name for name in before if after[name] != before[name]] == ["petition_case", "user_session"]
    assert "petition_case" in (verify().wrong or "")
