"""Every promise names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROMISES = (ROOT / "docs" / "reference" / "promises.md").read_text("utf-8")
ROWS = [line for line in PROMISES.splitlines() if line.startswith("| ") and "---" not in line]


def test_every_promise_names_what_holds_it() -> None:
    promises = [row for row in ROWS if row != "| promise | test |"]
    assert len(promises) > 20
    for row in promises:
        held = row.rsplit("|", 2)[1]
        found = re.search(r"`(tests/[\w/]+\.py)::(\w+)`|`(benchmarks/soak\.py)`", held)
        assert found, f"no test holds: {row}"
        if found[3]:
            assert (ROOT / found[3]).exists()
            continue
        assert f"def {found[2]}(" in (ROOT / found[1]).read_text("utf-8"), held
