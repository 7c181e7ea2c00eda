"""The claims of a dispute: what its sources say will happen, beside what the model gives.

A claim is a question with the source's answer. The computed answer may differ; that is a finding
about the model or the source. Where it agrees, it matters why: an answer that one preference
statement brings about by itself shows only that the file repeats the source.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol, overload

from detente.dispute.dispute import Claim, Dispute, Statements
from detente.dispute.errors import DisputeError, LimitError, NotServedError
from detente.dispute.result import Result
from detente.evidence.held_statements import HeldStatements
from detente.evidence.sources import EvidenceFinding
from detente.evidence.statements_that_matter import (
    StatementNumber,
    bodies_of,
    concerned_parties,
    statements_that_matter,
)
from detente.queries.answer import DOES_NOT_ARISE, Answer
from detente.queries.evaluation import evaluate
from detente.queries.parsing import QuestionError, parse_query
from detente.queries.play_steps import Ground
from detente.queries.query import (
    Accepts,
    Choices,
    Chooses,
    LosesMore,
    Play,
    Prefers,
    Query,
    Stable,
)
from detente.space.copies import SHARED_FROM, can_be_shared, with_a_copy
from detente.space.graph_model import GraphModel
from detente.space.representation import USUAL_NODES, Engine
from detente.space.shared_work import processors
from detente.space.threads import in_threads
from detente.stability.analysis import Progress
from detente.stability.memory import wants_symbolic
from detente.stability.prepared_model import graph_model

if TYPE_CHECKING:
    from detente.stability.explained_state import StatesExplained

__all__ = [
    "AnswersByStatements",
    "CheckedClaim",
    "CheckedClaims",
    "Origin",
    "OriginKind",
    "StatementNumber",
    "UnansweredClaim",
    "check_claims",
    "check_questions",
    "parse_claims",
]

OriginKind = Literal["default", "stated", "derived"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What brings an answer about.

    Attributes
    ----------
    kind
        ``default``: the answer is the same where no party prefers anything, so that nobody moves
        of itself or minds; the preferences do not overturn it. ``stated``: it is not, but one
        preference statement alone gives the same answer (where it is partly, in as many cases).
        ``derived``: it takes several statements, of one party or several.
    statements
        A set of statements that gives the same answer if they alone are held, each as a party's id
        and the statement's number in its list, from 1. None of them can be left out.
    smallest
        Whether it is known that no smaller set does.
    """

    kind: OriginKind
    statements: tuple[tuple[str, int], ...] = ()
    smallest: bool = True

    @property
    def party(self) -> str | None:
        """Of a stated answer, the party's id."""
        return self.statements[0][0] if self.kind == "stated" else None

    @property
    def statement(self) -> int | None:
        """Of a stated answer, the statement's number in the party's list."""
        return self.statements[0][1] if self.kind == "stated" else None


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with its computed answer.

    Attributes
    ----------
    claim
        The claim.
    answer
        The computed answer.
    origin
        What brings the answer about. None where that was not examined: for questions on formats,
        roadmaps, issues and foresighted stability, and for those that do not arise. Also where
        preferences are not by statements.
    """

    claim: Claim
    answer: Answer
    origin: Origin | None

    @property
    def agrees(self) -> bool | None:
        """Whether the computed answer is the source's; None where the question does not arise.

        The model then bears out neither the source's answer nor another.
        """
        says = self.claim.says.strip().casefold()
        if self.answer.short.replace(",", "") == says:
            return True
        return None if self.answer.short == DOES_NOT_ARISE else False


@dataclass(frozen=True, slots=True)
class UnansweredClaim:
    """A claim whose question is not defined for the way in which states are held, and why not."""

    claim: Claim
    why: str


@dataclass(frozen=True, eq=False)
class CheckedClaims(Result, Sequence[CheckedClaim]):
    """The claims of a dispute that were checked, in the order of the file.

    Attributes
    ----------
    dispute
        The dispute.
    model
        Its graph model, or where there is no array of states, those of which is spoken; None where
        there is no claim.
    checked
        The claims.
    unanswered
        Claims whose questions are not defined for symbolic sets.
    left
        How many more there are that were not checked, as the user ended the work.
    unexamined
        Of how many of those checked it was not found in time what brings the answer about.
    why
        What ended the work on sets early, if anything.
    """

    dispute: Dispute
    model: StatesExplained | None
    checked: tuple[CheckedClaim, ...]
    left: int = 0
    unanswered: tuple[UnansweredClaim, ...] = ()
    unexamined: int = 0
    why: Literal["time", "nodes", "interrupted"] | None = None

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work."""
        return self.left > 0 or self.why == "interrupted"

    def __len__(self) -> int:
        return len(self.checked)

    @overload
    def __getitem__(self, place: int) -> CheckedClaim: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[CheckedClaim, ...]: ...
    def __getitem__(self, place: int | slice) -> CheckedClaim | tuple[CheckedClaim, ...]:
        return self.checked[place]


