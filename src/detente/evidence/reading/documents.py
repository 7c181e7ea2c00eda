"""Reports as text: plain text, web pages, PDF and Word documents."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType

from detente.dispute.errors import DisputeError, LimitError, unreadable
from detente.evidence.texts import SourceText, read_text

__all__ = ["DOCUMENT_ENDINGS", "Documents", "read_document"]

DOCUMENT_ENDINGS = (".html", ".htm", ".pdf", ".docx")
"""Endings of the files that are opened as documents; all others are read as text."""

_MOST_BYTES = 16 * 1024 * 1024
_MOST_SECONDS = 60.0


def read_document(path: Path, *, seconds: float = _MOST_SECONDS) -> SourceText:
    """Read one report; see :meth:`Documents.read`."""
    with Documents(seconds=seconds) as documents:
        return documents.read(path)


class Documents:
    """Reads reports, and opens what is no plain text in a process of its own.

    Use it as a context; the process ends with it.

    Parameters
    ----------
    seconds
        How long one report may take.
    """

    def __init__(self, *, seconds: float = _MOST_SECONDS) -> None:
        self._seconds = seconds
        self._opener: _Opener | None = None

    def __enter__(self) -> Documents:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, path: Path) -> SourceText:
        """Read one report.

        Parameters
        ----------
        path
            A file: ``.html``, ``.htm``, ``.pdf`` or ``.docx`` by its name, UTF-8 text otherwise.

        Returns
        -------
        SourceText
            Its words, with the SHA-256 of the file's bytes.

        Raises
        ------
        DisputeError
            If there is no such file, or it cannot be read.
        LimitError
            If it is too large, or takes too long or too much memory.
        """
        if path.suffix.lower() not in DOCUMENT_ENDINGS:
            return read_text(path)
        if not path.exists():
            raise DisputeError(f"there is no file {path}")
        if not path.is_file():
            raise DisputeError(f"{path} is not a file")
        data = _bytes_of(path)
        if self._opener is None:
            self._opener = _Opener()
        answer = self._opener.ask(path.resolve(), self._seconds)
        if answer is None:
            # It hangs or has died; another report gets a new one.
            self._stop()
            raise LimitError(
                f"{path} cannot be opened within {self._seconds:g} seconds and 1 GiB of memory"
            )
        if "error" in answer:
            raise DisputeError(f"{path} {answer['error']}")
        return SourceText(path, hashlib.sha256(data).hexdigest(), answer["text"])

    def _stop(self) -> None:
        if self._opener is not None:
            self._opener.stop()
            self._opener = None


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(error, path) from error
    if len(data) > _MOST_BYTES:
        raise LimitError(f"{path} is larger than {_MOST_BYTES // 1024**2} MiB, too large to read")
    return data


class _Opener:
    """The process that opens documents."""

    def __init__(self) -> None:
        command: Sequence[str] = [sys.executable, "-m", "detente.evidence.reading.extraction"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._answers: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None, "opened as a pipe"
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def ask(self, path: Path, seconds: float) -> dict[str, str] | None:
        """The answer on a path; None where none comes in time."""
        assert self._process.stdin is not None, "opened as a pipe"
        try:
            self._process.stdin.write(json.dumps(str(path)) + "\n")
            self._process.stdin.flush()
            line = self._answers.get(timeout=seconds)
        except (Empty, OSError):
            return None
        if not line:
            return None
        answer: dict[str, str] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
