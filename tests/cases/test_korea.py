"""The Korean case: its judgements have a basis, and its citations stand in the article.

The article's text is not part of the project. Tests that need it look for it in a folder beside
the project, and are skipped without it.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from detente.dispute.dispute import Basis, Dispute, Statement, Statements
from detente.evidence.sources import check, judgements, split
from detente.files.loading import load
from detente.space.states import state_space

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT.parent / "shared" / "sources" / "korea-2017-article.txt"
needs_article = pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not at hand")


@pytest.fixture(scope="module")
def dispute() -> Dispute:
    return load("korea-2017")


def is_well_founded(basis: Basis) -> bool:
    if basis.judgement:
        return bool(basis.because)
    return bool(basis.citations) and all(c.at and c.says for c in basis.citations)


def test_six_parties_and_at_most_2_to_the_17_states(dispute: Dispute) -> None:
    ids = {party.id for party in dispute.parties}
    assert ids == {"dprk", "us", "china", "russia", "rok", "japan"}
    space = state_space(dispute)
    assert space.count <= space.size <= 2**17


def test_every_judgement_has_a_cited_paraphrase_or_a_reason(dispute: Dispute) -> None:
    assert [label for label, basis in judgements(dispute) if not is_well_founded(basis)] == []


def test_every_preference_has_a_confidence(dispute: Dispute) -> None:
    statements: list[Statement] = []
    for party in dispute.parties:
        assert isinstance(party.preferences, Statements)
        statements += party.preferences.statements
    assert len(statements) > 50
    assert [s.formula.text for s in statements if s.confidence is None] == []


def test_claims_have_their_own_ids_and_an_answer(dispute: Dispute) -> None:
    assert len(dispute.claims) >= 15
    assert max(Counter(claim.id for claim in dispute.claims).values()) == 1
    assert {claim.says for claim in dispute.claims} == {"yes", "no"}


def test_stands_without_the_article(dispute: Dispute) -> None:
    assert {finding.kind for finding in check(dispute, {})} == {"not-at-hand"}


@needs_article
def test_citations_stand_in_the_article(dispute: Dispute) -> None:
    assert [str(finding) for finding in check(dispute, {"article": ARTICLE})] == []


@needs_article
def test_locators_name_sentences_not_headings(dispute: Dispute) -> None:
    paragraphs = split(ARTICLE.read_text(encoding="utf-8"))
    for label, basis in judgements(dispute):
        for citation in basis.citations:
            assert citation.at is not None, label
            assert citation.at.sentence is not None, label
            passage = paragraphs[citation.at.paragraph - 1][citation.at.sentence - 1]
            assert len(words(passage)) > 8, label


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def runs_of_eight(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + 8]) for i in range(len(found) - 7)}


@needs_article
def test_no_passage_of_the_article_is_in_the_repository() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    # The title has to be given to cite the article; every other paragraph counts.
    _, *paragraphs = split(ARTICLE.read_text(encoding="utf-8"))
    passages = set().union(*(runs_of_eight(" ".join(p)) for p in paragraphs))
    assert len(passages) > 500
    copied = {}
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        # A picture has no words to read.
        if b"\0" not in content[:1024]:
            common = runs_of_eight(content.decode("utf-8", "replace")) & passages
            if common:
                copied[name] = sorted(common)
    assert copied == {}
