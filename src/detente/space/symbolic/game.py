"""A dispute as diagrams: its feasible states, the parties' moves and what they prefer.

Each option has two variables for each digit of its level, one for the state from which somebody
moves (*here*) and one for the state to which the move leads (*there*). What a party thinks of
another state than these is told by *threshold bits*: the truth of each of its statements in that
state, one variable each. So no third copy of the options is
needed, and the bits are replaced by the statements at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.dispute.dispute import Dispute, Formula, Package, Party, Statements
from detente.dispute.errors import DisputeError
from detente.space.symbolic.comparison import Comparison, comparison_of
from detente.space.symbolic.diagrams import Diagram, Diagrams
from detente.space.symbolic.encoding import Encoding, digits
from detente.space.symbolic.order import option_order, options_in, shared_formulas

__all__ = ["JointMoves", "SymbolicGame", "symbolic_game"]


@dataclass(frozen=True)
class JointMoves:
    """A package as a move of all its members together.

    Attributes
    ----------
    members
        Numbers of the parties.
    possible
        From where it leads to another state.
    settings
        What it sets, level by option number.
    """

    members: frozenset[int]
    possible: Diagram
    settings: dict[int, int]


@dataclass(frozen=True)
class SymbolicGame:
    """A dispute as diagrams.

    Attributes
    ----------
    dispute
        The dispute.
    diagrams
        Where all its diagrams belong.
    here, there
        Options as variables, of the state from which a move starts and of that to which it leads.
    thresholds
        For each party the threshold bit of each statement.
    feasible
        The feasible states, *here*.
    classes
        The coalesced states: for each, the states that count as one.
    comparisons
        How each party compares states.
    """

    dispute: Dispute
    diagrams: Diagrams
    here: Encoding
    there: Encoding
    thresholds: tuple[tuple[int, ...], ...]
    feasible: Diagram
    classes: tuple[Diagram, ...]
    comparisons: tuple[Comparison, ...]

    # States --------------------------------------------------------------------------------

    @cached_property
    def state_bits(self) -> int:
        """How many variables one state has."""
        return sum(len(bits) for bits in self.here.bits)

    @cached_property
    def _all_here(self) -> Diagram:
        return self.diagrams.cube(bit for bits in self.here.bits for bit in bits)

    @cached_property
    def in_classes(self) -> Diagram:
        """The states that are coalesced with others."""
        return self.diagrams.any_of(self.classes)

    def count(self, states: Diagram) -> int:
        """How many states a set has, each coalesced state counted once."""
        merged = sum((states & one).satisfiable() for one in self.classes)
        return self.diagrams.count(states & ~self.in_classes, self.state_bits) + merged

    def whole_classes(self, states: Diagram) -> Diagram:
        """A set with every coalesced state of which it has a member."""
        for one in self.classes:
            some = self.diagrams.meets(states, one, self._all_here)
            states |= one & some
        return states

    def whole_state(self, state: Sequence[int]) -> Diagram:
        """A state as a set, with all its members if it is coalesced."""
        return self.whole_classes(self.here.state(state))

    def levels_of(self, state: Sequence[int]) -> list[int | None]:
        """Level of every option in a state; None where members of a coalesced state differ."""
        if not self.classes:
            return list(state)
        members = self.whole_state(state)
        return [
            None if (members & ~self.here.at_level(option, level)).satisfiable() else level
            for option, level in enumerate(state)
        ]

    def holds(self, states: Diagram) -> Diagram:
        """A set without the coalesced states of which it lacks a member."""
        return self.feasible & ~self.whole_classes(self.feasible & ~states)

    # Moves ---------------------------------------------------------------------------------

    @cached_property
    def movers(self) -> tuple[int, ...]:
        """Numbers of the parties that have options."""
        return tuple(n for n, own in enumerate(self.own_options) if own)

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """For each party the number of its part: parties of different parts do not touch.

        Parties touch if a constraint, coalescing condition, guard, package or preference
        speaks of options of both. What happens in one part changes nothing in another. Where
        moves are not transitive there is one part: a move of anybody lets others move again.
        """
        if not self.transitive:
            return (0,) * len(self.dispute.parties)
        numbers = self.dispute.party_numbers
        owner = [numbers[option.party] for option in self.dispute.options]
        part = list(range(len(numbers)))
        groups = [
            {owner[o] for o in options_in(f.expression)} for f in shared_formulas(self.dispute)
        ]
        for number, party in enumerate(self.dispute.parties):
            named = named_in_statements(party)
            guards = [options_in(g.when.expression) for one in party.options for g in one.guards]
            groups.append({number, *(owner[o] for options in (*named, *guards) for o in options)})
        for package in self.dispute.packages:
            named = [options_in(package.when.expression)] if package.when else []
            groups.append({numbers[one] for one in package.parties})
            groups[-1] |= {owner[o] for options in (*named, package.settings) for o in options}
        for group in groups:
            joined = {part[party] for party in group}
            part = [min(joined) if one in joined else one for one in part]
        order = sorted(set(part))
        return tuple(order.index(one) for one in part)

    @cached_property
    def own_options(self) -> tuple[tuple[int, ...], ...]:
        """For each party the numbers of its options."""
        return tuple(self.dispute.options_of(party.id) for party in self.dispute.parties)

    @cached_property
    def transitive(self) -> bool:
        """Whether two moves of one party in a row are one move, or none."""
        return not self.classes and not any(option.guards for option in self.dispute.options)

    def own_bits(self, party: int, encoding: Encoding) -> tuple[int, ...]:
        """The variables of a party's options."""
        return tuple(bit for option in self.own_options[party] for bit in encoding.bits[option])

    def with_own_options_of(self, party: int, states: Diagram) -> Diagram:
        """The assignments in which a party's options stand as in some of some states.

        No move of the others enters or leaves them. Where states are coalesced, all assignments.
        """
        if self.classes:
            return self.diagrams.true
        own = set(self.own_bits(party, self.here))
        others = (bit for bits in self.here.bits for bit in bits if bit not in own)
        return states.exists(self.diagrams.cube(others))

    def after_move(self, party: int, states: Diagram) -> Diagram:
        """A set of states as the set of (here, there) from where a party's options lead into it."""
        here, there = self.own_bits(party, self.here), self.own_bits(party, self.there)
        variables = (self.diagrams.variable(bit) for bit in there)
        return self.diagrams.replaced(states, dict(zip(here, variables, strict=True)))

    # Pairs of states ------------------------------------------------------------------------

    def with_second(self, options: Collection[int], states: Diagram) -> Diagram:
        """The pairs whose second state is in a set; some options alone are the second's own."""
        by = {
            one: self.diagrams.variable(two)
            for option in options
            for one, two in zip(self.here.bits[option], self.there.bits[option], strict=True)
        }
        return self.diagrams.replaced(states, by)

    def _bits_of(self, options: Collection[int], encoding: Encoding) -> list[int]:
        return [bit for option in options for bit in encoding.bits[option]]

    def count_pairs(self, options: Collection[int], pairs: Diagram) -> int:
        """How many pairs of states there are that differ in some options alone."""
        bits = self.state_bits + len(self._bits_of(options, self.there))
        return self.diagrams.count(pairs, bits)

    def first_of_pairs(self, options: Collection[int], pairs: Diagram) -> Diagram:
        """The first states of pairs."""
        return pairs.exists(self.diagrams.cube(self._bits_of(options, self.there)))

    def second_of_pairs(self, options: Collection[int], pairs: Diagram) -> Diagram:
        """The second states of pairs; of options that are not their own they tell what is told."""
        here, there = self._bits_of(options, self.here), self._bits_of(options, self.there)
        seconds = pairs.exists(self.diagrams.cube(here))
        variables = map(self.diagrams.variable, here)
        return self.diagrams.replaced(seconds, dict(zip(there, variables, strict=True)))

    def _over(self, party: int) -> Diagram:
        return self.diagrams.cube(self.own_bits(party, self.there))

    def legal(self, party: int) -> Diagram:
        """The moves that a party may make: (here, there of its own options).

        That both ends are feasible is for the caller to see to.
        """
        return self._kept(("legal", party), lambda: self._legal(party))

    def _legal(self, party: int) -> Diagram:
        result = ~self._stays(party)
        for number in self.own_options[party]:
            option = self.dispute.options[number]
            count = self.here.levels[number]
            if option.irreversible:
                result &= self.diagrams.any_of(
                    self.here.at_level(number, before) & self.there.at_level(number, after)
                    for before in range(count)
                    for after in range(count)
                    if (after >= before if option.irreversible == "up" else after <= before)
                )
            for guard in option.guards:
                changed = ~self.unchanged(number)
                if guard.to is not None:
                    changed &= self.there.at_level(number, guard.to)
                result &= changed.imp(self.here.truth(guard.when.expression))
        for one in self.classes:
            # From one member of a coalesced state to another is no move.
            result &= ~(one & self.after_move(party, one))
        return result

    def unchanged(self, option: int) -> Diagram:
        """The pairs (here, there) in which an option stands the same."""
        pairs = zip(self.here.bits[option], self.there.bits[option], strict=True)
        return self.diagrams.all_of(
            self.diagrams.variable(one).equiv(self.diagrams.variable(two)) for one, two in pairs
        )

    def _stays(self, party: int) -> Diagram:
        return self.diagrams.all_of(self.unchanged(option) for option in self.own_options[party])

    def after_moves(self, party: int, moves: Diagram, states: Diagram) -> Diagram:
        """Where some of a party's moves lead from a set, coalesced states with all members."""
        here, there = self.own_bits(party, self.here), self.own_bits(party, self.there)
        moved = self.diagrams.meets(states, moves, self.diagrams.cube(here))
        variables = map(self.diagrams.variable, here)
        back = self.diagrams.replaced(moved, dict(zip(there, variables, strict=True)))
        return self.whole_classes(self.feasible & back)

    def improving(self, party: int) -> Diagram:
        """A party's unilateral improvements, as :meth:`legal`."""
        return self._kept(("improving", party), lambda: self._improving(party))

    def _improving(self, party: int) -> Diagram:
        before = self.statements(party)
        after = [self.after_move(party, one) for one in before]
        better = self.comparisons[party].better(self.diagrams, after, before)
        both = self.feasible & self.after_move(party, self.feasible)
        return both & better & self.legal(party)

    def statements(self, party: int) -> tuple[Diagram, ...]:
        """Where each of a party's statements is true."""
        return tuple(map(self.here.truth, self.comparisons[party].statements))

    def leading_into(self, party: int, states: Diagram, *, improving: bool) -> Diagram:
        """From where a party has a move, or an improvement, into a set of feasible states.

        A coalesced state is left from any of its members.
        """
        if not self.own_options[party]:
            return self.diagrams.false
        if not improving and self.shares_reach(party):
            # Changing all own options at once is forgetting what they are. (That staying where
            # one is counts as well makes no difference to what others can bring about.)
            return self.feasible & states.exists(
                self.diagrams.cube(self.own_bits(party, self.here))
            )
        moves = self.improving(party) if improving else self.legal(party)
        found = self.diagrams.meets(moves, self.after_move(party, states), self._over(party))
        return self.whole_classes(self.feasible & found)

    def freely_into(self, party: int, states: Diagram) -> Diagram:
        """From where a party leads into a set, by a move or by staying; no second copy is used.

        Only where two moves of one party in a row are one move.
        """
        return self.feasible & self.whatever_stands(party, states)

    def whatever_stands(self, party: int, states: Diagram) -> Diagram:
        """The assignments from which a party's options, each in its direction, lead into a set."""
        for number in self.own_options[party]:
            bits = self.diagrams.cube(self.here.bits[number])
            if not self.dispute.options[number].irreversible:
                states = states.exists(bits)
                continue
            up = self.dispute.options[number].irreversible == "up"
            count = self.here.levels[number]
            found = self.diagrams.false
            for level in range(count):
                before = range(level + 1) if up else range(level, count)
                ends = (states & self.here.at_level(number, level)).exists(bits)
                found |= self.here.at_levels(number, frozenset(before)) & ends
            states = found
        return states

    def some_move_into(self, states: Diagram, *, packages: bool) -> Diagram:
        """From where some party's move, or a package, leads into a set of feasible states."""
        found = self.diagrams.false
        for party in self.movers:
            moves, after = self.legal(party), self.after_move(party, states)
            found |= self.diagrams.meets(moves, after, self._over(party))
        for number in range(len(self.packages)) if packages else ():
            found |= self.package_into(number, states, improving=False)
        return self.whole_classes(self.feasible & found)

    def shares_reach(self, party: int) -> bool:
        """Whether a party reaches the same states from each of those that it reaches."""
        options = [self.dispute.options[number] for number in self.own_options[party]]
        return self.transitive and not any(one.irreversible for one in options)

    # Packages ------------------------------------------------------------------------------

    @cached_property
    def packages(self) -> tuple[JointMoves, ...]:
        """The dispute's packages."""
        return tuple(map(self._package, self.dispute.packages))

    def _package(self, package: Package) -> JointMoves:
        members = frozenset(self.dispute.party_numbers[party] for party in package.parties)
        possible = self.settable_from(package.settings, package.when)
        return JointMoves(members, possible, dict(package.settings))

    def settable_from(self, settings: Mapping[int, int], when: Formula | None = None) -> Diagram:
        """From where setting some options at once is possible and leads to another state.

        Parameters
        ----------
        settings
            Level by option number.
        when
            A condition on where it starts.

        Returns
        -------
        Diagram
            Of a coalesced state, the members from which it is possible.
        """
        stands = (self.here.at_level(option, level) for option, level in settings.items())
        possible = self.permitted_from(settings) & ~self.diagrams.all_of(stands)
        if when is not None:
            possible &= self.here.truth(when.expression)
        possible &= self.set_to(settings, self.feasible)
        for one in self.classes:
            possible &= ~(one & self.set_to(settings, one))
        return possible

    def permitted_from(self, settings: Mapping[int, int]) -> Diagram:
        """The feasible states from where directions and guards let some options be set."""
        permitted = self.feasible
        for number, level in settings.items():
            option = self.dispute.options[number]
            at_level = self.here.at_level(number, level)
            if option.irreversible:
                passed = (
                    range(level)
                    if option.irreversible == "up"
                    else range(level + 1, self.here.levels[number])
                )
                permitted &= at_level | self.here.at_levels(number, frozenset(passed))
            for guard in option.guards:
                if guard.to is None or guard.to == level:
                    permitted &= at_level | self.here.truth(guard.when.expression)
        return permitted

    def set_to(self, settings: Mapping[int, int], states: Diagram) -> Diagram:
        """From where setting some options leads into a set."""
        by = {
            bit: self.diagrams.constant(bool(level >> place & 1))
            for option, level in settings.items()
            for place, bit in enumerate(self.here.bits[option])
        }
        return self.diagrams.replaced(states, by)

    def set_from(self, states: Diagram, settings: Mapping[int, int]) -> Diagram:
        """Where setting some options leads from a set, coalesced states with all members."""
        bits = (bit for option in settings for bit in self.here.bits[option])
        moved = states.exists(self.diagrams.cube(bits))
        for option, level in settings.items():
            moved &= self.here.at_level(option, level)
        return self.whole_classes(self.feasible & moved)

    def package_into(self, number: int, states: Diagram, *, improving: bool) -> Diagram:
        """From where a package leads into a set, or does so to every member's gain."""
        package = self.packages[number]
        found = package.possible & self.set_to(package.settings, states)
        if improving:
            for member in package.members:
                found &= self.package_betters(number, member)
        return self.whole_classes(found)

    def package_betters(self, number: int, member: int) -> Diagram:
        """From where a package leads to what a party strictly prefers."""

        def work() -> Diagram:
            before = self.statements(member)
            after = [self.set_to(self.packages[number].settings, one) for one in before]
            return self.comparisons[member].better(self.diagrams, after, before)

        return self._kept(("package", number, member), work)

    # Thresholds ----------------------------------------------------------------------------

    def not_better(self, party: int, thresholds: Sequence[Diagram]) -> Diagram:
        """The feasible states that a party does not rank above one with these truth values."""
        better = self.comparisons[party].better(
            self.diagrams, self.statements(party), list(thresholds)
        )
        return self.feasible & ~better

    def threshold_bits(self, party: int) -> tuple[Diagram, ...]:
        """A party's threshold bits."""
        return tuple(map(self.diagrams.variable, self.thresholds[party]))

    def _kept(self, key: tuple[object, ...], work: Callable[[], Diagram]) -> Diagram:
        if key not in self._results:
            self._results[key] = work()
        return self._results[key]

    @cached_property
    def _results(self) -> dict[tuple[object, ...], Diagram]:
        return {}


