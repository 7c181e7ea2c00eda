"""Undo and redo over the versions of a text."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["EditHistory"]

# Together with the largest dispute file this bounds what one open file takes up.
_MOST_STEPS = 200
_MOST_CHARACTERS = 50_000_000

# Edits of one field that follow one another within so many seconds are one step.
_PAUSE = 1.5


@dataclass(frozen=True, slots=True)
class EditHistory:
    """Versions of a text, of which one is current.

    Attributes
    ----------
    texts
        The versions, oldest first.
    place
        Index of the current one.
    field
        The field whose typing made the current version, where more typing there joins it.
    time
        When that was, in seconds.
    """

    texts: tuple[str, ...]
    place: int = 0
    field: str | None = None
    time: float = 0.0

    @property
    def text(self) -> str:
        """The current version."""
        return self.texts[self.place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an older version."""
        return self.place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a newer version."""
        return self.place + 1 < len(self.texts)

    def then(self, text: str, *, field: str | None = None, time: float = 0.0) -> EditHistory:
        """Make another version the current one; what had been undone is forgotten."""
        if text == self.text:
            return self
        kept = self.texts[: self.place + 1]
        joins = field is not None and field == self.field and time - self.time < _PAUSE
        if joins and len(kept) > 1:
            kept = kept[:-1]
        texts = (*kept, text)[-_MOST_STEPS:]
        while len(texts) > 2 and sum(map(len, texts)) > _MOST_CHARACTERS:
            texts = texts[1:]
        return EditHistory(texts, len(texts) - 1, field, time)

    def undone(self) -> EditHistory:
        """Go back one version, where there is one."""
        return replace(self, place=max(self.place - 1, 0), field=None)

    def redone(self) -> EditHistory:
        """Go forward one version, where there is one."""
        return replace(self, place=min(self.place + 1, len(self.texts) - 1), field=None)
