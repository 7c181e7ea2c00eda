"""Nothing outside the folder is read or written, and no write is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.errors import DisputeError
from detente.workbench.folder import FileChanged, FileExists, Folder, NoSuchFile, tag_of

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
    "é.yaml",
    "a" * 200 + ".yaml",
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
def test_whatever_the_name_its_path_stays_in_the_folder(name: str) -> None:
    folder = Folder(Path(os.path.realpath(Path(__file__).parent)))
    try:
        path = folder.path(name)
    except DisputeError:
        return
    assert path.parent == folder.root


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


def test_free_names(folder: Folder) -> None:
    assert folder.free_name("Korea, late 2017!") == "korea-late-2017.yaml"
    folder.create("korea-late-2017.yaml", "x")
    assert folder.free_name("Korea, late 2017!") == "korea-late-2017-2.yaml"
    assert folder.free_name("…") == "dispute.yaml"
    folder.create(folder.free_name("con"), "x")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="no such folder"):
        Folder.at(tmp_path / "nowhere")
