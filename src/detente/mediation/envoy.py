"""The envoy: the least that has to be promised, by whom and in what order, for a plan to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from detente.dispute.dispute import Dispute, Formula
from detente.dispute.errors import DisputeError
from detente.dispute.names import formula_from, party_number, roadmap_named
from detente.dispute.result import Result
from detente.mediation.arrangements import Arrangement, arrangements
from detente.mediation.grit import Graduated, graduated_steps
from detente.mediation.plans_to_goal import plans_to
from detente.mediation.search import Mediation, Search
from detente.mediation.visits import Visits, visits
from detente.roadmap.check.stage_checks import Foresight
from detente.roadmap.check.verdicts import (
    RoadmapCheck,
    check_plan,
    known_concept_of_roadmaps,
    known_foresight,
)
from detente.roadmap.plan import Plan, plan_from, refuse_listed_moves, start_index
from detente.space.graph import Values
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress
from detente.stability.prepared_model import graph_model

__all__ = ["Envoy", "envoy_of_model", "send_envoy"]


@dataclass(frozen=True, eq=False)
class Envoy(Result):
    """What a mediator can do.

    Attributes
    ----------
    model
        The graph model.
    goal
        The roadmap's name, or the outcome or formula that is to be reached.
    check
        The check of the roadmap as it is; None where an outcome is asked for.
    concept, foresight
        Under which plans hold, and how far parties look.
    by
        Number of the party that mediates; None for a mediator without a stake.
    budget
        At most this many instruments were looked at.
    found
        The sets that no other beats in number, cost and statements lost, the fewest instruments
        first.
    visits
        For each of them the order of visits; None where too many parties are concerned.
    tried
        How many changed plans were looked at.
    complete
        Whether all was looked at.
    interrupted
        Whether the user ended the search.
    graduated
        Small steps to the goal, where they were asked for.
    others
        Other sets of as few instruments as the least that will do too, the cheapest first. Of each
        changed plan one is looked for, so that there may be more.
    """

    model: GraphModel
    goal: str
    check: RoadmapCheck | None = field(repr=False)
    concept: str
    foresight: Foresight
    by: int | None
    budget: int
    found: tuple[Mediation, ...]
    visits: tuple[Visits | None, ...] = field(repr=False)
    tried: int
    complete: bool
    interrupted: bool = False
    graduated: Graduated | None = None
    others: tuple[Mediation, ...] = field(default=(), repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        return self.model.dispute

    @property
    def least(self) -> Mediation | None:
        """The set of the fewest instruments, of those the cheapest; None where there is none."""
        return self.found[0] if self.found else None


def send_envoy(
    dispute: Dispute,
    *,
    roadmap: str | None = None,
    to: str | None = None,
    by: str | None = None,
    budget: int | None = None,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    max_stages: int = 2,
    grit: bool = False,
    exposure: float = 0.25,
    progress: Progress | None = None,
) -> Envoy:
    """Find the least that has to be promised, by whom and in what order, for a plan to hold.

    Parameters
    ----------
    dispute
        The dispute.
    roadmap
        Id of the roadmap that is to hold.
    to
        Instead: an outcome or a formula that is to be reached and kept, by any plan of at most
        `max_stages` stages.
    by
        Id of the party that mediates; by default a mediator without a stake.
    budget
        Look at sets of at most this many instruments, and find all that no other beats. Where left
        out: of at most three, and at no more than the fewest that will do.
    concept, foresight
        As in :func:`detente.check_roadmap`.
    max_stages
        At most this many stages of one party or of one package, before they are made jointly.
    grit
        Look for small steps besides.
    exposure
        By how much of its range any party may stand below the status quo on the way, for these.
    progress
        Called as the work goes on.

    Returns
    -------
    Envoy
        What was found until then, where the user interrupts the search.

    Raises
    ------
    DisputeError
        If neither `roadmap` nor `to` is given, or both are. If a name is not known, there is no
        status quo, or a number is out of range.

    Examples
    --------
    >>> import detente
    >>> korea = detente.load("korea-2017")
    >>> detente.send_envoy(korea, roadmap="russia_2017").least.number
    1
    """
    refuse_listed_moves(dispute)
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    if (roadmap is None) == (to is None):
        raise DisputeError("name one of them: a roadmap, or an outcome to be reached")
    mediator = None if by is None else party_number(dispute, by)
    if budget is not None and budget < 0:
        raise DisputeError("the budget is a number of instruments, 0 or more", found=str(budget))
    if not 0 <= exposure <= 1:
        raise DisputeError("the exposure is a share from 0 to 1", found=f"{exposure:g}")
    if max_stages < 1:
        raise DisputeError("a plan has one stage at least", found=str(max_stages))
    plan = None if roadmap is None else plan_from(dispute, roadmap_named(dispute, roadmap))
    goal = None if to is None else formula_from(dispute, to)
    model = graph_model(dispute, [name])
    return envoy_of_model(
        model,
        plan if plan is not None else goal,  # type: ignore[arg-type]
        by=mediator,
        budget=budget,
        concept=name,
        foresight=sight,
        max_stages=max_stages,
        grit=grit,
        exposure=exposure,
        progress=progress,
    )


def envoy_of_model(
    model: GraphModel,
    aim: Plan | Formula,
    *,
    by: int | None = None,
    budget: int | None = None,
    concept: str = "SEQ",
    foresight: Foresight = "roadmap",
    max_stages: int = 2,
    grit: bool = False,
    exposure: float = 0.25,
    responses: Sequence[Values] | None = None,
    only_least: bool | None = None,
    progress: Progress | None = None,
) -> Envoy:
    """The same for a graph model and any plan or condition; see :func:`send_envoy`.

    `responses` are what parties can count on in the model under the concept, where that is known.
    With `only_least` no more instruments are looked at than the fewest that will do, as where no
    `budget` is given.
    """
    start = start_index(model)
    search = Search(
        model, concept=concept, foresight=foresight, by=by, responses=responses, progress=progress
    )
    check = None
    most = 3 if budget is None else budget
    if isinstance(aim, Plan):
        if not aim.stages:
            raise DisputeError(f"the roadmap {aim.id} has no stages", path=model.dispute.path)
        check = check_plan(
            model, aim, concept=concept, foresight=foresight, responses=search.views.responses
        )
        goal = aim.name
    else:
        if bool(model.space.holds(aim)[start]):
            raise DisputeError(f"the status quo is one of “{aim.text}” already", found=aim.text)
        goal = _goal_name(model.dispute, aim)
    interrupted = False
    graduated = None
    try:
        changed = _changed_plans(model, aim, most, max_stages, progress)
        search.run(changed, most, only_least=budget is None if only_least is None else only_least)
        if grit:
            end = aim if check is None else check.end - 1
            graduated = graduated_steps(
                model,
                end,  # type: ignore[arg-type]
                concept=concept,
                bound=exposure,
                progress=progress,
            )
    except KeyboardInterrupt:
        interrupted = True
    found = tuple(search.found)
    orders = tuple(visits(model, one, concept=concept, by=by) for one in found)
    return Envoy(
        model,
        goal,
        check,
        concept,
        foresight,
        by,
        most,
        found,
        orders,
        search.tried,
        search.complete and not interrupted,
        interrupted,
        graduated,
        _others(search),
    )


def _others(search: Search) -> tuple[Mediation, ...]:
    """Sets of as few instruments as the least, that one and equal ones left out."""
    if not search.found:
        return ()
    least = search.found[0]
    seen = {_essence(least)}
    others = []
    for one in sorted(search.of_number.get(least.number, ()), key=lambda other: other.price):
        if _essence(one) not in seen:
            seen.add(_essence(one))
            others.append(one)
    return tuple(others)


def _essence(one: Mediation) -> tuple[object, ...]:
    """What is promised and done, whatever it is called."""
    stages = tuple((stage.parties, tuple(stage.settings.items())) for stage in one.plan.stages)
    return (frozenset(one.instruments), stages)


def _changed_plans(
    model: GraphModel,
    aim: Plan | Formula,
    most: int,
    max_stages: int,
    progress: Progress | None,
) -> Callable[[int], Iterator[tuple[Arrangement, Plan]]]:
    """From a number of instruments to the changed plans of no more."""
    if isinstance(aim, Plan):
        return lambda limit: ((one, aim) for one in arrangements(model, aim, limit))
    found = plans_to(model, aim, max_stages, most, progress)
    return lambda limit: ((one, one.plan) for one in found if one.number <= limit)


def _goal_name(dispute: Dispute, aim: Formula) -> str:
    named = {outcome.id: outcome.name for outcome in dispute.outcomes}
    return named.get(aim.text, aim.text)
