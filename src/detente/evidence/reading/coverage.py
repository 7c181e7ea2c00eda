"""Coverage both ways: sentences that nothing rests on, and judgements that rest on nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detente.dispute.dispute import Citation, Dispute, Locator
from detente.evidence.reading.citations import rests_on
from detente.evidence.reading.sentences import Sentence, sentences
from detente.evidence.sources import SourceText, judgements

__all__ = ["Coverage", "CoveredSentence", "CoveredText", "coverage"]


@dataclass(frozen=True, slots=True)
class CoveredSentence:
    """A sentence of a source, and the labels of the judgements that rest on it."""

    at: Locator
    text: str
    judgements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoveredText:
    """The sentences of one source.

    Attributes
    ----------
    source
        Its id.
    sentences
        All of them, in order.
    same
        Whether the text has the SHA-256 that the dispute file gives; None where it gives none.
    """

    source: str
    sentences: tuple[CoveredSentence, ...]
    same: bool | None

    @property
    def covered(self) -> int:
        """How many sentences bear a judgement."""
        return sum(bool(sentence.judgements) for sentence in self.sentences)

    @property
    def uncited(self) -> tuple[CoveredSentence, ...]:
        """The sentences that nothing rests on."""
        return tuple(sentence for sentence in self.sentences if not sentence.judgements)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the sources a dispute uses, and what in it has no source.

    Attributes
    ----------
    texts
        The sources whose texts are at hand.
    unfounded
        Labels of the judgements that rest on nothing: no source, and not ``judgement: true``.
    analysts
        Labels of the judgements that are the analyst's own: ``judgement: true``, no source.
    """

    texts: tuple[CoveredText, ...]
    unfounded: tuple[str, ...]
    analysts: tuple[str, ...]


def coverage(dispute: Dispute, texts: Mapping[str, SourceText]) -> Coverage:
    """Say which sentences bear judgements, and which judgements rest on nothing.

    Parameters
    ----------
    dispute
        The dispute.
    texts
        The texts of its sources that are at hand, by id; see
        :func:`detente.evidence.sources.texts_at_hand`.

    Returns
    -------
    Coverage
    """
    cited: dict[str, list[tuple[str, Citation]]] = {name: [] for name in texts}
    unfounded: list[str] = []
    analysts: list[str] = []
    for label, basis in judgements(dispute):
        if not basis.citations:
            (analysts if basis.judgement else unfounded).append(label)
        for citation in basis.citations:
            if citation.source in cited:
                cited[citation.source].append((label, citation))
    sums = {source.id: source.sha256 for source in dispute.sources}
    covered = []
    for name, text in texts.items():
        wanted = sums.get(name)
        same = None if wanted is None else wanted.lower() == text.sha256
        covered.append(CoveredText(name, _covered(sentences(text.text), cited[name]), same))
    return Coverage(tuple(covered), tuple(unfounded), tuple(analysts))


def _covered(
    parts: tuple[Sentence, ...], cited: list[tuple[str, Citation]]
) -> tuple[CoveredSentence, ...]:
    return tuple(
        CoveredSentence(
            part.at,
            part.text,
            tuple(
                dict.fromkeys(
                    label for label, one in cited if rests_on(one.at, one.quote or "", part)
                )
            ),
        )
        for part in parts
    )
