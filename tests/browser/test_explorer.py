"""The graph that is explored in a notebook, in a real browser."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

import detente
from detente.files.dispute_file import load_text
from hostile import ATTACKS, hostile_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.importorskip("anywidget")


def test_in_a_browser_texts_stay_texts_and_a_click_chooses(browser: Browser) -> None:
    analysis = detente.analyse(load_text(hostile_text(ATTACKS[1])), ["Nash"])
    widget = analysis.explore()
    kept = json.dumps(widget.get_state(["title", "nodes", "edges", "state", "told"]))
    script = files("detente.stability").joinpath("explorer.js").read_text("utf-8")
    page = browser.new_page()
    try:
        page.set_content("<main></main>")
        page.evaluate(
            """async ([script, kept]) => {
                const address = URL.createObjectURL(new Blob([script], {type: "text/javascript"}));
                const widget = (await import(address)).default;
                const state = {...JSON.parse(kept), improvements_only: false};
                const heard = {};
                window.asked = [];
                const model = {
                    get: (name) => state[name],
                    set: (name, value) => {
                        state[name] = value;
                        window.asked.push([name, value]);
                    },
                    on: (name, then) => { heard[name] = then; },
                    save_changes: () => Object.values(heard)[0](),
                };
                widget.render({model, el: document.querySelector("main")});
            }""",
            [script, kept],
        )
        page.get_by_role("button", name="State 2").first.click()
        assert page.evaluate("window.asked") == [["state", 2]]
        page.get_by_role("checkbox").check()
        assert page.evaluate("window.asked")[1] == ["improvements_only", True]
        assert page.evaluate("window.hurt") is None
        assert page.locator("img, iframe, script").count() == 0
        assert "<img src=x" in page.locator("main").inner_text()
    finally:
        page.close()
