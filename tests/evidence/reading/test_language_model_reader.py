"""The example of a reader in docs/extend, against an endpoint on this machine."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest

from detente.dispute.errors import DisputeError
from detente.evidence.reading.readers import read_reports
from detente.evidence.reading.reports import Report

FILE = (
    Path(__file__).parents[3]
    / "docs" / "extend" / "language-model-reader" / "language_model_reader.py"
)  # fmt: skip
REPORT = Report("r", Path("toll.txt"), "", "Peru rejects the toll. Chile waits.")
RIGHT = {
    "at": {"paragraph": 1, "sentence": 1},
    "quote": "Peru rejects the toll",
    "kind": "stance",
    "parties": ["Peru"],
    "direction": "against",
    "confidence": 0.9,
}
INVENTED = {**RIGHT, "quote": "Peru wants war"}


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    spec = importlib.util.spec_from_file_location("language_model_reader", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class StandIn:
    """An endpoint that answers what it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.status = 200
        self.sent: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stand_in.sent.append((self.path, dict(self.headers), json.loads(body)))
                content = json.dumps(stand_in.answer).encode()
                self.send_response(stand_in.status)
                if stand_in.status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, words: str) -> None:
        self.answer = {"choices": [{"message": {"content": words}}]}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.setenv("DETENTE_MODEL_URL", stand_in.url)
    monkeypatch.setenv("DETENTE_MODEL_NAME", "some-model")
    monkeypatch.delenv("DETENTE_MODEL_KEY", raising=False)
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


def test_it_is_off_until_it_is_set_up(plugin: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DETENTE_MODEL_URL", raising=False)
    monkeypatch.delenv("DETENTE_MODEL_NAME", raising=False)
    with pytest.raises(DisputeError, match="is off"):
        list(plugin.read([REPORT]))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://models.example/v1", "by https only"),
        ("http://127.0.0.1.models.example/v1", "by https only"),
        ("ftp://127.0.0.1/v1", "not the address"),
        ("models", "not the address"),
    ],
)
def test_text_does_not_leave_in_the_clear(plugin: ModuleType, url: str, message: str) -> None:
    environment = {"DETENTE_MODEL_URL": url, "DETENTE_MODEL_NAME": "m"}
    with pytest.raises(DisputeError, match=message):
        plugin.endpoint_of(environment)


def test_it_says_what_it_sends_and_where(
    plugin: ModuleType, endpoint: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.says(json.dumps({"proposals": [RIGHT]}))
    (found,) = list(plugin.read([REPORT]))
    assert (found.source, found.parties, found.reader) == ("r", ("Peru",), "language-model")
    said = capsys.readouterr().err
    assert f"all 2 sentences of toll.txt (35 characters) to {endpoint.url}" in said
    assert "model some-model" in said
    ((path, headers, body),) = endpoint.sent
    assert path == "/v1/chat/completions"
    assert "Authorization" not in headers
    assert body["model"] == "some-model"
    assert body["messages"][1]["content"] == "1.1 Peru rejects the toll.\n1.2 Chile waits."


def test_what_it_invents_is_refused(plugin: ModuleType, endpoint: StandIn) -> None:
    words = json.dumps({"proposals": [RIGHT, INVENTED, {"kind": "stance"}, 7]})
    endpoint.says(f"Here you are:\n```json\n{words}\n```")
    reading = read_reports([REPORT], reader=plugin.read, name="language-model")
    assert [one.quote for one in reading.proposals] == ["Peru rejects the toll"]
    assert [one.proposal.quote for one in reading.refused] == ["Peru wants war"]


def test_a_key_goes_along_where_it_is_set(
    plugin: ModuleType, endpoint: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_MODEL_KEY", "secret")
    endpoint.says('{"proposals": []}')
    assert list(plugin.read([REPORT])) == []
    assert endpoint.sent[0][1]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "words", "message"),
    [
        (500, "{}", "answers 500"),
        (302, "{}", "answers 302"),
        (200, "I would rather not.", "not what was asked for"),
        (200, '{"proposals": 3}', "not what was asked for"),
        (200, "{" * 100_000 + "}", "not what was asked for"),
    ],
)
def test_other_answers_are_refused(
    plugin: ModuleType, endpoint: StandIn, status: int, words: str, message: str
) -> None:
    endpoint.status = status
    endpoint.says(words)
    with pytest.raises(DisputeError, match=message):
        list(plugin.read([REPORT]))


def test_an_endpoint_that_is_not_there_is_told(
    plugin: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_MODEL_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("DETENTE_MODEL_NAME", "m")
    with pytest.raises(DisputeError, match="cannot be asked"):
        list(plugin.read([REPORT]))
