"""The language of formulas: from text to a condition on states, and back.

The grammar is in ``formula.lark``. ``not`` binds tightest, then ``and``, ``or``, ``if`` and
``iff``; a chain of ``if`` or of ``iff`` is read from the left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

from detente.dispute.cache_folder import kept_grammar
from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Constant,
    Dispute,
    Expression,
    Formula,
    Option,
    Place,
)
from detente.dispute.errors import DisputeError, nearest, pointed_at, shown
from detente.dispute.identifiers import composed, not_of_names

if TYPE_CHECKING:
    from lark import Lark

__all__ = [
    "RESERVED_WORDS",
    "FormulaError",
    "Names",
    "constant",
    "extent",
    "names_used",
    "negation",
    "parse",
    "to_text",
]

RESERVED_WORDS = frozenset({"not", "and", "or", "if", "iff", "true", "false"})

_LONGEST = 10_000
# Formulas are walked by recursive functions, and outcomes stand in them in full.
_DEEPEST = 100
_LARGEST = 20_000

_ELSEWHERE = {
    "&": "and",
    "|": "or",
    "!": "not",
    "~": "not",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "→": "if",
    "↔": "iff",
}


class FormulaError(DisputeError):
    """A formula that has no meaning; ``offset`` is the character of its text at fault."""

    def __init__(self, message: str, offset: int, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.offset = offset


# What the grammar gives -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reference:
    """A name, and the level with which it is compared if there is one."""

    name: str
    start: int
    comparator: str | None = None
    level: str = ""
    level_start: int = 0
    depth: int = 1


@dataclass(frozen=True, slots=True)
class _Truth:
    value: bool
    depth: int = 1


@dataclass(frozen=True, slots=True)
class _Joined:
    operator: Any
    parts: tuple[_Syntax, ...]
    depth: int


_Syntax: TypeAlias = _Reference | _Truth | _Joined


@dataclass(slots=True)
class Names:
    """What names mean where a formula stands.

    Parameters
    ----------
    options
        All options by full name, each with its number.
    outcomes
        The expressions of the outcomes that may be used.
    party
        The party whose own options may be named bare.
    extents
        The :func:`extent` of outcomes' expressions, by their :func:`id`, where it is known.
    """

    options: Mapping[str, tuple[int, Option]]
    outcomes: Mapping[str, Expression] = field(default_factory=dict)
    party: str | None = None
    extents: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def option(self, name: str) -> tuple[int, Option] | None:
        """Find the option that a name means, with its number."""
        if self.party is not None and "." not in name:
            return self.options.get(f"{self.party}.{name}")
        return self.options.get(name)

    def all(self) -> list[str]:
        """List every name that may be used, own options both bare and in full."""
        own = f"{self.party}."
        bare = [key[len(own) :] for key in self.options if self.party and key.startswith(own)]
        return [*bare, *self.options, *self.outcomes]


def parse(text: str, names: Names, place: Place | None = None) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text
        The formula.
    names
        What names mean where it stands.
    place
        Where it stands, kept on the formula.

    Returns
    -------
    Formula
        The text and its meaning.

    Raises
    ------
    FormulaError
        If the text is not a formula, or has a name that is not known.
    """
    try:
        expression = _resolved(_syntax(text), names)
        if names.outcomes:
            _check_extent(expression, names.extents)
    except FormulaError as error:
        error.excerpt = _excerpt(text, error.offset)
        raise
    return Formula(text, expression, place)


def names_used(text: str) -> tuple[str, ...]:
    """Names of options and outcomes in a formula, each once, in the order of the text.

    Raises
    ------
    FormulaError
        If the text is not a formula.
    """
    return tuple(dict.fromkeys(reference.name for reference in _references(_syntax(text))))


def constant(value: bool, place: Place | None = None) -> Formula:
    """Make the formula ``true`` or ``false``, which YAML may read as a truth value."""
    return Formula("true" if value else "false", Constant(value), place)


def negation(formula: Formula) -> Formula:
    """Make the formula that is true where another is false, at the same place."""
    return Formula(f"not ({formula.text})", Connective("not", (formula.expression,)), formula.place)


def _references(syntax: _Syntax) -> Iterator[_Reference]:
    match syntax:
        case _Reference():
            yield syntax
        case _Joined(_, parts):
            for part in parts:
                yield from _references(part)


# Meaning ---------------------------------------------------------------------------------------


def _resolved(syntax: _Syntax, names: Names) -> Expression:
    match syntax:
        case _Truth(value):
            return Constant(value)
        case _Joined(operator, parts):
            return Connective(operator, tuple(_resolved(part, names) for part in parts))
        case _Reference():
            return _meaning(syntax, names)