def parse_claims(dispute: Dispute) -> tuple[Query, ...]:
    """Read the questions of all claims.

    Raises
    ------
    DisputeError
        If a claim's question has no meaning; the error tells where the claim stands.
    """
    return tuple(_parsed(dispute, claim) for claim in dispute.claims)


def _parsed(dispute: Dispute, claim: Claim) -> Query:
    try:
        return parse_query(dispute, claim.ask)
    except QuestionError as error:
        raise _placed(error, dispute, claim) from error


def _placed(error: QuestionError, dispute: Dispute, claim: Claim) -> DisputeError:
    """The same error, told as one of the dispute file, whose line is shown where it is at hand."""
    inside = claim.place_in_ask(error.offset)
    at_hand = inside is not None and dispute.path is not None
    return DisputeError(
        error.message,
        path=dispute.path,
        place=inside or claim.place,
        key=f"claims.{claim.id}.ask",
        found=error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        excerpt=None if at_hand else error.excerpt,
    )


def check_questions(dispute: Dispute) -> tuple[EvidenceFinding, ...]:
    """The claims of a dispute whose questions have no meaning, as faults."""
    findings = []
    for claim in dispute.claims:
        try:
            parse_query(dispute, claim.ask)
        except QuestionError as error:
            placed = _placed(error, dispute, claim)
            error.excerpt = placed.excerpt
            findings.append(
                EvidenceFinding(
                    "question", f"claim {claim.id}", str(error), placed.place, dispute.path
                )
            )
    return tuple(findings)


def check_claims(
    dispute: Dispute,
    *,
    origins: bool = True,
    model: GraphModel | None = None,
    engine: Engine | None = None,
    seconds: float = 120.0,
    nodes: int = USUAL_NODES,
    progress: Progress | None = None,
) -> CheckedClaims:
    """Answer the questions of all claims of a dispute.

    Parameters
    ----------
    dispute
        The dispute.
    origins
        Whether to find out what brings each answer about, which takes most of the time.
    model
        The dispute's graph model, where it is at hand.
    engine
        How states are stored: ``cube``, ``list`` or ``symbolic``. By default: symbolic sets if
        neither of the others fits into memory.
    seconds
        How many seconds the work on symbolic sets may take. Claims that are not answered by then
        are named, and so is how many answers were not examined for what brings them about.
    nodes
        How many nodes the diagrams of symbolic sets may have.
    progress
        Called as the work goes on.

    Returns
    -------
    CheckedClaims
        In the order of the file; a partial one has those that were checked by then.

    Raises
    ------
    DisputeError
        If a question has no meaning.

    Examples
    --------
    >>> import detente
    >>> checked = detente.check_claims(detente.load("korea-2017"), origins=False)
    >>> [one.agrees for one in checked if one.claim.id == "no-sidelining"]
    [True]
    """
    queries = parse_claims(dispute)
    if not queries:
        return CheckedClaims(dispute, None, ())
    if model is None and wants_symbolic(dispute, (), engine):
        return _checked_on_sets(dispute, queries, origins, (seconds, nodes), progress)
    ground = Ground(model or graph_model(dispute, engine=engine))
    return _checked_on_arrays(ground, queries, origins, progress)


def _checked_on_arrays(
    ground: Ground, queries: Sequence[Query], origins: bool, progress: Progress | None
) -> CheckedClaims:
    """All answers first, and then what brings each about, by several processors."""
    dispute = ground.model.dispute
    answered: dict[int, Answer] = {}
    examined: dict[int, Origin | None] = {}
    unanswered: list[UnansweredClaim] = []

    def told(number: int, share: float) -> None:
        if progress:
            progress(dispute.claims[number].id, share)

    origins = origins and _all_by_statements(dispute)
    why: Literal["interrupted"] | None = None
    try:
        with _origins(queries, answered, ground) if origins else nullcontext() as found:
            for number, query in enumerate(queries):
                told(number, number / len(queries) / (2 if origins else 1))
                try:
                    answered[number] = evaluate(query, ground)
                except NotServedError as error:
                    unanswered.append(UnansweredClaim(dispute.claims[number], error.message))
            for number, origin in found or ():
                if number in answered:
                    examined[number] = origin
                    told(number, 0.5 + len(examined) / len(answered) / 2)
        if not origins:
            examined.update(dict.fromkeys(answered))
        if progress:
            progress("", 1.0)
    except KeyboardInterrupt:
        if not answered:
            raise
        why = "interrupted"
    checked = tuple(
        CheckedClaim(dispute.claims[number], answer, examined.get(number))
        for number, answer in answered.items()
    )
    return CheckedClaims(
        dispute,
        ground.model,
        checked,
        len(queries) - len(checked) - len(unanswered),
        tuple(unanswered),
        len(checked) - len(examined),
        why,
    )


