"""At whatever step the disk fails: nothing acknowledged is lost, nothing is half written."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from failing_disk import Disk, failing

import detente
from detente.dispute.errors import DetenteError
from detente.files import gmcr
from detente.files.whole_file import made_folder, write_whole
from detente.files.yaml_text import save
from detente.workbench.folder import Folder
from detente.workbench.open_files import OpenFiles

OLD, NEW = "old\n" * 3000, "new\n" * 4000

Act = Callable[[Path], object]


def whole(path: Path) -> None:
    write_whole(path / "a.yaml", lambda stream: stream.writelines([NEW.encode()]))


def edited(path: Path) -> None:
    opened = OpenFiles(Folder.at(path)).get("a.yaml")
    opened.edit(lambda _: NEW)
    if opened.unsaved is not None or opened.theirs is not None:
        # The page says so, and the text is kept in memory.
        assert opened.text == NEW
        raise OSError(opened.unsaved or "changed")


def replaced(path: Path) -> None:
    folder = Folder.at(path)
    folder.write("a.yaml", NEW, replacing=folder.read("a.yaml").tag)


def created(path: Path) -> None:
    Folder.at(path).create("b.yaml", NEW)


def in_pieces(path: Path) -> None:
    # As libraries write: seeking back, piece by piece.
    def write(stream: Any) -> None:
        made = io.BytesIO()
        np.savez(made, numbers=np.arange(5000))
        for start in range(0, len(made.getvalue()), 7000):
            stream.write(made.getvalue()[start : start + 7000])

    write_whole(path / "a.npz", write)


def steps_of(
    act: Act, place: Path, error: int
) -> Iterator[tuple[Disk, Path, BaseException | None]]:
    """Let each step fail in turn, each time in a new folder; end where none was left to fail."""
    number = 0
    while True:
        folder = place / str(number)
        folder.mkdir()
        (folder / "a.yaml").write_text(OLD, "utf-8")
        disk = Disk(number, error)
        raised: BaseException | None = None
        with failing(disk):
            try:
                act(folder)
            except (DetenteError, OSError) as one:
                raised = one
        if disk.failed is None:
            assert raised is None
            assert number > 3, disk.steps
            return
        yield disk, folder, raised
        number += 1


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
@pytest.mark.parametrize(
    ("act", "name", "before", "after"),
    [
        (whole, "a.yaml", OLD, NEW),
        (replaced, "a.yaml", OLD, NEW),
        (edited, "a.yaml", OLD, NEW),
        (created, "b.yaml", None, NEW),
    ],
    ids=["command", "server", "page", "new"],
)
def test_a_text_is_the_older_or_the_newer_one(
    tmp_path: Path, act: Act, name: str, before: str | None, after: str, error: int
) -> None:
    failed = set()
    for disk, folder, raised in steps_of(act, tmp_path, error):
        failed.add(disk.failed)
        path = folder / name
        found = path.read_text("utf-8") if path.exists() else None
        assert found in (before, after), (disk.steps, disk.failed)
        if raised is None:
            # It was acknowledged.
            assert found == after, (disk.steps, disk.failed)
        elif not isinstance(raised, OSError):
            assert "Errno" not in str(raised)
        # What could not be cleared away is cleared at the next start.
        Folder.at(folder).clear_unfinished()
        write_whole(folder / name, lambda stream: stream.writelines([b"next"]))
        left = {one.name for one in folder.iterdir()} - {"a.yaml", "b.yaml", ".detente.lock"}
        assert left == set(), (disk.steps, disk.failed)
    assert {"open", "write", "fsync", "close"} <= failed
    assert {"replace", "link"} & failed


def test_what_libraries_write_is_whole_or_not_there(tmp_path: Path) -> None:
    for disk, folder, raised in steps_of(in_pieces, tmp_path, errno.ENOSPC):
        path = folder / "a.npz"
        if raised is None:
            assert path.exists(), disk.failed
        if path.exists():
            with np.load(path) as kept:
                assert kept["numbers"].tolist() == list(range(5000))


@pytest.mark.parametrize(
    "act",
    [
        lambda folder: save(folder / "a.yaml", {"dispute": "new", "parties": {}}),
        lambda folder: gmcr.write(detente.load("chicken"), folder / "a.yaml"),
    ],
    ids=["save", "gmcr"],
)
def test_every_writer_is_that_one_writer(tmp_path: Path, act: Act) -> None:
    for disk, folder, raised in steps_of(act, tmp_path, errno.ENOSPC):
        text = (folder / "a.yaml").read_text("utf-8")
        assert text == OLD or text.rstrip().endswith(("}", "]")), (disk.failed, text[-80:])
        assert raised is not None or text != OLD


def test_of_a_folder_that_cannot_be_filled_nothing_stays(tmp_path: Path) -> None:
    def act(folder: Path) -> None:
        with made_folder(folder / "pictures"):
            for name in ("one", "two"):
                path = folder / "pictures" / name
                write_whole(path, lambda stream: stream.writelines([b"x" * 5000]))

    for disk, folder, raised in steps_of(act, tmp_path, errno.ENOSPC):
        made = folder / "pictures"
        if raised is not None and disk.failed not in ("rmdir", "unlink"):
            assert not made.exists(), (disk.steps, disk.failed)
        if made.exists() and raised is None:
            assert {one.read_bytes() for one in made.iterdir()} == {b"x" * 5000}
