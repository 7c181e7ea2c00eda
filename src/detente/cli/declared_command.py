"""Commands made from the declarations of analyses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.arguments import (
    case_argument,
    load_case,
    output_option,
    picture_option,
)
from detente.cli.completion import completion_of
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import (
    show_blocks,
    to_standard_output,
    working,
    write_json,
)
from detente.cli.table_files import TABLE_FORMS, format_option, write_tables

if TYPE_CHECKING:
    from detente.analyses.declaration import Declaration
    from detente.analyses.parameters import Parameter

__all__ = ["command_of", "group_of"]

_ABOUT_CASE = "CASE is the name of a shipped case or the path of a dispute file."


def command_of(declaration: Declaration) -> click.Command:
    """The command of an analysis.

    Parameters
    ----------
    declaration
        The analysis.

    Returns
    -------
    click.Command
        Its options are the analysis's parameters, and those that every analysis has: ``--format``,
        ``--output`` and, where it has pictures, ``--picture``, with ``--picture-of`` where it has
        several.
    """
    from detente.analyses.parameters import parameters_of

    parameters = tuple(parameters_of(declaration.parameters))

    def callback(
        case: str,
        form: str,
        output: Path | None,
        picture: Path | None = None,
        picture_of: str | None = None,
        **given: Any,
    ) -> None:
        if picture_of is not None and picture is None:
            raise click.UsageError("--picture-of says what --picture draws: name a file for it")
        _run(declaration, parameters, given, case, form, output, picture, picture_of)

    about = " ".join(filter(None, (declaration.about, declaration.at_terminal)))
    callback.__doc__ = f"{about}\n\n{_ABOUT_CASE}"
    shared = [
        case_argument,
        format_option("text", "table", "json"),
        output_option,
    ]
    pictures = list(declaration.pictures or {})
    if pictures:
        shared.append(picture_option)
    if len(pictures) > 1:
        shared.append(
            click.option(
                "--picture-of",
                type=click.Choice(pictures),
                help=f"What --picture draws. By default: {pictures[0]}.",
            )
        )
    decorated: Any = callback
    for decorate in reversed(shared):
        decorated = decorate(decorated)
    command = click.command(
        name=declaration.name.rpartition(" ")[2], short_help=declaration.question
    )(decorated)
    case, *others = command.params
    command.params = [case, *map(_parameter, parameters), *others]
    return command


def group_of(name: str, declarations: Sequence[Declaration]) -> click.Group:
    """The command under which several analyses stand, such as ``roadmap``."""
    questions = " ".join(one.question for one in declarations)
    group = click.Group(name, help=questions, short_help=questions)
    for one in declarations:
        group.add_command(command_of(one))
    return group


def _parameter(parameter: Parameter) -> click.Parameter:
    kind = _click_type(parameter)
    if parameter.asked.argument:
        return click.Argument(
            [parameter.name],
            metavar=parameter.asked.metavar or parameter.name.upper(),
            required=parameter.required,
            default=parameter.default,
            type=kind,
            shell_complete=completion_of(parameter.asked.kind, listed=parameter.listed),
        )
    names = [parameter.name, parameter.option]
    if parameter.asked.short:
        names.append(parameter.asked.short)
    shows_default = parameter.default not in (None, (), False, "")
    return click.Option(
        names,
        type=kind,
        is_flag=parameter.type is bool,
        multiple=parameter.listed,
        required=parameter.required,
        default=parameter.default,
        show_default=shows_default,
        metavar=None if parameter.type is bool or parameter.choices else _metavar(parameter),
        help=f"{parameter.full_help} May be repeated."
        if parameter.asked.repeated
        else parameter.full_help,
        shell_complete=completion_of(parameter.asked.kind, listed=parameter.listed),
    )


def _metavar(parameter: Parameter) -> str | None:
    if parameter.asked.metavar:
        return parameter.asked.metavar
    return "N" if parameter.type in (int, float) else None


def _click_type(parameter: Parameter) -> Any:
    least, most = parameter.least, parameter.most
    if parameter.listed:
        return str
    if parameter.type is bool:
        return bool
    if parameter.choices:
        return click.Choice(list(parameter.choices))
    if parameter.type is int:
        return click.IntRange(
            None if least is None else int(least), None if most is None else int(most)
        )
    if parameter.type is float:
        return click.FloatRange(least, most)
    return str


def _run(
    declaration: Declaration,
    parameters: tuple[Parameter, ...],
    given: dict[str, Any],
    case: str,
    form: str,
    output: Path | None,
    picture: Path | None,
    picture_of: str | None,
) -> None:
    """Work out an analysis and show it."""
    from detente.analyses.parameters import parameters_from
    from detente.analyses.running import run

    values = {
        one.name: _value(one, given[one.name]) for one in parameters if given[one.name] is not None
    }
    chosen = parameters_from(declaration.parameters, values)
    dispute = load_case(case)
    with working(declaration.working) as progress:
        ran = run(declaration, dispute, chosen, progress)
    result = ran.result
    if ran.left_out is not None:
        if form not in ("text", "table") or not to_standard_output(output):
            raise KeyboardInterrupt
        click.echo(ran.left_out, err=True)
    if picture is not None and declaration.pictures:
        from detente.report.plots.picture import write_picture

        draw = declaration.pictures[picture_of or next(iter(declaration.pictures))]
        drawn = draw(result, chosen)
        if drawn is None:
            raise click.UsageError("with these options there is no picture: leave --picture out")
        write_picture(drawn, picture)
    if form in TABLE_FORMS:
        write_tables(ran.blocks(declaration.blocks(result, chosen)), form, output)
    elif form == "json":
        for note in filter(None, (ran.reading, *ran.doubts)):
            click.echo(note, err=True)
        write_json(declaration.document(result, chosen), output)
    else:
        show_blocks(ran.blocks(declaration.blocks(result, chosen)), output)
    if ran.partial:
        raise click.exceptions.Exit(INTERRUPTED)


def _value(parameter: Parameter, value: Any) -> Any:
    """A value as the parameters' model takes it: lists are divided at their commas."""
    if not parameter.listed or parameter.asked.repeated:
        return value
    names = [name for part in value for name in parameter.divided(part)]
    if value and not names:
        raise click.UsageError(f"{parameter.option} names nothing")
    if parameter.type not in (int, float):
        return names
    try:
        return [parameter.type(name) for name in names]
    except ValueError:
        wanted = "whole numbers" if parameter.type is int else "numbers"
        found = ", ".join(names)
        raise click.UsageError(f"{parameter.option} takes {wanted}, found {found}") from None
