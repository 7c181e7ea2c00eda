"""The steps of which play is made, on whole arrays of states.

A *step* of a party is one of its moves that it is willing to make. Under a concept, an improvement
of party *i* from *s* to *s1* is *undeterred* if no response that the concept expects of the others
brings *i* to a rank that is not above that of *s*. What *i* can count on at *s1* is the least rank
among staying there and the responses; so an undeterred improvement is a move to a state where *i*
can count on more than its rank at *s*. A *best* move is an undeterred improvement at which *i* can
count on most and, among those, one to a state of highest rank.

No step is ever listed, except from one state at a time: what is asked is which states have a step
into a given set, one array pass for each party.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Formula
from detente.dispute.names import package_named
from detente.dispute.result import whole
from detente.queries.best_steps import BestSteps, JointSteps
from detente.queries.comparisons import Pairs
from detente.queries.package_steps import PackageSteps, package_steps, steps_made
from detente.queries.query import StepRule
from detente.space.graph import LOWEST, Values
from detente.space.graph_model import GraphModel, with_ranks
from detente.space.joint_moves import package_targets
from detente.space.left_out import takes_fewer_options, values_at, with_options_at
from detente.space.shared_work import worked_out_once
from detente.stability.analysis import analyse_model
from detente.stability.concept import Reaction
from detente.stability.concept_registry import concepts_serving, reaction_named, reaction_of
from detente.stability.fibre_blocks import BestMoves, Blocks, Kept, RankedBlocks, blocks_of
from detente.stability.responses import counted_on_by_all, response_lists
from detente.stability.sanctions import reaction_values

if TYPE_CHECKING:
    from detente.formats.analysis import FormatResult
    from detente.stability.response_kernels import Lists

__all__ = ["Ground", "Step", "Steps"]

Nodes = NDArray[np.bool_]


# From so many positions on, what all parties can count on is found in one go by compiled code.
_ALL_AT_ONCE_FROM = 2**14

# The parties that react, each with the name of its improvements.
_Reacting: TypeAlias = tuple[tuple[int, Hashable], ...]

# Two ranks are packed into one integer: what can be counted on, then the rank itself.
_PACKED = 2**32


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who makes it, by which package if by one, and the node it leads to."""

    movers: tuple[int, ...]
    package: str | None
    node: int