def symbolic_game(
    dispute: Dispute,
    most_nodes: int,
    *,
    low: bool = False,
    order: Sequence[int] | None = None,
) -> SymbolicGame:
    """A dispute as diagrams.

    Parameters
    ----------
    dispute
        The dispute.
    most_nodes
        How many nodes all its diagrams together may have.
    low
        Whether threshold bits stand below all options rather than beside the last option of
        their statement.
    order
        Numbers of the options in the order in which diagrams branch on them; by interaction
        where left out.

    Returns
    -------
    SymbolicGame

    Raises
    ------
    DisputeError
        If no state or not the status quo is feasible, if coalescing conditions hold nowhere or
        overlap, or if preferences are such as diagrams cannot express.
    TooLarge
        If there would be more nodes.
    """
    levels = tuple(len(option.levels) for option in dispute.options)
    order = option_order(dispute) if order is None else order
    here: list[tuple[int, ...]] = [()] * len(levels)
    there: list[tuple[int, ...]] = [()] * len(levels)
    beside = _statements_beside(dispute, order, low=low)
    thresholds: dict[tuple[int, int], int] = {}
    free = 0
    for option, statements in zip(order, beside, strict=True):
        count = digits(levels[option])
        here[option] = tuple(range(free, free + 2 * count, 2))
        there[option] = tuple(range(free + 1, free + 2 * count, 2))
        free += 2 * count
        for statement in statements:
            thresholds[statement] = free
            free += 1
    diagrams = Diagrams(free, most_nodes)
    encoding = Encoding(diagrams, levels, tuple(here))
    feasible = encoding.assignments()
    for constraint in dispute.constraints:
        feasible &= ~encoding.truth(constraint.never.expression)
    _check_feasible(dispute, encoding, feasible)
    comparisons = tuple(
        comparison_of(dispute, party, feasible, encoding.truth) for party in dispute.parties
    )
    game = SymbolicGame(
        dispute,
        diagrams,
        encoding,
        Encoding(diagrams, levels, tuple(there)),
        tuple(
            tuple(thresholds[number, place] for place in range(len(one.statements)))
            for number, one in enumerate(comparisons)
        ),
        feasible,
        _classes(dispute, encoding, feasible),
        comparisons,
    )
    _check_classes(game)
    return game


