"""YAML text to plain values and back, with the place of every key and value.

Text is composed from a parser's events, not by the round-trip loader: that is faster, and it
lets a hostile file be refused while it is read. The round-trip loader is used for editing only,
where comments must be kept. Events come from :mod:`detente.files.yaml_events` where that is sure of
them, and otherwise from ruamel.yaml, as do all messages about YAML.
"""

from __future__ import annotations

import io
import os
import re
import stat
from bisect import bisect_right
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import thread_time
from typing import Any, BinaryIO, NoReturn, TypeAlias

from detente.dispute.dispute import Place, Run
from detente.dispute.errors import DisputeError, LimitError, pointed_at, shown, unreadable
from detente.files.whole_file import write_whole
from detente.files.yaml_events import UnsureError, agreed_events

__all__ = [
    "MOST_BYTES",
    "Places",
    "Trail",
    "dotted",
    "editable",
    "load_round_trip",
    "parse",
    "read_stream",
    "read_text",
    "refused_character",
    "save",
    "utf_16_or_32",
    "written",
]

# Keys and indices that lead from the top of a document to a value in it.
Trail: TypeAlias = tuple[str | int, ...]

# The largest of the shipped cases takes some tens of kilobytes and some thousands of values; a
# file of this size still loads in seconds.
MOST_BYTES = 2_000_000
_MOST_VALUES = 100_000
_DEEPEST = 40
# Of the processor's time, however busy the machine is.
_MOST_SECONDS = 20
_LOOK_AT_THE_TIME_EVERY = 64
# The scanner takes quadratic time over tags and anchors.
_LONGEST_WORD = 10_000

# What YAML 1.2 does not allow in a file. What it allows would be a longer list, compiled slowly.
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# A no-break space and its like, after a key, after a dash or where a line is indented.
_ODD_BLANK = re.compile(
    "(?:^[ ]*|[:-][ ]*)([\\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u3000])", re.MULTILINE
)
_LINES_BEFORE = 2
# What analysts get wrong most, by a part of the parser's message.
_PROBLEMS = {
    "mapping values are not allowed": (
        "a ':' cannot stand here; put text that holds ': ' in quotes, or indent the line less"
    ),
    "'\\t'": "a tab cannot stand here; indent with spaces",
    "but got '<stream end>'": "this '[' or '{' is never closed",
    "unexpected end of stream": "this quotation mark is never closed",
    "expected <block end>": (
        "this does not fit what stands before it; is it indented as far as its neighbours?"
    ),
    "that cannot start any token": "text cannot begin with this character; put it in quotes",
}
_AT_THE_END = ("but got '<stream end>'", "unexpected end of stream")
_LISTED_TOKEN = re.compile(r"\(('[^']*'),\)")
_NO_CHARACTER = re.compile(r"\\U(?!0010|000)[0-9A-Fa-f]{8}")
_DASH = re.compile(" *- +")
_LINE_BREAK = re.compile("\r\n|\r|\n")
_BLANK = " \t\r\n"

# The core schema of YAML 1.2: 'yes' and 'no' are words.
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# What may be an anchor or an alias, or ends lines otherwise than they are written.
_KNOTTED = re.compile(r"(?:^|[\s\[{,:-])[&*]\S|\r")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


@dataclass(slots=True)
class _Node:
    """A value as it stands in the text, from `start` to `end`."""

    start: int
    end: int
    data: Any = None
    style: str | None = None
    # For a mapping: where each key starts, and its value. For a list: values alone.
    keys: dict[str, int] | None = None
    members: dict[str, _Node] | list[_Node] | None = None
    # With every alias written out.
    size: int = 1
    height: int = 1


