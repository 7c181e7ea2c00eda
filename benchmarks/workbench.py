"""How quickly pages of the workbench answer, and how much they weigh.

    ../dev python workbench.py [--case korea-2017] [--times 5]

Starts the server on a copy of a shipped case and uses it in Chromium, as a person does. Times are
told beside the machine's load: on a busy machine they are upper bounds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWS = ("", "brief", "read", "states", "graph", "roadmap", "analyses?analysis=formats", "text")
WEIGHT = """() => performance.getEntriesByType("resource")
    .concat(performance.getEntriesByType("navigation"))
    .reduce((sum, one) => sum + one.transferSize, 0) / 1024"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The server, as a person starts it."""
    command = [sys.executable, "-c", "from detente.cli import main; main()"]
    command += ["serve", str(folder), "--port", "0", "--no-browser", "--no-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.strip() for line in process.stdout if "http://" in line).rstrip("/")
        finally:
            process.terminate()


def seconds(act: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.monotonic()
    act()
    return time.monotonic() - start


def pages(browser: Browser, address: str, name: str) -> None:
    """Weight and first useful paint of each page, with nothing in the browser's cache."""
    print(f"{'page':28} {'kB':>6} {'first useful paint s':>22}")
    places = {"/": "/", "/help": "/help"}
    places |= {f"/{view.partition('?')[0] or 'edit'}": f"/dispute/{name}/{view}" for view in VIEWS}
    places["/compare"] = f"/compare?first={name}&second={name}"
    for shown, place in places.items():
        context = browser.new_context()
        page = context.new_page()

        def come(page: Page = page, place: str = place) -> None:
            page.goto(address + place.rstrip("/") if place != "/" else address)
            page.locator(".page > *").first.wait_for()

        painted = seconds(come)
        page.wait_for_timeout(1500)
        print(f"{shown:28} {page.evaluate(WEIGHT):6.0f} {painted:22.2f}")
        context.close()


def reactions(page: Page, times: int) -> None:
    """From a click to what it was made for."""
    results = page.get_by_role("region", name="Results")
    computing = results.get_by_label("Computing")

    def consequences() -> None:
        page.get_by_label("Preference 1 of", exact=False).and_(
            page.get_by_label("move down", exact=False)
        ).first.click()
        computing.wait_for(state="visible")
        computing.wait_for(state="hidden")

    def why() -> None:
        page.get_by_role("button", name="Does it hold, and why?").click()
        page.locator(".explanation > *").first.wait_for()

    def sign() -> None:
        page.get_by_role("button", name="Does it hold, and why?").dispatch_event("click")
        page.locator("html.asking, [role=dialog]").first.wait_for(state="attached")

    def close() -> None:
        page.get_by_role("dialog").get_by_label("Close").click()
        page.get_by_role("dialog").wait_for(state="detached")

    found: dict[str, list[float]] = {}
    for _ in range(times):
        found.setdefault("an edit's consequences", []).append(seconds(consequences))
        found.setdefault("why", []).append(seconds(why))
        close()
        found.setdefault("a click is answered", []).append(seconds(sign))
        page.locator(".explanation > *").first.wait_for()
        close()
    print(f"\n{'reaction':28} {'median s':>9} {'most s':>9}")
    for what, taken in found.items():
        print(f"{what:28} {median(taken):9.3f} {max(taken):9.3f}")


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="korea-2017")
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    name = f"{asked.case}.yaml"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        text = (files("detente") / "cases" / name).read_text("utf-8")
        (Path(folder) / name).write_text(text, "utf-8")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        with served(Path(folder)) as address:
            print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            pages(browser, address, name)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(60_000)
            page.goto(f"{address}/dispute/{name}")
            page.get_by_role("button", name="Does it hold, and why?").wait_for()
            page.get_by_text("All of", exact=False).first.click()
            reactions(page, asked.times)
            print(f"load after: {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
