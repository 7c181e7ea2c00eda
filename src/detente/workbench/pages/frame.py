"""What all pages have around them: the bar at the top, and what a file's state is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from nicegui import events, ui

from detente.dispute.errors import DetenteError
from detente.stability.concept_registry import usual_concepts
from detente.workbench.addresses import address, prefix_of
from detente.workbench.documents import title_in
from detente.workbench.looking import looked_at, looks_only
from detente.workbench.pages.browser_parts import DrawnApart, SavedSign
from detente.workbench.pages.elements import labelled, link_script, link_style_sheet, valued
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["VIEWS", "address", "dispute_title", "frame", "head", "open_session"]

VIEWS = {
    "brief": ("Brief", "summarize"),
    "": ("Edit", "edit_note"),
    "read": ("Read", "menu_book"),
    "states": ("States", "grid_on"),
    "graph": ("Graph", "hub"),
    "roadmap": ("Roadmaps", "route"),
    "analyses": ("Questions", "help_outline"),
    "text": ("Text", "code"),
}

_BLUE = "#1b4965"
# None: as the person's system has it.
_appearance: dict[str, bool | None] = {"dark": None}


async def open_session(work: Services, name: str) -> Session | None:
    """A window on a file, or None where there is no such file."""
    try:
        opened = await asyncio.to_thread(work.open_files.get, name)
    except DetenteError:
        return None
    looking = may_only_look()
    session = Session(looked_at(work) if looking else work, opened, looks_only=looking)
    await session.prepare()
    return session


def may_only_look() -> bool:
    """Whether the person for whom this page is made may change nothing."""
    return looks_only(ui.context.client.request.scope)


def head(title: str) -> None:
    """What an empty page has already: its title, colours and style."""
    ui.page_title(f"{title} – detente")
    ui.colors(primary=_BLUE, secondary="#62b6cb", accent="#d55e00", positive="#00785a")
    static = _static()
    for sheet in ("base", "style"):
        link_style_sheet(f"{static}/{sheet}.css")
    for script in ("focus", "help", "asking", "presses"):
        link_script(f"{static}/{script}.js")


def _static() -> str:
    """Where the pages' own files are, for the browser that this page is made for."""
    return f"{prefix_of(ui.context.client.request.headers)}/static"


@contextmanager
def frame(title: str, session: Session | None = None, view: str | None = None) -> Iterator[None]:
    """Lay out a page; what is made inside stands in its middle.

    Parameters
    ----------
    title
        The page's title.
    session
        The window on a file, where the page shows one.
    view
        Which of :data:`VIEWS` it is.
    """
    ui.page_title(f"{title} – detente")
    with DrawnApart():
        # Drawn with the rest of the page, it has every style on it worked out anew each time.
        dark = ui.dark_mode(value=_appearance["dark"])
    with ui.header(elevated=False).classes("bar"):
        ui.link("Skip to the content", "#content").classes("skip")
        with DrawnApart().classes("nicegui-row row bar-row items-center no-wrap w-full"):
            with ui.link(target="/").classes("brand").props('aria-label="All disputes"'):
                sign = ui.element("img").props('alt=""').classes("brand-icon")
                valued(sign, "src", f"{_static()}/icon.svg")
                ui.label("detente").classes("brand-name")
            heading = ui.label(title).classes("bar-title ellipsis")
            if session is not None:
                heading.props('role="heading" aria-level="1"')
            ui.space()
            if session is not None:
                _file_buttons(session)
            with ui.link(target="/help").classes("help").props('aria-label="Help"'):
                ui.icon("help_outline").props('aria-hidden="true"')
            _dark_button(dark)
        if session is not None:
            with DrawnApart("nav").classes("views").props('aria-label="Views"'):
                for key, (label, icon) in VIEWS.items():
                    with ui.link(target=address(session.opened.name, key)).classes("view") as link:
                        ui.icon(icon).props('aria-hidden="true"')
                        ui.label(label)
                    if key == view:
                        link.classes("here").props('aria-current="page"')
                with ui.link(target=f"/compare?first={quote(session.opened.name)}").classes("view"):
                    ui.icon("compare").props('aria-hidden="true"')
                    ui.label("Compare")
        # On a narrow screen not all views are seen; the one that is open is.
        ui.run_javascript(
            "document.querySelector('.views .here')?.scrollIntoView("
            "{inline: 'center', block: 'nearest'})"
        )
    # The page library puts it into a `main` of its own.
    with DrawnApart().classes("page").props('id="content" tabindex="-1"') as around:
        if session is not None:
            _conflict(session)
        if may_only_look():
            around.classes("only-looks")
            note = ui.label("You are here to look and ask. Nothing can be changed.")
            note.classes("looking").props('role="note"')
        yield


def _dark_button(dark: ui.dark_mode) -> None:
    def switch() -> None:
        turned = not dark.value
        _appearance["dark"] = turned
        dark.set_value(turned)

    button = ui.button(icon="contrast", on_click=switch).props("flat round dense")
    button.props('aria-label="Light or dark"').tooltip("Light or dark")


