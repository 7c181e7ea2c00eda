"""The Nile dam of 2021: every judgement says where it comes from, passage by passage."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from detente.files.yaml_text import parse

# What carries a source or is marked as a judgement.
MARKED = ("options", "preferences", "constraints", "packages", "outcomes", "claims", "formats")


def document() -> dict[str, Any]:
    path = files("detente") / "cases" / "nile-dam-2021.yaml"
    found: dict[str, Any] = parse(path.read_bytes())[0]
    return found


def judgements(value: Any, inside: str = "") -> list[dict[str, Any]]:
    """All entries of the kinds above, wherever they stand."""
    found: list[dict[str, Any]] = []
    if isinstance(value, dict):
        for key, held in value.items():
            entries = held.values() if isinstance(held, dict) else held
            if key in MARKED and inside != "issues":
                found += [entry for entry in entries if isinstance(entry, dict)]
            found += judgements(held, key if key == "issues" else inside)
    elif isinstance(value, list):
        for held in value:
            found += judgements(held, inside)
    return found


def citations(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        here = value.get("source", [])
        found = list(here) if isinstance(here, list) else [here]
        return found + [one for held in value.values() for one in citations(held)]
    return [one for held in value for one in citations(held)] if isinstance(value, list) else []


def test_it_has_five_parties_and_fifteen_options() -> None:
    parties = document()["parties"]
    assert len(parties) == 5
    assert sum(len(party["options"]) for party in parties.values()) == 15


def test_every_judgement_cites_a_passage_or_gives_its_reason() -> None:
    found = judgements(document())
    assert len(found) > 90
    for entry in found:
        assert "source" in entry or (entry.get("judgement") is True and entry.get("because")), entry


def test_every_citation_names_the_sentence_and_says_it_in_other_words() -> None:
    found = citations(document())
    assert len(found) > 90
    for citation in found:
        assert {"paragraph", "sentence"} <= set(citation["at"]), citation
        assert citation["says"]


def test_every_preference_has_a_confidence() -> None:
    for party in document()["parties"].values():
        assert all(0.5 <= one["confidence"] <= 0.95 for one in party["preferences"])
