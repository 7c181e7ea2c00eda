"""A brief in words: one page for a reader who has a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from detente.briefing.assumptions import Assumption
from detente.briefing.brief import Brief
from detente.briefing.indicators import Indicator
from detente.briefing.likelihood import likelihood_words
from detente.briefing.wished import Wished
from detente.dispute.dispute import Statements
from detente.files.base_rates import base_rate
from detente.report.content import Block, Group, Outline, Prose, Table
from detente.report.envoy import instrument_words, order_sentence
from detente.report.explanations import changes
from detente.report.inverse import change_words
from detente.report.words import counted, joined, percentage, setting_words

__all__ = ["brief_blocks", "moves_by_party"]

# So many outcomes, assumptions and moves are told; the commands that are named show the rest.
_MOST_OUTCOMES = 5
_MOST_ASSUMPTIONS = 4
_MOST_INDICATORS = 3
_MOST_NAMED = 2

# With more movers than these, their moves are not told one by one.
_MOST_MOVERS = 3

# Shifts smaller than this are not told.
_LEAST_SHIFT = 0.01

# From this chance on an outcome is one to expect: the band "roughly even chance".
_TO_EXPECT = 0.45


def moves_by_party(found: Brief, before: int, after: int) -> str:
    """What differs between two states, with whose option each is."""
    model = found.forecast.prepared.ground.model
    levels = model.space.assignments(np.array([before - 1, after - 1]))
    told = []
    for party in model.dispute.parties:
        own = list(model.dispute.options_of(party.id))
        words = [
            setting_words(
                model.dispute.options[option],
                int(levels[0, option]),
                int(levels[1, option]),
            )
            for option in own
            if levels[0, option] != levels[1, option]
        ]
        if words:
            told.append(f"{party.name}: {joined(words)}")
    return "; ".join(told)


def brief_blocks(found: Brief) -> tuple[Block, ...]:
    """The page.

    Parameters
    ----------
    found
        What the brief tells.

    Returns
    -------
    tuple of Block
        The sentence of what to expect first. Likelihood and confidence stand in sentences of their
        own (Intelligence Community Directive 203).
    """
    for_whom = "" if found.party is None else f", for {_party_name(found, found.party)}"
    return tuple(
        block
        for block in (
            Prose(f"{found.dispute.title}: brief{for_whom}"),
            Prose(_expectation(found)),
            _outcome_table(found),
            *_lasting(found),
            *_past_cases(found),
            Prose(_confidence(found)),
            *(Prose(text) for text in _wished_texts(found)),
            *_assumptions(found),
            *_indicators(found),
            Prose(_limits(found)),
            Prose(_in_full(found)),
        )
        if not isinstance(block, Prose) or block.text
    )


def _party_name(found: Brief, party: str) -> str:
    return found.dispute.parties[found.dispute.party_numbers[party]].name


def _names(found: Brief, numbers: Sequence[int]) -> str:
    return joined([found.dispute.parties[number].name for number in numbers])


def _goal_name(found: Brief, goal: int) -> str:
    return f"“{found.forecast.goals[goal].name}”"


def _told(found: Brief, goal: int) -> str:
    """An outcome with its likelihood, such as ``“Settlement” (unlikely, 21%)``."""
    chance = float(found.chance[goal])
    return f"{_goal_name(found, goal)} ({likelihood_words(chance)}, {percentage(chance)})"


def _named(found: Brief) -> list[int]:
    """Goals that the file names; ways of no return only where it names none."""
    goals = found.forecast.goals
    named = [number for number, goal in enumerate(goals) if goal.kind != "irreversible"]
    return named or list(range(len(goals)))


def _begun(found: Brief) -> list[bool]:
    return [value == 1 for value in found.forecast.by[0].tolist()]


def _followed(found: Brief) -> list[int]:
    """Goals by their chance, without those that nobody can leave and ways of no return."""
    goals = found.forecast.goals
    numbers = [number for number in _named(found) if not goals[number].closed]
    return sorted(numbers, key=lambda one: -found.chance[one])


# What to expect --------------------------------------------------------------------------------


def _expectation(found: Brief) -> str:
    begun = _begun(found)
    steps = counted(found.forecast.steps, "step")
    ahead = [goal for goal in _followed(found) if not begun[goal]]
    likely = [goal for goal in ahead if found.chance[goal] >= _TO_EXPECT][:_MOST_NAMED]
    if likely:
        text = (
            f"What to expect within {steps}: {joined([_told(found, goal) for goal in likely])} "
            f"come{'s' if len(likely) == 1 else ''} about."
        )
    elif ahead:
        text = (
            f"What to expect within {steps}: no outcome that does not hold now; the nearest to it "
            f"is {_told(found, ahead[0])}."
        )
    else:
        text = f"What to expect within {steps}: nothing that does not hold now."
    held = [goal for goal in _followed(found) if begun[goal]]
    if held:
        told = joined([_told(found, goal) for goal in held[:3]])
        text += f" What holds now and holds then: {told}."
    return f"{text} {_next_step(found)}"


def _next_step(found: Brief) -> str:
    """Who is likeliest to move next, and how."""
    forecast = found.forecast
    by_mover: dict[int, float] = {}
    for move in forecast.next_moves:
        by_mover[move.mover] = by_mover.get(move.mover, 0.0) + move.probability
    if not by_mover:
        return "Nobody has a move from the status quo."
    mover = max(by_mover, key=lambda one: by_mover[one])
    move = next(one for one in forecast.next_moves if one.mover == mover)
    start = forecast.prepared.ground.model.index(forecast.prepared.start) + 1
    words = changes(forecast.prepared.ground.model, start, move.state)
    return (
        f"In the next step nothing changes with {percentage(forecast.nobody_moves)}; "
        f"the likeliest to move is {forecast.dispute.parties[mover].name} "
        f"({percentage(by_mover[mover])}), above all to {words}."
    )


def _outcome_table(found: Brief) -> Table:
    begun = _begun(found)
    goals = found.forecast.goals
    shown = _followed(found)
    kept = shown[:_MOST_OUTCOMES]
    if found.wished is not None and found.wished.goal not in kept:
        kept = [*kept[: _MOST_OUTCOMES - 1], found.wished.goal]
    lasting = [number for number in _named(found) if goals[number].closed]
    rows = []
    for goal in (*kept, *lasting):
        note = " (holds now)" if begun[goal] else ""
        note += " (nobody can leave it)" if goals[goal].closed else ""
        chance = float(found.chance[goal])
        rows.append(
            (
                f"{goals[goal].name}{note}",
                likelihood_words(chance),
                percentage(chance),
                f"{percentage(float(found.low[goal]))} to {percentage(float(found.high[goal]))}",
            )
        )
    steps = counted(found.forecast.steps, "step")
    return Table(
        f"How likely each outcome is within {steps}, and its range over the draws",
        ("Outcome", "Likelihood", "Chance", "Range"),
        (Group(tuple(rows)),),
        numeric=False,
    )


def _lasting(found: Brief) -> Iterator[Prose]:
    """What nobody can leave once it has come."""
    begun = _begun(found)
    goals = found.forecast.goals
    closed = [
        number for number in _named(found) if goals[number].closed and found.chance[number] > 0
    ]
    if not closed:
        return
    told = []
    for number in closed:
        if begun[number]:
            told.append(f"{_goal_name(found, number)} holds now")
        else:
            told.append(_told(found, number))
    yield Prose(
        f"Of no return: {joined(told)}. Nobody can leave "
        f"{'it' if len(closed) == 1 else 'these'}; that a state there lasts says nothing of "
        "what parties want."
    )


def _past_cases(found: Brief) -> Iterator[Prose]:
    """How often it came so far in the past, where the file names a class of past cases."""
    name = found.dispute.reference_class
    if name is None:
        return
    rate = base_rate(name)
    yield Prose(
        f"Beside the model, and no part of its figures: of {rate.cases:,} {rate.of}, "
        f"{rate.events:,} became {rate.became} ({rate.share.value:.1%}; 95% interval "
        f"{rate.share.low:.1%} to {rate.share.high:.1%})."
    )


# How surely ------------------------------------------------------------------------------------


def _confidence(found: Brief) -> str:
    held = found.confidence
    silent = held.statements - held.cited - held.judged
    parts = [f"{held.cited} of {counted(held.statements, 'preference')} cite a source"]
    if held.judged:
        parts.append(f"{held.judged} rest on the analyst's judgement alone")
    if silent:
        parts.append(f"{silent} say nothing of what they rest on")
    text = (
        f"Confidence in this is {held.level}. The file names "
        f"{counted(held.sources, 'source') if held.sources else 'no source'}; {', '.join(parts)}."
    )
    if held.mean is not None:
        text += f" On average the file gives a preference {held.mean:.2f} of 1."
    goal, spans = held.widest
    if spans > 1:
        text += (
            f" {_goal_name(found, goal)} depends most on what is not known: its range spans "
            f"{spans} of the seven bands."
        )
    return f"{text} No forecast of this file has been scored against events yet."


# The wished outcome ----------------------------------------------------------------------------


def _wished_texts(found: Brief) -> Iterator[str]:
    wished = found.wished
    if wished is None:
        return
    name = _goal_name(found, wished.goal)
    yield f"{_why_this(found, wished)} {_whether_it_holds(found, wished)}"
    yield _spoilers(found, wished, name)
    yield _envoy(found)
    if found.party is not None:
        yield _own_moves(found, wished, found.party)


def _why_this(found: Brief, wished: Wished) -> str:
    name = _goal_name(found, wished.goal)
    if found.named:
        return f"Asked about: {name}."
    if found.party is not None:
        return f"Best for {_party_name(found, found.party)} on average: {name}."
    return f"Best for whoever is worst off in it: {name} (--about asks of another)."


def _whether_it_holds(found: Brief, wished: Wished) -> str:
    inverse = wished.inverse
    if wished.equilibria:
        text = (
            f"Once there it can hold: in {wished.equilibria:,} of its {wished.states:,} states "
            "nobody has a move that pays, the others' responses counted. "
        )
        return text + _best_change(found, wished)
    text = "It does not hold: somebody always has a move away that pays. "
    if inverse is None:
        return text + "What would make it hold is told by `detente inverse`."
    if not inverse.answers:
        return text + f"No {counted(inverse.most, 'change')} of preferences would make it hold."
    words = [change_words(found.dispute, one) for one in inverse.answers[0].changes]
    return f"{text}The smallest change that makes it hold: {' '.join(words)}"


def _best_change(found: Brief, wished: Wished) -> str:
    """The move, or the preference that is changed, which makes the outcome likeliest."""
    stated = float(found.as_stated[wished.goal])
    helpful = []
    for move in found.indicators:
        if move.shift(wished.goal) >= _LEAST_SHIFT:
            party = found.dispute.parties[move.party].name
            words = f"{party} moves: {_move_words(found, move)}"
            # Of two that help alike, the one that changes less.
            helpful.append((round(move.after[wished.goal], 2), -move.options, words))
    for one in found.assumptions:
        if one.kind == "statement" and one.chances[wished.goal] >= stated + _LEAST_SHIFT:
            helpful.append((round(one.chances[wished.goal], 2), 0, _otherwise(found, one)))
    if not helpful:
        return "No single move and no preference that was tried brings it nearer."
    reached, _, words = max(helpful)
    return f"What would help most is if {words}: {percentage(stated)} to {percentage(reached)}."


def _move_words(found: Brief, move: Indicator) -> str:
    model = found.forecast.prepared.ground.model
    return changes(model, model.index(found.forecast.prepared.start) + 1, move.state)


def _spoilers(found: Brief, wished: Wished, name: str) -> str:
    forecast = found.forecast
    start = forecast.prepared.ground.model.index(forecast.prepared.start) + 1
    parts = []
    if wished.witness != start:
        parts.append(_way_there(found, wished, start))
    if wished.breaking:
        parts.append(f"{_names(found, wished.breaking)} would leave it again, as that pays.")
    if wished.tempted:
        parts.append(
            f"{_names(found, wished.tempted)} would gain by leaving it, and what others could do "
            "in return deters it."
        )
    if wished.losers:
        parts.append(f"{_names(found, wished.losers)} would be worse off there than now.")
    for offer in wished.offers[:_MOST_NAMED]:
        party = found.dispute.parties[offer.party]
        preferences = party.preferences
        assert isinstance(preferences, Statements)
        text = preferences.statements[offer.statement - 1].formula.text
        parts.append(
            f"An offer to {party.name}: “{text}”, by "
            f"{moves_by_party(found, wished.witness, offer.state)}."
        )
    if not parts:
        return f"Nobody can spoil {name} alone."
    return " ".join(parts)


def _way_there(found: Brief, wished: Wished, start: int) -> str:
    """What has to be done for an outcome by the fewest changes, and who can hold back."""
    names = _names(found, wished.movers)
    if len(wished.movers) > _MOST_MOVERS:
        return (
            f"The shortest way there, to state {wished.witness}, takes moves by {names}; each of "
            "them can spoil it by holding back."
        )
    way = moves_by_party(found, start, wished.witness)
    if len(wished.movers) == 1:
        return f"The shortest way there is {way}. Only {names} can take it, or hold back."
    return f"The shortest way there is {way}. Each of them can spoil it by holding back."


def _own_moves(found: Brief, wished: Wished, party: str) -> str:
    number = found.dispute.party_numbers[party]
    own = [one for one in found.indicators if one.party == number]
    name = _goal_name(found, wished.goal)
    best = max(own, key=lambda one: one.shift(wished.goal), default=None)
    if best is None or best.shift(wished.goal) < _LEAST_SHIFT:
        return f"No next move of {_party_name(found, party)} by itself makes {name} likelier."
    return (
        f"What {_party_name(found, party)} itself can do next for {name}: "
        f"{_move_words(found, best)} "
        f"({_shift_words(found, best, wished.goal)})."
    )


def _envoy(found: Brief) -> str:
    """The one promise by which a plan of two moves holds, and who has to say yes when."""
    envoy = found.envoy
    if envoy is None:
        return ""
    least = envoy.least
    if least is None:
        return (
            "For an envoy: no plan of one or two moves to it would hold with a single message, "
            "promise or joint stage."
        )
    yes = order_sentence(envoy.dispute, envoy.visits[0])
    if not least.instruments:
        return f"For an envoy: the moves themselves are all that has to be promised. {yes}"
    words = joined([instrument_words(found.dispute, one) for one in least.instruments])
    return f"For an envoy: one thing has to be brought home: {words}. {yes}"


# What it hangs on ------------------------------------------------------------------------------


def _assumptions(found: Brief) -> Iterator[Block]:
    told = [one for one in found.assumptions if one.weight >= _LEAST_SHIFT][:_MOST_ASSUMPTIONS]
    if not told:
        return
    tried = sum(one.kind == "statement" for one in found.assumptions)
    which = (
        ""
        if tried == found.statements
        else f" ({tried} of {found.statements} preferences changed one by one)"
    )
    yield Prose(f"Most hangs on these, in this order{which}:")
    yield Outline(
        tuple((0, f"- If {_otherwise(found, one)}: {_moved(found, one)}.") for one in told)
    )


def _otherwise(found: Brief, one: Assumption) -> str:
    """What is assumed instead, as the rest of a sentence that begins with *if*."""
    if one.kind == "odds":
        looser = float(one.otherwise) < found.forecast.plan.assumptions.middle_odds
        return (
            f"parties choose more {'loosely' if looser else 'strictly'} (odds of {one.otherwise})"
        )
    if one.kind == "foresight":
        return "parties do not look beyond their own move"
    if one.kind == "worth":
        return "a state is worth the share of states ranked below it"
    assert one.party is not None
    assert one.statement is not None
    party = found.dispute.parties[found.dispute.party_numbers[one.party]]
    assert isinstance(party.preferences, Statements)
    statement = party.preferences.statements[one.statement - 1]
    verb = "did not mind" if one.otherwise == "dropped" else "preferred the opposite of"
    known = "" if statement.confidence is None else f", held with {statement.confidence:g}"
    return f"{party.name} {verb} “{statement.formula.text}” ({one.party}.{one.statement}{known})"


def _moved(found: Brief, one: Assumption) -> str:
    """The one or two outcomes that a changed assumption moves most."""
    told = _largest(
        {goal: abs(one.chances[goal] - found.as_stated[goal]) for goal in _named(found)}
    )
    return joined(
        [
            f"{_goal_name(found, goal)} {percentage(float(found.as_stated[goal]))} to "
            f"{percentage(one.chances[goal])}"
            for goal in told
        ]
    )


def _largest(shifts: dict[int, float]) -> list[int]:
    """The goal that moves most, and a second that moves by half as much and a tenth or more."""
    order = sorted(shifts, key=lambda goal: -shifts[goal])
    second = [goal for goal in order[1:2] if shifts[goal] >= max(0.1, shifts[order[0]] / 2)]
    return order[:1] + second


# What to watch ---------------------------------------------------------------------------------


def _indicators(found: Brief) -> Iterator[Block]:
    told = _chosen_indicators(found)
    if not told:
        return
    yield Prose("Watch for these moves, and what each would shift (preferences as stated):")
    yield Outline(
        tuple(
            (
                0,
                f"- {found.dispute.parties[one.party].name}: {_move_words(found, one)}: "
                f"{_shifts(found, one)}.",
            )
            for one in told
        )
    )


def _chosen_indicators(found: Brief) -> list[Indicator]:
    """Moves of one option, where there are any, that shift most; at most two of a party."""

    def most(one: Indicator) -> float:
        return max(abs(one.shift(goal)) for goal in _shifted_goals(found))

    if not _shifted_goals(found):
        return []
    single = [one for one in found.indicators if one.options == 1]
    taken: list[Indicator] = []
    for one in sorted(single or found.indicators, key=lambda one: -most(one)):
        if most(one) < _LEAST_SHIFT or len(taken) == _MOST_INDICATORS:
            break
        if sum(other.party == one.party for other in taken) < _MOST_NAMED:
            taken.append(one)
    return taken


def _shifted_goals(found: Brief) -> list[int]:
    begun = _begun(found)
    return [number for number in _named(found) if not begun[number]]


def _shifts(found: Brief, one: Indicator) -> str:
    told = _largest({goal: abs(one.shift(goal)) for goal in _shifted_goals(found)})
    return joined([f"{_goal_name(found, goal)} {_shift_words(found, one, goal)}" for goal in told])


def _shift_words(found: Brief, one: Indicator, goal: int) -> str:
    return f"{percentage(one.before[goal])} to {percentage(one.after[goal])}"


# What it does not say --------------------------------------------------------------------------


def _limits(found: Brief) -> str:
    forecast = found.forecast
    low, high = forecast.plan.assumptions.odds
    draws = (
        f"{counted(forecast.draws, 'draw')} of preferences and odds ({low:g} to {high:g}), ranges "
        "from the middle nine tenths"
        if forecast.draws
        else "the preferences as stated, without draws"
    )
    return (
        "What this cannot say: when (a step is a turn, not a time); what nobody decides, such as "
        "accidents; what others than the parties do; how strongly a party feels. The figures "
        f"come from {draws}, words from Intelligence Community Directive 203."
    )


def _in_full(found: Brief) -> str:
    wished = found.wished
    commands = ["forecast", "robust", "analyse"]
    if wished is not None and found.forecast.goals[wished.goal].kind == "outcome":
        commands += ["roadmap find", "envoy"]
    return f"In full: `detente` with {', '.join(commands)}."
