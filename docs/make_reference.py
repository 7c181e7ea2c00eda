"""Writes the pages of the reference that are made from the code.

``docs/reference/api.md`` comes from the docstrings of what ``import detente`` offers,
``docs/reference/commands.md`` from the help of each command, ``docs/glossary.md`` from the
declared terms:

    ./dev python docs/make_reference.py

A test compares the pages with what this would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import griffe
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.report.glossary import glossary

REFERENCE = Path(__file__).parent / "reference"


TASKS = {
    "Read, make and convert disputes": (
        "load list_cases build_dispute Dispute join Joined convert_from_gmcr convert_to_gmcr "
        "convert_to_nfg"
    ),
    "What holds, and why": (
        "analyse Analysis analyse_symbolically Budget SymbolicAnalysis explain ExplainedState "
        "Explanation analyse_coalitions CoalitionAnalysis analyse_paths PathAnalysis"
    ),
    "Questions and claims": "ask Answer check_claims CheckedClaim",
    "What comes next": "brief Brief forecast Forecast",
    "Plans and mediators": (
        "check_roadmap RoadmapCheck find_roadmaps RoadmapSearch repair_roadmap RoadmapRepair "
        "simulate_roadmap RoadmapSimulation send_envoy Envoy"
    ),
    "Who settles what with whom": "analyse_formats FormatAnalysis bargain Bargain",
    "What would have to change": (
        "analyse_inverse Inverse find_offers find_stable_rankings StableRankings read_version "
        "Version compare_versions ComparedVersions"
    ),
    "How sure it is": (
        "analyse_robustness Uncertainty Robustness find_drivers analyse_uncertain "
        "UncertainAnalysis analyse_strength StrengthAnalysis analyse_hypergame Hypergame"
    ),
    "Read reports, and write them": "read_files Reading find_anchors write_report draw_ranks",
    "Errors": "DetenteError DisputeError QueryError LimitError EnvironmentFault",
}
"""What `import detente` offers, by what somebody wants to do."""

COMMANDS = {
    "What to expect, and how sure it is": "brief forecast backtest fit robust report",
    "What holds, and why": "analyse explain coalitions paths",
    "Questions and claims": "ask claims",
    "Plans and mediators": "roadmap envoy",
    "Who settles what with whom": "formats bargain",
    "What would have to change": "inverse rankings what-if diff",
    "Preferences that are unknown, strong or misread": "uncertain strength hypergame",
    "Dispute files and reports": "new read cite validate join convert cases schema",
    "The program": "serve compile completion version",
}
"""The commands, by what somebody wants to do."""

# What results hold for the engine's own use, or as the base of all.
_INTERNAL = (
    "detente.dispute.result",
    "detente.dispute.told",
    "detente.files",
    "detente.forecast.drawn.DrawnForecasts",
    "detente.forecast.drawn.Prepared",
    "detente.forecast.goals.Goals",
    "detente.queries.play_steps",
    "detente.report",
    "detente.roadmap.check.stage_checks.PartlyMade",
    "detente.roadmap.check.stage_checks.StageChecks",
    "detente.roadmap.check.verdicts.Checker",
    "detente.robustness.engine",
    "detente.space.graph",
    "detente.space.graph_model",
    "detente.space.moves",
    "detente.space.states",
    "detente.space.symbolic",
    "detente.stability.preference_relations",
)


def api_page() -> str:
    """The page on the Python interface."""
    package = griffe.load("detente", docstring_parser="numpy", resolve_aliases=True)
    parts = [
        "# Python interface",
        "",
        "This page lists what `import detente` offers, by task. Each part ends with the types that "
        "its results hold. The page is made from the docstrings by `docs/make_reference.py`.",
    ]
    offered = {name for names in TASKS.values() for name in names.split()}
    assert offered == {name for name in detente.__all__ if not name.startswith("__")}
    members = {name: offered_member(package, name) for name in offered}
    told = {member.path for member in members.values()}
    for task, names in TASKS.items():
        parts += ["", f"## {task}"]
        for name in names.split():
            member = members[name]
            if member.is_class:
                parts += class_section(member, f"detente.{name}", "###")
            elif member.is_function:
                parts += function_section(f"detente.{name}", member, "###")
        held = list(held_by([members[name] for name in names.split()], package, told))
        if held:
            parts += ["", f"### Types in these results: {task[0].lower()}{task[1:]}"]
        for found in sorted(held, key=lambda one: one.name.casefold()):
            parts += class_section(found, found.name, "####")
    return "\n".join(parts) + "\n"


def offered_member(package: griffe.Module, name: str) -> griffe.Object:
    """What `import detente` offers under a name."""
    member = package[name]
    if member.is_module:
        # A function that has the name of its package: it is looked up where it is defined.
        member = package[f"{name}.analysis.{name}"]
    return member.final_target if member.is_alias else member


def held_by(
    offered: Sequence[griffe.Object], package: griffe.Module, told: set[str]
) -> Iterator[griffe.Class]:
    """Types that results hold and that were not told of yet, each once."""
    names = [name for one in offered for name in types_in(one)]
    while names:
        name = names.pop(0)
        if name in told or not name.startswith("detente.") or is_internal(name):
            continue
        try:
            found = package[name.removeprefix("detente.")]
        except KeyError:
            continue
        found = found.final_target if found.is_alias else found
        if found.path in told or is_internal(found.path):
            continue
        told.add(found.path)
        if found.is_attribute:
            # Another name for several types.
            names += names_in(found.value)
        elif found.is_class:
            names += types_in(found)
            if found.docstring is not None:
                yield found


def is_internal(path: str) -> bool:
    """Whether a type is for the engine's own use."""
    return any(path == own or path.startswith(f"{own}.") for own in _INTERNAL)


