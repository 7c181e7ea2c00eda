"""Claims, roadmaps and play under drawn preferences: how often answers and checks stay as they are.

A question or a stage can be about anything in the dispute, so each draw is evaluated in full, by
what answers it for the preferences as stated. That takes a fraction of a second for each draw of a
large dispute; so it is done for the first draws only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.evidence.claims import parse_claims
from detente.queries.evaluation import evaluate
from detente.queries.play_steps import Ground, Steps
from detente.queries.query import StepRule
from detente.queries.reachability import reached_from
from detente.roadmap.check.verdicts import StageVerdict, stage_verdicts
from detente.roadmap.plan import plan_from
from detente.robustness.draws import CHUNK, draw_chunk, input_values, stated_preferences
from detente.space.cube import LOADED_FROM
from detente.space.graph_model import GraphModel
from detente.space.threads import in_threads, undisturbed
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concepts_serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute, Outcome, Roadmap, Stage
    from detente.queries.answer import Answer
    from detente.queries.query import Query
    from detente.roadmap.plan import Plan as RoadmapPlan
    from detente.robustness.engine.batch import Batch
    from detente.robustness.run.settings import SweepSettings
    from detente.robustness.run.store import Store
    from detente.robustness.run.unkept import Unkept

__all__ = [
    "STAGES_UNDER",
    "CheckedDraws",
    "CheckedRows",
    "Checking",
    "ClaimCount",
    "OneDraw",
    "Questions",
    "ReachedCount",
    "StageCount",
    "check_draws",
    "played_under",
    "questions",
]

STAGES_UNDER = "SEQ"
"""The concept under which a stage is to hold, as in ``detente roadmap check``."""


@dataclass(frozen=True, slots=True)
class ClaimCount:
    """One claim's question in several draws.

    Attributes
    ----------
    claim
        Id of the claim.
    says
        The source's answer.
    stated
        The answer for the preferences as stated. Whether a question arises does not depend on
        preferences: one that does not arise with these does not in any draw.
    unchanged
        In how many draws the answer is the same as that.
    agreeing
        In how many draws the answer is the source's.
    unchanged_together
        For each input, in how many of the draws in which it is as stated the answer is unchanged.
    """

    claim: str
    says: str
    stated: str
    unchanged: int
    agreeing: int
    unchanged_together: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage of a roadmap in several draws.

    Attributes
    ----------
    roadmap
        Id of the roadmap.
    number, name
        The stage's place in it, from 1, and its name.
    possible
        Whether the stage can be made. This does not depend on preferences. One that cannot be
        made is neither willing nor holding.
    stated_willing, stated_holding
        Whether it is willing and holding for the preferences as stated.
    willing, holding
        In how many draws it is.
    willing_together, holding_together
        For each input, in how many of the draws in which that is as stated.
    """

    roadmap: str
    number: int
    name: str
    possible: bool
    stated_willing: bool
    stated_holding: bool
    willing: int
    holding: int
    willing_together: tuple[int, ...]
    holding_together: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReachedCount:
    """One outcome in several draws: whether play from the status quo comes to it.

    Play is by improvements that the concept does not deter; see docs/concepts/play.md.

    Attributes
    ----------
    outcome
        Id of the outcome.
    stated_may, stated_must
        Whether play may, and whether it must, come to it for the preferences as stated.
    may, must
        In how many draws it may, and in how many it must.
    may_together, must_together
        For each input, in how many of the draws in which that is as stated.
    """

    outcome: str
    stated_may: bool
    stated_must: bool
    may: int
    must: int
    may_together: tuple[int, ...]
    must_together: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckedDraws:
    """Claims and stages in the first draws.

    Attributes
    ----------
    draws, wanted
        Number of draws evaluated, the first ones, and that were to be; fewer where the run was
        interrupted.
    claims, stages
        What was counted; empty where no draw was evaluated.
    as_stated
        For each input, in how many of these draws it is as stated.
    outcomes
        What play from the status quo comes to; empty where there is no status quo.
    """

    draws: int
    wanted: int
    claims: tuple[ClaimCount, ...]
    stages: tuple[StageCount, ...]
    as_stated: tuple[int, ...] = ()
    outcomes: tuple[ReachedCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """What a dispute asks of each draw.

    Attributes
    ----------
    claims
        The question of each claim.
    roadmaps
        Each roadmap as a plan; none where there is no status quo.
    outcomes
        What play from the status quo may come to; none where there is no status quo.
    """

    claims: tuple[Query, ...]
    roadmaps: tuple[RoadmapPlan, ...]
    outcomes: tuple[Outcome, ...] = ()


def questions(dispute: Dispute) -> Questions | None:
    """Read what a dispute asks of each draw.

    Returns
    -------
    Questions or None
        None where there are neither claims, nor roadmaps, nor outcomes to come to.

    Raises
    ------
    DisputeError
        If a claim's question or a stage has no meaning.
    """
    claims = parse_claims(dispute)
    roadmaps: tuple[RoadmapPlan, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    if dispute.status_quo is not None:
        roadmaps = tuple(plan_from(dispute, roadmap) for roadmap in dispute.roadmaps)
        outcomes = dispute.outcomes
    return Questions(claims, roadmaps, outcomes) if claims or roadmaps or outcomes else None


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """What was found in some consecutive draws.

    Attributes
    ----------
    first
        Number of the first of them, from 0.
    table
        Shape (draws, columns): for each claim whether its answer is unchanged and whether it
        agrees with the source, then for each stage whether it is willing and whether it holds,
        then for each outcome whether play may and whether it must come to it.
    """

    first: int
    table: NDArray[np.bool_]

    @property
    def last(self) -> int:
        """The number after that of the last of them."""
        return self.first + len(self.table)


def _joined(rows: Sequence[CheckedRows]) -> CheckedRows:
    return CheckedRows(rows[0].first, np.concatenate([one.table for one in rows]))


@dataclass(frozen=True, slots=True)
class OneDraw:
    """What was found in one draw: answers, stages of each roadmap, and what play comes to."""

    answers: tuple[Answer, ...]
    stages: tuple[tuple[StageVerdict, ...], ...]
    reached: tuple[tuple[bool, bool], ...]


def check_draws(
    plan: SweepSettings,
    prepared: Batch,
    draws: int,
    *,
    workers: int = 1,
    store: Store | None = None,
    progress: Progress | None = None,
) -> CheckedDraws | None:
    """Answer claims, check roadmaps and follow play from the status quo in the first draws.

    Parameters
    ----------
    plan
        What is drawn.
    prepared
        The plan's dispute, prepared.
    draws
        How many draws, from the first on.
    workers
        Number of threads. The result does not depend on it.
    store
        Where draws are kept as they are checked. What is kept already is not checked again.
    progress
        Called as the work goes on.

    Returns
    -------
    CheckedDraws or None
        None where there are no draws, or nothing to check. After Ctrl-C, what was found in those
        of the first draws that had been checked by then.

    Raises
    ------
    DisputeError
        If a claim's question has no meaning.
    """
    asked = questions(plan.dispute)
    if not draws or asked is None:
        return None
    if progress:
        progress("claims, roadmaps and play", 0.0)
    return Checking(asked, plan, prepared, draws, store).ended(workers, progress)


class Checking:
    """Draws that are being checked, which can go on beside other work.

    Parameters
    ----------
    asked
        What is asked of each draw.
    plan, prepared
        What is drawn, and its dispute, prepared.
    draws
        How many draws, from the first on.
    store
        Where draws are kept as they are checked. What is kept already is not checked again.
    """

    def __init__(
        self,
        asked: Questions,
        plan: SweepSettings,
        prepared: Batch,
        draws: int,
        store: Store | None = None,
    ) -> None:
        if prepared.model.space.size >= LOADED_FROM:
            # Half a second that many models are worth, each of which is evaluated in full.
            import_module("detente.space.kernels")
        (model,) = prepared.models(stated_preferences(plan.dispute))
        self._plan, self._prepared = plan, prepared
        self._ground = Ground(model)
        self._ask = partial(_evaluated, asked, played_under(plan.concepts), plan.packages)
        self._stated = self._ask(self._ground)
        columns = _columns(plan.dispute, self._stated)
        self._table = np.zeros((draws, len(columns)), dtype=np.bool_)
        self._known = np.zeros(draws, dtype=np.bool_)
        self._unkept: Unkept[CheckedRows] | None = None
        if store is not None:
            from detente.robustness.run.unkept import Unkept

            self._unkept = Unkept(partial(store.write_checks, columns), _joined)
            for kept in store.kept_checks(columns):
                self._table[kept.first : kept.last] = kept.table[: max(0, draws - kept.first)]
                self._known[kept.first : kept.last] = True

    @property
    def missing(self) -> list[int]:
        """Numbers of the draws that are not checked yet, from 0."""
        return np.flatnonzero(~self._known).tolist()

    def tasks(self) -> Iterator[Callable[[], tuple[int, OneDraw]]]:
        """What is to be done for each missing draw, in order, in any thread."""
        missing = self.missing
        for draw, model in zip(missing, _models(self._plan, self._prepared, missing), strict=True):
            yield partial(self._checked, draw, self._ground.of_other_ranks(model))

    def _checked(self, draw: int, ground: Ground) -> tuple[int, OneDraw]:
        return draw, self._ask(ground)

    def add(self, draw: int, found: OneDraw) -> None:
        """Take what was found in a draw."""
        row = _row(self._plan.dispute, found, self._stated)
        if self._unkept is not None:
            self._unkept.add(CheckedRows(draw, np.array([row], dtype=np.bool_)))
        self._table[draw] = row
        self._known[draw] = True

    def keep(self) -> None:
        """Keep what was found and is not kept yet."""
        if self._unkept is not None:
            with undisturbed():
                self._unkept.keep()

    def ended(self, workers: int, progress: Progress | None) -> CheckedDraws:
        """Check the draws that are missing, and count.

        Parameters
        ----------
        workers
            Number of threads.
        progress
            Called as the work goes on.

        Returns
        -------
        CheckedDraws
            After Ctrl-C, of those of the first draws that had been checked by then.
        """
        draws = len(self._known)
        done = draws - len(self.missing)
        found = in_threads(lambda task: task(), self.tasks(), workers)
        try:
            for draw, one in found:
                self.add(draw, one)
                done += 1
                if progress:
                    told = f"claims, roadmaps and play: {done:,} of {draws:,} draws"
                    progress(told, done / draws)
        except KeyboardInterrupt:
            pass
        finally:
            found.close()
            self.keep()
        # Where the run was cut off, draws that were kept may lie beyond those that were not
        # reached.
        done = draws if self._known.all() else int(np.argmin(self._known))
        return _counted(self._plan, self._stated, self._table[:done], draws)


def _columns(dispute: Dispute, stated: OneDraw) -> list[str]:
    """What a row tells, in order."""
    return (
        [
            name
            for claim in dispute.claims
            for name in (f"unchanged {claim.id}", f"agrees {claim.id}")
        ]
        + [
            f"{name} {roadmap.id}.{number}"
            for roadmap, number, _, _ in _stages(dispute, stated)
            for name in ("willing", "holding")
        ]
        + [
            f"{name} come to {outcome.id}"
            for outcome, _ in zip(dispute.outcomes, stated.reached, strict=False)
            for name in ("may", "must")
        ]
    )


def _row(dispute: Dispute, one: OneDraw, stated: OneDraw) -> list[bool]:
    row = []
    for claim, answer, expected in zip(dispute.claims, one.answers, stated.answers, strict=True):
        row += [_same(answer, expected), _short(answer) == claim.says.strip().casefold()]
    for *_, found in _stages(dispute, one):
        row += [found.willing, found.holding]
    return row + [one for both in one.reached for one in both]


def _stages(dispute: Dispute, one: OneDraw) -> list[tuple[Roadmap, int, Stage, StageVerdict]]:
    """Every stage with its number, from 1, and what was found of it."""
    # Without a status quo no roadmap is checked.
    return [
        (roadmap, number, stage, found)
        for roadmap, verdicts in zip(dispute.roadmaps, one.stages, strict=False)
        for number, (stage, found) in enumerate(zip(roadmap.stages, verdicts, strict=True), 1)
    ]


def _counted(
    plan: SweepSettings, stated: OneDraw, rows: NDArray[np.bool_], wanted: int
) -> CheckedDraws:
    if not len(rows):
        return CheckedDraws(0, wanted, (), ())
    dispute = plan.dispute
    held = np.concatenate(list(_inputs(plan, len(rows))))
    counts = rows.sum(axis=0).tolist()
    together = [tuple(held[column].sum(axis=0).tolist()) for column in rows.T]
    claims = [
        ClaimCount(
            claim.id,
            claim.says,
            answer.short,
            counts[column],
            counts[column + 1],
            together[column],
        )
        for claim, answer, column in zip(
            dispute.claims, stated.answers, range(0, len(counts), 2), strict=False
        )
    ]
    stages = [
        StageCount(
            roadmap.id,
            number,
            stage.name,
            found.possible,
            found.willing,
            found.holding,
            counts[column],
            counts[column + 1],
            together[column],
            together[column + 1],
        )
        for (roadmap, number, stage, found), column in zip(
            _stages(dispute, stated), range(2 * len(claims), len(counts), 2), strict=False
        )
    ]
    first = 2 * (len(claims) + len(stages))
    outcomes = [
        ReachedCount(
            outcome.id,
            may,
            must,
            counts[column],
            counts[column + 1],
            together[column],
            together[column + 1],
        )
        for outcome, (may, must), column in zip(
            dispute.outcomes, stated.reached, range(first, len(counts), 2), strict=False
        )
    ]
    return CheckedDraws(
        len(rows),
        wanted,
        tuple(claims),
        tuple(stages),
        tuple(held.sum(axis=0).tolist()),
        tuple(outcomes),
    )


def played_under(concepts: Sequence[str]) -> str:
    """The concept that deters improvements in play.

    SEQ, if it is one of those asked for, or the first of them that says what deters; SEQ where none
    of them does.
    """
    deterring = [one for one in concepts if one in concepts_serving("deterrence")]
    return deterring[0] if deterring and "SEQ" not in deterring else "SEQ"


def _inputs(plan: SweepSettings, draws: int) -> Iterator[NDArray[np.bool_]]:
    """Whether each input is as stated in the first draws, by chunk, shape (draws, inputs)."""
    for first in range(0, draws, CHUNK):
        drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, first // CHUNK)
        rows = slice(0, draws - first)
        yield input_values(plan.dispute, tuple(own.rows(rows) for own in drawn))


def _short(answer: Answer) -> str:
    return answer.short.replace(",", "")


def _same(one: Answer, other: Answer) -> bool:
    if one.short != other.short:
        return False
    if one.short != "list":
        return True
    parts = zip(one.parts, other.parts, strict=True)
    return all(a.choices == b.choices and a.powers == b.powers for a, b in parts)


def _models(plan: SweepSettings, prepared: Batch, wanted: Sequence[int]) -> Iterator[GraphModel]:
    """The graph model of each of the draws with these numbers, in order."""
    for chunk, numbers in groupby(wanted, lambda draw: draw // CHUNK):
        drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, chunk)
        for draw in numbers:
            row = slice(draw % CHUNK, draw % CHUNK + 1)
            yield from prepared.models(tuple(own.rows(row) for own in drawn))


def _evaluated(asked: Questions, concept: str, packages: bool, ground: Ground) -> OneDraw:
    parties = tuple(range(len(ground.model.dispute.parties)))
    responses = None
    if asked.roadmaps:
        # Of all parties at once takes hardly longer than of one.
        ground.counted_on_by_state(STAGES_UNDER, parties)
        responses = [ground.counted_on(STAGES_UNDER, party) for party in parties]
    return OneDraw(
        tuple(evaluate(query, ground, examples=False) for query in asked.claims),
        tuple(
            stage_verdicts(ground.model, roadmap, concept=STAGES_UNDER, responses=responses)
            for roadmap in asked.roadmaps
        ),
        _reached(ground, asked.outcomes, StepRule("improvements", concept, parties, packages)),
    )


def _reached(
    ground: Ground, outcomes: Sequence[Outcome], rule: StepRule
) -> tuple[tuple[bool, bool], ...]:
    """For each outcome, whether play from the status quo may, and must, come to it."""
    if not outcomes:
        return ()
    model = ground.model
    assert model.status_quo is not None
    goals = np.array([ground.truth(outcome.formula) for outcome in outcomes])
    may, must = reached_from(Steps(ground, rule), model.node(model.status_quo), goals)
    return tuple(zip(may.tolist(), must.tolist(), strict=True))
