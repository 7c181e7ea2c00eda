"""From the meaning of a question to its answer, on one graph model.

:func:`evaluate` depends on nothing but the question and the graph model, so that the same question
can be put to many models of one dispute, with other ranks in each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula
from detente.dispute.names import package_named
from detente.dispute.told import Told
from detente.queries.answer import (
    DOES_NOT_ARISE,
    Answer,
    Course,
    CourseStep,
    OptionChoice,
    PartAnswer,
    Verdict,
)
from detente.queries.comparisons import Pairs, compare, matched, options_named
from detente.queries.parsing import parse_query
from detente.queries.plan_questions import format_answer, roadmap_answer, urgency_answer
from detente.queries.play_steps import Ground, Nodes, Step, Steps
from detente.queries.query import (
    Accepts,
    Choices,
    Chooses,
    FormatCan,
    FormatsCompared,
    FormatSidelines,
    LessUrgent,
    LosesMore,
    Part,
    Play,
    Predicate,
    Prefers,
    Query,
    Region,
    RoadmapHolds,
    Stable,
    StepRule,
    Target,
)
from detente.queries.reachability import (
    avoiding_course,
    course_down,
    fair_avoiding_course,
    late_course,
    rounds_to,
    rounds_to_fair_avoidance,
)
from detente.space.named_states import NamedState, nearest_to, state_number
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model

__all__ = ["ask", "evaluate", "no_move", "not_arising", "nowhere", "verdict_on"]

# Among so many states the one nearest to the status quo is looked for as an example.
_LOOKED_THROUGH = 2**22


def ask(dispute: Dispute, text: str) -> Answer:
    """Answer a question about a dispute.

    Parameters
    ----------
    dispute
        The dispute, as :func:`detente.load` gives it.
    text
        The question; ``docs/reference/query-language.md`` describes the language.

    Returns
    -------
    Answer

    Raises
    ------
    DisputeError
        If the text is not a question, or has a name that is not known.

    Examples
    --------
    >>> import detente
    >>> korea = detente.load("korea-2017")
    >>> detente.ask(korea, "where china.concede: russia must choose talk").verdict
    'yes'
    """
    query = parse_query(dispute, text)
    model = graph_model(dispute)
    return replace(evaluate(query, Ground(model)), model=model)


def evaluate(query: Query, ground: Ground, *, examples: bool = True) -> Answer:
    """Answer a question on a graph model.

    Parameters
    ----------
    query
        The question, about the dispute of the graph model or one that differs from it only in
        preferences.
    ground
        The graph model. What is computed for one question serves the next ones on it.
    examples
        Whether to look for states and courses of play that show the answer.

    Returns
    -------
    Answer
    """
    return Answer(query.text, tuple(_part(part, ground, examples) for part in query.parts))


@dataclass(frozen=True)
class _Judgement:
    """Where a predicate is true, by node, and a course that shows why, at one node.

    Where it does not arise, `absent` says what is missing there.
    """

    truth: Nodes
    course: Callable[[int], tuple[list[Step], bool]]
    arises: Nodes
    absent: str


def _part(part: Part, ground: Ground, examples: bool) -> PartAnswer:
    if part.form != "judged":
        return _found(part, ground)
    match part.body:
        case Prefers() | LosesMore():
            return _compared(part, part.body, ground, examples)
        case Choices():
            return _choices(part, part.body, ground, examples)
        case LessUrgent():
            return urgency_answer(part, part.body, ground.model.dispute)
        case FormatCan() | FormatSidelines() | FormatsCompared():
            return format_answer(part, part.body, ground)
        case RoadmapHolds():
            return roadmap_answer(part, part.body, ground, examples)
        case None:
            raise ValueError("a judged part has a body")
    region = _region(part.region, ground)
    judgement = _judge(part.body, ground)
    arises = region & judgement.arises
    asked, of = int(np.count_nonzero(region)), int(np.count_nonzero(arises))
    if of == 0:
        return not_arising(part, "state", judgement.absent if asked else nowhere(part), asked)
    holds = int(np.count_nonzero(arises & judgement.truth))
    return PartAnswer(
        part.text,
        verdict_on(part, holds, of),
        holds,
        of,
        "state",
        _example(ground, judgement, arises & judgement.truth) if examples else None,
        _example(ground, judgement, arises & ~judgement.truth) if examples else None,
        not_arising=asked - of,
    )


def not_arising(part: Part, unit: Literal["state", "pair"], why: str, asked: int = 0) -> PartAnswer:
    """The answer to a part that is about nothing."""
    return PartAnswer(part.text, DOES_NOT_ARISE, 0, 0, unit, note=why, not_arising=asked)


def nowhere(part: Part) -> str:
    """That no state is asked about."""
    if part.region is None:
        return Told("no state is feasible")
    return Told("no state meets “{condition}”", condition=part.region.text)


def verdict_on(part: Part, holds: int, of: int) -> Verdict:
    """The verdict where so many of the cases hold."""
    if part.quantifier == "all":
        return "yes" if holds == of else "no"
    if part.quantifier == "some":
        return "yes" if holds else "no"
    return "yes" if holds == of else "partly" if holds else "no"


def _found(part: Part, ground: Ground) -> PartAnswer:
    region = _region(part.region, ground)
    found = region
    if part.body is not None:
        assert isinstance(part.body, Stable | Chooses | Play | Accepts), "as the grammar has it"
        found = region & _judge(part.body, ground).truth
    nodes = np.flatnonzero(found)
    states: tuple[int, ...] = ()
    if part.form == "listed":
        states = tuple((ground.model.indices(nodes) + 1).tolist())
    return PartAnswer(
        part.text, None, nodes.size, int(np.count_nonzero(region)), "state", states=states
    )


# Regions and targets ---------------------------------------------------------------------------


def _states(states: Formula | NamedState, ground: Ground) -> Nodes:
    if isinstance(states, Formula):
        return ground.truth(states)
    nodes = np.zeros_like(ground.feasible)
    nodes[ground.model.node(state_number(ground.model, states.text) - 1)] = True
    return nodes


def _region(region: Region | None, ground: Ground) -> Nodes:
    if region is None:
        return ground.feasible
    return _states(region.states, ground)


def _target(target: Target, ground: Ground) -> Nodes:
    if isinstance(target, Formula | NamedState):
        return _states(target, ground)
    return _judge(target, ground).truth


# Predicates ------------------------------------------------------------------------------------


def _judge(predicate: Predicate, ground: Ground) -> _Judgement:
    match predicate:
        case Stable():
            return _stable(predicate, ground)
        case Chooses():
            return _chooses(predicate, ground)
        case Play():
            return _play(predicate, ground)
        case Accepts():
            return _accepts(predicate, ground)


def _stable(asked: Stable, ground: Ground) -> _Judgement:
    stable = {
        party: ground.stable(asked.concept, party, packages=asked.packages)
        for party in asked.parties
    }

    def course(node: int) -> tuple[list[Step], bool]:
        leaving = [party for party in asked.parties if not stable[party][node]]
        # Under the other concepts it is not one improvement by itself that makes a party leave.
        if not leaving or asked.concept not in concepts_serving("deterrence"):
            return [], False
        if asked.packages:
            return [_step_out(asked.concept, leaving[0], node, ground)], False
        rule = StepRule("best moves", asked.concept, (leaving[0],), False)
        return Steps(ground, rule).from_node(node)[:1], False

    return _Judgement(
        ground.feasible & np.logical_and.reduce([*stable.values()]),
        course,
        ground.can_move(asked.parties, packages=asked.packages),
        no_move(asked.parties, ground.model.dispute),
    )


def no_move(parties: Sequence[int], dispute: Dispute) -> str:
    """What is missing where none of some parties has a move."""
    names = [dispute.parties[party].id for party in parties]
    if len(names) == len(dispute.parties):
        return Told("no party has a move there")
    if len(names) == 1:
        return Told("{party} has no move there", party=names[0])
    return Told("none of {parties} has a move there", parties=", ".join(names))


def _conduct(
    target: Target, goal: Nodes, rule: StepRule, ground: Ground, *, by_some: bool
) -> tuple[Nodes, str]:
    """Where a question about steps to a target arises, and what is missing elsewhere.

    It is about nothing where no state meets the target. `by_some` tells that it is about what
    certain parties do, so that there must be something that they could do.
    """
    if isinstance(target, Formula) and not goal.any():
        return goal, Told("no state meets “{condition}”", condition=target.text)
    if by_some:
        return Steps(ground, replace(rule, moves="legal moves")).moving, no_move(
            rule.movers, ground.model.dispute
        )
    return ground.feasible, ""


def _step_out(concept: str, party: int, node: int, ground: Ground) -> Step:
    """The best improvement that nothing deters, where there is one, packages among them."""
    from detente.stability.explain import explain

    model = ground.model
    (best,) = explain(model, concept, party, model.index(node), limit=1, packages=True).improvements
    movers: tuple[int, ...] = (party,)
    if best.package is not None:
        numbers = model.dispute.party_numbers
        members = package_named(model.dispute, best.package).parties
        movers = tuple(numbers[one] for one in members)
    return Step(movers, best.package, model.node(best.state - 1))


def _chooses(asked: Chooses, ground: Ground) -> _Judgement:
    steps = Steps(ground, asked.steps)
    target = _target(asked.target, ground)
    into = steps.certain(target) if asked.modal == "must" else steps.possible(target)
    truth = ground.feasible & ~into if asked.modal == "cannot" else into

    def course(node: int) -> tuple[list[Step], bool]:
        chosen = steps.from_node(node)
        wanted = bool(into[node])
        telling = [step for step in chosen if target[step.node] == wanted]
        return (telling or chosen)[:1], False

    return _Judgement(
        truth, course, *_conduct(asked.target, target, asked.steps, ground, by_some=True)
    )


def _play(asked: Play, ground: Ground) -> _Judgement:
    steps = Steps(ground, asked.steps)
    goal = _target(asked.target, ground)
    everybody = len(asked.steps.movers) == len(ground.model.dispute.parties)
    arises = _conduct(asked.target, goal, asked.steps, ground, by_some=not everybody)
    if asked.goal == "keep":
        # To keep to a set is not to come outside it.
        goal = ground.feasible & ~goal
    surely = (asked.goal == "reach") == (asked.modal == "must")
    if asked.modal == "cannot":
        surely = asked.goal == "keep"
    if asked.steps.fairly:
        return _fair_play(asked, steps, goal, ground, arises)
    rounds = rounds_to(steps, goal, surely=surely)
    comes = rounds >= 0
    if asked.most is not None:
        comes &= rounds <= asked.most
    # AG G is "not EF not G", EG G is "not AF not G".
    denied = (asked.goal == "keep") != (asked.modal == "cannot")
    truth = ground.feasible & (~comes if denied else comes)

    def course(node: int) -> tuple[list[Step], bool]:
        if comes[node]:
            return course_down(steps, rounds, node), False
        if not surely:
            return [], False
        if asked.most is not None:
            return late_course(steps, rounds, node, asked.most), False
        return avoiding_course(steps, rounds, node)

    return _Judgement(truth, course, *arises)


def _fair_play(
    asked: Play, steps: Steps, goal: Nodes, ground: Ground, arises: tuple[Nodes, str]
) -> _Judgement:
    """Whether every fair course comes to a goal: asked for itself, or so as to be denied."""
    avoiding = rounds_to_fair_avoidance(steps, goal)
    comes = avoiding < 0
    truth = ground.feasible & (~comes if asked.modal == "may" else comes)

    def course(node: int) -> tuple[list[Step], bool]:
        if comes[node]:
            return course_down(steps, rounds_to(steps, goal, surely=False), node), False
        return fair_avoiding_course(steps, avoiding, node)

    return _Judgement(truth, course, *arises)


def _accepts(asked: Accepts, ground: Ground) -> _Judgement:
    results = ground.package_results(asked.package)
    ranks = ground.model.graph.ranks[asked.party]
    changes = results >= 0
    truth = ground.feasible & changes & (ranks[results] >= ranks)
    numbers = ground.model.dispute.party_numbers
    package = next(one for one in ground.model.dispute.packages if one.id == asked.package)
    members = tuple(numbers[one] for one in package.parties)

    def course(node: int) -> tuple[list[Step], bool]:
        if not changes[node]:
            return [], False
        return [Step(members, asked.package, int(results[node]))], False

    absent = Told(
        "the package {package} cannot be made there, or changes nothing", package=asked.package
    )
    return _Judgement(truth, course, ground.feasible & changes, absent)


# Choices ---------------------------------------------------------------------------------------


def _choices(part: Part, asked: Choices, ground: Ground, examples: bool) -> PartAnswer:
    region = _region(part.region, ground)
    states = int(np.count_nonzero(region))
    able = region & Steps(ground, replace(asked.steps, moves="legal moves")).moving
    if not able.any():
        why = no_move((asked.party,), ground.model.dispute) if states else nowhere(part)
        return not_arising(part, "state", why, states)
    steps = Steps(ground, asked.steps)
    dispute = ground.model.dispute
    rows = []
    for number in dispute.options_of(dispute.parties[asked.party].id):
        option = dispute.options[number]
        for level, name in enumerate(option.levels):
            at_level = _at_level(ground, number, level)
            elsewhere = region & ~at_level
            rows.append(
                OptionChoice(
                    option.key,
                    name,
                    int(np.count_nonzero(elsewhere)),
                    int(np.count_nonzero(elsewhere & steps.certain(at_level))),
                    int(np.count_nonzero(elsewhere & steps.possible(at_level))),
                )
            )
    moving = region & steps.moving
    of, staying = int(np.count_nonzero(region)), int(np.count_nonzero(region & ~moving))
    rows.append(OptionChoice(None, None, of, staying, staying))
    judgement = _Judgement(moving, lambda node: (steps.from_node(node)[:1], False), region, "")
    return PartAnswer(
        part.text,
        None,
        of - staying,
        of,
        "state",
        _example(ground, judgement, moving) if examples else None,
        _example(ground, judgement, region & ~moving) if examples else None,
        tuple(rows),
    )


def _at_level(ground: Ground, option: int, level: int) -> Nodes:
    at_level: Nodes = ground.model.levels_of(option) == level
    return at_level & ground.feasible


# Comparisons -----------------------------------------------------------------------------------


def _compared(part: Part, asked: Prefers | LosesMore, ground: Ground, examples: bool) -> PartAnswer:
    if part.region is not None and not _region(part.region, ground).any():
        return not_arising(part, "pair", nowhere(part))
    pairs = ground.pairs(part.text, lambda: _pairs(part, asked, ground))
    count = pairs.count
    if count == 0:
        return not_arising(part, "pair", Told("no two states differ in this alone"))
    if isinstance(asked, Prefers):
        ranks = ground.model.position_ranks[asked.party]
        values = ranks[pairs.first], ranks[pairs.second]
    else:
        values = _falls(pairs, asked, ground)
    far = _far(ground, pairs.first) if examples else None
    above, _, example, counterexample = compare(pairs, *values, far)
    return PartAnswer(
        part.text,
        verdict_on(part, above, count),
        above,
        count,
        "pair",
        _pair(ground, pairs, example, asked) if examples else None,
        _pair(ground, pairs, counterexample, asked) if examples else None,
    )


def _pairs(part: Part, asked: Prefers | LosesMore, ground: Ground) -> Pairs:
    """The pairs of states that are compared."""
    space = ground.model.space
    region = space.feasible
    if part.region is not None:
        nodes = _region(part.region, ground)
        region = ground.model.at_positions(nodes)
    if isinstance(asked, Prefers):
        better, worse = space.truth(asked.better), space.truth(asked.worse)
        named = {*options_named(asked.better.expression), *options_named(asked.worse.expression)}
        first, second = better & ~worse & region, worse & ~better & region
    else:
        truth = space.truth(asked.by)
        named = set(options_named(asked.by.expression))
        first, second = ~truth & region, truth & region
    return matched(space, first, second, named)


def _falls(
    pairs: Pairs, asked: LosesMore, ground: Ground
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Values of either side: where the first's is greater, the first party falls further.

    The fall of one exceeds that of the other where the difference of their places (see
    :func:`_places`) is greater before than after.
    """
    first, second = (
        ground.by_ranks("places", party, partial(_places, ground, party))
        for party in (asked.party, asked.other)
    )
    places = first - second
    places -= places.min()
    return places[pairs.first], places[pairs.second]