def types_in(found: griffe.Object) -> Iterator[str]:
    """The types of what a function returns, or of what a class shows."""
    if found.is_function:
        yield from names_in(found.returns)
        return
    for name, member in found.members.items():
        if name.startswith("_") or member.is_alias:
            continue
        if member.is_function:
            yield from names_in(member.returns)
        elif member.is_attribute:
            yield from names_in(member.annotation)


def names_in(annotation: object) -> Iterator[str]:
    """Full names in an annotation."""
    if isinstance(annotation, griffe.Expr):
        for one in annotation.iterate(flat=True):
            if isinstance(one, griffe.ExprName):
                yield one.canonical_path


def class_section(found: griffe.Class, title: str, level: str) -> Iterator[str]:
    """A class with its public attributes and methods."""
    yield from ("", f"{level} {title}", "")
    if not title.startswith("detente."):
        yield from (f"`{found.path}`", "")
    yield from docstring(found)
    yield from untold_fields(found)
    for name, member in found.members.items():
        if name.startswith("_") or member.is_alias or member.docstring is None:
            continue
        if member.is_function:
            yield from function_section(f"{found.name}.{name}", member, f"{level}#")
        elif "property" in member.labels:
            yield from ("", f"{level}# {found.name}.{name}: `{member.annotation}`", "")
            yield from docstring(member)


def untold_fields(found: griffe.Class) -> Iterator[str]:
    """Fields of a class on which its docstring says nothing, with their types."""
    if "dataclass" not in found.labels:
        return
    told = "" if found.docstring is None else found.docstring.value
    fields = [
        f"- `{name}`: `{member.annotation}`"
        for name, member in found.members.items()
        if member.is_attribute
        and member.annotation is not None
        and "property" not in member.labels
        and not name.startswith("_")
        and not re.search(rf"^\s*(?:\w+, )*{name}\b", told, re.M)
    ]
    if fields:
        yield from ("", "**Fields**", "", *fields)


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
        "## All commands",
        "",
        "```text",
        # All but its last line, which names a folder of this machine.
        _help().rstrip().rpartition("\n")[0],
        "```",
    ]
    context = click.Context(command_line, info_name="detente")
    listed = [name for names in COMMANDS.values() for name in names.split()]
    assert sorted(listed) == command_line.list_commands(context)
    for task, names in COMMANDS.items():
        parts += ["", f"## {task}"]
        for name in names.split():
            command = command_line.get_command(context, name)
            assert command is not None
            inside = command.list_commands(context) if isinstance(command, click.Group) else []
            for words in [[name], *([name, other] for other in inside)]:
                text = _help(*words).rstrip()
                parts += ["", f"### detente {' '.join(words)}", "", "```text", text, "```"]
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
