"""What the sections of a report are made from."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from detente.dispute.dispute import Basis, Citation, Comment, Dispute, Locator
from detente.dispute.errors import DisputeError
from detente.evidence.sources import SourceText, folded, split
from detente.report.content import Judgement, Passage
from detente.report.language import say
from detente.stability.analysis import Analysis
from detente.stability.concept_registry import concepts_serving

if TYPE_CHECKING:
    # What works these out is imported where it is needed, as not every process makes sections.
    from detente.briefing.brief import Brief
    from detente.roadmap.check.verdicts import RoadmapCheck

__all__ = ["Material"]


@dataclass(frozen=True, eq=False)
class Material:
    """An analysis and what else a report may show.

    Attributes
    ----------
    analysis
        The analysis.
    concept
        The concept by which the report speaks where it speaks of one.
    case
        What a command line calls the dispute: a shipped case's name or a file's path.
    texts
        Texts of sources that the reader gave, by source id.
    limit
        Show at most this many states beside each other.
    robustness
        The document that ``detente robust --format json`` writes, where there is one.
    origins
        Whether to find out what brings the answer to each claim about, which takes long.
    asked
        What else the command that makes the report was given.
    party, about
        For whom the brief is, and the outcome that it looks at; by their ids.
    draws
        How many draws the brief takes; None for as many as are usual.
    language
        The language of the report.
    """

    analysis: Analysis
    concept: str
    case: str
    texts: Mapping[str, SourceText] = field(default_factory=dict)
    limit: int = 12
    robustness: Mapping[str, Any] | None = None
    origins: bool = False
    asked: tuple[str, ...] = ()
    party: str | None = None
    about: str | None = None
    draws: int | None = None
    language: str = "en"

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        return self.analysis.dispute

    @property
    def concepts(self) -> str:
        """The concepts analysed, as a command line lists them."""
        return ",".join(self.analysis.concepts)

    def command(self, *words: str) -> str:
        """A command of detente on this dispute; ``CASE`` among the words is the dispute."""
        named = (self.case if word == "CASE" else word for word in words)
        return f"detente {shlex.join(named)}"

    def stability_command(self, *words: str) -> str:
        """The same for a command that asks which states are stable, as the report does."""
        return self.command(*words, *(["--packages"] if self.analysis.packages else []))

    def report_command(self) -> str:
        """The command that makes the same report, but for where it is written to."""
        words = ["report", "CASE", "--concepts", self.concepts, "--concept", self.concept]
        words += ["--limit", str(self.limit), *(["--origins"] if self.origins else [])]
        words += self.brief_words()
        return " ".join([self.stability_command(*words), *map(shlex.quote, self.asked)])

    def brief_words(self) -> list[str]:
        """What the brief was asked, as a command line says it."""
        return [
            word
            for name, value in (
                ("--for", self.party),
                ("--about", self.about),
                ("--draws", None if self.draws is None else str(self.draws)),
                ("--language", None if self.language == "en" else self.language),
            )
            if value is not None
            for word in (name, value)
        ]

    # Further analyses ----------------------------------------------------------------------

    @cached_property
    def brief(self) -> Brief | None:
        """The brief; None where there is no status quo or nothing to follow."""
        from detente.briefing.brief import brief

        try:
            return brief(self.dispute, self.party, about=self.about, draws=self.draws)
        except DisputeError:
            if self.party is None and self.about is None:
                return None
            raise

    def take_brief(self, found: Brief) -> None:
        """Take the brief as another process has worked it out for the same questions."""
        # Where the property keeps it.
        vars(self)["brief"] = found

    @property
    def roadmap_concept(self) -> str:
        """The report's concept, or SEQ where a stage cannot be checked under that one."""
        return self.concept if self.concept in concepts_serving("deterrence") else "SEQ"

    @cached_property
    def roadmap_checks(self) -> tuple[RoadmapCheck, ...]:
        """The check of every roadmap; none where there is no status quo to begin at."""
        from detente.roadmap.check.verdicts import check_plan
        from detente.roadmap.plan import plan_from

        if self.analysis.status_quo is None:
            return ()
        model = self.analysis.model
        return tuple(
            check_plan(model, plan_from(self.dispute, roadmap), concept=self.roadmap_concept)
            for roadmap in self.dispute.roadmaps
        )

    # Sources -------------------------------------------------------------------------------

    @cached_property
    def paragraphs(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Paragraphs and sentences of the texts given, by source id."""
        return {source: split(text.text) for source, text in self.texts.items()}

    def judgement(self, heading: str, basis: Basis, *facts: tuple[str, str]) -> Judgement:
        """A judgement with the passages on which it rests."""
        said = None
        if basis.judgement or basis.because:
            if not basis.because:
                said = say("The analyst's own judgement.")
            elif basis.judgement:
                said = say("The analyst's own judgement: {because}", because=basis.because)
            else:
                said = say("The analyst adds: {because}", because=basis.because)
        elif not basis.citations:
            said = say("No source is named for it.")
        remarks = tuple((_of_comment(one), one.says) for one in basis.comments)
        return Judgement(heading, (*facts, *remarks), tuple(self._passages(basis)), said)

    def _passages(self, basis: Basis) -> Iterator[Passage]:
        titles = {source.id: source.title for source in self.dispute.sources}
        for citation in basis.citations:
            title = titles.get(citation.source, citation.source)
            where = "" if citation.at is None else _place(citation.at)
            before, text, after, problem = self._in_its_place(citation)
            problem = problem or self._misquoted(citation, text)
            yield Passage(
                source=title,
                where=where,
                says=citation.says,
                quote=citation.quote,
                before=before,
                text=text,
                after=after,
                problem=problem,
                anchor=None
                if text is None or citation.at is None
                else f"{self.anchor(citation.source)}-p{citation.at.paragraph}",
            )

    def _in_its_place(self, citation: Citation) -> tuple[str, str | None, str, str | None]:
        """A cited sentence with what stands before and after it in its paragraph."""
        if citation.source not in self.paragraphs or citation.at is None:
            return "", None, "", None
        paragraphs, at = self.paragraphs[citation.source], citation.at
        if not 1 <= at.paragraph <= len(paragraphs):
            return "", None, "", say("The text that was given has no such paragraph.")
        sentences = paragraphs[at.paragraph - 1]
        if at.sentence is None:
            return "", " ".join(sentences), "", None
        if not 1 <= at.sentence <= len(sentences):
            problem = say("The paragraph has no such sentence in the text that was given.")
            return "", None, "", problem
        before = " ".join(sentences[: at.sentence - 1])
        return before, sentences[at.sentence - 1], " ".join(sentences[at.sentence :]), None

    def _misquoted(self, citation: Citation, passage: str | None) -> str | None:
        """Whether a quotation is not in its source, or nobody could look."""
        if citation.quote is None:
            return None
        if citation.source not in self.paragraphs:
            return say("Not compared with its source: the text was not given.")
        text = passage or " ".join(" ".join(one) for one in self.paragraphs[citation.source])
        if folded(citation.quote) and folded(citation.quote) in folded(text):
            return None
        if passage is None:
            return say("This quotation is not in its source: the text has no such words.")
        return say("This quotation is not in its source: the passage has no such words.")

    def anchor(self, source: str) -> str:
        """The anchor of a source's text, safe whatever the source is called."""
        return f"source-{[one.id for one in self.dispute.sources].index(source) + 1}"


def _of_comment(comment: Comment) -> str:
    """Whose a comment is, and of which day."""
    whose = say("Comment of {author}", author=comment.by) if comment.by else say("Comment")
    return f"{whose}, {comment.on.isoformat()}" if comment.on else whose


def _place(locator: Locator) -> str:
    """A place in a text: ``paragraph 8, sentence 1``."""
    if locator.sentence is None:
        return say("paragraph {paragraph}", paragraph=locator.paragraph)
    return say(
        "paragraph {paragraph}, sentence {sentence}",
        paragraph=locator.paragraph,
        sentence=locator.sentence,
    )
