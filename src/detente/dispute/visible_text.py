"""Text from files, made fit to be seen."""

from __future__ import annotations

import re

__all__ = ["visible"]

# What a terminal obeys instead of showing it: control characters, but for ends of lines and tabs,
# and marks that turn the direction of the letters around them.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


def visible(text: str) -> str:
    r"""A text in which what a terminal would obey is written out, such as ``\u001b``.

    Parameters
    ----------
    text
        Any text; what is JSON stays JSON.
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
