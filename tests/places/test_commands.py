"""`flask import-places`, as a person at the keyboard sees it."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.places.divisions import YANGCHENG_FILE
from tracker.places.models import Place

TEXT = YANGCHENG_FILE.read_text(encoding="utf-8")


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["import-places", *map(str, arguments)])


def places(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Place)) or 0


def test_a_county_on_an_empty_database(app: Flask, session: Session) -> None:
    done = run(app, YANGCHENG_FILE, "--as-of", "2023-06-30", "--source", "2023 年版")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "已读入 357 行：新增 359，更名 0，撤销 0，不变 0。\n"
    assert places(session) == 359
    again = run(app, YANGCHENG_FILE)
    assert again.stdout == "已读入 357 行：新增 0，更名 0，撤销 0，不变 357。\n"


def test_changes_are_named_and_a_trial_writes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, YANGCHENG_FILE, "--as-of", "2023-06-30")
    changed = TEXT.replace("中庄村委会", "中庄社区居委会").replace("140522102216,下庄村委会,5,140522102000\n", "")
    file = tmp_path / "区划 2024.csv"
    file.write_bytes(changed.encode("gb18030"))
    words = [
        "356 行：新增 0，更名 1，撤销 1，不变 355。",
        "  更名：140522102215 阳城县 · 润城镇 · 中庄社区居委会（原 中庄村委会）",
        "  撤销：140522102216 阳城县 · 润城镇 · 下庄村委会",
    ]
    trial = run(app, file, "--as-of", "2024-06-30", "--dry-run")
    assert trial.stdout.splitlines() == [f"文件 {words[0]}", *words[1:], "试运行，没有写入。"]
    assert session.scalar(select(func.count()).where(Place.closed_on.is_not(None))) == 0
    session.rollback()
    done = run(app, file, "--as-of", "2024-06-30")
    assert done.stdout.splitlines() == [f"已读入 {words[0]}", *words[1:]]
    assert session.scalar(select(func.count()).where(Place.closed_on.is_not(None))) == 1


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (TEXT.replace("140522100000,凤城镇,4", "14052210000,凤城镇,4"), ["第 3 行：代码“14052210000”应为 12 位数字。"]),
        (
            TEXT.replace(
                "140522100001,西关社区居民委员会,5,140522100000", "1.40522E+11,西关社区居民委员会,5,140522100000"
            ),
            ["第 4 行：代码“1.40522E+11”被表格软件改成了数值，请把该列设为文本后重新导出。"],
        ),
        (
            "code,name,level,parent_code\n654000000000,某地,3,650000000000\n",
            [
                "第 2 行：代码 654000000000 是 2（市级），级别列写的却是 3（县级）。",
            ],
        ),
        (
            "code,name,level,parent_code\n654021000000,某县,3,654000000000\n",
            [
                "第 2 行：某县（654021000000）的上级 654000000000 不在文件里，也没有读入过。"
                "请先读入含这个上级的省、市、县区划代码文件，再读入本文件。",
            ],
        ),
    ],
)
def test_wrong_rows_are_named_and_nothing_is_imported(
    app: Flask, session: Session, tmp_path: Path, content: str, sentences: list[str]
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(content, encoding="utf-8")
    done = run(app, file)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [*sentences, "文件有 1 处错误，一行也没有读入。"]
    assert places(session) == 0


def test_a_file_that_cannot_be_read_is_named(app: Flask, session: Session, tmp_path: Path) -> None:
    sentences = {
        (): "请写明文件，如 flask import-places yangcheng_140522.csv。",
        (tmp_path / "none.csv",): f"打不开文件 {tmp_path / 'none.csv'}，请核对文件名和权限。",
        (tmp_path,): f"打不开文件 {tmp_path}，请核对文件名和权限。",
        (YANGCHENG_FILE, "--as-of", "2023-02-30"): "没有“2023-02-30”这一天，请核对日期。",
        (YANGCHENG_FILE, "--as-of", "2027-01-01"): "文件日期 2027-01-01 晚于今天。",
    }
    for arguments, sentence in sentences.items():
        done = run(app, *arguments)
        assert (done.exit_code, done.stderr.strip()) == (1, sentence)
    assert places(session) == 0


def test_the_command_explains_itself(app: Flask) -> None:
    done = run(app, "--help")
    assert done.exit_code == 0
    assert "可以反复读入" in done.stdout
    assert "--as-of 日期" in done.stdout
