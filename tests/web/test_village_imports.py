"""从表格读入重点难点村 on the page: look first, read in, mend what was refused, take it back; nobody else's table."""

import io
import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.client import Client
from tests.key_villages.conftest import ledger as ledger
from tests.key_villages.working import Ledger
from tests.spreadsheets.test_key_villages import GOOD, HEADS
from tests.web.browsing import filled, form_of
from tracker.core.database import db
from tracker.key_villages.models import VillageEntry
from tracker.key_villages.rules.codes import VillageStage
from tracker.spreadsheets.workbook import read_table, write_csv

IMPORT = "/villages/ledger/import"
UPLOAD = re.compile(r'name="upload" value="([^"]+)"')
REFUSED = re.compile(rf'href="({IMPORT}/refused\?upload=[^"]+)"')


def content(*rows: dict[str, str]) -> bytes:
    return write_csv(HEADS, ([row.get(head, "") for head in HEADS] for row in rows))


def upload(browser: Client, table: bytes, name: str = "重点村.csv") -> TestResponse:
    """Send a table for a trial."""
    return browser.submit(IMPORT, {"file": (io.BytesIO(table), name)}, content_type="multipart/form-data")


def apply(browser: Client, trial: TestResponse) -> TestResponse:
    """Read in what a trial showed."""
    found = UPLOAD.search(trial.text)
    assert found, trial.text
    return browser.submit(f"{IMPORT}/apply", {"upload": found[1]}, page=IMPORT)


def entries() -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(VillageEntry)) or 0


def test_a_table_is_tried_read_in_and_taken_back(ledger: Ledger) -> None:
    browser = ledger.county.browser("acceptor")
    assert "还没有读入过" in browser.get(IMPORT).text
    trial = upload(browser, content(GOOD, GOOD | {"问题": "补登遗漏的选民"}, GOOD | {"区划代码": "140522101228"}))
    assert trial.status_code == 200
    assert "不是一个村，请核对" in trial.text
    assert entries() == 0
    link = REFUSED.search(trial.text)
    assert link
    failed = read_table(browser.get(link[1].replace("&amp;", "&")).data, "失败行.xlsx")
    assert [row.number for row in failed.rows] == [2]
    done = apply(browser, trial)
    assert (done.status_code, entries()) == (303, 1)
    assert "没有新的村" in browser.get(apply(browser, trial).location).text
    assert entries() == 1
    there = f"{IMPORT}/runs/{db.session.scalars(select(VillageEntry.public_id)).one()}/undo"
    refused = browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": " "}))
    assert refused.status_code == 422
    assert (
        browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": "选错了表。"})).status_code == 303
    )
    assert db.session.scalars(select(VillageEntry.stage)).all() == [VillageStage.WITHDRAWN]
    assert browser.get(there).status_code == 404
    assert "已撤销" in browser.get(IMPORT).text


@pytest.mark.both_databases
def test_a_run_on_which_somebody_worked_stays(ledger: Ledger) -> None:
    browser = ledger.county.browser("acceptor")
    apply(browser, upload(browser, content(GOOD)))
    entry = db.session.scalars(select(VillageEntry)).one()
    ledger.visit(entry.id)
    there = f"{IMPORT}/runs/{entry.public_id}/undo"
    answer = browser.post(there, data=filled(form_of(browser.get(there), ""), {"reason": "选错了表。"}))
    assert answer.status_code == 422
    assert "已经办理过，不能撤销" in answer.text
    assert ledger.entry(entry.id).stage == VillageStage.OPEN


@pytest.mark.parametrize(
    ("table", "name", "sentence"),
    [
        (b"", "空.csv", "是空的"),
        (b"%PDF-1.7", "信.pdf", "不收“.pdf”类型的文件"),
        (write_csv(["村", "类型"], [["上庄村", "有信访"]]), "表.csv", "表格缺少这些列：入账理由、决定人、入账日期"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(ledger: Ledger, table: bytes, name: str, sentence: str) -> None:
    answer = upload(ledger.county.browser("acceptor"), table, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'id="file-error"' in answer.text


def test_a_trial_of_somebody_else_is_refused(ledger: Ledger) -> None:
    trial = upload(ledger.county.browser("acceptor"), content(GOOD))
    answer = apply(ledger.county.browser("supervisor"), trial)
    assert "已经失效" in answer.text
    assert entries() == 0
    assert ledger.county.browser("lead").get(IMPORT).status_code == 403
