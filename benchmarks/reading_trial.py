"""From an unseen report to the first brief by clicks, in a real browser.

    ./dev python benchmarks/reading_trial.py [--folder FOLDER]

What a careful analyst decides about reading_texts/san-juan.txt is written down below as clicks
and keys; Chromium makes them on the workbench's page. Counted are clicks, keys, decisions (each
evident or one to think about), the time that the machine takes, and its processor time. A person's
time is estimated from the counts: 4 s a click, 5 s an evident decision, 20 s one to think about,
and 0.3 s a key.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from playwright.sync_api import sync_playwright
from processor_time import processor_seconds
from server import served

from conftest import ARGUMENTS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TEXT = Path(__file__).parent / "reading_texts" / "san-juan.txt"
SECONDS = {"click": 4.0, "key": 0.3, "evident": 5.0, "thinking": 20.0}
WORDS_A_MINUTE = 230


@dataclass
class Analyst:
    """Whoever clicks, with what it has cost so far."""

    page: Page
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECONDS, 0))
    machine: float = 0.0
    parts: list[tuple[str, dict[str, int], float, float]] = field(default_factory=list)
    _begun: float = field(default_factory=time.perf_counter)
    _used: float = field(default_factory=lambda: processor_seconds(os.getpid()))
    _before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECONDS, 0))

    def click(self, where: Locator) -> None:
        self.counts["click"] += 1
        where.click()

    def write(self, where: Locator, words: str) -> None:
        """Click into a field and write; what stands there is marked by a second click."""
        self.counts["click"] += 2
        self.counts["key"] += len(words)
        where.fill(words)

    def paste(self, where: Locator, words: str) -> None:
        self.counts["click"] += 1
        self.counts["key"] += 1
        where.fill(words)

    def choose(self, where: Locator, option: str, typed: str = "") -> None:
        """Choose from a list; typing a few letters makes it short."""
        self.counts["click"] += 2
        self.counts["key"] += len(typed)
        where.click()
        if typed:
            where.fill(typed)
        self.page.get_by_role("option", name=option, exact=True).last.click()

    def decides(self, evident: int = 0, thinking: int = 0) -> None:
        self.counts["evident"] += evident
        self.counts["thinking"] += thinking

    def ends(self, part: str) -> None:
        now, used = time.perf_counter(), processor_seconds(os.getpid())
        spent = {key: count - self._before[key] for key, count in self.counts.items()}
        self.parts.append((part, spent, now - self._begun, used - self._used))
        self._begun, self._used, self._before = now, used, dict(self.counts)


def begin(analyst: Analyst, address: str) -> None:
    page = analyst.page
    page.goto(address)
    analyst.click(page.get_by_role("button", name="From a report"))
    analyst.paste(page.get_by_label("Or paste the text"), TEXT.read_text("utf-8"))
    analyst.click(page.get_by_role("button", name="Read the pasted text"))
    page.get_by_text("proposals are left to judge").wait_for()
    page.get_by_role("button", name="Enter: 1.").wait_for()
    analyst.ends("the text is brought and read by the rules")


def tick(page: Page, kind: str, party: str, name: str) -> Locator:
    return page.get_by_role("checkbox", name=f"Take {kind} {party}: {name}")


def finished(analyst: Analyst, step: int, entries: int) -> None:
    page = analyst.page
    analyst.click(page.get_by_role("button", name=f"Enter: {step}."))
    page.get_by_text(f"{entries} entries stand in the file now").wait_for()
    page.wait_for_timeout(300)


def who_and_what(analyst: Analyst) -> None:
    """Eleven parties and twelve options are shown, two and eight of these under *less likely*."""
    page = analyst.page
    for name in (
        "United States",
        # He is Nicaragua's.
        "Edén Pastora",
        "Panama",
        "Organization of American States",
        "Venezuela",
        # One host is enough.
        "Mexico",
    ):
        analyst.click(tick(page, "party", name, name))
    analyst.decides(evident=8, thinking=1)
    rename(analyst, "Camping there beside a dredger", "Keep soldiers in the marsh")
    analyst.click(tick(page, "option", "Nicaragua", "Use the Colorado"))
    analyst.click(tick(page, "option", "Nicaragua", "Hear nothing of the second"))
    rename(analyst, "Invoke the treaty of Rio and call", "Invoke the treaty of Rio")
    analyst.click(tick(page, "option", "Mexico", "Host a meeting"))
    analyst.decides(evident=4, thinking=2)
    analyst.click(page.get_by_text("Less likely (").first)
    court = "International Court of Justice"
    tick(page, "party", court, court).wait_for()
    analyst.click(tick(page, "party", court, court))
    for party, name, called in (
        ("Edén Pastora", "Cut down trees and begun a canal across", "Dig the canal"),
        (
            "Organization of American States",
            "Take Nicaragua out of the organization",
            "Leave the OAS",
        ),
        ("Nicaragua", "Close border post", "Close the border post"),
    ):
        analyst.click(tick(page, "option", party, name))
        if party != "Nicaragua":
            analyst.choose(page.get_by_label(f"Party of option: {name}"), "Nicaragua", "Nicar")
        rename(analyst, name, called)
    # Five more are no moves.
    analyst.decides(evident=7, thinking=3)
    finished(analyst, 1, 10)
    analyst.ends("parties and options")


def rename(analyst: Analyst, name: str, called: str) -> None:
    analyst.write(analyst.page.get_by_label(f"Name of option: {name}"), called)


def field_of(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def what_they_want(analyst: Analyst) -> None:
    """Eleven stances are shown, each with an option that it would bring; nine are less likely."""
    page = analyst.page
    order = "the judges to order the troops out and the dredger stopped"
    analyst.choose(
        field_of(page, f"Formula of preference: {order}"),
        f"a new option of International Court of Justice: {order}",
        "new option of Int",
    )
    analyst.click(tick(page, "preference", "Costa Rica", "use trade as a weapon"))
    analyst.click(tick(page, "preference", "Nicaragua", "use the Colorado"))
    canal = "nicaragua.dig_canal: Dig the canal"
    for name, formula, typed in (
        ("the first of these courts", "nicaragua.leave_oas: Leave the OAS", "leave"),
        ("the old mouth back", canal, "canal"),
        ("the dredging", canal, "canal"),
    ):
        analyst.choose(field_of(page, f"Formula of preference: {name}"), formula, typed)
    # Five are of no use: a law on elections, one official, what was said already.
    analyst.decides(evident=7, thinking=4)
    analyst.click(page.get_by_text("Less likely (").locator("visible=true").first)
    soldiers = "nicaragua.soldiers_marsh: Keep soldiers in the marsh"
    for name, formula in (("them gone", f"not {soldiers}"), ("move", soldiers)):
        analyst.choose(field_of(page, f"Formula of preference: {name}"), formula, "soldiers")
    # Seven speak of those who are not in the model.
    analyst.decides(evident=7, thinking=2)
    finished(analyst, 2, 8)
    analyst.ends("preferences")


def outcomes(analyst: Analyst) -> None:
    """Three are right as they stand; the fourth is that the soldiers leave."""
    page = analyst.page
    peace = "Peaceful solution"
    analyst.write(page.get_by_label(f"Name of outcome: {peace}"), "The soldiers leave")
    analyst.choose(
        field_of(page, f"Formula of outcome: {peace}"),
        "not nicaragua.soldiers_marsh: Keep soldiers in the marsh",
        "soldiers",
    )
    analyst.decides(evident=4, thinking=1)
    finished(analyst, 3, 4)
    analyst.ends("outcomes")


def brief(analyst: Analyst) -> str:
    page = analyst.page
    analyst.click(page.get_by_role("link", name="Show the brief"))
    answer = page.get_by_role("region", name="Brief", exact=True)
    answer.get_by_text("What this cannot say", exact=False).first.wait_for(timeout=120_000)
    analyst.ends("the brief is worked out and shown")
    return answer.inner_text()


def report(analyst: Analyst) -> None:
    total = dict.fromkeys(SECONDS, 0)
    machine = processor = 0.0
    print(
        "part: clicks, keys, evident decisions, decisions to think about; seconds of machine, "
        "of processor"
    )
    for part, spent, seconds, used in analyst.parts:
        print(f"  {part}: {', '.join(map(str, spent.values()))}; {seconds:.0f} s, {used:.0f} s")
        machine += seconds
        processor += used
        total = {key: total[key] + spent[key] for key in total}
    person = sum(SECONDS[key] * count for key, count in total.items())
    reading = len(TEXT.read_text("utf-8").split()) / WORDS_A_MINUTE
    print(f"in all: {', '.join(map(str, total.values()))}; {machine:.0f} s of machine, ")
    print(f"{processor:.0f} s of processor (server and browser)")
    print(
        f"a person, estimated: {person / 60:.1f} min, with the machine "
        f"{(person + machine) / 60:.1f} min; with {reading:.1f} min to read the text first, "
        f"{(person + machine) / 60 + reading:.1f} min"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 1300})
        page.set_default_timeout(25_000)
        analyst = Analyst(page)
        begin(analyst, address)
        who_and_what(analyst)
        what_they_want(analyst)
        outcomes(analyst)
        print(brief(analyst))
        report(analyst)


if __name__ == "__main__":
    main()
