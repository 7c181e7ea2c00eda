"""Whatever somebody does on a page, nobody else waits: nothing is read in the pages' loop."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The server, in which whoever reads a file in the loop that serves the pages is found out.
SERVER = """
import asyncio, sys
from detente.files import yaml_text

def guarded(function):
    def call(*arguments, **named):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return function(*arguments, **named)
        print("READ IN THE LOOP", file=sys.stderr, flush=True)
        raise AssertionError("a file is read in the loop that serves the pages")
    return call

yaml_text.parse = guarded(yaml_text.parse)
yaml_text.editable = guarded(yaml_text.editable)
from detente.cli import main
main()
"""


@contextmanager
def guarded(folder: Path) -> Iterator[tuple[str, Path]]:
    told = folder.parent / "told.txt"
    start = [sys.executable, "-c", SERVER]
    with (
        told.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [*start, "serve", str(folder), "--port", "0", "--no-browser", "--no-token"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = next((line for line in process.stdout if "http://" in line), None)
            assert line is not None, told.read_text("utf-8")
            yield line.strip().rstrip("/"), told
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "disputes"
    folder.mkdir()
    for case in ("korea-2017",):
        text = (files("detente") / "cases" / f"{case}.yaml").read_text("utf-8")
        (folder / f"{case}.yaml").write_text(text, "utf-8")
    parties = "".join(
        f"  p{number}: {{name: The party number {number}, options: {{act: Act}}, "
        "preferences: [act]}\n"
        for number in range(6)
    )
    six = f"dispute: Six\nparties:\n{parties}outcomes: {{war: p0.act}}\n"
    quo = ", ".join(f"p{number}.act: no" for number in range(6))
    (folder / "six.yaml").write_text(f"{six}status_quo: {{{quo}}}\n", "utf-8")
    return folder


@pytest.mark.long
def test_nothing_is_read_in_the_loop(browser: Browser, folder: Path) -> None:
    with guarded(folder) as (address, told):
        page = browser.new_page()
        page.set_default_timeout(40_000)
        page.goto(address)
        page.get_by_text("Shipped cases").wait_for()
        page.goto(f"{address}/dispute/six.yaml/graph")
        page.get_by_label("Go to state").first.click()
        # Its names come from the one reading of this revision.
        expect(page.locator("ol.path > li")).to_have_count(2)
        page.goto(f"{address}/dispute/korea-2017.yaml")
        title = page.get_by_label("Title", exact=True)
        title.fill("Korea, in our words")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=40_000)
        page.get_by_text("All of South Korea").click()
        page.get_by_label("Preference 1 of South Korea: move down").click()
        undo = page.get_by_label("Undo")
        expect(undo).to_be_enabled(timeout=40_000)
        undo.click()
        expect(title).to_have_value("Korea, in our words", timeout=40_000)
        page.close()
        assert "READ IN THE LOOP" not in told.read_text("utf-8")


@pytest.mark.long
def test_a_ping_is_answered_in_a_fifth_of_a_second_while_others_compute(
    browser: Browser, folder: Path
) -> None:
    with guarded(folder) as (address, _):
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/dispute/korea-2017.yaml/graph")
        page.get_by_label("Go to state").first.wait_for()
        # What is asked for is made when it is first asked for.
        httpx.get(f"{address}/api/v1/openapi.json", timeout=20)
        waited: list[float] = []
        stop = threading.Event()

        def ping() -> None:
            with httpx.Client() as client:
                while not stop.is_set():
                    start = time.monotonic()
                    client.get(f"{address}/api/v1/openapi.json")
                    waited.append(time.monotonic() - start)
                    stop.wait(0.05)

        pinging = threading.Thread(target=ping)
        pinging.start()
        for _ in range(3):
            page.get_by_label("Go to state").first.click()
            page.wait_for_timeout(500)
        page.get_by_role("button", name="Start again").click()
        page.wait_for_timeout(1000)
        stop.set()
        pinging.join()
        page.close()
        assert max(waited) < 0.2


@pytest.mark.long
def test_all_parties_are_seen_and_counts_lead_to_their_states(
    browser: Browser, folder: Path
) -> None:
    with guarded(folder) as (address, _):
        context = browser.new_context(viewport={"width": 390, "height": 800})
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.goto(f"{address}/dispute/six.yaml/states")
        page.get_by_label("1 under Nash: war; list them").click()
        expect(page.get_by_text("1 to 1 of 1 states")).to_be_visible(timeout=40_000)
        page.go_back()
        expect(page.get_by_text("1 to 30 of 64 states")).to_be_visible(timeout=40_000)
        page.get_by_role("button", name="Later").click()
        expect(page.get_by_text("31 to 60 of 64 states")).to_be_visible()
        for width, height in ((390, 800), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.get_by_role("button", name="Does it hold, and why?").click()
            dialog = page.get_by_role("dialog")
            dialog.locator(".explanation > *").first.wait_for()
            table = dialog.locator(".whole")
            rows = table.locator("tbody tr")
            expect(rows).to_have_count(6)
            hidden = table.evaluate("one => one.scrollHeight - one.clientHeight")
            assert hidden <= 1, f"{hidden} pixels of the table are cut off at {width}"
            rows.last.scroll_into_view_if_needed()
            expect(rows.last).to_be_in_viewport()
            dialog.get_by_label("Close").click()
            dialog.wait_for(state="detached")
        context.close()
