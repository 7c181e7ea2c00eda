"""Wrong inputs for every surface: each is answered, or refused with a message of detente's own.

A *surface* makes an input from chance and tries it. What once failed stands in
``tests/data/once_failed.jsonl`` and is tried with every run of the tests;
``benchmarks/soak.py`` goes on for as long as one likes.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import copy
import io
import json
import math
import random
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

from click.testing import CliRunner
from ruamel.yaml import YAML

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DetenteError
from detente.dispute.names import formula_from
from detente.files import gmcr
from detente.files.dispute_file import load_text
from detente.queries.parsing import parse_query
from detente.workbench.services import case_text
from hostile import ATTACKS, hostile_text

__all__ = ["CORPUS", "SURFACES", "Tally", "fuzz", "tried"]

CORPUS = Path(__file__).parent / "data" / "once_failed.jsonl"

_CASES = ("elmira", "prisoners-dilemma", "chicken", "korea-2017-two-party")
_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 0.5, -0.0, 2**63, 10**400, 1e308, math.nan, math.inf,
    "", " ", "yes", "no", "1", "1.0", "x" * 5000, "a.b", "\x00", "\ud800", "\u202e", "é", "{{",
    [], {}, [[]], [{}], {"": ""}, [None], {"a": None}, {"prefer": 1}, {"order": [1.0]},
    {"order": [[1], [1]]}, ["act"], 5, "2018-04-21", "not", "a and", "()", "9" * 400,
)  # fmt: skip
_MARKS = "{}[]:,'\"&*!|>%@#- \n\t\r\\/ä\x00\x85\u2028\ufeff"


@dataclass(frozen=True)
class Surface:
    """One way in.

    Attributes
    ----------
    made
        An input, as text.
    tried
        Tries an input; raises what nobody should see.
    """

    made: Callable[[random.Random], str]
    tried: Callable[[str], str]


@dataclass
class Tally:
    """What came of some inputs.

    Attributes
    ----------
    kinds
        How many were accepted and refused.
    failures
        Inputs that gave another error, by what kind of error it was and where.
    slowest
        Seconds of this process that the slowest took, and the input.
    """

    kinds: Counter[str]
    failures: dict[str, str]
    slowest: tuple[float, str] = (0.0, "")


def fuzz(name: str, count: int, chance: random.Random) -> Tally:
    """Try inputs of one surface."""
    surface = SURFACES[name]
    tally = Tally(Counter(), {})
    for _ in range(count):
        text = surface.made(chance)
        began = process_time()
        try:
            tally.kinds[surface.tried(text)] += 1
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}"
            tally.failures.setdefault(f"{place}: {str(error)[:200]}", text)
            tally.kinds["failed"] += 1
        took = process_time() - began
        if took > tally.slowest[0]:
            tally.slowest = (took, text)
    return tally


def tried(name: str, text: str) -> str:
    """Try one input of a surface."""
    return SURFACES[name].tried(text)


def _refused_or(act: Callable[[], object]) -> str:
    try:
        act()
    except DetenteError as error:
        told = str(error)
    else:
        return "accepted"
    assert told
    return "refused"


# Documents -----------------------------------------------------------------------------------


@cache
def _documents() -> tuple[Any, ...]:
    yaml = YAML(typ="safe")
    texts = [*map(case_text, _CASES), hostile_text(ATTACKS[0])]
    return tuple(json.loads(json.dumps(yaml.load(text), default=str)) for text in texts)


@cache
def _gmcr_documents() -> tuple[Any, ...]:
    made = (gmcr.written(detente.load(name))[0] for name in ("prisoners-dilemma", "chicken"))
    return tuple(map(json.loads, made))


def _places(part: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to everything in a document."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield (*at, key)
            yield from _places(value, (*at, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield (*at, number)
            yield from _places(value, (*at, number))


def _changed(document: Any, others: tuple[Any, ...], chance: random.Random) -> Any:
    """A document with a few parts taken away, replaced, doubled or exchanged."""
    document = copy.deepcopy(document)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        places = list(_places(document))
        if not places:
            break
        *way, last = chance.choice(places)
        holder = document
        for step in way:
            holder = holder[step]
        act = chance.randrange(5)
        if act == 0:
            del holder[last]
        elif act == 1:
            holder[last] = copy.deepcopy(chance.choice(_ODD))
        elif act == 2:
            other = chance.choice(others)
            *way, end = chance.choice(list(_places(other)))
            for step in way:
                other = other[step]
            holder[last] = copy.deepcopy(other[end])
        elif act == 3 and isinstance(holder, dict):
            odd = chance.choice(_ODD)
            holder[str(odd)] = holder.pop(last)
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
    return document


def _as_text(document: Any) -> str:
    return json.dumps(document)


def _structural(chance: random.Random) -> str:
    return _as_text(_changed(chance.choice(_documents()), _documents(), chance))


def _read_structural(text: str) -> str:
    document = json.loads(text)
    return _refused_or(lambda: _followed(detente.build_dispute(document)))


def _followed(dispute: Dispute) -> None:
    """What a small dispute that was accepted leads to."""
    if math.prod(len(option.levels) for option in dispute.options) <= 64:
        analysis = detente.analyse(dispute, ["Nash", "SEQ"])
        assert repr(analysis)


def _mutated_bytes(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        piece = chance.choice(
            [
                chance.choice(_MARKS).encode(),
                bytes([chance.randrange(256)]),
                whole[(start := chance.randrange(len(whole))) : start + chance.randrange(60)],
                b"9" * 400,
                b"",
            ]
        )
        content[place : place + chance.randint(0, 8)] = piece
    return bytes(content)


def _kept(content: bytes) -> str:
    """Bytes as a text that can be written down."""
    return base64.b64encode(content).decode()


def _yaml_bytes(chance: random.Random) -> str:
    name = chance.choice(("prisoners-dilemma", "chicken", "stag-hunt"))
    return _kept(_mutated_bytes(case_text(name).encode(), chance))


def _read_yaml_bytes(text: str) -> str:
    content = base64.b64decode(text)
    return _refused_or(lambda: load_text(content))


def _gmcr_bytes(chance: random.Random) -> str:
    document = chance.choice(_gmcr_documents())
    if chance.random() < 0.5:
        return _kept(_as_text(_changed(document, _gmcr_documents(), chance)).encode())
    return _kept(_mutated_bytes(_as_text(document).encode(), chance))


def _read_gmcr_bytes(text: str) -> str:
    import warnings

    content = base64.b64decode(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _refused_or(lambda: gmcr.read(Path("x.gmcr"), content))


# Formulas, questions and command lines -------------------------------------------------------

_ODD_MARKS = "= = ; : , . ) ( yes no 1 2 3 -1 1.5 x é \\ \" ' { } [ ] | & ! ~ -> <-> % # @"
_ODD_WORDS = (*_ODD_MARKS.split(), "\t", "\n", "\x00", "\u202e", "\ud800", "9" * 400)
_NAMES = ("north.patrol", "south.patrol", "north.talk", "quiet", "tension", "status_quo")
_LEVELS = ("yes", "no", "full", "some", "none", "nothing")
_JOINED = ("and", "or", "if", "iff")
_QUESTION_WORDS = """
where may must can reach choose north south both likely why how what state of after before in
steps move then prefers better than holds stable Nash SEQ for everybody is withdrawal stage count
which who what-if given until always never some all 1 3
"""


def _formula_part(chance: random.Random, depth: int) -> list[str]:
    """The words of a formula that is right, as far as its grammar goes."""
    kind = chance.randrange(4 if depth else 2)
    name = chance.choice(_NAMES)
    if kind == 0:
        return [name]
    if kind == 1:
        sign = chance.choice(["=", "!=", "<", "<=", ">", ">="])
        levels = _LEVELS if chance.random() < 0.1 else _LEVELS[2:5]
        return ["south.patrol", sign, chance.choice(levels)]
    if kind == 2:
        return ["not", "(", *_formula_part(chance, depth - 1), ")"]
    sides = [_formula_part(chance, depth - 1) for _ in range(2)]
    return ["(", *sides[0], chance.choice(_JOINED), *sides[1], ")"]


def _spoilt(words: list[str], more: tuple[str, ...], chance: random.Random) -> str:
    """Words with none to three of them taken away, replaced or added."""
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        place = chance.randrange(len(words) + 1)
        words[place : place + chance.randint(0, 2)] = [chance.choice(more)]
    return chance.choice([" ", " ", " ", " ", "  ", "\n", ""]).join(words)


@cache
def _hostile() -> Dispute:
    return load_text(hostile_text("x"))


def _question(chance: random.Random) -> str:
    formulas = [_formula_part(chance, 2) for _ in range(2)]
    asked = chance.choice(["must choose", "may choose", "cannot choose"])
    reached = chance.choice(["must reach", "may reach", "cannot reach", "may keep", "must keep"])
    how = chance.choice(["", "under SEQ", "by legal moves", "within 3 moves", "fairly", "of north"])
    words = chance.choice(
        [
            ["where", *formulas[0], ":", "north", *asked.split(), *formulas[1]],
            ["where", *formulas[0], ":", *reached.split(), *formulas[1], *how.split()],
            ["count", *formulas[0], ":", "stable", "for", chance.choice(["north", "everyone"])],
            ["where", *formulas[0], ":", "north", "prefers", *formulas[1], "to", "quiet"],
            ["show", *formulas[0]],
            ["format", "two", "can", "reach", "quiet"],
            ["roadmap", "withdrawal", "holds"],
            chance.choices(_QUESTION_WORDS.split(), k=chance.randint(0, 12)),
        ]
    )
    return _spoilt(words, (*_QUESTION_WORDS.split(), *_NAMES, *_ODD_WORDS), chance)


def _read_question(text: str) -> str:
    return _refused_or(lambda: parse_query(_hostile(), text))


def _formula(chance: random.Random) -> str:
    if chance.random() < 0.002:
        return chance.choice(["not " * 3000, "(" * 3000, "north.patrol and " * 600, "9" * 9000])
    return _spoilt(_formula_part(chance, 3), (*_NAMES, *_JOINED, *_ODD_WORDS), chance)


def _read_formula(text: str) -> str:
    return _refused_or(lambda: formula_from(_hostile(), text, "north"))


# What would start servers, take minutes or go on for ever has tests of its own.
_COMMANDS = """
analyse explain ask cases cite claims coalitions convert diff formats hypergame paths roadmap
schema uncertain validate what-if completion version new nothing
"""
_ARGUMENTS = """
prisoners-dilemma chicken mine.yaml hostile.yaml missing.yaml . .. / - --help --format json table
csv --concepts Nash SEQ,SMR X --concept SEQ --party first a --state 1 0 -1 status_quo 99999999999
--limit 3 x --packages --to --make check find repair plan cooperation out.yaml out.gmcr out.nfg
out.efg out.dot out.gexf out.txt -o --output --ignore k --history --as-of 2018-04-21 2018-13-45
--engine cube list symbolic --full --source x=y = == -- --set a.b=yes --traceback é \u202e \\
'' " %s {0} first.cooperate second.cooperate=yes where may reach bash tcsh --picture x.svg x.exe
"""


_RIGHT_COMMANDS = (
    "analyse mine.yaml --concepts Nash,SEQ --format json",
    "analyse hostile.yaml --state 1",
    "analyse chicken --format csv --limit 2",
    "explain hostile.yaml --party north --state 1",
    "ask hostile.yaml --format json",
    "cases --format json",
    "claims hostile.yaml",
    "coalitions mine.yaml --format json",
    "convert mine.yaml out.gmcr",
    "convert hostile.yaml out.gexf",
    "diff mine.yaml hostile.yaml",
    "formats hostile.yaml --concept SEQ",
    "hypergame hostile.yaml",
    "paths hostile.yaml --to quiet",
    "roadmap check hostile.yaml withdrawal",
    "schema dispute",
    "uncertain mine.yaml",
    "validate hostile.yaml --format json",
    "what-if mine.yaml --set first.cooperate=yes",
    "version --full mine.yaml",
)


def _command_line(chance: random.Random) -> str:
    if chance.random() < 0.7:
        words = chance.choice(_RIGHT_COMMANDS).split()
        for _ in range(chance.choice([0, 1, 1, 2])):
            place = chance.randrange(1, len(words) + 1)
            more = [chance.choice(_ARGUMENTS.split())] if chance.random() < 0.7 else []
            words[place : place + chance.randint(0, 1)] = more
        return json.dumps(words)
    words = [chance.choice(_COMMANDS.split())]
    words += [chance.choice(_ARGUMENTS.split()) for _ in range(chance.randint(0, 6))]
    return json.dumps(words)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder to work in, with a file that is right and one that is hostile."""
    import os

    before = Path.cwd()
    place = Path(tempfile.mkdtemp())
    (place / "mine.yaml").write_text(case_text("chicken"), "utf-8")
    (place / "hostile.yaml").write_text(hostile_text(ATTACKS[1]), "utf-8")
    os.chdir(place)
    try:
        yield place
    finally:
        os.chdir(before)
        shutil.rmtree(place, ignore_errors=True)


