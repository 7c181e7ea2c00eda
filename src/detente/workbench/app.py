"""The server: API and pages in one application, behind the guard."""

from __future__ import annotations

import gzip
import logging
import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from detente.dispute.visible_text import visible
from detente.workbench.access import redirect_file
from detente.workbench.addresses import PublicAddress, prefix_of
from detente.workbench.connections import Connections, watched_protocol
from detente.workbench.guard import RequestGuard
from detente.workbench.services import Services, services

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.staticfiles import StaticFiles

__all__ = ["is_loopback", "serve", "workbench"]

_MOST_SECONDS_TO_END = 2.5
# So soon the loop gets on while a thread reads a file: it has the turn again after each wait.
_TURN_SECONDS = 0.001
_PATIENCE_WITH_LINES = 12.0
_LOGS = ("nicegui", "uvicorn.error", "uvicorn.access", "asyncio", "websockets.server")
_STATIC = Path(__file__).parent / "static"


def workbench(
    work: Services,
    *,
    host: str = "127.0.0.1",
    token: str | None = None,
    public_url: PublicAddress | None = None,
) -> RequestGuard:
    """Make the whole application; a process can have one.

    Parameters
    ----------
    work
        What it works with.
    host
        The name or address that it is bound to.
    token
        What a client must show; None where nothing is asked for.
    public_url
        Where a proxy shows the server; None without a proxy.

    Returns
    -------
    RequestGuard
        An ASGI application.
    """
    # The page library would otherwise keep a folder in the place where the server is started.
    os.environ.setdefault("NICEGUI_STORAGE_PATH", os.devnull)
    from nicegui import app as page_library
    from nicegui import ui

    from detente.workbench.api.application import api_application
    from detente.workbench.content_policy import add_nonces_to_pages
    from detente.workbench.documentation import add_documents
    from detente.workbench.pages import add_pages

    app = api_application(work)
    app.mount("/static", _static_files())
    add_documents(app)
    add_nonces_to_pages()
    add_pages(work)
    _answer_plainly()
    ui.run_with(
        app,
        title="detente",
        favicon=_STATIC / "icon.svg",
        dark=None,
        language="en-GB",
        # Its classes are not used here, and it is a tenth of what a page weighs: see base.css.
        tailwind=False,
        show_welcome_message=False,
        # On a busy machine, or a bad line, a page does not begin anew after three seconds.
        reconnect_timeout=_PATIENCE_WITH_LINES,
    )
    # A line that runs along the top at every request says nothing, and has no name for those who
    # do not see it.
    page_library.config.quasar_config["loadingBar"]["skipHijack"] = True
    names = {host.lower(), socket.gethostname().lower()}
    if public_url is not None:
        names.add(str(urlsplit(public_url.origin).hostname))
    limits = work.limits
    return RequestGuard(
        app,
        frozenset(names),
        token,
        limits.request_bytes,
        limits.body_seconds,
        limits.answer_seconds,
        public_origin=public_url.origin if public_url else None,
        prefix=public_url.prefix if public_url else "",
        looking_token=work.looking_token if token else None,
    )


def _answer_plainly() -> None:
    """For what is not there, make none of the page library's pages: it would keep them."""
    from nicegui import app as pages

    from detente.workbench.api.application import PREFIX, no_operation
    from detente.workbench.pages.arrival import no_page

    async def not_found(request: Request, error: Exception) -> Response:
        del error
        if request.url.path.startswith(f"{PREFIX}/"):
            return no_operation()
        return no_page(prefix_of(request.headers))

    pages.add_exception_handler(404, not_found)


def _static_files() -> StaticFiles:
    """The pages' own style sheet, pictures and libraries; a newer version's are seen at once."""
    from starlette.responses import Response
    from starlette.staticfiles import StaticFiles

    class Files(StaticFiles):
        def file_response(
            self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200
        ) -> Response:
            response = super().file_response(full_path, stat_result, scope, status_code)
            response.headers["cache-control"] = "no-cache"
            accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
            if response.status_code != 200 or b"gzip" not in accepted:
                return response
            packed = _packed(Path(full_path), stat_result.st_mtime_ns)
            kept = {key: value for key, value in response.headers.items() if key in _KEPT_HEADERS}
            return Response(
                packed,
                media_type=response.media_type,
                headers={**kept, "content-encoding": "gzip", "vary": "accept-encoding"},
            )

    return Files(directory=_STATIC)


_KEPT_HEADERS = ("cache-control", "etag", "last-modified")


@lru_cache(maxsize=32)
def _packed(path: Path, changed: int) -> bytes:
    """A file as it is sent, packed once: a graph library takes a third of the time to load."""
    del changed
    return gzip.compress(path.read_bytes(), mtime=0)


