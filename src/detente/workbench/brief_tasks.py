"""The first page of a dispute, as tasks: the brief, and what follows from moved assumptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from detente.dispute.dispute import Dispute, Statements
from detente.dispute.errors import DisputeError

if TYPE_CHECKING:
    from detente.briefing.brief import Brief
    from detente.forecast.drawn import ForecastPlan, Prepared
    from detente.report.content import Block
    from detente.stability.analysis import Progress

__all__ = ["BRIEF_TASKS", "TELLING"]

_STEPS = 12

# Confidence and tempo are kept in the file to so many digits.
_DIGITS = 3

# Answers that are told; the command has them all.
_ANSWERS = 30

Values = Mapping[str, Any]


def brief(
    text: str,
    party: str | None,
    about: str | None,
    most: Mapping[str, int],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The brief as a page shows it, with the assumptions that can be moved.

    Parameters
    ----------
    party
        Id of the party for which it is written; None for nobody.
    about
        Id of the outcome that is wished for; None where the brief chooses one.

    Returns
    -------
    dict
        ``blocks``; ``outcomes``, as the brief's document has them; and ``assumed``: the statements,
        odds, tempos, ways of looking ahead and of reading ranks, each with what the file says.
    """
    from detente.briefing.brief import brief as written
    from detente.report.blocks_document import blocks_document
    from detente.report.brief_document import brief_document

    dispute = _small_enough(text, most)
    found = written(dispute, party, about=about, steps=_STEPS, progress=progress)
    document = brief_document(found)
    return {
        "blocks": blocks_document(_with_fan_chart(found)),
        "outcomes": document["outcomes"],
        "confidence": document["confidence"]["level"],
        "assumed": _assumed(found),
    }


def _with_fan_chart(found: Brief) -> tuple[Block, ...]:
    """The page, and after its table the chances step by step.

    Without its title, which stands above, and the commands that tell more: a page has links.
    """
    from detente.report.brief import brief_blocks
    from detente.report.content import Illustration, Table
    from detente.report.plots.forecast import fan_picture

    _, *blocks, _ = brief_blocks(found)
    place = next(number for number, block in enumerate(blocks) if isinstance(block, Table)) + 1
    chart = Illustration("forecast", fan_picture(found.forecast))
    return (*blocks[:place], chart, *blocks[place:])


def _assumed(found: Brief) -> dict[str, Any]:
    from detente.briefing.otherwise import doubted_statements
    from detente.forecast.drawn import tempo_of
    from detente.report.formula_words import formula_words

    plan = found.forecast.plan
    dispute = found.dispute
    statements = []
    for one in doubted_statements(found):
        party = dispute.parties[dispute.party_numbers[one.party]]
        assert isinstance(party.preferences, Statements)
        formula = party.preferences.statements[one.statement - 1].formula
        statements.append(
            {
                "party": one.party,
                "name": party.name,
                "statement": one.statement,
                "words": formula_words(formula.expression, dispute),
                "confidence": round(one.confidence, _DIGITS),
                "fails": one.fails,
            }
        )
    return {
        "statements": statements,
        "odds": round(plan.assumptions.middle_odds, 2),
        "tempo": {
            party.id: round(tempo, _DIGITS)
            for party, tempo in zip(dispute.parties, tempo_of(plan), strict=False)
        },
        "parties": {party.id: party.name for party in dispute.parties},
        "foresight": plan.assumptions.foresight,
        "worth": plan.assumptions.worth,
    }


