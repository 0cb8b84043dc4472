"""What lies on the disk: of a registered matter, nothing in the database tells who petitions and of whom."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests.databases import Ids, SqliteDatabase, TestDatabase
from tests.world.county import County
from tracker.cases.acts.identity import open_people
from tracker.cases.acts.naming import AccusedEntry
from tracker.cases.intake.registration import Registration, register
from tracker.cases.record.rules.codes import Channel, PetitionerKind, Purpose
from tracker.core.database import committed, db
from tracker.petitioners.service import PetitionerEntry

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
SECRETS = {
    "name": "钟离绛雪",
    "identity_no": "140522198807066217",
    "phone": "13835679713",
    "address": "润城镇上庄村芙蓉巷77号",
    "co_signer": "东郭砚秋",
    "accused": "澹台明镜",
    "position": "芍药合作社理事长",
    "purpose": "核对芝麻胡同来信",
}
TITLE = "反映选民登记遗漏的问题"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def sqlite_bytes(database: TestDatabase) -> bytes:
    """Return the file of the database and what has not yet come into it from the write-ahead log."""
    assert isinstance(database, SqliteDatabase)
    files = [database.file.with_name(database.file.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def postgres_bytes(database: TestDatabase) -> bytes:
    """Return every row of every table as text, and what binary columns hold."""
    tables = db.session.scalars(text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")).all()
    rows = [row for name in tables for row in db.session.scalars(text(f"SELECT CAST(t AS text) FROM public.{name} t"))]
    binary = (bytes.fromhex(digits) for row in rows for digits in re.findall(r"\\x((?:[0-9a-f]{2})+)", row))
    return b"\n".join((*(row.encode() for row in rows), *binary))


READ: dict[str, Callable[[TestDatabase], bytes]] = {"sqlite": sqlite_bytes, "postgresql": postgres_bytes}


def lies_open(secret: str, raw: bytes) -> bool:
    return any(secret.encode(encoding) in raw for encoding in ENCODINGS)


@pytest.fixture
def raw(database: TestDatabase, county_ids: Ids) -> bytes:
    """Register a matter and open its identities, all committed; give the bytes of the database."""
    with database.app.app_context():
        with committed():
            county = County(county_ids, database.app.test_client)
            case = register(
                Registration(
                    channel=Channel.LETTER,
                    received_on=NOW.date(),
                    title=TITLE,
                    summary="选民登记遗漏十四户。",
                    purpose=Purpose.SETTLEMENT,
                    demand_points=["补登遗漏的选民"],
                    people_count=2,
                    village_id=county.village.id,
                    petitioners=[
                        PetitionerEntry(
                            kind=PetitionerKind.MAIN,
                            name=SECRETS["name"],
                            identity_no=SECRETS["identity_no"],
                            phone=SECRETS["phone"],
                            address=SECRETS["address"],
                        ),
                        PetitionerEntry(kind=PetitionerKind.CO_SIGNER, name=SECRETS["co_signer"]),
                    ],
                    accused=[AccusedEntry(SECRETS["accused"], SECRETS["position"])],
                ),
                office=county.office,
                by=county.acceptor,
                now=NOW,
            )
        with committed():
            opened = open_people(case, by=county.acceptor, purpose=SECRETS["purpose"], now=NOW)
        assert [row.name for row in opened.accused] == [SECRETS["accused"]]
        assert [person.name for person in opened.petitioners] == [SECRETS["name"], SECRETS["co_signer"]]
        return READ[database.name](database)


def test_no_personal_word_lies_open_in_the_database(raw: bytes) -> None:
    assert [field for field, secret in SECRETS.items() if lies_open(secret, raw)] == []


def test_the_search_would_have_found_it(raw: bytes) -> None:
    """Control: what is not secret is there to be found, so the bytes looked at are the right ones."""
    assert lies_open(TITLE, raw)
    assert lies_open("李晓梅", raw)
    assert raw.count(b"identity.opened") >= 1
