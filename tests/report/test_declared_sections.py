"""The sections that analyses declare: in their places, once for each that is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from matplotlib.figure import Figure

import detente
from detente.analyses import registry
from detente.analyses.declaration import Declaration, InReport
from detente.analyses.parameters import AnalysisParameters
from detente.report.content import Illustration, Prose, ReportContent
from detente.report.plots.picture import Picture
from detente.report.sections import sections_in_order
from detente.report.write import make_report


class Asked(AnalysisParameters):
    """For which party."""

    party: str = ""


@dataclass(frozen=True)
class Found:
    """What was asked, and whether the work was interrupted."""

    party: str
    partial: bool = False


DECLARED = InReport(
    heading="Parties",
    asked=lambda material: [Asked(party=one.id) for one in material.dispute.parties],
    pictures=lambda found: ("drawn",),
    method=lambda parameters: f"Begun with {parameters.party}.",
    words=lambda parameters: ("--party", parameters.party),
    place=35,
)


def declare(monkeypatch: pytest.MonkeyPatch, shown: InReport, *, partial: bool = False) -> None:
    """Another analysis in the registry."""
    there = registry.all_analyses()
    picture = Picture(Figure(), "A picture", "Nothing.")
    added = Declaration(
        name="added",
        question="",
        about="",
        parameters=Asked,
        run=lambda dispute, parameters, progress: Found(parameters.party, partial),
        blocks=lambda found, parameters: (Prose(found.party), Prose("the rest")),
        document=lambda found, parameters: {},
        schema=dict,
        pictures={"drawn": lambda found, parameters: picture},
        in_report=shown,
    )
    monkeypatch.setattr(registry, "all_analyses", lambda: (added, *there))


def report() -> ReportContent:
    dispute = detente.load("prisoners-dilemma")
    return make_report(detente.analyse(dispute), draws=0)


def told(block: Any) -> str:
    return block.id if isinstance(block, Illustration) else block.text


def test_sections_stand_in_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, DECLARED)
    names = [name for name, _ in sections_in_order()]
    begin = names.index("graph") + 1
    declared = names[begin : names.index("robustness")]
    assert declared == ["roadmap check", "envoy", "formats", "added", "bargain", "claims"]


def test_each_answer_is_told_with_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, DECLARED)
    made = report()
    (section,) = [one for one in made.sections if one.id == "added"]
    first, second = (party.id for party in detente.load("prisoners-dilemma").parties)
    assert list(map(told, section.blocks)) == [
        *(first, "drawn", "the rest"),
        *(second, "drawn-2", "the rest"),
    ]
    assert section.method == f"Begun with {first}."
    assert section.commands == tuple(
        f"detente added prisoners-dilemma --party {party}" for party in (first, second)
    )


def test_blocks_and_answers_can_be_made_from_the_material(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = replace(
        DECLARED,
        answer=lambda material, parameters: Found(f"{parameters.party} {material.concept}"),
        blocks=lambda material, results: [Prose(one.party) for one in results],
    )
    declare(monkeypatch, shown)
    (section,) = [one for one in report().sections if one.id == "added"]
    first, second = (party.id for party in detente.load("prisoners-dilemma").parties)
    assert list(map(told, section.blocks)) == [f"{first} SEQ", f"{second} SEQ"]


def test_who_is_asked_nothing_has_no_section(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, replace(DECLARED, asked=lambda material: ()))
    assert "added" not in [one.id for one in report().sections]


def test_an_interrupted_answer_ends_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, DECLARED, partial=True)
    with pytest.raises(KeyboardInterrupt):
        report()
