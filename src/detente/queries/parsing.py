"""From the text of a question to its meaning; the grammar is in ``query.lark``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from detente.dispute.cache_folder import kept_grammar
from detente.dispute.dispute import Dispute, Formula
from detente.dispute.errors import DisputeError, QueryError, nearest, pointed_at, shown
from detente.dispute.formula import FormulaError
from detente.dispute.names import (
    format_named,
    formula_from,
    issue_named,
    outcome_named,
    package_named,
    party_number,
    roadmap_named,
)
from detente.queries.query import (
    Accepts,
    Body,
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
from detente.space.named_states import NamedState, named_state
from detente.stability.concept_registry import concept_names, concepts_serving

if TYPE_CHECKING:
    from lark import Lark, Tree
    from lark.tree import Meta

__all__ = ["QuestionError", "parse_query"]

_Value = TypeVar("_Value")

_LONGEST = 10_000
# Targets in brackets are read by recursive functions.
_DEEPEST = 50
_MOST_STEPS = 1_000_000

# Whether play does this depends on all that it does for ever, and so on who is passed over.
_OF_WHOLE_COURSES = ("must reach", "may keep", "cannot keep")

# What each token is called in a message; tokens of formulas are summed up in one phrase.
_FORMULA_START = frozenset({"LPAR", "NOT", "TRUE", "FALSE", "NAME"})
_FORMULA_GOES_ON = frozenset({"AND", "OR", "IF", "IFF", "COMPARATOR", "RPAR"})
_WORDS = {
    "COLON": ["':'"],
    "SEMICOLON": ["';'"],
    "COMMA": ["','"],
    "LSQB": ["'['"],
    "RSQB": ["']'"],
    "$END": ["the end"],
    "LEVEL": ["a level"],
    "STATE": ["a state's number"],
    "COUNT": ["a number"],
    "STEPS": ["'moves'"],
    "MODAL": ["'must'", "'may'", "'cannot'"],
    "COMPARATOR": ["'='"],
    "GOAL": ["'reach'", "'keep'"],
    "POWER": ["'reach'", "'hold'"],
    "QUANTIFIER": ["'all'", "'some'"],
    "MOVES": ["'best moves'", "'improvements'", "'legal moves'"],
}


class QuestionError(QueryError):
    """A question that has no meaning; ``offset`` is the character of its text at fault."""

    def __init__(self, message: str, text: str, offset: int, **fields: Any) -> None:
        # A question may be written over several lines of a file; it is shown as one.
        line = text.replace("\n", " ")
        super().__init__(message, excerpt=pointed_at(line, offset + 1), **fields)
        self.offset = offset


def parse_query(dispute: Dispute, text: str) -> Query:
    """Read a question about a dispute.

    Parameters
    ----------
    dispute
        The dispute whose parties, options, outcomes and packages it names.
    text
        The question, in the language of ``docs/reference/query-language.md``.

    Returns
    -------
    Query

    Raises
    ------
    QuestionError
        If the text is not a question, or has a name that is not known.
    """
    reading = _Reading(dispute, text)
    tree = _syntax(dispute, text)
    parts = tuple(reading.part(part) for part in tree.children)
    if len(parts) > 1:
        for part, child in zip(parts, tree.children, strict=True):
            if part.form != "judged" or isinstance(part.body, Choices | FormatsCompared):
                raise QuestionError(
                    "what is answered by a number or a list cannot be joined with ';'",
                    text,
                    child.meta.start_pos,
                )
    return Query(text, parts)


# Meaning ---------------------------------------------------------------------------------------


class _Reading:
    """Resolves the names of one question."""

    def __init__(self, dispute: Dispute, text: str) -> None:
        self.dispute = dispute
        self.text = text

    def part(self, tree: Tree[Any]) -> Part:
        text = self.slice(tree.meta)
        if tree.data == "judged":
            quantifier, region, body = tree.children
            chosen = None if quantifier is None else quantifier.children[0]
            part = Part(
                "judged",
                None if chosen is None else str(chosen),  # type: ignore[arg-type]
                None if region is None else self.region(region),
                self.body(body),
                text,
            )
            from_status_quo = (FormatCan, FormatSidelines, FormatsCompared, RoadmapHolds)
            if region is not None and isinstance(part.body, LessUrgent):
                raise QuestionError(
                    "how urgent an issue is does not depend on the state: leave 'where' out",
                    self.text,
                    tree.meta.start_pos,
                )
            if region is not None and isinstance(part.body, from_status_quo):
                raise QuestionError(
                    "formats and roadmaps start at the status quo: leave 'where' out",
                    self.text,
                    tree.meta.start_pos,
                )
            if chosen is not None and isinstance(part.body, Choices):
                raise self.error(
                    f"'{chosen}' asks for yes or no, but this is answered by a list", chosen
                )
            return part
        region, predicate = tree.children
        return Part(
            "counted" if tree.data == "counted" else "listed",
            None,
            self.region(region),
            None if predicate is None else self.predicate(predicate, 0),
            text,
        )

    def region(self, tree: Tree[Any]) -> Region:
        text, start = self.slice(tree.meta), tree.meta.start_pos
        (named,) = tree.children
        if named.data == "named_state":
            return Region(self.named_state(named), start, text)
        try:
            return Region(self.formula(named), start, text)
        except QuestionError as error:
            error.nearest = error.nearest or nearest(str(error.found), ["status_quo"])
            raise

    def body(self, tree: Tree[Any]) -> Body:
        match tree.data, tree.children:
            case "choices", [party, clauses]:
                number = self.party(party)
                return Choices(number, self.steps(clauses, mover=number))
            case "prefers", [party, better, worse]:
                own = str(party)
                number = self.party(party)
                return Prefers(number, self.formula(better, own), self.formula(worse, own))
            case "loses_more", [party, other, by]:
                return LosesMore(self.party(party), self.party(other), self.formula(by))
            case "less_urgent", [issue, other, party]:
                number = self.party(party)
                return LessUrgent(
                    number, self.issue(issue, str(party)), self.issue(other, str(party))
                )
            case "roadmap_holds", [name, clauses]:
                road = self.named(name, lambda one: roadmap_named(self.dispute, one))
                return RoadmapHolds(road.id, self.step_concept(self.only_under(clauses)))
            case "format_can", [name, power, outcome, clauses]:
                found = self.named(outcome, lambda one: outcome_named(self.dispute, one))
                return FormatCan(
                    self.format(name),
                    str(power),  # type: ignore[arg-type]
                    found.id,
                    self.format_concept(clauses),
                )
            case "format_sidelines", [name, party, clauses]:
                return FormatSidelines(
                    self.format(name), self.party(party), self.format_concept(clauses)
                )
            case "format_compared", [one, other, clauses]:
                return FormatsCompared(
                    self.format(one), self.format(other), self.format_concept(clauses)
                )
        return self.predicate(tree, 0)

    def predicate(self, tree: Tree[Any], depth: int) -> Predicate:
        match tree.data, tree.children:
            case "stable_for", [party, clauses]:
                return self.stable((self.party(party),), clauses)
            case "stable_for_everyone", [clauses]:
                everyone = tuple(range(len(self.dispute.parties)))
                return self.stable(everyone, clauses)
            case "chooses", [party, modal, target, clauses]:
                number = self.party(party)
                return Chooses(
                    number,
                    str(modal),  # type: ignore[arg-type]
                    self.target(target, depth, str(party)),
                    self.steps(clauses, mover=number),
                )
            case "play", [modal, goal, target, clauses]:
                self.check_fairness(f"{modal} {goal}", clauses)
                most = self.most_steps(str(goal), clauses)
                return Play(
                    str(modal),  # type: ignore[arg-type]
                    str(goal),  # type: ignore[arg-type]
                    self.target(target, depth),
                    self.steps(clauses),
                    most,
                )
            case "accepts", [party, package]:
                found = self.named(package, lambda name: package_named(self.dispute, name))
                return Accepts(self.party(party), found.id)
        raise ValueError(f"not a predicate: {tree.data}")

    def target(self, tree: Tree[Any], depth: int, party: str | None = None) -> Target:
        if tree.data == "formula":
            return self.formula(tree, party)
        if tree.data == "named_state":
            return self.named_state(tree)
        if depth >= _DEEPEST:
            raise QuestionError(
                f"brackets are nested more than {_DEEPEST} deep", self.text, tree.meta.start_pos
            )
        return self.predicate(tree, depth + 1)

    def formula(self, tree: Tree[Any], party: str | None = None) -> Formula:
        start = tree.meta.start_pos
        try:
            return formula_from(self.dispute, self.slice(tree.meta), party)
        except FormulaError as error:
            raise QuestionError(
                error.message,
                self.text,
                start + error.offset,
                found=error.found,
                allowed=error.allowed,
                nearest=error.nearest,
            ) from None

    def named_state(self, tree: Tree[Any]) -> NamedState:
        """One state by name; whether it is feasible is found when the question is answered."""
        text, start = self.slice(tree.meta), tree.meta.start_pos
        base = tree.children[0]
        of_status_quo = base is None or getattr(base, "data", None) == "settings"
        if of_status_quo and self.dispute.status_quo is None:
            raise QuestionError("this dispute names no status quo", self.text, start)
        if getattr(base, "type", None) == "NAME":
            self.named(base, lambda one: outcome_named(self.dispute, one))
        try:
            return named_state(self.dispute, text)
        except QueryError as error:
            at = text.find(str(error.found)) if error.found else 0
            raise QuestionError(
                error.message,
                self.text,
                start + max(at, 0),
                found=error.found,
                allowed=error.allowed,
                nearest=error.nearest,
            ) from None

    # Clauses -----------------------------------------------------------------------------------

    def check_fairness(self, asked: str, clauses: Tree[Any]) -> None:
        """Refuse `fairly` where no answer depends on who is passed over for ever."""
        given = self.clauses(clauses)
        if "fairly" in given and asked not in _OF_WHOLE_COURSES:
            allowed = _listed([f"'{one}'" for one in _OF_WHOLE_COURSES])
            raise QuestionError(
                f"'fairly' is for {allowed}: what play {asked} does not depend on who is passed "
                "over for ever",
                self.text,
                given["fairly"].meta.start_pos,
            )

    def most_steps(self, goal: str, clauses: Tree[Any]) -> int | None:
        """How many steps are looked at, where the question says so."""
        given = self.clauses(clauses)
        for word, written, of in (("within", "within", "reach"), ("throughout", "for", "keep")):
            if word not in given:
                continue
            count, unit = (str(token) for token in given[word].children)
            if of != goal:
                right = "for" if goal == "keep" else "within"
                raise QuestionError(
                    f"'{written}' is for '{of}'; with '{goal}' it is '{right} {count} {unit}'",
                    self.text,
                    given[word].meta.start_pos,
                    found=written,
                )
            if "fairly" in given:
                raise QuestionError(
                    f"'fairly' is for courses without end; leave it or '{written} {count} {unit}' "
                    "out",
                    self.text,
                    given["fairly"].meta.start_pos,
                )
            if len(count) > len(str(_MOST_STEPS)) or int(count) > _MOST_STEPS:
                raise self.error(
                    f"a bound on {unit} is at most {_MOST_STEPS:,}", given[word].children[0]
                )
            return int(count)
        return None

    def steps(self, clauses: Tree[Any], *, mover: int | None = None) -> StepRule:
        """The steps that the clauses describe; `mover` is the party whose choice is asked for."""
        given = self.clauses(clauses)
        if mover is not None and "of" in given:
            raise self.error(
                "the mover is named already; 'of' is for 'reach' and 'keep'",
                given["of"].children[0],
            )
        moves = str(given["by"].children[0]) if "by" in given else "best moves"
        if moves.startswith("legal") and "under" in given:
            raise self.error(
                "'under' tells which improvements are deterred; legal moves are not asked that",
                given["under"].children[0],
            )
        for word, written in (("within", "within"), ("throughout", "for")):
            if mover is not None and word in given:
                raise QuestionError(
                    f"'{written}' bounds a course of play; this asks for one choice",
                    self.text,
                    given[word].meta.start_pos,
                )
        if mover is not None and "fairly" in given:
            raise QuestionError(
                "'fairly' is for courses of play; this asks for one choice",
                self.text,
                given["fairly"].meta.start_pos,
            )
        concept = self.step_concept(given)
        movers = tuple(range(len(self.dispute.parties)))
        if mover is not None:
            movers = (mover,)
        elif "of" in given:
            movers = tuple(
                sorted({number for name in given["of"].children for number in self.movers(name)})
            )
        return StepRule(
            " ".join(moves.split()),  # type: ignore[arg-type]
            concept,
            movers,
            "with_packages" in given,
            choice=mover is not None,
            fairly="fairly" in given,
        )

    def step_concept(self, given: dict[str, Tree[Any]]) -> str:
        """The concept after `under`, one that tells of each improvement whether it is deterred."""
        if "under" not in given:
            return "SEQ"
        concept = self.concept(given["under"])
        served = concepts_serving("deterrence")
        if concept not in served:
            raise self.error(
                f"only {', '.join(served)} tell of each improvement whether it is "
                f"deterred; {concept} does not",
                given["under"].children[0],
            )
        return concept

    def stable(self, parties: tuple[int, ...], clauses: Tree[Any]) -> Stable:
        given = self.only(clauses, "under", "with_packages")
        concept = self.concept(given["under"]) if "under" in given else "SEQ"
        packages = "with_packages" in given
        if packages and concept not in concepts_serving("packages"):
            raise self.error(
                f"{concept} is not defined with packages",
                given["under"].children[0],
                allowed=concepts_serving("packages"),
            )
        return Stable(parties, concept, packages)

    def format_concept(self, clauses: Tree[Any]) -> str:
        given = self.only_under(clauses)
        if "under" not in given:
            return "SEQ"
        from detente.stability.coalitions import coalition_concepts

        return self.named(given["under"].children[0], lambda name: coalition_concepts([name]))[0]

    def only_under(self, clauses: Tree[Any]) -> dict[str, Tree[Any]]:
        return self.only(clauses, "under")

    def only(self, clauses: Tree[Any], *allowed: str) -> dict[str, Tree[Any]]:
        given = self.clauses(clauses)
        for name, clause in given.items():
            if name not in allowed:
                words = " or ".join(f"'{one.replace('_', ' ')}'" for one in allowed)
                raise QuestionError(
                    f"only {words} can be added here", self.text, clause.meta.start_pos
                )
        return given

    def format(self, token: Any) -> str:
        return self.named(token, lambda name: format_named(self.dispute, name)).id

    def issue(self, token: Any, party: str) -> str:
        """An issue on which the party has a stand."""
        issue = self.named(token, lambda name: issue_named(self.dispute, name))
        if issue.stand_of(party) is None:
            raise self.error(f"the file does not say how urgent {issue.id} is for {party}", token)
        return issue.id

    def clauses(self, tree: Tree[Any]) -> dict[str, Tree[Any]]:
        given: dict[str, Tree[Any]] = {}
        for clause in tree.children:
            if clause.data in given:
                raise QuestionError("this is said a second time", self.text, clause.meta.start_pos)
            given[clause.data] = clause
        return given

    def concept(self, clause: Tree[Any]) -> str:
        return self.named(clause.children[0], lambda name: concept_names([name]))[0]

    def movers(self, name: Any) -> Sequence[int]:
        """The parties that a name after `of` stands for: a format's, or one party."""
        numbers = self.dispute.party_numbers
        if str(name) in numbers:
            return [numbers[str(name)]]
        formats = {form.id for form in self.dispute.formats}
        if str(name) in formats:
            return [numbers[party] for party in format_named(self.dispute, str(name)).parties]
        allowed = [*numbers, *sorted(formats)]
        raise self.error(
            f"there is no party or format {shown(str(name))}",
            name,
            allowed=allowed,
            nearest=nearest(str(name), allowed),
        )

    # Names -------------------------------------------------------------------------------------

    def party(self, token: Any) -> int:
        return self.named(token, lambda name: party_number(self.dispute, name))

    def named(self, token: Any, find: Callable[[str], _Value]) -> _Value:
        """Look a name up; an error points at it."""
        try:
            return find(str(token))
        except DisputeError as error:
            raise self.error(
                error.message, token, allowed=error.allowed, nearest=error.nearest
            ) from None

    def error(self, message: str, token: Any, **fields: Any) -> QuestionError:
        return QuestionError(message, self.text, token.start_pos, found=str(token), **fields)

    def slice(self, meta: Meta) -> str:
        return self.text[meta.start_pos : meta.end_pos]


