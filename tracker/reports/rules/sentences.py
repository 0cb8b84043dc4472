"""The sentences of a report in the office's words (报告的话). Pure.

A paragraph is a text in which a number stands as {code}: it is printed with its unit and opens its rows. A sentence
that is not true is not written; why it is withheld (没有写进正文的话) stands beside the draft.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.cases.ledger.rules import ReportEdition, Span
from tracker.core.dates import long_date, month_day
from tracker.reports.rules.indicators import UNIT_LABELS, change
from tracker.reports.rules.kinds import SECTION_HEADINGS, ReportKind, ReportRow, ReportSection
from tracker.reports.rules.numbers import BEFORE, BESIDE, CHANNELS, LAST_YEAR, NUMBERS, Value

Values = Mapping[str, Value]
NUMBER = re.compile(r"\{(\w+)\}")
NUMERALS = "一二三四五六七八"
NOT_ADDED = "件、批次、人次、起分别统计，不相加。"
OPEN_WORDS = "（不含检举控告）"
PROPERLY = "均得到妥善处理"
SUGGESTIONS = "改进工作、完善政策、追究责任的建议和采纳情况：系统里没有登记，请另附。"


@dataclass(frozen=True)
class Correction:
    """What of the issue before is counted otherwise now (补录、更正): its number was, and should be."""

    code: str
    was: int
    now: int
    added: int
    removed: int


@dataclass(frozen=True)
class FiledUnits:
    """Who has filed (报送情况): the names of those who did not, and of those who filed late."""

    missing: Sequence[str] = ()
    late: Sequence[str] = ()


@dataclass(frozen=True)
class ReportFacts:
    """All that the sentences of one report are made of."""

    kind: ReportKind
    row: ReportRow
    edition: ReportEdition
    days: str
    values: Values
    campaign: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    complained: Mapping[str, str] = field(default_factory=dict)
    filed: FiledUnits | None = None
    before: str = ""
    corrections: Sequence[Correction] = ()

    def small(self, *codes: str) -> bool:
        """Return whether one of the numbers may not be said."""
        return any(self.values[code].small for code in codes)


@dataclass(frozen=True)
class SectionText:
    """A section as it is printed; `rows` compare: label, unit, code, code before, change, code a year ago, change."""

    heading: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def sections(told: ReportFacts) -> list[SectionText]:
    """Return the sections of a report that have something to say, numbered in their order."""
    found: list[SectionText] = []
    for section in told.row.sections:
        paragraphs = tuple(SECTIONS[section](told))
        if paragraphs:
            heading = f"{NUMERALS[len(found)]}、{SECTION_HEADINGS[section]}"
            rows = tuple(_compared(told)) if section is ReportSection.OVERALL else ()
            found.append(SectionText(heading, paragraphs, rows))
    return found


def withheld(told: ReportFacts) -> list[str]:
    """Return what is not written, and why."""
    found = [SUGGESTIONS] if told.kind is ReportKind.ANNUAL else []
    unsettled = told.values.get("unsettled")
    if unsettled is not None and unsettled.count:
        words = f"“{PROPERLY}”：换届信访还有 {unsettled.words} 起在办。"
        found.append(f"{words}都办结销号的那一期，这句话自动写入；有反复，自动撤下。")
    return found


def _overall(told: ReportFacts) -> Iterator[str]:
    yield (
        f"{told.row.own}（{told.days}），收到信访信件 {{letters}}{_channels(told)}；"
        f"接待来访 {{visits}}、{{visitors}}。交办、转送 {{dispatched}}，答复 {{replies}}，"
        f"其中按期 {{replies_in_time}}；销号 {{struck_off}}。期末在办 {{in_hand}}，逾期 {{late}}。{NOT_ADDED}"
    )
    if told.kind is ReportKind.DAY:
        yield "3 日内到期 {due_soon}。"


def _channels(told: ReportFacts) -> str:
    """Return how the letters came; nothing where one of the parts may not be said: it could be reckoned."""
    parts = [f"{NUMBERS[code].label} {{{code}}}" for code in CHANNELS if told.values[code].count]
    return f"，其中{'、'.join(parts)}" if parts and not told.small(*CHANNELS) else ""


def _compared(told: ReportFacts) -> Iterator[tuple[str, ...]]:
    for code in BESIDE:
        row, now = NUMBERS[code], told.values[code]
        cells = [row.label, UNIT_LABELS[row.unit], code]
        for other in (code + BEFORE, code + LAST_YEAR):
            against = told.values.get(other)
            if against is None:
                cells += ["", "—"]
            elif now.small or against.small:
                cells += [other, "—"]
            else:
                cells += [other, change(now.count, against.count)]
        yield tuple(cells)


def _elections(told: ReportFacts) -> Iterator[str]:
    if not told.campaign:
        return
    edition = OPEN_WORDS if told.edition is ReportEdition.OPEN else ""
    yield (
        f"换届工作开始以来（自{told.campaign}起），受理反映村党组织换届问题的信访件 {{party}}、"
        f"反映村委会换届选举的信访事件 {{committee}}{edition}{_handled(told)}。"
    )


def _handled(told: ReportFacts) -> str:
    settled, unsettled = told.values["settled"], told.values["unsettled"]
    if settled.count and not unsettled.count:
        return f"，{PROPERLY}"
    if not settled.count + unsettled.count or told.small("settled", "unsettled", "party", "committee"):
        return ""
    return "，其中 {settled}已得到妥善处理，{unsettled}正在办理"


def _fields(told: ReportFacts) -> Iterator[str]:
    parts = [f"{name} {{{code}}}" for code, name in told.fields.items()]
    if parts:
        yield f"按内容分类，不同事项（重件不重复计）：{'、'.join(parts)}。"


def _complained(told: ReportFacts) -> Iterator[str]:
    if told.edition is ReportEdition.OPEN:
        yield "反映机关、单位的事项有的不公开，本版不列，见内部版。"
        return
    parts = [f"{name} {{{code}}}" for code, name in told.complained.items() if not told.values[code].small]
    yield f"被反映的机关、单位，按机构顺序，不是排名：{'、'.join(parts)}。" if parts else "没有达到可列数的机关、单位。"


def _villages(told: ReportFacts) -> Iterator[str]:
    if told.values["villages"].count:
        own = told.row.own
        yield (
            f"台账 {{villages}}，{own}入账 {{villages_entered}}，{own}销号 {{villages_struck_off}}，"
            "累计销号 {villages_sealed}。"
        )


def _supervision(told: ReportFacts) -> Iterator[str]:
    yield (
        f"{told.row.own}应转送、交办 {{given_out}}，其中按期 {{given_out_in_time}}；"
        "应回复催办、督办 {urged}，其中按期 {urged_in_time}；"
        "应报批示落实情况 {instructed}，其中按期 {instructed_in_time}。"
    )


def _filed(told: ReportFacts) -> Iterator[str]:
    if told.filed is None:
        return
    text = "应报单位 {units}，已报 {filed}，其中零报告 {filed_zero}"
    text += f"；迟报 {{filed_late}}：{'、'.join(told.filed.late)}" if told.filed.late else ""
    text += f"；未报 {{unfiled}}：{'、'.join(told.filed.missing)}。未报不作零报告统计。" if told.filed.missing else "。"
    yield text


def _corrected(told: ReportFacts) -> Iterator[str]:
    for each in told.corrections:
        row = NUMBERS[each.code]
        unit = UNIT_LABELS[row.unit]
        yield f"{told.before}{row.label} {each.was} {unit}，应为 {{{each.code}_corrected}}：{_why(each)}。"
    if told.corrections:
        yield f"{told.before}原文不改，本期{told.row.before}栏用更正后的数。"


def _why(each: Correction) -> str:
    """Return why a number is another: how many matters came in later, how many left."""
    parts = [f"补录、更正增加 {each.added} 件"] * bool(each.added)
    parts += [f"更正减少 {each.removed} 件"] * bool(each.removed)
    return "，".join(parts) or "更正了人数"


SECTIONS: dict[ReportSection, Callable[[ReportFacts], Iterator[str]]] = {
    ReportSection.OVERALL: _overall,
    ReportSection.ELECTIONS: _elections,
    ReportSection.FIELDS: _fields,
    ReportSection.COMPLAINED: _complained,
    ReportSection.VILLAGES: _villages,
    ReportSection.SUPERVISION: _supervision,
    ReportSection.FILED: _filed,
    ReportSection.CORRECTED: _corrected,
}


def codes_in(text: str) -> list[str]:
    """Return which numbers stand in a paragraph."""
    return NUMBER.findall(text)


def plain(text: str, values: Values) -> str:
    """Return a paragraph with its numbers written out: 收到信访信件 23 件."""
    return NUMBER.sub(lambda found: said(values[found[1]]), text)


def said(value: Value) -> str:
    """Return a number with its unit: 23 件."""
    return f"{value.words} {UNIT_LABELS[value.unit]}"


def days_words(kind: ReportKind, span: Span, hour: int) -> str:
    """Return the days of a report with its cut-off hour: 11月21日至11月27日 17 时."""
    if kind is ReportKind.ANNUAL:
        return f"{long_date(span.since)}至{long_date(span.until)}"
    days = month_day(span.until)
    return f"{days} {hour} 时" if span.since == span.until else f"{month_day(span.since)}至{days} {hour} 时"
