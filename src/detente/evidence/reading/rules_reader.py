"""The reader that needs no model: rules over sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from detente.dispute.dispute import Dispute
from detente.evidence.reading.actors import Actor, ActorNames, Mention, known_actors
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.organisations import organisations_in
from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.reports import Report
from detente.evidence.reading.rules.acts import (
    acts,
    dateline,
    history,
    ongoing_acts,
    possible_acts,
    refusals,
)
from detente.evidence.reading.rules.arrangements import formats, is_staged, packages, stages
from detente.evidence.reading.rules.conditions import conditions
from detente.evidence.reading.rules.evaluations import evaluations
from detente.evidence.reading.rules.interests import interests
from detente.evidence.reading.rules.prospects import claims, outcomes
from detente.evidence.reading.rules.sayings import sayings
from detente.evidence.reading.rules.stances import stances
from detente.evidence.reading.sentences import Sentence

__all__ = ["contexts", "read_by_rules"]

_RULES: tuple[Callable[[Context], Iterator[Proposal]], ...] = (
    stances,
    conditions,
    interests,
    acts,
    ongoing_acts,
    possible_acts,
    refusals,
    evaluations,
    sayings,
    packages,
    stages,
    formats,
    outcomes,
    claims,
    history,
)

# What somebody may answer to.
_TOPICS = frozenset({"option", "act", "stance", "condition", "package", "stage"})
# Below this a proposal costs more of an analyst's time than it is worth.
_LEAST = 0.3
# No sentence is longer than this; a table or a list without stops may be.
_LONGEST = 3_000


def read_by_rules(
    reports: Sequence[Report],
    dispute: Dispute | None = None,
    *,
    more_names: Callable[[ActorNames, Sequence[str]], ActorNames] | None = None,
) -> Iterator[Proposal]:
    """Propose what an analyst might take from reports, by rules alone.

    Parameters
    ----------
    reports
        The reports; who is introduced in one is known in the others.
    dispute
        The dispute whose parties are looked for first, by their names and aliases.
    more_names
        Adds names of actors to those that are known, from all sentences.

    Yields
    ------
    Proposal
        In the order of the reports and their sentences.
    """
    paragraphs = [
        [sentence.text for sentence in group if len(sentence.text) <= _LONGEST]
        for report in reports
        for _, group in groupby(report.sentences, lambda one: one.at.paragraph)
    ]
    every = [text for paragraph in paragraphs for text in paragraph]
    names = known_actors(dispute.parties if dispute else ()).with_people_of(every)
    names = names.with_ambiguous_capitals(every)
    names = names.with_names(organisations_in(every, names)).with_people_near(paragraphs)
    if more_names is not None:
        names = more_names(names, every)
    seen: set[Actor] = set()
    for report in reports:
        earlier: list[Proposal] = []
        for context in contexts(report.sentences, names):
            found = [*_parties(context, seen)]
            found += _best(one for rule in _RULES for one in rule(context))
            if earlier and earlier[-1].at.paragraph != context.sentence.at.paragraph:
                earlier = []
            found = [_explained(one, earlier) for one in found]
            earlier += [one for one in found if one.kind in _TOPICS and one.about]
            for proposal in found:
                yield replace(proposal, source=report.id)


def _explained(proposal: Proposal, earlier: Sequence[Proposal]) -> Proposal:
    """*Chile turned it down*: what another party offered or did in the paragraph before."""
    if proposal.kind != "stance" or proposal.about is not None:
        return proposal
    told = [one for one in earlier if one.parties[:1] != proposal.parties[:1]]
    return replace(proposal, about=told[-1].about) if told else proposal


def contexts(sentences: Iterable[Sentence], names: ActorNames) -> Iterator[Context]:
    """Sentences with those whom they name and whom the one before spoke of.

    What is too long to be a sentence is passed over.
    """
    before: Actor | None = None
    person: Actor | None = None
    written: str | None = None
    staged = False
    paragraph = 0
    for sentence in sentences:
        if sentence.at.paragraph != paragraph:
            paragraph = sentence.at.paragraph
            before, person, staged = None, None, False
        if len(sentence.text) > _LONGEST:
            continue
        if written is None:
            written = dateline(sentence.text)
        context = Context(sentence, names.mentions(sentence.text), before, person, written, staged)
        yield context
        staged = staged or is_staged(sentence.text)
        before = context.subject or before
        people = [one.actor for one in context.mentions if one.form in ("person", "near")]
        person = people[0] if people else person


def _parties(context: Context, seen: set[Actor]) -> Iterator[Proposal]:
    """Each actor once, where the reports first name it."""
    for mention in context.mentions:
        if mention.actor in seen:
            continue
        seen.add(mention.actor)
        yield Proposal(
            source="",
            at=context.sentence.at,
            quote=context.sentence.quote(mention.start, mention.end),
            kind="party",
            parties=(mention.actor.name,),
            confidence=_surety(mention),
            about=mention.actor.name,
        )


def _surety(mention: Mention) -> float:
    return {"name": 0.8, "capital": 0.7, "people": 0.6, "person": 0.7, "near": 0.5, "group": 0.6}[
        mention.form
    ]


def _best(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Of proposals that say the same of one sentence, the surest."""
    kept: dict[object, Proposal] = {}
    for one in proposals:
        if one.confidence < _LEAST:
            continue
        holder = one.parties[:1] if one.kind in ("stance", "condition", "act", "option") else ()
        # What somebody could do is the same whether its type is known or not.
        which = (one.about or "").split()[:4] if one.kind == "option" else [one.act]
        key = (one.kind, holder, one.direction, *which, one.quote)
        if key not in kept or kept[key].confidence < one.confidence:
            kept[key] = one
    return list(kept.values())
