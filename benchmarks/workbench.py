"""How quickly pages of the workbench answer, and how much they weigh.

    ../dev python workbench.py [--case korea-2017] [--times 5] [--only weights|reactions]

Starts the server on a copy of a shipped case and uses it in Chromium, as a person does. Each line
is printed when it is known. Times are told beside the machine's load: on a busy machine they are
upper bounds, and only the processor time of the server and its processes says something of detente.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
# Gives the seconds from a click until it is seen that it was heard, and until what is looked at has
# become another, with the frame in which that is painted.
REACTION = """([pressed, looked_at, value]) => new Promise((done) => {
    const state = eval(looked_at);
    const before = state();
    const begun = performance.now();
    let heard = null;
    const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
    const hears = () => {
        if (document.querySelector("html.asking, [role=dialog]")) heard ??= performance.now();
    };
    const look = new MutationObserver(() => {
        const now = state();
        if (!now || now === before) return;
        look.disconnect();
        painted(() => done([((heard ?? performance.now()) - begun) / 1000,
                            (performance.now() - begun) / 1000]));
    });
    look.observe(document, {childList: true, subtree: true, characterData: true});
    if (value === null) pressed.click();
    else { pressed.value = value; pressed.dispatchEvent(new Event("input")); heard = begun; }
    painted(hears);
})"""


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


def seconds(act: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.monotonic()
    act()
    return time.monotonic() - start


def pages(browser: Browser, address: str, name: str) -> None:
    """Weight and first useful paint of each page, with nothing in the browser's cache."""
    print(f"{'page':28} {'kB':>6} {'first useful paint s':>22}", flush=True)
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
        print(f"{shown:28} {page.evaluate(WEIGHT):6.0f} {painted:22.2f}", flush=True)
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
        head = ("reaction", "median s", "most s", "processor s")
        print("\n{:36} {:>9} {:>9} {:>12}".format(*head), flush=True)

    def measure(
        self,
        what: str,
        pressed: Locator,
        looked_at: str,
        values: Sequence[str] | None = None,
        then: Callable[[], object] = lambda: None,
        *,
        in_turn: bool = False,
    ) -> None:
        """Measure one.

        Parameters
        ----------
        what
            What it is called.
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
        """
        taken, processor = [], []
        for time_ in range(self.times):
            before = processor_seconds(self.server)
            one = pressed.nth(time_ if in_turn else 0).element_handle()
            value = values[time_ % len(values)] if values else None
            heard, done = pressed.page.evaluate(REACTION, [one, looked_at, value])
            self.heard.append(heard)
            taken.append(done)
            # What goes on in the background is not waited for, as a person would not.
            processor.append(processor_seconds(self.server) - before)
            then()
        self.tell(what, taken, f"{median(processor):12.2f}")

    def tell(self, what: str, taken: Sequence[float], processor: str = "") -> None:
        """Print a line."""
        print(f"{what:36} {median(taken):9.3f} {max(taken):9.3f} {processor}", flush=True)


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
    # Where a dispute has many parties, all but the first are folded.
    folded = page.get_by_text("All of", exact=False)
    move.or_(folded).first.wait_for()
    if not move.count():
        folded.first.click()
        move.first.wait_for()
    page.wait_for_load_state("networkidle")
    results = "() => document.querySelector('[aria-label=Results] [aria-live] > *')"
    # One preference goes down place by place, so that every edit makes another dispute.
    measured.measure("an edit's consequences", move, results, in_turn=True)
    dialog = page.get_by_role("dialog")

    def close() -> None:
        dialog.get_by_label("Close").click()
        dialog.wait_for(state="detached")

    shown = "() => document.querySelector('.explanation > *')"
    measured.measure("why", why, shown, then=close)

    page.goto(f"{address}/dispute/{name}/graph")
    go = page.get_by_label("Go to state")
    go.first.wait_for()
    page.wait_for_function(COMPLETE["graph"])
    steps = "() => document.querySelectorAll('ol.path > li').length"
    measured.measure("a move on Graph", go, steps)
    turn = ".regions button"
    listed = f"() => document.querySelector('{turn}')"
    measured.measure("a region opened on Graph", page.locator(turn), listed)

    page.goto(f"{address}/dispute/{name}/brief")
    sliders = page.get_by_role("slider")
    sliders.first.wait_for(timeout=300_000)
    answers = page.locator(".changes").first
    answers.get_by_text("Everything is as in the file").wait_for()
    told = "() => document.querySelector('.changes').innerText"
    measured.measure("a confidence moved on Brief", sliders, told, ("2", "4", "6", "8"))
    measured.tell("a click is heard, everywhere", measured.heard)


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="korea-2017")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", choices=("weights", "reactions"))
    asked = parser.parse_args()
    name = f"{asked.case}.yaml"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        text = (files("detente") / "cases" / name).read_text("utf-8")
        (Path(folder) / name).write_text(text, "utf-8")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        with served(Path(folder)) as (address, server):
            print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            if asked.only != "reactions":
                pages(browser, address, name)
            if asked.only != "weights":
                page = browser.new_page(
                    viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
                )
                page.set_default_timeout(120_000)
                reactions(page, address, name, server, asked.times)
            print(f"load after: {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
