"""The command line, from outside: what it prints, writes, and exits with."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import jsonschema
import polars as pl
import pytest
from click.testing import CliRunner, Result

import detente as library
from detente.cli import detente
from detente.cli.commands import analyse as analyse_module
from detente.stability.concept_registry import all_concepts

PRISONERS = """\
dispute: Prisoner's Dilemma, once more
parties:
  a:
    name: First
    options: {confess: Confess}
    preferences: ["not b.confess", confess]
  b:
    name: Second
    options: {confess: Confess}
    preferences: ["not a.confess", confess]
outcomes:
  silence: {when: "not a.confess and not b.confess", name: Silence}
status_quo: {}
"""

SCHEMAS = ("dispute", "analysis", "explanation")


def run(*arguments: object, columns: int = 80) -> Result:
    return CliRunner().invoke(
        detente, [str(argument) for argument in arguments], env={"COLUMNS": str(columns)}
    )


def good(*arguments: object, columns: int = 80) -> str:
    result = run(*arguments, columns=columns)
    assert result.exit_code == 0, result.output
    return result.stdout


def bad(*arguments: object) -> str:
    """What stderr says of bad input."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()
    return result.stderr


@pytest.fixture
def prisoners(tmp_path: Path) -> Path:
    path = tmp_path / "prisoners.yaml"
    path.write_text(PRISONERS, encoding="utf-8")
    return path


def schema(name: str) -> dict[str, object]:
    document = json.loads(good("schema", name))
    assert isinstance(document, dict)
    return document


def listed(text: str, label: str) -> str:
    """The row of a table that starts with a label, without the label."""
    rows = [line.strip() for line in text.splitlines()]
    return next(row[len(label) :].strip() for row in rows if row.startswith(label + " "))


# analyse -----------------------------------------------------------------------------------


def test_table_in_option_form(prisoners: Path) -> None:
    text = good("analyse", prisoners, "--concepts", "Nash,SEQ", "--full")
    before, after = text.split("Equilibria in option form:")
    after, options = after.split("Parties and options:")
    assert listed(options, "First") == "a"
    assert "2 parties, 2 options, 4 feasible states. Concepts: Nash, SEQ." in before
    assert "The status quo is state 1 (Silence)." in before
    assert listed(before, "Silence") == "0    1"
    assert listed(before, "All equilibria") == "1    2"
    states, nash = (
        next(row for row in after.splitlines() if word in row) for word in ("State", "  Nash")
    )
    # The one Nash equilibrium is state 4, in which both confess.
    assert states.split() == ["State", "1", "4"]
    assert nash.index("✓") == states.index("4")
    assert [row.split() for row in after.splitlines() if "Confess" in row] == [
        ["Confess", "N", "Y"],
        ["Confess", "N", "Y"],
    ]


def test_stability_at_the_status_quo(prisoners: Path) -> None:
    text = good("analyse", prisoners, "--concepts", "Nash,GMR", "--state", "status_quo")
    assert "state 1 (the status quo)" in text
    assert "Outcomes: Silence." in text
    assert listed(text, "First").split() == ["3", "of", "4", "✓"]
    only = good("analyse", prisoners, "--state", "1", "--party", "a")
    assert "Second  " not in only.split("Ranks")[1]


def test_party_view_lists_its_stable_states_best_first(prisoners: Path) -> None:
    text = good("analyse", prisoners, "--concepts", "Nash", "--party", "a")
    assert listed(text, "State").split() == ["2", "4"]
    assert listed(text, "Rank").split() == ["4", "2"]


