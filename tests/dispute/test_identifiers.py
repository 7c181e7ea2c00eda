"""Ids in any script."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.cli import detente as commands
from detente.dispute.errors import DisputeError
from detente.dispute.formula import FormulaError
from detente.dispute.identifiers import is_id, scripts_mixed
from detente.dispute.names import formula_from
from detente.evidence.lint import lint
from detente.stability.prepared_model import graph_model

# A party, an option, a level and an outcome in one script each.
SCRIPTS = {
    "Korean": ("한국", "제재", "강함", "합의"),
    "Hindi": ("भारत", "प्रतिबंध", "कड़ा", "संधि"),
    "Arabic": ("مصر", "سد", "كبير", "سلام"),
    "Russian": ("Россия", "удар", "сильный", "мир"),
    "French": ("Élysée", "épée", "très", "paix"),
    "Thai": ("ไทย", "คว่ำบาตร", "มาก", "สันติ"),
}


def described(party: str, option: str, level: str, outcome: str) -> dict[str, Any]:
    return {
        "dispute": "Letters",
        "parties": {
            party: {
                "options": {option: {"levels": ["no", level]}, "x": "X"},
                "preferences": [f"{option} = {level}", "x"],
            },
            "b": {"options": {"y": "Y"}, "preferences": [f"y if {outcome}"]},
        },
        "outcomes": {outcome: f"{party}.{option} and not b.y"},
        "status_quo": {f"{party}.{option}": level},
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_ids_are_read_in_formulas_questions_and_commands(script: str, tmp_path: Path) -> None:
    party, option, level, outcome = SCRIPTS[script]
    document = described(*SCRIPTS[script])
    dispute = detente.build_dispute(document)
    assert dispute.options[0].key == f"{party}.{option}"
    found = detente.analyse(dispute, ["Nash"])
    assert found.levels(1)[f"{party}.{option}"] == "no"
    assert detente.ask(dispute, f"where {outcome}: stable for {party}").parts
    # As some keyboards write it: letters and marks apart.
    apart = unicodedata.normalize("NFD", f"{party}.{option} = {level}")
    assert (
        formula_from(dispute, apart).expression
        == formula_from(dispute, f"{party}.{option} = {level}").expression
    )
    path = tmp_path / "letters.json"
    path.write_text(__import__("json").dumps(document), encoding="utf-8")
    for words in (
        ["analyse", str(path)],
        ["explain", str(path), "--party", party, "--state", "status_quo"],
        ["ask", str(path), f"may reach {outcome}"],
        ["paths", str(path), "--to", outcome],
    ):
        result = CliRunner().invoke(commands, words)
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("text", "offset", "word"),
    [("한국.제재∧b.y", 5, "and"), ("한국.제재→b.y", 5, "if"), ("한국.제재…", 5, None)],
)
def test_what_no_name_has_is_told_where_it_stands(text: str, offset: int, word: str | None) -> None:
    dispute = detente.build_dispute(described(*SCRIPTS["Korean"]))
    with pytest.raises(FormulaError) as raised:
        formula_from(dispute, text)
    assert raised.value.offset == offset
    assert "has no meaning in a formula" in raised.value.message
    assert (f"write '{word}'" in raised.value.message) is (word is not None)


@given(st.text(max_size=4))
def test_an_id_is_an_identifier_in_normal_form(text: str) -> None:
    expected = (
        text.isidentifier()
        and not text.startswith("_")
        and unicodedata.normalize("NFC", text) == text
    )
    assert is_id(text) == expected
    document = {"dispute": "T", "parties": {text: {"options": {"x": "X"}}}}
    if expected and text not in ("if", "or"):
        dispute = detente.build_dispute(document)
        assert formula_from(dispute, f"not {text}.x").text
    elif not expected:
        with pytest.raises(DisputeError):
            detente.build_dispute(document)


def test_letters_that_look_alike_are_told() -> None:
    assert scripts_mixed("сhina") == ("Latin", "Cyrillic")
    assert scripts_mixed("china") == scripts_mixed("Россия") == scripts_mixed("한국x") == ()
    dispute = detente.build_dispute({"dispute": "T", "parties": {"сhina": {"options": {"x": "X"}}}})
    told = [one for one in lint(graph_model(dispute)) if one.kind == "mixed-scripts"]
    assert [one.about for one in told] == ["party сhina", "option сhina.x"]
