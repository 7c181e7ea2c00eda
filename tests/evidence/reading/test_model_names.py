"""Names of organisations and people from a model, with a stand-in for the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente.dispute.errors import DisputeError
from detente.evidence.reading import model_names
from detente.evidence.reading.actors import known_actors
from detente.evidence.reading.model_names import MODEL_ADDRESS, names_with_model
from detente.evidence.reading.readers import read_reports
from detente.evidence.reading.reports import Report

TEXT = (
    "The Fishers' League rejects the toll. Peru waits.\n\n"
    "The Fishers' League wants talks with Ann Other. Ann Other opposes a port in Lima.\n\n"
    "The Salt Board supports Peru.\n"
)


@pytest.fixture(scope="module")
def stand_in() -> Any:
    spacy = pytest.importorskip("spacy")
    model = spacy.blank("en")
    ruler = model.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "ORG", "pattern": "The Fishers' League"},
            {"label": "PERSON", "pattern": "Ann Other"},
            {"label": "ORG", "pattern": "Salt Board"},
            {"label": "GPE", "pattern": "Lima"},
            {"label": "ORG", "pattern": "Peru"},
        ]
    )
    return model


def test_names_that_come_more_than_once_are_added(stand_in: Any) -> None:
    names = names_with_model(known_actors(), TEXT.split("\n\n"), stand_in)
    found = [one.actor.name for one in names.mentions(TEXT)]
    assert found.count("Fishers' League") == 2
    assert found.count("Ann Other") == 2
    assert "Salt Board" not in found
    peru = names.get("Peru")
    assert peru is not None
    assert peru == names.get("Lima")


def test_the_rules_use_them(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_names, "_model", lambda: stand_in)
    reading = read_reports([Report("r", Path("r.txt"), "", TEXT)], name="spacy")
    held = {(one.parties[0], one.direction) for one in reading.proposals if one.kind == "stance"}
    assert ("Fishers' League", "against") in held
    assert ("Ann Other", "against") in held
    assert not reading.refused


def test_it_tells_how_to_install_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    spacy = pytest.importorskip("spacy")

    def load(name: str, **_: object) -> None:
        raise OSError(f"no model {name}")

    model_names._model.cache_clear()
    monkeypatch.setattr(spacy, "load", load)
    with pytest.raises(DisputeError, match="needs the model en_core_web_sm: pip install") as error:
        read_reports([Report("r", Path("r.txt"), "", TEXT)], name="spacy")
    assert MODEL_ADDRESS in str(error.value)
    assert "#sha256=" in MODEL_ADDRESS


def test_the_model_itself_finds_names(monkeypatch: pytest.MonkeyPatch) -> None:
    # Installed by its address only; see docs/concepts/reading.md, 8.
    pytest.importorskip(model_names.MODEL)
    model_names._model.cache_clear()
    text = (
        "Maria Sanchez of the Danube Shipping Company rejects the toll.\n\n"
        "The Danube Shipping Company wants talks with Maria Sanchez.\n"
    )
    reading = read_reports([Report("r", Path("r.txt"), "", text)], name="spacy")
    names = {one.parties[0] for one in reading.proposals if one.kind == "party"}
    assert "Danube Shipping Company" in names
