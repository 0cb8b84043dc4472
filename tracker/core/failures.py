"""Why the database or the store of files failed: one table of causes, for the page, the log and the exit status.

The code decides (`sqlite_errorname`, SQLSTATE, errno), never the message, which may be personal and is in English. Only
where SQLite has one code for everything is its message looked at, for the two sentences that name the schema.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tracker.core.errors import FileChanged, LogBroken, OutcomeUnknown, StorageFailure, code_of


class Failure(StrEnum):
    """What went wrong outside the program."""

    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read-only"
    UNREACHABLE = "unreachable"
    NO_TABLES = "no tables"
    OTHER_VERSION = "other version"
    UNKNOWN_OUTCOME = "unknown outcome"
    MISSING_FILE = "missing file"
    CHANGED_FILE = "changed file"
    BROKEN_LOG = "broken log"
    BROKEN = "broken"


@dataclass(frozen=True)
class FailureWords:
    """What is said of a failure: the status of the page and of the command, a title, to people, to operators."""

    status: int
    exit_status: int
    title: str
    people: str
    operators: str
    passes: bool = False


LATER = "请稍等一分钟再试；正在填写的，从工作台的“草稿”接着填，再提交一次。"
ADMINISTRATOR = "再试没有用，请告诉系统管理员。填写的内容列在下面的，请先抄存。"
TOLD = {
    Failure.BUSY: FailureWords(
        503, 3, "系统正忙", LATER, "数据库正忙：别的进程正在写入，等了一会儿没有轮到。请稍后再试。", True
    ),
    Failure.FULL: FailureWords(507, 4, "服务器磁盘已满", ADMINISTRATOR, "磁盘已满，写不进去。请腾出空间再试。"),
    Failure.READ_ONLY: FailureWords(
        503, 5, "数据库写不进去", ADMINISTRATOR, "数据库或数据目录只能读，写不进去。请核对权限和磁盘状态。"
    ),
    Failure.UNREACHABLE: FailureWords(
        503, 6, "数据库连不上", LATER, "数据库连不上或中途断开。请核对 DATABASE_URL 和数据库服务。", True
    ),
    Failure.NO_TABLES: FailureWords(
        503, 7, "数据库还没有建表", ADMINISTRATOR, "数据库还没有建表，请先运行 flask db upgrade。"
    ),
    Failure.OTHER_VERSION: FailureWords(
        503, 8, "数据库版本与程序不符", ADMINISTRATOR, "数据库版本与程序不符。请核对程序版本，再运行 flask db upgrade。"
    ),
    Failure.UNKNOWN_OUTCOME: FailureWords(
        503,
        9,
        "可能没有保存",
        "连接在保存的最后一刻断开，不知道存上了没有。",
        "连接在保存的最后一刻断开，不知道存上了没有。再运行一次以前，请先核对结果。",
        True,
    ),
    Failure.MISSING_FILE: FailureWords(
        500,
        10,
        "附件文件不在存储中",
        "附件文件不在存储中，请联系系统管理员从备份恢复。",
        "附件文件不在存储中，请从备份恢复。",
    ),
    Failure.CHANGED_FILE: FailureWords(
        500,
        12,
        "附件文件被改动",
        "附件文件与上传时不符，在程序之外被改动，不能交出。请告诉系统管理员从备份恢复。",
        "附件文件的内容与上传时不符，在程序之外被改动。请保留现状，从备份恢复，并告诉审计管理员。",
    ),
    Failure.BROKEN_LOG: FailureWords(
        500,
        13,
        "日志被改动，停止写入",
        ADMINISTRATOR,
        "日志表头缺失或印记不符，在程序之外被改动，已停止写入。请运行 flask verify-audit，告诉审计管理员，从备份恢复。",
    ),
    Failure.BROKEN: FailureWords(
        500, 11, "数据库或磁盘出了故障", ADMINISTRATOR, "数据库或磁盘出了故障，请看日志里的代码，核对磁盘和数据库文件。"
    ),
}
# The code, or what it begins with; the longest that fits decides.
BY_CODE = {
    "SQLITE_BUSY": Failure.BUSY,
    "SQLITE_LOCKED": Failure.BUSY,
    "SQLITE_PROTOCOL": Failure.BUSY,
    "SQLITE_FULL": Failure.FULL,
    "SQLITE_READONLY": Failure.READ_ONLY,
    "SQLITE_PERM": Failure.READ_ONLY,
    "SQLITE_CANTOPEN": Failure.UNREACHABLE,
    "55P03": Failure.BUSY,
    "57014": Failure.BUSY,
    "40": Failure.BUSY,
    "53": Failure.BUSY,
    "53100": Failure.FULL,
    "25006": Failure.READ_ONLY,
    "42501": Failure.READ_ONLY,
    "08": Failure.UNREACHABLE,
    "28": Failure.UNREACHABLE,
    "3D": Failure.UNREACHABLE,
    "57P": Failure.UNREACHABLE,
    "25P03": Failure.UNREACHABLE,
    "42P01": Failure.NO_TABLES,
    "42703": Failure.OTHER_VERSION,
    "ENOSPC": Failure.FULL,
    "EDQUOT": Failure.FULL,
    "EFBIG": Failure.FULL,
    "EROFS": Failure.READ_ONLY,
    "EACCES": Failure.READ_ONLY,
    "EPERM": Failure.READ_ONLY,
    "ENOENT": Failure.MISSING_FILE,
}
NO_ROOM = ("ENOSPC", "EDQUOT")
SCHEMA_WORDS = {
    "no such table": Failure.NO_TABLES,
    "no such column": Failure.OTHER_VERSION,
    "has no column named": Failure.OTHER_VERSION,
}


def failure_of(error: BaseException) -> Failure | None:
    """Return why the database or the store of files failed; None for what is a defect of the program, or a refusal."""
    if isinstance(error, OutcomeUnknown):
        return Failure.UNKNOWN_OUTCOME
    if isinstance(error, LogBroken):
        return Failure.BROKEN_LOG
    if isinstance(error, FileChanged):
        return Failure.CHANGED_FILE
    if isinstance(error, NoConnectionFree):
        return Failure.BUSY
    code = code_of(error)
    if isinstance(error, OSError):
        return Failure.FULL if code in NO_ROOM else None
    if not isinstance(error, DBAPIError | StorageFailure) or isinstance(error, IntegrityError | DataError):
        return None
    if not code:
        return Failure.UNREACHABLE
    fits = [known for known in BY_CODE if code.startswith(known)]
    return BY_CODE[max(fits, key=len)] if fits else _by_words(error)


def _by_words(error: BaseException) -> Failure:
    message = str(getattr(error, "orig", ""))
    return next((failure for words, failure in SCHEMA_WORDS.items() if words in message), Failure.BROKEN)


def lost_while_committing(error: DBAPIError) -> bool:
    """Return whether a commit that failed may have been stored all the same: nobody was there to answer."""
    return error.connection_invalidated or code_of(error).startswith(("SQLITE_IOERR", "08", "57P"))
