"""Pages: read, make one domain call, render. Only here (and in `cli`, `jobs`) is anything committed."""

from flask import Flask

from tracker.web.case import enquiry, hand_out, materials, passing_on, requests, steps, triage
from tracker.web.case import pages as cases
from tracker.web.case import papers as case_papers
from tracker.web.common_problems import pages as common_problems
from tracker.web.frame.access import init_access
from tracker.web.frame.compression import init_compression
from tracker.web.frame.device import init_device
from tracker.web.frame.errors import init_errors
from tracker.web.frame.navigation import init_frame
from tracker.web.frame.proof import init_proof
from tracker.web.frame.security import init_forgery_protection, init_security
from tracker.web.key_villages import acts as village_acts
from tracker.web.key_villages import checks, control, duties, inspections, leaders
from tracker.web.key_villages import imports as village_imports
from tracker.web.key_villages import lists as village_lists
from tracker.web.key_villages import looking_back as look_backs
from tracker.web.key_villages import pages as key_villages
from tracker.web.ledger import exports, imports
from tracker.web.ledger import pages as ledger
from tracker.web.office import (
    account,
    calendar_feed,
    categories,
    departments,
    desk,
    drafts,
    grants,
    holidays,
    law,
    local_grounds,
    log,
    people,
    procedure,
    proof,
    second_factor,
    sign_in,
)
from tracker.web.places import changes as places
from tracker.web.places import places_import, villages
from tracker.web.registration import pages as registration
from tracker.web.reports import issues, statistics
from tracker.web.suggestions import acts as suggestion_acts
from tracker.web.suggestions import pages as suggestion_pages
from tracker.web.supervision import bulk_orders, inbox, ladder, looks_back, order_papers, timer, unsent
from tracker.web.supervision import desk as supervision
from tracker.web.upward import pages as upward_pages

# isort: split
from tracker.audit import models as _audit_models  # noqa: F401
from tracker.cases.record import models as _case_models  # noqa: F401
from tracker.deadlines import models as _deadline_models  # noqa: F401
from tracker.notifications import models as _notice_models  # noqa: F401
from tracker.places import models as _place_models  # noqa: F401
from tracker.supervision.papers import models as _supervision_models  # noqa: F401
from tracker.working_days import models as _working_day_models  # noqa: F401

BLUEPRINTS = (
    sign_in.pages,
    account.pages,
    second_factor.pages,
    proof.pages,
    calendar_feed.pages,
    people.pages,
    grants.pages,
    departments.pages,
    villages.pages,
    places.pages,
    places_import.pages,
    desk.pages,
    drafts.pages,
    inbox.pages,
    registration.pages,
    ledger.pages,
    exports.pages,
    imports.pages,
    log.pages,
    holidays.pages,
    categories.pages,
    law.pages,
    local_grounds.pages,
    procedure.pages,
    ladder.pages,
    timer.pages,
    unsent.pages,
    cases.pages,
    steps.pages,
    triage.pages,
    hand_out.pages,
    passing_on.pages,
    requests.pages,
    case_papers.pages,
    enquiry.pages,
    materials.pages,
    order_papers.pages,
    supervision.pages,
    bulk_orders.pages,
    looks_back.pages,
    key_villages.pages,
    village_acts.pages,
    village_imports.pages,
    village_lists.pages,
    inspections.pages,
    control.pages,
    duties.pages,
    look_backs.pages,
    leaders.pages,
    checks.pages,
    statistics.pages,
    suggestion_pages.pages,
    common_problems.pages,
    suggestion_acts.pages,
    issues.pages,
    upward_pages.pages,
)


def register_pages(app: Flask) -> None:
    """Attach every page to the application. The order is the order of the checks before a view."""
    init_compression(app)
    init_security(app)
    init_access(app)
    init_forgery_protection(app)
    init_proof(app)
    init_errors(app)
    init_device(app)
    init_frame(app)
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
