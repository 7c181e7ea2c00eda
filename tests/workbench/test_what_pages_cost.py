"""A page that nobody shows costs next to nothing, and does not last."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from real_server import running

from detente.workbench.services import case_text


@pytest.mark.long
def test_pages_that_nobody_shows_take_up_no_memory(tmp_path: Path) -> None:
    (tmp_path / "korea.yaml").write_text(case_text("korea-2017"), "utf-8")
    with running(tmp_path) as server, httpx.Client(base_url=server.address, timeout=60) as client:
        for path in ("/", "/dispute/korea.yaml", "/dispute/korea.yaml/graph", "/nothing"):
            client.get(path)
        before = server.memory()
        for _ in range(120):
            assert client.get("/dispute/korea.yaml").status_code == 200
            assert client.get("/dispute/korea.yaml/graph").status_code == 200
            assert client.get("/dispute/nothing.yaml").status_code == 404
            assert client.get("/nothing").status_code == 404
        # It was 1 to 8 MiB a page.
        assert server.memory() - before < 25


def test_what_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    with running(tmp_path) as server, httpx.Client(base_url=server.address, timeout=60) as client:
        for path in ("/dispute/nothing.yaml", "/dispute/nothing.yaml/states", "/nothing"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "There is no such dispute file" in answer.text
            assert "<script" not in answer.text
        assert client.get("/api/v1/nothing").json()["kind"] == "request"