def ways(
    text: str,
    statements: Sequence[Values],
    odds: float,
    tempo: Mapping[str, float],
    foresight: str,
    worth: str,
    most: Mapping[str, int],
) -> dict[str, Any]:
    """What is to be expected in every way in which a few statements hold or fail.

    Parameters
    ----------
    statements
        As ``assumed`` of :func:`brief` has them.
    odds, tempo, foresight, worth
        How play goes on.

    Returns
    -------
    dict
        ``outcomes``: their ids and names; ``chances``, in each way those of the outcomes;
        ``movers``: ids of the movers; ``moving``: in each way, how likely each of them moves next.
    """
    from detente.briefing.otherwise import Doubted, ways_to_play

    plan, prepared = _prepared(text, tuple(most.items()))
    if tempo and not any(value > 0 for value in tempo.values()):
        raise DisputeError("no mover ever gets to move: every tempo is 0")
    found = ways_to_play(
        plan,
        prepared,
        [
            Doubted(one["party"], one["statement"], one["confidence"], one["fails"])
            for one in statements
        ],
        odds=odds,
        tempo=tuple(tempo.items()),
        foresight=foresight,
        worth=worth,  # type: ignore[arg-type]
    )
    movers = [party.id for party in plan.dispute.parties]
    moving = [
        [
            sum(
                float(chance)
                for (mover, _), chance in zip(prepared.first_moves, row, strict=True)
                if mover == number
            )
            for number in range(len(movers))
        ]
        for row in found.moves.tolist()
    ]
    return {
        "outcomes": [{"id": goal.id, "name": goal.name} for goal in prepared.goals.each],
        "chances": found.chances.tolist(),
        "movers": movers,
        "moving": moving,
    }


@lru_cache(maxsize=2)
def _prepared(text: str, most: tuple[tuple[str, int], ...]) -> tuple[ForecastPlan, Prepared]:
    """A dispute's forecast as the brief has it, ready for many assumptions."""
    from detente.briefing.expected import planned

    return planned(_small_enough(text, dict(most)), steps=_STEPS)


def variant(
    text: str,
    confidence: Sequence[Values],
    tempo: Mapping[str, float],
    most: Mapping[str, int],
) -> dict[str, Any]:
    """A dispute file in which some confidences and tempos are otherwise.

    Parameters
    ----------
    confidence
        ``party``, ``statement`` and ``confidence`` of each statement that is held otherwise.
    tempo
        By id of a party, how often it gets to move.

    Returns
    -------
    dict
        ``text``, in which all else stands as it was written, and ``changes``: what differs, in
        sentences.
    """
    del most
    from detente.changes.canonical import canonical, plain_document
    from detente.changes.difference_words import told_differences
    from detente.changes.edits import Edit, edited_canonical
    from detente.changes.variant_text import variant_text
    from detente.changes.versions import version_of
    from detente.files.dispute_file import build_dispute

    older = version_of(text, "the file")
    edits = [
        Edit(
            "confidence",
            f"{one['party']}.{one['statement']}",
            f"{round(one['confidence'], _DIGITS):g}",
        )
        for one in confidence
    ]
    edits += [
        Edit("set", f"parties.{party}.tempo", f"{round(value, _DIGITS):g}")
        for party, value in tempo.items()
    ]
    if not edits:
        raise DisputeError("nothing that a dispute file can hold is otherwise")
    before = canonical(older.document)
    after = edited_canonical(before, edits)
    # A variant that cannot be built is not saved.
    build_dispute(plain_document(after))
    made = variant_text(text, before, after)
    newer = version_of(made, "the variant")
    return {"text": made, "changes": [one.words for one in told_differences(older, newer)]}


def answers_changed(
    text: str, dropped: Sequence[Values], most: Mapping[str, int]
) -> dict[str, Any]:
    """Which answers of the model change where some preferences do not hold.

    Parameters
    ----------
    dropped
        ``party`` and ``statement`` of each.

    Returns
    -------
    dict
        ``lines``: a sentence for each answer that changes, or for several that change alike.
    """
    from detente.changes.canonical import canonical, plain_document
    from detente.changes.edits import Edit, edited_canonical
    from detente.changes.versions import Version, version_of
    from detente.evidence.attribution import compare_versions
    from detente.files.dispute_file import build_dispute
    from detente.report.versions import answer_lines

    _small_enough(text, most)
    older = version_of(text, "the file")
    edits = [Edit("drop", f"{one['party']}.{one['statement']}") for one in dropped]
    document = plain_document(edited_canonical(canonical(older.document), edits))
    newer = Version("the variant", build_dispute(document), document)
    found = compare_versions(older, newer, switch=False)
    return {"lines": [line.removeprefix("- ") for line in answer_lines(found.answers, _ANSWERS)]}


def _small_enough(text: str, most: Mapping[str, int]) -> Dispute:
    from detente.workbench.small_disputes import small_dispute

    return small_dispute(text, most)


BRIEF_TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function for function in (answers_changed, brief, variant, ways)
}
"""The tasks by name."""

TELLING = frozenset({"brief"})
"""Those that tell how far they have come."""