def _run_command_line(text: str) -> str:
    with _folder() as place:
        result = CliRunner().invoke(command_line, json.loads(text), input="")
        left = [one.name for one in place.iterdir() if one.name.startswith(".")]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1, 2, 3, 4), result.output
    assert "Traceback" not in result.output
    assert not left, f"left behind: {left}"
    return "accepted" if result.exit_code < 2 else "refused"


# HTTP and pages ------------------------------------------------------------------------------

_PATHS = (
    "", "disputes", "disputes/mine.yaml", "disputes/hostile.yaml", "disputes/..%2fx.yaml",
    "disputes/%00.yaml", "cases", "cases/elmira", "validate", "analyse", "explain", "state",
    "path", "graph", "roadmap", "compare", "table", "analyses", "analyses/ask", "analyses/paths",
    "analyses/nothing", "openapi.json", "nothing",
)  # fmt: skip
_MINE, _HOSTILE = {"file": "mine.yaml"}, {"file": "hostile.yaml"}
_RIGHT_REQUESTS: tuple[tuple[str, Any], ...] = (
    ("analyse", {"dispute": _MINE, "concepts": ["Nash", "SEQ"], "limit": 3}),
    ("analyse", {"dispute": {"text": case_text("chicken")}, "states": [1, 2]}),
    ("explain", {"dispute": _HOSTILE, "party": "north", "state": 1, "concept": "SEQ"}),
    ("state", {"dispute": _HOSTILE, "state": 1, "concepts": ["Nash"]}),
    ("path", {"dispute": _MINE, "states": [1, 2], "concepts": ["Nash"]}),
    ("graph", {"dispute": _HOSTILE, "concept": "SEQ"}),
    ("roadmap", {"dispute": _HOSTILE, "roadmap": "withdrawal"}),
    ("compare", {"first": {"case": "chicken"}, "second": _HOSTILE}),
    ("table", {"dispute": _MINE, "format": "csv"}),
    (
        "analyses/ask",
        {"dispute": _HOSTILE, "parameters": {"question": "where quiet: may reach tension"}},
    ),
    ("analyses/formats", {"dispute": _HOSTILE, "parameters": {"concept": "SEQ"}}),
    ("validate", {"text": case_text("chicken")}),
)
_BODIES = tuple(body for _, body in _RIGHT_REQUESTS)


