"""Nothing outside the folder is read or written, and no write is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.errors import DetenteError, DisputeError
from detente.workbench.folder import (
    MOST_REPORT_BYTES,
    FileChanged,
    FileExists,
    Folder,
    FolderBusy,
    NoSuchFile,
    tag_of,
)
from detente.workbench.looking import LookedAtFolder

OUTSIDE = [
    "../secret.yaml",
    "..\\secret.yaml",
    "/etc/passwd",
    "/tmp/secret.yaml",
    "sub/secret.yaml",
    "./a.yaml",
    ".hidden.yaml",
    "..yaml",
    "a.yaml/../../secret.yaml",
    "a.yaml\0",
    "a.yaml\n",
    "a\n.yaml",
    "a.yaml.",
    "C:a.yaml",
    "a:b.yaml",
    "con.yaml",
    "NUL.x.yaml",
    "%2e%2e%2fsecret.yaml",
    "a.txt",
    "a.gmcr",
    "",
    "a\u202e.yaml",
    "-a.yaml",
    "a?.yaml",
    "a" * 200 + ".yaml",
    "\u0436" * 90 + ".yaml",
    "\ud800.yaml",
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "secret.yaml").write_text("secret", "utf-8")
    (tmp_path / "served").mkdir()
    return Folder.at(tmp_path / "served")


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_is_no_plain_name_is_refused(folder: Folder, name: str) -> None:
    for act in (folder.read, lambda name: folder.create(name, "x")):
        with pytest.raises(DisputeError):
            act(name)
    assert folder.tag(name) is None
    assert list(folder.root.iterdir()) == []


@given(st.text(max_size=40))
def test_whatever_the_name_what_is_read_is_in_the_folder(name: str) -> None:
    folder = Folder(Path(os.path.realpath(Path(__file__).parent)))
    try:
        version = folder.read(name)
    except DisputeError:
        return
    assert name in os.listdir(folder.root)
    assert version.tag == tag_of((folder.root / name).read_bytes())


def test_a_link_out_of_the_folder_is_refused(folder: Folder) -> None:
    outside = folder.root.parent / "secret.yaml"
    (folder.root / "link.yaml").symlink_to(outside)
    (folder.root / "far.yaml").symlink_to(folder.root.parent / "new.yaml")
    for name in ("link.yaml", "far.yaml"):
        with pytest.raises(DisputeError, match="leads out of the folder"):
            folder.read(name)
        with pytest.raises(DisputeError):
            folder.create(name, "x")
        with pytest.raises(DisputeError):
            folder.write(name, "x", replacing=tag_of(b"secret"))
    assert folder.names() == ()
    assert outside.read_text("utf-8") == "secret"
    assert not (folder.root.parent / "new.yaml").exists()


def test_a_link_inside_the_folder_is_followed(folder: Folder) -> None:
    folder.create("a.yaml", "one")
    (folder.root / "b.yaml").symlink_to("a.yaml")
    folder.write("b.yaml", "two", replacing=folder.read("b.yaml").tag)
    assert folder.read("a.yaml").text == "two"
    assert (folder.root / "b.yaml").is_symlink()


def test_a_write_names_what_it_replaces(folder: Folder) -> None:
    first = folder.create("a.yaml", "one")
    second = folder.write("a.yaml", "two", replacing=first.tag)
    with pytest.raises(FileChanged):
        folder.write("a.yaml", "three", replacing=first.tag)
    with pytest.raises(FileExists):
        folder.create("a.yaml", "four")
    with pytest.raises(NoSuchFile):
        folder.write("b.yaml", "five", replacing=second.tag)
    assert folder.read("a.yaml") == second
    assert second.tag == tag_of(b"two")


def test_names_are_those_of_dispute_files(folder: Folder) -> None:
    for name in ("b.yaml", "A.yml"):
        folder.create(name, "x")
    (folder.root / "notes.txt").write_text("x", "utf-8")
    (folder.root / "sub.yaml").mkdir()
    assert folder.names() == ("A.yml", "b.yaml")


IN_OTHER_SCRIPTS = (
    "Спор, 2017 + ответ.yaml",
    "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.YAML",
    "停战 (草案).Yml",
    "O'Brien & sons.yaml",
    "हिन्दी.yaml",
)


def test_names_may_be_in_any_script(folder: Folder) -> None:
    for name in IN_OTHER_SCRIPTS:
        folder.create(name, "x")
        assert folder.read(name).text == "x"
    assert set(folder.names()) == set(IN_OTHER_SCRIPTS)
    assert folder.create_report("Договор.PDF", b"x") == "договор.pdf"
    assert folder.report("договор.pdf") == b"x"


def test_what_cannot_be_served_is_told(folder: Folder) -> None:
    for name in ("con.yaml", "a:b.yaml", ".detente.yaml", "notes.txt", "right.yaml"):
        (folder.root / name).write_text("x", "utf-8")
    (folder.root / "far.yml").symlink_to(folder.root.parent / "secret.yaml")
    assert folder.names() == ("right.yaml",)
    assert folder.names_not_served() == ("a:b.yaml", "con.yaml", "far.yml")


def test_a_file_gets_another_name_and_none_is_replaced(folder: Folder) -> None:
    folder.create("a.yaml", "one")
    folder.create("b.yaml", "two")
    with pytest.raises(FileExists):
        folder.rename("a.yaml", "b.yaml")
    with pytest.raises(NoSuchFile):
        folder.rename("nothing.yaml", "c.yaml")
    for wrong in ("../c.yaml", "c.txt", ""):
        with pytest.raises(DisputeError):
            folder.rename("a.yaml", wrong)
    folder.rename("a.yaml", "спор.yaml")
    assert folder.names() == ("b.yaml", "спор.yaml")
    assert [folder.read(name).text for name in folder.names()] == ["two", "one"]


def test_a_file_is_deleted_by_who_knows_what_it_holds(folder: Folder) -> None:
    first = folder.create("a.yaml", "one")
    folder.write("a.yaml", "two", replacing=first.tag)
    with pytest.raises(FileChanged):
        folder.remove("a.yaml", known=first.tag)
    folder.remove("a.yaml", known=folder.read("a.yaml").tag)
    with pytest.raises(NoSuchFile):
        folder.remove("a.yaml", known=first.tag)
    assert folder.names() == ()


def test_a_folder_that_is_looked_at_is_never_written(folder: Folder) -> None:
    tag = folder.create("a.yaml", "one").tag
    looked_at = LookedAtFolder(folder.root)
    writing: list[Callable[[], object]] = [
        lambda: looked_at.write("a.yaml", "two", replacing=tag),
        lambda: looked_at.create("b.yaml", "x"),
        lambda: looked_at.create_called("b", "x"),
        lambda: looked_at.create_report("b.txt", b"x"),
        lambda: looked_at.rename("a.yaml", "b.yaml"),
        lambda: looked_at.remove("a.yaml", known=tag),
    ]
    for write in writing:
        with pytest.raises(DisputeError, match="nothing can be changed"):
            write()
    assert looked_at.read("a.yaml").text == "one"
    assert looked_at.names() == ("a.yaml",)


def test_free_names(folder: Folder) -> None:
    assert folder.free_name("Korea, late 2017!") == "korea-late-2017.yaml"
    folder.create("korea-late-2017.yaml", "x")
    assert folder.free_name("Korea, late 2017!") == "korea-late-2017-2.yaml"
    assert folder.free_name("…") == "dispute.yaml"
    assert folder.free_name("Спор о воде: 2017") == "спор-о-воде-2017.yaml"
    for long in ("ж" * 300, "停" * 300):
        folder.create(folder.free_name(long), "x")
    folder.create(folder.free_name("con"), "x")


def test_reports_stand_beside_dispute_files(folder: Folder) -> None:
    assert folder.create_report("The Toll (1).TXT", b"a") == "the-toll-1.txt"
    assert folder.create_report("../../The toll 1.txt", b"b") == "the-toll-1-2.txt"
    assert folder.report("the-toll-1-2.txt") == b"b"
    assert folder.names() == ()
    for name in ("x.yaml", "x", "../x.txt", ".x.txt", "con.txt", "a/b.txt"):
        with pytest.raises(DisputeError):
            folder.report(name)
    with pytest.raises(NoSuchFile):
        folder.report("nothing.pdf")
    for name, content in (("x.exe", b""), ("x", b""), ("x.txt", bytes(MOST_REPORT_BYTES + 1))):
        with pytest.raises(DetenteError):
            folder.create_report(name, content)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="no such folder"):
        Folder.at(tmp_path / "nowhere")


COUNTS_UP = """
import sys
from pathlib import Path
from detente.workbench.folder import FileChanged, Folder
folder, left = Folder.at(Path(sys.argv[1])), int(sys.argv[2])
while left:
    version = folder.read("count.yaml")
    try:
        folder.write("count.yaml", str(int(version.text) + 1), replacing=version.tag)
    except FileChanged:
        continue
    left -= 1
