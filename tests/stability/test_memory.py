"""An analysis that would not fit is refused before it starts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line


def cube(options: int, parties: int = 2) -> detente.Dispute:
    members = {
        f"p{party}": {
            "options": {f"o{n}": f"Option {n}" for n in range(party, options, parties)},
            "preferences": [],
        }
        for party in range(parties)
    }
    return detente.build_dispute({"dispute": "Large", "parties": members})


def test_too_large_a_dispute_is_refused_with_the_estimate() -> None:
    with pytest.raises(detente.LimitError, match=r"30 options .* GiB .* fewer options"):
        detente.analyse(cube(30, parties=8), ["Nash", "GMR", "SEQ", "L2"])


@pytest.mark.parametrize("command", ["validate", "explain --engine cube --party a --state 1"])
def test_each_command_refuses_before_it_makes_states(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.yaml"
    options = ", ".join(f"o{number}: Option" for number in range(30))
    path.write_text(f"dispute: Large\nparties: {{a: {{options: {{{options}}}}}}}\n")

    def states(dispute: detente.Dispute) -> None:
        raise AssertionError("states were made")

    monkeypatch.setattr("detente.space.graph_model.state_space", states)
    free = SimpleNamespace(available=2**30)
    monkeypatch.setattr("detente.stability.memory.psutil.virtual_memory", lambda: free)
    result = CliRunner().invoke(command_line, [*command.split(), str(path)])
    assert result.exit_code == 3
    assert "30 options" in result.output
    assert "what would shrink it" in result.output


def test_a_cube_that_cannot_be_numbered_is_refused() -> None:
    with pytest.raises(detente.LimitError, match="64 options"):
        detente.analyse(cube(64))
