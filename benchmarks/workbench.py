"""How quickly pages of the workbench answer, and how much they weigh.

    ../dev python workbench.py [--case korea-2017] [--times 7] [--only weights|reactions]

Starts the server on a copy of a shipped case and uses it in Chromium, as a person does. Each line
is printed when it is known, with the mark that it is to be under. Times are told beside the
machine's load: on a busy machine they are upper bounds, and only the processor time of the server
and its processes says something of detente. Meanwhile the server is asked for a small thing again
and again: how long that takes is how long it keeps others waiting.

That two windows at once lose no letter is no question of time; fifty random runs of it are
``./dev pytest -n 0 -m long tests/browser/test_two_at_once.py``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from processor_time import processor_seconds

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEWS = ("", "brief", "read", "states", "graph", "roadmap", "analyses?analysis=formats", "text")
# What is waited for beside the first useful paint, so that all is counted that a page loads.
COMPLETE = {"graph": "window.detenteGraph?.nodes().length > 0", "brief": "!!document.images[1]"}
WEIGHT = """() => performance.getEntriesByType("resource")
    .concat(performance.getEntriesByType("navigation"))
    .reduce((sum, one) => sum + one.transferSize, 0) / 1000"""
UNFOLDED = """() => document.querySelectorAll(
    "[aria-label^='Preference '][aria-label$=': move down']").length"""
# What a moved slider changes, once it is known.
TOLD = """() => {
    const told = document.querySelector(".changes");
    return told.querySelector(".q-spinner") ? "" : told.innerText;
}"""
# Watches for a press, or for a slider that is moved: gives the seconds from when a person does it
# until a frame shows that it was heard, and until one shows what it changes.
WATCH = """(looked_at) => {
    const state = eval(looked_at);
    const before = state();
    const root = document.documentElement;
    let begun = null, heard = null, signed = false;
    const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
    const since = () => (performance.now() - begun) / 1000;
    const sees = () => (signed ||= !!document.querySelector("html.asking, [role=dialog]"));
    const begins = (event) => {
        if (begun !== null) return;
        begun = event.timeStamp;
        if (event.type === "input") heard = 0;
        queueMicrotask(sees);
        painted(() => { if (sees()) heard ??= since(); });
    };
    addEventListener("click", begins, true);
    addEventListener("input", begins, true);
    const sign = new MutationObserver(sees);
    sign.observe(root, {attributeFilter: ["class"]});
    window.detenteReaction = new Promise((done) => {
        const look = new MutationObserver(() => {
            const now = state();
            if (begun === null || !now || now === before) return;
            for (const one of [look, sign]) one.disconnect();
            removeEventListener("click", begins, true);
            removeEventListener("input", begins, true);
            painted(() => done([heard ?? since(), since()]));
        });
        look.observe(document, {childList: true, subtree: true, characterData: true});
    });
}"""
MOVE = """(slider, value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
}"""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """The server, as a person starts it: its address and its number as a process."""
    command = [sys.executable, "-c", "from detente.cli import main; main()"]
    command += ["serve", str(folder), "--port", "0", "--no-browser", "--no-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = next(line.strip() for line in process.stdout if "http://" in line)
            yield line.rstrip("/"), process.pid
        finally:
            process.terminate()


@contextmanager
def pinged(address: str) -> Iterator[list[float]]:
    """Ask the server for a small thing every twentieth of a second; gives how long each took."""
    waited: list[float] = []
    ends = threading.Event()

    def ask() -> None:
        while not ends.wait(0.05):
            waited.append(seconds(partial(_asked, f"{address}/api/v1/openapi.json")))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield waited
    finally:
        ends.set()
        asking.join()


def _asked(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        answer.read()


def first_requests(address: str) -> None:
    """How long the first request to each kind of document takes, which may have to be made."""
    print(f"\n{'first request':36} {'s':>9} {'again s':>9} {'mark s':>9}", flush=True)
    for place in (
        "/api/v1/openapi.json",
        "/api/v1/cases",
        "/help",
        "/docs/glossary.md",
        "/static/style.css",
    ):
        first, again = (seconds(partial(_asked, address + place)) for _ in range(2))
        print(f"{place:36} {first:9.3f} {again:9.3f} {1:9.1f}", flush=True)


def seconds(act: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.monotonic()
    act()
    return time.monotonic() - start


def pages(browser: Browser, address: str, name: str) -> None:
    """Weight and first useful paint of each page, with nothing in the browser's cache."""
    print(f"\n{'page':28} {'kB':>6} {'first useful paint s':>22} {'mark s':>7}", flush=True)
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
        complete = COMPLETE.get(shown.removeprefix("/"))
        if complete is not None:
            page.wait_for_function(complete, timeout=300_000)
        page.wait_for_load_state("networkidle")
        print(f"{shown:28} {page.evaluate(WEIGHT):6.0f} {painted:22.2f} {2:7.1f}", flush=True)
        context.close()