def _pack_ahead() -> None:
    """Pack all files before they are asked for, in a thread; not in the loop that serves pages."""
    for path in map(Path, map(os.path.realpath, _STATIC.rglob("*"))):
        if path.is_file():
            _packed(path, path.stat().st_mtime_ns)


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from this machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    folder: Path,
    *,
    host: str,
    port: int,
    token: str | None,
    open_browser: bool,
    public_url: PublicAddress | None = None,
    looking_token: str | None = None,
) -> None:
    """Serve a folder until Ctrl-C.

    Parameters
    ----------
    folder
        The folder of dispute files.
    host, port
        Where to listen; port 0 takes a free one.
    token
        What a client must show.
    open_browser
        Whether to show the workbench in the person's browser.
    public_url
        Where a proxy shows it; None without a proxy.
    looking_token
        What a client shows instead who may look and ask, and change nothing.

    Raises
    ------
    DisputeError
        If there is no such folder.
    EnvironmentFault
        If the address cannot be listened on.
    """
    import uvicorn

    from detente.dispute.errors import EnvironmentFault

    sys.setswitchinterval(_TURN_SECONDS)
    work = replace(services(folder), looking_token=looking_token)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # From here on a browser that comes early waits instead of being turned away.
        listening.listen(128)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot listen on {host}:{port}: {error.strerror or error}; another port may be free "
            "(--port)"
        ) from None
    # A process that computes starts while the server does.
    work.workers.start_ahead()
    number = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    shows_token = f"?token={quote(token)}" if token else ""
    address = f"http://{shown}:{number}/{shows_token}"
    told = f"    {address}"
    if public_url:
        told = f"    {public_url}/{shows_token}\n\nand on this machine at\n\n{told}"
    if token and looking_token:
        root = public_url or f"http://{shown}:{number}"
        told += (
            "\n\nFor people who may look and ask, but change nothing:\n\n"
            f"    {root}/?token={quote(looking_token)}"
        )
    application = workbench(work, host=host, token=token, public_url=public_url)
    _lay_out_routes(application)
    config = uvicorn.Config(
        application,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
        # Pages send small messages; nothing larger than a dispute file comes in.
        ws_max_size=4_000_000,
        # Nobody stands between: what a client says of others is not believed.
        proxy_headers=False,
        http=watched_protocol(Connections()),
    )
    _keep_logs_plain(token, looking_token)
    with ExitStack() as stack:
        stack.callback(work.workers.close)
        file = stack.enter_context(redirect_file(address)) if open_browser else None

        async def tell() -> None:
            from detente.workbench.pages.home import read_ahead

            # Whoever comes when he is told where to come is not the first, who waits longer.
            await _ask_for_first_page(application)
            print(
                f"The workbench for {work.folder.root} is at\n\n{told}\n\nCtrl-C ends it.",
                flush=True,
            )
            threading.Thread(target=read_ahead, args=[work], daemon=True).start()
            threading.Thread(target=_pack_ahead, daemon=True).start()
            if file is not None:
                threading.Thread(target=webbrowser.open, args=[file], daemon=True).start()

        with suppress(KeyboardInterrupt):
            _server(config, tell, stack.close).run(sockets=[listening])


def _lay_out_routes(application: RequestGuard) -> None:
    """Do now what the first request would wait half a second for: each route lays itself out."""
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in getattr(application.app, "routes", ()):
        route.matches(dict(scope))


async def _ask_for_first_page(application: RequestGuard) -> None:
    """Have the first page made once: its templates and much of the libraries are then at hand."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"accept-encoding", b"gzip")],
        "client": ("localhost", 0),
        "server": ("localhost", 0),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        del message

    await application.app(scope, receive, send)


def _keep_logs_plain(*tokens: str | None) -> None:
    """Let no token, and nothing that a terminal would obey, into what is logged."""

    def plain(record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for token in filter(None, tokens):
            text = text.replace(token, "…")
        record.msg = visible(text)
        record.args = ()
        return True

    for name in _LOGS:
        logging.getLogger(name).addFilter(plain)


def _server(
    config: uvicorn.Config, when_ready: Callable[[], Awaitable[None]], on_end: Callable[[], None]
) -> uvicorn.Server:
    """A server that tells when it is ready, and ends soon after it is told to, whatever it does."""
    import uvicorn

    def end() -> None:
        on_end()
        time.sleep(_MOST_SECONDS_TO_END)
        # What was told to be saved is on the disk; nothing else is worth waiting for.
        os._exit(1)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                await when_ready()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Not in the handler itself: what it interrupts may hold a lock.
            threading.Thread(target=end, daemon=True).start()
            super().handle_exit(sig, frame)

    return Server(config)