def _statements_beside(
    dispute: Dispute, order: Sequence[int], *, low: bool
) -> list[list[tuple[int, int]]]:
    """For each place of the order, the statements whose threshold bits follow it."""
    place_of = {option: place for place, option in enumerate(order)}
    beside: list[list[tuple[int, int]]] = [[] for _ in order]
    for number, party in enumerate(dispute.parties):
        for statement, options in enumerate(named_in_statements(party)):
            last = max((place_of[option] for option in options), default=0)
            beside[-1 if low else last].append((number, statement))
    return beside


def named_in_statements(party: Party) -> list[frozenset[int]]:
    """The options that each of a party's statements names."""
    preferences = party.preferences
    if isinstance(preferences, Statements):
        return [options_in(one.formula.expression) for one in preferences.statements]
    # Entries of formulas are statements; the last needs no bit, and has one that is not used.
    return [
        frozenset[int]().union(
            *(options_in(part.expression) for part in entry if not isinstance(part, int))
        )
        for entry in preferences.order
    ]


def _check_feasible(dispute: Dispute, encoding: Encoding, feasible: Diagram) -> None:
    if not feasible.satisfiable():
        raise DisputeError(
            "no state is feasible: the constraints rule out every state",
            path=dispute.path,
            place=dispute.constraints[0].never.place,
            key="constraints",
        )
    if dispute.status_quo is None:
        return
    start = encoding.state(dispute.status_quo)
    if (start & feasible).satisfiable():
        return
    for constraint in dispute.constraints:
        if (start & encoding.truth(constraint.never.expression)).satisfiable():
            raise DisputeError(
                f"the status quo is infeasible: it breaks the constraint never “"
                f"{constraint.never.text}”",
                path=dispute.path,
                place=constraint.never.place,
                key="status_quo",
            )


