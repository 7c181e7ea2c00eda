"""What a page shows of an analysis: sentences first, names, and nothing to be typed."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Annotated, Any

import pytest

import detente
from detente.analyses import running
from detente.analyses.declaration import Declaration
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concept,
    parameters_from,
    parameters_of,
)
from detente.analyses.registry import all_analyses, analysis_named
from detente.report.blocks_document import blocks_document
from detente.report.content import Prose, Subheading

# Every id begins with letters with which no name does.
DISPUTE: dict[str, Any] = {
    "dispute": "Two parties",
    "parties": {
        "qqann": {
            "name": "Ann",
            "options": {"qqxen": {"name": "Lower the toll"}},
            "preferences": [
                {"prefer": "not qqbob.qqyen", "confidence": 0.7, "strength": "strong"},
                {"prefer": "qqxen", "unknown": True},
            ],
            "perceives": {"qqbob": {"preferences": ["qqyen if not qqann.qqxen"]}},
        },
        "qqbob": {
            "name": "Bob",
            "options": {"qqyen": {"name": "Block the port"}},
            "preferences": [
                {"prefer": "qqann.qqxen if qqyen", "confidence": 0.6},
                {"prefer": "not qqyen", "confidence": 0.4},
            ],
        },
    },
    "status_quo": {"qqann.qqxen": False, "qqbob.qqyen": True},
    "packages": {
        "qqdeal": {
            "name": "The deal",
            "parties": ["qqann", "qqbob"],
            "set": {"qqann.qqxen": True, "qqbob.qqyen": False},
        }
    },
    "formats": {"qqboth": {"name": "Both", "parties": ["qqann", "qqbob"]}},
    "outcomes": {"qqdone": {"name": "Settled", "when": "qqann.qqxen and not qqbob.qqyen"}},
    "roadmaps": {
        "qqplan": {"name": "The plan", "stages": [{"stage": "The deal", "package": "qqdeal"}]}
    },
    "sources": [{"id": "qqsrc", "title": "A source"}],
    "issues": {
        name: {
            "name": called,
            "scale": {"low": "none", "high": "all"},
            "outcomes": {"qqdone": 40},
            "positions": {
                "qqann": {"position": 10, "salience": salience, "capability": 50},
                "qqbob": {"position": 90, "salience": 1 - salience, "capability": 40},
            },
        }
        for name, called, salience in (("qqhere", "Here", 0.2), ("qqthere", "There", 0.9))
    },
    "claims": [
        {
            "id": "qqclaim",
            "about": "A deal is near.",
            "says": True,
            "ask": "may reach qqdone",
            "source": {"id": "qqsrc"},
        }
    ],
    "history": [{"on": "2001-02-03", "set": {"qqann.qqxen": True}}],
}
GIVEN: dict[str, dict[str, Any]] = {
    "ask": {"question": "where status_quo: may reach qqdone"},
    "backtest": {"draws": 4},
    "bargain": {"draws": 20},
    "brief": {"draws": 2},
    "coalitions": {"acting_as_one": ["qqann,qqbob"]},
    "envoy": {"roadmap": "qqplan"},
    "explain": {"party": "qqann"},
    "forecast": {"draws": 4},
    "inverse": {"make": "qqdone"},
    "paths": {"end": "qqdone"},
    "rankings": {"make": "1", "party": "qqann"},
    "roadmap find": {"to": "qqdone"},
    "robust": {"draws": 20, "check_draws": 4},
}
# What is asked in the language of queries is said in it too; a source's id is its short title.
ASKED = re.compile(r"where status_quo: may reach qqdone|may reach qqdone|qqsrc")
TYPED = re.compile(r"`detente|--[a-z]")

EVERY = [pytest.param(one, id=one.path) for one in all_analyses()]


@cache
def answered(name: str) -> tuple[Any, ...]:
    declaration = analysis_named(name)
    values = dict(GIVEN.get(declaration.name, {}))
    for parameter in parameters_of(declaration.parameters):
        if parameter.asked.kind == "roadmap":
            values.setdefault(parameter.name, "qqplan")
    parameters = parameters_from(declaration.parameters, values)
    ran = running.run(declaration, detente.build_dispute(DISPUTE), parameters)
    return tuple(ran.blocks(declaration.blocks(ran.result, parameters)))


@pytest.mark.parametrize("declaration", EVERY)
def test_names_are_said_and_nothing_to_be_typed(declaration: Declaration) -> None:
    told = json.dumps(blocks_document(answered(declaration.name)), ensure_ascii=False)
    left = ASKED.sub("", told)
    assert not re.findall(r".{0,60}qq\w+.{0,20}", left)
    assert not TYPED.search(left)


@pytest.mark.parametrize("declaration", EVERY)
def test_an_answer_is_a_sentence_first(declaration: Declaration) -> None:
    said = [
        one
        for one in answered(declaration.name)
        if not isinstance(one, Subheading) or one.text.endswith(".")
    ]
    # How what is unknown is taken is said before any answer; a brief begins with its title.
    first = said[isinstance(said[0], Prose) and said[0].text.startswith("It is unknown")]
    if declaration.name == "brief":
        first = said[1]
    assert isinstance(first, Prose | Subheading)
    assert re.search(r"[.!?]$", first.text), first.text
    # The size of the dispute answers nothing.
    assert not re.match(r"[\d,]+ (party|parties|states?|draws|runs)\b", first.text), first.text


@pytest.mark.parametrize("declaration", EVERY)
def test_a_form_asks_in_plain_words(declaration: Declaration) -> None:
    for one in parameters_of(declaration.parameters):
        if one.asked.served:
            assert not re.search(r"--|`|\bids?\b|[a-z],[a-z]|status_quo", one.help), one.help
            assert one.label[0].isupper()


# Parameters whose names are the words themselves.
PLAIN = {"acting_as_one", "language", "party", "question", "roadmap", "state"}


@pytest.mark.parametrize("declaration", EVERY)
def test_a_field_is_called_by_words_and_not_by_its_key(declaration: Declaration) -> None:
    served = [one for one in parameters_of(declaration.parameters) if one.asked.served]
    for one in served:
        assert one.asked.label, f"{declaration.name}: {one.name} has no label"
        key = one.name.replace("_", " ")
        assert one.name in PLAIN or one.label.lower() != key, f"{declaration.name}: {one.name}"
    # Two fields of a form are never called the same.
    assert len({one.label for one in served}) == len(served)


def test_a_type_asked_for_in_another_way_is_called_the_same() -> None:
    class Parameters(AnalysisParameters):
        concept: Annotated[Concept, Asked("--under")] = "SEQ"
        grit: bool = False

    concept, grit = parameters_of(Parameters)
    assert (concept.label, concept.option) == ("Solution concept", "--under")
    assert grit.label == "Grit"
