"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from detente import DisputeError
from detente.model.whole_file import write_whole


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    target = tmp_path / "page"
    target.write_bytes(b"older")

    def write(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(target, write)
    assert target.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


def test_an_older_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "page"
    target.write_bytes(b"older")
    target.chmod(0o640)
    write_whole(target, lambda stream: stream.writelines([b"new"]))
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "page"
    target.write_bytes(b"older")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_whole(link, lambda stream: stream.writelines([b"new"]))
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="a folder"):
        write_whole(tmp_path, lambda stream: None)
