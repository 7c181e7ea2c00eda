"""A button by which a person gives the server a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events, ui

from detente.workbench.pages.elements import valued

__all__ = ["file_chooser"]


def file_chooser(
    label: str,
    endings: tuple[str, ...],
    most: int,
    on_file: Callable[[str, bytes], Awaitable[None]],
) -> ui.button:
    """Make the button.

    Parameters
    ----------
    label
        What stands on it.
    endings
        What names of files can end in.
    most
        The most bytes that a file may have.
    on_file
        Called with the name and the bytes of a file that was chosen.

    Returns
    -------
    ui.button
    """

    async def uploaded(event: events.UploadEventArguments) -> None:
        upload.reset()
        await on_file(event.file.name, await event.file.read())

    def refused() -> None:
        ui.notify(
            f"A file ends in {', '.join(endings)} and has at most {most / 1024**2:.0f} MiB.",
            type="negative",
            position="top",
        )

    with ui.element("div").classes("chooser"):
        upload = ui.upload(
            auto_upload=True, max_file_size=most, on_upload=uploaded, on_rejected=refused
        ).classes("hidden")
        upload.props('aria-hidden="true"')
        valued(upload, "accept", ",".join(endings))
        # A browser lets nobody but a person open its list of files, so this answers the click.
        return (
            ui.button(label)
            .props("outline")
            .on(
                "click",
                js_handler=(
                    "(e) => e.target.closest('.chooser').querySelector('input[type=file]').click()"
                ),
            )
        )
