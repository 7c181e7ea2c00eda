"""A brief in words: one page for a reader who has a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.briefing.assumptions import Assumption
from detente.briefing.brief import Brief
from detente.briefing.indicators import Indicator
from detente.briefing.likelihood import BANDS, band, likelihood_words
from detente.briefing.wished import Wished
from detente.dispute.dispute import Statement, Statements
from detente.files.base_rates import base_rate
from detente.report.content import Block, Group, Outline, Prose, Table
from detente.report.envoy import instrument_words, order_sentence, others_sentence
from detente.report.explanations import changes
from detente.report.formula_words import formula_by_names
from detente.report.inverse import change_words
from detente.report.words import counted, joined, percentage, setting_words

__all__ = ["brief_blocks", "moves_by_party"]

Values = NDArray[np.float64]

# So many outcomes, assumptions and moves are told; the commands that are named show the rest.
_LIKELIEST = 3
_MOST_ASSUMPTIONS = 3
_MOST_INDICATORS = 2
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
    within = f"Within {counted(found.forecast.steps, 'step')}"
    ahead = [goal for goal in _followed(found) if not begun[goal]]
    likely = [goal for goal in ahead if found.chance[goal] >= _TO_EXPECT][:_MOST_NAMED]
    if likely:
        text = f"{within}, expect {joined([_told(found, goal) for goal in likely])}."
    elif ahead:
        text = (
            f"{within}, expect no outcome that does not hold now. The nearest is "
            f"{_told(found, ahead[0])}."
        )
    else:
        text = f"{within}, expect nothing that does not hold now."
    held = [goal for goal in _followed(found) if begun[goal]]
    lasting = [goal for goal in held if found.chance[goal] >= _TO_EXPECT]
    ending = [goal for goal in held if goal not in lasting]
    if lasting:
        told = joined([_told(found, goal) for goal in lasting[:_MOST_NAMED]])
        text += f" Of what holds now, expect then too {told}."
    if ending:
        told = joined([_told(found, goal) for goal in ending[:_MOST_NAMED]])
        text += f" Of what holds now, do not count on {told}."
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
        f"In the next step, nobody moves with a chance of {percentage(forecast.nobody_moves)}. The "
        f"party likeliest to move is {forecast.dispute.parties[mover].name} "
        f"({percentage(by_mover[mover])}), above all to {words}."
    )


def _outcome_table(found: Brief) -> Table:
    begun = _begun(found)
    goals = found.forecast.goals
    rows = []
    for goal in _tabled(found):
        note = " (now)" if begun[goal] else ""
        note += " (no way back)" if goals[goal].closed else ""
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
        f"How likely each outcome is within {steps}, with its range over the draws",
        ("Outcome", "Likelihood", "Chance", "Range"),
        (Group(tuple(rows)),),
        numeric=False,
        introduced=True,
    )


def _tabled(found: Brief) -> list[int]:
    """The outcomes of which the page tells, by their chance; those of no return last."""
    goals = found.forecast.goals
    followed = _followed(found)
    told = {
        *followed[:_LIKELIEST],
        *(goal for one in _told_assumptions(found) for goal in _moved_goals(found, one)),
        *(goal for one in _chosen_indicators(found) for goal in _shifted_most(found, one)),
        *([] if found.wished is None else [found.wished.goal]),
    }
    kept = [goal for goal in followed if goal in told]
    lasting = [number for number in _named(found) if goals[number].closed]
    return [*kept, *lasting]


def _lasting(found: Brief) -> Iterator[Prose]:
    """What nobody can leave once it has come."""
    begun = _begun(found)
    goals = found.forecast.goals
    closed = [
        number for number in _named(found) if goals[number].closed and found.chance[number] > 0
    ]
    if not closed:
        return
    told = [
        f"{_goal_name(found, number)} holds now" if begun[number] else _told(found, number)
        for number in closed
    ]
    yield Prose(f"There is no way back from {joined(told)}.")


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
    parts = [f"{held.cited} {'cites' if held.cited == 1 else 'cite'} a source"]
    if held.judged:
        rest = "rests" if held.judged == 1 else "rest"
        parts.append(f"{held.judged} {rest} on the analyst's judgement alone")
    if silent:
        parts.append(f"{silent} {'tells' if silent == 1 else 'tell'} no basis")
    text = (
        f"Confidence in all this is {held.level}. The file names "
        f"{counted(held.sources, 'source') if held.sources else 'no source'}. Of its "
        f"{counted(held.statements, 'preference')}, {joined(parts)}."
    )
    if held.mean is not None:
        text += f" On average they are {held.mean:.2f} sure, of 1."
    goal, spans = _widest(found)
    if spans > 1:
        bands = "all seven bands" if spans == len(BANDS) else f"{spans} of the seven bands"
        text += (
            f" {_goal_name(found, goal)} hangs most on what is not known: its range spans {bands}."
        )
    return f"{text} No earlier forecast is counted."


def _widest(found: Brief) -> tuple[int, int]:
    """Of the outcomes in the table, the one whose range spans most bands, and how many."""
    spans = {
        goal: band(float(found.high[goal])) - band(float(found.low[goal])) + 1
        for goal in _tabled(found)
    }
    goal = max(spans, key=lambda one: spans[one])
    return goal, spans[goal]


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
        return f"Looked at, as asked: {name}."
    if found.party is not None:
        return f"Looked at: {name}, the outcome ahead that is best for {found.for_whom} on average."
    return (
        f"Looked at: {name}, the outcome ahead in which even the party worst off does best "
        "(--about names another)."
    )


def _whether_it_holds(found: Brief, wished: Wished) -> str:
    inverse = wished.inverse
    if wished.equilibria:
        where = (
            "all of its states"
            if wished.equilibria == wished.states
            else f"{wished.equilibria:,} of its {wished.states:,} states"
        )
        text = (
            f"Once reached, it can hold: in {where} nobody gains by a move once others have "
            "answered it. "
        )
        return text + _best_change(found, wished)
    text = "It would not hold: somebody always gains by a move away. "
    if inverse is None:
        return text + "What would make it hold is told by `detente inverse`."
    if not inverse.answers:
        return text + f"No {counted(inverse.most, 'change')} of preferences would make it hold."
    words = [change_words(found.dispute, one, by_names=True) for one in inverse.answers[0].changes]
    return f"{text}The smallest change of preferences that makes it hold: {' '.join(words)}"


def _best_change(found: Brief, wished: Wished) -> str:
    """The move, or the preference that is changed, which makes the outcome likeliest."""
    stated = float(found.as_stated[wished.goal])
    helpful = []
    for move in found.indicators:
        if move.shift(wished.goal) >= _LEAST_SHIFT:
            party = found.dispute.parties[move.party].name
            words = f"a move by {party}: {_move_words(found, move)}"
            # Of two that help alike, the one that changes less.
            helpful.append((round(move.after[wished.goal], 2), -move.options, words))
    for one in found.assumptions:
        if one.kind == "statement" and one.chances[wished.goal] >= stated + _LEAST_SHIFT:
            holder, preference = _preference(found, one)
            words = f"that {holder} {_not_so(one)} {preference}"
            helpful.append((round(one.chances[wished.goal], 2), 0, words))
    if not helpful:
        return "No single move and no preference that was tried makes it likelier."
    reached, _, words = max(helpful)
    return (
        f"What would help most is {words}. Its chance would be {percentage(reached)}, against "
        f"{percentage(stated)}."
    )


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
        parts.append(f"{_names(found, wished.breaking)} would gain by leaving it again.")
    if wished.tempted:
        parts.append(
            f"Only what others could do in return keeps {_names(found, wished.tempted)} there."
        )
    if wished.losers:
        parts.append(f"{_names(found, wished.losers)} would be worse off there than now.")
    for offer in wished.offers[:_MOST_NAMED]:
        party = found.dispute.parties[offer.party]
        preferences = party.preferences
        assert isinstance(preferences, Statements)
        text = preferences.statements[offer.statement - 1].formula.text
        parts.append(
            f"What could be offered to {party.name}: "
            f"{formula_by_names(text, found.dispute, party.id)}, by this: "
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
            f"The shortest way there takes moves by {names}. Each of them can spoil it by holding "
            "back."
        )
    way = moves_by_party(found, start, wished.witness)
    if len(wished.movers) == 1:
        return f"The shortest way there: {way}. {names} can spoil it by holding back."
    return f"The shortest way there: {way}. Each of them can spoil it by holding back."


def _own_moves(found: Brief, wished: Wished, party: str) -> str:
    number = found.dispute.party_numbers[party]
    own = [one for one in found.indicators if one.party == number]
    name = _goal_name(found, wished.goal)
    best = max(own, key=lambda one: one.shift(wished.goal), default=None)
    if best is None or best.shift(wished.goal) < _LEAST_SHIFT:
        return f"No next move of {_party_name(found, party)} by itself makes {name} likelier."
    return (
        f"What {_party_name(found, party)} itself can do next for {name}: "
        f"{_move_words(found, best)}. {_shifts(found, best.before, best.after, [wished.goal])}."
    )


def _envoy(found: Brief) -> str:
    """The one promise by which a plan of two moves holds, and who has to say yes when."""
    envoy = found.envoy
    if envoy is None:
        return ""
    least = envoy.least
    if least is None:
        return "For an envoy: no plan of one or two moves holds with one promise or message."
    yes = order_sentence(envoy.dispute, envoy.visits[0])
    if not least.instruments:
        return f"For an envoy: the moves themselves are all that has to be promised. {yes}"
    words = joined([instrument_words(found.dispute, one) for one in least.instruments])
    return (
        f"For an envoy: one promise has to be brought home: {words}. {others_sentence(envoy)}{yes}"
    )


# What it hangs on ------------------------------------------------------------------------------


def _told_assumptions(found: Brief) -> list[Assumption]:
    return [one for one in found.assumptions if one.weight >= _LEAST_SHIFT][:_MOST_ASSUMPTIONS]


def _assumptions(found: Brief) -> Iterator[Block]:
    told = _told_assumptions(found)
    if not told:
        return
    tried = sum(one.kind == "statement" for one in found.assumptions)
    which = (
        "" if tried == found.statements else f" ({tried} of {found.statements} preferences tried)"
    )
    yield Prose(f"Most hangs on these assumptions{which}:")
    yield Outline(
        tuple(
            (
                0,
                f"- {_otherwise(found, one)}, {_moved(found, one)}.",
            )
            for one in told
        )
    )


def _otherwise(found: Brief, one: Assumption) -> str:
    """What is assumed, and what instead, up to a comma."""
    if one.kind == "odds":
        middle = found.forecast.plan.assumptions.middle_odds
        return (
            f"A gain of a tenth makes a move {middle:.1f} times as likely as staying. Were it "
            f"{one.otherwise} times"
        )
    if one.kind == "foresight":
        return "Parties look ahead. If they looked no further than their own move"
    if one.kind == "worth":
        return "A state's worth goes by its rank. Were it the share of states ranked lower"
    holder, preference = _preference(found, one)
    what = "it did not mind" if one.otherwise == "dropped" else "it preferred the opposite"
    confidence = _statement(found, one).confidence
    sure = "" if confidence is None else f", {confidence:g} sure"
    return f"{holder} prefers ({one.party}.{one.statement}{sure}): {preference}. If {what}"


def _preference(found: Brief, one: Assumption) -> tuple[str, str]:
    """The party that holds a preference, and the preference by the names of options."""
    statement = _statement(found, one)
    party = found.dispute.parties[found.dispute.party_numbers[one.party or ""]]
    return party.name, formula_by_names(statement.formula.text, found.dispute, party.id)


def _statement(found: Brief, one: Assumption) -> Statement:
    assert one.party is not None
    assert one.statement is not None
    preferences = found.dispute.parties[found.dispute.party_numbers[one.party]].preferences
    assert isinstance(preferences, Statements)
    return preferences.statements[one.statement - 1]


def _not_so(one: Assumption) -> str:
    """What a party does with a preference that it is assumed not to have."""
    return "no longer minds:" if one.otherwise == "dropped" else "prefers the opposite of this:"


def _moved(found: Brief, one: Assumption) -> str:
    goals = _moved_goals(found, one)
    return _shifts(found, found.as_stated, one.chances, goals, would="would ")


def _moved_goals(found: Brief, one: Assumption) -> list[int]:
    """The outcome that a changed assumption moves most; of the first a second one too."""
    shifts = {goal: abs(one.chances[goal] - found.as_stated[goal]) for goal in _named(found)}
    return _largest(shifts)[: 2 if one is found.assumptions[0] else 1]


def _largest(shifts: dict[int, float]) -> list[int]:
    """The goal that moves most, and a second that moves by half as much and a tenth or more."""
    order = sorted(shifts, key=lambda goal: -shifts[goal])
    second = [goal for goal in order[1:2] if shifts[goal] >= max(0.1, shifts[order[0]] / 2)]
    return order[:1] + second


def _shifts(
    found: Brief,
    before: Sequence[float] | Values,
    after: Sequence[float],
    goals: Sequence[int],
    would: str = "",
) -> str:
    """How the chances of some outcomes move: ``“War” rises from 2% to 15%``."""
    told = []
    for goal in goals:
        verb = "rise" if after[goal] >= before[goal] else "fall"
        told.append(
            f"{_goal_name(found, goal)} {would}{verb}{'' if would else 's'} from "
            f"{percentage(float(before[goal]))} to {percentage(float(after[goal]))}"
        )
    return joined(told)


# What to watch ---------------------------------------------------------------------------------


def _indicators(found: Brief) -> Iterator[Block]:
    told = _chosen_indicators(found)
    if not told:
        return
    yield Prose("Watch for these moves:")
    yield Outline(
        tuple(
            (
                0,
                f"- {found.dispute.parties[one.party].name}: {_move_words(found, one)}. Then "
                f"{_shifts(found, one.before, one.after, _shifted_most(found, one))}.",
            )
            for one in told
        )
    )


def _chosen_indicators(found: Brief) -> list[Indicator]:
    """Moves of one option, where there are any, that shift most."""

    def most(one: Indicator) -> float:
        return max(abs(one.shift(goal)) for goal in _shifted_goals(found))

    if not _shifted_goals(found):
        return []
    single = [one for one in found.indicators if one.options == 1]
    taken: list[Indicator] = []
    for one in sorted(single or found.indicators, key=lambda one: -most(one)):
        if most(one) < _LEAST_SHIFT or len(taken) == _MOST_INDICATORS:
            break
        taken.append(one)
    return taken


def _shifted_goals(found: Brief) -> list[int]:
    begun = _begun(found)
    return [number for number in _named(found) if not begun[number]]


def _shifted_most(found: Brief, one: Indicator) -> list[int]:
    """The outcome that a move shifts most."""
    return _largest({goal: abs(one.shift(goal)) for goal in _shifted_goals(found)})[:1]


# What it does not say --------------------------------------------------------------------------


def _limits(found: Brief) -> str:
    forecast = found.forecast
    low, high = forecast.plan.assumptions.odds
    draws = (
        f"The table has means over {counted(forecast.draws, 'draw')} of preferences and odds "
        f"({low:g} to {high:g}) and their middle nine tenths; what would rise or fall is told for "
        "preferences as stated."
        if forecast.draws
        else "All chances are for preferences as stated, without draws."
    )
    return (
        "What this cannot say: when (a step is a turn, not a time); what nobody decides, such as "
        f"accidents; what outsiders do; how strongly a party feels. {draws} Words: "
        "Intelligence Community Directive 203."
    )


def _in_full(found: Brief) -> str:
    """Which command shows each part in full."""
    wished = found.wished
    parts = [
        "`detente forecast` (chances, moves)",
        "`robust` (assumptions)",
        "`validate --all` (sources)",
        "`analyse` (what holds)",
    ]
    if wished is not None and wished.inverse is not None:
        parts.append("`inverse` (what would make it hold)")
    if wished is not None and found.forecast.goals[wished.goal].kind == "outcome":
        parts.append("`roadmap find`, `envoy` (the way there)")
    return f"In full: {', '.join(parts)}."
