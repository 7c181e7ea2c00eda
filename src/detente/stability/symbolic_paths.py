"""Shortest legal sequences of moves, where states are sets held as diagrams.

What :mod:`detente.stability.paths` does on lists of moves: a search breadth first over whole sets,
and then back from the states asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError, NotServedError
from detente.dispute.names import party_number
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import symbolic_states_meant
from detente.space.symbolic.ranks import SymbolicRanks
from detente.space.symbolic.states import first_states
from detente.stability.found_paths import (
    MOST_PATHS,
    MovePath,
    OutcomeDistance,
    PathAnalysis,
    PathStep,
)
from detente.stability.states_told import StatesTold, told_of
from detente.stability.symbolic_analysis import Budget
from detente.stability.symbolic_concepts import reached_by
from detente.stability.time_limit import Why, ended_early

__all__ = ["paths_on_sets"]

_State = tuple[int, ...]

# Among so many states the numbers of paths are added up one by one.
_MOST_COUNTED = 2_000


def paths_on_sets(
    dispute: Dispute,
    start: str,
    end: str | None,
    *,
    improving: bool,
    packages: bool,
    parties: Sequence[str] | None,
    limit: int,
    budget: Budget,
    progress: Callable[[str, float], None] | None,
) -> PathAnalysis:
    """Find the shortest legal paths; see :func:`detente.stability.paths.analyse_paths`.

    Raises
    ------
    NotServedError
        If states are coalesced.
    LimitError
        If diagrams would have more nodes, or nothing was found in time.
    """
    if dispute.coalesce:
        raise NotServedError(
            "how many options a move changes is open where states are coalesced: shortest paths "
            "need the cube or a list of states",
            path=dispute.path,
        )
    search = _Search(start, end, improving=improving, packages=packages)

    def work(pause: Callable[[], None]) -> None:
        game = symbolic_game(dispute, budget.nodes)
        game.diagrams.pause = pause
        search.run(game, parties, limit, progress)

    why: Why | None
    try:
        why = ended_early(budget.seconds, work)
    except KeyboardInterrupt:
        why = "interrupted"
    except TooLarge:
        why = "nodes"
    if search.game is not None:
        # What is told takes nodes too.
        search.game.diagrams.tidy(at_once=True)
        with suppress(TooLarge):
            return search.found(why)
        why = "nodes"
    if why == "interrupted":
        raise KeyboardInterrupt
    if why == "nodes":
        raise LimitError(
            f"the states that paths lead to take more than {budget.nodes:,} nodes; more may do",
            path=dispute.path,
        )
    raise LimitError(
        f"no move was followed in {budget.seconds:g} seconds; more (--seconds) may do",
        path=dispute.path,
    )


class _Search:
    """The search for the shortest paths between two sets, and what is known of them by now."""

    def __init__(self, start: str, end: str | None, *, improving: bool, packages: bool) -> None:
        self.start = start
        self.end = end
        self.improving = improving
        self.packages = packages
        self.game: SymbolicGame | None = None
        self.layers: list[list[Diagram]] = []
        self.every_move = False
        self.count: int | None = 0
        self.paths: list[MovePath] = []

    def run(
        self,
        game: SymbolicGame,
        parties: Sequence[str] | None,
        limit: int,
        progress: Callable[[str, float], None] | None,
    ) -> None:
        """Search."""
        dispute = game.dispute
        self.sources = symbolic_states_meant(game, self.start)
        self.targets = game.feasible if self.end is None else symbolic_states_meant(game, self.end)
        self.told = told_of(game)
        self.game = game
        chosen = (
            list(range(len(dispute.parties)))
            if parties is None
            else [party_number(dispute, party) for party in parties]
        )
        movers = _movers(game, chosen, improving=self.improving, packages=self.packages)
        too_large = None
        try:
            for layer in _layers(movers, self.sources, progress):
                self.layers.append(layer)
                game.diagrams.tidy()
            self.every_move = True
        except TooLarge as error:
            # What was found so far may lead to the end already.
            too_large = error
            game.diagrams.tidy(at_once=True)
        length = self._length(game)
        if length is not None:
            layers = self.layers[:length]
            back = _WayBack(game, movers, layers, self.sources, self.targets, self.told)
            self.count = None
            self.paths.extend(back.paths(limit))
            self.count = back.count()
        if too_large is not None:
            raise too_large

    def _nearest(self, game: SymbolicGame) -> list[Diagram]:
        """From the number of moves to the states to which so many lead at least."""
        return [self.sources, *(game.diagrams.any_of(layer) for layer in list(self.layers))]

    def _length(self, game: SymbolicGame) -> int | None:
        return None if self.end is None else _first(self._nearest(game), self.targets)

    def found(self, why: Why | None) -> PathAnalysis:
        """What is known by now, and what ended the work early."""
        game = self.game
        assert game is not None, "asked once there is something to tell"
        nearest = self._nearest(game)
        reached = game.diagrams.any_of(nearest)
        length = self._length(game)
        return PathAnalysis(
            model=self.told,
            improving=self.improving,
            packages=self.packages,
            start=self.start,
            end=self.end,
            state_count=game.count(game.feasible),
            reached=game.count(reached),
            nearness=tuple(_nearness(game, nearest, reached)),
            length=length,
            path_count=None if length is not None and not self.paths else self.count,
            paths=tuple(self.paths),
            why=why,
            searched=len(nearest) - 1,
            every_move=self.every_move,
        )


def _first(nearest: Sequence[Diagram], targets: Diagram) -> int | None:
    """The fewest moves to one of some states."""
    inside = (moves for moves, states in enumerate(nearest) if (states & targets).satisfiable())
    return next(inside, None)


def _nearness(
    game: SymbolicGame, nearest: Sequence[Diagram], reached: Diagram
) -> Iterator[OutcomeDistance]:
    for outcome in game.dispute.outcomes:
        inside = game.holds(game.here.truth(outcome.formula.expression))
        yield OutcomeDistance(
            outcome.id,
            game.count(inside),
            game.count(inside & reached),
            _first(nearest, inside),
        )


# Movers ----------------------------------------------------------------------------------------


class _Mover(ABC):
    """A party or a package, with its moves between sets of states."""

    def __init__(self, game: SymbolicGame, name: str, members: Sequence[int]) -> None:
        self.game = game
        self.name = name
        self.ranks = [SymbolicRanks(game, member) for member in members]

    @abstractmethod
    def after(self, states: Diagram) -> Diagram:
        """Where the moves from some states lead."""

    @abstractmethod
    def before(self, states: Diagram, changed: int | None = None) -> Diagram:
        """From where a move leads into a set; if said, one that changes so many options."""

    @property
    def package(self) -> bool:
        """Whether it is a package."""
        return isinstance(self, _PackageMover)

    def betters(self, before: _State, after: _State) -> bool:
        """Whether each member strictly prefers one state to another."""
        return all(
            ranks.worth(ranks.truths(after)) > ranks.worth(ranks.truths(before))
            for ranks in self.ranks
        )


class _PartyMover(_Mover):
    def __init__(self, game: SymbolicGame, party: int, *, improving: bool) -> None:
        super().__init__(game, game.dispute.parties[party].id, [party])
        self.party = party
        self.improving = improving
        self.moves = game.improving(party) if improving else game.legal(party)

    @cached_property
    def _ends(self) -> Diagram:
        return self.game.diagrams.cube(self.game.own_bits(self.party, self.game.there))

    @cached_property
    def _by_changes(self) -> list[Diagram]:
        """Its moves by how many options they change."""
        game = self.game
        changes = [~game.unchanged(option) for option in game.own_options[self.party]]
        exactly = _exactly(game, changes, len(changes))
        return [self.moves & one for one in exactly]

    def after(self, states: Diagram) -> Diagram:
        if not self.improving:
            return reached_by(self.game, self.party, states)
        return self.game.after_moves(self.party, self.moves, states)

    def before(self, states: Diagram, changed: int | None = None) -> Diagram:
        game, moves = self.game, self.moves
        if changed is not None:
            if changed >= len(self._by_changes):
                return game.diagrams.false
            moves = self._by_changes[changed]
        into = game.after_move(self.party, states)
        return game.feasible & game.diagrams.meets(moves, into, self._ends)


class _PackageMover(_Mover):
    def __init__(self, game: SymbolicGame, number: int, *, improving: bool) -> None:
        package = game.packages[number]
        super().__init__(game, game.dispute.packages[number].id, sorted(package.members))
        self.settings = package.settings
        self.possible = package.possible
        for member in package.members if improving else ():
            self.possible &= game.package_betters(number, member)

    def after(self, states: Diagram) -> Diagram:
        return self.game.set_from(self.possible & states, self.settings)

    def before(self, states: Diagram, changed: int | None = None) -> Diagram:
        found = self.possible & self.game.set_to(self.settings, states)
        return found if changed is None else found & self._changing(changed)

    def _changing(self, changed: int) -> Diagram:
        """Where so many options stand otherwise than the package sets them."""
        game = self.game
        changes = (~game.here.at_level(*one) for one in self.settings.items())
        return _exactly(game, changes, changed)[changed]


def _movers(
    game: SymbolicGame, chosen: Sequence[int], *, improving: bool, packages: bool
) -> list[_Mover]:
    movers: list[_Mover] = [
        _PartyMover(game, party, improving=improving) for party in chosen if game.own_options[party]
    ]
    for number, package in enumerate(game.packages if packages else ()):
        if package.members <= set(chosen):
            movers.append(_PackageMover(game, number, improving=improving))
    return movers


def _layers(
    movers: Sequence[_Mover],
    start: Diagram,
    progress: Callable[[str, float], None] | None,
) -> Iterator[list[Diagram]]:
    """By number of moves and last mover, the states to which no fewer moves of it lead."""
    nothing = start & ~start
    seen = [nothing] * len(movers)
    last: list[Diagram] = []
    moves = 0
    while not moves or any(one.satisfiable() for one in last):
        if progress:
            progress(f"move {moves + 1}", 0.0)
        following = []
        for number, mover in enumerate(movers):
            here = start
            if moves:
                here = nothing
                for other, states in enumerate(last):
                    here = here if other == number else here | states
            following.append(mover.after(here) & ~seen[number])
        seen = [one | other for one, other in zip(seen, following, strict=True)]
        last = following
        moves += 1
        yield following


# From the ends back to where paths start -------------------------------------------------------


@dataclass(frozen=True)
class _WayBack:
    """The shortest paths from some states to others.

    ``layers[depth][mover]`` are the states first reached by so many moves, the last of this mover.
    """

    game: SymbolicGame
    movers: Sequence[_Mover]
    layers: Sequence[Sequence[Diagram]]
    start: Diagram
    targets: Diagram
    told: StatesTold

    @cached_property
    def _useful(self) -> list[list[Diagram]]:
        """By depth and last mover, the states on shortest paths."""
        wanted = [states & self.targets for states in self.layers[-1]]
        useful = [wanted]
        for layer in reversed(self.layers[:-1]):
            before = [
                mover.before(states) for mover, states in zip(self.movers, wanted, strict=True)
            ]
            wanted = [
                states & self.game.diagrams.any_of(o for n, o in enumerate(before) if n != last)
                for last, states in enumerate(layer)
            ]
            useful.append(wanted)
        return useful[::-1]

    @cached_property
    def _known(self) -> dict[tuple[int, int, int], Diagram]:
        return {}

    def _with_changes(self, depth: int, last: int, changed: int) -> Diagram:
        """States on shortest paths from which the rest changes so many options.

        Depth 0 is before the first move; `last` is -1 there.
        """
        here = self._useful[depth - 1][last] if depth else self.start
        if depth == len(self.layers):
            return here if not changed else self.game.diagrams.false
        key = depth, last, changed
        if key not in self._known:
            found = self.game.diagrams.false
            for number, mover in enumerate(self.movers):
                if number == last:
                    continue
                for own in range(1, changed + 1):
                    rest = self._with_changes(depth + 1, number, changed - own)
                    if rest.satisfiable():
                        found |= mover.before(rest, own)
            self._known[key] = here & found
        return self._known[key]

    def paths(self, limit: int) -> Iterator[MovePath]:
        """The first paths: those that change the fewest options, then by mover and state."""
        if not self.layers:
            for state in first_states(self.game, self.start & self.targets, limit):
                yield MovePath(self.told.tell(self.game, state), ())
            return
        yield from islice(self._by_changes(), limit)

    def _by_changes(self) -> Iterator[MovePath]:
        most = len(self.layers) * len(self.game.dispute.options)
        for changed in range(most + 1):
            starts = self._with_changes(0, -1, changed)
            for state in first_states(self.game, starts, MOST_PATHS):
                for steps in self._steps_from(0, -1, state, changed):
                    yield MovePath(self.told.tell(self.game, state), steps)

    def _steps_from(
        self, depth: int, last: int, state: _State, changed: int
    ) -> Iterator[tuple[PathStep, ...]]:
        """The ways from a state to the end that change so many options, in order."""
        if depth == len(self.layers):
            yield ()
            return
        game = self.game
        here = game.here.state(state)
        for number, mover in enumerate(self.movers):
            if number == last:
                continue
            ends = game.diagrams.any_of(
                mover.after(here) & rest & _differing(game, state, own)
                for own in range(1, changed + 1)
                if (rest := self._with_changes(depth + 1, number, changed - own)).satisfiable()
            )
            for end in first_states(game, ends, MOST_PATHS):
                left = changed - sum(a != b for a, b in zip(state, end, strict=True))
                step = PathStep(
                    mover.name, mover.package, self.told.tell(game, end), mover.betters(state, end)
                )
                for steps in self._steps_from(depth + 1, number, end, left):
                    yield (step, *steps)

    def count(self) -> int | None:
        """How many shortest paths there are; None where they pass through too many states."""
        if not self.layers:
            return self.game.count(self.start & self.targets)
        ways: dict[tuple[int, int, _State], int] = {}

        def onward(depth: int, last: int, state: _State) -> int:
            key = depth, last, state
            if key not in ways:
                if len(ways) >= _MOST_COUNTED:
                    raise _TooManyError
                here = self.game.here.state(state)
                total = 0
                for number, mover in enumerate(self.movers):
                    if number == last:
                        continue
                    ends = mover.after(here) & self._useful[depth][number]
                    if depth + 1 == len(self.layers):
                        total += self.game.count(ends)
                        continue
                    if self.game.count(ends) > _MOST_COUNTED:
                        raise _TooManyError
                    for end in first_states(self.game, ends, _MOST_COUNTED):
                        total += onward(depth + 1, number, end)
                ways[key] = total
            return ways[key]

        starts = self.start & self.game.diagrams.any_of(
            mover.before(states) for mover, states in zip(self.movers, self._useful[0], strict=True)
        )
        try:
            if self.game.count(starts) > _MOST_COUNTED:
                raise _TooManyError
            every = first_states(self.game, starts, _MOST_COUNTED)
            return min(sum(onward(0, -1, state) for state in every), MOST_PATHS)
        except _TooManyError:
            return None


def _differing(game: SymbolicGame, state: _State, number: int) -> Diagram:
    """The states that differ from one in so many options."""
    same = (game.here.at_level(option, level) for option, level in enumerate(state))
    return _exactly(game, [~one for one in same], number)[number]


def _exactly(game: SymbolicGame, sets: Iterable[Diagram], most: int) -> list[Diagram]:
    """What is in none of some sets, in just one of them, and so on up to a number."""
    exactly = [game.diagrams.true, *([game.diagrams.false] * most)]
    for one in sets:
        for number in reversed(range(len(exactly))):
            fewer = exactly[number - 1] if number else game.diagrams.false
            exactly[number] = one.ite(fewer, exactly[number])
    return exactly


class _TooManyError(Exception):
    """There are too many states to go through one by one."""