def test_usual_concepts_depend_on_size(prisoners: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SSEQ, SIM, L2, NM." in " ".join(good("analyse", prisoners).split())
    # One state less than the dispute has.
    lowered = [
        dataclasses.replace(one, quick=(("NM", 3),)) if one.name == "NM" else one
        for one in all_concepts()
    ]
    monkeypatch.setattr(analyse_module, "all_concepts", lambda: lowered)
    text = " ".join(good("analyse", prisoners).split())
    assert "SSEQ, SIM, L2." in text
    assert (
        "NM was not computed, because that is slow with 4 states and 2 parties. "
        "--concepts NM asks for them." in text
    )


def test_all_concepts_and_repeated_ones(prisoners: Path) -> None:
    everything = json.loads(good("analyse", prisoners, "-c", "all", "--format", "json"))
    expected = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM", "L2", "L3", "NM"]
    assert everything["concepts"] == expected
    some = json.loads(
        good("analyse", prisoners, "-c", "seq, r", "-c", "SEQ,l4", "--format", "json")
    )
    assert some["concepts"] == ["SEQ", "Nash", "L4"]


def test_limit_says_what_is_left_out(prisoners: Path) -> None:
    text = " ".join(good("analyse", prisoners, "--limit", 1).split())
    # State 4 is an equilibrium under one concept more than state 1.
    assert "1 of 2 states, those that are equilibria under most concepts; 1 left out" in text
    assert "State 4 ─" in text


def test_wide_results_are_wrapped(tmp_path: Path) -> None:
    # Nobody prefers anything, so all 64 states are equilibria.
    options = ", ".join(f"o{n}: Option {n}" for n in range(6))
    path = tmp_path / "wide.yaml"
    path.write_text(f"dispute: Wide\nparties: {{a: {{name: A, options: {{{options}}}}}}}\n")
    text = good("analyse", path, "--limit", 64, columns=60)
    assert max(map(len, text.splitlines())) <= 60
    headers = [line.split()[1:] for line in text.splitlines() if line.startswith("State ")]
    assert len(headers) > 2
    assert [int(n) for header in headers for n in header] == list(range(1, 65))


def test_json_agrees_with_the_library(prisoners: Path) -> None:
    document = json.loads(good("analyse", prisoners, "--format", "json"))
    jsonschema.validate(document, schema("analysis"))
    analysis = library.analyse(library.load(prisoners))
    assert document["state_count"] == 4
    assert document["status_quo"] == 1
    assert document["equilibria"]["Nash"] == [4]
    assert "states_left_out" not in document
    for state in document["states"]:
        number = state["id"]
        assert state["options"] == analysis.levels(number)
        assert state["ranks"] == {p: int(analysis.ranks(p)[number - 1]) for p in ("a", "b")}
        assert state["outcomes"] == [outcome.id for outcome in analysis.outcomes(number)]
        for concept in analysis.concepts:
            assert state["stable"][concept] == list(analysis.stable_parties(concept, number))


def test_json_of_fewer_states_says_so(prisoners: Path) -> None:
    for arguments, numbers in ((("--limit", 3), [1, 2, 3]), (("--state", 2), [2])):
        document = json.loads(good("analyse", prisoners, "--format", "json", *arguments))
        jsonschema.validate(document, schema("analysis"))
        assert [state["id"] for state in document["states"]] == numbers
        assert document["states_left_out"] == 4 - len(numbers)


def test_csv_parquet_and_arrow_hold_every_state(prisoners: Path, tmp_path: Path) -> None:
    rows = list(csv.DictReader(good("analyse", prisoners, "--format", "csv").splitlines()))
    assert [row["Nash"] for row in rows] == ["false", "false", "false", "true"]
    assert [row["a.confess"] for row in rows] == ["no", "yes", "no", "yes"]
    parquet = tmp_path / "states.parquet"
    assert good("analyse", prisoners, "--output", parquet) == ""
    assert pl.read_parquet(parquet)["state"].to_list() == [1, 2, 3, 4]
    arrow = tmp_path / "states.arrow"
    assert good("analyse", prisoners, "--output", arrow, "--state", 3) == ""
    assert pl.read_ipc(arrow)["state"].to_list() == [3]
    fewer = run("analyse", prisoners, "--format", "csv", "--limit", 1)
    assert len(fewer.stdout.splitlines()) == 2
    assert "3 of 4 states left out" in fewer.stderr


def test_coalesced_states_in_every_format(tmp_path: Path) -> None:
    document = json.loads(good("analyse", "elmira", "--format", "json"))
    assert document["states"][-1]["options"]["moe.modify"] is None
    good("analyse", "elmira", "-o", tmp_path / "elmira.csv")
    last = list(csv.DictReader((tmp_path / "elmira.csv").read_text().splitlines()))[-1]
    assert last["moe.modify"] == ""
    assert "–" in good("analyse", "elmira", "--state", 9)


def test_format_follows_the_output_file(prisoners: Path, tmp_path: Path) -> None:
    good("analyse", prisoners, "-o", tmp_path / "a.json")
    good("analyse", prisoners, "-o", tmp_path / "a.txt")
    assert json.loads((tmp_path / "a.json").read_text())["state_count"] == 4
    assert "Equilibria in option form" in (tmp_path / "a.txt").read_text()


@pytest.mark.parametrize("name", library.list_cases())
def test_every_case_is_analysed(name: str) -> None:
    assert "feasible states" in good("analyse", name, "--limit", 3)


# Files -------------------------------------------------------------------------------------


def test_output_is_written_whole_or_not_at_all(
    prisoners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.json"
    target.write_text("older")

    def breaks(*_: object, **__: object) -> object:
        yield "{"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("detente.report.document.document_text", breaks)
    result = run("analyse", prisoners, "-o", target)
    assert result.exit_code == 4
    assert "No space left on device" in result.stderr
    assert target.read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "prisoners.yaml"]


def test_output_has_usual_permissions(prisoners: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    good("analyse", prisoners, "-o", tmp_path / "new.json")
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == stat.S_IMODE(
        plain.stat().st_mode
    )


def test_the_dispute_file_is_not_overwritten(prisoners: Path, tmp_path: Path) -> None:
    assert "dispute file itself" in bad("analyse", prisoners, "-o", prisoners)
    link = tmp_path / "link.yaml"
    link.symlink_to(prisoners)
    assert "dispute file itself" in bad("convert", prisoners, link)
    assert prisoners.read_text() == PRISONERS


# explain -----------------------------------------------------------------------------------


def test_explain_tells_the_sanction_by_option_names(prisoners: Path) -> None:
    text = " ".join(good("explain", prisoners, "--party", "a", "--concept", "SEQ").split())
    assert "State 1 (the status quo) is stable for First under SEQ." in text
    assert "1. First: start “Confess”: to state 2, rank 3 → 4." in text
    assert "Deterred: others can answer by improvements of their own." in text
    assert "Second: start “Confess”: to state 4, rank 4 → 2 for First." in text


def test_explain_as_json(prisoners: Path, tmp_path: Path) -> None:
    arguments = ("--party", "b", "--state", 1, "--concept", "SMR", "--format", "json")
    good("explain", prisoners, *arguments, "-o", tmp_path / "why.json")
    document = json.loads((tmp_path / "why.json").read_text())
    jsonschema.validate(document, schema("explanation"))
    assert document["stable"] is True
    (move,) = document["moves"]
    assert move["changes"] == {"b.confess": {"from": "no", "to": "yes"}}
    assert [step["party"] for step in move["path"]] == ["a"]


# validate, cases, convert, schema ----------------------------------------------------------


CITING = (
    PRISONERS
    + """\
sources:
  - {id: paper, title: A paper}
claims:
  - id: told
    ask: 'where a.confess: may reach b.confess'
    says: yes
    source: {id: paper, at: {paragraph: 1, sentence: 2}, says: They are silent.}
"""
)


def test_validate_shows_the_passage_beside_the_judgement(tmp_path: Path) -> None:
    case = tmp_path / "citing.yaml"
    case.write_text(CITING)
    paper = tmp_path / "paper.txt"
    paper.write_text("Two were asked. Neither spoke.")
    text = good("validate", case, "--source", f"paper={paper}")
    assert "text:  Neither spoke." in text
    assert "says:  They are silent." in text
    assert text.endswith("No faults.\n")


def test_validate_finds_faults(tmp_path: Path) -> None:
    case = tmp_path / "citing.yaml"
    case.write_text(CITING)
    paper = tmp_path / "paper.txt"
    paper.write_text("Only one sentence.")
    result = run("validate", case, "--source", f"paper={paper}")
    assert result.exit_code == 1
    assert "fault: " in result.stdout
    assert "claim told" in result.stdout
    assert result.stdout.endswith("1 fault.\n")


def test_validate_finds_a_question_without_meaning(tmp_path: Path) -> None:
    case = tmp_path / "citing.yaml"
    case.write_text(CITING.replace("may reach b.confess", "may reach b.confes"))
    result = run("validate", case)
    assert result.exit_code == 1
    assert f"{case}:" in result.stdout
    assert "claim told: no option or outcome is called 'b.confes'" in result.stdout
    assert "did you mean 'b.confess'?" in result.stdout


def test_validate_without_the_text_remarks_on_it(tmp_path: Path) -> None:
    case = tmp_path / "citing.yaml"
    case.write_text(CITING)
    text = good("validate", case)
    assert "not at hand" in text
    assert "--all lists them" in text
    assert len(good("validate", case, "--all")) > len(text)


def test_validate_builds_the_states(tmp_path: Path) -> None:
    case = tmp_path / "infeasible.yaml"
    case.write_text(PRISONERS + 'constraints: [{never: "not a.confess"}]\n')
    message = bad("validate", case)
    assert "infeasible.yaml:" in message
    assert "status" in message


@pytest.mark.parametrize("name", library.list_cases())
def test_every_case_is_valid(name: str) -> None:
    assert good("validate", name).endswith("No faults.\n")


def test_cases_are_listed_with_their_size() -> None:
    assert "prisoners-dilemma: 2 parties, 2 options, 4 states" in good("cases")
    cases = json.loads(good("cases", "--format", "json"))
    assert [case["name"] for case in cases] == list(library.list_cases())
    assert all(case["source"] for case in cases)


def test_convert_there_and_back(prisoners: Path, tmp_path: Path) -> None:
    there = good("convert", prisoners, tmp_path / "p.gmcr")
    assert "not carried over: the status quo" in there
    good("convert", tmp_path / "p.gmcr", tmp_path / "back.yaml")
    first = json.loads(good("analyse", prisoners, "--format", "json"))
    second = json.loads(good("analyse", tmp_path / "back.yaml", "--format", "json"))
    assert first["equilibria"] == second["equilibria"]


def test_convert_copies_a_case_with_its_comments(tmp_path: Path) -> None:
    good("convert", "korea-2017", tmp_path / "mine.yaml")
    shipped = library.load("korea-2017").path
    assert shipped is not None
    assert (tmp_path / "mine.yaml").read_bytes() == shipped.read_bytes()


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


# Bad input ---------------------------------------------------------------------------------


def test_bad_input_says_what_is_allowed(prisoners: Path, tmp_path: Path) -> None:
    assert "did you mean 'korea-2017'?" in bad("analyse", "korea-201")
    assert "there is no such file" in bad("analyse", tmp_path / "no.yaml")
    assert "did you mean 'SEQ'?" in bad("analyse", prisoners, "--concepts", "SQE")
    assert "there is no party 'c'" in bad("analyse", prisoners, "--party", "c")
    assert "there is no party 'c'" in bad("explain", prisoners, "--party", "c")
    for state in ("0", "5", "-1", "one", "9" * 400, "²"):
        message = bad("analyse", prisoners, f"--state={state}")
        assert "1 to 4" in message
        assert "status_quo" in message
    assert "needs --output" in bad("analyse", prisoners, "--format", "parquet")
    assert "for tables" in bad("analyse", prisoners, "--format", "json", "--party", "a")
    assert "leave --limit out" in bad(
        "analyse", prisoners, "--state", 1, "--limit", 2, "--format", "json"
    )
    assert "names no concept" in bad("analyse", prisoners, "--concepts", " , ")
    assert "--limit" in bad("analyse", prisoners, "--limit", 0)
    assert "names no status quo" in bad("explain", "chicken", "--party", "first")
    assert "ID=PATH" in bad("validate", prisoners, "--source", "paper")
    assert "there is no source 'paper'" in bad("validate", prisoners, "--source", "paper=x")
    assert "must end in" in bad("convert", prisoners, tmp_path / "p.pdf")
    assert "Did you mean 'analyse'?" in bad("analise", prisoners)
    assert "dispute" in bad("schema", "page")
    assert "cannot be written" in bad("analyse", prisoners, "-o", tmp_path / "no" / "a.json")


def test_a_fault_in_the_file_is_pointed_at(tmp_path: Path) -> None:
    case = tmp_path / "faulty.yaml"
    case.write_text(PRISONERS.replace('"not b.confess", confess', '"not b.confes", confess'))
    message = bad("analyse", case)
    assert f"{case}:6:" in message
    assert "did you mean 'b.confess'?" in message


def test_names_are_not_markup(tmp_path: Path) -> None:
    case = tmp_path / "markup.yaml"
    case.write_text(PRISONERS.replace("name: First", "name: '[bold]First[/bold] :smile:'"))
    assert "[bold]First[/bold] :smile:" in good("analyse", case)


# Faults of our own, interruption, pipes ----------------------------------------------------


def breaking(error: BaseException) -> Callable[..., object]:
    def breaks(*_: object, **__: object) -> object:
        raise error

    return breaks


def test_unexpected_errors_ask_for_a_report(
    prisoners: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.stability.prepared_model.graph_model", breaking(KeyError("x")))
    result = run("analyse", prisoners)
    assert result.exit_code == 70
    assert "Traceback" not in result.stderr
    assert "please report it" in result.stderr
    assert "Traceback" in run("--traceback", "analyse", prisoners).stderr


def test_interruption(prisoners: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "detente.stability.prepared_model.graph_model", breaking(KeyboardInterrupt())
    )
    result = run("analyse", prisoners)
    assert result.exit_code == 130
    assert result.stderr == "interrupted\n"


SCRIPT = [sys.executable, "-c", "from detente.cli import main; main()"]


@pytest.mark.skipif(os.name == "nt", reason="pipes as Unix has them")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_closed_pipe_is_quiet(form: str) -> None:
    process = subprocess.Popen(
        [*SCRIPT, "analyse", "garrison-diversion", "--format", form],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert errors == b""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_letters(prisoners: Path, encoding: str) -> None:
    done = subprocess.run(
        [*SCRIPT, "analyse", str(prisoners)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )
    text = done.stdout.decode("ascii")
    assert "?" not in text
    assert listed(text.split("Equilibria in option form")[1], "Nash").split()[-1] == "x"


# Speed, and what is imported ---------------------------------------------------------------


def loaded_by(code: str) -> set[str]:
    """Names of the modules that are loaded after some code has run."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "code",
    [
        "import detente",
        "from detente.cli import detente; detente.main(['--help'], standalone_mode=False)",
        "from detente.cli import detente\n"
        "detente.main(['analyse', 'korea-2017'], standalone_mode=False)",
        "import detente.analyses.registry as registry, detente.report.write\n"
        "registry.all_analyses()",
    ],
)
def test_heavy_libraries_are_imported_only_where_needed(code: str) -> None:
    heavy = {"numba", "polars", "networkx", "matplotlib", "pyarrow", "pandas"}
    assert not heavy & loaded_by(code)


def test_compiled_code_is_loaded_without_linear_algebra() -> None:
    loaded = loaded_by(
        "from detente.cli import detente;"
        "detente.main(['brief', 'elmira', '--draws', '2'], standalone_mode=False)"
    )
    assert "numba" in loaded
    assert "scipy.linalg" not in loaded


def quickest(command: list[str]) -> float:
    """Least time of three runs, in seconds.

    Processor time, which other work on the machine does not lengthen. On a quiet machine it is
    close to the time that a person waits, as no run here waits for anything or uses two cores.
    """
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


# Python's start with NumPy, and the YAML of the case read by the library alone: some 0.4 s.
READING = """
import sys, numpy
from ruamel.yaml import YAML
with open(sys.argv[1], encoding="utf-8") as file:
    YAML().load(file)
"""


@pytest.mark.long
def test_korea_takes_a_few_times_as_long_as_reading_its_file() -> None:
    # A ratio within one run: how fast the machine is does not matter.
    path = Path(library.__file__).parent / "cases" / "korea-2017.yaml"
    reading = quickest([sys.executable, "-c", READING, str(path)])
    assert quickest([*SCRIPT, "analyse", "korea-2017"]) < 6 * reading


def test_import_takes_less_than_half_a_second() -> None:
    assert quickest([sys.executable, "-c", "import detente"]) < 0.5


# Adding a command --------------------------------------------------------------------------


def test_a_module_in_the_folder_is_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.cli import commands

    (tmp_path / "say_hello.py").write_text(
        "import click\n\n@click.command()\ndef command():\n    click.echo('hello')\n"
    )
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    assert good("say-hello") == "hello\n"


def test_every_command_module_defines_a_command() -> None:
    context = click.Context(detente)
    for name in detente.list_commands(context):
        command = detente.get_command(context, name)
        assert isinstance(command, click.Command)
        assert command.get_short_help_str(), name
        assert command.callback is not None or isinstance(command, click.Group)
