"""The API: files with tags, answers as documents, and errors that a program can read."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import polars
import pytest
from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).parent))

from asking import Asking

import detente
from detente.analyses.registry import all_analyses, analysis_named
from detente.files.dispute_file import load_text
from detente.report.document import document
from detente.workbench.api.application import api_application
from detente.workbench.guard import RequestGuard
from detente.workbench.limits import Limits
from detente.workbench.services import Services, case_text, services

ELMIRA = {"case": "elmira"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = services(tmp_path_factory.mktemp("disputes"), Limits(states=2**10))
    yield made
    made.workers.close()


@pytest.fixture
def ask(work: Services) -> Asking:
    for path in work.folder.root.iterdir():
        path.unlink()
    return Asking(RequestGuard(api_application(work), request_bytes=work.limits.request_bytes))


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert found["message"]
    return found


def test_files_are_written_by_tag(ask: Asking, work: Services) -> None:
    place = "/api/v1/disputes/border.yaml"
    problem(ask("GET", place), 404)
    problem(ask("PUT", place, json={"text": "one"}), 428)
    problem(ask("PUT", place, json={"text": "one"}, headers={"if-match": '"0"'}), 404)
    made = ask("PUT", place, json={"text": "one"}, headers={"if-none-match": "*"})
    assert made.status_code == 200
    problem(ask("PUT", place, json={"text": "x"}, headers={"if-none-match": "*"}), 412)
    tag = made.headers["etag"]
    read = ask("GET", place)
    assert (read.json(), read.headers["etag"]) == ({"name": "border.yaml", "text": "one"}, tag)
    assert ask("PUT", place, json={"text": "two"}, headers={"if-match": tag}).status_code == 200
    problem(ask("PUT", place, json={"text": "three"}, headers={"if-match": tag}), 412)
    assert work.folder.read("border.yaml").text == "two"
    listed = ask("GET", "/api/v1/disputes").json()
    assert listed == {"disputes": [{"name": "border.yaml", "title": None}]}


def test_who_looks_only_computes_and_writes_by_no_route(work: Services) -> None:
    application = api_application(work)
    guard = RequestGuard(application, token="t" * 16, looking_token="l" * 16)
    looking = Asking(guard, authorization=f"Bearer {'l' * 16}")
    for path in work.folder.root.iterdir():
        path.unlink()
    tag = work.folder.create("border.yaml", case_text("elmira")).tag
    assert looking("GET", "/api/v1/disputes/border.yaml").headers["etag"] == f'"{tag}"'
    told = looking("POST", "/api/v1/explain", json={"dispute": ELMIRA, "party": "moe", "state": 1})
    assert told.status_code == 200
    refused, let_through = set(), set()
    for path, operations in application.openapi()["paths"].items():
        for method in operations.keys() - {"get"}:
            place = path.replace("{name}", "border.yaml")
            answer = looking(method.upper(), place, json={}, headers={"if-match": tag})
            kind = answer.json().get("kind")
            (refused if kind == "looks-only" else let_through).add((method, path))
    # A route that the API gains stands here too.
    assert refused == {
        ("put", "/api/v1/disputes/{name}"),
        ("delete", "/api/v1/disputes/{name}"),
        ("post", "/api/v1/disputes/{name}/rename"),
    }
    assert all(path.startswith("/api/v1/") and "disputes" not in path for _, path in let_through)
    for path in ("/_nicegui/client/7/upload/3", "/dispute/border.yaml", "/"):
        assert problem(looking("POST", path), 403)["kind"] == "looks-only"
    assert work.folder.read("border.yaml").tag == tag


def test_files_are_renamed_and_deleted_by_tag(ask: Asking, work: Services) -> None:
    place = "/api/v1/disputes/border.yaml"
    tag = ask("PUT", place, json={"text": "one"}, headers={"if-none-match": "*"}).headers["etag"]
    ask("PUT", "/api/v1/disputes/b.yaml", json={"text": "two"}, headers={"if-none-match": "*"})
    problem(ask("POST", f"{place}/rename", json={"to": "b.yaml"}), 412)
    problem(ask("POST", f"{place}/rename", json={"to": "../b.yaml"}), 422)
    named = ask("POST", f"{place}/rename", json={"to": "граница.yaml"})
    assert named.json() == {"name": "граница.yaml"}
    place = "/api/v1/disputes/граница.yaml"
    problem(ask("DELETE", place), 422)
    problem(ask("DELETE", place, headers={"if-match": '"0"'}), 412)
    assert ask("DELETE", place, headers={"if-match": tag}).status_code == 204
    assert work.folder.names() == ("b.yaml",)


@pytest.mark.parametrize(
    "name",
    [
        "..%2Fsecret.yaml",
        "%2e%2e%2fsecret.yaml",
        "..%5Csecret.yaml",
        "%2Fetc%2Fpasswd",
        ".hidden.yaml",
        "secret.yaml%00",
        "a%2Fb.yaml",
        "link.yaml",
        "con.yaml",
    ],
)
def test_nothing_outside_the_folder_is_reached(ask: Asking, work: Services, name: str) -> None:
    outside = work.folder.root.parent / "secret.yaml"
    outside.write_text("secret", "utf-8")
    (work.folder.root / "link.yaml").symlink_to(outside)
    headers = {"if-none-match": "*"}
    for answer in (
        ask("GET", f"/api/v1/disputes/{name}"),
        ask("PUT", f"/api/v1/disputes/{name}", json={"text": "x"}, headers=headers),
        ask("POST", "/api/v1/analyse", json={"dispute": {"file": name}}),
        ask("GET", f"/api/v1/cases/{name}"),
    ):
        assert answer.status_code in (404, 405, 422)
        assert "secret" not in json.dumps(answer.json().get("text", ""))
    assert outside.read_text("utf-8") == "secret"


def test_analysis_and_explanation_are_the_published_documents(ask: Asking) -> None:
    found = ask("POST", "/api/v1/analyse", json={"dispute": ELMIRA, "states": [5, 9]})
    analysis = detente.analyse(detente.load("elmira"))
    assert found.json() == json.loads(json.dumps(document(analysis, [5, 9])))
    told = ask("POST", "/api/v1/explain", json={"dispute": ELMIRA, "party": "moe", "state": 1})
    assert told.json()["schema"] == "detente/explanation/1"
    problem(ask("POST", "/api/v1/analyse", json={"dispute": ELMIRA, "states": [10]}), 422)
    named = ["status_quo", "status_quo + {local.insist: yes}"]
    found = ask("POST", "/api/v1/analyse", json={"dispute": ELMIRA, "states": named})
    assert [state["id"] for state in found.json()["states"]] == [1, 5]
    problem(
        ask("POST", "/api/v1/explain", json={"dispute": ELMIRA, "party": "us", "state": 1}), 422
    )


STOP = """\
dispute: Stop
parties:
  a: {name: A, options: {stop: Stop}, preferences: [b.stop, not stop]}
  b: {name: B, options: {stop: Stop}, preferences: [a.stop, not stop]}
