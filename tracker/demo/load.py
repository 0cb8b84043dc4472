"""Loading the demonstration: about 120 matters in every stage around today, entered step by step in their true order.

Thirty-one of them are the office's own figures: 7 on village party-branch elections and 24 on village-committee
elections, all properly concluded.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import compress, cycle
from pathlib import Path

from sqlalchemy import select

from tracker.cases.record.categories.service import seed_categories
from tracker.cases.record.models import Case, Category
from tracker.core.clock import at_local, local_date
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.core.statistics import keep_statistics
from tracker.demo.common import common_deeds
from tracker.demo.control import control_deeds
from tracker.demo.inspecting import inspection_deeds
from tracker.demo.layers import layer_deeds
from tracker.demo.matters import COMMITTEE, GENERAL, PARTY_BRANCH, Theme
from tracker.demo.reporting import report_deeds
from tracker.demo.sidelines import SIDELINES
from tracker.demo.staff import PEOPLE, Staff, enter_staff
from tracker.demo.story import Story
from tracker.demo.suggestions import suggestion_deeds
from tracker.demo.supervising import DEEDS, days, run_timer
from tracker.demo.villages import PLANS as VILLAGES
from tracker.demo.villages import village_deeds, village_ids
from tracker.people.models import Department, User
from tracker.places.models import VILLAGE, Place
from tracker.places.rules import read_file
from tracker.places.service import import_places
from tracker.working_days.service import seed_known_years

COUNTY_FILE = Path(__file__).with_name("yangcheng_140522.csv")
SEED = 20261121
# No real office has so many people of the same accounts and names.
NO_COINCIDENCE = 3
OPENED_BEFORE = timedelta(days=400)


@dataclass(frozen=True)
class DemoPlan:
    """How many matters go how far: the last step of the main line, the ages in days, and any side line."""

    count: int
    until: str
    ages: tuple[int, ...]
    side: str | None = None
    themes: tuple[Theme, ...] = GENERAL


# until → the step of Story.main_line that was last taken
PLANS: tuple[DemoPlan, ...] = (
    DemoPlan(24, "look_back", tuple(range(80, 200, 5)), themes=COMMITTEE),
    DemoPlan(7, "look_back", (85, 96, 104, 118, 131, 150, 171), themes=PARTY_BRANCH),
    DemoPlan(8, "sign", (44, 47, 51, 55, 58, 62, 66, 70)),
    DemoPlan(7, "register", (0, 0, 1, 2, 6, 13, 17)),
    DemoPlan(5, "triage", (2, 4, 9, 14, 16)),
    DemoPlan(8, "assign", (3, 3, 4, 5, 6, 12, 16, 19)),
    DemoPlan(6, "sign_for", (4, 5, 8, 15, 16, 20)),
    DemoPlan(17, "note", (13, 15, 18, 22, 26, 30, 34, 41, 48, 55, 61, 63, 64, 65, 68, 74, 92)),
    DemoPlan(3, "answer", (29, 33, 36)),
    DemoPlan(6, "deliver", (31, 33, 37, 44, 52, 60)),
    DemoPlan(2, "confirm_file", (39, 46)),
    DemoPlan(3, "apply", (39, 41, 45)),
    DemoPlan(3, "confirm", (40, 43, 50)),
    DemoPlan(3, "check", (42, 46, 52)),
    DemoPlan(1, "call_back", (49,), side="sent_back"),
    DemoPlan(3, "sign_for", (5, 7, 12), side="objection"),
    DemoPlan(2, "note", (58, 66), side="extension"),
    DemoPlan(2, "register", (6, 23), side="diverted"),
    DemoPlan(2, "sign_for", (19, 33), side="not_accepted"),
    DemoPlan(1, "sign_for", (14,), side="withdrawn"),
    DemoPlan(2, "register", (3, 11), side="merged"),
    DemoPlan(1, "register", (5,), side="voided"),
    DemoPlan(3, "register", (1, 9, 26), side="vote_buying"),
    DemoPlan(2, "sign", (90, 110), side="reopened"),
    DemoPlan(2, "register", (0, 3), side="place_unknown"),
    DemoPlan(2, "deliver", (50, 57), side="review"),
    DemoPlan(2, "note", (16, 24), side="assistance"),
)


def load_demo(*, now: datetime) -> int:
    """Load the demonstration into an empty database and return the number of matters. Raises DomainError otherwise."""
    if is_in_use():
        raise DomainError("库里已有机构、人员或信访事项，不再装入演示数据。")
    start = now - OPENED_BEFORE
    with committed():
        seed_known_years(now=start)
    with committed():
        seed_categories(now=start)
    rows = read_file(COUNTY_FILE.read_bytes()).rows
    import_places(rows, source="国家统计局统计用区划代码（2023年版）", as_of=date(2023, 6, 30), by=None, now=start)
    staff = enter_staff(now=start)
    stories = list(_stories(staff, local_date(now)))
    villages = list(village_deeds(staff, now, with_matters={story.village_id for story in stories if story.village_id}))
    at_work = (plan.struck < plan.listed for plan in VILLAGES)
    villages += inspection_deeds(staff, now, list(compress(village_ids(staff), at_work)))
    planned = [
        *_deeds(stories, now),
        *villages,
        *control_deeds(staff, now),
        *layer_deeds(staff, now),
        *suggestion_deeds(staff, now),
        *common_deeds(staff, now),
        *report_deeds(staff, now),
        *((at, deed) for at in days(now) for deed in DEEDS),
        (now, run_timer),
    ]
    for at, deed in sorted(planned, key=lambda each: each[0]):
        with committed():
            deed(at)
    keep_statistics()
    return len(stories)


def is_in_use() -> bool:
    """Return whether the database already belongs to somebody: invented people never enter a real register."""
    return any(db.session.scalar(select(model.id).limit(1)) is not None for model in (Department, User, Case))


def is_demo() -> bool:
    """Return whether people of the database are the invented ones, also where some were renamed since."""
    invented = {(person.username, person.name) for person in PEOPLE}
    named = select(User.username, User.name).where(User.username.in_([username for username, _ in invented]))
    return len(invented & {(username, name) for username, name in db.session.execute(named)}) >= NO_COINCIDENCE


def _stories(staff: Staff, today: date) -> Iterable[Story]:
    luck = random.Random(SEED)
    categories = dict(
        db.session.execute(select(Category.name, Category.id).where(Category.parent_id.is_not(None))).all()
    )
    villages = _villages(luck)
    at_work: list[Story] = []
    for plan in PLANS:
        themes = cycle(plan.themes if plan.side is None else _themes_of(plan.side, plan.themes))
        for age, theme, (village_id, village_name) in zip(plan.ages, themes, villages, strict=False):
            story = Story(
                staff=staff,
                theme=theme,
                village_id=village_id,
                village_name=village_name,
                received_on=today - timedelta(days=age),
                today=today,
                luck=luck,
                category_id=categories.get(theme.category),
                people_count=luck.choice((1, 1, 1, 2, 3, 6, 12)),
            )
            if plan.side:
                SIDELINES[plan.side].prepare(story)
            if plan.side == "merged":
                story.repeat(at_work.pop())
            elif plan.until == "note":
                at_work.append(story)
            _plan_steps(story, plan)
            yield story


def _themes_of(side: str, themes: tuple[Theme, ...]) -> tuple[Theme, ...]:
    return SIDELINES[side].themes or themes


def _villages(luck: random.Random) -> Iterable[tuple[int, str]]:
    rows = db.session.execute(
        select(Place.id, Place.short_name)
        .where(Place.level == VILLAGE, Place.code.like("140522%"))
        .order_by(Place.code)
    ).all()
    shuffled = [(row[0], row[1]) for row in rows]
    luck.shuffle(shuffled)
    return cycle(shuffled[:60])


def _plan_steps(story: Story, plan: DemoPlan) -> None:
    last = None
    for day, deed, hour in story.main_line():
        story.on(story.received_on + timedelta(days=day), deed, hour=hour)
        last = day
        if deed.__name__ == plan.until or (plan.until == "note" and day == 12):
            break
    if plan.side:
        SIDELINES[plan.side].go_on(story, last or 0)


def _deeds(stories: Iterable[Story], now: datetime) -> Iterable[tuple[datetime, Callable[[datetime], None]]]:
    """Yield every planned deed; what would lie after now is done in the last hour, never yesterday."""
    hour = min(timedelta(hours=1), now - at_local(local_date(now), 0))
    for story in stories:
        for place, (at, deed) in enumerate(story.made):
            yield (at if at < now - hour else now - hour + place * hour / 60), deed