@dataclass(frozen=True, eq=False)
class Ground:
    """A graph model with what several questions on it have in common, computed once.

    Attributes
    ----------
    model
        The graph model.
    formats
        Results of formats, by format, concept and whether others were analysed beside it.
    rank_names, move_names
        By party: equal for models in which it has the same ranks, and the same improvements.
    """

    model: GraphModel
    formats: dict[tuple[str, str, bool], FormatResult] = field(default_factory=dict, repr=False)
    _counted_on: dict[tuple[str, int], Values] = field(default_factory=dict, repr=False)
    _stable: dict[tuple[str, int, bool], Nodes] = field(default_factory=dict, repr=False)
    _packages: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)
    _can_move: dict[tuple[tuple[int, ...], bool], Nodes] = field(default_factory=dict, repr=False)
    _package_moves: dict[tuple[str, str], Nodes] = field(default_factory=dict, repr=False)
    _outside: dict[tuple[str, tuple[int, ...]], NDArray[np.int32]] = field(
        default_factory=dict, repr=False
    )
    _pairs: dict[str, Pairs] = field(default_factory=dict, repr=False)
    _truths: dict[Formula, Nodes] = field(default_factory=dict, repr=False)
    _lists: list[Lists | None] = field(default_factory=list, repr=False)
    _blocks: list[Blocks | None] = field(default_factory=list, repr=False)
    _kept: Kept = field(default_factory=Kept, repr=False)
    _joint: dict[tuple[str, ...], JointSteps] = field(default_factory=dict, repr=False)
    _ends: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(
        default_factory=dict, repr=False
    )
    _parts: dict[str, tuple[Ground, NDArray[np.int64]]] = field(default_factory=dict, repr=False)
    _package_steps: dict[str, PackageSteps | None] = field(default_factory=dict, repr=False)
    rank_names: tuple[Hashable, ...] | None = None
    move_names: tuple[Hashable, ...] | None = None
    _legally_moving: dict[StepRule, Nodes] = field(default_factory=dict, repr=False)

    def of_other_ranks(
        self,
        model: GraphModel,
        rank_names: tuple[Hashable, ...] | None = None,
        move_names: tuple[Hashable, ...] | None = None,
    ) -> Ground:
        """The same for a model that differs in ranks only; what does not depend on them is kept.

        So is what depends on the ranks of some parties only, by the names given to the ranks of
        each party, and to its improvements.
        """
        return self._of_same_moves(
            model,
            _kept=self._kept,
            _parts=self._parts,
            rank_names=rank_names,
            move_names=move_names,
        )

    def beside(self) -> Ground:
        """The same for another thread: what hangs on ranks is worked out anew."""
        return self._of_same_moves(self.model)

    def _of_same_moves(self, model: GraphModel, **of_ranks: Any) -> Ground:
        """One that keeps what depends on moves alone, and of the rest what it is given."""
        return Ground(
            model,
            _packages=self._packages,
            _can_move=self._can_move,
            _pairs=self._pairs,
            _truths=self._truths,
            _lists=self._lists,
            _blocks=self._blocks,
            _joint=self._joint,
            _ends=self._ends,
            _package_steps=self._package_steps,
            _legally_moving=self._legally_moving,
            **of_ranks,
        )

    def pairs(self, asked: str, found: Callable[[], Pairs]) -> Pairs:
        """The pairs of states that a question compares, which do not depend on ranks."""
        if asked not in self._pairs:
            self._pairs[asked] = found()
        return self._pairs[asked]

    def by_ranks(
        self, what: str, party: int, found: Callable[[], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """What depends on the ranks of one party alone. Not to be written into."""
        return self._kept.get((what, party, self._names[0][party]), found)

    def truth(self, formula: Formula) -> Nodes:
        """At which nodes that are states a formula holds. Not to be written into."""
        if formula not in self._truths:
            self._truths[formula] = self.model.holds(formula) & self.feasible
        return self._truths[formula]

    @worked_out_once
    def improving(self) -> tuple[int, ...]:
        """Numbers of the parties that prefer some state to another; only these have improvements.

        Ranks are dense and begin at 1.
        """
        return tuple(party for party, own in enumerate(self.model.graph.ranks) if own.max() > 1)

    @worked_out_once
    def feasible(self) -> Nodes:
        """Which nodes are states."""
        return self.model.feasible_nodes

    def counted_on(self, concept: str, party: int) -> Values:
        """At each node, the least rank of a party among staying and the others' responses."""
        key = (concept, party)
        if key not in self._counted_on:
            ranks = self.model.graph.ranks[party]
            values: Values = ranks
            reaction = reaction_of(concept)
            if reaction is not None and reaction.improving and set(self.improving) <= {party}:
                reaction = None
            if reaction is not None:
                if self.ranked is not None and reaction.improving:
                    own = self.counted_on_by_state(concept, [party])[party]
                    values = self._counted_on[key] = self.model.by_node(own)
                    return values
                if self._all_at_once:
                    return self._counted_on_together(concept)[party]
                responses = reaction_values(self.model.graph, party, reaction)
                values = np.minimum(responses, ranks)
            self._counted_on[key] = values
        return self._counted_on[key]

    def counted_on_by_state(
        self, concept: str, parties: Sequence[int]
    ) -> dict[int, NDArray[np.int32]]:
        """The same of some parties together, by state."""
        reaction = reaction_of(concept)
        if self.ranked is None or reaction is None or not reaction.improving:
            values = {one: self.model.by_state(self.counted_on(concept, one)) for one in parties}
            return {one: own.astype(np.int32, copy=False) for one, own in values.items()}
        return self.ranked.counted_on(parties, self.improving, counter_move=reaction.counter_move)

    def best_moves(self, concept: str, movers: Sequence[int]) -> dict[int, BestMoves]:
        """The best moves of some parties, where compiled code works on the model."""
        assert self.ranked is not None
        ranks, names = self._names
        reaction = reaction_of(concept)
        improving = reaction is not None and reaction.improving
        found: dict[int, BestMoves] = {}
        keys: dict[int, Hashable] = {}
        for mover in movers:
            against = names[:mover] + names[mover + 1 :] if improving else None
            keys[mover] = ("best moves", concept, mover, ranks[mover], against)
            known = self._kept.known(keys[mover])
            if known is not None:
                found[mover] = known
        fresh = [mover for mover in movers if mover not in found]
        for mover, counted in self.counted_on_by_state(concept, fresh).items():
            work = partial(self.ranked.best_moves, mover, counted)
            found[mover] = self._kept.get(keys[mover], work)
        return found

    @property
    def _all_at_once(self) -> bool:
        return self.model.space.size >= _ALL_AT_ONCE_FROM and self.response_lists is not None

    def _reacting(self, reaction: Reaction, parties: Iterable[int]) -> list[int]:
        """Those of some parties that have anything to react with."""
        return [one for one in parties if not reaction.improving or one in self.improving]

    def _counted_on_together(self, concept: str) -> list[Values]:
        """At each node, what each party can count on: all of them in one go."""
        assert self.response_lists is not None
        reaction = reaction_named(concept)
        movers = self._reacting(reaction, range(len(self.model.graph.ranks)))
        found = counted_on_by_all(self.response_lists, self.model.ranks_of_all, reaction, movers)
        nodes = self.model.nodes(np.arange(found.shape[1]))
        each: list[Values] = []
        for party, own in enumerate(found):
            values = self.model.graph.ranks[party].copy()
            values[nodes] = own
            self._counted_on[concept, party] = values
            each.append(values)
        return each

    @worked_out_once
    def ranked(self) -> RankedBlocks | None:
        """The parties' blocks with their ranks, for large models on which compiled code works."""
        if self.model.space.size < _ALL_AT_ONCE_FROM:
            return None
        if not self._blocks:
            self._blocks.append(blocks_of(self.model))
        if self._blocks[0] is None:
            return None
        return RankedBlocks(self._blocks[0], self.model, self._kept, *self._names)

    @worked_out_once
    def _names(self) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...]]:
        """By party: the name of its ranks, and of its improvements, None where it has none."""
        unnamed = tuple(object() for _ in self.model.graph.ranks)
        ranks = self.rank_names or unnamed
        moves = self.move_names or ranks
        able = tuple(name if party in self.improving else None for party, name in enumerate(moves))
        return ranks, able

    def joint_steps(self, packages: tuple[str, ...]) -> JointSteps:
        """Packages as steps between states."""
        if packages not in self._joint:
            results = [self._result_by_state(one) for one in packages]
            self._joint[packages] = JointSteps(results, self.model.space.count)
        return self._joint[packages]

    def _result_by_state(self, package: str) -> NDArray[np.int64]:
        nodes = self.model.by_state(self.package_results(package))
        possible = nodes >= 0
        states = np.full(nodes.size, -1, dtype=np.int64)
        states[possible] = self.model.indices(nodes[possible])
        return states

    @property
    def response_lists(self) -> Lists | None:
        """Moves as compiled code reads them, where it can; the same for other ranks."""
        if not self._lists:
            self._lists.append(response_lists(self.model))
        return self._lists[0]

    def stable(self, concept: str, party: int, *, packages: bool = False) -> Nodes:
        """Which nodes are stable for a party, where asked for with packages as moves."""
        key = (concept, party, packages)
        if key not in self._stable:
            if concept in concepts_serving("deterrence") and not packages and self.ranked:
                moving = self.best_moves(concept, [party])[party][-1]
                self._stable[key] = self.model.by_node(~moving)
            elif concept in concepts_serving("deterrence") and not packages:
                ranks = self.model.graph.ranks[party]
                best = self.model.graph.best_reach(self.counted_on(concept, party), party)
                self._stable[key] = best <= ranks
            else:
                analysis = whole(analyse_model(self.model, [concept], packages=packages))
                for other, one in enumerate(self.model.dispute.parties):
                    stable = self.model.by_node(analysis.stable(concept, one.id))
                    self._stable[concept, other, packages] = stable
        return self._stable[key]

    def can_move(self, parties: tuple[int, ...], *, packages: bool) -> Nodes:
        """From which nodes one of some parties has a legal move.

        Where `packages`, a package of which it is a member is one.
        """
        key = (parties, packages)
        if key not in self._can_move:
            everywhere = self.feasible.astype(np.int32)
            able = np.zeros(self.feasible.size, dtype=np.bool_)
            for party in parties:
                able |= self.model.graph.best_move(everywhere, party) > 0
            members = {self.model.dispute.parties[party].id for party in parties}
            for package in self.model.dispute.packages if packages else ():
                if members & set(package.parties):
                    able |= self.package_results(package.id) >= 0
            self._can_move[key] = able & self.feasible
        return self._can_move[key]

    def package_results(self, package: str) -> NDArray[np.int64]:
        """Where a package leads from each node; -1 where it cannot be made or changes nothing.

        See :func:`detente.space.joint_moves.joint_targets` and, for coalesced states,
        :class:`detente.space.joint_moves.JointMove`.
        """
        if package not in self._packages:
            found = package_named(self.model.dispute, package)
            targets = package_targets(self.model.moves, found)
            self._packages[package] = self.model.joint_targets(targets).targets
        return self._packages[package]

    def _package_ends(self, package: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """From which nodes a package leads to another, and to which."""
        if package not in self._ends:
            results = self.package_results(package)
            nodes = np.flatnonzero(results >= 0)
            self._ends[package] = nodes, results[nodes]
        return self._ends[package]

    def package_moves(self, package: str, concept: str) -> Nodes:
        """From which nodes all members of a package improve by it, undeterred.

        After Inohara and Hipel (2008): a coalition's improvement is one for each member, and it
        is deterred if the parties outside can bring some member to a rank that is not above the
        one it had. The outsiders respond as the concept expects.
        """
        key = (package, concept)
        if key not in self._package_moves:
            made = self._made_by_steps(package, concept)
            if made is None:
                members, against = self._members(package), self._against(package, concept)
                ranks = tuple(self._names[0][one] for one in members)
                self._package_moves[key] = self._kept.get(
                    ("moves", package, concept, ranks, against),
                    lambda: self._undeterred_gains(package, concept, against),
                )
            else:
                self._package_moves[key] = self.model.by_node(made)
        return self._package_moves[key]

    def package_made(self, package: str, concept: str) -> Nodes:
        """The same by state."""
        made = self._made_by_steps(package, concept)
        if made is None:
            return self.model.by_state(self.package_moves(package, concept))
        return made

    def _made_by_steps(self, package: str, concept: str) -> Nodes | None:
        """The same as compiled code finds it, where it does."""
        if not set(self.improving).issuperset(self._members(package)):
            return np.zeros(self.model.space.count, dtype=np.bool_)
        reaction = reaction_of(concept)
        by_improvements = reaction is None or (reaction.improving and not reaction.counter_move)
        ranked = self.ranked if by_improvements else None
        steps = self._steps_by(package) if ranked else None
        if ranked is None or steps is None:
            return None
        against = self._against(package, concept)
        ranks = tuple(ranked.rank_names[one] for one in steps.members.tolist())
        return self._kept.get(
            ("made", package, concept, ranks, against),
            lambda: steps_made(steps, ranked, [one for one, _ in against]),
        )

    def _steps_by(self, package: str) -> PackageSteps | None:
        if package not in self._package_steps:
            named = package_named(self.model.dispute, package)
            found = package_steps(self.model, named, self._result_by_state(package))
            self._package_steps[package] = found
        return self._package_steps[package]

    def _against(self, package: str, concept: str) -> _Reacting:
        """Those outside a package that may react to it."""
        reaction = reaction_of(concept)
        members = self._members(package)
        others = (one for one in range(len(self.model.graph.ranks)) if one not in members)
        outside = self._reacting(reaction, others) if reaction is not None else []
        return tuple((one, self._names[1][one]) for one in outside)

    def _undeterred_gains(self, package: str, concept: str, against: _Reacting) -> Nodes:
        """The same, worked out."""
        members = self._members(package)
        nodes, ends = self._package_ends(package)
        gains = np.logical_and.reduce([self._gains(package, member) for member in members])
        nodes, ends = nodes[gains], ends[gains]
        if against and nodes.size:
            # Few are left by the first members: the others are looked at there only.
            place = self._place_after(package, concept)
            for member, values in self._held_after(package, concept, against).items():
                better = values[place[ends]] > self.model.graph.ranks[member][nodes]
                nodes, ends = nodes[better], ends[better]
        moves = np.zeros(self.feasible.size, dtype=np.bool_)
        moves[nodes] = True
        return moves

    def _members(self, package: str) -> list[int]:
        numbers = self.model.dispute.party_numbers
        return [numbers[one] for one in package_named(self.model.dispute, package).parties]

    def _gains(self, package: str, member: int) -> Nodes:
        """Which steps by a package make a member better off."""

        def found() -> Nodes:
            nodes, ends = self._package_ends(package)
            own = self.model.graph.ranks[member]
            gains: Nodes = own[ends] > own[nodes]
            return gains

        return self._kept.get(("gains", package, member, self._names[0][member]), found)

    def _held_after(self, package: str, concept: str, against: _Reacting) -> dict[int, Values]:
        """What each member can count on after a package, by node of the part where it leads."""
        keys = {
            member: ("held", package, concept, member, self._names[0][member], against)
            for member in self._members(package)
        }
        held = {
            one: array for one, key in keys.items() if (array := self._kept.known(key)) is not None
        }
        missing = [member for member in keys if member not in held]
        if missing:
            fresh = self._after(package, concept)._held_against_others(
                concept, missing, [one for one, _ in against]
            )
            for member in missing:
                held[member] = self._kept.get(keys[member], partial(fresh.__getitem__, member))
        return held

    def _part_after(self, package: str) -> tuple[Ground, NDArray[np.int64]]:
        """The part of the model in which options stand as a package sets them, and where it lies.

        Those outside a package do not change what it sets. Its ranks mean nothing.
        """
        if package not in self._parts:
            nodes = np.arange(self.feasible.size)
            levels = package_named(self.model.dispute, package).settings
            there = values_at(levels, nodes, self.model.space.levels)
            place = np.zeros_like(nodes)
            place[there] = np.arange(there.size)
            self._parts[package] = Ground(with_options_at(self.model, levels)), place
        return self._parts[package]

    def _stays_as_set(self, concept: str) -> bool:
        """Whether that part is all that is needed: a member that answers changes its options."""
        return takes_fewer_options(self.model) and not reaction_named(concept).counter_move

    def _place_after(self, package: str, concept: str) -> NDArray[np.int64]:
        """Where each node that a package leads to lies in what is looked at after it."""
        if not self._stays_as_set(concept):
            return np.arange(self.feasible.size)
        return self._part_after(package)[1]

    def _after(self, package: str, concept: str) -> Ground:
        """What is looked at after a package: that part with the ranks of this model, or all."""
        model = self.model
        if not self._stays_as_set(concept):
            return self
        part, _ = self._part_after(package)
        levels = package_named(model.dispute, package).settings
        ranks = values_at(levels, model.position_ranks, model.space.levels)
        return part.of_other_ranks(with_ranks(part.model, ranks), self.rank_names, self.move_names)

    def _held_against_others(
        self, concept: str, members: list[int], others: list[int]
    ) -> dict[int, Values]:
        """At each node, what each of some parties can count on if some others react."""
        graph = self.model.graph
        reaction = reaction_named(concept)
        outside = self._reacting(reaction, others)
        if not outside:
            return {member: graph.ranks[member] for member in members}
        if self.ranked is not None and reaction.improving:
            found = self.ranked.counted_on(members, outside, counter_move=reaction.counter_move)
            return {member: self.model.by_node(own) for member, own in found.items()}
        if self._all_at_once:
            assert self.response_lists is not None
            key = (concept, tuple(outside))
            if key not in self._outside:
                self._outside[key] = counted_on_by_all(
                    self.response_lists, self.model.ranks_of_all, reaction, outside
                )
            nodes = self.model.nodes(np.arange(self.model.space.count))
            held: dict[int, Values] = {}
            for member in members:
                held[member] = graph.ranks[member].copy()
                held[member][nodes] = self._outside[key][member]
            return held
        held = {}
        for member in members:
            ranks: Values = graph.ranks[member]
            values = graph.best_reach(ranks, member) if reaction.counter_move else ranks
            values = graph.worst_response(values, outside, improving=reaction.improving)
            held[member] = np.minimum(values, ranks)
        return held


class Steps:
    """The steps that a rule allows, on one graph model.

    Parameters
    ----------
    ground
        The graph model.
    rule
        Which steps are made.
    """

    def __init__(self, ground: Ground, rule: StepRule) -> None:
        self.ground = ground
        self.rule = rule
        self._graph = ground.model.graph
        self._values: dict[int, tuple[Values, Values]] = {}
        self._best_ends: dict[int, tuple[Nodes, Nodes]] = {}

    @worked_out_once
    def packages(self) -> tuple[str, ...]:
        """Ids of the packages that are steps: their members are all among the movers.

        Where one party's choice is asked for, all packages of which it is a member.
        """
        if not self.rule.packages:
            return ()
        dispute = self.ground.model.dispute
        movers = {dispute.parties[mover].id for mover in self.rule.movers}
        return tuple(
            package.id
            for package in dispute.packages
            if movers >= set(package.parties)
            or (self.rule.choice and movers <= set(package.parties))
        )

    @worked_out_once
    def quick(self) -> BestSteps | None:
        """The steps as compiled code works them out, where they are best moves in a large model."""
        ground, concept = self.ground, self.rule.concept
        if not self._best or ground.ranked is None:
            return None
        movers = [mover for mover in self.rule.movers if mover in ground.improving]
        moves = ground.best_moves(concept, movers)
        made = [ground.package_made(one, concept) for one in self.packages]
        joint = ground.joint_steps(self.packages)
        return BestSteps(ground.ranked.blocks, moves, joint, made)

    @worked_out_once
    def moving(self) -> Nodes:
        """From which nodes there is a step; at the others play stays."""
        if self.quick is not None:
            return self.ground.model.by_node(self.quick.moving)
        if not self._legal:
            return self._some_step_into(self.ground.feasible)
        # Legal moves do not depend on ranks.
        known = self.ground._legally_moving
        if self.rule not in known:
            known[self.rule] = self._some_step_into(self.ground.feasible)
        return known[self.rule]

    def possible(self, goal: Nodes) -> Nodes:
        """From which nodes some step leads into a set; where there is none, staying counts."""
        return self._some_step_into(goal) | (goal & ~self.moving)

    def certain(self, goal: Nodes) -> Nodes:
        """From which nodes every step leads into a set; where there is none, staying counts."""
        feasible = self.ground.feasible
        return feasible & ~self.possible(feasible & ~goal)

    def from_node(self, node: int) -> list[Step]:
        """All steps from one node, those that change the fewest options first.

        Among those that change as many: by mover and in the order of states, packages last.
        """
        steps = self._from_node(node)
        changed = self.changes_of(node, steps)
        return [steps[place] for place in np.argsort(changed, kind="stable")]

    def ends_from(self, node: int) -> set[int]:
        """Where the steps from one node lead."""
        return {step.node for step in self._from_node(node)}

    def _from_node(self, node: int) -> list[Step]:
        """All steps from one node, by mover and in the order of states, packages last."""
        steps: list[Step] = []
        for mover in self.rule.movers:
            targets = self._graph.moves_from(node, mover)
            if targets.size and not self._legal:
                targets = targets[self._are_steps(mover, node, targets)]
            steps += [Step((mover,), None, target) for target in targets.tolist()]
        numbers = self.ground.model.dispute.party_numbers
        for package in self.packages:
            if self._package_steps(package)[node]:
                members = package_named(self.ground.model.dispute, package).parties
                target = int(self.ground.package_results(package)[node])
                steps.append(Step(tuple(numbers[one] for one in members), package, target))
        return steps

    def _are_steps(self, mover: int, node: int, targets: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Which of all moves of a mover from a node are steps; see :meth:`_improvements`."""
        ranks = self._graph.ranks[mover]
        values = self.ground.counted_on(self.rule.concept, mover)
        if not self._best:
            better: NDArray[np.bool_] = values[targets] > ranks[node]
            return better
        # Those of all nodes need not be known for this.
        ends = values[targets].astype(np.int64) * _PACKED + ranks[targets]
        best = max(int(ends.max()), int(values[node]) * _PACKED + int(ranks[node]))
        steps: NDArray[np.bool_] = (ends == best) & (best // _PACKED > int(ranks[node]))
        return steps

    def changes_of(self, node: int, steps: Sequence[Step]) -> NDArray[np.int64]:
        """How many options each of some steps from a node changes."""
        model = self.ground.model
        nodes = np.array([node, *(step.node for step in steps)], dtype=np.int64)
        levels = model.space.assignments(model.indices(nodes))
        changed: NDArray[np.int64] = np.count_nonzero(levels[1:] != levels[0], axis=1)
        return changed

    @property
    def _legal(self) -> bool:
        return self.rule.moves == "legal moves"

    @property
    def _best(self) -> bool:
        return self.rule.moves == "best moves"

    @worked_out_once
    def makers(self) -> tuple[int | str, ...]:
        """Those who make steps: numbers of the movers, and ids of packages."""
        improving = self.ground.improving
        movers = [one for one in self.rule.movers if self._legal or one in improving]
        packages = [one for one in self.packages if self._package_steps(one).any()]
        return (*movers, *packages)

    def step_into(self, maker: int | str, goal: Nodes) -> Nodes:
        """From which nodes a mover, or a package, has a step into a set."""
        into = self._package_into if isinstance(maker, str) else self._mover_into
        return into(maker, goal) & self.ground.feasible  # type: ignore[arg-type]

    def _some_step_into(self, goal: Nodes) -> Nodes:
        if self.quick is not None:
            return self.ground.model.by_node(self.quick.into(self.ground.model.by_state(goal)))
        found = np.zeros(goal.size, dtype=np.bool_)
        for maker in self.makers:
            found |= self.step_into(maker, goal)
        return found

    def _package_into(self, package: str, goal: Nodes) -> Nodes:
        results = self.ground.package_results(package)
        into: Nodes = self._package_steps(package) & goal[results]
        return into

    def _mover_into(self, mover: int, goal: Nodes) -> Nodes:
        if self._legal:
            legal: Nodes = self._graph.best_move(goal.astype(np.int32), mover) > 0
            return legal
        if self._best and self.ground.model.shares_reach(mover):
            moving, ends = self._best_moves(mover)
            axis = self.ground.model.moves.axes[mover]
            best = (
                (goal & ends & self.ground.feasible).reshape(axis.shape).any(axis=1, keepdims=True)
            )
            return (moving.reshape(axis.shape) & best).reshape(-1)
        values, bounds = self._improvements(mover)
        lowest = values.dtype.type(LOWEST[values.dtype])
        reach = self._graph.best_reach(np.where(goal, values, lowest), mover)
        steps: Nodes = reach > bounds
        if self._best:
            steps = (reach == bounds) & self._best_moves(mover)[0]
        return steps

    def _best_moves(self, mover: int) -> tuple[Nodes, Nodes]:
        """Where a mover's best moves start, and where they may end.

        Where it shares its reach, each of them leads to all of these ends that it reaches.
        """
        if mover not in self._best_ends:
            values, bounds = self._improvements(mover)
            moving = bounds // _PACKED > self._graph.ranks[mover]
            self._best_ends[mover] = (moving, values == bounds)
        return self._best_ends[mover]

    def _package_steps(self, package: str) -> Nodes:
        if self._legal:
            possible: Nodes = self.ground.package_results(package) >= 0
            return possible
        return self.ground.package_moves(package, self.rule.concept)

    def _improvements(self, mover: int) -> tuple[Values, Values]:
        """Values and bounds: a move is a step where its end's value exceeds its start's bound.

        For best moves: where its end's value equals its start's bound, which is then the best
        that can be reached, and that is worth more than staying.
        """
        if mover not in self._values:
            ranks = self._graph.ranks[mover]
            values = self.ground.counted_on(self.rule.concept, mover)
            bounds: Values = ranks
            if self._best:
                values = values.astype(np.int64) * _PACKED + ranks
                bounds = self._graph.best_reach(values, mover)
            self._values[mover] = (values, bounds)
        return self._values[mover]
