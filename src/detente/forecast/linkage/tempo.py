"""How quick parties are, by how much the dispute matters to them."""

from __future__ import annotations

from detente.dispute.dispute import Dispute

__all__ = ["tempo_from_salience"]


def tempo_from_salience(dispute: Dispute) -> tuple[float, ...] | None:
    """Each party's tempo from its salience on the issue that the dispute is about (definition 12).

    Parameters
    ----------
    dispute
        The dispute.

    Returns
    -------
    tuple of float, or None
        One for each party, whose mean over the parties with a stand is 1; 1 for a party without.
        None where no issue is marked ``this_dispute``, or nobody cares about it.

    Examples
    --------
    >>> import detente
    >>> korea = detente.load("korea-2017")
    >>> tempo = dict(zip([party.id for party in korea.parties], tempo_from_salience(korea)))
    >>> round(tempo["dprk"], 2), round(tempo["russia"], 2)
    (1.35, 0.47)
    """
    issue = next((one for one in dispute.issues if one.this_dispute), None)
    if issue is None:
        return None
    saliences = [stand.salience.value for stand in issue.stands]
    mean = sum(saliences) / len(saliences)
    if mean == 0:
        return None
    by_party = {stand.party: stand.salience.value / mean for stand in issue.stands}
    return tuple(by_party.get(party.id, 1.0) for party in dispute.parties)
