"""The analyses for assistants, asked by the library's own client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jsonschema
import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.analyses.registry import all_analyses, analysis_named
from detente.cli.exit_codes import INTERRUPTED
from detente.files.loading import list_cases
from detente.workbench.assistants import assistants_server
from detente.workbench.folder import Folder
from detente.workbench.limits import Limits
from detente.workbench.workers import Workers
from hostile import ATTACKS, hostile_text

mcp = pytest.importorskip("mcp")
stdio = pytest.importorskip("mcp.client.stdio")

Asking = Callable[[Any], Awaitable[None]]


def ask(folder: Path, asking: Asking, limits: Limits | None = None) -> None:
    """Let a client ask a server in this process."""

    async def run() -> None:
        workers = Workers(limits or Limits())
        try:
            async with mcp.Client(assistants_server(Folder.at(folder), workers)) as client:
                await asking(client)
        finally:
            workers.close()

    run_apart(run())


def texts(answer: Any) -> list[str]:
    return [one.text for one in answer.content]


def test_every_analysis_is_a_tool_that_only_reads(tmp_path: Path) -> None:
    async def asking(client: Any) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {
            "list_disputes",
            "read_dispute",
            *(one.path.replace("-", "_") for one in all_analyses()),
        }
        for tool in tools.values():
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            assert tool.annotations.read_only_hint
            assert tool.annotations.open_world_hint is False
        inverse = tools["inverse"]
        assert analysis_named("inverse").question in inverse.description
        assert inverse.input_schema["required"] == ["dispute", "parameters"]
        # What names files and machines is for the command line alone.
        assert "keep" not in tools["robust"].input_schema["properties"]["parameters"]["properties"]

    ask(tmp_path, asking)


def test_the_words_come_first_and_then_the_document(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("dispute: Mine\nparties: {a: {preferences: []}}\n", "utf-8")

    async def asking(client: Any) -> None:
        (listed,) = texts(await client.call_tool("list_disputes", {}))
        assert all(f"- {name} (shipped case): " in listed for name in list_cases())
        assert "- mine.yaml: Mine" in listed
        (read,) = texts(await client.call_tool("read_dispute", {"dispute": "elmira"}))
        assert "uniroyal:" in read
        asked = {"dispute": "elmira", "parameters": {"state": "5", "party": "uniroyal"}}
        answer = await client.call_tool("explain", asked)
        words, document = texts(answer)
        assert not answer.is_error
        assert "Uniroyal" in words
        assert json.loads(document) == answer.structured_content
        jsonschema.validate(answer.structured_content, dict(analysis_named("explain").schema()))

    ask(tmp_path, asking)


def test_what_is_wrong_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("dispute: x\nparties: {a: {preferences: [b.c]}}\n", "utf-8")
    outside = tmp_path.parent / "outside.yaml"
    outside.write_text("dispute: Secret\nparties: {a: {preferences: []}}\n", "utf-8")
    (tmp_path / "link.yaml").symlink_to(outside)
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("explain", {"dispute": "elmira", "parameters": {"stat": 5}}, "did you mean 'state'?"),
        ("analyse", {"dispute": "elmira", "parameters": 5}, "no object"),
        ("analyse", {"dispute": "elmira", "parametres": {}}, "did you mean 'parameters'?"),
        ("analyse", {"dispute": "elmyra"}, "did you mean 'elmira'?"),
        ("analyse", {}, "dispute has to name"),
        ("analyse", {"dispute": "bad.yaml"}, "line 2:"),
        ("analyze", {"dispute": "elmira"}, "did you mean 'analyse'?"),
        ("robust", {"dispute": "elmira", "parameters": {"keep": "/tmp/x"}}, "no parameter 'keep'"),
        ("read_dispute", {"dispute": "link.yaml"}, "leads out of the folder"),
        ("read_dispute", {"dispute": "../outside.yaml"}, "cannot be the name"),
        ("read_dispute", {"dispute": str(outside)}, "cannot be the name"),
        ("read_dispute", {"dispute": "missing.yaml"}, "no dispute file"),
        ("read_dispute", {"dispute": "\x00.yaml"}, "cannot be the name"),
    ]

    async def asking(client: Any) -> None:
        for name, arguments, message in wrong:
            answer = await client.call_tool(name, arguments)
            (told,) = texts(answer)
            assert answer.is_error, (name, arguments)
            assert message in told
            assert "Secret" not in told

    ask(tmp_path, asking)


def test_limits_are_those_of_the_http_api(tmp_path: Path) -> None:
    async def asking(client: Any) -> None:
        answer = await client.call_tool("analyse", {"dispute": "elmira"})
        assert answer.is_error
        assert "up to 4" in texts(answer)[0]

    ask(tmp_path, asking, Limits(states=4))

    async def waiting(client: Any) -> None:
        answer = await client.call_tool("analyse", {"dispute": "elmira"})
        assert answer.is_error
        assert "more than 0.001 seconds" in texts(answer)[0]

    ask(tmp_path, waiting, Limits(seconds=0.001))


@pytest.mark.parametrize("attack", [ATTACKS[1], ATTACKS[-1]])
def test_texts_of_a_dispute_stay_texts(tmp_path: Path, attack: str) -> None:
    (tmp_path / "hostile.yaml").write_text(hostile_text(attack), "utf-8")

    async def asking(client: Any) -> None:
        words, document = texts(await client.call_tool("analyse", {"dispute": "hostile.yaml"}))
        for told in (words, document, *texts(await client.call_tool("list_disputes", {}))):
            assert "<script>" not in words
            assert not {"\u202e", "\u2066", "\x85"} & set(told)

    ask(tmp_path, asking)


def test_the_real_server_ends_with_its_client_and_leaves_no_process(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from detente.cli import main; main()"]
    server = stdio.StdioServerParameters(
        command=program[0],
        args=[*program[1:], "serve", "--mcp", str(tmp_path)],
        env={name: value for name, value in os.environ.items() if name.startswith("PYTHON")},
    )

    # Other tests' servers may run in this process too.
    others = set(psutil.Process().children(recursive=True))

    async def run() -> list[psutil.Process]:
        async with mcp.Client(stdio.stdio_client(server)) as client:
            answer = await client.call_tool("analyse", {"dispute": "prisoners-dilemma"})
            assert not answer.is_error
            started = [
                one for one in psutil.Process().children(recursive=True) if one not in others
            ]
            assert len(started) >= 2  # the server, and a process that computes
        return started

    _, alive = psutil.wait_procs(run_apart(run()), timeout=30)
    assert alive == []


@pytest.mark.skipif(sys.platform == "win32", reason="there the client closes the streams")
def test_an_interrupt_ends_the_real_server(tmp_path: Path) -> None:
    start = [sys.executable, "-c", "from detente.cli import main; main()", "serve", "--mcp"]
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    with subprocess.Popen(
        [*start, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["result"]["serverInfo"]["name"] == "detente"
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=10) == INTERRUPTED
