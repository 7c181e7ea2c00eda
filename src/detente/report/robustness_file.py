"""Read the document that ``detente robust --format json`` wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, unreadable
from detente.dispute.names import unknown_name
from detente.report.document_schema import schema_named

__all__ = ["read_robustness"]


def read_robustness(path: Path, dispute: Dispute) -> dict[str, Any]:
    """Read the robustness of a dispute.

    Parameters
    ----------
    path
        The file, laid out as ``documents/robustness.py`` says.
    dispute
        The dispute that it has to be about.

    Raises
    ------
    DisputeError
        If the file cannot be read, is no such document, or is about another dispute.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(error, path) from error
    except (ValueError, RecursionError) as error:
        raise DisputeError("is no JSON document", path=path) from error
    fault = best_match(Draft202012Validator(schema_named("robustness")).iter_errors(content))
    if fault is not None:
        raise DisputeError(
            "is not what `detente robust --format json` writes",
            path=path,
            key=".".join(map(str, fault.absolute_path)) or None,
        )
    found: dict[str, Any] = content
    if found["dispute"] != dispute.title:
        raise DisputeError(
            "is about another dispute", path=path, found=found["dispute"], allowed=(dispute.title,)
        )
    outcomes = [outcome.id for outcome in dispute.outcomes]
    for finding in found["findings"]:
        if finding["kind"] == "outcome" and finding["subject"] not in outcomes:
            raise unknown_name("outcome", finding["subject"], outcomes)
    return found
