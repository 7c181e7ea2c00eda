"""Open files: every edit is on disk, and nobody's work is overwritten unseen."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.dispute.errors import DisputeError
from detente.workbench.folder import Folder, NoSuchFile
from detente.workbench.open_files import OpenFile, OpenFiles


@pytest.fixture
def files(tmp_path: Path) -> OpenFiles:
    (tmp_path / "a.yaml").write_text("one", "utf-8")
    return OpenFiles(Folder.at(tmp_path))


def on_disk(files: OpenFiles, name: str = "a.yaml") -> str:
    return (files.folder.root / name).read_text("utf-8")


def to(text: str) -> Callable[[str], str]:
    return lambda _: text


def changed_by_another(files: OpenFiles, text: str = "theirs") -> OpenFile:
    opened = files.get("a.yaml")
    opened.windows = 1
    opened.edit(to("mine"))
    (files.folder.root / "a.yaml").write_text(text, "utf-8")
    return opened


def test_every_edit_is_saved(files: OpenFiles) -> None:
    opened = files.get("a.yaml")
    revisions = [opened.edit(to("two")), opened.edit(to("three")), opened.undo()]
    assert on_disk(files) == "two"
    assert revisions == sorted(set(revisions))
    opened.undo()
    assert on_disk(files) == "one"
    opened.redo()
    assert on_disk(files) == "two"
    assert files.get("a.yaml") is opened


def test_an_edit_that_fails_changes_nothing(files: OpenFiles) -> None:
    opened = files.get("a.yaml")

    def fail(text: str) -> str:
        raise DisputeError(text)

    with pytest.raises(DisputeError):
        opened.edit(fail)
    assert (on_disk(files), opened.text, opened.revision) == ("one", "one", 0)


def test_another_programs_change_is_noticed_and_left_alone(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    before = opened.revision
    assert opened.look()
    assert not opened.look()
    assert opened.theirs is not None
    assert opened.theirs.text == "theirs"
    assert opened.revision == before + 1
    opened.edit(to("mine too"))
    assert on_disk(files) == "theirs"
    assert opened.text == "mine too"


def test_an_edit_meets_a_change_that_nobody_looked_at(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.edit(to("mine too"))
    assert on_disk(files) == "theirs"
    assert opened.theirs is not None


def test_keep_mine(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.look()
    opened.keep_mine()
    assert on_disk(files) == "mine"
    opened.undo()
    assert on_disk(files) == "theirs"


def test_take_theirs(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.look()
    opened.take_theirs()
    assert (opened.text, opened.theirs) == ("theirs", None)
    opened.undo()
    assert on_disk(files) == "mine"


def test_save_a_copy(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.look()
    copy = opened.save_copy()
    assert (on_disk(files), on_disk(files, copy)) == ("theirs", "mine")
    opened.edit(to("more"))
    assert on_disk(files) == "more"


def test_a_file_that_goes_away_is_kept_and_can_come_back(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    (files.folder.root / "a.yaml").unlink()
    assert opened.look()
    opened.take_theirs()
    assert opened.text == "mine"
    opened.keep_mine()
    assert on_disk(files) == "mine"


def test_a_change_that_is_taken_back_is_no_conflict(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.look()
    (files.folder.root / "a.yaml").write_text("mine", "utf-8")
    assert opened.look()
    assert opened.theirs is None


def test_a_file_that_no_window_shows_is_as_it_is_on_disk(files: OpenFiles) -> None:
    opened = changed_by_another(files)
    opened.windows = 0
    again = files.get("a.yaml")
    assert (again.text, again.theirs) == ("theirs", None)
    (files.folder.root / "a.yaml").unlink()
    with pytest.raises(NoSuchFile):
        files.get("a.yaml")


def test_what_cannot_be_saved_is_said(files: OpenFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = files.get("a.yaml")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.write", full)
    opened.edit(to("two"))
    assert opened.unsaved == "'a.yaml' cannot be written: No space left on device"
    assert (opened.text, on_disk(files)) == ("two", "one")
    monkeypatch.undo()
    opened.edit(to("three"))
    assert (opened.unsaved, on_disk(files)) == (None, "three")


def test_more_files_than_are_kept_open(files: OpenFiles) -> None:
    for number in range(150):
        files.folder.create(f"{number}.yaml", "x")
        files.get(f"{number}.yaml").edit(to(str(number)))
    assert files.get("3.yaml").text == "3"


@pytest.mark.parametrize("jump", [-10 * 365 * 86_400, -1, 0, 1, 10 * 365 * 86_400])
def test_a_clock_that_jumps_loses_no_edit(
    files: OpenFiles, jump: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.folder.root / "a.yaml"
    opened = files.get("a.yaml")
    opened.windows = 1
    opened.edit(to("mine"))
    # The clock jumps, for the program and for the file's times.
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    os.utime(path, (now + jump, now + jump))
    assert not opened.look()
    opened.edit(to("more"))
    assert (opened.unsaved, opened.theirs, on_disk(files)) == (None, None, "more")
    # Another program writes as many letters, at what its clock takes for the same moment.
    before = path.stat()
    path.write_text("them", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    opened.edit(to("mine again"))
    assert opened.theirs is not None
    assert (opened.text, on_disk(files)) == ("mine again", "them")
    copy = opened.save_copy()
    assert (on_disk(files, copy), on_disk(files)) == ("mine again", "them")
