"""From an unseen report to the first brief by clicks, in a real browser.

    ./dev python benchmarks/reading_trial.py [--folder FOLDER]

What a careful analyst decides about reading_texts/timor-sea.txt is written down below as clicks
and keys; Chromium makes them on the workbench's page. Counted are clicks, keys, decisions (each
evident or one to think about) and the time that the machine takes. A person's time is estimated
from the counts: 4 s a click, 5 s an evident decision, 20 s one to think about, and 0.3 s a key.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from playwright.sync_api import sync_playwright
from server import served

from conftest import ARGUMENTS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TEXT = Path(__file__).parent / "reading_texts" / "timor-sea.txt"
SECONDS = {"click": 4.0, "key": 0.3, "evident": 5.0, "thinking": 20.0}
WORDS_A_MINUTE = 230


@dataclass
class Analyst:
    """Whoever clicks, with what it has cost so far."""

    page: Page
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECONDS, 0))
    machine: float = 0.0
    parts: list[tuple[str, dict[str, int], float]] = field(default_factory=list)
    _begun: float = field(default_factory=time.perf_counter)
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
        now = time.perf_counter()
        spent = {key: count - self._before[key] for key, count in self.counts.items()}
        self.parts.append((part, spent, now - self._begun))
        self._begun, self._before = now, dict(self.counts)


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
    """Six parties and twelve options are shown, two of these under *less likely*."""
    page = analyst.page
    for name in ("United Nations", "United States"):
        # Told of by the way; who else is in is clear.
        analyst.click(tick(page, "party", name, name))
    analyst.decides(evident=6)
    # What lawyers expect is no move, and the two cases are dropped for good.
    analyst.click(tick(page, "option", "Australia", "Now bargain over how far east and west"))
    analyst.click(tick(page, "option", "Timor-Leste", "Dropped two cases against its neighbour"))
    # "Timor-Leste would end the treaty": it stands now.
    analyst.write(page.get_by_label("Name of option: Treaty"), "Keep the treaty of 2006")
    analyst.click(tick(page, "option", "Indonesia", "Raise the matter"))
    analyst.write(page.get_by_label("Name of option: Raise the matter"), "Claim a new line")
    analyst.decides(evident=4, thinking=4)
    analyst.click(page.get_by_text("Less likely (").first)
    gas = "Leave the gas in the ground"
    tick(page, "option", "Australia", gas).wait_for()
    # The companies threaten it; no rule knows them as a party.
    analyst.click(tick(page, "option", "Australia", gas))
    whose = page.get_by_label(f"Party of option: {gas}")
    analyst.write(whose, "The companies")
    whose.press("Enter")
    analyst.decides(evident=3, thinking=1)
    finished(analyst, 1, 11)
    analyst.ends("parties and options")


def field_of(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def what_they_want(analyst: Analyst) -> None:
    """Six stances speak of options already; ten are shown under *less likely*."""
    page = analyst.page
    gas, pipe = (
        "the gas in the ground",
        "a pipeline to the south coast of his country, where he has had roads",
    )
    # It is the companies that threaten: later, once the pipeline is an option.
    analyst.click(tick(page, "preference", "Australia", gas))
    analyst.choose(
        field_of(page, "Formula of preference: raise the matter"),
        "not indonesia.claim_line: Claim a new line",
        "claim",
    )
    analyst.decides(evident=3, thinking=3)
    analyst.click(page.get_by_text("Less likely (").locator("visible=true").first)
    harbour = "nothing more than a Chinese harbour at that spot"
    analyst.choose(
        field_of(page, f"Formula of preference: {harbour}"),
        "not china.pay_pipe: Pay for the pipe",
        "pay",
    )
    # Mr Gusmão speaks for Timor-Leste.
    analyst.choose(field_of(page, f"Party of preference: {pipe}"), "Timor-Leste")
    analyst.choose(
        field_of(page, f"Formula of preference: {pipe}"),
        f"a new option of Timor-Leste: {pipe}",
        "new",
    )
    share = "a larger share of the income, perhaps four fifths"
    analyst.choose(
        field_of(page, f"Formula of preference: {share}"),
        f"a new option of Australia: {share}",
        "new",
    )
    analyst.choose(
        field_of(page, "Formula of preference: a line halfway between the coasts"),
        "australia.recognise_middle_line: Recognise the middle line",
        "middle",
    )
    analyst.decides(evident=4, thinking=6)
    finished(analyst, 2, 8)
    # Two more speak of the pipeline, which is an option now.
    analyst.click(page.get_by_text("2. What they want"))
    analyst.click(page.get_by_text("Less likely (").locator("visible=true").first)
    analyst.choose(field_of(page, f"Party of preference: {gas}"), "The companies")
    analyst.choose(
        field_of(page, f"Formula of preference: {gas}"),
        "the_companies.leave_gas_ground: Leave the gas in the ground",
        "gas",
    )
    build(
        analyst,
        f"Formula of preference: {gas}",
        "if",
        "Timor-Leste: Pipeline to the south coast",
    )
    analyst.choose(
        field_of(page, "Formula of preference: the companies"),
        "not timor_leste.pipeline_south_coast: Pipeline to the south coast",
        "pipe",
    )
    analyst.decides(thinking=2)
    finished(analyst, 2, 2)
    analyst.ends("preferences")


def build(analyst: Analyst, field: str, how: str, option: str) -> None:
    """Let a formula go on with an option, in the builder."""
    page = analyst.page
    analyst.click(page.get_by_role("button", name=f"Build: {field}", exact=True))
    dialog = page.get_by_role("dialog")
    chosen = dialog.get_by_role("combobox", name="Option or outcome", exact=True)
    analyst.choose(chosen, option, option.partition(": ")[2][:6])
    name = "Put it in" if how == "and" else f"Put it in after “{how}”"
    analyst.click(dialog.get_by_role("button", name=name, exact=True))
    analyst.click(dialog.get_by_role("button", name="Take it"))
    dialog.wait_for(state="detached")


def outcomes(analyst: Analyst) -> None:
    page = analyst.page
    shut = "Border on paper and a field"
    analyst.write(
        page.get_by_label(f"Name of outcome: {shut}"), "A border, and the gas stays shut in"
    )
    analyst.choose(
        field_of(page, f"Formula of outcome: {shut}"),
        "australia.recognise_middle_line: Recognise the middle line",
        "middle",
    )
    build(
        analyst, f"Formula of outcome: {shut}", "and", "The companies: Leave the gas in the ground"
    )
    analyst.decides(evident=4, thinking=2)
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
    machine = 0.0
    print("part: clicks, keys, evident decisions, decisions to think about; seconds of machine")
    for part, spent, seconds in analyst.parts:
        print(f"  {part}: {', '.join(map(str, spent.values()))}; {seconds:.0f} s")
        machine += seconds
        total = {key: total[key] + spent[key] for key in total}
    person = sum(SECONDS[key] * count for key, count in total.items())
    reading = len(TEXT.read_text("utf-8").split()) / WORDS_A_MINUTE
    print(f"in all: {', '.join(map(str, total.values()))}; {machine:.0f} s of machine")
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
