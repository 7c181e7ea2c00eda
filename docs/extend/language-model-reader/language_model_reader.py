"""Reports read by a language model behind an OpenAI-compatible endpoint.

It is off until two variables of the environment are set:

``DETENTE_MODEL_URL``
    Where the endpoint is, such as ``http://127.0.0.1:8080/v1``.
``DETENTE_MODEL_NAME``
    Which model it is to use.

``DETENTE_MODEL_KEY`` is sent as a bearer token where it is set. Before anything is sent, the
reader says on the standard error what it sends and where. Text goes to another machine by https
only.
"""

from __future__ import annotations

import ipaddress
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.evidence.reading.proposals import ACT_TYPES, DIRECTIONS, KINDS, Proposal, proposal_from
from detente.evidence.reading.reports import Report

NAME = "language-model"
SECONDS = 300.0
# An answer is a list of short entries; more than this is not one.
MOST_BYTES = 4 * 1024 * 1024

INSTRUCTIONS = f"""You read a report on a dispute between states for an analyst. Each line below is
a sentence, after its paragraph and its number in it. Answer with JSON only:
{{"proposals": [{{"at": {{"paragraph": 1, "sentence": 1}}, "quote": "...", "kind": "...",
"parties": ["..."], "direction": "...", "confidence": 0.5, "about": "..."}}]}}
"quote" is a passage of that sentence, copied letter for letter. "kind" is one of
{", ".join(KINDS)}. "direction" is one of {", ".join(DIRECTIONS)}, and left out where it makes no
sense. The first of "parties" is the one whose act or stance it is. An act has "act", one of
{", ".join(ACT_TYPES)}; a condition has "condition", the words on which it depends; history has
"on", a date such as 2018-04-21. "confidence" is your own, from 0 to 1. Take nothing from outside
the report."""


@dataclass(frozen=True)
class Endpoint:
    """Where a report is sent, and for which model."""

    url: str
    model: str
    key: str | None


def endpoint_of(environment: Mapping[str, str]) -> Endpoint:
    """The endpoint that the user has set up.

    Raises
    ------
    DisputeError
        If none is set up, or text would travel to another machine in the clear.
    """
    url = environment.get("DETENTE_MODEL_URL", "").rstrip("/")
    model = environment.get("DETENTE_MODEL_NAME", "")
    if not (url and model):
        raise DisputeError(
            f"the reader {NAME} is off: it sends reports to an endpoint, and none is set up; set "
            "DETENTE_MODEL_URL and DETENTE_MODEL_NAME"
        )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DisputeError("DETENTE_MODEL_URL is not the address of an endpoint", found=url)
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise DisputeError("reports are sent to another machine by https only", found=url)
    return Endpoint(f"{url}/chat/completions", model, environment.get("DETENTE_MODEL_KEY"))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read(reports: Sequence[Report], dispute: Dispute | None = None) -> Iterator[Proposal]:
    """Have a language model propose what an analyst might take from reports.

    What it proposes is checked by detente: what it quotes has to stand in the text.
    """
    endpoint = endpoint_of(os.environ)
    parties = [] if dispute is None else [party.name for party in dispute.parties]
    for report in reports:
        yield from _read_one(report, parties, endpoint)


def _read_one(report: Report, parties: Sequence[str], endpoint: Endpoint) -> Iterator[Proposal]:
    lines = [f"{one.at.paragraph}.{one.at.sentence} {one.text}" for one in report.sentences]
    known = f"\nCall these parties by these names: {', '.join(parties)}." if parties else ""
    print(
        f"{NAME}: sends all {len(lines)} sentences of {report.path} ({len(report.text)} "
        f"characters){' and the names of the parties' if parties else ''} to {endpoint.url}, "
        f"model {endpoint.model}",
        file=sys.stderr,
    )
    answer = _ask(endpoint, INSTRUCTIONS + known, "\n".join(lines))
    unread = 0
    for entry in answer:
        try:
            yield proposal_from(entry, source=report.id, reader=NAME)
        except DisputeError:
            unread += 1
    if unread:
        print(f"{NAME}: {unread} of its proposals could not be read", file=sys.stderr)


def _ask(endpoint: Endpoint, instructions: str, text: str) -> list[Any]:
    request = {
        "model": endpoint.model,
        "temperature": 0,
        "messages": [
            {"role": "system", "content": instructions},
            {"role": "user", "content": text},
        ],
    }
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    try:
        # Redirects are not followed: the text goes where the user was told, or nowhere.
        with httpx.stream(
            "POST", endpoint.url, json=request, headers=headers, timeout=SECONDS
        ) as response:
            if not response.is_success:
                raise DisputeError(f"the endpoint {endpoint.url} answers {response.status_code}")
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise DisputeError(f"the answer of {endpoint.url} is too long")
    except httpx.HTTPError as error:
        raise DisputeError(f"the endpoint {endpoint.url} cannot be asked: {error}") from error
    try:
        words = json.loads(bytes(content))["choices"][0]["message"]["content"]
        proposals = json.loads(words[words.index("{") : words.rindex("}") + 1])["proposals"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise DisputeError(f"the answer of {endpoint.url} is not what was asked for") from error
    if not isinstance(proposals, list):
        raise DisputeError(f"the answer of {endpoint.url} is not what was asked for")
    return proposals
