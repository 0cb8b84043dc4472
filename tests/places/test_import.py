"""Importing editions of the codes: repeatable, completed where it was broken off, only what the file covers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.places.divisions import (
    COUNTY,
    EDITION,
    NEIGHBOUR,
    NEXT_EDITION,
    TOWN,
    VILLAGE,
    YANGCHENG,
    changed,
    load,
    place,
    row,
    town_changes,
)
from tests.world.county import County
from tracker import audit
from tracker.audit.models import AuditBlob, AuditEvent
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.database import committed
from tracker.core.errors import DomainError, StaleVersion
from tracker.core.pacing import Pace
from tracker.places import queries, service
from tracker.places.models import Place, PlaceVersion
from tracker.places.rules import EditionPlan, FileRefused, PlaceChange, PlaceLine, short_name


def count(session: Session, model: type[Place] | type[PlaceVersion]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_county_is_imported_with_the_province_and_city_above_it(session: Session) -> None:
    plan = load(YANGCHENG)
    assert plan.counts == {PlaceChange.ADDED: 359}
    assert count(session, Place) == count(session, PlaceVersion) == 359
    village = place(VILLAGE)
    assert (village.name, village.short_name, village.initials) == ("上庄村委会", "上庄村", "szc")
    assert [above.name for above in queries.ancestors(village)] == ["山西省", "晋城市", "阳城县", "润城镇"]
    assert all(len(one.public_id) == 22 for one in queries.children(place(TOWN)))
    assert village.history[0].parent_code == TOWN


def test_importing_again_changes_nothing_and_adds_no_history(session: Session, county: County) -> None:
    plan = load(YANGCHENG, as_of=NEXT_EDITION, source="同一文件")
    assert plan.counts == {PlaceChange.UNCHANGED: 357}
    assert count(session, Place) == count(session, PlaceVersion) == 359


def test_every_import_leaves_one_line_in_the_log(session: Session, county: County) -> None:
    service.import_places(YANGCHENG, source="再次读入", as_of=EDITION, by=None, now=clock.now(), sha256="ab" * 32)
    first, second = session.scalars(
        select(AuditEvent).where(AuditEvent.kind == audit.Event.PLACES_IMPORTED.value).order_by(AuditEvent.seq)
    )
    assert json.loads(first.payload)["counts"] == {"added": 359}
    payload = json.loads(second.payload)
    assert (payload["counts"], payload["sha256"], payload["as_of"]) == ({"unchanged": 357}, "ab" * 32, "2023-06-30")
    assert payload["rows"] == 357
    assert session.scalar(select(func.count()).select_from(AuditBlob)) == 2


def test_another_name_becomes_history(session: Session, county: County) -> None:
    plan = load(changed(YANGCHENG, {VILLAGE: "上庄社区居民委员会"}), as_of=NEXT_EDITION, source="2024 年版")
    assert plan.counts == {PlaceChange.RENAMED: 1, PlaceChange.UNCHANGED: 356}
    village = place(VILLAGE)
    assert (village.name, village.short_name, village.initials) == ("上庄社区居民委员会", "上庄社区", "szsq")
    old, new = village.history
    assert (old.name, old.valid_from, old.valid_to) == ("上庄村委会", EDITION, NEXT_EDITION - timedelta(days=1))
    assert (new.name, new.valid_from, new.valid_to, new.source) == (village.name, NEXT_EDITION, None, "2024 年版")


def test_a_vanished_code_is_closed_and_nothing_is_lost(session: Session, county: County) -> None:
    load(changed(YANGCHENG, {VILLAGE: None}), as_of=NEXT_EDITION, source="2024 年版")
    village = place(VILLAGE)
    assert (village.closed_on, village.closed_because) == (NEXT_EDITION, "2024 年版不再列入")
    assert village.history[-1].valid_to == NEXT_EDITION - timedelta(days=1)
    assert count(session, Place) == 359
    plan = load(YANGCHENG, as_of=date(2025, 6, 30))
    assert plan.counts[PlaceChange.REOPENED] == 1
    assert place(VILLAGE).closed_on is None
    assert place(VILLAGE).closed_because is None
    assert [v.valid_from for v in place(VILLAGE).history] == [EDITION, date(2025, 6, 30)]


def test_two_imports_on_one_day_keep_both_names(session: Session, county: County) -> None:
    load(changed(YANGCHENG, {VILLAGE: "上庄新村村委会"}))
    village = place(VILLAGE)
    assert [version.name for version in village.history] == ["上庄村委会", "上庄新村村委会"]
    assert queries.name_on(village, EDITION) == "上庄新村村委会"
    load(changed(YANGCHENG, {VILLAGE: "上庄新村村委会"}))
    assert len(place(VILLAGE).history) == 2


def test_another_county_is_left_alone(session: Session, county: County) -> None:
    yanhu = (
        row("140802000000", "盐湖区"),
        row("140802001000", "中城街道"),
        row("140802001001", "西花园社区居委会"),
    )
    assert load(yanhu).counts == {PlaceChange.ADDED: 4}  # with 运城市
    assert session.scalar(select(func.count()).where(Place.closed_on.is_not(None))) == 0
    assert load(YANGCHENG, as_of=NEXT_EDITION).counts == {PlaceChange.UNCHANGED: 357}
    assert place("140802001001").closed_on is None


def test_a_list_of_counties_does_not_close_towns(session: Session, county: County) -> None:
    plan = load(queries.shipped_rows(), as_of=NEXT_EDITION)
    assert plan.counts == {PlaceChange.ADDED: 130, PlaceChange.UNCHANGED: 3}
    assert place(TOWN).closed_on is None


def test_the_towns_of_2022_become_those_of_2023(session: Session) -> None:
    """Added, renamed and removed towns of the real province, with the counties they lie in."""
    counties = queries.shipped_rows()
    changes = town_changes()
    before = [row(c["code"], c["name_2022"]) for c in changes if c["name_2022"]]
    after = [row(c["code"], c["name_2023"]) for c in changes if c["name_2023"]]
    # A zone of county rank went with its only town; in the other counties a town keeps its code.
    zone = row("140471000000", "长治高新技术产业开发区")
    listed = {one.code for one in counties}
    same = [row(f"{code}100000", "城关镇") for code in {c["code"][:6] for c in changes} if f"{code}000000" in listed]
    load((*counties, zone, *before, *same), as_of=date(2022, 6, 30), source="2022 年版")
    plan = load((*counties, *after, *same), as_of=EDITION, source="2023 年版")
    closed = {planned.code for planned in plan.of(PlaceChange.CLOSED)}
    assert closed == {zone.code} | {c["code"] for c in changes if not c["name_2023"]}
    assert {change: plan.counts[change] for change in (PlaceChange.ADDED, PlaceChange.RENAMED, PlaceChange.CLOSED)} == {
        PlaceChange.ADDED: 1,
        PlaceChange.RENAMED: 5,
        PlaceChange.CLOSED: 5,
    }
    assert place("140405400000").name == "长治市屯留区西流寨综合服务中心"
    assert queries.name_on(place("140405400000"), date(2022, 12, 31)) == "西流寨开发区"
    assert place("140821402000").closed_on == EDITION
    assert place("140171406000").valid_from == EDITION


def test_a_recoded_village_keeps_its_identity_and_is_found_under_both_codes(session: Session, county: County) -> None:
    before = place(VILLAGE).public_id
    file = (*changed(YANGCHENG, {VILLAGE: None}), row("140522102002", "上庄社区居民委员会"))
    assert load(file, as_of=NEXT_EDITION).counts == {PlaceChange.RECODED: 1, PlaceChange.UNCHANGED: 356}
    assert place("140522102002").public_id == place(VILLAGE).public_id == before
    assert place(VILLAGE).code == "140522102002"


def test_a_recoded_town_takes_its_villages_and_its_closed_ones_along(session: Session, county: County) -> None:
    load(changed(YANGCHENG, {NEIGHBOUR: None}), as_of=date(2024, 1, 1))
    kept = [one for one in YANGCHENG if one.code != NEIGHBOUR]
    recoded = [row(one.code.replace("140522102", "140522120"), one.name) for one in kept]
    plan = load(recoded, as_of=NEXT_EDITION)
    assert plan.counts[PlaceChange.RECODED] == 23
    assert {PlaceChange.ADDED, PlaceChange.CLOSED}.isdisjoint(plan.counts)
    town = place("140522120000")
    assert len(queries.children(town)) == 23
    assert place(NEIGHBOUR).parent_id == town.id
    assert place("140522120214").parent_id == town.id


def test_one_wrong_row_leaves_everything_as_it_was(session: Session) -> None:
    wrong = (*YANGCHENG, row("141125100201", "孤村村委会", 359), row("150000100201", "孤村村委会", 360))
    with pytest.raises(FileRefused) as refused:
        load(wrong)
    assert [sentence.split("：")[0] for sentence in refused.value.sentences] == ["第 359 行", "第 360 行"]
    assert count(session, Place) == 0
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_a_failure_in_the_middle_rolls_everything_back(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("tracker.places.service.editions._confirm", fails)
    with pytest.raises(RuntimeError):
        load(YANGCHENG)
    assert count(session, Place) == 0


@pytest.mark.both_databases
def test_two_imports_at_once_become_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    planned_before = queries.plan(YANGCHENG, as_of=EDITION)
    session.rollback()
    load(YANGCHENG)
    monkeypatch.setattr("tracker.places.queries.plan", lambda _rows, as_of: planned_before)
    with pytest.raises(StaleVersion, match="别人刚刚也在读入"):
        load(YANGCHENG)
    assert count(session, Place) == count(session, PlaceVersion) == 359


class Broken(Pace):
    """A pace that is broken off before its third turn."""

    count = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.count += 1
        if self.count == 3:
            raise KeyboardInterrupt
        with super().turn():
            yield


def in_turns(rows: Sequence[PlaceLine], pace: Pace) -> EditionPlan:
    return service.import_places(rows, source="2023 年版", as_of=EDITION, by=None, now=clock.now(), pace=pace)


def test_an_import_broken_off_is_completed_by_the_next(session: Session) -> None:
    with pytest.raises(KeyboardInterrupt):
        in_turns(YANGCHENG, Broken(50, most=50))
    assert count(session, Place) == count(session, PlaceVersion) == 100
    session.rollback()
    plan = in_turns(YANGCHENG, Pace(50, most=50))
    assert plan.counts[PlaceChange.ADDED] == 259
    assert count(session, Place) == count(session, PlaceVersion) == 359
    assert place(VILLAGE).parent == place(TOWN)
    assert queries.plan(YANGCHENG, as_of=EDITION).counts == {PlaceChange.UNCHANGED: 357}
    assert verify().wrong is None


def test_an_import_stops_where_somebody_changes_places_meanwhile(session: Session) -> None:
    class Beside(Pace):
        count = 0

        @contextmanager
        def turn(self) -> Iterator[None]:
            self.count += 1
            if self.count == 2:
                with committed():
                    audit.record(audit.Event.PLACE_CHANGED, by=None, now=clock.now())
            with super().turn():
                yield

    with pytest.raises(StaleVersion, match="读入到一半停下"):
        in_turns(YANGCHENG, Beside(50, most=50))
    assert count(session, Place) == 50


def test_what_was_looked_at_is_what_is_imported(session: Session, county: County) -> None:
    seen = queries.plan(changed(YANGCHENG, {VILLAGE: "甲村村委会"}), as_of=NEXT_EDITION).fingerprint
    session.rollback()
    with pytest.raises(StaleVersion, match="预览之后"):
        service.import_places(
            changed(YANGCHENG, {VILLAGE: "乙村村委会"}),
            source="2024 年版", as_of=NEXT_EDITION, by=None, now=clock.now(), seen=seen,
        )  # fmt: skip
    assert place(VILLAGE).name == "上庄村委会"


def test_source_and_date_must_make_sense(session: Session) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(DomainError, match="晚于今天"):
        load(YANGCHENG, as_of=tomorrow)
    with pytest.raises(DomainError, match="来源"):
        load(YANGCHENG, source=" \u200b")
    with pytest.raises(DomainError, match="最多 200 个字"):
        load(YANGCHENG, source="长" * 201)


def test_every_real_name_keeps_a_short_name_that_is_alone_in_its_town() -> None:
    seen: dict[tuple[str | None, str], str] = {}
    for one in YANGCHENG:
        short = short_name(one.name, one.level)
        assert seen.setdefault((one.parent_code, short), one.code) == one.code
        assert short
        assert not short.endswith(("村委会", "居民委员会"))
    assert seen[(TOWN, "上庄村")] == VILLAGE
    assert COUNTY in {one.code for one in YANGCHENG}
