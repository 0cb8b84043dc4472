"""What only some channels have (信访形式另有的栏目): the word for each field, wherever it is shown, and what is wrong.

Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from tracker.cases.record.rules.codes import CHANNELS, Channel

CHANNEL_EXTRAS = {
    "posted_on": "邮戳日期",
    "received_by": "接访人",
    "hotline_no": "12345 工单号",
    "source_no": "来源编号",
    "superior_office": "上级机关",
    "superior_no": "上级编号",
    "superior_due_on": "上级要求办结日期",
}
LONGEST_EXTRA = {"received_by": 40, "hotline_no": 40, "source_no": 60, "superior_office": 60, "superior_no": 60}


def wrong_extras(
    channel: Channel, given: Mapping[str, str | date | None], received_on: date
) -> Iterator[tuple[str, str]]:
    """Yield each field of another channel, or that cannot be, with a sentence; `given` are those that are asked."""
    form = CHANNELS[channel]
    posted_on = given.get("posted_on")
    for name, value in given.items():
        words = CHANNEL_EXTRAS[name]
        if value and name not in form.fields:
            where = "、".join(other.label for other in CHANNELS.values() if name in other.fields)
            yield name, f"“{form.label}”件没有{words}（{where}才有）：请清空，或者改选信访形式。"
        elif isinstance(value, str) and len(value) > LONGEST_EXTRA[name]:
            yield name, f"{words}最多 {LONGEST_EXTRA[name]} 个字。"
        elif name == "posted_on" and isinstance(posted_on, date) and posted_on > received_on:
            yield name, "邮戳日期不能晚于收到日期。"
    if channel is Channel.SUPERIOR and not given.get("superior_office"):
        yield "superior_office", "请填写转交的上级机关。"