def _meaning(reference: _Reference, names: Names) -> Expression:
    name = reference.name
    known = names.option(name)
    if known is None:
        if name in names.outcomes:
            if reference.comparator is None:
                return names.outcomes[name]
            raise FormulaError(
                f"{shown(name)} is an outcome, which has no levels to compare",
                reference.start,
                found=name,
            )
        raise FormulaError(
            f"no option or outcome is called {shown(name)}",
            reference.start,
            found=name,
            allowed=names.all(),
            nearest=nearest(name, names.all()),
        )
    number, option = known
    if reference.comparator is None:
        return AtLevel(number, frozenset(range(1, len(option.levels))))
    if reference.level not in option.levels:
        raise FormulaError(
            f"{option.key} has no level {shown(reference.level)}",
            reference.level_start,
            found=reference.level,
            allowed=option.levels,
            nearest=nearest(reference.level, option.levels),
        )
    level = option.levels.index(reference.level)
    return AtLevel(number, _levels(reference.comparator, level, len(option.levels)))


def _levels(comparator: str, level: int, count: int) -> frozenset[int]:
    match comparator:
        case "=" | "==":
            return frozenset({level})
        case "!=":
            return frozenset(range(count)) - {level}
        case "<":
            return frozenset(range(level))
        case "<=":
            return frozenset(range(level + 1))
        case ">":
            return frozenset(range(level + 1, count))
        case ">=":
            return frozenset(range(level, count))
        case _:
            raise ValueError(f"not a comparison: {comparator!r}")


def _check_extent(expression: Expression, known: Mapping[int, tuple[int, int]]) -> None:
    # Outcomes that use outcomes can double in size at each step, though each is short.
    size, depth = extent(expression, known)
    if depth > _DEEPEST or size > _LARGEST:
        what = f"nested more than {_DEEPEST} deep" if depth > _DEEPEST else "too large"
        raise FormulaError(f"with the outcomes that it uses written out, this formula is {what}", 0)


def extent(
    expression: Expression, known: Mapping[int, tuple[int, int]] | None = None
) -> tuple[int, int]:
    """Number of parts of an expression, and how deep they are nested.

    Parameters
    ----------
    expression
        The expression.
    known
        The same of parts that are known, by the part's :func:`id`: an outcome is used many times.
    """
    if known and id(expression) in known:
        return known[id(expression)]
    if not isinstance(expression, Connective):
        return 1, 1
    parts = [extent(part, known) for part in expression.parts]
    return 1 + sum(size for size, _ in parts), 1 + max(depth for _, depth in parts)


# Syntax ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _syntax(text: str) -> _Syntax:
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput, VisitError

    if len(text) > _LONGEST:
        raise FormulaError(
            f"the formula has {len(text):,} characters; at most {_LONGEST:,} are allowed", 0
        )
    if not text.strip():
        raise FormulaError("the formula is empty; expected an option or an outcome", 0)
    try:
        result = _parser().parse(text)
    except VisitError as error:
        # What a rule's callback raises.
        raise error.orig_exc from None
    except UnexpectedCharacters as error:
        raise _unexpected_character(text, error) from None
    except UnexpectedInput as error:
        raise _unexpected_token(text, error) from None
    syntax: _Syntax = result  # type: ignore[assignment]
    if syntax.depth > _DEEPEST:
        raise FormulaError(
            f"the formula is nested {syntax.depth} deep; at most {_DEEPEST} is allowed", 0
        )
    return syntax


@cache
def _parser() -> Lark:
    # Imported here because `import detente` should not cost the time that Lark takes.
    from lark import Lark, Transformer, v_args

    @v_args(inline=True)
    class Builder(Transformer[Any, Any]):
        """Builds the syntax while the parser runs, so that nothing recurses."""

        def bare(self, name: Any) -> _Syntax:
            return _Reference(_name(name), name.start_pos)

        def comparison(self, name: Any, comparator: Any, level: Any) -> _Syntax:
            return _Reference(
                _name(name), name.start_pos, str(comparator), _name(level), level.start_pos
            )

        def always(self) -> _Syntax:
            return _Truth(True)

        def never(self) -> _Syntax:
            return _Truth(False)

        def group(self, inside: _Syntax) -> _Syntax:
            return inside

        def negated(self, part: _Syntax) -> _Syntax:
            return _joined("not", part)

        def all_of(self, *parts: _Syntax) -> _Syntax:
            return _joined("and", *parts)

        def any_of(self, *parts: _Syntax) -> _Syntax:
            return _joined("or", *parts)

        def implied(self, then: _Syntax, condition: _Syntax) -> _Syntax:
            return _joined("if", then, condition)

        def equivalent(self, left: _Syntax, right: _Syntax) -> _Syntax:
            return _joined("iff", left, right)

    grammar = (files("detente.dispute") / "formula.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        transformer=Builder(),
        maybe_placeholders=False,
        cache=kept_grammar("formula"),
    )


