"""The smallest changes that make a plan hold which fails its check.

docs/concepts/roadmaps.md, definition 8. Every proposal is verified by a new check of the
changed plan, or of the plan in the changed model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from detente.changes.statements import Change
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.names import roadmap_named, unknown_name
from detente.dispute.result import Result
from detente.roadmap.check.stage_checks import Foresight
from detente.roadmap.check.verdicts import (
    Checker,
    Responses,
    RoadmapCheck,
    check_plan,
    known_concept_of_roadmaps,
    known_foresight,
    plan_holds,
)
from detente.roadmap.plan import Plan, plan_from
from detente.roadmap.repair.preference_changes import PreferenceChanges
from detente.roadmap.repair.promises import Departures, commitment_sets, pledge_sets
from detente.roadmap.repair.stage_orders import (
    Rearranged,
    with_a_part,
    with_a_stage,
    with_joint_stages,
    with_stages_left_out,
    with_stages_reordered,
)
from detente.roadmap.undertakings import Settings
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress
from detente.stability.memory import check_memory, fits_when_listed
from detente.stability.prepared_model import graph_model

__all__ = [
    "REPAIR_KINDS",
    "KindOfRepair",
    "PlanRepair",
    "RepairKind",
    "RoadmapRepair",
    "repair_plan",
    "repair_roadmap",
]

RepairKind: TypeAlias = Literal[
    "order", "joint", "left_out", "stage", "part", "commitment", "pledge", "preferences"
]

REPAIR_KINDS: tuple[RepairKind, ...] = (
    "order",
    "joint",
    "left_out",
    "stage",
    "part",
    "commitment",
    "pledge",
    "preferences",
)

# So many changed plans of a kind are looked at before a search says that it is not complete.
_MOST_PLANS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class PlanRepair:
    """One smallest change of its kind by which the plan holds.

    Attributes
    ----------
    kind
        ``order``, ``joint``, ``left_out``, ``stage`` or ``part`` (definition 8a),
        ``commitment`` (8b), ``pledge`` (8c) or ``preferences`` (8d).
    size
        The size of the change, as its definition counts it.
    check
        The check that verifies it: of the changed plan, with what is undertaken beside it, or in
        the changed model.
    same_end
        Whether the plan still ends in the state in which it ended.
    origins
        For each stage of the changed plan the numbers of the stages of which it is made.
    added
        By number of stage of the changed plan: options, each with its level, that are set there
        and were not.
    changes
        What preferences would have to differ.
    """

    kind: RepairKind
    size: int
    check: RoadmapCheck
    same_end: bool
    origins: tuple[tuple[int, ...], ...]
    added: tuple[tuple[int, Settings], ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class KindOfRepair:
    """What was found of one kind.

    Attributes
    ----------
    kind
        The kind.
    proposals
        The smallest changes, as many as are listed.
    count
        How many of that size were found.
    tried
        How many changes were looked at.
    complete
        Whether all of the smallest were found, or it is sure that there is none within the
        limits.
    at_least
        It is sure that no change of the kind that is smaller than this will do.
    not_possible
        Number of a stage because of which no change of the kind can do: for promises, one that
        is not possible or not made willingly; for preferences, one that is not possible.
    too_large
        Whether the kind was not looked for, as the dispute's moves, listed, would not fit into
        memory.
    """

    kind: RepairKind
    proposals: tuple[PlanRepair, ...]
    count: int
    tried: int
    complete: bool
    at_least: int = 1
    not_possible: int | None = None
    too_large: bool = False


@dataclass(frozen=True, eq=False)
class RoadmapRepair(Result):
    """What would make a plan hold.

    Attributes
    ----------
    check
        The check of the plan as it is.
    kinds
        What was found of each kind that was looked for; of none where the plan holds.
    most_changes
        The greatest number of changes of preferences that was looked for.
    interrupted
        Whether the user ended the search; the kinds that follow were not looked for.
    """

    check: RoadmapCheck
    kinds: tuple[KindOfRepair, ...] = field(repr=False)
    most_changes: int
    interrupted: bool = False

    @property
    def model(self) -> GraphModel:
        """The graph model."""
        return self.check.checker.model

    @cached_property
    def proposals(self) -> tuple[PlanRepair, ...]:
        """All proposals, the smallest changes first."""
        return tuple(
            sorted(
                (proposal for kind in self.kinds for proposal in kind.proposals),
                key=lambda one: one.size,
            )
        )


def repair_roadmap(
    dispute: Dispute,
    roadmap: str,
    *,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    kinds: tuple[str, ...] = REPAIR_KINDS,
    most_changes: int = 3,
    limit: int | None = None,
    progress: Progress | None = None,
) -> RoadmapRepair:
    """Find the smallest changes that make a roadmap hold.

    Parameters
    ----------
    dispute
        The dispute.
    roadmap
        Id of the roadmap.
    concept, foresight
        As in :func:`detente.check_roadmap`.
    kinds
        The kinds of change to look for; see :class:`PlanRepair`.
    most_changes
        Look for at most this many changes of preferences.
    limit
        List at most this many proposals of each kind; by default all.
    progress
        Called as the work goes on.

    Returns
    -------
    RoadmapRepair
        What was found until then, where the user interrupts the search.

    Raises
    ------
    DisputeError
        If there is no such roadmap, concept, foresight or kind, the roadmap has no stages, or
        there is no status quo.

    Examples
    --------
    >>> import detente
    >>> dispute = detente.load("korea-2017")
    >>> detente.repair_roadmap(dispute, "russia_2017", concept="GMR").check.holds
    True
    """
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    plan = plan_from(dispute, roadmap_named(dispute, roadmap))
    check_memory(dispute, [name])
    return repair_plan(
        graph_model(dispute),
        plan,
        concept=name,
        foresight=sight,
        kinds=kinds,
        most_changes=most_changes,
        limit=limit,
        progress=progress,
    )


def repair_plan(
    model: GraphModel,
    plan: Plan,
    *,
    concept: str = "SEQ",
    foresight: Foresight = "roadmap",
    kinds: tuple[str, ...] = REPAIR_KINDS,
    most_changes: int = 3,
    limit: int | None = None,
    progress: Progress | None = None,
) -> RoadmapRepair:
    """Find the smallest changes that make any plan hold; see :func:`repair_roadmap`."""
    for kind in kinds:
        if kind not in REPAIR_KINDS:
            raise unknown_name("kind of repair", kind, list(REPAIR_KINDS))
    if not plan.stages:
        raise DisputeError(f"the roadmap {plan.id} has no stages", path=model.dispute.path)
    responses = Responses(model, concept)
    check = check_plan(model, plan, concept=concept, foresight=foresight, responses=responses)
    if check.holds:
        return RoadmapRepair(check, (), most_changes)
    engine = _Repair(check, responses, most_changes, limit, progress)
    found = []
    for kind in REPAIR_KINDS:
        if kind in kinds and not engine.interrupted:
            found.append(engine.search(kind))
    return RoadmapRepair(check, tuple(found), most_changes, engine.interrupted)


class _Repair:
    """The searches for changes of one plan, one for each kind."""

    def __init__(
        self,
        check: RoadmapCheck,
        responses: Responses,
        most_changes: int,
        limit: int | None,
        progress: Progress | None,
    ) -> None:
        self.check = check
        self.model = check.checker.model
        self.plan = check.plan
        self.responses = responses
        self.checker = Checker(self.model, check.plan, check.concept, check.foresight, responses)
        self.most_changes = most_changes
        self.limit = limit
        self.progress = progress
        self.interrupted = False
        self.tried = 0
        self.at_least = 1
        self.complete = False
        self.proposals: list[PlanRepair] = []

    def search(self, kind: RepairKind) -> KindOfRepair:
        """The smallest changes of one kind, or those found when the user interrupts."""
        self.proposals, self.tried, self.at_least, self.complete = [], 0, 1, False
        obstacle = self.obstacle(kind)
        if obstacle is not None:
            return KindOfRepair(kind, (), 0, 0, True, not_possible=obstacle)
        if kind == "preferences" and not fits_when_listed(self.model.dispute, [self.check.concept]):
            return KindOfRepair(kind, (), 0, 0, False, too_large=True)
        try:
            match kind:
                case "commitment" | "pledge":
                    self.promise(kind)
                case "preferences":
                    self.change_preferences()
                case _:
                    self.rearrange(kind)
        except KeyboardInterrupt:
            self.interrupted, self.complete = True, False
        if kind != "preferences":
            # Of equal changes, those first that lead where the plan led, and expose least.
            self.proposals.sort(key=lambda one: (not one.same_end, one.check.statements_lost))
        listed = tuple(self.proposals[: self.limit])
        return KindOfRepair(
            kind, listed, len(self.proposals), self.tried, self.complete, self.at_least
        )

    def obstacle(self, kind: RepairKind) -> int | None:
        """Number of the first stage whose failure no change of the kind can mend."""
        for stage in self.check.stages:
            if kind == "preferences" and not stage.possible:
                return stage.number
            if kind in ("commitment", "pledge") and stage.failed not in (None, "holding"):
                return stage.number
        return None

    def report(self, kind: str) -> None:
        """Say how far the work is."""
        if self.progress and self.tried % 16 == 0:
            self.progress(f"{kind}: {self.tried:,} looked at", 0.0)

    # Changed plans ---------------------------------------------------------------------------

    def rearranged(self, kind: RepairKind) -> Iterator[Rearranged | None]:
        """Changed plans of a kind, in order of size."""
        match kind:
            case "order":
                return with_stages_reordered(self.plan)
            case "joint":
                return with_joint_stages(self.plan)
            case "left_out":
                return with_stages_left_out(self.plan)
            case "stage":
                return with_a_stage(self.model, self.plan, self.checker.path)
            case _:
                return with_a_part(self.model.dispute, self.plan)

    def rearrange(self, kind: RepairKind) -> None:
        """Find the smallest changes of the plan's stages."""
        for looked_at, changed in enumerate(self.rearranged(kind)):
            if looked_at == _MOST_PLANS:
                return
            if changed is None:
                continue
            if self.proposals and changed.size > self.proposals[0].size:
                break
            self.tried += 1
            self.at_least = changed.size
            self.report(kind)
            if plan_holds(
                self.model,
                changed.plan,
                concept=self.check.concept,
                foresight=self.check.foresight,
                responses=self.responses,
            ):
                self.propose(
                    kind,
                    changed.size,
                    self.checked(changed.plan),
                    origins=changed.origins,
                    added=changed.added,
                )
        self.complete = True

    def checked(self, plan: Plan) -> RoadmapCheck:
        """The check of a changed plan."""
        return check_plan(
            self.model,
            plan,
            concept=self.check.concept,
            foresight=self.check.foresight,
            responses=self.responses,
        )

    # Promises, and preferences ---------------------------------------------------------------

    def promise(self, kind: RepairKind) -> None:
        """Find the fewest promises beside the plan."""
        departures = Departures(self.checker, self.progress)
        sets = commitment_sets if kind == "commitment" else pledge_sets
        try:
            for undertakings in sets(departures):
                check = check_plan(
                    self.model,
                    self.plan,
                    concept=self.check.concept,
                    foresight=self.check.foresight,
                    responses=self.responses,
                    undertakings=undertakings,
                )
                self.propose(kind, len(undertakings), check)
            self.complete = departures.complete
        finally:
            self.tried = departures.tried

    def change_preferences(self) -> None:
        """Find the fewest changes of preferences."""
        search = PreferenceChanges(self.checker, self.most_changes, self.progress)
        try:
            for one in search.found():
                check = check_plan(
                    one.model, self.plan, concept=self.check.concept, foresight=self.check.foresight
                )
                self.propose("preferences", len(one.changes), check, changes=one.changes)
                if self.limit is not None and len(self.proposals) > self.limit:
                    # One more than is listed shows that there are more.
                    return
            self.complete = search.complete
        finally:
            self.tried, self.at_least = search.tried, search.least

    def propose(
        self,
        kind: RepairKind,
        size: int,
        check: RoadmapCheck,
        *,
        origins: tuple[tuple[int, ...], ...] | None = None,
        added: tuple[tuple[int, Settings], ...] = (),
        changes: tuple[Change, ...] = (),
    ) -> None:
        """Add a proposal, which its check has to bear out."""
        if not check.holds:
            raise AssertionError(f"the plan does not hold after a change of kind {kind}")
        if origins is None:
            origins = tuple((one.number,) for one in self.check.stages)
        same_end = check.end == self.check.end
        self.proposals.append(PlanRepair(kind, size, check, same_end, origins, added, changes))
