"""A dispute is built, asked about and taken away without a mouse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from server import served

from detente.dispute.dispute import Statements
from detente.files.loading import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

# How a screen reader would call what has the focus.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return "";
    const named = one.getAttribute("aria-label")
        ?? one.closest("label, [aria-label]")?.getAttribute?.("aria-label");
    return [one.getAttribute("aria-label"), one.innerText, one.labels?.[0]?.innerText, named]
        .filter(Boolean).join(" | ");
}"""


class Keys:
    """Somebody who has a keyboard alone."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.file = file

    def to(self, name: str, *, most: int = 150, key: str = "Tab") -> None:
        """Go on with Tab until something of this name has the focus."""
        seen = []
        for _ in range(most):
            self.page.keyboard.press(key)
            now = self.page.evaluate(FOCUSED)
            seen.append(now)
            if name in now.split(" | ") or (name in now and len(now) < len(name) + 12):
                return
        pytest.fail(f"{name!r} is not reached by {key}; these are: {seen}")

    def saved(self, wanted: str) -> None:
        """Wait until something stands in the file."""
        for _ in range(400):
            if self.file.exists() and wanted in self.file.read_text("utf-8"):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{wanted!r} was not saved; the file is:\n{self.file.read_text('utf-8')}")

    def focus_is_somewhere(self) -> None:
        """After a change the focus has not fallen to the body."""
        self.page.wait_for_timeout(300)
        assert self.page.evaluate("document.activeElement !== document.body"), "the focus is gone"

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def test_a_dispute_is_built_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address)
        page.get_by_text("Shipped cases").wait_for()
        keys = Keys(page, tmp_path / "keys.yaml")
        keys.to("New dispute")
        keys.press("Enter")
        page.get_by_role("dialog").wait_for()
        expect(page.get_by_label("Title")).to_be_focused()
        keys.type("Keys")
        keys.press("Enter")
        page.locator('td[data-equilibria="Nash"]').first.wait_for()
        keys.to("Skip to the content", most=3)
        keys.press("Enter")
        build(keys)
        context.close()
    dispute = load(tmp_path / "keys.yaml")
    assert dispute.parties[0].name == "North"
    assert [option.key for option in dispute.options][:2] == ["first.act", "first.talk"]
    wishes = dispute.parties[0].preferences
    assert isinstance(wishes, Statements)
    assert [one.formula.text for one in wishes.statements] == ["talk", "act"]


def build(keys: Keys) -> None:
    keys.to("Name of party 1")
    keys.press("Control+a")
    keys.type("North")
    keys.saved("name: North")
    keys.to("New option of North")
    keys.type("Talk")
    keys.press("Enter")
    keys.saved("talk:")
    keys.focus_is_somewhere()
    keys.to("New statement of North")
    keys.type("talk")
    keys.press("Enter")
    keys.saved("- talk")
    keys.focus_is_somewhere()
    # The new statement goes first.
    keys.to("Preference 2 of North: move up", key="Shift+Tab")
    keys.press("Enter")
    keys.saved("preferences:\n      - talk")
    keys.focus_is_somewhere()
    keys.to("Undo", key="Shift+Tab")
    keys.press("Enter")
    keys.saved("preferences:\n      - act")
    keys.focus_is_somewhere()
    keys.to("Redo")
    keys.press("Enter")
    keys.saved("preferences:\n      - talk")
    # Why a state holds: a dialog opens, has the focus, and gives it back.
    keys.to("Does it hold, and why?")
    keys.press("Enter")
    dialog = keys.page.get_by_role("dialog")
    dialog.locator(".explanation > *").first.wait_for()
    keys.press("Escape")
    dialog.wait_for(state="detached")
    keys.focus_is_somewhere()