@dataclass(frozen=True)
class Places:
    """Where the values of one document stand in its text.

    Attributes
    ----------
    text
        The text.
    """

    text: str
    _root: _Node = field(repr=False)

    def value(self, trail: Trail) -> Place:
        """Where a value starts, or the nearest value around it that exists."""
        node, complete = self._node(trail)
        if complete and trail and not self.text[node.start : node.end].strip():
            # Nothing stands there, and the parser looks for it as far as the next word.
            return self.key(trail)
        return self.at(node.start)

    def key(self, trail: Trail) -> Place:
        """Where the key of a value starts; the value itself where it has no key."""
        if trail:
            parent, complete = self._node(trail[:-1])
            start = parent.keys.get(str(trail[-1])) if complete and parent.keys else None
            if start is not None:
                return self.at(start)
        return self.at(self._node(trail)[0].start)

    def inside(self, trail: Trail, offset: int) -> Place | None:
        """Where one character of a text value stands; None where that cannot be told."""
        offsets = self._characters(trail)
        return self.at(offsets[offset]) if offset < len(offsets) else None

    def runs(self, trail: Trail) -> tuple[Run, ...]:
        """Where the pieces of a text value stand, each in one line; none where it has no text."""
        found: list[Run] = []
        before = -2
        for offset, index in enumerate(self._characters(trail)):
            place = self.at(index)
            if index != before + 1 or place.line != found[-1].place.line:
                found.append(Run(offset, place))
            before = index
        return tuple(found)

    def scalar(self, trail: Trail) -> tuple[int, int, str | None] | None:
        """From where to where a single value stands in the text, and in which quotation marks.

        Returns
        -------
        tuple or None
            Start, end, and the quotation mark or None; None where no such value stands there, or
            it has an anchor, is an alias, is empty or is a block of lines.
        """
        node, complete = self._node(trail)
        raw = self.text[node.start : node.end]
        if not complete or node.members is not None or not raw or raw[0] in "&*!|>":
            return None
        return node.start, node.end, node.style

    def entry(self, trail: Trail) -> tuple[int, int, int] | None:
        """The lines of a key and its value, where these have lines of their own.

        Returns
        -------
        tuple or None
            Where they start and end in the text, and how many blanks stand before the key; None
            where the key stands beside something else, or anything of the text has an anchor.
        """
        parent, complete = self._node(trail[:-1])
        start = parent.keys.get(str(trail[-1])) if trail and complete and parent.keys else None
        if start is None or self.text[parent.start] == "{" or _KNOTTED.search(self.text):
            return None
        line = self.text.rfind("\n", 0, start) + 1
        blanks = start - line
        if self.text[line:start].strip(" "):
            return None
        end = whole = self._next_line(start)
        while end < len(self.text):
            following = self._next_line(end)
            words = self.text[end:following].lstrip(" ")
            deeper = following - end - len(words)
            if words.strip() and deeper <= blanks and not (deeper == blanks and words[:2] == "- "):
                break
            end = following
            # Empty lines at the end stand between this entry and the next.
            whole = end if words.strip() else whole
        return line, whole, blanks

    def items(self, trail: Trail) -> list[tuple[int, int]] | None:
        """The lines of each item of a list, where all of them have lines of their own.

        Returns
        -------
        list of tuple or None
            Where the lines of each start and end in the text; None as for :meth:`entry`, or where
            no such list stands there.
        """
        whole = self.entry(trail)
        node, complete = self._node(trail)
        if whole is None or not complete or not isinstance(node.members, list):
            return None
        starts = []
        for one in node.members:
            line = self.text.rfind("\n", 0, one.start) + 1
            if not _DASH.fullmatch(self.text, line, one.start):
                return None
            starts.append(line)
        ends = [*starts[1:], whole[1]]
        return list(zip(starts, ends, strict=True))

    def _next_line(self, index: int) -> int:
        return self.text.find("\n", index) + 1 or len(self.text)

    def letters(
        self, trail: Trail, start: int, end: int, *, at_key: bool = False
    ) -> tuple[int, int] | None:
        """From where to where some letters of a text value, or of its key, stand in the text.

        Returns
        -------
        tuple or None
            None where they do not stand there as they are.
        """
        if not at_key:
            offsets = self._characters(trail)
            if end >= len(offsets):
                return None
            found = offsets[start], offsets[start] + (end - start)
            return found if offsets[end - 1] + 1 == found[1] else None
        parent, complete = self._node(trail[:-1])
        key = str(trail[-1])
        place = parent.keys.get(key) if complete and parent.keys else None
        if place is None:
            return None
        place += self.text[place] in "\"'"
        if not self.text.startswith(key, place):
            return None
        return place + start, place + end

    def _characters(self, trail: Trail) -> list[int]:
        """Where each character of a text value stands, and its end; none where it has no text."""
        node, complete = self._node(trail)
        if not complete or not isinstance(node.data, str | bool):
            return []
        start = node.start
        raw = self.text[start : node.end]
        anchor = re.match(r"[&!]\S+\s+", raw)
        if anchor:
            start += anchor.end()
            raw = raw[anchor.end() :]
        value = node.data if isinstance(node.data, str) else raw
        in_block = node.style in ("|", ">")
        offsets = _offsets_in_block(raw, value) if in_block else _offsets(raw, node.style)
        return [start + one for one in offsets] if len(offsets) == len(value) + 1 else []

    def at(self, index: int) -> Place:
        """Find the line and column of a character of the text."""
        line = bisect_right(self._line_starts, index) - 1
        return Place(line + 1, index - self._line_starts[line] + 1)

    def excerpt(self, place: Place) -> str:
        """Show the line of a place, with a caret."""
        start = self._line_starts[place.line - 1]
        return pointed_at(_LINE_BREAK.split(self.text[start:], maxsplit=1)[0], place.column)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.text))]

    def _node(self, trail: Trail) -> tuple[_Node, bool]:
        node = self._root
        for step in trail:
            members: Any = node.members
            try:
                node = members[step]
            except (KeyError, IndexError, TypeError):
                return node, False
        return node, True


