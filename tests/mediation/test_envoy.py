"""The envoy: against brute force on small random disputes, by hand, and on the Korean case."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain, combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.dispute.errors import DisputeError
from detente.dispute.names import formula_from
from detente.mediation.envoy import Envoy, envoy_of_model
from detente.mediation.instruments import JointStage, Message
from detente.mediation.search import Mediation
from detente.mediation.visits import visits
from detente.report.envoy import envoy_document, others_sentence
from detente.roadmap.check.verdicts import check_plan
from detente.roadmap.undertakings import Commitment, Pledge, Undertaking
from detente.space.graph_model import GraphModel
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model
from hypergame_draws import Misperception, described, hypergames, place_of
from oracle import envoy as oracle
from oracle.definitions import Assignment, Condition, OracleDispute, Ordered, true_in
from oracle.hypergame import OracleUnseen, OracleView, seen_by
from oracle.repairs import OracleCommitment, OraclePledge, OraclePromise, Stages
from oracle.roadmaps import OracleStage
from roadmap_draws import declared, disputes_with_plans, engine_plan, engine_stage, stages
from strategies import as_text, conditions, most_preferred_first

Drawn = tuple[OracleDispute, int, Stages]
Mediated = tuple[OracleDispute, list[Misperception], Assignment, Stages]
"""A dispute, what parties are mistaken about, its status quo, and a plan."""

CONCEPTS = concepts_serving("deterrence")

# Numbers from which disputes are drawn, the same at every run: a thousand in the long profile.
SEEDS = range(min(1000, 2 * settings.default.max_examples))


@st.composite
def mediations(draw: st.DrawFn) -> Mediated:
    """Any dispute in which parties may be mistaken about each other, its status quo, and a plan.

    Most of these plans cannot be mended; see :func:`promising`.
    """
    dispute, views, quo = draw(hypergames(most_states=12))
    plan = draw(st.lists(stages(dispute), min_size=1, max_size=3))
    if draw(st.booleans()):
        first = plan[0]
        plan[0] = OracleStage(first.parties, first.settings, draw(conditions(dispute.levels)))
    return dispute, views, quo, plan


def promising(random: Random) -> Mediated:
    """Two or three parties, all of whom a plan leaves better off where it ends.

    Drawn by a generator of its own: what Hypothesis draws one by one is mostly simpler.
    """
    parties = random.choice([2, 3, 3])
    owner = sorted(
        [*range(parties), *([random.randrange(parties)] if random.random() < 0.4 else [])]
    )
    levels = [3 if random.random() < 0.15 and len(owner) < 4 else 2 for _ in owner]
    directions = [random.choice(["up", "down"]) if random.random() < 0.1 else None for _ in owner]
    dispute = OracleDispute(parties, owner, levels, directions, [[] for _ in owner], [])
    quo = random.choice(sorted(dispute.state_of))
    end = random.choice(sorted(set(dispute.state_of) - {quo}))
    for _ in range(parties):
        dispute.preferences.append(better_at(dispute, random, end, quo))
    changed = [option for option, level in enumerate(end) if level != quo[option]]
    random.shuffle(changed)
    plan = []
    while changed:
        own, changed = changed[: (size := random.randint(1, 2))], changed[size:]
        members = frozenset(owner[option] for option in own)
        plan.append(OracleStage(members, {option: end[option] for option in own}))
    views: list[Misperception] = []
    pairs = [(one, other) for one in range(parties) for other in range(parties) if one != other]
    for party, other in random.sample(pairs, random.choice([0, 1, 1, 2])):
        own = [option for option, one in enumerate(owner) if one == other]
        if random.random() < 0.7:
            preference = better_at(dispute, random, *random.choice([(end, quo), (quo, end)]))
            views.append(OracleView(party, other, preference, []))
        else:
            views.append(OracleView(party, other, None, [random.choice(own)]))
    if random.random() < 0.1:
        option = random.randrange(len(owner))
        level = ("is", option, "=", random.randrange(levels[option]))
        views.append(OracleUnseen(random.randrange(parties), level))
    if not all(seen_by(dispute, quo, view.party, views).state_of for view in views):
        # Somebody would think no state possible, and the file would be refused.
        return promising(random)
    return dispute, sorted(views, key=place_of), quo, plan


def better_at(
    dispute: OracleDispute, random: Random, one: Assignment, other: Assignment
) -> Ordered:
    """A random order of states in which the first is no worse than the second."""
    values = [random.randrange(len(dispute.states)) for _ in dispute.states]
    first, second = dispute.state_of[one], dispute.state_of[other]
    if values[first] < values[second]:
        values[first], values[second] = values[second], values[first]
    return most_preferred_first(values)


def sent(
    drawn: Mediated,
    aim: Stages | str,
    concept: str,
    *,
    by_end: bool,
    budget: int | None,
    by: int | None = None,
    packages: Stages | None = None,
    max_stages: int = 2,
) -> Envoy:
    """What the engine finds for a drawn dispute and a plan, or a condition to be reached."""
    dispute, views, quo, _ = drawn
    document = described(dispute, views, quo) | {"packages": declared(dispute, packages or [])}
    print(document, aim, concept, by_end, budget, by)
    read = detente.build_dispute(document)
    if isinstance(aim, str):
        goal: Any = formula_from(read, aim)
    else:
        goal = engine_plan(
            [
                engine_stage(one, f"s{n}", formula_from(read, as_text(dispute, one.when)))
                for n, one in enumerate(aim)
            ]
        )
    return envoy_of_model(
        graph_model(read),
        goal,
        by=by,
        budget=budget,
        concept=concept,
        foresight="roadmap" if by_end else "myopic",
        max_stages=max_stages,
    )


def stands(found: Envoy, one: Mediation) -> None:
    """The costs add up, and the same check, made here, verifies the set."""
    assert one.cost == sum(one.costs, Fraction(0))
    again = check_plan(
        found.model,
        one.plan,
        concept=found.concept,
        foresight=found.foresight,
        undertakings=one.undertakings,
    )
    # What it leaves, those would do who see the dispute otherwise.
    mistaken = [found.dispute.parties[party].id for party in one.seen]
    breaches = [breach.party for stage in again.stages for breach in stage.breaches]
    assert all(party in mistaken for party in breaches)
    assert again.holds or breaches


# Against brute force -----------------------------------------------------------------------------


def sets_are_those_of_brute_force(
    drawn: Mediated, concept: str, *, by_end: bool, budget: int, by: int | None
) -> Envoy:
    dispute, views, quo, plan = drawn
    found = sent(drawn, plan, concept, by_end=by_end, budget=budget, by=by)
    every = oracle.sets(
        dispute,
        concept,
        quo,
        oracle.changed_plans(dispute, plan, budget),
        budget,
        by_end=by_end,
        views=views,
        base_end=oracle.loose_end(dispute, dispute.state_of[quo], plan),
        by=by,
    )
    prices = sorted(oracle.undominated({one.price for one in every}))
    assert found.complete
    assert [one.price for one in found.found] == prices
    for one in found.found:
        stands(found, one)
    if prices:
        # Without a budget the search ends at the fewest, and has all of those.
        fewest = sent(drawn, plan, concept, by_end=by_end, budget=None, by=by).found
        assert [one.price for one in fewest] == [one for one in prices if one[0] == prices[0][0]]
    return found


def test_the_sets_are_those_of_brute_force() -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        random = Random(seed)
        drawn = promising(random)
        found = sets_are_those_of_brute_force(
            drawn,
            random.choice(CONCEPTS),
            by_end=random.random() < 0.5,
            budget=2,
            by=random.choice([None, None, 0, 1]),
        )
        kinds.update({type(one).__name__ for each in found.found for one in each.instruments})
        kinds["fewest: none" if not found.found else f"fewest: {found.found[0].number}"] += 1
        kinds["several sets"] += len(found.found) > 1
    print(dict(kinds))
    assert {"Message", "Commitment", "Pledge", "Offer", "JointStage"} <= {*kinds}


@given(mediations(), st.sampled_from(CONCEPTS), st.booleans(), st.integers(0, 2))
def test_the_sets_of_any_dispute_are_those_of_brute_force(
    drawn: Mediated, concept: str, by_end: bool, budget: int
) -> None:
    sets_are_those_of_brute_force(drawn, concept, by_end=by_end, budget=budget, by=None)


def test_the_sets_for_an_outcome_are_those_of_brute_force() -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        random = Random(seed)
        drawn = dispute, views, quo, plan = promising(random)
        # To be reached is what the plan's last stage sets; stages of several may be declared.
        wished: Condition = ("true",)
        for option, level in plan[-1].settings.items():
            wished = ("and", wished, ("is", option, "=", level))
        declares = random.random() < 0.5
        packages = [stage for stage in plan if len(stage.parties) > 1 and declares]
        concept, by_end = random.choice(CONCEPTS), random.random() < 0.5
        most, budget = random.randint(1, 2), random.choice([0, 1, 2, 2])
        found = sent(
            drawn,
            as_text(dispute, wished),
            concept,
            by_end=by_end,
            budget=budget,
            packages=packages,
            max_stages=most,
        )
        goal = {n for n, (one,) in enumerate(dispute.states) if true_in(wished, one)}
        plans = oracle.plans_into(dispute, dispute.state_of[quo], goal, packages, most)
        every = oracle.sets(dispute, concept, quo, plans, budget, by_end=by_end, views=views)
        assert found.complete
        assert [one.price for one in found.found] == sorted(
            oracle.undominated({one.price for one in every})
        )
        for one in found.found:
            stands(found, one)
        kinds.update({type(one).__name__ for each in found.found for one in each.instruments})
    print(dict(kinds))
    assert {"Message", "Commitment", "JointStage"} <= {*kinds}


def promise_of(one: Undertaking) -> OraclePromise:
    if isinstance(one, Commitment):
        return OracleCommitment(one.party, one.option)
    assert isinstance(one, Pledge)
    return OraclePledge(one.breaker, one.party, dict(one.settings))


def rounds_are_those_of_brute_force(drawn: Mediated, concept: str, *, by_end: bool) -> None:
    dispute, views, quo, plan = drawn
    if plan[0].when != ("true",):
        # The engine's stages hold their conditions in another form.
        plan = [OracleStage(plan[0].parties, plan[0].settings), *plan[1:]]
    found = sent(drawn, plan, concept, by_end=by_end, budget=2)
    for one in found.found[:2]:
        order = visits(found.model, one, concept=concept)
        assert order is not None
        promises = tuple(promise_of(own) for own in one.undertakings)
        told = tuple((own.to, own.about) for own in one.instruments if isinstance(own, Message))
        changed = tuple(
            OracleStage(frozenset(stage.parties), dict(stage.settings)) for stage in one.plan.stages
        )
        games = oracle.as_seen(dispute, quo, views, told)
        made = oracle.OracleSet(changed, promises, told, games, (0, Fraction(0), 0.0))
        concerned = (
            frozenset(chain.from_iterable(stage.parties for stage in changed))
            | {own.party for own in one.undertakings}
            | {to for to, _ in told}
        )
        yes = {
            (party, frozenset(promised)): oracle.says_yes(
                dispute, concept, quo, made, party, frozenset(promised), by_end=by_end
            )
            for size in range(1, len(concerned) + 1)
            for promised in combinations(sorted(concerned), size)
            for party in promised
        }
        best = oracle.best_rounds(concerned, yes)
        if best is None:
            assert order.rounds == ()
            assert set(order.refusing) == {p for p in concerned if not yes[p, concerned]}
            continue
        assert (order.together, len(order.rounds)) == best
        promised: frozenset[int] = frozenset()
        for together in order.rounds:
            promised |= {visit.party for visit in together}
            assert all(yes[visit.party, promised] for visit in together)
            assert all(visit.safe >= visit.least for visit in together)
        assert promised == concerned


def test_the_rounds_are_those_of_brute_force() -> None:
    for seed in SEEDS:
        random = Random(seed)
        rounds_are_those_of_brute_force(
            promising(random), random.choice(CONCEPTS), by_end=random.random() < 0.5
        )


@given(mediations(), st.sampled_from(CONCEPTS), st.booleans())
def test_the_rounds_of_any_dispute_are_those_of_brute_force(
    drawn: Mediated, concept: str, by_end: bool
) -> None:
    rounds_are_those_of_brute_force(drawn, concept, by_end=by_end)


# By hand -----------------------------------------------------------------------------------------

FREEZE: dict[str, Any] = {
    "dispute": "Two sides of a river",
    "parties": {
        "east": {
            "options": {"arm": "Arm"},
            "preferences": ["arm if west.arm", "not west.arm", "arm"],
        },
        "west": {
            "options": {"arm": "Arm"},
            "preferences": ["arm if east.arm", "not east.arm", "arm"],
        },
    },
    "packages": {
        "freeze": {"parties": ["east", "west"], "set": {"east.arm": False, "west.arm": False}}
    },
    "status_quo": {"east.arm": True, "west.arm": True},
    "roadmaps": {"plan": [{"stage": "Neither arms", "package": "freeze"}]},
}


def changed(**changes: Any) -> detente.Dispute:
    return detente.build_dispute({**FREEZE, **changes})


def rounds_of(found: Envoy) -> list[list[int]]:
    order = found.visits[0]
    assert order is not None
    return [[visit.party for visit in one] for one in order.rounds]


def test_two_who_mistrust_each_other_promise_at_the_same_moment() -> None:
    found = detente.send_envoy(changed(), roadmap="plan", concept="Nash")
    assert found.check is not None
    assert not found.check.holds
    assert found.least is not None
    # Each would rather arm alone, so each has to promise something or be answered.
    assert found.least.number == 2
    assert rounds_of(found) == [[0, 1]]


def test_a_message_is_all_that_is_needed() -> None:
    # East takes west to be unwilling to answer; told of the truth it stays.
    parties = {
        "east": {
            "options": {"march": "March"},
            "preferences": ["not west.burn", "march"],
            "perceives": {"west": {"preferences": ["not burn"]}},
        },
        "west": {
            "options": {"burn": "Burn the bridge", "sign": "Sign"},
            "preferences": ["burn iff east.march", "sign"],
        },
    }
    dispute = detente.build_dispute(
        {
            "dispute": "A bridge",
            "parties": parties,
            "status_quo": {},
            "roadmaps": {"plan": [{"stage": "West signs", "move": {"west.sign": True}}]},
        }
    )
    found = detente.send_envoy(dispute, roadmap="plan")
    # As it is, nothing is amiss; as east sees it, it would march.
    assert found.check is not None
    assert found.check.holds
    assert found.least is not None
    assert found.least.number == 1
    assert found.least.cost == 0
    assert detente.send_envoy(dispute, roadmap="plan", budget=0).least is None
    told = [one.instruments for one in found.found]
    assert (Message(to=0, about=1),) in told


def test_a_stage_made_jointly() -> None:
    # One after the other, the first would stand there alone with its part, and does not.
    roadmap = [
        {"stage": "East disarms", "move": {"east.arm": False}},
        {"stage": "West disarms", "move": {"west.arm": False}},
    ]
    parties = {
        one: {
            "options": {"arm": "Arm"},
            "preferences": [f"arm iff {other}.arm", f"not {other}.arm"],
        }
        for one, other in (("east", "west"), ("west", "east"))
    }
    dispute = changed(parties=parties, roadmaps={"plan": roadmap})
    found = detente.send_envoy(dispute, roadmap="plan", foresight="myopic")
    assert found.least is not None
    assert found.least.instruments == (JointStage(1, (1, 2)),)


def test_an_outcome_is_reached_and_kept() -> None:
    dispute = changed(outcomes={"peace": "not east.arm and not west.arm"})
    found = detente.send_envoy(dispute, to="peace", concept="Nash")
    assert found.least is not None
    assert found.least.check.holds
    assert found.goal == "peace"
    assert not dispute.packages or found.least.number <= 3


def test_a_mediator_does_not_mediate_against_itself() -> None:
    parties = {
        **FREEZE["parties"],
        "trader": {"options": {"visit": "Come and go"}, "preferences": ["east.arm"]},
    }
    dispute = changed(parties=parties)
    assert detente.send_envoy(dispute, roadmap="plan", concept="Nash").least is not None
    assert detente.send_envoy(dispute, roadmap="plan", concept="Nash", by="trader").least is None
    # East has promised before its first visit, on the condition that west joins.
    assert rounds_of(detente.send_envoy(dispute, roadmap="plan", concept="Nash", by="east")) == [
        [1]
    ]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "name one of them"),
        ({"roadmap": "plan", "to": "east.arm"}, "name one of them"),
        ({"roadmap": "plam"}, "there is no roadmap 'plam'"),
        ({"to": "east.arm"}, "the status quo is one of"),
        ({"roadmap": "plan", "by": "north"}, "there is no party 'north'"),
        ({"roadmap": "plan", "budget": -1}, "0 or more"),
        ({"roadmap": "plan", "exposure": 2}, "from 0 to 1"),
        ({"to": "not east.arm", "max_stages": 0}, "one stage at least"),
        ({"roadmap": "plan", "concept": "SIM"}, "concept"),
        ({"roadmap": "plan", "foresight": "far"}, "foresight"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(DisputeError, match=told):
        detente.send_envoy(changed(), **asked)


# Small steps -------------------------------------------------------------------------------------


def test_small_steps_alternate_where_neither_may_fall_behind() -> None:
    parties = {
        one: {
            "options": {"arm": {"name": "Arm", "levels": ["none", "some", "many"]}},
            "preferences": [
                {"prefer": f"not (arm = none and {other}.arm = many)", "weight": 6},
                {"prefer": f"{other}.arm = none", "weight": 2},
                {"prefer": f"{other}.arm < many", "weight": 2},
                {"prefer": "arm = none", "weight": 1},
                {"prefer": "arm < many", "weight": 1},
            ],
        }
        for one, other in (("east", "west"), ("west", "east"))
    }
    dispute = changed(
        parties=parties,
        packages={},
        roadmaps={},
        status_quo={"east.arm": "many", "west.arm": "many"},
    )
    goal = "east.arm = none and west.arm = none"
    found = detente.send_envoy(dispute, to=goal, grit=True, exposure=0.0, budget=0)
    steps = found.graduated
    assert steps is not None
    assert steps.check is not None
    assert steps.exposure == 0
    assert steps.check.holds
    movers = [stage.stage.parties for stage in steps.check.stages]
    # Two steps each; two by one alone would leave it two behind.
    assert sorted(movers) == [(0,), (0,), (1,), (1,)]
    assert movers[0] != movers[1]


def least_steps(model: GraphModel, ends: set[int], bound: float) -> int | None:
    """The least number of small steps, by going through states one by one."""
    dispute, start = model.dispute, model.status_quo
    assert start is not None
    count = model.space.count
    levels = [tuple(row) for row in model.space.assignments(np.arange(count)).tolist()]
    ranks = [model.ranks(party).tolist() for party in range(len(dispute.parties))]
    numbers = dispute.party_numbers

    def steps(state: int) -> list[tuple[int, int]]:
        found = []
        for other in range(count):
            pairs = enumerate(zip(levels[state], levels[other], strict=True))
            differ = [(o, abs(a - b)) for o, (a, b) in pairs if a != b]
            if len(differ) == 1 and differ[0][1] == 1:
                option = dispute.options[differ[0][0]]
                if option.irreversible is None:
                    found.append((numbers[option.party], other))
        return found

    def fits(state: int) -> bool:
        return all(
            (own[start] - own[state]) / max(1, max(own) - 1) <= bound + 1e-12 for own in ranks
        )

    lengths = []
    for end in ends:
        layer, seen, length = {start}, {start}, 0
        while layer and end not in layer:
            layer = {
                there
                for state in layer
                for mover, there in steps(state)
                if there not in seen and fits(there) and ranks[mover][state] <= ranks[mover][end]
            }
            seen |= layer
            length += 1
        if layer:
            lengths.append(length)
    return min(lengths, default=None)


@given(disputes_with_plans(most_states=16), st.sampled_from([0.0, 0.3, 1.0]), st.data())
def test_small_steps_are_the_fewest(drawn: Drawn, bound: float, data: st.DataObject) -> None:
    dispute, start, _ = drawn
    read = detente.build_dispute(described(dispute, [], min(dispute.states[start])))
    if any(dispute.guards) or read.coalesce:
        return
    model = graph_model(read)
    goal = formula_from(read, data.draw(st.sampled_from([one.key for one in read.options])))
    if model.space.holds(goal)[start]:
        return
    found = envoy_of_model(model, goal, budget=0, max_stages=1, grit=True, exposure=bound)
    assert found.graduated is not None
    ends = {
        n
        for n in range(model.space.count)
        if model.space.holds(goal)[n]
        and not any(
            dispute.values[party][oracle.counted_on(dispute, "SEQ", party, there)]
            > dispute.values[party][n]
            for party in range(dispute.parties)
            for there in dispute.moves[party][n]
        )
    }
    steps = found.graduated.check
    assert (None if steps is None else len(steps.stages)) == least_steps(model, ends, bound)


# Korea -------------------------------------------------------------------------------------------


def test_on_korea_one_change_of_the_last_stage_will_do() -> None:
    dispute = detente.load("korea-2017")
    found = detente.send_envoy(dispute, roadmap="russia_2017")
    assert found.check is not None
    assert not found.check.holds
    assert found.least is not None
    assert found.least.number == 1
    ids = [party.id for party in dispute.parties]
    together = [{ids[party] for party in one} for one in rounds_of(found) if len(one) > 1]
    # Neither of the two gives way first: they promise at the same moment.
    assert together == [{"dprk", "us"}]
    # It is one of several as small; each of the others makes the plan hold as well.
    assert len(found.others) >= 2
    assert found.least.instruments not in [one.instruments for one in found.others]
    assert len({(one.instruments, repr(one.plan.stages)) for one in found.others}) == len(
        found.others
    )
    for one in found.others:
        assert one.number == found.least.number
        assert one.price >= found.least.price
        assert one.check.holds
    told = others_sentence(found)
    assert f"At least {len(found.others)} other sets of as many will do too" in told
    assert envoy_document(found)["others"] == len(found.others)


def test_what_was_found_before_ctrl_c_is_kept() -> None:
    calls = 0

    def progress(_: str, __: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt

    found = detente.send_envoy(
        detente.load("korea-2017"), roadmap="russia_2017", budget=2, progress=progress
    )
    assert found.interrupted
    assert not found.complete
    assert found.least is not None
    assert found.least.check.holds
