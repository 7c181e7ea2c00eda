"""``detente serve``: the workbench in a browser, and the HTTP API."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.exit_codes import INTERRUPTED
from detente.report.face import on_command_line

__all__ = ["command"]


@click.command(short_help="Edit and analyse disputes in a browser.")
@click.argument(
    "folder",
    metavar="[FOLDER]",
    default=".",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen.",
)
@click.option(
    "--token",
    metavar="TEXT",
    envvar="DETENTE_TOKEN",
    help="Ask for this token instead of a new one. Other people on this machine can read a command "
    "line; they cannot read the environment variable DETENTE_TOKEN.",
)
@click.option(
    "--looking-token",
    metavar="TEXT",
    envvar="DETENTE_LOOKING_TOKEN",
    help="With this token people may look and ask, but change nothing. It replaces a new token. "
    "Other people on this machine can read a command line; they cannot read the environment "
    "variable DETENTE_LOOKING_TOKEN.",
)
@click.option(
    "--no-token",
    is_flag=True,
    help="Ask for no token. Then every program of every user of this machine can edit the files. "
    "Allowed only if the server listens on this machine itself.",
)
@click.option(
    "--public-url",
    metavar="URL",
    help="The address under which a proxy shows the workbench, such as "
    "https://disputes.example.org or https://example.org/detente. Without it, requests under that "
    "name are refused.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--mcp",
    is_flag=True,
    help="Serve an assistant instead, by the Model Context Protocol on the standard streams: it "
    "may read the folder's dispute files and the shipped cases and ask every analysis about them.",
)
@click.pass_context
def command(
    context: click.Context,
    folder: Path,
    port: int,
    host: str,
    token: str | None,
    looking_token: str | None,
    no_token: bool,
    public_url: str | None,
    no_browser: bool,
    mcp: bool,
) -> None:
    """Serve the dispute files of FOLDER (by default, this folder) as a workbench in a browser.

    Edits are saved as they are made. The same operations are an HTTP API under /api/v1, which
    /api/v1/openapi.json describes. Nothing outside the folder can be read or written. The printed
    address ends in a token. Nobody can enter without it.
    """
    if mcp:
        _serve_assistants(context, folder)
        return
    from detente.workbench.access import make_token
    from detente.workbench.addresses import PublicAddress, public_address
    from detente.workbench.app import is_loopback, serve

    if looking_token is not None and (no_token or looking_token == token):
        raise click.UsageError(
            "--looking-token is for people who do not have the other token; give two different "
            "tokens"
        )
    if min(len(one) for one in (token or " " * 16, looking_token or " " * 16)) < 16:
        raise click.UsageError("a token has at least 16 characters; leave --token out to get one")
    if no_token and token is not None:
        raise click.UsageError("give --token or --no-token, not both")
    if no_token and not is_loopback(host):
        raise click.UsageError(f"--no-token is for this machine itself, not for --host {host}")
    shown_at: PublicAddress | None = None
    if public_url is not None:
        if no_token:
            raise click.UsageError("--no-token is for this machine itself, not for --public-url")
        try:
            shown_at = public_address(public_url)
        except ValueError as error:
            raise click.UsageError(f"--public-url {public_url!r}: {error}") from None
    if token is None and not no_token:
        token = make_token()
    with on_command_line(False):
        serve(
            folder,
            host=host,
            port=port,
            token=token,
            open_browser=not no_browser,
            public_url=shown_at,
            looking_token=None if no_token else looking_token or make_token(),
        )


def _serve_assistants(context: click.Context, folder: Path) -> None:
    from click.core import ParameterSource

    from detente.workbench.assistants import serve_assistants

    for name in ("port", "host", "token", "looking_token", "no_token", "public_url", "no_browser"):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"--mcp listens at no address; leave --{name.replace('_', '-')} out"
            )
    with on_command_line(False):
        serve_assistants(folder, interrupted=INTERRUPTED)
