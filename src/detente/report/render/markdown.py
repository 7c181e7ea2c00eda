"""A report as Markdown, with its pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from detente.report.content import (
    PICTURES_IN_WORDS,
    WORDS_ELSEWHERE,
    Block,
    Bullets,
    Illustration,
    Judgement,
    Judgements,
    Outline,
    Passage,
    Prose,
    ReportContent,
    Section,
    SourceParagraphs,
    Subheading,
    Table,
)
from detente.report.language import say
from detente.report.plots.picture import DrawnPicture, Picture

__all__ = ["markdown_blocks", "markdown_text"]

# What Markdown, or HTML in it, would read as more than text.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$&])")
_AT_THE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")

_Address = Callable[[Illustration], str | None]


def markdown_text(report: ReportContent, address: _Address) -> str:
    """A report as Markdown, with tables as GitHub's kind has them.

    Parameters
    ----------
    report
        The report.
    address
        Where the picture of an illustration stands, relative to the text; None for a picture
        that is left out. What it shows is told in words: at the end, or in its place where it is
        left out.

    Returns
    -------
    str
    """
    lines = [f"# {_text(report.title)}", ""]
    if report.byline:
        lines += [_text(report.byline), ""]
    pictures: list[Picture | DrawnPicture] = []

    def noted(illustration: Illustration) -> str | None:
        where = address(illustration)
        if where is not None:
            pictures.append(illustration.picture)
        return where

    for section in report.sections:
        lines += [*_section(section, noted)]
    if pictures:
        lines += [f"## {say(PICTURES_IN_WORDS)}", ""]
    for picture in pictures:
        lines += [f"**{_text(picture.title)}.** {_text(picture.description)}", ""]
    lines += ["---", ""]
    for line in report.colophon:
        lines += [_text(line), ""]
    return "\n".join(lines)


def markdown_blocks(blocks: Iterable[Block]) -> str:
    """Some blocks as Markdown, with what pictures show in words alone."""
    return "\n".join(line for block in blocks for line in _block(block, lambda _: None))


def _text(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _AT_THE_START.sub(_backslash, escaped)


def _backslash(found: re.Match[str]) -> str:
    mark = found[2]
    return f"{found[1]}{mark[:-1]}\\{mark[-1]}"


def _section(section: Section, address: _Address) -> Iterator[str]:
    yield from (f"## {_text(section.heading)}", "")
    for block in section.blocks:
        yield from _block(block, address)
    if section.method:
        yield from (f"*{_text(section.method)}*", "")
    if section.commands:
        yield from ("```console", *(f"$ {command}" for command in section.commands), "```", "")


def _block(block: Block, address: _Address) -> Iterator[str]:
    match block:
        case Prose(text):
            yield from (_text(text), "")
        case Subheading(text):
            yield from (f"### {_text(text)}", "")
        case Bullets(items):
            yield from (f"- {_text(item)}" for item in items)
            yield ""
        case Outline():
            yield from (f"{'  ' * depth}- {_text(item)}" for depth, item in block.unmarked)
            yield ""
        case Table():
            yield from _table(block)
        case Illustration(picture=picture):
            where = address(block)
            if where is not None:
                yield from (f"![{_text(picture.alternative)}](<{where}>)", "")
                yield from (f"*{_text(picture.title)}. {say(WORDS_ELSEWHERE)}*", "")
            else:
                told = say(
                    "{picture}, in words: {words}",
                    picture=picture.title,
                    words=picture.description,
                )
                yield from (f"*{_text(told)}*", "")
        case Judgements(judged):
            for item in judged:
                yield from _judgement(item)
            yield ""
        case SourceParagraphs(paragraphs=paragraphs):
            yield from (
                f"{number}. {_text(' '.join(sentences))}"
                for number, sentences in enumerate(paragraphs, start=1)
            )
            yield ""


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{_text(table.caption)}**", "")
    yield _row(table.columns)
    other = "---:" if table.numeric else "---"
    yield f"| --- |{f' {other} |' * (len(table.columns) - 1)}"
    for group in table.groups:
        if group.heading:
            yield _row((f"**{_text(group.heading)}**", *[""] * (len(table.columns) - 1)), raw=1)
        yield from (_row(row) for row in group.rows)
    yield ""


def _row(cells: tuple[str, ...], *, raw: int = 0) -> str:
    """A row; the first `raw` cells are Markdown already."""
    return f"| {' | '.join([*cells[:raw], *map(_text, cells[raw:])])} |"


def _judgement(item: Judgement) -> Iterator[str]:
    yield f"- **{_text(item.heading)}**"
    yield from (
        f"  - {_text(say('{term}: {fact}', term=term, fact=fact))}" for term, fact in item.facts
    )
    yield from (f"  - {_passage(passage)}" for passage in item.passages)
    if item.basis:
        yield f"  - {_text(item.basis)}"


def _passage(passage: Passage) -> str:
    where = f", {passage.where}" if passage.where else ""
    told = f"{passage.source}{where}"
    if passage.says:
        told = say("{source}, says in other words: {words}", source=told, words=passage.says)
    if passage.quote is not None:
        told += " " + say("(quoted: “{words}”)", words=passage.quote)
    if passage.text is not None:
        told += " " + say("(the text: “{words}”)", words=passage.text)
    return _text(f"{told} {passage.problem}" if passage.problem else told)
