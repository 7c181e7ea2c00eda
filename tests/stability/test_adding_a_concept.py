"""The concept of docs/extend, as a package of its own: no line of detente is changed for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from example_packages import as_package, detente, python

PAGE = Path(__file__).parents[2] / "docs" / "extend" / "add-a-concept.md"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_package(PAGE, "one_answer", tmp_path_factory.mktemp("one-answer"))


def test_it_is_analysed_and_its_document_is_valid(package: Path) -> None:
    told = detente(package, "analyse", "elmira", "--concepts", "ONE,GMR", "--format", "json")
    document = json.loads(told)
    assert document["concepts"] == ["ONE", "GMR"]
    found = json.loads(detente(package, "schema", "analysis"))["properties"]["concepts"]["items"][
        "pattern"
    ]
    assert "|ONE|" in found
    # One answer is one of the sequences that GMR allows.
    assert set(document["equilibria"]["ONE"]) <= set(document["equilibria"]["GMR"])


def test_it_is_explained_and_offered(package: Path) -> None:
    asked = ("--party", "local", "--state", "9", "--concept", "one")
    assert "ONE" in detente(package, "explain", "elmira", *asked)
    assert "GMR, ONE, SMR" in " ".join(detente(package, "analyse", "--help").split())


def test_every_check_of_concepts_holds_for_it(package: Path) -> None:
    told = python(
        package,
        "from stability.test_concepts import *\n"
        "from detente.stability.concept_registry import concept_named\n"
        "one = concept_named('ONE')\n"
        "for case in ('one state', 'elmira', 'chicken'):\n"
        "    test_every_concept_is_worked_out_and_explained(one, case)\n"
        "test_what_is_nothing_but_a_reaction_says_so(one)\n"
        "print('all hold')",
    )
    assert told == "all hold\n"
