"""What an analysis declares, once: from it come command, HTTP operation, page, schema and section.

An analysis answers one question about a dispute. Its declaration says which question, with which
parameters, how it is worked out, and how the result is told: as typed JSON and as neutral blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from detente.analyses.parameters import AnalysisParameters
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.report.material import Material
    from detente.space.representation import Engine

__all__ = ["Cost", "Declaration", "InReport", "Progress"]

Cost: TypeAlias = Literal["seconds", "minutes"]
"""``seconds``: linear in states for a few passes. ``minutes``: a search, or many draws."""

Progress: TypeAlias = Callable[[str, float], None]
"""Called with what is being worked on and the share done, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InReport:
    """The section that an analysis has in the report.

    Attributes
    ----------
    heading
        The section's heading.
    asked
        With which parameters the report asks it, once each, given what the report is made from;
        none where it has nothing to say there.
    answer
        Where the report has at hand what the answer takes: from that and the parameters to the
        result. Where left out, the analysis is run.
    blocks
        From what the report is made from and the results to the section's blocks. Where left out,
        they are those of the results, with the pictures after the first.
    pictures
        Which of its pictures stand there then, given the result.
    method
        How its numbers were computed, in a sentence or two; or a function that says so, given the
        first parameters.
    words
        From the parameters to what the command shown says of them.
    anchor
        The section's anchor; by default the path of the analysis.
    place
        Sections stand in the order of this number, and those of the same by the names of their
        analyses.
    translated
        Whether its blocks, its heading and its method are in the catalogue of messages
        (``docs/extend/translate.md``). Where not, the section is in English, and a report in
        another language says so.
    """

    heading: str
    asked: Callable[[Material], Iterable[AnalysisParameters]]
    answer: Callable[[Material, Any], Any] | None = None
    blocks: Callable[[Material, Sequence[Any]], Iterable[Block]] | None = None
    pictures: Callable[[Any], Iterable[str]] = lambda result: ()
    method: str | Callable[[Any], str] | None = None
    words: Callable[[Any], Iterable[str]] = lambda parameters: ()
    anchor: str | None = None
    place: int = 50
    translated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """An analysis, declared.

    Attributes
    ----------
    name
        Its name in words, such as ``inverse`` or ``roadmap find``; that of its command.
    question
        The question that it answers, in one line.
    about
        What it does, in a few sentences, wherever it is asked.
    at_terminal
        What the command's help says besides: what only a terminal can do.
    needs
        The key of a dispute file without which there is nothing to answer, such as ``history``;
        None where it answers for any dispute.
    parameters
        Their model.
    run
        From the dispute, its parameters and somebody to tell of progress (or None) to the result.
        Ctrl-C ends the work; what is known by then is returned as a partial result (see
        :mod:`detente.dispute.result`).
    blocks
        The result in neutral blocks, a sentence first.
    document
        The result as a JSON document.
    schema
        The JSON Schema of that document.
    pictures
        Pictures by name, each made from the result and the parameters; None where there is none
        to show.
    is_partial
        Whether a result is what an interrupted run had found.
    cost
        How long it may take.
    working
        What is being done while it runs, such as ``Searching``.
    result
        Dotted name of the type of its result, which shows itself in notebooks by these blocks; or
        of each of several types.
    rows
        The key of the document under which what was found is listed, or a function that makes such
        a list from the document: a row each in a data frame. None where there are no rows.
    verdicts
        From a result and the parameters: its verdicts in a few words each, by what they are about,
        such as ``{"the answer": "yes"}``. From them it is told how the answer changes without
        doubtful statements. Where left out, what the blocks say is compared line by line.
    asked_again
        From the parameters to those with which it is run for that, where less is enough.
    weighs_confidence
        Given the parameters, whether the confidence of statements counts in the result itself, as
        it does over draws: then nothing is told of doubtful statements.
    takes_unknown
        Whether it takes statements of which it is unknown which way a party prefers them both
        ways itself; for any other they are taken as stated, and that is said.
    in_report
        Its section in the report; None where it has none.
    engines
        How the dispute's states may be held for it; all three where it has no use for states.
        Where only sets held as diagrams can hold them, and these are not among them, it is not
        begun.
    """

    name: str
    question: str
    about: str
    at_terminal: str = ""
    needs: str | None = None
    parameters: type[AnalysisParameters]
    run: Callable[[Dispute, Any, Progress | None], Any]
    blocks: Callable[[Any, Any], Iterable[Block]]
    document: Callable[[Any, Any], Mapping[str, Any]]
    schema: Callable[[], Mapping[str, Any]]
    pictures: Mapping[str, Callable[[Any, Any], Any]] | None = None
    is_partial: Callable[[Any], bool] = lambda result: bool(getattr(result, "partial", False))
    cost: Cost = "seconds"
    working: str = "Analysing"
    result: str | tuple[str, ...] | None = None
    rows: str | Callable[[Mapping[str, Any]], Iterable[Mapping[str, Any]]] | None = None
    verdicts: Callable[[Any, Any], Mapping[str, str]] | None = None
    asked_again: Callable[[Any], Any] = lambda parameters: parameters
    weighs_confidence: Callable[[Any], bool] = lambda parameters: False
    takes_unknown: bool = False
    in_report: InReport | None = None
    engines: tuple[Engine, ...] = ("cube", "list")

    @property
    def path(self) -> str:
        """Its name in addresses, such as ``roadmap-find``."""
        return self.name.replace(" ", "-")