def _request(chance: random.Random) -> str:
    path, body = chance.choice(_RIGHT_REQUESTS)
    method = "POST"
    if chance.random() < 0.8:
        body = _changed(body, _BODIES, chance)
    if chance.random() < 0.3:
        path = chance.choice(_PATHS)
        method = chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    headers = {
        chance.choice(["if-match", "if-none-match", "accept", "origin", "host", "x", "range"]):
            chance.choice(['"0"', "*", "", "é", "localhost", "bytes=0-1", "text/html", "a" * 9000])
    }  # fmt: skip
    raw = json.dumps(body)
    if chance.random() < 0.1:
        raw = _mutated_bytes(raw.encode(), chance).decode("latin-1")
    return json.dumps(
        {
            "method": method,
            "path": f"/api/v1/{path}",
            "headers": headers if chance.random() < 0.2 else {},
            "body": raw,
        }
    )


def _page(chance: random.Random) -> str:
    text = _as_text(_changed(chance.choice(_documents()[1:3]), _documents(), chance))
    if chance.random() < 0.3:
        text = _mutated_bytes(text.encode(), chance).decode("utf-8", "replace")
    view = chance.choice(["", "/text", "/states", "/graph", "/paths", "/roadmap", "/analyses"])
    return json.dumps({"path": f"/dispute/page.yaml{view}", "file": text})


