"""The workbench in a real browser: edit, see what follows, undo, reload, find one's work."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

sys.path.insert(0, str(Path(__file__).parent.parent / "workbench"))

from real_server import running
from server import served

from detente.workbench.access import redirect_file

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TWO_PARTIES = """\
# What the mediator noted.
dispute: A border
parties:
  north:
    name: North
    options:
      patrol: {name: Patrol the border}
    preferences:
      - "not south.patrol"   # from the talks in May
      - "patrol"
  south:
    name: South
    options:
      patrol: {name: Patrol the border}
    preferences:
      - "not north.patrol"
      - "patrol"
status_quo: {north.patrol: yes, south.patrol: yes}
"""


@dataclass
class Window:
    """A page, with what it complained of and where it sent requests."""

    page: Page
    address: str
    folder: Path
    # Each test has a file of its own: what one has open is nothing to the others.
    name: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def open(self, view: str = "") -> None:
        self.go(f"/dispute/{quote(self.name)}{view}")

    def wait_for_equilibria(self, concept: str, number: int) -> None:
        cell = self.page.locator(f'td[data-equilibria="{concept}"]')
        cell.get_by_text(str(number), exact=True).wait_for()

    def text(self, name: str | None = None) -> str:
        return (self.folder / (name or self.name)).read_text("utf-8")

    def wait_for_text(self, wanted: str, name: str | None = None) -> None:
        for _ in range(100):
            if wanted in self.text(name):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{wanted!r} was not saved; the file is:\n{self.text(name)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disputes")


@pytest.fixture(scope="module")
def address(browser: Browser, folder: Path) -> Iterator[str]:
    del browser  # without one there is nothing to serve
    with served(folder) as address:
        yield address


@pytest.fixture
def window(
    browser: Browser, address: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    name = f"{request.node.name.replace('_', '-')}.yaml"
    (folder / name).write_text(TWO_PARTIES, "utf-8")
    opened = Window(page, address, folder, name)

    def complain(kind: str, text: str) -> None:
        opened.complaints.append(f"{kind}: {text}")

    page.on(
        "console",
        lambda message: (
            complain("console", message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: complain("page", str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if urlsplit(request.url).hostname in ("127.0.0.1", None)
            else opened.elsewhere.append(request.url)
        ),
    )
    yield opened
    context.close()
    assert opened.complaints == []
    assert opened.elsewhere == []


def test_packages_count_as_moves_where_switched_on(window: Window) -> None:
    page = window.page
    switch = page.get_by_role("switch", name="Packages count as moves")
    window.open("/states")
    window.wait_for_equilibria("Nash", 1)
    expect(switch).not_to_be_visible()
    both = "{name: Both stop, parties: [north, south], set: {north.patrol: no, south.patrol: no}}"
    window.name = "with-packages.yaml"
    (window.folder / window.name).write_text(f"{TWO_PARTIES}packages:\n  both: {both}\n", "utf-8")
    window.open("/states")
    expect(switch).to_be_visible()
    switch.click()
    # By hand: both would stop together, and Nash asks of nothing that may follow.
    window.wait_for_equilibria("Nash", 0)
    page.get_by_role("button", name="Does it hold, and why?").click()
    page.get_by_role("button", name="Nash, North: not stable; why?").click()
    expect(page.get_by_text("North and South (package “Both stop”)").first).to_be_visible()


def test_edit_see_undo_reload(window: Window) -> None:
    name = "two words.yaml"
    text = TWO_PARTIES.replace("A border", "Two borders")
    (window.folder / name).write_text(text, "utf-8")
    page = window.page
    window.go("/")
    page.get_by_text("Two borders", exact=True).click()
    # A dispute begins with its brief.
    page.get_by_role("link", name="Edit").click()
    window.wait_for_equilibria("Nash", 1)
    # Each now minds its own patrol more than the other's: both stand down.
    expect(page.get_by_text("“Patrol the border” of South is not chosen.").first).to_be_visible()
    for preference in ("1 of North", "2 of North", "1 of South"):
        page.get_by_label(f"As a formula: Preference {preference}", exact=True).click()
    first = page.get_by_label("Preference 1 of North", exact=True)
    first.fill("not patrol")
    window.wait_for_text('"not patrol"         # from the talks in May', name)
    second = page.get_by_label("Preference 2 of North", exact=True)
    second.fill("not south.patrol")
    page.get_by_label("Preference 1 of South", exact=True).fill("not patrol and not north.patrol")
    window.wait_for_text("not patrol and not north.patrol", name)
    assert "# What the mediator noted." in window.text(name)
    edited = window.text(name)
    page.reload()
    page.wait_for_function(
        "document.querySelector('[aria-label=\"Preference 1 of South\"]')?.value"
        " === 'not patrol and not north.patrol'"
    )
    page.get_by_label("Undo").click()
    window.wait_for_text('- "not north.patrol"', name)
    page.get_by_label("Redo").click()
    window.wait_for_text("not patrol and not north.patrol", name)
    assert window.text(name) == edited


def test_equilibria_change_with_a_preference(window: Window) -> None:
    window.open("")
    window.wait_for_equilibria("Nash", 1)
    page = window.page
    # A party without preferences is indifferent: each of its choices is stable for it.
    page.get_by_label("Remove Preference 2 of North").click()
    window.wait_for_equilibria("Nash", 2)
    page.get_by_label("Undo").click()
    window.wait_for_equilibria("Nash", 1)
    assert window.text() == TWO_PARTIES


def test_statements_move_by_buttons_and_by_dragging(window: Window) -> None:
    window.open("")
    page = window.page
    page.get_by_label("Preference 1 of South: move down").click()
    window.wait_for_text('- "patrol"\n      - "not north.patrol"')
    # The file is written before the page is drawn anew.
    expect(page.get_by_label("Preference 1 of South", exact=True)).to_have_value("patrol")
    rows = page.get_by_label("Preferences of North")
    handles = rows.locator(".handle")
    for handle in (handles.nth(0), handles.nth(1)):
        handle.scroll_into_view_if_needed()
    start, end = handles.nth(1).bounding_box(), handles.nth(0).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 8, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 20, steps=6)
    page.mouse.move(end["x"] + 8, end["y"] + 2, steps=6)
    page.mouse.up()
    window.wait_for_text('- "patrol"\n      - "not south.patrol"')


def test_a_mistake_is_shown_under_its_field(window: Window) -> None:
    window.open("")
    page = window.page
    page.get_by_label("As a formula: Preference 1 of North", exact=True).click()
    field_ = page.get_by_label("Preference 1 of North", exact=True)
    field_.fill("not south.patrl")
    under = page.locator(".q-field--error .q-field__messages")
    under.get_by_text("did you mean “south.patrol”?").wait_for()
    window.wait_for_text("south.patrl")
    field_.fill("not south.patrol")
    expect(under).to_have_count(0)
    window.wait_for_equilibria("Nash", 1)


@pytest.mark.long
def test_two_windows_type_and_move_at_once_and_lose_no_letter(window: Window) -> None:
    window.open("")
    first = window.page
    second = first.context.new_page()
    second.goto(window.address + f"/dispute/{quote(window.name)}")
    second.get_by_label("Preference 2 of North: move up").wait_for()
    first.get_by_label("As a formula: Preference 1 of North", exact=True).click()
    typing = first.get_by_label("Preference 1 of North", exact=True)
    typing.press("End")
    written = ""
    # The keys of whoever types go to where he is, wherever the statement goes.
    for letter in " or south.patrol and patrol":
        first.keyboard.press("Space" if letter == " " else letter)
        written += letter
        if letter in "ost":
            # At once, wherever the rows of the move before have come to.
            second.get_by_label("Preference 2 of North: move up").dispatch_event("click")
    window.wait_for_text(f'"not south.patrol{written}"')
    assert '- "patrol"' in window.text()
    focused = "document.activeElement.value"
    assert first.evaluate(focused) == f"not south.patrol{written}"
    second.close()


def test_two_windows_type_in_one_field_and_lose_no_letter(window: Window) -> None:
    window.open("")
    first = window.page
    second = first.context.new_page()
    second.goto(window.address + f"/dispute/{quote(window.name)}")
    fields = [page.get_by_label("Title", exact=True) for page in (first, second)]
    fields[0].press("End")
    fields[1].press("Home")
    for number in range(8):
        first.keyboard.press(f"{number}")
        second.keyboard.press("abcdefgh"[number])
    window.wait_for_text("dispute: abcdefghA border01234567")
    for one in fields:
        expect(one).to_have_value("abcdefghA border01234567")
    second.close()


def test_what_is_lost_on_its_way_is_sent_again_and_saved_once(window: Window) -> None:
    window.open()
    page = window.page
    title = page.get_by_label("Title", exact=True)
    title.wait_for()
    # The line breaks off: one message never comes to the server, another's answer is late.
    page.evaluate(
        """() => {
            const emit = window.socket.emit.bind(window.socket);
            const typed = (told) => JSON.stringify(told).includes("serial");
            let lost = 0;
            window.socket.emit = (name, ...told) => {
                if (name === "event" && typed(told)) {
                    lost += 1;
                    if (lost === 1) return window.socket;
                    // What comes comes twice.
                    emit(name, ...structuredClone(told));
                }
                return emit(name, ...told);
            };
        }"""
    )
    before = title.input_value()
    title.press("End")
    title.press_sequentially(" once")
    expect(page.get_by_text("Saving …")).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=20_000)
    expect(title).to_have_value(f"{before} once")
    assert f"{before} once\n" in window.text()


def test_what_was_never_sent_comes_back_though_others_have_typed_meanwhile(window: Window) -> None:
    window.open()
    page = window.page
    title = page.get_by_label("Title", exact=True)
    title.wait_for()
    before = title.input_value()
    page.evaluate(
        """(was) => sessionStorage.setItem(`detente ${location.pathname} dispute`,
            JSON.stringify({ was, text: `${was}, mine`, sent: false }))""",
        before,
    )
    page.goto(window.address)
    other = page.context.new_page()
    other.goto(f"{window.address}/dispute/{window.name}")
    other.get_by_label("Title", exact=True).fill(f"Theirs {before}")
    expect(other.get_by_text("Saved", exact=True)).to_be_visible(timeout=20_000)
    window.wait_for_text(f"dispute: Theirs {before}")
    window.open()
    expect(title).to_have_value(f"Theirs {before}, mine", timeout=20_000)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=20_000)
    window.wait_for_text(f"Theirs {before}, mine")


@pytest.mark.long
def test_what_is_typed_survives_a_crash_of_the_server(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "border.yaml").write_text(TWO_PARTIES, "utf-8")
    with running(tmp_path) as server:
        port = server.place[1]
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{server.address}/dispute/border.yaml")
        title = page.get_by_label("Title", exact=True)
        title.fill("A border that is saved")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        for _ in range(100):
            if "that is saved" in (tmp_path / "border.yaml").read_text("utf-8"):
                break
            page.wait_for_timeout(50)
        server.process.kill()
        server.process.wait()
        title.fill("A border that is not saved yet")
        expect(page.get_by_text("Not saved: no connection")).to_be_visible()
    assert "dispute: A border that is saved" in (tmp_path / "border.yaml").read_text("utf-8")
    with running(tmp_path, "--no-token", "--port", str(port)):
        # The page comes again by itself, and with it what had not been saved.
        expect(title).to_have_value("A border that is not saved yet", timeout=30_000)
        expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=30_000)
        for _ in range(100):
            if "not saved yet" in (tmp_path / "border.yaml").read_text("utf-8"):
                break
            page.wait_for_timeout(50)
    assert "A border that is not saved yet" in (tmp_path / "border.yaml").read_text("utf-8")
    context.close()


def test_what_names_a_removed_option_can_be_removed_with_it(window: Window) -> None:
    window.open("")
    page = window.page
    page.get_by_role("button", name="Remove Patrol the border").first.click()
    page.get_by_role("button", name="Remove what names it").click()
    window.wait_for_text("status_quo: {south.patrol: yes}")
    window.wait_for_equilibria("Nash", 1)
    # A new one gets its id from its name, and another id wherever it stands.
    adder = page.get_by_label("New option of North", exact=True)
    adder.fill("River Bank")
    adder.press("Enter")
    page.get_by_role("button", name="Change the id of North: River Bank").click()
    page.get_by_label("New id").fill("bank")
    page.get_by_role("button", name="Change it", exact=True).click()
    window.wait_for_text("      bank:")
    assert "river_bank" not in window.text()


def test_another_program_changes_the_file(window: Window) -> None:
    path = window.folder / window.name
    window.open("")
    window.wait_for_equilibria("Nash", 1)
    page = window.page
    theirs = TWO_PARTIES.replace("A border", "Their border")
    # In one step: half a file would be one more change, and lay the page out once more.
    (window.folder / "theirs").write_text(theirs, "utf-8")
    (window.folder / "theirs").replace(path)
    alert = page.get_by_role("alert").filter(has_text="Another program has changed this file")
    alert.wait_for()
    # This is shown after the page was laid out anew, and what is typed from then on stays.
    page.get_by_text("Not saved", exact=True).wait_for()
    assert window.text() == theirs
    page.get_by_label("Title", exact=True).fill("My border")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert window.text() == theirs
    page.get_by_role("button", name="Save mine as a copy").click()
    alert.wait_for(state="detached")
    window.wait_for_text("dispute: My border", window.name.replace(".yaml", "-copy.yaml"))
    assert window.text() == theirs


def test_graph_path_roadmap_and_comparison(window: Window) -> None:
    korea = (files("detente") / "cases" / "korea-2017-two-party.yaml").read_text("utf-8")
    (window.folder / "korea.yaml").write_text(korea, "utf-8")
    page = window.page
    window.open("/graph")
    page.get_by_label("Go to state 3").click()
    page.get_by_text("▼ North").wait_for()
    window.open("/roadmap")
    page.get_by_label("New roadmap", exact=True).fill("pause")
    page.get_by_label("Add: New roadmap").click()
    page.get_by_label("A package, or a party's move").fill("North: Patrol the border → no")
    page.get_by_role("option", name="North: Patrol the border → no").click()
    page.get_by_label("Add the stage").click()
    page.get_by_text("The plan breaks at stage 1").wait_for()
    window.wait_for_text("north.patrol: no")
    window.go(f"/compare?first={window.name}&second=korea.yaml")
    page.get_by_text("only numbers are shown").wait_for()
    # Statements are read by names.
    page.get_by_text("not “Patrol the border” (South)").first.wait_for()


def test_what_cannot_be_compared_or_drawn_is_told_with_its_file_and_a_link(
    window: Window,
) -> None:
    wrong = TWO_PARTIES.replace("not south.patrol", "not south.patrl", 1)
    (window.folder / "wrong.yaml").write_text(wrong, "utf-8")
    page = window.page
    window.go(f"/compare?first={window.name}&second=wrong.yaml")
    told = page.get_by_role("alert")
    told.get_by_text("“wrong.yaml” cannot be compared.").wait_for()
    told.get_by_role("link", name="Go to its text").wait_for()
    window.go("/dispute/wrong.yaml/graph")
    graph = page.get_by_role("alert").filter(has_text="There is no graph.")
    graph.get_by_role("link", name="Go to the form").wait_for()


def test_a_question_and_its_answer_stand_one_below_the_other_on_a_narrow_screen(
    window: Window,
) -> None:
    page = window.page
    page.set_viewport_size({"width": 390, "height": 844})
    window.open("/analyses")
    question = page.get_by_role("region", name="Question", exact=True).bounding_box()
    answer = page.get_by_role("region", name="Answer", exact=True).bounding_box()
    assert question is not None
    assert answer is not None
    assert question["width"] == answer["width"] > 300


PLACES_OF_NODES = """
(wanted) => {
    const box = document.querySelector(".graph-canvas").getBoundingClientRect();
    return wanted.map((id) => {
        const { x, y } = window.detenteGraph.getElementById(id).renderedPosition();
        return [box.x + x, box.y + y];
    });
}
"""


def test_a_path_is_dragged_on_the_graph(window: Window) -> None:
    page = window.page
    window.open("/graph")
    page.get_by_label("Go to state 3").wait_for()
    page.wait_for_function("window.detenteGraph && window.detenteGraph.nodes().length >= 4")
    start, end = page.evaluate(PLACES_OF_NODES, ["s4", "s3"])
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.get_by_text("▼ North").wait_for()


def test_why(window: Window) -> None:
    window.open("/states")
    page = window.page
    page.get_by_label("Why: state 4").first.click()
    page.get_by_text("State 4 (the status quo) is stable for North under SEQ.").wait_for()
    # Cells that are plain texts are seen too.
    expect(page.get_by_role("dialog").locator("tbody td").first).to_have_text(
        re.compile("^. of .$")
    )
    page.get_by_label("Nash, South: stable; why?").click()
    page.get_by_text("State 4 (the status quo) is stable for South under Nash.").wait_for()


def test_a_new_dispute_and_a_copied_case_on_a_narrow_screen(window: Window) -> None:
    page = window.page
    page.set_viewport_size({"width": 400, "height": 800})
    window.go("/")
    page.get_by_label("Copy Prisoner's Dilemma").click()
    window.wait_for_equilibria("Nash", 1)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400, "the page is wider than the screen"
    window.go("/")
    page.get_by_role("button", name="New dispute").click()
    page.get_by_label("Title").fill("A river")
    page.get_by_role("button", name="Start").click()
    window.wait_for_equilibria("Nash", 1)
    names = {path.name for path in window.folder.iterdir()}
    assert {"a-river.yaml", "prisoners-dilemma.yaml"} <= names


def test_files_are_brought_copied_renamed_and_deleted(window: Window) -> None:
    page = window.page
    (window.folder / "a:b.yaml").write_text("x", "utf-8")
    window.go("/")
    # What is there and cannot be opened is told.
    page.get_by_role("note").get_by_text("a:b.yaml").wait_for()
    brought = {"name": "Спор, 1+1.YAML", "mimeType": "text/yaml", "buffer": TWO_PARTIES.encode()}
    page.locator(".chooser input[type=file]").set_input_files(brought)  # type: ignore[arg-type]
    window.wait_for_equilibria("Nash", 1)
    assert window.text("Спор, 1+1.YAML") == TWO_PARTIES

    def choose(action: str, name: str) -> None:
        window.go("/")
        card = page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))
        card.get_by_role("button", name="More on").click()
        page.get_by_text(action, exact=True).click()

    choose("Duplicate", "Спор, 1+1.YAML")
    window.wait_for_equilibria("Nash", 1)
    choose("Rename the file", "спор-1-1-copy.yaml")
    page.get_by_label("New name").fill("Спор, 1+1.YAML")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_text("already", exact=False).wait_for()
    page.get_by_label("New name").fill("vertrag")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_text("vertrag.yaml", exact=True).wait_for()
    choose("Delete", "vertrag.yaml")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("vertrag.yaml", exact=True)).to_have_count(0)
    names = {path.name for path in window.folder.iterdir()}
    assert "Спор, 1+1.YAML" in names
    assert not names & {"vertrag.yaml", "спор-1-1-copy.yaml"}
    (window.folder / "a:b.yaml").unlink()


def test_a_formula_is_completed_and_a_term_tells_its_sentence(window: Window) -> None:
    page = window.page
    window.open("")
    page.get_by_label("Build: New statement of North").click()
    formula = page.get_by_role("dialog").get_by_label("Formula")
    formula.fill("not sou")
    page.get_by_role("button", name="Complete: south.patrol").press("Enter")
    expect(formula).to_have_value("not south.patrol")
    page.get_by_text("(2 of 4 states)").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    window.wait_for_equilibria("Nash", 1)
    term = page.get_by_role("link", name="GMR", exact=True)
    sentence = page.get_by_role("tooltip").get_by_text("General metarationality")
    term.hover()
    sentence.wait_for()
    page.keyboard.press("Escape")
    sentence.wait_for(state="detached")
    page.get_by_label("What is this: party").first.focus()
    page.get_by_role("tooltip").get_by_text("Somebody who decides for itself").wait_for()
    term.focus()
    sentence.wait_for()
    assert term.get_attribute("aria-describedby") == page.get_by_role("tooltip").get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help#term-gmr")
    expect(page.locator("#term-gmr")).to_be_focused()


def test_a_question_is_asked_by_its_form_and_found_again_by_its_address(window: Window) -> None:
    page = window.page
    window.open("/analyses?analysis=explain")
    page.get_by_label("Party: ").click()
    page.get_by_role("option", name="North").click()
    page.get_by_role("button", name="Answer", exact=True).click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("stable for North under SEQ", timeout=20_000)
    expect(page.get_by_text("--party north")).to_be_visible()
    # The browser's own address opens it again, and so does the link.
    page.wait_for_url("**party=north**")
    page.get_by_role("link", name="Address of this answer").click()
    expect(answer).to_contain_text("stable for North under SEQ", timeout=20_000)
    # What the documents define is read where it is named.
    window.open("/analyses?analysis=analyse")
    page.get_by_role("link", name="Solution concepts").click()
    expect(page.get_by_role("heading", name="Solution concepts", level=1)).to_be_visible()


def test_an_answer_is_taken_away_in_every_form(window: Window) -> None:
    page = window.page
    window.open("/analyses?analysis=paths")
    page.get_by_label("To: Where").fill("not north.patrol")
    page.get_by_label("To: Where").press("Enter")
    answer = page.get_by_role("region", name="Answer")
    expect(answer.get_by_role("img")).to_be_visible(timeout=20_000)
    for item, ending, begin in (
        ("Tables for a spreadsheet (XLSX)", ".xlsx", b"PK"),
        ("Tables with semicolons, for Excel (CSV)", ".csv", b"\xef\xbb\xbf"),
        ("(SVG)", ".svg", b"<?xml"),
        ("(PNG)", ".png", b"\x89PNG"),
        ("The whole document (JSON)", ".json", b"{"),
    ):
        answer.get_by_role("button", name="Download").click()
        with page.expect_download() as waiting:
            page.locator(".q-menu").get_by_text(item).click()
        assert waiting.value.suggested_filename.endswith(ending)
        assert waiting.value.path().read_bytes().startswith(begin)


def test_a_question_without_an_answer_says_what_to_do(window: Window) -> None:
    page = window.page
    window.open("/analyses?analysis=claims")
    page.get_by_text("the dispute has no claims yet").wait_for()
    page.get_by_role("link", name="Add claims in the form").click()
    page.get_by_label("Title", exact=True).wait_for()
    # No way there is an answer too, though there is no picture of it.
    window.open("/analyses?analysis=paths&by=north&end=not+south.patrol")
    page.get_by_text("No legal sequence leads to").wait_for()


def test_work_that_is_cancelled_shows_what_it_has_found(window: Window) -> None:
    page = window.page
    window.open("/analyses?analysis=robust&draws=10000000")
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("of 10,000,000 draws", timeout=40_000)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(answer).to_contain_text("You cancelled the work.", timeout=20_000)
    expect(answer.get_by_role("table").first).to_be_visible()
    # Its process goes on to the next question, and a press of Cancel then does nothing.
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(answer).to_contain_text("You cancelled the work.")


def test_a_press_is_seen_to_be_heard_until_the_server_has_answered(window: Window) -> None:
    page = window.page
    window.open()
    page.get_by_text("No citation and no question").wait_for()
    asking = "document.documentElement.classList.contains('asking')"
    page.evaluate(
        """() => {
            const line = window.socket.io.engine.transport.ws;
            const send = line.send.bind(line);
            const kept = [];
            line.send = (told) => kept.push(told);
            window.letGo = () => {
                line.send = send;
                kept.forEach((told) => send(told));
            };
        }"""
    )
    fold = page.get_by_text("More on preference 1 of North", exact=True)
    fold.click()
    # The fold opens in the browser at once; what is in it is not there yet.
    page.wait_for_function("document.querySelector('.folded.q-expansion-item--expanded')")
    page.evaluate("new Promise((then) => requestAnimationFrame(() => setTimeout(then)))")
    assert page.evaluate(asking)
    assert page.get_by_text("Comments", exact=True).count() == 0
    page.evaluate("window.letGo()")
    page.get_by_text("Comments", exact=True).wait_for()
    page.wait_for_function(f"!{asking}", timeout=2_000)


def test_an_edit_leaves_the_styles_of_the_page_as_they_are(window: Window) -> None:
    page = window.page
    window.open()
    page.get_by_text("No citation and no question").wait_for()
    # Whoever sets the colour scheme, even to what it is, has all styles worked out anew.
    page.evaluate(
        """() => {
            window.turns = 0;
            const scheme = document.getElementById("nicegui-color-scheme");
            const count = (changes) => (window.turns += changes.length);
            new MutationObserver(count).observe(scheme, {attributes: true});
        }"""
    )
    page.get_by_label("Preference 1 of North: move down").click()
    window.wait_for_equilibria("Nash", 1)
    page.get_by_text("No citation and no question").wait_for()
    expect(page.get_by_label("Undo")).to_be_enabled()
    assert page.evaluate("window.turns") == 0
    page.get_by_label("Light or dark").click()
    page.wait_for_function("window.turns > 0 && document.body.classList.contains('body--dark')")
    page.get_by_label("Light or dark").click()
    page.wait_for_function("!document.body.classList.contains('body--dark')")


def two_windows(window: Window) -> tuple[Page, Page]:
    """Two windows on the dispute that show what follows."""
    window.open()
    other = window.page.context.new_page()
    other.goto(window.page.url)
    for page in (window.page, other):
        page.get_by_role("button", name="Does it hold, and why?").wait_for()
        page.get_by_text("No citation and no question").wait_for()
    return window.page, other


def change_elsewhere(page: Page, other: Page, title: str) -> None:
    """Let another window change the dispute, and wait until this one shows what follows anew."""
    page.evaluate("window.before = document.querySelector('[aria-label=Results] button')")
    other.get_by_label("Title", exact=True).fill(title)
    page.wait_for_function("() => !window.before.isConnected", timeout=20_000)


def test_a_press_counts_though_what_is_pressed_is_made_anew_meanwhile(window: Window) -> None:
    page, other = two_windows(window)
    why = page.get_by_role("button", name="Does it hold, and why?")
    why.hover()
    page.mouse.down()
    change_elsewhere(page, other, "Changed while the button is held")
    page.mouse.up()
    page.get_by_role("dialog").get_by_label("Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_press_counts_though_what_is_pressed_moves_away_under_it(window: Window) -> None:
    page = window.page
    window.open()
    fold = page.get_by_text("More on preference 1 of North", exact=True)
    fold.hover()
    page.mouse.down()
    page.evaluate("document.querySelector('.page').style.paddingTop = '300px'")
    page.mouse.up()
    page.get_by_text("Comments", exact=True).wait_for()
    # A press that was heard is not made twice, and one that is drawn away is none.
    fold.click()
    page.get_by_text("Comments", exact=True).wait_for(state="hidden")
    fold.hover()
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Comments", exact=True)).not_to_be_visible()


def test_a_press_counts_though_the_server_has_made_anew_what_was_pressed(window: Window) -> None:
    page, other = two_windows(window)
    why = page.get_by_role("button", name="Does it hold, and why?")
    # The line is slow: the press comes when its button is gone.
    page.evaluate(
        """() => {
            const emit = window.socket.emit.bind(window.socket);
            window.socket.emit = (...told) => {
                if (told[0] !== "event" || window.late) return emit(...told);
                window.late = () => emit(...told);
            };
        }"""
    )
    why.click()
    change_elsewhere(page, other, "Changed while the press is on its way")
    page.evaluate("window.late()")
    page.get_by_role("dialog").get_by_label("Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.slow
def test_a_browser_is_let_in_by_the_file_that_leads_there(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "border.yaml").write_text(TWO_PARTIES, "utf-8")
    looking = "for-looking-and-asking"
    with (
        served(tmp_path, "--looking-token", looking) as address,
        redirect_file(address) as file,
    ):
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        # Before, it is told what to do.
        page.goto(address.partition("?")[0])
        page.get_by_text("Open the address that the server has printed").wait_for()
        page.goto(file)
        page.get_by_text("A border", exact=True).click()
        # A dispute begins with its brief.
        page.get_by_role("link", name="Edit", exact=True).click()
        page.get_by_label("Title", exact=True).wait_for()
        assert "token" not in page.url
        page.reload()
        page.get_by_label("Title", exact=True).wait_for()
        # A remark is kept beside the judgement.
        page.get_by_text("More on preference 1 of north").click()
        page.get_by_text("Comments", exact=True).click()
        page.get_by_label("New comment", exact=True).fill("Is this still so?")
        page.get_by_label("New comment", exact=True).press("Enter")
        expect(page.get_by_text("Is this still so?", exact=False).first).to_be_visible()
        page.get_by_label("Export").click()
        page.get_by_text("Link for looking only").click()
        link = page.get_by_role("dialog").get_by_label("Address").input_value()
        assert link.endswith(f"/dispute/border.yaml?token={looking}")
        context.close()
        sees_all_and_changes_nothing(browser, link, tmp_path / "border.yaml")


def sees_all_and_changes_nothing(browser: Browser, link: str, file: Path) -> None:
    before = file.read_text("utf-8")
    assert "says: Is this still so?" in before
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(link)
    page.get_by_text("Only looking").wait_for()
    page.locator('td[data-equilibria="Nash"]').get_by_text("1", exact=True).wait_for()
    page.get_by_text("Is this still so?", exact=False).first.wait_for()
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_attribute("readonly", "")
    expect(page.get_by_label("New option of North", exact=True)).not_to_be_visible()
    # No page shows anything that could be changed.
    place = link.partition("?")[0]
    page.goto(f"{place}/roadmap")
    page.get_by_text("This dispute has no roadmap yet").wait_for()
    expect(page.get_by_label("New roadmap", exact=True)).not_to_be_visible()
    page.goto(f"{place}/text")
    expect(page.get_by_label("Text of the file")).to_have_attribute("contenteditable", "false")
    page.goto(f"{place}/read")
    page.get_by_text("No report is open").wait_for()
    expect(page.get_by_role("button", name="Add a report")).not_to_be_visible()
    page.get_by_text("Choose a source whose text stands beside the file.").wait_for()
    expect(page.get_by_text("A accepts")).to_have_count(0)
    page.goto(place.partition("/dispute")[0])
    page.get_by_text("A border").first.wait_for()
    page.get_by_text("Nothing can be changed").wait_for()
    for what in ("New dispute", "Copy Prisoner's Dilemma"):
        expect(page.get_by_role("button", name=what)).not_to_be_visible()
    context.close()
    assert file.read_text("utf-8") == before
    assert [one.name for one in file.parent.iterdir() if one.suffix == ".yaml"] == [file.name]
