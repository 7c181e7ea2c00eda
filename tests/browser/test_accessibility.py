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

    # The editor of the page of text is CodeMirror's, and its colours are its own.
    found = Axe().run(page, context={"exclude": [[".cm-editor"]]}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page(color_scheme="dark" if name in ("read", "edit") else "light")
    page.goto(address + PAGES[name])
    page.locator(".page > *").first.wait_for()
    page.wait_for_load_state("networkidle")
    found = violations(page)
    assert found == [], "\n".join(found)
    page.close()
