"""The append-only, tamper-evident log (留痕): one Merkle log, appended in the transaction of the act itself."""

from tracker.audit.events import Event
from tracker.audit.service import Actor, record, record_reading

__all__ = ["Actor", "Event", "record", "record_reading"]
