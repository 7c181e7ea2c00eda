"""The browser works before anything is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Status quo</h1>")
    assert page.get_by_role("heading", name="Status quo").is_visible()
    page.close()
