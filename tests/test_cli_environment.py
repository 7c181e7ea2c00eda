"""What surrounds a command: encodings, widths, disks and signals."""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import stat
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente import DisputeError, load
from detente import __file__ as package_file
from detente.cli import detente
from detente.cli.terminal_text import carries, with_plain_marks
from detente.dispute.errors import (
    DetenteError,
    EnvironmentFault,
    LimitError,
    QueryError,
    environment_fault,
)
from detente.dispute.formula import FormulaError
from detente.queries.parsing import QuestionError

KOREAN = """\
dispute: 두 나라
parties:
  a: {name: 대한민국, options: {give: 준다}, preferences: [give]}
  b: {name: Süd, options: {take: Take}, preferences: [a.give]}
status_quo: {}
"""
ENGLISH = KOREAN.replace("두 나라", "Two").replace("대한민국", "North").replace("준다", "Give")
ENGLISH = ENGLISH.replace("Süd", "South")

RUN = [sys.executable, "-m", "detente"]


def run(*arguments: object, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(detente, [str(argument) for argument in arguments], env=env)


def ran(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*RUN, *map(str, arguments)],
        capture_output=True,
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def korean(tmp_path: Path) -> Path:
    path = tmp_path / "korean.yaml"
    path.write_text(KOREAN, encoding="utf-8")
    return path


@pytest.fixture
def english(tmp_path: Path) -> Path:
    path = tmp_path / "english.yaml"
    path.write_text(ENGLISH)
    return path


# Encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyse", "--format", "json"),
        ("analyse", "--format", "csv"),
        ("coalitions", "--format", "json"),
    ],
)
def test_what_programs_read_is_utf8_whatever_the_terminal(
    korean: Path, arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    expected = ran(command, korean, *rest, folder=korean.parent, PYTHONIOENCODING="utf-8")
    text = expected.stdout.decode("utf-8")
    assert "?" not in text
    if "csv" not in arguments:
        assert json.loads(text)["dispute"] == "두 나라"
    for encoding in ("cp1252", "ascii"):
        done = ran(command, korean, *rest, folder=korean.parent, PYTHONIOENCODING=encoding)
        assert done.returncode == 0
        assert done.stdout == expected.stdout


def test_tables_replace_marks_and_keep_their_columns(english: Path) -> None:
    arguments = ("explain", english, "--party", "a")
    full = ran(*arguments, folder=english.parent, PYTHONIOENCODING="utf-8").stdout.decode()
    plain = ran(*arguments, folder=english.parent, PYTHONIOENCODING="ascii").stdout.decode("ascii")
    assert "“Give”" in full
    assert '"Give"' in plain
    assert [len(line) for line in plain.splitlines()] == [len(line) for line in full.splitlines()]


def test_tables_never_replace_letters(korean: Path) -> None:
    done = ran("analyse", korean, folder=korean.parent, PYTHONIOENCODING="cp1252")
    text = done.stdout.decode("utf-8")
    assert "대한민국" in text
    assert "Süd" in text
    assert "?" not in text
    assert b"The encoding cp1252 lacks letters of this text: it is written in UTF-8." in done.stderr


def test_letters_that_the_encoding_has_are_written_in_it(english: Path) -> None:
    english.write_text(ENGLISH.replace("South", "Süd"), encoding="utf-8")
    done = ran("analyse", english, folder=english.parent, PYTHONIOENCODING="cp1252")
    assert "Süd" in done.stdout.decode("cp1252")
    assert done.stderr == b""


def test_errors_keep_letters_apart(korean: Path) -> None:
    done = ran("explain", korean, "--party", "나", folder=korean.parent, PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert rb"\ub098" in done.stderr


def test_marks_take_as_many_columns() -> None:
    text = "“a” – … → ✓ 한 é 🙂"
    plain = with_plain_marks(text, "ascii")
    assert plain == '"a" - ~ > x 한 é ??'
    assert with_plain_marks(text, "utf-8") == text
    assert carries("utf-8", text)
    assert not carries("cp1252", text)


# Widths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["0", "1", "7", "-3", "x"])
@pytest.mark.parametrize(
    "arguments",
    [("analyse",), ("explain", "--party", "a"), ("inverse", "--make", "1"), ("uncertain",)],
)
def test_a_width_without_sense_hides_nothing(
    english: Path, columns: str, arguments: tuple[str, ...]
) -> None:
    command, *rest = arguments
    result = run(command, english, *rest, env={"COLUMNS": columns})
    assert result.exit_code == 0, result.output
    assert len(result.stdout.split()) > 10


# Disks ---------------------------------------------------------------------------------------


def test_a_name_that_is_too_long_is_no_fault_of_detente(english: Path) -> None:
    name = "x" * 300
    result = run("analyse", english, "-o", english.parent / f"{name}.json")
    assert result.exit_code == 4
    assert "the file cannot be written: File name too long" in result.stderr
    assert "fault of detente" not in result.stderr
    result = run("analyse", english.parent / f"{name}.yaml")
    assert result.exit_code == 4
    assert "the file cannot be read: File name too long" in result.stderr
    result = run("analyse", name)
    assert result.exit_code == 4


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no such device")
@pytest.mark.parametrize(
    "arguments", [("cases",), ("analyse", "chicken"), ("analyse", "chicken", "--format", "json")]
)
def test_a_full_disk_is_no_fault_of_detente(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*RUN, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 4
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"fault of detente" not in done.stderr
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


WRITING = [
    ("analyse", "{case}"),
    ("ask", "{case}", "where status_quo: may reach a.give"),
    ("claims", "{case}"),
    ("coalitions", "{case}"),
    ("explain", "{case}", "--party", "a"),
    ("formats", "{case}"),
    ("hypergame", "{case}"),
    ("inverse", "{case}", "--make", "1"),
    ("paths", "{case}"),
    ("report", "{case}", "--format", "html"),
    ("robust", "{case}"),
    ("roadmap", "check", "{case}", "r"),
    ("roadmap", "find", "{case}", "--to", "a.give"),
    ("roadmap", "repair", "{case}", "r"),
    ("roadmap", "simulate", "{case}", "r"),
    ("strength", "{case}"),
    ("uncertain", "{case}"),
]


@pytest.mark.parametrize("arguments", WRITING, ids=lambda one: " ".join(one[:2]))
def test_where_nothing_can_be_written_no_work_is_done(
    english: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    def works(*_: object) -> object:
        raise AssertionError("work was done")

    monkeypatch.setattr("detente.files.dispute_file.load_text", works)
    filled = [part.format(case=english) for part in arguments]
    result = run(*filled, "-o", english.parent / "no" / "such.html")
    assert result.exit_code == 2
    assert "the file cannot be written: there is no such folder" in result.stderr
    result = run(*filled, "-o", english)
    assert result.exit_code == 2
    assert "is the dispute file itself" in result.stderr


def test_what_is_read_is_not_written_over(english: Path) -> None:
    text = english.parent / "a.md"
    text.write_text("Words.")
    result = run("report", english, "--source", f"paper={text}", "-o", text)
    assert "is a file that is read" in result.stderr
    picture = english.parent / "p.svg"
    result = run("paths", english, "-o", picture, "--picture", picture)
    assert "two results would be written" in result.stderr
    result = run("paths", english, "--picture", english.parent / "p.jpg")
    assert "a picture's name ends in one of" in result.stderr
    assert sorted(path.name for path in english.parent.iterdir()) == ["a.md", "english.yaml"]


# Errors --------------------------------------------------------------------------------------


def kinds_of_error(kind: type[DetenteError] = DetenteError) -> set[type[DetenteError]]:
    """Every class of errors that detente has."""
    root = Path(package_file).parent
    for path in root.rglob("*.py"):
        # Only where a class of errors may be: some modules take long to import.
        if re.search(r"^class .*\((\w*Error|\w*Fault|Failed)\):", path.read_text(), re.MULTILINE):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            import_module(f"detente.{name.removesuffix('.__init__')}")
    return {kind}.union(*(_below(one) for one in kind.__subclasses__()))


def _below(kind: type[DetenteError]) -> set[type[DetenteError]]:
    return {kind}.union(*(_below(one) for one in kind.__subclasses__()))


# How those are made that are not made like all others.
MADE = {
    "FormulaError": (("m", 3), {"found": "f"}),
    "QuestionError": (("m", "text", 2), {"nearest": "t"}),
    "Failed": (("dispute", {"message": "m", "line": 3}), {}),
    "TimedOut": (("timed-out", {"message": "m"}), {}),
    "Busy": (("busy", {"message": "m"}), {}),
}
PLAIN = (("m",), {"path": Path("x"), "key": "k", "found": "f", "allowed": ["a"], "nearest": "a"})


def test_errors_survive_pickling() -> None:
    kinds = kinds_of_error()
    assert {DisputeError, QueryError, LimitError, EnvironmentFault, FormulaError} <= kinds
    assert {QuestionError.__name__, *MADE} <= {kind.__name__ for kind in kinds}
    for kind in kinds:
        arguments, keywords = MADE.get(kind.__name__, PLAIN)
        error = kind(*arguments, **keywords)
        back = pickle.loads(pickle.dumps(error))
        assert type(back) is type(error)
        assert str(back) == str(error)
        assert vars(back) == vars(error)
        assert back.args == error.args


def test_each_kind_of_error_has_its_exit_code() -> None:
    assert DisputeError.exit_code == QueryError.exit_code == 2
    assert LimitError.exit_code == 3
    assert EnvironmentFault.exit_code == 4
    assert not issubclass(EnvironmentFault, DisputeError)
    assert not issubclass(LimitError, DisputeError)


def test_too_many_states_are_a_limit(tmp_path: Path) -> None:
    options = ", ".join(f"o{number}: x" for number in range(70))
    path = tmp_path / "large.yaml"
    path.write_text(f"dispute: Large\nparties: {{a: {{options: {{{options}}}}}}}\n")
    assert run("explain", path, "--party", "a", "--state", "1", "--engine", "cube").exit_code == 3


# Signals -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals are otherwise there")
@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.45, 0.6, 0.8, 1.0])
def test_an_interruption_during_imports_is_a_word(english: Path, seconds: float) -> None:
    code = (
        "import sys; from detente.__main__ import main;"
        "print('on', file=sys.stderr, flush=True); main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "robust", english, "-n", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"on\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"Traceback" not in errors


def test_disputes_load_the_same_whatever_the_terminal(korean: Path) -> None:
    assert load(korean).parties[0].name == "대한민국"


def test_a_report_that_fails_leaves_no_folder(
    english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise environment_fault(
            OSError(28, "No space left on device"), "the file cannot be written"
        )

    monkeypatch.setattr("detente.report.write.write_picture", full)
    result = run("report", english, "-o", english.parent / "r.md")
    assert result.exit_code == 4, result.output
    assert [path.name for path in english.parent.iterdir()] == ["english.yaml"]


def test_draws_that_cannot_be_kept_leave_no_folder(
    english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise environment_fault(
            OSError(28, "No space left on device"), "the file cannot be written"
        )

    monkeypatch.setattr("detente.robustness.run.store.write_whole", full)
    result = run("robust", english, "-n", 10, "--keep", english.parent / "a" / "kept")
    assert result.exit_code == 4, result.output
    assert [path.name for path in english.parent.iterdir()] == ["english.yaml"]


@pytest.mark.parametrize(("arguments", "code"), [("--version", 0), ("analyse nothing-there", 2)])
def test_the_process_ends_with_its_code_and_all_that_was_printed(arguments: str, code: int) -> None:
    script = (
        "import atexit, sys; from detente.__main__ import main; {before}"
        f"sys.argv = ['detente', *{arguments.split()!r}]; main()"
    )
    plain = [sys.executable, "-c", script.format(before="")]
    # A function to be called at the end that was there before.
    noted = [sys.executable, "-c", script.format(before="atexit.register(print, 'end');")]
    first, second = (
        subprocess.run(one, capture_output=True, text=True, check=False) for one in (plain, noted)
    )
    assert first.returncode == second.returncode == code
    assert first.stdout + first.stderr
    assert second.stdout == f"{first.stdout}end\n"
    assert second.stderr == first.stderr
