"""What a party can count on at single nodes, against what passes over all nodes find."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.roadmap.check.verdicts import Responses
from detente.space.move_lists import move_list, sparse_graph
from detente.stability.concept_registry import reaction_of
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import reaction_values
from strategies import disputes, document


@given(st.data())
def test_what_is_counted_on_at_a_node_is_found_there_alone(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48))
    note(str(document(dispute)))
    model = graph_model(detente.build_dispute(document(dispute)))
    concept = data.draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
    reaction = reaction_of(concept)
    responses = Responses(model, concept)
    nodes = np.array([model.node(one) for one in range(model.space.count)])
    with patch.object(responses, "_looked_at", [-(10**6)] * dispute.parties):
        for party in data.draw(st.permutations(range(dispute.parties))):
            ranks = model.graph.ranks[party][nodes]
            known = ranks
            if reaction is not None:
                known = np.minimum(ranks, reaction_values(model.graph, party, reaction)[nodes])
            for bound in data.draw(st.permutations(range(int(ranks.max()) + 1))):
                told = responses.counted_on(party, nodes, bound)
                assert np.array_equal(told > bound, known > bound)
                assert np.array_equal(told[told > bound], known[known > bound])


@given(st.data())
@settings(max_examples=max(5, settings().max_examples // 2))
def test_moves_are_the_same_however_they_are_listed(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48))
    note(str(document(dispute)))
    model = graph_model(detente.build_dispute(document(dispute)))
    states = np.array(data.draw(st.lists(st.integers(0, model.space.count - 1), unique=True)))
    listed = sparse_graph(model.moves, model.position_ranks)
    space = model.space
    for party, moves in enumerate(listed.lists):
        pairs = [space.indices[one] for one in model.moves.pairs(party)]
        by_sorting = move_list(pairs[0], pairs[1], space.count)
        assert np.array_equal(moves.starts, by_sorting.starts)
        assert np.array_equal(moves.targets, by_sorting.targets)
        nodes = np.array([model.node(int(one)) for one in states], dtype=np.int64)
        sources, targets = model.graph.moves_from_each(nodes, party)
        expected = [(node, end) for node in nodes for end in model.graph.moves_from(node, party)]
        assert list(zip(sources.tolist(), targets.tolist(), strict=True)) == expected
