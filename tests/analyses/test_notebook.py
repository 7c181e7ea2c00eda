"""Every result shows itself in a notebook as its analysis tells it."""

from __future__ import annotations

import sys
from html.parser import HTMLParser

import pytest

import detente
from detente.analyses.notebook import html_of
from detente.files.dispute_file import load_text
from hostile import ATTACKS, hostile_text


class Tags(HTMLParser):
    """The tags and attributes of a piece of HTML, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("attack", [ATTACKS[0], ATTACKS[1]])
def test_texts_stay_texts(attack: str) -> None:
    dispute = load_text(hostile_text(attack))
    result = detente.analyse(dispute, ["Nash", "SEQ"])
    for shown in (html_of(result), result._repr_html_(), dispute._repr_html_()):
        assert shown is not None
        found = Tags(shown)
        assert not {"script", "img", "iframe", "svg"} & found.tags
        assert not [name for name in found.attributes if name.startswith("on")]


def test_a_dispute_shows_who_can_do_what() -> None:
    text = Tags(detente.load("elmira")._repr_html_()).text
    assert text.startswith("Elmira groundwater contamination")
    assert "UniroyalLengthen the appeal processuniroyal.delayyes" in text


def test_without_the_extra_a_result_shows_its_short_text(monkeypatch: pytest.MonkeyPatch) -> None:
    result = detente.analyse(detente.load("prisoners-dilemma"))
    monkeypatch.setitem(sys.modules, "jinja2", None)
    from detente.report.render import html

    html._environment.cache_clear()
    assert html_of(result) is None
    assert html_of("a text") is None