class Reactions:
    """Reactions of one server, each measured some times.

    Attributes
    ----------
    server
        Its number as a process.
    times
        How often each is measured.
    """

    def __init__(self, server: int, times: int) -> None:
        self.server = server
        self.times = times
        self.heard: list[float] = []
        head = ("reaction", "median s", "most s", "mark s", "processor s")
        print("\n{:36} {:>9} {:>9} {:>9} {:>12}".format(*head), flush=True)

    def measure(
        self,
        what: str,
        mark: float,
        pressed: Locator,
        looked_at: str,
        values: Sequence[str] | None = None,
        then: Callable[[], object] = lambda: None,
        *,
        in_turn: bool = False,
        most: int | None = None,
    ) -> None:
        """Measure one.

        Parameters
        ----------
        what
            What it is called.
        mark
            How many seconds it is to be under.
        pressed
            What is pressed; a slider where there are values.
        looked_at
            A function in JavaScript that gives what becomes another.
        values
            To which the slider is moved in turn.
        then
            What is done after each.
        in_turn
            Whether the next of what is found is pressed each time, and not the first again.
        most
            How often it can be done.
        """
        taken, processor = [], []
        for time_ in range(min(self.times, most or self.times)):
            before = processor_seconds(self.server)
            one = pressed.nth(time_ if in_turn else 0)
            value = values[time_ % len(values)] if values else None
            pressed.page.evaluate(WATCH, looked_at)
            if value is None:
                one.click()
            else:
                one.evaluate(MOVE, value)
            heard, done = pressed.page.evaluate("window.detenteReaction")
            if value is None:
                self.heard.append(heard)
            taken.append(done)
            # What goes on in the background is not waited for, as a person would not.
            processor.append(processor_seconds(self.server) - before)
            then()
        self.tell(what, mark, taken, f"{median(processor):12.2f}")

    def tell(self, what: str, mark: float, taken: Sequence[float], processor: str = "") -> None:
        """Print a line."""
        figures = f"{median(taken):9.3f} {max(taken):9.3f} {mark:9.1f}"
        print(f"{what:36} {figures} {processor}", flush=True)


def reactions(page: Page, address: str, name: str, server: int, times: int) -> None:
    """From a click to what it was made for."""
    measured = Reactions(server, times)
    why = page.get_by_role("button", name="Does it hold, and why?")
    for _ in range(5):
        page.goto(f"{address}/dispute/{name}")
        # On a busy machine the first answer may take longer than the server allows.
        why.or_(page.get_by_text("seconds, so it was ended")).first.wait_for()
        if why.is_visible():
            break
    move = page.get_by_label(": move down", exact=False)
    move = move.and_(page.get_by_label("Preference ", exact=False))
    # Where a dispute has many parties, they are folded.
    folded = page.get_by_text("All of", exact=False)
    move.or_(folded).first.wait_for()
    if not move.count():
        count = folded.count()
        measured.measure("a party unfolded", 0.5, folded, UNFOLDED, in_turn=True, most=count)
        move.first.wait_for()
    page.wait_for_load_state("networkidle")
    results = "() => document.querySelector('[aria-label=Results] [aria-live] > *')"
    # One preference goes down place by place, so that every edit makes another dispute.
    measured.measure("an edit's consequences", 1, move, results, in_turn=True)
    dialog = page.get_by_role("dialog")

    def close() -> None:
        dialog.get_by_label("Close").click()
        dialog.wait_for(state="detached")

    shown = "() => document.querySelector('.explanation > *')"
    measured.measure("why", 0.5, why, shown, then=close)

    page.goto(f"{address}/dispute/{name}/graph")
    go = page.get_by_label("Go to state")
    go.first.wait_for()
    page.wait_for_function(COMPLETE["graph"])
    steps = "() => document.querySelectorAll('ol.path > li').length"
    measured.measure("a move on Graph", 1, go, steps)
    turn = ".regions button"
    listed = f"() => document.querySelector('{turn}')"
    measured.measure("a region opened on Graph", 1, page.locator(turn), listed)

    page.goto(f"{address}/dispute/{name}/brief")
    sliders = page.get_by_role("slider")
    sliders.first.wait_for(timeout=300_000)
    answers = page.locator(".changes").first
    answers.get_by_text("Everything is as in the file").wait_for()
    measured.measure("a confidence moved on Brief", 1, sliders, TOLD, ("2", "4", "6", "8"))
    odds = page.get_by_role("slider", name="Odds", exact=False)
    measured.measure("odds moved on Brief", 1, odds, TOLD, ("1", "5", "3", "7"))
    measured.tell("a click is heard, everywhere", 0.1, measured.heard)


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="korea-2017")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--only", choices=("weights", "reactions"))
    asked = parser.parse_args()
    name = f"{asked.case}.yaml"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        text = (files("detente") / "cases" / name).read_text("utf-8")
        (Path(folder) / name).write_text(text, "utf-8")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        begun = time.monotonic()
        with served(Path(folder)) as (address, server):
            print(f"the server tells its address after {time.monotonic() - begun:.2f} s")
            if asked.only != "reactions":
                pages(browser, address, name)
                first_requests(address)
            if asked.only != "weights":
                page = browser.new_page(
                    viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
                )
                page.set_default_timeout(120_000)
                _asked(f"{address}/api/v1/openapi.json")
                with pinged(address) as waited:
                    reactions(page, address, name, server, asked.times)
                figures = f"{median(waited):9.3f} {max(waited):9.3f} {0.2:9.1f}"
                print(f"{'a ping is answered meanwhile':36} {figures}")
            print(f"load after: {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