# Syntax ----------------------------------------------------------------------------------------


def _syntax(dispute: Dispute, text: str) -> Tree[Any]:
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput

    if len(text) > _LONGEST:
        raise QuestionError(
            f"the question has {len(text):,} characters; at most {_LONGEST:,} are allowed", "", 0
        )
    if not text.strip():
        raise QuestionError("the question is empty", text, 0)
    try:
        tree: Tree[Any] = _parser().parse(text)
    except UnexpectedCharacters as error:
        offset: int = getattr(error, "pos_in_stream")  # noqa: B009 (typed as absent)
        word = text[offset:].split(maxsplit=1)[0]
        raise _unexpected(text, offset, word, error.allowed or set()) from None
    except UnexpectedInput as error:
        token: Any = getattr(error, "token")  # noqa: B009 (declared by one of its subclasses)
        accepted: set[str] = getattr(error, "accepts", None) or getattr(error, "expected")  # noqa: B009
        before = (getattr(error, "token_history", None) or [None])[-1]
        if before is not None and before.type == "NAME" and {"MODAL", "PREFERS"} <= accepted:
            _check_party(dispute, text, before)
        if token.type == "$END":
            raise _unexpected(text, len(text.rstrip()), "", accepted) from None
        raise _unexpected(text, token.start_pos, str(token), accepted) from None
    return tree


