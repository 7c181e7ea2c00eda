"""Proposals as entries of a dispute file that loads once its blanks are filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente.dispute.dispute import Dispute, Locator
from detente.dispute.errors import DisputeError
from detente.evidence.reading import draft as draft_module
from detente.evidence.reading.blanks import BLANK, blanks
from detente.evidence.reading.draft import Draft, draft, entered
from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.readers import read_reports
from detente.evidence.reading.reports import Report
from detente.evidence.sources import judgements
from detente.files.dispute_file import load_text
from detente.files.yaml_text import editable, written

TEXTS = Path(__file__).parents[3] / "benchmarks" / "reading_texts"
FERRY = """Peru rejects the toll of Chile.

Chile collects a toll. Chile could lower the toll. Peru asks Chile to stop the night patrols.

If Chile lowers the toll, Peru will open the port. Chile wants peace. In May 2019 they met.

Peru would open the port in return for lower tolls from Chile. Trilateral talks of Peru and Chile
are planned. Analysts believe that Chile will wait. The risk of war is low.

The plan would go ahead in two stages.
"""


def report(name: str = "ferry", text: str = FERRY) -> Report:
    return Report(name, Path(f"{name}.txt"), "a" * 64, text)


def filled(document: Any) -> Any:
    """The document with something right in each blank."""
    options = [
        f"{party}.{option}"
        for party, entry in document["parties"].items()
        for option in entry.get("options") or {}
    ]
    everybody = list(document["parties"])

    def fill(value: Any, trail: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {
                (_option_of(document, trail, options) if key == BLANK else key): (
                    "yes" if key == BLANK else fill(inner, (*trail, key))
                )
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [fill(inner, (*trail, number)) for number, inner in enumerate(value)]
        if value != BLANK:
            return value
        if trail[0] in ("packages", "formats"):
            return everybody[0]
        if trail[0] == "history":
            known = document["history"][trail[1]]["source"]["says"]
            return f"{known}-01-01"[: len("2019-05-01")]
        return {"ask": "where true: may reach true", "says": "yes"}.get(trail[-1], "true")

    made = fill(document, ())
    # A package of parties without options has to be removed, or options to be added.
    for name, package in list(made.get("packages", {}).items()):
        if BLANK in package["set"]:
            del made["packages"][name]
    return made


def _option_of(document: Any, trail: tuple[Any, ...], options: list[str]) -> str:
    if trail[0] == "packages":
        members = document["packages"][trail[1]]["parties"]
        return next((one for one in options if one.split(".")[0] in members), BLANK)
    return options[0]


def loaded(document: Any) -> Dispute:
    return load_text(written(filled(document)))


@pytest.fixture(scope="module")
def ferry() -> Any:
    reading = read_reports([report()])
    return draft([report()], reading.proposals, least=0.4)


def test_the_file_loads_once_its_blanks_are_filled(ferry: Any) -> None:
    dispute = loaded(ferry)
    assert [party.name for party in dispute.parties] == ["Peru", "Chile"]
    assert dispute.sources[0].sha256 == "a" * 64
    with pytest.raises(DisputeError):
        load_text(written(ferry))
    assert len(list(blanks(ferry))) == written(ferry).count(BLANK) > 0


@pytest.mark.parametrize("name", ["nile-dam", "cod-war"])
def test_what_is_proposed_from_a_whole_report_loads(name: str) -> None:
    one = report(name.replace("-", "_"), (TEXTS / f"{name}.txt").read_text(encoding="utf-8"))
    made = draft([one], read_reports([one]).proposals, least=0.3)
    dispute = loaded(made)
    assert dispute.options
    assert dispute.roadmaps or name == "cod-war"
    assert dispute.claims
    assert dispute.formats or name == "cod-war"


def test_every_entry_quotes_its_passage(ferry: Any) -> None:
    words = " ".join(FERRY.split())
    cited = [one for _, basis in judgements(loaded(ferry)) for one in basis.citations]
    assert cited
    for citation in cited:
        assert citation.quote in words
        assert citation.at is not None
        assert citation.at.sentence is not None


def test_a_formula_is_written_where_the_options_are_there(ferry: Any) -> None:
    (peru, chile) = ferry["parties"].values()
    texts = [one["prefer"] for one in peru["preferences"]]
    assert "not chile.night_patrols" in texts
    assert "peru.open_port if chile.lower_toll" in texts
    assert BLANK in [one["prefer"] for one in chile["preferences"]]


def test_what_is_to_stop_goes_on_now(ferry: Any) -> None:
    assert ferry["status_quo"]["chile.night_patrols"] == "yes"


def test_who_threatens_to_stop_something_would_stop_what_another_does() -> None:
    text = "Peru has threatened to stop the night patrols. Peru offers to stop its flights.\n"
    (one,) = [report("threat", text)]
    made = draft([one], read_reports([one]).proposals, least=0.3)
    names = {key: value["name"] for key, value in made["parties"]["peru"]["options"].items()}
    assert names["stop_night_patrols"] == "Stop the night patrols"
    assert list(made["status_quo"]) == ["peru.flights"]


def test_the_same_statement_gathers_citations() -> None:
    made = Draft({}, [report()])
    for text, place in (("open the port", 1), ("an open port", 2)):
        made.enter(Proposal("ferry", Locator(4, place), text, "option", ("Peru",), about=text))
    stance = Proposal(
        "ferry", Locator(3, 1), "open the port", "stance", ("Peru",), "for", about="open the port"
    )
    assert made.enter(stance)
    assert not made.enter(stance)
    options = made.document["parties"]["peru"]["options"]
    assert list(options) == ["open_port"]
    assert len(options["open_port"]["source"]) == 2
    (statement,) = made.document["parties"]["peru"]["preferences"]
    assert statement["prefer"] == "peru.open_port"
    assert isinstance(statement["source"], dict)


def test_comments_of_a_file_are_kept_and_its_parties_used() -> None:
    text = (
        "dispute: Toll  # a remark\nparties:\n  pe:\n    name: Peru\n    options:\n"
        "      gate: Open the port\n    preferences: [gate]\n"
    )
    document = editable(text)
    draft([report()], read_reports([report()]).proposals, document, least=0.4)
    made = written(document)
    assert "# a remark" in made
    assert list(document["parties"]) == ["pe", "chile"]
    assert any("pe.gate" in one["prefer"] for one in document["parties"]["pe"]["preferences"][1:])
    loaded(document)


def test_a_proposal_from_elsewhere_is_refused() -> None:
    with pytest.raises(DisputeError, match="no report 'x'"):
        Draft({}, [report()]).enter(Proposal("x", Locator(1, 1), "a", "party", ("Peru",)))


def test_history_is_entered_where_the_file_may_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    met = Proposal("ferry", Locator(3, 3), "they met", "history", ("Peru",), on="2019-05-03")
    vague = Proposal("ferry", Locator(3, 3), "they met", "history", ("Peru",), on="2019-05")
    for properties, count in (({"history": {}}, 2), ({}, 0)):
        whole = {"properties": properties}
        monkeypatch.setattr(draft_module, "schema", lambda whole=whole: whole)
        made = Draft({}, [report()])
        made.enter(met)
        made.enter(vague)
        entries = made.document.get("history", [])
        # The month stands before its days.
        assert [entry["on"] for entry in entries] == [BLANK, "2019-05-03"][:count]


def test_one_proposal_enters_a_file_whose_text_stays() -> None:
    text = "# mine\ndispute: Toll  # and this\nparties:\n  pe: {name: Peru}\n"
    stance = Proposal(
        "ferry", Locator(1, 1), "Peru rejects the toll", "stance", ("Peru",), "against"
    )
    made = entered(text, stance, [report()])
    assert "# mine\ndispute: Toll  # and this\n" in made
    document = editable(made)
    assert document["sources"][0]["sha256"] == "a" * 64
    (statement,) = document["parties"]["pe"]["preferences"]
    assert statement["prefer"] == BLANK
    assert statement["source"]["quote"] == "Peru rejects the toll"
    with pytest.raises(DisputeError, match="not a mapping"):
        entered("- a", stance, [report()])
