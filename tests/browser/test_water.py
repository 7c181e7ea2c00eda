"""A whole dispute is built in the browser, by clicks and names, without a line of YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from server import served

from detente.dispute.dispute import Statements
from detente.evidence.sources import check
from detente.files.loading import load
from detente.files.yaml_text import parse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TREATY = """\
The treaty of the river

The upper state shall not build without notice. The lower state receives half of the water.

The bank lends where both agree.
"""


class Form:
    """The form, as somebody uses it who has never seen the file."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.file = file

    def saved(self, wanted: str) -> None:
        """Wait until something stands in the file."""
        for _ in range(400):
            if self.file.exists() and wanted in self.file.read_text("utf-8"):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{wanted!r} was not saved; the file is:\n{self.file.read_text('utf-8')}")

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.saved(text)

    def add(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.page.get_by_role("button", name=f"Add: {label}", exact=True).click()
        self.saved(text)

    def choose(self, label: str, *options: str) -> None:
        self.page.get_by_label(label, exact=True).first.click()
        for option in options:
            self.page.get_by_role("option", name=option, exact=True).click()
        if len(options) > 1:
            self.page.keyboard.press("Escape")

    def choose_new(self, label: str, option: str, scope: str) -> None:
        around = self.page.get_by_role("region", name=scope, exact=True)
        around.get_by_label(label, exact=True).last.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        around.get_by_role("button", name=f"Add: {label}", exact=True).last.click()

    def unfold(self, title: str, scope: str) -> None:
        around = self.page.get_by_role("region", name=scope, exact=True)
        around.get_by_text(title, exact=True).first.click()

    def rename(self, called: str, new: str) -> None:
        self.page.get_by_role("button", name=f"Change the id of {called}", exact=True).click()
        self.page.get_by_label("New id").fill(new)
        self.page.get_by_role("button", name="Change it", exact=True).click()
        self.saved(new)
        self.page.get_by_role("dialog").wait_for(state="detached")

    def build(self, button: str, *parts: tuple[str, str, str]) -> None:
        """Build a formula: how it goes on, the option, and where it stands."""
        self.page.get_by_role("button", name=button, exact=True).click()
        dialog = self.page.get_by_role("dialog")
        for how, option, level in parts:
            chosen = dialog.get_by_role("combobox", name="Option or outcome", exact=True)
            chosen.fill(option)
            self.page.get_by_role("option", name=option, exact=True).click()
            dialog.get_by_label("Stands at", exact=True).first.click()
            self.page.get_by_role("option", name=level, exact=True).click()
            dialog.get_by_role("button", name=how, exact=True).click()
        expect(dialog.get_by_role("status")).to_contain_text("states)", timeout=40_000)
        dialog.get_by_role("button", name="Take it").click()
        dialog.wait_for(state="detached")


@pytest.mark.long
def test_a_dispute_on_water_is_built_by_clicks(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "treaty.txt").write_text(TREATY, "utf-8")
    with served(tmp_path) as address:
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.goto(address)
        page.get_by_role("button", name="New dispute").click()
        page.get_by_label("Title").fill("Water")
        page.get_by_role("button", name="Start").click()
        form = Form(page, tmp_path / "water.yaml")
        parties_and_options(form)
        preferences(form)
        the_rest(form)
        evidence(form)
        expect(
            page.get_by_text("No citation and no question of a claim is at fault.")
        ).to_be_visible(timeout=60_000)
        context.close()
    dispute = load(tmp_path / "water.yaml")
    assert [party.id for party in dispute.parties] == ["upper", "lower", "world_bank"]
    assert len(dispute.options) == 7
    one_way = [option.key for option in dispute.options if option.irreversible]
    assert one_way == ["upper.dam"]
    assert [len(option.levels) for option in dispute.options].count(3) == 1
    assert (len(dispute.packages), len(dispute.roadmaps)) == (1, 1)
    assert (len(dispute.claims), len(dispute.formats), len(dispute.outcomes)) == (2, 2, 1)
    assert [one for one in check(dispute, {}) if one.is_fault] == []
    lower = dispute.parties[1].preferences
    assert isinstance(lower, Statements)
    assert [one.formula.text for one in lower.statements] == [
        "not upper.dam",
        "protest iff upper.dam",
    ]
    document = parse((tmp_path / "water.yaml").read_text("utf-8"))[0]
    cited = document["parties"]["lower"]["preferences"][0]["source"]
    assert cited["at"] == {"paragraph": 2, "sentence": 1}
    assert cited["quote"] == "The upper state shall not build without notice."


def parties_and_options(form: Form) -> None:
    form.write("Name of party 1", "The upper state")
    form.rename("The upper state", "upper")
    form.write("Name of party 2", "The lower state")
    form.rename("The lower state", "lower")
    form.add("New party", "World Bank")
    form.write("Option 1 of The upper state", "Build the dam")
    form.rename("The upper state: Build the dam", "dam")
    form.choose("How “Build the dam” of The upper state can change", "up only")
    form.write("Option 1 of The lower state", "Protest")
    form.rename("The lower state: Protest", "protest")
    form.add("New option of The upper state", "Share data")
    form.add("New option of The upper state", "Release water")
    form.unfold("More on Release water", "The upper state")
    form.unfold("Levels", "The upper state")
    form.add("New level", "full")
    form.add("New option of The lower state", "Store water")
    form.add("New option of World Bank", "Lend")
    form.add("New option of World Bank", "Mediate")


def preferences(form: Form) -> None:
    form.build(
        "Build: New statement of World Bank",
        ("Put it in", "World Bank: Lend", "not chosen"),
        ("Put it in after “if”", "The upper state: Build the dam", "chosen"),
    )
    form.saved("not world_bank.lend if upper.dam")
    # The lower state's two statements, the wrong way round, are put right by one question.
    form.page.get_by_label("Preference 1 of The lower state: move down").click()
    form.page.get_by_role(
        "button", name="Order the statements of The lower state by comparisons"
    ).click()
    dialog = form.page.get_by_role("dialog")
    sides = dialog.locator(".two > *")
    without = sides.filter(has_text="“Build the dam” of The upper state is not chosen")
    without.get_by_role("button").click()
    dialog.get_by_role("button", name="Put them in this order").click()
    dialog.wait_for(state="detached")


def the_rest(form: Form) -> None:
    form.unfold("Outcomes", "Outcomes")
    form.add("New outcome", "Cooperation")
    form.unfold("Cooperation", "Outcomes")
    form.build(
        "Build: Cooperation: Holds when",
        ("Put it in", "The upper state: Share data", "chosen"),
    )
    form.unfold("Packages", "Packages")
    form.add("New package", "A deal")
    form.unfold("A deal", "Packages")
    form.choose("A deal: Parties", "The upper state", "The lower state")
    form.choose_new("Option in set", "The upper state: Share data", "Packages")
    form.saved("upper.share_data: yes")
    form.choose_new("Option in set", "The lower state: Store water", "Packages")
    form.saved("lower.store_water: yes")
    form.unfold("Roadmaps", "Roadmaps")
    form.add("New roadmap", "Peace")
    form.unfold("Peace", "Roadmaps")
    form.add("New stage", "The deal is made")
    form.choose("Peace: Stages 1: Package", "A deal")
    form.saved("package: a_deal")
    form.unfold("Formats", "Formats")
    form.add("New format", "All three")
    form.unfold("All three", "Formats")
    form.choose("All three: Parties", "The upper state", "The lower state", "World Bank")
    form.add("New format", "The two states")
    form.unfold("The two states", "Formats")
    form.choose("The two states: Parties", "The upper state", "The lower state")


def evidence(form: Form) -> None:
    form.unfold("Sources", "Sources")
    form.add("New source", "The treaty")
    form.unfold("More", "Sources")
    form.write("Sources 1: File with the text", "treaty.txt")
    form.unfold("Claims", "Claims")
    form.add("New claim", "where status_quo: may reach cooperation")
    form.add("New claim", "count cooperation")
    form.unfold("More on preference 1 of The lower state", "The lower state")
    form.unfold("Sources of the judgement", "The lower state")
    form.choose_new("New citation", "The treaty", "The lower state")
    form.page.get_by_role(
        "button", name="Choose the passage: The lower state: Preferences 1: Source"
    ).click()
    form.page.get_by_role("button", name="Paragraph 2, sentence 1").click()
    form.saved("The upper state shall not build without notice.")
