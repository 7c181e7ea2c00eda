"""A report is read beside its dispute file, by keys and by clicks."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from server import served

from detente.files.dispute_file import load_text
from detente.files.yaml_text import parse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long

REPORT = (
    "A toll at the strait\n\nPeru rejects the toll of Chile. Chile could lower the toll. "
    "Chile wants peace.\n\n"
    "If Chile lowers the toll, Peru will open the port. Nobody else has a say.\n"
)
STARTED = "dispute: A toll\nsources:\n  - {id: toll, title: A toll, path: toll.txt}\nparties: {}\n"


@dataclass
class Window:
    """A page on a file of its own, with what it complained of."""

    page: Page
    address: str
    path: Path
    complaints: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.goto(f"{self.address}/dispute/{quote(self.path.name)}/read")
        expect(self.page.get_by_text("proposals are left to judge")).to_be_visible()

    def document(self) -> dict[str, object]:
        found: dict[str, object] = parse(self.path.read_text("utf-8"))[0]
        return found

    def wait_for_text(self, wanted: str) -> None:
        for _ in range(200):
            if wanted in self.path.read_text("utf-8"):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{wanted!r} was not saved; the file is:\n{self.path.read_text('utf-8')}")

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.className"))

    def left(self, number: int) -> None:
        expect(self.page.get_by_text("are left to judge")).to_contain_text(f"{number} of ")

    def count(self) -> int:
        return int(
            self.page.get_by_text("are left to judge").inner_text().split(" of ")[1].split()[0]
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def address(browser: Browser, folder: Path) -> Iterator[str]:
    del browser
    with served(folder) as address:
        yield address


@pytest.fixture
def window(
    browser: Browser, address: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[Window]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    path = folder / f"{request.node.name.replace('_', '-')[:60]}.yaml"
    path.write_text(STARTED, "utf-8")
    (folder / "toll.txt").write_text(REPORT, "utf-8")
    opened = Window(page, address, path)
    page.on(
        "console",
        lambda one: (
            opened.complaints.append(one.text) if one.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    page.close()
    assert opened.complaints == []


def test_by_keys_alone_and_the_focus_is_never_lost(window: Window) -> None:
    window.open()
    page, keys = window.page, window.page.keyboard
    count = window.count()
    expect(page.get_by_role("group", name=f"Proposal 1 of {count}")).to_be_focused()
    keys.press("a")
    window.left(count - 1)
    assert window.focused() == "proposal"
    keys.press("r")
    window.left(count - 2)
    keys.press("n")
    keys.press("p")
    expect(page.get_by_role("group", name=f"Proposal 3 of {count}")).to_be_focused()
    # What the file rests on is marked and counted.
    expect(page.get_by_text("The file rests on 1 of 6 sentences.")).to_be_visible()
    expect(page.locator("mark.rests")).to_have_count(1)
    (party,) = window.document()["parties"].values()  # type: ignore[attr-defined]
    assert party["source"] == {
        "id": "toll",
        "at": {"paragraph": 2, "sentence": 1},
        "quote": party["name"],
    }
    # Letters that are typed are no keys.
    keys.press("e")
    expect(page.get_by_label("What it is about")).to_be_focused()
    keys.press("End")
    keys.type(" near")
    window.left(count - 2)
    keys.press("Escape")
    expect(page.get_by_role("group", name=f"Proposal 3 of {count}")).to_be_focused()
    keys.press("Control+z")
    window.wait_for_text("parties: {}")
    window.left(count - 1)
    assert window.focused() == "proposal"


def test_a_changed_proposal_makes_the_option_of_which_it_speaks(window: Window) -> None:
    window.open()
    page = window.page
    page.get_by_role("button", name="party Chile").click()
    page.get_by_role("button", name="Accept (A)").click()
    page.get_by_role("button", name="stance Peru, Chile: against").click()
    page.get_by_role("button", name="Edit (E)").click()
    page.get_by_label("The option that it speaks of").click()
    page.get_by_role("option", name="a new option of Chile").click()
    page.get_by_label("What it is about").fill("collect the toll")
    page.get_by_role("button", name="Accept as changed").click()
    expect(page.get_by_text("Accepted: against: collect the toll.")).to_be_visible()
    window.wait_for_text("not chile.collect_toll")
    dispute = load_text(window.path.read_text("utf-8"))
    assert [option.key for option in dispute.options] == ["chile.collect_toll"]
    peru = next(party for party in dispute.parties if party.name == "Peru")
    assert [one.formula.text for one in peru.preferences.statements] == ["not chile.collect_toll"]  # type: ignore[union-attr]
    assert peru.preferences.statements[0].basis.citations[0].quote  # type: ignore[union-attr]


def test_from_a_report_to_a_brief_in_three_steps(window: Window, folder: Path) -> None:
    page = window.page
    page.goto(window.address)
    page.get_by_role("button", name="From a report").click()
    page.get_by_label("Or paste the text").fill(REPORT)
    page.get_by_role("button", name="Read the pasted text").click()
    page.get_by_text("proposals are left to judge").wait_for()
    assert (folder / "a-toll-at-the-strait.txt").exists()
    first = page.get_by_role("region", name="First model")
    # What is unticked stays out; what is renamed and said to be so is entered as such.
    first.get_by_label("Name of option: Open the port").fill("Open the old port")
    first.get_by_label("Now so: Open the port").click()
    first.get_by_role("button", name="Enter: 1.").click()
    page.get_by_text("4 entries stand in the file").wait_for()
    first.get_by_label("Take preference Peru: open the port").click()
    first.get_by_role("button", name="Enter: 2.").click()
    page.get_by_text("1 entry stands in the file").wait_for()
    first.get_by_role("button", name="Build: Formula of outcome: Lower the toll").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Formula", exact=True)).to_have_value("chile.lower_toll")
    dialog.get_by_role("combobox", name="Option or outcome", exact=True).fill("Open the old")
    page.get_by_role("option", name="Open the old port").click()
    dialog.get_by_role("button", name="Put it in", exact=True).click()
    dialog.get_by_role("button", name="Take it").click()
    dialog.wait_for(state="detached")
    first.get_by_role("button", name="Enter: 3.").click()
    page.get_by_role("link", name="Show the brief").wait_for()
    window.path = folder / "a-toll-at-the-strait.yaml"
    window.wait_for_text("outcomes:")
    dispute = load_text(window.path.read_text("utf-8"))
    assert [option.name for option in dispute.options] == ["Open the old port", "Lower the toll"]
    assert dispute.status_quo == (1, 0)
    peru = next(party for party in dispute.parties if party.name == "Peru")
    assert [one.formula.text for one in peru.preferences.statements] == ["chile.lower_toll"]  # type: ignore[union-attr]
    (outcome,) = dispute.outcomes
    assert outcome.formula.text == "chile.lower_toll and peru.open_old_port"
    assert all(option.basis.citations[0].quote for option in dispute.options)


def test_from_the_likely_proposals_to_a_brief(window: Window, folder: Path) -> None:
    page = window.page
    page.goto(window.address)
    page.get_by_role("button", name="From a report").click()
    page.get_by_label("Title of the dispute").fill("The strait")
    page.get_by_label("Or paste the text").fill(REPORT)
    page.get_by_role("button", name="Read the pasted text").click()
    page.get_by_text("proposals are left to judge").wait_for()
    page.get_by_role("button", name="Accept the likely ones").click()
    page.get_by_text("The surer proposals stand in the file").wait_for()
    page.get_by_role("button", name="Remove all entries with blanks").click()
    page.get_by_text("For a brief, name an outcome").wait_for()
    page.get_by_label("Name of an outcome").fill("Open port")
    page.get_by_label("It is so where").click()
    page.get_by_role("option", name="peru.open_port").first.click()
    expect(page.get_by_label("Formula", exact=True)).to_have_value("peru.open_port")
    page.get_by_role("button", name="Add the outcome").click()
    page.get_by_role("link", name="Show the brief").click()
    # What it says is tested elsewhere: where its kernels are compiled first, it takes long.
    expect(page.get_by_role("region", name="Brief", exact=True)).to_be_visible()
    dispute = load_text((folder / "the-strait.yaml").read_text("utf-8"))
    assert {party.name for party in dispute.parties} == {"Peru", "Chile"}
    assert dispute.status_quo is not None
    assert [outcome.name for outcome in dispute.outcomes] == ["Open port"]
    assert dispute.sources[0].path is not None
    assert dispute.sources[0].sha256 == hashlib.sha256(REPORT.encode()).hexdigest()


def test_a_changed_text_is_noticed_and_citations_are_carried_over(
    window: Window, folder: Path
) -> None:
    cited = "  p: {name: Peru, source: {id: toll, at: {paragraph: 2, sentence: 1}, quote: Peru}"
    text = STARTED.replace("path: toll.txt", f"path: toll.txt, sha256: {'a' * 64}")
    lost = "{id: toll, at: {paragraph: 3, sentence: 1}, quote: The ferry waits}"
    options = f"options: {{o: {{name: Wait, source: {lost}}}}}"
    window.path.write_text(
        text.replace("parties: {}", f"parties:\n{cited}, {options}, preferences: []}}"), "utf-8"
    )
    (folder / "toll.txt").write_text(f"New\n\nA line.\n\n{REPORT}", "utf-8")
    window.open()
    page = window.page
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("stands elsewhere now (paragraph 4, sentence 1): Peru")
    expect(alert).to_contain_text("is gone: The ferry waits")
    page.get_by_role("button", name="Carry the citations over").click()
    expect(alert).to_contain_text("These citations were not found")
    expect(alert).not_to_contain_text("stands elsewhere")
    window.wait_for_text("at: {paragraph: 4, sentence: 1}")
    page.get_by_label("Undo").click()
    expect(alert).to_contain_text("stands elsewhere now")


def test_reports_that_cannot_be_read_are_refused_in_words(
    window: Window, folder: Path, tmp_path: Path
) -> None:
    window.open()
    page = window.page
    page.get_by_role("button", name="Add a report").click()
    before = set(folder.iterdir())
    chooser = page.locator("input[type=file]")
    for name, content, said in (
        ("bad.pdf", b"%PDF-1.4 nothing", "this report"),
        ("big.txt", b"x" * 9_000_000, "larger than 8 MiB"),
        ("huge.docx", b"x" * 20_000_000, "too large"),
    ):
        (tmp_path / name).write_bytes(content)
        chooser.set_input_files(tmp_path / name)
        expect(page.locator(".q-notification").filter(has_text=said).first).to_be_visible()
    assert set(folder.iterdir()) == before


def test_what_a_report_says_is_text(window: Window, folder: Path) -> None:
    attack = "</p><img src=x onerror=window.hurt=1><script>window.hurt=1</script> {{1+1}}"
    (folder / "toll.txt").write_text(f"Peru rejects {attack} of Chile.\n\n{REPORT}", "utf-8")
    window.open()
    expect(window.page.get_by_role("region", name="Text of the report")).to_contain_text("<img")
    window.page.keyboard.press("a")
    assert window.page.evaluate("window.hurt") is None