def _far(ground: Ground, positions: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """In how many options positions differ from the status quo."""
    status_quo = ground.model.dispute.status_quo
    if status_quo is None:
        return None
    space = ground.model.space
    far = np.zeros(positions.size, dtype=np.int64)
    for option, level in enumerate(status_quo):
        far += space.level(option, positions) != level
    return far


def _places(ground: Ground, party: int) -> NDArray[np.int64]:
    """A party's place of each position in its own order: twice the mean number of states below.

    States held equal share the mean of their places. The places of all parties lie between the
    same bounds, whatever number of ranks they tell apart.
    """
    space = ground.model.space
    ranks = ground.model.position_ranks[party]
    by_state = ground.model.ranks(party)
    counts = np.bincount(by_state, minlength=int(by_state.max()) + 1)
    below = np.cumsum(counts) - counts
    places: NDArray[np.int64] = (2 * below + counts)[ranks]
    places[~space.feasible] = 0
    return places


def _pair(
    ground: Ground, pairs: Pairs, entries: tuple[int, int] | None, asked: Prefers | LosesMore
) -> Course | None:
    if entries is None:
        return None
    first, second = (
        ground.model.space.index_at(int(side[entry]))
        for side, entry in zip((pairs.first, pairs.second), entries, strict=True)
    )
    assert first is not None, "pairs are of feasible states"
    assert second is not None, "pairs are of feasible states"
    # A preference is told from the worse to the better, a fall from before to after.
    start, end = (second, first) if isinstance(asked, Prefers) else (first, second)
    return Course(start + 1, (CourseStep((), None, end + 1),))


# Examples --------------------------------------------------------------------------------------


def _example(ground: Ground, judgement: _Judgement, among: Nodes) -> Course | None:
    """The state among some that is nearest to the status quo, with what shows its case."""
    nodes = np.flatnonzero(among)
    if nodes.size == 0:
        return None
    nodes = nodes[:_LOOKED_THROUGH]
    model = ground.model
    node = int(nodes[0])
    status_quo = model.dispute.status_quo
    if status_quo is not None:
        indices = model.indices(nodes)
        number = nearest_to(model, indices, status_quo)
        node = int(nodes[np.argmax(indices == number - 1)])
    steps, repeats = judgement.course(node)
    parties = model.dispute.parties
    return Course(
        model.index(node) + 1,
        tuple(
            CourseStep(
                tuple(parties[mover].id for mover in step.movers),
                step.package,
                model.index(step.node) + 1,
            )
            for step in steps
        ),
        repeats,
    )
