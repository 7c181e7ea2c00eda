"""Blocks as plain values, for JSON and for processes that do not share memory."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from detente.report.content import Block, Illustration
from detente.report.plots.picture import picture_bytes

__all__ = ["blocks_document"]


def blocks_document(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks as plain values.

    Parameters
    ----------
    blocks
        The blocks.

    Returns
    -------
    list of dict
        Each with its ``kind``, the name of its class in lower case, and its fields. A picture is
        drawn as SVG, in base 64, with its title and its description.
    """
    return [_plain(block) for block in blocks]


def _plain(block: Block) -> dict[str, Any]:
    kind = type(block).__name__.lower()
    if isinstance(block, Illustration):
        picture = block.picture
        return {
            "kind": kind,
            "id": block.id,
            "title": picture.title,
            "description": picture.description,
            "svg": b64encode(picture_bytes(picture, "svg")).decode("ascii"),
        }
    return {"kind": kind, **asdict(block)}
