"""The graph in a real browser: regions, states inside them, filters, ways, and files of it."""

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

from detente.workbench.services import case_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long

DRAWN = "window.detenteGraph && window.detenteGraph.nodes().length === {}"
MOST_BYTES = 700_000


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    del browser
    folder = tmp_path_factory.mktemp("graphs")
    (folder / "elmira.yaml").write_text(case_text("elmira"), "utf-8")
    with served(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(reduced_motion="reduce")
    page.set_default_timeout(40_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert [line for line in said if not line.startswith(("log:", "info:"))] == []


def classes(page: Page, node: str) -> list[str]:
    return page.evaluate("(id) => window.detenteGraph.getElementById(id).classes()", node)


def test_regions_open_filters_fade_and_ways_are_found(page: Page, address: str) -> None:
    page.goto(f"{address}/dispute/elmira.yaml/graph")
    # Four regions, and nine states in them.
    page.wait_for_function(DRAWN.format(13))
    assert "now" in classes(page, "s1")
    assert "holds" in classes(page, "s5")
    assert page.evaluate("window.detenteGraph.getElementById('s9').parent().data('text')") == (
        "Uniroyal abandons its operation"
    )
    page.get_by_role("button", name="Close: Uniroyal delays").click()
    page.wait_for_function(DRAWN.format(9))
    page.get_by_role("button", name="Show the states of Uniroyal delays").click()
    page.wait_for_function(DRAWN.format(13))
    page.get_by_role("switch", name="Only what can hold").click()
    page.wait_for_function("window.detenteGraph.getElementById('s1').hasClass('faded')")
    arrows = page.evaluate("window.detenteGraph.edges().length")
    page.get_by_label("Arrows from so many").fill("9")
    page.wait_for_function(f"window.detenteGraph.edges().length < {arrows}")
    page.get_by_role("combobox", name="To", exact=True).click()
    page.get_by_role("option", name="Uniroyal abandons its operation").click()
    page.get_by_role("button", name="Find the likeliest way").click()
    page.get_by_text("The likeliest way begins in state 1").wait_for()
    page.wait_for_function("window.detenteGraph.edges('.way').length === 2")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Go this way in the path").click()
    expect(page.locator("ol.path").last.locator("li")).to_have_count(3)


def test_the_graph_is_kept_as_files_and_loads_little(page: Page, address: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    named: dict[str, str] = {}
    loaded: dict[str, float] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda event: named.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: loaded.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(f"{address}/dispute/elmira.yaml/graph")
    page.wait_for_function(DRAWN.format(13))
    assert sum(loaded.values()) < MOST_BYTES, [(named[key], loaded[key]) for key in loaded]
    with page.expect_download() as kept:
        page.get_by_role("button", name="SVG").click()
    assert kept.value.suggested_filename == "elmira.svg"
    drawing = Path(kept.value.path()).read_text("utf-8")
    assert "Uniroyal abandons its operation" in drawing
    assert drawing.count("<path") == page.evaluate("window.detenteGraph.edges().length")
    assert "NaN" not in drawing
    with page.expect_download() as kept:
        page.get_by_role("button", name="PNG").click()
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG")
    before = page.evaluate("window.detenteGraph.zoom()")
    page.get_by_role("button", name="Larger").click()
    page.wait_for_function(f"window.detenteGraph.zoom() > {before} * 1.2")
    page.get_by_role("button", name="All of it").click()
    page.wait_for_function(f"Math.abs(window.detenteGraph.zoom() - {before}) < 0.02")
