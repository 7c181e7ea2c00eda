"""The glossary: one sentence for each term, and a page that defines it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import detente as cli
from detente.report.glossary import Term, glossary, term_called
from detente.stability.concept_registry import offered_names

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("term", glossary(), ids=lambda term: term.name)
def test_a_term_is_one_short_sentence_and_its_page_speaks_of_it(term: Term) -> None:
    assert term.meaning.endswith(".")
    assert term.meaning[0].isupper()
    assert ". " not in term.meaning
    assert len(term.meaning) <= 240
    text = " ".join((DOCS / term.page).read_text("utf-8").casefold().split())
    words = [word for name in (term.name, *term.also) for word in name.casefold().split()]
    assert any(word.rstrip("s") in text for word in words), f"{term.page} never says {term.name}"


def test_no_name_stands_for_two_terms() -> None:
    names = [name.casefold() for term in glossary() for name in (term.name, *term.also)]
    assert len(names) == len(set(names))


def test_every_concept_is_a_term() -> None:
    for name in offered_names():
        assert term_called(name)


def explain(term: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["--explain", term])
    return result.exit_code, result.output


def test_the_command_explains() -> None:
    code, told = explain("seq")
    assert code == 0
    assert told == (
        "SEQ (also: sequential stability)\n"
        "Sequential stability: each unilateral improvement can be answered by improvements of "
        "others that leave the party no better off.\n"
        "Defined in docs/concepts/stability.md.\n"
    )
    for other in ("Sequential Stability", "sequential_stability"):
        assert explain(other) == (code, told)
    assert explain("parties") == explain("party")
    assert explain("packages") == explain("package")


def test_what_is_no_term_is_told_with_the_nearest() -> None:
    code, told = explain("exposre")
    assert (code, told) == (
        2,
        "detente: the glossary has no term 'exposre'; did you mean 'exposure'?\n",
    )
    assert explain("")[0] == 2
