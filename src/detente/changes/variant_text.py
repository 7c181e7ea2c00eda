"""The text of a changed dispute: what was not changed stays as it was written.

Comments, layout and short forms are kept wherever nothing differs. The document and its canonical
form are walked side by side, and only what differs is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.changes.canonical import BARE, Items, Named, canonical, plain_document
from detente.files.yaml_text import editable, parse, written

__all__ = ["variant_text"]

_BARE_KEYS = frozenset(BARE.values())


def variant_text(text: str, older: Mapping[str, Any], newer: Mapping[str, Any]) -> str:
    """The text of a dispute with some values changed.

    Parameters
    ----------
    text
        The text as it stands.
    older
        The canonical form of its document.
    newer
        That form with what is changed; entries of lists have the keys that they had.

    Returns
    -------
    str
        The text, which differs only where the values do; written anew where that cannot be done, as
        where changed and unchanged values share one anchor.
    """
    document = editable(text)
    wanted = plain_document(newer)
    _change(document, older, newer)
    result = written(document)
    if _same(canonical(parse(result)[0]), canonical(wanted)):
        return result
    return written(wanted)


def _same(one: Any, other: Any) -> bool:
    """Whether two canonical parts say the same; the order of named entries says something."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return bool(one == other)
    if isinstance(one, Items | Named) and list(one) != list(other):
        return False
    return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)


def _change(node: Any, old: Any, new: Any) -> Any:
    """What is to stand in place of a part of the document; the part itself where it can stay."""
    if _same(old, new):
        return node
    if isinstance(new, Items) and isinstance(old, Items):
        if isinstance(node, list) and len(node) == len(old):
            _change_list(node, old, new)
            return node
    elif isinstance(new, dict) and isinstance(old, dict) and isinstance(node, dict):
        _change_mapping(node, old, new)
        return node
    plain = plain_document(new)
    bare = isinstance(new, dict) and len(new) == 1 and set(new) <= _BARE_KEYS
    if bare and not isinstance(node, dict | list):
        # Said in short before, and still to be said so.
        (plain,) = plain.values()
    return plain


def _change_mapping(node: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> None:
    for key in [key for key in node if key in old and key not in new]:
        del node[key]
    for key, value in new.items():
        if key in node and key in old:
            changed = _change(node[key], old[key], value)
            if changed is not node[key]:
                node[key] = changed
        elif key not in old or not _same(old[key], value):
            node[key] = plain_document(value)


def _change_list(node: list[Any], old: Items, new: Items) -> None:
    keys = list(old)
    for place in reversed(range(len(keys))):
        if keys[place] not in new:
            del node[place], keys[place]
    for place, key in enumerate(new):
        if key not in old:
            node.insert(place, plain_document(Items({key: new[key]}))[0])
            keys.insert(place, key)
        elif keys[place] != key:
            now = keys.index(key)
            _move(node, now, place)
            keys.insert(place, keys.pop(now))
        if key in old:
            changed = _change(node[place], old[key], new[key])
            if changed is not node[place]:
                node[place] = changed


def _move(entries: Any, old: int, new: int) -> None:
    """Move an entry of a list, with the comment beside it."""
    comments: Any = getattr(entries, "ca", None)
    comment = comments.items.pop(old, None) if comments is not None else None
    entries.insert(new, entries.pop(old))
    if comment is not None:
        comments.items[new] = comment
