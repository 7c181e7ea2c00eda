r"""The events of a YAML text from a parser in C, where it is sure to agree with the usual one.

The usual parser, ruamel.yaml, knows YAML 1.2, is written in Python and takes most of the time that
reading a file takes. libyaml, through PyYAML, is ten times as fast and knows YAML 1.1. In what
people write into dispute files both find the same events at the same places; tests compare them.
They differ over tabs, other line breaks than ``\n``, anchors, directives, some blocks of lines and
where an empty value stands: such a text is left to the usual parser, and so is every text with a
fault, as its messages are those that people read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["UnsureError", "agreed_events"]

# Characters over which the two parsers differ, anchors and aliases (and whatever looks like one),
# directives and marks between documents.
_UNSURE = re.compile(
    r"[\t\r\x85\u2028\u2029\ufeff]|(?:^|[\s\[{,:?-])[&*]|^(?:%|---|\.\.\.)", re.MULTILINE
)
# A block whose first line has text, further in than the margin.
_SURE_BLOCK = re.compile(r"[|>][+-]?\n +[^\s#]")


class UnsureError(Exception):
    """The text has a fault, or the two parsers may not agree about it."""


def agreed_events(text: str) -> Iterator[Any]:
    """The events of a text, each with its kind, places and value as the usual parser gives them.

    Parameters
    ----------
    text
        The text, without a byte order mark.

    Yields
    ------
    object
        An event of PyYAML, whose classes have the names of ruamel.yaml's.

    Raises
    ------
    UnsureError
        At any point, where the usual parser has to read the whole text.
    """
    try:
        import yaml
        from yaml import CLoader
    except ImportError:
        # PyYAML can be installed without libyaml.
        raise UnsureError from None
    if _UNSURE.search(text):
        raise UnsureError
    try:
        for event in yaml.parse(text, Loader=CLoader):
            if isinstance(event, yaml.ScalarEvent) and not _is_sure(event, text):
                raise UnsureError
            yield event
    except (yaml.YAMLError, ValueError, OverflowError):
        raise UnsureError from None


def _is_sure(scalar: Any, text: str) -> bool:
    start = scalar.start_mark.index
    if scalar.style in ("|", ">"):
        return _SURE_BLOCK.match(text, start) is not None
    return bool(start < scalar.end_mark.index)
