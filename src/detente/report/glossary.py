"""The terms that detente uses, each in one sentence, with the page that defines it.

Declared once: ``docs/glossary.md``, ``detente --explain TERM`` and what a page shows for a term are
all made from it. Solution concepts are terms by their own declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from detente.dispute.errors import QueryError, nearest, shown
from detente.stability.concept import Concept
from detente.stability.concept_registry import all_concepts, known_concept

__all__ = ["Term", "glossary", "term_called", "terms_by_name"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes
    ----------
    name
        The term.
    meaning
        What it means, in one short sentence.
    page
        The page under ``docs`` that defines it.
    also
        Other names of it: what an acronym stands for, or an acronym.
    """

    name: str
    meaning: str
    page: str
    also: tuple[str, ...] = ()


_STABILITY = "concepts/stability.md"
_ROADMAPS = "concepts/roadmaps.md"
_FORMATS = "concepts/formats.md"
_FORECAST = "concepts/forecast.md"
_PLAY = "concepts/play.md"
_UNCERTAIN = "concepts/uncertain-preferences.md"
_HYPERGAME = "concepts/hypergame.md"
_ROBUSTNESS = "concepts/robustness.md"
_INVERSE = "concepts/inverse.md"
_LINKAGE = "concepts/linkage.md"
_ENVOY = "concepts/envoy.md"
_BRIEF = "concepts/brief.md"
_FILE = "reference/dispute-file.md"
_SYMBOLIC = "concepts/symbolic.md"
_QUESTIONS = "reference/query-language.md"

