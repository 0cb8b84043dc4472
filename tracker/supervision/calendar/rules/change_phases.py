"""How a change of the calendar goes (日历变更): its phases, and what they are called."""

from enum import StrEnum


class Phase(StrEnum):
    """What a change is doing just now; the year is the calendar from the end of `SWITCHING` on."""

    COUNTING = "counting"
    SWITCHING = "switching"
    TELLING = "telling"
    CORRECTING = "correcting"
    CLEARING = "clearing"


# What the phase does.
PHASE_WORDS: dict[Phase, str] = {
    Phase.COUNTING: "正在按新的安排计算各件的期限，算完以前各处仍显示原来的日期",
    Phase.SWITCHING: "正在换上新的日期",
    Phase.TELLING: "新的日期已经生效，正在逐件记入办理记录",
    Phase.CORRECTING: "新的日期已经生效，正在核对、更正发早了的提醒和督办",
    Phase.CLEARING: "新的日期已经生效，正在收尾",
}
