"""Make a report and write it, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.formula import names_used
from detente.dispute.names import party_number
from detente.evidence.sources import texts_at_hand
from detente.files.whole_file import is_stream, made_folder, write_whole
from detente.report.content import Illustration, ReportContent, Section
from detente.report.face import on_command_line
from detente.report.language import in_language, marked, say
from detente.report.material import Material
from detente.report.plots.picture import DrawnPicture, Picture, drawn, ready_to_draw, write_picture
from detente.report.reproduction import digest_of
from detente.report.two_processes import Beside, processes_beside
from detente.space.representation import positions_in_cube
from detente.stability.analysis import Analysis, Progress
from detente.stability.concept_registry import concept_names

if TYPE_CHECKING:
    from detente.briefing.brief import Brief

__all__ = [
    "DEFAULT_STATES",
    "REPORT_FORMATS",
    "SectionsBeside",
    "make_report",
    "report_beside",
    "report_bytes",
    "report_format",
    "sections_beside",
    "write_report",
]

REPORT_FORMATS: Final = ("html", "md", "docx")

# Several processes take the memory of several: up to so many states that is little.
_MOST_STATES_BESIDE: Final = 2**20

# The file format of the pictures in each.
_PICTURES_OF: Final = {"html": "svg", "md": "svg", "docx": "png"}

DEFAULT_STATES: Final = 12
"""So many states are shown beside each other: as many as fit a printed page."""


def make_report(
    analysis: Analysis,
    *,
    concept: str = "SEQ",
    case: str | None = None,
    texts: Mapping[str, Path] | None = None,
    limit: int = DEFAULT_STATES,
    robustness: Mapping[str, Any] | None = None,
    origins: bool = False,
    asked: Sequence[str] = (),
    party: str | None = None,
    about: str | None = None,
    draws: int | None = None,
    language: str = "en",
    author: str | None = None,
    on: date | None = None,
    beside: SectionsBeside | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ReportContent:
    """Make the report on a dispute.

    Parameters
    ----------
    analysis
        The analysis of the dispute.
    concept
        The concept by which the report speaks where it speaks of one.
    case
        What the commands that the report shows call the dispute; the shipped case's name or the
        file's path where left out.
    texts
        Files with the texts of sources, by source id. Only what is named here becomes part of
        the report, never a text that the dispute file names.
    limit
        Show at most this many states beside each other.
    robustness
        The document that ``detente robust --format json`` writes, where the report shall show it.
    origins
        Whether to find out what brings the computed answer to each claim about; on a large
        dispute this takes longer than all else.
    asked
        What else the command line was given, such as ``--as-of`` and its day: the report shows
        it in the command that makes the report again.
    party, about
        For whom the brief is, and the outcome that it looks at.
    draws
        How many draws the brief takes; as many as are usual where left out.
    language
        The language of the report, such as ``fr``.
    author
        Who answers for the report; nobody is named where left out.
    on
        The day that it bears; today where left out.
    beside
        What :func:`sections_beside` gives, where other processes are to make the sections.
    progress
        Called as the work goes on.

    Returns
    -------
    ReportContent

    Raises
    ------
    DisputeError
        If the concept was not analysed, or a text is unknown or cannot be read.
    """
    if party is not None:
        party = analysis.dispute.parties[party_number(analysis.dispute, party)].id
    (concept,) = concept_names([concept])
    analysis.equilibria(concept)
    dispute = analysis.dispute
    texts = texts or {}
    at_hand = {
        source: text
        for source, text in (texts_at_hand(dispute, texts) if texts else {}).items()
        if source in texts
    }
    name = case or _case(dispute)
    material = Material(
        analysis,
        concept,
        name,
        at_hand,
        limit,
        robustness,
        origins,
        tuple(asked),
        party,
        about,
        draws,
        language,
    )
    # Whoever reads a report may have no command line.
    with on_command_line(False):
        sections = _sections(material, beside, progress)
    with in_language(language):
        return ReportContent(
            dispute.title,
            _with_annexes(sections),
            _colophon(dispute, name),
            _day(on or date.today()),
            author,
            language,
        )


_Maker: TypeAlias = Callable[[Material], Section | None]


def _makers() -> tuple[tuple[str, _Maker], ...]:
    """What makes each section, with its name."""
    # Here, because who has the sections made by other processes need not wait for what they import.
    from detente.report.sections import sections_in_order

    return sections_in_order()


def _sections(
    material: Material, beside: SectionsBeside | None, progress: Progress | None
) -> list[Section]:
    """The sections of a report, in order, for which there is something to tell."""
    found = None
    if beside is not None and material.analysis.count <= _MOST_STATES_BESIDE:
        found = beside.made(material, progress)
    if found is None:
        found = []
        makers = _makers()
        for number, (name, make) in enumerate(makers):
            _tell(progress, name, number, len(makers))
            found.append(make(material))
    if progress:
        progress("", 1.0)
    return [one for one in found if one is not None]


def _tell(progress: Progress | None, name: str, number: int, sections: int) -> None:
    if progress:
        progress(f"section {name}", number / sections)


@dataclass(frozen=True, eq=False)
class SectionsBeside:
    """Two processes that make sections, one of them the brief first.

    Attributes
    ----------
    processes
        The processes.
    form
        The format in which the report will be written, for which pictures are drawn.
    """

    processes: Beside
    form: str

    def begin_brief(
        self, dispute: Dispute, party: str | None, about: str | None, draws: int | None
    ) -> None:
        """Have the brief worked out, which takes longest and needs the dispute alone."""
        if positions_in_cube(dispute) <= _MOST_STATES_BESIDE:
            self.processes.do_ahead(partial(_brief_ahead, dispute, party, about, draws))

    def made(self, material: Material, progress: Progress | None) -> list[Section | None] | None:
        """All sections, those that have nothing to tell too; None where the processes failed."""
        names = self.processes.made_ready()
        if names is None:
            return None
        return self.processes.share(
            [partial(_made, material, self.form, number) for number in range(len(names))],
            lambda number: _tell(progress, names[number], number, len(names)),
            partial(_ready_to_write, self.form),
        )


@contextmanager
def sections_beside(form: str) -> Iterator[SectionsBeside | None]:
    """Have two processes get ready to make the sections of a report, where that gains time.

    Parameters
    ----------
    form
        The format in which the report will be written.

    Yields
    ------
    SectionsBeside or None
        For :func:`make_report`.
    """
    with processes_beside(partial(_ready_to_make, form)) as processes:
        yield None if processes is None else SectionsBeside(processes, form)


def _ready_to_make(form: str) -> tuple[str, ...]:
    """Import what makes sections and draws their pictures, which takes long.

    Gives the names of the sections.
    """
    from detente.space.ready_code import ready_to_load

    ready_to_draw(_PICTURES_OF[form])
    import_module("detente.briefing.brief")
    import_module("numpy.random")
    ready_to_load()
    # The parser of formulas is made where the first one is read.
    names_used("any")
    return tuple(name for name, _ in _makers())


def _ready_to_write(form: str) -> None:
    """Import what writes a report in a format."""
    match form:
        case "html":
            from detente.report.render.html import ready_to_render

            ready_to_render()
        case "docx":
            import_module("detente.report.render.word")
        case _:
            import_module("detente.report.render.markdown")


def _brief_ahead(
    dispute: Dispute, party: str | None, about: str | None, draws: int | None
) -> Brief:
    from detente.briefing.brief import brief

    if party is not None:
        party = dispute.parties[party_number(dispute, party)].id
    return brief(dispute, party, about=about, draws=draws)


def _made(material: Material, form: str, number: int, known: Brief | None) -> Section | None:
    """One of a report's sections; the brief may be known already."""
    if known is not None:
        material.take_brief(known)
    _, make = _makers()[number]
    with on_command_line(False):
        return _drawn_section(make, material, form)


