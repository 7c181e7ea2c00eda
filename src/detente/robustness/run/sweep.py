"""Analyse a dispute under many drawn preferences: what holds in which share of the draws."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.names import package_named
from detente.dispute.result import Result
from detente.dispute.shares import Share
from detente.robustness.checks import CheckedDraws, Checking, OneDraw, questions
from detente.robustness.checks import check_draws as evaluated_draws
from detente.robustness.draws import (
    CHUNK,
    DrawnPreferences,
    Input,
    Uncertainty,
    design_of,
    draw_chunk,
    input_values,
    inputs,
    settled,
    stated_preferences,
)
from detente.robustness.engine.batch import Batch, BatchCounts, EveryState, batch
from detente.robustness.enumeration import Design
from detente.robustness.run.main_script import runs_again_in_processes
from detente.robustness.run.settings import ChunkResult, Finding, SweepSettings
from detente.robustness.run.stretches import Stretch, cut, missing
from detente.space.named_states import state_numbers
from detente.space.package_moves import package_moves
from detente.space.shared_work import processors
from detente.space.threads import in_threads, undisturbed
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concept_names, usual_concepts
from detente.stability.packaged import check_packaged_concept
from detente.stability.prepared_model import graph_model
from detente.stability.traps import closed_outcomes

__all__ = [
    "Robustness",
    "analyse_robustness",
    "run_stretch",
]

# With at most so many states, all of them are followed draw by draw.
_FEW_STATES = 24

# Draws that a thread takes up at a time, so that Ctrl-C need not wait for long: where they are
# analysed together, a whole chunk of a dispute of up to so many states, fewer of a larger one.
_STATES_OF_A_CHUNK = 2**16
_SLOW_DRAWS = 4

# Draws analysed one by one that a process takes up at a time.
_SLOW_TASK = 50

# Draws analysed one by one from which the states to follow are chosen.
_SLOW_PILOT = 20

# The first chunk's draws are not analysed again after these states are chosen, if what is known of
# all states in all of them takes no more than so many bytes.
_KEPT_OF_PILOT = 2**27

# Checks of draws that are left for the end. They are short: threads end together.
_LAST_CHECKS = 10


_Found = TypeVar("_Found", BatchCounts, EveryState)


def _joined(results: Sequence[ChunkResult]) -> ChunkResult:
    """One result of several that follow one on another."""
    first, *others = results
    return ChunkResult(
        first.first,
        np.concatenate([one.inputs for one in results]),
        np.concatenate([one.findings for one in results]),
        sum((one.counts for one in others), first.counts),
    )


def _columns(found: BatchCounts) -> NDArray[np.bool_]:
    draws = len(found.outcomes)
    return np.concatenate(
        [found.outcomes.reshape(draws, -1), found.states.reshape(draws, -1)], axis=1
    )


def run_stretch(plan: SweepSettings, prepared: Batch, stretch: Stretch) -> ChunkResult:
    """Draw and analyse the draws of a stretch.

    Parameters
    ----------
    plan
        What is drawn and followed.
    prepared
        The plan's dispute, prepared.
    stretch
        Which draws.

    Returns
    -------
    ChunkResult
        The same whatever has been computed before.
    """
    start = stretch.chunk * CHUNK
    drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, stretch.chunk)
    drawn = tuple(own.rows(slice(stretch.first - start, stretch.last - start)) for own in drawn)
    found = prepared.analyse(drawn, np.array(plan.states, dtype=np.int64) - 1)
    values = input_values(plan.dispute, drawn)
    return ChunkResult(stretch.first, values, _columns(found), found.counts)


@dataclass(frozen=True, eq=False, repr=False)
class Robustness(Result):
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
        Claims, stages and play in the first draws; None where there are none, none were to be
        checked, or the draws were interrupted.
    """

    plan: SweepSettings
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
    def interrupted(self) -> bool:
        """Whether the user ended the work before all draws were analysed and checked."""
        checked = self.checked
        return self.draws < self.wanted or bool(checked and checked.draws < checked.wanted)

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

    @cached_property
    def design(self) -> Design:
        """How the draws are laid out. The intervals of shares depend on it."""
        return design_of(self.plan.dispute, self.plan.uncertainty)

    @cached_property
    def closed_outcomes(self) -> tuple[str, ...]:
        """Ids of the outcomes that no move leads out of.

        That one of their states is an equilibrium says little of what parties prefer.
        """
        model = graph_model(self.dispute)
        return closed_outcomes(model, tuple(package_moves(model)) if self.plan.packages else ())

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
        return self.design.share(int(self.held[finding]), self.draws)

    def state_share(self, state: int, concept: str) -> Share:
        """The share of draws in which any state, by number, is an equilibrium."""
        column = self.concepts.index(concept)
        return self.design.share(int(self.counts[state - 1, column]), self.draws)

    def __repr__(self) -> str:
        return (
            f"<Robustness of {self.dispute.title!r}: {self.draws:,} draws, "
            f"{len(self.findings)} findings, {len(self.inputs)} inputs>"
        )


