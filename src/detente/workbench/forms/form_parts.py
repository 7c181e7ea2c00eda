"""Parts of a form. A page shows them, and when the dispute changes it changes those that differ.

Each part has a key, which stays while the part is the same, wherever its entry moves. So a field in
which somebody types is never made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from detente.files.yaml_text import Trail
from detente.workbench.edits import Edit

__all__ = [
    "Adder",
    "Choice",
    "Folded",
    "FormPart",
    "PartGroup",
    "Press",
    "TextField",
    "Ticks",
    "Words",
]

Change: TypeAlias = Edit | Callable[[str], str]
"""An edit; or for what is no single edit, what gives the new text from the current one."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, in the style of `kind`; of the kind ``help`` it is a term that is explained."""

    key: str
    text: str
    kind: Literal[
        "heading", "title", "unseen", "quiet", "id", "plain", "number", "handle", "fault", "help"
    ] = "quiet"


@dataclass(frozen=True, slots=True)
class TextField:
    """A field for text.

    Attributes
    ----------
    trail
        Where the text stands.
    label
        What the field is called for those who do not see where it stands.
    hint
        What it is called for those who do.
    value
        The text.
    edit
        Gives the edit from what is typed, and from the text with which the typing began.
    form
        ``line`` or ``area``, ``formula``, or ``number``.
    optional
        Whether it can be left empty.
    said
        For a formula that has a meaning: what it says, as a sentence.
    help
        What it is, in a sentence.
    """

    key: str
    trail: Trail
    label: str
    hint: str
    value: str
    edit: Callable[[str, str], Edit] = field(compare=False)
    form: Literal["line", "area", "formula", "number"] = "line"
    optional: bool = False
    said: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values; ``choices`` are pairs of a value and what it is called.

    ``help`` says what it is, in a sentence.
    """

    key: str
    trail: Trail
    label: str
    hint: str
    value: str
    choices: tuple[tuple[str, str], ...]
    edit: Callable[[str], Change] = field(compare=False)
    help: str = ""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Any number of some values; ``help`` says what they are."""

    key: str
    trail: Trail
    label: str
    hint: str
    values: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    edit: Callable[[tuple[str, ...]], Change] = field(compare=False)
    help: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button, which makes an edit or has the page do something (`act` with `given`)."""

    key: str
    label: str
    icon: str
    change: Change | None = field(default=None, compare=False)
    act: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)
    enabled: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Adder:
    """A field in which a new entry is named, and a button that adds it.

    ``edit`` gives the edit, or in words why there is none. With ``choices`` the entry is chosen.
    A formula may name the options of ``party`` without their party.
    """

    key: str
    label: str
    hint: str
    edit: Callable[[str], Change | str] = field(compare=False)
    formula: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    party: str | None = None


@dataclass(frozen=True, slots=True)
class PartGroup:
    """Parts that belong together.

    Attributes
    ----------
    label
        What a panel or a list is called.
    sort
        For a list: the entries can be dragged to other places of the list at this trail.
    """

    key: str
    kind: Literal["panel", "row", "column", "grow", "list", "item", "levels", "alert"]
    inside: tuple[FormPart, ...]
    label: str = ""
    sort: Trail | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """Parts that are shown when they are asked for, and made no earlier."""

    key: str
    title: str
    inside: Callable[[], tuple[FormPart, ...]] = field(compare=False)
    count: str = ""


FormPart: TypeAlias = Words | TextField | Choice | Ticks | Press | Adder | PartGroup | Folded
