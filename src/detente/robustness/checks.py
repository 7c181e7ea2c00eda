"""Claims and roadmaps under drawn preferences: how often answers and checks stay as they are.

A question or a stage can be about anything in the dispute, so each draw is evaluated in full, by
what answers it for the preferences as stated. That takes a second or so for each draw of a large
dispute; so it is done for the first draws only.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from detente.evidence.claims import parse_claims
from detente.queries.evaluation import evaluate
from detente.queries.parsing import QueryError
from detente.queries.steps import Ground
from detente.roadmap.check import check_plan
from detente.roadmap.plan import plan_from
from detente.robustness.draws import CHUNK, draw_chunk, stated_preferences
from detente.stability.analysis import Progress
from detente.stability.graph_model import GraphModel

if TYPE_CHECKING:
    from detente.queries.answer import Answer
    from detente.queries.query import Query
    from detente.roadmap.check import StageCheck
    from detente.roadmap.plan import Plan as RoadmapPlan
    from detente.robustness.batch import Batch
    from detente.robustness.sweep import Plan

__all__ = ["STAGES_UNDER", "CheckedDraws", "ClaimCount", "StageCount", "check_draws"]

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
        The answer for the preferences as stated; None where the question then has none.
    unchanged
        In how many draws the answer is the same as that.
    agreeing
        In how many draws the answer is the source's.
    """

    claim: str
    says: str
    stated: str | None
    unchanged: int
    agreeing: int


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
    """

    roadmap: str
    number: int
    name: str
    possible: bool
    stated_willing: bool
    stated_holding: bool
    willing: int
    holding: int


@dataclass(frozen=True, slots=True)
class CheckedDraws:
    """Claims and stages in the first draws.

    Attributes
    ----------
    draws, wanted
        Number of draws evaluated, and that were to be; fewer where the run was interrupted.
    claims, stages
        What was counted.
    """

    draws: int
    wanted: int
    claims: tuple[ClaimCount, ...]
    stages: tuple[StageCount, ...]


@dataclass(frozen=True, slots=True)
class _OneDraw:
    answers: tuple[Answer | None, ...]
    stages: tuple[tuple[StageCheck, ...], ...]


def check_draws(
    plan: Plan,
    prepared: Batch,
    draws: int,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> CheckedDraws | None:
    """Answer the claims and check the roadmaps of a dispute in each of the first draws.

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
    progress
        Called as the work goes on.

    Returns
    -------
    CheckedDraws or None
        None where there are no draws, or neither claims nor roadmaps.

    Raises
    ------
    DisputeError
        If a claim's question has no meaning.
    """
    dispute = plan.dispute
    queries = parse_claims(dispute)
    roadmaps: tuple[RoadmapPlan, ...] = ()
    if dispute.status_quo is not None:
        roadmaps = tuple(plan_from(dispute, roadmap) for roadmap in dispute.roadmaps)
    if not draws or not (queries or roadmaps):
        return None
    if progress:
        progress("claims and roadmaps", 0.0)
    (model,) = prepared.models(stated_preferences(dispute))
    stated = _evaluated(model, queries, roadmaps)
    # By claim, then by stage: unchanged and agreeing, or willing and holding.
    stages = [stage for one in stated.stages for stage in one]
    counts = np.zeros((len(queries) + len(stages), 2), dtype=np.int64)
    says = [claim.says.strip().casefold() for claim in dispute.claims]
    done = 0
    found = _in_threads(_models(plan, prepared, draws), queries, roadmaps, workers)
    try:
        for one in found:
            for number, answer in enumerate(one.answers):
                counts[number, 0] += _same(answer, stated.answers[number])
                counts[number, 1] += _short(answer) == says[number]
            checked = [stage for each in one.stages for stage in each]
            for number, stage in enumerate(checked, start=len(queries)):
                counts[number] += (_willing(stage), _holding(stage))
            done += 1
            if progress:
                progress(f"claims and roadmaps: {done:,} of {draws:,} draws", done / draws)
    except KeyboardInterrupt:
        if not done:
            return None
    table = counts.tolist()
    return CheckedDraws(
        done,
        draws,
        tuple(
            ClaimCount(claim.id, claim.says, None if answer is None else answer.short, *row)
            for claim, answer, row in zip(dispute.claims, stated.answers, table, strict=False)
        ),
        tuple(
            StageCount(
                roadmap.id,
                stage.number,
                stage.stage.name,
                stage.possible,
                _willing(stage),
                _holding(stage),
                *row,
            )
            for (roadmap, stage), row in zip(
                [
                    (roadmap, stage)
                    for roadmap, each in zip(dispute.roadmaps, stated.stages, strict=False)
                    for stage in each
                ],
                table[len(queries) :],
                strict=True,
            )
        ),
    )


def _willing(stage: StageCheck) -> bool:
    return stage.possible and stage.willing


def _holding(stage: StageCheck) -> bool:
    return stage.possible and stage.holding


def _short(answer: Answer | None) -> str | None:
    return None if answer is None else answer.short.replace(",", "")


def _same(one: Answer | None, other: Answer | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.short != other.short:
        return False
    if one.short != "list":
        return True
    parts = zip(one.parts, other.parts, strict=True)
    return all(a.choices == b.choices and a.powers == b.powers for a, b in parts)


def _models(plan: Plan, prepared: Batch, draws: int) -> Iterator[GraphModel]:
    for chunk in range(-(-draws // CHUNK)):
        drawn = draw_chunk(plan.dispute, plan.uncertainty, plan.seed, chunk)
        yield from islice(prepared.models(drawn), draws - chunk * CHUNK)


def _evaluated(
    model: GraphModel, queries: tuple[Query, ...], roadmaps: tuple[RoadmapPlan, ...]
) -> _OneDraw:
    ground = Ground(model)
    answers: list[Answer | None] = []
    for query in queries:
        try:
            answers.append(evaluate(query, ground))
        except QueryError:
            # It asks about states of which there are none with these preferences.
            answers.append(None)
    parties = range(len(model.dispute.parties))
    return _OneDraw(
        tuple(answers),
        tuple(
            check_plan(
                model,
                roadmap,
                concept=STAGES_UNDER,
                responses=[ground.counted_on(STAGES_UNDER, party) for party in parties],
            ).stages
            for roadmap in roadmaps
        ),
    )


def _in_threads(
    models: Iterator[GraphModel],
    queries: tuple[Query, ...],
    roadmaps: tuple[RoadmapPlan, ...],
    workers: int,
) -> Iterator[_OneDraw]:
    """Evaluate models in threads, few ahead of those that are asked for."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[_OneDraw]] = set()
        try:
            for model in models:
                waiting.add(pool.submit(_evaluated, model, queries, roadmaps))
                if len(waiting) > workers:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