def _classes(dispute: Dispute, encoding: Encoding, feasible: Diagram) -> tuple[Diagram, ...]:
    classes: list[Diagram] = []
    for formula in dispute.coalesce:
        chosen = feasible & encoding.truth(formula.expression)
        problem = None
        if not chosen.satisfiable():
            problem = "holds in no feasible state"
        elif any((chosen & one).satisfiable() for one in classes):
            problem = "shares states with a condition before it"
        if problem:
            raise DisputeError(
                f"the condition “{formula.text}” {problem}, so its states cannot be coalesced",
                path=dispute.path,
                place=formula.place,
                key="coalesce",
            )
        classes.append(chosen)
    return tuple(classes)


def _check_classes(game: SymbolicGame) -> None:
    if not game.classes:
        return
    dispute = game.dispute
    by = {
        one: game.diagrams.variable(two)
        for here, there in zip(game.here.bits, game.there.bits, strict=True)
        for one, two in zip(here, there, strict=True)
    }
    for number, party in enumerate(dispute.parties):
        before = game.statements(number)
        after = [game.diagrams.replaced(one, by) for one in before]
        better = game.comparisons[number].better(game.diagrams, after, before)
        for formula, members in zip(dispute.coalesce, game.classes, strict=True):
            if (members & game.diagrams.replaced(members, by) & better).satisfiable():
                raise DisputeError(
                    f"the states in which “{formula.text}” holds count as one state, but the "
                    f"preferences of {party.id} tell them apart",
                    path=dispute.path,
                    place=formula.place,
                    key="coalesce",
                )