class _Server:
    """The workbench in this process, on a folder of its own, asked without a network."""

    def __init__(self) -> None:
        import httpx
        from nicegui import core

        from detente.workbench.app import workbench
        from detente.workbench.limits import Limits
        from detente.workbench.services import services

        self.place = Path(tempfile.mkdtemp())
        for name, text in (("mine", case_text("chicken")), ("hostile", hostile_text(ATTACKS[1]))):
            (self.place / f"{name}.yaml").write_text(text, "utf-8")
        self.work = services(self.place, Limits(states=2**10, workers=1))
        atexit.register(self.work.workers.close)
        transport = httpx.ASGITransport(app=workbench(self.work))  # type: ignore[arg-type]
        # A thread of its own: a browser test that ran before in this process may have left an
        # event loop running in the main one.
        self.thread = ThreadPoolExecutor(1)
        self.loop = asyncio.new_event_loop()
        # What the page library starts in the background goes on in this loop.
        core.loop = self.loop
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def ask(self, method: str, path: str, headers: dict[str, str], body: str) -> Any:
        raw = {name: value.encode() for name, value in headers.items()}
        asked = self.client.request(
            method, path, content=body.encode(), headers={"content-type": "application/json", **raw}
        )
        return self.thread.submit(self.loop.run_until_complete, asked).result()