def dotted(trail: Trail) -> str:
    """Write a trail for people: ``parties.us.preferences[2].prefer``."""
    text = ""
    for step in trail:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


# Reading --------------------------------------------------------------------------------------


def read_text(path: Path) -> bytes:
    """Read a whole file, or all that comes through a pipe, if it is not too large.

    Raises
    ------
    DisputeError
        If it is missing, is a folder, a disk or a socket, or is too large.
    EnvironmentFault
        If the system does not let it be read.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise DisputeError("this is a folder, not a dispute file", path=path)
        if stat.S_ISBLK(found.st_mode) or stat.S_ISSOCK(found.st_mode):
            raise DisputeError("this is not a file", path=path)
        if found.st_size > MOST_BYTES:
            raise _too_large(path, f"{found.st_size:,} bytes")
        with path.open("rb") as file:
            return read_stream(file, path)
    except DisputeError:
        raise
    except OSError as error:
        raise unreadable(error, path) from None
    except ValueError as error:
        # A name that no file can have.
        raise DisputeError(f"the file cannot be read: {error}", path=path) from None


def read_stream(stream: BinaryIO, path: Path) -> bytes:
    """Read all that comes through a stream.

    Raises
    ------
    LimitError
        If it is too large; the error names `path`.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large(path, "more")
    return content


def _too_large(path: Path, size: str) -> LimitError:
    return LimitError(
        f"the file has {size}; a dispute file has at most {MOST_BYTES:,} bytes", path=path
    )


def parse(content: str | bytes, path: Path | None = None) -> tuple[Any, Places]:
    """Read one YAML document as plain values.

    Parameters
    ----------
    content
        The text, or its bytes in UTF-8.
    path
        The file from which it came, for error messages.

    Returns
    -------
    document : object
        Mappings, lists, text, numbers, truth values and None. Keys are text as written.
    places : Places
        Where each key and value stands.

    Raises
    ------
    DisputeError
        If the text is not one YAML document, is nested too deeply, or grows too large when its
        aliases are written out.
    """
    text = content if isinstance(content, str) else _decoded(content, path)
    text = text.removeprefix("\ufeff")
    composing = _Composing(text, path)
    refused = refused_character(text)
    if refused:
        composing.fail(*refused)
    longest = max(text.split(), key=len, default="")
    if len(longest) > _LONGEST_WORD:
        composing.fail(
            f"a word of {len(longest):,} characters; at most {_LONGEST_WORD:,} are allowed",
            text.index(longest),
        )
    root = _read_quickly(text) or _read_in_full(composing)
    return root.data, Places(text, root)


def _read_quickly(text: str) -> _Node | None:
    """The root of a text without a fault; None where the usual parser has to read it."""
    composing = _Composing(text, None)
    try:
        composing.run(agreed_events(text))
    except (UnsureError, DisputeError):
        return None
    return composing.root