_TERMS = (
    # The dispute.
    Term("dispute", "Parties, their options and preferences, and what limits them.", _FILE),
    Term("party", "Somebody who decides for itself, such as a state or a ministry.", _FILE),
    Term("option", "Something that one party can do or leave, at two or more levels.", _FILE),
    Term(
        "level",
        "One of the ordered values that an option can have, such as no and yes.",
        _FILE,
    ),
    Term("state", "A level for every option of every party, all at once.", _FILE),
    Term(
        "feasible", "A state that no constraint of the file rules out.", _FILE, ("feasible state",)
    ),
    Term("constraint", "A formula that is true of no state that can come about.", _FILE),
    Term(
        "coalesced states",
        "States that the file says to count as one.",
        _FILE,
        ("coalesce",),
    ),
    Term("status quo", "The state in which the dispute is now.", _FILE),
    Term("outcome", "A named set of states: those in which its formula is true.", _FILE),
    Term("formula", "A condition on options, joined by and, or, not, if and iff.", _FILE),
    Term("guard", "A formula that must be true before an option can change.", _FILE),
    Term(
        "irreversible", "Of an option: it can go up only, or down only.", _FILE, ("one-way option",)
    ),
    Term("package", "Levels that several parties set together, and only if all of them do.", _FILE),
    Term(
        "preference statement",
        "A formula that a party prefers to be true; between two states, the first statement that "
        "is true in only one of them decides.",
        _FILE,
        ("statement", "option prioritising"),
    ),
    Term("rank", "The place of a state in one party's order; a higher rank is better.", _STABILITY),
    Term("confidence", "How sure the analyst is of a preference, from 0 to 1.", _FILE),
    Term("claim", "What a source says would follow, as a question to the model.", _FILE),
    Term(
        "state by name",
        "A state written as status_quo, as what differs from it, as an outcome or as a formula.",
        _QUESTIONS,
        ("named state",),
    ),
    # Stability.
    Term(
        "graph model for conflict resolution",
        "The method: states as nodes, moves of parties as edges, and what keeps parties from "
        "moving.",
        _STABILITY,
        ("GMCR", "graph model"),
    ),
    Term(
        "unilateral move",
        "A change of one party's own options, all at once.",
        _STABILITY,
        ("move",),
    ),
    Term(
        "unilateral improvement",
        "A unilateral move to a state that the party ranks strictly higher.",
        _STABILITY,
        ("UI", "improvement"),
    ),
    Term("joint reach", "The states that several parties reach by moving in turn.", _STABILITY),
    Term(
        "sanction",
        "What others could do after an improvement that takes its gain away.",
        _STABILITY,
    ),
    Term(
        "stable",
        "Of a state and a party: under the concept, the party would not leave it.",
        _STABILITY,
    ),
    Term("equilibrium", "A state that is stable for every party under one concept.", _STABILITY),
    Term(
        "solution concept",
        "A rule that says when a party stays: how far it looks, and what it expects of others.",
        _STABILITY,
        ("concept",),
    ),
    Term(
        "state that cannot be left",
        "A state with no move out of it, or only moves to other states of one outcome.",
        _STABILITY,
        ("trap", "of no return"),
    ),
    Term(
        "coalition",
        "Parties that move together if every one of them gains.",
        "concepts/coalitions.md",
    ),
    Term(
        "strong equilibrium",
        "A state from which no coalition has a joint move that every member prefers.",
        "concepts/coalitions.md",
    ),
    Term(
        "symbolic sets",
        "Sets of states stored as diagrams, for disputes with too many states to list.",
        _SYMBOLIC,
        ("BDD", "binary decision diagram"),
    ),
    # Uncertain and mistaken.
    Term(
        "unknown preference",
        "A statement for which nobody knows whether the party prefers it true or false.",
        _UNCERTAIN,
    ),
    Term(
        "strength", "Whether a party prefers strongly, or mildly.", _UNCERTAIN, ("strong", "mild")
    ),
    Term("completion", "Each unknown statement taken as held or as reversed.", _UNCERTAIN),
    Term(
        "hypergame",
        "A dispute in which parties are wrong about what others want or can do.",
        _HYPERGAME,
    ),
    Term(
        "misperception",
        "What one party wrongly thinks that another wants or can do.",
        _HYPERGAME,
        ("view",),
    ),
    Term("surprise", "Of two parties: one does not act as the other expects.", _HYPERGAME),
    Term(
        "draw",
        "One random version of the preferences: each statement holds or not by chance.",
        _ROBUSTNESS,
    ),
    Term("driver", "What moves the share of draws in which a finding holds.", _ROBUSTNESS),
    Term(
        "finding",
        "Something that holds or does not hold in each draw, such as an outcome.",
        _ROBUSTNESS,
    ),
    Term(
        "inverse analysis",
        "The fewest changes of preferences that make a state an equilibrium.",
        _INVERSE,
    ),
    # Play and forecasts.
    Term(
        "undeterred improvement",
        "An improvement after which no expected answer takes the gain away.",
        _PLAY,
    ),
    Term(
        "what a party can count on", "The lowest rank that the expected answers leave to it.", _PLAY
    ),
    Term("best move", "An undeterred improvement at which the party can count on most.", _PLAY),
    Term("course of play", "States that follow one another by steps of parties.", _PLAY),
    Term(
        "fairly",
        "Of a course of play: a party that could move again and again gets its turn at some time.",
        _PLAY,
        ("fairness",),
    ),
    Term("does not arise", "Of a question about nothing: the answer is not yes and not no.", _PLAY),
    Term(
        "derived",
        "Of an answer: it needs several statements together.",
        _PLAY,
        ("origin of an answer",),
    ),
    Term("worth", "What a state is worth to a party, from 0 to 1, by its rank.", _FORECAST),
    Term(
        "odds",
        "How many times as likely a party is to make a move that improves its worth by a tenth of "
        "its range as it is to stay.",
        _FORECAST,
    ),
    Term("tempo", "How often a party gets to move, compared with others.", _FORECAST),
    Term(
        "foresight", "Whether a party looks at the next state, or at how others answer.", _FORECAST
    ),
    Term(
        "base rate",
        "The share of comparable past cases in which the same thing happened.",
        _FORECAST,
    ),
    Term(
        "likelihood",
        "The probability of an outcome, in words and per cent.",
        _BRIEF,
        ("ICD 203", "Intelligence Community Directive 203"),
    ),
    # Plans.
    Term("roadmap", "A plan in stages, from the status quo to its end.", _ROADMAPS, ("plan",)),
    Term("stage", "What some parties set in one step of a roadmap.", _ROADMAPS),
    Term(
        "possible", "Of a stage: its options can change so, and the state is feasible.", _ROADMAPS
    ),
    Term(
        "willing", "Of a member: it does not rank standing still above what is offered.", _ROADMAPS
    ),
    Term(
        "holding",
        "Of a stage: nobody gains by leaving it, given the answers that the concept expects.",
        _ROADMAPS,
    ),
    Term("breach", "A move by which a party gains by leaving a stage.", _ROADMAPS),
    Term(
        "exposure",
        "What a party stands to lose at a stage if others do not do their part.",
        _ROADMAPS,
    ),
    Term(
        "statements lost",
        "Statements of a party that are true before a stage and not after it.",
        _ROADMAPS,
    ),
    Term("commitment", "A promise not to change an option except as the plan says.", _ROADMAPS),
    Term("pledge", "A promise to answer a breach in a certain way.", _ROADMAPS),
    Term("repair", "A change after which a plan that fails would hold.", _ROADMAPS),
    Term("compliance", "Runs of a plan in which parties keep to it or not by chance.", _ROADMAPS),
    Term("format", "Parties that talk and move together, while others react.", _FORMATS),
    Term("outsider", "A party that does not belong to the format.", _FORMATS),
    Term("spoiler", "An outsider whose move, which nothing deters, leaves the outcome.", _FORMATS),
    Term("sidelined", "Of an outsider: worse off by what a format brings about.", _FORMATS),
    Term(
        "envoy",
        "Somebody who goes between the parties and gets them to promise.",
        _ENVOY,
        ("mediator",),
    ),
    Term("offer", "An option of its own that a party would set in return.", _ENVOY),
    # Other issues.
    Term(
        "issue", "A question on a scale from 0 to 100, on which parties have positions.", _LINKAGE
    ),
    Term("position", "The place on an issue's scale that a party wants.", _LINKAGE),
    Term("salience", "How much an issue matters to a party, from 0 to 1.", _LINKAGE),
    Term("compromise", "The mean of positions, weighted by capability and salience.", _LINKAGE),
    Term("exchange", "Two parties give way to each other on different issues.", _LINKAGE),
    Term(
        "linkage",
        "What ties one issue to others, as the same parties dispute several.",
        _LINKAGE,
    ),
    # Answers.
    Term("brief", "One page of conclusions in words, made from all analyses.", _BRIEF),
    Term(
        "forecast",
        "How likely each outcome is, step by step, if the stated judgements hold.",
        _FORECAST,
    ),
    Term(
        "logit choice",
        "A rule by which a party is likelier to make a move the more it is worth to it.",
        _FORECAST,
    ),
    Term("flow", "The expected number of moves from one part of the graph to another.", _FORECAST),
    Term("history", "What was observed since the status quo, each change with its day.", _FORECAST),
    Term(
        "backtest",
        "A comparison of forecasts with what happened.",
        _FORECAST,
        ("hindcast",),
    ),
    Term(
        "Brier score",
        "The mean squared difference between probabilities and what happened; lower is better.",
        _FORECAST,
    ),
    Term(
        "ranking",
        "One order of all states by one party, from best to worst.",
        _INVERSE,
    ),
    Term("robustness", "How far an answer survives if preferences are uncertain.", _ROBUSTNESS),
    Term(
        "instrument",
        "What a mediator brings about: a message, a commitment, a pledge, an offer or a joint "
        "stage.",
        _ENVOY,
    ),
    Term(
        "visit",
        "One call of the envoy on a party, which then gives its word.",
        _ENVOY,
    ),
    Term(
        "small steps",
        "Announced moves of one party at a time that can be taken back.",
        _ENVOY,
        ("GRIT", "graduated and reciprocated initiatives in tension reduction"),
    ),
    Term("engine", "How states are stored: as a cube, a list or symbolic sets.", _SYMBOLIC),
    Term("cube", "An array with one axis for each option and a place for every state.", _SYMBOLIC),
    # The file and its sources.
    Term("dispute file", "One text file that holds a whole dispute.", _FILE),
    Term("case", "A dispute that comes with detente.", "reference/cases.md", ("shipped case",)),
    Term("source", "A text on which judgements rest.", _FILE),
    Term("judgement", "What somebody takes to be so, and writes into the file.", _FILE),
    Term("predicate", "The part of a question that is true or false in a state.", _QUESTIONS),
    # Reading.
    Term(
        "proposal",
        "What a report suggests for a dispute file, with its passage; an analyst accepts it or "
        "not.",
        "concepts/reading.md",
    ),
    Term(
        "reader",
        "A program that proposes entries of a dispute file from reports.",
        "concepts/reading.md",
    ),
    Term(
        "locator",
        "Where a sentence stands in its source: paragraph and sentence.",
        "concepts/reading.md",
    ),
    Term(
        "PLOVER",
        "Political Language Ontology for Verifiable Event Records: a list of kinds of acts.",
        "concepts/reading.md",
    ),
)