packages: {both: {name: Both stop, parties: [a, b], set: {a.stop: yes, b.stop: yes}}}
status_quo: {}
"""


def test_packages_count_where_asked_for(ask: Asking) -> None:
    dispute = {"text": STOP}
    # Neither stops alone; together both gain.
    for packages, equilibria in ((False, [1]), (True, [])):
        asked = {"dispute": dispute, "concepts": ["Nash"], "packages": packages}
        found = ask("POST", "/api/v1/analyse", json=asked).json()
        assert (found["equilibria"]["Nash"], found.get("packages", False)) == (equilibria, packages)
        state = ask("POST", "/api/v1/state", json={**asked, "state": 1}).json()
        assert (state["stable"]["Nash"] == []) is packages
        table = ask("POST", "/api/v1/table", json={**asked, "format": "csv"}).text
        assert table.splitlines()[1].endswith("false" if packages else "true")
    why = {"dispute": dispute, "party": "a", "state": 1, "packages": True, "concept": "Nash"}
    told = ask("POST", "/api/v1/explain", json=why).json()
    assert [move["package"] for move in told["moves"]] == ["both"]
    problem(ask("POST", "/api/v1/explain", json={**why, "concept": "L2"}), 422)
    problem(ask("POST", "/api/v1/analyse", json={**why, "packages": "perhaps"}), 422)


def test_a_state_may_be_named(ask: Asking) -> None:
    name = "status_quo + {moe.modify: yes}"
    asked = {"dispute": ELMIRA, "concepts": ["Nash"]}
    found = ask("POST", "/api/v1/state", json={**asked, "state": name}).json()
    assert found == ask("POST", "/api/v1/state", json={**asked, "state": 2}).json()
    why = {"dispute": ELMIRA, "party": "moe", "state": name}
    assert ask("POST", "/api/v1/explain", json=why).json()["state"] == 2
    told = problem(ask("POST", "/api/v1/state", json={**asked, "state": "moe.modify"}), 422)
    assert "states, and one is asked for" in told["message"]


def test_a_text_a_file_and_a_case_are_the_same_dispute(ask: Asking, work: Services) -> None:
    work.folder.create("e.yaml", case_text("elmira"))
    disputes: list[dict[str, str]] = [ELMIRA, {"file": "e.yaml"}, {"text": case_text("elmira")}]
    answers = [ask("POST", "/api/v1/graph", json={"dispute": one}).json() for one in disputes]
    assert answers[0] == answers[1] == answers[2]
    problem(ask("POST", "/api/v1/graph", json={"dispute": {"case": "nowhere"}}), 404)
    problem(ask("POST", "/api/v1/graph", json={"dispute": {"file": "nowhere.yaml"}}), 404)
    both = {"case": "elmira", "file": "e.yaml"}
    problem(ask("POST", "/api/v1/graph", json={"dispute": both}), 422)


def test_the_graph_has_every_move(ask: Asking) -> None:
    graph = ask("POST", "/api/v1/graph", json={"dispute": ELMIRA}).json()
    edges = {(e["source"], e["target"], e["party"], e["improvement"]) for e in graph["edges"]}
    wanted = detente.analyse(detente.load("elmira")).to_networkx().edges(keys=True, data=True)
    assert edges == {(a, b, party, data["improvement"]) for a, b, party, data in wanted}
    assert [node["id"] for node in graph["nodes"] if node["equilibrium"]] == [5, 8, 9]


def test_a_path_tells_who_moves_and_who_gains(ask: Asking) -> None:
    path = ask("POST", "/api/v1/path", json={"dispute": ELMIRA, "states": [1, 5, 6]}).json()
    first, second = path["steps"]
    assert [move["party"] for move in first["moves"]] == ["local"]
    assert first["ranks"] == {"moe": [4, 5], "uniroyal": [9, 6], "local": [6, 7]}
    assert first["equilibrium"] == ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]
    assert [move["party"] for move in second["moves"]] == ["moe"]
    named: list[int | str] = ["status_quo", "status_quo + {local.insist: yes}", 6]
    assert ask("POST", "/api/v1/path", json={"dispute": ELMIRA, "states": named}).json() == path
    # The modification cannot be taken back.
    back = ask("POST", "/api/v1/path", json={"dispute": ELMIRA, "states": [6, 5]}).json()
    assert back["steps"][0]["moves"] == []


def test_variants_are_compared(ask: Asking) -> None:
    variant = case_text("elmira").replace(
        "[1, 4, 8, 5, 9, 3, 7, 2, 6]", "[4, 8, 9, 1, 5, 3, 7, 2, 6]"
    )
    asked = {"first": ELMIRA, "second": {"text": variant}}
    found = ask("POST", "/api/v1/compare", json=asked).json()
    analyses = [detente.analyse(detente.build_dispute(one)) for one in _documents(variant)]
    for row in found["equilibria"]:
        one, two = (set(a.equilibria(row["concept"]).tolist()) for a in analyses)
        assert row["both"] == len(one & two)
        assert {state["id"] for state in row["only_first"]["states"]} == one - two
        assert {state["id"] for state in row["only_second"]["states"]} == two - one
    assert any(row["only_first"]["count"] for row in found["equilibria"])
    parties = {party["party"]: party for party in found["parties"]}
    assert parties["moe"]["same"]
    assert [e["how"] for e in parties["uniroyal"]["second"]].count("moved") > 0
    told = found["differences"]
    assert len(told) == 1
    assert told[0]["of_model"]
    assert told[0]["words"].startswith("party Uniroyal: order of preferences is ")
    assert told[0]["lines"][0] is not None
    same = ask("POST", "/api/v1/compare", json={"first": ELMIRA, "second": ELMIRA}).json()
    assert same["differences"] == []
    assert all(party["same"] for party in same["parties"])
    other = {"first": ELMIRA, "second": {"case": "chicken"}}
    assert not ask("POST", "/api/v1/compare", json=other).json()["comparable"]


def test_what_was_called_the_same_in_both_is_told(ask: Asking) -> None:
    faults = Path(__file__).parents[1] / "data" / "faults"
    old, new = (
        {"text": (faults / f"two-versions-{which}.yaml").read_text()} for which in ("old", "new")
    )
    found = ask("POST", "/api/v1/compare", json={"first": old, "second": new}).json()
    assert [one["words"] for one in found["differences"]] == [
        "option “Build the dam” of North can change in both directions; before, it could only rise",
        "preference 1 “dam” of North: confidence 0.95 → 0.05",
        "status quo: “Build the dam” of North is at yes, and was at no",
    ]
    assert [party["same"] for party in found["parties"]] == [False, True]


def _documents(variant: str) -> list[Any]:
    from detente.files.yaml_text import parse

    return [parse(text)[0] for text in (case_text("elmira"), variant)]


def test_roadmap(ask: Asking) -> None:
    text = case_text("chicken")
    parties = list(detente.load("chicken").parties)
    option = parties[0].options[0].key
    text += f"\nroadmaps:\n  turn: [{{stage: Turn, move: {{{option}: yes}}}}]\n"
    text = text if "status_quo" in text else text + "status_quo: {}\n"
    asked = {"dispute": {"text": text}, "roadmap": "turn"}
    found = ask("POST", "/api/v1/roadmap", json=asked).json()
    check = detente.check_roadmap(load_text(text), "turn")
    assert found["holds"] == check.holds
    assert len(found["words"]["stages"]) == 1
    problem(ask("POST", "/api/v1/roadmap", json={**asked, "roadmap": "left"}), 422)


def test_tables(ask: Asking) -> None:
    wanted = detente.analyse(detente.load("elmira")).to_polars()
    csv = ask("POST", "/api/v1/table", json={"dispute": ELMIRA, "format": "csv"})
    assert csv.text == wanted.write_csv()
    named = ask("POST", "/api/v1/table", json={"dispute": ELMIRA, "format": "excel-csv"})
    assert named.text.startswith("\ufeffState;Ministry of the Environment: ")
    assert len(named.text.splitlines()) == 10
    parquet = ask("POST", "/api/v1/table", json={"dispute": ELMIRA, "format": "parquet"})
    assert polars.read_parquet(io.BytesIO(parquet.content)).equals(wanted)
    whole = ask("POST", "/api/v1/table", json={"dispute": ELMIRA, "format": "json"}).json()
    assert len(whole["states"]) == 9


def test_report_reads_no_other_file(ask: Asking, work: Services) -> None:
    secret = work.folder.root.parent / "notes.txt"
    secret.write_text("Top secret. Indeed.", "utf-8")
    for path in ("../notes.txt", str(secret)):
        text = case_text("elmira").replace(
            "    year: 1993\n", f"    year: 1993\n    path: {path}\n", 1
        )
        page = ask("POST", "/api/v1/report", json={"dispute": {"text": text}})
        assert page.status_code == 200
        assert "Elmira" in page.text
        assert "Top secret" not in page.text
    word = ask("POST", "/api/v1/report", json={"dispute": ELMIRA, "format": "docx"})
    assert word.content[:2] == b"PK"


def test_validation_points_at_the_fault(ask: Asking) -> None:
    right = ask("POST", "/api/v1/validate", json={"text": case_text("elmira")}).json()
    assert (right["valid"], right["summary"]["parties"]) == (True, 3)
    text = "dispute: x\nparties: {us: {options: {act: Act}, preferences: [acr]}}"
    wrong = ask("POST", "/api/v1/validate", json={"text": text}).json()
    assert not wrong["valid"]
    assert wrong["fault"]["nearest"] == "act"
    assert (wrong["fault"]["line"], wrong["fault"]["key"]) == (2, "parties.us.preferences[0]")
    assert str(Path(__file__).parent) not in json.dumps(wrong)


def test_limits(ask: Asking) -> None:
    large = ask("POST", "/api/v1/analyse", json={"dispute": {"case": "korea-2017"}})
    assert problem(large, 413)["kind"] == "too-large"
    big = {"text": "x" * 2_200_000}
    assert problem(ask("POST", "/api/v1/validate", json=big), 413)["kind"] == "too-large"
    problem(ask("POST", "/api/v1/validate", json={"text": "x" * 2_050_000}), 422)
    problem(ask("POST", "/api/v1/analyse", json={"dispute": ELMIRA, "limit": 10**9}), 422)
    # A bomb of aliases is refused by the reader of files.
    bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
    )
    assert not ask("POST", "/api/v1/validate", json={"text": bomb}).json()["valid"]


def test_every_operation_is_described(ask: Asking) -> None:
    described = ask("GET", "/api/v1/openapi.json").json()
    operations = {
        operation["operationId"]
        for path in described["paths"].values()
        for operation in path.values()
    }
    assert {"list_disputes", "read_dispute", "save_dispute", "analyse", "roadmap"} <= operations
    for path in described["paths"].values():
        for operation in path.values():
            assert {"413", "422"} <= set(operation["responses"])


def test_the_description_is_not_made_in_the_loop(ask: Asking) -> None:
    loops: list[bool] = []
    openapi = FastAPI.openapi

    def describe(app: FastAPI) -> dict[str, Any]:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            loops.append(True)
        return openapi(app)

    with patch.object(FastAPI, "openapi", autospec=True, side_effect=describe) as described:
        assert ask("GET", "/api/v1/openapi.json").status_code == 200
    assert described.call_count == 1
    assert not loops


def test_every_analysis_is_listed_and_answers_by_its_schema(ask: Asking) -> None:
    listed = ask("GET", "/api/v1/analyses").json()["analyses"]
    assert {one.path for one in all_analyses()} == {one["name"] for one in listed}
    asked = {"make": "1", "most": 1}
    found = ask(
        "POST", "/api/v1/analyses/inverse", json={"dispute": ELMIRA, "parameters": asked}
    ).json()
    jsonschema.validate(found, analysis_named("inverse").schema())
    wrong = {"dispute": ELMIRA, "parameters": {"mak": "1"}}
    assert problem(ask("POST", "/api/v1/analyses/inverse", json=wrong), 422)["nearest"] == "make"
    problem(ask("POST", "/api/v1/analyses/inverse", json={"dispute": ELMIRA}), 422)