class _Halted(Exception):
    """The work is to end."""


@contextmanager
def _origins(
    queries: Sequence[Query], answers: Mapping[int, Answer], ground: Ground
) -> Iterator[Iterator[tuple[int, Origin | None]]]:
    """What brings each answer about, by the question's number, once answers are there.

    Where states are many, a copy of this process begins at once, without these answers.
    """
    held = HeldStatements(ground)
    # What takes longest is begun first, so that nobody is left with it at the end.
    order = sorted(range(len(queries)), key=lambda number: _cost(queries[number]))
    halt = threading.Event()
    of_thread = threading.local()

    def pause() -> None:
        if halt.is_set():
            raise _Halted

    def found(place: int) -> tuple[int, Origin | None]:
        number = order[place]
        if not _is_examined(queries[number]):
            return number, None
        if not hasattr(of_thread, "held"):
            of_thread.held = held.beside(pause)
        try:
            answer = answers.get(number) or evaluate(queries[number], ground, examples=False)
        except NotServedError:
            return number, None
        arises = answer.verdict != DOES_NOT_ARISE
        return number, _origin(queries[number], answer, of_thread.held) if arises else None

    if ground.model.space.size >= SHARED_FROM and can_be_shared():
        with with_a_copy(found, len(order)) as pieces:
            yield (origin for _, origin in pieces)
    else:
        with closing(in_threads(found, range(len(order)), processors(), halt=halt)) as examined:
            yield examined


def _is_examined(query: Query) -> bool:
    """Whether it can be found out what brings the answer to a question about."""
    return all(concerned_parties(part.body) is not None for part in query.parts)


def _cost(query: Query) -> int:
    """Whether to find out what brings its answer about takes long: the less, the longer."""
    bodies = [*bodies_of(query)]
    if any(isinstance(one, Play) for one in bodies):
        packages = any(isinstance(one, Play) and one.steps.packages for one in bodies)
        return 0 if packages else 1
    return 2 if any(isinstance(one, Stable | Chooses | Choices) for one in bodies) else 3


def _checked_on_sets(
    dispute: Dispute,
    queries: Sequence[Query],
    origins: bool,
    budget: tuple[float, int],
    progress: Progress | None,
) -> CheckedClaims:
    """All answers first, and then what brings each about, as far as seconds and nodes go."""
    seconds, nodes = budget
    # Imported here because small disputes have no use for diagrams.
    from detente.evidence.symbolic_claims import AnswersOnSets
    from detente.queries.symbolic_evaluation import those_of_one_state_first
    from detente.stability.time_limit import ended_early, in_shares

    until = time.monotonic() + seconds
    begun: list[AnswersOnSets] = []
    answered: dict[int, Answer] = {}
    examined: dict[int, Origin | None] = {}
    refused: dict[int, str] = {}

    def told(number: int, share: float) -> None:
        if progress:
            progress(dispute.claims[number].id, share)

    def work(pause: Callable[[], None]) -> None:
        begun.append(AnswersOnSets(dispute, nodes, pause))

        def answer(number: int) -> None:
            told(number, number / len(queries) / 2)
            try:
                answered[number] = begun[0].answer(queries[number])
            except (NotServedError, LimitError) as error:
                refused[number] = error.message

        order = those_of_one_state_first([one.parts for one in queries])
        tasks = [partial(answer, number) for number in order]
        in_shares(begun[0].diagrams, until, tasks)
        if not origins or not _all_by_statements(dispute):
            examined.update(dict.fromkeys(answered))
            return
        held = begun[0].with_statements()
        for number, found in sorted(answered.items()):
            told(number, 0.5 + number / len(queries) / 2)
            arises = found.verdict != DOES_NOT_ARISE
            examined[number] = _origin(queries[number], found, held) if arises else None
        if progress:
            progress("", 1.0)

    try:
        why = ended_early(seconds, work)
    except KeyboardInterrupt:
        why = "interrupted"
    if why == "interrupted" and not answered:
        raise KeyboardInterrupt
    checked = tuple(
        CheckedClaim(dispute.claims[number], answer, examined.get(number))
        for number, answer in sorted(dict(answered).items())
    )
    left = len(queries) - len(checked) - len(refused)
    unanswered = {
        number: UnansweredClaim(dispute.claims[number], words)
        for number, words in dict(refused).items()
    }
    if why is not None:
        missing = [number for number in range(len(queries)) if number not in {*answered, *refused}]
        late = "not in the time given; more (--seconds) may do"
        if why == "interrupted":
            late = "the work was ended before"
        unanswered |= {one: UnansweredClaim(dispute.claims[one], late) for one in missing}
        left = 0
    return CheckedClaims(
        dispute,
        begun[0].model if begun else None,
        checked,
        left,
        tuple(unanswered[number] for number in sorted(unanswered)),
        len(checked) - len(examined),
        why,
    )


