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
from detente.space.symbolic.joint_moves import closure, closure_by_last_mover
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_named

__all__ = ["reached_by", "sanctions_from", "stable_at", "stable_states"]


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
    diagrams = game.diagrams
    start = game.whole_classes(game.here.state(state) & game.feasible)

    def thresholds(member: int) -> list[Diagram]:
        here = game.here.state(state)
        return [diagrams.constant((here & one).satisfiable()) for one in game.statements(member)]

    def leaves_by(member: int, ends: Diagram) -> Diagram:
        """Which ends of a move a member prefers, and is not deterred from."""
        known = thresholds(member)
        better = ends & ~game.not_better(member, known)
        if concept == "Nash" or not better.satisfiable():
            return better
        return better & ~sanctions_from(
            game, member, reaction_named(concept), known, packages, pause
        )

    if game.own_options[party] and leaves_by(party, reached_by(game, party, start)).satisfiable():
        return False
    for package in game.packages if packages else ():
        if party in package.members:
            ends = game.set_from(package.possible & start, package.settings)
            for member in package.members:
                ends = leaves_by(member, ends)
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
        return closure(harmful, movers, pause)
    return closure_by_last_mover(harmful, movers, pause)


def _mover(game: SymbolicGame, other: int, improving: bool) -> Callable[[Diagram], Diagram]:
    return lambda states: game.leading_into(other, states, improving=improving)


def _package_mover(
    game: SymbolicGame, number: int, improving: bool
) -> Callable[[Diagram], Diagram]:
    return lambda states: game.package_into(number, states, improving=improving)
