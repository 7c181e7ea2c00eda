"""The documents that pages name can be read on the server itself."""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import detente
from detente.report.glossary import glossary
from detente.workbench.documentation import (
    SHIPPED,
    add_documents,
    document_address,
    document_title,
    documents,
)


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_documents(app)
    return TestClient(app)


def test_every_definition_of_a_term_is_there() -> None:
    assert [term.page for term in glossary() if document_address(term.page) is None] == []


def test_what_an_analysis_names_is_there() -> None:
    root = Path(detente.__file__).parent
    texts = [
        path.read_text("utf-8")
        for folder in ("analyses", "report", "briefing")
        for path in (root / folder).rglob("*.py")
    ]
    named = {name for text in texts for name in re.findall(r"docs/[a-z][a-z0-9/-]*\.md", text)}
    assert len(named) > 10
    # How a translation is made is of use with the source alone.
    missing = {name for name in named if document_address(name.removeprefix("docs/")) is None}
    assert missing == {"docs/extend/translate.md"}


def test_the_wheel_has_them() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    for part in (*(f"docs/{folder}" for folder in SHIPPED), "docs/glossary.md"):
        assert f'"{part}" = "detente/{part}"' in project


@pytest.mark.parametrize(
    "name", ["concepts/stability.md", "reference/dispute-file.md", "glossary.md"]
)
def test_a_document_is_a_page_whose_links_lead_somewhere(client: TestClient, name: str) -> None:
    answer = client.get(f"/docs/{name}")
    assert answer.status_code == 200
    assert "<h1 id=" in answer.text
    assert document_title(name) in answer.text
    assert "<script" not in answer.text
    links = [one for one in re.findall(r'href="([^"]+)"', answer.text) if one.endswith(".md")]
    folder = name.rpartition("/")[0]
    for link in links:
        assert normpath(f"{folder}/{link}").removeprefix("/") in documents()


@pytest.mark.parametrize("name", ["nothing.md", "../pyproject.toml", "%2e%2e/conf.py", "conf.py"])
def test_nothing_else_is_shown(client: TestClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404