def _file_buttons(session: Session) -> None:
    opened = session.opened
    steps: list[tuple[ui.button, Callable[[], bool]]] = []
    if session.looks_only:
        ui.label("Only looking").classes("chip")
    else:
        steps = _step_buttons(session)
    sign = SavedSign()

    async def again() -> None:
        for button, able in steps:
            button.set_enabled(able())
        saved = opened.unsaved is None and opened.theirs is None
        sign.show(saved=saved, why=opened.unsaved)

    session.refresh.append(again)
    with ui.button(icon="download").props('flat round dense aria-label="Export"'):
        ui.tooltip("Export")
        with ui.menu():
            for label, kind in (
                ("Dispute file (YAML)", "yaml"),
                ("Report (HTML)", "html"),
                ("Report (Word)", "docx"),
                ("Report (Markdown)", "md"),
                ("Table of states (CSV)", "csv"),
                ("Table of states with names (CSV for Excel)", "excel-csv"),
                ("Table of states (JSON)", "json"),
                ("Table of states (Parquet)", "parquet"),
            ):
                ui.menu_item(label, on_click=lambda kind=kind: _export(session, kind))
            if session.work.looking_token and not session.looks_only:
                ui.menu_item("Link for looking only", on_click=lambda: _link(session))

    async def key_pressed(event: events.KeyEventArguments) -> None:
        held = event.modifiers.ctrl or event.modifiers.meta
        if event.action.keydown and event.key == "z" and held:
            await session.step(opened.redo if event.modifiers.shift else opened.undo)

    ui.keyboard(on_key=key_pressed, ignore=["input", "textarea", "select"])


def _step_buttons(session: Session) -> list[tuple[ui.button, Callable[[], bool]]]:
    """Undo and redo, each with what tells whether it can be done now. They stay the same."""
    opened = session.opened

    def made(icon: str, label: str, act: Callable[[], object]) -> ui.button:
        button = ui.button(icon=icon, on_click=lambda: session.step(act))
        return labelled(button.props("flat round dense"), label).tooltip(label)

    steps: list[tuple[ui.button, Callable[[], bool]]] = [
        (made("undo", "Undo", opened.undo), lambda: opened.history.can_undo),
        (made("redo", "Redo", opened.redo), lambda: opened.history.can_redo),
    ]
    for button, able in steps:
        button.set_enabled(able())
    return steps


async def _link(session: Session) -> None:
    """Show the address that somebody can be given who is to change nothing."""
    origin = await ui.run_javascript("location.origin + window.path_prefix")
    token = quote(str(session.work.looking_token))
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        labelled(dialog, "Link for looking only")
        dialog.on("hide", dialog.delete)
        ui.label("Link for looking only").classes("section-title").props(
            'role="heading" aria-level="2"'
        )
        ui.label("Whoever has it sees this folder, can ask everything, and can change nothing.")
        link = f"{origin}{address(session.opened.name)}?token={token}"
        ui.input("Address", value=link).props("outlined readonly").classes("field mono")
        ui.button("Close", on_click=dialog.close).props("flat")
    dialog.open()


async def _export(session: Session, kind: str) -> None:
    import base64

    stem = session.opened.name.rpartition(".")[0]
    if kind == "yaml":
        ui.download.content(session.opened.text, session.opened.name)
        return
    asked: dict[str, Any] = {"concepts": usual_concepts(), "packages": session.packages}
    try:
        if kind in ("html", "docx", "md"):
            ui.notify("The report is being made.", position="top")
            result = await session.compute(
                "report", form=kind, name=session.opened.name, concept="SEQ", **asked
            )
        else:
            result = await session.compute("table", form=kind, **asked)
    except DetenteError as error:
        where = f"{error.key}: " if error.key else ""
        session.tell(where + error.message)
        return
    ui.download.content(
        base64.b64decode(result["content"]), f"{stem}.{kind.removeprefix('excel-')}"
    )


def _conflict(session: Session) -> None:
    """What is shown where another program has changed the file."""

    @ui.refreshable
    def banner() -> None:
        theirs = session.opened.theirs
        if theirs is None:
            return
        with ui.element("section").classes("conflict").props('role="alert"'):
            ui.label("Another program has changed this file.").classes("text-weight-bold")
            if not theirs.tag:
                ui.label("It is no longer in the folder. What you see is kept here.")
            else:
                name = session.opened.their_title
                ui.label(
                    "What you see is kept here and not saved until you choose. "
                    + (f"Their version is called “{name}”." if name else "")
                )
            with ui.row():
                ui.button(
                    "Keep mine",
                    color=None,
                    on_click=lambda: session.step(session.opened.keep_mine),
                ).classes("filled").props("unelevated")
                if theirs.tag:
                    ui.button(
                        "Take theirs", on_click=lambda: session.step(session.opened.take_theirs)
                    ).props("outline")
                    ui.button(
                        "Save mine as a copy",
                        on_click=lambda: session.step(session.opened.save_copy),
                    ).props("outline")

    banner()
    session.rebuild.append(banner.refresh)
    # A write that finds the file changed does not lay the page out anew.

    shown = {"theirs": session.opened.theirs}

    async def again() -> None:
        if session.opened.theirs is not shown["theirs"]:
            shown["theirs"] = session.opened.theirs
            banner.refresh()

    session.refresh.append(again)


def dispute_title(session: Session) -> str:
    """What a page on a file is called."""
    return title_in(session.document) or session.opened.name
