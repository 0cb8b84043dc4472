"""Law C 12: after 复核 there was no 终结, and 不再受理 rested on an opinion that nobody had been given."""

from typing import Any

import pytest

from tests.cases.test_law_findings import served_today
from tests.cases.test_reviews import asked, decided, page_of, served
from tests.world.county import County
from tests.world.matters import Matter
from tracker.cases.acts import close_out, refusals
from tracker.cases.ledger import Filters, page
from tracker.cases.ledger.rows import rows_of
from tracker.cases.lifecycle.rules.grounds import RefusalGround
from tracker.cases.page.prints import case_slip, close_out_sheet
from tracker.core import clock as core_clock
from tracker.core.database import committed
from tracker.core.errors import DomainError
from tracker.people.queries import reader_for


def re_examined(county: County, *, result: str = "upheld", give: bool = True) -> Matter:
    """Give a matter on which 复核 decided; `give`: and whose petitioner has the opinion."""
    matter = served(decided(asked(Matter(county).until("deliver")), "upheld"))
    decided(asked(matter, organ="晋城市人民政府"), result)
    return served(matter) if give else matter


def told(matter: Matter) -> dict[str, Any]:
    """Return what the case page, the ledger and the prints say of it."""
    reader, today = reader_for(matter.county.acceptor, core_clock.today()), core_clock.today()
    shown = page_of(matter, by="acceptor")
    return {
        "tag": "已终结" in {tag.text for tag in shown.head.tags},
        "words": "已终结" in shown.head.words,
        "list": [row.id for row in page(reader, Filters(finalized=True), today=today).rows] == [matter.case.id],
        "row": "已终结" in {tag.text for row in rows_of([matter.case.id], today) for tag in row.tags},
        "slip": any("不再受理（《信访工作条例》第三十六条第三款）" in line for line in case_slip_of(matter)),
        "sheet": "终结" in {name for name, _ in close_out_sheet(matter.case.id, reader=reader).facts},
    }


def case_slip_of(matter: Matter) -> tuple[str, ...]:
    return case_slip(matter.case.id, today=core_clock.today()).next


@pytest.mark.both_databases
def test_the_service_of_the_opinion_of_re_examination_ends_it(county: County) -> None:
    matter = re_examined(county, give=False)
    assert set(told(matter).values()) == {False}, "decided, and nobody has it"
    assert set(told(served(matter)).values()) == {True}


@pytest.mark.parametrize("result", ["revoked", "dismissed"])
def test_what_decides_nothing_ends_nothing(county: County, result: str) -> None:
    more = {"due_on": core_clock.today()} if result == "revoked" else {}
    matter = served(decided(asked(Matter(county).until("deliver")), "upheld"))
    decided(asked(matter, organ="晋城市人民政府"), result, **more)
    assert not told(matter)["tag"]


def test_an_upheld_review_alone_ends_nothing(county: County) -> None:
    matter = served(decided(asked(Matter(county).until("deliver")), "upheld"))
    assert set(told(matter).values()) == {False}


def test_a_new_round_is_not_final(county: County) -> None:
    matter = re_examined(county)
    for step in ("carry_out", "confirm_file", "apply", "confirm", "call_back", "check", "sign"):
        with committed():
            getattr(matter, step)()
    assert told(matter)["words"]
    with committed():
        close_out.reopen(matter.case, by=county.office_head, now=core_clock.now(), reason="有新的事实。")
    assert not told(matter)["tag"]


@pytest.mark.both_databases
@pytest.mark.parametrize("give", [True, False])
def test_no_longer_accepted_rests_on_it(county: County, give: bool) -> None:
    decided_one, again = re_examined(county, give=give), Matter(county).until("sign_for")

    def refuse() -> None:
        with committed():
            refusals.no_longer_accept(
                again.case, served_today(), by=county.unit_head, now=core_clock.now(), other=decided_one.case,
                ground=RefusalGround.AFTER_RE_EXAMINATION, reason="以同一事实和理由提出。",
            )  # fmt: skip

    if give:
        refuse()
        assert again.case.original_id == decided_one.case.id
        return
    with pytest.raises(DomainError, match="没有终结") as refused:
        refuse()
    assert refused.value.field == "other"
