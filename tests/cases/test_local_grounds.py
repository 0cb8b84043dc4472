"""B2: "超过期限未请求复查" stands in provincial rules alone, and was offered as if it were national."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.cases.test_law_findings import served_today
from tests.cases.test_reviews import asked, decided, served
from tests.conftest import Clock
from tests.world.county import County
from tests.world.matters import Matter
from tracker.audit.queries import verify
from tracker.cases.acts import refusals
from tracker.cases.acts.lapsing import lapse_windows
from tracker.cases.lifecycle.case_file import CaseFile
from tracker.cases.lifecycle.ground_words import ground_words
from tracker.cases.lifecycle.local_grounds import local_grounds, set_ground
from tracker.cases.lifecycle.rules.grounds import GROUND_BASIS, LOCAL_GROUNDS, NO_LONGER_GROUNDS, RefusalGround
from tracker.cases.page.papers import papers
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, FieldErrors
from tracker.people.queries import reader_for

LAPSED = RefusalGround.REVIEW_LAPSED
BASIS = "《浙江省信访条例》第二十五条第二款"


def switch(county: County, since: date | None = None, **changes: Any) -> None:
    given: dict[str, Any] = {
        "in_force": True, "title": "浙江省信访条例", "article": "第二十五条第二款", "reason": "局务会决定。",
    } | changes  # fmt: skip
    with committed():
        set_ground(
            given.pop("ground", LAPSED), since or core_clock.today(), by=county.user("admin"), now=core_clock.now(),
            **given,
        )  # fmt: skip


def lapsed(county: County, clock: Clock) -> Matter:
    """Give a matter whose petitioner let the 30 days go by."""
    matter = Matter(county).until("deliver")
    clock.forward(days=45)
    with committed():
        lapse_windows(core_clock.now(), limit=100)
    return matter


def refuse(matter: Matter, other: Matter | None, **changes: Any) -> None:
    with committed():
        refusals.no_longer_accept(
            matter.case, served_today(), by=matter.county.unit_head, now=core_clock.now(), ground=LAPSED,
            reason="以同一事实和理由提出。", other=other.case if other else None, **changes,
        )  # fmt: skip


def test_until_the_office_says_so_it_is_no_ground(county: County, clock: Clock) -> None:
    old = lapsed(county, clock)
    matter = Matter(county).until("sign_for")
    assert local_grounds(clock.today()) == []
    with pytest.raises(DomainError, match="没有启用") as refused:
        refuse(matter, old)
    assert refused.value.field == "ground"
    assert matter.case.status == "signed_for"


def test_switched_on_it_is_one_and_names_its_basis(county: County, clock: Clock) -> None:
    old = lapsed(county, clock)
    switch(county)
    matter = Matter(county).until("sign_for")
    refuse(matter, old)
    file = CaseFile(matter.case, reader_for(county.acceptor, clock.today()))
    assert BASIS in papers(file)[0].text
    assert BASIS in (file.steps[-1].facts or {})["ground"]
    assert matter.case.original_id == old.case.id
    assert verify().wrong is None


@pytest.mark.both_databases
def test_it_rests_on_days_that_went_by_unused(county: County, clock: Clock) -> None:
    switch(county)
    open_still = Matter(county).until("deliver")
    reviewed = served(decided(asked(Matter(county).until("deliver")), "upheld"))
    matter = Matter(county).until("sign_for")
    for other in (open_still, reviewed, matter):
        with pytest.raises(DomainError, match="没有过了期限") as refused:
            refuse(matter, other)
        assert refused.value.field == "other"
    refuse(matter, None, opinion_no="阳民信〔2024〕3号")


def test_it_holds_from_its_day_until_it_is_switched_off(county: County, clock: Clock) -> None:
    today = clock.today()
    switch(county, today + timedelta(days=2))
    assert local_grounds(today) == []
    clock.forward(days=2)
    assert local_grounds(clock.today()) == [LAPSED]
    switch(county, clock.today() + timedelta(days=1), in_force=False)
    assert BASIS in ground_words(LAPSED, clock.today())
    clock.forward(days=1)
    assert local_grounds(clock.today()) == []
    assert BASIS in ground_words(LAPSED, clock.today() - timedelta(days=1)), "what was refused keeps its basis"
    assert verify().wrong is None


@pytest.mark.parametrize("ground", [each for each in RefusalGround if each not in LOCAL_GROUNDS])
def test_what_the_regulations_have_is_not_changed_here(county: County, ground: RefusalGround) -> None:
    with pytest.raises(DomainError, match="条例规定的理由") as refused:
        switch(county, ground=ground)
    assert refused.value.field == "ground"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "《信访工作条例》"}, "title"),
        ({"article": "25"}, "article"),
        ({"since": date(2026, 1, 1)}, "since"),
        ({"reason": ""}, "reason"),
        ({"in_force": False}, "in_force"),
    ],
)
def test_what_is_wrong_stands_at_its_field(county: County, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        switch(county, **wrong)
    assert list(refused.value.errors) == [field]


def test_every_ground_that_is_offered_has_a_basis() -> None:
    assert all(GROUND_BASIS[ground] for ground in NO_LONGER_GROUNDS)
    assert not any(GROUND_BASIS[ground] for ground in LOCAL_GROUNDS)
