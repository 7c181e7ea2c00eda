"""The report in a real browser: it asks for nothing, says nothing to the console, and opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import detente

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEXT = "A headline\n\n" + "\n\n".join(f"First of {n}. Second of {n}." for n in range(2, 30))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    text = folder / "text.txt"
    text.write_text(TEXT, encoding="utf-8")
    analysis = detente.analyse(detente.load("korea-2017"))
    detente.write_report(analysis, folder / "report.html", texts={"article": text})
    return folder / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_alone(browser: Browser, report: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert page.title() == "Korean peninsula, late 2017"
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert said == []
    # Every picture was decoded.
    assert page.locator("img").count() >= 2
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 100)")
    page.close()


def test_a_click_shows_the_sentence_in_its_place(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    passage = page.locator(".passage details").first
    marked = passage.locator("mark")
    assert not marked.is_visible()
    passage.locator("summary").click()
    assert marked.is_visible()
    words = marked.inner_text()
    link = passage.locator("a")
    target = link.get_attribute("href")
    assert target is not None
    link.click()
    assert page.url.endswith(target)
    assert words in page.locator(target).inner_text()
    page.close()


def test_the_keyboard_skips_the_contents(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    page.close()


def test_a_narrow_screen_moves_only_tables_sideways(browser: Browser, report: Path) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_paper_has_what_is_folded_on_the_screen(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    table = page.locator("details.folded table").first
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.is_visible()
    assert not page.locator("nav").is_visible()
    page.close()
