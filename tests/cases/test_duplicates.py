"""同人+同事: which earlier matters are shown while a new one is typed, to whom, and with which words."""

import pytest

from tests.cases.counting import statements
from tests.world.county import County
from tests.world.rows import TODAY, a_case, kept, petitioner, reader
from tracker.cases.intake.duplicates import LikelyOriginal, likely_earlier
from tracker.cases.record.models import Case, NamedReader
from tracker.cases.record.search import index_case
from tracker.core import clock
from tracker.core.database import db

pytestmark = pytest.mark.both_databases

LETTER = (
    "我是上庄村村民。今年换届选举时，村选举委员会没有按规定公布选民名单，外出务工的四十余人没有登记，"
    "投票当天也没有设秘密写票处。请求查明情况，重新登记选民，并公布上届村委会的账目。"
)
REWORDED = (
    "本人系上庄村村民，反映今年换届选举时村选举委员会未按规定公布选民名单，在外务工的四十余人未予登记，"
    "投票当天没有设秘密写票处。请求查明情况、重新登记选民，公布上届村委会账目。"
)
OTHER = "反映自来水管网破损已两个月，三十户村民吃水困难，多次向水站反映均无人维修，请尽快派人抢修并减免水费。"


def entered(county: County, **values: object) -> Case:
    case = a_case(county, **values)  # type: ignore[arg-type]
    index_case(case)
    return case


def shown(county: County, **typed: object) -> dict[int, LikelyOriginal]:
    found = likely_earlier(reader=reader(county.acceptor), today=TODAY, **typed)  # type: ignore[arg-type]
    return {each.id: each for each in found}


def test_the_same_number_is_the_same_person(county: County) -> None:
    case = entered(county, title="反映水费", summary=OTHER)
    kept(petitioner(case, 0, name="王建国", identity_no="140522198001011234", phone="13812345678"))
    stranger = entered(county, title="反映道路", names=["李四"])
    by_identity = shown(county, identity_no="14052219800101 1234")
    by_phone = shown(county, phone="138-1234-5678")
    assert set(by_identity) == set(by_phone) == {case.id}
    assert by_identity[case.id].why == "同一信访人"
    assert by_identity[case.id].number == case.register_no
    assert by_identity[case.id].state == "待分类"
    assert stranger.id not in by_identity


def test_a_namesake_is_called_a_namesake(county: County) -> None:
    case = entered(county, names=["王建国"])
    assert shown(county, names=["王 建国"])[case.id].why == "信访人同名"
    assert shown(county, names=["王建"]) == {}


def test_a_namesake_alone_is_a_hint_and_more_than_the_name_asks(county: County) -> None:
    case = entered(county, title="反映水费", summary=OTHER, names=["王建国"], village_id=county.ids["village"])
    kept(petitioner(case, 1, name="王建国", phone="13812345678"))
    name = {"names": ["王建国"]}
    assert shown(county, **name)[case.id].asks is False
    assert shown(county, **name, title="反映低保没有评上", summary="家中困难。")[case.id].asks is False
    for more in (
        {"phone": "13812345678"},
        {"village_id": county.ids["village"]},
        {"title": "反映水费", "summary": OTHER},
    ):
        assert shown(county, **name, **more)[case.id].asks is True, more


def test_a_co_signer_counts_as_the_same_person(county: County) -> None:
    case = entered(county, names=["王建国", "李四"])
    assert set(shown(county, names=["赵六", "李四"])) == {case.id}


def test_another_identity_number_makes_a_namesake_another(county: County) -> None:
    case = entered(county)
    kept(petitioner(case, 0, name="王建国", identity_no="140522198001011234"))
    assert shown(county, names=["王建国"], identity_no="140522199909099999") == {}
    assert set(shown(county, names=["王建国"])) == {case.id}


def test_similar_words_count_in_the_same_village(county: County) -> None:
    case = entered(county, title="反映选民登记遗漏", summary=LETTER, village_id=county.village.id)
    entered(county, title="反映吃水困难", summary=OTHER, village_id=county.village.id)
    typed = {"title": "反映漏登选民", "summary": REWORDED}
    here = shown(county, **typed, village_id=county.village.id)
    assert set(here) == {case.id}
    assert 70 <= here[case.id].closeness < 90
    assert here[case.id].why == f"同村且内容相近 {here[case.id].closeness}%"
    assert shown(county, **typed, village_id=county.other_village.id) == {}
    assert shown(county, **typed) == {}


