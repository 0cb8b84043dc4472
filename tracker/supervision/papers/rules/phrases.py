"""What leaders write most often (常用批示): one tap writes the phrase. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """A phrase; `task`: somebody is to do something by a day, where 已阅 only says that it was read."""

    code: str
    words: str
    task: bool = True


PHRASES = (
    Phrase("press", "请抓紧办理，按期答复。"),
    Phrase("study", "请专题研究，报告结果。"),
    Phrase("listen", "请当面听取信访人意见。"),
    Phrase("read", "已阅。", task=False),
)
PHRASE_BY_CODE = {phrase.code: phrase for phrase in PHRASES}


def worded(code: str | None, own: str | None) -> str:
    """Return what an instruction says: the phrase that was chosen, then the leader's own words."""
    chosen = PHRASE_BY_CODE[code].words if code in PHRASE_BY_CODE else ""
    return "".join(filter(None, (chosen, (own or "").strip())))


def is_task(code: str | None, own: str | None) -> bool:
    """Return whether somebody is to do something: everything but a bare 已阅."""
    return bool((own or "").strip()) or code not in PHRASE_BY_CODE or PHRASE_BY_CODE[code].task