@cache
def _server() -> _Server:
    return _Server()


def _ask_http(text: str) -> str:
    given = json.loads(text)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        answer = _server().ask(given["method"], given["path"], given["headers"], given["body"])
    # Busy and too late are answers too.
    assert answer.status_code < 500 or answer.status_code == 503, answer.text[:300]
    return "accepted" if answer.status_code < 400 else "refused"


def _open_page(text: str) -> str:
    given = json.loads(text)
    server = _server()
    (server.place / "page.yaml").write_text(given["file"], "utf-8", "surrogatepass")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        answer = server.ask("GET", given["path"], {}, "")
    assert answer.status_code < 500 or answer.status_code == 503, answer.text[:300]
    return "accepted" if answer.status_code < 400 else "refused"


SURFACES: dict[str, Surface] = {
    "structure": Surface(_structural, _read_structural),
    "yaml": Surface(_yaml_bytes, _read_yaml_bytes),
    "gmcr": Surface(_gmcr_bytes, _read_gmcr_bytes),
    "formula": Surface(_formula, _read_formula),
    "question": Surface(_question, _read_question),
    "command": Surface(_command_line, _run_command_line),
    "http": Surface(_request, _ask_http),
    "page": Surface(_page, _open_page),
}
"""The surfaces by name."""