def test_almost_the_same_words_count_without_a_village(county: County) -> None:
    case = entered(county, title="反映选民登记遗漏", summary=LETTER, village_id=county.village.id)
    unplaced = entered(county, title="反映选民登记遗漏", summary=LETTER, place_note="上庄")
    typed = {"title": "反映选民登记遗漏", "summary": LETTER + "盼复。"}
    assert set(shown(county, **typed)) == {case.id, unplaced.id}
    here = shown(county, **typed, village_id=county.village.id)
    assert set(here) == {case.id, unplaced.id}
    assert here[case.id].why.startswith("同村且内容几乎相同 9")
    assert here[unplaced.id].why.startswith("内容几乎相同 9")
    assert set(shown(county, **typed, village_id=county.other_village.id)) == {unplaced.id}


def test_a_title_alone_is_compared_with_titles(county: County) -> None:
    case = entered(county, title="反映上庄村选民登记遗漏", summary=LETTER, village_id=county.village.id)
    assert set(shown(county, title="反映上庄村选民登记有遗漏", village_id=county.village.id)) == {case.id}


def test_the_same_accused_counts_for_who_may_know(county: County) -> None:
    case = entered(county, level="accusation", anonymous=True, accused=["张某某"])
    kept(NamedReader(case_id=case.id, user_id=county.acceptor.id, because="登记人", added_at=clock.now()))
    assert shown(county, accused_names=["张 某某"])[case.id].why == "同一被反映人"
    assert shown(county, accused_names=["张某"]) == {}


def test_what_the_reader_may_not_know_is_not_shown(county: County) -> None:
    hidden = entered(
        county, title="反映选民登记遗漏", summary=LETTER, level="accusation", names=["王建国"], accused=["张某某"]
    )
    typed = {"title": hidden.title, "summary": hidden.summary, "names": ["王建国"], "accused_names": ["张某某"]}
    assert shown(county, **typed) == {}
    assert likely_earlier(reader=reader(county.stranger), today=TODAY, title=hidden.title) == []
    hidden.level = "ordinary"
    db.session.flush()
    assert set(shown(county, **typed)) == {hidden.id}


def test_merged_and_void_matters_are_not_earlier_ones(county: County) -> None:
    for status in ("merged", "voided"):
        entered(county, names=["王建国"], status=status)
    kept_one = entered(county, names=["王建国"])
    assert set(shown(county, names=["王建国"])) == {kept_one.id}


def test_the_likeliest_come_first_and_no_more_than_asked(county: County) -> None:
    same_name = [entered(county, title=f"反映道路 {n}", summary=OTHER, names=["王建国"]) for n in range(6)]
    same_matter = entered(
        county, title="反映选民登记遗漏", summary=LETTER, names=["王建国"], village_id=county.village.id
    )
    found = likely_earlier(
        reader=reader(county.acceptor),
        names=["王建国"],
        title="反映选民登记遗漏",
        summary=LETTER,
        village_id=county.village.id,
        today=TODAY,
        limit=3,
    )
    assert [each.id for each in found] == [same_matter.id, same_name[5].id, same_name[4].id]
    assert found[0].why == "信访人同名；同村且内容几乎相同 100%"


def test_nothing_typed_finds_nothing(county: County) -> None:
    entered(county, anonymous=True)
    entered(county, names=["王建国"])
    assert shown(county) == shown(county, names=[""], title=" ", summary="", accused_names=[""]) == {}


@pytest.mark.parametrize("text", ['"', "*", "NEAR(", "'; --", "\x00", "%", "()", "🀄" * 200, "a" * 5000])
def test_any_text_is_taken_as_text(county: County, text: str) -> None:
    entered(county)
    assert shown(county, names=[text], phone=text, title=text, summary=text, accused_names=[text]) == {}


def test_a_reworded_copy_is_found_among_three_hundred(county: County) -> None:
    for number in range(300):
        entered(
            county,
            title=f"反映第{number}组道路",
            summary=f"反映上庄村第{number}组道路年久失修，请求村委会公开账目并尽快修复。" * 2,
            village_id=county.village.id,
        )
    case = entered(county, title="反映选民登记遗漏", summary=LETTER, village_id=county.village.id)
    assert next(iter(shown(county, title="反映漏登", summary=REWORDED, village_id=county.village.id))) == case.id


def test_the_number_of_queries_does_not_grow(county: County) -> None:
    for number in range(12):
        entered(county, title="反映选民登记遗漏", summary=LETTER + str(number), names=["王建国"], accused=["张某某"])
    asking = reader(county.acceptor)
    with statements() as sent:
        found = likely_earlier(
            reader=asking,
            names=["王建国"],
            identity_no="1",
            title="反映选民登记",
            accused_names=["张某某"],
            today=TODAY,
        )
    assert len(found) == 5
    # The accusations that the reader knows are in no index: their words are read.
    assert len(sent) == 7, sent
