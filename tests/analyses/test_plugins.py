"""The plugins of docs/extend, as packages of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path

from example_packages import as_package, detente, python

PAGES = Path(__file__).parents[2] / "docs" / "extend"


def test_one_package_adds_a_concept_and_a_reader(tmp_path: Path) -> None:
    package = as_package(PAGES / "write-a-plugin.md", "enough", tmp_path)
    asked = ("analyse", "prisoners-dilemma", "-c", "Nash,ENOUGH", "--format", "json")
    equilibria = json.loads(detente(package, *asked))["equilibria"]
    # Both have enough where both stay silent, and neither leaves where both confess.
    assert equilibria == {"Nash": [4], "ENOUGH": [1, 4]}
    report = tmp_path / "report.txt"
    report.write_text("Heading\n\nIt rained. Will the toll fall?\n", "utf-8")
    told = detente(package, "read", str(report), "--reader", "questions", "--format", "json")
    assert [one["kind"] for one in json.loads(told)["proposals"]] == ["claim"]


def test_a_form_of_preferences_is_translated(tmp_path: Path) -> None:
    page = PAGES / "add-a-form-of-preferences.md"
    package = as_package(page, "ladder", tmp_path)
    (example,) = re.findall(r"```py\n(.*?)```", page.read_text("utf-8"), re.S)
    told = python(
        package,
        f"{example}\nimport detente\nfound = detente.analyse(ranks)\n"
        "print([found.levels(state) for state in (1, 2, 3, 4)])\n"
        "print(found.ranks('north').tolist())",
    )
    levels, ranks = told.splitlines()
    # Open and paid for is best, then a closed border, then one that is open and not paid for.
    assert levels.count("north.close") == 4
    assert ranks == "[1, 2, 3, 2]"