def _read_in_full(composing: _Composing) -> _Node:
    """The root of a text, or a message that says what is wrong with it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = composing.text
    try:
        composing.run(YAML(typ="safe", pure=True).parse(text))
    except DisputeError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and any(end in str(error.problem) for end in _AT_THE_END):
            # What is never closed stands where it begins, not where the file ends.
            mark = error.context_mark
        index = mark.index if mark else 0
        blank = _odd_blank_before(text, index)
        if blank is not None:
            composing.fail(
                f"the blank here is U+{ord(text[blank]):04X}, which YAML takes for a letter; "
                "put a usual blank",
                blank,
            )
        composing.fail(_in_plain_words(error), index)
    except YAMLError as error:
        composing.fail(f"this is not YAML: {error}", 0)
    except (ValueError, OverflowError):
        # The scanner lets these out where an escape such as "\\UFFFFFFFF" is no character.
        escape = _NO_CHARACTER.search(text)
        composing.fail("this escape stands for no character", escape.start() if escape else 0)
    if composing.root is None:
        raise DisputeError("the file is empty", path=composing.path, place=Place(1, 1), excerpt="")
    return composing.root


def refused_character(text: str) -> tuple[str, int] | None:
    """Say which character of a text is not allowed in a dispute, and where it stands."""
    refused = _NOT_ALLOWED.search(text)
    if refused is None:
        return None
    code = f"U+{ord(refused[0]):04X}"
    return f"the character {code} is not allowed in a dispute", refused.start()


def _odd_blank_before(text: str, index: int) -> int | None:
    """Where a blank that YAML does not take for one stands, in the lines up to a fault."""
    start = len(text[:index].rstrip())
    lines = 0
    while start > 0 and lines < _LINES_BEFORE:
        start = text.rfind("\n", 0, start)
        lines += 1
    found = [blank.start(1) for blank in _ODD_BLANK.finditer(text, max(start, 0), index + 1)]
    return found[-1] if found else None


def utf_16_or_32(content: bytes) -> str | None:
    """The name of the encoding that a file begins like, where it is one of these."""
    for mark, name in (
        (BOM_UTF32_LE, "UTF-32"),
        (BOM_UTF32_BE, "UTF-32"),
        (BOM_UTF16_LE, "UTF-16"),
        (BOM_UTF16_BE, "UTF-16"),
    ):
        if content.startswith(mark):
            return name
    return None


def _decoded(content: bytes, path: Path | None) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        other = utf_16_or_32(content)
        if other:
            raise DisputeError(
                f"the file is in {other}, not text in UTF-8; save it as UTF-8",
                path=path,
                place=Place(1, 1),
                excerpt="",
            ) from None
        before = content[: error.start].decode("utf-8")
        lines = _LINE_BREAK.split(before)
        raise DisputeError(
            f"the file is not text in UTF-8: byte 0x{content[error.start]:02x} has no meaning here",
            path=path,
            place=Place(len(lines), len(lines[-1]) + 1),
        ) from None


class _Composing:
    """One composition of a document from the parser's events."""

    def __init__(self, text: str, path: Path | None) -> None:
        self.text = text
        self.path = path
        self.root: _Node | None = None
        self.anchors: dict[str, _Node] = {}
        # Open containers, and for mappings the key that waits for its value.
        self.open: list[_Node] = []
        self.waiting: list[tuple[str, int] | None] = []
        self.values = 0

    def fail(self, message: str, index: int) -> NoReturn:
        places = Places(self.text, _Node(0, 0))
        place = places.at(min(index, len(self.text)))
        raise DisputeError(message, path=self.path, place=place, excerpt=places.excerpt(place))

    def run(self, events: Iterator[Any]) -> None:
        ends = thread_time() + _MOST_SECONDS
        for number, event in enumerate(events):
            start = event.start_mark.index
            # To ask for the time takes some itself.
            if not number % _LOOK_AT_THE_TIME_EVERY and thread_time() > ends:
                places = Places(self.text, _Node(0, 0))
                raise LimitError(
                    f"the file takes more than {_MOST_SECONDS} seconds to read",
                    path=self.path,
                    place=places.at(start),
                )
            # By name: two parsers have classes of their own.
            kind = type(event).__name__
            if kind == "ScalarEvent":
                if start == event.end_mark.index:
                    # An empty value is marked where the next token begins; people look for it
                    # where the text before it ends.
                    start = self._end_before(start)
                self._refuse_tag(event, start)
                self._scalar(event, start)
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._refuse_tag(event, start)
                self._open(event, start, kind == "MappingStartEvent")
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                self._close(event)
            elif kind == "AliasEvent":
                self._alias(event, start)
            elif kind == "DocumentStartEvent" and self.root is not None:
                self.fail("a second document begins here; a dispute file holds one", start)

    def _end_before(self, index: int) -> int:
        """Where the text that ends before a place has its end."""
        while index and self.text[index - 1].isspace():
            index -= 1
        return index

    def _refuse_tag(self, event: Any, start: int) -> None:
        tag = event.tag
        if tag is not None:
            self.fail(f"tags are not used in dispute files: {shown(tag)}", start)

    def _scalar(self, event: Any, start: int) -> None:
        style = event.style or None
        is_key = bool(self.open) and self.open[-1].keys is not None and self.waiting[-1] is None
        data = event.value if style or is_key else _plain(event.value)
        # Escapes can name characters that the text itself may not hold.
        refused = refused_character(event.value) if style == '"' else None
        if refused:
            self.fail(refused[0], start)
        self._add(_Node(start, event.end_mark.index, data, style), event.anchor)

    def _alias(self, event: Any, start: int) -> None:
        node = self.anchors.get(event.anchor)
        if node is None:
            self.fail(f"no anchor is called {shown(event.anchor)}", start)
        if any(node is container for container in self.open):
            self.fail(f"the alias {shown(event.anchor)} stands inside itself", start)
        self._add(node, None, start)

    def _open(self, event: Any, start: int, mapping: bool) -> None:
        if self.open and self.open[-1].keys is not None and self.waiting[-1] is None:
            self.fail("a key must be text, not a list or a mapping", start)
        if len(self.open) == _DEEPEST:
            self.fail(f"nested more than {_DEEPEST} deep", start)
        node = _Node(start, start, {} if mapping else [])
        node.members = {} if mapping else []
        if mapping:
            node.keys = {}
        if event.anchor:
            self.anchors[event.anchor] = node
        self.open.append(node)
        self.waiting.append(None)

    def _close(self, event: Any) -> None:
        node = self.open.pop()
        self.waiting.pop()
        node.end = event.end_mark.index
        self._add(node, None)

    def _add(self, node: _Node, anchor: str | None, at: int | None = None) -> None:
        """Put a complete node where it belongs; `at` is the place of an alias for it."""
        start = node.start if at is None else at
        if anchor:
            self.anchors[anchor] = node
        self.values += 1
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.members, list):
            parent.members.append(node)
            parent.data.append(node.data)
        elif self.waiting[-1] is None:
            self.waiting[-1] = self._key(parent, node, start)
        else:
            assert parent.members is not None
            assert parent.keys is not None
            key, key_start = self.waiting[-1]
            parent.members[key] = node
            parent.data[key] = node.data
            parent.keys[key] = key_start
            self.waiting[-1] = None
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if parent.size > _MOST_VALUES or self.values > _MOST_VALUES:
            self.fail(f"the file holds more than {_MOST_VALUES:,} values", start)
        if len(self.open) + node.height > _DEEPEST:
            self.fail(f"nested more than {_DEEPEST} deep", start)

    def _key(self, parent: _Node, node: _Node, start: int) -> tuple[str, int]:
        if node.members is not None:
            self.fail("a key must be text, not a list or a mapping", start)
        key = node.data if isinstance(node.data, str) else self.text[node.start : node.end]
        if key == "<<":
            self.fail("merge keys ('<<') are not part of YAML 1.2; write the keys out", start)
        assert parent.keys is not None
        if key in parent.keys:
            first = Places(self.text, node).at(parent.keys[key]).line
            self.fail(
                f"the key {shown(key)} stands here a second time; first in line {first}", start
            )
        return key, start


