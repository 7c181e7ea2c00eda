"""What survives where preferences are uncertain, if that was computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.report.content import MARK, Block, Group, Illustration, Prose, Section, Table
from detente.report.language import decimal, marked, per_cent, say, say_number, whole_number
from detente.report.material import Material
from detente.report.plots.robustness import shares_picture
from detente.report.robustness import LEAST_INDEX, percent

__all__ = ["robustness"]

_DRIVERS = 3

# What becomes of a statement that is not held, as the document says it.
_OTHERWISE = (marked("dropped"), marked("reversed"))

_DRIVER_COLUMNS = (
    marked("Statement"),
    marked("As stated"),
    marked("Otherwise"),
    marked("Index"),
    marked("Flips"),
)


def robustness(material: Material) -> Section | None:
    """The share of draws in which each finding holds, and what moves the shares most."""
    document = material.robustness
    if document is None:
        return None
    concepts = document["concepts"]
    outcomes = {outcome.id: outcome.name for outcome in material.dispute.outcomes}
    # By kind and subject, as outcomes may share a name.
    found: dict[tuple[str, str], tuple[str, dict[str, float]]] = {}
    for one in document["findings"]:
        row = found.setdefault((one["kind"], one["subject"]), (_name(one, outcomes), {}))
        row[1][one["concept"]] = one["share"]
    shares = [(name, [own[concept] for concept in concepts]) for name, own in found.values()]
    blocks: list[Block] = [Prose(_how(document))]
    if shares:
        caption = say(
            "Share of the draws in which an outcome has an equilibrium, or a state is one"
        )
        rows = tuple((name, *(percent(value) for value in values)) for name, values in shares)
        blocks += [
            Table(caption, (say("Finding"), *concepts), (Group(rows),)),
            Illustration(
                "robustness",
                shares_picture(
                    say(
                        "{title}: share of {draws} draws in which each finding holds",
                        title=material.dispute.title,
                        draws=whole_number(document["draws"]),
                    ),
                    concepts,
                    shares,
                ),
            ),
        ]
    concept = material.concept if material.concept in concepts else concepts[0]
    drivers = tuple(_drivers(document, concept, outcomes))
    if drivers:
        blocks += [
            Table(
                say("What moves the shares under {concept}", concept=concept),
                tuple(map(say, _DRIVER_COLUMNS)),
                drivers,
            ),
            Prose(
                say(
                    "As stated and otherwise: the share of the draws in which the finding holds "
                    "where the statement is so. Index: the part of the variance between draws that "
                    "the statement explains alone. {mark} under Flips: the finding changes if that "
                    "alone is otherwise and all else as stated. Effects that chance may explain "
                    "are left out.",
                    mark=MARK,
                )
            ),
        ]
    return Section(
        "robustness",
        say("Robustness"),
        tuple(blocks),
        method=say(
            "Taken from the file that the command wrote. Each draw was analysed as a whole; the "
            "same seed gives the same draws. A share is of the draws, and no probability that "
            "anything happens. States that were followed are to be named again."
        ),
        commands=(_command(material, document),),
    )


def _name(finding: Mapping[str, Any], outcomes: Mapping[str, str]) -> str:
    if finding["kind"] == "outcome":
        return outcomes[finding["subject"]]
    return say("State {state}", state=finding["subject"])


def _how(document: Mapping[str, Any]) -> str:
    around, draws, wanted = document["uncertainty"], document["draws"], document["draws_wanted"]
    text = [
        say_number(
            "{number} draw of preferences around those stated, seed {seed}.",
            "{number} draws of preferences around those stated, seed {seed}.",
            draws,
            seed=document["seed"],
        ),
        say(
            "A statement is held with its confidence ({confidence} where none is given), or else "
            "{otherwise}. Neighbours in an order change places with probability {swap}. Weights, "
            "where there are any, change by up to {weights}.",
            confidence=decimal(around["confidence"], "g"),
            otherwise=say(around["otherwise"]),
            swap=decimal(around["swap"], "g"),
            weights=per_cent(around["weights"]),
        ),
    ]
    if around["unknown"]:
        unknown = ", ".join(around["unknown"])
        text.append(say("Held and reversed in turn, as unknown: {statements}.", statements=unknown))
    if document.get("packages"):
        text.append(say("Packages count as moves in every draw."))
    if draws < wanted:
        text.append(
            say(
                "Interrupted: {draws} of {wanted} draws were analysed.",
                draws=whole_number(draws),
                wanted=whole_number(wanted),
            )
        )
    return " ".join(text)


def _drivers(
    document: Mapping[str, Any], concept: str, outcomes: Mapping[str, str]
) -> Iterator[Group]:
    texts = {one["id"]: f"{one['id']}: {one['text']}" for one in document["inputs"]}
    for finding in document["findings"]:
        if finding["concept"] != concept or not 0 < finding["share"] < 1:
            continue
        moving = [
            one
            for one in finding["drivers"]
            if one["index"] >= LEAST_INDEX and one.get("beyond_chance", True)
        ]
        rows = tuple(
            (
                texts.get(one["input"], one["input"]),
                percent(one["share_as_stated"] or 0),
                percent(one["share_otherwise"] or 0),
                decimal(one["index"], ".2f"),
                MARK if one["flips"] else "",
            )
            for one in moving[:_DRIVERS]
        )
        if rows:
            low, high = finding["interval"]
            heading = say(
                "{finding}: {share} of the draws ({low} to {high}, 95% Wilson interval)",
                finding=_name(finding, outcomes),
                share=percent(finding["share"]),
                low=per_cent(low, 1),
                high=per_cent(high, 1),
            )
            yield Group(rows, heading)


def _command(material: Material, document: Mapping[str, Any]) -> str:
    around = document["uncertainty"]
    words = ["--draws", str(document["draws_wanted"]), "--seed", str(document["seed"])]
    words += ["--concepts", ",".join(document["concepts"])]
    words += ["--packages"] if document.get("packages") else []
    words += ["--confidence", f"{around['confidence']:g}", "--otherwise", around["otherwise"]]
    words += ["--swap", f"{around['swap']:g}", "--weights", f"{around['weights']:g}"]
    for one in around["unknown"]:
        words += ["--unknown", one]
    return material.command("robust", "CASE", *words)