def _check_party(dispute: Dispute, text: str, name: Any) -> None:
    """Refuse a word that was read as a party and is none, before what follows it is refused."""
    if str(name) in dispute.party_numbers:
        return
    allowed = [*dispute.party_numbers, "must", "may", "cannot", "stable"]
    raise QuestionError(
        f"expected a party, 'must', 'may', 'cannot' or 'stable', found {shown(str(name))}",
        text,
        name.start_pos,
        found=str(name),
        nearest=nearest(str(name), allowed),
    )


@cache
def _parser() -> Lark:
    # Imported here because `import detente` should not cost the time that Lark takes.
    from lark import Lark
    from lark.load_grammar import FromPackageLoader

    grammar = (files("detente.queries") / "query.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=True,
        import_paths=[FromPackageLoader("detente.dispute")],
        cache=kept_grammar("query"),
    )


def _unexpected(text: str, offset: int, found: str, accepted: set[str]) -> QuestionError:
    wanted = _wanted(accepted)
    what = f"found {shown(found)}" if found else "but the question ends here"
    words = [word.strip("'") for word in wanted if word.startswith("'")]
    message = f"expected {_listed(wanted)}, {what}"
    if text[offset : offset + 1] in ('"', "'"):
        message = "formulas stand without quotation marks"
    return QuestionError(
        message, text, offset, found=found, nearest=nearest(found, words) if found else None
    )


def _wanted(accepted: set[str]) -> list[str]:
    """What may stand at a place, in words, by the tokens that the parser would take."""
    left = set(accepted)
    wanted: list[str] = []
    if left >= _FORMULA_START:
        wanted.append("a formula")
        left -= _FORMULA_START
    if left >= {"AND", "OR"}:
        wanted.append("'and', 'or' or the like")
        left -= _FORMULA_GOES_ON
    if "NAME" in left:
        wanted.append("a name")
        left.discard("NAME")
    for name in sorted(left):
        wanted += _WORDS.get(name) or [_spelling(name)]
    return wanted


def _spelling(token: str) -> str:
    """A token as it is written: its name is the grammar's, and may be made up."""
    written = {one.name: one.pattern for one in _parser().terminals}
    found = written.get(token)
    return f"'{found.value}'" if found is not None and found.type == "str" else token.lower()


def _listed(wanted: Sequence[str]) -> str:
    if len(wanted) < 2:
        return "".join(wanted)
    return f"{', '.join(wanted[:-1])} or {wanted[-1]}"
