"""What a solution concept declares, once: every list, schema, command and page reads it.

A concept says when a state is stable for a party. Its declaration names it, says what it means
and whose it is, works it out, and says which analyses it serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.dispute.dispute import Dispute
    from detente.space.graph_model import GraphModel

__all__ = ["Concept", "Explained", "Reaction", "Stable", "Tell", "Use"]

Use: TypeAlias = Literal[
    "deterrence",
    "packages",
    "inverse",
    "symbolic",
    "shared draws",
    "uncertain",
    "strength",
    "coalitions",
]
"""What a concept may serve beyond `analyse`, `robust` and `hypergame`, which take every one.

- ``deterrence``: each improvement by itself is deterred or not, by a :class:`Reaction` or by
  nothing: roadmaps, rankings, forecasts and questions;
- ``packages``: packages as moves of all their members together;
- ``inverse``: changes of preferences that make a state an equilibrium;
- ``symbolic``: sets of states held as decision diagrams;
- ``shared draws``: the compiled engine of `robust`, which analyses many draws together (others are
  analysed draw by draw);
- ``uncertain``, ``strength``, ``coalitions``: the analyses of these names, which have definitions
  of their own for each concept.
"""

Tell: TypeAlias = "Callable[[str, float], None]"
"""Told what is being worked on, and the share done, from 0 to 1."""

Stable: TypeAlias = "Callable[[GraphModel, str, Tell], NDArray[np.bool_]]"
"""From the model, the concept's name as asked for (``L2``) and `tell` to (parties, states)."""

Explained: TypeAlias = Literal["alone", "sanctions", "at once", "foresight", "own", "by its parts"]
"""How the stability of a state is explained.

By the improvements alone; by the sanctions that a :class:`Reaction` allows; by answers that are
made at the same time; by the play that is foreseen; by what the concept itself says of each
improvement (:attr:`Concept.deterred`); or not at all, as it is put together from others.
"""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a party expects of the others after its own improvement.

    ``improving``: the others make unilateral improvements only (credible sanctions).
    ``counter_move``: the party may still move once after the sanction.
    """

    improving: bool
    counter_move: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A solution concept, declared.

    Attributes
    ----------
    name
        Its name as detente writes it; for a family, such as ``L(h)``, that of the family.
    full_name
        What the name stands for.
    meaning
        When a state is stable for a party, in one sentence.
    definition
        Where its definition is written out.
    source
        Who defined it, and where.
    place
        Where it stands among the concepts.
    stable
        Works it out for all parties and states.
    explained
        How it is explained.
    serves
        What it serves beyond `analyse`, `robust` and `hypergame`.
    usual
        Whether it is looked at where no concept is named.
    reaction
        What a party expects of others, where that is all that the concept says.
    deterred
        For a concept explained by its ``own`` words: from model, concept's name, party, index of
        the state and the party's improvements from there (state indices), whether each is deterred.
    deterred_words, free_words
        Said of an improvement that is deterred, and of one that is not, by its own words.
    parts
        Names of the concepts that it is put together from.
    other_names
        Further names that are understood.
    pattern
        For a family: a regular expression for the names of its members.
    members
        For a family: those offered as examples and looked at where all concepts are asked for.
    quick
        Up to how many states a person does not notice the time that it takes, by name; it is
        then computed unasked. Empty where it is never computed unasked.
    among_all
        Whether it is computed where ``all`` concepts are asked for.
    slow
        Whether its time grows faster than the number of states, by the concept's name.
    working_bytes
        Memory needed beside ranks and results: bytes for each position.
    listed_bytes
        Memory needed for lists of moves: bytes for each position of a cube.
    """

    name: str
    full_name: str
    meaning: str
    definition: str
    source: str
    place: int
    stable: Stable
    explained: Explained
    serves: frozenset[Use] = frozenset()
    usual: bool = False
    reaction: Reaction | None = None
    deterred: Callable[[GraphModel, str, int, int, NDArray[np.int64]], NDArray[np.bool_]] | None = (
        None
    )
    deterred_words: str = "Deterred."
    free_words: str = "Not deterred."
    parts: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    pattern: str | None = None
    members: tuple[str, ...] = ()
    quick: tuple[tuple[str, int], ...] = ()
    among_all: bool = True
    slow: Callable[[str], bool] = lambda name: False
    working_bytes: Callable[[Dispute], int] = lambda dispute: 0
    listed_bytes: Callable[[Dispute], int] = lambda dispute: 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which it is offered."""
        return self.members or (self.name,)
