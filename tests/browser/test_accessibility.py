"""Every page can be used without seeing it and without a mouse, as far as axe-core can tell."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

PAGES = {
    "home": "/",
    "edit": "/dispute/case.yaml",
    "brief": "/dispute/case.yaml/brief",
    "read": "/dispute/case.yaml/read",
    "states": "/dispute/case.yaml/states",
    "graph": "/dispute/case.yaml/graph",
    "roadmap": "/dispute/case.yaml/roadmap",
    "analyses": "/dispute/case.yaml/analyses?analysis=formats",
    "text": "/dispute/case.yaml/text",
    "help": "/help",
    "document": "/docs/reference/dispute-file.md",
    "nothing": "/nothing",
    "compare": "/compare?first=case.yaml&second=case.yaml",
}
REPORT = "The toll\n\nPeru rejects the toll of Chile. Chile could lower the toll.\n"


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    del browser
    folder = tmp_path_factory.mktemp("accessible")
    case = (files("detente") / "cases" / "korea-2017-two-party.yaml").read_text("utf-8")
    source = "sources:\n  - {id: toll, title: The toll, path: toll.txt}\n"
    (folder / "case.yaml").write_text(case.replace("sources:\n", source, 1), "utf-8")
    (folder / "toll.txt").write_text(REPORT, "utf-8")
    with served(folder) as address:
        yield address


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all: what is looked at, not what is loaded, takes the time."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


def is_without_fault(page: Page, where: str) -> None:
    """In light, in dark, and on a narrow screen."""
    found = []
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        # The page library follows the system's appearance a moment later; a plain page does not.
        page.wait_for_function(
            "dark => !window.did_handshake"
            " || document.body.classList.contains('body--dark') === dark",
            arg=scheme == "dark",
        )
        found += [f"{where}, {scheme}, {width}: {one}" for one in violations(page)]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, address: str, name: str) -> None:
    page.goto(address + PAGES[name])
    page.locator(".page > *").first.wait_for()
    page.wait_for_load_state("networkidle")
    is_without_fault(page, name)


def test_axe_finds_nothing_in_dialogs_and_in_what_is_unfolded(page: Page, address: str) -> None:
    page.goto(address + PAGES["edit"])
    page.get_by_role("button", name="Does it hold, and why?").click()
    page.locator(".explanation > *").first.wait_for()
    is_without_fault(page, "why")
    page.get_by_role("dialog").get_by_label("Close").click()
    page.get_by_role("dialog").wait_for(state="detached")
    for title in ("Constraints", "Outcomes", "Sources", "Claims"):
        page.get_by_role("region", name=title, exact=True).get_by_text(title).first.click()
    page.get_by_text("More on", exact=False).first.click()
    page.get_by_label("Build: New constraint").wait_for()
    page.get_by_label("What is this: party").first.focus()
    is_without_fault(page, "unfolded")


def test_axe_finds_nothing_while_a_report_is_read(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="From a report").click()
    page.get_by_label("Or paste the text").fill(
        "A toll\n\nPeru rejects the toll of Chile. Chile could lower the toll. Chile wants peace. "
        "Bolivia was told. The danger is a fire at sea."
    )
    page.get_by_role("button", name="Read the pasted text").click()
    first = page.get_by_role("region", name="First model")
    first.get_by_text("Less likely (").first.click()
    first.get_by_label("Take party Bolivia: Bolivia").wait_for()
    first.get_by_text("3. Outcomes to follow").click()
    page.wait_for_timeout(500)
    is_without_fault(page, "reading")


def test_axe_finds_nothing_in_the_builder(page: Page, address: str) -> None:
    page.goto(address + PAGES["edit"])
    page.get_by_role("region", name="Constraints", exact=True).get_by_text("Constraints").click()
    page.get_by_label("Build: New constraint").click()
    page.get_by_role("dialog").wait_for()
    page.wait_for_timeout(500)
    is_without_fault(page, "builder")


def test_the_first_stop_leads_to_the_content(page: Page, address: str) -> None:
    page.goto(address + PAGES["states"])
    page.locator(".page > *").first.wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    assert page.locator("#content").evaluate("one => one === document.activeElement")
