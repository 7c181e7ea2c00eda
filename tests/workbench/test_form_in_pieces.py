"""A long form is made in pieces, so that nobody else waits for the whole of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.files.yaml_text import parse
from detente.workbench.forms.dispute_form import dispute_form
from detente.workbench.forms.form_parts import FormPart, PartGroup
from detente.workbench.pages import pieces
from detente.workbench.pages.form_view import FormView, _Shown
from detente.workbench.services import case_text

# What making one part takes, on the clock of the test.
STEP = 0.004


class Part(nullcontext[None]):
    """Stands for an element of a page."""

    is_deleted = False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(pieces, "thread_time", lambda: now[0])
    return now


def view_on(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> FormView:
    view = FormView.__new__(FormView)
    view.around, view.shown, view._begun = Part(), {}, False  # type: ignore[assignment]

    def made(part: FormPart) -> _Shown:
        clock[0] += STEP * (1 + count(part.inside if isinstance(part, PartGroup) else ()))
        return _Shown(part, Part(), Part())  # type: ignore[arg-type]

    monkeypatch.setattr(view, "_made", made)
    monkeypatch.setattr(view, "show", lambda parts: None)
    return view


def count(parts: Sequence[FormPart]) -> int:
    return sum(1 + count(one.inside if isinstance(one, PartGroup) else ()) for one in parts)


def in_order(shown: dict[str, _Shown]) -> list[Any]:
    return [(key, in_order(one.inside)) for key, one in shown.items()]


def wanted(parts: Sequence[FormPart]) -> list[Any]:
    return [(one.key, wanted(one.inside if isinstance(one, PartGroup) else ())) for one in parts]


def test_others_are_served_while_a_form_is_made(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = parse(case_text("korea-2017"))[0]
    parts = dispute_form(document, lambda trail: ())
    view = view_on(clock, monkeypatch)
    stretches: list[float] = []

    async def serve_others() -> None:
        while not view._begun:
            before = clock[0]
            await asyncio.sleep(0)
            stretches.append(clock[0] - before)

    async def begin() -> None:
        await asyncio.gather(serve_others(), view.begin(lambda: parts))

    run_apart(begin())
    assert in_order(view.shown) == wanted(parts)
    assert clock[0] == pytest.approx(STEP * count(parts))
    assert clock[0] > 10 * pieces._LONGEST
    assert max(stretches) <= pieces._LONGEST + STEP


def test_what_is_gone_meanwhile_is_made_no_further(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = parse(case_text("korea-2017"))[0]
    parts = dispute_form(document, lambda trail: ())
    view = view_on(clock, monkeypatch)

    async def begin() -> None:
        making = asyncio.ensure_future(view.begin(lambda: parts))
        await asyncio.sleep(0)
        view.around.is_deleted = True  # type: ignore[misc]
        for one in view.shown.values():
            one.element.is_deleted = True  # type: ignore[misc]
        await making

    run_apart(begin())
    assert not view._begun
    assert clock[0] < STEP * count(parts) / 2
