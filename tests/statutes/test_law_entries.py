"""What the office enters into LAW: editions that begin on a day, articles whose text the program does not hold."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.world.county import County
from tracker.audit.models import AuditEvent
from tracker.audit.queries import verify
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.errors import DomainError
from tracker.statutes.queries import cited, entered, law_lines
from tracker.statutes.rules.citing import editions
from tracker.statutes.rules.provisions import P, Provision
from tracker.statutes.rules.sources import Edition, Source
from tracker.statutes.service import add_article, add_edition

TODAY = date(2026, 11, 27)
NEW = next(each for each in editions(Source.VILLAGES) if not each.held)


def number(county: County, article: str = "第二十一条", edition: Edition = NEW, **given: object) -> None:
    told = {"reason": "主席令第五十九号", "text": "甲。", **given}
    with committed():
        add_article(P.SPOILED_ELECTION, edition, article, by=county.admin, now=clock.now(), **told)


def edition(county: County, name: str = "2027年修订", since: date = date(2027, 3, 1), **given: object) -> None:
    told = {"source": Source.PETITIONS, "reason": "公布的文号", **given}
    with committed():
        add_edition(name=name, since=since, by=county.admin, now=clock.now(), **told)


@pytest.mark.both_databases
def test_an_article_is_printed_for_acts_from_the_day_of_its_edition(county: County) -> None:
    assert cited(P.SPOILED_ELECTION, on=TODAY) == "村民委员会组织法关于破坏选举的规定"
    number(county)
    assert cited(P.SPOILED_ELECTION, on=TODAY) == "村民委员会组织法第二十一条"
    assert cited(P.SPOILED_ELECTION, on=date(2025, 12, 31)) == "村民委员会组织法第十七条"
    (line,) = law_lines((P.SPOILED_ELECTION,), TODAY)
    assert (line.text, line.note) == ("甲。", "")
    number(county, "第二十二条")
    assert cited(P.SPOILED_ELECTION, on=TODAY) == "村民委员会组织法第二十二条"
    assert len(entered()) == 2, "what was entered first stays on the record"
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "law.entered")).all()) == 2
    assert verify().wrong is None


@pytest.mark.both_databases
def test_an_edition_ends_the_one_before_it_from_its_day_on(county: County) -> None:
    edition(county)
    assert cited(P.T34, on=date(2027, 2, 28)) == "条例第三十四条"
    assert cited(P.T34, on=date(2027, 3, 1)) == "条例关于办理期限和延长的规定"
    number_of = next(each for each in editions(Source.PETITIONS, entered()) if each.name == "2027年修订")
    with committed():
        add_article(Provision.T34, number_of, "第四十条", "", reason="公布", by=county.admin, now=clock.now())
    assert cited(P.T34, on=date(2027, 3, 1)) == "条例第四十条"
    assert cited(P.T35, on=date(2027, 3, 1)) == "条例关于复查的规定"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"since": date(2022, 5, 1)}, "since"),
        ({"name": "2022年公布"}, "edition"),
        ({"name": ""}, "edition"),
        ({"name": "版" * 41}, "edition"),
        ({"reason": ""}, "reason"),
        ({"source": Source.OFFICE}, "source"),
    ],
)
def test_an_edition_that_cannot_be(county: County, given: dict[str, object], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        edition(county, **given)
    assert set(refused.value.errors) == {field}
    assert entered() == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        *(({"article": words}, "article") for words in ("", "17", "第17条", "第二款", "第十七条左右", "x" * 99)),
        ({"text": "字" * 4001}, "text"),
        ({"reason": ""}, "reason"),
        ({"edition": editions(Source.VILLAGES)[0]}, "edition"),
        ({"edition": editions(Source.PETITIONS)[0]}, "edition"),
    ],
)
def test_an_article_that_cannot_be(county: County, given: dict[str, object], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        number(county, **given)
    assert set(refused.value.errors) == {field}
    assert entered() == ()


@pytest.mark.parametrize(
    "words", ["第十七条", "第十条之一", "第二十三条第三款", "第三十一条第一项至第五项", "第九条第一款第一项、第二项"]
)
def test_an_article_as_statutes_write_it(county: County, words: str) -> None:
    number(county, words)
    assert cited(P.SPOILED_ELECTION, on=TODAY) == f"村民委员会组织法{words}"
