"""Analyse a dispute under many drawn preferences: what holds in which share of the draws."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.model.dispute import Dispute
from detente.model.errors import DisputeError
from detente.model.names import package_named
from detente.model.shares import Share, share
from detente.model.states import StateSpace
from detente.robustness.batch import Batch, Found, batch
from detente.robustness.checks import CheckedDraws
from detente.robustness.checks import check_draws as evaluated_draws
from detente.robustness.draws import (
    CHUNK,
    Input,
    Uncertainty,
    draw_chunk,
    input_values,
    inputs,
    settled,
    stated_preferences,
)
from detente.stability.analysis import Progress, concept_names
from detente.stability.concepts import DEFAULT_CONCEPTS
from detente.stability.graph_model import graph_model
from detente.stability.packaged import check_packaged_concept

__all__ = ["Finding", "Plan", "Robustness", "robust", "run_chunk"]

# With at most so many states, all of them are followed draw by draw.
_FEW_STATES = 24

# Draws analysed one by one that a thread takes up at a time.
_SLOW_DRAWS = 4

# From so many draws on, worker processes are used where nothing else is asked for.
_LARGE = 50_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that holds in a draw or does not.

    Attributes
    ----------
    id
        Such as ``settlement:SEQ`` or ``7724:SEQ``.
    kind
        ``outcome``: some state of the outcome is an equilibrium. ``state``: the state is one.
    subject
        Id of the outcome, or number of the state.
    concept
        The solution concept.
    """

    id: str
    kind: Literal["outcome", "state"]
    subject: str
    concept: str


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be drawn and followed; all that a worker needs.

    Attributes
    ----------
    dispute, uncertainty, seed, concepts
        As given to :func:`robust`.
    states
        Numbers of the states that are followed draw by draw.
    packages
        Whether packages count as moves of all their members together.
    """

    dispute: Dispute
    uncertainty: Uncertainty
    seed: int
    concepts: tuple[str, ...]
    states: tuple[int, ...] = ()
    packages: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything on which the draws and what is followed depend."""
        parts = (self.dispute, self.uncertainty, self.seed, self.concepts, self.states, CHUNK)
        # Kept draws without packages go on as before there were any.
        text = repr((*parts, "packages") if self.packages else parts)
        # The path is left out, so that the same file elsewhere counts as the same.
        text = text.replace(repr(self.dispute.path), "")
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def space(self) -> StateSpace:
        """The states."""
        return graph_model(self.dispute).space

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is followed draw by draw."""
        return tuple(
            Finding(f"{outcome.id}:{concept}", "outcome", outcome.id, concept)
            for concept in self.concepts
            for outcome in self.dispute.outcomes
        ) + tuple(
            Finding(f"{state}:{concept}", "state", str(state), concept)
            for concept in self.concepts
            for state in self.states
        )


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """One chunk of draws.

    Attributes
    ----------
    chunk
        Its number.
    inputs
        Shape (draws, inputs): whether each is as stated.
    findings
        Shape (draws, findings): whether each holds.
    counts
        Shape (states, concepts): in how many of the draws each state is an equilibrium.
    """

    chunk: int
    inputs: NDArray[np.bool_]
    findings: NDArray[np.bool_]
    counts: NDArray[np.int64]


def _columns(found: Found) -> NDArray[np.bool_]:
    draws = len(found.outcomes)
    return np.concatenate(
        [found.outcomes.reshape(draws, -1), found.states.reshape(draws, -1)], axis=1
    )


def run_chunk(plan: Plan, prepared: Batch, chunk: int, draws: int, first: int = 0) -> ChunkResult:
    """Draw and analyse the first draws of one chunk.

    Parameters
    ----------
    plan
        What is drawn and followed.
    prepared
        The plan's dispute, prepared.
    chunk
        Number of the chunk.
    draws
        How many of its draws are wanted.
    first
        How many of these are left out, because they are analysed elsewhere.

    Returns
    -------
    ChunkResult
        The same whatever has been computed before.
    """
    drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, chunk)
    drawn = tuple(own.rows(slice(first, draws)) for own in drawn)
    found = prepared.analyse(drawn, np.array(plan.states, dtype=np.int64) - 1)
    return ChunkResult(chunk, input_values(plan.dispute, drawn), _columns(found), found.counts)


@dataclass(frozen=True, eq=False, repr=False)
class Robustness:
    """What holds in which share of the draws.

    Attributes
    ----------
    plan
        What was drawn and followed.
    draws
        Number of draws that were analysed.
    wanted
        Number of draws that were asked for; more than `draws` where the run was interrupted.
    held
        Shape (findings,): in how many draws each finding holds.
    as_stated
        Shape (inputs,): in how many draws each input is as stated.
    together
        Shape (inputs, findings): in how many draws the input is as stated and the finding holds.
    counts
        Shape (states, concepts): in how many draws each state is an equilibrium.
    stated
        Shape (findings,): whether each finding holds for the preferences as stated.
    flipped
        Shape (inputs, findings): whether each finding holds where that input alone is otherwise.
    checked
        Claims and stages in the first draws; None where there are none, or none were checked.
    """

    plan: Plan
    draws: int
    wanted: int
    held: NDArray[np.int64] = field(repr=False)
    as_stated: NDArray[np.int64] = field(repr=False)
    together: NDArray[np.int64] = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    stated: NDArray[np.bool_] = field(repr=False)
    flipped: NDArray[np.bool_] = field(repr=False)
    checked: CheckedDraws | None = field(default=None, repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute as stated."""
        return self.plan.dispute

    @property
    def concepts(self) -> tuple[str, ...]:
        """Names of the solution concepts."""
        return self.plan.concepts

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was followed draw by draw."""
        return self.plan.findings

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What differs between draws."""
        return inputs(self.plan.dispute)

    def finding(self, kind: str, subject: str, concept: str) -> int:
        """Place of a finding in :attr:`findings`.

        Raises
        ------
        DisputeError
            If it was not followed.
        """
        for place, one in enumerate(self.findings):
            if (one.kind, one.subject, one.concept) == (kind, subject, concept):
                return place
        raise DisputeError(f"the {kind} {subject} was not followed under {concept}")

    def share(self, finding: int) -> Share:
        """The share of draws in which a finding holds."""
        return share(int(self.held[finding]), self.draws)

    def state_share(self, state: int, concept: str) -> Share:
        """The share of draws in which any state, by number, is an equilibrium."""
        column = self.concepts.index(concept)
        return share(int(self.counts[state - 1, column]), self.draws)

    def __repr__(self) -> str:
        return (
            f"<Robustness of {self.dispute.title!r}: {self.draws:,} draws, "
            f"{len(self.findings)} findings, {len(self.inputs)} inputs>"
        )