def _plain(value: str) -> str | int | float | bool | None:
    """Read a plain scalar."""
    if value in _NULL:
        return None
    if value in _TRUTH:
        return _TRUTH[value]
    if value[0] in "0123456789+-.":
        if _INTEGER.fullmatch(value):
            return int(value)
        if _FLOAT.fullmatch(value):
            return float(value)
    return value


def _in_plain_words(error: Any) -> str:
    problem = " ".join(str(error.problem or error.context or "unknown").split())
    for part, plain_words in _PROBLEMS.items():
        if part in problem:
            return plain_words
    problem = _LISTED_TOKEN.sub(r"\1", problem)
    context = " ".join(str(error.context or "").split())
    return "this is not YAML: " + (f"{context}, {problem}" if context else problem)


_FOLD = r"[ \t]*(?:\r\n|\r|\n)[ \t\r\n]*"
_PIECES = {
    None: re.compile(rf"(?P<fold>{_FOLD})|."),
    "'": re.compile(rf"(?P<fold>{_FOLD})|''|."),
    '"': re.compile(
        rf"(?P<joined>\\(?:\r\n|\r|\n)[ \t]*)|(?P<fold>{_FOLD})"
        r"|\\x..|\\u.{4}|\\U.{8}|\\.|."
    ),
}


