"""Edits as values, which can be made late: on a file that others have changed meanwhile.

Whoever edits names what he sees by its trail. Until his edit is made, others may have moved, added
or removed entries of the lists on the way. So each edit tells where what stood at a trail stands
afterwards, and an edit is carried past all that were made before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from detente.dispute.errors import DisputeError
from detente.files.yaml_text import Trail, dotted
from detente.workbench import editing
from detente.workbench.documents import read
from detente.workbench.merging import merged

__all__ = [
    "Carry",
    "Edit",
    "Insert",
    "Move",
    "Put",
    "Remove",
    "carried",
    "carry_by_content",
    "value_at",
]

Carry: TypeAlias = Callable[[Trail], Trail | None]
"""Where what stood at a trail stands now; None where it is gone."""


@dataclass(frozen=True, slots=True)
class Put:
    """Set a value.

    Attributes
    ----------
    trail
        Where; mappings on the way that are missing are made.
    value
        The new value.
    main
        Where the entry around may stand in its short form, such as a formula alone for a mapping
        with ``prefer``: the key of what then stands there.
    was
        For text that is typed: what stood there when the typing began. What others have typed there
        meanwhile is kept, too.
    optional
        Whether an empty text means that there is none.
    """

    trail: Trail
    value: object
    main: str | None = None
    was: str | None = None
    optional: bool = False

    def __call__(self, text: str) -> str:
        """Make the edit."""
        document = read(text)[0]
        value = self.value
        if self.was is not None and isinstance(value, str):
            now = value_at(document, self.trail)
            if isinstance(now, str):
                value = merged(self.was, value, now)
        if value == "" and self.optional:
            present = value_at(document, self.trail) is not None
            return editing.remove(text, self.trail) if present else text
        if self._lifts(document):
            entry = {self.main: value_at(document, self.trail[:-1]), self.trail[-1]: value}
            return editing.put(text, self.trail[:-1], entry)
        return editing.put(text, self.trail, value)

    def carry(self, document: Any) -> Carry:
        """Where things stand after this edit of a document."""
        if not self._lifts(document):
            return lambda trail: trail
        inside, main = self.trail[:-1], str(self.main)
        return lambda trail: (*inside, main) if trail == inside else trail

    def carried(self, carry: Carry) -> Put | None:
        """The same edit, after another one."""
        trail = carry(self.trail)
        return None if trail is None else replace(self, trail=trail)

    def _lifts(self, document: Any) -> bool:
        around = value_at(document, self.trail[:-1])
        return self.main is not None and not isinstance(around, Mapping) and around is not None


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a new entry into a list, which is made where it is missing."""

    trail: Trail
    index: int
    value: object

    def __call__(self, text: str) -> str:
        """Make the edit."""
        return editing.insert(text, self.trail, self.index, self.value)

    def carry(self, document: Any) -> Carry:
        """Where things stand after this edit of a document."""
        del document
        return _in_list(self.trail, lambda place: place + (place >= self.index))

    def carried(self, carry: Carry) -> Insert | None:
        """The same edit, after another one: after the entry that it came after."""
        before = carry((*self.trail, self.index - 1)) if self.index else None
        trail = before[:-1] if before else carry(self.trail)
        if trail is None:
            return None
        index = int(before[-1]) + 1 if before else 0 if not self.index else self.index
        return replace(self, trail=trail, index=index)


@dataclass(frozen=True, slots=True)
class Move:
    """Move an entry of a list to another place in it."""

    trail: Trail
    old: int
    new: int

    def __call__(self, text: str) -> str:
        """Make the edit."""
        return editing.move(text, self.trail, self.old, self.new)

    def carry(self, document: Any) -> Carry:
        """Where things stand after this edit of a document."""
        entries = value_at(document, self.trail)
        last = len(entries) - 1 if isinstance(entries, list) else self.new
        old, new = self.old, max(0, min(self.new, last))

        def place(index: int) -> int:
            if index == old:
                return new
            without = index - (index > old)
            return without + (without >= new)

        return _in_list(self.trail, place)

    def carried(self, carry: Carry) -> Move | None:
        """The same edit, after another one."""
        entry = carry((*self.trail, self.old))
        if entry is None:
            return None
        target = carry((*self.trail, self.new))
        new = int(target[-1]) if target is not None else self.new
        return replace(self, trail=entry[:-1], old=int(entry[-1]), new=new)


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove an entry."""

    trail: Trail

    def __call__(self, text: str) -> str:
        """Make the edit."""
        return editing.remove(text, self.trail)

    def carry(self, document: Any) -> Carry:
        """Where things stand after this edit of a document."""
        del document
        gone, last = self.trail, self.trail[-1]

        def carried(trail: Trail) -> Trail | None:
            if trail[: len(gone)] == gone:
                return None
            if isinstance(last, int):
                return _in_list(gone[:-1], lambda place: place - (place > last))(trail)
            return trail

        return carried

    def carried(self, carry: Carry) -> Remove | None:
        """The same edit, after another one."""
        trail = carry(self.trail)
        return None if trail is None else replace(self, trail=trail)


Edit: TypeAlias = Put | Insert | Move | Remove


def carried(edit: Edit, carries: Sequence[Carry]) -> Edit:
    """An edit, after others that were made in this order.

    Raises
    ------
    DisputeError
        If what it edits is gone.
    """
    now: Edit | None = edit
    for carry in carries:
        now = now.carried(carry) if now is not None else None
    if now is None:
        raise DisputeError(
            "what you edit has been removed in another window", key=dotted(edit.trail)
        )
    return now


def carry_by_content(before: Any, after: Any) -> Carry:
    """Where things stand after a change of which nothing is known, such as an undo.

    Entries of lists are known again by what they hold; those that have changed, by their order
    where as many have come as have gone.
    """

    def carry(trail: Trail) -> Trail | None:
        old, new = before, after
        found: list[str | int] = []
        for step in trail:
            place: str | int | None = step
            if isinstance(old, list) and isinstance(new, list) and isinstance(step, int):
                place = _matches(old, new).get(step)
            if place is None:
                return None
            old, new = value_at(old, (step,)), value_at(new, (place,))
            found.append(place)
        return tuple(found)

    return carry


def _matches(old: list[Any], new: list[Any]) -> dict[int, int]:
    """For entries of a list, where they stand in another version of it."""
    free = list(range(len(new)))
    found: dict[int, int] = {}
    for place, entry in enumerate(old):
        same = [other for other in free if new[other] == entry]
        if same:
            found[place] = same[0]
            free.remove(same[0])
    rest = [place for place in range(len(old)) if place not in found]
    if len(rest) == len(free):
        found.update(zip(rest, free, strict=True))
    return found


def value_at(document: Any, trail: Trail) -> Any:
    """The value at a trail; None where there is none."""
    value = document
    for step in trail:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _in_list(at: Trail, place: Callable[[int], int]) -> Carry:
    """Where things stand after entries of a list have got other places."""

    def carry(trail: Trail) -> Trail:
        if len(trail) > len(at) and trail[: len(at)] == at and isinstance(trail[len(at)], int):
            return (*at, place(int(trail[len(at)])), *trail[len(at) + 1 :])
        return trail

    return carry
