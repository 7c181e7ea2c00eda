"""What threads share gives what one alone gives."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

import detente
from detente.space import shared_work
from detente.space.shared_work import in_parts


@pytest.mark.parametrize("count", [2, 3, 7, 100])
@pytest.mark.parametrize("threads", [2, 3])
def test_every_part_is_worked_on_once(
    count: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_work, "processors", lambda: threads)
    done = np.zeros(count, dtype=np.int64)
    by = set()

    def work(first: int, last: int) -> int:
        by.add(threading.get_ident())
        done[first:last] += 1
        return last - first

    assert sum(in_parts(work, count, shared_work._SHARED_FROM)) == count
    assert done.tolist() == [1] * count
    assert threading.get_ident() not in by


def test_little_work_is_not_shared() -> None:
    assert in_parts(lambda first, last: threading.get_ident(), 5, 5) == [threading.get_ident()]


def test_what_fails_in_a_thread_fails_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_work, "processors", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        in_parts(lambda first, last: 1 // first, 5, shared_work._SHARED_FROM)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are made otherwise")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_made_meanwhile_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_work, "processors", lambda: 2)
    work = (lambda first, last: last - first, 6, shared_work._SHARED_FROM)
    assert sum(in_parts(*work)) == 6
    child = os.fork()
    if child == 0:
        os._exit(0 if sum(in_parts(*work)) == 6 else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_shared_or_not_all_that_is_found_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017-two-party")
    concepts = ("Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM")

    def found() -> list[object]:
        analysis = detente.analyse(dispute, concepts)
        coalitions = detente.analyse_coalitions(dispute)
        stable = [coalitions._stable[concept].tolist() for concept in coalitions.concepts]
        assert coalitions.strong is not None
        return [
            [analysis.equilibria(concept).tolist() for concept in concepts],
            stable,
            coalitions.strong.tolist(),
        ]

    alone = found()
    monkeypatch.setattr(shared_work, "_SHARED_FROM", 1)
    monkeypatch.setattr(shared_work, "processors", lambda: 3)
    assert found() == alone
