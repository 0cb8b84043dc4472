"""The whole check (日志校验): the log with every row it seals, and what else must agree with it on every floor."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from tracker.audit import checkpoints, queries
from tracker.audit.models import AuditCheck
from tracker.audit.queries import Verified
from tracker.audit.signing import Checkpoint
from tracker.cases.access.scope import NUMBERS_CLOSED
from tracker.cases.record.models import Attachment, Case, ImportRun, OfficeCode, RegisterCounter, TransferredNumber
from tracker.cases.record.rules.series import REGISTER_CLOSED, Series, taken_apart
from tracker.cases.record.search_check import MADE_BY_HAND, disagreeing
from tracker.common_problems.models import CommonProblem, ImprovementAdvice
from tracker.core import clock
from tracker.core.clock import local_date
from tracker.core.database import Base, committed, db, end_reading
from tracker.core.errors import FileChanged, OutcomeUnknown, StorageFailure, log_defect
from tracker.core.files import open_file
from tracker.key_villages.models import VillageEntry
from tracker.suggestions.models import DeputySuggestion
from tracker.supervision.papers.models import SupervisionOrder

log = logging.getLogger(__name__)
# In the night, when nobody waits for it.
FROM_HOUR = 2
DAY, WEEK = timedelta(days=1), timedelta(days=7)
LONGEST_WORDS = 300
NUMBERS_AT_ONCE = 5000
# What the program never makes: code of the database that acts by itself, by the words for it.
_MADE_BY_OTHERS = {
    "sqlite": "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name",
    "postgresql": (
        "SELECT 'trigger', tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
        " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        " UNION ALL SELECT 'rule', rulename FROM pg_rules WHERE schemaname = current_schema()"
        " UNION ALL SELECT 'policy', policyname FROM pg_policies WHERE schemaname = current_schema()"
        " UNION ALL SELECT 'view', relname FROM pg_class c WHERE relkind IN ('v', 'm')"
        " AND relnamespace = current_schema()::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 2"
    ),
}
_KINDS = {"trigger": "触发器", "view": "视图", "rule": "规则", "policy": "行策略"}


def verify(held: Sequence[Checkpoint] = ()) -> Verified:
    """Check everything, also against checkpoints that were held outside; name the first that is wrong."""
    end_reading()
    return _noted(queries.verify((schema, materials, search, counters), held), whole=True)


def verify_daily(now: datetime | None = None) -> None:
    """Check the record once a night (日志核对): what came since the checkpoint before, once a week the whole.

    Of the files a seventh is hashed each night. What is wrong is said to who reads the log, and to operators.
    """
    now = now or clock.now()
    here = clock.local(now)
    latest, whole = checkpoints.last_checks()
    if here.hour < FROM_HOUR or (latest is not None and local_date(latest.ended_at) == here.date()):
        return
    since = None if whole is None or now - whole.ended_at >= WEEK else checkpoints.before(now - DAY)
    end_reading()
    if since is None:
        found = verify()
    else:
        part = queries.verify((schema, partial(materials, seventh=here.weekday()), counters), since=since)
        found = _noted(part, whole=False)
    if found.wrong:
        log.error("the record does not agree: see 日志")


def _noted(found: Verified, *, whole: bool) -> Verified:
    """Keep what a check found, for the page of the log; where nothing can be written it is told all the same."""
    end_reading()
    wrong = found.wrong[:LONGEST_WORDS] if found.wrong else None
    given = {"whole": whole, "events": found.events, "rows": found.rows, "wrong": wrong}
    try:
        with committed() as session:
            session.add(AuditCheck(ended_at=clock.now(), **given))
    except (DBAPIError, OutcomeUnknown) as error:
        log_defect(log, error, "a check of the record could not be kept")
    return found


def checkpoint_daily(now: datetime | None = None) -> None:
    """Make the checkpoint of the day (每日存证), unless one was made."""
    now = now or clock.now()
    with committed():
        last = checkpoints.latest()
        if last is None or local_date(last.at_utc) != local_date(now):
            checkpoints.make(now=now)


def schema() -> Iterator[str]:
    """Compare tables and columns with those of the program; name what acts inside the database by itself."""
    bind = db.session.get_bind()
    for kind, name in db.session.execute(text(_MADE_BY_OTHERS[bind.dialect.name])):
        yield f"数据库里有程序没有建过的{_KINDS[kind]} {name}"
    ours = {table.name: {column.name for column in table.columns} for table in Base.metadata.tables.values()}
    there = {
        name: {column["name"] for column in columns}
        for (_, name), columns in inspect(db.session.connection()).get_multi_columns().items()
        if name != "alembic_version" and not name.startswith(MADE_BY_HAND)
    }
    for name in sorted(ours.keys() | there.keys()):
        if ours.get(name) != there.get(name):
            unlike = sorted(ours.get(name, set()) ^ there.get(name, set()))
            yield f"表 {name} 的结构与程序不符（{'、'.join(unlike)}）"


def materials(seventh: int | None = None) -> Iterator[str]:
    """Hash the file of every material, or of a seventh of them; of an import where it is kept here."""
    needed = select(Attachment.id, Attachment.sha256).order_by(Attachment.id)
    kept = select(ImportRun.id, ImportRun.file_sha256).order_by(ImportRun.id)
    for rows, table, must in ((needed, "attachment", True), (kept, "import_run", False)):
        if seventh is not None:
            rows = rows.where(rows.selected_columns[0] % 7 == seventh)
        for id_, sha256 in db.session.execute(rows).all():
            try:
                open_file(sha256).close()
            except FileChanged:
                yield f"材料的文件（{table} 表主键 {id_}）与上传时不符：在程序之外被改动"
            except StorageFailure:
                if must:
                    yield f"材料的文件（{table} 表主键 {id_}）不在存储中"


def search() -> Iterator[str]:
    """Compare the entries of the search with the matters."""
    for case_id in disagreeing():
        yield f"全文检索（case_search）里信访事项 {case_id} 的条目缺失、多余或与信访事项不符"


def counters() -> Iterator[str]:
    """Compare each counter with the numbers in use: its series runs from 1 to it, and none is missing.

    A number that was given up (已转出) is in use. What not everybody may know of has an open number only where it has
    had it from before there were such lines.
    """
    used = _numbers_used()
    codes = dict(iter(db.session.execute(select(OfficeCode.office_id, OfficeCode.code))))
    for row in db.session.scalars(select(RegisterCounter)).all():
        series = Series(row.office_id, row.kind, row.year, row.closed)
        numbers = used.pop(series.before(codes[row.office_id]), _Used())
        if numbers.last != row.last:
            key = json.dumps([row.office_id, row.kind, row.year, row.closed], ensure_ascii=False)
            yield f"编号计数（register_counter {key}）记到 {row.last}，与用过的编号不符"
        elif numbers.count != row.last:
            yield f"编号 {series.before(codes[row.office_id])}… 用到 {row.last}，只有 {numbers.count} 个：有编号缺失"
    for before in used:
        yield f"编号 {before}… 没有编号计数（register_counter）"
    open_ones = select(Case.register_no).where(NUMBERS_CLOSED, Case.register_no.not_like(f"%{REGISTER_CLOSED}-%"))
    kept = select(TransferredNumber.number).where(TransferredNumber.case_id == Case.id).exists()
    for number in db.session.scalars(open_ones.where(~kept)):
        yield f"信访事项 {number} 不是人人可以知悉，却用着公开的编号"


@dataclass
class _Used:
    """How many numbers of a series are in use, and the last of them. No two are the same."""

    count: int = 0
    last: int = 0


def _numbers_used() -> dict[str, _Used]:
    """Return the numbers in use by what stands before their running part."""
    given_up = (
        select(TransferredNumber.number)
        .join(Case, Case.id == TransferredNumber.case_id)
        .where(Case.register_no != TransferredNumber.number)
    )
    found = defaultdict[str, _Used](_Used)
    papers = (
        *(select(SupervisionOrder.number), select(VillageEntry.number), select(DeputySuggestion.number)),
        *(select(CommonProblem.number), select(ImprovementAdvice.number)),
    )
    for numbers in (select(Case.register_no), given_up, *papers):
        with closing(db.session.scalars(numbers, execution_options={"yield_per": NUMBERS_AT_ONCE})) as rows:
            for number in rows:
                before, running = taken_apart(number) or (number, 0)
                series = found[before]
                series.count, series.last = series.count + 1, max(series.last, running)
    return dict(found)
