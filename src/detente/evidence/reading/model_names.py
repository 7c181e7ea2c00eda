"""Organisations and people that a statistical model finds, for the rules to use.

The rules know states and the best-known organisations. With the extra ``read`` and spaCy's small
English model they know others too. The model comes from its authors' releases, pinned by the
digest of its file; no package registry has it from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.evidence.reading.actors import Actor, ActorNames, Form
from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.reports import Report
from detente.evidence.reading.rules_reader import read_by_rules

__all__ = ["MODEL", "MODEL_ADDRESS", "names_with_model", "read_with_model"]

MODEL = "en_core_web_sm"
"""The model, by the name of its package."""

MODEL_ADDRESS = (
    "https://github.com/explosion/spacy-models/releases/download/"
    "en_core_web_sm-3.8.0/en_core_web_sm-3.8.0-py3-none-any.whl"
    "#sha256=1932429db727d4bff3deed6b34cfc05df17794f4a52eeb26cf8928f7c1a0fb85"
)
"""Where it comes from, with the digest that pip checks."""

_FORMS: dict[str, Form] = {"ORG": "name", "PERSON": "person"}
# A name that comes once is as often a mistake of the model.
_LEAST_TIMES = 2
_LONGEST = 3_000


def read_with_model(
    reports: Sequence[Report], dispute: Dispute | None = None
) -> Iterator[Proposal]:
    """Propose by the rules, with the names that the model finds.

    Parameters
    ----------
    reports, dispute
        As in :func:`detente.evidence.reading.rules_reader.read_by_rules`.

    Yields
    ------
    Proposal

    Raises
    ------
    DisputeError
        If spaCy or its model is not installed; the message tells how to install it.
    """
    model = _model()
    yield from read_by_rules(
        reports, dispute, more_names=lambda names, texts: names_with_model(names, texts, model)
    )


def names_with_model(names: ActorNames, texts: Iterable[str], model: Any) -> ActorNames:
    """The names, and those that a model finds more than once.

    Parameters
    ----------
    names
        Names that are known; they come first.
    texts
        All sentences.
    model
        A spaCy pipeline that finds entities.

    Returns
    -------
    ActorNames
    """
    found: Counter[tuple[str, Form]] = Counter()
    short = (text for text in texts if len(text) <= _LONGEST)
    for read in model.pipe(short):
        for entity in read.ents:
            name = entity.text.removeprefix("the ").removeprefix("The ").removesuffix("'s").strip()
            form = _FORMS.get(entity.label_)
            if form and name[:1].isupper() and not names.mentions(name):
                found[name, form] += 1
    return names.with_names(
        {
            name: (Actor(name), form)
            for (name, form), count in found.items()
            if count >= _LEAST_TIMES
        }
    )


@cache
def _model() -> Any:
    how = f'pip install "detente[read]" "{MODEL} @ {MODEL_ADDRESS}"'
    try:
        import spacy
    except ImportError:
        raise DisputeError(f"the reader spacy needs spaCy and its model: {how}") from None
    try:
        return spacy.load(MODEL, exclude=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    except OSError:
        raise DisputeError(f"the reader spacy needs the model {MODEL}: {how}") from None
