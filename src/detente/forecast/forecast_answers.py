"""What a forecast says of each outcome, as answers by which versions can be compared."""

from __future__ import annotations

from collections.abc import Mapping

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.evidence.model_answers import ModelAnswer, model_answers
from detente.forecast.analysis import forecast

__all__ = ["answers_with_forecast"]


def answers_with_forecast(dispute: Dispute) -> Mapping[str, ModelAnswer]:
    """The usual answers of a model, and what the forecast says of each outcome.

    Parameters
    ----------
    dispute
        The dispute.

    Returns
    -------
    mapping of str to ModelAnswer
        As :func:`detente.evidence.model_answers.model_answers`; besides, for each outcome, the
        probability that it comes about by the last of twelve steps and that it holds then, for
        preferences as stated. Where nothing can be foretold, why.

    Raises
    ------
    LimitError
        If the dispute is too large.
    """
    answers = dict(model_answers(dispute))
    try:
        found = forecast(dispute, draws=0)
    except DisputeError as error:
        answers["the forecast"] = ModelAnswer(f"cannot be made: {error.message}")
        return answers
    last = found.by.shape[0] - 1
    for number, goal in enumerate(found.goals):
        comes, holds = float(found.by[-1, number]), float(found.at[-1, number])
        for what, chance in (
            (f"comes about by step {last}", comes),
            (f"holds at step {last}", holds),
        ):
            asked = f"forecast: “{goal.name}” {what}"
            answers[f"forecast: {goal.id} {what}"] = ModelAnswer(f"{chance:.1%}", asked=asked)
    return answers
