"""The only reader of the clock. Everything else receives `now` or `today` as an argument.

`TRACKER_NOW` (trials only) fixes the clock (`2026-11-21T09:00`, Shanghai time) or shifts it (`+3d`, `-2h`).
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.core.errors import DomainError

SHANGHAI = ZoneInfo("Asia/Shanghai")
_OFFSET = re.compile(r"([+-]\d{1,5})([dhm])")
_UNIT = {"d": "days", "h": "hours", "m": "minutes"}
_setting: str | None = None
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def configure(setting: str | None) -> None:
    """Set the trial clock from `TRACKER_NOW`; None runs on real time. Raises DomainError on nonsense."""
    global _setting
    if setting:
        _apply(setting, datetime.now(UTC))
    _setting = setting or None


def _apply(setting: str, real: datetime) -> datetime:
    offset = _OFFSET.fullmatch(setting.strip())
    if offset:
        return real + timedelta(**{_UNIT[offset[2]]: int(offset[1])})
    try:
        fixed = datetime.fromisoformat(setting.strip())
    except ValueError:
        raise DomainError(f"TRACKER_NOW 应写成 2026-11-21T09:00 或 +3d，现在是“{setting}”。") from None
    return (fixed if fixed.tzinfo else fixed.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    real = datetime.now(UTC)
    return _apply(_setting, real) if _setting else real


def monotonic_zero() -> datetime:
    """Return when the monotonic clock stood at zero by the wall as it is now: another instant where the wall leapt."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic())


def age(written: float) -> timedelta:
    """Return how long ago a file was written (seconds of its own time), by the wall: no trial's clock moves files."""
    return timedelta(seconds=time.time() - written)


def local(instant: datetime) -> datetime:
    """Return an instant as Beijing time."""
    return instant.astimezone(SHANGHAI)


def local_date(instant: datetime) -> date:
    """Return the Beijing day of an instant: a day ends at 24:00 (民法典第二百零三条)."""
    return local(instant).date()


def today() -> date:
    """Return today's date in Beijing."""
    return local_date(now())


def at_local(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return the instant of an hour of a Beijing day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the instants at which a Beijing day begins and at which it is over."""
    return at_local(day, 0), at_local(day + timedelta(days=1), 0)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at one instant (tests, simulation)."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
