"""Two windows on one file: whatever both type at once, no letter is lost."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from server import served

from detente.files.yaml_text import parse
from detente.workbench import pages
from detente.workbench.merging import merged

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RUNS = [
    pytest.param(seed, marks=pytest.mark.slow if seed < 3 else pytest.mark.long)
    for seed in range(50)
]
TITLE = "A border between two states"
FILE = f"""\
dispute: {TITLE}
parties:
  north:
    name: North
    options: {{patrol: Patrol, talk: Talk}}
    preferences: [not south.patrol, patrol, talk]
  south: {{name: South, options: {{patrol: Patrol}}, preferences: [not north.patrol, patrol]}}
status_quo: {{north.patrol: yes, south.patrol: yes}}
"""


@pytest.fixture(scope="module")
def windows(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, Page, Path]]:
    file = tmp_path_factory.mktemp("two") / "border.yaml"
    file.write_text(FILE, "utf-8")
    with served(file.parent) as address:
        # Two browsers, as two people have; not two tabs that share what they keep.
        both = [browser.new_context().new_page() for _ in range(2)]
        for page in both:
            page.set_default_timeout(30_000)
            page.goto(f"{address}/dispute/border.yaml")
            page.get_by_label("Title", exact=True).wait_for()
        yield both[0], both[1], file
        for page in both:
            page.context.close()


def saved_title(file: Path) -> str:
    return str(parse(file.read_text("utf-8"))[0]["dispute"])


def settled(both: list[Page], file: Path) -> str:
    """Wait until both windows show what is saved."""
    shown = ["", "-"]
    for _ in range(600):
        shown = [page.get_by_label("Title", exact=True).input_value() for page in both]
        if shown[0] == shown[1] == saved_title(file):
            break
        both[0].wait_for_timeout(50)
    assert [*shown, saved_title(file)] == [shown[0]] * 3
    # A window may show what is saved before it is told that its own part of it is.
    for page in both:
        page.get_by_text("Saved", exact=True).wait_for()
    return shown[0]


def test_the_browser_merges_as_the_server_does(browser: Browser) -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("ab ", k=chance.randrange(7))) for _ in range(900)]
    asked = [words[number : number + 3] for number in range(0, len(words), 3)]
    source = (Path(pages.__file__).parent / "typed_field.js").read_text("utf-8")
    functions = source[: source.index("export default")].replace("export ", "")
    page = browser.new_page()
    found = page.evaluate(
        "([text, asked]) => asked.map((one) => new Function(text + 'return merged')()(...one))",
        [functions, asked],
    )
    page.close()
    assert found == [merged(*one) for one in asked]


@pytest.mark.parametrize("seed", RUNS)
def test_no_letter_is_lost(windows: tuple[Page, Page, Path], seed: int) -> None:
    chance = random.Random(seed)
    *both, file = windows
    before = settled(both, file)
    typed: Counter[str] = Counter()
    for page in both:
        page.get_by_label("Title", exact=True).focus()
    for _ in range(chance.randint(10, 30)):
        who = chance.randrange(2)
        page = both[who]
        match chance.random():
            case pick if pick < 0.15:
                page.keyboard.press(chance.choice(["Home", "End"]))
                for _ in range(chance.randrange(8)):
                    page.keyboard.press("ArrowRight")
            case pick if pick < 0.22:
                # Meanwhile the other part of the form changes.
                button = f"Preference {chance.randint(1, 2)} of North: move down"
                page.get_by_label(button).dispatch_event("click")
            case pick if pick < 0.3:
                page.wait_for_timeout(chance.randrange(120))
            case _:
                letter = chance.choice("abcdefgh" if who else "12345678")
                typed[letter] += 1
                page.keyboard.press(letter)
    after = settled(both, file)
    assert Counter(after) == Counter(before) + typed
    # It does not grow for ever.
    field = both[0].get_by_label("Title", exact=True)
    field.fill(TITLE)
    expect(both[1].get_by_label("Title", exact=True)).to_have_value(TITLE)