def _offsets(raw: str, style: str | None) -> list[int]:
    """For each character of a scalar's value, and its end, where it stands in the raw text."""
    first, end = (0, len(raw)) if style is None else (1, len(raw) - 1)
    offsets: list[int] = []
    for piece in _PIECES[style].finditer(raw, first, end):
        groups = piece.groupdict()
        if groups.get("joined") is not None:
            continue
        # A single line break is read as a space, more of them as one break fewer.
        breaks = len(_LINE_BREAK.findall(groups["fold"])) if groups["fold"] is not None else 0
        offsets.extend([piece.start()] * max(1, breaks - 1))
    return [*offsets, end]


def _offsets_in_block(raw: str, value: str) -> list[int]:
    """The same for a block after ``|`` or ``>``, which has no escapes.

    What is not blank stands in the value in the order of the text; folds and indentation are
    blank.
    """
    header = _LINE_BREAK.search(raw)
    place = header.end() if header else len(raw)
    offsets = []
    for character in value:
        if character not in _BLANK:
            while place < len(raw) and raw[place] in _BLANK:
                place += 1
            if raw[place : place + 1] != character:
                return []
        offsets.append(place)
        if character not in _BLANK:
            place += 1
    return [*offsets, place]


# Editing --------------------------------------------------------------------------------------


def load_round_trip(path: str | os.PathLike[str]) -> Any:
    """Load a document for editing, with its comments.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    ruamel.yaml.comments.CommentedMap
        The document; change it in place and hand it to :func:`save`.

    Raises
    ------
    DisputeError
        If the file cannot be read or is not one YAML document.
    """
    path = Path(path)
    return editable(read_text(path), path)


def editable(content: str | bytes, path: Path | None = None) -> Any:
    """Read a document's text for editing, with its comments.

    Parameters
    ----------
    content
        The text, or its bytes in UTF-8.
    path
        The file from which it came, for error messages.

    Returns
    -------
    ruamel.yaml.comments.CommentedMap
        The document; change it in place and hand it to :func:`written`.

    Raises
    ------
    DisputeError
        If it is not one YAML document.
    """
    parse(content, path)
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    return _editor().load(text)


def written(document: Mapping[str, Any]) -> str:
    """Write a document as YAML text, with its comments where :func:`editable` read it."""
    stream = io.StringIO()
    _editor().dump(document, stream)
    return stream.getvalue()


def save(path: str | os.PathLike[str], document: Mapping[str, Any]) -> None:
    """Write a document as a YAML file, whole or not at all.

    Parameters
    ----------
    path
        The file; it is replaced if it exists.
    document
        A document from :func:`load_round_trip`, whose comments are kept, or any mapping of
        plain values.

    Raises
    ------
    DisputeError
        If the file cannot be written.
    """
    write_whole(Path(path), lambda stream: _editor().dump(document, stream))


def _editor() -> Any:
    from ruamel.yaml import YAML

    editor = YAML(typ="rt", pure=True)
    editor.preserve_quotes = True
    editor.indent(mapping=2, sequence=4, offset=2)
    # Lines are left as long as they are.
    editor.width = 10_000
    return editor