def analyse_robustness(
    dispute: Dispute,
    draws: int = 1000,
    *,
    seed: int = 0,
    concepts: Sequence[str] | None = None,
    uncertainty: Uncertainty | None = None,
    states: Sequence[int | str] = (),
    packages: bool = False,
    check_draws: int = 50,
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
        Names of the solution concepts; by default Nash, GMR, SMR, SEQ and SSEQ.
    uncertainty
        How far draws may lie from what is stated.
    states
        Numbers or names of more states to follow draw by draw. The status quo and the states
        after the stages of each roadmap are followed anyway. So is, for each outcome, the state
        that is most often an equilibrium in the first thousand draws. In small disputes all
        states are followed.
    packages
        Whether packages count as moves of all their members together
        (docs/concepts/stability.md, definitions 13 to 16). Each draw is then analysed by itself,
        which takes as long as :func:`detente.analyse` for each.
    check_draws
        How many of the first draws are evaluated in full: claims are answered and the stages of
        roadmaps are checked.
    keep
        A folder in which draws are kept as they end, with what was found of claims and roadmaps.
        A run that was cut off goes on from there.
    scheduler
        ``threads``: this process. ``local``: a cluster of processes on this machine.
        ``tcp://host:port`` or ``tls://host:port``: a Dask scheduler, which is trusted: it can run
        code here. By default: threads. Local processes would run the calling script again, unless
        it asks for ``if __name__ == "__main__":``; this is refused.
    workers
        Number of threads or local processes; by default as many as there are processors.
    progress
        Called as the work goes on.

    Returns
    -------
    Robustness

    Raises
    ------
    DisputeError
        If the dispute cannot be analysed, `keep` holds another run, or the processes or the
        scheduler that were to share the work are lost.

    Examples
    --------
    >>> import detente
    >>> result = detente.analyse_robustness(detente.load("prisoners-dilemma"), draws=100)
    >>> result.state_share(4, "Nash").draws
    100
    """
    if draws < 1:
        raise DisputeError(f"at least one draw is needed, not {draws}")
    if check_draws < 0:
        raise DisputeError(f"a number of draws is not negative, as {check_draws} is")
    if seed < 0:
        raise DisputeError(f"a seed is a whole number from 0 on, not {seed}")
    names = concept_names(usual_concepts() if concepts is None else concepts)
    if packages:
        for name in names:
            check_packaged_concept(name)
    if scheduler == "local" and runs_again_in_processes():
        raise DisputeError(
            "processes would run this script again from its first line: put what it does under "
            'if __name__ == "__main__": or leave the work to scheduler="threads"'
        )
    place = scheduler or "threads"
    if place not in ("threads", "local") and "://" not in place:
        raise DisputeError(
            "a scheduler is threads, local, or an address such as tcp://127.0.0.1:8786",
            found=place,
        )
    workers = workers or processors()
    if progress:
        progress("states and moves", 0.0)
    dispute, unknown = settled(dispute)
    # A question that has no meaning is told of at once, and not after all draws.
    asked = questions(dispute) if check_draws else None
    around = uncertainty or Uncertainty()
    around = replace(around, unknown=tuple(dict.fromkeys((*around.unknown, *unknown))))
    prepared = batch(dispute, names, packages=packages)
    asked_for = state_numbers(prepared.model, states)
    plan = SweepSettings(dispute, around, seed, names, packages=packages)
    prepared = prepared.for_draws(draw_chunk(dispute, around, seed, 0), draws)
    pilot = _Pilot(prepared, plan, keeps=draws >= CHUNK)
    plan = replace(plan, states=_followed(pilot, asked_for, workers, progress))
    totals = _Totals(plan, prepared)
    kept: list[Stretch] = []
    store = unkept = None
    if keep is not None:
        from detente.robustness.run.store import Store
        from detente.robustness.run.unkept import Unkept

        store = Store(Path(keep), plan)
        unkept = Unkept(store.write, _joined)
        for done in store.kept(draws):
            totals.add(done)
            kept.append(Stretch(done.first, done.last))
    # Before the draws, so that Ctrl-C during these leaves what is known of them.
    stated, flipped = _single_changes(plan, prepared, workers, progress)
    if pilot.kept and not any(one.first < CHUNK for one in kept):
        first = pilot.result(plan.states)
        totals.add(first)
        if unkept is not None:
            unkept.add(first)
        kept.append(Stretch(0, CHUNK))
    if progress:
        progress(f"{totals.draws:,} of {draws:,} draws", totals.draws / draws)
    few = min(check_draws, draws)
    wanted = missing(kept, draws)
    checking: Checking | None = None
    results: Generator[ChunkResult | tuple[int, OneDraw]] | Generator[ChunkResult]
    if place == "threads":
        stretches = list(cut(wanted, _draws_at_a_time(prepared)))
        if asked is not None and len(stretches) > 1:
            checking = Checking(asked, plan, prepared, few, store)
        results = _in_threads(plan, prepared, stretches, checking, workers)
    else:
        results = _on_cluster(place, plan, prepared, wanted, workers, progress)
    interrupted = False
    try:
        for result in results:
            if not isinstance(result, ChunkResult):
                assert checking is not None
                checking.add(*result)
                continue
            if unkept is not None:
                unkept.add(result)
            totals.add(result)
            if progress:
                progress(f"{totals.draws:,} of {draws:,} draws", totals.draws / draws)
    except KeyboardInterrupt:
        if not totals.draws:
            raise
        interrupted = True
    finally:
        results.close()
        if unkept is not None:
            with undisturbed():
                unkept.keep()
        if checking is not None:
            checking.keep()
    swept = totals.result(draws, stated, flipped)
    if swept.draws < draws or asked is None:
        return swept
    checked: CheckedDraws | None = CheckedDraws(0, few, (), ())
    if not interrupted:
        with suppress(KeyboardInterrupt):
            if checking is None:
                checked = evaluated_draws(
                    plan, prepared, few, workers=workers, store=store, progress=progress
                )
            else:
                checked = checking.ended(workers, progress)
    return replace(swept, checked=checked)


def _in_threads(
    plan: SweepSettings,
    prepared: Batch,
    stretches: Sequence[Stretch],
    checking: Checking | None,
    workers: int,
) -> Generator[ChunkResult | tuple[int, OneDraw]]:
    """What is found in the draws that are missing, and in those that are checked, as it is known.

    Checks mostly run Python, which one thread at a time can do; draws mostly run compiled code. So
    checks are spread evenly among the draws, and there is always work for all threads. A few are
    left for the end, for the thread that is done with its draws first.
    """
    tasks: Iterator[Callable[[], ChunkResult | tuple[int, OneDraw]]] = iter(())
    each = 0
    if checking is not None:
        tasks = checking.tasks()
        each = -(-max(0, len(checking.missing) - _LAST_CHECKS) // len(stretches))

    def all_tasks() -> Iterator[Callable[[], ChunkResult | tuple[int, OneDraw]]]:
        for stretch in stretches:
            yield partial(run_stretch, plan, prepared, stretch)
            yield from islice(tasks, each)
        yield from tasks

    return in_threads(lambda task: task(), all_tasks(), workers)


def _on_cluster(
    place: str,
    plan: SweepSettings,
    prepared: Batch,
    wanted: Sequence[Stretch],
    workers: int,
    progress: Progress | None,
) -> Generator[ChunkResult]:
    """What is found in the draws that are missing, as it becomes known."""
    from detente.robustness.run.cluster import on_cluster

    stretches = list(cut(wanted, CHUNK if prepared.together else _SLOW_TASK))
    address = None if place == "local" else place
    return on_cluster(run_stretch, plan, stretches, address, workers, prepared, progress)


def _draws_at_a_time(prepared: Batch) -> int:
    """How many draws a thread takes up at a time."""
    if not prepared.together:
        return _SLOW_DRAWS
    return max(1, CHUNK // -(-prepared.model.space.count // _STATES_OF_A_CHUNK))


class _Totals:
    """Sums over draws, which do not depend on the order in which draws come."""

    def __init__(self, plan: SweepSettings, prepared: Batch) -> None:
        self.plan = plan
        count, followed = len(inputs(plan.dispute)), len(plan.findings)
        self._sums: _Sums = (
            0,
            np.zeros(followed, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros((count, followed), dtype=np.int64),
            # In memory concept by concept, as what is added to them is.
            np.zeros((len(plan.concepts), prepared.model.space.count), dtype=np.int64).T,
        )

    @property
    def draws(self) -> int:
        """How many draws were added."""
        return self._sums[0]

    def add(self, result: ChunkResult) -> None:
        """Count some draws."""
        draws, held, as_stated, together, counts = self._sums
        # Exact: sums of so few ones. Not a product of matrices: its library's threads would go on
        # waiting for more for a while, on the processors on which draws are analysed.
        both = np.einsum(
            "di,df->if", result.inputs.astype(np.float32), result.findings.astype(np.float32)
        )
        # In one step, so that Ctrl-C does not leave a part of it counted.
        self._sums = (
            draws + len(result.inputs),
            held + result.findings.sum(axis=0),
            as_stated + result.inputs.sum(axis=0),
            together + both.astype(np.int64),
            counts + result.counts,
        )

    def result(
        self, wanted: int, stated: NDArray[np.bool_], flipped: NDArray[np.bool_]
    ) -> Robustness:
        return Robustness(self.plan, self.draws, wanted, *self._sums[1:], stated, flipped)


# How many draws were added, and how often what held in them.
_Sums: TypeAlias = tuple[
    int,
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]


def _single_changes(
    plan: SweepSettings, prepared: Batch, workers: int, progress: Progress | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
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
            own.place[row, [entry - 1, entry]] = own.place[row, [entry, entry - 1]]
    parts = list(
        _analysed(plan, prepared, drawn, workers, "each statement changed alone", progress)
    )
    columns = np.concatenate([_columns(found) for found in parts])
    return columns[0], columns[1:]


def _analysed(
    plan: SweepSettings,
    prepared: Batch,
    drawn: tuple[DrawnPreferences, ...],
    workers: int,
    what: str,
    progress: Progress | None,
) -> Iterator[BatchCounts]:
    """Analyse drawn preferences in threads, part by part, in order."""
    states = np.array(plan.states, dtype=np.int64) - 1
    return _in_parts(
        lambda rows: prepared.analyse(rows, states), prepared, drawn, workers, what, progress
    )


def _in_parts(
    analyse: Callable[[tuple[DrawnPreferences, ...]], _Found],
    prepared: Batch,
    drawn: tuple[DrawnPreferences, ...],
    workers: int,
    what: str,
    progress: Progress | None,
) -> Iterator[_Found]:
    """The same, in the way that is given."""
    draws = len(drawn[0].place)
    size = _draws_at_a_time(prepared)
    if prepared.together:
        # Worked out once, before threads would all begin with it.
        prepared.prepare()
        size = min(size, -(-draws // workers))
    found = in_threads(
        lambda rows: analyse(tuple(own.rows(rows) for own in drawn)),
        [slice(first, first + size) for first in range(0, draws, size)],
        workers,
    )
    done = 0
    if progress:
        progress(what, 0.0)
    try:
        for part in found:
            yield part
            done += len(part.outcomes)
            if progress:
                progress(what, done / draws)
    finally:
        found.close()


# States to follow --------------------------------------------------------------------------


class _Pilot:
    """The first draws: they tell which states to follow, and are not analysed twice.

    Parameters
    ----------
    prepared, plan
        The dispute, prepared, and what is drawn.
    keeps
        Whether what is found in them is to be counted.
    """

    def __init__(self, prepared: Batch, plan: SweepSettings, *, keeps: bool) -> None:
        self.prepared, self.plan = prepared, plan
        small = CHUNK * prepared.model.space.count <= _KEPT_OF_PILOT
        self._keeps = keeps and small and prepared.together
        self.kept: list[EveryState] = []

    def counts(self, workers: int, progress: Progress | None) -> NDArray[np.int64]:
        """In how many of them each state is an equilibrium, shape (states, concepts)."""
        plan, prepared = self.plan, self.prepared
        drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, 0)
        if not prepared.together:
            drawn = tuple(own.rows(slice(_SLOW_PILOT)) for own in drawn)
        what = "the first draws, for the states to follow"
        if self._keeps:
            every = prepared.analyse_every_state
            self.kept = list(_in_parts(every, prepared, drawn, workers, what, progress))
            return sum((one.counts for one in self.kept[1:]), self.kept[0].counts)
        counts = np.zeros((prepared.model.space.count, len(plan.concepts)), dtype=np.int64)
        for part in _analysed(plan, prepared, drawn, workers, what, progress):
            counts += part.counts
        return counts

    def result(self, states: Sequence[int]) -> ChunkResult:
        """What was found in them, with what holds of the states of these numbers."""
        plan = self.plan
        chosen = np.array(states, dtype=np.int64) - 1
        drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, 0)
        found = [one.of(chosen) for one in self.kept]
        self.kept = []
        return ChunkResult(
            0,
            input_values(plan.dispute, drawn),
            np.concatenate([_columns(one) for one in found]),
            sum((one.counts for one in found[1:]), found[0].counts),
        )


def _followed(
    pilot: _Pilot,
    asked: Iterable[int],
    workers: int,
    progress: Progress | None,
) -> tuple[int, ...]:
    """Numbers of the states to follow draw by draw."""
    prepared, plan = pilot.prepared, pilot.plan
    count = prepared.model.space.count
    if count <= _FEW_STATES:
        return tuple(range(1, count + 1))
    chosen = list(asked)
    if prepared.model.status_quo is not None:
        chosen.append(prepared.model.status_quo + 1)
    chosen += _stage_states(prepared)
    # A pilot: which states those are is settled before any draw is counted, and does not depend
    # on the number of draws.
    counts = pilot.counts(workers, progress)
    concept = plan.concepts.index("SEQ") if "SEQ" in plan.concepts else -1
    for inside in prepared.outcome_truths:
        often = np.where(inside, counts[:, concept], 0)
        if often.any():
            chosen.append(int(np.argmax(often)) + 1)
    return tuple(dict.fromkeys(chosen))


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
