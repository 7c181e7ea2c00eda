"""What survives uncertain preferences, as tables."""

from __future__ import annotations

import io

from rich.console import Console

import detente
from detente.report.render.terminal import terminal_parts
from detente.report.robustness import robustness_blocks


def test_a_long_statement_stays_under_what_it_drives() -> None:
    wish = "b.answer_in_kind if (a.first_option_of_many and not b.answer_in_kind)"
    dispute = detente.build_dispute(
        {
            "dispute": "Long",
            "parties": {
                "a": {
                    "options": {"first_option_of_many": "First"},
                    "preferences": [wish, "not first_option_of_many"],
                },
                "b": {"options": {"answer_in_kind": "Answer"}, "preferences": []},
            },
        }
    )
    result = detente.analyse_robustness(dispute, 300, concepts=["SEQ"])
    page = io.StringIO()
    console = Console(file=page, width=80)
    for part in terminal_parts(robustness_blocks(result)):
        console.print(part)
    lines = page.getvalue().splitlines()
    start = min(
        place for place, line in enumerate(lines) if line.startswith("  a, preference 1: “Answer”")
    )
    assert lines[start + 1].startswith("  ")
    assert lines[start + 1].strip()
