"""A brief in words: one page for a reader who has a minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.briefing.assumptions import Assumption
from detente.briefing.brief import Brief
from detente.briefing.indicators import Indicator
from detente.briefing.likelihood import BANDS, band, likelihood_words
from detente.briefing.wished import Wished, WishedOffer
from detente.dispute.dispute import Statement, Statements
from detente.files.base_rates import base_rate
from detente.report.content import Block, Group, Outline, Prose, Table
from detente.report.envoy import instrument_words, order_sentence, others_sentence
from detente.report.explanations import changes
from detente.report.face import is_command_line
from detente.report.formula_words import formula_by_names
from detente.report.inverse import change_words
from detente.report.language import decimal, marked, say, say_number, whole_number
from detente.report.words import joined, percentage, quoted, setting_words

__all__ = ["brief_blocks"]

Values = NDArray[np.float64]

WORDS_OF_OTHERS = (
    marked("almost no chance"),
    marked("very unlikely"),
    marked("unlikely"),
    marked("roughly even chance"),
    marked("likely"),
    marked("very likely"),
    marked("almost certain"),
    marked("low"),
    marked("moderate"),
    marked("high"),
    marked("militarised interstate disputes that began from 1946 to 2014"),
    marked("wars"),
)
"""Words of other modules that the page says: for the catalogue of messages."""

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
    title = say("{title}: brief", title=found.dispute.title)
    if found.party is not None:
        title = say(
            "{title}: brief, for {party}",
            title=found.dispute.title,
            party=_party_name(found, found.party),
        )
    return tuple(
        block
        for block in (
            Prose(title),
            Prose(_expectation(found)),
            _outcome_table(found),
            *_lasting(found),
            *_past_cases(found),
            Prose(_confidence(found)),
            *(Prose(text) for text in _wished_texts(found)),
            *_assumptions(found),
            *_indicators(found),
            Prose(_limits(found)),
            *([Prose(_in_full(found))] if is_command_line() else []),
        )
        if not isinstance(block, Prose) or block.text
    )


def _party_name(found: Brief, party: str) -> str:
    return found.dispute.parties[found.dispute.party_numbers[party]].name


def _names(found: Brief, numbers: Sequence[int]) -> str:
    return joined([found.dispute.parties[number].name for number in numbers])


def _goal_name(found: Brief, goal: int) -> str:
    return quoted(found.forecast.goals[goal].name)


def _told(found: Brief, goal: int) -> str:
    """An outcome with its likelihood, such as ``“Settlement” (unlikely, 21%)``."""
    chance = float(found.chance[goal])
    return say(
        "{outcome} ({likelihood}, {chance})",
        outcome=_goal_name(found, goal),
        likelihood=say(likelihood_words(chance)),
        chance=percentage(chance),
    )


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
    steps = _steps(found)
    ahead = [goal for goal in _followed(found) if not begun[goal]]
    likely = [goal for goal in ahead if found.chance[goal] >= _TO_EXPECT][:_MOST_NAMED]
    if likely:
        told = joined([_told(found, goal) for goal in likely])
        text = say("Within {steps}, expect {outcomes}.", steps=steps, outcomes=told)
    elif ahead:
        text = say(
            "Within {steps}, expect no new outcome. The nearest is {outcome}.",
            steps=steps,
            outcome=_told(found, ahead[0]),
        )
    else:
        text = say("Within {steps}, expect nothing new.", steps=steps)
    held = [goal for goal in _followed(found) if begun[goal]]
    lasting = [goal for goal in held if found.chance[goal] >= _TO_EXPECT]
    ending = [goal for goal in held if goal not in lasting]
    if lasting:
        told = joined([_told(found, goal) for goal in lasting[:_MOST_NAMED]])
        text += " " + say_number(
            "{outcomes} holds now and is expected to hold then too.",
            "{outcomes} hold now and are expected to hold then too.",
            len(lasting[:_MOST_NAMED]),
            outcomes=told,
        )
    if ending:
        told = joined([_told(found, goal) for goal in ending[:_MOST_NAMED]])
        text += " " + say("What holds now may end: do not count on {outcomes}.", outcomes=told)
    return f"{text} {_next_step(found)}"


def _steps(found: Brief) -> str:
    return say_number("{number} step", "{number} steps", found.forecast.steps)


def _next_step(found: Brief) -> str:
    """Who is likeliest to move next, and how."""
    forecast = found.forecast
    by_mover: dict[int, float] = {}
    for move in forecast.next_moves:
        by_mover[move.mover] = by_mover.get(move.mover, 0.0) + move.probability
    if not by_mover:
        return say("Nobody has a move from the status quo.")
    mover = max(by_mover, key=lambda one: by_mover[one])
    move = next(one for one in forecast.next_moves if one.mover == mover)
    start = forecast.prepared.ground.model.index(forecast.prepared.start) + 1
    words = changes(forecast.prepared.ground.model, start, move.state)
    return say(
        "The chance that nobody moves in the next step is {nobody}. The party likeliest to move is "
        "{party} ({chance}), above all to {words}.",
        nobody=percentage(forecast.nobody_moves),
        party=forecast.dispute.parties[mover].name,
        chance=percentage(by_mover[mover]),
        words=words,
    )


def _outcome_table(found: Brief) -> Table:
    begun = _begun(found)
    goals = found.forecast.goals
    rows = []
    for goal in _tabled(found):
        notes = [say("(now)")] if begun[goal] else []
        notes += [say("(no way back)")] if goals[goal].closed else []
        chance = float(found.chance[goal])
        rows.append(
            (
                " ".join((goals[goal].name, *notes)),
                say(likelihood_words(chance)),
                percentage(chance),
                say(
                    "{low} to {high}",
                    low=percentage(float(found.low[goal])),
                    high=percentage(float(found.high[goal])),
                ),
            )
        )
    return Table(
        say(
            "How likely each outcome is within {steps}, with its range over the draws",
            steps=_steps(found),
        ),
        (say("Outcome"), say("Likelihood"), say("Chance"), say("Range")),
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
        say("{outcome} holds now", outcome=_goal_name(found, number))
        if begun[number]
        else _told(found, number)
        for number in closed
    ]
    yield Prose(say("There is no way back from {outcomes}.", outcomes=joined(told)))


def _past_cases(found: Brief) -> Iterator[Prose]:
    """How often it came so far in the past, where the file names a class of past cases."""
    name = found.dispute.reference_class
    if name is None:
        return
    rate = base_rate(name)
    share = rate.share
    yield Prose(
        say(
            "Beside the model, and no part of its figures: of {cases} {of}, {events} became "
            "{became} ({share}%; 95% interval {low}% to {high}%).",
            cases=whole_number(rate.cases),
            of=say(rate.of),
            events=whole_number(rate.events),
            became=say(rate.became),
            share=decimal(100 * share.value, ".1f"),
            low=decimal(100 * share.low, ".1f"),
            high=decimal(100 * share.high, ".1f"),
        )
    )


# How surely ------------------------------------------------------------------------------------


def _confidence(found: Brief) -> str:
    held = found.confidence
    silent = held.statements - held.cited - held.judged
    parts = [say_number("{number} cites a source", "{number} cite a source", held.cited)]
    if held.judged:
        parts.append(
            say_number(
                "{number} rests on the analyst's judgement alone",
                "{number} rest on the analyst's judgement alone",
                held.judged,
            )
        )
    if silent:
        parts.append(say_number("{number} names no basis", "{number} name no basis", silent))
    text = [say("Confidence in all this is {level}.", level=say(held.level))]
    if held.sources:
        text.append(
            say_number(
                "The file names {number} source.", "The file names {number} sources.", held.sources
            )
        )
    else:
        text.append(say("The file names no source."))
    text.append(
        say_number(
            "Of its {number} preference, {parts}.",
            "Of its {number} preferences, {parts}.",
            held.statements,
            parts=joined(parts),
        )
    )
    if held.mean is not None:
        mean = decimal(held.mean, ".2f")
        text.append(say("On average they are {mean} sure, of 1.", mean=mean))
    goal, spans = _widest(found)
    if spans > 1:
        bands = say("all seven bands")
        if spans < len(BANDS):
            bands = say("{spans} of the seven bands", spans=spans)
        text.append(
            say(
                "{outcome} depends most on what is not known: its range spans {bands}.",
                outcome=_goal_name(found, goal),
                bands=bands,
            )
        )
    text.append(say("No earlier forecast is counted."))
    return " ".join(text)


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
        return say("The outcome looked at, as asked, is {outcome}.", outcome=name)
    if found.party is not None:
        return say(
            "The outcome looked at is {outcome}. Of those ahead it is the best for {party} on "
            "average.",
            outcome=name,
            party=found.for_whom,
        )
    return say(
        "The outcome looked at is {outcome}. Of those ahead it is the best for the party that is "
        "worst off.",
        outcome=name,
    )


def _whether_it_holds(found: Brief, wished: Wished) -> str:
    inverse = wished.inverse
    if wished.equilibria:
        where = say("all of its states")
        if wished.equilibria < wished.states:
            where = say(
                "{held} of its {states} states",
                held=whole_number(wished.equilibria),
                states=whole_number(wished.states),
            )
        text = say(
            "Once reached, it can hold: in {where} nobody gains by a move once others have "
            "answered it.",
            where=where,
        )
        return f"{text} {_best_change(found, wished)}"
    text = say("It would not hold: somebody always gains by a move away.")
    if inverse is None:
        more = say("An inverse analysis says what would make it hold.")
    elif not inverse.answers and not inverse.complete:
        more = say_number(
            "The first {number} proposal of changed preferences does not make it hold; an "
            "inverse analysis looks at further ones.",
            "The first {number} proposals of changed preferences do not make it hold; an "
            "inverse analysis looks at further ones.",
            inverse.proposals,
        )
    elif not inverse.answers:
        more = say_number(
            "No {number} change of preferences would make it hold.",
            "No {number} changes of preferences would make it hold.",
            inverse.most,
        )
    else:
        words = [change_words(found.dispute, one) for one in inverse.answers[0].changes]
        more = say(
            "The smallest change of preferences that makes it hold: {changes}",
            changes=" ".join(words),
        )
    return f"{text} {more}"


def _best_change(found: Brief, wished: Wished) -> str:
    """The move, or the preference that is changed, which makes the outcome likeliest."""
    stated = float(found.as_stated[wished.goal])
    helpful = []
    for move in found.indicators:
        if move.shift(wished.goal) >= _LEAST_SHIFT:
            party = found.dispute.parties[move.party].name
            words = say("a move by {party}: {words}", party=party, words=_move_words(found, move))
            # Of two that help alike, the one that changes less.
            helpful.append((round(move.after[wished.goal], 2), -move.options, words))
    for one in found.assumptions:
        if one.kind == "statement" and one.chances[wished.goal] >= stated + _LEAST_SHIFT:
            holder, preference = _preference(found, one)
            words = _not_so(one, holder, preference)
            helpful.append((round(one.chances[wished.goal], 2), 0, words))
    if not helpful:
        return say("No single move and no preference that was tried makes it likelier.")
    reached, _, words = max(helpful)
    return say(
        "What would help most is {words}. The chance would then be {reached} instead of {stated}.",
        words=words,
        reached=percentage(reached),
        stated=percentage(stated),
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
        parts.append(
            say_number(
                "{parties} would gain by leaving it again.",
                "{parties} would gain by leaving it again.",
                len(wished.breaking),
                parties=_names(found, wished.breaking),
            )
        )
    if wished.tempted:
        parts.append(
            say(
                "Only what others could do in return keeps {parties} there.",
                parties=_names(found, wished.tempted),
            )
        )
    if wished.losers:
        parts.append(
            say_number(
                "{parties} would be worse off there than now.",
                "{parties} would be worse off there than now.",
                len(wished.losers),
                parties=_names(found, wished.losers),
            )
        )
    # The page tells of one offer where it has to tell what would make the outcome hold.
    for offer in wished.offers[: _MOST_NAMED if wished.equilibria else 1]:
        parts.append(_offer(found, wished, offer))
    if not parts:
        return say("Nobody can spoil {outcome} alone.", outcome=name)
    return " ".join(parts)


def _offer(found: Brief, wished: Wished, offer: WishedOffer) -> str:
    """What a party could do for another one there."""
    model = found.forecast.prepared.ground.model
    return say(
        "{giver} could offer {party} this: {moves}.",
        giver=found.dispute.parties[offer.by].name,
        party=found.dispute.parties[offer.party].name,
        moves=changes(model, wished.witness, offer.state),
    )


def _way_there(found: Brief, wished: Wished, start: int) -> str:
    """What has to be done for an outcome by the fewest changes, and who can hold back."""
    names = _names(found, wished.movers)
    if len(wished.movers) == 1:
        return say(
            "The shortest way there is a move by {party}: {words}. {party} can spoil it by holding "
            "back.",
            party=names,
            words=changes(found.forecast.prepared.ground.model, start, wished.witness),
        )
    movers = names
    if len(wished.movers) <= _MOST_MOVERS:
        movers = joined(
            [
                say("{party} ({words})", party=party, words=words)
                for party, words in _moves_by_party(found, start, wished.witness)
            ]
        )
    return say(
        "The shortest way there takes moves by {movers}. Each of them can spoil it by holding "
        "back.",
        movers=movers,
    )


def _moves_by_party(found: Brief, before: int, after: int) -> Iterator[tuple[str, str]]:
    """What differs between two states, by the name of the party whose option it is."""
    model = found.forecast.prepared.ground.model
    levels = model.space.assignments(np.array([before - 1, after - 1]))
    for party in model.dispute.parties:
        words = [
            setting_words(
                model.dispute.options[option],
                int(levels[0, option]),
                int(levels[1, option]),
            )
            for option in model.dispute.options_of(party.id)
            if levels[0, option] != levels[1, option]
        ]
        if words:
            yield party.name, joined(words)


def _own_moves(found: Brief, wished: Wished, party: str) -> str:
    number = found.dispute.party_numbers[party]
    own = [one for one in found.indicators if one.party == number]
    name = _goal_name(found, wished.goal)
    best = max(own, key=lambda one: one.shift(wished.goal), default=None)
    if best is None or best.shift(wished.goal) < _LEAST_SHIFT:
        return say(
            "No next move of {party} by itself makes {outcome} likelier.",
            party=_party_name(found, party),
            outcome=name,
        )
    return say(
        "What {party} itself can do next for {outcome}: {words}. {shift}.",
        party=_party_name(found, party),
        outcome=name,
        words=_move_words(found, best),
        shift=_shifts(found, best.before, best.after, [wished.goal]),
    )


def _envoy(found: Brief) -> str:
    """The one promise by which a plan of two moves holds, and who has to say yes when."""
    envoy = found.envoy
    if envoy is None:
        return ""
    least = envoy.least
    if least is None:
        return say("No plan of one or two moves holds with one promise or message by an envoy.")
    yes = order_sentence(envoy.dispute, envoy.visits[0])
    if not least.instruments:
        moves = say("An envoy has to bring home no more than promises of the moves themselves.")
        return f"{moves} {yes}"
    words = joined([instrument_words(found.dispute, one) for one in least.instruments])
    home = say("An envoy has to bring home one promise: {words}.", words=words)
    return f"{home} {others_sentence(envoy)}{yes}"


# What it hangs on ------------------------------------------------------------------------------


def _told_assumptions(found: Brief) -> list[Assumption]:
    return [one for one in found.assumptions if one.weight >= _LEAST_SHIFT][:_MOST_ASSUMPTIONS]


def _assumptions(found: Brief) -> Iterator[Block]:
    told = _told_assumptions(found)
    if not told:
        return
    tried = sum(one.kind == "statement" for one in found.assumptions)
    if tried == found.statements:
        yield Prose(say("These assumptions matter most:"))
    else:
        yield Prose(
            say(
                "These assumptions matter most ({tried} of {statements} preferences tried):",
                tried=whole_number(tried),
                statements=whole_number(found.statements),
            )
        )
    yield Outline(
        tuple(
            (
                0,
                say(
                    "- {otherwise}, {moved}.",
                    otherwise=_otherwise(found, one),
                    moved=_moved(found, one),
                ),
            )
            for one in told
        )
    )


def _otherwise(found: Brief, one: Assumption) -> str:
    """What is assumed, and what instead, up to a comma."""
    if one.kind == "odds":
        middle = found.forecast.plan.assumptions.middle_odds
        return say(
            "A gain of a tenth makes a move {odds} times as likely as staying. If it were "
            "{otherwise} times",
            odds=decimal(middle, ".1f"),
            otherwise=one.otherwise,
        )
    if one.kind == "foresight":
        return say("Parties look ahead. If they looked no further than their own move")
    if one.kind == "worth":
        return say("A state's worth goes by its rank. If it were the share of states ranked lower")
    holder, preference = _preference(found, one)
    confidence = _statement(found, one).confidence
    where = [f"{one.party}.{one.statement}"] if is_command_line() else []
    if confidence is not None:
        where.append(say("{confidence} sure", confidence=decimal(confidence, "g")))
    held = say(
        "{party} prefers{where}: {preference}.",
        party=holder,
        where=f" ({', '.join(where)})" if where else "",
        preference=preference,
    )
    dropped = one.otherwise == "dropped"
    what = say("If it did not mind") if dropped else say("If it preferred the opposite")
    return f"{held} {what}"


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


def _not_so(one: Assumption, holder: str, preference: str) -> str:
    """That a party does not hold a preference that it is taken to hold."""
    if one.otherwise == "dropped":
        return say(
            "that {party} no longer minds: {preference}", party=holder, preference=preference
        )
    return say(
        "that {party} prefers the opposite of this: {preference}",
        party=holder,
        preference=preference,
    )


def _moved(found: Brief, one: Assumption) -> str:
    goals = _moved_goals(found, one)
    return _shifts(found, found.as_stated, one.chances, goals, would=True)


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
    *,
    would: bool = False,
) -> str:
    """How the chances of some outcomes move: ``“War” rises from 2% to 15%``."""
    told = []
    for goal in goals:
        rises = after[goal] >= before[goal]
        if would:
            sentence = (
                marked("{outcome} would rise from {before} to {after}")
                if rises
                else marked("{outcome} would fall from {before} to {after}")
            )
        else:
            sentence = (
                marked("{outcome} rises from {before} to {after}")
                if rises
                else marked("{outcome} falls from {before} to {after}")
            )
        told.append(
            say(
                sentence,
                outcome=_goal_name(found, goal),
                before=percentage(float(before[goal])),
                after=percentage(float(after[goal])),
            )
        )
    return joined(told)


# What to watch ---------------------------------------------------------------------------------


def _indicators(found: Brief) -> Iterator[Block]:
    told = _chosen_indicators(found)
    if not told:
        return
    yield Prose(say("Watch for these moves:"))
    yield Outline(
        tuple(
            (
                0,
                say(
                    "- {party}: {words}. Then {shifts}.",
                    party=found.dispute.parties[one.party].name,
                    words=_move_words(found, one),
                    shifts=_shifts(found, one.before, one.after, _shifted_most(found, one)),
                ),
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
        # A page for a party tells of its own move besides.
        if len(taken) == _MOST_INDICATORS - (found.party is not None) or most(one) < _LEAST_SHIFT:
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
    if forecast.draws:
        draws = say_number(
            "The table has means over {number} draw of preferences and odds, and their middle "
            "nine tenths; what would rise or fall is for stated preferences.",
            "The table has means over {number} draws of preferences and odds, and their middle "
            "nine tenths; what would rise or fall is for stated preferences.",
            forecast.draws,
        )
    else:
        draws = say("All chances are for preferences as stated, without draws.")
    return say(
        "What this cannot say: when (a step is a turn, not a time); what nobody decides, such as "
        "accidents; what outsiders do; how strongly a party feels. {draws} Words: Intelligence "
        "Community Directive 203.",
        draws=draws,
    )


def _in_full(found: Brief) -> str:
    """Which command shows each part in full."""
    wished = found.wished
    parts = [
        say("`detente forecast`"),
        say("`robust` (assumptions)"),
        say("`validate --all` (sources)"),
        say("`analyse` (what holds)"),
    ]
    if wished is not None and wished.inverse is not None:
        parts.append(say("`inverse` (what would make it hold)"))
    if wished is not None and found.forecast.goals[wished.goal].kind == "outcome":
        parts.append(say("`roadmap find`, `envoy`"))
    return say("In full: {commands}.", commands=", ".join(parts))
