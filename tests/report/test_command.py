"""``detente report`` from outside."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detente.cli import detente


def run(*arguments: object) -> Result:
    return CliRunner().invoke(detente, ["report", *map(str, arguments)])


@pytest.mark.parametrize(("name", "start"), [("r.html", b"<!DOCTYPE html>"), ("r.docx", b"PK")])
def test_the_name_tells_the_format(tmp_path: Path, name: str, start: bytes) -> None:
    result = run("chicken", "-o", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert (tmp_path / name).read_bytes().startswith(start)


def test_markdown_with_the_concepts_asked_for(tmp_path: Path) -> None:
    result = run("chicken", "-o", tmp_path / "r", "--format", "md", "-c", "Nash", "--concept", "L2")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "r").read_text("utf-8")
    assert "$ detente analyse chicken --concepts Nash,L2" in text
    assert "under L2" in text


def test_packages_as_moves(tmp_path: Path) -> None:
    case = tmp_path / "stop.yaml"
    case.write_text(
        "dispute: Stop\n"
        "parties:\n"
        "  a: {options: {stop: Stop}, preferences: [b.stop, not stop]}\n"
        "  b: {options: {stop: Stop}, preferences: [a.stop, not stop]}\n"
        "packages: {both: {name: Both stop, parties: [a, b], set: {a.stop: yes, b.stop: yes}}}\n"
        "status_quo: {}\n"
    )
    result = run(case, "-o", tmp_path / "r.md", "--packages", "-c", "Nash", "--concept", "Nash")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "Packages count as moves of all their members together: “Both stop”." in text
    assert "Under Nash it is not an equilibrium: it is not stable for a and b." in text
    assert "1. a and b (package “Both stop”): start “Stop” (a); start “Stop” (b)" in text
    # Ranks, to which the section on parties leads, do not depend on packages.
    asked = [
        line for line in text.splitlines() if re.match(r"\$ detente .*--(concept|state)", line)
    ]
    assert {line.split()[2] for line in asked} >= {"analyse", "explain", "report"}
    assert all("--packages" in line for line in asked)
    refused = run(case, "-o", tmp_path / "s.md", "--packages", "--concept", "L2")
    assert refused.exit_code == 2
    assert "L2 is not defined with packages" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chicken"], "--output report.html"),
        (["chicken", "-o", "{}/r.pdf"], "html, md, docx"),
        (["chicken", "-o", "{}/none/r.html"], "cannot be written"),
        (["chicken", "-o", "{}/r.html", "--concept", "SQE"], "did you mean 'SEQ'"),
        (["chicken", "-o", "{}/r.html", "--source", "article"], "ID=PATH"),
        (["chicken", "-o", "{}/r.html", "--source", "x=y.txt"], "there is no source 'x'"),
        (["chiken", "-o", "{}/r.html"], "chicken"),
    ],
)
def test_bad_input_is_one_message(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(*(word.format(tmp_path) for word in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_dispute_file_is_not_written_over(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("dispute: D\nparties: {}\n", encoding="utf-8")
    result = run(case, "--format", "html", "-o", case)
    assert result.exit_code == 2
    assert "is the dispute file itself" in result.stderr
    assert case.read_text("utf-8").startswith("dispute: D")


def drawn(path: Path, case: str) -> dict[str, Any]:
    arguments = ["robust", case, "-n", "60", "--seed", "3", "--format", "json", "-o", str(path)]
    assert CliRunner().invoke(detente, arguments).exit_code == 0
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def test_robustness_is_shown_if_it_was_computed(tmp_path: Path) -> None:
    content = drawn(tmp_path / "r.json", "elmira")
    result = run("elmira", "-o", tmp_path / "r.md", "--robustness", tmp_path / "r.json")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "60 draws of preferences around those stated, seed 3." in text
    concepts = content["concepts"]
    assert {finding["kind"] for finding in content["findings"]} >= {"state"}
    for finding in content["findings"]:
        if finding["kind"] == "state":
            (row, *_) = re.findall(rf"^\| State {finding['subject']} \| (.*) \|$", text, re.M)
            share = row.split(" | ")[concepts.index(finding["concept"])]
            assert share == f"{finding['share']:.1%}"
    # The command shown draws the same again.
    (command,) = re.findall(r"^\$ detente (robust elmira .*)$", text, re.M)
    again = tmp_path / "again.json"
    arguments = [*command.split(), "--format", "json", "-o", str(again)]
    assert CliRunner().invoke(detente, arguments).exit_code == 0
    assert json.loads(again.read_text("utf-8")) == content


def test_what_is_no_robustness_of_this_dispute_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    for text, message in (("{", "no JSON"), ("{}", "is not what `detente robust")):
        file.write_text(text, encoding="utf-8")
        result = run("chicken", "-o", tmp_path / "r.md", "--robustness", file)
        assert result.exit_code == 2
        assert message in result.stderr
    drawn(file, "stag-hunt")
    result = run("chicken", "-o", tmp_path / "r.md", "--robustness", file)
    assert result.exit_code == 2
    assert "another dispute" in result.stderr
    result = run("chicken", "-o", tmp_path / "r.md", "--robustness", tmp_path / "none.json")
    assert result.exit_code == 2
    assert not (tmp_path / "r.md").exists()