@cache
def glossary() -> tuple[Term, ...]:
    """All terms, by name: those above, and each solution concept as it is declared."""
    found = (*_TERMS, *(_concept_term(one) for one in all_concepts()))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def _concept_term(concept: Concept) -> Term:
    full, *others = concept.full_name.split(", also called ")
    meaning = f"{full[0].upper()}{full[1:]}: {concept.meaning[0].lower()}{concept.meaning[1:]}"
    page = concept.definition.partition(",")[0].removeprefix("docs/")
    return Term(concept.name, meaning, page, (full, *others))


@cache
def terms_by_name() -> Mapping[str, Term]:
    """Each term by its name and its other names, in small letters."""
    named = {name.casefold(): term for term in glossary() for name in term.also}
    return named | {term.name.casefold(): term for term in glossary()}


def term_called(name: str) -> Term:
    """The term of a name, in any case, in singular or plural.

    Parameters
    ----------
    name
        The term, or another name of it.

    Returns
    -------
    Term

    Raises
    ------
    QueryError
        If there is no such term; the message has the nearest one.
    """
    known = terms_by_name()
    wanted = " ".join(name.replace("_", " ").split()).casefold()
    concept = known_concept(name.strip())
    if concept is not None:
        # One of a family, such as L2, is explained by the family.
        return known.get(concept.casefold(), known["l(h)"])
    for form in (wanted, wanted.removesuffix("s"), f"{wanted.removesuffix('ies')}y"):
        if form in known:
            return known[form]
    near = nearest(wanted, known)
    raise QueryError(
        f"the glossary has no term {shown(name)}",
        found=name,
        nearest=None if near is None else known[near].name,
    )
