"""What one window reads: a report, what is proposed from it, and how far that has come."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from nicegui import run, ui

from detente.dispute.errors import DetenteError, DisputeError
from detente.workbench.pages.session import Session, compute
from detente.workbench.services import Services

__all__ = ["ReadingSession", "opened_report", "what"]

Status = Literal["open", "entered", "rejected"]


async def opened_report(work: Services, name: str, content: bytes) -> dict[str, Any]:
    """The words and the digest of a report, worked out in another process.

    Raises
    ------
    Failed
        If it cannot be opened, or is too large.
    """
    encoded = base64.b64encode(content).decode("ascii")
    return await compute(work, "open_report", name=name, content=encoded)


def what(proposal: Mapping[str, Any]) -> str:
    """What is proposed, in a line."""
    told = str(proposal.get("about") or " ".join(str(proposal["quote"]).split()))
    if proposal.get("direction"):
        told = f"{proposal['direction']}: {told}"
    if proposal.get("on"):
        told = f"{proposal['on']}: {told}"
    if proposal.get("condition"):
        told += f" ({'unless' if proposal.get('negated') else 'if'} {proposal['condition']})"
    return told


class ReadingSession:
    """One window's reading of one report at a time.

    Attributes
    ----------
    session
        The window on the file.
    report
        The report that is open: ``source``, ``name``, ``sha256``, ``text``; None before one is.
    sentences, proposals
        Of that report, as plain values.
    current
        Number of the proposal that is shown.
    now
        How far it has come, as :func:`detente.workbench.reading_tasks.reading_now` gives it.
    fault
        Why nothing can be read, where that is so.
    said
        What was done last, for those who do not see the page.
    accepted
        The proposal that was accepted last; its passage is the source of what is added by hand.
    lost
        Citations that were not found again when a changed text was taken.
    on_report, on_change
        Called when another report is open, and when anything of the above has changed.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.report: dict[str, Any] | None = None
        self.sentences: list[dict[str, Any]] = []
        self.proposals: list[dict[str, Any]] = []
        self.current = 0
        self.now: dict[str, Any] | None = None
        self.fault: str | None = None
        self.said = ""
        self.accepted: dict[str, Any] | None = None
        self.lost: list[dict[str, Any]] = []
        self.on_report: list[Callable[[], None]] = []
        self.on_change: list[Callable[[], None]] = []
        self._keys: list[str] = []
        self._entering: set[int] = set()
        self._turn = asyncio.Lock()

    # What stands where ------------------------------------------------------------------------

    @property
    def proposal(self) -> dict[str, Any] | None:
        """The proposal that is shown."""
        return self.proposals[self.current] if self.proposals else None

    def status(self, number: int) -> Status:
        """What has become of a proposal."""
        if number in self._entering or (self.now is not None and self.now["entered"][number]):
            return "entered"
        return "rejected" if self._keys[number] in self._rejected() else "open"

    def left(self) -> int:
        """How many proposals nobody has judged yet."""
        return sum(self.status(number) == "open" for number in range(len(self.proposals)))

    def _rejected(self) -> set[str]:
        sha256 = self.report["sha256"] if self.report else ""
        return self.session.work.rejected.setdefault((self.session.opened.name, sha256), set())

    # Opening ----------------------------------------------------------------------------------

    async def open(self, source: str | None) -> None:
        """Open the text of a source; of the first that has one where none is named."""
        self.report, self.sentences, self.proposals, self.now = None, [], [], None
        self.fault, self.lost, self.current, self.said = None, [], 0, ""
        self.accepted = None
        try:
            listed = await self.session.compute("sources")
            chosen = next(
                (one for one in listed["sources"] if one["path"] and source in (None, one["id"])),
                None,
            )
            if chosen is not None:
                await self._read(chosen)
        except DetenteError as error:
            self.fault = error.message
        for lay_out in self.on_report:
            lay_out()
        await self.refresh()
        self._begin()

    def _begin(self) -> None:
        """Begin with the first proposal that nobody has judged: somebody may have begun before."""
        if self.proposals and self.now is not None and self.status(0) != "open":
            self.go_on()

    async def _read(self, source: Mapping[str, Any]) -> None:
        name = str(source["path"])
        content = await run.io_bound(self.session.work.folder.report, name)
        opened = await opened_report(self.session.work, name, content or b"")
        report = {"source": source["id"], "name": name, **opened}
        found = await self.session.compute("propose", report=report)
        self.report = report
        self.sentences, self.proposals = found["sentences"], found["proposals"]
        self._keys = [_key(one) for one in self.proposals]

    async def follow(self) -> None:
        """Keep up with a change of the file, unless it is one's own, which is looked at anyway."""
        if not self._turn.locked():
            await self.refresh()

    async def refresh(self) -> None:
        """Look how far the file has come."""
        if self.report is not None:
            try:
                self.now = await self.session.compute(
                    "reading_now", report=self.report, proposals=self.proposals
                )
                self.fault = None
            except DetenteError as error:
                self.fault = error.message
        self.changed()

    def changed(self) -> None:
        """Let all parts of the page show how things stand."""
        for show in self.on_change:
            show()

    # Going through them -----------------------------------------------------------------------

    def go(self, number: int) -> None:
        """Show a proposal."""
        if self.proposals:
            self.current = number % len(self.proposals)
            self.changed()

    def go_on(self) -> None:
        """Show the next proposal that nobody has judged."""
        count = len(self.proposals)
        for step in range(1, count + 1):
            number = (self.current + step) % count
            if self.status(number) == "open":
                self.current = number
                break
        self.changed()

    async def accept(self, changed: Mapping[str, Any] | None = None, **choices: str) -> None:
        """Enter the proposal that is shown into the file, as it is or as it was changed."""
        number = self.current
        if self.proposal is None:
            return
        if changed is None and self.status(number) == "entered":
            self.said = "This stands in the file already."
            self.go_on()
            return
        if changed is not None:
            self.proposals[number] = dict(changed)
            self._keys[number] = _key(changed)
        proposal = self.proposals[number]
        self._rejected().discard(self._keys[number])
        self._entering.add(number)
        self.said = f"Accepted: {what(proposal)}."
        self.go_on()
        blank = {"speaks_of": "", "hangs_on": "", "formula": ""}
        try:
            new = await self.change(
                "enter_proposal", report=self.report, proposal=proposal, **{**blank, **choices}
            )
        finally:
            self._entering.discard(number)
        if new is not None:
            self.accepted = dict(proposal)
        if new is not None and not new["new"]:
            self.said = "Nothing was entered: the file has this already, or it cannot stand there."
            ui.notify(self.said, position="top")
        self.changed()

    def reject(self) -> None:
        """Put the proposal that is shown aside."""
        if self.proposal is None:
            return
        if self.status(self.current) == "entered":
            self.said = "This stands in the file; undo takes it out again."
            self.changed()
            return
        self._rejected().add(self._keys[self.current])
        self.said = f"Rejected: {what(self.proposal)}."
        self.go_on()

    async def accept_likely(self, least: float) -> None:
        """Enter all proposals that are open and of which the reader is sure enough."""
        chosen = [one for number, one in enumerate(self.proposals) if self.status(number) == "open"]
        if await self.change("enter_likely", report=self.report, proposals=chosen, least=least):
            self.said = "The surer proposals stand in the file. Undo takes them out again."
            self.go_on()

    # Changes of the file ----------------------------------------------------------------------

    async def change(self, task: str, **arguments: Any) -> dict[str, Any] | None:
        """Make a change that another process works out, after those that were asked for before.

        Returns
        -------
        dict or None
            What the task gives, with ``new``: whether the file is another; None where it failed
            and a person has been told so.
        """
        async with self._turn:
            while True:
                text = self.session.opened.text
                try:
                    found = await self.session.compute(task, **arguments)
                except DetenteError as error:
                    self.said = error.message
                    ui.notify(error.message, type="negative", position="top")
                    self.changed()
                    return None
                if self.session.opened.text == text:
                    break
                # Somebody else has edited the file meanwhile.
            found["new"] = found["text"] != text
            if found["new"]:
                swap = partial(_swapped, text, str(found["text"]))
                if not await self.session.edit(swap, layout=False):
                    return None
                await self.refresh()
            return found

    async def settled(self) -> None:
        """Wait until all changes that were asked for are made."""
        async with self._turn:
            pass

    async def add(self, name: str, content: bytes, source: str | None) -> bool:
        """Put a report beside the file and make it a source; tell whether that was done.

        Parameters
        ----------
        name
            The name of its file, elsewhere.
        content
            Its bytes.
        source
            Id of the source whose text it is; None for a new source.
        """
        try:
            opened = await opened_report(self.session.work, name, content)
            kept = await run.io_bound(self.session.work.folder.create_report, name, content)
        except DetenteError as error:
            ui.notify(error.message, type="negative", position="top")
            return False
        made = await self.change("with_source", name=kept, report=opened, source=source)
        if made is not None:
            await self.open(str(made["source"]))
        return made is not None

    async def carry_over(self) -> None:
        """Let citations stand where a changed text has their passages now."""
        found = await self.change("carry_over", report=self.report)
        if found is not None:
            self.lost = found["lost"]
            self.said = "The citations that were found stand at their new places."
            self.changed()


def _swapped(before: str, new: str, now: str) -> str:
    if now != before:
        raise DisputeError("the file has just been changed by somebody else; try again")
    return new


def _key(proposal: Mapping[str, Any]) -> str:
    return json.dumps(dict(proposal), sort_keys=True)
