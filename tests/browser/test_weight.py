"""No page is heavy: what a browser that knows nothing yet loads for each is under a bound."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import served
from test_accessibility import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

MOST_BYTES = 700_000


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    del browser
    folder = tmp_path_factory.mktemp("weight")
    case = (files("detente") / "cases" / "korea-2017-two-party.yaml").read_text("utf-8")
    (folder / "case.yaml").write_text(case, "utf-8")
    with served(folder) as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(browser: Browser, address: str, name: str) -> None:
    # A context of its own: nothing is in its cache.
    context = browser.new_context()
    page = context.new_page()
    loaded: list[float] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda told: loaded.append(told["encodedDataLength"]))

    def received(told: dict[str, Any]) -> None:
        loaded.append(len(told["response"]["payloadData"].encode()))

    # What a page shows comes by its socket, the pictures in it too.
    network.on("Network.webSocketFrameReceived", received)
    page.goto(address + PAGES[name])
    page.locator(".page > *").first.wait_for()
    page.wait_for_load_state("networkidle")
    total = sum(loaded)
    context.close()
    assert 1_000 < total < MOST_BYTES
