"""Pages: read, make one domain call, render. Only here (and in `cli`, `jobs`) is anything committed."""

from flask import Flask

# isort: split
from tracker.audit import models as _audit_models  # noqa: F401
from tracker.cases import models as _case_models  # noqa: F401
from tracker.deadlines import models as _deadline_models  # noqa: F401
from tracker.places import models as _place_models  # noqa: F401
from tracker.working_days import models as _working_day_models  # noqa: F401


def register_pages(app: Flask) -> None:
    """Attach every page to the application."""
