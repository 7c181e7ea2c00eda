"""Scripts that do not ask whether they are the main one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ASKS = """\
import detente
from detente.robustness.run.main_script import runs_again_in_processes

def work():
    print("again" if runs_again_in_processes() else "once")
    dispute = detente.load("prisoners-dilemma")
    result = detente.analyse_robustness(dispute, 1000, check_draws=0, **GIVEN)
    print(result.draws)

"""


def ran(folder: Path, given: str, end: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(f"GIVEN = {given}\n{ASKS}{end}")
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("end", ["work()\n", "if True:\n    work()\n", "for _ in '1':\n  work()\n"])
def test_a_plain_script_starts_no_processes(tmp_path: Path, end: str) -> None:
    done = ran(tmp_path, "{}", end)
    assert done.stdout == "again\n1000\n", done.stderr
    assert done.stderr == ""


def test_a_plain_script_that_asks_for_processes_is_told_what_to_do(tmp_path: Path) -> None:
    done = ran(tmp_path, "{'scheduler': 'local'}", "work()\n")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert 'if __name__ == "__main__":' in last
    assert 'scheduler="threads"' in last
    assert "--scheduler" not in done.stderr
    assert len(done.stderr.splitlines()) < 12


@pytest.mark.long
def test_a_script_that_asks_whether_it_is_the_main_one_may_start_them(tmp_path: Path) -> None:
    for end in ('if __name__ == "__main__":\n', "if '__main__' == __name__:\n"):
        done = ran(tmp_path, "{'scheduler': 'threads'}", f"{end}    work()\n")
        assert done.stdout == "once\n1000\n", done.stderr
