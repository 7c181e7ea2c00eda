"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from detente import DisputeError, EnvironmentFault
from detente.files.whole_file import is_stream, made_folder, write_whole

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def text(content: bytes) -> Callable[[BinaryIO], None]:
    return lambda stream: stream.writelines([content])


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


# What is no regular file --------------------------------------------------------------------


def device(path: Path, minor: int) -> Path:
    """A memory device of its own, so that no fault can harm those of the system."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        path.open("wb").close()
    except OSError:
        pytest.skip("no device can be made here")
    return path


@posix
def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, text(b"through"))
    reader.join(10)
    assert read == [b"through"]
    assert pipe.is_fifo()
    assert is_stream(pipe)
    assert list(tmp_path.iterdir()) == [pipe]


@posix
def test_a_link_to_a_device_writes_into_the_device(tmp_path: Path) -> None:
    null = device(tmp_path / "null", 3)
    link = tmp_path / "link"
    link.symlink_to(null)
    for path in (null, link):
        assert is_stream(path)
        write_whole(path, text(b"nothing"))
        assert stat.S_ISCHR(path.stat().st_mode)
    assert link.is_symlink()


@posix
def test_a_device_that_takes_nothing_says_so(tmp_path: Path) -> None:
    full = device(tmp_path / "full", 7)
    with pytest.raises(EnvironmentFault, match="full: the file cannot be written: No space left"):
        write_whole(full, text(b"more"))
    assert stat.S_ISCHR(full.stat().st_mode)


@posix
def test_nothing_half_made_goes_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    # Nobody reads: opening the pipe would wait for ever.
    with pytest.raises(KeyboardInterrupt):
        write_whole(pipe, write)


@posix
def test_a_disk_and_a_socket_are_refused(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        path = tmp_path / "socket"
        server.bind(str(path))
        with pytest.raises(DisputeError, match="this is a socket, not a file"):
            write_whole(path, text(b"x"))
    disk = tmp_path / "disk"
    try:
        # Of a kind that no driver serves.
        os.mknod(disk, stat.S_IFBLK | 0o600, os.makedev(240, 250))
    except OSError:
        return
    with pytest.raises(DisputeError, match="this is a disk, not a file"):
        write_whole(disk, text(b"x"))


_WRITER = """
import sys
from pathlib import Path
from detente.files.whole_file import write_whole
print("before")
write_whole(Path(sys.argv[1]), lambda stream: stream.writelines([b"written\\n"]))
print("after")
"""


@posix
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_an_open_file_goes_on_where_it_was(tmp_path: Path, name: str) -> None:
    if name == "link":
        (tmp_path / "link").symlink_to("/dev/stdout")
    elif not os.path.lexists(os.path.dirname(name)):
        pytest.skip("this system has other names")
    log = tmp_path / "log"
    log.write_text("earlier\n")
    with log.open("ab") as stream:
        subprocess.run(
            [sys.executable, "-c", _WRITER, name], stdout=stream, cwd=tmp_path, check=True
        )
    assert log.read_text() == "earlier\nbefore\nwritten\nafter\n"


@posix
def test_a_file_is_never_more_open_than_before(tmp_path: Path) -> None:
    target = tmp_path / "private"
    target.write_bytes(b"older")
    target.chmod(0o600)
    seen: list[int] = []

    def write(stream: BinaryIO) -> None:
        seen.append(os.fstat(stream.fileno()).st_mode & 0o777)

    write_whole(target, write)
    assert seen == [0o600]


@posix
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    write_whole(tmp_path / "new", text(b""))
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


def test_of_a_folder_whose_contents_fail_nothing_stays(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        with made_folder(folder):
            (folder / "part").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
    older = tmp_path / "older"
    older.mkdir()
    with pytest.raises(KeyboardInterrupt):
        fails(older)
    assert older.is_dir()


def test_a_folder_that_cannot_be_made_is_the_systems_word(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(EnvironmentFault, match="the folder cannot be made"),
        made_folder(tmp_path / "file" / "below"),
    ):
        pass
    with (
        pytest.raises(EnvironmentFault, match="File name too long"),
        made_folder(tmp_path / ("x" * 300)),
    ):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_command_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from detente.files.whole_file import write_whole\n"
        "def write(stream):\n"
        "    stream.write(b'x' * 100_000)\n"
        "    stream.flush()\n"
        "    print('half', flush=True)\n"
        "    sys.stdin.read()\n"
        "write_whole(Path(sys.argv[1]), write)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert len(list(tmp_path.iterdir())) == 1
        # Somebody who is still writing is left alone ...
        write_whole(path, lambda stream: stream.writelines([b"one"]))
        assert len(list(tmp_path.iterdir())) == 2
        writer.kill()
        writer.wait()
    # ... and what a killed one left is cleared; files of somebody else stay.
    (tmp_path / ".a.yaml.unfinished").write_text("somebody else's", "utf-8")
    write_whole(path, lambda stream: stream.writelines([b"two"]))
    assert sorted(os.listdir(tmp_path)) == [".a.yaml.unfinished", "a.yaml"]
    assert path.read_bytes() == b"two"
