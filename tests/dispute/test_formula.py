from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.dispute import AtLevel, Connective, Constant, Expression, Place
from detente.dispute.formula import FormulaError, Names, names_used, negation, parse, to_text
from detente.files.dispute_file import build_dispute

DISPUTE = build_dispute(
    {
        "dispute": "Two parties",
        "parties": {
            "us": {
                "options": {
                    "exercise": {"levels": ["none", "small", "large"]},
                    "guarantee": "Give a guarantee",
                    "order": {"levels": ["0", "1", "and_more", "iffy"]},
                }
            },
            "dprk": {"options": {"test": "Test", "notice": "Give notice"}},
        },
    }
)
LEVELS = [len(option.levels) for option in DISPUTE.options]
EXERCISE, GUARANTEE, ORDER, TEST, NOTICE = range(5)
OPTIONS = {option.key: (number, option) for number, option in enumerate(DISPUTE.options)}
NAMES = Names(OPTIONS)


def taken(option: int) -> AtLevel:
    return AtLevel(option, frozenset(range(1, LEVELS[option])))


def holds(expression: Expression, state: tuple[int, ...]) -> bool:
    match expression:
        case Constant(value):
            return value
        case AtLevel(option, levels):
            return state[option] in levels
        case Connective("not", (inside,)):
            return not holds(inside, state)
        case Connective("and", parts):
            return all(holds(part, state) for part in parts)
        case Connective("or", parts):
            return any(holds(part, state) for part in parts)
        case Connective("if", (then, condition)):
            return holds(then, state) or not holds(condition, state)
        case Connective("iff", (left, right)):
            return holds(left, state) == holds(right, state)
    raise AssertionError(expression)


def table(expression: Expression) -> list[bool]:
    return [holds(expression, state) for state in product(*map(range, LEVELS))]


def meaning(text: str, names: Names = NAMES) -> Expression:
    return parse(text, names).expression


# Meaning ---------------------------------------------------------------------------------------


def test_bare_option_is_every_level_above_the_lowest() -> None:
    assert meaning("us.exercise") == AtLevel(EXERCISE, frozenset({1, 2}))
    assert meaning("us.guarantee") == AtLevel(GUARANTEE, frozenset({1}))


@pytest.mark.parametrize(
    ("comparator", "levels"),
    [
        ("=", {1}),
        ("==", {1}),
        ("!=", {0, 2}),
        ("<", {0}),
        ("<=", {0, 1}),
        (">", {2}),
        (">=", {1, 2}),
    ],
)
def test_comparisons_follow_the_order_of_levels(comparator: str, levels: set[int]) -> None:
    expected = AtLevel(EXERCISE, frozenset(levels))
    assert meaning(f"us.exercise {comparator} small") == expected
    assert meaning(f"us.exercise{comparator}small") == expected


def test_levels_may_be_digits_and_may_begin_like_a_keyword() -> None:
    assert meaning("us.order = 0") == AtLevel(ORDER, frozenset({0}))
    assert meaning("us.order = and_more") == AtLevel(ORDER, frozenset({2}))
    assert meaning("us.order = iffy and dprk.test").parts[1] == taken(TEST)  # type: ignore[union-attr]


def test_names_may_begin_like_a_keyword() -> None:
    own = Names(OPTIONS, party="dprk")
    assert meaning("not notice", own) == Connective("not", (taken(NOTICE),))


@pytest.mark.parametrize(
    ("text", "bracketed"),
    [
        ("not dprk.test and us.guarantee", "(not dprk.test) and us.guarantee"),
        (
            "dprk.test or us.guarantee and us.exercise",
            "dprk.test or (us.guarantee and us.exercise)",
        ),
        (
            "dprk.test and us.guarantee or us.exercise",
            "(dprk.test and us.guarantee) or us.exercise",
        ),
        ("dprk.test if us.guarantee or us.exercise", "dprk.test if (us.guarantee or us.exercise)"),
        ("dprk.test or us.guarantee if us.exercise", "(dprk.test or us.guarantee) if us.exercise"),
        (
            "dprk.test iff us.guarantee if us.exercise",
            "dprk.test iff (us.guarantee if us.exercise)",
        ),
        (
            "dprk.test if us.guarantee iff us.exercise",
            "(dprk.test if us.guarantee) iff us.exercise",
        ),
        ("dprk.test if us.guarantee if us.exercise", "(dprk.test if us.guarantee) if us.exercise"),
        ("not us.exercise = small", "not (us.exercise = small)"),
        ("not not dprk.test", "not (not dprk.test)"),
    ],
)
def test_precedence(text: str, bracketed: str) -> None:
    assert meaning(text) == meaning(bracketed)


