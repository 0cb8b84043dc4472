"""Looking at a page as it stands: nothing beside it, and a picture of it where SHOTS names a folder."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

# The office's screen in every run, the phone in the long one.
WIDTHS = [1366, pytest.param(390, marks=pytest.mark.long)]


def look(page: Page, name: str) -> None:
    """Take a picture, and fail where something stands beside the page."""
    size = page.viewport_size
    assert size is not None
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder, f"{name}-{size['width']}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
