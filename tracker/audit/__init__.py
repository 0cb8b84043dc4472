"""The append-only, tamper-evident log (留痕): one Merkle log, appended in the transaction of the act itself."""

from tracker.audit.closing import Texts, enclose, take_out
from tracker.audit.events import Event
from tracker.audit.marking import Marking, add_marks, drop_marks, mark_log, unmark_log
from tracker.audit.resealing import Sealing, reseal
from tracker.audit.service import Actor, LogEntry, lock_log, record, record_all, record_reading

__all__ = [
    "Actor",
    "Event",
    "LogEntry",
    "Marking",
    "Sealing",
    "Texts",
    "add_marks",
    "drop_marks",
    "enclose",
    "lock_log",
    "mark_log",
    "record",
    "record_all",
    "record_reading",
    "reseal",
    "take_out",
    "unmark_log",
]
