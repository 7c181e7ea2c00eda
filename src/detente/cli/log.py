"""What is being done, told on the standard error where it is asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from detente.dispute.visible_text import visible

__all__ = ["logged"]


class _Told(logging.Handler):
    """Writes records to the standard error, and nothing in them that a terminal would obey."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(visible(self.format(record)), err=True)


@contextmanager
def logged(level: str) -> Iterator[None]:
    """Tell what detente logs from a level on.

    Parameters
    ----------
    level
        Name of the level, such as ``info``.
    """
    log = logging.getLogger("detente")
    handler, before = _Told(), log.level
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)
    log.setLevel(level.upper())
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
