"""The envoy from the command line: words, documents, a picture, and what one party may see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import detente
from detente.cli import detente as cli
from detente.cli.exit_codes import BAD_INPUT
from detente.workbench.declared_tasks import analysis_shown


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(cli, ["envoy", *arguments])


@pytest.fixture(scope="module")
def told() -> str:
    result = run("korea-2017", "--roadmap", "russia_2017")
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_the_answer_is_a_sentence_first(told: str) -> None:
    assert told.startswith("1 instrument will do for “Russia's plan in stages” to hold: ")
    assert "North Korea and United States have to promise at the same moment." in told
    assert "As it is, the roadmap breaks at stage 3" in told
    assert "verified by a new check" in told


def test_the_document_is_as_its_schema_says() -> None:
    schema = json.loads(CliRunner().invoke(cli, ["schema", "envoy"]).stdout)
    arguments = ("korea-2017", "--to", "freeze", "--grit", "--by", "russia", "--format", "json")
    found = json.loads(run(*arguments).stdout)
    assert list(Draft202012Validator(schema).iter_errors(found)) == []
    assert found["by"] == "russia"
    assert found["graduated"]["holds"] is True
    assert found["sets"][0]["visits"]


def test_the_picture_says_in_words_what_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "shuttle.svg"
    result = run("korea-2017", "--roadmap", "russia_2017", "--picture", str(path))
    assert result.exit_code == 0, result.output
    assert "Visit 3: North Korea" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("korea-2017",),
        ("korea-2017", "--roadmap", "none"),
        ("korea-2017", "--roadmap", "russia_2017", "--for-party", "nobody"),
        ("korea-2017", "--roadmap", "russia_2017", "--for-party", "us", "--picture", "x.svg"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == BAD_INPUT
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


# Confidential preferences ------------------------------------------------------------------------

CASE = """\
dispute: Two sides of a river
parties:
  east:
    name: East
    options: {arm: Arm}
    preferences: ["arm if west.arm", "not west.arm", "arm"]
  west:
    name: West
    options: {arm: Arm, trade: Trade}
    preferences_from: west-secret.yaml
packages:
  freeze: {parties: [east, west], set: {east.arm: no, west.arm: no}}
status_quo: {east.arm: yes, west.arm: yes}
roadmaps:
  plan: [{stage: Neither arms, package: freeze}]
"""

# Both lead to the same promises: what they say of trade, and how strongly, differs.
ONE_SECRET = """\
preferences: ["arm if east.arm", "not east.arm", "arm", "trade"]
"""
OTHER_SECRET = """\
preferences:
  - {prefer: "not east.arm", confidence: 0.3, judgement: true, because: It fears for its harvest.}
  - "arm"
  - "not trade"
"""


def secret_case(folder: Path, secret: str | None) -> Path:
    folder.mkdir()
    path = folder / "case.yaml"
    path.write_text(CASE)
    if secret is not None:
        (folder / "west-secret.yaml").write_text(secret)
    return path


def arguments_of(path: Path, *more: str) -> tuple[str, ...]:
    return (str(path), "--roadmap", "plan", "--concept", "Nash", *more)


def test_secrets_that_lead_to_the_same_promises_show_others_the_same(tmp_path: Path) -> None:
    cases = [
        secret_case(tmp_path / str(number), secret)
        for number, secret in enumerate((ONE_SECRET, OTHER_SECRET))
    ]
    sets = [
        json.loads(run(*arguments_of(path, "--format", "json")).stdout)["sets"] for path in cases
    ]
    promised = [[one["words"] for one in found[0]["instruments"]] for found in sets]
    assert promised[0] == promised[1]
    # The secrets do differ in what follows from them, for the mediator.
    assert len({run(*arguments_of(path)).stdout for path in cases}) == 2
    shown = [run(*arguments_of(path, "--for-party", "east")).stdout_bytes for path in cases]
    assert shown[0] == shown[1]
    assert b"harvest" not in shown[0]
    documents = [
        run(*arguments_of(path, "--for-party", "east", "--format", "json")).stdout_bytes
        for path in cases
    ]
    assert documents[0] == documents[1]
    # West sees by its own preferences, which differ.
    own = [run(*arguments_of(path, "--for-party", "west")).stdout for path in cases]
    assert "By its own order of preferences West ranks" in own[0]


def test_the_page_shows_a_map_to_the_mediator_and_to_no_party(tmp_path: Path) -> None:
    path = secret_case(tmp_path / "1", ONE_SECRET)
    case = detente.load(path)
    kinds = []
    for more in ({}, {"for_party": "east"}):
        asked = {"roadmap": "plan", "concept": "Nash", **more}
        shown = analysis_shown(lambda *_: case, path.read_text(), "envoy", asked)
        kinds.append([block["kind"] for block in shown["blocks"]])
    assert kinds[0].count("illustration") == 1
    assert "illustration" not in kinds[1]
    assert kinds[1]


def test_a_missing_secret_is_told(tmp_path: Path) -> None:
    result = run(*arguments_of(secret_case(tmp_path / "case", None)))
    assert result.exit_code == BAD_INPUT
    assert "west-secret.yaml" in result.output
    assert "confidential" in result.output


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ('preferences: ["arm if esst.arm"]\n', "west-secret.yaml:1:"),
        ("preferences: [arm]\nparties: {}\n", "the key 'parties' is not known here"),
        ("[arm]\n", "west-secret.yaml"),
        ("statements: [arm]\n", "west-secret.yaml"),
    ],
)
def test_a_fault_in_a_secret_is_told_without_its_text(
    tmp_path: Path, secret: str, told: str
) -> None:
    result = run(*arguments_of(secret_case(tmp_path / "case", secret)))
    assert result.exit_code == BAD_INPUT
    assert told in result.output
    assert "arm if" not in result.output


@pytest.mark.parametrize("name", ["../west-secret.yaml", "/etc/passwd", "sub/x.yaml", "secret"])
def test_a_secret_stands_beside_the_case(tmp_path: Path, name: str) -> None:
    path = secret_case(tmp_path / "case", ONE_SECRET)
    path.write_text(CASE.replace("west-secret.yaml", name))
    result = run(*arguments_of(path))
    assert result.exit_code == BAD_INPUT
    assert "beside the dispute file" in result.output