def _drawn_section(make: _Maker, material: Material, form: str) -> Section | None:
    """A section whose pictures are drawn for the format in which the report will be written."""
    section = make(material)
    if section is None:
        return None
    picture_form = _PICTURES_OF[form]
    with in_language(material.language):
        blocks = [
            replace(block, picture=drawn(block.picture, picture_form))
            if isinstance(block, Illustration)
            else block
            for block in section.blocks
        ]
    return replace(section, blocks=tuple(blocks))


_MONTHS: Final = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)


def _day(day: date) -> str:
    month = say(_MONTHS[day.month - 1])
    if day.day == 1:
        return say("1 {month} {year}", month=month, year=day.year)
    return say("{day} {month} {year}", day=day.day, month=month, year=day.year)


def _with_annexes(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections, those after a brief called its annexes."""
    if not sections or sections[0].id != "brief":
        return tuple(sections)
    first, *rest = sections
    return (
        first,
        *(
            replace(
                section,
                heading=say("Annex {letter}: {heading}", letter=letter, heading=section.heading),
            )
            for letter, section in zip(ascii_uppercase, rest, strict=False)
        ),
    )


def write_report(
    analysis: Analysis, path: Path | str, form: str | None = None, **what: Any
) -> None:
    """Write the report on a dispute to a file, whole or not at all.

    Parameters
    ----------
    analysis
        The analysis of the dispute.
    path
        The file. Pictures of a Markdown report go into a folder beside it, ``NAME-pictures``.
    form
        ``html``, ``md`` or ``docx``; by default what the file's name ends in.
    **what
        As for :func:`make_report`.

    Raises
    ------
    DisputeError
        If the format is unknown, the file cannot be written, or as :func:`make_report`.

    Examples
    --------
    >>> import detente
    >>> result = detente.analyse(detente.load("elmira"))
    >>> detente.write_report(result, "elmira.html")  # doctest: +SKIP
    """
    path = Path(path)
    form = report_format(path, form)
    report = make_report(analysis, **what)
    with report_beside(report, form, path) as content:
        write_whole(path, lambda stream: stream.writelines([content]))


def report_format(path: Path | None, form: str | None) -> str:
    """The format in which a report is written.

    Raises
    ------
    DisputeError
        If neither the format nor the file's name says a known one.
    """
    found = form or ("" if path is None else path.suffix.lower().removeprefix("."))
    found = {"htm": "html", "markdown": "md"}.get(found, found)
    if found not in REPORT_FORMATS:
        raise DisputeError(
            f"a report's name ends in one of {', '.join(REPORT_FORMATS)}, or its format is given",
            path=path,
            found=found or None,
        )
    return found


def report_bytes(report: ReportContent, form: str) -> bytes:
    """A report in a format, as one piece: a Markdown report has no pictures then."""
    with in_language(report.language):
        if form == "html":
            from detente.report.render.html import html_page

            return html_page(report).encode()
        if form == "docx":
            from detente.report.render.word import word_document

            return word_document(report)
        from detente.report.render.markdown import markdown_text

        return markdown_text(report, lambda _: None).encode()


@contextmanager
def report_beside(report: ReportContent, form: str, path: Path) -> Iterator[bytes]:
    """A report that is to be written to a file, whose pictures are written beside it before.

    Parameters
    ----------
    report
        The report.
    form
        Its format.
    path
        The file, which is written in the block. Pictures of Markdown go into a folder beside it;
        if anything fails, no new folder stays.
    """
    # Beside a pipe or a device there is no place for a folder.
    if form != "md" or is_stream(path):
        yield report_bytes(report, form)
        return
    from detente.report.render.markdown import markdown_text

    folder = path.with_name(f"{path.stem}-pictures")
    pictures: dict[Path, Picture | DrawnPicture] = {}

    def address(illustration: Illustration) -> str:
        file = folder / f"{illustration.id}.svg"
        pictures[file] = illustration.picture
        return f"{quote(folder.name)}/{file.name}"

    with in_language(report.language):
        content = markdown_text(report, address).encode()
    if not pictures:
        yield content
        return
    with made_folder(folder):
        for file, picture in pictures.items():
            write_picture(picture, file)
        yield content


def _case(dispute: Dispute) -> str:
    if dispute.path is None:
        return "FILE"
    is_shipped = dispute.path.parent == Path(str(files("detente") / "cases"))
    return dispute.path.stem if is_shipped else str(dispute.path)


def _colophon(dispute: Dispute, case: str) -> tuple[str, ...]:
    from detente import __version__

    digest = digest_of(dispute.path)
    if digest is None:
        made = say("Made by detente {version} from {case}.", version=__version__, case=case)
    else:
        made = say(
            "Made by detente {version} from {case}, whose SHA-256 is {digest}.",
            version=__version__,
            case=case,
            digest=digest,
        )
    return (
        made,
        say(
            "detente takes no side. The judgements are those of the dispute file and of its "
            "sources; the numbers follow from them and can be computed again by the commands "
            "shown."
        ),
    )