def _name(token: Any) -> str:
    """A name or level as ids are held; refused where a character is of no name."""
    text = str(token)
    place = None if text.isascii() else not_of_names(text)
    if place is not None:
        raise _meaningless(text[place], token.start_pos + place)
    return composed(text)


def _joined(operator: str, *parts: _Syntax) -> _Syntax:
    return _Joined(operator, parts, 1 + max(part.depth for part in parts))


def _unexpected_character(text: str, error: Any) -> FormulaError:
    offset: int = error.pos_in_stream
    found = text[offset]
    if found == "." and text[offset - 1 : offset].isalnum():
        return FormulaError(
            "a name is 'option', 'party.option' or an outcome, with at most one point between "
            "two words",
            offset,
            found=found,
        )
    return _meaningless(found, offset)


def _meaningless(found: str, offset: int) -> FormulaError:
    meant = _ELSEWHERE.get(found)
    return FormulaError(
        f"{shown(found)} has no meaning in a formula" + (f"; write '{meant}'" if meant else ""),
        offset,
        found=found,
    )


def _unexpected_token(text: str, error: Any) -> FormulaError:
    at_end = error.token.type == "$END"
    found = "" if at_end else str(error.token)
    offset = len(text.rstrip()) if at_end else error.token.start_pos
    what = "but the formula ends here" if at_end else f"found {shown(found)}"
    expected: set[str] = error.accepts or error.expected
    hint = None
    if expected == {"LEVEL"}:
        wanted = "a level"
    elif "NAME" in expected:
        wanted = "an option, an outcome, 'not' or '('"
    elif at_end:
        opened = _last_open_bracket(text)
        return FormulaError("this '(' is never closed", opened, found="(")
    elif found == ")":
        return FormulaError("this ')' closes nothing", offset, found=found)
    else:
        wanted = "'and', 'or', 'if', 'iff' or the end of the formula"
        hint = nearest(found, ["and", "or", "if", "iff"])
    return FormulaError(f"expected {wanted}, {what}", offset, found=found, nearest=hint)


def _last_open_bracket(text: str) -> int:
    opened: list[int] = []
    for offset, character in enumerate(text):
        if character == "(":
            opened.append(offset)
        elif character == ")":
            opened.pop()
    return opened[-1]


def _excerpt(text: str, offset: int) -> str:
    before = text[:offset]
    start = before.rfind("\n") + 1
    return pointed_at(text[start:].partition("\n")[0], offset - start + 1)


# Text ------------------------------------------------------------------------------------------

_BINDING = {"iff": 1, "if": 2, "or": 3, "and": 4, "not": 5}


def to_text(expression: Expression, dispute: Dispute) -> str:
    """Write an expression as a formula, with full names.

    Parameters
    ----------
    expression
        The expression; what stood for an outcome is written out.
    dispute
        The dispute whose options it names.

    Returns
    -------
    str
        A formula that :func:`parse` reads back with the same meaning.
    """
    return _text(expression, dispute, 0)


def _text(expression: Expression, dispute: Dispute, outside: int) -> str:
    match expression:
        case Constant(value):
            return "true" if value else "false"
        case AtLevel(option, levels):
            return _level_text(dispute.options[option], levels, outside)
        case Connective("not", (inside,)):
            return f"not {_text(inside, dispute, _BINDING['not'])}"
        case Connective(operator, parts):
            binding = _BINDING[operator]
            # A chain of `if` is read from the left, so only its left part may be another one.
            first = binding if operator in ("if", "iff") else binding + 1
            texts = [
                _text(part, dispute, binding + 1 if place else first)
                for place, part in enumerate(parts)
            ]
            return _bracketed(f" {operator} ".join(texts), binding < outside)


def _level_text(option: Option, levels: frozenset[int], outside: int) -> str:
    count = len(option.levels)
    names = option.levels
    if levels == frozenset(range(1, count)):
        return option.key
    if count == 2 and levels == {0}:
        return f"not {option.key}"
    for comparator in ("=", "<=", ">=", "!=", "<"):
        for level in range(count):
            if _levels(comparator, level, count) == levels:
                return f"{option.key} {comparator} {names[level]}"
    each = [f"{option.key} = {names[level]}" for level in sorted(levels)]
    return _bracketed(" or ".join(each), _BINDING["or"] < outside)


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text
