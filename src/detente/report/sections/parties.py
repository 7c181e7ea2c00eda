"""Who is involved, what each can do, and how the named outcomes stand with each."""

from __future__ import annotations

from detente.dispute.dispute import Option
from detente.report.content import Block, Group, Illustration, Prose, Section, Table
from detente.report.language import say
from detente.report.material import Material
from detente.report.plots.ranks import ranks_picture

__all__ = ["parties"]


def parties(material: Material) -> Section:
    """Parties and options, with the status quo; outcomes in each party's order of states."""
    dispute = material.dispute
    columns = [say("Party and option"), say("Name in commands")]
    unusual = any(_levels(option) for option in dispute.options)
    if unusual:
        columns.append(say("Levels"))
    if dispute.status_quo is not None:
        columns.append(say("Status quo"))
    groups = []
    for party in dispute.parties:
        rows = []
        for option in party.options:
            row = [option.name, option.key, *([_levels(option)] if unusual else [])]
            if dispute.status_quo is not None:
                level = dispute.status_quo[dispute.option_numbers[option.key]]
                row.append(_level(option, level))
            rows.append(tuple(row))
        groups.append(Group(tuple(rows), heading=f"{party.name} ({party.id})"))
    blocks: list[Block] = [
        Table(say("Parties and their options"), tuple(columns), tuple(groups), numeric=False)
    ]
    method, commands = None, [material.command("analyse", "CASE")]
    if dispute.outcomes:
        blocks += [
            Prose(
                say(
                    "How good the named outcomes are for each party. Parties compare states by "
                    "order alone: a state's rank says which states it beats, not by how much. The "
                    "picture therefore gives shares of states."
                )
            ),
            Illustration("ranks", ranks_picture(material.analysis)),
        ]
        method = say(
            "For each party and outcome, the share of all feasible states that the party likes "
            "less than the outcome's median state, counted over all states."
        )
        commands = [
            material.command("analyse", "CASE", "--party", party.id)
            for party in dispute.parties[:1]
        ]
    return Section(
        "parties",
        say("Parties, options and what they prefer"),
        tuple(blocks),
        method,
        tuple(commands),
    )


def _level(option: Option, level: int) -> str:
    """A level by its name; yes and no are words of the program."""
    name = option.levels[level]
    return say(name) if name in ("yes", "no") else name


def _levels(option: Option) -> str:
    """What is unusual about an option's levels; nothing for a plain yes or no."""
    plain = option.levels == ("no", "yes")
    if option.irreversible is None:
        return "" if plain else " < ".join(option.levels)
    if plain:
        last = "yes" if option.irreversible == "up" else "no"
        return say("once {level}, stays {level}", level=say(last))
    levels = " < ".join(option.levels)
    if option.irreversible == "up":
        return say("{levels}; may only rise", levels=levels)
    return say("{levels}; may only fall", levels=levels)