def robust(
    dispute: Dispute,
    draws: int = 1000,
    *,
    seed: int = 0,
    concepts: Sequence[str] | None = None,
    uncertainty: Uncertainty | None = None,
    states: Sequence[int] = (),
    packages: bool = False,
    check_draws: int = 200,
    keep: Path | str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Robustness:
    """Find out what survives when preferences are drawn around the stated ones.

    Parameters
    ----------
    dispute
        The dispute.
    draws
        Number of draws.
    seed
        Seed of the draws: the same seed gives the same draws and the same result, whatever the
        number of workers. Its first thousand draws are the same whatever `draws` is.
    concepts
        Names of the solution concepts; Nash, GMR, SMR, SEQ and SSEQ where left out.
    uncertainty
        How far draws may lie from what is stated.
    states
        Numbers of states to follow draw by draw, besides the status quo, the states after the
        stages of each roadmap, and for each outcome the state that is most often an equilibrium
        in the first thousand draws. In small disputes all states are followed.
    packages
        Whether packages count as moves of all their members together
        (docs/concepts/stability.md, definitions 13 to 16). Each draw is then analysed by itself,
        which takes as long as :func:`detente.analyse` for each.
    check_draws
        In how many of the draws, from the first on, claims are answered and the stages of
        roadmaps checked, by full evaluation of each draw.
    keep
        A folder in which chunks of draws are kept as they end. A run that was cut off goes on
        from there.
    scheduler
        ``threads``: this process. ``local``: a cluster of processes on this machine.
        ``tcp://host:port``: a Dask scheduler. Left out: threads, or from 50,000 draws on local.
    workers
        Number of threads or local processes; as many as there are processors where left out.
    progress
        Called as the work goes on.

    Returns
    -------
    Robustness

    Raises
    ------
    DisputeError
        If the dispute cannot be analysed, or `keep` holds another run.

    Examples
    --------
    >>> import detente
    >>> result = detente.robust(detente.load("prisoners-dilemma"), draws=100)
    >>> result.state_share(4, "Nash").draws
    100
    """
    if draws < 1:
        raise DisputeError(f"at least one draw is needed, not {draws}")
    if check_draws < 0:
        raise DisputeError(f"a number of draws is not negative, as {check_draws} is")
    if seed < 0:
        raise DisputeError(f"a seed is a whole number from 0 on, not {seed}")
    names = concept_names(DEFAULT_CONCEPTS if concepts is None else concepts)
    if packages:
        for name in names:
            check_packaged_concept(name)
    if progress:
        progress("states and moves", 0.0)
    dispute, unknown = settled(dispute)
    around = uncertainty or Uncertainty()
    around = replace(around, unknown=tuple(dict.fromkeys((*around.unknown, *unknown))))
    prepared = batch(dispute, names, packages=packages)
    for state in states:
        if not 1 <= state <= prepared.model.space.count:
            raise DisputeError(
                f"there is no state {state}; the states are 1 to {prepared.model.space.count}"
            )
    plan = Plan(dispute, around, seed, names, packages=packages)
    followed = _followed(prepared, plan, draws, states, workers or _processors(), progress)
    plan = replace(plan, states=followed)
    sizes = {chunk: min(CHUNK, draws - chunk * CHUNK) for chunk in range(-(-draws // CHUNK))}
    totals = _Totals(plan, prepared)
    store = None
    if keep is not None:
        from detente.robustness.store import Store

        store = Store(Path(keep), plan)
        for done in store.kept(sizes):
            totals.add(done)
            del sizes[done.chunk]
    place = scheduler or ("local" if draws >= _LARGE else "threads")
    # Before the draws, so that Ctrl-C during these leaves what is known of them.
    if progress:
        progress("each statement changed alone", 0.0)
    stated, flipped = _single_changes(plan, prepared)
    # Chunks are kept whole; otherwise slow ones are told of, and can be ended, piece by piece.
    at_a_time = CHUNK if prepared.together or store else _SLOW_DRAWS
    results = _results(place, plan, sizes, workers or _processors(), prepared, at_a_time)
    try:
        for result in results:
            if store:
                store.write(result)
            totals.add(result)
            if progress:
                progress(f"{totals.draws:,} of {draws:,} draws", totals.draws / draws)
    except KeyboardInterrupt:
        if not totals.draws:
            raise
    finally:
        results.close()
    swept = totals.result(draws, stated, flipped)
    if swept.draws < draws:
        return swept
    workers = workers or _processors()
    few = min(check_draws, draws)
    checked = evaluated_draws(plan, prepared, few, workers=workers, progress=progress)
    return replace(swept, checked=checked)


def _results(
    place: str, plan: Plan, sizes: dict[int, int], workers: int, prepared: Batch, at_a_time: int
) -> Generator[ChunkResult]:
    if place == "threads":
        return _in_threads(plan, sizes, workers, prepared, at_a_time)
    if place != "local" and "://" not in place:
        raise DisputeError(
            "a scheduler is threads, local, or an address such as tcp://127.0.0.1:8786",
            found=place,
        )
    from detente.robustness.cluster import on_cluster

    return on_cluster(plan, sizes, None if place == "local" else place, workers, prepared)


def _in_threads(
    plan: Plan, sizes: dict[int, int], workers: int, prepared: Batch, at_a_time: int
) -> Generator[ChunkResult]:
    """Compute chunks, or pieces of them, in threads: compiled code runs in all of them at once."""
    with ThreadPoolExecutor(workers) as pool:
        futures = [
            pool.submit(run_chunk, plan, prepared, chunk, min(first + at_a_time, draws), first)
            for chunk, draws in sizes.items()
            for first in range(0, draws, at_a_time)
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Totals:
    """Sums over chunks, which do not depend on the order in which chunks come."""

    def __init__(self, plan: Plan, prepared: Batch) -> None:
        self.plan = plan
        count, followed = len(inputs(plan.dispute)), len(plan.findings)
        self.draws = 0
        self.held = np.zeros(followed, dtype=np.int64)
        self.as_stated = np.zeros(count, dtype=np.int64)
        self.together = np.zeros((count, followed), dtype=np.int64)
        self.counts = np.zeros((prepared.model.space.count, len(plan.concepts)), dtype=np.int64)

    def add(self, result: ChunkResult) -> None:
        self.draws += len(result.inputs)
        self.held += result.findings.sum(axis=0)
        self.as_stated += result.inputs.sum(axis=0)
        # Exact: sums of so few ones.
        both = result.inputs.T.astype(np.float32) @ result.findings.astype(np.float32)
        self.together += both.astype(np.int64)
        self.counts += result.counts

    def result(
        self, wanted: int, stated: NDArray[np.bool_], flipped: NDArray[np.bool_]
    ) -> Robustness:
        return Robustness(
            self.plan,
            self.draws,
            wanted,
            self.held,
            self.as_stated,
            self.together,
            self.counts,
            stated,
            flipped,
        )


def _single_changes(plan: Plan, prepared: Batch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What holds as stated, and where each input alone is otherwise."""
    changes = inputs(plan.dispute)
    drawn = stated_preferences(plan.dispute, len(changes) + 1)
    number_of = plan.dispute.party_numbers
    for row, one in enumerate(changes, start=1):
        own, entry = drawn[number_of[one.party]], one.number - 1
        if one.kind == "held":
            reversed_ = plan.uncertainty.otherwise == "reversed"
            unknown = (one.party, one.number) in plan.uncertainty.unknown
            own.reading[row, entry] = -1 if reversed_ or unknown else 0
        else:
            own.place[row, [entry, entry + 1]] = own.place[row, [entry + 1, entry]]
    found = prepared.analyse(drawn, np.array(plan.states, dtype=np.int64) - 1)
    columns = _columns(found)
    return columns[0], columns[1:]


# States to follow --------------------------------------------------------------------------


def _followed(
    prepared: Batch,
    plan: Plan,
    draws: int,
    asked: Iterable[int],
    workers: int,
    progress: Callable[[str, float], None] | None,
) -> tuple[int, ...]:
    """Numbers of the states to follow draw by draw."""
    count = prepared.model.space.count
    if count <= _FEW_STATES:
        return tuple(range(1, count + 1))
    if progress:
        progress("the first draws, for the states to follow", 0.0)
    chosen = list(asked)
    if prepared.model.status_quo is not None:
        chosen.append(prepared.model.status_quo + 1)
    chosen += _stage_states(prepared)
    # A pilot: which states those are is settled before any draw is counted, and does not depend
    # on the number of draws.
    if prepared.together:
        counts = _pilot(prepared, plan, workers)
    else:
        counts = run_chunk(plan, prepared, 0, min(draws, 20)).counts
    concept = plan.concepts.index("SEQ") if "SEQ" in plan.concepts else -1
    for inside in prepared.outcome_truths:
        often = np.where(inside, counts[:, concept], 0)
        if often.any():
            chosen.append(int(np.argmax(often)) + 1)
    return tuple(dict.fromkeys(chosen))


def _pilot(prepared: Batch, plan: Plan, workers: int) -> NDArray[np.int64]:
    """Count the equilibria of the first chunk, its parts in threads."""
    _ = prepared.structure
    size = -(-CHUNK // workers)
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(
            lambda first: run_chunk(plan, prepared, 0, first + size, first).counts,
            range(0, CHUNK, size),
        )
        return sum(parts, np.zeros((prepared.model.space.count, len(plan.concepts)), np.int64))


def _stage_states(prepared: Batch) -> list[int]:
    """The states in which the stages of the roadmaps end, one after the other."""
    dispute, space = prepared.dispute, prepared.model.space
    found = []
    for roadmap in dispute.roadmaps if dispute.status_quo is not None else ():
        levels = list(dispute.status_quo or ())
        for stage in roadmap.stages:
            settings = stage.settings
            if stage.package is not None:
                settings = package_named(dispute, stage.package).settings
            for option, level in settings.items():
                levels[option] = level
            index = space.index_at(space.position_of(levels))
            if index is None:
                break
            found.append(index + 1)
    return found