def test_precedence_matters() -> None:
    # The bracketings above would prove nothing if every bracketing meant the same.
    assert table(meaning("not (dprk.test and us.guarantee)")) != table(
        meaning("(not dprk.test) and us.guarantee")
    )
    assert table(meaning("dprk.test if (us.guarantee if us.exercise)")) != table(
        meaning("(dprk.test if us.guarantee) if us.exercise")
    )


def test_if_means_or_else_not() -> None:
    assert table(meaning("dprk.test if us.guarantee")) == table(
        meaning("dprk.test or not us.guarantee")
    )


def test_iff_means_both_or_neither() -> None:
    assert table(meaning("dprk.test iff us.guarantee")) == table(
        meaning("dprk.test and us.guarantee or not dprk.test and not us.guarantee")
    )


def test_constants() -> None:
    assert meaning("true") == Constant(True)
    assert meaning(" false ") == Constant(False)


def test_own_option_is_found_before_an_outcome() -> None:
    outcomes = {"test": Constant(True), "settlement": taken(GUARANTEE)}
    assert meaning("test", Names(OPTIONS, outcomes, "dprk")) == taken(TEST)
    assert meaning("test", Names(OPTIONS, outcomes, "us")) == Constant(True)
    assert meaning("test", Names(OPTIONS, outcomes)) == Constant(True)
    assert meaning("settlement", Names(OPTIONS, outcomes, "dprk")) == taken(GUARANTEE)


def test_place_and_text_are_kept() -> None:
    formula = parse(" dprk.test ", NAMES, Place(3, 4))
    assert (formula.text, formula.place) == (" dprk.test ", Place(3, 4))


def test_names_used_are_listed_once_in_order() -> None:
    assert names_used("b and (a.c = x or not b) iff d") == ("b", "a.c", "d")
    assert names_used("true") == ()


def test_negation_holds_elsewhere() -> None:
    formula = parse("dprk.test if us.guarantee", NAMES)
    opposite = negation(formula)
    assert table(opposite.expression) == [not held for held in table(formula.expression)]
    assert table(parse(opposite.text, NAMES).expression) == table(opposite.expression)


# Errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset", "part"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("dprk.test and", 13, "ends here"),
        ("dprk.test and  ", 13, "ends here"),
        ("not", 3, "expected an option"),
        ("dprk.test us.guarantee", 10, "expected 'and', 'or', 'if', 'iff' or the end"),
        ("dprk.test AND us.guarantee", 10, "did you mean 'and'?"),
        ("(dprk.test", 0, "never closed"),
        ("(dprk.test) and (us.guarantee", 16, "never closed"),
        ("dprk.test)", 9, "closes nothing"),
        (")", 0, "expected an option"),
        ("()", 1, "expected an option"),
        ("us.exercise =", 13, "expected a level"),
        ("us.exercise = )", 14, "expected a level"),
        ("us.exercise = small = large", 20, "expected 'and'"),
        ("dprk.test & us.guarantee", 10, "write 'and'"),
        ("dprk.test || us.guarantee", 10, "write 'or'"),
        ("!dprk.test", 0, "write 'not'"),
        ("us.exercise.small", 11, "at most one point"),
        ("5", 0, "expected an option"),
        ("dprk.tset", 0, "did you mean 'dprk.test'?"),
        ("us.guarantee and not dprk.tset", 21, "no option or outcome is called 'dprk.tset'"),
        ("us.test", 0, "did you mean 'dprk.test'?"),
        ("us.exercise = smal", 14, "did you mean 'small'?"),
        ("us.exercise = quite_another", 14, "(allowed: none, small, large)"),
        ("dprk.test\nand nope", 14, "'nope'"),
        ("dprk.test and\tnope", 14, "'nope'"),
    ],
)
def test_errors_point_at_the_fault(text: str, offset: int, part: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, NAMES)
    assert caught.value.offset == offset
    assert part in str(caught.value)
    line, caret = str(caught.value).splitlines()[-2:]
    start = text.rfind("\n", 0, offset) + 1
    assert line.strip() == text[start:].partition("\n")[0].replace("\t", " ").strip()
    assert caret == " " * (4 + offset - start) + "^"