class AnswersByStatements(Protocol):
    """Answers the same questions where some preference statements are held, and no others."""

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        ...

    @property
    def all(self) -> Sequence[StatementNumber]:
        """All its statements."""
        ...

    @property
    def on_own_options(self) -> frozenset[StatementNumber]:
        """Those of them that speak of options of their party."""
        ...

    def answer(self, query: Query, held: frozenset[StatementNumber]) -> Answer:
        """The answer where these statements are held, without examples."""
        ...


# What brings an answer about -------------------------------------------------------------------


def _all_by_statements(dispute: Dispute) -> bool:
    return all(
        isinstance(party.preferences, Statements) and not party.preferences.weighted
        for party in dispute.parties
    )


def _origin(query: Query, answer: Answer, model: AnswersByStatements) -> Origin | None:
    parties: set[int] = set()
    for part in query.parts:
        concerned = concerned_parties(part.body)
        if concerned is None:
            return None
        parties.update(concerned)
    compared = all(isinstance(part.body, Prefers | LosesMore | Accepts) for part in query.parts)
    # What a party prefers does not hang on others. Those of whom it is asked come first.
    candidates = sorted(
        (one for one in model.all if one[0] in parties or not compared),
        key=lambda one: one[0] not in parties,
    )

    mattering = statements_that_matter(query, model.dispute, model.on_own_options)
    known: dict[frozenset[StatementNumber], bool] = {}

    def same(held: Iterable[StatementNumber]) -> bool:
        chosen = mattering(held)
        if chosen not in known:
            found = model.answer(query, chosen)
            known[chosen] = all(
                one.verdict == other.verdict
                and (one.verdict in ("yes", "no", DOES_NOT_ARISE) or one.holds == other.holds)
                and one.choices == other.choices
                for one, other in zip(found.parts, answer.parts, strict=True)
            )
        return known[chosen]

    def origin(
        kind: OriginKind, held: Iterable[StatementNumber], *, smallest: bool = True
    ) -> Origin:
        named = [(model.dispute.parties[party].id, n + 1) for party, n in sorted(held)]
        return Origin(kind, tuple(named), smallest)

    if same(()):
        return origin("default", ())
    for one in candidates:
        if same((one,)):
            return origin("stated", (one,))
    held = _irreducible(candidates, same)
    return origin("derived", held, smallest=len(held) == 2)


def _irreducible(
    statements: Iterable[StatementNumber], same: Callable[[Iterable[StatementNumber]], bool]
) -> set[StatementNumber]:
    """Statements that give the answer together, of which none can be left out.

    Several at a time are left out where that leaves the answer as it is, then one after the
    other, of each party the least important first.
    """
    held = sorted(statements, key=lambda one: (one[0], -one[1]))
    for size in (16, 8, 4, 2):
        parts = [held[start : start + size] for start in range(0, len(held), size)]
        for part in parts:
            held = _without(held, part, same)
    before: list[StatementNumber] = []
    # What could not be left out at first may be later, once others are.
    while held != before:
        before = held
        for one in before:
            held = _without(held, [one], same)
    return set(held)


def _without(
    held: list[StatementNumber],
    some: list[StatementNumber],
    same: Callable[[Iterable[StatementNumber]], bool],
) -> list[StatementNumber]:
    """What is left of statements without some, where that gives the same answer."""
    rest = [one for one in held if one not in some]
    return rest if len(rest) < len(held) and same(rest) else held
