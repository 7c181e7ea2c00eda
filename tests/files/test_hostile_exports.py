"""A file whose every text is an attack, written in every format that commands write."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import Dispute
from detente.report.write import make_report, report_bytes
from hostile import ATTACKS, hostile_text

# A machine without a font for some letters says so; the pictures have boxes for them then.
_NO_FONT = "ignore::detente.report.plots.letters.MissingLettersWarning"
pytestmark = pytest.mark.filterwarnings(_NO_FONT)

# All attacks are tried with the slow tests, the one that broke pictures always.
_ATTACKS = [
    pytest.param(attack, id=str(number), marks=[] if number == 6 else pytest.mark.long)
    for number, attack in enumerate(ATTACKS)
]


@pytest.fixture(params=_ATTACKS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "hostile.yaml"
    path.write_text(hostile_text(request.param), "utf-8")
    return path


def run(*words: object) -> str:
    result = CliRunner().invoke(command_line, [*map(str, words)])
    assert result.exit_code == 0, result.output
    return result.stdout


def texts(dispute: Dispute) -> list[str]:
    return [
        dispute.title,
        *(party.name for party in dispute.parties),
        *(option.name for option in dispute.options),
    ]


def test_every_format_of_convert(case: Path, tmp_path: Path) -> None:
    wanted = texts(detente.load(str(case)))
    for form in ("yaml", "nfg", "efg", "dot", "gexf"):
        out = tmp_path / f"out.{form}"
        run("convert", case, out)
        assert out.stat().st_size
    assert texts(detente.load(str(tmp_path / "out.yaml"))) == wanted
    # An option with three levels has no place in a .gmcr file; without it, names stay names.
    document = YAML(typ="safe").load(case.read_text("utf-8"))
    for key in ("constraints", "packages", "status_quo", "history", "outcomes", "roadmaps"):
        document.pop(key)
    for key in ("formats", "issues", "claims"):
        document.pop(key)
    document["parties"]["south"]["options"]["patrol"].pop("levels")
    for party in document["parties"].values():
        party["preferences"] = ["north.patrol"]
        party.pop("perceives", None)
        party.pop("unseen", None)
    two = tmp_path / "two.yaml"
    with two.open("w", encoding="utf-8") as file:
        YAML().dump(document, file)
    run("convert", two, tmp_path / "out.gmcr")
    back = detente.load(str(tmp_path / "out.gmcr"))
    # White space in a name becomes one space, as docs/how-to/gmcr-files.md says.
    known = {" ".join(text.split()) for text in wanted}
    assert {option.name for option in back.options} <= known


def test_every_table_and_document(case: Path, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(run("analyse", case, "--format", "csv"))))
    assert len({len(row) for row in rows}) == 1
    for name in ("analyse", "formats", "hypergame"):
        said = json.loads(run(name, case, "--format", "json"))
        assert said["schema"].startswith("detente/")
    # With its pictures: names had once been read as formulas there.
    report = make_report(detente.analyse(detente.load(str(case)), ["SEQ"]))
    for form in ("md", "html", "docx"):
        assert report_bytes(report, form)


@pytest.mark.parametrize("attack", _ATTACKS)
def test_pictures_in_pixels_and_in_pdf(attack: str, tmp_path: Path) -> None:
    case = tmp_path / "hostile.yaml"
    case.write_text(hostile_text(attack), "utf-8")
    for name in ("picture.png", "picture.pdf"):
        run("formats", case, "--picture", tmp_path / name)
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    (page,) = pypdf.PdfReader(tmp_path / "picture.pdf").pages
    # Nothing in it is an address or a script.
    assert not page["/Annots"].get_object()
