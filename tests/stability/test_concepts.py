"""The registry of concepts: what each declares is so, and no other list names concepts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import detente
from detente.report.explanations import explanation_lines
from detente.robustness.engine import concept_bits
from detente.robustness.engine.batch import batch
from detente.space.graph_model import GraphModel
from detente.stability.concept import Concept
from detente.stability.concept_registry import (
    all_concepts,
    concept_named,
    concept_names,
    concepts_serving,
    known_concept,
    offered_names,
    usual_concepts,
)
from detente.stability.explain import explain

SOURCE = Path(__file__).parents[2] / "src" / "detente"
EVERY = [pytest.param(concept, id=concept.name) for concept in all_concepts()]
ONE_STATE = {
    "dispute": "One state",
    "parties": {"a": {"name": "A", "options": {"x": "X"}, "preferences": ["x"]}},
    "constraints": [{"never": "not a.x"}],
}


@pytest.mark.parametrize("concept", EVERY)
def test_every_concept_is_told_in_words(concept: Concept) -> None:
    assert concept.meaning.endswith(".")
    assert concept.full_name
    assert concept.source
    number = concept.definition.rpartition(" ")[2]
    page = (SOURCE.parents[1] / "docs" / "concepts" / "stability.md").read_text("utf-8")
    assert f"**{number}. {concept.name.partition('(')[0]}" in page


@pytest.mark.parametrize("concept", EVERY)
@pytest.mark.parametrize("case", ["one state", "elmira", "chicken"])
def test_every_concept_is_worked_out_and_explained(concept: Concept, case: str) -> None:
    dispute = detente.build_dispute(ONE_STATE) if case == "one state" else detente.load(case)
    for name in concept.names:
        found = detente.analyse(dispute, [name])
        again = detente.analyse(dispute, [name])
        for number, party in enumerate(dispute.parties):
            stable = found.stable(name, party.id)
            assert stable.dtype == np.bool_
            assert stable.shape == (found.count,)
            assert (stable == again.stable(name, party.id)).all()
            if not concept.parts:
                check_explained(found.model, name, number, stable)


def check_explained(model: GraphModel, name: str, party: int, stable: np.ndarray) -> None:
    for index in range(min(4, len(stable))):
        told = explain(model, name, party, index)
        assert told.stable == stable[index]
        assert explanation_lines(model, told)


@pytest.mark.parametrize("concept", EVERY)
def test_what_is_nothing_but_a_reaction_says_so(concept: Concept) -> None:
    assert (concept.explained == "sanctions") == (concept.reaction is not None)
    assert (concept.explained == "own") == (concept.deterred is not None)
    if "deterrence" in concept.serves:
        assert concept.explained in ("sanctions", "alone")


def test_names_are_known_in_any_case() -> None:
    assert [known_concept(name) for name in ("r", "seq", "l12", "seq+sim", "L0", "none")] == [
        "Nash",
        "SEQ",
        "L12",
        "SEQ+SIM",
        None,
        None,
    ]
    assert concept_names(["nash", "R", "sim"]) == ("Nash", "SIM")
    assert concept_named("L7").name == "L(h)"
    with pytest.raises(detente.DisputeError, match="SSEQ"):
        concept_named("SSEK")


def test_the_engine_of_shared_draws_serves_those_that_say_so() -> None:
    served = concepts_serving("shared draws")
    # What is found of a draw stands in bits, in the order of the registry.
    for bit, name in enumerate(served):
        assert getattr(concept_bits, name.upper()) == 1 << bit
    assert 2 ** len(served) - 1 == concept_bits.EVERY
    dispute = detente.load("chicken")
    assert batch(dispute, served).together
    for name in offered_names():
        assert batch(dispute, (name,)).together == (name in served)
    assert usual_concepts() == served


def lists_of_names(text: str) -> Iterator[int]:
    """Lines of tuples, lists, sets, mappings and literals with two names of concepts or more.

    A text with three of them, other than a docstring, counts as well.
    """
    names = {name for concept in all_concepts() for name in (*concept.names, concept.name)}
    tree = ast.parse(text)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    exported = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    }
    for node in ast.walk(tree):
        if id(node) in exported:
            continue
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            parts = list(node.keys)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = set(node.value.replace(",", " ").replace(";", " ").split())
            if len(words & names) > 2 and id(node) not in docstrings:
                yield node.lineno
            continue
        else:
            continue
        told = {part.value for part in parts if isinstance(part, ast.Constant)}
        if len(told & names) > 1:
            yield node.lineno


def test_no_other_list_names_concepts() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.parent != SOURCE / "stability" / "concepts"
        for line in lists_of_names(path.read_text("utf-8"))
    ]
    assert not found, found
    schemas = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.json"))
    assert '"SMR"' not in schemas
    assert "SMR|" not in schemas


@pytest.mark.parametrize(
    "text", ['x = ("GMR", "SEQ")', 'x: Literal["Nash", "NM"]', 'x = f("Nash, GMR and SEQ")']
)
def test_such_a_list_would_be_found(text: str) -> None:
    assert list(lists_of_names(text)) == [1]
