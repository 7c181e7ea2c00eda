"""An analysis that would not fit is refused before it starts; what is kept is let go again."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.stability.concept_registry import reaction_named
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import reaction_values


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


@pytest.mark.parametrize("command", ["strength", "explain --engine cube --party a --state 1"])
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
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    result = CliRunner().invoke(command_line, [*command.split(), str(path)])
    assert result.exit_code == 3
    assert "30 options" in result.output
    assert "what would shrink it" in result.output


def test_the_message_says_what_would_do() -> None:
    ladder = Path(__file__).parents[1] / "data" / "sparse-cube.yaml"
    with pytest.raises(detente.LimitError, match=r"31 states are feasible, and the engine list"):
        detente.analyse(detente.load(ladder), ["Nash"], engine="cube")
    with pytest.raises(detente.LimitError, match=r"offer the engine symbolic need no array"):
        detente.analyse(cube(40), ["Nash"])
    with pytest.raises(detente.LimitError, match=r"no engine does without for SIM$"):
        detente.analyse(cube(40), ["Nash", "SIM"])


def test_a_cube_that_cannot_be_numbered_is_refused() -> None:
    with pytest.raises(detente.LimitError, match="64 options"):
        detente.analyse(cube(64))


def test_what_a_party_can_count_on_is_kept_as_long_as_its_graph() -> None:
    model = graph_model(cube(6))
    reactions = [reaction_named(name) for name in ("GMR", "SMR", "SEQ", "SSEQ")]
    asked = [(party, reaction) for party in range(2) for reaction in reactions]
    first = [reaction_values(model.graph, *one) for one in asked]
    again = [reaction_values(model.graph, *one) for one in asked]
    assert all(one is other for one, other in zip(first, again, strict=True))
    afresh = graph_model(cube(6)).graph
    assert np.array_equal(first, [reaction_values(afresh, *one) for one in asked])
    graph = weakref.ref(model.graph)
    del model
    gc.collect()
    assert graph() is None