def test_outcome_has_no_levels() -> None:
    with pytest.raises(FormulaError, match="'peace' is an outcome"):
        parse("peace = yes", Names(OPTIONS, {"peace": Constant(True)}))


def test_length_is_bounded() -> None:
    long = " or ".join(["dprk.test"] * 700)
    assert meaning(long) == Connective("or", (taken(TEST),) * 700)
    with pytest.raises(FormulaError, match="at most 10,000"):
        parse(long + " " * 10_000, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 2000 + "dprk.test",
        " if ".join(["dprk.test"] * 700),
        " iff ".join(["dprk.test"] * 700),
        "not (" * 1000 + "dprk.test" + ")" * 1000,
    ],
)
def test_nesting_is_bounded(text: str) -> None:
    with pytest.raises(FormulaError, match="nested"):
        parse(text, NAMES)


def test_brackets_alone_do_not_nest() -> None:
    assert meaning("(" * 4000 + "dprk.test" + ")" * 4000) == taken(TEST)


def test_nesting_through_outcomes_is_bounded() -> None:
    inside = meaning("not " * 90 + "dprk.test")
    with pytest.raises(FormulaError, match="nested more than 100 deep"):
        parse("not " * 20 + "deep", Names(OPTIONS, {"deep": inside}))


def test_growth_through_outcomes_is_bounded() -> None:
    outcomes = {f"o{n}": f"o{n - 1} and o{n - 1}" for n in range(1, 40)}
    document = {
        "dispute": "Growth",
        "parties": {"a": {"options": {"x": "X"}}},
        "outcomes": {"o0": "a.x", **outcomes},
    }
    with pytest.raises(ValueError, match="too large"):
        build_dispute(document)


# Text ------------------------------------------------------------------------------------------


def expressions() -> st.SearchStrategy[Expression]:
    def at_level(option: int) -> st.SearchStrategy[Expression]:
        levels = st.frozensets(st.integers(0, LEVELS[option] - 1))
        return st.builds(AtLevel, st.just(option), levels)

    leaf = st.builds(Constant, st.booleans()) | st.integers(0, 4).flatmap(at_level)

    def larger(inside: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.one_of(
            st.builds(Connective, st.just("not"), st.tuples(inside)),
            st.builds(Connective, st.sampled_from(["if", "iff"]), st.tuples(inside, inside)),
            st.builds(
                Connective,
                st.sampled_from(["and", "or"]),
                st.lists(inside, min_size=1, max_size=4).map(tuple),
            ),
        )

    return st.recursive(leaf, larger, max_leaves=12)


@given(expressions())
def test_text_of_an_expression_means_the_same(expression: Expression) -> None:
    text = to_text(expression, DISPUTE)
    assert table(parse(text, NAMES).expression) == table(expression)


@given(expressions())
def test_text_is_settled_after_one_reading(expression: Expression) -> None:
    text = to_text(parse(to_text(expression, DISPUTE), NAMES).expression, DISPUTE)
    assert to_text(parse(text, NAMES).expression, DISPUTE) == text


@pytest.mark.parametrize(
    "text",
    [
        "us.guarantee",
        "not us.guarantee",
        "us.exercise = small",
        "us.exercise <= small",
        "us.exercise != small",
        "dprk.test or us.guarantee and not dprk.notice",
        "(dprk.test or us.guarantee) and not dprk.notice",
        "dprk.test if us.guarantee if dprk.notice",
        "dprk.test if (us.guarantee if dprk.notice)",
        "not (dprk.test iff us.guarantee)",
    ],
)
def test_plain_formulas_are_written_as_they_were(text: str) -> None:
    assert to_text(meaning(text), DISPUTE) == text


_TOKENS = ["us.exercise", "dprk.test", "=", "<", "small", "(", ")", "not", "and", "or", "if", "iff"]


def read_or_refused(text: str) -> bool:
    """Whether any fault that is found lies in the text and is told."""
    try:
        parse(text, NAMES)
    except FormulaError as error:
        return 0 <= error.offset <= len(text) and bool(error.message)
    return True


@given(st.lists(st.sampled_from([*_TOKENS, "nope", "&", ".", "5", "true"]), max_size=12))
def test_any_sequence_of_words_is_read_or_refused(words: list[str]) -> None:
    assert read_or_refused(" ".join(words))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read_or_refused(text)
