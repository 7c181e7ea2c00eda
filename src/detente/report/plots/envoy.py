"""The shuttle map: whom the envoy visits when, and what it carries."""

from __future__ import annotations

from math import cos, pi, sin

from detente.mediation.envoy import Envoy
from detente.report.envoy import asked_of
from detente.report.language import say
from detente.report.plots.picture import WITHIN, Picture, new_figure, wrapped_label
from detente.report.words import joined

__all__ = ["shuttle_map"]

# So many of the things that a party is asked for are written beside it.
_ASKED_TOLD = 3


def shuttle_map(found: Envoy) -> Picture:
    """Draw the visits of the least set: parties in the order of visits, and the envoy's way.

    Parameters
    ----------
    found
        The result; where nothing was found, the picture says so.

    Returns
    -------
    Picture
    """
    title = say("{title}: the envoy's way to “{goal}”", title=found.dispute.title, goal=found.goal)
    figure = new_figure(9, 7.5)
    axes = figure.add_subplot()
    axes.set_axis_off()
    figure.suptitle(title, fontsize=11)
    order = found.visits[0] if found.visits else None
    if found.least is None or order is None or not order.rounds:
        told = say("No set was found with an order of visits.")
        axes.text(0.5, 0.5, told, ha="center", transform=axes.transAxes)
        return Picture(figure, title, told)
    names = [party.name for party in found.dispute.parties]
    visits = [(place, visit) for place, one in enumerate(order.rounds, 1) for visit in one]
    count = len(visits)
    places = [(sin(2 * pi * n / count), cos(2 * pi * n / count)) for n in range(count)]
    for number in range(1, count):
        together = visits[number][0] == visits[number - 1][0]
        axes.annotate(
            "",
            places[number],
            places[number - 1],
            arrowprops={
                "arrowstyle": "-" if together else "-|>",
                "linestyle": "--" if together else "-",
                "linewidth": 1.6,
                "color": "#D55E00" if together else "#0072B2",
                "shrinkA": 16,
                "shrinkB": 16,
            },
            **WITHIN,
        )
    sentences = []
    axes.scatter(
        [x for x, _ in places],
        [y for _, y in places],
        s=420,
        color="white",
        edgecolor="black",
        zorder=3,
    )
    for (place, visit), (x, y) in zip(visits, places, strict=True):
        axes.annotate(str(place), (x, y), ha="center", va="center", fontsize=10, zorder=4, **WITHIN)
        asked = asked_of(found.dispute, found.least, visit.party)
        shown = asked[:_ASKED_TOLD] + (["..."] if len(asked) > _ASKED_TOLD else [])
        label = "\n".join([names[visit.party], *(wrapped_label(one, 34) for one in shown)])
        axes.annotate(
            label,
            (1.22 * x, 1.16 * y),
            annotation_clip=False,
            ha="left" if x > 0.3 else "right" if x < -0.3 else "center",
            va="bottom" if y > 0.6 else "top" if y < -0.6 else "center",
            fontsize=7.5,
        )
        sentences.append(
            say(
                "Visit {place}: {party} ({words}).",
                place=place,
                party=names[visit.party],
                words=joined(asked),
            )
        )
    axes.set_xlim(-2.6, 2.6)
    axes.set_ylim(-1.9, 1.9)
    axes.text(
        0.01,
        0.01,
        say("Arrows: the envoy's way. Dashed: promised at the same moment."),
        transform=axes.transAxes,
        fontsize=8,
    )
    return Picture(figure, title, " ".join(sentences))
