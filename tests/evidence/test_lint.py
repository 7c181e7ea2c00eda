"""What can make no difference in a file, says nothing, or is hardly believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner
from hypothesis import given, note, settings

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import Statements
from detente.evidence.lint import Lint, lint
from detente.space.ranks import party_ranks
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from strategies import disputes, document

FAULTS = Path(__file__).parents[1] / "data" / "faults"

NEVER_DECIDE = {"constant", "duplicate", "contradictory", "never-decisive"}


def found_in(dispute: detente.Dispute) -> list[Lint]:
    checked = detente.check_claims(dispute, origins=False) if dispute.claims else ()
    return list(lint(graph_model(dispute), checked))


def test_statements_that_cannot_matter() -> None:
    found = [
        (one.kind, one.about, one.place.line if one.place else None)
        for one in found_in(detente.load(FAULTS / "contradictions.yaml"))
        if one.kind != "no-basis"
    ]
    assert found == [
        ("contradictory", "preference 2 of North, “not dam”,", 10),
        ("duplicate", "preference 4 of North, “talk”,", 12),
        ("constant", "preference 5 of North, “talk or not talk”,", 13),
        ("constant", "preference 1 of South, “not (a.dam and block)”,", 18),
    ]
    words = [one.words for one in found_in(detente.load(FAULTS / "contradictions.yaml"))]
    assert any("it is so whatever the options are" in one for one in words)
    assert any("the constraint never “a.dam and b.block” makes it so" in one for one in words)


def test_a_question_that_does_not_arise_and_a_statement_hardly_believed() -> None:
    found = {one.kind: one for one in found_in(detente.load(FAULTS / "vacuous-package.yaml"))}
    assert "does not arise: the package surrender cannot be made there" in found["question"].words
    assert found["uncared-option"].about == "option “Send observers” of South"
    assert found["uncared-option"].place.line == 4
    found = {one.kind: one for one in found_in(detente.load(FAULTS / "unsure-war.yaml"))}
    assert "is held at 0.15, under one half" in found["hardly-believed"].words


def test_options_outcomes_and_traps() -> None:
    described: dict[str, Any] = {
        "dispute": "x",
        "parties": {
            "a": {
                "options": {
                    "war": {"name": "War", "irreversible": True},
                    "shut": {"name": "Shut", "when": "false"},
                    "off": "Off",
                },
                "preferences": ["war or shut or off"],
            },
            "b": {"options": {"y": "Y"}},
        },
        "constraints": [{"never": "a.off"}],
        "outcomes": {"nowhere": "a.off and b.y", "war": "a.war", "all": "true"},
    }
    found = [(one.kind, one.about) for one in found_in(detente.build_dispute(described))]
    assert ("unused-option", "option “Shut” of a") in found
    assert ("unused-option", "option “Off” of a") in found
    assert ("uncared-option", "option “Y” of b") in found
    assert ("no-preferences", "b") in found
    assert ("outcome", "outcome “nowhere”") in found
    assert ("outcome", "outcome “all”") in found
    assert ("trap", "outcome “war”") in found
    assert ("unused-option", "option “War” of a") not in found
    # A package that everybody could make leads out of it.
    described["parties"]["a"]["options"]["war"].pop("irreversible")
    found = [(one.kind, one.about) for one in found_in(detente.build_dispute(described))]
    assert ("trap", "outcome “war”") not in found


@given(disputes(most_states=32, plain=True))
@settings(max_examples=2 * settings().max_examples)
def test_a_statement_never_decides_where_the_order_is_the_same_without_it(
    expected: OracleDispute,
) -> None:
    dispute = detente.build_dispute(document(expected))
    note(str(document(expected)))
    model = graph_model(dispute)
    found = {one.about.split(",")[0] for one in lint(model) if one.kind in NEVER_DECIDE}
    for party in dispute.parties:
        preferences = party.preferences
        if not isinstance(preferences, Statements) or preferences.weighted:
            continue
        ranks = party_ranks(dispute, party, model.space)[model.space.feasible]
        for number in range(len(preferences.statements)):
            rest = preferences.statements[:number] + preferences.statements[number + 1 :]
            # Those after it may have been moved up by its absence: only it and those before count.
            until = replace(preferences, statements=preferences.statements[: number + 1])
            without = replace(preferences, statements=rest[:number])
            with_it, before = (
                party_ranks(dispute, replace(party, preferences=one), model.space)
                for one in (until, without)
            )
            decides = not np.array_equal(with_it, before)
            assert (f"preference {number + 1} of {party.name}" in found) == (not decides)
        assert ranks.size


def test_validate_leads_with_what_is_worth_a_look() -> None:
    result = CliRunner().invoke(command_line, ["validate", str(FAULTS / "contradictions.yaml")])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[1].startswith("7 judgements: ") or lines[1].count("judgements: ")
    assert lines[2] == "Worth a look (6; none of it is a fault):"
    assert lines[3].startswith("- line 10: preference 2 of North, “not dam”, is the opposite of")
    assert lines[-1] == "No faults."
