"""`flask deadline` and `flask load-calendar`."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.working_days.support import HERE, facts
from tests.working_days.test_notices import notice_of
from tracker.core import clock
from tracker.core.database import committed, db
from tracker.core.failures import TOLD, Failure
from tracker.supervision.calendar.change import start_change
from tracker.working_days import queries
from tracker.working_days.models import CalendarDay, CalendarYear
from tracker.working_days.rules import YearStatus, parse_notice
from tracker.working_days.service import proposed


def run(app: Flask, *arguments: object) -> Result:
    """Run a command as somebody at a terminal would."""
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


def written(folder: Path, text: str | bytes, name: str = "input.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def notice_csv(year: int) -> str:
    rows = (f"{day.date},{'work' if day.is_working else 'off'},{day.name}\n" for day in notice_of(year))
    return "date,kind,name\n" + "".join(rows)


def test_the_date_comes_first_then_the_reason(app: Flask) -> None:
    result = run(app, "deadline", "--from", "2026-02-10", "--amount", 5, "--unit", "working-day")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split()[0] == "2026-02-24"
    assert "（跳过2月15日至23日春节，计入2月14日调休上班）" in result.stdout
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("start", "amount", "unit", "effective"),
    [
        ("2026-08-02", 60, "day", "2026-10-08"),
        ("2026年4月24日", 15, "日", "2026-05-09"),
        ("20251130", 3, "month", "2026-02-28"),
        ("2026-11-20", 60, "day", "2027-01-19"),
    ],
)
def test_units_and_dates_as_people_write_them(app: Flask, start: str, amount: int, unit: str, effective: str) -> None:
    result = run(app, "deadline", "--from", start, "--amount", amount, "--unit", unit)
    assert result.stdout.startswith(f"{effective}  ")
    assert ("暂定" in result.stdout) == effective.startswith("2027")


def test_the_table_follows_when_asked_for(app: Flask) -> None:
    result = run(app, "deadline", "--from", "2026-02-10", "--amount", 5, "--unit", "working-day", "--table")
    lines = result.stdout.splitlines()
    assert len(lines) == 1 + 15
    assert lines[5] == "2026-02-14\t周六\t4\t班\t春节"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "请写明 --from"),
        (("--from", "2026-02-10"), "请写明 --from"),
        (("--from", "2026-02-30", "--amount", "5", "--unit", "day"), "没有“2026-02-30”这一天"),
        (("--from", "1999-02-01", "--amount", "5", "--unit", "day"), "超出范围"),
        (("--from", "2026-02-10", "--amount", "五", "--unit", "day"), "不是整数"),
        (("--from", "2026-02-10", "--amount", "-5", "--unit", "day"), "不能是负数"),
        (("--from", "2026-02-10", "--amount", "5", "--unit", "week"), "看不懂期限单位"),
        (("--from", "2099-02-10", "--amount", "36000", "--unit", "working-day"), "超出2100年"),
        (("--file", "no-such-file.csv"), "打不开文件"),
    ],
)
def test_what_cannot_be_computed_gets_a_sentence(app: Flask, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(app, "deadline", *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_file_of_terms(app: Flask, tmp_path: Path) -> None:
    rows = list(facts(HERE / "deadline_vectors.csv"))
    lines = [f"{row['start']},{row['n']},{unit}" for row in rows for unit in ("day", "working-day")]
    result = run(app, "deadline", "--file", written(tmp_path, "from,amount,unit\n" + "\n".join(lines) + "\n"))
    assert result.exit_code == 0
    answers = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(answers[0]) == ["from", "amount", "unit", "nominal", "effective", "provisional"]
    assert len(answers) == len(lines)
    by_days, by_working_days = answers[::2], answers[1::2]
    assert [(row["nominal"], row["effective"]) for row in by_days] == [
        (row["calendar_days"], row["rolled"]) for row in rows
    ]
    assert [row["effective"] for row in by_working_days] == [row["working_days"] for row in rows]
    assert {row["provisional"] for row in answers} == {"false"}


def test_a_file_in_gb18030_with_other_columns_and_a_provisional_row(app: Flask, tmp_path: Path) -> None:
    text = "说明,unit,from,amount\n受理,month,2025-11-30,3\n办理,day,2026-11-20,60\n".encode("gb18030")
    result = run(app, "deadline", "--file", written(tmp_path, text))
    assert result.stdout.splitlines()[1:] == [
        "2025-11-30,3,month,2026-02-28,2026-02-28,false",
        "2026-11-20,60,day,2027-01-19,2027-01-19,true",
    ]


def test_bad_rows_are_named_and_good_ones_still_written(app: Flask, tmp_path: Path) -> None:
    text = "from,amount,unit\n2026-02-10,5,working-day\n2026-02-31,5,day\n\n2026-02-10,x,day\n2026-02-10\n"
    result = run(app, "deadline", "--file", written(tmp_path, text))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == ["2026-02-10,5,working-day,2026-02-24,2026-02-24,false"]
    assert [line.split("：")[0] for line in result.stderr.splitlines()[:3]] == ["第3行", "第5行", "第6行"]
    assert result.stderr.splitlines()[-1] == "共4行，其中3行没有算出。"


@pytest.mark.parametrize("content", [b"", b"start,n\n1,2\n", b"\x00\x01", b"PK\x03\x04" + bytes(99)])
def test_files_that_are_no_list_of_terms(app: Flask, tmp_path: Path, content: bytes) -> None:
    result = run(app, "deadline", "--file", written(tmp_path, content))
    assert result.exit_code == 1
    assert "应" in result.stderr
    assert result.stdout == ""


def test_a_year_is_loaded_from_a_file(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, notice_csv(2027))
    refused = run(app, "load-calendar", "2027", file)
    assert (refused.exit_code, refused.stderr) == (1, "请写明依据：通知的名称或文号。\n")
    result = run(app, "load-calendar", "2027", file, "--source", "国办发明电〔2026〕9号")
    assert (result.exit_code, result.stdout) == (
        0,
        "已录入2027年放假安排：放假8天，调休上班0天；0个正在计算的期限变了日期。\n",
    )
    asked = run(app, "deadline", "--from", "2026-11-20", "--amount", 60, "--unit", "day")
    assert "暂定" not in asked.stdout


def test_a_year_that_was_broken_off_is_gone_on_with(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, notice_csv(2027))
    with app.app_context(), committed():
        start_change(proposed(2027, parse_notice(file.read_bytes()).days, source="试验通知"), by=None, now=clock.now())
    other = written(tmp_path, notice_csv(2028), "2028.csv")
    refused = run(app, "load-calendar", 2028, other, "--source", "试验通知")
    assert (refused.exit_code, "正在应用" in refused.output) == (1, True)
    refused = run(app, "load-calendar", "--shipped")
    assert (refused.exit_code, "正在应用" in refused.output) == (1, True)
    done = run(app, "load-calendar", 2027, file, "--source", "试验通知")
    assert done.exit_code == 0
    assert "接着办" in done.output
    assert "已录入2027年放假安排" in done.output


def test_a_forecast_is_loaded_as_provisional(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, "# 预计\n" + notice_csv(2027))
    assert run(app, "load-calendar", "2027", file, "--provisional").exit_code == 0
    asked = run(app, "deadline", "--from", "2026-11-20", "--amount", 60, "--unit", "day")
    assert "暂定：2027年放假安排尚未正式公布" in asked.stdout


@pytest.mark.parametrize(
    ("year", "content", "sentence"),
    [
        ("2027", '{"year": 2027, "papers": [], "days": []}', "是空的"),
        ("2027", '{"year": 2026, "papers": [], "days": []}', "文件里写的是2026年，不是2027年"),
        ("27", "x", "应写成四位数字"),
        ("２０２７", "x", "应写成四位数字"),
        ("2028", notice_csv(2027), "不在2028年内"),
    ],
)
def test_a_wrong_year_is_refused(app: Flask, tmp_path: Path, year: str, content: str, sentence: str) -> None:
    result = run(app, "load-calendar", year, written(tmp_path, content), "--source", "通知")
    assert result.exit_code == 1
    assert sentence in result.stderr
    with app.app_context():
        assert queries.calendar().status(2027) is YearStatus.NOT_LOADED


def test_the_shipped_years_are_stored_once(app: Flask) -> None:
    assert "2018、2019" in run(app, "load-calendar", "--shipped").stdout
    assert run(app, "load-calendar", "--shipped").stdout == "各年放假安排都已录入，没有改动。\n"
    assert "请写明年份和文件" in run(app, "load-calendar").stderr


@pytest.mark.parametrize("command", ["deadline", "load-calendar"])
def test_each_command_explains_itself(app: Flask, command: str) -> None:
    result = run(app, command, "--help")
    assert result.exit_code == 0
    assert "显示本说明" in result.stdout


def test_a_database_without_tables(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first migration dates are still computed, and a load is refused with a sentence."""
    for model in (CalendarYear, CalendarDay):
        monkeypatch.setattr(model.__table__, "name", f"absent_{model.__tablename__}")
        monkeypatch.setattr(model, "__tablename__", f"absent_{model.__tablename__}")
    asked = run(app, "deadline", "--from", "2026-02-10", "--amount", 5, "--unit", "working-day")
    assert asked.stdout.startswith("2026-02-24")
    refused = run(app, "load-calendar", "2027", written(tmp_path, notice_csv(2027)), "--source", "通知")
    assert refused.exit_code == TOLD[Failure.NO_TABLES].exit_status
    assert "flask db upgrade" in refused.stderr
    with app.app_context():
        db.session.rollback()
