"""Writes the pages of the reference that are made from the code.

``docs/reference/api.md`` comes from the docstrings of what ``import detente`` offers,
``docs/reference/commands.md`` from the help of each command, ``docs/glossary.md`` from the
declared terms:

    ./dev python docs/make_reference.py

A test compares the pages with what this would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import griffe
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.report.glossary import glossary

REFERENCE = Path(__file__).parent / "reference"


def api_page() -> str:
    """The page on the Python interface."""
    package = griffe.load("detente", docstring_parser="numpy", resolve_aliases=True)
    parts = [
        "# Python interface",
        "",
        "What `import detente` offers. This page is made from the docstrings by "
        "`docs/make_reference.py`.",
    ]
    for name in sorted(detente.__all__, key=str.casefold):
        if name.startswith("__"):
            continue
        member = package[name]
        if member.is_module:
            # A function that has the name of its package: it is looked up where it is defined.
            module = f"{name}.analysis"
            member = package[f"{module}.{name}"]
        found = member.final_target if member.is_alias else member
        if found.is_class:
            parts += class_section(found)
        elif found.is_function:
            parts += function_section(f"detente.{name}", found, "##")
    return "\n".join(parts) + "\n"


def class_section(found: griffe.Class) -> Iterator[str]:
    """A class with its public attributes and methods."""
    yield from ("", f"## detente.{found.name}", "")
    yield from docstring(found)
    for name, member in found.members.items():
        if name.startswith("_") or member.is_alias or member.docstring is None:
            continue
        if member.is_function:
            yield from function_section(f"{found.name}.{name}", member, "###")
        elif "property" in member.labels:
            yield from ("", f"### {found.name}.{name}: `{member.annotation}`", "")
            yield from docstring(member)


def function_section(name: str, found: griffe.Function, level: str) -> Iterator[str]:
    """A function with its signature."""
    yield from ("", f"{level} {name}", "", "```text", signature(name, found), "```", "")
    yield from docstring(found)


def signature(name: str, found: griffe.Function) -> str:
    """A signature, over several lines where it is long."""
    shown = []
    starred = False
    for parameter in found.parameters:
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not starred:
            shown.append("*")
            starred = True
        annotation = f": {parameter.annotation}" if parameter.annotation else ""
        default = f" = {parameter.default}" if parameter.default is not None else ""
        if parameter.kind is griffe.ParameterKind.var_keyword:
            shown.append(f"**{parameter.name}{annotation}")
        else:
            shown.append(f"{parameter.name}{annotation}{default}")
    result = f" -> {found.returns}" if found.returns else ""
    line = f"{name}({', '.join(shown)}){result}"
    if len(line) <= 88:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in shown) + f"){result}"


def docstring(found: griffe.Object) -> Iterator[str]:
    """A docstring's sections."""
    if found.docstring is None:
        return
    for section in found.docstring.parsed:
        match section.kind:
            case griffe.DocstringSectionKind.text:
                yield without_roles(section.value.strip())
            case griffe.DocstringSectionKind.examples:
                yield from ("", "**Examples**", "")
                for kind, text in section.value:
                    is_code = kind is griffe.DocstringSectionKind.examples
                    yield from ("```pycon", text, "```") if is_code else (text,)
            case griffe.DocstringSectionKind.admonition:
                yield from ("", f"**{section.title}**", "", one_line(section.value.description))
            case _:
                heading = (section.title or section.kind.value).capitalize()
                yield from ("", f"**{heading}**", "")
                for item in section.value:
                    name = getattr(item, "name", "")
                    annotation = getattr(item, "annotation", None)
                    what = f"`{name}`" if name else f"`{annotation}`"
                    description = one_line(item.description)
                    yield f"- {what}" + (f": {description}" if description else "")


def one_line(text: str) -> str:
    """Text whose line breaks are those of the page, not those of the source."""
    return without_roles(" ".join(text.split()))


def without_roles(text: str) -> str:
    """Text in which a reference is the name that it refers to, as code."""
    return re.sub(r":[a-z]+:`[~.]*([^`]+)`", r"`\1`", text)


def _help(*words: str) -> str:
    return CliRunner(env={"COLUMNS": "88"}).invoke(command_line, [*words, "--help"]).output


def commands_page() -> str:
    """The page on the command line."""
    parts = [
        "# Commands",
        "",
        "Each command prints its part of this page for `--help`. The page is made by "
        "`docs/make_reference.py`.",
        "",
        "## detente",
        "",
        "```text",
        # All but its last line, which names a folder of this machine.
        _help().rstrip().rpartition("\n")[0],
        "```",
    ]
    context = click.Context(command_line, info_name="detente")
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command is not None
        inside = command.list_commands(context) if isinstance(command, click.Group) else []
        for words in [[name], *([name, other] for other in inside)]:
            text = _help(*words)
            parts += ["", f"## detente {' '.join(words)}", "", "```text", text.rstrip(), "```"]
    return "\n".join(parts) + "\n"


def glossary_page() -> str:
    """Every term in a sentence, with a link to the page that defines it."""
    parts = [
        "# Glossary",
        "",
        "Each term in one sentence; the link leads to its definition. `detente --explain TERM` "
        "prints the same. This page is made from `src/detente/report/glossary.py` and the declared "
        "solution concepts by `docs/make_reference.py`.",
        "",
    ]
    for term in glossary():
        also = f" (also: {', '.join(term.also)})" if term.also else ""
        parts.append(f"- **{term.name}**{also}. {term.meaning} [Definition]({term.page})")
    return "\n".join(parts) + "\n"


PAGES = {
    REFERENCE / "api.md": api_page,
    REFERENCE / "commands.md": commands_page,
    REFERENCE.parent / "glossary.md": glossary_page,
}

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
