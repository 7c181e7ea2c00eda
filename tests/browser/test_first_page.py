"""The first page of a dispute in a real browser: the brief, and assumptions that are moved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from server import served
from test_accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long

TEXT = """\
dispute: A dam
parties:
  upper:
    name: Upper
    options: {dam: Build the dam}
    preferences:
      - {prefer: not lower.raid, confidence: 0.7}  # from the talks
      - dam
  lower:
    name: Lower
    options: {raid: Raid the dam}
    preferences: ["not upper.dam", {prefer: raid iff upper.dam, confidence: 0.6}]
outcomes:
  calm: {name: All is calm, when: not upper.dam and not lower.raid}
  fight: {name: They fight, when: upper.dam and lower.raid}
status_quo: {upper.dam: no, lower.raid: no}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dam.yaml").write_text(TEXT, "utf-8")
    bare = TEXT[: TEXT.index("outcomes:")] + TEXT[TEXT.index("status_quo") :]
    (tmp_path / "bare.yaml").write_text(bare, "utf-8")
    return tmp_path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(reduced_motion="reduce")
    page.set_default_timeout(60_000)
    yield page
    page.close()


def test_assumptions_are_moved_and_kept(page: Page, folder: Path) -> None:
    with served(folder) as address:
        page.goto(f"{address}/dispute/dam.yaml/brief")
        # Of use, and busy, before the brief is there.
        page.get_by_text("The file has 2 parties, 2 outcomes").wait_for()
        page.get_by_text("Within 12 steps, expect").wait_for()
        expect(page.get_by_role("table").first).to_contain_text("All is calm (now)")
        expect(page.get_by_role("img", name="how likely each outcome is")).to_be_visible()
        # Other answers, which come and go, stand in a second one.
        changes = page.locator(".changes").first
        expect(changes).to_contain_text("Everything is as in the file")
        sure = page.get_by_role("slider", name="Upper prefers: “Raid the dam” of Lower is not")
        sure.focus()
        stood = sure.get_attribute("aria-valuetext")
        assert stood == "confidence 0.7"
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        expect(changes).to_contain_text("Upper prefers this with confidence 0.5, not 0.7")
        expect(changes).to_contain_text("“They fight”")
        sure.fill("0")
        page.get_by_role("button", name="Which other answers change?").click()
        expect(page.get_by_text("Other answers", exact=True)).to_be_visible()
        expect(page.get_by_text("The model is asked anew.")).not_to_be_visible(timeout=40_000)
        sure.fill("10")
        odds = page.get_by_role("slider", name="Odds")
        all_that_is_said_of(page)
        odds.fill("0")
        expect(changes).to_contain_text("The odds are 1, not 6.32.")
        expect(changes).to_contain_text("All is calm42%25%")
        # What followed before is never told as what follows now.
        said = [one for one in page.evaluate("window.said") if "The odds are 1" in one]
        assert all("“They fight”" in one or "Play is carried forward" in one for one in said), said
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 800})
        page.emulate_media(color_scheme="dark")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1280, "height": 800})
        page.get_by_role("button", name="Save as a file").click()
        page.get_by_text("Saved as dam-variant.yaml").wait_for()
        written = (folder / "dam-variant.yaml").read_text("utf-8")
        assert "confidence: 0.5" in written
        assert "# from the talks" in written
        assert (folder / "dam.yaml").read_text("utf-8") == TEXT
        page.get_by_role("button", name="Back to the file").click()
        expect(changes).to_contain_text("Everything is as in the file")
        assert sure.get_attribute("aria-valuetext") == stood
        page.get_by_label("Desired outcome").click()
        page.get_by_role("option", name="They fight").click()
        page.get_by_text("The outcome looked at, as asked, is “They fight”.").wait_for()
        # It is written once: another window has it at once.
        page.reload()
        page.get_by_text("Within 12 steps, expect").wait_for(timeout=5_000)


def all_that_is_said_of(page: Page) -> None:
    """Keep each text that the consequences have had."""
    page.evaluate(
        """() => {
            window.said = [];
            const changes = document.querySelector(".changes");
            new MutationObserver(() => window.said.push(changes.innerText)).observe(
                changes.parentElement, {childList: true, subtree: true, characterData: true});
        }"""
    )


def test_a_dispute_without_outcomes_is_told_what_to_do_next(page: Page, folder: Path) -> None:
    with served(folder) as address:
        page.goto(f"{address}/dispute/bare.yaml/brief")
        page.get_by_text("The file names no outcomes").wait_for()
        page.goto(f"{address}/dispute/bare.yaml/graph")
        page.wait_for_function("window.detenteGraph && window.detenteGraph.nodes().length > 4")
        page.get_by_text("the regions are patterns of what can hold").wait_for()
        page.get_by_role("link", name="Name outcomes in the form").click()
        suggested = page.get_by_role("button", name="Add the outcome")
        suggested.first.wait_for()
        count = suggested.count()
        suggested.first.click()
        expect(suggested).to_have_count(count - 1, timeout=40_000)
        written = (folder / "bare.yaml").read_text("utf-8")
        assert "outcomes:" in written
        assert "judgement: true" in written
