"""Solution concepts on sets of states held as diagrams.

The definitions are those of docs/concepts/stability.md. The states from which a party has
nothing to fear from a move of the others are found for all thresholds at once: whether they can
bring about what the party does not rank above *s* depends on *s* only by the truth of the
party's statements there, and for these there are threshold bits. For a single state the bits are
constant, and diagrams are over one copy of the options.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.joint_moves import closure, closure_by_last_mover, never
from detente.space.symbolic.ranks import lexicographically_best
from detente.space.symbolic.states import first_member, first_states
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_named, reaction_of

__all__ = [
    "deterred_ends",
    "reached_by",
    "sanctions_from",
    "stable_at",
    "stable_states",
    "undeterred_end",
]

# So many ends of a party's moves are looked at one by one.
_MOST_ALONE = 2**12


def stable_states(
    game: SymbolicGame,
    concept: str,
    party: int,
    *,
    packages: bool = False,
    pause: Callable[[], None] = lambda: None,
) -> Diagram:
    """The feasible states that are stable for a party.

    Parameters
    ----------
    game
        The dispute.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    party
        Number of the party.
    packages
        Whether packages count as moves of all their members together.
    pause
        Called between the steps; what it raises ends the work.

    Returns
    -------
    Diagram
        Coalesced states are in it with all their members.

    Raises
    ------
    TooLarge
        If there would be more nodes than the game allows.
    """

    def fears_nothing(member: int) -> Diagram:
        """Where a member is once a move is made, and its threshold bits: nothing deters it."""
        if concept == "Nash":
            return game.feasible
        deterred = sanctions_from(
            game, member, reaction_named(concept), game.threshold_bits(member), packages, pause
        )
        return game.feasible & ~deterred

    left = game.diagrams.false
    if game.own_options[party]:
        tempted = fears_nothing(party)
        statements = game.statements(party)
        own = zip(game.own_bits(party, game.here), game.own_bits(party, game.there), strict=True)
        by = {one: game.diagrams.variable(two) for one, two in own}
        by |= dict(zip(game.thresholds[party], statements, strict=True))
        after = game.diagrams.replaced(tempted, by)
        over = game.diagrams.cube(game.own_bits(party, game.there))
        left = game.diagrams.meets(game.improving(party), after, over)
    if packages:
        for number, package in enumerate(game.packages):
            if party not in package.members:
                continue
            made = package.possible
            for member in package.members:
                made &= game.package_betters(number, member)
                by = dict(zip(game.thresholds[member], game.statements(member), strict=True))
                reached = game.set_to(package.settings, fears_nothing(member))
                made &= game.diagrams.replaced(reached, by)
            left |= made
    return game.feasible & ~game.whole_classes(left)


def stable_at(
    game: SymbolicGame,
    concept: str,
    party: int,
    state: Sequence[int],
    *,
    packages: bool = False,
    pause: Callable[[], None] = lambda: None,
) -> bool:
    """Whether one state is stable for a party.

    Thresholds are constant, so this works where the whole set of stable states is too large.

    Parameters
    ----------
    game, concept, party, packages, pause
        As in :func:`stable_states`.
    state
        Its levels, one for each option.

    Returns
    -------
    bool

    Raises
    ------
    TooLarge
        If there would be more nodes than the game allows.
    """
    diagrams, reaction = game.diagrams, reaction_of(concept)
    start = game.whole_classes(game.here.state(state) & game.feasible)

    def thresholds(member: int) -> list[Diagram]:
        here = game.here.state(state)
        return [diagrams.constant((here & one).satisfiable()) for one in game.statements(member)]

    def better(member: int, ends: Diagram) -> Diagram:
        return ends & ~game.not_better(member, thresholds(member))

    def deterred(member: int, ends: Diagram) -> Diagram:
        """From which of some ends of a move a member is deterred."""
        if reaction is None or not ends.satisfiable():
            return diagrams.false
        return deterred_ends(game, member, reaction, thresholds(member), ends, packages, pause)

    if game.own_options[party]:
        ends = better(party, reached_by(game, party, start))
        if ends.satisfiable() and (
            reaction is None
            or undeterred_end(game, party, reaction, thresholds(party), ends, packages, pause)
            is not None
        ):
            return False
    for package in game.packages if packages else ():
        if party in package.members:
            ends = game.set_from(package.possible & start, package.settings)
            for member in package.members:
                ends = better(member, ends)
            for member in package.members:
                ends &= ~deterred(member, ends)
            if ends.satisfiable():
                return False
    return True


def reached_by(game: SymbolicGame, party: int, start: Diagram) -> Diagram:
    """The feasible states that a party reaches in one move from one of some states."""
    return game.after_moves(party, game.legal(party), start)


def sanctions_from(
    game: SymbolicGame,
    party: int,
    reaction: Reaction,
    thresholds: Sequence[Diagram],
    packages: bool = False,
    pause: Callable[[], None] = lambda: None,
    still: Collection[int] = (),
    within: Diagram | None = None,
    enough: Callable[[Diagram], bool] = never,
) -> Diagram:
    """From where the others can bring about what a party does not rank above a threshold.

    Parameters
    ----------
    game
        The dispute.
    party
        Number of the focal party.
    reaction
        What the others may do and whether the party may answer.
    thresholds
        Truth of each of the party's statements in the state that it left.
    packages
        Whether packages of the others count as well.
    pause
        Called between the steps.
    still
        Numbers of other parties that do not react.
    within
        States that no move of the others enters or leaves; the answer is for these alone.
    enough
        Whether what is found by then will do. Asked of the harmful states and whenever more is
        found; the work ends once it is true.

    Returns
    -------
    Diagram
        Feasible states, by the threshold.
    """
    harmful = game.not_better(party, thresholds)
    if reaction.counter_move:
        # A sanction has to hold wherever the party answers.
        answered = game.feasible & ~harmful
        harmful &= ~game.leading_into(party, answered, improving=False)
    if within is not None:
        harmful &= within
    if enough(harmful):
        return harmful
    movers: list[Callable[[Diagram], Diagram]] = [
        _mover(game, other, reaction.improving)
        for other in game.movers
        if other != party and other not in still and game.parts[other] == game.parts[party]
    ]
    if packages:
        movers += [
            _package_mover(game, number, reaction.improving)
            for number, package in enumerate(game.packages)
            if party not in package.members
        ]
    if game.transitive and not packages:
        return closure(harmful, movers, pause, enough)
    return closure_by_last_mover(harmful, movers, pause, enough)


def deterred_ends(
    game: SymbolicGame,
    party: int,
    reaction: Reaction,
    thresholds: Sequence[Diagram],
    ends: Diagram,
    packages: bool = False,
    pause: Callable[[], None] = lambda: None,
    still: Collection[int] = (),
) -> Diagram:
    """Of some ends of a party's moves, those from which the others can bring about a sanction.

    Much less work than all states from which they can: what the party's own options are does not
    change on the way, and the work ends once nothing is left to find out. So each end is a question
    of its own too. Where the others answer by improvements, many small questions are less work
    than one large one, unless its answer is that all ends are deterred.

    Parameters
    ----------
    game, party, reaction, thresholds, packages, pause, still
        As in :func:`sanctions_from`.
    ends
        Feasible states, coalesced ones with all their members.

    Returns
    -------
    Diagram
    """

    def all_found(sanctioned: Diagram) -> bool:
        return not (ends & ~sanctioned).satisfiable()

    count = game.count(ends) if reaction.improving and not game.classes else 0
    if 1 < count <= _MOST_ALONE:
        if (
            not still
            and undeterred_end(game, party, reaction, thresholds, ends, packages, pause) is None
        ):
            return ends
        alone = map(game.here.state, first_states(game, ends, count))
        return game.diagrams.any_of(
            deterred_ends(game, party, reaction, thresholds, one, packages, pause, still)
            for one in alone
        )
    within = game.with_own_options_of(party, ends)
    return ends & sanctions_from(
        game, party, reaction, thresholds, packages, pause, still, within, all_found
    )


def undeterred_end(
    game: SymbolicGame,
    party: int,
    reaction: Reaction,
    thresholds: Sequence[Diagram],
    ends: Diagram,
    packages: bool = False,
    pause: Callable[[], None] = lambda: None,
) -> tuple[int, ...] | None:
    """One of some ends of a party's moves from which the others can bring about no sanction.

    One end alone is little work, and one that nothing deters settles whether a state is stable. So
    whenever more sanctions are found, of the ends that are left the best for the party is looked
    at alone.

    Parameters
    ----------
    game, party, reaction, thresholds, ends, packages, pause
        As in :func:`deterred_ends`.

    Returns
    -------
    tuple of int or None
        Its levels; None where all ends are deterred.
    """
    left, free = ends, False
    best = None

    def settled(sanctioned: Diagram) -> bool:
        nonlocal left, free, best
        left &= ~sanctioned
        if not left.satisfiable():
            return True
        best = _best_of(game, party, left)
        one = game.whole_classes(game.here.state(best))
        left &= ~one
        free = not deterred_ends(
            game, party, reaction, thresholds, one, packages, pause
        ).satisfiable()
        return free or not left.satisfiable()

    within = game.with_own_options_of(party, ends)
    sanctioned = sanctions_from(
        game, party, reaction, thresholds, packages, pause, within=within, enough=settled
    )
    if free:
        return best
    # The last sanctions found are not asked about where nothing can follow from them.
    left &= ~sanctioned
    return _best_of(game, party, left) if left.satisfiable() else None


def _best_of(game: SymbolicGame, party: int, states: Diagram) -> tuple[int, ...]:
    """One of some states: of a party's statements those at the front hold as far as they can."""
    return first_member(game, lexicographically_best(states, game.statements(party)))


def _mover(game: SymbolicGame, other: int, improving: bool) -> Callable[[Diagram], Diagram]:
    return lambda states: game.leading_into(other, states, improving=improving)


def _package_mover(
    game: SymbolicGame, number: int, improving: bool
) -> Callable[[Diagram], Diagram]:
    return lambda states: game.package_into(number, states, improving=improving)