"""

CREATES = """
import sys
from pathlib import Path
from detente.workbench.folder import FileExists, Folder
folder = Folder.at(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    try:
        folder.create(f"{number}.yaml", sys.argv[3])
    except FileExists:
        continue
    print(number)
"""


def run_two(program: str, folder: Folder, rounds: int) -> list[str]:
    """What two processes that work on one folder at the same time print."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder.root), str(rounds), which],
            stdout=subprocess.PIPE,
            text=True,
        )
        for which in ("first", "second")
    ]
    printed = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed


def test_two_processes_lose_no_edit(folder: Folder) -> None:
    folder.create("count.yaml", "0")
    run_two(COUNTS_UP, folder, 60)
    # Each success of either is there.
    assert folder.read("count.yaml").text == "120"


def test_of_two_processes_one_makes_a_file(folder: Folder) -> None:
    rounds = 120
    first, second = (set(map(int, lines.split())) for lines in run_two(CREATES, folder, rounds))
    assert first | second == set(range(rounds))
    assert first & second == set()
    for number in range(rounds):
        written = folder.read(f"{number}.yaml").text
        assert written == ("first" if number in first else "second")


def test_what_an_editor_writes_at_the_last_moment_stays(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = folder.create("a.yaml", "one")
    fsync = os.fsync

    def edited_meanwhile(handle: int) -> None:
        # An editor asks for no lock: it writes while our text goes to the disk.
        (folder.root / "a.yaml").write_text("the editor's", "utf-8")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", edited_meanwhile)
    with pytest.raises(FileChanged):
        folder.write("a.yaml", "two", replacing=version.tag)
    monkeypatch.undo()
    assert folder.read("a.yaml").text == "the editor's"
    assert sorted(os.listdir(folder.root)) == [".detente.lock", "a.yaml"]


def test_who_cannot_have_the_lock_is_told_so(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    monkeypatch.setattr("detente.workbench.folder._PATIENCE", 0.1)
    with (
        FileLock(folder.root / ".detente.lock"),
        pytest.raises(FolderBusy, match="another program"),
    ):
        folder.create("a.yaml", "one")
    assert folder.names() == ()


@contextmanager
def links_are_swapped(folder: Folder) -> Iterator[None]:
    """A file of the folder is by turns a file and a link out of it, as fast as that goes."""
    ended = threading.Event()
    inside, swapped = folder.root / "inside", folder.root / "swapped.yaml"

    def swap() -> None:
        while not ended.is_set():
            inside.write_text("inside", "utf-8")
            os.replace(inside, swapped)
            inside.symlink_to(folder.root.parent / "secret.yaml")
            os.replace(inside, swapped)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_link_that_is_swapped_in_leads_nowhere(folder: Folder) -> None:
    read, end = set(), time.monotonic() + 3
    with links_are_swapped(folder):
        while time.monotonic() < end:
            try:
                version = folder.read("swapped.yaml")
                read.add(version.text)
                folder.write("swapped.yaml", "written", replacing=version.tag)
            except DisputeError:
                continue
    assert "inside" in read
    assert read <= {"inside", "written", ""}
    assert (folder.root.parent / "secret.yaml").read_text("utf-8") == "secret"


def test_what_a_killed_program_left_is_cleared(folder: Folder) -> None:
    folder.create("a.yaml", "one")
    left = ".a.yaml.0123456789abcdef.unfinished"
    (folder.root / left).write_text("ha", "utf-8")
    (folder.root / ".a.yaml.unfinished").write_text("somebody else's", "utf-8")
    assert folder.clear_unfinished() == 1
    assert sorted(os.listdir(folder.root)) == [".a.yaml.unfinished", ".detente.lock", "a.yaml"]
    assert folder.clear_unfinished() == 0


def test_half_of_a_character_is_refused(folder: Folder) -> None:
    with pytest.raises(DisputeError, match="character 3 of the text"):
        folder.create("a.yaml", "ab\ud800")
