"""`detente new`: a dispute file from nothing, from a shipped case, or from reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cli import detente
from detente.cli.commands import new as new_module
from detente.files.dispute_file import load_text
from detente.files.loading import load
from detente.files.template import NewParty, id_from, template
from detente.stability.analysis import analyse


def run(*arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(detente, [str(one) for one in arguments], input=typed)


def test_a_file_is_written_that_loads(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("Peru rejects the toll.", encoding="utf-8")
    output = tmp_path / "toll.yaml"
    result = run(
        "new", output, "--title", "Toll", "--party", "Peru: close the port; Lower the toll",
        "--party", "Chile", "--source", report,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    dispute = load(output)
    assert dispute.title == "Toll"
    assert [option.key for option in dispute.options] == [
        "peru.close_the_port",
        "peru.lower_the_toll",
    ]
    assert dispute.sources[0].path == Path("report.txt")
    assert run("validate", output).exit_code == 0
    analyse(dispute)
    assert "preferences: []" in output.read_text(encoding="utf-8")


def test_a_file_that_exists_is_never_written_over(tmp_path: Path) -> None:
    output = tmp_path / "toll.yaml"
    output.write_text("mine", encoding="utf-8")
    result = run("new", output, "--from", "elmira")
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert output.read_text(encoding="utf-8") == "mine"


def test_a_shipped_case_is_copied(tmp_path: Path) -> None:
    output = tmp_path / "mine.yaml"
    assert run("new", output, "--from", "elmira").exit_code == 0
    assert load(output) == load("elmira")
    assert "did you mean 'elmira'" in run("new", tmp_path / "b.yaml", "--from", "elmirra").stderr
    assert run("new", tmp_path / "c.yaml", "--from", "elmira", "--title", "x").exit_code == 2


def test_what_reports_propose_is_entered(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text(
        "Toll\n\nChile could lower the toll. Peru rejects the toll of Chile.\n", encoding="utf-8"
    )
    output = tmp_path / "toll.yaml"
    result = run("new", output, "--source", report, "--read", "--party", "Peru: close the port")
    assert result.exit_code == 0, result.output
    assert "proposals were read" in result.output
    dispute = load(output)
    assert [party.name for party in dispute.parties] == ["Peru", "Chile"]
    assert [one.quote for one in dispute.parties[0].basis.citations] == ["Peru"]
    (statement,) = dispute.parties[0].preferences.statements  # type: ignore[union-attr]
    # Whoever rejects the toll is for lowering it.
    assert statement.formula.text == "chile.lower_toll"
    assert statement.basis.citations[0].quote == "Peru rejects the toll of Chile."
    assert run("validate", output).exit_code == 0
    assert run("new", tmp_path / "b.yaml", "--read").exit_code == 2


def test_what_is_not_given_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    class System:
        stdin = Terminal()

    monkeypatch.setattr(new_module, "sys", System)
    output = tmp_path / "toll.yaml"
    typed = "Toll\nPeru\nChile\n\nClose the port\n\nLower the toll\nLeave\n\n\n"
    result = run("new", output, typed=typed)
    assert result.exit_code == 0, result.output
    dispute = load(output)
    assert [party.name for party in dispute.parties] == ["Peru", "Chile"]
    assert [len(party.options) for party in dispute.parties] == [1, 2]


def test_the_standard_output_gets_the_file_alone() -> None:
    result = run("new", "-", "--title", "Toll", "--party", "Peru: wait")
    assert load_text(result.stdout).title == "Toll"


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1
)


@settings(max_examples=2 * settings().max_examples)
@given(NAMES, st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), min_size=1, max_size=3))
def test_any_names_make_a_file_that_loads(title: str, parties: list[tuple[str, list[str]]]) -> None:
    made = template(title, [NewParty(name, tuple(options)) for name, options in parties])
    dispute = load_text(made)
    assert dispute.title == title
    assert [party.name for party in dispute.parties] == [name for name, _ in parties]
    assert [option.name for option in dispute.options] == [
        option for _, options in parties for option in options
    ]


def test_ids_are_made_of_names() -> None:
    assert id_from("Côte d’Ivoire", ()) == "cote_divoire"
    assert id_from("not", ()) == "x_not"
    assert id_from("6-party talks", ()) == "x_6_party_talks"
    assert id_from("한국", ["entry"]) == "entry_2"
    assert id_from("Close the port now", ["close_the_port"], most_words=3) == "close_the_port_2"
