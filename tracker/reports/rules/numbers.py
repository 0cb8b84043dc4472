"""NUMBERS: every number that a report counts of the ledger, one row for each. Pure.

What is counted in different units (件、批次、人次、起) is never added: no row is a sum of others.
"""

from dataclasses import dataclass

from tracker.cases.ledger.rules import Cohort, CohortPart
from tracker.cases.record.rules.codes import CHANNEL_LABELS, Channel
from tracker.reports.rules.indicators import CountUnit
from tracker.reports.rules.kinds import TOO_FEW


@dataclass(frozen=True)
class NumberRow:
    """A number: how it is called, in what it counts, of which part of which cohort, narrowed by which other filters.

    `also` are filters of the ledger as an address writes them. `of_today`: it says how things stand at the moment,
    and cannot be counted again later. `campaign`: counted since the election work began, not for the period.
    """

    label: str
    cohort: Cohort
    unit: CountUnit = CountUnit.MATTER
    part: CohortPart = CohortPart.ALL
    also: tuple[tuple[str, str], ...] = ()
    of_today: bool = False
    campaign: bool = False


C, U, P = Cohort, CountUnit, CohortPart
CHANNELS = {f"channel_{channel}": channel for channel in Channel if channel is not Channel.VISIT}
# fmt: off
NUMBERS: dict[str, NumberRow] = {
    "letters": NumberRow("收到信访信件", C.LETTERS),
    **{code: NumberRow(CHANNEL_LABELS[channel], C.RECEIVED, also=(("channel", channel.value),))
       for code, channel in CHANNELS.items()},
    "visits": NumberRow("接待来访", C.VISITS, U.VISIT),
    "visitors": NumberRow("接待来访", C.VISITORS, U.VISITOR),
    "dispatched": NumberRow("交办、转送", C.DISPATCHED),
    "replies": NumberRow("答复", C.REPLIES),
    "replies_in_time": NumberRow("其中按期", C.REPLIES, also=(("answered", "in_time"),)),
    "struck_off": NumberRow("销号", C.STRUCK_OFF),
    "in_hand": NumberRow("期末在办", C.IN_HAND),
    "late": NumberRow("期末逾期", C.LATE_AT_END),
    "due_soon": NumberRow("3 日内到期", C.IN_HAND, also=(("due_within", "3"),), of_today=True),
    "party": NumberRow("反映村党组织换届问题", C.PARTY_ELECTIONS, U.EVENT, campaign=True),
    "committee": NumberRow("反映村委会换届选举", C.COMMITTEE_ELECTIONS, U.EVENT, campaign=True),
    "settled": NumberRow("换届信访已妥善处理", C.ELECTIONS_SETTLED, U.EVENT, P.HELD, campaign=True),
    "unsettled": NumberRow("换届信访正在办理", C.ELECTIONS_SETTLED, U.EVENT, P.OTHERS, campaign=True),
    "given_out": NumberRow("应转送、交办", C.GIVEN_OUT),
    "given_out_in_time": NumberRow("按期转送、交办", C.GIVEN_OUT, part=P.HELD),
    "urged": NumberRow("应回复催办、督办", C.URGED),
    "urged_in_time": NumberRow("按期回复催办、督办", C.URGED, part=P.HELD),
    "instructed": NumberRow("应报批示落实情况", C.INSTRUCTED),
    "instructed_in_time": NumberRow("按期报批示落实情况", C.INSTRUCTED, part=P.HELD),
}
# fmt: on
# What stands beside the period before and a year ago (环比、同比), in the order of the table.
BESIDE = ("letters", "visits", "visitors", "dispatched", "replies", "replies_in_time", "struck_off", "in_hand", "late")
BEFORE, LAST_YEAR = "_before", "_last_year"


@dataclass(frozen=True)
class Value:
    """A number as it may be said: `small`, in the confidential edition, says only that it is below five."""

    count: int
    unit: CountUnit
    small: bool = False

    @property
    def words(self) -> str:
        """23, or 不足 5."""
        return f"不足 {TOO_FEW}" if self.small else str(self.count)
