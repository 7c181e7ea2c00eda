"""Games that Gambit reads: the same parties, strategies, payoffs and pure Nash equilibria."""

from __future__ import annotations

import io
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.files.dispute_file import load_text
from detente.files.games import convert_to_nfg, efg_written
from hostile import ATTACKS, hostile_text
from oracle.definitions import OracleDispute
from strategies import disputes, document

gambit = pytest.importorskip("pygambit")


def read(content: bytes, form: str) -> Any:
    return {"nfg": gambit.read_nfg, "efg": gambit.read_efg}[form](io.BytesIO(content))


def as_game(dispute: Dispute, form: str) -> Any:
    written = {"nfg": convert_to_nfg, "efg": efg_written}[form]
    return read(written(dispute)[0], form)


def equilibria_of(game: Any, dispute: Dispute) -> set[tuple[int, ...]]:
    """The levels of every option, in each pure Nash equilibrium that Gambit finds."""
    found = set()
    for profile in gambit.nash.enumpure_solve(game).equilibria:
        levels: list[int] = []
        for party, player in zip(dispute.parties, game.players, strict=True):
            (chosen,) = [
                number
                for number, one in enumerate(game.get_strategies(player))
                if profile[player][one] == 1
            ]
            for option in party.options:
                chosen, level = divmod(chosen, len(option.levels))
                levels.append(level)
        found.add(tuple(levels))
    return found


def nash_of(dispute: Dispute) -> set[tuple[int, ...]]:
    """The members of all states that are equilibria under Nash."""
    analysis = detente.analyse(dispute, ["Nash"])
    space = analysis.model.space
    return {
        tuple(map(int, row))
        for state in analysis.equilibria("Nash")
        for row in space.levels_at(space.members(int(state) - 1))
    }


def reversible(drawn: OracleDispute) -> OracleDispute:
    """The same with moves both ways and without guards; then both know the same equilibria."""
    drawn.directions[:] = [None for _ in drawn.directions]
    drawn.guards[:] = [[] for _ in drawn.guards]
    return drawn


@pytest.mark.parametrize("form", ["nfg", "efg"])
@settings(max_examples=settings().max_examples // 2)
@given(drawn=disputes(most_states=24, plain=True).map(reversible))
def test_gambit_finds_the_same_pure_equilibria(form: str, drawn: OracleDispute) -> None:
    dispute = detente.build_dispute(document(drawn))
    assert equilibria_of(as_game(dispute, form), dispute) == nash_of(dispute)


@settings(max_examples=settings().max_examples // 2)
@given(drawn=disputes(most_states=24, plain=True))
def test_where_moves_go_one_way_the_game_has_no_equilibrium_of_its_own(
    drawn: OracleDispute,
) -> None:
    dispute = detente.build_dispute(document(drawn))
    content, notes = convert_to_nfg(dispute)
    assert equilibria_of(read(content, "nfg"), dispute) <= nash_of(dispute)
    assert any("one way" in note for note in notes) is any(drawn.directions)


@settings(max_examples=settings().max_examples // 2)
@given(drawn=disputes(most_states=24), data=st.data())
def test_payoffs_are_ranks_and_infeasible_states_are_told(
    drawn: OracleDispute, data: st.DataObject
) -> None:
    dispute = detente.build_dispute(document(drawn))
    game = as_game(dispute, "nfg")
    sizes = [prod(len(option.levels) for option in party.options) for party in dispute.parties]
    chosen = [data.draw(st.integers(0, size - 1)) for size in sizes]
    payoffs = [int(table[tuple(chosen)]) for table in game.to_arrays()]
    analysis = detente.analyse(dispute, [])
    position = sum(one * prod(sizes[:number]) for number, one in enumerate(chosen))
    index = analysis.model.space.index_at(position)
    if index is None:
        assert len(set(payoffs)) == 1
        assert -len(sizes) <= payoffs[0] < 0
    else:
        assert payoffs == [int(analysis.ranks(party.id)[index]) for party in dispute.parties]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("form", ["nfg", "efg"])
def test_names_stay_names(form: str, attack: str) -> None:
    game = as_game(load_text(hostile_text(attack).encode()), form)
    first, second = game.players
    if form == "nfg":
        assert game.get_strategies(first)[1] == "patrol=yes talk=no"
        assert list(game.get_strategies(second)) == ["patrol=none", "patrol=some", "patrol=full"]
    assert first.endswith(" (north)")
    assert first.removesuffix(" (north)") == second.removesuffix(" (south)")
    if attack.isascii():
        assert first.removesuffix(" (north)") == " ".join(attack.split()).replace('\\"', '\\ "')


def test_what_is_too_large_is_refused() -> None:
    options = {f"o{number}": {} for number in range(21)}
    large = detente.build_dispute(
        {"dispute": "large", "parties": {"a": {"options": options, "preferences": ["o1"]}}}
    )
    with pytest.raises(LimitError, match="2,097,152 combinations"):
        convert_to_nfg(large)
    with pytest.raises(LimitError, match="at most 20,000"):
        efg_written(large)
