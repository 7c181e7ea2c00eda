"""Options of commands are told to those who type commands, and to nobody else."""

from __future__ import annotations

import re

from click.testing import CliRunner

import detente
from detente.cli import detente as cli
from detente.report.content import Prose
from detente.report.face import hint, on_command_line
from detente.report.moves import moves_blocks
from detente.report.write import make_report, report_bytes


def test_a_hint_is_for_the_command_line_alone() -> None:
    model = detente.analyse(detente.load("elmira"), ("Nash",)).model
    heading, *_ = moves_blocks(model, 1, limit=1)
    assert isinstance(heading, Prose)
    assert "more left out:" in heading.text
    words = ["analyse", "elmira", "--state", "1", "--limit", "1"]
    told = CliRunner(env={"COLUMNS": "200"}).invoke(cli, words).output
    assert "more left out (--limit shows more):" in told


def test_what_is_read_elsewhere_is_told_without_them() -> None:
    with on_command_line(), on_command_line(False):
        assert hint("--limit shows more") == ""


def test_a_report_tells_options_in_its_commands_only() -> None:
    with on_command_line():
        report = make_report(detente.analyse(detente.load("elmira")), draws=0)
    text = report_bytes(report, "md").decode()
    sentences = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", text)
    assert not re.search(r"(?<![-|:])--[a-z]", sentences)
