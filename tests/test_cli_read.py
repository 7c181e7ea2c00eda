"""`detente read`, `detente cite`, and parties by name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from detente.cli import detente
from detente.dispute.errors import DisputeError
from detente.dispute.names import outcome_named, party_number
from detente.files.dispute_file import load_text
from detente.files.loading import load

TEXT = (
    "Toll\n\nPeru rejects the toll. Chile offers a lower toll.\n\n"
    "If Chile lowers the toll, Lima will open\nthe port.\n"
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "toll.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(detente, [str(one) for one in arguments])


def test_json_has_each_passage_letter_for_letter(report: Path) -> None:
    result = run("read", report, "--format", "json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads(run("schema", "reading").stdout))
    assert {entry["kind"] for entry in document["proposals"]} >= {"party", "stance", "condition"}
    for entry in document["proposals"]:
        assert entry["quote"] in TEXT
        assert entry["at"]["paragraph"] >= 1
        assert entry["at"]["sentence"] >= 1
    stance = next(entry for entry in document["proposals"] if entry["kind"] == "stance")
    assert stance["parties"] == ["Peru"]
    assert stance["direction"] == "against"
    assert stance["at"] == {"paragraph": 2, "sentence": 1}


def test_the_table_says_that_nothing_is_decided(report: Path) -> None:
    result = run("read", report)
    assert result.exit_code == 0
    assert "nothing is decided" in result.stdout
    assert "against: the toll" in result.stdout


def test_yaml_is_a_dispute_file_with_blanks(report: Path, tmp_path: Path) -> None:
    output = tmp_path / "toll.yaml"
    result = run("read", report, "--format", "yaml", "--output", output)
    assert result.exit_code == 0
    text = output.read_text(encoding="utf-8")
    assert "at: {paragraph: 2, sentence: 1}" in text
    assert run("validate", output).exit_code in (0, 1, 2)
    filled = text.replace('"yes"', "yes").replace("___", "true")
    assert load_text(filled).parties[0].name == "Peru"


def test_into_a_case_parties_are_named_as_there(report: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "dispute: Toll  # mine\nparties:\n  coast: {name: The coast, aliases: [Peru]}\n",
        encoding="utf-8",
    )
    result = run("read", report, "--into", case, "--format", "json")
    parties = {entry["parties"][0] for entry in json.loads(result.stdout)["proposals"]}
    assert "The coast" in parties
    assert "Peru" not in parties
    merged = run("read", report, "--into", case, "--format", "yaml").stdout
    assert "# mine" in merged
    assert "aliases: [Peru]" in merged
    assert case.read_text(encoding="utf-8").startswith("dispute: Toll  # mine\nparties:\n  coast")
    refused = run("read", report, "--into", case, "--format", "yaml", "--output", case)
    assert refused.exit_code == 2


def test_several_reports_are_joined(report: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    body = (
        "<p>Peruvian officials reject the toll because the port belongs to their country.</p>" * 3
    )
    other.write_text(f"<html><body><article>{body}</article></body></html>", encoding="utf-8")
    document = json.loads(run("read", report, other, "--format", "json").stdout)
    assert [text["id"] for text in document["texts"]] == ["toll", "other"]
    held = [entry for entry in document["proposals"] if entry["source"] == "other"]
    assert {tuple(entry["parties"][:1]) for entry in held if entry["kind"] == "stance"} == {
        ("Peru",)
    }
    assert not [entry for entry in held if entry["kind"] == "party"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read", "missing.txt"], "there is no file missing.txt"),
        (["read", "REPORT", "--reader", "rulez"], "did you mean 'rules'"),
        (["cite", "REPORT", "the bridge of gold"], "the text has no 'the bridge of gold'"),
        (["cite", "missing.pdf", "toll"], "there is no file missing.pdf"),
        (["cite", "articel", "toll", "--case", "korea-2017"], "did you mean 'article'"),
        (["cite", "article", "toll", "--case", "korea-2017"], "is not at hand"),
    ],
)
def test_mistakes_are_told(report: Path, arguments: list[str], message: str) -> None:
    result = run(*(report if one == "REPORT" else one for one in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_cite_tells_the_place(report: Path) -> None:
    result = run("cite", report, "Lima will open the port")
    assert result.stdout.splitlines() == [
        "at: {paragraph: 3, sentence: 1}",
        "  If Chile lowers the toll, Lima will open the port.",
    ]
    document = json.loads(run("cite", report, "toll", "--format", "json").stdout)
    assert [one["at"]["paragraph"] for one in document["found"]] == [2, 2, 3]


def test_cite_takes_the_source_of_a_case(report: Path) -> None:
    case = report.with_name("case.yaml")
    case.write_text(
        "dispute: Toll\nsources: [{id: t, title: Toll, path: toll.txt}]\nparties: {a: {}}\n",
        encoding="utf-8",
    )
    assert "paragraph: 2" in run("cite", "t", "lower toll", "--case", case).stdout


def test_names_are_matched_to_ids() -> None:
    korea = load("korea-2017")
    assert party_number(korea, "North  korea") == party_number(korea, "dprk")
    assert outcome_named(korea, "dual freeze").id == "freeze"
    with pytest.raises(DisputeError, match="there is no party 'Nort'"):
        party_number(korea, "Nort")
    twins = load_text(
        "dispute: d\nparties:\n  a: {name: Port, aliases: [Quay]}\n  b: {name: Port}\n"
    )
    assert party_number(twins, "quay") == 0
    with pytest.raises(DisputeError, match="several are called 'port'"):
        party_number(twins, "port")


def test_validate_tells_what_nothing_rests_on_and_what_has_moved(report: Path) -> None:
    case = report.with_name("case.yaml")
    case.write_text(
        "dispute: Toll\nsources:\n  - {id: t, title: Toll, path: toll.txt, sha256: "
        f"{hashlib.sha256(TEXT.encode()).hexdigest()}}}\n"
        "parties:\n  peru:\n    options:\n      pay:\n        source:\n"
        "          - {id: t, at: {paragraph: 2, sentence: 1}, quote: rejects the toll}\n"
        "          - {id: t, at: {paragraph: 3, sentence: 1}, quote: open the port}\n",
        encoding="utf-8",
    )
    result = run("validate", case, "--uncited")
    assert result.exit_code == 0, result.output
    assert "judgements rest on 2 of the 4 sentences of 't'" in result.stdout
    assert "  paragraph 2, sentence 2: Chile offers a lower toll." in result.stdout
    report.write_text(f"News\n\n{TEXT}".replace("Lima will open\nthe port", "all is open"))
    result = run("validate", case)
    assert result.exit_code == 1
    assert (
        "the text of 't' has changed: of 2 citations, 0 stand where they stood, 1 elsewhere, and 1 "
        "are not found again"
    ) in " ".join(result.stdout.split())
    where = "remark: parties.peru.options.pay.source"
    assert f"{where}[0]: its passage stands at paragraph 3, sentence 1 now" in result.stdout
    assert f"{where}[1]: its passage is gone" in result.stdout


def test_a_source_may_be_a_document(report: Path) -> None:
    from docx import Document

    file = Document()
    for paragraph in TEXT.strip().split("\n\n"):
        file.add_paragraph(" ".join(paragraph.split()))
    file.save(str(report.with_name("toll.docx")))
    case = report.with_name("case.yaml")
    case.write_text(
        "dispute: Toll\nsources: [{id: t, title: Toll, path: toll.docx}]\nparties:\n  peru:\n"
        "    source: {id: t, at: {paragraph: 2, sentence: 1}, quote: rejects the toll}\n",
        encoding="utf-8",
    )
    result = run("validate", case)
    assert result.exit_code == 0, result.output
    assert "text:  Peru rejects the toll." in result.stdout
